"""Evidence files: private, of an accepted kind, read by whoever may read the evidence, and not deletable in use."""

import frappe
import pytest

from p2ham.demo import factories as make

pytestmark = pytest.mark.quick


@pytest.fixture
def clerk(people):
	user = people("OPD Clerk", "DINSOS")
	frappe.set_user(user)
	return user


def file_of(evidence):
	url = frappe.db.get_value("P2HAM Evidence", evidence, "file")
	return frappe.get_doc("File", {"file_url": url, "attached_to_name": evidence})


def used_file(opd="DISDUKCAPIL"):
	name = frappe.get_all(
		"P2HAM Evidence", filters={"opd": opd, "kind": "File"}, pluck="name", order_by="name"
	)[0]
	return file_of(name)


def test_a_stored_file_has_hash_size_and_type(clerk):
	doc = frappe.get_doc("P2HAM Evidence", make.create_evidence("DINSOS", "SK Maklumat"))
	assert len(doc.sha256) == 64
	assert doc.size > 300
	assert doc.mime_type == "application/pdf"
	assert file_of(doc.name).is_private


@pytest.mark.parametrize(
	("file_name", "content", "word"),
	[
		("program.exe", b"MZ" + b"\0" * 500, "exe"),
		("tabel.xlsx", b"PK\x03\x04" + b"\0" * 500, "xlsx"),
		("palsu.pdf", b"MZ\x90\x00" + b"\0" * 500, "palsu"),
		("gambar.png", b"%PDF-1.4\n" + b"x" * 500, "gambar"),
	],
)
def test_a_file_of_a_refused_type_is_named_and_nothing_is_stored(clerk, file_name, content, word):
	before = frappe.db.count("P2HAM Evidence")
	with pytest.raises(frappe.ValidationError) as caught:
		frappe.get_doc(
			{
				"doctype": "P2HAM Evidence",
				"title": "x",
				"opd": "DINSOS",
				"kind": "File",
				"file": make.upload(file_name, content),
			}
		).insert()
	assert word in str(caught.value)
	assert frappe.db.count("P2HAM Evidence") == before


def test_a_file_that_is_too_large_is_refused_with_both_sizes(clerk):
	frappe.set_user("Administrator")
	settings = frappe.get_doc("P2HAM Settings")
	settings.evidence_max_mb = 1
	settings.save()
	frappe.set_user(clerk)
	with pytest.raises(frappe.ValidationError, match=r"besar.*\.pdf.*1\.[0-9] MB.*1 MB"):
		frappe.get_doc(
			{
				"doctype": "P2HAM Evidence",
				"title": "x",
				"opd": "DINSOS",
				"kind": "File",
				"file": make.upload("besar.pdf", make.make_pdf(["x"]) + b"\0" * 1_200_000),
			}
		).insert()


def upload_publicly(evidence: str | None = None) -> str:
	attached = {"attached_to_doctype": "P2HAM Evidence", "attached_to_name": evidence} if evidence else {}
	return make.upload("umum.pdf", make.make_pdf(["umum"]), is_private=0, **attached)


def test_a_public_file_is_no_evidence(clerk):
	url = upload_publicly()
	with pytest.raises(frappe.PermissionError, match="private"):
		frappe.get_doc(
			{"doctype": "P2HAM Evidence", "title": "x", "opd": "DINSOS", "kind": "File", "file": url}
		).insert()
	evidence = make.create_evidence("DINSOS", "SK Maklumat")
	with pytest.raises(frappe.PermissionError):
		upload_publicly(evidence)


def test_a_private_evidence_file_is_not_made_public_later(clerk):
	file = file_of(make.create_evidence("DINSOS", "SK Maklumat"))
	file.is_private = 0
	with pytest.raises(frappe.PermissionError):
		file.save()


@pytest.mark.parametrize(
	"url", ["ftp://x.go.id/a", "javascript:alert(1)", "file:///etc/passwd", "x.go.id", ""]
)
def test_only_a_full_web_address_is_a_link(clerk, url):
	with pytest.raises((frappe.ValidationError, frappe.MandatoryError), match="Address"):
		frappe.get_doc(
			{"doctype": "P2HAM Evidence", "title": "x", "opd": "DINSOS", "kind": "Link", "url": url}
		).insert()


def test_another_units_file_is_neither_read_nor_attached_nor_copied_by_its_address(clerk):
	file = used_file()
	assert not frappe.has_permission("File", "read", file.name)
	assert file.name not in frappe.get_list("File", pluck="name", limit_page_length=0, order_by="name")
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc(
			{
				"doctype": "P2HAM Evidence",
				"title": "x",
				"opd": "DINSOS",
				"kind": "File",
				"file": file.file_url,
			}
		).insert()
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc({"doctype": "File", "file_url": file.file_url, "is_private": 1}).insert()


def test_nobody_attaches_a_file_to_another_units_evidence(clerk):
	file = used_file()
	with pytest.raises(frappe.PermissionError):
		make.upload(
			"susulan.pdf",
			make.make_pdf(["susulan"]),
			attached_to_doctype="P2HAM Evidence",
			attached_to_name=file.attached_to_name,
		)


def test_the_uploader_does_not_delete_what_an_assessment_past_draft_uses(people):
	file = used_file()
	frappe.set_user(people("OPD Clerk", "DISDUKCAPIL"))
	assert file.owner == frappe.session.user
	with pytest.raises(frappe.PermissionError):
		frappe.delete_doc("File", file.name)
	with pytest.raises((frappe.PermissionError, frappe.LinkExistsError)):
		frappe.delete_doc("P2HAM Evidence", file.attached_to_name)
	frappe.set_user("Administrator")
	with pytest.raises(frappe.PermissionError):
		frappe.delete_doc("File", file.name, force=True)
	assert file.exists_on_disk()


def test_the_uploader_reads_the_file_only_while_he_may_read_the_evidence(people):
	file = used_file()
	user = people("OPD Clerk", "DISDUKCAPIL")
	officer = frappe.get_doc("P2HAM Officer", {"user": user, "duty": "OPD Clerk"})
	officer.to_date = frappe.utils.add_days(frappe.utils.nowdate(), -1)
	officer.save()
	frappe.set_user(user)
	assert not frappe.get_doc("File", file.name).has_permission("read")


def test_evidence_in_use_does_not_change_except_the_flag_for_personal_data(people):
	file = used_file()
	frappe.set_user(people("OPD Clerk", "DISDUKCAPIL"))
	doc = frappe.get_doc("P2HAM Evidence", file.attached_to_name)
	doc.title = "lain"
	with pytest.raises(frappe.PermissionError, match="Title"):
		doc.save()
	doc.reload()
	doc.contains_personal_data = 1
	doc.save()


def test_who_is_of_the_unit_does_not_say_that_what_was_found_is_none(clerk, people):
	from p2ham.api.evidence import clear_findings

	url = make.upload("daftar.pdf", make.make_pdf(["NIK 1611014107900002"]))
	evidence = frappe.get_doc(
		{"doctype": "P2HAM Evidence", "title": "Daftar", "opd": "DINSOS", "kind": "File", "file": url}
	).insert()
	assert evidence.findings and evidence.contains_personal_data
	frappe.set_user("Administrator")
	verifier = people("P2HAM Verifier")
	officer = make.create_officer(verifier, "Rangkap", "OPD Clerk", "DINSOS")
	frappe.set_user(verifier)
	with pytest.raises(frappe.PermissionError, match="nobody of the unit itself"):
		clear_findings(evidence.name, "Nomor contoh.")
	frappe.set_user("Administrator")
	frappe.delete_doc("P2HAM Officer", officer)
	frappe.set_user(verifier)
	clear_findings(evidence.name, "Nomor contoh.")
	assert not evidence.reload().contains_personal_data


def test_evidence_that_nothing_uses_can_be_changed_and_deleted(clerk):
	name = make.create_evidence("DINSOS", "Salah unggah")
	frappe.delete_doc("P2HAM Evidence", name)
	assert not frappe.db.exists("P2HAM Evidence", name)


def test_evidence_of_another_unit_is_not_used(clerk):
	doc = frappe.get_doc("P2HAM Assessment", "DINSOS-P2HAM-2024")
	assert doc.workflow_state == "Reviewed"  # the demo's; so take a draft instead
	frappe.set_user("Administrator")
	make.create_officer(clerk, "Rangkap", "OPD Clerk", "KEC TEBING TINGGI")
	frappe.set_user(clerk)
	draft = frappe.get_doc("P2HAM Assessment", "KEC TEBING TINGGI-P2HAM-2024")
	foreign = used_file().attached_to_name
	draft.append("evidence_uses", {"indicator": draft.items[0].indicator, "evidence": foreign})
	with pytest.raises(frappe.PermissionError, match="not yours"):
		draft.save()


class TestWaysToAFileThatIsNotYours:
	"""Each of these works in plain Frappe."""

	def test_no_byte_of_a_public_file_of_ours_is_written(self, clerk, monkeypatch):
		from frappe.core.doctype.file.file import File

		written = []
		monkeypatch.setattr(File, "write_file", lambda self: written.append(self.file_url))
		evidence = make.create_evidence("DINSOS", "Tautan", kind="Link")
		with pytest.raises(frappe.PermissionError):
			upload_publicly(evidence)
		assert not written

	def test_no_copy_is_attached_elsewhere_where_it_would_outlive_the_right(self, people):
		evidence = used_file()
		for user in (people("P2HAM Verifier"), people("OPD Clerk", "DISDUKCAPIL"), "Administrator"):
			frappe.set_user(user)
			todo = frappe.get_doc({"doctype": "ToDo", "description": "x", "allocated_to": user}).insert()
			for about in ({"attached_to_doctype": "ToDo", "attached_to_name": todo.name}, {}):
				with pytest.raises(frappe.PermissionError):
					frappe.get_doc(
						{"doctype": "File", "file_url": evidence.file_url, "is_private": 1, **about}
					).insert()

	def test_only_who_may_change_an_assessment_attaches_a_file_to_it(self, people):
		for user, name, may in (
			(people("Sekda"), "DINSOS-P2HAM-2024", False),
			("Administrator", "KEC TEBING TINGGI-P2HAM-2024", False),
			(people("OPD Clerk", "KEC TEBING TINGGI"), "KEC TEBING TINGGI-P2HAM-2024", True),
		):
			frappe.set_user(user)
			values = {"attached_to_doctype": "P2HAM Assessment", "attached_to_name": name}
			if may:
				make.upload("surat.pdf", make.make_pdf(["surat"]), **values)
			else:
				with pytest.raises(frappe.PermissionError):
					make.upload("surat.pdf", make.make_pdf(["surat"]), **values)

	def test_administrator_changes_no_evidence(self, people):
		evidence = frappe.get_doc("P2HAM Evidence", used_file().attached_to_name)
		evidence.contains_personal_data = 1
		with pytest.raises(frappe.PermissionError):
			evidence.save()

	def test_who_knows_an_evidence_does_not_upload_it_again_as_public(self, clerk):
		content = make.make_pdf(["isi yang sama"])
		url = make.upload("bukti.pdf", content)
		frappe.get_doc(
			{"doctype": "P2HAM Evidence", "title": "x", "opd": "DINSOS", "kind": "File", "file": url}
		).insert()
		with pytest.raises(frappe.PermissionError, match="private"):
			make.upload("salinan.pdf", content, is_private=0)
		make.upload("lain.pdf", make.make_pdf(["isi lain"]), is_private=0)

	def test_a_public_file_may_have_the_name_of_a_private_one(self, clerk):
		name = file_of(make.create_evidence("DINSOS", "SK Maklumat")).file_url.rsplit("/", 1)[-1]
		make.upload(name, make.make_pdf(["isi lain"]), is_private=0)

	@pytest.mark.parametrize(
		"spelling", ["{0}/{1}", "{0}//{1}", "{0}/./{1}", "{0}/../files/{1}", "{0}/%2E/{1}"]
	)
	def test_his_own_file_is_not_turned_into_another_ones_by_its_address(self, clerk, spelling):
		url = make.upload("milik.pdf", make.make_pdf(["milik saya"]))
		file = frappe.get_doc("File", {"file_url": url})
		file.file_url = spelling.format(*used_file().file_url.rsplit("/", 1))
		with pytest.raises(frappe.PermissionError, match="not yours"):
			file.save()

	def test_a_field_of_his_own_document_does_not_bring_him_the_file(self, clerk):
		"""Frappe attaches whatever address stands in an Attach field, as if the user might read it."""
		foreign = used_file()
		user = frappe.get_doc("User", clerk)
		user.user_image = foreign.file_url
		user.save()
		assert not frappe.db.exists("File", {"file_url": foreign.file_url, "attached_to_doctype": "User"})

	def test_the_hash_of_a_file_does_not_bring_him_the_file(self, clerk):
		"""Frappe takes the address of a file with the same hash, and believes a hash that is sent along."""
		foreign = used_file()
		url = make.upload("milik.pdf", make.make_pdf(["milik saya"]))
		copy = frappe.get_doc(
			{"doctype": "File", "file_url": url, "is_private": 1, "content_hash": foreign.content_hash}
		).insert()
		assert (copy.file_url, copy.content_hash) != (foreign.file_url, foreign.content_hash)
		assert copy.file_url == url

	def test_the_uploader_downloads_only_while_he_may_read_the_evidence(self, people):
		"""Frappe's own door to a private file asks no hook."""
		file = used_file()
		user = people("OPD Clerk", "DISDUKCAPIL")
		frappe.set_user(user)
		assert frappe.get_doc("File", file.name).is_downloadable()
		frappe.set_user("Administrator")
		officer = frappe.get_doc("P2HAM Officer", {"user": user, "duty": "OPD Clerk"})
		officer.to_date = frappe.utils.add_days(frappe.utils.nowdate(), -1)
		officer.save()
		frappe.set_user(user)
		assert not frappe.get_doc("File", file.name).is_downloadable()

	def test_a_made_up_document_does_not_rewrite_or_copy_a_file(self, clerk):
		"""Frappe runs a method of a document that the caller sends as he likes it."""
		foreign = used_file()
		before = foreign.get_content()
		made_up = frappe.get_doc(
			{
				"doctype": "File",
				"__islocal": 1,
				"name": "new-file-1",
				"owner": clerk,
				"file_name": foreign.file_url.rsplit("/", 1)[-1],
				"file_url": foreign.file_url,
				"is_private": 1,
				"file_size": 10,
				"content": "evil",
			}
		)
		with pytest.raises(frappe.PermissionError):
			made_up.optimize_file()
		with pytest.raises(frappe.PermissionError):
			made_up.insert()
		assert foreign.get_content() == before

	def test_deleting_a_copy_with_another_hash_leaves_the_file(self, people):
		"""Frappe takes the bytes along when no other record has the hash that stands in this one."""
		file = used_file()
		frappe.set_user(people("OPD Clerk", "DISDUKCAPIL"))
		values = {"doctype": "File", "name": "salinan", "file_name": "a.pdf", "file_url": file.file_url}
		frappe.get_doc({**values, "is_private": 1}).db_insert()
		copy = frappe.get_doc("File", "salinan")
		copy.content_hash = "xyz"
		with pytest.raises(frappe.PermissionError):
			copy.save()
		frappe.db.set_value("File", copy.name, "content_hash", "xyz")
		frappe.delete_doc("File", copy.name)
		assert file.exists_on_disk()

	def test_who_has_the_same_document_does_not_take_it_away_from_others(self, clerk):
		"""Frappe would store the same content once, for both, and tell the second where the first has it."""
		file = used_file()
		own = frappe.get_doc(
			{"doctype": "File", "file_name": "sama.pdf", "content": file.get_content(), "is_private": 1}
		).insert()
		assert own.file_url != file.file_url
		frappe.delete_doc("File", own.name)
		assert file.exists_on_disk() and not own.exists_on_disk()

	def test_an_image_in_use_is_not_rewritten(self, people, monkeypatch):
		from frappe.core.doctype.file import file as frappes

		monkeypatch.setattr(frappes, "optimize_image", lambda **_: make.make_png("lebih kecil"))
		name = frappe.get_all(
			"P2HAM Evidence",
			filters={"opd": "DISDUKCAPIL", "mime_type": "image/png"},
			pluck="name",
			order_by="name",
		)[0]
		file = file_of(name)
		before = file.get_content()
		for user in (people("P2HAM Verifier"), people("OPD Clerk", "DISDUKCAPIL"), "Administrator"):
			frappe.set_user(user)
			with pytest.raises(frappe.PermissionError):
				frappe.get_doc("File", file.name).optimize_file()
			for undo in frappe.db.after_rollback._functions:  # what a request that fails does
				undo()
			frappe.db.after_rollback.reset()
			assert frappe.get_doc("File", file.name).get_content() == before, user


def test_other_apps_files_are_left_alone(clerk):
	url = make.upload("catatan.txt", b"milik saya")
	file = frappe.get_doc("File", {"file_url": url})
	assert frappe.has_permission("File", "read", file.name)
	frappe.set_user("Administrator")
	other = frappe.get_doc(
		{"doctype": "File", "file_name": "x.txt", "content": b"rahasia", "is_private": 1}
	).insert()
	frappe.set_user(clerk)
	assert not frappe.has_permission("File", "read", other.name)
