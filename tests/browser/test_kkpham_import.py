"""Results of KKP HAM from Excel at the desk: the file is looked at, the good rows are imported, the form shows where the
result stands."""

from __future__ import annotations

import io

import openpyxl
import pytest

from .conftest import words

pytestmark = pytest.mark.quick

YEAR, KKP, OPD, OTHER = 2034, "PERMENKUMHAM-22-2021", "DINSOS", "DINKES"
IMPORT = ".p2ham-kkpham-import"
PRIMARY = f"{IMPORT} .modal-footer .btn-primary"


def press(desk, label: str) -> None:
	"""Press a button above a form or list, by what stands on it."""
	desk.wait(
		"""const button = [...document.querySelectorAll(".page-head button")]
			.find((each) => each.checkVisibility() && each.innerText.trim() === arguments[0]);
		if (button) button.click();
		return Boolean(button)""",
		label,
		message=f"no button {label}",
	)


def fill(content: bytes, rows: list[dict]) -> bytes:
	"""Type rows, by the heads of the columns, into the template."""
	from p2ham.engine import kkpham_import as rules

	book = openpyxl.load_workbook(io.BytesIO(content))
	sheet = book[rules.SHEET]
	columns = {cell.value: cell.column for cell in sheet[1]}
	for number, row in enumerate(rows, start=2):
		for name, value in row.items():
			sheet.cell(number, columns[name], value)
	filled = io.BytesIO()
	book.save(filled)
	return filled.getvalue()


def test_results_are_previewed_imported_and_shown_beside_the_own_forecast(desk, enter, people, tmp_path):
	import frappe
	from way_back import no_trace

	from p2ham.demo import factories as make
	from p2ham.kkpham import importing

	with no_trace():
		with make.acting_as(people("P2HAM Verifier")):
			make.create_kkpham_result(
				OTHER,
				YEAR,
				61,
				KKP,
				finding="Data belum terpilah.",
				rights=[{"criterion": f"{KKP}-6", "score": 58}],
			)
			make.create_kkpham_result(OTHER, YEAR - 1, 55.5, KKP)
		template = importing.template(KKP)
		frappe.db.commit()
		rights = {"1 Hak atas bantuan hukum": 48.5, "6 Hak atas kesehatan": "81,25"}
		row = {"Tahun Penilaian": YEAR, "Instrumen": KKP, "Nilai": 72.5, "Temuan": "Data sudah terpilah."}
		path = tmp_path / "hasil.xlsx"
		path.write_bytes(
			fill(
				template,
				[
					{"OPD": OPD, **row, **rights},
					{"OPD": "Dinas Kesehatan", **row, **rights},
					{"OPD": "DISDUKCAPL", **row, "Nilai": 101},
				],
			)
		)

		enter("P2HAM Verifier")
		desk.open("p2ham-kkpham-result", "view", "list")
		press(desk, "Import from Excel")
		assert KKP in desk.find(f"{IMPORT} [data-part=template] select").get_attribute("value")
		desk.shoot("kkpham-import-begins")
		desk.find(f"{IMPORT} input[type=file]").send_keys(str(path))
		desk.find(f"{IMPORT} [data-result=seen]")
		kinds = desk.browser.execute_script(
			"return [...document.querySelectorAll(arguments[0])].map((row) => [row.dataset.row, row.dataset.kind])",
			f"{IMPORT} tr[data-row]",
		)
		assert kinds == [["4", "Faulty"], ["2", "New"], ["3", "Changed"]]
		assert "do you mean DISDUKCAPIL" in desk.texts(f"{IMPORT} tr[data-row='4']")[0]
		assert "Data belum terpilah." in desk.texts(f"{IMPORT} tr[data-row='3'] del")
		assert not desk.find(PRIMARY).is_enabled()
		desk.shoot("kkpham-import-preview")
		desk.find(f"{IMPORT} [data-do=good]").click()
		desk.wait("return !document.querySelector(arguments[0]).disabled", PRIMARY)
		desk.shoot("kkpham-import-chosen")
		desk.find(PRIMARY).click()
		desk.wait(
			"return ![...document.querySelectorAll(arguments[0])].some((each) => each.checkVisibility())",
			IMPORT,
		)
		frappe.db.rollback()
		names = frappe.get_all(
			"P2HAM KKPHAM Result", filters={"assessment_year": YEAR}, pluck="name", order_by="name"
		)
		assert names == [f"KKPHAM-{YEAR}-{OTHER}", f"KKPHAM-{YEAR}-{OPD}"]

		desk.open("p2ham-kkpham-result", f"KKPHAM-{YEAR}-{OTHER}")
		desk.find(".p2ham-standing tr[data-right]")
		assert desk.texts(".p2ham-standing tr[data-right] td:first-child") == [
			"Hak atas bantuan hukum",
			"Hak atas kesehatan",
		]
		assert desk.browser.execute_script(
			"return document.querySelector(arguments[0]).checkVisibility()", ".p2ham-standing .frappe-chart"
		)
		desk.browser.execute_script(
			f"document.querySelector({words('.p2ham-standing')}).scrollIntoView({{block: 'center'}})"
		)
		desk.shoot("kkpham-standing")
