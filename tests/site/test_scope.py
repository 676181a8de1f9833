"""Who sees what: one condition, asked through every door of Frappe."""

import frappe
import pytest

from p2ham.access import policies
from p2ham.demo import factories as make

pytestmark = pytest.mark.quick

ALL = {
	"DISDUKCAPIL": "Approved",
	"DPMPTSP": "Approved",
	"DINKES": "Approved",
	"DINSOS": "Reviewed",
	"DISDIKBUD": "Submitted",
	"PKM PENDOPO": "Draft",
	"KEC TEBING TINGGI": "Draft",
}
APPROVED = {opd for opd, state in ALL.items() if state == "Approved"}


@pytest.fixture
def reach(people, demo_site):
	"""For each kind of user, the units whose assessments it sees."""
	nobody = make.create_user("tanpa.tugas@empatlawang.example", "Tanpa Tugas")
	former = make.create_user("mantan@empatlawang.example", "Mantan Operator")
	make.create_officer(former, "Mantan", "OPD Clerk", "DINSOS", from_date="2023-01-01", to_date="2023-12-31")
	frappe.get_doc("User", former).add_roles("OPD Clerk")
	return {
		people("OPD Clerk", "DINKES"): {"DINKES", "PKM PENDOPO"},
		people("OPD Head", "DINSOS"): {"DINSOS"},
		people("P2HAM Verifier"): set(ALL),
		people("Kabag Hukum"): set(ALL),
		people("Sekda"): set(ALL),
		people("P2HAM Observer"): APPROVED,
		demo_site["manager"]["user"]: set(),
		nobody: set(),
		former: set(),
		"Administrator": set(ALL),
	}


def listed(doctype, field):
	"""List as the session's user; what the tests over HTTP have left on a kept site does not count."""
	try:
		values = frappe.get_list(doctype, pluck=field, limit_page_length=0, order_by="name")
	except frappe.PermissionError:
		return set()
	return {value for value in values if "UJI " not in value}


def test_the_list_shows_the_scope(reach):
	for user, opds in reach.items():
		frappe.set_user(user)
		assert listed("P2HAM Assessment", "opd") == opds, user


def test_list_and_document_cannot_disagree(reach):
	stored = {
		doctype: [
			name for name in frappe.get_all(doctype, pluck="name", order_by="name") if "UJI " not in name
		]
		for doctype in policies.SCOPED
	}
	for user in reach:
		frappe.set_user(user)
		for doctype, names in stored.items():
			shown = listed(doctype, "name")
			readable = {
				name for name in names[:60] if frappe.has_permission(doctype, "read", name, user=user)
			}
			assert readable == shown.intersection(names[:60]), (user, doctype)


def test_evidence_follows_its_unit_and_the_observer_sees_what_approved_ones_use(reach, people):
	for user, opds in reach.items():
		frappe.set_user(user)
		assert listed("P2HAM Evidence", "opd") <= opds, user
	frappe.set_user(people("P2HAM Observer"))
	assert listed("P2HAM Evidence", "opd") == APPROVED


def test_the_observer_does_not_see_evidence_with_personal_data(people):
	name = frappe.get_all("P2HAM Evidence", filters={"opd": "DISDUKCAPIL"}, pluck="name", order_by="name")[0]
	frappe.set_user(people("P2HAM Observer"))
	assert frappe.has_permission("P2HAM Evidence", "read", name)
	frappe.set_user(people("OPD Clerk", "DISDUKCAPIL"))
	evidence = frappe.get_doc("P2HAM Evidence", name)
	evidence.contains_personal_data = 1
	evidence.save()
	frappe.set_user(people("P2HAM Observer"))
	assert not frappe.has_permission("P2HAM Evidence", "read", name)
	assert name not in listed("P2HAM Evidence", "name")
	frappe.set_user(people("Kabag Hukum"))
	assert frappe.has_permission("P2HAM Evidence", "read", name)


def test_the_log_follows_its_assessment(reach):
	for user, opds in reach.items():
		frappe.set_user(user)
		assert {name.split("-P2HAM")[0] for name in listed("P2HAM Assessment Log", "assessment")} == opds, (
			user
		)


def test_without_a_duty_there_is_nothing_not_even_a_period(reach):
	frappe.set_user("mantan@empatlawang.example")
	for doctype in policies.SCOPED:
		assert not listed(doctype, "name"), doctype


def test_a_link_search_offers_the_scope_only(people):
	from frappe.desk.search import search_link

	frappe.set_user(people("OPD Head", "DINSOS"))
	for doctype, word in (("P2HAM OPD", ""), ("P2HAM Assessment", "P2HAM"), ("P2HAM Evidence", "")):
		frappe.response["results"] = []
		found = search_link(doctype, word) or frappe.response.get("results") or []
		assert found, doctype
		assert all("DINSOS" in row["value"] for row in found), found


def test_documents_of_p2ham_are_not_shared_past_the_scope(people):
	name = "KEC TEBING TINGGI-P2HAM-2024"
	other = people("OPD Clerk", "DINSOS")
	with pytest.raises(frappe.PermissionError):
		frappe.share.add_docshare(
			"P2HAM Assessment", name, other, read=1, flags={"ignore_share_permission": True}
		)
	from frappe.desk.form import assign_to

	frappe.set_user(people("Kabag Hukum"))
	with pytest.raises(frappe.PermissionError):
		assign_to.add({"doctype": "P2HAM Assessment", "name": name, "assign_to": [other], "description": "x"})
	frappe.set_user(other)
	assert not frappe.has_permission("P2HAM Assessment", "read", name)
