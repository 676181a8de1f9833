"""One unit in one period: its rows and results, what is sealed of it, its log, and its signed copies."""
