"""Who sees what: one condition, asked through every door of Frappe."""

import frappe
import pytest

from p2ham.access import scope
from p2ham.demo import factories as make

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
		for doctype in scope.SCOPED
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
	for doctype in scope.SCOPED:
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


def test_a_duty_that_ends_takes_its_role_and_its_view_along(people):
	user = people("OPD Clerk", "DINSOS")
	assert "OPD Clerk" in frappe.get_roles(user)
	officer = frappe.get_doc("P2HAM Officer", {"user": user, "duty": "OPD Clerk"})
	officer.to_date = frappe.utils.add_days(frappe.utils.nowdate(), -1)
	officer.save()
	assert "OPD Clerk" not in frappe.get_roles(user)
	frappe.set_user(user)
	assert not listed("P2HAM Assessment", "name")


class TestAppointments:
	def test_a_manager_appoints_clerks_but_neither_kabag_hukum_nor_sekda(self, demo_site):
		user = make.create_user("baru@empatlawang.example", "Orang Baru")
		frappe.set_user(demo_site["manager"]["user"])
		make.create_officer(user, "Orang Baru", "OPD Clerk", "DISPAR")
		assert "OPD Clerk" in frappe.get_roles(user)
		for duty in ("Kabag Hukum", "Sekda"):
			with pytest.raises(frappe.PermissionError, match="System Manager"):
				make.create_officer(user, "Orang Baru", duty)

	def test_a_manager_does_not_turn_a_clerk_into_sekda(self, demo_site, people):
		frappe.set_user(demo_site["manager"]["user"])
		officer = frappe.get_doc("P2HAM Officer", {"user": people("OPD Clerk", "DINSOS")})
		officer.duty = "Sekda"
		with pytest.raises(frappe.PermissionError):
			officer.save()

	def test_a_manager_neither_ends_nor_deletes_the_sekda(self, demo_site, people):
		frappe.set_user(demo_site["manager"]["user"])
		officer = frappe.get_doc("P2HAM Officer", {"user": people("Sekda")})
		officer.to_date = "2024-12-31"
		with pytest.raises(frappe.PermissionError):
			officer.save()
		with pytest.raises(frappe.PermissionError):
			frappe.delete_doc("P2HAM Officer", officer.name)

	def test_nobody_appoints_himself(self, demo_site):
		manager = demo_site["manager"]["user"]
		frappe.set_user(manager)
		with pytest.raises(frappe.PermissionError, match="himself"):
			make.create_officer(manager, "Sendiri", "P2HAM Verifier")

	def test_a_system_manager_does_not_appoint_himself_either(self):
		user = make.create_user("sistem@empatlawang.example", "Pengelola Sistem", roles=("System Manager",))
		frappe.set_user(user)
		with pytest.raises(frappe.PermissionError, match="himself"):
			make.create_officer(user, "Sendiri", "Sekda")

	@pytest.mark.parametrize(
		("fields", "word"),
		[
			({"to_date": "2023-01-01"}, "Until"),
			({"opd": None}, "OPD"),
			({"nip": "123"}, "NIP"),
		],
	)
	def test_wrong_entries_are_named(self, fields, word):
		user = make.create_user("baru2@empatlawang.example", "Orang Baru")
		values = {"opd": "DISPAR", **fields}
		opd = values.pop("opd")
		with pytest.raises(frappe.ValidationError, match=word):
			make.create_officer(user, "Orang Baru", "OPD Clerk", opd, **values)
