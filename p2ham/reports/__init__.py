"""What one report, card or block shows, and a report as a file."""
