"""Reading an instrument file: everything wrong is reported at once, with its place."""

import copy
import json

import pytest

from p2ham.engine.instrument import InstrumentError, check, loads, read

SMALL = {
	"format": 1,
	"code": "X-1",
	"title": "Uji",
	"regulation": "Peraturan uji",
	"family": "P2HAM",
	"year": 2024,
	"passing_score": None,
	"source_note": "dibuat untuk uji",
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
	"criteria": [{"code": "A", "title": "A", "parent": None, "weight": 1, "sequence": 1}],
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


def test_a_right_instrument_is_read_whole():
	instrument = read(SMALL)
	assert instrument.indicators[0].evidence_slots[0].mandatory
	assert check(instrument) == []


def test_a_weight_that_is_not_a_number_is_named_with_its_place():
	text = faults_of(broken(lambda data: data["indicators"][0].update(weight="banyak")))
	assert "indicators[0].weight" in text
	assert "'banyak' is not a number" in text


@pytest.mark.parametrize(
	("change", "expected"),
	[
		(lambda d: d["indicators"][0].update(weight=-1), "indicators[0].weight: -1 is less than 0"),
		(lambda d: d["indicators"][0].update(weight=None), "indicators[0].weight: is missing"),
		(lambda d: d["indicators"][0].update(weight=True), "not a number"),
		(lambda d: d["indicators"][0].update(scale="Lain"), "its scale 'Lain' does not exist"),
		(lambda d: d["indicators"][0].update(criterion="Z"), "its criterion 'Z' does not exist"),
		(lambda d: d["indicators"][0].update(principles=["Charity"]), "principles[0]"),
		(lambda d: d["indicators"].append(d["indicators"][0]), "'A1' stands there twice"),
		(lambda d: d["criteria"].append(d["criteria"][0]), "'A' stands there twice"),
		(lambda d: d["criteria"][0].update(parent="A"), "is its own ancestor (A > A)"),
		(lambda d: d["criteria"][0].update(weight=0), "add up to zero"),
		(lambda d: d["criteria"].append({"code": "B", "title": "B", "weight": 1}), "criterion B: has no"),
		(lambda d: d["scales"][0]["options"][0].update(points=101), "more than 100"),
		(lambda d: d["scales"][0].update(options=[]), "has no answer that gives points"),
		(lambda d: d.update(format=2), "format: 2 is not known"),
		(lambda d: d.update(indicators={}), "indicators: must be a list"),
		(lambda d: d.update(criteria=["A"]), "criteria[0]: must be an object"),
		(lambda d: d.update(year="2024"), "year: must be a whole number"),
		(lambda d: d.update(title=" "), "title: is missing"),
		(lambda d: d["indicators"][0]["evidence_slots"][0].update(kind="Video"), "'Video' is not one of"),
	],
)
def test_each_fault_is_named(change, expected):
	assert expected in faults_of(broken(change))


def test_all_faults_are_reported_at_once():
	def change(data):
		data["indicators"][0].update(weight="x", scale="Lain")
		data["thresholds"][0]["colour"] = "pink"

	text = faults_of(broken(change))
	assert text.count("\n") >= 2
	for word in ("weight", "'Lain'", "'pink'"):
		assert word in text


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '"x"', "[" * 100_000])
def test_anything_else_than_an_instrument_raises_only_its_own_error(text):
	with pytest.raises(InstrumentError):
		loads(text)


def test_bands_that_overlap_are_refused():
	def change(data):
		data["scales"][0] = {
			"title": "Ada / Tidak",
			"kind": "Bands",
			"options": [
				{"label": "rendah", "points": 0, "from": 0, "to": 50},
				{"label": "tinggi", "points": 100, "from": 49, "to": None},
			],
		}

	assert "overlap" in faults_of(broken(change))


def test_a_file_survives_json():
	assert loads(json.dumps(SMALL)) == read(SMALL)
