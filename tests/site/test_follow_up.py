"""Follow-ups, guidance and KKP HAM results: who sees, makes and changes them, over HTTP and in the code."""

import frappe
import pytest
from frappe.utils import add_days, nowdate
from kept_site import kept_site

from p2ham.demo import factories as make
from p2ham.demo import generated

RESULT, FOLLOW_UP, GUIDANCE = "P2HAM KKPHAM Result", "P2HAM Follow-up", "P2HAM Guidance"
EVERYBODY = ("clerk", "head", "single", "verifier", "kabag", "sekda", "observer")


@pytest.fixture
def made():
	return generated.regency()


@pytest.fixture
def instrument():
	import dataclasses

	from p2ham.instruments import store

	built = make.make_instrument("KKP-UJI", 2090, {"Ada": 100, "Tidak": 0}, 1, 2)
	store.create(dataclasses.replace(built, family="KKP HAM"))
	make.activate_instrument("KKP-UJI")
	return "KKP-UJI"


def result(made, instrument, **values):
	return frappe.get_doc(
		{
			"doctype": RESULT,
			"assessment_year": 2091,
			"opd": made.parents[0],
			"instrument": instrument,
			"score": 80,
			**values,
		}
	)


def follow_up(made, **values):
	return frappe.get_doc(
		{
			"doctype": FOLLOW_UP,
			"opd": made.units[0],
			"recommendation": "Pasang rambu bagi kelompok rentan",
			"due_date": add_days(nowdate(), 30),
			**values,
		}
	)


def guidance(made, **values):
	return frappe.get_doc(
		{
			"doctype": GUIDANCE,
			"kind": "Request for Guidance",
			"subject": "Pendampingan",
			"status": "Requested",
			"participants": [{"opd": made.units[0]}],
			**values,
		}
	)


def stored(doc):
	"""The document as it stands, read anew."""
	return frappe.get_doc(doc.doctype, doc.name)


@pytest.fixture
def one(made):
	with make.acting_as(made.verifier):
		return follow_up(made).insert()


def test_a_result_gets_its_category_and_the_year_of_its_data(made, instrument):
	with make.acting_as(made.kabag):
		doc = result(made, instrument).insert()
	assert (doc.category, doc.data_year, doc.is_regency) == ("Baik", 2090, 0)
	root = frappe.db.get_value("P2HAM OPD", {"parent_p2ham_opd": ("is", "not set")}, "name")
	with make.acting_as(made.kabag):
		assert result(made, instrument, opd=root, score=10).insert().is_regency == 1


@pytest.mark.parametrize(
	("values", "error", "words"),
	(
		({"score": 101}, frappe.ValidationError, "Score must lie between 0 and 100"),
		({"score": -1}, frappe.ValidationError, "Score must lie between 0 and 100"),
		({"assessment_year": 12}, frappe.ValidationError, "12 is not a year"),
		({"data_year": 2092}, frappe.ValidationError, "must not be after"),
		({"instrument": "PERMENKUMHAM-25-2023"}, frappe.ValidationError, "is not of the family KKP HAM"),
		({"opd": "NOWHERE"}, frappe.LinkValidationError, "NOWHERE"),
	),
)
def test_a_result_that_makes_no_sense_is_refused_by_its_field(made, instrument, said, values, error, words):
	with make.acting_as(made.kabag), pytest.raises(error) as caught:
		result(made, **{"instrument": instrument, **values}).insert()
	assert words in said(caught)


def test_a_unit_that_does_not_exist_is_named(made, said):
	with make.acting_as(made.kabag):
		with pytest.raises(frappe.LinkValidationError) as caught:
			follow_up(made, opd="NOWHERE").insert()
		assert "NOWHERE" in said(caught)
		with pytest.raises(frappe.LinkValidationError) as caught:
			guidance(made, participants=[{"opd": made.units[0]}, {"opd": "NOWHERE"}]).insert()
		assert "Row" in said(caught) and "NOWHERE" in said(caught)


def test_a_second_result_for_unit_and_year_is_refused(made, instrument, said):
	with make.acting_as(made.kabag):
		result(made, instrument).insert()
		with pytest.raises(frappe.DuplicateEntryError) as caught:
			result(made, instrument, score=10).insert()
	assert "already a result" in said(caught)


@pytest.mark.parametrize("person", [name for name in EVERYBODY if name not in ("verifier", "kabag")])
def test_only_bagian_hukum_writes_results_and_follow_ups(made, instrument, one, person):
	with make.acting_as(made.kabag):
		stands = result(made, instrument).insert()
	with make.acting_as(getattr(made, person)):
		for doc in (result(made, instrument, assessment_year=2092), follow_up(made)):
			with pytest.raises(frappe.PermissionError):
				doc.insert()
		changed = stored(stands)
		changed.score = 99
		with pytest.raises(frappe.PermissionError):
			changed.save()
		for doc in (stands, one):
			with pytest.raises(frappe.PermissionError):
				frappe.delete_doc(doc.doctype, doc.name)
	assert stored(stands).score == 80


def test_administrator_is_not_bagian_hukum(made, instrument):
	frappe.set_user("Administrator")
	for doc in (result(made, instrument), follow_up(made)):
		with pytest.raises(frappe.PermissionError):
			doc.insert()


def test_a_unit_says_what_it_does_and_no_more(made, one, said):
	with make.acting_as(made.clerk):
		doc = stored(one)
		doc.update({"action": "Dipasang minggu ini", "progress": 40, "status": "In Progress"})
		doc.save()
		for field, value in (
			("recommendation", "Tidak perlu"),
			("due_date", add_days(nowdate(), 300)),
			("opd", made.units[1]),
			("completed_on", nowdate()),
		):
			doc = stored(one)
			doc.set(field, value)
			with pytest.raises(frappe.PermissionError) as caught:
				doc.save()
			# A unit that is not the own one is refused before any field is looked at.
			assert field == "opd" or frappe.get_meta(FOLLOW_UP).get_label(field) in said(caught)
		doc = stored(one)
		doc.status = "Closed"
		with pytest.raises(frappe.PermissionError):
			doc.save()
	assert (stored(one).status, stored(one).recommendation) == ("In Progress", one.recommendation)


def test_completed_is_at_full_progress_and_closed_by_bagian_hukum_stays(made, one):
	with make.acting_as(made.head):
		doc = stored(one)
		doc.status = "Completed"
		doc.save()
	assert (stored(one).progress, str(stored(one).completed_on)) == (100, nowdate())
	with make.acting_as(made.verifier):
		doc = stored(one)
		doc.status = "Closed"
		doc.save()
		assert str(stored(one).closed_on) == nowdate()
		doc = stored(one)
		doc.recommendation = "Lain"
		with pytest.raises(frappe.PermissionError):
			doc.save()
		with pytest.raises(frappe.PermissionError):
			frappe.delete_doc(FOLLOW_UP, one.name)
	with make.acting_as(made.kabag):
		doc = stored(one)
		doc.status = "In Progress"
		doc.save()
	assert stored(one).closed_on is None


def test_a_follow_up_comes_from_something_of_its_unit(made, said):
	foreign = frappe.get_all(
		"P2HAM Assessment", filters={"opd": ("!=", made.units[0])}, pluck="name", order_by="name", limit=1
	)[0]
	with make.acting_as(made.verifier), pytest.raises(frappe.ValidationError) as caught:
		follow_up(made, assessment=foreign).insert()
	assert "does not concern" in said(caught)


def test_who_sees_what(made, instrument):
	with make.acting_as(made.verifier):
		own = result(made, instrument).insert()
		other = result(made, instrument, opd=made.parents[1]).insert()
		mine = follow_up(made).insert()
		approved = frappe.get_all(
			"P2HAM Assessment",
			filters={"period": made.periods[-1], "workflow_state": "Approved", "opd": made.units[0]},
			pluck="name",
			order_by="name",
		)
		shown = follow_up(made, assessment=approved[0]).insert() if approved else None
		foreign = follow_up(made, opd=made.units[1]).insert()
		meeting = guidance(made, kind="Coordination Meeting", status="Scheduled", date=nowdate()).insert()
		else_where = guidance(made, participants=[{"opd": made.units[1]}]).insert()
	assert shown is not None
	clerk_sees = {own.name, mine.name, shown.name, meeting.name}
	every = {doc.name for doc in (own, other, mine, shown, foreign, meeting, else_where)}
	expected = {
		"clerk": clerk_sees,
		"head": clerk_sees,
		"verifier": every,
		"kabag": every,
		"sekda": every,
		"observer": {own.name, other.name, shown.name, meeting.name, else_where.name},
	}
	belongs = scope_of_first_parent(made)
	assert made.units[0] in belongs and made.units[1] not in belongs
	for person, names in expected.items():
		with make.acting_as(getattr(made, person)):
			listed = {
				name
				for doctype in (RESULT, FOLLOW_UP, GUIDANCE)
				for name in frappe.get_list(doctype, pluck="name", order_by="name", limit_page_length=0)
			}
			assert listed & every == names, person
			for doc in (own, other, mine, shown, foreign, meeting, else_where):
				assert frappe.has_permission(doc.doctype, "read", doc.name) == (doc.name in names), person


def scope_of_first_parent(made) -> set[str]:
	from p2ham.access import scope

	return set(scope.below(made.parents[0]))


def test_a_unit_asks_for_guidance_for_itself_only(made, said):
	with make.acting_as(made.clerk):
		doc = guidance(made).insert()
		for values in (
			{"kind": "Coordination Meeting"},
			{"status": "Held", "date": nowdate()},
			{"outcome": "Disepakati"},
			{"participants": [{"opd": made.units[1]}]},
			{"participants": []},
		):
			with pytest.raises((frappe.PermissionError, frappe.MandatoryError)):
				guidance(made, **values).insert()
	with make.acting_as(made.kabag):
		answered = stored(doc)
		answered.update({"status": "Scheduled", "date": add_days(nowdate(), 7)})
		answered.save()
	with make.acting_as(made.clerk):
		late = stored(doc)
		late.subject = "Lain"
		with pytest.raises(frappe.PermissionError):
			late.save()


def test_what_is_held_lies_not_in_the_future(made, said):
	with make.acting_as(made.kabag):
		with pytest.raises(frappe.ValidationError) as caught:
			guidance(made, status="Held", date=add_days(nowdate(), 3)).insert()
		assert "lies not in the future" in said(caught)
		with pytest.raises(frappe.MandatoryError):
			guidance(made, status="Scheduled", date=None).insert()


def test_none_of_them_is_shared_or_renamed(made, one):
	frappe.set_user("Administrator")
	with pytest.raises(frappe.PermissionError):
		frappe.share.add(FOLLOW_UP, one.name, made.single, read=1)
	with pytest.raises(frappe.PermissionError):
		frappe.rename_doc(FOLLOW_UP, one.name, "FU-LAIN")


def test_over_http_a_clerk_changes_the_own_part_of_the_own_follow_up_only(http, people):
	with kept_site():
		with make.acting_as(people("P2HAM Verifier")):
			names = {}
			for opd in ("DINSOS", "DINKES"):
				doc = frappe.get_doc(
					{
						"doctype": FOLLOW_UP,
						"opd": opd,
						"recommendation": f"Perbaiki {opd}",
						"due_date": add_days(nowdate(), 10),
					}
				).insert()
				names[opd] = doc.name
		frappe.db.commit()
		clerk = http(people("OPD Clerk", "DINSOS"))
		own, other = (f"/api/resource/{FOLLOW_UP}/{names[opd]}" for opd in ("DINSOS", "DINKES"))
		assert clerk.get(own).status_code == 200
		assert clerk.get(other).status_code == 403
		assert clerk.put(own, json={"progress": 30, "action": "Berjalan"}).status_code == 200
		assert clerk.put(own, json={"recommendation": "Tidak perlu"}).status_code == 403
		assert clerk.put(own, json={"status": "Closed"}).status_code == 403
		assert clerk.put(other, json={"progress": 30}).status_code == 403
		assert clerk.delete(own).status_code == 403
		listed = clerk.get(f"/api/resource/{FOLLOW_UP}", params={"limit_page_length": 0}).json()["data"]
		assert names["DINKES"] not in {row["name"] for row in listed}
		frappe.db.rollback()
		doc = frappe.get_doc(FOLLOW_UP, names["DINSOS"])
		assert (doc.progress, doc.recommendation, doc.status) == (30, "Perbaiki DINSOS", "Open")
