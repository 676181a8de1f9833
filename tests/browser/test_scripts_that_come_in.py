"""No script runs that somebody brings in: by a form, by REST, in what the server answers, in the cells of a file that is
imported, in the name of a file."""

from __future__ import annotations

import io
from itertools import count, cycle

import frappe
import openpyxl
import planting
import pytest

from .conftest import SHEET, UNIT
from .desk import login
from .planted_pages import DUTIES, Page, first_seen
from .test_evidence_upload import drop, pdf, pdf_slot
from .test_kkpham_import import fill, press

ONE_DESK = True
# Letters that a file may have in its name, so without a slash; with and without its end
NAMES = (
	"\"'><img src=data: onerror=planted({0})>",
	"<svg onload=planted({0})>",
	"' autofocus onfocus=planted({0}) x='",
)
# What the desk shows of answers; what runs, or would, is collected.
TELL = """
const found = [];
for (const answer of arguments[0]) {
	frappe.request.cleanup({}, answer);
	found.push(...planted_here());
}
return found;
"""
NAMED = 9000  # the number of the first script that stands in a name
TEXT = "teks"  # where a script is put
KKP = "PERMENKUMHAM-22-2021"
# By which door a field is written, turn by turn: the form and REST, where one answers and the other refuses
DOORS = ("form", "REST")


def writable(doctype: str, name: str) -> list[str]:
	"""Return the text fields of a record that its form lets the session's user write, those of its first rows too
	(`items.self_note`)."""
	meta = frappe.get_meta(doctype)
	found = [
		field.fieldname
		for field in meta.fields
		if planting.is_typed(field) and not field.read_only and not field.fetch_from
	]
	for table in meta.get_table_fields():
		if frappe.db.exists(table.options, {"parent": name, "parentfield": table.fieldname}):
			found += [
				f"{table.fieldname}.{field.fieldname}"
				for field in frappe.get_meta(table.options).fields
				if planting.is_typed(field) and not field.read_only and not field.fetch_from
			]
	return found


def with_text(record: dict, field: str, text: str) -> dict:
	"""Return the record with the text in a field, or in that of its first row."""
	table, _point, name = field.rpartition(".")
	if not table:
		return {**record, name: text}
	first, *others = record[table]
	return {**record, table: [{**first, name: text}, *others]}


def by_door(client, door: str, doctype: str, name: str, field: str, text: str):
	"""Write a text into a field as the desk's form does, or by REST; return what the server answers."""
	address = f"/api/resource/{doctype}/{name}"
	record = with_text(client.get(address).json()["data"], field, text)
	if door == "REST":
		part = field.partition(".")[0]
		return client.put(address, json={part: record[part], "modified": record["modified"]})
	return client.post(
		"/api/method/frappe.desk.form.save.savedocs", data={"doc": frappe.as_json(record), "action": "Save"}
	)


def test_no_script_runs_that_came_in_by_a_form_or_by_rest(as_it_was, visit, user_of, http, figure):
	from p2ham.demo import build

	tried, taken, refused, ran, doors = 0, [], [], [], cycle(DOORS)
	written = set()  # what one duty has written needs no other
	for duty, opd in DUTIES:
		user = user_of(duty, opd)
		frappe.set_user(user)
		mine = {
			doctype: name
			for doctype in planting.doctypes(istable=0, issingle=0)
			if frappe.has_permission(doctype, "write") and (name := first_seen(doctype))
		}
		frappe.set_user("Administrator")
		before = len(taken)
		for doctype, name in mine.items():
			for field in writable(doctype, name):
				if (doctype, field) in written:
					continue
				text = planting.payload(tried, tried % len(planting.PAYLOADS))
				tried += 1
				answer = by_door(http(user), next(doors), doctype, name, field, text)
				if answer.ok:
					taken.append((tried - 1, doctype, field))
					written.add((doctype, field))
				else:
					refused.append(answer.json())
		frappe.db.rollback()
		if not taken[before:]:
			continue
		reader = "Kabag Hukum" if duty != "Kabag Hukum" else "P2HAM Verifier"
		login(visit.browser, user_of(reader, ""), build.PASSWORD)
		for doctype in dict.fromkeys(doctype for _number, doctype, _field in taken[before:]):
			slug = doctype.lower().replace(" ", "-")
			page = Page("form", doctype, (slug, mine[doctype]))
			ran += [
				f"{number}, on {page}, written by {duty}: {where}" for number, where in visit.ran_on(page)
			]
	login(visit.browser, user_of("Kabag Hukum", ""), build.PASSWORD)
	visit.desk.open("p2ham")
	said = [
		{"_server_messages": answer["_server_messages"]} for answer in refused if "_server_messages" in answer
	]
	ran += [
		f"{number}, in the words of a refusal: {where}"
		for number, where in visit.browser.execute_script(TELL, said)
	]
	figure(
		"scripts planted by doors",
		f"{tried} tries by {len(DUTIES)} duties, {len(taken)} taken, {len(refused)} refused, {len(said)} in words, {len(ran)} ran",
	)
	assert said
	assert not ran, "\n".join(ran)


# Files


def planted_in(content: bytes, first_sheet: int = 0, only: str = "") -> bytes:
	"""Return a workbook with a script in each cell below the heads that holds text, or `only` this text."""
	book = openpyxl.load_workbook(io.BytesIO(content))
	numbers, ways = count(), cycle(range(len(planting.PAYLOADS)))
	for sheet in book.worksheets[first_sheet:]:
		for cell in (cell for row in sheet.iter_rows(min_row=2) for cell in row):
			if isinstance(cell.value, str) and only in ("", cell.value):
				cell.value = planting.payload(next(numbers), next(ways))
	planted = io.BytesIO()
	book.save(planted)
	return planted.getvalue()


def results() -> bytes:
	"""Results of KKP HAM with text in each cell of some row where it may stand, and where it may not."""
	from p2ham.kkpham import importing

	good = {"OPD": "DINSOS", "Instrumen": KKP, "Tahun Penilaian": 2034, "Nilai": 70}
	rows = [{**good, name: TEXT} for name in (*good, "Temuan", "1 Hak atas bantuan hukum")]
	return fill(importing.template(KKP), [good, *rows])


def instrument() -> bytes:
	from p2ham.instruments import exchange

	return exchange.write(KKP, exchange.EXCEL)


@pytest.fixture
def imports(db):
	"""By the DocType in whose list a file is brought in: the button, its dialog, who does it, and files by their endings."""
	whole = instrument()
	return {
		"P2HAM KKPHAM Result": (
			*("Import from Excel", ".p2ham-kkpham-import", "P2HAM Verifier"),
			{
				".xlsx": planted_in(results(), only=TEXT),
				" cells.xlsx": planted_in(results()),
				".pdf": b"%PDF-1.7",
				" empty.xlsx": b"",
			},
		),
		"P2HAM Instrument": (
			*("Import from File", ".p2ham-import", "Manager"),
			{
				".xlsx": planted_in(whole),
				" rows.xlsx": planted_in(whole, first_sheet=1),
				".json": b"{",
				".exe": b"MZ",
			},
		),
	}


@pytest.mark.parametrize("doctype", ["P2HAM KKPHAM Result", "P2HAM Instrument"])
def test_no_script_runs_of_a_file_that_is_imported(imports, doctype, visit, user_of, tmp_path):
	from p2ham.demo import build

	button, dialog, duty, files = imports[doctype]
	login(visit.browser, user_of(duty, ""), build.PASSWORD)
	ran, shown = [], set()
	visit.desk.open(doctype.lower().replace(" ", "-"), "view", "list")
	press(visit.desk, button)
	for at, (ending, content) in enumerate(files.items()):
		path = tmp_path / (NAMES[at % len(NAMES)].format(NAMED + at) + ending)
		path.write_bytes(content)
		visit.desk.find(f"{dialog} input[type=file]").send_keys(str(path))
		visit.desk.find(f"{dialog} [data-result]")
		visit.desk.wait_for_rest()
		ran += [f"{number}, of {path.name}: {where}" for number, where in visit.runs_here()]
		shown |= visit.shown
	assert not ran, "\n".join(ran)
	assert [number for number in shown if number < NAMED], "no cell was shown"
	assert [number for number in shown if number >= NAMED], "no name was shown"


def test_no_script_runs_of_the_name_of_a_file(empty_sheet, visit, user_of):
	"""A clerk uploads them, and looks at what came of it; so does who verifies."""
	from p2ham.demo import build

	known = set(frappe.get_all("P2HAM Evidence", pluck="name"))
	contents = (
		*(pdf("satu"), pdf("dua"), b"MZ" * 99, pdf("Daftar", "NIK 1611014501900001")),
		pdf("dengan nama berkas sebagai judul"),  # which is refused: a title has no markup
	)
	numbers = range(NAMED, NAMED + len(contents))
	names = [
		NAMES[number % len(NAMES)].format(number) + (".exe" if content.startswith(b"MZ") else ".pdf")
		for number, content in zip(numbers, contents, strict=True)
	]
	login(visit.browser, user_of("OPD Clerk", UNIT), build.PASSWORD)
	visit.desk.open_sheet()
	drop(visit.desk, pdf_slot(visit.desk), dict(zip(names, contents, strict=True)))
	visit.desk.wait(
		"return document.querySelectorAll('.p2ham-upload .p2ham-file').length === arguments[0]", len(names)
	)
	ran, shown = list(visit.runs_here()), set(visit.shown)
	visit.browser.execute_script(
		"""const titles = [...document.querySelectorAll(".p2ham-upload [data-field=title]")];
		titles.slice(0, -1).forEach((each, at) => (each.value = `Berkas ${at}`));"""
	)
	visit.desk.click(".p2ham-upload .modal-footer .btn-primary")
	visit.desk.wait(
		"return document.querySelectorAll('.p2ham-upload .p2ham-file[data-state=stored]').length === 3"
	)
	visit.desk.wait(
		"return document.querySelectorAll('.p2ham-upload .p2ham-file[data-state=refused]').length === 2"
	)
	ran += visit.ran_here()
	visit.desk.wait_for_rest()
	frappe.db.rollback()
	made = sorted(set(frappe.get_all("P2HAM Evidence", pluck="name")) - known)
	assert len(made) == 3
	for duty, opd in (("OPD Clerk", UNIT), ("P2HAM Verifier", "")):
		login(visit.browser, user_of(duty, opd), build.PASSWORD)
		pages = [Page("form", "P2HAM Assessment", ("p2ham-assessment", SHEET))]
		pages += [Page("form", "P2HAM Evidence", ("p2ham-evidence", name)) for name in made]
		pages.append(Page("list", "P2HAM Evidence", ("p2ham-evidence", "view", "list")))
		for page in pages:
			ran += visit.ran_on(page)
			shown |= visit.shown
			for _button, found in visit.pressed_on(page, set()):
				ran += found
	assert not ran, "\n".join(map(str, ran))
	assert shown >= set(numbers)
