"""What a weight amounts to: the share of each criterion and indicator in the total, and siblings whose weights
do not add up to what the regulation says."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from .faults import N_, Fault
from .instrument import Instrument
from .numbers import plain


def shares(instrument: Instrument) -> tuple[Mapping[str, Fraction], Mapping[str, Fraction]]:
	"""Return the effective share (0-100 percent of the total) of every criterion and of every indicator, by
	code, where everything applies.

	A criterion's share is divided among what is directly below it by weight. Needs an instrument that `check`
	finds whole enough to have a tree; what hangs nowhere has no share.
	"""
	below: dict[str | None, list[tuple[bool, str, Fraction]]] = {}
	for row in instrument.criteria:
		below.setdefault(row.parent, []).append((True, row.code, Fraction(row.weight)))
	for indicator in instrument.indicators:
		below.setdefault(indicator.criterion, []).append((False, indicator.code, Fraction(indicator.weight)))
	of_criteria: dict[str, Fraction] = {}
	of_indicators: dict[str, Fraction] = {}
	waiting: list[tuple[str | None, Fraction]] = [(None, Fraction(100))]
	while waiting:
		parent, share = waiting.pop()
		siblings = below.get(parent, [])
		total = sum(weight for _, _, weight in siblings)
		for is_criterion, code, weight in siblings:
			part = share * weight / total if total else Fraction(0)
			if not is_criterion:
				of_indicators[code] = part
			elif code not in of_criteria:
				of_criteria[code] = part
				waiting.append((code, part))
	return of_criteria, of_indicators


def warnings(instrument: Instrument) -> list[Fault]:
	"""Return where the weights of siblings do not add up to what the regulation says (`weight_total`).

	A mean is right whatever its weights add up to, therefore this stops nobody; but it is how a typing error
	in a weight shows.
	"""
	sums: dict[str | None, Decimal] = {}
	for row in instrument.criteria:
		sums[row.parent] = sums.get(row.parent, Decimal(0)) + row.weight
	for indicator in instrument.indicators:
		sums[indicator.criterion] = sums.get(indicator.criterion, Decimal(0)) + indicator.weight
	expected: list[tuple[tuple[str | int, ...], str | None, Decimal | None]] = [
		((), None, instrument.weight_total)
	]
	expected += [
		(("criteria", position), row.code, row.weight_total)
		for position, row in enumerate(instrument.criteria)
	]
	return [
		Fault(
			place,
			N_("the weights below it add up to {0}; the regulation says {1}"),
			(plain(sums.get(code, Decimal(0))), plain(wanted)),
		)
		for place, code, wanted in expected
		if wanted and sums.get(code, Decimal(0)) != wanted
	]
