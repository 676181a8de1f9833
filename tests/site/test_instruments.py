"""Instruments on a real site: files in and out, their life, frozen parts, use."""

import base64
import json
from decimal import Decimal

import frappe
import pytest
from hypothesis import HealthCheck, given, settings
from random_instruments import instruments

from p2ham.api import instrument as door
from p2ham.demo import factories as make
from p2ham.engine import instrument as instrument_rules
from p2ham.instruments import (
	exchange,
	shipped_files,
	store,
	workbook_reading,
	workbook_writing,
	writing,
)
from p2ham.tables import opening

pytestmark = pytest.mark.quick

ACTIVE, DRAFT = "PERMENKUMHAM-25-2023", "PERMENKUMHAM-34-2016"
MANAGER = "P2HAM Manager"


@pytest.fixture
def manager(demo_site):
	frappe.set_user(demo_site["manager"]["user"])
	return frappe.session.user


@pytest.fixture
def small():
	"""A small instrument with every kind of scale, two levels, and references to what is not on the site."""
	return instrument_rules.read(
		{
			"format": 1,
			"code": "UJI-1",
			"title": "Uji",
			"regulation": "Peraturan uji",
			"family": "P2HAM",
			"year": 2024,
			"passing_score": 70.5,
			"source_note": "Dibuat untuk uji.",
			"unverified_note": "Semuanya.\nSungguh.",
			"thresholds": [{"label": "Baik", "min_score": 66.67, "colour": "green"}],
			"scales": [
				{
					"title": "UJI bins",
					"kind": "Bands",
					"options": [
						{"label": "=rendah", "points": 0, "to": 0},
						{"label": "sedang", "points": 33.33, "from": 0, "to": 12.5},
						{"label": "tinggi", "points": 100, "from": 12.5},
						{"label": "Tidak berlaku", "points": 0, "not_applicable": True},
					],
				},
				{"title": "UJI persen", "kind": "Percentage"},
			],
			"criteria": [
				{"code": "B", "title": "Kedua < 50%", "weight": 33.3333, "weight_total": 100},
				{"code": "A", "title": "Pertama", "weight": 66.6667},
				{"code": "B.1", "title": "Di bawah", "weight": 40, "parent": "B"},
			],
			"indicators": [
				{"code": "Z", "criterion": "A", "title": "+Ramp", "scale": "UJI bins", "weight": 1},
				{
					"code": "B.1.1",
					"criterion": "B.1",
					"title": "Ruang laktasi “baik”",
					"guidance": "Baris satu\nbaris dua",
					"scale": "UJI persen",
					"weight": 0.25,
					"mandatory": True,
					"principles": ["Participation"],
					"vulnerable_groups": ["Maternal"],
					"opd_types": ["Dinas", "Jenis Uji"],
					"continues": ["TIDAK-ADA-1:X.1", f"{ACTIVE}:A1"],
					"evidence_slots": [{"label": "Foto", "kind": "Image", "mandatory": True}],
				},
			],
		}
	)


def encoded(content: bytes) -> str:
	return base64.b64encode(content).decode()


class TestFiles:
	def test_what_is_no_workbook_is_said_to_be_none(self, manager):
		(fault,) = door.check_file("uji.xlsx", encoded(b"PK\x03\x04 no workbook"))["faults"]
		assert opening.IS_NO_WORKBOOK in fault["text"]

	@pytest.mark.parametrize("path", shipped_files(), ids=lambda path: path.stem)
	def test_a_shipped_instrument_comes_back_byte_for_byte(self, manager, path):
		text = path.read_bytes()
		code = instrument_rules.loads(text).code
		assert exchange.write(code, exchange.JSON) == text
		sheet = exchange.write(code, exchange.EXCEL)
		assert instrument_rules.dumps(workbook_reading.load(sheet, exchange.known_words())).encode() == text

	def test_json_site_excel_site_json_gives_the_same_bytes(self, manager, small):
		text = instrument_rules.dumps(small).encode()
		assert door.import_file("uji.json", encoded(text))["name"] == "UJI-1"
		frappe.local.lang = "id"
		sheet = exchange.write("UJI-1", exchange.EXCEL)
		frappe.local.lang = "en"
		frappe.delete_doc("P2HAM Instrument", "UJI-1")
		frappe.delete_doc("P2HAM Answer Scale", "UJI bins")
		frappe.delete_doc("P2HAM Answer Scale", "UJI persen")
		assert door.import_file("uji.xlsx", encoded(sheet))["name"] == "UJI-1"
		assert exchange.write("UJI-1", exchange.JSON) == text

	@given(instruments())
	@settings(max_examples=25, suppress_health_check=list(HealthCheck))
	def test_whatever_is_valid_survives_the_site_and_the_workbook(self, manager, instrument):
		text = instrument_rules.dumps(instrument)
		frappe.db.savepoint("one")
		try:
			name = writing.create(instrument)
		except instrument_rules.InstrumentError as error:
			frappe.db.rollback(save_point="one")
			assert "that the database takes for the same" in str(error)
			return
		assert exchange.write(name, exchange.JSON).decode() == text
		sheet = exchange.write(instrument.code, exchange.EXCEL)
		frappe.db.rollback(save_point="one")
		frappe.clear_document_cache("P2HAM Instrument", instrument.code)
		checked = exchange.check("a.xlsx", sheet)
		assert not checked.faults
		assert exchange.write(writing.create(checked.instrument), exchange.JSON).decode() == text
		frappe.db.rollback(save_point="one")
		frappe.clear_document_cache("P2HAM Instrument", instrument.code)

	def test_what_was_imported_can_be_opened_saved_and_is_unchanged(self, manager, small):
		writing.create(small)
		before = exchange.write("UJI-1", exchange.JSON)
		for doctype, name in (
			("P2HAM Answer Scale", "UJI bins"),
			("P2HAM Criterion", "UJI-1-B.1"),
			("P2HAM Indicator", "UJI-1-B.1.1"),
			("P2HAM Instrument", "UJI-1"),
		):
			frappe.get_doc(doctype, name).save()
		assert exchange.write("UJI-1", exchange.JSON) == before
		row = frappe.get_doc("P2HAM Indicator", "UJI-1-B.1.1")
		assert [entry.indicator for entry in row.continues] == [None, f"{ACTIVE}-A1"]

	def test_a_faulty_file_reports_everything_and_writes_nothing(self, manager, small, said):
		data = instrument_rules.plain(small)
		data["indicators"][0]["weight"] = "banyak"
		data["indicators"][1]["scale"] = "Lain"
		data["thresholds"][0]["colour"] = "pink"
		content = encoded(json.dumps(data).encode())
		found = door.check_file("uji.json", content)
		assert [fault["place"] for fault in found["faults"]] == [
			"$.indicators[0].weight",
			"$.thresholds[0].colour",
			"$.indicators[1].scale",
			"$.scales[1]",
		]
		with pytest.raises(frappe.ValidationError) as caught:
			door.import_file("uji.json", content)
		for word in ("$.indicators[0].weight", "banyak", "Lain", "pink"):
			assert word in said(caught)
		assert not frappe.db.exists("P2HAM Instrument", "UJI-1")
		assert not frappe.db.exists("P2HAM Answer Scale", "UJI bins")

	def test_a_faulty_workbook_names_sheet_row_and_column(self, manager, small):
		import io

		import openpyxl

		book = openpyxl.load_workbook(io.BytesIO(workbook_writing.write(small)))
		sheet = book["Indicators"]
		column = next(cell.column_letter for cell in sheet[1] if cell.value == "Weight")
		sheet[f"{column}3"] = "banyak"
		buffer = io.BytesIO()
		book.save(buffer)
		(fault,) = door.check_file("uji.xlsx", encoded(buffer.getvalue()))["faults"]
		assert fault["place"] == f"sheet Indicators, row 3, column {column} (Weight)"
		assert fault["text"] == '"banyak" is not a number'

	def test_faults_are_told_in_indonesian(self, manager, small):
		data = instrument_rules.plain(small)
		data["indicators"][0]["weight"] = "banyak"
		frappe.local.lang = "id"
		try:
			(fault,) = door.check_file("uji.json", encoded(json.dumps(data).encode()))["faults"]
		finally:
			frappe.local.lang = "en"
		assert fault["text"] == '"banyak" bukan angka'

	@pytest.mark.parametrize(
		("name", "content"),
		[("a.json", b"\xff\x00"), ("a.xlsx", b"PK\x03\x04 kacau"), ("a.pdf", b"%PDF"), ("a", b"")],
	)
	def test_what_is_no_instrument_file_is_refused_in_one_sentence(self, manager, name, content):
		assert len(door.check_file(name, encoded(content))["faults"]) == 1

	def test_the_number_of_queries_does_not_depend_on_the_size(self, manager, small, queries):
		import dataclasses

		def grown(size):
			rows = tuple(
				dataclasses.replace(small.indicators[1], code=f"N{number}") for number in range(size)
			)
			return dataclasses.replace(small, code=f"UJI-{size}", indicators=(*small.indicators, *rows))

		counts = []
		for size in (1, 5, 200):  # the first one brings what the others share
			instrument = grown(size)
			with queries() as run:
				writing.create(instrument)
			counts.append(len(run))
			with queries() as run:
				assert len(store.load(instrument.code).indicators) == size + 2
			counts.append(len(run))
		assert counts[2:4] == counts[4:]
		assert max(counts) < 60


class TestReplacing:
	def test_a_code_that_is_taken_is_named(self, manager, small, said):
		writing.create(small)
		with pytest.raises(instrument_rules.InstrumentError, match="UJI-1 already exists"):
			writing.create(small)

	def test_a_draft_can_be_replaced_with_its_scales(self, manager, small):
		import dataclasses

		writing.create(small)
		bins = next(scale for scale in small.scales if scale.title == "UJI bins")
		changed = dataclasses.replace(
			small,
			title="Baru",
			scales=tuple(
				dataclasses.replace(bins, options=bins.options[1:]) if scale is bins else scale
				for scale in small.scales
			),
			indicators=(*small.indicators[:1], dataclasses.replace(small.indicators[1], code="NEW")),
		)
		writing.create(changed, replace=True)
		frappe.clear_document_cache("P2HAM Instrument", "UJI-1")
		assert exchange.write("UJI-1", exchange.JSON).decode() == instrument_rules.dumps(changed)
		assert not frappe.db.exists("P2HAM Indicator", "UJI-1-B.1.1")
		assert not frappe.db.exists("P2HAM Evidence Slot", {"parent": "UJI-1-B.1.1"})

	def test_an_active_instrument_cannot_be_replaced(self, manager):
		instrument = store.load_for_file(ACTIVE)
		before = exchange.write(ACTIVE, exchange.JSON)
		with pytest.raises(instrument_rules.InstrumentError, match="past Draft"):
			writing.create(instrument, replace=True)
		assert exchange.write(ACTIVE, exchange.JSON) == before

	def test_a_scale_of_the_site_with_other_answers_is_not_overwritten(self, manager, small):
		import dataclasses

		scale = next(scale for scale in store.load_for_file(ACTIVE).scales if scale.kind == "Options")
		other = dataclasses.replace(scale, options=scale.options[:1])
		instrument = dataclasses.replace(
			small,
			scales=(*small.scales, other),
			indicators=(
				*small.indicators,
				dataclasses.replace(small.indicators[0], code="Y", scale=scale.title),
			),
		)
		with pytest.raises(instrument_rules.InstrumentError, match="other answers"):
			writing.create(instrument)
		assert not frappe.db.exists("P2HAM Instrument", "UJI-1")


class TestWho:
	@pytest.mark.parametrize(
		("duty", "opd"), [("OPD Clerk", "DINSOS"), ("P2HAM Verifier", ""), ("Kabag Hukum", ""), ("Sekda", "")]
	)
	def test_only_a_manager_imports_and_makes_versions(self, people, duty, opd):
		frappe.set_user(people(duty, opd))
		text = encoded(instrument_rules.dumps(store.load_for_file(ACTIVE)).encode())
		for call in (
			lambda: door.check_file("a.json", text),
			lambda: door.import_file("a.json", text),
			lambda: door.new_version(ACTIVE, "UJI-2", "Uji"),
			lambda: door.export(ACTIVE, "json"),
		):
			with pytest.raises(frappe.PermissionError):
				call()

	def test_without_a_duty_nobody_reads_the_structure(self):
		make.create_user("tanpa.tugas@example.com", "Tanpa Tugas")
		frappe.set_user("tanpa.tugas@example.com")
		with pytest.raises(frappe.PermissionError):
			door.get_structure(ACTIVE)


class TestLife:
	def test_a_new_version_is_a_draft_that_continues_the_old_one(self, manager):
		name = door.new_version(ACTIVE, "UJI-V2", "Versi kedua")["name"]
		record = frappe.get_doc("P2HAM Instrument", name)
		assert (record.status, record.title) == ("Draft", "Versi kedua")
		row = frappe.get_doc("P2HAM Indicator", f"{name}-A1")
		assert [(entry.reference, entry.indicator) for entry in row.continues] == [
			(f"{ACTIVE}:A1", f"{ACTIVE}-A1")
		]
		row.weight = 2
		row.save()
		assert store.load(ACTIVE).indicators[0].weight == 1

	def test_a_new_version_needs_a_code_of_its_own(self, manager, said):
		for code in (ACTIVE, "dua kata", ""):
			with pytest.raises((frappe.ValidationError, instrument_rules.InstrumentError)) as caught:
				door.new_version(ACTIVE, code, "Versi kedua")
			assert "ode" in said(caught)

	def test_draft_active_retired_and_no_new_period_for_what_is_retired(self, manager):
		record = frappe.get_doc("P2HAM Instrument", DRAFT)
		record.status = "Retired"
		with pytest.raises(frappe.ValidationError, match="does not go from Draft to Retired"):
			record.save()
		for status in ("Active", "Retired"):
			record = frappe.get_doc("P2HAM Instrument", DRAFT)
			record.status = status
			record.save()
		with pytest.raises(frappe.ValidationError, match="retired"):
			make.create_period(DRAFT, 2032, ["DINSOS"], opens=False)

	def test_activation_names_everything_that_is_wrong(self, manager, said):
		frappe.db.set_value("P2HAM Indicator", f"{DRAFT}-1.S", "title", "")
		frappe.db.set_value("P2HAM Criterion", f"{DRAFT}-2", "weight", 0.33333)
		record = frappe.get_doc("P2HAM Instrument", DRAFT)
		record.status = "Active"
		with pytest.raises(frappe.ValidationError) as caught:
			record.save()
		assert "Indicator 1.S, Title: is missing" in said(caught)
		assert "Criterion 2, Weight" in said(caught)

	def test_one_in_use_is_not_deleted_and_the_users_are_named(self, manager, small, said):
		with pytest.raises(frappe.LinkExistsError) as caught:
			frappe.delete_doc("P2HAM Instrument", ACTIVE)
		assert "P2HAM-2024" in said(caught)
		writing.create(small)
		with pytest.raises(frappe.LinkExistsError) as caught:
			frappe.delete_doc("P2HAM Instrument", "PERMENKUMHAM-27-2018")
		assert ACTIVE in said(caught)

	def test_one_that_is_not_used_goes_with_everything_that_is_its_own(self, manager, small):
		writing.create(small)
		frappe.delete_doc("P2HAM Instrument", "UJI-1")
		for doctype in ("P2HAM Criterion", "P2HAM Indicator"):
			assert not frappe.db.count(doctype, {"instrument": "UJI-1"})
		assert not frappe.db.count("P2HAM Evidence Slot", {"parent": ("like", "UJI-1%")})
		assert not frappe.db.count("P2HAM Threshold", {"parent": "UJI-1"})

	def test_references_are_linked_when_the_older_instrument_arrives_later(self, manager, small):
		import dataclasses

		writing.create(small)
		older = dataclasses.replace(
			small,
			code="TIDAK-ADA-1",
			year=2020,
			indicators=(
				small.indicators[0],
				dataclasses.replace(small.indicators[1], code="X.1", continues=()),
			),
		)
		writing.create(older)
		rows = frappe.get_doc("P2HAM Indicator", "UJI-1-B.1.1").continues
		assert rows[0].indicator == "TIDAK-ADA-1-X.1"

	def test_two_instruments_do_not_continue_each_other(self, manager, small, said):
		import dataclasses

		def with_link(code, older):
			row = dataclasses.replace(small.indicators[0], continues=(f"{older}:Z",))
			return dataclasses.replace(small, code=code, indicators=(row, small.indicators[1]))

		for code, older in (("UJI-1", "UJI-2"), ("UJI-2", "UJI-1")):
			record = frappe.get_doc("P2HAM Instrument", writing.create(with_link(code, older)))
			record.status = "Active"
			if code == "UJI-1":
				record.save()
		with pytest.raises(frappe.ValidationError) as caught:
			record.save()
		assert "Indicator Z, Continues: UJI-1 itself continues UJI-2" in said(caught)

	def test_a_draft_does_not_change_what_others_continue(self, manager, small):
		before = store.continuations()
		writing.create(small)
		assert store.continuations() == before
		assert store.continuations("UJI-1")["UJI-1", "B.1.1"] == (("TIDAK-ADA-1", "X.1"), (ACTIVE, "A1"))


class TestStructure:
	def test_shares_are_percentages_of_the_total(self, manager):
		nodes = {node["name"]: node for node in door.get_structure(DRAFT)["nodes"]}
		assert nodes[f"{DRAFT}-1"]["share"] == 14.29  # one of seven rights
		assert nodes[f"{DRAFT}-1.H"]["share"] == 8.57  # 60 / 100 of it
		shares = [node["share"] for node in nodes.values() if node["kind"] == "indicator"]
		assert abs(sum(shares) - 100) < 0.2

	def test_a_weight_that_breaks_the_sum_is_warned_about_at_its_criterion(self, manager):
		row = frappe.get_doc("P2HAM Indicator", f"{DRAFT}-1.H")
		row.weight = 50
		row.save()
		structure = door.get_structure(DRAFT)
		assert [note["name"] for note in structure["warnings"]] == [f"{DRAFT}-1"]
		assert "add up to 90; the regulation says 100" in structure["warnings"][0]["text"]
		assert structure["faults"] == []


class TestFrozen:
	ROWS = (
		("P2HAM Threshold", {"parent": ACTIVE}, {"min_score": 1}),
		("P2HAM Scale Option", {"parent": "Ada / Proses / Tidak"}, {"points": 99}),
		("P2HAM Evidence Slot", {"parent": f"{ACTIVE}-A1"}, {"mandatory": 0}),
		("P2HAM Indicator Predecessor", {"parent": f"{ACTIVE}-A1"}, {"reference": "LAIN:A"}),
	)

	@pytest.mark.parametrize(("doctype", "filters", "values"), ROWS, ids=lambda value: str(value)[:30])
	def test_rows_are_not_changed_or_deleted_past_their_document(
		self, http, demo_site, doctype, filters, values
	):
		client = http(demo_site["manager"]["user"])
		row = frappe.get_all(doctype, filters=filters, fields=["*"], order_by="idx", limit=1)[0]
		address = f"/api/resource/{doctype}/{row.name}"
		assert client.put(address, json=values).status_code == 403
		assert client.delete(address).status_code == 403
		assert (
			client.call(
				"frappe.client.set_value", doctype=doctype, name=row.name, fieldname=json.dumps(values)
			).status_code
			== 403
		)
		assert client.call("frappe.client.delete", doctype=doctype, name=row.name).status_code == 403
		frappe.db.rollback()
		assert frappe.get_all(doctype, filters=filters, fields=["*"], order_by="idx", limit=1)[0] == row

	@pytest.mark.parametrize(
		("doctype", "name", "values"),
		[
			("P2HAM Instrument", ACTIVE, {"title": "lain"}),
			("P2HAM Instrument", ACTIVE, {"status": "Draft"}),
			("P2HAM Instrument", ACTIVE, {"thresholds": []}),
			("P2HAM Criterion", f"{ACTIVE}-A", {"weight": 9}),
			("P2HAM Criterion", f"{ACTIVE}-A", {"instrument": DRAFT, "weight": 9}),
			("P2HAM Indicator", f"{ACTIVE}-A1", {"instrument": DRAFT}),
			("P2HAM Indicator", f"{ACTIVE}-A1", {"evidence_slots": []}),
			("P2HAM Answer Scale", "Ada / Proses / Tidak", {"kind": "Percentage", "options": []}),
		],
	)
	def test_no_call_changes_what_is_active(self, http, demo_site, doctype, name, values):
		client = http(demo_site["manager"]["user"])
		before = exchange.write(ACTIVE, exchange.JSON)
		response = client.put(f"/api/resource/{doctype}/{name}", json=values)
		assert response.status_code in (403, 417), response.text
		frappe.db.rollback()
		assert exchange.write(ACTIVE, exchange.JSON) == before
		assert frappe.db.get_value("P2HAM Instrument", ACTIVE, "status") == "Active"

	def test_nothing_is_added_to_what_is_active_or_renamed(self, http, demo_site):
		client = http(demo_site["manager"]["user"])
		for doctype, values in (
			("P2HAM Criterion", {"instrument": ACTIVE, "code": "Q", "title": "Q", "weight": 1}),
			(
				"P2HAM Indicator",
				{
					"instrument": ACTIVE,
					"criterion": f"{ACTIVE}-A",
					"code": "Q1",
					"title": "Q",
					"scale": "Ada / Proses / Tidak",
					"weight": 1,
				},
			),
		):
			assert client.post(f"/api/resource/{doctype}", json=values).status_code == 403
		for doctype, name in (
			("P2HAM Instrument", ACTIVE),
			("P2HAM Criterion", f"{ACTIVE}-A"),
			("P2HAM Indicator", f"{ACTIVE}-A1"),
			("P2HAM Answer Scale", "Ada / Proses / Tidak"),
		):
			response = client.call(
				"frappe.rename_doc", doctype=doctype, old=name, new=f"{name} lain", merge=False
			)
			assert response.status_code != 200, response.text
			frappe.db.rollback()
			assert frappe.db.exists(doctype, name)

	@pytest.mark.parametrize(
		"change",
		[
			lambda doc: doc.set("title", doc.title.replace(" ", "  ", 1)),
			lambda doc: doc.set("source_note", doc.source_note.replace(". ", ".\r\n")),
			lambda doc: doc.set("thresholds", doc.thresholds[::-1]),
		],
	)
	def test_not_even_spaces_or_the_order_of_rows_change(self, manager, change):
		record = frappe.get_doc("P2HAM Instrument", ACTIVE)
		change(record)
		with pytest.raises(frappe.PermissionError, match="no longer changes"):
			record.save()

	def test_the_answers_of_a_scale_in_use_keep_their_order(self, manager):
		scale = frappe.get_doc("P2HAM Answer Scale", "Ada / Proses / Tidak")
		scale.options = scale.options[::-1]
		with pytest.raises(frappe.PermissionError, match="no longer changes"):
			scale.save()

	def test_a_kind_of_unit_that_it_asks_is_not_renamed_or_merged(self, manager, small):
		writing.create(small)
		record = frappe.get_doc("P2HAM Instrument", "UJI-1")
		record.status = "Active"
		record.save()
		for merge in (False, True):
			with pytest.raises(frappe.PermissionError, match="UJI-1"):
				frappe.rename_doc(
					"P2HAM OPD Type", "Jenis Uji", "Kecamatan" if merge else "Lain", merge=merge
				)
		assert store.load_for_file("UJI-1").indicators[1].opd_types == ("Dinas", "Jenis Uji")

	def test_nobody_submits_or_cancels_it(self, db):
		for doctype, name in (("P2HAM Instrument", DRAFT), ("P2HAM Indicator", f"{DRAFT}-1.S")):
			with pytest.raises(frappe.PermissionError, match="neither submitted nor cancelled"):
				frappe.get_doc(doctype, name).submit()

	def test_what_comes_along_with_the_activation_is_refused(self, manager):
		record = frappe.get_doc("P2HAM Instrument", DRAFT)
		record.update({"status": "Active", "passing_score": 90})
		with pytest.raises(frappe.ValidationError, match="save the other changes first"):
			record.save()

	def test_it_is_not_activated_over_a_change_that_is_not_seen_yet(self, manager):
		"""The rows as this transaction sees them against the rows as they are now, which locking shows."""
		name = f"{DRAFT}-1.S"
		before = frappe.db.get_value(
			"P2HAM Indicator", name, "modified"
		)  # what this transaction sees from now on
		other = make_connection()
		try:
			other.sql(CHANGE, ("2001-01-01", name))
			other.commit()
			record = frappe.get_doc("P2HAM Instrument", DRAFT)
			record.status = "Active"
			with pytest.raises(frappe.TimestampMismatchError, match="somebody is changing"):
				record.save()
			frappe.db.rollback()
		finally:
			other.sql(CHANGE, (before, name))
			other.commit()
			other.close()


# Not by Frappe's own functions: those run on the first connection.
CHANGE = "update `tabP2HAM Indicator` set modified = %s where name = %s"


def make_connection():
	"""A second connection to the site's database, with a transaction of its own."""
	from frappe.database import get_db

	conf = frappe.conf
	return get_db(
		host=conf.db_host,
		port=conf.db_port,
		user=conf.db_user or conf.db_name,
		password=conf.db_password,
		cur_db_name=conf.db_name,
	)


class TestDoors:
	"""What is sent to the doors is of the type they name, or is refused in a sentence."""

	@pytest.mark.parametrize(
		("method", "values"),
		[
			("instrument.get_structure", {"name": {"a": 1}}),
			("instrument.new_version", {"name": ACTIVE, "code": ["x"], "title": "x"}),
			("instrument.check_file", {"file_name": "a.json", "content": {"a": 1}}),
			("instrument.import_file", {"file_name": ["a"], "content": ""}),
			("instrument.import_file", {"file_name": "a.json", "content": "", "replace": []}),
			("assessment.earlier", {"name": {"opd": "DINKES"}}),
			("assessment.compare", {"name": {"opd": "DINKES"}, "older": "x"}),
		],
	)
	def test_another_type_is_refused(self, http, demo_site, method, values):
		response = http(demo_site["manager"]["user"]).call(f"p2ham.api.{method}", **values)
		assert response.status_code in (403, 417), response.text[:300]

	@pytest.mark.parametrize("data", ['{"format":1,"\\ud800":1}', '{"format":1,"code":"\\ud800"}'])
	def test_half_a_character_is_told_like_any_other_fault(self, http, demo_site, data):
		client = http(demo_site["manager"]["user"])
		content = encoded(data.encode())
		assert (
			client.call("p2ham.api.instrument.check_file", file_name="a.json", content=content).status_code
			== 200
		)
		response = client.call("p2ham.api.instrument.import_file", file_name="a\ud800.json", content=content)
		assert response.status_code == 417


class TestEntering:
	@pytest.mark.parametrize(
		("doctype", "name", "values", "word"),
		[
			("P2HAM Indicator", f"{DRAFT}-1.S", {"guidance": "a" * 10_001}, "Guidance"),
			("P2HAM Indicator", f"{DRAFT}-1.S", {"title": "<img src=x onerror=alert(1) x="}, "Title"),
			("P2HAM Criterion", f"{DRAFT}-1", {"weight": 1e15}, "Weight"),
			("P2HAM Criterion", f"{DRAFT}-1", {"weight": "1e5000"}, "Weight"),
			("P2HAM Criterion", f"{DRAFT}-1", {"weight": "<b>x</b>"}, "Weight: &quot;&lt;b&gt;"),
			("P2HAM Instrument", DRAFT, {"passing_score": 500}, "Passing Score"),
			("P2HAM Instrument", DRAFT, {"year": -3}, "Year"),
			("P2HAM Instrument", DRAFT, {"family": "Lain"}, "Family"),
		],
	)
	def test_a_form_takes_only_what_a_file_can_hold(self, manager, doctype, name, values, word):
		doc = frappe.get_doc(doctype, name)
		doc.update(values)
		with pytest.raises(frappe.ValidationError) as caught:
			doc.save()
		assert word in str(caught.value)

	def test_texts_are_normalised_as_in_a_file(self, manager):
		row = frappe.get_doc("P2HAM Indicator", f"{DRAFT}-1.S")
		row.update({"title": " Dua\nbaris ", "guidance": "satu\r\ndua\ttiga\x00 "})
		row.save()
		assert (row.title, row.guidance) == ("Dua baris", "satu\ndua tiga")

	def test_a_code_with_a_hyphen_is_refused(self, manager):
		with pytest.raises(frappe.ValidationError, match="is not a code"):
			frappe.get_doc(
				{"doctype": "P2HAM Criterion", "instrument": DRAFT, "code": "1-2", "title": "x", "weight": 1}
			).insert()

	def test_what_is_added_in_the_desk_comes_last(self, manager):
		frappe.get_doc(
			{"doctype": "P2HAM Criterion", "instrument": DRAFT, "code": "0", "title": "x", "weight": 1}
		).insert()
		assert [row.code for row in store.load_for_file(DRAFT).criteria][-1] == "0"

	def test_more_decimals_than_are_kept_are_refused(self, manager):
		row = frappe.get_doc("P2HAM Indicator", f"{DRAFT}-1.S")
		row.weight = "33,33333"
		with pytest.raises(frappe.ValidationError, match="more than 4 decimals"):
			row.save()

	def test_bounds_of_bands_take_a_decimal_comma_and_empty_is_open(self, manager):
		scale = frappe.get_doc(
			{
				"doctype": "P2HAM Answer Scale",
				"title": "UJI",
				"kind": "Bands",
				"options": [
					{"label": "a", "points": 0, "to_value": "0,50"},
					{"label": "b", "points": 50, "from_value": " 0.5 ", "to_value": "10"},
					{"label": "c", "points": 100, "from_value": "10"},
				],
			}
		).insert()
		assert [(row.from_value, row.to_value) for row in scale.options] == [
			("", "0.5"),
			("0.5", "10"),
			("10", ""),
		]
		assert store.load_scales({"UJI"})[0].options[0].upper == Decimal("0.5")
		scale.options[0].to_value = "satu"
		with pytest.raises(frappe.ValidationError, match="Row 1: To"):
			scale.save()

	def test_a_reference_to_an_older_indicator_is_checked(self, manager):
		row = frappe.get_doc("P2HAM Indicator", f"{DRAFT}-1.S")
		row.append("continues", {"reference": "LAMA:K.1"})
		row.append("continues", {"indicator": f"{ACTIVE}-A1"})
		row.save()
		assert [entry.reference for entry in row.continues][-2:] == ["LAMA:K.1", f"{ACTIVE}:A1"]
		row.append("continues", {"reference": "tanpa kode"})
		with pytest.raises(frappe.ValidationError, match="INSTRUMENT:CODE"):
			row.save()
