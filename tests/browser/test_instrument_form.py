"""An instrument at the desk: its structure, its files, its next version, and what is closed to whom."""

from __future__ import annotations

import dataclasses
import json
from decimal import Decimal

import pytest

from p2ham.instruments import writing

from .conftest import login, words

ACTIVE = "PERMENKUMHAM-25-2023"
CODE = "UJI-DESK"
TITLE = "Instrumen uji meja kerja"
HOSTILE = '<img src=x onerror="window.p2ham_hacked = 1">'
IMPORT = ".p2ham-import"
PRIMARY = f"{IMPORT} .modal-footer .btn-primary"


def sample(**values):
	"""An instrument small enough to be computed in one's head: A counts 1 and B 3; below B the weights are 1
	and 4, though the regulation speaks of 10."""
	from p2ham.engine.instrument import Criterion, EvidenceSlot, Indicator, Instrument, Scale, ScaleOption

	scale = Scale(
		"Uji meja kerja: ya / tidak",
		"Options",
		(ScaleOption("Ya", Decimal(100)), ScaleOption("Tidak", Decimal(0))),
	)
	question = {"scale": scale.title, "weight": Decimal(1)}
	return Instrument(
		**{
			"code": CODE,
			"title": TITLE,
			"regulation": "Peraturan uji",
			"family": "P2HAM",
			"year": 2024,
			"source_note": "Dibuat untuk pengujian.",
			"scales": (scale,),
			"criteria": (
				Criterion(code="A", title="Aksesibilitas", weight=Decimal(1)),
				Criterion(code="B", title="Petugas", weight=Decimal(3), weight_total=Decimal(10)),
				Criterion(code="B1", title="Petugas siaga", weight=Decimal(4), parent="B"),
			),
			"indicators": (
				Indicator(
					code="A.1",
					criterion="A",
					title="Ram tersedia",
					mandatory=True,
					opd_types=("Kecamatan",),
					evidence_slots=(EvidenceSlot("Foto"), EvidenceSlot("SK")),
					**question,
				),
				Indicator(code="B.1", criterion="B", title="Maklumat dipasang", **question),
				Indicator(
					code="B1.1",
					criterion="B1",
					title="Petugas hadir",
					continues=("PERMENKUMHAM-27-2018:X1",),
					**question,
				),
			),
			**values,
		}
	)


def remove_samples() -> None:
	import frappe

	frappe.db.rollback()
	frappe.set_user("Administrator")
	for name in frappe.get_all(
		"P2HAM Instrument", filters={"code": ("like", f"{CODE}%")}, pluck="name", order_by="code desc"
	):
		frappe.delete_doc("P2HAM Instrument", name)
	for name in frappe.get_all(
		"P2HAM Answer Scale", filters={"title": ("like", "Uji meja kerja%")}, pluck="name"
	):
		frappe.delete_doc("P2HAM Answer Scale", name)
	frappe.db.commit()


@pytest.fixture
def no_samples(demo_site):
	"""The site without what these tests make, before and after."""
	remove_samples()
	yield
	remove_samples()


@pytest.fixture
def draft(no_samples):
	"""The sample, stored as a draft."""
	import frappe

	name = writing.create(sample())
	frappe.db.commit()
	return name


@pytest.fixture
def manager(desk, demo_site):
	from p2ham.demo import build

	login(desk.browser, demo_site["manager"]["user"], build.PASSWORD)


def stored(name: str):
	"""Return an instrument as it is stored now, as its file says it; None if there is none."""
	import frappe

	from p2ham.instruments import store

	frappe.db.rollback()
	frappe.clear_document_cache("P2HAM Instrument", name)
	return store.load_for_file(name) if frappe.db.exists("P2HAM Instrument", name) else None


def open_instrument(desk, name: str) -> None:
	desk.open("p2ham-instrument", name)
	desk.find(".p2ham-structure table, .p2ham-structure .p2ham-empty")


def row(code: str) -> str:
	return f".p2ham-tree tr[data-code={words(code)}]"


def formatted(desk, number: float) -> str:
	return desk.browser.execute_script("return format_number(arguments[0], null, 2)", number)


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


def buttons(desk) -> list[str]:
	"""Return what stands on the buttons and in the menus above a form or list."""
	return desk.browser.execute_script(
		"""return [...document.querySelectorAll(".page-head button, .page-head .dropdown-item")]
			.filter((each) => !each.closest(".hide")).map((each) => each.textContent.trim()).filter(Boolean)"""
	)


def open_import(desk) -> None:
	desk.open("p2ham-instrument", "view", "list")
	press(desk, "Import from File")


def choose(desk, path, result: str) -> None:
	"""Give the dialog a file and wait for what it says about it."""
	desk.find(f"{IMPORT} input[type=file]").send_keys(str(path))
	desk.find(f"{IMPORT} [data-result={result}]")


def write_file(instrument, path) -> None:
	from p2ham.engine.instrument import dumps
	from p2ham.instruments import workbook_writing

	if path.suffix == ".json":
		path.write_text(dumps(instrument), encoding="utf-8")
	else:
		path.write_bytes(workbook_writing.write(instrument, lambda text: text))


def test_the_structure_shows_shares_and_marks_and_where_weights_do_not_add_up(desk, manager, draft):
	import frappe

	# Frappe cleans what comes through a form; the structure must not rely on it, so this goes past the form.
	frappe.db.set_value("P2HAM Criterion", f"{draft}-A", "title", HOSTILE)
	frappe.db.commit()
	open_instrument(desk, draft)
	for code, share in (("A", 25), ("A.1", 25), ("B", 75), ("B.1", 15), ("B1", 60), ("B1.1", 60)):
		assert desk.texts(f"{row(code)} .p2ham-share span") == [f"{formatted(desk, share)}%"], code
	assert desk.texts(f"{row('A.1')} .p2ham-marks > *") == ["Mandatory", "Evidence: 2", "Only: Kecamatan"]
	continues = desk.find(f"{row('B1.1')} .p2ham-marks > *")
	assert continues.get_attribute("title") == "PERMENKUMHAM-27-2018:X1"
	assert "10" in desk.texts(f"{row('B')} .p2ham-row-note.p2ham-orange")[0]
	assert HOSTILE in desk.texts(f"{row('A')} a")[0]
	assert not desk.browser.execute_script("return window.p2ham_hacked")
	desk.shoot("structure")

	# Closed with the keyboard, then opened again by the link to what lies in it.
	from selenium.webdriver.common.keys import Keys

	toggle = desk.find(f"{row('B')} button.p2ham-toggle")
	toggle.send_keys(Keys.ENTER)
	desk.wait("return !document.querySelector(arguments[0]).checkVisibility()", row("B1.1"))
	assert toggle.get_attribute("aria-expanded") == "false"
	desk.click("[data-findings=orange] [data-do=jump]")
	desk.find(f"{row('B')}.is-flashing a:focus")
	assert not desk.console()


def test_a_criterion_added_from_the_structure_is_there_on_return_with_its_fault(desk, manager, draft):
	open_instrument(desk, draft)
	assert not desk.texts("[data-findings=red]")
	desk.click(f"{row('B')} [data-do=add-criterion]")
	desk.wait("return cur_frm.doctype === 'P2HAM Criterion' && cur_frm.doc.__islocal")
	desk.wait_for_rest()
	desk.browser.execute_script("cur_frm.set_value({ code: 'B2', title: 'Petugas terlatih', weight: 1 })")
	desk.wait_for_rest()
	desk.click(".page-head .primary-action")
	desk.wait("return !cur_frm.doc.__islocal && !cur_frm.is_dirty()")
	desk.wait_for_rest()
	press(desk, "Instrument")
	desk.find(f"{row('B2')} .p2ham-row-note.p2ham-red")
	assert len(desk.texts("[data-findings=red] li")) == 1
	assert next(each for each in stored(draft).criteria if each.code == "B2").parent == "B"
	assert not desk.console()


def test_a_bad_file_lists_all_its_faults_and_cannot_be_imported(desk, manager, no_samples, tmp_path):
	from p2ham.engine.instrument import plain

	data = plain(sample())
	data["year"] = "dua ribu"
	data["pesan"] = HOSTILE
	for indicator in data["indicators"]:
		indicator["weight"] = -1
		indicator["scale"] = "tidak ada"
	path = tmp_path / "salah.json"
	path.write_text(json.dumps(data, default=float), encoding="utf-8")
	open_import(desk)
	choose(desk, path, "faulty")
	places = desk.texts(".p2ham-faults td:first-child")
	expected = {"$.year", "$.pesan"} | {
		f"$.indicators[{number}].{field}" for number in range(3) for field in ("weight", "scale")
	}
	assert expected <= set(places)
	assert desk.texts("[data-result=faulty] strong")[0].startswith(f"{len(places)} faults")
	assert not desk.find(PRIMARY).is_enabled()
	desk.shoot("import-faults")
	assert stored(CODE) is None
	assert not desk.console()


def test_a_file_that_is_too_large_or_of_another_kind_is_not_even_sent(desk, manager, no_samples, tmp_path):
	open_import(desk)
	for name, size in (("besar.json", 5 * 1024 * 1024 + 1), ("surat.pdf", 10), ("kosong.xlsx", 0)):
		path = tmp_path / name
		path.write_bytes(b" " * size)
		choose(desk, path, "refused")
		desk.wait(
			"return document.querySelector('[data-result=refused]').innerText.includes(arguments[0])", name
		)
		assert not desk.find(PRIMARY).is_enabled()


@pytest.mark.parametrize("ending", ["json", "xlsx"])
def test_a_good_file_becomes_a_draft_and_is_not_kept_as_a_file(desk, manager, no_samples, tmp_path, ending):
	import frappe

	files = frappe.db.count("File")
	path = tmp_path / f"baik.{ending}"
	write_file(sample(), path)
	open_import(desk)
	choose(desk, path, "good")
	assert TITLE in desk.texts(".p2ham-facts dd")
	assert len(desk.texts("[data-result=warned] li")) == 1
	desk.shoot(f"import-good-{ending}")
	desk.click(PRIMARY)
	desk.wait("return cur_frm && cur_frm.doc.name === arguments[0]", CODE)
	desk.find(row("B1.1"))
	assert stored(CODE) == sample()
	assert frappe.db.get_value("P2HAM Instrument", CODE, "status") == "Draft"
	assert frappe.db.count("File") == files
	assert not desk.console()


def test_a_draft_is_replaced_by_a_file_only_when_asked(desk, manager, draft, tmp_path):
	path = tmp_path / "baru.json"
	write_file(sample(title="Instrumen uji, diperbaiki"), path)
	open_import(desk)
	choose(desk, path, "faulty")
	assert not desk.find(PRIMARY).is_enabled()
	desk.click(f"{IMPORT} [data-do=replace]")
	desk.find(f"{IMPORT} [data-result=good]")
	desk.click(PRIMARY)
	desk.wait("return cur_frm && cur_frm.doc.title === 'Instrumen uji, diperbaiki'")
	assert stored(draft).title == "Instrumen uji, diperbaiki"

	# From the draft itself, the file of another instrument is refused.
	other, corrected = tmp_path / "lain.json", tmp_path / "benar.json"
	write_file(sample(code=f"{CODE}-LAIN"), other)
	write_file(sample(title="Dari formulir"), corrected)
	desk.wait_for_rest()
	press(desk, "Replace from File")
	choose(desk, other, "faulty")
	assert not desk.find(PRIMARY).is_enabled()
	choose(desk, corrected, "good")
	desk.click(PRIMARY)
	desk.wait("return cur_frm.doc.title === 'Dari formulir'")
	desk.find(row("A.1"))
	assert not desk.console()


def test_a_new_version_is_a_draft_whose_indicators_continue_the_old_ones(desk, manager, draft):
	open_instrument(desk, draft)
	press(desk, "New Version")
	code = desk.find(".modal.show input[data-fieldname=code]")
	desk.wait("return arguments[0].value === arguments[1]", code, f"{CODE}-V2")
	desk.wait_for_rest()
	desk.click(".modal.show .modal-footer .btn-primary")
	desk.wait("return cur_frm.doc.name === arguments[0]", f"{CODE}-V2")
	desk.find(row("A.1"))
	copy, old = stored(f"{CODE}-V2"), sample()
	assert copy.title == f"{TITLE} (V2)"
	assert copy.criteria == old.criteria
	assert [each.continues for each in copy.indicators] == [
		(f"{CODE}:{each.code}",) for each in old.indicators
	]
	assert [dataclasses.replace(each, continues=()) for each in copy.indicators] == [
		dataclasses.replace(each, continues=()) for each in old.indicators
	]
	assert not desk.console()


def test_an_active_instrument_is_read_only_with_its_indicators_and_scales(desk, manager):
	import frappe

	indicator = frappe.get_all(
		"P2HAM Indicator", filters={"instrument": ACTIVE}, fields=["name", "scale"], order_by="name", limit=1
	)[0]
	can_be_changed = """return cur_frm.fields.filter((field) => frappe.model.is_value_type(field.df) && field.disp_status === "Write")
		.map((field) => field.df.fieldname)"""
	open_instrument(desk, ACTIVE)
	desk.shoot("active")
	assert desk.browser.execute_script(can_be_changed) == []
	assert not desk.texts("[data-do=add-criterion], [data-do=add-indicator]")
	assert not desk.browser.execute_script("return document.querySelector('.p2ham-source').open")
	assert {"Save", "Activate", "Replace from File"}.isdisjoint(buttons(desk))
	assert {"Retire", "New Version", "JSON", "Excel"} <= set(buttons(desk))
	for route, name in (("p2ham-indicator", indicator.name), ("p2ham-answer-scale", indicator.scale)):
		desk.open(route, name)
		link = desk.find(".form-message a")
		assert link.get_attribute("href").endswith(ACTIVE)
		desk.wait_for_rest()
		assert desk.browser.execute_script(can_be_changed) == [], route
		assert "Save" not in buttons(desk)
	assert not desk.console()


def test_a_clerk_reads_the_structure_and_finds_nothing_to_change_or_import(desk, enter):
	enter("OPD Clerk", "DINSOS")
	desk.open("p2ham-instrument", "view", "list")
	assert "Import from File" not in buttons(desk)
	open_instrument(desk, ACTIVE)
	assert desk.texts(".p2ham-tree tr.is-indicator")
	assert {"Activate", "Retire", "New Version", "Replace from File", "JSON", "Excel"}.isdisjoint(
		buttons(desk)
	)
	assert not desk.console()


def test_the_structure_fits_a_phone(desk, manager, draft):
	desk.resize(375, 800)
	try:
		open_instrument(desk, draft)
		too_wide = desk.browser.execute_script(
			"""return [...document.querySelectorAll(".p2ham-structure *")]
			.filter((each) => each.checkVisibility() && each.getBoundingClientRect().right > 376)
			.map((each) => each.className)"""
		)
		assert too_wide == []
		assert desk.browser.execute_script("return document.documentElement.scrollWidth") <= 375
		desk.shoot("structure-phone")
	finally:
		desk.resize(0, 0)
