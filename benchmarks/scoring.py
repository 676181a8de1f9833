"""How long does it take to score one assessment of 120 indicators? Needs no Frappe:

    python benchmarks/scoring.py

The figure to look at is the ratio to the baseline, a weighted mean of floats over the same rows in the same
run: machines differ, the ratio hardly does.
"""

from __future__ import annotations

import random
import sys
import timeit
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from p2ham.engine.instrument import Scale, ScaleOption, Threshold
from p2ham.engine.scoring import CriterionWeight, ScoredItem, points_for, score

RIGHTS, ASPECTS, EACH = 10, (10, 30, 60), 4  # 10 rights of three aspects with 4 indicators: 120
SCALE = Scale(
	"Ada / Proses / Tidak",
	"Options",
	(
		ScaleOption("Ada", Decimal(100)),
		ScaleOption("Proses", Decimal(50)),
		ScaleOption("Tidak", Decimal(0)),
		ScaleOption("Tidak berlaku", Decimal(0), not_applicable=True),
	),
)
THRESHOLDS = [Threshold("Kurang", Decimal(0)), Threshold("Peduli", Decimal(75))]


def main() -> None:
	generator = random.Random(25)
	criteria = [CriterionWeight(str(right), Decimal(1)) for right in range(RIGHTS)]
	rows = []
	for right in range(RIGHTS):
		for aspect, weight in enumerate(ASPECTS):
			criterion = CriterionWeight(f"{right}.{aspect}", Decimal(weight), str(right))
			criteria.append(criterion)
			rows += [
				(
					f"{criterion.code}.{number}",
					criterion.code,
					Decimal("1.25"),
					generator.choice(SCALE.options).label,
				)
				for number in range(EACH)
			]
	floats = [(1.25, generator.random() * 100) for _ in rows]

	def assessment() -> None:
		items = [
			ScoredItem(code, criterion, weight, points_for(SCALE, answer))
			for code, criterion, weight, answer in rows
		]
		score(criteria, items, THRESHOLDS)

	def baseline() -> None:
		total = weights = 0.0
		for weight, points in floats:
			total += weight * points
			weights += weight
		round(total / weights, 2)

	ours, theirs = (best_of(function) for function in (assessment, baseline))
	print(f"{len(rows)} indicators, {len(criteria)} criteria")
	print(f"answers to category, exact     {ours * 1000:8.3f} ms")
	print(f"one weighted mean of floats    {theirs * 1000:8.3f} ms")
	print(f"ratio                          {ours / theirs:8.0f}")


def best_of(function, rounds: int = 15, times: int = 100) -> float:
	"""Return the seconds of one call in the quickest of several rounds."""
	return min(timeit.repeat(function, repeat=rounds, number=times)) / times


if __name__ == "__main__":
	main()
