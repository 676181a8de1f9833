"""P2HAM: human-rights-based public services, assessed in a regency's own Frappe site."""

__version__ = "0.2.0"
