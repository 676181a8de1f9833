"""Values that only look different from others, and markup that only looks like data, sent over HTTP: no rule is passed by
them, and what is stored is harmless wherever it is shown."""

from __future__ import annotations

import json

import frappe
import pytest
from frappe.utils import add_days, nowdate
from way_back import no_trace

from p2ham.demo import factories as make

OFFICER, EVIDENCE, FOLLOW_UP, ASSESSMENT = (
	"P2HAM Officer",
	"P2HAM Evidence",
	"P2HAM Follow-up",
	"P2HAM Assessment",
)
UNIT = "DINSOS"
DRAFT, SUBMITTED, REVIEWED = (f"{unit}-P2HAM-2024" for unit in ("KEC TEBING TINGGI", "DISDIKBUD", "DINSOS"))
SAME_LOOK = ("{} ", " {}", "{}\u00a0", "\u200b{}", "{}\n", "{}\ufeff")
LIVE = '"<img src=x onerror=alert(1)>"'


@pytest.fixture
def undone(db):
	with no_trace():
		yield


def told(answer) -> str:
	return answer.text


def stored(doctype: str, name: str, field: str):
	frappe.db.rollback()
	return frappe.db.get_value(doctype, name, field)


def post(client, doctype: str, **values):
	return client.post(f"/api/resource/{doctype}", json=values)


def puppet(**values) -> dict:
	return {"user": "", "full_name": "Boneka", "from_date": nowdate(), **values}


@pytest.mark.parametrize("look", SAME_LOOK)
@pytest.mark.parametrize("duty", ["Sekda", "Kabag Hukum"])
def test_a_manager_appoints_nobody_by_a_duty_that_only_looks_different(
	undone, http, demo_site, people, look, duty
):
	user = people("P2HAM Observer")
	manager = http(demo_site["manager"]["user"])
	values = puppet(user=user, duty=look.format(duty))
	form = json.dumps({"doctype": OFFICER, "__islocal": 1, "name": "new-1", **values})
	for answer in (
		post(manager, OFFICER, **values),
		manager.call("frappe.client.insert", doc={"doctype": OFFICER, **values}),
		manager.call("frappe.desk.form.save.savedocs", doc=form, action="Save"),
	):
		assert answer.status_code == 403, answer.text
	frappe.db.rollback()
	assert not frappe.db.exists(OFFICER, {"user": user, "duty": duty})
	assert duty not in frappe.get_roles(user)


def test_the_puppet_of_a_manager_approves_nothing(undone, http, demo_site, people):
	user = people("P2HAM Observer")
	post(http(demo_site["manager"]["user"]), OFFICER, **puppet(user=user, duty="Sekda "))
	answer = http(user).call("p2ham.api.assessment.take_step", name=REVIEWED, action="Approve")
	assert answer.status_code == 403
	assert stored(ASSESSMENT, REVIEWED, "workflow_state") == "Reviewed"


def test_a_clerk_turned_into_a_sekda_by_a_change_of_his_record_stays_a_clerk(undone, http, demo_site, people):
	manager = http(demo_site["manager"]["user"])
	name = frappe.db.get_value(OFFICER, {"user": people("P2HAM Observer")}, "name")
	for value in ("Sekda ", "\u200bSekda", "SEKDA", "\uff33\uff45\uff4b\uff44\uff41", ["Sekda"]):
		for answer in (
			manager.put(f"/api/resource/{OFFICER}/{name}", json={"duty": value}),
			manager.call("frappe.client.set_value", doctype=OFFICER, name=name, fieldname={"duty": value}),
		):
			assert 400 <= answer.status_code < 500, answer.text
	assert stored(OFFICER, name, "duty") == "P2HAM Observer"


def test_an_import_judges_a_duty_as_it_stores_it(db, demo_site, people):
	frappe.set_user(demo_site["manager"]["user"])
	frappe.flags.in_import = True
	try:
		for duty, refusal in (("Sekda ", frappe.PermissionError), ("sekda", frappe.ValidationError)):
			with pytest.raises(refusal):
				frappe.get_doc(
					{"doctype": OFFICER, **puppet(user=people("P2HAM Observer"), duty=duty)}
				).insert()
	finally:
		frappe.flags.in_import = False


def test_an_import_gives_no_name(db, people):
	frappe.set_user(people("Kabag Hukum"))
	frappe.flags.in_import = True
	try:
		values = {
			"opd": UNIT,
			"recommendation": "Perbaiki",
			"action": "Perbaiki",
			"due_date": add_days(nowdate(), 9),
		}
		doc = frappe.get_doc({"doctype": FOLLOW_UP, "name": "PALSU", "status": "Open", **values}).insert()
	finally:
		frappe.flags.in_import = False
	assert doc.name.startswith("P2HAM-TL-")


@pytest.mark.parametrize("look", SAME_LOOK)
def test_evidence_that_is_a_file_keeps_its_hash_and_flag(undone, http, people, look):
	name = frappe.db.get_value(EVIDENCE, {"opd": UNIT, "kind": "File"}, "name")
	clerk = http(people("OPD Clerk", UNIT))
	clerk.put(f"/api/resource/{EVIDENCE}/{name}", json={"contains_personal_data": 1})
	before = stored(EVIDENCE, name, "sha256")
	assert stored(EVIDENCE, name, "contains_personal_data")
	answer = clerk.put(f"/api/resource/{EVIDENCE}/{name}", json={"kind": look.format("File")})
	assert answer.status_code < 500, answer.text
	assert stored(EVIDENCE, name, "kind") == "File"
	assert stored(EVIDENCE, name, "sha256") == before
	assert before
	assert stored(EVIDENCE, name, "contains_personal_data")


def test_a_clerk_closes_no_follow_up_by_a_status_that_only_looks_different(undone, http, people):
	with make.acting_as(people("Kabag Hukum")):
		name = make.create_follow_up(UNIT, "Perbaiki")
	frappe.db.commit()
	clerk = http(people("OPD Clerk", UNIT))
	for look in SAME_LOOK:
		answer = clerk.put(f"/api/resource/{FOLLOW_UP}/{name}", json={"status": look.format("Closed")})
		assert answer.status_code == 403, answer.text
	assert stored(FOLLOW_UP, name, "status") != "Closed"


def test_a_verifier_returns_no_document_without_saying_why(undone, http, people):
	verifier = http(people("P2HAM Verifier"))
	doc = frappe.get_doc(ASSESSMENT, SUBMITTED).as_dict(no_nulls=True)
	rows = json.loads(frappe.as_json(doc.evidence_uses))
	answers = []
	for look in ("{}", *SAME_LOOK):
		rows[0].update(verification=look.format("Returned"), note="\u200b")
		answers.append(verifier.put(f"/api/resource/{ASSESSMENT}/{SUBMITTED}", json={"evidence_uses": rows}))
	assert {400 <= answer.status_code < 500 for answer in answers} == {True}
	assert len({answer.json()["exc_type"] for answer in answers}) == 1


def test_a_reason_that_cannot_be_seen_is_none(undone, http, people):
	kabag = http(people("Kabag Hukum"))
	answer = kabag.call(
		"p2ham.api.assessment.take_step", name=SUBMITTED, action="Return", note="\u200b\u00a0\u202e"
	)
	assert answer.status_code == 417 and "MandatoryError" in answer.text
	assert stored(ASSESSMENT, SUBMITTED, "workflow_state") == "Submitted"


@pytest.mark.parametrize("until", ["kapan-kapan", "2024-02-30", "\u0662\u0660"])
def test_a_day_that_is_none_is_named_by_our_own_doors(undone, http, people, until):
	kabag = http(people("Kabag Hukum"))
	answer = kabag.call(
		"p2ham.api.assessment.take_step", name=SUBMITTED, action="Return", note="Foto buram", until=until
	)
	assert answer.status_code == 417, answer.text


def test_a_nip_that_comes_as_a_number_is_kept_as_text(undone, http, demo_site):
	name = frappe.get_all(OFFICER, {"duty": "OPD Clerk"}, pluck="name", order_by="name", limit=1)[0]
	manager = http(demo_site["manager"]["user"])
	answer = manager.put(f"/api/resource/{OFFICER}/{name}", json={"nip": 197203032002031002})
	assert answer.status_code == 200, answer.text
	assert stored(OFFICER, name, "nip") == "197203032002031002"
	for nip in (1.97203032002031e17, True, ["197203032002031002"], {"nip": 1}, "\u0661" * 18):
		answer = manager.put(f"/api/resource/{OFFICER}/{name}", json={"nip": nip})
		assert answer.status_code == 417 and "NIP" in answer.text


def test_rows_that_are_none_are_refused_in_words(undone, http, people):
	clerk = http(people("OPD Clerk", "KEC TEBING TINGGI"))
	for rows in ("x", ["x"], [1], {"a": 1}, [["a"]], 7, [{"name": {"a": 1}}], [{"name": ["x"]}]):
		answer = clerk.put(f"/api/resource/{ASSESSMENT}/{DRAFT}", json={"evidence_uses": rows})
		assert 400 <= answer.status_code < 500, (rows, answer.text)


def test_a_row_of_another_document_is_not_taken_away_from_it(undone, http, people):
	row = frappe.get_all(
		"P2HAM Evidence Use", {"parent": SUBMITTED}, ["name", "evidence"], order_by="idx", limit=1
	)[0]
	clerk = http(people("OPD Clerk", "KEC TEBING TINGGI"))
	indicator = frappe.get_doc(ASSESSMENT, DRAFT).items[0].indicator
	rows = [{"name": row.name, "indicator": indicator, "evidence": row.evidence}]
	answer = clerk.put(f"/api/resource/{ASSESSMENT}/{DRAFT}", json={"evidence_uses": rows})
	assert 400 <= answer.status_code < 500, answer.text
	assert f"row {row.name} does not belong" in answer.text
	assert stored("P2HAM Evidence Use", row.name, "parent") == SUBMITTED


MARKUP = (
	LIVE,
	"<img src=x onerror=alert(1)>",
	'["<svg onload=alert(1)>"]',
	'{"a": "<script>alert(1)</script>"}',
	"<img src=x onerror=alert(1) ",
	'x" onmouseover=alert(1) y="',
)


@pytest.mark.parametrize("text", MARKUP)
def test_markup_in_plain_text_is_refused_whether_it_is_json_or_not(undone, http, people, text):
	clerk = http(people("OPD Clerk", UNIT))
	values = {"title": text, "opd": UNIT, "kind": "Link", "url": "https://example.go.id"}
	answer = post(clerk, EVIDENCE, **values)
	assert answer.status_code == 417 and "Title" in answer.text
	assert not frappe.db.exists(EVIDENCE, {"title": ("like", "%alert%")})


def test_what_people_write_with_less_than_stays_as_it_is(undone, http, people):
	clerk = http(people("OPD Clerk", UNIT))
	for text in ("a < b dan c > d", "Anak <18 tahun & 5 < 6", 'Kepala "Dinas" & Jum\'at'):
		values = {"title": text, "opd": UNIT, "kind": "Link", "url": "https://example.go.id"}
		answer = post(clerk, EVIDENCE, **values)
		assert answer.status_code == 200, answer.text
		assert stored(EVIDENCE, answer.json()["data"]["name"], "title") == text


def test_markup_that_stands_there_is_not_held_against_who_saves_next(undone, http, people):
	old = '"<b>lama</b>"'
	clerk = http(people("OPD Clerk", UNIT))
	name = post(clerk, EVIDENCE, title="x", opd=UNIT, kind="Link", url="https://example.go.id").json()[
		"data"
	]["name"]
	frappe.db.set_value(EVIDENCE, name, "title", old)
	frappe.db.commit()
	frappe.clear_document_cache(EVIDENCE, name)
	answer = clerk.put(f"/api/resource/{EVIDENCE}/{name}", json={"document_date": "2024-05-05"})
	assert answer.status_code == 200, answer.text


class TestDocumentsOfFrappe:
	"""What Frappe leaves uncleaned because it is valid JSON."""

	@pytest.mark.parametrize(
		("doctype", "field", "values"),
		[
			("ToDo", "description", {}),
			("Note", "title", {"content": "x"}),
			("Note", "content", {"title": "Catatan"}),
			("Event", "subject", {"starts_on": "2024-05-05 10:00:00"}),
			(
				"Address",
				"address_line1",
				{"address_title": "x", "city": "x", "address_type": "Office", "country": "Indonesia"},
			),
		],
	)
	@pytest.mark.parametrize("text", MARKUP[:1] + MARKUP[2:4])
	def test_text_that_is_json_is_cleaned(self, db, doctype, field, values, text):
		doc = frappe.get_doc({"doctype": doctype, **values, field: text})
		doc.insert(ignore_mandatory=True, ignore_links=True)
		kept = frappe.db.get_value(doctype, doc.name, field)
		assert (
			"onerror=" not in kept.replace("&lt;", "") and "<svg onload" not in kept and "<script" not in kept
		)
		assert "<img" not in kept or "onerror" not in kept
		assert "<" not in doc.name or "onerror" not in doc.name

	def test_a_comment_and_a_mail_on_our_documents_carry_no_script(self, undone, http, people):
		clerk = http(people("OPD Clerk", "KEC TEBING TINGGI"))
		answer = clerk.call(
			"frappe.desk.form.utils.add_comment",
			reference_doctype=ASSESSMENT,
			reference_name=DRAFT,
			content=LIVE,
			comment_email=people("OPD Clerk", "KEC TEBING TINGGI"),
			comment_by="x",
		)
		assert answer.status_code == 200, answer.text
		clerk.call(
			"frappe.core.doctype.communication.email.make",
			doctype=ASSESSMENT,
			name=DRAFT,
			subject=LIVE,
			content=LIVE,
			recipients="x@example.go.id",
			communication_medium="Email",
			send_email=0,
		)
		frappe.db.rollback()
		for doctype, fields in (("Comment", ["content"]), ("Communication", ["subject", "content"])):
			for row in frappe.get_all(doctype, {"reference_name": DRAFT}, fields):
				assert "onerror" not in str(row)
		assert "onerror" not in (frappe.db.get_value(ASSESSMENT, DRAFT, "_comments") or "")

	def test_json_is_harmless_also_where_it_is_shown_as_it_is(self, db):
		"""Each text in it is clean, but the backslashes of JSON end an attribute where HTML is read."""
		text = json.dumps(['<img alt="x onerror=alert(1) y">'])
		doc = frappe.get_doc({"doctype": "Note", "title": "x", "content": text}).insert()
		assert "<" not in doc.content
		assert json.loads(doc.content)[0].startswith("<img")

	def test_json_that_is_meant_stays(self, db):
		blocks = json.dumps(
			[{"type": "header", "data": {"text": '<span class="h4"><b>Judul</b></span>', "col": 12}}]
		)
		doc = frappe.get_doc(
			{"doctype": "Workspace", "label": "Uji", "title": "Uji", "public": 0, "content": blocks}
		)
		doc.insert(ignore_mandatory=True, ignore_links=True)
		assert json.loads(doc.content) == json.loads(blocks)
		chart = frappe.get_doc({"doctype": "Note", "title": "x", "content": '[["a", "<", 5]]'}).insert()
		assert chart.content == '[["a", "<", 5]]'


def test_a_unit_gets_no_name_that_only_looks_like_another(undone, http, demo_site):
	frappe.db.rollback()
	manager = http(demo_site["manager"]["user"])
	assert (
		post(
			manager, "P2HAM OPD", abbreviation="UJI A", opd_name="Uji", parent_p2ham_opd="EMPAT LAWANG"
		).status_code
		== 200
	)
	answer = manager.call(
		"frappe.client.rename_doc", doctype="P2HAM OPD", old_name="UJI A", new_name="UJI\u200b B "
	)
	assert answer.status_code == 200, answer.text
	assert stored("P2HAM OPD", "UJI B", "abbreviation") == "UJI B"
	answer = manager.call("frappe.client.rename_doc", doctype="P2HAM OPD", old_name="UJI B", new_name=LIVE)
	assert 400 <= answer.status_code < 500
