"""An instrument: what one regulation asks, as data. Reading it, and checking it as a whole.

An instrument file is JSON (see docs/instruments.md). `read` either returns an `Instrument` in which every
reference resolves and every number is a number, or raises `InstrumentError` with all faults at once, each
with the place where it stands.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from .numbers import read_number

FORMAT = 1

FAMILIES = ("P2HAM", "KKP HAM")
SCALE_KINDS = ("Options", "Percentage", "Bands")
SLOT_KINDS = ("PDF", "Image", "Link", "Any")
COLOURS = ("red", "orange", "yellow", "green", "blue", "gray")

# Permenkumham 25/2023 speaks of non-discrimination, participation, accountability and transparency.
PRINCIPLES = ("Non-discrimination", "Participation", "Accountability", "Transparency")
# Permenkumham 25/2023 Pasal 1(7): the elderly, children, pregnant and breast-feeding women, persons with
# disabilities.
VULNERABLE_GROUPS = ("Elderly", "Children", "Maternal", "Disability")


@dataclass(frozen=True)
class Fault:
	"""One thing that is wrong: where it stands (JSON path or a record's name) and what it is."""

	path: str
	message: str

	def __str__(self) -> str:
		return f"{self.path}: {self.message}" if self.path else self.message


class InstrumentError(ValueError):
	"""The data of an instrument is wrong; `faults` lists everything found."""

	def __init__(self, faults: Iterable[Fault]):
		self.faults = list(faults)
		super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True)
class ScaleOption:
	"""One answer of a scale. `points` are 0-100; a band reaches from `lower` (inclusive) to `upper`
	(exclusive, None for open)."""

	label: str
	points: Decimal
	not_applicable: bool = False
	lower: Decimal | None = None
	upper: Decimal | None = None


@dataclass(frozen=True)
class Scale:
	"""The answers an indicator allows: named options, a percentage, or bands of a number."""

	title: str
	kind: str
	options: tuple[ScaleOption, ...] = ()


@dataclass(frozen=True)
class EvidenceSlot:
	label: str
	kind: str = "Any"
	mandatory: bool = False
	example: str = ""


@dataclass(frozen=True)
class Threshold:
	"""A category is reached from `min_score` points (0-100) upwards, the bound included."""

	label: str
	min_score: Decimal
	colour: str = "gray"


@dataclass(frozen=True)
class Criterion:
	code: str
	title: str
	weight: Decimal
	parent: str | None = None
	sequence: int = 0


@dataclass(frozen=True)
class Indicator:
	code: str
	title: str
	criterion: str
	scale: str
	weight: Decimal
	mandatory: bool = False
	guidance: str = ""
	principles: tuple[str, ...] = ()
	vulnerable_groups: tuple[str, ...] = ()
	opd_types: tuple[str, ...] = ()
	continues: tuple[str, ...] = ()
	evidence_slots: tuple[EvidenceSlot, ...] = ()


@dataclass(frozen=True)
class Instrument:
	code: str
	title: str
	regulation: str
	family: str
	year: int
	passing_score: Decimal | None
	source_note: str
	thresholds: tuple[Threshold, ...] = ()
	scales: tuple[Scale, ...] = ()
	criteria: tuple[Criterion, ...] = ()
	indicators: tuple[Indicator, ...] = ()

	@property
	def has_pass_mark(self) -> bool:
		"""Whether meeting the criteria means anything: there is a passing score or a mandatory indicator."""
		return bool(self.passing_score) or any(indicator.mandatory for indicator in self.indicators)


@dataclass
class _Reader:
	"""Collects faults while values are read, so that one pass reports them all."""

	faults: list[Fault] = field(default_factory=list)

	def fault(self, path: str, message: str) -> None:
		self.faults.append(Fault(path, message))

	def text(self, row: dict, key: str, path: str, required: bool = True) -> str:
		value = row.get(key)
		if value is None or (isinstance(value, str) and not value.strip()):
			if required:
				self.fault(f"{path}.{key}", "is missing")
			return ""
		if not isinstance(value, str):
			self.fault(f"{path}.{key}", f"must be text, not {value!r}")
			return ""
		return value

	def choice(self, row: dict, key: str, path: str, allowed: tuple[str, ...]) -> str:
		value = self.text(row, key, path)
		if value and value not in allowed:
			self.fault(f"{path}.{key}", f"{value!r} is not one of {', '.join(allowed)}")
		return value

	def choices(self, row: dict, key: str, path: str, allowed: tuple[str, ...] | None) -> tuple[str, ...]:
		values = row.get(key) or []
		if not isinstance(values, list):
			self.fault(f"{path}.{key}", "must be a list")
			return ()
		for position, value in enumerate(values):
			if not isinstance(value, str) or (allowed is not None and value not in allowed):
				names = f" of {', '.join(allowed)}" if allowed else ""
				self.fault(f"{path}.{key}[{position}]", f"{value!r} is not one{names}")
		return tuple(value for value in values if isinstance(value, str))

	def flag(self, row: dict, key: str, path: str) -> bool:
		value = row.get(key, False)
		if not isinstance(value, bool):
			self.fault(f"{path}.{key}", f"must be true or false, not {value!r}")
			return False
		return value

	def number(
		self, row: dict, key: str, path: str, least: int | None = None, most: int | None = None
	) -> Decimal | None:
		try:
			value = read_number(row.get(key))
		except ValueError:
			self.fault(f"{path}.{key}", f"{row.get(key)!r} is not a number")
			return None
		if value is None:
			return None
		if least is not None and value < least:
			self.fault(f"{path}.{key}", f"{value} is less than {least}")
		if most is not None and value > most:
			self.fault(f"{path}.{key}", f"{value} is more than {most}")
		return value

	def needed_number(self, row: dict, key: str, path: str, **bounds) -> Decimal:
		before = len(self.faults)
		value = self.number(row, key, path, **bounds)
		if value is None:
			if len(self.faults) == before:
				self.fault(f"{path}.{key}", "is missing")
			return Decimal(0)
		return value

	def integer(self, row: dict, key: str, path: str, required: bool = True) -> int:
		value = row.get(key)
		if value is None and not required:
			return 0
		if isinstance(value, bool) or not isinstance(value, int):
			self.fault(f"{path}.{key}", f"must be a whole number, not {value!r}")
			return 0
		return value

	def rows(self, owner: dict, key: str, path: str) -> list[tuple[str, dict]]:
		value = owner.get(key)
		place = f"{path}.{key}" if path else key
		if value is None:
			return []
		if not isinstance(value, list):
			self.fault(place, "must be a list")
			return []
		found = []
		for position, row in enumerate(value):
			if isinstance(row, dict):
				found.append((f"{place}[{position}]", row))
			else:
				self.fault(f"{place}[{position}]", "must be an object")
		return found


def loads(text: str | bytes) -> Instrument:
	"""Read an instrument from JSON text. Raises InstrumentError, also for text that is not JSON."""
	try:
		data = json.loads(text)
	except (ValueError, RecursionError) as error:
		raise InstrumentError([Fault("", f"not JSON: {error}")]) from None
	return read(data)


def read(data: dict) -> Instrument:
	"""Read an instrument from plain data and check it as a whole.

	Raises InstrumentError with every fault: unknown words, missing or negative weights, two entries with one
	code, references that lead nowhere, cycles among the criteria.
	"""
	if not isinstance(data, dict):
		raise InstrumentError([Fault("", "an instrument must be an object")])
	reader = _Reader()
	if data.get("format") != FORMAT:
		reader.fault("format", f"{data.get('format')!r} is not known; this version reads format {FORMAT}")
	instrument = Instrument(
		code=reader.text(data, "code", "$"),
		title=reader.text(data, "title", "$"),
		regulation=reader.text(data, "regulation", "$"),
		family=reader.choice(data, "family", "$", FAMILIES),
		year=reader.integer(data, "year", "$"),
		passing_score=reader.number(data, "passing_score", "$", least=0, most=100),
		source_note=reader.text(data, "source_note", "$"),
		thresholds=tuple(
			_read_threshold(reader, path, row) for path, row in reader.rows(data, "thresholds", "")
		),
		scales=tuple(_read_scale(reader, path, row) for path, row in reader.rows(data, "scales", "")),
		criteria=tuple(_read_criterion(reader, path, row) for path, row in reader.rows(data, "criteria", "")),
		indicators=tuple(
			_read_indicator(reader, path, row) for path, row in reader.rows(data, "indicators", "")
		),
	)
	faults = reader.faults + check(instrument)
	if faults:
		raise InstrumentError(faults)
	return instrument


def _read_threshold(reader: _Reader, path: str, row: dict) -> Threshold:
	return Threshold(
		label=reader.text(row, "label", path),
		min_score=reader.needed_number(row, "min_score", path, least=0, most=100),
		colour=reader.choice(row, "colour", path, COLOURS),
	)


def _read_scale(reader: _Reader, path: str, row: dict) -> Scale:
	return Scale(
		title=reader.text(row, "title", path),
		kind=reader.choice(row, "kind", path, SCALE_KINDS),
		options=tuple(
			ScaleOption(
				label=reader.text(option, "label", place),
				points=reader.needed_number(option, "points", place, least=0, most=100),
				not_applicable=reader.flag(option, "not_applicable", place),
				lower=reader.number(option, "from", place),
				upper=reader.number(option, "to", place),
			)
			for place, option in reader.rows(row, "options", path)
		),
	)


def _read_criterion(reader: _Reader, path: str, row: dict) -> Criterion:
	return Criterion(
		code=reader.text(row, "code", path),
		title=reader.text(row, "title", path),
		weight=reader.needed_number(row, "weight", path, least=0),
		parent=reader.text(row, "parent", path, required=False) or None,
		sequence=reader.integer(row, "sequence", path, required=False),
	)


def _read_indicator(reader: _Reader, path: str, row: dict) -> Indicator:
	return Indicator(
		code=reader.text(row, "code", path),
		title=reader.text(row, "title", path),
		criterion=reader.text(row, "criterion", path),
		scale=reader.text(row, "scale", path),
		weight=reader.needed_number(row, "weight", path, least=0),
		mandatory=reader.flag(row, "mandatory", path),
		guidance=reader.text(row, "guidance", path, required=False),
		principles=reader.choices(row, "principles", path, PRINCIPLES),
		vulnerable_groups=reader.choices(row, "vulnerable_groups", path, VULNERABLE_GROUPS),
		opd_types=reader.choices(row, "opd_types", path, None),
		continues=reader.choices(row, "continues", path, None),
		evidence_slots=tuple(
			EvidenceSlot(
				label=reader.text(slot, "label", place),
				kind=reader.choice(slot, "kind", place, SLOT_KINDS),
				mandatory=reader.flag(slot, "mandatory", place),
				example=reader.text(slot, "example", place, required=False),
			)
			for place, slot in reader.rows(row, "evidence_slots", path)
		),
	)


def check(instrument: Instrument) -> list[Fault]:
	"""Return what is wrong with an instrument as a whole; an empty list means it can be used."""
	faults: list[Fault] = []
	faults += _duplicates("criteria", [criterion.code for criterion in instrument.criteria])
	faults += _duplicates("indicators", [indicator.code for indicator in instrument.indicators])
	faults += _duplicates("scales", [scale.title for scale in instrument.scales])
	faults += _duplicates("thresholds", [threshold.label for threshold in instrument.thresholds])
	faults += _duplicates("thresholds", [str(threshold.min_score) for threshold in instrument.thresholds])
	faults += check_tree({criterion.code: criterion.parent for criterion in instrument.criteria})
	for scale in instrument.scales:
		faults += check_scale(scale)
	faults += _references(instrument)
	faults += _weights(instrument)
	return faults


def check_scale(scale: Scale) -> list[Fault]:
	"""Return what is wrong with one scale: no options, a label twice, points off 0-100, bands that overlap."""
	path = f"scale {scale.title}"
	faults = _duplicates(path, [option.label for option in scale.options])
	for option in scale.options:
		if not 0 <= option.points <= 100:
			faults.append(Fault(path, f"{option.label}: {option.points} points are not between 0 and 100"))
	applicable = [option for option in scale.options if not option.not_applicable]
	if scale.kind in ("Options", "Bands") and not applicable:
		faults.append(Fault(path, "has no answer that gives points"))
	if scale.kind == "Bands":
		faults += _band_faults(path, applicable)
	return faults


def _band_faults(path: str, bands: list[ScaleOption]) -> list[Fault]:
	faults = []
	for band in bands:
		if band.lower is not None and band.upper is not None and band.upper <= band.lower:
			faults.append(Fault(path, f"{band.label}: 'to' must be greater than 'from'"))
	in_order = sorted(bands, key=lambda band: (band.lower is not None, band.lower or 0))
	for before, after in itertools.pairwise(in_order):
		if after.lower is None or before.upper is None or after.lower < before.upper:
			faults.append(Fault(path, f"the bands {before.label} and {after.label} overlap"))
	return faults


def check_tree(parent_of: dict[str, str | None]) -> list[Fault]:
	"""Return unknown parents and cycles in a tree given as child -> parent."""
	faults = []
	for code, parent in parent_of.items():
		if parent and parent not in parent_of:
			faults.append(Fault(f"criterion {code}", f"its parent {parent!r} does not exist"))
	reported: set[str] = set()
	for start in parent_of:
		seen: list[str] = []
		code: str | None = start
		while code and code not in seen:
			seen.append(code)
			code = parent_of.get(code)
		if code and code not in reported:
			loop = seen[seen.index(code) :]
			reported.update(loop)
			faults.append(Fault(f"criterion {code}", f"is its own ancestor ({' > '.join([*loop, code])})"))
	return faults


def _references(instrument: Instrument) -> list[Fault]:
	faults = []
	criteria = {criterion.code for criterion in instrument.criteria}
	scales = {scale.title for scale in instrument.scales}
	for indicator in instrument.indicators:
		path = f"indicator {indicator.code}"
		if indicator.criterion and indicator.criterion not in criteria:
			faults.append(Fault(path, f"its criterion {indicator.criterion!r} does not exist"))
		if indicator.scale and indicator.scale not in scales:
			faults.append(Fault(path, f"its scale {indicator.scale!r} does not exist"))
		faults += _duplicates(f"{path}, evidence", [slot.label for slot in indicator.evidence_slots])
	if not instrument.criteria:
		faults.append(Fault("criteria", "an instrument needs at least one criterion"))
	if not instrument.indicators:
		faults.append(Fault("indicators", "an instrument needs at least one indicator"))
	return faults


def _weights(instrument: Instrument) -> list[Fault]:
	"""A mean needs a positive sum of weights among siblings; a criterion needs something below it."""
	faults = []
	below: dict[str | None, list[Decimal]] = {}
	for criterion in instrument.criteria:
		below.setdefault(criterion.parent, []).append(criterion.weight)
	for indicator in instrument.indicators:
		below.setdefault(indicator.criterion, []).append(indicator.weight)
	for criterion in instrument.criteria:
		weights = below.get(criterion.code)
		if not weights:
			faults.append(Fault(f"criterion {criterion.code}", "has no indicator and no sub-criterion"))
		elif not sum(weights):
			faults.append(Fault(f"criterion {criterion.code}", "the weights below it add up to zero"))
	if instrument.criteria and not sum(below.get(None, [Decimal(1)])):
		faults.append(Fault("criteria", "the weights of the criteria add up to zero"))
	return faults


def _duplicates(path: str, values: list[str]) -> list[Fault]:
	seen: set[str] = set()
	twice: list[str] = []
	for value in values:
		if value and value in seen and value not in twice:
			twice.append(value)
		seen.add(value)
	return [Fault(path, f"{value!r} stands there twice") for value in twice]
