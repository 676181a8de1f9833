"""How much hypothesis looks for in a test where a single example is dear: a share of the profile's number."""

from __future__ import annotations

from hypothesis import settings


def share(part: float) -> settings:
	"""`@share(0.2)`: a fifth of the examples of the profile (tests/conftest.py), and at least five."""
	return settings(max_examples=max(5, round(settings.default.max_examples * part)))
