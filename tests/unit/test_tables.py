"""The kit for tables alone: a workbook of two small sheets, as the imports that come have them, written, filled in and
read back, with every fault at its cell."""

from __future__ import annotations

import datetime
import io
from dataclasses import dataclass
from decimal import Decimal

import openpyxl
import pytest

from p2ham.engine import fields
from p2ham.engine.faults import Fault
from p2ham.engine.fields import Choice, Flag, Number, Reference, Rows, Text, Whole, Words, declare
from p2ham.tables import heads, opening, values
from p2ham.tables.columns import Column, columns_of, find_column, texts_of
from p2ham.tables.heads import read_head
from p2ham.tables.opening import check_size, open_sheets
from p2ham.tables.places import Cell, Places, WorkbookError
from p2ham.tables.reading import TableReader
from p2ham.tables.template import TableWriter
from p2ham.tables.values import convert, says_something, text_of
from p2ham.tables.words import Vocabulary, loosened, vocabulary
from p2ham.tables.writing import put, saved, words_to_choose


@dataclass(frozen=True)
class Phone:
	number: str = declare(Text("Phone"))
	works: bool = declare(Flag("Works"))


@dataclass(frozen=True)
class Unit:
	code: str = declare(Text("Code"))
	kind: str = declare(Choice("Kind", words=("Office", "Village")))
	above: str | None = declare(Reference("Belongs To", required=False))
	staff: int = declare(Whole("Staff", required=False))


@dataclass(frozen=True)
class Person:
	name: str = declare(Text("Name"))
	unit: str = declare(Text("Unit"))
	share: Decimal | None = declare(Number("Share", required=False))
	duties: tuple = declare(Words("Duties", words=("Clerk", "Head")))
	notes: tuple = declare(Words("Notes"))
	phones: tuple = declare(Rows("Phones", of=Phone, required=False))


SHEETS = {"units": "OPD", "people": "Orang"}
TABLES = {"units": Unit, "people": Person}
INDONESIAN = {
	"Code": "Kode",
	"Kind": "Jenis",
	"Village": "Desa",
	"Name": "Nama",
	"Phone": "Telepon",
	"Staff": "Nama",
}
GOOD = {
	"units": [["A", "Office", None, 3], ["1.10", "Village", "A", None]],
	"people": [["Ani", "A", Decimal("12.5"), True, False, ["=1+1", "x"], "0812", True, None, False]],
}


def columns() -> dict[str, list[Column]]:
	return {table: columns_of(cls, {"phones": 2}) for table, cls in TABLES.items()}


class Writer(TableWriter):
	references = {"unit": ("units", "code")}


def written(translate=str) -> bytes:
	writer = Writer(SHEETS, columns(), translate)
	for table, rows in GOOD.items():
		writer.table(table, rows)
	return writer.content()


def edited(change, content: bytes | None = None) -> bytes:
	book = openpyxl.load_workbook(io.BytesIO(content or written()))
	change(book)
	return saved(book)


def read(content: bytes, known=None) -> tuple[dict, Places]:
	reader = TableReader(SHEETS, open_sheets(content, SHEETS), Places(SHEETS), Vocabulary(known))
	return {
		table: reader.entries(table, reader.rows(table, columns_of(cls, {"phones": 1})))
		for table, cls in TABLES.items()
	}, reader.places


def faults_in(content: bytes) -> dict[str, str]:
	"""Everything that is wrong with the workbook and with the data in it, by cell."""
	data, places = read(content)
	within: list[Fault] = []
	for table, cls in TABLES.items():
		for position, entry in enumerate(data[table]):
			one: list[Fault] = []
			one += fields.check(fields.read(cls, entry, one))
			within += (fault.below(table, position) for fault in one)
	faults = [*places.faults, *places.unsaid(within)]
	return {str(places.cell_of(fault.place)): fault.message for fault in faults}


# The way there and back

READ = {
	"units": [
		{"code": "A", "kind": "Office", "above": None, "staff": 3},
		{"code": "1.10", "kind": "Village", "above": "A", "staff": None},
	],
	"people": [
		{
			"name": "Ani",
			"unit": "A",
			"share": Decimal("12.5"),
			"duties": ["Clerk"],
			"notes": ["=1+1", "x"],
			"phones": [{"number": "0812", "works": True}],
		}
	],
}


def test_what_is_written_is_read_back():
	data, places = read(written())
	assert (data, places.faults) == (READ, [])


def test_headers_and_words_may_be_translated_also_two_by_one_word():
	texts = texts_of(column for table in columns().values() for column in table)
	known = vocabulary(texts, lambda text: INDONESIAN.get(text, text))
	assert set(known["nama"].split("\n")) == {"Name", "Staff"}
	content = written(lambda text: INDONESIAN.get(text, text))
	assert openpyxl.load_workbook(io.BytesIO(content))["OPD"]["B3"].value == "Desa"
	data, places = read(content, known)
	assert (data, places.faults) == (READ, [])


def test_places_lead_to_cells():
	_data, places = read(written())
	for place, cell in {
		("units", 1, "staff"): Cell("OPD", 3, "D", "Staff"),
		("units", 1): Cell("OPD", 3),
		("units", 7, "staff"): Cell("OPD"),
		("people", 0, "duties"): Cell("Orang", 2, "D", "Clerk"),
		("people", 0, "phones", 0, "number"): Cell("Orang", 2, "G", "Phone 1"),
		("people",): Cell("Orang"),
		(): Cell("OPD"),
	}.items():
		assert places.cell_of(place) == cell


# What is wrong, and where


@pytest.mark.parametrize(
	("sheet", "address", "value", "place", "message"),
	[
		("OPD", "A2", None, "OPD!A2 (Code)", "is missing"),
		("OPD", "B2", "Kota", "OPD!B2 (Kind)", '"Kota" is not one of: Office, Village'),
		("OPD", "D2", "tiga", "OPD!D2 (Staff)", "must be a whole number, not tiga"),
		("OPD", "A3", datetime.date(2024, 1, 10), "OPD!A3 (Code)", values.IS_DATE),
		("OPD", "D2", "=1+2", "OPD!D2 (Staff)", opening.IS_UNCALCULATED),
		("OPD", "D2", "#REF!", "OPD!D2 (Staff)", "has the error #REF!"),
		("OPD", "F3", "isi", "OPD!F1", heads.HAS_NO_NAME),
		("OPD", "D1", "Pegawai", "OPD!D1 (Pegawai)", 'the column "Pegawai" is not known'),
		("OPD", "D1", "code", "OPD!D1 (code)", 'the column "code" stands there twice'),
		("OPD", "A1", None, "OPD (Code)", 'the column "Code" is missing'),
		("Orang", "D2", "mungkin", "Orang!D2 (Clerk)", '"mungkin" is neither yes (x) nor no (empty)'),
		("Orang", "J2", "x", "Orang!I2 (Phone 2)", "is missing"),
		("Orang", "G2", None, "Orang!G2 (Phone 1)", "is missing"),
	],
)
def test_each_fault_is_named_with_its_cell(sheet, address, value, place, message):
	def change(book):
		book[sheet][address] = value

	assert faults_in(edited(change))[place] == message


def test_a_missing_column_is_said_once():
	def change(book):
		book["OPD"].delete_cols(1)

	assert faults_in(edited(change)) == {"OPD (Code)": 'the column "Code" is missing'}


def test_data_with_an_unusable_cell_does_not_pass_for_right():
	def change(book):
		book["OPD"]["A2"] = datetime.date(2024, 1, 10)

	data, _places = read(edited(change))
	found: list[Fault] = []
	fields.read(Unit, data["units"][0], found)
	assert found


# Heads


def test_a_head_tells_what_each_column_holds_and_what_is_wrong_with_it():
	rows = {3: {1: "a", 2: "b", 3: "a", 4: "?", 5: "empty"}, 4: {4: 1, 6: 1}}
	head = read_head(rows, text_of, {"a": "A", "b": "B"}.get)
	assert (head.row, head.used, head.columns) == (3, {4, 6}, {1: "A", 2: "B"})
	assert {position: fault.template for position, fault in head.faults.items()} == {
		3: heads.IS_THERE_TWICE,
		4: heads.IS_UNKNOWN,
		6: heads.HAS_NO_NAME,
	}
	assert head.missing(["A", "C"]) == ["C"]


def test_an_empty_table_has_an_empty_head():
	assert read_head({}, text_of, str).missing(["A"]) == ["A"]


@pytest.mark.parametrize("name", ["Phone 2", " PHONE  2", "phone2", "number_2"])
def test_columns_side_by_side_are_told_by_their_number(name):
	column = find_column(name, columns()["people"], Vocabulary())
	assert (column.key, column.within, column.number) == ("number", "phones", 2)


@pytest.mark.parametrize("name", ["", "Phone", "Code 1", "x" * 141, "2"])
def test_other_names_are_no_columns(name):
	assert find_column(name, columns()["people"], Vocabulary()) is None


def test_a_list_without_columns_of_its_own_is_left_to_another_table():
	assert [column.key for column in columns_of(Person)] == [
		"name",
		"unit",
		"share",
		"Clerk",
		"Head",
		"notes",
	]


# Values


@pytest.mark.parametrize(
	("kind", "value", "read"),
	[
		(Text(""), 1e6, "1000000"),
		(Text(""), "a_x000D_\nb", "a\r\nb"),
		(Text(""), datetime.time(1, 10), Fault((), values.IS_DATE)),
		(Number(""), "12,5", Decimal("12.5")),
		(Number(""), 0.1 + 0.2, Decimal("0.3")),
		(Number(""), "banyak", "banyak"),
		(Whole(""), 3.0, 3),
		(Whole(""), "1e999999999", "1e999999999"),
		(Flag(""), " Ya ", True),
		(Flag(""), "-", False),
		(Flag(""), "mungkin", "mungkin"),
		(Choice("", words=("red",)), "RED", "red"),
		(Choice("", words=("red",)), "pink", "pink"),
		(Words(""), "a; b\n\nc", ["a", "b", "c"]),
		(Words(""), None, None),
		(Text(""), Fault((), "t"), Fault((), "t")),
	],
)
def test_a_cell_becomes_the_value_of_its_kind(kind, value, read):
	assert convert(kind, value, Vocabulary()) == read


@pytest.mark.parametrize(
	("value", "says"), [(None, False), (False, False), ("", False), ([], False), (0, True)]
)
def test_no_is_as_good_as_empty(value, says):
	assert says_something(value) is says


@pytest.mark.parametrize("text", ["Not Applicable", "not\nAPPLICABLE", " nöt  applicable "])
def test_spelling_does_not_matter(text):
	assert loosened(text) == "not applicable"


# Opening and writing


def test_each_sheet_has_its_own_limit_of_rows():
	def change(book):
		book["Orang"]["A5"] = "x"

	content = edited(change)
	assert open_sheets(content, SHEETS, {"people": 5})["people"][5] == {1: "x"}
	with pytest.raises(WorkbookError) as caught:
		open_sheets(content, SHEETS, {"people": 4})
	(fault,) = caught.value.faults
	assert (fault.place, fault.message) == (("people",), "has more than 4 rows")
	assert caught.value.cell(fault) == Cell("Orang")


def test_missing_sheets_are_named_and_others_are_not_read():
	def change(book):
		del book["Orang"]
		book.create_sheet("Catatan")["ZZ1"] = "x"

	with pytest.raises(WorkbookError, match='Orang: the sheet "Orang" is missing'):
		open_sheets(edited(change), SHEETS)


def test_what_is_no_workbook_is_told_at_the_first_sheet():
	with pytest.raises(WorkbookError, match="OPD: is not an Excel workbook"):
		open_sheets(b"PK", SHEETS)


def test_what_is_too_large_is_not_opened():
	with pytest.raises(WorkbookError, match="is larger than 5 MB"):
		check_size(b"\0" * (opening.MAX_BYTES + 1), Places())


def test_text_stays_text_in_every_cell_that_is_put():
	sheet = openpyxl.Workbook().active
	assert put(sheet, 1, 1, "=1+1").data_type == "s"
	assert put(sheet, 1, 2, "a\x00b").value == "a b"
	assert put(sheet, 1, 3, 2).value == 2


@pytest.mark.parametrize(
	("words", "formula"), [(["a", "b"], '"a,b"'), (["a,b"], None), (['"'], None), (["x" * 255], None)]
)
def test_words_that_excel_cannot_list_are_not_offered(words, formula):
	assert words_to_choose(words) == formula


def test_a_template_tells_what_goes_into_its_columns():
	book = openpyxl.load_workbook(io.BytesIO(written()))
	people, units = book["Orang"], book["OPD"]
	assert "Must not be empty." in units["A1"].comment.text
	assert people["B1"].comment.text.startswith('As in the column "Code" of the sheet OPD.')
	assert units["A3"].number_format == "@" and people["F2"].quotePrefix
	rules = {str(rule.sqref): rule.formula1 for rule in people.data_validations.dataValidation}
	assert rules["B2:B3000"] == "OPD!$A$2:$A$3000"
	assert rules["D2:D3000"] == '"x"'
	assert units.freeze_panes == "B2" and units.auto_filter.ref == "A1:D3"
