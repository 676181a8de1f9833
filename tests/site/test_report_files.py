"""Reports as Excel file and PDF, and what Frappe prepares of them: as the screen shows them, to whom it shows them."""

import io
import subprocess

import frappe
import pytest
from frappe.core.doctype.prepared_report import prepared_report
from frappe.desk import query_report
from openpyxl import load_workbook

from p2ham.api import reports
from p2ham.demo import factories as make
from p2ham.documents import report_sheet
from p2ham.figures import cells
from p2ham.reports import result, spreadsheet

pytestmark = pytest.mark.quick

REPORT = "P2HAM Scoreboard"
PERIOD = "P2HAM-2024"


def excel(report=REPORT, **filters):
	reports.excel(report, filters)
	return load_workbook(io.BytesIO(frappe.local.response.filecontent))


def pdf_text(report=REPORT, **filters):
	reports.pdf(report, filters)
	found = subprocess.run(
		["pdftotext", "-layout", "-", "-"],
		input=frappe.local.response.filecontent,
		capture_output=True,
		check=True,
	)
	return found.stdout.decode()


def table(sheet, columns):
	"""The rows of the sheet below the head, as tuples."""
	values = list(sheet.iter_rows(values_only=True))
	head = next(place for place, row in enumerate(values) if row[: len(columns)] == tuple(columns))
	return values[head + 1 :]


def test_the_excel_file_has_the_figures_of_the_screen_as_numbers(people):
	frappe.set_user(people("Kabag Hukum"))
	shown = query_report.run(REPORT, {"period": PERIOD})
	book = excel(period=PERIOD)
	rows = table(book.worksheets[0], [column["label"] for column in shown["columns"]])
	for written, row in zip(rows, shown["result"], strict=True):
		for value, column in zip(written, shown["columns"], strict=False):
			expected = row[column["fieldname"]]
			assert value == (None if expected in (None, "") else expected), column["fieldname"]
	text = [cell for row in book.worksheets[0].iter_rows(values_only=True) for cell in row if cell]
	assert f"Period: {PERIOD}" in text
	assert all(card["label"] in text for card in shown["report_summary"])


def test_the_excel_file_is_coloured_linked_and_has_the_chart(people):
	frappe.set_user(people("Kabag Hukum"))
	book = excel(period=PERIOD, workflow_state="Approved")
	sheet = book.worksheets[0]
	by_text = {cell.value: cell for row in sheet.iter_rows() for cell in row if cell.value}
	approved = [
		cell for row in sheet.iter_rows() for cell in row if cell.value == "Approved" and cell.row > 5
	]
	assert approved[-1].fill.fgColor.rgb.endswith(cells.pale(cells.COLOURS["green"]).lstrip("#").upper()) or (
		approved[-1].fill.fgColor.rgb.lower().endswith(cells.pale(cells.COLOURS["green"]).lstrip("#"))
	)
	unit = frappe.db.get_value("P2HAM OPD", "DISDUKCAPIL", "opd_name")
	assert "DISDUKCAPIL-P2HAM-2024" in by_text[unit].hyperlink.target
	assert len(book.worksheets[1]._charts) == 1


def test_a_title_that_looks_like_a_formula_stays_text(people):
	frappe.set_user(people("Kabag Hukum"))
	found = result.run(REPORT, {"period": PERIOD})
	found.rows[0]["opd_name"] = '=HYPERLINK("http://example.com")\x01'
	book = load_workbook(io.BytesIO(spreadsheet.write(found)))
	(cell,) = (
		cell for row in book.worksheets[0].iter_rows() for cell in row if "HYPERLINK" in str(cell.value)
	)
	assert cell.data_type == "s"
	assert cell.value == '=HYPERLINK("http://example.com") '


def test_the_pdf_shows_letterhead_filters_cards_chart_and_every_row(people):
	frappe.set_user(people("Kabag Hukum"))
	text = pdf_text(period=PERIOD)
	flat = " ".join(text.split())
	assert "PEMERINTAH KABUPATEN" in flat
	assert f"Period: {PERIOD}" in flat
	assert "Halaman 1 dari" in flat
	for row in query_report.run(REPORT, {"period": PERIOD})["result"]:
		assert row["opd"] in flat


def test_a_long_report_is_cut_with_a_word_about_it(people):
	frappe.set_user(people("Kabag Hukum"))
	found = result.run(REPORT, {"period": PERIOD})
	row = found.rows[0]
	found.rows.extend([row] * report_sheet.MAX_ROWS)
	sheet = report_sheet.report_sheet(found)
	assert len(sheet["rows"]) == report_sheet.MAX_ROWS
	left_out = len(found.rows) - report_sheet.MAX_ROWS
	assert sheet["notices"][-1].startswith(f"{left_out} further rows are not printed")


def test_the_files_of_a_report_keep_to_the_rights_of_the_screen(people, demo_site):
	frappe.set_user(people("OPD Clerk", "DINSOS"))
	unit = frappe.db.get_value("P2HAM OPD", "DINKES", "opd_name")
	assert "DINKES" not in pdf_text(period=PERIOD)
	cells = [cell for row in excel(period=PERIOD).worksheets[0].iter_rows(values_only=True) for cell in row]
	assert unit not in cells
	frappe.set_user(demo_site["manager"]["user"])
	for door in (reports.excel, reports.pdf):
		with pytest.raises(frappe.PermissionError):
			door(REPORT, {"period": PERIOD})
	frappe.set_user("Administrator")
	frappe.set_user(make.create_user("tanpa.peran@empatlawang.example", "Tanpa Peran"))
	for door in (reports.excel, reports.pdf):
		with pytest.raises(frappe.PermissionError):
			door(REPORT, {"period": PERIOD})


def test_a_download_is_logged(people):
	frappe.set_user(people("Kabag Hukum"))
	reports.excel(REPORT, {"period": PERIOD})
	log = frappe.get_last_doc("Access Log", {"report_name": REPORT})
	assert (log.user, log.file_type) == (people("Kabag Hukum"), "Excel")


def test_a_report_of_another_app_has_no_door_here(people):
	frappe.set_user(people("Kabag Hukum"))
	for name in ("ToDo", "Nothing"):
		with pytest.raises(frappe.DoesNotExistError):
			reports.excel(name)


def test_filters_that_cannot_be_read_are_refused(people, said):
	frappe.set_user(people("Kabag Hukum"))
	with pytest.raises(frappe.ValidationError) as caught:
		reports.excel(REPORT, "[1]")
	assert said(caught) == "The filters of the report cannot be read."


@pytest.fixture
def prepared(people):
	"""What Frappe prepared of the scoreboard for Kabag Hukum."""
	frappe.db.set_value("Report", REPORT, "prepared_report", 1)
	frappe.clear_document_cache("Report", REPORT)
	frappe.set_user(people("Kabag Hukum"))
	record = frappe.get_doc(
		{
			"doctype": "Prepared Report",
			"report_name": REPORT,
			"filters": prepared_report.process_filters_for_prepared_report({"period": PERIOD}),
		}
	).insert(ignore_permissions=True)
	# What Frappe's background job does, which commits.
	found = query_report.generate_report_result(
		query_report.get_report_doc(REPORT), {"period": PERIOD}, record.owner
	)
	prepared_report.create_json_gz_file(found, record.doctype, record.name, REPORT)
	record.db_set("status", "Completed")
	yield record
	frappe.clear_document_cache("Report", REPORT)


def test_what_was_prepared_for_one_is_not_for_another(people, prepared):
	assert prepared.status == "Completed"
	own = query_report.run(REPORT, {"period": PERIOD, "prepared_report_name": prepared.name})
	assert len(own["result"]) > 1
	(file,) = frappe.get_all(
		"File", filters={"attached_to_name": prepared.name}, pluck="name", order_by="creation"
	)
	frappe.set_user("Administrator")
	clerk = frappe.get_doc("User", people("OPD Clerk", "DINSOS"))
	clerk.add_roles("Prepared Report User")
	frappe.set_user(clerk.name)
	seen = frappe.get_list("Prepared Report", filters={"name": prepared.name}, order_by="name")
	assert not seen
	assert not frappe.get_doc("Prepared Report", prepared.name).has_permission("read")
	assert not frappe.get_doc("File", file).has_permission("read")
	for options in ({"user": people("Kabag Hukum")}, {"prepared": prepared.name}):
		filters = {"period": PERIOD}
		if "prepared" in options:
			filters["prepared_report_name"] = options["prepared"]
		found = query_report.run(REPORT, filters, options.get("user"))
		assert not found.get("result")
		assert not found.get("report_summary")
	with pytest.raises((frappe.PermissionError, frappe.ValidationError)):
		prepared_report.download_attachment(prepared.name)
	assert frappe.db.exists("Prepared Report", prepared.name)
