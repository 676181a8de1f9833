"""The preliminary check of a unit: kept by Bagian Hukum, read by who follows the unit."""

import frappe
import pytest
from frappe.utils import add_days, nowdate

from p2ham.api import preliminary_check as doors

pytestmark = pytest.mark.quick

PERIOD = "P2HAM-2024"
CHECK = "P2HAM Preliminary Check"
UNIT, LINE = "RSP PENDOPO", "DINKES"
OTHER = "KEC PENDOPO"


@pytest.fixture(autouse=True)
def without_those_of_the_demo(db):
	for table in (CHECK, f"{CHECK} Item"):
		frappe.db.delete(table)


@pytest.fixture
def verifier(as_user, people):
	as_user(people("P2HAM Verifier"))
	return people("P2HAM Verifier")


def check(opd=UNIT, **fields):
	return frappe.get_doc({"doctype": CHECK, "period": PERIOD, "opd": opd, **fields}).insert()


def answer(doc, *answers):
	for row, fulfilled in zip(doc.items, answers, strict=False):
		row.fulfilled = fulfilled
	return doc.save()


def questions(text):
	settings = frappe.get_doc("P2HAM Settings")
	settings.check_questions = text
	settings.save()


class TestQuestions:
	def test_come_from_the_settings_without_remarks(self, people):
		questions("# Templat\nSiap?\n\n  Ada pengaduan?  \n")
		frappe.set_user(people("P2HAM Verifier"))
		assert [row.question for row in check().items] == ["Siap?", "Ada pengaduan?"]

	def test_those_that_are_shipped_say_that_they_are_a_template(self):
		field = frappe.get_meta("P2HAM Settings").get_field("check_questions")
		assert field.default.startswith("# Templat")
		frappe.db.delete("Singles", {"doctype": "P2HAM Settings", "field": "check_questions"})
		frappe.clear_document_cache("P2HAM Settings", "P2HAM Settings")
		found = doors.checks.questions()
		assert len(found) >= 3 and not any(line.startswith("#") for line in found)

	def test_a_check_keeps_its_own_whatever_becomes_of_the_settings(self, people):
		questions("Siap?")
		frappe.set_user(people("P2HAM Verifier"))
		name = check().name
		frappe.set_user("Administrator")
		questions("Lain?")
		frappe.set_user(people("P2HAM Verifier"))
		doc = answer(frappe.get_doc(CHECK, name), "Yes")
		assert [row.question for row in doc.items] == ["Siap?"] and doc.result == "Qualified"


class TestResult:
	@pytest.fixture
	def doc(self, people):
		questions("Satu?\nDua?")
		frappe.set_user(people("P2HAM Verifier"))
		return check()

	@pytest.mark.parametrize(
		("answers", "result"),
		[((), ""), (("Yes",), ""), (("Yes", "Yes"), "Qualified"), (("Yes", "No"), "Not Yet")],
	)
	def test_follows_from_the_answers(self, doc, answers, result):
		doc = answer(doc, *answers)
		assert (doc.result, bool(doc.checked_on)) == (result, bool(result))

	def test_is_nobodys_to_write(self, doc):
		doc.result = "Qualified"
		assert doc.save().result == ""

	def test_the_day_is_not_in_the_future(self, doc):
		doc.checked_on = add_days(nowdate(), 2)
		with pytest.raises(frappe.ValidationError, match="future"):
			doc.save()

	def test_in_a_closed_period_it_stays(self, doc):
		frappe.db.set_value("P2HAM Period", PERIOD, "status", "Closed")
		with pytest.raises(frappe.ValidationError, match="not open"):
			answer(doc, "Yes")
		with pytest.raises(frappe.ValidationError, match="not open"):
			frappe.delete_doc(CHECK, doc.name)


def test_one_for_a_unit_in_a_period_and_only_for_who_takes_part(verifier):
	doc = check()
	assert doc.name == f"{UNIT}-{PERIOD}-CHECK" and doc.opd_name
	with pytest.raises(frappe.DuplicateEntryError):
		check()
	with pytest.raises(frappe.ValidationError, match="takes no part"):
		check("DISPAR")


class TestMissing:
	def test_every_participant_gets_one_and_nobody_a_second(self, verifier):
		check()
		staying = {
			row.opd
			for row in frappe.get_doc("P2HAM Period", PERIOD).participants
			if row.status != "Withdrawn"
		}
		assert doors.make_missing(PERIOD) == len(staying) - 1
		found = frappe.get_all(
			CHECK, {"period": PERIOD}, ["name", "opd", "opd_name", "owner", "result"], order_by="name"
		)
		assert {row.opd for row in found} == staying and all(row.opd_name for row in found)
		assert {row.owner for row in found} == {verifier}
		assert doors.make_missing(PERIOD) == 0

	def test_it_is_the_same_as_one_made_by_hand(self, verifier):
		one = check()
		rows = frappe.get_all(
			f"{CHECK} Item", {"parent": one.name}, ["question", "fulfilled", "idx", "owner"], order_by="idx"
		)
		frappe.db.delete(CHECK, {"name": one.name})
		frappe.db.delete(f"{CHECK} Item", {"parent": one.name})
		doors.make_missing(PERIOD)
		made = frappe.get_doc(CHECK, one.name)
		assert (
			frappe.get_all(
				f"{CHECK} Item",
				{"parent": one.name},
				["question", "fulfilled", "idx", "owner"],
				order_by="idx",
			)
			== rows
		)
		changing = {"creation", "modified", "items"}
		assert {k: v for k, v in made.as_dict().items() if k not in changing} == {
			k: v for k, v in frappe.get_doc(one.as_dict()).as_dict().items() if k not in changing
		}

	def test_the_queries_do_not_depend_on_how_many(self, verifier, queries):
		numbers = []
		for keep in (2, 8):
			for table, field in ((f"{CHECK} Item", "parent"), (CHECK, "name")):
				frappe.db.delete(table, {field: ("like", f"%-{PERIOD}-CHECK")})
			doc = frappe.get_doc("P2HAM Period", PERIOD)
			for row in doc.participants[keep:]:
				check(row.opd)
			with queries() as calls:
				assert doors.make_missing(PERIOD) == keep
			numbers.append(len(calls))
		assert numbers[0] == numbers[1]


class TestWho:
	def test_bagian_hukum_keeps_them_and_nobody_else(self, http, people, demo_site):
		others = [
			people("OPD Clerk", LINE),
			people("OPD Head", LINE),
			people("Sekda"),
			people("P2HAM Observer"),
			demo_site["manager"]["user"],
			None,
		]
		for user in others:
			made = http(user).post(f"/api/resource/{CHECK}", json={"period": PERIOD, "opd": UNIT})
			assert made.status_code in (401, 403), (user, made.text)
			assert http(user).call("p2ham.api.preliminary_check.make_missing", period=PERIOD).status_code in (
				401,
				403,
			)
		for user in (people("Kabag Hukum"), people("P2HAM Verifier")):
			frappe.set_user(user)
			doc = check()
			doc.note = "Diperiksa di tempat."
			doc.save()
			frappe.delete_doc(CHECK, doc.name)

	def test_who_follows_the_unit_reads_it(self, people, demo_site, verifier):
		names = {opd: check(opd).name for opd in (UNIT, OTHER)}
		reach = {
			people("OPD Clerk", LINE): {UNIT},
			people("OPD Head", LINE): {UNIT},
			people("OPD Head", "DINSOS"): set(),
			people("Sekda"): set(names),
			people("Kabag Hukum"): set(names),
			people("P2HAM Observer"): set(),
			demo_site["manager"]["user"]: set(),
			"Administrator": set(names),
		}
		for user, units in reach.items():
			frappe.set_user(user)
			for opd, name in names.items():
				assert frappe.has_permission(CHECK, "read", name) == (opd in units), (user, opd)
			if units:
				assert set(frappe.get_list(CHECK, pluck="opd", order_by="name")) == units, user

	def test_the_numbers_are_those_of_the_units_one_follows_and_all_for_who_keeps_periods(
		self, people, demo_site, verifier
	):
		for opd in (UNIT, OTHER):
			answer(check(opd), *["Yes"] * 9)
		for user, number in (
			(people("OPD Head", LINE), 1),
			(people("P2HAM Observer"), 0),
			(people("Kabag Hukum"), 2),
			(demo_site["manager"]["user"], 2),
		):
			frappe.set_user(user)
			assert doors.summary(PERIOD)["Qualified"] == number, user
