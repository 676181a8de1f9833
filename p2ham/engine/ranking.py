"""Places among units, as a competition counts them: equal scores share a place, the next one is left out."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal


def places(scores: Iterable[Decimal | float | None]) -> list[int | None]:
	"""Return the place of each score (points 0-100, higher is better) in the order given; None has no place."""
	scores = list(scores)
	first_place: dict = {}
	ranked = sorted((score for score in scores if score is not None), reverse=True)
	for position, score in enumerate(ranked, start=1):
		first_place.setdefault(score, position)
	return [None if score is None else first_place[score] for score in scores]
