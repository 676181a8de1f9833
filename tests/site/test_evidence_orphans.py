"""What was uploaded into a form that nobody saved goes away after a day, and nothing else does."""

import os

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime

from p2ham.demo import factories as make
from p2ham.evidence import orphans

EVIDENCE, UNSAVED = "P2HAM Evidence", "new-p2ham-evidence-ujicoba"


@pytest.fixture(autouse=True)
def _uncommitted(monkeypatch):
	"""What the job commits would outlive the test."""
	monkeypatch.setattr(frappe.db, "commit", lambda: None)


@pytest.fixture
def clerk(people):
	return people("OPD Clerk", "DINSOS")


@pytest.fixture
def upload(clerk):
	"""`upload(hours)` is the File that the clerk uploaded into an unsaved form so many hours ago."""
	paths = []

	def made(hours=25, text=None, **values):
		about = {"attached_to_doctype": EVIDENCE, "attached_to_name": UNSAVED, **values}
		with make.acting_as(clerk):
			url = make.upload("belum-disimpan.pdf", make.make_pdf([text or frappe.generate_hash()]), **about)
		name = frappe.get_all("File", filters={"file_url": url}, pluck="name", order_by="creation desc")[0]
		aged(name, hours)
		paths.append(path_of(url))
		return frappe.get_doc("File", name)

	yield made
	for path in paths:
		if os.path.exists(path):
			os.unlink(path)


def aged(name, hours):
	frappe.db.set_value("File", name, "creation", add_to_date(now_datetime(), hours=-hours))


def path_of(address):
	return frappe.get_site_path(*address.strip("/").split("/"))


def is_there(file):
	return bool(frappe.db.exists("File", file.name)), os.path.exists(path_of(file.file_url))


@pytest.mark.parametrize(("hours", "stays"), [(25, False), (23, True)])
def test_an_upload_into_an_unsaved_form_is_kept_for_a_day(upload, hours, stays):
	file = upload(hours)
	orphans.remove()
	assert is_there(file) == (stays, stays)


def test_an_upload_without_any_name_goes_too(upload):
	file = upload()
	frappe.db.set_value("File", file.name, "attached_to_name", None)
	orphans.remove()
	assert is_there(file) == (False, False)


def test_nothing_of_it_is_kept_elsewhere(upload):
	file = upload()
	orphans.remove()
	assert not frappe.db.exists("Deleted Document", {"deleted_doctype": "File", "deleted_name": file.name})


def at_the_same_address(file, **values):
	"""Return another record of a stored file, as Frappe makes one where an address is named."""
	values = {"file_name": file.file_name, "file_url": file.file_url, "is_private": 1, **values}
	other = frappe.get_doc({"doctype": "File", "name": frappe.generate_hash(), **values})
	other.db_insert()
	return other


def test_bytes_that_another_record_has_stay(upload):
	file = upload()
	other = at_the_same_address(file)
	orphans.remove()
	assert is_there(file) == (False, True)
	assert is_there(other) == (True, True)


def test_two_records_of_one_upload_go_both(upload):
	file = upload()
	other = at_the_same_address(file, attached_to_doctype=EVIDENCE, attached_to_name=UNSAVED)
	aged(other.name, 25)
	orphans.remove()
	assert [is_there(file), is_there(other)] == [(False, False)] * 2


@pytest.mark.parametrize("doctype", [EVIDENCE, "P2HAM Evidence Revision"])
def test_bytes_that_an_evidence_names_stay_whatever_the_record_says(upload, clerk, doctype):
	file = upload()
	with make.acting_as(clerk):
		name = make.create_evidence("DINSOS", "Tautan", "Link")
	if doctype == EVIDENCE:
		frappe.db.set_value(EVIDENCE, name, "file", file.file_url)
	else:
		row = {"parent": name, "parenttype": EVIDENCE, "parentfield": "revisions", "revision": 1}
		frappe.get_doc({"doctype": doctype, "file": file.file_url, **row}).db_insert()
	orphans.remove()
	assert is_there(file) == (True, True)


def test_a_record_of_an_evidence_that_none_of_its_revisions_names_stays(upload, clerk):
	with make.acting_as(clerk):
		name = make.create_evidence("DINSOS", "Tautan", "Link")
	file = upload(attached_to_name=name)
	orphans.remove()
	assert is_there(file) == (True, True)


def test_files_of_other_documents_stay(upload):
	files = [upload(), upload()]
	for file, doctype in zip(files, ("ToDo", "P2HAM Assessment"), strict=True):
		frappe.db.set_value("File", file.name, "attached_to_doctype", doctype)
	orphans.remove()
	assert [is_there(file) for file in files] == [(True, True)] * 2


def test_what_cannot_be_deleted_is_noted_and_stops_no_other(upload, monkeypatch):
	files = sorted((upload() for _number in range(5)), key=lambda file: file.name)
	stubborn, plain = files[1], frappe.delete_doc

	def delete_doc(doctype, name, **kwargs):
		plain(doctype, name, **kwargs)
		if name == stubborn.name:
			raise frappe.LinkExistsError("masih dipakai")

	monkeypatch.setattr(frappe, "delete_doc", delete_doc)
	monkeypatch.setattr(orphans, "PAGE", 2)
	orphans.remove()
	assert [file.name for file in files if frappe.db.exists("File", file.name)] == [stubborn.name]
	assert frappe.db.exists("Error Log", {"reference_doctype": "File", "reference_name": stubborn.name})


def test_the_scheduler_runs_it(upload):
	file = upload()
	(task,) = [
		method for method in frappe.get_hooks("scheduler_events")["daily_long"] if method.startswith("p2ham.")
	]
	frappe.get_attr(task)()
	assert is_there(file) == (False, False)
