"""Words as people type them in a table."""

from __future__ import annotations

from p2ham.engine.fields import comparable


def loosened(text: str) -> str:
	"""Return what is the same word to a reader: no case, no accents, blanks and line breaks alike."""
	return comparable(" ".join(text.split()))
