"""Doors for the desk's forms and for other systems: typed, thin, permission first."""
