"""What surrounds a meeting: the invitation as a calendar file, whom it goes to, and its photos."""
