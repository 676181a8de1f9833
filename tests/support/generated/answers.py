"""Answers of a generated sheet: any that its scale knows, and the next one down."""

from __future__ import annotations

import random

from generated.instruments import NOT_APPLICABLE
from p2ham.engine.instrument import Scale


def answer(scale: Scale, chance: random.Random, good: float) -> str:
	"""Return an answer of a scale; `good` is how likely the best one is."""
	knows = any(option.not_applicable for option in scale.options)
	if knows and chance.random() < 0.05:
		return NOT_APPLICABLE
	luck = chance.random() < good
	if scale.kind == "Percentage":
		return "100" if luck else str(chance.randint(20, 99))
	if scale.kind == "Bands":
		return str(chance.randint(8, 15) if luck else chance.randint(0, 7))
	answers = [option.label for option in scale.options if not option.not_applicable]
	return answers[0] if luck else chance.choice(answers[1:])


def lowered(scale: Scale, answer: str) -> str:
	"""Return the answer one step worse; the worst and one that does not apply stay."""
	if answer == NOT_APPLICABLE:
		return answer
	if scale.kind == "Percentage":
		return str(max(0, int(answer) - 20))
	if scale.kind == "Bands":
		return str(max(0, int(answer) - 5))
	answers = [option.label for option in scale.options if not option.not_applicable]
	return answers[min(answers.index(answer) + 1, len(answers) - 1)]
