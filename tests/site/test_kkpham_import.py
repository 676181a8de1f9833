"""Results of KKP HAM from Excel over HTTP: what is seen before is what is written, all of it or nothing."""

from __future__ import annotations

import datetime
import io
import json
import zipfile

import frappe
import openpyxl
import pytest
from way_back import no_trace

from p2ham.demo import factories as make
from p2ham.engine import kkpham_import as rules
from p2ham.kkpham import import_preview, import_shown, importing

DOOR, RESULT, KKP = "/api/method/p2ham.api.kkpham", "P2HAM KKPHAM Result", "PERMENKUMHAM-22-2021"
YEAR, ROOT, OPD, OTHER = 2032, "EMPAT LAWANG", "DINSOS", "DINKES"
HEADS = [*rules.COLUMNS.values(), "1 Hak atas bantuan hukum", "2"]
GOOD = [OPD, YEAR, None, KKP, "87,5", datetime.date(2032, 12, 10), "HAM/1", "Temuan", None, 80, "60,5"]


def row(**values) -> list:
	names = [*rules.COLUMNS, "1", "2"]
	return [values.get(name, value) for name, value in zip(names, GOOD, strict=True)]


def book(*rows, heads=HEADS, title=rules.SHEET) -> bytes:
	made = openpyxl.Workbook()
	made.active.title = title
	for values in (heads, *rows):
		made.active.append(values)
	content = io.BytesIO()
	made.save(content)
	return content.getvalue()


def send(client, door: str, content: bytes, **values):
	return client.post(f"{DOOR}.{door}", files={"file": ("hasil.xlsx", content)}, data=values)


def preview(client, content: bytes) -> dict:
	response = send(client, "preview", content)
	assert response.status_code == 200, response.text
	return response.json()["message"]


def apply(client, content: bytes, found: dict, rows: list[int] | None = None, **values):
	chosen = {each["row"]: each["stamp"] for each in found["rows"] if rows is None or each["row"] in rows}
	return send(
		client, "apply", content, **{"digest": found["digest"], "chosen": json.dumps(chosen), **values}
	)


def words(response) -> str:
	return " ".join(json.loads(text)["message"] for text in json.loads(response.json()["_server_messages"]))


def there() -> list[str]:
	frappe.db.rollback()
	return frappe.get_all(RESULT, filters={"assessment_year": YEAR}, pluck="name", order_by="name")


@pytest.fixture
def verifier(http, people):
	with no_trace():
		yield http(people("P2HAM Verifier"))


def test_the_template_is_filled_and_comes_back(verifier):
	response = verifier.get(f"{DOOR}.template", params={"instrument": KKP})
	assert response.status_code == 200, response.text
	made = openpyxl.load_workbook(io.BytesIO(response.content))
	assert made.sheetnames == [rules.SHEET, "Perangkat Daerah", "Petunjuk"]
	sheet = made[rules.SHEET]
	heads = [cell.value for cell in sheet[1]]
	assert heads[:9] == list(rules.COLUMNS.values()) and heads[9] == "1 Hak atas bantuan hukum"
	assert len(heads) == 19
	assert (OPD, "Dinas Sosial") in list(made["Perangkat Daerah"].values)
	for column, value in enumerate(["Dinas Sosial", YEAR, None, KKP, 88], start=1):
		sheet.cell(2, column, value)
	content = io.BytesIO()
	made.save(content)
	found = preview(verifier, content.getvalue())
	assert (found["faults"], [each["kind"] for each in found["rows"]]) == ([], ["New"])


def test_what_is_previewed_is_what_is_written(verifier, people):
	with make.acting_as(people("P2HAM Verifier")):
		make.create_kkpham_result(
			OTHER, YEAR, 50, KKP, finding="Lama", rights=[{"criterion": f"{KKP}-1", "score": 40}]
		)
	frappe.db.commit()
	content = book(
		row(), row(opd="dinas kesehatan", score=51, finding=None), row(opd=ROOT, **{"1": None, "2": None})
	)
	found = preview(verifier, content)
	assert found["counts"] == {"New": 2, "Changed": 1, "Unchanged": 0, "Faulty": 0}
	new, changed, _regency = found["rows"]
	assert (new["row"], new["unit"], new["year"], new["name"]) == (2, "Dinas Sosial", YEAR, "")
	assert {"label": "Data Year", "old": "", "new": str(YEAR - 1)} in new["changes"]
	assert changed["name"] == f"KKPHAM-{YEAR}-{OTHER}"
	as_said = {
		each["label"]: (each["old"].replace(",", "."), each["new"].replace(",", "."))
		for each in changed["changes"]
	}
	assert as_said["Score"] == ("50.00", "51.00")
	assert as_said["Hak atas bantuan hukum"] == ("40.00", "80.00")
	assert as_said["Hak atas informasi"] == ("", "60.50")
	assert "Finding" not in as_said  # an empty cell changes nothing
	assert there() == [f"KKPHAM-{YEAR}-{OTHER}"]  # nothing has been written
	response = apply(verifier, content, found)
	assert response.json()["message"] == {"created": 2, "changed": 1}
	assert len(there()) == 3
	doc = frappe.get_doc(RESULT, f"KKPHAM-{YEAR}-{OPD}")
	assert (doc.score, doc.data_year, doc.reference) == (87.5, YEAR - 1, "HAM/1")
	assert (doc.category, doc.owner) == ("Peduli HAM", people("P2HAM Verifier"))
	assert [(each.title, each.score, each.category) for each in doc.rights] == [
		("Hak atas bantuan hukum", 80, "Peduli HAM"),
		("Hak atas informasi", 60.5, "Mulai Peduli HAM"),
	]
	assert frappe.db.get_value(RESULT, f"KKPHAM-{YEAR}-{OTHER}", "finding") == "Lama"
	assert frappe.db.get_value(RESULT, f"KKPHAM-{YEAR}-{ROOT}", "is_regency") == 1
	again = preview(verifier, content)
	assert again["counts"] == {"New": 0, "Changed": 0, "Unchanged": 3, "Faulty": 0}
	assert apply(verifier, content, again).json()["message"] == {"created": 0, "changed": 0}


def test_only_bagian_hukum_imports(http, people, demo_site):
	content = book(row())
	found = {"digest": import_preview.digest_of(content), "rows": [{"row": 2, "stamp": ""}]}
	for user in (
		people("OPD Clerk", OPD),
		people("OPD Head", OPD),
		people("Sekda"),
		people("P2HAM Observer"),
		demo_site["manager"]["user"],
		None,
	):
		client = http(user)
		assert send(client, "preview", content).status_code == 403, user
		assert apply(client, content, found).status_code == 403, user
		assert client.get(f"{DOOR}.template", params={"instrument": KKP}).status_code == 403, user
	assert there() == []


def test_administrator_holds_no_duty(as_user):
	from p2ham.api import kkpham

	as_user("Administrator")
	for door in (kkpham.preview, lambda: kkpham.apply("", "{}"), lambda: kkpham.template(KKP)):
		with pytest.raises(frappe.PermissionError):
			door()


def test_doors_that_write_take_no_get(verifier):
	for door in ("preview", "apply"):
		assert verifier.get(f"{DOOR}.{door}").status_code == 403


def hostile() -> dict[str, tuple[bytes, str]]:
	good = book(row())
	cut = good[: len(good) // 2]
	entities, bomb = io.BytesIO(), io.BytesIO()
	with zipfile.ZipFile(io.BytesIO(good)) as source, zipfile.ZipFile(entities, "w") as target:
		for part in source.namelist():
			xml = source.read(part)
			if part.endswith("sheet1.xml"):
				xml = b'<!DOCTYPE x [<!ENTITY e "e">]>' + xml
			target.writestr(part, xml)
	with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as target:
		target.writestr("xl/workbook.xml", b"0" * 60_000_000)
	return {
		"empty": (b"", "is not an Excel workbook"),
		"text": (b"OPD;Tahun Penilaian\nDINSOS;2032", "is not an Excel workbook"),
		"cut": (cut, "is not an Excel workbook"),
		"entities": (entities.getvalue(), "is not an Excel workbook"),
		"bomb": (bomb.getvalue(), "is larger than 50 MB when unpacked"),
		"another sheet": (book(row(), title="Sheet1"), 'the sheet "Hasil KKP HAM" is missing'),
		"no rows": (book(), "has no row with a result"),
		"unknown column": (book(row(), heads=[*HEADS[:-1], "Skor"]), 'the column "Skor" is not known'),
		"missing column": (book(row(), heads=[*HEADS[:4], "2", *HEADS[5:-1], None]), "is missing"),
	}


@pytest.mark.parametrize("name", sorted(hostile()))
def test_a_file_that_cannot_be_used_says_why_and_writes_nothing(verifier, name):
	content, fault = hostile()[name]
	found = preview(verifier, content)
	assert fault in " ".join(each["text"] for each in found["faults"])
	assert found["rows"] == []
	response = apply(verifier, content, {**found, "rows": [{"row": 2, "stamp": ""}]})
	assert response.status_code == 417 and "Row 2" in words(response)
	assert there() == []


def test_a_file_that_is_too_large_is_refused(verifier):
	response = send(verifier, "preview", b"x" * (5 * 1024 * 1024 + 1))
	assert response.status_code == 417 and "larger than 5 MB" in words(response)


@pytest.mark.parametrize(
	("values", "place", "fault"),
	[
		({"opd": "DINSOSS"}, "A2 (OPD)", "do you mean DINSOS (Dinas Sosial)?"),
		({"opd": None}, "A2 (OPD)", "must be filled"),
		({"assessment_year": "nanti"}, "B2 (Tahun Penilaian)", '"nanti" is no year'),
		({"data_year": YEAR + 1}, "C2 (Tahun Data)", "is later than the assessment year"),
		({"instrument": "PERMENKUMHAM-25-2023"}, "D2 (Instrumen)", "do you mean PERMENKUMHAM-22-2021?"),
		({"score": 101}, "E2 (Nilai)", "101 does not lie between 0 and 100"),
		({"score": "delapan"}, "E2 (Nilai)", '"delapan" is no number'),
		({"score": datetime.date(2032, 1, 1)}, "E2 (Nilai)", "is a date"),
		({"score": "=1+1"}, "E2 (Nilai)", "has a formula without a result"),
		({"reviewed_on": "31/02/2032"}, "F2 (Tanggal Reviu)", '"31/02/2032" is no date'),
		({"reference": datetime.date(2032, 1, 1)}, "G2 (Nomor/Referensi)", "is a date"),
		({"1": 100.5}, "J2 (1 Hak atas bantuan hukum)", "100.5 does not lie between 0 and 100"),
	],
)
def test_a_faulty_row_is_named_and_the_good_ones_can_go_alone(verifier, values, place, fault):
	content = book(row(**values), row(opd=OTHER))
	found = preview(verifier, content)
	faulty, good = found["rows"]
	assert (faulty["kind"], good["kind"]) == ("Faulty", "New")
	[told] = faulty["faults"]
	assert told["place"] == place and fault in told["text"]
	refused = apply(verifier, content, found)
	assert refused.status_code == 417 and "Row 2" in words(refused)
	assert there() == []
	assert apply(verifier, content, found, [3]).json()["message"] == {"created": 1, "changed": 0}
	assert there() == [f"KKPHAM-{YEAR}-{OTHER}"]


def test_a_unit_twice_in_the_file_is_faulty_in_both_rows(verifier):
	found = preview(verifier, book(row(), row(opd="Dinas Sosial", score=1), row(opd=OTHER)))
	assert [each["kind"] for each in found["rows"]] == ["Faulty", "Faulty", "New"]
	assert "rows 2, 3" in found["rows"][0]["faults"][0]["text"]


# Two people at once


def test_a_result_that_somebody_changed_meanwhile_is_named_and_nothing_is_written(verifier, http, people):
	with make.acting_as(people("P2HAM Verifier")):
		name = make.create_kkpham_result(OTHER, YEAR, 50, KKP)
	frappe.db.commit()
	content = book(row(), row(opd=OTHER, score=60))
	found = preview(verifier, content)
	changed = http(people("Kabag Hukum")).put(f"/api/resource/{RESULT}/{name}", json={"score": 55})
	assert changed.status_code == 200, changed.text
	response = apply(verifier, content, found)
	assert response.status_code == 417 and name in words(response) and "Row 3" in words(response)
	assert there() == [name]
	assert frappe.db.get_value(RESULT, name, "score") == 55
	assert apply(verifier, content, preview(verifier, content)).json()["message"] == {
		"created": 1,
		"changed": 1,
	}


def test_a_result_that_somebody_recorded_meanwhile_is_not_overwritten(verifier, http, people):
	content = book(row())
	found = preview(verifier, content)
	made = http(people("Kabag Hukum")).post(
		f"/api/resource/{RESULT}",
		json={"opd": OPD, "assessment_year": YEAR, "instrument": KKP, "score": 12},
	)
	assert made.status_code == 200, made.text
	response = apply(verifier, content, found)
	assert response.status_code == 417 and f"KKPHAM-{YEAR}-{OPD}" in words(response)
	assert there() and frappe.db.get_value(RESULT, f"KKPHAM-{YEAR}-{OPD}", "score") == 12


def test_another_file_than_was_previewed_is_refused(verifier):
	found = preview(verifier, book(row()))
	response = apply(verifier, book(row(score=1)), found)
	assert response.status_code == 417 and "another than the one that was previewed" in words(response)
	assert there() == []


@pytest.mark.parametrize("chosen", ["", "{}", "[]", "no", '{"x": ""}', '{"2": 5}', '{"9": ""}', "null"])
def test_rows_that_were_not_previewed_are_refused(verifier, chosen):
	content = book(row())
	response = apply(verifier, content, preview(verifier, content), chosen=chosen)
	assert response.status_code == 417, response.text
	assert there() == []


def test_without_a_file_nothing_happens(verifier):
	response = verifier.post(f"{DOOR}.preview")
	assert response.status_code == 417 and "no file was sent" in words(response)


def test_a_failure_in_the_last_row_takes_the_first_back(verifier, http, people, monkeypatch):
	"""Asked of the function itself, in one transaction as a request is: no file makes a row fail so late."""
	content = book(row(), row(opd=OTHER))
	written = importing._write

	def failing(line):
		if line.entry.values["opd"] == OTHER:
			frappe.throw("Gagal")
		written(line)

	monkeypatch.setattr(importing, "_write", failing)
	found = import_shown.as_shown(import_preview.preview(content))
	with make.acting_as(people("P2HAM Verifier")), pytest.raises(frappe.ValidationError, match="Gagal"):
		importing.apply(content, found["digest"], {each["row"]: "" for each in found["rows"]})
	assert there() == []  # which ends the transaction as a refused request does


def test_what_a_cell_holds_is_shown_and_never_run(verifier):
	content = book(row(reference="=1+1", finding="<script>alert(1)</script>Temuan"))
	found = preview(verifier, content)
	assert found["rows"][0]["kind"] == "Faulty"  # a formula that nobody has calculated
	content = book(row(finding="<script>alert(1)</script>Temuan"))
	found = preview(verifier, content)
	answer = apply(verifier, content, found)
	assert answer.status_code == 417 and "plain text" in answer.text
	frappe.db.rollback()
	assert not frappe.db.exists(RESULT, f"KKPHAM-{YEAR}-{OPD}")


def test_looking_takes_as_many_queries_for_many_rows_as_for_few(as_user, people, queries):
	as_user(people("P2HAM Verifier"))

	def count(rows: int) -> int:
		content = book(*(row(assessment_year=2033 + number) for number in range(rows)))
		with queries() as calls:
			found = import_shown.as_shown(import_preview.preview(content))
		assert found["counts"]["New"] == rows
		return len(calls)

	count(1)
	assert count(60) == count(2) <= 7
