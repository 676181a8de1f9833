"""Instruments for a generated regency: nobody's regulation, with everything that an instrument can have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from p2ham.engine.instrument import (
	PRINCIPLES,
	VULNERABLE_GROUPS,
	Criterion,
	EvidenceSlot,
	Indicator,
	Instrument,
	Scale,
	ScaleOption,
	Threshold,
)

NOT_APPLICABLE = "Tidak berlaku"
UNIT_TYPES = ("Puskesmas", "Kecamatan", "UPTD", "Kelurahan")

THRESHOLDS = (
	Threshold("Kurang", Decimal(0), "red"),
	Threshold("Cukup", Decimal(50), "orange"),
	Threshold("Baik", Decimal(70), "blue"),
	Threshold("Sangat Baik", Decimal(85), "green"),
)
CRITERIA = (
	Criterion(code="A", title="Aksesibilitas", weight=Decimal(45), weight_total=Decimal(100)),
	Criterion(code="A1", title="Sarana dan prasarana", weight=Decimal(60), parent="A"),
	Criterion(code="A2", title="Informasi layanan", weight=Decimal(40), parent="A"),
	Criterion(code="B", title="Petugas", weight=Decimal(35)),
	Criterion(code="B1", title="Kesiagaan petugas", weight=Decimal(3), parent="B"),
	Criterion(code="B2", title="Kompetensi petugas", weight=Decimal("1.5"), parent="B"),
	Criterion(code="C", title="Kepatuhan", weight=Decimal(20)),
)
# Deeper ones and one that has indicators of its own.
LEAVES = ("A1", "A2", "B1", "B2", "C")
WEIGHTS = (Decimal(1), Decimal(2), Decimal("0.5"), Decimal("1.5"))

FEATURES = ("Ruang tunggu", "Jalur landai", "Maklumat pelayanan", "Loket pengaduan", "Toilet khusus")


def scales(prefix: str) -> tuple[Scale, Scale, Scale]:
	"""Return a scale of each kind; the first and the last know what does not apply."""
	nothing = ScaleOption(NOT_APPLICABLE, Decimal(0), not_applicable=True)
	return (
		Scale(
			f"{prefix}: ada, sebagian, tidak",
			"Options",
			(
				ScaleOption("Ada", Decimal(100)),
				ScaleOption("Sebagian", Decimal(50)),
				ScaleOption("Tidak", Decimal(0)),
				nothing,
			),
		),
		Scale(f"{prefix}: persentase", "Percentage"),
		Scale(
			f"{prefix}: banyaknya",
			"Bands",
			(
				ScaleOption("Kurang", Decimal(20), upper=Decimal(3)),
				ScaleOption("Cukup", Decimal(60), lower=Decimal(3), upper=Decimal(8)),
				ScaleOption("Banyak", Decimal(100), lower=Decimal(8)),
				nothing,
			),
		),
	)


def versions(prefix: str, number: int, indicators: int, uses: int, first_year: int) -> Iterator[Instrument]:
	"""Yield `number` versions of one instrument, oldest first. Each drops every fifth indicator of the one before,
	asks as many new ones, and says of the others what they continue.

	As many evidence slots are mandatory as a sheet with `uses` documents can fill with half of them.
	"""
	known = scales(prefix)
	mandatory_slots = uses // 2
	before: tuple[Indicator, ...] = ()
	for version in range(number):
		code = f"{prefix}-{chr(ord('A') + version)}"
		found = []
		for position in range(indicators):
			indicator = _indicator(position, known)
			if mandatory_slots and position % -(-indicators // mandatory_slots) == 0:
				slot = replace(indicator.evidence_slots[0], mandatory=True)
				indicator = replace(indicator, evidence_slots=(slot, *indicator.evidence_slots[1:]))
			if before and position % 5 == (version + 3) % 5:
				indicator = replace(
					indicator, code=f"{indicator.code}.{version + 1}", title=f"{indicator.title} (baru)"
				)
			elif before:
				older = before[position].code
				indicator = replace(
					indicator, code=older, continues=(f"{prefix}-{chr(ord('A') + version - 1)}:{older}",)
				)
			found.append(indicator)
		before = tuple(found)
		yield Instrument(
			code=code,
			title=f"Instrumen uji {code}",
			regulation="Tidak ada",
			family="P2HAM",
			year=first_year + version,
			passing_score=Decimal(60),
			source_note="Dibuat untuk uji.",
			weight_total=Decimal(100),
			thresholds=THRESHOLDS,
			scales=known,
			criteria=CRITERIA,
			indicators=before,
		)


def _indicator(position: int, known: tuple[Scale, ...]) -> Indicator:
	"""Return the indicator at a place. What it has follows from the place alone, in steps that have no common
	factor, so that every combination turns up."""
	scale = known[{3: 1, 5: 2}.get(position % 7, 0)]
	kinds = ("PDF", "Image") if position % 4 else ("PDF", "Link")
	types = {5: ("Puskesmas",), 8: ("Kecamatan", "Kelurahan")}
	return Indicator(
		code=f"I{position + 1:02}",
		criterion=LEAVES[position % len(LEAVES)],
		title=f"{FEATURES[position * 2 % len(FEATURES)]} {position + 1}",
		guidance="Lihat di tempat layanan.",
		scale=scale.title,
		weight=WEIGHTS[position % len(WEIGHTS)],
		mandatory=position % 4 == 1,
		principles=_chosen(PRINCIPLES, position),
		vulnerable_groups=_chosen(VULNERABLE_GROUPS, position * 5 + 3),
		opd_types=types.get(position % 12, ()),
		evidence_slots=tuple(EvidenceSlot(label, label_kind) for label, label_kind in _slots(kinds)),
	)


def _slots(kinds: tuple[str, ...]) -> Iterator[tuple[str, str]]:
	labels = {"PDF": "Surat keputusan", "Image": "Foto", "Link": "Halaman"}
	for kind in kinds:
		yield labels[kind], kind


def _chosen(words: tuple[str, ...], number: int) -> tuple[str, ...]:
	"""Return the words whose bit is set, so that counting goes through all combinations."""
	return tuple(word for bit, word in enumerate(words) if number >> bit & 1)
