"""A unit beside itself a year earlier: who may see it, what is refused, and the right figures."""

from decimal import Decimal

import frappe
import pytest

from p2ham.api.assessment import compare, earlier
from p2ham.demo import factories as make
from p2ham.engine.instrument import Criterion, Indicator, Instrument, Scale, ScaleOption, Threshold
from p2ham.instruments import writing

pytestmark = pytest.mark.quick

NOW, BEFORE = "DISDUKCAPIL-P2HAM-2024", "DISDUKCAPIL-P2HAM-2023"


class TestWhoMay:
	@pytest.mark.parametrize(
		("duty", "opd"),
		[
			("OPD Clerk", "DISDUKCAPIL"),
			("OPD Head", "DISDUKCAPIL"),
			("P2HAM Verifier", ""),
			("Kabag Hukum", ""),
			("Sekda", ""),
			("P2HAM Observer", ""),
		],
	)
	def test_whoever_may_read_both(self, people, duty, opd):
		frappe.set_user(people(duty, opd))
		assert [row["name"] for row in earlier(NOW)] == [BEFORE]
		assert compare(NOW, BEFORE)["opd"] == "DISDUKCAPIL"

	def test_not_the_clerk_of_another_unit(self, people):
		frappe.set_user(people("OPD Clerk", "DINSOS"))
		for door in (lambda: earlier(NOW), lambda: compare(NOW, BEFORE)):
			with pytest.raises(frappe.PermissionError):
				door()

	def test_not_somebody_without_a_duty(self, demo_site):
		for user in (
			make.create_user("tanpa.tugas@empatlawang.example", "Tanpa Tugas"),
			demo_site["manager"]["user"],
			"Guest",
		):
			frappe.set_user(user)
			with pytest.raises(frappe.PermissionError):
				earlier(NOW)
			with pytest.raises(frappe.PermissionError):
				compare(NOW, BEFORE)

	def test_the_observer_sees_approved_ones_only_on_either_side(self, second_round, people):
		frappe.set_user(people("P2HAM Observer"))
		with pytest.raises(frappe.PermissionError):
			earlier(second_round.name)
		with pytest.raises(frappe.PermissionError):
			compare(second_round.name, NOW)
		frappe.set_user("Administrator")
		later = make.create_period("PERMENKUMHAM-25-2023", 2031, ["DISDUKCAPIL"])
		with make.acting_as(people("OPD Clerk", "DISDUKCAPIL")):
			newest = make.create_assessment(later, "DISDUKCAPIL")
		frappe.db.set_value("P2HAM Assessment", newest.name, "workflow_state", "Approved")
		frappe.set_user(people("P2HAM Observer"))
		assert [row["name"] for row in earlier(newest.name)] == [NOW, BEFORE]
		with pytest.raises(frappe.PermissionError):
			compare(newest.name, second_round.name)

	def test_over_http_as_well(self, http, people):
		path = "/api/method/p2ham.api.assessment.compare"
		asked = {"name": NOW, "older": BEFORE}
		assert http(people("Sekda")).get(path, params=asked).json()["message"]["linked"] is True
		for user in (people("OPD Clerk", "DINSOS"), None):
			assert http(user).get(path, params=asked).status_code in (401, 403)


SCALE = Scale(
	"Ada / Proses / Tidak / Tidak berlaku",
	"Options",
	(
		ScaleOption("Ada", Decimal(100)),
		ScaleOption("Proses", Decimal(50)),
		ScaleOption("Tidak", Decimal(0)),
		ScaleOption("Tidak berlaku", Decimal(0), not_applicable=True),
	),
)


def make_instrument(code: str, criteria: dict[str, dict[str, str]]) -> None:
	"""Make an active instrument: criterion -> indicator -> the older indicator it continues, if any."""
	writing.create(
		Instrument(
			code=code,
			title=code,
			regulation=code,
			family="P2HAM",
			year=int(code[-4:]),
			source_note="Uji",
			thresholds=(Threshold("Cukup", Decimal(0), "blue"),),
			scales=(SCALE,),
			criteria=tuple(
				Criterion(code=name, title=f"Kriteria {name}", weight=Decimal(1)) for name in criteria
			),
			indicators=tuple(
				Indicator(
					code=name,
					title=f"Pertanyaan {name}",
					criterion=criterion,
					scale=SCALE.title,
					weight=Decimal(1),
					continues=(older,) if older else (),
				)
				for criterion, indicators in criteria.items()
				for name, older in indicators.items()
			),
		)
	)
	make.activate_instrument(code)


def assess(people, instrument: str, year: int, answers: dict[str, str]) -> str:
	"""Make a draft of DINSOS with these answers in a period of its own; return its name."""
	period = make.create_period(instrument, year, ["DINSOS"])
	with make.acting_as(people("OPD Clerk", "DINSOS")):
		doc = make.create_assessment(period, "DINSOS")
		for row in doc.items:
			row.self_answer = answers[row.code]
		return doc.save().name


@pytest.fixture
def pair(people):
	"""Names of two assessments, older and newer, of the case that TestFigures works out on paper."""
	make_instrument("UJI-2018", {"A": {"ram": "", "ruang": ""}, "B": {"petugas": ""}})
	make_instrument(
		"UJI-2023",
		{
			"X": {
				"ram": "UJI-2018:ram",
				"dalam": "UJI-2018:ruang",
				"luar": "UJI-2018:ruang",
				"baru": "",
			},
			"Y": {"petugas": "UJI-2018:petugas"},
		},
	)
	before = {"ram": "Ada", "ruang": "Proses", "petugas": "Tidak"}
	now = {"ram": "Proses", "dalam": "Ada", "luar": "Tidak", "baru": "Ada", "petugas": "Tidak berlaku"}
	return assess(people, "UJI-2018", 2028, before), assess(people, "UJI-2023", 2029, now)


@pytest.fixture
def second_round(people):
	"""A draft of the same unit in a second round of 2024, under the instrument of the first."""
	period = make.create_period("PERMENKUMHAM-25-2023", 2024, ["DISDUKCAPIL"])
	assert period == "P2HAM-2024-2"
	with make.acting_as(people("OPD Clerk", "DISDUKCAPIL")):
		return make.create_assessment(period, "DISDUKCAPIL")


class TestWithWhat:
	def test_the_newest_comes_first_with_period_instrument_state_and_score(self, second_round, people):
		frappe.set_user(people("Kabag Hukum"))
		first, second = earlier(second_round.name)
		assert (first["name"], second["name"]) == (NOW, BEFORE)
		assert second == {
			"name": BEFORE,
			"period": "P2HAM-2023",
			"period_title": "Penilaian P2HAM Tahun 2023",
			"year": 2023,
			"instrument": "PERMENKUMHAM-27-2018",
			"instrument_title": frappe.db.get_value("P2HAM Instrument", "PERMENKUMHAM-27-2018", "title"),
			"state": "Approved",
			"side": "verified",
			"score": frappe.db.get_value("P2HAM Assessment", BEFORE, "verified_score"),
		}

	def test_a_later_one_is_not_earlier(self, people):
		frappe.set_user(people("Sekda"))
		assert earlier(BEFORE) == []
		for name, older in ((BEFORE, NOW), (NOW, NOW)):
			with pytest.raises(frappe.ValidationError, match=f"{older} is not of an earlier period"):
				compare(name, older)

	def test_another_unit_is_refused(self, people):
		frappe.set_user(people("Sekda"))
		with pytest.raises(frappe.ValidationError, match="different units"):
			compare(NOW, "DPMPTSP-P2HAM-2023")

	def test_a_cancelled_one_is_neither_offered_nor_compared(self, people):
		frappe.set_user(people("Sekda"))
		make.take_step(NOW, "Cancel", "Salah periode.")
		with pytest.raises(frappe.ValidationError, match=f"{NOW} was cancelled"):
			compare(NOW, BEFORE)
		frappe.db.set_value("P2HAM Assessment", BEFORE, "workflow_state", "Cancelled")
		with pytest.raises(frappe.ValidationError, match="was cancelled"):
			compare(NOW, BEFORE)
		assert earlier(NOW) == []

	def test_another_family_of_instruments_is_not_offered(self, people):
		frappe.db.set_value("P2HAM Period", "P2HAM-2023", "family", "KKP HAM")
		frappe.set_user(people("Sekda"))
		assert earlier(NOW) == []


class TestFigures:
	"""A case small enough to check on paper.

	2018  criterion A: ram (100), ruang (50); criterion B: petugas (0)           A 75, B 0, total 37.5
	2023  criterion X: ram < ram (50), ruang dalam < ruang (100), ruang luar < ruang (0), baru (100)
	      criterion Y: petugas < petugas (not applicable)                        X 62.5, total 62.5
	Like for like: ram 100 -> 50, ruang 50 -> 100 and 0. X before (100+50+50)/3, now 150/3.
	"""

	def test_totals_and_criteria(self, pair):
		older, newer = pair
		data = compare(newer, older)
		assert (data["same_instrument"], data["linked"]) == (False, True)
		assert data["total"] == {
			"official": {"old": 37.5, "new": 62.5, "change": 25.0},
			"like_for_like": {"old": 66.67, "new": 50.0, "change": -16.67},
			"coverage": 75.0,
			"older_coverage": 50.0,
		}
		assert data["criteria"] == [
			{
				"code": "X",
				"title": "Kriteria X",
				"depth": 0,
				"official": {"old": None, "new": 62.5, "change": None},
				"like_for_like": {"old": 66.67, "new": 50.0, "change": -16.67},
				"coverage": 75.0,
			},
			{
				"code": "Y",
				"title": "Kriteria Y",
				"depth": 0,
				"official": {"old": None, "new": None, "change": None},
				"like_for_like": {"old": None, "new": None, "change": None},
				"coverage": None,
			},
		]

	def test_groups_with_their_members(self, pair):
		older, newer = pair
		groups = compare(newer, older)["groups"]
		brief = [
			(
				group["kind"],
				[member["code"] for member in group["older"]],
				[member["code"] for member in group["newer"]],
				(group["old"], group["new"], group["change"]),
			)
			for group in groups
		]
		assert brief == [
			("one to one", ["ram"], ["ram"], (100.0, 50.0, -50.0)),
			("split", ["ruang"], ["dalam", "luar"], (50.0, 50.0, 0.0)),
			("new", [], ["baru"], (None, 100.0, None)),
			("one to one", ["petugas"], ["petugas"], (0.0, None, None)),
		]
		assert groups[1]["kind_label"] == "Split"
		assert groups[0]["older"] == [
			{
				"side": "older",
				"code": "ram",
				"title": "Pertanyaan ram",
				"answer": "Ada",
				"points": 100.0,
				"answered": True,
				"reason": "",
				"reason_label": "",
			}
		]

	def test_what_is_left_out_and_why(self, pair):
		older, newer = pair
		left_out = [
			(row["side"], row["code"], row["reason"]) for row in compare(newer, older)["not_comparable"]
		]
		assert left_out == [
			("newer", "baru", "new"),
			("older", "petugas", "not applicable now"),
			("newer", "petugas", "not applicable now"),
		]

	def test_an_unanswered_item_counts_nothing_and_says_so(self, pair, people):
		older, newer = pair
		frappe.set_user(people("OPD Clerk", "DINSOS"))
		doc = frappe.get_doc("P2HAM Assessment", newer)
		doc.items[0].self_answer = ""
		doc.save()
		group = compare(newer, older)["groups"][0]
		assert (group["new"], group["change"]) == (0.0, -100.0)
		assert not group["newer"][0]["answered"]

	def test_a_circle_of_links_is_said_in_words(self, pair, said):
		older, newer = pair
		row = frappe.get_doc(
			{
				"doctype": "P2HAM Indicator Predecessor",
				"parenttype": "P2HAM Indicator",
				"parentfield": "continues",
				"parent": "UJI-2023-baru",
				"reference": "UJI-2023:baru",
				"idx": 1,
			}
		)
		row.db_insert()
		with pytest.raises(frappe.ValidationError) as caught:
			compare(newer, older)
		assert "circle: UJI-2023:baru > UJI-2023:baru" in said(caught)


class TestTheSideCompared:
	def test_an_approved_sheet_shows_its_verified_result(self, people):
		frappe.set_user(people("Sekda"))
		data = compare(NOW, BEFORE)
		for side, name in (("older", BEFORE), ("newer", NOW)):
			doc = frappe.get_doc("P2HAM Assessment", name)
			sheet = data[side]
			assert (sheet["side"], sheet["total"], sheet["category"]) == (
				"verified",
				doc.verified_score,
				doc.category,
			)
		assert data["total"]["official"]["new"] == doc.verified_score != doc.self_score

	def test_a_draft_shows_the_units_own_answers(self, second_round, people):
		frappe.set_user(people("OPD Clerk", "DISDUKCAPIL"))
		make.fill(second_round)
		second_round.save()
		data = compare(second_round.name, NOW)
		assert (data["newer"]["side"], data["older"]["side"]) == ("self", "verified")
		assert data["newer"]["total"] == second_round.self_score == 100

	def test_within_one_instrument_criteria_have_official_scores_of_both_years(self, second_round, people):
		frappe.set_user(people("OPD Clerk", "DISDUKCAPIL"))
		data = compare(second_round.name, NOW)
		assert data["same_instrument"]
		stored = {
			row.criterion.removeprefix("PERMENKUMHAM-25-2023-"): row.verified_score
			for row in frappe.get_doc("P2HAM Assessment", NOW).scores
		}
		assert {row["code"]: row["official"]["old"] for row in data["criteria"]} == stored
		assert all(group["kind"] == "one to one" for group in data["groups"])


def test_the_number_of_queries_depends_neither_on_indicators_nor_on_years(people, queries, pair):
	def number(door) -> int:
		door()  # warms caches
		with queries() as calls:
			door()
		return len(calls)

	frappe.set_user(people("Sekda"))
	few = number(lambda: compare(pair[1], pair[0])), number(lambda: earlier(NOW))
	assert number(lambda: compare(NOW, BEFORE)) == few[0]
	frappe.set_user("Administrator")
	large, name = make.create_period("PERMENKUMHAM-25-2023", 2032, ["DISDUKCAPIL"]), NOW
	for year in (2030, 2031):
		period = make.create_period("PERMENKUMHAM-25-2023", year, ["DISDUKCAPIL"])
		with make.acting_as(people("OPD Clerk", "DISDUKCAPIL")):
			make.create_assessment(period, "DISDUKCAPIL")
	with make.acting_as(people("OPD Clerk", "DISDUKCAPIL")):
		name = make.create_assessment(large, "DISDUKCAPIL").name
	frappe.set_user(people("Sekda"))
	assert len(earlier(name)) == 4
	assert number(lambda: earlier(name)) == few[1]
	assert number(lambda: compare(NOW, BEFORE)) == few[0]
	assert few[0] < 40 and few[1] < 12
