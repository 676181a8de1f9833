"""The quarterly report: its figures, what is kept of them, and who may change it."""
