"""Random instruments for hypothesis: valid ones, with everything that a file, a site and a workbook must keep."""

from __future__ import annotations

from hypothesis import strategies as st

from p2ham.engine import instrument as instrument_rules
from p2ham.engine.fields import MOST, comparable
from p2ham.engine.instrument import Instrument
from p2ham.engine.text import clean_line, clean_lines

# What a spreadsheet takes for something else than text, and what Indonesian offices write.
TRAPS = [
	"=1+1",
	'=HYPERLINK("http://x","y")',
	"+62 811",
	"-",
	"-5",
	"@SUM(A1)",
	"'kutip",
	"#REF!",
	"#N/A",
	"TRUE",
	"tidak",
	"x",
	"1",
	"1.10",
	"007",
	"1e5",
	"12,5",
	"50%",
	"2024-01-31",
	"1/2",
	"Ada; lengkap",
	"Tidak berlaku",
	"Petugas “siaga” – 24 jam",
	"a < b & c > d",
	"هيئة 局 🏛",
]

_CHARACTERS = st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff")


def texts(most: int = 140, lines: bool = False, required: bool = True) -> st.SearchStrategy[str]:
	"""Texts that a field takes, as the reader leaves them."""
	alphabet = st.one_of(_CHARACTERS, st.just("\n")) if lines else _CHARACTERS
	free = st.text(alphabet, min_size=1, max_size=min(most, 30)).map(str.strip)
	clean = clean_lines if lines else clean_line
	free = st.one_of(st.sampled_from(TRAPS), free).map(clean)
	found = free.filter(lambda text: text and _is_plain(text))
	return found if required else st.one_of(st.just(""), found)


def _is_plain(text: str) -> bool:
	return not list(instrument_rules.fields.Text("", most=1000, lines=True).check(text))


def decimals(least: int = 0, most: int = MOST, places: int = 4) -> st.SearchStrategy:
	return st.decimals(least, most, allow_nan=False, allow_infinity=False, places=places)


def _names(most: int, separator: bool = True, least: int = 1) -> st.SearchStrategy[list[str]]:
	found = texts() if separator else texts().filter(lambda text: ";" not in text)
	return st.lists(found, min_size=least, max_size=most, unique_by=comparable)


def _codes(least: int, most: int) -> st.SearchStrategy[list[str]]:
	some = st.sampled_from(["1", "1.1", "1.10", "1e5", "A", "A.1", "TRUE", "007", "x"])
	code = st.one_of(some, st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._]{0,8}", fullmatch=True))
	return st.lists(code, min_size=least, max_size=most, unique_by=comparable)


@st.composite
def _options(draw) -> list[dict]:
	labels = draw(_names(5))
	points = decimals(0, 100, 2)
	options = [{"label": label, "points": draw(points), "not_applicable": False} for label in labels]
	for option in options[1:]:
		if draw(st.booleans()):
			option |= {"points": 0, "not_applicable": True}
	return options


@st.composite
def _bands(draw) -> list[dict]:
	"""Bands without gaps, the outer ones open or not, in any order; perhaps an answer not applicable."""
	labels = draw(_names(5))
	bounds = draw(
		st.lists(decimals(-MOST), min_size=len(labels) + 1, max_size=len(labels) + 1, unique=True).map(sorted)
	)
	if draw(st.booleans()):
		bounds[0] = None
	if draw(st.booleans()):
		bounds[-1] = None
	bands = [
		{"label": label, "points": draw(decimals(0, 100, 2)), "from": lower, "to": upper}
		for label, lower, upper in zip(labels, bounds, bounds[1:], strict=False)
	]
	if len(bands) > 1 and draw(st.booleans()):
		del bands[-1]["from"], bands[-1]["to"]
		bands[-1] |= {"points": 0, "not_applicable": True}
	return draw(st.permutations(bands))


@st.composite
def _scale(draw, title: str) -> dict:
	kind = draw(st.sampled_from(instrument_rules.SCALE_KINDS))
	if kind == "Options":
		options = draw(_options())
	elif kind == "Bands":
		options = draw(_bands())
	else:
		options = [
			{"label": label, "points": 0, "not_applicable": True} for label in draw(_names(2, least=0))
		]
	return {"title": title, "kind": kind, "options": options}


@st.composite
def _criteria(draw) -> list[dict]:
	"""A tree in which a parent may stand below its child. The first below each parent weighs something."""
	found: list[dict] = []
	depth: dict[str | None, int] = {None: 0}
	for code in draw(_codes(1, 5)):
		parents = [above for above, levels in depth.items() if levels < instrument_rules.MAX_LEVELS]
		parent = draw(st.sampled_from(parents))
		depth[code] = depth[parent] + 1
		is_first = all(row["parent"] != parent for row in found)
		found.append(
			{
				"code": code,
				"title": draw(texts()),
				"parent": parent,
				"weight": draw(_weights(positive=is_first)),
				"weight_total": draw(_totals()),
			}
		)
	return draw(st.permutations(found))


def _weights(positive: bool) -> st.SearchStrategy:
	return decimals().filter(bool) if positive else decimals()


def _totals() -> st.SearchStrategy:
	return st.one_of(st.none(), decimals().filter(bool))


@st.composite
def _slots(draw) -> list[dict]:
	return [
		{
			"label": label,
			"kind": draw(st.sampled_from(instrument_rules.SLOT_KINDS)),
			"mandatory": draw(st.booleans()),
			"example": draw(texts(1000, lines=True, required=False)),
		}
		for label in draw(_names(4, least=0))
	]


@st.composite
def _indicator(draw, code: str, criterion: str, scale: str, positive: bool) -> dict:
	older = st.sampled_from(["LAMA-2018:A1", "LAMA-2018:1.10", "P2HAM.2020:B_2"])
	return {
		"code": code,
		"criterion": criterion,
		"title": draw(texts()),
		"guidance": draw(texts(lines=True, required=False)),
		"scale": scale,
		"weight": draw(_weights(positive)),
		"mandatory": draw(st.booleans()),
		"principles": draw(st.lists(st.sampled_from(instrument_rules.PRINCIPLES), unique=True)),
		"vulnerable_groups": draw(st.lists(st.sampled_from(instrument_rules.VULNERABLE_GROUPS), unique=True)),
		"opd_types": draw(_names(3, separator=False, least=0)),
		"continues": draw(st.lists(older, max_size=2, unique=True)),
		"evidence_slots": draw(_slots()),
	}


@st.composite
def instruments(draw) -> Instrument:
	"""Draw an instrument that passes `check`, as `read` returns it."""
	criteria = draw(_criteria())
	titles = draw(_names(3))
	# Every scale is used, and every criterion without criteria below it has an indicator.
	parents = {row["parent"] for row in criteria}
	homes = [row["code"] for row in criteria if row["code"] not in parents]
	anywhere = st.sampled_from([row["code"] for row in criteria])
	codes = draw(_codes(max(len(homes), len(titles)), max(len(homes), len(titles)) + 2))
	homes += [draw(anywhere) for _ in codes[len(homes) :]]
	scales = titles + [draw(st.sampled_from(titles)) for _ in codes[len(titles) :]]
	floors = draw(st.lists(decimals(0, 100, 2), max_size=4, unique=True))
	labels = draw(st.lists(texts(), min_size=len(floors), max_size=len(floors), unique_by=comparable))
	data = {
		"format": instrument_rules.FORMAT,
		"code": draw(st.sampled_from(["P2HAM-2024", "1.10", "X_1", "007"])),
		"title": draw(texts()),
		"regulation": draw(texts()),
		"family": draw(st.sampled_from(instrument_rules.FAMILIES)),
		"year": draw(st.integers(1945, 2100)),
		"passing_score": draw(st.one_of(st.none(), decimals(0, 100, 2).filter(bool))),
		"template": draw(st.booleans()),
		"source_note": draw(texts(lines=True)),
		"unverified_note": draw(texts(lines=True, required=False)),
		"weight_total": draw(_totals()),
		"thresholds": [
			{"label": label, "min_score": floor, "colour": draw(st.sampled_from(instrument_rules.COLOURS))}
			for label, floor in zip(labels, floors, strict=True)
		],
		"scales": [draw(_scale(title)) for title in titles],
		"criteria": criteria,
		"indicators": [
			draw(_indicator(code, home, scale, positive=True))
			for code, home, scale in zip(codes, homes, scales, strict=True)
		],
	}
	return instrument_rules.read(data)
