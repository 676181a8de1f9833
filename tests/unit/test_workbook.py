"""An instrument as a workbook: what is written is read back exactly, and whatever an official or an attacker
makes of the file, every fault is named with its cell."""

import datetime
import functools
import io
import re
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from amount import share
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.chart import BarChart, Reference
from openpyxl.worksheet.formula import ArrayFormula
from random_instruments import TRAPS, instruments

from p2ham.engine import instrument as instrument_rules
from p2ham.engine.fields import comparable
from p2ham.engine.instrument import InstrumentError, dumps, loads
from p2ham.instruments import shipped_files
from p2ham.instruments.workbook_reading import load, read
from p2ham.instruments.workbook_sheets import SHEETS, TABLES, vocabulary
from p2ham.instruments.workbook_writing import write
from p2ham.tables import opening, values
from p2ham.tables.places import Cell, WorkbookError

INDONESIAN = {
	"Field": "Isian",
	"Value": "Nilai",
	"Code": "Kode",
	"Title": "Judul",
	"Year": "Tahun",
	"Criterion": "Kriteria",
	"Weight": "Bobot",
	"Points": "Nilai",
	"Scale": "Skala",
	"Kind": "Jenis",
	"Evidence": "Bukti",
	"Mandatory": "Wajib",
	"Elderly": "Lanjut Usia",
	"Options": "Pilihan",
	"Bands": "Rentang",
	"Image": "Gambar",
	"red": "merah",
}
SMALL = {
	"format": 1,
	"code": "UJI-2024",
	"title": "Uji",
	"regulation": "Peraturan uji",
	"family": "P2HAM",
	"year": 2024,
	"passing_score": 80,
	"source_note": "dibuat untuk uji",
	"thresholds": [
		{"label": "Rendah", "min_score": 0, "colour": "red"},
		{"label": "Baik", "min_score": 75, "colour": "green"},
	],
	"scales": [
		{
			"title": "Ada / Tidak",
			"kind": "Options",
			"options": [{"label": "Ada", "points": 100}, {"label": "Tidak", "points": 0}],
		},
		{"title": "Persen", "kind": "Percentage", "options": []},
	],
	"criteria": [
		{"code": "A", "title": "Aksesibilitas", "weight": 60},
		{"code": "B", "title": "Petugas", "weight": 40},
	],
	"indicators": [
		{
			"code": "1.1",
			"criterion": "A",
			"title": "Ramp",
			"scale": "Ada / Tidak",
			"weight": 1,
			"vulnerable_groups": ["Elderly", "Disability"],
			"opd_types": ["Dinas", "Badan"],
			"evidence_slots": [{"label": "Foto", "kind": "Image", "mandatory": True}],
		},
		{"code": "1.10", "criterion": "B", "title": "Petugas siaga", "scale": "Persen", "weight": 2.5},
	],
}


def indonesian(text: str) -> str:
	return INDONESIAN.get(text, text)


def small():
	return instrument_rules.read(SMALL)


@functools.cache
def content() -> bytes:
	return write(small())


def edited(change, of: bytes | None = None) -> bytes:
	"""Return a workbook after `change` was done to it in a spreadsheet."""
	book = openpyxl.load_workbook(io.BytesIO(of or content()))
	change(book)
	changed = io.BytesIO()
	book.save(changed)
	return changed.getvalue()


def with_cell(sheet: str, address: str, value, number_format: str | None = None) -> bytes:
	def change(book):
		book[sheet][address] = value
		if number_format:
			book[sheet][address].number_format = number_format

	return edited(change)


def with_part(name: str, change) -> bytes:
	"""Return the small workbook with the XML of one part changed."""
	changed = io.BytesIO()
	with zipfile.ZipFile(io.BytesIO(content())) as old, zipfile.ZipFile(changed, "w") as new:
		for part in old.namelist():
			xml = old.read(part).decode()
			new.writestr(part, change(xml) if part == name else xml)
	return changed.getvalue()


def with_result(address: str, result: str) -> bytes:
	"""Return the small workbook with a formula and its stored result in a cell of the sheet Criteria."""
	cell = re.compile(rf'<c r="{address}"[^>]*?(?:/>|>.*?</c>)')
	return with_part(
		"xl/worksheets/sheet2.xml", lambda xml: cell.sub(f'<c r="{address}" {result}</c>', xml, count=1)
	)


def found_in(content: bytes, known=None) -> dict[str, str]:
	"""Return the messages of what is wrong in a workbook by their cells."""
	with pytest.raises(WorkbookError) as caught:
		load(content, known)
	error = caught.value
	found = {}
	for fault in error.faults:
		place = str(error.cell(fault))
		assert place not in found, f"{place} is named twice: {found[place]}; {fault.message}"
		found[place] = fault.message
	return found


# The way there and back


@share(0.3)
@given(instruments())
def test_every_instrument_survives_the_workbook_exactly(instrument):
	returned = load(write(instrument))
	assert returned == instrument
	assert dumps(returned) == dumps(instrument)


@share(0.1)
@given(instruments())
def test_every_instrument_survives_a_workbook_in_indonesian(instrument):
	assert load(write(instrument, indonesian), vocabulary(indonesian)) == instrument


@share(0.1)
@given(instruments())
def test_a_workbook_survives_a_spreadsheet_program_that_saves_it_anew(instrument):
	assert load(edited(lambda book: None, of=write(instrument))) == instrument


@pytest.mark.parametrize("path", shipped_files(), ids=lambda path: path.stem)
def test_a_shipped_file_survives_the_workbook_byte_by_byte(path):
	assert dumps(load(write(loads(path.read_bytes())))).encode() == path.read_bytes()


@pytest.mark.parametrize("text", TRAPS)
def test_text_that_looks_like_something_else_stays_text_everywhere(text):
	def changed(data):
		return {
			**data,
			"title": text,
			"scales": [{**data["scales"][0], "title": text}, data["scales"][1]],
			"indicators": [
				{
					**data["indicators"][0],
					"scale": text,
					"guidance": text,
					"evidence_slots": [{"label": text, "kind": "Any", "example": text}],
				},
				data["indicators"][1],
			],
		}

	instrument = instrument_rules.read(changed(SMALL))
	returned = write(instrument)
	assert load(returned) == instrument
	cells = [cell for sheet in openpyxl.load_workbook(io.BytesIO(returned)) for row in sheet for cell in row]
	assert {cell.data_type for cell in cells} <= {"s", "n"}
	assert all(cell.quotePrefix for cell in cells if str(cell.value)[:1] in ("=", "+", "-", "@"))


def test_more_answers_than_other_sheets_have_rows_fit():
	answers = [{"label": f"Jawaban {number}", "points": number} for number in range(50)]
	scales = [{"title": f"Skala {number:03}", "kind": "Options", "options": answers} for number in range(61)]
	indicator = SMALL["indicators"][0]
	indicators = [
		{**indicator, "code": f"A{number}", "scale": row["title"]} for number, row in enumerate(scales)
	]
	instrument = instrument_rules.read(
		{**SMALL, "scales": scales, "indicators": indicators, "criteria": SMALL["criteria"][:1]}
	)
	assert load(write(instrument)) == instrument


def test_the_longest_texts_and_lists_fit_into_a_cell():
	kinds = [f"{number:03}" + "🏛" * 137 for number in range(100)]
	rows = [{**SMALL["indicators"][0], "opd_types": kinds, "guidance": "🏛" * 10_000}, SMALL["indicators"][1]]
	instrument = instrument_rules.read({**SMALL, "indicators": rows})
	returned = write(instrument)
	assert load(returned) == instrument
	for row in openpyxl.load_workbook(io.BytesIO(returned))["Indicators"]:
		for cell in row:
			assert len(str(cell.value).encode("utf-16-le")) // 2 <= 32_767  # Excel cuts off what is longer


# What an official may do


def test_the_order_of_columns_and_sheets_means_nothing_and_empty_rows_are_skipped():
	def change(book):
		for name in list(TABLES):
			sheet = book[name.capitalize()]
			rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
			sheet.delete_rows(1, sheet.max_row)
			for number, row in enumerate(rows):
				for position, value in enumerate(reversed(row), start=2):
					cell = sheet.cell(3 + 2 * number, position)
					cell.value = value
					cell.data_type = "s" if isinstance(value, str) else cell.data_type
		book.move_sheet("Thresholds", -4)
		book.create_sheet("Catatan")["A1"] = "tidak dibaca"

	assert load(edited(change)) == small()


@pytest.mark.parametrize(
	("sheet", "address", "header"),
	[
		("Indicators", "A1", "  cODE "),
		("Indicators", "A1", "code"),
		("Indicators", "E1", "scale"),
		("Indicators", "H1", "Non-Discrimination"),
		("Indicators", "R1", "label 1"),
		("Indicators", "R1", "Evidence1"),
		("Scales", "A1", "title"),
		("Scales", "E1", "not_applicable"),
		("Scales", "E1", "Not\nApplicable"),
		("Scales", "E1", "nöt  applicable"),
	],
)
def test_a_header_is_understood_in_any_spelling_and_as_the_key_of_the_file(sheet, address, header):
	assert load(with_cell(sheet, address, header)) == small()


def test_headers_and_words_in_indonesian_and_english_can_be_mixed():
	def change(book):
		book["Criteria"]["A1"] = "Kode"
		book["Indicators"]["B1"] = "KRITERIA"
		book["Indicators"]["R1"] = "Bukti 1"
		book["Indicators"]["S2"] = "gambar"
		book["Scales"]["D1"] = "Nilai"  # also the translation of Value
		book["Scales"]["B2"] = "pilihan"
		book["Thresholds"]["C2"] = "Merah"

	known = {comparable(translated): english for english, translated in INDONESIAN.items()}
	assert load(edited(change), known) == small()
	assert load(edited(change), vocabulary(indonesian)) == small()
	assert "Criteria (Code)" in found_in(edited(change))


@pytest.mark.parametrize("word", ["x", "X", " x ", "✓", "ya", "Ya", "yes", "true", "TRUE", True, 1, "1"])
def test_yes_is_understood(word):
	assert load(with_cell("Indicators", "G3", word)).indicators[1].mandatory


@pytest.mark.parametrize("word", [None, "", " ", "tidak", "Tidak", "no", "false", False, 0, "0", "-"])
def test_no_is_understood(word):
	assert not load(with_cell("Indicators", "G2", word)).indicators[0].mandatory


@pytest.mark.parametrize(
	("value", "number"),
	[
		("12,5", "12.5"),
		("12.5", "12.5"),
		(" 3 ", "3"),
		(0.1 + 0.2, "0.3"),
		(1.1 * 3, "3.3"),
		(33.3333, "33.3333"),
		(1e3, "1000"),
		(999999999.9999, "999999999.9999"),
	],
)
def test_a_number_is_what_the_spreadsheet_shows(value, number):
	assert load(with_cell("Criteria", "D2", value)).criteria[0].weight == Decimal(number)


@pytest.mark.parametrize(("value", "text"), [(1, "1"), (1.5, "1.5"), (2024.0, "2024"), (1e6, "1000000")])
def test_text_that_the_spreadsheet_made_a_number_is_text_again(value, text):
	assert load(with_cell("Criteria", "B2", value)).criteria[0].title == text


def test_lists_may_be_separated_by_semicolons_and_empty_entries_vanish():
	changed = with_cell("Indicators", "P2", "Dinas ; Badan;\n\n")
	assert load(changed).indicators[0].opd_types == ("Dinas", "Badan")


def test_evidence_slots_keep_the_order_of_their_numbers_whatever_number_they_have():
	def change(book):
		sheet = book["Indicators"]
		for position, (header, value) in enumerate(
			[("Kind 17", "PDF"), ("Evidence 17", "SK"), ("Evidence 9", "Notulen"), ("Kind 9", "Any")],
			start=40,
		):
			sheet.cell(1, position).value = header
			sheet.cell(2, position).value = value

	slots = load(edited(change)).indicators[0].evidence_slots
	assert [(slot.label, slot.kind) for slot in slots] == [
		("Foto", "Image"),
		("Notulen", "Any"),
		("SK", "PDF"),
	]


def test_the_rows_of_a_scale_need_not_be_neighbours_nor_repeat_its_kind():
	def change(book):
		sheet = book["Scales"]
		sheet["A5"], sheet["C5"], sheet["D5"], sheet["E5"] = "Ada / Tidak", "Tidak berlaku", 0, "x"

	scale = load(edited(change)).scales[0]
	assert [option.label for option in scale.options] == ["Ada", "Tidak", "Tidak berlaku"]
	assert scale.options[2].not_applicable


@pytest.mark.parametrize(
	("address", "result", "read_as"),
	[("D2", "><f>30+30</f><v>60</v>", small()), ("C2", 't="str"><f>""</f><v></v>', small())],
)
def test_a_computed_cell_gives_its_result(address, result, read_as):
	assert load(with_result(address, result)) == read_as


def test_merged_cells_hidden_sheets_and_other_sheets_do_no_harm():
	def change(book):
		book["Indicators"].merge_cells("D2:D2")
		book["Thresholds"].merge_cells("A8:C9")
		book["Thresholds"].sheet_state = "hidden"
		chart = BarChart()
		chart.add_data(Reference(book["Criteria"], range_string="Criteria!$D$2:$D$3"))
		book.create_chartsheet("Grafik", 0).add_chart(chart)

	assert load(edited(change)) == small()


def test_the_carriage_return_of_a_pasted_text_is_a_line_break():
	changed = with_cell("Instrument", "B10", "dibuat_x000D_\nuntuk uji")
	assert load(changed).source_note == "dibuat\nuntuk uji"


# What is wrong, and where


def test_everything_wrong_in_a_workbook_is_named_at_once_with_its_cell():
	def change(book):
		book["Instrument"]["B7"] = "dua ribu"
		book["Instrument"]["A20"], book["Instrument"]["B20"] = "Bupati", "siapa"
		book["Criteria"]["D2"] = "banyak"
		book["Criteria"]["B3"] = datetime.date(2024, 1, 2)
		book["Criteria"]["H1"], book["Criteria"]["H3"] = "Catatan", "isi"
		book["Indicators"]["B2"] = "Z"
		book["Indicators"]["F3"] = -1
		book["Indicators"]["I3"] = "mungkin"
		book["Indicators"]["S2"] = "Video"
		book["Indicators"]["V3"], book["Indicators"]["X3"] = "Notulen", "barangkali"
		book["Scales"]["B3"] = "Bands"
		book["Scales"]["D2"] = 101
		book["Thresholds"]["C3"] = "pink"

	found = found_in(edited(change))
	assert set(found) == {
		"Instrument!B7 (Year)",
		"Instrument!B20 (Bupati)",
		"Criteria!D2 (Weight)",
		"Criteria!B3 (Title)",
		"Criteria!H1 (Catatan)",
		"Criteria!2",
		"Indicators!B2 (Criterion)",
		"Indicators!F3 (Weight)",
		"Indicators!I3 (Participation)",
		"Indicators!S2 (Kind 1)",
		"Indicators!W3 (Kind 2)",
		"Indicators!X3 (Mandatory 2)",
		"Scales!B3 (Kind)",
		"Scales!D2 (Points)",
		"Thresholds!C3 (Colour)",
	}
	assert found["Criteria!B3 (Title)"] == values.IS_DATE
	assert found["Criteria!H1 (Catatan)"] == 'the column "Catatan" is not known'
	assert found["Criteria!2"] == "has no indicator and no sub-criterion"
	assert "is neither yes (x) nor no" in found["Indicators!I3 (Participation)"]
	assert found["Indicators!W3 (Kind 2)"] == "is missing"
	assert found["Scales!B3 (Kind)"] == 'the scale "Ada / Tidak" has another kind above: Options'


@pytest.mark.parametrize(
	("sheet", "address", "value", "place", "message"),
	[
		("Criteria", "D3", "#REF!", "Criteria!D3 (Weight)", "has the error #REF!"),
		("Criteria", "B3", "#N/A", "Criteria!B3 (Title)", "has the error #N/A"),
		("Criteria", "D3", "=1+1", "Criteria!D3 (Weight)", opening.IS_UNCALCULATED),
		(
			"Criteria",
			"D3",
			ArrayFormula("D3", "=SUM(D2)"),
			"Criteria!D3 (Weight)",
			opening.IS_UNCALCULATED,
		),
		("Criteria", "D3", "40%", "Criteria!D3 (Weight)", '"40%" is not a number'),
		("Criteria", "D3", True, "Criteria!D3 (Weight)", '"True" is not a number'),
		("Criteria", "D3", datetime.date(2024, 1, 2), "Criteria!D3 (Weight)", "is not a number"),
		("Criteria", "B3", datetime.time(1, 10), "Criteria!B3 (Title)", values.IS_DATE),
		("Criteria", "B3", True, "Criteria!B3 (Title)", "must be text, not True"),
		("Criteria", "B3", None, "Criteria!B3 (Title)", "is missing"),
		("Criteria", "F1", "Weight", "Criteria!F1 (Weight)", "stands there twice"),
		("Criteria", "F3", "isi", "Criteria!F1", "has content, but no name"),
		("Instrument", "B7", "1e999999999", "Instrument!B7 (Year)", "must be a whole number"),
		("Instrument", "B7", 2023.5, "Instrument!B7 (Year)", "must be a whole number"),
		("Instrument", "B2", 2, "Instrument!B2 (Format)", "this version reads format 1"),
		("Instrument", "A4", "Isi", "Instrument (Title)", 'the row "Title" is missing'),
		("Instrument", "A9", "year", "Instrument!B9 (year)", "stands there twice"),
		("Instrument", "C4", "isi", "Instrument!C1", "has content, but no name"),
		("Indicators", "P2", "Dinas\nDinas", "Indicators!P2 (OPD Types)", "stands there twice"),
		("Indicators", "Q2", "lama", "Indicators!Q2 (Continues)", "INSTRUMENT:CODE"),
		("Indicators", "P2", datetime.date(2024, 1, 2), "Indicators!P2 (OPD Types)", "is a date"),
		("Indicators", "G2", "mungkin", "Indicators!G2 (Mandatory)", "must be true or false"),
		("Indicators", "R2", None, "Indicators!R2 (Evidence 1)", "is missing"),
		("Indicators", "S1", None, "Indicators!S1", "has content, but no name"),
		("Scales", "A3", None, "Scales!A3 (Scale)", "is missing"),
		("Scales", "F3", 5, "Scales!3", "From and To belong to bands only"),
		("Scales", "D3", "#REF!", "Scales!D3 (Points)", "has the error"),
		("Scales", "D3", None, "Scales!D3 (Points)", "is missing"),
		("Scales", "C3", "ada", "Scales!C3 (Answer)", "stands there twice"),
		("Scales", "C4", "Separuh", "Scales!4", "a percentage has no other answers"),
	],
)
def test_each_fault_is_named_with_its_cell(sheet, address, value, place, message):
	assert message in found_in(with_cell(sheet, address, value))[place]


@pytest.mark.parametrize(
	("number_format", "messages"), [("0%", [opening.IS_PERCENTAGE]), ('0.0 "%"', []), (r"0\%", [])]
)
def test_a_number_that_is_shown_as_a_percentage_is_not_taken_for_a_fraction(number_format, messages):
	assert attempt(with_cell("Criteria", "D3", 0.4, number_format)) == messages


def test_rows_in_any_order_are_named_where_they_stand():
	def change(book):
		for sheet in ("Scales", "Thresholds"):
			book[sheet].insert_rows(2)
			book[sheet]["A2"] = "Zebra"
		book["Scales"]["B2"] = "Percentage"
		book["Thresholds"]["B2"], book["Thresholds"]["C2"] = 99, "pink"
		book["Scales"]["D3"] = 101

	assert set(found_in(edited(change))) == {"Scales!2", "Scales!D3 (Points)", "Thresholds!C2 (Colour)"}


def test_a_missing_column_is_said_once_and_not_again_for_each_row():
	def change(book):
		book["Criteria"].delete_cols(1)
		book["Indicators"]["F1"] = "Bobott"
		book["Thresholds"]["C2"] = "pink"

	assert found_in(edited(change)) == {
		"Criteria (Code)": 'the column "Code" is missing',
		"Indicators (Weight)": 'the column "Weight" is missing',
		"Indicators!F1 (Bobott)": 'the column "Bobott" is not known',
		"Thresholds!C2 (Colour)": '"pink" is not one of: red, orange, yellow, green, blue, gray',
	}


def test_without_the_column_of_values_nothing_is_said_of_single_fields():
	found = found_in(with_cell("Instrument", "B1", "Isi"))
	assert set(found) == {"Instrument!B1 (Isi)", "Instrument (Value)"}


def test_every_missing_sheet_is_named():
	def change(book):
		del book["Scales"], book["Criteria"]

	assert found_in(edited(change)) == {
		"Criteria": 'the sheet "Criteria" is missing',
		"Scales": 'the sheet "Scales" is missing',
	}


def test_an_empty_sheet_lacks_its_columns():
	def change(book):
		book["Thresholds"].delete_rows(1, 10)

	assert set(found_in(edited(change))) == {
		"Thresholds (Label)",
		"Thresholds (From Score)",
		"Thresholds (Colour)",
	}


def test_a_place_leads_to_the_nearest_cell_that_is_known():
	data, places = read(content())
	assert instrument_rules.read(data) == small()
	assert places.faults == []
	for place, cell in {
		("year",): Cell("Instrument", 7, "B", "Year"),
		("criteria", 1, "weight"): Cell("Criteria", 3, "D", "Weight"),
		("criteria", 1): Cell("Criteria", 3),
		("criteria",): Cell("Criteria"),
		("criteria", 99, "weight"): Cell("Criteria"),
		("indicators", 0, "opd_types", 1): Cell("Indicators", 2, "P", "OPD Types"),
		("indicators", 0, "vulnerable_groups"): Cell("Indicators", 2, "L", "Elderly"),
		("indicators", 0, "evidence_slots", 0, "label"): Cell("Indicators", 2, "R", "Evidence 1"),
		("scales", 0, "options", 1, "points"): Cell("Scales", 3, "D", "Points"),
		("scales", 1, "options"): Cell("Scales", 4),
		("thresholds",): Cell("Thresholds"),
		("unknown",): Cell("Instrument"),
		(): Cell("Instrument"),
	}.items():
		assert places.cell_of(place) == cell


def test_data_with_an_unusable_cell_does_not_pass_for_right_if_its_faults_are_forgotten():
	data, _ = read(with_cell("Indicators", "D2", datetime.date(2024, 1, 2)))
	with pytest.raises(InstrumentError):
		instrument_rules.read(data)


# What is no workbook, or a hostile one


def attempt(content: bytes) -> list[str]:
	"""Return the messages of the only error that a workbook may raise."""
	try:
		load(content)
	except WorkbookError as error:
		assert all(isinstance(error.cell(fault), Cell) for fault in error.faults)
		return [fault.message for fault in error.faults]
	return []


@share(0.6)
@given(st.binary(max_size=400))
def test_random_bytes_are_no_workbook(some):
	assert attempt(some) == [opening.IS_NO_WORKBOOK]
	assert attempt(b"PK\x03\x04" + some) == [opening.IS_NO_WORKBOOK]


@share(0.4)
@given(st.data())
def test_a_damaged_workbook_raises_nothing_else(data):
	damaged = bytearray(content())
	for _ in range(data.draw(st.integers(0, 6))):
		damaged[data.draw(st.integers(0, len(damaged) - 1))] ^= 1 << data.draw(st.integers(0, 7))
	attempt(bytes(damaged[: data.draw(st.integers(0, 2 * len(damaged)))]))


@share(0.6)
@given(st.data())
def test_damaged_xml_in_a_sound_archive_raises_nothing_else(data):
	parts = zipfile.ZipFile(io.BytesIO(content())).namelist()

	def damage(xml):
		start = data.draw(st.integers(0, len(xml)))
		some = st.sampled_from(["", "<", ">", '"', "-1", "9" * 20, "x", "&lt;", "NaN", "1e999", "</row>"])
		return xml[:start] + data.draw(some) + xml[start + data.draw(st.integers(0, 20)) :]

	attempt(with_part(data.draw(st.sampled_from(parts)), damage))


VALUES = st.one_of(
	st.none(),
	st.booleans(),
	st.integers(),
	st.floats(),
	st.datetimes(),
	st.dates(),
	st.times(),
	st.timedeltas(),
	st.sampled_from([*TRAPS, "Code", "Evidence 1", "Bands", "1e999999999", "-1e-999999999", "x" * 40_000]),
	st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"), max_size=20),
)


@share(0.3)
@given(
	st.lists(
		st.tuples(st.sampled_from(list(SHEETS.values())), st.integers(1, 5), st.integers(1, 30), VALUES),
		min_size=1,
		max_size=30,
	)
)
def test_whatever_stands_in_the_cells_raises_nothing_else(cells):
	def change(book):
		for sheet, row, column, value in cells:
			book[sheet].cell(row, column).value = value

	attempt(edited(change))


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
	bomb = io.BytesIO()
	with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
		for number in range(60):
			archive.writestr(f"xl/worksheets/sheet{number}.xml", b"\0" * 1024 * 1024)
	assert attempt(bomb.getvalue()) == ["is larger than 50 MB when unpacked"]


def test_a_file_that_is_too_large_is_refused():
	assert attempt(b"\0" * (5 * 1024 * 1024 + 1)) == ["is larger than 5 MB"]


def test_a_workbook_of_nothing_but_tags_is_refused():
	tags = with_part(
		"xl/worksheets/sheet2.xml", lambda xml: xml.replace("</sheetData>", "<row/>" * 2_100_000)
	)
	assert len(tags) > opening.MAX_BYTES
	packed = io.BytesIO()
	with zipfile.ZipFile(io.BytesIO(tags)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
		for part in old.namelist():
			new.writestr(part, old.read(part))
	assert attempt(packed.getvalue()) == ["is larger than 50 MB when unpacked"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(encoding):
	def change(xml):
		return (
			f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY e "eeee">]>'
			+ xml.replace("Aksesibilitas", "&e;")
		).encode(encoding)

	assert attempt(with_part("xl/worksheets/sheet2.xml", change)) == [opening.IS_NO_WORKBOOK]


@pytest.mark.parametrize("number", ["0", "-5", "1048577", "999999999999999999"])
def test_a_row_with_an_absurd_number_takes_no_time(number):
	attempt(
		with_part("xl/worksheets/sheet2.xml", lambda xml: xml.replace('<row r="3"', f'<row r="{number}"'))
	)


@pytest.mark.parametrize(
	("address", "message"),
	[
		("A3001", "has more than 3000 rows"),
		("KO2", "has more than 300 columns"),
		("XFD9", "has more than 300"),
	],
)
def test_more_rows_or_columns_than_an_instrument_needs_are_refused(address, message):
	assert message in found_in(with_cell("Criteria", address, "x"))["Criteria"]


def test_formatted_but_empty_rows_are_no_rows():
	def change(book):
		book["Criteria"]["A5000"].number_format = "0.00"

	assert load(edited(change)) == small()


# What it looks like


def test_the_workbook_is_good_to_edit():
	book = openpyxl.load_workbook(io.BytesIO(write(small(), indonesian)))
	assert book.sheetnames == list(SHEETS.values())
	assert book.properties.title == "Uji"
	for sheet in book:
		assert sheet.freeze_panes and sheet["A1"].font.bold
		assert sheet.page_setup.orientation == "landscape" and sheet.sheet_properties.pageSetUpPr.fitToPage
		assert all(sheet.column_dimensions[cell.column_letter].width >= 10 for cell in sheet[1])
	indicators = book["Indicators"]
	assert indicators.auto_filter.ref == "A1:AC3"
	assert indicators["B1"].value == "Kriteria" and "Criteria" in indicators["B1"].comment.text
	assert [cell.value for cell in indicators[1]][17:] == [
		f"{name} {number}" for number in (1, 2, 3) for name in ("Bukti", "Jenis", "Wajib", "Example")
	]
	assert indicators["A3"].value == "1.10" and indicators["A3"].number_format == "@"
	assert indicators["F3"].value == 2.5
	rules = {str(rule.sqref): rule.formula1 for rule in indicators.data_validations.dataValidation}
	assert rules["B2:B3000"] == "Criteria!$A$2:$A$3000"
	assert rules["E2:E3000"] == "Scales!$A$2:$A$10001"
	assert rules["G2:G3000"] == '"x"'
	assert rules["S2:S3000"] == '"PDF,Gambar,Link,Any"'
