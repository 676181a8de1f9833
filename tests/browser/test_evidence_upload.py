"""A clerk brings evidence in: dropped on the slot, several at once, known already, too revealing, or picked from what
the unit has; and replaces a file."""

from __future__ import annotations

import base64

import pytest

from .conftest import UNIT, stored, words

NIK = "1611014501900001"


def pdf(*lines: str) -> bytes:
	from p2ham.demo import factories as make

	return make.make_pdf(list(lines))


def drop(desk, css: str, files: dict[str, bytes]) -> None:
	"""Drop files on a place, as from a folder of the desktop."""
	desk.browser.execute_script(
		"""
		const [target, files] = arguments;
		const transfer = new DataTransfer();
		for (const [name, content] of Object.entries(files)) {
			const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
			transfer.items.add(new File([bytes], name));
		}
		target.scrollIntoView({ block: "center" });
		for (const kind of ["dragenter", "dragover", "drop"]) {
			target.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
		}
		""",
		desk.find(css),
		{name: base64.b64encode(content).decode() for name, content in files.items()},
	)


def pdf_slot(desk, position: int = 0) -> str:
	"""Return the place of a mandatory slot for a PDF."""
	code, label = desk.browser.execute_script(
		"""const slot = [...document.querySelectorAll(".p2ham-slot[data-kind=PDF]")]
			.filter((slot) => slot.querySelector(".p2ham-star"))[arguments[0]];
		return [slot.closest(".p2ham-item").dataset.code, slot.dataset.slot];""",
		position,
	)
	return f".p2ham-item[data-code={words(code)}] .p2ham-slot[data-slot={words(label)}]"


PRIMARY = ".p2ham-upload .modal-footer .btn-primary"
CLEAR = f".page-head [data-label={words('It Is No Personal Data'.replace(' ', '%20'))}]"


@pytest.fixture
def sheet(desk, enter, empty_sheet):
	enter("OPD Clerk", UNIT)
	desk.open_sheet()


def test_several_files_are_dropped_on_a_slot_and_stored_one_after_another(desk, sheet):
	slot = pdf_slot(desk)
	drop(
		desk, slot, {"SK pertama.pdf": pdf("pertama"), "SK kedua.pdf": pdf("kedua"), "salah.exe": b"MZ" * 99}
	)
	desk.wait("return document.querySelectorAll('.p2ham-upload .p2ham-file').length === 3")
	assert "exe" not in desk.texts(".p2ham-upload .p2ham-drop")[0].lower()
	desk.find(".p2ham-upload .p2ham-file[data-state=refused]")
	desk.shoot("upload-several")
	desk.click(PRIMARY)
	desk.wait("return document.querySelectorAll('.p2ham-upload .p2ham-file[data-state=stored]').length === 2")
	desk.shoot("upload-stored")
	desk.click(PRIMARY)
	desk.wait("return document.querySelectorAll(arguments[0] + ' .p2ham-use').length === 2", slot)
	assert not desk.console()
	import frappe

	uses = stored().evidence_uses
	titles = [frappe.db.get_value("P2HAM Evidence", use.evidence, "title") for use in uses]
	assert sorted(titles) == ["SK kedua", "SK pertama"]


def test_a_file_that_the_unit_has_is_offered_and_used(desk, sheet):
	content = pdf("maklumat yang sama")
	drop(desk, pdf_slot(desk), {"maklumat.pdf": content})
	desk.find(".p2ham-upload .p2ham-file[data-state=waiting]")
	desk.click(PRIMARY)
	desk.wait("return !document.querySelector('.p2ham-upload.show')")
	desk.wait_for_rest()
	other = pdf_slot(desk, 1)
	drop(desk, other, {"maklumat lagi.pdf": content})
	desk.find(".p2ham-upload.show .p2ham-file[data-state=waiting]")
	desk.click(".p2ham-upload.show .modal-footer .btn-primary")
	desk.find(".p2ham-upload.show .p2ham-file[data-state=duplicate]")
	desk.shoot("upload-duplicate")
	desk.click(".p2ham-upload.show [data-do=use-existing]")
	desk.find(".p2ham-upload.show .p2ham-file[data-state=stored]")
	desk.click(".p2ham-upload.show .modal-footer .btn-primary")
	desk.find(f"{other} .p2ham-use")
	uses = stored().evidence_uses
	assert len(uses) == 2 and len({use.evidence for use in uses}) == 1
	assert not desk.console()


def test_personal_data_are_shown_and_the_file_is_replaced(desk, sheet):
	slot = pdf_slot(desk)
	drop(desk, slot, {"daftar.pdf": pdf("Daftar pemohon", f"Siti, NIK {NIK}")})
	desk.find(".p2ham-upload .p2ham-file[data-state=waiting]")
	desk.click(PRIMARY)
	desk.find(".p2ham-upload .p2ham-findings li")
	said = desk.texts(".p2ham-upload .p2ham-findings")[0]
	assert "NIK" in said and NIK not in said
	desk.shoot("upload-personal-data")
	desk.click(".p2ham-upload [data-do=replace]")
	desk.wait("return !document.querySelector('.p2ham-upload.show .p2ham-findings')")
	drop(
		desk,
		".p2ham-upload.show .p2ham-drop",
		{"daftar tertutup.pdf": pdf("Daftar pemohon", "Siti, NIK ditutup")},
	)
	desk.find(".p2ham-upload.show .p2ham-file[data-state=waiting]")
	desk.click(".p2ham-upload.show .modal-footer .btn-primary")
	# The first upload may have come back to the form by itself; what counts is the end of the second.
	desk.wait("return !document.querySelector('.p2ham-upload.show')")
	desk.wait_for_rest()
	desk.find(f"{slot} .p2ham-use")
	[use] = stored().evidence_uses
	assert use.revision == 2
	assert not desk.console()


def test_what_the_server_refuses_is_said_beside_the_file_and_nothing_is_stored(desk, sheet):
	slot = pdf_slot(desk)
	drop(desk, slot, {"rusak.pdf": pdf("x")[:70]})
	desk.find(".p2ham-upload .p2ham-file[data-state=waiting]")
	desk.click(PRIMARY)
	desk.find(".p2ham-upload .p2ham-file[data-state=refused]")
	assert "damaged" in desk.texts(".p2ham-upload .p2ham-said")[0]
	desk.shoot("upload-refused")
	desk.click(PRIMARY)
	desk.wait("return !document.querySelector('.p2ham-upload.show')")
	assert stored().evidence_uses == []


def test_documents_of_the_unit_are_picked_from_a_list(desk, sheet):
	import frappe

	from p2ham.demo import factories as make

	frappe.set_user(stored().owner)
	names = [
		make.create_evidence(UNIT, f"Pilihan {number}", document_date="2023-03-01") for number in range(3)
	]
	frappe.db.commit()
	slot = pdf_slot(desk)
	try:
		desk.click(f"{slot} [data-do=existing]")
		desk.type(".p2ham-picker input[data-fieldname=text]", "pilihan")
		desk.wait_for_rest()  # the list is made anew a moment after the last letter
		desk.wait("return document.querySelectorAll('.p2ham-pick').length === 3")
		desk.shoot("pick")
		for name in names[:2]:
			desk.click(f".p2ham-pick input[value={words(name)}]")
		desk.click(".p2ham-picker .modal-footer .btn-primary")
		desk.wait("return document.querySelectorAll(arguments[0] + ' .p2ham-use').length === 2", slot)
		assert {use.evidence for use in stored().evidence_uses} == set(names[:2])
		assert not desk.console()
	finally:
		frappe.set_user("Administrator")


def test_the_form_of_a_document_shows_its_uses_and_replaces_its_file(desk, sheet):
	slot = pdf_slot(desk)
	drop(desk, slot, {"SOP.pdf": pdf("SOP")})
	desk.find(".p2ham-upload .p2ham-file[data-state=waiting]")
	desk.click(PRIMARY)
	desk.find(f"{slot} .p2ham-use")
	[use] = stored().evidence_uses
	desk.open("p2ham-evidence", use.evidence)
	desk.find(".p2ham-uses tbody tr")
	assert use.slot in desk.texts(".p2ham-uses tbody tr")[0]
	desk.shoot("evidence")
	desk.click(".page-head [data-label='Replace%20File']")
	drop(desk, ".p2ham-upload.show .p2ham-drop", {"SOP revisi.pdf": pdf("SOP, revisi")})
	desk.click(".p2ham-upload.show .modal-footer .btn-primary")
	desk.wait("return cur_frm.doc.revision === 2")
	desk.wait_for_rest()
	desk.shoot("evidence-replaced")
	assert not desk.console()


@pytest.fixture
def flagged(empty_sheet, people):
	"""A document in which a number was found that is nobody's, as the verifier will see."""
	import frappe

	from p2ham.demo import factories as make

	with make.acting_as(people("OPD Clerk", UNIT)):
		name = make.create_evidence(UNIT, "Nomor contoh", lines=["Contoh pengisian formulir", f"NIK {NIK}"])
	frappe.db.commit()
	return name


def test_a_flagged_document_says_to_each_what_he_can_do_and_bagian_hukum_clears_it(desk, enter, flagged):
	import frappe

	enter("OPD Head", UNIT)
	desk.open("p2ham-evidence", flagged)
	assert "Replace it" in desk.find(".form-message").text
	assert not desk.texts(CLEAR)
	enter("Sekda")
	desk.open("p2ham-evidence", flagged)
	told = desk.find(".form-message").text
	assert "hidden from observers" in told and "Replace it" not in told and "say so" not in told
	assert not desk.texts(CLEAR)
	enter("P2HAM Verifier")
	desk.open("p2ham-evidence", flagged)
	assert "say so with a reason" in desk.find(".form-message").text
	desk.click(CLEAR)
	desk.type(".modal.show textarea", "Contoh pada formulir, bukan nomor seorang warga.")
	desk.shoot("evidence-cleared")
	desk.click(".modal.show .btn-modal-primary")
	desk.wait("return cur_frm.doc.cleared_by && !cur_frm.doc.contains_personal_data")
	desk.wait(
		"return ![...document.querySelectorAll('.form-message')].some((each) => each.checkVisibility())"
	)
	assert not desk.texts(CLEAR)
	frappe.db.rollback()
	assert frappe.db.get_value("P2HAM Evidence", flagged, "contains_personal_data") == 0
	assert not desk.console()
