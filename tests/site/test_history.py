"""What Frappe writes about our documents follows the right to read them; history and log are append-only."""

import frappe
import pytest
from frappe.utils import nowdate

from p2ham.access import overrides, traces
from p2ham.demo import factories as make

pytestmark = pytest.mark.quick

DRAFT, APPROVED = "KEC TEBING TINGGI-P2HAM-2024", "DISDUKCAPIL-P2HAM-2024"
MARK = "zwartekat"


@pytest.fixture
def system_manager():
	return make.create_user("sistem@empatlawang.example", "Pengelola Sistem", roles=("System Manager",))


@pytest.fixture
def version(people):
	"""A version as Frappe writes it when somebody changes an answer (not while tests run, else)."""
	with make.acting_as(people("OPD Clerk", "KEC TEBING TINGGI")):
		doc = frappe.get_doc("P2HAM Assessment", DRAFT)
		doc.items[0].self_note = MARK
		frappe.flags.in_test = False
		try:
			doc.save()
		finally:
			frappe.flags.in_test = True
	return frappe.get_last_doc("Version", filters={"docname": DRAFT}, order_by="creation desc")


class TestWhoReadsIt:
	def test_versions_comments_and_the_like_follow_their_document(self, version, people, system_manager):
		comment = frappe.get_doc("P2HAM Assessment", DRAFT).add_comment("Comment", MARK)
		todo = frappe.get_doc(
			{
				"doctype": "ToDo",
				"description": MARK,
				"reference_type": "P2HAM Assessment",
				"reference_name": DRAFT,
				"allocated_to": people("OPD Clerk", "KEC TEBING TINGGI"),
			}
		).insert()
		traces_of = {"Version": version.name, "Comment": comment.name, "ToDo": todo.name}
		for doctype, name in traces_of.items():
			frappe.set_user(system_manager)
			assert not frappe.has_permission(doctype, "read", name), doctype
			assert name not in frappe.get_list(doctype, pluck="name", limit_page_length=0, order_by="name")
			frappe.set_user("Administrator")
			assert name in frappe.get_list(doctype, pluck="name", limit_page_length=0, order_by="name")

	def test_with_a_duty_the_system_manager_reads_them(self, version, system_manager):
		make.create_officer(system_manager, "Rangkap", "Kabag Hukum")
		frappe.set_user(system_manager)
		assert version.name in frappe.get_list("Version", pluck="name", limit_page_length=0, order_by="name")

	def test_what_belongs_to_others_is_left_alone(self, system_manager):
		frappe.set_user(system_manager)
		note = frappe.get_doc({"doctype": "Note", "title": MARK, "public": 1}).insert()
		comment = note.add_comment("Comment", "milik umum")
		assert comment.name in frappe.get_list("Comment", pluck="name", limit_page_length=0, order_by="name")

	def test_a_deleted_evidence_is_read_by_nobody(self, people, system_manager):
		with make.acting_as(people("OPD Clerk", "DINSOS")):
			name = make.create_evidence("DINSOS", MARK)
			frappe.delete_doc("P2HAM Evidence", name)
		frappe.set_user(system_manager)
		assert not frappe.get_list("Deleted Document", filters={"deleted_name": name}, order_by="name")

	def test_a_row_alone_is_as_private_as_its_document(self, people):
		row = frappe.get_doc("P2HAM Assessment", APPROVED).items[0].name
		for user, readable in ((people("OPD Clerk", "DINSOS"), False), (people("Kabag Hukum"), True)):
			frappe.set_user(user)
			alone = frappe.get_doc("P2HAM Assessment Item", row)
			assert alone.has_permission("read") is readable, user

	def test_who_may_not_see_it_is_not_mentioned_in_a_comment(self, people, said, monkeypatch):
		from frappe.desk.doctype.notification_log import notification_log

		monkeypatch.setattr(notification_log, "send_notification_email", lambda doc: None)
		stranger = people("OPD Clerk", "DINSOS")
		mention = f'<span class="mention" data-id="{stranger}" data-value="x">@x</span> {MARK}'
		doc = frappe.get_doc("P2HAM Assessment", DRAFT)
		frappe.set_user(people("Kabag Hukum"))
		with pytest.raises(frappe.PermissionError) as caught:
			doc.add_comment("Comment", mention)
		assert frappe.db.get_value("User", stranger, "full_name") in said(caught)
		doc.add_comment("Comment", mention.replace(stranger, people("OPD Clerk", "KEC TEBING TINGGI")))

	def test_nobody_follows_what_he_may_not_see_and_no_longer_what_he_saw(self, people):
		user = people("OPD Clerk", "DINSOS")
		frappe.db.set_value("User", user, "document_follow_notify", 1)

		def follow(name):
			return frappe.get_doc(
				{
					"doctype": "Document Follow",
					"ref_doctype": "P2HAM Assessment",
					"ref_docname": name,
					"user": user,
				}
			).insert(ignore_permissions=True)

		with pytest.raises(frappe.PermissionError):
			follow(DRAFT)
		follow("DINSOS-P2HAM-2024")
		officer = frappe.get_doc("P2HAM Officer", {"user": user, "duty": "OPD Clerk"})
		officer.to_date = frappe.utils.add_days(nowdate(), -1)
		officer.save()
		assert not frappe.db.exists("Document Follow", {"user": user})

	def test_there_is_no_key_that_prints_without_login(self, people):
		frappe.set_user(people("Sekda"))
		with pytest.raises(frappe.PermissionError, match="login"):
			frappe.get_doc("P2HAM Assessment", APPROVED).get_document_share_key()


class TestFrappesOwnDoors:
	def test_a_link_is_not_confirmed_to_who_may_not_see_it(self, people):
		frappe.set_user(people("OPD Clerk", "DINSOS"))
		for name, shown in ((DRAFT, None), ("DINSOS-P2HAM-2024", "DINSOS-P2HAM-2024")):
			assert overrides.validate_link("P2HAM Assessment", name).get("name") == shown

	def test_titles_are_told_within_the_scope(self, people):
		title = frappe.db.get_value("P2HAM Evidence", {"opd": "DISDUKCAPIL"}, ["name", "title"])
		frappe.set_user(people("OPD Clerk", "DINSOS"))
		assert overrides.get_link_title("P2HAM Evidence", title[0]) == title[0]
		frappe.set_user(people("OPD Clerk", "DISDUKCAPIL"))
		assert overrides.get_link_title("P2HAM Evidence", title[0]) == title[1]

	def test_no_field_is_given_out_as_if_it_were_a_password(self, system_manager):
		frappe.set_user(system_manager)
		with pytest.raises(frappe.PermissionError):
			overrides.get_password("P2HAM Assessment", DRAFT, "opd_name")

	def test_global_search_keeps_to_the_scope(self, people, monkeypatch):
		from frappe.utils import global_search

		rows = [
			frappe._dict(doctype="P2HAM Assessment", name=name, content=MARK, rank=1)
			for name in (DRAFT, "DINSOS-P2HAM-2024")
		] + [frappe._dict(doctype="Note", name="x", content=MARK, rank=1)]
		monkeypatch.setattr(global_search, "search", lambda *args: rows)
		frappe.set_user(people("OPD Clerk", "DINSOS"))
		assert [row.name for row in overrides.search(MARK)] == ["DINSOS-P2HAM-2024", "x"]

	def test_a_like_needs_the_right_to_read_and_leaves_rows_and_entries_alone(self, people):
		frappe.set_user(people("OPD Clerk", "DINSOS"))
		row = frappe.get_all(
			"P2HAM Assessment Item", filters={"parent": DRAFT}, pluck="name", order_by="idx"
		)[0]
		for doctype, name in (
			("P2HAM Assessment", DRAFT),
			("P2HAM Assessment Item", row),
			("P2HAM Assessment Log", f"{DRAFT}-LOG-001"),
		):
			with pytest.raises(frappe.PermissionError):
				overrides.toggle_like(doctype, name, "Yes")
		overrides.toggle_like("P2HAM Assessment", "DINSOS-P2HAM-2024", "Yes")

	def test_a_mail_about_a_document_is_not_moved_out_of_its_protection(self, people):
		mail = frappe.get_doc(
			{
				"doctype": "Communication",
				"subject": MARK,
				"content": MARK,
				"reference_doctype": "P2HAM Assessment",
				"reference_name": DRAFT,
			}
		).insert()
		user = people("OPD Clerk", "DINSOS")
		frappe.set_user(user)
		with pytest.raises(frappe.PermissionError):
			overrides.relink(mail.name, "User", user)
		assert frappe.db.get_value("Communication", mail.name, "reference_name") == DRAFT


class TestAppendOnly:
	def test_nobody_changes_or_deletes_a_version(self, version):
		version.data = "{}"
		with pytest.raises(frappe.PermissionError, match="history"):
			version.save(ignore_permissions=True)
		with pytest.raises(frappe.PermissionError, match="history"):
			frappe.delete_doc("Version", version.name, force=True, ignore_permissions=True)

	def test_nobody_writes_a_version_by_hand(self, system_manager):
		for user in ("Administrator", system_manager):
			frappe.set_user(user)
			with pytest.raises(frappe.PermissionError):
				frappe.get_doc(
					{"doctype": "Version", "ref_doctype": "P2HAM Assessment", "docname": DRAFT, "data": "{}"}
				).insert()

	def test_versions_of_other_doctypes_are_left_alone(self):
		version = frappe.get_doc(
			{"doctype": "Version", "ref_doctype": "Note", "docname": "x", "data": "{}"}
		).insert()
		frappe.delete_doc("Version", version.name)

	@pytest.mark.parametrize("doctype", traces.TRACKED)
	def test_tracking_is_not_switched_off(self, doctype):
		with pytest.raises(frappe.PermissionError, match="Track Changes"):
			frappe.make_property_setter(
				{
					"doctype": doctype,
					"doctype_or_field": "DocType",
					"property": "track_changes",
					"value": "0",
					"property_type": "Check",
				},
				is_system_generated=False,
			)

	def test_nor_by_customize_form(self):
		form = frappe.get_doc("Customize Form")
		form.doc_type = "P2HAM Assessment"
		form.fetch_to_customize()
		form.track_changes = 0
		with pytest.raises(frappe.PermissionError, match="Track Changes"):
			form.save_customization()

	def test_the_workflow_sends_no_links_that_approve_without_login(self):
		workflow = frappe.get_doc("Workflow", "P2HAM Assessment")
		workflow.send_email_alert = 1
		with pytest.raises(frappe.PermissionError, match="without login"):
			workflow.save()

	def test_assessments_are_neither_deleted_nor_renamed_by_any_force(self):
		with pytest.raises(frappe.PermissionError):
			frappe.delete_doc("P2HAM Assessment", DRAFT, force=True, ignore_permissions=True)
		with pytest.raises(frappe.PermissionError):
			frappe.rename_doc("P2HAM Assessment", APPROVED, "lain", force=True)


class TestRenamingByForce:
	"""Frappe's rename_doc takes `force` from anybody who may write, and follows every link by SQL."""

	@pytest.mark.parametrize(
		("doctype", "name"),
		[
			("P2HAM Period", "P2HAM-2024"),
			("P2HAM Instrument", "PERMENKUMHAM-25-2023"),
			("P2HAM Evidence", ""),
			("P2HAM Officer", ""),
			("Workflow", "P2HAM Assessment"),
			("Workflow State", "Submitted"),
			("Role", "Kabag Hukum"),
		],
	)
	def test_what_others_refer_to_keeps_its_name(self, doctype, name):
		name = name or frappe.get_all(doctype, pluck="name", order_by="name", limit=1)[0]
		with pytest.raises(frappe.PermissionError, match="keeps its name"):
			frappe.rename_doc(doctype, name, "LAIN", force=True)

	def test_other_states_are_renamed_as_before(self):
		state = frappe.get_doc({"doctype": "Workflow State", "workflow_state_name": "UJI"}).insert()
		assert frappe.rename_doc("Workflow State", state.name, "UJI 2", force=True) == "UJI 2"


class TestInventedRequests:
	def test_the_place_in_the_tree_is_not_taken_from_outside(self, demo_site):
		frappe.set_user(demo_site["manager"]["user"])
		opd = frappe.get_doc("P2HAM OPD", "DINSOS")
		place = (opd.lft, opd.rgt)
		opd.lft, opd.rgt = 1, 10_000
		opd.save()
		assert frappe.db.get_value("P2HAM OPD", "DINSOS", ["lft", "rgt"]) == place

	def test_a_document_that_is_only_pretended_opens_nothing(self, people):
		frappe.set_user(people("OPD Clerk", "DINSOS"))
		pretended = frappe.get_doc(
			{
				"doctype": "P2HAM Assessment",
				"name": DRAFT,
				"__islocal": 1,
				"opd": "DINSOS",
				"period": "P2HAM-2024",
			}
		)
		assert not pretended.has_permission("read")
		with pytest.raises(frappe.PermissionError):
			pretended.add_comment("Comment", "bukan milik saya")

	def test_without_asking_for_rights_nothing_of_another_unit_begins(self, people):
		"""As a web form inserts, or another app."""
		for user in ("Guest", people("OPD Clerk", "DINSOS"), people("P2HAM Verifier")):
			frappe.set_user(user)
			with pytest.raises(frappe.PermissionError):
				frappe.get_doc(
					{"doctype": "P2HAM Assessment", "period": "P2HAM-2024", "opd": "RSP PENDOPO"}
				).insert(ignore_permissions=True)
			with pytest.raises(frappe.PermissionError):
				frappe.get_doc(
					{
						"doctype": "P2HAM Evidence",
						"title": "x",
						"opd": "DPMPTSP",
						"kind": "Link",
						"url": "https://example.go.id",
					}
				).insert(ignore_permissions=True)

	def test_a_comment_bears_the_name_of_who_wrote_it(self, people):
		user = people("OPD Clerk", "KEC TEBING TINGGI")
		frappe.set_user(user)
		comment = frappe.get_doc("P2HAM Assessment", DRAFT).add_comment(
			"Comment", "Sudah dicek.", comment_email=people("Sekda"), comment_by="Sekda"
		)
		assert comment.comment_email == user and comment.comment_by != "Sekda"

	def test_a_report_is_not_mailed_with_the_rights_of_another(self, people, system_manager):
		frappe.set_user(system_manager)
		report = frappe.get_doc(
			{
				"doctype": "Auto Email Report",
				"report": "P2HAM Scoreboard",
				"user": people("Kabag Hukum"),
				"email_to": system_manager,
				"format": "HTML",
				"frequency": "Daily",
			}
		)
		with pytest.raises(frappe.PermissionError, match="own rights"):
			report.insert(ignore_permissions=True)

	def test_what_hangs_on_a_period_is_named_within_the_scope(self, people, demo_site):
		frappe.set_user(demo_site["manager"]["user"])
		assert overrides.get_submitted_linked_docs("P2HAM Period", "P2HAM-2024")["count"] == 0
		frappe.set_user(people("Kabag Hukum"))
		assert overrides.get_submitted_linked_docs("P2HAM Period", "P2HAM-2024")["count"] > 0

	def test_an_assessment_is_not_discarded(self):
		with pytest.raises(frappe.PermissionError):
			frappe.get_doc("P2HAM Assessment", DRAFT).run_method("before_discard")
