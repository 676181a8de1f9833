"""Sheets selected in the list of assessments as one PDF."""

from __future__ import annotations

from pypdf import PdfReader

from .conftest import arrived, words

THREE = ["DISDIKBUD-P2HAM-2024", "DISDUKCAPIL-P2HAM-2024", "DPMPTSP-P2HAM-2024"]
DIALOG = ".modal.show .p2ham-bundle"
PRIMARY = ".modal.show .btn-modal-primary"


def test_kabag_hukum_prints_the_selected_sheets_as_one_pdf(desk, enter, downloads):
	enter("Kabag Hukum")
	desk.open("List", "P2HAM Assessment", filters={"assessment_year": "2024"})
	for name in THREE:
		desk.click(f".list-row-checkbox[data-name={words(name)}]")
	desk.click(".actions-btn-group > button")
	desk.click(f".actions-btn-group [data-label={words('Print%20as%20One%20PDF')}]")
	desk.find(f"{DIALOG} p")
	assert "3 assessment sheets" in desk.texts(DIALOG)[0]
	desk.shoot("bundle-before")
	desk.click(PRIMARY)
	desk.find(f"{DIALOG}[data-state=ready]")
	path = arrived(downloads, ".pdf")
	assert path.name == "Lembar-Penilaian-P2HAM-3.pdf"
	assert [str(item.title).rpartition(" ")[2] for item in PdfReader(path).outline] == [
		name.rpartition(" ")[2] for name in sorted(THREE, key=lambda name: unit(name).casefold())
	]
	desk.shoot("bundle-ready")
	assert not desk.console()


def unit(name: str) -> str:
	import frappe

	return frappe.db.get_value("P2HAM Assessment", name, "opd_name")
