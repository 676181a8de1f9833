"""`bench p2ham-verify-evidence`: whoever changes a stored file or its record past the app is found, and where."""

import hashlib
import os
import subprocess
import sys

import frappe
import pytest

from p2ham.demo import factories as make
from p2ham.evidence import integrity, revisions
from p2ham.evidence.integrity import Verification

pytestmark = pytest.mark.quick

EVIDENCE, REVISION = "P2HAM Evidence", "P2HAM Evidence Revision"
CONTENT = make.make_pdf(["Maklumat pelayanan, untuk diperiksa"])


def ensure_revision(name):
	"""The row of the newest revision, as the evidence itself says it."""
	evidence = frappe.get_doc(EVIDENCE, name)
	if not frappe.db.exists(REVISION, {"parent": name}):
		add_revision(name, **{field: evidence.get(field) for field in revisions.MIRRORED})
	return evidence


def add_revision(name, **values):
	row = {"doctype": REVISION, "parent": name, "parenttype": EVIDENCE, "parentfield": "revisions", **values}
	frappe.get_doc(row).db_insert()


@pytest.fixture
def evidence(people):
	"""Evidence of DINSOS with one revision and a file of its own, which the test may spoil."""
	with make.acting_as(people("OPD Clerk", "DINSOS")):
		url = make.upload("periksa-maklumat.pdf", CONTENT)
		name = (
			frappe.get_doc(
				{"doctype": EVIDENCE, "title": "Maklumat", "opd": "DINSOS", "kind": "File", "file": url}
			)
			.insert()
			.name
		)
	doc = ensure_revision(name)
	yield doc
	path = path_of(doc.file)
	for stored in (path, f"{path}.asli"):
		if os.path.lexists(stored):
			os.unlink(stored)


def path_of(address):
	return frappe.get_site_path(*address.strip("/").split("/"))


def tamper(doctype, filters, **values):
	frappe.db.set_value(doctype, filters, values, update_modified=False)


def found(name):
	return [(one.revision, one.message) for one in Verification().differences([name])]


def the_one(name):
	(difference,) = found(name)
	return difference


def test_nothing_is_found_where_nothing_was_changed(evidence):
	walk = Verification()
	assert list(walk.differences([evidence.name])) == []
	assert (walk.revisions, walk.files, walk.bytes) == (1, 1, len(CONTENT))


def test_changed_content_is_named_with_both_hashes_and_sizes(evidence):
	with open(path_of(evidence.file), "ab") as stored:
		stored.write(b"%")
	revision, message = the_one(evidence.name)
	now = hashlib.sha256(CONTENT + b"%").hexdigest()
	assert revision == 1
	for word in (evidence.file, evidence.sha256, now, str(len(CONTENT)), str(len(CONTENT) + 1)):
		assert word in message


def test_a_file_of_the_same_size_with_other_content_is_found(evidence):
	with open(path_of(evidence.file), "r+b") as stored:
		stored.seek(-1, os.SEEK_END)
		stored.write(b"x")
	assert "content differs" in the_one(evidence.name)[1]


def test_a_missing_file_is_named(evidence):
	os.unlink(path_of(evidence.file))
	assert "missing on the disk" in the_one(evidence.name)[1]


def test_what_is_no_file_is_not_waited_for(evidence):
	os.unlink(path_of(evidence.file))
	os.mkfifo(path_of(evidence.file))
	assert "is no file" in the_one(evidence.name)[1]


def test_a_symbolic_link_is_not_followed_even_to_the_same_content(evidence):
	path = path_of(evidence.file)
	os.rename(path, f"{path}.asli")
	os.symlink(os.path.abspath(f"{path}.asli"), path)
	assert "symbolic link" in the_one(evidence.name)[1]


def test_a_folder_that_is_a_symbolic_link_is_not_entered(evidence):
	path = path_of(evidence.file)
	folder = os.path.join(os.path.dirname(path), "tautan-uji")
	os.symlink(os.path.dirname(os.path.abspath(path)), folder)
	try:
		address = f"/private/files/tautan-uji/{os.path.basename(path)}"
		assert "symbolic link" in integrity.read(address).fault
	finally:
		os.unlink(folder)


@pytest.mark.parametrize(
	"address",
	[
		"/files/umum.pdf",
		"/private/files/../../site_config.json",
		"/private/files//x.pdf",
		"/private/files/./x.pdf",
		"/etc/passwd",
		"https://example.go.id/x.pdf",
		"/private/files/x\0.pdf",
	],
)
def test_an_address_outside_of_the_private_files_is_not_read(address):
	content = integrity.read(address)
	assert "outside" in content.fault
	assert not content.sha256


def test_a_file_without_a_record_is_named(evidence):
	frappe.db.delete("File", {"file_url": evidence.file})
	assert "no File record" in the_one(evidence.name)[1]


def test_a_public_record_is_named(evidence):
	tamper("File", {"file_url": evidence.file}, is_private=0)
	assert "is public" in the_one(evidence.name)[1]


def test_a_record_that_belongs_to_another_is_named(evidence):
	tamper("File", {"file_url": evidence.file}, attached_to_doctype="ToDo", attached_to_name="tugas")
	assert "attached to ToDo tugas" in the_one(evidence.name)[1]


def test_a_second_record_of_the_same_file_is_no_difference(evidence):
	values = {"doctype": "File", "name": "salinan", "file_name": "salinan.pdf", "file_url": evidence.file}
	frappe.get_doc({**values, "is_private": 1}).db_insert()
	assert found(evidence.name) == []


def test_a_revision_without_hash_is_named(evidence):
	for doctype, filters in ((REVISION, {"parent": evidence.name}), (EVIDENCE, evidence.name)):
		tamper(doctype, filters, sha256="")
	assert the_one(evidence.name) == (1, "No SHA-256 was stored.")


def test_a_revision_without_file_is_named(evidence):
	for doctype, filters in ((REVISION, {"parent": evidence.name}), (EVIDENCE, evidence.name)):
		tamper(doctype, filters, file="")
	assert "no file" in " ".join(message for _revision, message in found(evidence.name))


def test_evidence_without_a_revision_is_named(evidence):
	frappe.db.delete(REVISION, {"parent": evidence.name})
	assert the_one(evidence.name) == (None, "The evidence has no revision.")


def test_revisions_of_an_evidence_that_is_gone_are_named(evidence):
	frappe.db.delete(EVIDENCE, {"name": evidence.name})
	assert evidence.name in Verification().names()
	assert (None, "The evidence does not exist any more.") in found(evidence.name)


@pytest.mark.parametrize(
	("field", "value"),
	[("file", "/private/files/lain.pdf"), ("sha256", "0" * 64), ("size", 1), ("revision", 2)],
)
def test_an_evidence_that_says_something_else_than_its_newest_revision_is_named(evidence, field, value):
	tamper(EVIDENCE, evidence.name, **{field: value})
	revision, message = the_one(evidence.name)
	assert revision == 1
	assert field in message and str(value) in message


def test_an_older_revision_is_hashed_too(evidence):
	other = make.make_pdf(["Maklumat baru"])
	url = make.upload(
		"periksa-maklumat-2.pdf", other, attached_to_doctype=EVIDENCE, attached_to_name=evidence.name
	)
	values = {"file": url, "sha256": hashlib.sha256(other).hexdigest(), "size": len(other), "revision": 2}
	add_revision(evidence.name, kind="File", title="Maklumat", **values)
	tamper(EVIDENCE, evidence.name, **values)
	try:
		assert found(evidence.name) == []
		os.unlink(path_of(evidence.file))
		revision, message = the_one(evidence.name)
		assert revision == 1 and "missing" in message
	finally:
		os.unlink(path_of(url))


def test_a_use_of_a_revision_that_does_not_exist_is_named():
	use = frappe.get_last_doc("P2HAM Evidence Use", order_by="creation")
	ensure_revision(use.evidence)
	tamper("P2HAM Evidence Use", use.name, revision=7)
	revision, message = the_one(use.evidence)
	assert revision == 7 and use.parent in message


def test_a_use_of_an_evidence_that_does_not_exist_is_named():
	use = frappe.get_last_doc("P2HAM Evidence Use", order_by="creation")
	tamper("P2HAM Evidence Use", use.name, evidence="DD-TIDAK-ADA-0001")
	assert "DD-TIDAK-ADA-0001" in Verification().names()
	assert (1, f"{use.parent} uses this revision, which does not exist.") in found("DD-TIDAK-ADA-0001")


def test_a_link_has_nothing_on_the_disk(people):
	with make.acting_as(people("OPD Clerk", "DINSOS")):
		name = make.create_evidence("DINSOS", "Tautan", "Link")
	ensure_revision(name)
	assert found(name) == []


def test_the_number_of_queries_does_not_grow_with_the_evidence(evidence, queries):
	names = frappe.get_all(EVIDENCE, pluck="name", order_by="name")
	for name in names:
		ensure_revision(name)
	counts = []
	for some in ([evidence.name], names):
		with queries() as run:
			list(Verification().differences(some))
		counts.append(len(run))
	assert len(names) > 20
	assert counts[0] == counts[1]


def test_pages_leave_nothing_out_and_memory_stays_bounded(evidence, monkeypatch):
	monkeypatch.setattr(integrity, "PAGE", 3)
	monkeypatch.setattr(integrity, "CHUNK", 10)
	names = Verification().names()
	walk = Verification()
	list(walk.differences(iter(names)))
	assert evidence.name in names
	assert walk.revisions == frappe.db.count(REVISION)


def run(*arguments):
	return subprocess.run(
		[
			sys.executable,
			"-m",
			"frappe.utils.bench_helper",
			"frappe",
			"--site",
			os.environ["P2HAM_SITE"],
			*arguments,
		],
		cwd=os.environ["P2HAM_SITES_PATH"],
		capture_output=True,
		text=True,
		timeout=120,
	)


def test_the_command_names_the_difference_and_ends_with_an_error(evidence):
	name = frappe.get_all(EVIDENCE, filters={"kind": "File"}, pluck="name", order_by="name", limit=1)[0]
	before = frappe.db.get_value(EVIDENCE, name, "size")
	frappe.db.rollback()
	made = [
		one
		for one in frappe.get_all(EVIDENCE, pluck="name")
		if not frappe.db.exists(REVISION, {"parent": one})
	]
	try:
		for one in made:
			ensure_revision(one)
		frappe.db.commit()
		whole = run("p2ham-verify-evidence")
		tamper(EVIDENCE, name, size=before + 1)
		frappe.db.commit()
		broken = run("p2ham-verify-evidence")
	finally:
		tamper(EVIDENCE, name, size=before)
		frappe.db.delete(REVISION, {"parent": ("in", [*made, ""])})
		frappe.db.commit()
	assert whole.returncode == 0, whole.stdout + whole.stderr
	assert "hashed" in whole.stdout and "Hashing evidence" in whole.stderr
	assert broken.returncode == 1
	assert f"{name}, revision 1: size" in broken.stdout
