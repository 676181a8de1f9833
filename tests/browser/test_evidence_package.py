"""The evidence of an assessment as one ZIP, taken from its form."""

from __future__ import annotations

import zipfile

from .conftest import arrived, words

SHEET = "DISDUKCAPIL-P2HAM-2024"
EMPTY = "KEC TEBING TINGGI-P2HAM-2024"
DIALOG = ".modal.show .p2ham-package"
PRIMARY = ".modal.show .modal-footer .btn-modal-primary, .modal.show .btn-modal-primary"


def choose(desk, entry: str, group: str = "View") -> None:
	desk.click(f".inner-group-button[data-label={words(group)}] button")
	desk.click(f".inner-group-button [data-label={words(entry.replace(' ', '%20'))}]")


def test_kabag_hukum_takes_the_evidence_of_a_unit_along(desk, enter, downloads):
	enter("Kabag Hukum")
	desk.open_sheet(SHEET)
	choose(desk, "Download Evidence")
	desk.find(f"{DIALOG} p")
	assert "20 documents" in desk.texts(DIALOG)[0]
	desk.shoot("package-before")
	desk.click(PRIMARY)
	desk.find(f"{DIALOG}[data-state=ready]")
	path = arrived(downloads, ".zip")
	assert path.name == f"Data-Dukung-{SHEET}.zip"
	with zipfile.ZipFile(path) as archive:
		assert archive.testzip() is None and "Daftar Data Dukung.pdf" in archive.namelist()
	assert desk.find(PRIMARY).is_enabled()
	desk.shoot("package-ready")
	assert not desk.console()
	assert SHEET in desk.browser.current_url.replace("%20", " ")


def answer(desk, *reports: dict) -> None:
	"""Let the server's part be played: each question gets the next answer."""
	desk.browser.execute_script(
		"""
		const [answers] = arguments, call = frappe.call;
		frappe.call = (options, ...more) =>
			String(options.method).startsWith("p2ham.api.package.")
				? Promise.resolve({ message: answers.length > 1 ? answers.shift() : answers[0] })
				: call(options, ...more);
		""",
		list(reports),
	)


def report(state: str, done: int = 0, **values) -> dict:
	return {
		"state": state,
		"done": done,
		"total": 40,
		"files": 38,
		"size": 2_500_000,
		"message": "",
		**values,
	}


def test_the_way_of_a_large_package_is_seen(desk, enter):
	enter("Sekda")
	desk.open_sheet(SHEET)
	answer(desk, report("none"), report("waiting"), report("building", 10))
	choose(desk, "Download Evidence")
	desk.find(f"{DIALOG}[data-state=none]")
	assert "2 are left out" in desk.texts(DIALOG)[0]
	desk.click(PRIMARY)
	desk.find(f"{DIALOG}[data-state=building]")
	assert "10 of 40" in desk.texts(DIALOG)[0]
	bar = desk.find(f"{DIALOG} [role=progressbar]")
	assert bar.get_attribute("aria-valuenow") == "25"
	assert not desk.find(PRIMARY).is_enabled()
	desk.shoot("package-building")


def test_a_failure_is_said_as_text_and_can_be_tried_again(desk, enter):
	hostile = '<img src=x onerror="window.p2ham_hacked = 1">'
	enter("Sekda")
	desk.open_sheet(SHEET)
	answer(desk, report("none"), report("waiting"), report("failed", message=hostile))
	choose(desk, "Download Evidence")
	desk.click(PRIMARY)
	desk.find(f"{DIALOG}[data-state=failed]")
	assert desk.texts(f"{DIALOG} [role=alert]") == [hostile]
	assert desk.texts(PRIMARY) == ["Try Again"] and desk.find(PRIMARY).is_enabled()
	assert not desk.browser.execute_script("return window.p2ham_hacked")
	desk.shoot("package-failed")


def test_the_list_opens_beside_the_form(desk, enter):
	enter("OPD Clerk", "DISDUKCAPIL")
	desk.open_sheet(SHEET)
	desk.browser.execute_script("window.open = (url) => (window.p2ham_opened = url)")
	choose(desk, "Evidence List", "Print")
	url = desk.wait("return window.p2ham_opened")
	assert url == f"/api/method/p2ham.api.documents.show?document=evidence_list&name={SHEET}"


def test_where_there_is_no_evidence_nothing_is_offered(desk, enter, empty_sheet):
	enter("OPD Clerk", "KEC TEBING TINGGI")
	desk.open_sheet(EMPTY)
	choose(desk, "Download Evidence")
	desk.find(f"{DIALOG} p")
	assert desk.texts(f"{DIALOG} p") == ["This assessment has no evidence yet."]
	assert not desk.find(PRIMARY).is_enabled()
