"""Figures as the database counts them, every query with the scope of its reader in it, and how they are shown."""
