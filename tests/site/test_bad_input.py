"""Bad input: a clear message that names the field or row, and nothing saved."""

import frappe
import pytest
from frappe.utils import add_days, nowdate

from p2ham.demo import factories as make

pytestmark = pytest.mark.quick

PERIOD, INSTRUMENT = "P2HAM-2024", "PERMENKUMHAM-2-2022"


def test_a_second_assessment_for_unit_and_period_names_the_first(people):
	frappe.set_user(people("OPD Clerk", "DINSOS"))
	with pytest.raises(frappe.DuplicateEntryError, match="DINSOS-P2HAM-2024"):
		make.create_assessment(PERIOD, "DINSOS")
	assert frappe.db.count("P2HAM Assessment", {"opd": "DINSOS", "period": PERIOD}) == 1


@pytest.mark.parametrize("side", ["self", "verified"])
def test_an_answer_off_the_scale_names_the_indicator_and_what_is_possible(people, side):
	duty, opd, name = {
		"self": ("OPD Clerk", "KEC TEBING TINGGI", "KEC TEBING TINGGI-P2HAM-2024"),
		"verified": ("P2HAM Verifier", "", "DISDIKBUD-P2HAM-2024"),
	}[side]
	frappe.set_user(people(duty, opd))
	doc = frappe.get_doc("P2HAM Assessment", name)
	doc.items[2].set(f"{side}_answer", "Mungkin")
	with pytest.raises(frappe.ValidationError) as caught:
		doc.save()
	for word in (doc.items[2].code, doc.items[2].title, "Mungkin", "Ada", "Tidak"):
		assert word in str(caught.value)
	stored = frappe.db.get_value("P2HAM Assessment Item", doc.items[2].name, f"{side}_answer")
	assert stored != "Mungkin"


@pytest.mark.parametrize("weight", ["banyak", "12abc", "1,2,3", "NaN", True, -1])
def test_a_weight_that_is_no_number_names_the_field(weight):
	criterion = frappe.get_doc("P2HAM Criterion", f"{INSTRUMENT}-A")
	criterion.weight = weight
	with pytest.raises(frappe.ValidationError, match="Weight"):
		criterion.save()
	indicator = frappe.get_doc("P2HAM Indicator", f"{INSTRUMENT}-A1")
	indicator.weight = weight
	with pytest.raises(frappe.ValidationError, match="Weight"):
		indicator.save()
	assert frappe.db.get_value("P2HAM Criterion", f"{INSTRUMENT}-A", "weight") == 1


def test_a_weight_with_a_decimal_comma_is_a_number():
	criterion = frappe.get_doc("P2HAM Criterion", f"{INSTRUMENT}-A")
	criterion.weight = "12,5"
	criterion.save()
	assert frappe.db.get_value("P2HAM Criterion", criterion.name, "weight") == 12.5


@pytest.mark.parametrize(
	("later", "earlier"),
	[
		("Fill Until", {"fill_until": -60}),
		("Review Until", {"review_until": 10}),
		("Approve Until", {"approve_until": 70}),
	],
)
def test_a_period_whose_dates_are_out_of_order_names_both_fields(later, earlier):
	dates = {field: add_days(nowdate(), days) for field, days in earlier.items()}
	with pytest.raises(frappe.ValidationError, match=f"{later} must not be before"):
		make.create_period("PERMENKUMHAM-25-2023", 2031, ["DINSOS"], opens=False, **dates)
	assert not frappe.db.exists("P2HAM Period", {"assessment_year": 2031})


def test_a_unit_that_stands_twice_among_the_participants_is_named_with_its_rows():
	with pytest.raises(frappe.ValidationError, match=r"Row 2.*DINSOS.*row 1"):
		make.create_period("PERMENKUMHAM-25-2023", 2031, ["DINSOS", "DINSOS"], opens=False)


def test_a_period_opens_with_an_active_instrument_only():
	name = make.create_period(INSTRUMENT, 2031, ["DINSOS"], opens=False)
	period = frappe.get_doc("P2HAM Period", name)
	assert period.name == "P2HAM-2031"
	period.status = "Open"
	with pytest.raises(frappe.ValidationError, match="Instrument"):
		period.save()


def test_a_period_does_not_close_over_unfinished_assessments():
	period = frappe.get_doc("P2HAM Period", PERIOD)
	period.status = "Closed"
	with pytest.raises(frappe.ValidationError) as caught:
		period.save()
	assert "DINSOS-P2HAM-2024" in str(caught.value)
	assert "DISDUKCAPIL-P2HAM-2024" not in str(caught.value)


def test_a_unit_that_takes_no_part_has_no_assessment(people):
	make.create_officer(people("OPD Clerk", "DINSOS"), "Rangkap", "OPD Clerk", "DISPAR")
	frappe.set_user(people("OPD Clerk", "DINSOS"))
	with pytest.raises(frappe.ValidationError, match="DISPAR takes no part"):
		make.create_assessment(PERIOD, "DISPAR")


def test_an_active_instrument_and_its_parts_do_not_change():
	active = "PERMENKUMHAM-25-2023"
	# The instrument itself is not deleted because it is in use, its parts because it is active.
	for doctype, name, field, value, refusal in (
		("P2HAM Instrument", active, "title", "lain", frappe.LinkExistsError),
		("P2HAM Criterion", f"{active}-A", "weight", 5, frappe.PermissionError),
		("P2HAM Indicator", f"{active}-A1", "title", "lain", frappe.PermissionError),
	):
		doc = frappe.get_doc(doctype, name)
		doc.set(field, value)
		with pytest.raises(frappe.PermissionError, match="no longer changes"):
			doc.save()
		with pytest.raises(refusal):
			frappe.delete_doc(doctype, name)
		assert frappe.db.exists(doctype, name)
	scale = frappe.get_doc("P2HAM Answer Scale", "Ada / Proses / Tidak")
	scale.options[1].points = 80
	with pytest.raises(frappe.PermissionError):
		scale.save()


def test_an_instrument_is_activated_only_when_it_is_whole():
	frappe.get_doc(
		{"doctype": "P2HAM Criterion", "instrument": INSTRUMENT, "code": "Z", "title": "Kosong", "weight": 1}
	).insert()
	instrument = frappe.get_doc("P2HAM Instrument", INSTRUMENT)
	instrument.status = "Active"
	with pytest.raises(frappe.ValidationError, match="Criterion Z: has no indicator"):
		instrument.save()


@pytest.mark.parametrize(
	("options", "word"),
	[
		([{"label": "Ya", "points": 120}], "120"),
		([{"label": "Ya", "points": "seratus"}], "Points"),
		([{"label": "Ya", "points": 1}, {"label": "Ya", "points": 2}], "twice"),
		([], "no answer"),
	],
)
def test_a_scale_that_cannot_score_is_refused(options, word):
	with pytest.raises(frappe.ValidationError, match=word):
		frappe.get_doc({"doctype": "P2HAM Answer Scale", "title": "Uji", "options": options}).insert()


def test_a_second_root_of_the_tree_is_refused():
	with pytest.raises(frappe.MandatoryError, match="EMPAT LAWANG"):
		make.create_opd("LAIN", "Kabupaten Lain", "Kabupaten")


def test_a_unit_below_one_that_has_no_units_is_refused():
	with pytest.raises(frappe.ValidationError, match="DINSOS"):
		make.create_opd("UPT LAIN", "UPT Lain", "UPTD", "DINSOS")


def test_one_unit_that_fails_does_not_stop_the_others(people):
	from p2ham.periods import generation

	frappe.set_user("Administrator")
	doc = frappe.get_doc("P2HAM Period", PERIOD)
	doc.append("participants", {"opd": "DISPAR", "status": "Ready"})
	doc.save()
	outcome = generation.make_batch(PERIOD, ["DINSOS", "DISPAR"], False)
	assert outcome.created == 1
	assert list(outcome.failed) == ["DINSOS"]
	assert frappe.db.exists("P2HAM Assessment", f"DISPAR-{PERIOD}")
