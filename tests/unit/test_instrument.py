"""Reading an instrument file: everything wrong is reported at once, with its place; writing gives it back."""

import copy
import json
from decimal import Decimal

import jsonschema
import pytest
from amount import share
from hypothesis import given
from hypothesis import strategies as st

from p2ham.engine import fields
from p2ham.engine.instrument import (
	Instrument,
	InstrumentError,
	check,
	dumps,
	loads,
	new_version,
	plain,
	read,
	schema,
)
from p2ham.instruments import shipped_files

SMALL = {
	"format": 1,
	"code": "X-1",
	"title": "Uji",
	"regulation": "Peraturan uji",
	"family": "P2HAM",
	"year": 2024,
	"passing_score": None,
	"template": False,
	"source_note": "dibuat untuk uji",
	"unverified_note": "",
	"weight_total": None,
	"thresholds": [{"label": "Rendah", "min_score": 0, "colour": "red"}],
	"scales": [
		{
			"title": "Ada / Tidak",
			"kind": "Options",
			"options": [
				{"label": "Ada", "points": 100, "not_applicable": False},
				{"label": "Tidak", "points": 0, "not_applicable": False},
			],
		}
	],
	"criteria": [{"code": "A", "title": "A", "parent": None, "weight": 1, "weight_total": None}],
	"indicators": [
		{
			"code": "A1",
			"criterion": "A",
			"title": "Ramp",
			"guidance": "",
			"scale": "Ada / Tidak",
			"weight": 1,
			"mandatory": False,
			"principles": ["Participation"],
			"vulnerable_groups": ["Disability"],
			"opd_types": [],
			"continues": [],
			"evidence_slots": [{"label": "Foto", "kind": "Image", "mandatory": True, "example": ""}],
		}
	],
}


def broken(change) -> dict:
	data = copy.deepcopy(SMALL)
	change(data)
	return data


def faults_of(data) -> str:
	with pytest.raises(InstrumentError) as caught:
		read(data)
	return str(caught.value)


def bands(*bounds) -> dict:
	return {
		"title": "Ada / Tidak",
		"kind": "Bands",
		"options": [
			{"label": f"pita {number}", "points": 10, "from": lower, "to": upper}
			for number, (lower, upper) in enumerate(bounds)
		],
	}


def test_a_right_instrument_is_read_whole():
	instrument = read(SMALL)
	assert instrument.indicators[0].evidence_slots[0].mandatory
	assert check(instrument) == []


def test_what_need_not_be_given_may_be_absent():
	def change(data):
		for key in ("passing_score", "template", "unverified_note", "weight_total", "thresholds"):
			del data[key]
		for key in ("guidance", "mandatory", "principles", "opd_types", "continues", "evidence_slots"):
			del data["indicators"][0][key]

	assert read(broken(change)).indicators[0].evidence_slots == ()


@pytest.mark.parametrize(
	("change", "expected"),
	[
		(lambda d: d["indicators"][0].update(weight="banyak"), '$.indicators[0].weight: "banyak" is not a'),
		(lambda d: d["indicators"][0].update(weight=-1), "$.indicators[0].weight: -1 is less than 0"),
		(lambda d: d["indicators"][0].update(weight=None), "$.indicators[0].weight: is missing"),
		(lambda d: d["indicators"][0].update(weight=True), "not a number"),
		(lambda d: d["indicators"][0].update(weight=0.33333), "has more than 4 decimals"),
		(lambda d: d["indicators"][0].update(wieght=1), "$.indicators[0].wieght: is not a known key"),
		(lambda d: d["indicators"][0].update(scale="Lain"), '.scale: the scale "Lain" does not exist'),
		(lambda d: d["indicators"][0].update(criterion="Z"), '.criterion: the criterion "Z" does not exist'),
		(lambda d: d["indicators"][0].update(principles=["Charity"]), "$.indicators[0].principles[0]"),
		(lambda d: d["indicators"][0].update(continues=["A1"]), "as INSTRUMENT:CODE"),
		(lambda d: d["indicators"][0].update(continues=["X-1:A1"]), "continues older instruments only"),
		(lambda d: d["indicators"][0].update(continues=["Y:A1", "Y:A1"]), ".continues[1]"),
		(lambda d: d["indicators"][0].update(opd_types=["Dinas; Badan"]), "semicolon"),
		(lambda d: d["indicators"][0].update(title="<b>Ramp</b>"), "without HTML"),
		(lambda d: d["indicators"][0].update(title="Ramp\x07"), "cannot be printed"),
		(lambda d: d["indicators"][0].update(title="Ramp \ud800"), "cannot be printed"),
		(lambda d: d["indicators"][0].update(title="Ramp_x000D_"), "Excel"),
		(
			lambda d: d["indicators"].append(d["indicators"][0]),
			'$.indicators[1].code: "A1" stands there twice',
		),
		(lambda d: d["indicators"].append({**d["indicators"][0], "code": "a1"}), "stands there twice"),
		(lambda d: d["criteria"].append(d["criteria"][0]), '"A" stands there twice'),
		(lambda d: d["criteria"][0].update(parent="A"), "is its own ancestor (A > A)"),
		(lambda d: d["criteria"][0].update(parent="Z"), '$.criteria[0].parent: the criterion "Z"'),
		(lambda d: d["criteria"][0].update(weight=0), "add up to zero"),
		(lambda d: d["criteria"][0].update(code="A-1"), '"A-1" is not a code'),
		(lambda d: d["criteria"].append({"code": "B", "title": "B", "weight": 1}), "$.criteria[1]: has no"),
		(lambda d: d["scales"][0]["options"][0].update(points=101), "101 is more than 100"),
		(lambda d: d["scales"][0]["options"][0].update(points=33.333), "more than 2 decimals"),
		(lambda d: d["scales"][0].update(options=[]), "has no answer that gives points"),
		(lambda d: d["scales"][0]["options"][0].update({"from": 1}), "belong to bands only"),
		(lambda d: d["scales"][0].update(kind="Percentage"), "no other answers than those not applicable"),
		(lambda d: d["scales"].append({**d["scales"][0], "title": "Lain"}), "is used by no indicator"),
		(lambda d: d["scales"][0].update(bands((None, 50), (49, None))), "overlap"),
		(lambda d: d["scales"][0].update(bands((None, 50), (51, None))), "gap"),
		(lambda d: d["scales"][0].update(bands((50, 50))), "To must be greater than From"),
		(lambda d: d.update(format=2), '$.format: "2" is not known'),
		(lambda d: d.update(format=True), "$.format"),
		(lambda d: d.update(indicators={}), "$.indicators: must be a list"),
		(lambda d: d.update(indicators=[]), "$.indicators: is empty"),
		(lambda d: d.update(criteria=["A"]), "$.criteria[0]: must be an object"),
		(lambda d: d.update(year="2024"), "$.year: must be a whole number"),
		(lambda d: d.update(year=24), "$.year: 24 is not between"),
		(lambda d: d.update(title=" "), "$.title: is missing"),
		(lambda d: d.update(title="x" * 141), "has 141 characters"),
		(lambda d: d.update(passing_score=0), "$.passing_score: 0 is not more than 0"),
		(lambda d: d.update(template="ya"), "must be true or false"),
		(lambda d: d["thresholds"].append({**d["thresholds"][0], "label": "Lain"}), '.min_score: "0" stands'),
		(lambda d: d["indicators"][0]["evidence_slots"][0].update(kind="Video"), '"Video" is not one of'),
		(
			lambda d: d["indicators"][0]["evidence_slots"].append(
				SMALL["indicators"][0]["evidence_slots"][0]
			),
			"twice",
		),
	],
)
def test_each_fault_is_named(change, expected):
	assert expected in faults_of(broken(change))


def test_all_faults_are_reported_at_once():
	def change(data):
		data["indicators"][0].update(weight="x", scale="Lain")
		data["thresholds"][0]["colour"] = "pink"

	assert faults_of(broken(change)).splitlines() == [
		'$.indicators[0].weight: "x" is not a number',
		'$.thresholds[0].colour: "pink" is not one of: red, orange, yellow, green, blue, gray',
		'$.indicators[0].scale: the scale "Lain" does not exist',
		"$.scales[0]: is used by no indicator",
	]


def test_a_tree_that_is_too_deep_or_goes_round_is_refused_quickly():
	chain = [
		{"code": f"C{number}", "title": "C", "parent": f"C{number - 1}" if number else None, "weight": 1}
		for number in range(500)
	]
	text = faults_of(broken(lambda data: data.update(criteria=chain)))
	assert "$.criteria[8].parent: is deeper than 8 levels" in text
	assert text.count("deeper") == 1
	chain[0]["parent"] = "C499"
	assert faults_of(broken(lambda data: data.update(criteria=chain))).count("its own ancestor") == 1


@pytest.mark.parametrize(
	"text",
	[
		"",
		"[]",
		"null",
		"{",
		'"x"',
		"[" * 100_000,
		b"\xff\xfe",
		b"PK\x03\x04",
		'{"year": NaN}',
		'{"format": 1, "format": 1}',
		'{"year": ' + "9" * 5000 + "}",
		'{"passing_score": 1e999999999999}',
		'{"passing_score": 1e-999999999}',
	],
)
def test_anything_else_than_an_instrument_raises_only_its_own_error(text):
	with pytest.raises(InstrumentError):
		loads(text)


def test_a_large_faulty_file_is_refused_quickly():
	"""Each of these took half a minute when values were looked up in lists."""
	keys = ",".join(f'"k{number}":1' for number in range(60_000))
	with pytest.raises(InstrumentError, match="twice"):
		loads("{" + keys + ',"k59999":1}')
	words = [f"Jenis {number}" for number in range(60_000)]
	assert "has 60000 entries" in faults_of(broken(lambda d: d["indicators"][0].update(opd_types=words)))


def test_half_a_character_is_quoted_so_that_it_can_be_written():
	with pytest.raises(InstrumentError) as caught:
		loads('{"format": 1, "\\ud800": 1, "code": "\\ud800"}')
	assert str(caught.value).encode()


JSON = st.recursive(
	st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
	lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
	max_leaves=20,
)


@given(JSON)
def test_no_json_makes_the_reader_raise_anything_but_its_own_error(data):
	try:
		read(data)
	except InstrumentError as error:
		assert error.faults


@given(st.data())
@share(3)
def test_no_value_in_the_place_of_another_makes_it_raise_anything_else(data):
	"""A valid file with one value, anywhere in it, replaced by any other."""
	broken_one = copy.deepcopy(SMALL)
	owner, key = broken_one, data.draw(st.sampled_from(sorted(broken_one)))
	while isinstance(owner[key], list | dict) and owner[key] and data.draw(st.booleans()):
		owner = owner[key]
		key = data.draw(st.sampled_from(range(len(owner)) if isinstance(owner, list) else sorted(owner)))
	owner[key] = data.draw(JSON)
	try:
		instrument = read(broken_one)
	except InstrumentError as error:
		assert all(str(fault) for fault in error.faults)
	else:
		assert loads(dumps(instrument)) == instrument


def test_numbers_are_exact_and_written_in_their_shortest_form():
	data = json.dumps(SMALL).replace('"weight": 1,', '"weight": 33.3300,', 1)
	instrument = loads(data)
	assert instrument.criteria[0].weight == Decimal("33.33")
	assert '"weight": 33.33,' in dumps(instrument)
	assert '"weight": 1,' in dumps(instrument)


def test_scales_thresholds_and_flags_have_one_order():
	def change(data):
		data["thresholds"].insert(0, {"label": "Baik", "min_score": 75, "colour": "green"})
		data["indicators"][0]["principles"] = ["Transparency", "Participation"]

	instrument = read(broken(change))
	assert [row.label for row in instrument.thresholds] == ["Rendah", "Baik"]
	assert instrument.indicators[0].principles == ("Participation", "Transparency")


def test_a_new_version_continues_every_indicator():
	copy_of = new_version(read(SMALL), "X-2", "Uji, perubahan")
	assert (copy_of.code, copy_of.title) == ("X-2", "Uji, perubahan")
	assert copy_of.indicators[0].continues == ("X-1:A1",)
	assert check(copy_of) == []


class TestSchema:
	"""The JSON Schema in docs/ and the reader say the same."""

	@pytest.fixture(scope="class")
	def validator(self):
		return jsonschema.Draft202012Validator(schema())

	@pytest.mark.parametrize("path", shipped_files(), ids=lambda path: path.stem)
	def test_shipped_files_follow_it(self, validator, path):
		assert list(validator.iter_errors(json.loads(path.read_bytes()))) == []

	@pytest.mark.parametrize(
		"change",
		[
			lambda d: d.update(title=""),
			lambda d: d.update(year="2024"),
			lambda d: d.pop("code"),
			lambda d: d.update(lain=1),
			lambda d: d["indicators"][0].update(weight=-1),
			lambda d: d["indicators"][0].update(principles=["Charity"]),
			lambda d: d["thresholds"][0].update(colour="pink"),
		],
	)
	def test_what_it_refuses_the_reader_refuses(self, validator, change):
		data = broken(change)
		assert list(validator.iter_errors(data))
		assert faults_of(data)

	def test_every_field_is_in_it(self):
		described = schema()["properties"]
		assert list(described) == ["format", *fields.kinds(Instrument)]
		assert list(plain(read(SMALL))) == list(described)


@pytest.mark.parametrize("path", shipped_files(), ids=lambda path: path.stem)
def test_a_shipped_file_is_canonical(path):
	assert dumps(loads(path.read_bytes())) == path.read_text(encoding="utf-8")
