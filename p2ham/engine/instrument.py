"""An instrument: what one regulation asks, as data. Reading it, checking it as a whole, writing it.

An instrument file is JSON (see docs/instruments.md). `read` either returns an `Instrument` in which every
reference resolves and every number is a number, or raises `InstrumentError` with all faults at once, each
with the place where it stands. `dumps` writes the one canonical form, so that a file, a site and a workbook
can be compared byte by byte.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
from dataclasses import dataclass
from decimal import Decimal

from . import fields
from .faults import N_, Fault, FaultyError
from .fields import (
	Choice,
	Flag,
	Number,
	Reference,
	Rows,
	Text,
	Whole,
	Words,
	comparable,
	declare,
	shown,
)

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

MAX_LEVELS = 8
NOTE = 10_000  # characters of a longer text

# The code of a criterion or indicator has no hyphen: the name of its record is INSTRUMENT-CODE.
INSTRUMENT_CODE = r"[A-Za-z0-9][A-Za-z0-9._-]*"
CODE = r"[A-Za-z0-9][A-Za-z0-9._]*"
CODE_EXPECTED = N_('"{0}" is not a code: letters, digits, dot and underscore')

INSTRUMENT_CODE_KIND = Text(
	N_("Code"),
	most=80,
	pattern=INSTRUMENT_CODE,
	expected=N_('"{0}" is not a code: letters, digits, hyphen, dot and underscore'),
)
CODE_KIND = Text(N_("Code"), most=40, pattern=CODE, expected=CODE_EXPECTED)
CONTINUES_KIND = Words(
	N_("Continues"),
	pattern=f"{INSTRUMENT_CODE}:{CODE}",
	expected=N_('"{0}" does not name an older indicator as INSTRUMENT:CODE'),
)
WEIGHT_KIND = Number(N_("Weight"))
WEIGHT_TOTAL_KIND = Number(N_("Weights Below Add Up To"), required=False, above_least=True)


class InstrumentError(FaultyError):
	"""The data of an instrument is wrong; `faults` lists everything found."""


@dataclass(frozen=True)
class Threshold:
	"""A category is reached from `min_score` points (0-100) upwards, the bound included."""

	label: str = declare(Text(N_("Label")))
	min_score: Decimal = declare(Number(N_("From Score"), most=100, decimals=2))
	colour: str = declare(Choice(N_("Colour"), words=COLOURS), default="gray")


@dataclass(frozen=True)
class ScaleOption:
	"""One answer of a scale. `points` are 0-100; a band reaches from `lower` (inclusive) to `upper`
	(exclusive), None for open."""

	label: str = declare(Text(N_("Answer")))
	points: Decimal = declare(Number(N_("Points"), most=100, decimals=2))
	not_applicable: bool = declare(Flag(N_("Not Applicable")), default=False)
	lower: Decimal | None = declare(
		Number(N_("From"), key="from", required=False, least=-fields.MOST), default=None
	)
	upper: Decimal | None = declare(
		Number(N_("To"), key="to", required=False, least=-fields.MOST), default=None
	)

	@property
	def left_out(self) -> tuple[str, ...]:
		"""Bounds are written for bands only, where at least one of them is given."""
		return ("lower", "upper") if self.lower is None and self.upper is None else ()


@dataclass(frozen=True)
class Scale:
	"""The answers an indicator allows: named options, a percentage, or bands of a number."""

	title: str = declare(Text(N_("Scale")))
	kind: str = declare(Choice(N_("Kind"), words=SCALE_KINDS))
	options: tuple[ScaleOption, ...] = declare(
		Rows(N_("Answers"), of=ScaleOption, one=N_("Answer"), required=False, most=50), default=()
	)


@dataclass(frozen=True)
class EvidenceSlot:
	"""A document or picture that an indicator wants to see."""

	label: str = declare(Text(N_("Evidence")))
	kind: str = declare(Choice(N_("Kind"), words=SLOT_KINDS), default="Any")
	mandatory: bool = declare(Flag(N_("Mandatory")), default=False)
	example: str = declare(Text(N_("Example"), most=1000, lines=True, required=False), default="")


@dataclass(frozen=True, kw_only=True)
class Criterion:
	"""A node of the tree. `weight_total`: what the weights directly below add up to according to the
	regulation, None where it says nothing."""

	code: str = declare(CODE_KIND)
	title: str = declare(Text(N_("Title")))
	parent: str | None = declare(Reference(N_("Belongs To"), required=False), default=None)
	weight: Decimal = declare(WEIGHT_KIND)
	weight_total: Decimal | None = declare(WEIGHT_TOTAL_KIND, default=None)


@dataclass(frozen=True, kw_only=True)
class Indicator:
	"""One question: its criterion, scale and weight, the evidence it wants, whom and what it is about, the
	kinds of units it is asked of (none: all), and the older indicators it continues."""

	code: str = declare(CODE_KIND)
	criterion: str = declare(Reference(N_("Criterion")))
	title: str = declare(Text(N_("Title"), most=1000))
	guidance: str = declare(Text(N_("Guidance"), most=NOTE, lines=True, required=False), default="")
	scale: str = declare(Reference(N_("Scale")))
	weight: Decimal = declare(WEIGHT_KIND)
	mandatory: bool = declare(Flag(N_("Mandatory")), default=False)
	principles: tuple[str, ...] = declare(Words(N_("Principles"), words=PRINCIPLES), default=())
	vulnerable_groups: tuple[str, ...] = declare(
		Words(N_("Vulnerable Groups"), words=VULNERABLE_GROUPS), default=()
	)
	opd_types: tuple[str, ...] = declare(
		Words(N_("OPD Types"), pattern="[^;\n]+", expected=N_('"{0}" must not contain a semicolon')),
		default=(),
	)
	continues: tuple[str, ...] = declare(CONTINUES_KIND, default=())
	evidence_slots: tuple[EvidenceSlot, ...] = declare(
		Rows(N_("Evidence Slots"), of=EvidenceSlot, one=N_("Evidence Slot"), required=False, most=20),
		default=(),
	)


@dataclass(frozen=True, kw_only=True)
class Instrument:
	"""One regulation in one version. `template`: its annex was not available, everything is to be checked.
	`weight_total`: what the weights of the top criteria add up to according to the regulation."""

	code: str = declare(INSTRUMENT_CODE_KIND)
	title: str = declare(Text(N_("Title")))
	regulation: str = declare(Text(N_("Regulation")))
	family: str = declare(Choice(N_("Family"), words=FAMILIES))
	year: int = declare(Whole(N_("Year"), least=1945, most=2100))
	passing_score: Decimal | None = declare(
		Number(N_("Passing Score"), most=100, decimals=2, required=False, above_least=True), default=None
	)
	template: bool = declare(Flag(N_("Template")), default=False)
	source_note: str = declare(Text(N_("Source"), most=NOTE, lines=True))
	unverified_note: str = declare(
		Text(N_("Not Verified"), most=NOTE, lines=True, required=False), default=""
	)
	weight_total: Decimal | None = declare(WEIGHT_TOTAL_KIND, default=None)
	thresholds: tuple[Threshold, ...] = declare(
		Rows(N_("Thresholds"), of=Threshold, one=N_("Threshold"), required=False, most=20), default=()
	)
	scales: tuple[Scale, ...] = declare(Rows(N_("Scales"), of=Scale, one=N_("Scale"), most=200), default=())
	criteria: tuple[Criterion, ...] = declare(
		Rows(N_("Criteria"), of=Criterion, one=N_("Criterion"), most=500), default=()
	)
	indicators: tuple[Indicator, ...] = declare(
		Rows(N_("Indicators"), of=Indicator, one=N_("Indicator"), most=2000), default=()
	)

	@property
	def has_pass_mark(self) -> bool:
		"""Whether meeting the criteria means anything: there is a passing score or a mandatory indicator."""
		return bool(self.passing_score) or any(indicator.mandatory for indicator in self.indicators)


def loads(text: str | bytes) -> Instrument:
	"""Read an instrument from JSON text. Raises InstrumentError, also for text that is not JSON."""
	return read(parse(text))


def parse(text: str | bytes):
	"""Return plain data of JSON text, numbers exact. Raises InstrumentError if it is not JSON, or if an
	object names a key twice (the second would silently win)."""
	try:
		return json.loads(
			text, parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_refuse_twice
		)
	except UnicodeDecodeError:
		raise InstrumentError([Fault((), N_("The file is not text in UTF-8"))]) from None
	except (ValueError, ArithmeticError, RecursionError) as error:
		raise InstrumentError([Fault((), N_("The file is not JSON: {0}"), (shown(str(error)),))]) from None


def _refuse_constant(name: str):
	raise ValueError(f"{name} is not a number")


def _refuse_twice(pairs: list[tuple]) -> dict:
	found: dict = {}
	for key, value in pairs:
		if key in found:
			raise ValueError(f"the key {shown(key)!r} stands there twice")
		found[key] = value
	return found


def read(data) -> Instrument:
	"""Read an instrument from plain data and check it as a whole.

	Raises InstrumentError with every fault: unknown words and keys, missing or negative weights, two entries
	with one code, references that lead nowhere, cycles among the criteria.
	"""
	faults: list[Fault] = []
	if isinstance(data, dict):
		data = dict(data)
		number = data.pop("format", None)
		if isinstance(number, bool) or number != FORMAT:
			faults.append(
				Fault(
					("format",),
					N_('"{0}" is not known; this version reads format {1}'),
					(shown(number), FORMAT),
				)
			)
	instrument = fields.read(Instrument, data, faults)
	if isinstance(data, dict):
		# What could not even be read has been said; the value that stands in for it is not judged as well.
		said = {fault.place for fault in faults}
		faults += [fault for fault in check(instrument) if fault.place not in said]
	if faults:
		raise InstrumentError(faults)
	return canonical(instrument)


def canonical(instrument: Instrument) -> Instrument:
	"""Return the instrument with scales and thresholds in the order in which every site and file has them."""
	return dataclasses.replace(
		instrument,
		thresholds=tuple(sorted(instrument.thresholds, key=lambda row: row.min_score or 0)),
		scales=tuple(sorted(instrument.scales, key=lambda row: row.title)),
	)


def plain(instrument: Instrument) -> dict:
	"""Return an instrument as plain data, as `read` takes it."""
	return {"format": FORMAT, **fields.write(instrument)}


def dumps(instrument: Instrument) -> str:
	"""Return the canonical JSON of an instrument: the same instrument always gives the same bytes."""
	return json.dumps(plain(canonical(instrument)), ensure_ascii=False, indent=2) + "\n"


def schema() -> dict:
	"""Return the JSON Schema (2020-12) of instrument files. It knows types and words; what must hold across
	the file (codes, references, weights) only `check` knows."""
	described = fields.schema(Instrument)
	return {
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"title": "P2HAM instrument, format 1",
		**described,
		"properties": {"format": {"const": FORMAT}, **described["properties"]},
		"required": ["format", *described["required"]],
	}


def new_version(instrument: Instrument, code: str, title: str) -> Instrument:
	"""Return a copy under another code in which every indicator continues the one it is copied from."""
	return dataclasses.replace(
		instrument,
		code=code,
		title=title,
		indicators=tuple(
			dataclasses.replace(indicator, continues=(f"{instrument.code}:{indicator.code}",))
			for indicator in instrument.indicators
		),
	)


def check(instrument: Instrument) -> list[Fault]:
	"""Return what is wrong with an instrument as a whole; an empty list means it can be used."""
	faults = fields.check(instrument)
	for position, scale in enumerate(instrument.scales):
		faults += (fault.below("scales", position) for fault in _scale_faults(scale))
	for table, field in (
		("thresholds", "label"),
		("thresholds", "min_score"),
		("scales", "title"),
		("criteria", "code"),
		("indicators", "code"),
	):
		faults += _twice(table, field, getattr(instrument, table))
	faults += check_tree({row.code: row.parent for row in instrument.criteria})
	faults += _references(instrument)
	faults += _weights(instrument)
	return _without_repeats(faults)


def check_scale(scale: Scale) -> list[Fault]:
	"""Return what is wrong with one scale: no options, a label twice, points off 0-100, bands that overlap."""
	return fields.check(scale) + _scale_faults(scale)


def _scale_faults(scale: Scale) -> list[Fault]:
	faults = _twice("options", "label", scale.options)
	for position, option in enumerate(scale.options):
		if scale.kind != "Bands" and (option.lower is not None or option.upper is not None):
			faults.append(Fault(("options", position), N_("From and To belong to bands only")))
		if scale.kind == "Percentage" and not option.not_applicable:
			faults.append(
				Fault(
					("options", position), N_("a percentage has no other answers than those not applicable")
				)
			)
		if option.not_applicable and option.points:
			faults.append(
				Fault(("options", position, "points"), N_("what is not applicable earns no points"))
			)
	bands = [(position, row) for position, row in enumerate(scale.options) if not row.not_applicable]
	if scale.kind in ("Options", "Bands") and not bands:
		faults.append(Fault(("options",), N_("has no answer that gives points")))
	if scale.kind == "Bands":
		faults += _band_faults(bands)
	return faults


def _band_faults(bands: list[tuple[int, ScaleOption]]) -> list[Fault]:
	faults = []
	for position, band in bands:
		if band.lower is not None and band.upper is not None and band.upper <= band.lower:
			faults.append(Fault(("options", position, "to"), N_("To must be greater than From")))
	in_order = sorted(bands, key=lambda pair: (pair[1].lower is not None, pair[1].lower or 0))
	for (_, before), (position, after) in itertools.pairwise(in_order):
		if after.lower is None or before.upper is None or after.lower < before.upper:
			faults.append(
				Fault(
					("options", position),
					N_('the bands "{0}" and "{1}" overlap'),
					(before.label, after.label),
				)
			)
		elif after.lower > before.upper:
			faults.append(
				Fault(
					("options", position),
					N_('there is a gap between the bands "{0}" and "{1}"'),
					(before.label, after.label),
				)
			)
	return faults


def check_tree(parent_of: dict[str, str | None]) -> list[Fault]:
	"""Return unknown parents, cycles and too many levels in a tree given as child -> parent."""
	faults = []
	level: dict[str, int] = {}
	positions = {code: position for position, code in enumerate(parent_of)}
	for start in parent_of:
		way: list[str] = []
		seen: set[str] = set()
		code: str | None = start
		while code and code in parent_of and code not in level and code not in seen:
			way.append(code)
			seen.add(code)
			code = parent_of[code]
		if code and code in seen:
			loop = way[way.index(code) :]
			faults.append(
				Fault(
					("criteria", positions[code], "parent"),
					N_("is its own ancestor ({0})"),
					(shown(" > ".join([*loop, code])),),
				)
			)
		above = level.get(code or "", 0)
		for number, member in enumerate(reversed(way), start=above + 1):
			level[member] = number
	for code, parent in parent_of.items():
		if parent and parent not in parent_of:
			faults.append(
				Fault(
					("criteria", positions[code], "parent"),
					N_('the criterion "{0}" does not exist'),
					(shown(parent),),
				)
			)
	looped = {fault.place for fault in faults}
	faults += [
		Fault(("criteria", positions[code], "parent"), N_("is deeper than {0} levels"), (MAX_LEVELS,))
		for code, number in level.items()
		if number == MAX_LEVELS + 1 and ("criteria", positions[code], "parent") not in looped
	]
	return faults


def _references(instrument: Instrument) -> list[Fault]:
	faults = []
	criteria = {criterion.code for criterion in instrument.criteria}
	scales = {scale.title for scale in instrument.scales}
	for position, indicator in enumerate(instrument.indicators):
		place = ("indicators", position)
		if indicator.criterion and indicator.criterion not in criteria:
			faults.append(
				Fault(
					(*place, "criterion"),
					N_('the criterion "{0}" does not exist'),
					(shown(indicator.criterion),),
				)
			)
		if indicator.scale and indicator.scale not in scales:
			faults.append(
				Fault((*place, "scale"), N_('the scale "{0}" does not exist'), (shown(indicator.scale),))
			)
		for number, older in enumerate(indicator.continues):
			if older.split(":")[0] == instrument.code:
				faults.append(
					Fault((*place, "continues", number), N_("an indicator continues older instruments only"))
				)
		faults += (
			fault.below(*place) for fault in _twice("evidence_slots", "label", indicator.evidence_slots)
		)
	used = {indicator.scale for indicator in instrument.indicators}
	faults += [
		Fault(("scales", position), N_("is used by no indicator"))
		for position, scale in enumerate(instrument.scales)
		if scale.title and scale.title not in used and instrument.indicators
	]
	return faults


def _weights(instrument: Instrument) -> list[Fault]:
	"""A mean needs a positive sum of weights among siblings; a criterion needs something below it."""
	faults = []
	below: dict[str | None, list[Decimal]] = {}
	for row in instrument.criteria:
		below.setdefault(row.parent, []).append(row.weight or Decimal(0))
	for indicator in instrument.indicators:
		below.setdefault(indicator.criterion, []).append(indicator.weight or Decimal(0))
	for position, criterion in enumerate(instrument.criteria):
		weights = below.get(criterion.code)
		if not weights:
			faults.append(Fault(("criteria", position), N_("has no indicator and no sub-criterion")))
		elif not any(weights):
			faults.append(Fault(("criteria", position), N_("the weights below it add up to zero")))
	if instrument.criteria and not any(below.get(None, [Decimal(1)])):
		faults.append(Fault(("criteria",), N_("the weights of the criteria add up to zero")))
	return faults


def _twice(table: str, field: str, rows: tuple) -> list[Fault]:
	"""Return rows whose `field` stands in an earlier row too, as a database compares names."""
	faults, seen = [], set()
	for position, row in enumerate(rows):
		value = getattr(row, field)
		same = comparable(value) if isinstance(value, str) else value
		if same in seen and same not in ("", None):
			faults.append(Fault((table, position, field), N_('"{0}" stands there twice'), (shown(value),)))
		seen.add(same)
	return faults


def _without_repeats(faults: list[Fault]) -> list[Fault]:
	return list(dict.fromkeys(faults))
