"""Many sheets as one PDF: what is in it and what is not, for whom, and how it is made."""

from __future__ import annotations

import io
import shutil
import time

import frappe
import paper
import pytest
from pypdf import PdfReader

from p2ham.demo import factories as make
from p2ham.documents import bundle, catalogue
from p2ham.documents.bundle import Bundle
from p2ham.paper import prepared_files

APPROVED = "DISDUKCAPIL-P2HAM-2024"
IN_REVIEW = "DISDIKBUD-P2HAM-2024"
DRAFT = "KEC TEBING TINGGI-P2HAM-2024"
THREE = [APPROVED, DRAFT, IN_REVIEW]
DOORS = ("prepare", "state", "download")
PATIENCE = 120  # seconds


def ask(client, door: str, names: list[str]):
	return client.call(f"p2ham.api.bundle.{door}", names=names)


def outline(content: bytes) -> list[tuple[str, int]]:
	"""The bookmarks of a PDF and the numbers of their pages, the first 0."""
	reader = PdfReader(io.BytesIO(content))
	return [(str(item.title), reader.get_destination_page_number(item)) for item in reader.outline]


def texts(content: bytes) -> list[str]:
	return [paper.words(page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages]


def unit(name: str) -> str:
	return frappe.db.get_value("P2HAM Assessment", name, "opd_name")


@pytest.fixture
def shelf(db, monkeypatch, tmp_path):
	"""Bundles of this test lie in a folder of its own."""
	monkeypatch.setattr(prepared_files, "folder", lambda: tmp_path)
	return tmp_path


# What is in it


def test_three_sheets_stand_in_the_order_of_their_units_each_with_its_own_numbers(shelf):
	made = Bundle(THREE)
	made.build()
	content = made.path.read_bytes()
	found = paper.check_pages(content, landscape=True)
	marks = outline(content)
	wanted = sorted(THREE, key=lambda name: unit(name).casefold())
	assert [title for title, _page in marks] == [f"{unit(name)} – {name}" for name in wanted]
	assert wanted == [IN_REVIEW, APPROVED, DRAFT] or wanted != THREE
	begins = [page for _title, page in marks]
	assert begins[0] == 0
	for name, begin, end in zip(wanted, begins, [*begins[1:], len(found)], strict=True):
		for number, page in enumerate(found[begin:end], start=1):
			text = paper.words(page.text)
			assert f"Halaman {number} dari {end - begin}" in text and name in text
		alone = PdfReader(io.BytesIO(made.kind.render(frappe.get_doc("P2HAM Assessment", name))))
		assert [paper.words(page.extract_text()) for page in alone.pages] == texts(content)[begin:end]
	assert PdfReader(io.BytesIO(content)).metadata.title == made.kind.title


def test_a_sheet_that_is_named_twice_is_there_once():
	assert [row.name for row in Bundle([APPROVED, APPROVED]).sheets] == [APPROVED]


def test_more_than_can_be_made_is_refused(said):
	with pytest.raises(frappe.ValidationError) as caught:
		Bundle([f"X-{number}" for number in range(bundle.MOST + 1)])
	assert str(bundle.MOST) in said(caught) and str(bundle.MOST + 1) in said(caught)


def test_of_nothing_there_is_no_file(shelf, said):
	with pytest.raises(frappe.ValidationError) as caught:
		Bundle(["TIDAK-ADA"]).build()
	assert "None of these sheets" in said(caught)
	assert list(shelf.iterdir()) == []


def test_the_number_of_queries_does_not_depend_on_the_number_of_sheets(queries):
	every = frappe.get_all("P2HAM Assessment", pluck="name", order_by="name")

	def count(names: list[str]) -> int:
		with queries() as run:
			Bundle(names)
		return len(run)

	count(every)  # what is cached once must not count for either
	assert count(every[:2]) == count(every) < 20


# Who gets what


@pytest.mark.parametrize(
	("duty", "opd"),
	[("OPD Clerk", "DISDUKCAPIL"), ("OPD Head", "DISDUKCAPIL"), ("P2HAM Observer", ""), ("Sekda", "")],
)
def test_everybody_gets_the_sheets_that_are_his_and_is_told_of_the_others(http, people, duty, opd):
	client = http(people(duty, opd))
	told = ask(client, "prepare", [IN_REVIEW, APPROVED]).json()["message"]
	assert told["state"] == "ready"
	his = [APPROVED] if opd or duty == "P2HAM Observer" else [IN_REVIEW, APPROVED]
	assert told["total"] == told["done"] == len(his)
	assert [row["name"] for row in told["left_out"]] == [name for name in [IN_REVIEW] if name not in his]
	response = ask(client, "download", [IN_REVIEW, APPROVED])
	assert response.status_code == 200, response.text
	assert response.headers["Content-Disposition"] == (
		f"attachment; filename=Lembar-Penilaian-P2HAM-{len(his)}.pdf"
	)
	assert "no-store" in response.headers["Cache-Control"]
	assert len(outline(response.content)) == len(his)
	if len(his) == 1:
		assert IN_REVIEW not in " ".join(texts(response.content))


@pytest.mark.parametrize("door", DOORS)
def test_nobody_else_learns_anything(http, people, demo_site, door):
	for user in (people("OPD Clerk", "DINSOS"), demo_site["manager"]["user"]):
		response = ask(http(user), door, [APPROVED])
		assert b"%PDF" not in response.content and unit(APPROVED) not in response.text
		if door == "state":
			there, absent = (
				ask(http(user), door, [name]).json()["message"]["left_out"][0]["reason"]
				for name in (APPROVED, "TIDAK-ADA")
			)
			assert there == absent
		else:
			assert response.status_code == 417
	assert ask(http(None), door, [APPROVED]).status_code == 403


@pytest.mark.parametrize("door", DOORS)
def test_nothing_is_asked_for_by_a_link(http, people, door):
	response = http(people("Sekda")).get(f"/api/method/p2ham.api.bundle.{door}", params={"names": APPROVED})
	assert response.status_code == 403


@pytest.mark.parametrize("names", ["[", "{}", '["X"', [None], [["X"]], {"name": "X"}, 7])
def test_what_is_no_list_of_names_is_refused_or_left_out(http, people, names):
	response = http(people("Sekda")).call("p2ham.api.bundle.state", names=names)
	assert response.status_code < 500, response.text
	if response.ok:
		assert response.json()["message"]["total"] == 0


def test_the_sites_print_settings_hold_here_too():
	frappe.db.set_single_value("Print Settings", "allow_print_for_draft", 0)
	frappe.clear_document_cache("Print Settings", "Print Settings")
	found = Bundle([APPROVED, IN_REVIEW])
	assert [row.name for row in found.sheets] == [APPROVED]
	assert found.left_out == [{"name": IN_REVIEW, "reason": "Not allowed to print draft documents"}]


def test_every_sheet_that_is_taken_away_is_on_record(http, people):
	user = people("Kabag Hukum")
	client = http(user)
	ask(client, "prepare", THREE)
	before = logged(user)
	ask(client, "state", THREE)
	assert logged(user) == before
	ask(client, "download", THREE)
	added = list(logged(user))
	for name in before:
		added.remove(name)
	assert sorted(added) == sorted(THREE)


def logged(user: str) -> list[str]:
	frappe.db.rollback()
	return frappe.get_all(
		"Access Log",
		filters={"user": user, "method": "Lembar Penilaian P2HAM", "export_from": "P2HAM Assessment"},
		pluck="reference_document",
		order_by="creation",
	)


# What changes in between


def test_a_duty_that_ends_takes_the_bundle_with_it(http, people, committed):
	user = people("P2HAM Observer")
	client = http(user)
	assert ask(client, "prepare", [APPROVED]).json()["message"]["state"] == "ready"
	officer = frappe.db.get_value("P2HAM Officer", {"user": user, "duty": "P2HAM Observer"}, "name")
	committed("P2HAM Officer", officer, {"to_date": frappe.utils.add_days(frappe.utils.nowdate(), -1)})
	refused = ask(client, "download", [APPROVED])
	assert refused.status_code == 417 and b"%PDF" not in refused.content


def test_evidence_that_becomes_personal_is_on_no_bundle_that_is_handed_out(http, people, committed):
	client = http(people("Sekda"))
	use = frappe.get_doc("P2HAM Assessment", APPROVED).evidence_uses[0]
	title = frappe.db.get_value("P2HAM Evidence", use.evidence, "title")
	assert ask(client, "prepare", [APPROVED]).json()["message"]["state"] == "ready"
	committed("P2HAM Evidence", use.evidence, {"contains_personal_data": 1})
	assert ask(client, "download", [APPROVED]).status_code == 417
	assert ask(client, "state", [APPROVED]).json()["message"]["state"] == "none"
	ask(client, "prepare", [APPROVED])
	content = ask(client, "download", [APPROVED]).content
	assert content.startswith(b"%PDF")
	assert frappe.db.get_value("P2HAM Evidence", use.evidence, "title") == title


def test_whatever_a_sheet_shows_asks_for_a_new_bundle():
	keys = [Bundle([APPROVED]).key, Bundle([APPROVED]).key]
	assert keys[0] == keys[1]
	doc = frappe.get_doc("P2HAM Assessment", APPROVED)

	def changes():
		frappe.db.set_value("P2HAM Assessment", APPROVED, "sheet_number", "1")
		yield
		frappe.db.set_value("P2HAM OPD", doc.opd, "address", "Jalan Baru")
		yield
		frappe.db.set_value("P2HAM Officer", {"duty": "Sekda"}, "acting_prefix", "Plt.")
		yield
		frappe.db.set_value("P2HAM Evidence", doc.evidence_uses[0].evidence, "title", "Judul baru")
		yield
		frappe.db.set_single_value("P2HAM Settings", "government_line", "PEMERINTAH")
		yield

	for _change in changes():
		keys.append(Bundle([APPROVED]).key)
	assert len(set(keys)) == len(keys) - 1


# How it is made


@pytest.fixture
def waiting(shelf, monkeypatch):
	"""A bundle too large to be made at once, its job not begun, and nothing remembered of it afterwards."""
	monkeypatch.setattr(bundle, "SMALL", 0)
	monkeypatch.setattr(frappe, "enqueue", lambda *args, **kwargs: None)
	found = Bundle(THREE)
	assert prepared_files.prepare(found)["state"] == "waiting"
	yield found
	frappe.cache.delete_value(prepared_files._place(found.key))


def test_a_job_makes_the_bundle_and_tells_how_far_it_is(waiting, monkeypatch):
	monkeypatch.setattr(prepared_files, "is_job_enqueued", lambda job: True)
	told, render = [], catalogue.Kind.render

	def told_on_the_way(kind, doc):
		told.append(prepared_files.state(waiting))
		return render(kind, doc)

	monkeypatch.setattr(catalogue.Kind, "render", told_on_the_way)
	bundle.make(THREE, waiting.key)
	assert [(row["state"], row["done"]) for row in told] == [("building", number) for number in range(3)]
	after = prepared_files.state(waiting)
	assert (after["state"], after["done"], after["total"]) == ("ready", 3, 3)


def test_a_worker_that_was_killed_leaves_no_dialog_waiting_and_no_half_file(waiting, shelf, monkeypatch):
	def killed(kind, doc):
		assert not waiting.is_ready
		raise SystemExit

	monkeypatch.setattr(catalogue.Kind, "render", killed)
	with pytest.raises(SystemExit):
		bundle.make(THREE, waiting.key)
	told = prepared_files.state(waiting)
	assert told["state"] == "failed" and "could not be made" in told["message"]
	assert list(shelf.iterdir()) == []
	assert prepared_files.prepare(waiting)["state"] == "waiting"


def test_a_job_that_fails_says_so(waiting, monkeypatch, shelf):
	usage = shutil.disk_usage(shelf)
	monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=0))
	with pytest.raises(frappe.ValidationError):
		bundle.make(THREE, waiting.key)
	told = prepared_files.state(waiting)
	assert told["state"] == "failed" and "no room" in told["message"]
	assert list(shelf.iterdir()) == []


def test_a_job_makes_nothing_of_sheets_that_have_changed_meanwhile(waiting, shelf):
	frappe.db.set_value("P2HAM Assessment", APPROVED, "modified", frappe.utils.now(), update_modified=False)
	bundle.make(THREE, waiting.key)
	told = prepared_files.state(waiting)
	assert told["state"] == "failed" and "changed meanwhile" in told["message"]
	assert list(shelf.iterdir()) == []


def test_a_job_makes_nothing_for_who_may_not_print_the_sheets_any_more(waiting, as_user, people, shelf):
	as_user(people("OPD Clerk", "DINSOS"))
	bundle.make(THREE, waiting.key)
	assert list(shelf.iterdir()) == []


def test_a_sheet_that_may_not_be_printed_any_more_stops_the_job(waiting, shelf, monkeypatch):
	def refused(doc):
		raise frappe.PermissionError

	monkeypatch.setattr(bundle, "check_may_print", refused)
	with pytest.raises(frappe.PermissionError):
		bundle.make(THREE, waiting.key)
	assert list(shelf.iterdir()) == []
	assert prepared_files.state(waiting)["state"] == "failed"


def test_a_long_bundle_is_given_the_time_it_needs():
	few, many = Bundle([APPROVED]), Bundle(THREE)
	assert many.patience - few.patience == 2 * bundle.SHEET_SECONDS
	assert few.patience >= prepared_files.Handout.patience


def test_a_large_bundle_is_made_by_the_worker(http, people):
	every = frappe.get_all("P2HAM Assessment", pluck="name", order_by="name")[: bundle.SMALL + 2]
	client = http(people("P2HAM Verifier"))
	told = ask(client, "prepare", every).json()["message"]
	assert told["state"] in ("waiting", "ready") and told["total"] == len(every)
	until = time.monotonic() + PATIENCE
	while (told := ask(client, "state", every).json()["message"])["state"] != "ready":
		assert told["state"] in ("waiting", "building"), told
		assert time.monotonic() < until, told
		time.sleep(0.5)
	assert len(outline(ask(client, "download", every).content)) == len(every)


def test_a_new_bundle_replaces_the_users_older_one(shelf):
	first = Bundle([APPROVED])
	first.build()
	second = Bundle([IN_REVIEW])
	second.build()
	assert [path.name for path in shelf.iterdir()] == [second.path.name]
	with make.acting_as("Guest"):
		assert Bundle([IN_REVIEW]).owner != second.owner
