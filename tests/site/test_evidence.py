"""Evidence over HTTP, as the people who work with it: from the indicator into a slot, once for many uses, in
revisions, valid or not, accepted or returned, and gone over for personal data."""

from __future__ import annotations

import datetime
import hashlib
import io
import itertools
import json
import time
from pathlib import Path

import frappe
import hostile_files as hostile
import pytest
from PIL import Image
from way_back import stored_files

from p2ham.demo import factories as make
from p2ham.evidence import intake, personal_data_search, revisions

SHEET = "KEC TEBING TINGGI-P2HAM-2024"
UNIT = "KEC TEBING TINGGI"
NIK = "1611014501900001"
DATA_YEAR = 2023
GPS, CAMERA, TURNED = 0x8825, 0x0110, 0x0112  # of EXIF
number = itertools.count(1)


@pytest.fixture
def clerk(http, people):
	return http(people("OPD Clerk", UNIT))


@pytest.fixture
def verifier(http, people):
	return http(people("P2HAM Verifier"))


def fresh():
	"""See what the server has committed."""
	frappe.db.rollback()


def send(client, content: bytes | None = None, name: str = "", **values):
	"""Upload a file through the app's own door."""
	number_now = next(number)
	content = make.make_pdf([f"Bukti {number_now}"]) if content is None else content
	return client.post(
		"/api/method/p2ham.api.evidence.upload",
		data=values,
		files={"file": (name or f"bukti-{number_now}.pdf", io.BytesIO(content))},
	)


def told(response) -> str:
	"""What an answer told the user."""
	messages = json.loads(response.json().get("_server_messages") or "[]")
	return " ".join(json.loads(message)["message"] for message in messages)


def stored_by(client, content: bytes | None = None, name: str = "", **values) -> dict:
	response = send(client, content, name, **values)
	assert response.status_code == 200, response.text
	fresh()
	return response.json()["message"]


def worksheet(client, name: str = SHEET) -> dict:
	response = client.get("/api/method/p2ham.api.assessment.get_worksheet", params={"name": name})
	assert response.status_code == 200, response.text
	return response.json()["message"]


def slots(kind: str) -> list[tuple[str, str]]:
	"""Return (indicator, slot) for the mandatory slots of a kind on the draft sheet."""
	doc = frappe.get_doc("P2HAM Assessment", SHEET)
	kinds = make.slot_kinds(doc.instrument)
	asked = {row.indicator for row in doc.items}
	return [place for place, wanted in kinds.items() if wanted == kind and place[0] in asked]


def place(kind: str = "PDF", index: int = 0) -> dict:
	indicator, slot = slots(kind)[index]
	return {"assessment": SHEET, "indicator": indicator, "slot": slot}


def count() -> tuple[int, int, int]:
	"""How many documents, records of files, and files on the disk there are."""
	fresh()
	return frappe.db.count("P2HAM Evidence"), frappe.db.count("File"), len(stored_files())


def document(name: str):
	fresh()
	frappe.clear_document_cache("P2HAM Evidence", name)
	return frappe.get_doc("P2HAM Evidence", name)


def uses_of(evidence: str, sheet: str = SHEET):
	fresh()
	return [
		use for use in frappe.get_doc("P2HAM Assessment", sheet).evidence_uses if use.evidence == evidence
	]


class TestFromTheIndicator:
	def test_each_indicator_says_what_is_wanted(self, clerk):
		shown = [slot for row in worksheet(clerk)["indicators"].values() for slot in row["slots"]]
		assert {"PDF", "Image"} <= {slot["kind"] for slot in shown}
		assert all(set(slot) == {"label", "kind", "mandatory", "example"} for slot in shown)
		assert any(slot["mandatory"] for slot in shown) and any(slot["example"] for slot in shown)

	def test_a_file_is_stored_with_its_document_and_its_place_in_one_request(self, clerk):
		content = make.make_pdf(["SK Maklumat"])
		answer = stored_by(
			clerk, content, "SK Maklumat.pdf", **place(), document_date="2023-02-01", title="SK Maklumat 2023"
		)
		doc = document(answer["evidence"])
		assert (doc.title, doc.opd, doc.mime_type, doc.size) == (
			"SK Maklumat 2023",
			UNIT,
			"application/pdf",
			len(content),
		)
		assert doc.sha256 == doc.uploaded_sha256 == hashlib.sha256(content).hexdigest()
		assert (doc.pages, doc.revision, str(doc.document_date)) == (1, 1, "2023-02-01")
		file = frappe.get_doc("File", {"file_url": doc.file})
		assert (file.is_private, file.attached_to_doctype, file.attached_to_name) == (
			1,
			"P2HAM Evidence",
			doc.name,
		)
		[use] = uses_of(doc.name)
		assert (use.slot, use.revision, use.validity) == (place()["slot"], 1, "Valid")

	def test_a_filled_slot_leaves_the_list_of_what_is_missing(self, clerk):
		doc = frappe.get_doc("P2HAM Assessment", SHEET)
		missing = next(gap for gap in worksheet(clerk)["missing"] if gap["kind"] == "evidence")
		row = next(row for row in doc.items if row.code == missing["code"])
		kind = make.slot_kinds(doc.instrument)[row.indicator, missing["slot"]]
		image = kind == "Image"
		stored_by(
			clerk,
			make.make_png("loket") if image else None,
			"loket.png" if image else "",
			assessment=SHEET,
			indicator=row.indicator,
			slot=missing["slot"],
		)
		assert missing not in worksheet(clerk)["missing"]

	@pytest.mark.parametrize(("kind", "name"), [("PDF", "foto.png"), ("Image", "surat.pdf")])
	def test_a_slot_takes_only_its_kind_and_nothing_else_is_stored(self, clerk, kind, name):
		before = count()
		content = make.make_png("x") if name.endswith("png") else make.make_pdf(["x"])
		refused = send(clerk, content, name, **place(kind))
		assert refused.status_code == 417
		assert place(kind)["slot"] in told(refused)
		assert count() == before

	def test_a_link_is_no_pdf_either(self, clerk):
		before = count()
		refused = clerk.call(
			"p2ham.api.evidence.add_to_assessment", **place(), url="https://empatlawang.go.id/sk"
		)
		assert refused.status_code == 417
		assert count() == before

	def test_a_file_that_is_not_sent_is_asked_for(self, clerk):
		refused = clerk.post("/api/method/p2ham.api.evidence.upload", data=place())
		assert refused.status_code == 417
		assert "File" in told(refused)

	@pytest.mark.parametrize(
		("duty", "opd"),
		[
			("OPD Clerk", "DISDIKBUD"),
			("P2HAM Verifier", ""),
			("Kabag Hukum", ""),
			("Sekda", ""),
			("P2HAM Observer", ""),
			(None, ""),
		],
	)
	def test_nobody_but_the_unit_uploads(self, http, people, duty, opd):
		client = http(people(duty, opd) if duty else None)
		before = count()
		for values in (place(), {"opd": UNIT}, {"evidence": any_evidence(UNIT)}):
			assert send(client, **values).status_code == 403, values
		assert count() == before

	def test_several_documents_of_the_unit_are_picked_at_once(self, clerk):
		where = place("PDF", 1)
		names = [stored_by(clerk, opd=UNIT, title=f"Pilihan {index}")["evidence"] for index in range(2)]
		listed = clerk.call("p2ham.api.evidence.available", **where, text="pilihan").json()["message"]
		assert {row["name"] for row in listed} == set(names)
		assert {row["uses"] for row in listed} == {0}
		added = clerk.call("p2ham.api.evidence.add_to_assessment", **where, evidence=names)
		assert added.status_code == 200, added.text
		assert all(uses_of(name) for name in names)
		listed = clerk.call("p2ham.api.evidence.available", **where, text="pilihan").json()["message"]
		assert listed == []

	def test_only_documents_of_the_wanted_kind_are_offered(self, clerk):
		photo = stored_by(clerk, make.make_png("ram"), "ram.png", opd=UNIT)["evidence"]
		offered = {
			kind: {
				row["name"]
				for row in clerk.call("p2ham.api.evidence.available", **place(kind)).json()["message"]
			}
			for kind in ("PDF", "Image")
		}
		assert photo in offered["Image"] and photo not in offered["PDF"]

	def test_what_is_offered_is_the_units_own(self, http, people):
		other = http(people("OPD Clerk", "DISDIKBUD"))
		assert other.call("p2ham.api.evidence.available", **place()).status_code == 403


def any_evidence(opd: str) -> str:
	return frappe.get_all(
		"P2HAM Evidence", filters={"opd": opd, "kind": "File"}, pluck="name", order_by="name"
	)[0]


class TestOneDocumentManyUses:
	def test_a_file_that_the_unit_has_is_offered_and_not_stored_again(self, clerk):
		content = make.make_pdf(["sama"])
		first = stored_by(clerk, content, opd=UNIT, title="Yang pertama")
		before = count()
		answer = send(clerk, content, "lain nama.pdf", **place()).json()["message"]
		assert answer["duplicate"]["name"] == first["evidence"]
		assert answer["duplicate"]["title"] == "Yang pertama"
		assert count() == before
		again = stored_by(clerk, content, "lain nama.pdf", **place(), again=1)
		assert again["evidence"] != first["evidence"]

	def test_the_same_file_of_another_unit_is_not_offered(self, clerk, http, people):
		content = make.make_pdf(["dua unit"])
		stored_by(http(people("OPD Clerk", "DISDIKBUD")), content, opd="DISDIKBUD")
		assert "duplicate" not in stored_by(clerk, content, opd=UNIT)

	def test_a_photo_is_known_again_although_it_was_cleaned(self, clerk):
		content = photo()
		first = stored_by(clerk, content, "loket.jpg", opd=UNIT)
		answer = send(clerk, content, "loket lagi.jpg", opd=UNIT).json()["message"]
		assert answer["duplicate"]["name"] == first["evidence"]

	def test_a_document_says_where_it_is_used_as_far_as_one_may_see_it(self, http, people):
		clerk = http(people("OPD Clerk", "DISDUKCAPIL"))
		sheet = "DISDUKCAPIL-P2HAM-2024"
		fresh()
		use = frappe.get_doc("P2HAM Assessment", sheet).evidence_uses[0]
		for client in (clerk, http(people("Sekda"))):
			listed = client.call("p2ham.api.evidence.uses", name=use.evidence).json()["message"]
			assert any(
				(row["assessment"], row["slot"], row["revision"]) == (sheet, use.slot, use.revision)
				for row in listed
			)
			assert all(row["opd_name"] and row["code"] and row["assessment_year"] for row in listed)
		other = http(people("OPD Clerk", "DISDIKBUD"))
		assert other.call("p2ham.api.evidence.uses", name=use.evidence).status_code == 403


class TestRevisions:
	def test_a_draft_follows_the_newest_revision_and_the_old_file_goes(self, clerk):
		first = stored_by(clerk, **place("PDF", 2), title="Standar pelayanan")
		old = document(first["evidence"]).file
		content = make.make_pdf(["Standar pelayanan, diperbaiki"])
		answer = stored_by(clerk, content, assessment=SHEET, evidence=first["evidence"])
		assert answer["evidence"] == first["evidence"]
		doc = document(first["evidence"])
		assert (doc.revision, doc.title) == (2, "Standar pelayanan")
		assert doc.sha256 == hashlib.sha256(content).hexdigest()
		assert [use.revision for use in uses_of(doc.name)] == [2]
		assert worksheet(clerk)["evidence"][doc.name]["file"] == doc.file
		wait_until(lambda: [row.revision for row in document(doc.name).revisions] == [2])
		wait_until(lambda: not frappe.db.exists("File", {"file_url": old}))
		assert clerk.get(old).status_code in (403, 404)

	def test_tidying_does_not_need_the_duty_of_who_replaced(self, clerk, people, as_user):
		name = stored_by(clerk, opd=UNIT)["evidence"]
		as_user(people("OPD Clerk", UNIT))
		doc = frappe.get_doc("P2HAM Evidence", name)
		old = doc.file
		doc.receive(intake.look_at("baru.pdf", make.make_pdf([f"Baru {next(number)}"])))
		as_user(people("OPD Clerk", "DISDIKBUD"))
		revisions.tidy(name)
		assert not frappe.db.exists("File", {"file_url": old})
		assert [row.revision for row in frappe.get_doc("P2HAM Evidence", name).revisions] == [2]

	def test_a_replacement_keeps_the_dates_that_are_not_sent(self, clerk):
		dates = {"document_date": "2023-01-02", "valid_until": "2025-12-31"}
		name = stored_by(clerk, opd=UNIT, **dates)["evidence"]
		stored_by(clerk, evidence=name, valid_until="")
		doc = document(name)
		assert (doc.revision, str(doc.document_date), doc.valid_until) == (2, "2023-01-02", None)

	def test_an_approved_sheet_keeps_what_it_was_judged_by(self, http, people, verifier):
		sheet = "DISDUKCAPIL-P2HAM-2024"
		clerk = http(people("OPD Clerk", "DISDUKCAPIL"))
		shown = worksheet(verifier, sheet)["evidence"]
		name, before = next(
			(name, row) for name, row in shown.items() if row["mime_type"] == "application/pdf"
		)
		content = verifier.get(before["file"]).content
		stored_by(clerk, evidence=name, title="Judul baru", valid_until="2030-01-01")
		doc = document(name)
		assert (doc.revision, doc.title) == (2, "Judul baru")
		after = worksheet(verifier, sheet)["evidence"][name]
		# How far the search has come is told of the newest only.
		assert {**after, "newest": 1, "scan_status": ""} == {**before, "scan_status": ""}
		assert after["newest"] == 2
		assert verifier.get(after["file"]).content == content
		revisions.tidy(name)
		assert [row.revision for row in document(name).revisions] == [1, 2]
		assert verifier.get(after["file"]).content == content
		assert verifier.get(doc.file).content != content

	def test_the_log_of_an_approved_sheet_stays_whole_when_a_document_is_replaced(self, http, people):
		from p2ham.assessment.log_verification import Verification

		sheet = "DISDUKCAPIL-P2HAM-2024"
		clerk = http(people("OPD Clerk", "DISDUKCAPIL"))
		for use in frappe.get_doc("P2HAM Assessment", sheet).evidence_uses[:2]:
			if document(use.evidence).kind == "File":
				stored_by(clerk, evidence=use.evidence)
		fresh()
		assert list(Verification().breaks([sheet])) == []

	def test_nobody_takes_away_the_file_of_a_revision_in_use_nor_of_any(self, http, people, clerk):
		name = stored_by(clerk, opd=UNIT)["evidence"]
		file = frappe.db.get_value("File", {"attached_to_name": name}, "name")
		assert clerk.delete(f"/api/resource/File/{file}").status_code == 403
		assert clerk.get(document(name).file).status_code == 200
		assert clerk.delete(f"/api/resource/P2HAM Evidence/{name}").status_code == 202
		fresh()
		assert not frappe.db.exists("File", file)

	def test_a_document_is_deleted_although_a_revision_was_taken_away_meanwhile(self, clerk, people, as_user):
		name = stored_by(clerk, opd=UNIT)["evidence"]
		as_user(people("OPD Clerk", UNIT))
		frappe.get_doc("P2HAM Evidence", name)  # from here on this connection sees the first revision
		assert send(clerk, evidence=name).status_code == 200

		def revisions_now():
			return clerk.get(f"/api/resource/P2HAM Evidence/{name}").json()["data"]["revisions"]

		end = time.monotonic() + 240
		while [row["revision"] for row in revisions_now()] != [2]:
			assert time.monotonic() < end, "the background did nothing"
			time.sleep(0.3)
		assert frappe.db.count("P2HAM Evidence Revision", {"parent": name}) == 1  # as it was
		frappe.delete_doc("P2HAM Evidence", name)
		frappe.db.commit()
		assert clerk.get(f"/api/resource/P2HAM Evidence/{name}").status_code in (403, 404)

	def test_what_the_app_writes_is_not_sent(self, clerk):
		name = stored_by(clerk, opd=UNIT)["evidence"]
		before = document(name).as_dict()
		sent = {
			"sha256": "0" * 64,
			"size": 1,
			"revision": 7,
			"scan_status": "Nothing Found",
			"cleared_by": "Administrator",
			"link_state": "Reachable",
			"mime_type": "image/png",
			"revisions": [],
			"title": "Judul lain",
		}
		assert clerk.put(f"/api/resource/P2HAM Evidence/{name}", json=sent).status_code == 200
		after = document(name).as_dict()
		assert after.title == "Judul lain"
		for field in set(sent) - {"title", "revisions"}:
			assert after[field] == before[field], field
		assert [row.revision for row in document(name).revisions] == [1]

	def test_the_record_kept_by_rest_brings_its_file_along(self, clerk):
		"""The other way: Frappe's own upload first, the document by REST after it."""
		upload = clerk.post(
			"/api/method/upload_file",
			data={"is_private": 1},
			files={"file": ("rest.pdf", io.BytesIO(make.make_pdf(["lewat REST"])))},
		).json()["message"]
		made = clerk.post(
			"/api/resource/P2HAM Evidence",
			json={"title": "REST", "opd": UNIT, "kind": "File", "file": upload["file_url"]},
		)
		assert made.status_code == 200, made.text
		doc = document(made.json()["data"]["name"])
		assert doc.sha256 and doc.revisions[0].file == upload["file_url"]
		assert frappe.db.get_value("File", upload["name"], "attached_to_name") == doc.name


def wait_until(condition, seconds: float = 240):
	"""Wait for what the background worker does."""
	end = time.monotonic() + seconds
	while not condition():
		assert time.monotonic() < end, "nothing happened in the background"
		time.sleep(0.3)
		fresh()


class TestValidity:
	@pytest.mark.parametrize(
		("dates", "validity"),
		[
			({"document_date": "2023-05-02"}, "Valid"),
			({"document_date": "2019-05-02"}, "Valid"),
			({"document_date": "2024-01-02"}, "Not Valid"),
			({"valid_from": "2021-01-01", "valid_until": "2022-12-31"}, "Not Valid"),
			({"valid_from": "2021-01-01", "valid_until": "2023-06-30"}, "Partly Valid"),
			({}, "No Dates"),
		],
	)
	def test_each_use_says_how_the_document_stands_to_the_data_year(self, clerk, dates, validity):
		assert worksheet(clerk)["data_year"] == DATA_YEAR
		name = stored_by(clerk, **place("PDF", 3), **dates)["evidence"]
		assert [use.validity for use in uses_of(name)] == [validity]

	def test_dates_the_wrong_way_round_are_refused_and_nothing_is_stored(self, clerk):
		before = count()
		refused = send(clerk, **place(), valid_from="2024-01-01", valid_until="2023-01-01")
		assert refused.status_code == 417
		assert "Valid Until" in told(refused)
		assert count() == before

	def test_who_submits_and_who_verifies_is_told(self, people, as_user):
		as_user(people("OPD Clerk", UNIT))
		doc = frappe.get_doc("P2HAM Assessment", SHEET)
		make.fill(doc, [0])
		make.attach_needed_evidence(doc)
		doc.save()
		late = doc.evidence_uses[0]
		evidence = frappe.get_doc("P2HAM Evidence", late.evidence)
		evidence.update({"title": "Terlambat", "document_date": None, "valid_from": "2024-03-01"}).save()
		said = make.take_step(SHEET, "Submit")["not_valid"]
		assert any("Terlambat" in line and "Not Valid" in line for line in said), said
		as_user(people("P2HAM Verifier"))
		stored = frappe.get_doc("P2HAM Assessment", SHEET)
		assert next(use for use in stored.evidence_uses if use.name == late.name).validity == "Not Valid"

	def test_who_submits_by_a_plain_save_is_told_too(self, people, as_user):
		as_user(people("OPD Clerk", UNIT))
		doc = frappe.get_doc("P2HAM Assessment", SHEET)
		make.fill(doc, [0])
		make.attach_needed_evidence(doc)
		doc.save()
		evidence = frappe.get_doc("P2HAM Evidence", doc.evidence_uses[0].evidence)
		evidence.update({"title": "Sebagian", "valid_until": "2023-06-30"}).save()
		doc.reload()
		frappe.local.message_log = []
		doc.workflow_state = "Submitted"
		doc.save()
		assert "Sebagian" in str(frappe.local.message_log)


class TestVerification:
	@pytest.fixture
	def submitted(self, people, as_user):
		as_user(people("OPD Clerk", UNIT))
		doc = frappe.get_doc("P2HAM Assessment", SHEET)
		make.fill(doc, [0])
		doc.evidence_uses = []
		make.attach_needed_evidence(doc)
		doc.save()
		make.take_step(SHEET, "Submit")
		as_user(people("P2HAM Verifier"))
		return frappe.get_doc("P2HAM Assessment", SHEET)

	def test_a_returned_document_needs_a_note(self, submitted):
		submitted.evidence_uses[0].verification = "Returned"
		with pytest.raises(frappe.MandatoryError, match="row 1"):
			submitted.save()

	def test_full_points_without_the_mandatory_document_need_a_note(self, submitted, people, as_user, said):
		make.verify(submitted)
		use = submitted.evidence_uses[0]
		use.verification, use.note = "Returned", "Tidak terbaca."
		submitted.save()
		as_user(people("Kabag Hukum"))
		with pytest.raises(frappe.ValidationError) as caught:
			make.take_step(SHEET, "Review", "Ditelaah.")
		code = next(row.code for row in submitted.items if row.indicator == use.indicator)
		assert code in said(caught) and use.slot in said(caught)

	@pytest.mark.parametrize("way", ["note", "lower answer"])
	def test_with_a_note_or_fewer_points_the_review_goes_on(self, submitted, people, as_user, way):
		make.verify(submitted)
		use = submitted.evidence_uses[0]
		use.verification, use.note = "Returned", "Tidak terbaca."
		row = next(row for row in submitted.items if row.indicator == use.indicator)
		if way == "note":
			row.verified_note = "Sudah dilihat langsung di lokasi."
		else:
			row.verified_answer = make.scale_answers(row.scale)[1]
		submitted.save()
		as_user(people("Kabag Hukum"))
		make.take_step(SHEET, "Review", "Ditelaah.")
		assert frappe.db.get_value("P2HAM Assessment", SHEET, "workflow_state") == "Reviewed"

	def test_the_unit_sees_what_was_returned_and_a_new_file_is_verified_anew(
		self, submitted, people, as_user
	):
		make.verify(submitted)
		use = submitted.evidence_uses[0]
		use.verification, use.note = "Returned", "Tanpa stempel."
		submitted.save()
		as_user(people("Kabag Hukum"))
		make.take_step(SHEET, "Return", "Lihat data dukung.")
		as_user(people("OPD Clerk", UNIT))
		draft = frappe.get_doc("P2HAM Assessment", SHEET)
		returned = next(row for row in draft.evidence_uses if row.name == use.name)
		assert (returned.verification, returned.note) == ("Returned", "Tanpa stempel.")
		evidence = frappe.get_doc("P2HAM Evidence", use.evidence)
		wanted = make.make_png("dengan stempel") if evidence.mime_type == "image/png" else None
		evidence.receive(
			intake.look_at("baru.png" if wanted else "baru.pdf", wanted or make.make_pdf(["dengan stempel"]))
		)
		draft.save()
		anew = next(row for row in draft.evidence_uses if row.name == use.name)
		assert (anew.verification, anew.note or "", anew.revision) == ("Pending", "", 2)
		others = [row.verification for row in draft.evidence_uses if row.name != use.name]
		assert set(others) == {"Accepted"}

	def test_whoever_verifies_sees_no_replacement_until_the_sheet_is_returned(
		self, submitted, people, as_user
	):
		use = submitted.evidence_uses[0]
		before = revisions.by_use([use])
		as_user(people("OPD Clerk", UNIT))
		evidence = frappe.get_doc("P2HAM Evidence", use.evidence)
		evidence.title = "Diganti diam-diam"
		with pytest.raises(frappe.PermissionError, match="Title"):
			evidence.save()
		evidence.reload()
		evidence.receive(intake.look_at("baru.pdf", make.make_pdf(["diganti"])))
		as_user(people("P2HAM Verifier"))
		stored = frappe.get_doc("P2HAM Assessment", SHEET)
		now = next(row for row in stored.evidence_uses if row.name == use.name)
		assert revisions.by_use([now]) == before


def photo() -> bytes:
	"""A photo as a telephone takes it: where, with what, by whom and when."""
	picture = Image.open(io.BytesIO(make.make_png(f"Foto {next(number)}"))).convert("RGB")
	buffer = io.BytesIO()
	picture.save(buffer, "JPEG", exif=hostile.camera_exif(date="2023:04:05 10:11:12"))
	return buffer.getvalue()


class TestPersonalData:
	def test_what_was_found_is_said_with_its_place_and_flags_the_document(self, clerk):
		answer = stored_by(clerk, make.make_pdf([f"NIK {NIK}", "alamat"]), **place())
		[found] = answer["findings"]
		assert (found["kind"], found["count"]) == ("NIK", 1)
		assert "1" in found["place"]
		assert NIK not in json.dumps(answer) and found["sample"].startswith("1611")
		doc = document(answer["evidence"])
		assert doc.contains_personal_data and doc.scan_status == "Found"

	def test_the_unit_does_not_take_the_flag_away_but_replaces_the_file(self, clerk):
		name = stored_by(clerk, make.make_pdf([f"NIK {NIK} {next(number)}"]), **place())["evidence"]
		refused = clerk.put(f"/api/resource/P2HAM Evidence/{name}", json={"contains_personal_data": 0})
		assert refused.status_code == 417
		old = document(name).file
		answer = stored_by(clerk, make.make_pdf(["NIK ditutup"]), evidence=name)
		assert answer["findings"] == []
		wait_until(lambda: not document(name).contains_personal_data)
		assert not frappe.db.exists("File", {"file_url": old})

	def test_bagian_hukum_says_that_it_is_none_and_why(self, clerk, verifier, http, people):
		name = stored_by(clerk, make.make_pdf([f"NIK {NIK} {next(number)}"]), opd=UNIT)["evidence"]
		door = "p2ham.api.evidence.clear_findings"
		for client in (clerk, http(people("Sekda")), http(people("P2HAM Observer"))):
			assert client.call(door, name=name, note="Nomor contoh.").status_code == 403
		assert verifier.call(door, name=name, note="  ").status_code == 417
		assert document(name).contains_personal_data
		assert verifier.call(door, name=name, note="Nomor contoh pada formulir.").status_code == 200
		doc = document(name)
		assert not doc.contains_personal_data
		assert (doc.cleared_by, doc.cleared_note) == (people("P2HAM Verifier"), "Nomor contoh pada formulir.")

	def test_an_observer_sees_no_flagged_document_of_an_approved_sheet(self, http, people):
		observer = http(people("P2HAM Observer"))
		sheet = "DISDUKCAPIL-P2HAM-2024"
		shown = worksheet(observer, sheet)["evidence"]
		name = next(name for name, row in shown.items() if row["newest"] == row["revision"])
		clerk = http(people("OPD Clerk", "DISDUKCAPIL"))
		assert observer.get(shown[name]["file"]).status_code == 200
		flag = clerk.put(f"/api/resource/P2HAM Evidence/{name}", json={"contains_personal_data": 1})
		assert flag.status_code == 200, flag.text
		assert name not in worksheet(observer, sheet)["evidence"]
		assert observer.get(shown[name]["file"]).status_code == 403
		assert observer.get(f"/api/resource/P2HAM Evidence/{name}").status_code == 403
		assert observer.call("p2ham.api.evidence.uses", name=name).status_code == 403

	def test_the_same_file_stored_elsewhere_is_flagged_as_well(self, clerk, http, people):
		content = make.make_pdf([f"Daftar pemohon {next(number)}"])
		other = http(people("OPD Clerk", "DISDIKBUD"))
		copies = [
			stored_by(clerk, content, opd=UNIT)["evidence"],
			stored_by(other, content, opd="DISDIKBUD")["evidence"],
		]
		flag = clerk.put(f"/api/resource/P2HAM Evidence/{copies[0]}", json={"contains_personal_data": 1})
		assert flag.status_code == 200, flag.text
		assert [document(name).contains_personal_data for name in copies] == [1, 1]

	def test_an_old_revision_that_shows_personal_data_keeps_the_document_flagged(self, http, people):
		sheet = "DISDUKCAPIL-P2HAM-2024"
		clerk = http(people("OPD Clerk", "DISDUKCAPIL"))
		fresh()
		use = frappe.get_doc("P2HAM Assessment", sheet).evidence_uses[-1]
		flag = clerk.put(f"/api/resource/P2HAM Evidence/{use.evidence}", json={"contains_personal_data": 1})
		assert flag.status_code == 200, flag.text
		is_image = document(use.evidence).mime_type == "image/png"
		stored_by(
			clerk,
			make.make_png("tertutup") if is_image else None,
			"tertutup.png" if is_image else "",
			evidence=use.evidence,
		)
		revisions.tidy(use.evidence)
		doc = document(use.evidence)
		assert [row.contains_personal_data for row in doc.revisions] == [1, 0]
		assert doc.contains_personal_data
		assert http(people("P2HAM Observer")).get(doc.revisions[0].file).status_code == 403

	def test_a_large_file_is_stored_at_once_and_searched_in_the_background(self, clerk, people):
		content = make.make_pdf([f"NIK {NIK} besar"]) + b"\n% " + b"0" * intake.SEARCHED_AT_ONCE
		answer = stored_by(clerk, content, "besar.pdf", opd=UNIT)
		assert answer["scan_status"] == "Waiting"
		wait_until(lambda: document(answer["evidence"]).scan_status == "Found")
		doc = document(answer["evidence"])
		assert doc.contains_personal_data and [row.kind for row in doc.findings] == ["NIK"]
		assert frappe.db.exists(
			"Notification Log", {"document_name": doc.name, "for_user": people("OPD Clerk", UNIT)}
		)

	def test_a_search_that_comes_too_late_writes_nothing(self, clerk):
		name = stored_by(clerk, make.make_pdf([f"NIK {NIK} {next(number)}"]), opd=UNIT)["evidence"]
		stored_by(clerk, make.make_pdf(["bersih"]), evidence=name)
		personal_data_search.search(name, 1)
		assert document(name).scan_status == "Nothing Found"

	def test_a_photo_loses_its_place_and_keeps_its_date(self, clerk):
		content = photo()
		name = stored_by(clerk, content, "loket.jpg", **place("Image"))["evidence"]
		doc = document(name)
		assert doc.taken_on == datetime.datetime(2023, 4, 5, 10, 11, 12)
		stored = clerk.get(doc.file).content
		assert doc.sha256 == hashlib.sha256(stored).hexdigest()
		assert doc.uploaded_sha256 == hashlib.sha256(content).hexdigest() != doc.sha256
		exif = Image.open(io.BytesIO(stored)).getexif()
		assert not exif.get_ifd(GPS) and CAMERA not in exif
		assert Image.open(io.BytesIO(content)).getexif().get_ifd(GPS)
		# Not written anew, as Frappe would: the same pixels, the same way up.
		assert Image.open(io.BytesIO(stored)).tobytes() == Image.open(io.BytesIO(content)).tobytes()
		assert exif[TURNED] == Image.open(io.BytesIO(content)).getexif()[TURNED]

	def test_a_photo_that_comes_by_frappes_own_upload_is_cleaned_as_well(
		self, clerk, photos_stay_as_they_are
	):
		upload = clerk.post(
			"/api/method/upload_file",
			data={"is_private": 1},
			files={"file": ("telepon.jpg", io.BytesIO(photo()))},
		).json()["message"]
		assert Image.open(io.BytesIO(clerk.get(upload["file_url"]).content)).getexif().get_ifd(GPS)
		made = clerk.post(
			"/api/resource/P2HAM Evidence",
			json={"title": "Foto", "opd": UNIT, "kind": "File", "file": upload["file_url"]},
		)
		assert made.status_code == 200, made.text
		doc = document(made.json()["data"]["name"])
		assert not Image.open(io.BytesIO(clerk.get(doc.file).content)).getexif().get_ifd(GPS)
		assert doc.file != upload["file_url"]
		assert not frappe.db.exists("File", upload["name"])
		assert clerk.get(upload["file_url"]).status_code == 403
		assert not Path(frappe.get_site_path(upload["file_url"].lstrip("/"))).exists()


@pytest.fixture
def photos_stay_as_they_are():
	"""A site whose administrator does not let Frappe write photos anew."""

	def strip(value: int) -> None:
		frappe.db.set_single_value("System Settings", "strip_exif_metadata_from_uploaded_images", value)
		frappe.db.commit()
		frappe.clear_document_cache("System Settings", "System Settings")

	strip(0)
	yield
	strip(1)
