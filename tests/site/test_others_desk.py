"""Who holds a duty writes into his own desk: nothing that Frappe shows in everybody's is his to make."""

from __future__ import annotations

import datetime
import json

import frappe
import pytest

from p2ham.access import others_desk, policies

SOON = str(datetime.datetime.now().replace(microsecond=0) + datetime.timedelta(days=1))
SCRIPT = "<img src=x onerror=alert(1)>"
DUTIES = (("P2HAM Observer", ""), ("OPD Clerk", "DINSOS"), ("P2HAM Verifier", ""), ("Kabag Hukum", ""))
# What every user of the desk may write and nobody else is shown, or by the right to a document; each looked at.
OWN = {
	"Address": "shown on the documents it names",
	"Contact": "shown on the documents it names",
	"Document Follow": "p2ham.access.traces.refuse_follower",
	"File": "p2ham.access.files",
	"Google Calendar": "if_owner",
	"Google Contacts": "if_owner",
	"Notification Settings": "Frappe asks for whom",
	"Reminder": "Frappe makes it the writer's own",
	"Tag": "a name, which holds no markup",
	"Tag Link": "p2ham.access.traces",
	"ToDo": "p2ham.access.traces.refuse_assignment",
}


@pytest.fixture(params=DUTIES, ids=[duty for duty, _opd in DUTIES])
def client(request, http, people):
	return http(people(*request.param))


def created(client, doctype: str, **values):
	return client.post(f"/api/resource/{doctype}", json={"doctype": doctype, **values})


def public_things(other: str) -> dict[str, dict]:
	return {
		"Event": {"subject": SCRIPT, "event_type": "Public", "starts_on": SOON},
		"Note": {"title": "All", "public": 1, "notify_on_login": 1, "content": SCRIPT},
		"Custom HTML Block": {"name": "Mine", "private": 1, "html": SCRIPT},
		"List Filter": {"filter_name": SCRIPT, "reference_doctype": "P2HAM Assessment", "filters": "[]"},
		"Workspace": {
			"name": f"Planted-{other}",
			"label": f"Planted-{other}",
			"title": "Planted",
			"public": 0,
			"for_user": other,
			"module": "P2HAM",
			"content": json.dumps([{"type": "paragraph", "data": {"text": SCRIPT}}]),
		},
		"Dashboard Settings": {"name": other, "user": other, "chart_config": "{}"},
	}


@pytest.mark.parametrize("doctype", public_things(""))
def test_nobody_with_a_duty_writes_what_frappe_shows_to_others(client, people, doctype):
	before = frappe.db.count(doctype)
	answer = created(client, doctype, **public_things(people("Sekda"))[doctype])
	if doctype == "Note" and answer.status_code == 200:  # Frappe drops what the writer has no level for
		assert not answer.json()["data"]["public"] and not answer.json()["data"]["notify_on_login"]
		return
	assert answer.status_code == 403, answer.text
	frappe.db.rollback()
	assert frappe.db.count(doctype) == before


def test_a_filter_for_another_is_refused_and_ones_own_is_not(http, people):
	client, observer, sekda = (
		http(people("P2HAM Observer")),
		people("P2HAM Observer"),
		people("Sekda"),
	)
	mine = {"filter_name": "Mine", "reference_doctype": "P2HAM Assessment", "filters": "[]"}
	assert created(client, "List Filter", **mine, for_user=sekda).status_code == 403
	assert created(client, "List Filter", **mine, for_user=observer).status_code == 200


def test_private_events_and_notes_still_work(client):
	event = created(client, "Event", subject="Rapat", event_type="Private", starts_on=SOON)
	note = created(client, "Note", title="Catatan", content="isi")
	assert (event.status_code, note.status_code) == (200, 200), event.text + note.text
	name = event.json()["data"]["name"]
	assert client.put(f"/api/resource/Event/{name}", json={"event_type": "Public"}).status_code == 403
	name = note.json()["data"]["name"]
	client.put(f"/api/resource/Note/{name}", json={"public": 1})
	frappe.db.rollback()
	assert not frappe.db.get_value("Note", name, "public")


def test_nobody_with_a_duty_changes_a_public_event_of_another(client):
	event = frappe.get_doc(
		{"doctype": "Event", "subject": "Cuti", "event_type": "Public", "starts_on": SOON}
	).insert()
	frappe.db.commit()
	answer = client.put(f"/api/resource/Event/{event.name}", json={"subject": SCRIPT})
	assert answer.status_code == 403, answer.text


def test_a_note_to_all_can_be_marked_as_seen(client):
	note = frappe.get_doc(
		{"doctype": "Note", "title": "Perawatan", "public": 1, "notify_on_login": 1, "content": "nanti"}
	).insert()
	frappe.db.commit()
	answer = client.call("frappe.desk.doctype.note.note.mark_as_seen", note=note.name)
	assert answer.status_code == 200, answer.text


def test_a_board_is_its_makers_own(client):
	board = f"Papan {frappe.generate_hash(length=6)}"
	made = client.call(
		"frappe.desk.doctype.kanban_board.kanban_board.quick_kanban_board",
		doctype="P2HAM Follow-up",
		board_name=board,
		field_name="status",
	)
	if made.status_code == 200:  # an observer may read no follow-up
		assert made.json()["message"]["private"] == 1
		refused = client.put(f"/api/resource/Kanban Board/{board}", json={"private": 0})
		assert refused.status_code == 403, refused.text


def test_who_runs_the_site_is_not_held(http, db):
	assert not others_desk.is_held_to_own_desk("Administrator")
	frappe.set_user("Administrator")
	for doctype in ("Event", "Note"):
		values = {**public_things("")[doctype], "subject": "Cuti", "content": "nanti"}
		assert frappe.get_doc({"doctype": doctype, **values}).insert()


def test_whatever_every_user_of_the_desk_may_write_has_been_judged():
	rows = frappe.get_all(
		"DocPerm",
		filters={"role": ("in", ("All", "Desk User")), "parent": ("not like", "P2HAM%")},
		or_filters={"write": 1, "create": 1},
		pluck="parent",
		order_by="parent",
	)
	of_frappe = frappe.get_all(
		"DocType",
		filters={"name": ("in", rows), "istable": 0},
		fields=["name", "module"],
		order_by="name",
	)
	modules = frappe.get_module_list("frappe")
	found = {row.name for row in of_frappe if row.module in modules}
	assert found == {*OWN, *others_desk.SHOWN_TO_OTHERS}
	assert set(others_desk.SHOWN_TO_OTHERS) == set(policies.SHOWN_TO_OTHERS)
