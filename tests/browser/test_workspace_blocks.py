"""The workspace's blocks in the desk: filled for each duty, in both themes, and every line leads on."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest

from .conftest import SHEET, UNIT, login

SHEETS = {
	"OPD Clerk": (UNIT, SHEET),
	"Kabag Hukum": ("", "DISDIKBUD-P2HAM-2024"),
	"Sekda": ("", "DINSOS-P2HAM-2024"),
}
# What `arguments[0]` finds inside the shadow roots of the blocks.
INSIDE = """[...document.querySelectorAll(".custom-block-widget-box *")]
	.filter((each) => each.shadowRoot)
	.flatMap((each) => [...each.shadowRoot.querySelectorAll(arguments[0])])"""
MEAN = """return [...document.querySelectorAll(".number-widget-box")]
	.find((box) => box.querySelector('[title="Mean Verified Score"]'))?.querySelector(".number")"""


def inside(desk, css: str) -> list[str]:
	return desk.browser.execute_script(f"return {INSIDE}.map((each) => each.innerText.trim())", css)


def open_workspace(desk) -> None:
	desk.open("p2ham")
	desk.wait(f"return {INSIDE}.length === 2", "h4")
	desk.wait(f"return {INSIDE}.every((each) => getComputedStyle(each).padding !== '0px')", ".p2ham-block")


def follow(desk, css: str) -> None:
	desk.browser.execute_script(f"window.stays = true; {INSIDE}[0].click()", css)


@pytest.mark.parametrize("duty", SHEETS)
def test_the_blocks_are_filled_and_lead_on(desk, enter, duty):
	unit, sheet = SHEETS[duty]
	enter(duty, unit)
	open_workspace(desk)
	for theme in ("dark", "light"):
		desk.browser.execute_script(
			"document.documentElement.setAttribute('data-theme', arguments[0])", theme
		)
		desk.shoot(f"blocks-{duty}-{theme}".replace(" ", "-").lower())
	assert inside(desk, "h4") == ["What Waits", "Weak Indicators"]
	# Our style counts more than the desk's, which Frappe puts into the block as well.
	shown = f"return {INSIDE}.map((each) => getComputedStyle(each).display)"
	assert desk.browser.execute_script(shown, "header") == ["flex", "flex"]
	assert len(inside(desk, "li")) == 1 and 0 < len(inside(desk, ".tile")) <= 8
	follow(desk, ".tile")
	desk.wait("return window.frappe.query_report?.data?.length && $.active === 0")
	assert desk.browser.execute_script("return frappe.query_report.get_filter_value('indicator')")
	assert (
		desk.browser.execute_script("return frappe.query_report.get_filter_value('period')") == "P2HAM-2024"
	)
	open_workspace(desk)
	follow(desk, "li a")
	desk.wait("return window.cur_frm && cur_frm.doc.name === arguments[0] && $.active === 0", sheet)
	assert desk.browser.execute_script("return window.stays"), "the desk was loaded anew"
	assert desk.console() == []


@pytest.mark.parametrize("duty", ("P2HAM Observer", "P2HAM Manager"))
def test_who_has_nothing_to_do_is_told_so_kindly(desk, enter, demo_site, duty):
	from p2ham.demo import build

	if duty == "P2HAM Manager":
		login(desk.browser, demo_site["manager"]["user"], build.PASSWORD)
	else:
		enter(duty)
	open_workspace(desk)
	desk.shoot(f"blocks-{duty}".replace(" ", "-").lower())
	assert "Nothing waits for you." in inside(desk, ".empty")[0]
	assert len(inside(desk, ".tile")) == (8 if duty == "P2HAM Observer" else 0)
	assert desk.console() == []


def mean_of_the_decided(period: str) -> str:
	"""Reckon anew: other tests take steps with the demo's sheets."""
	import frappe

	frappe.db.rollback()
	sheets = [
		frappe.get_doc("P2HAM Assessment", name)
		for name in frappe.get_all("P2HAM Assessment", {"period": period}, pluck="name", order_by="name")
	]
	scores = [
		Decimal(str(sheet.verified_score))
		for sheet in sheets
		if sheet.workflow_state in ("Reviewed", "Approved")
	]
	assert scores
	return str((sum(scores) / len(scores)).quantize(Decimal("0.01"), ROUND_HALF_UP))


def test_the_mean_is_written_as_the_site_writes_numbers(desk, enter):
	"""The card's own way with numbers knows no decimal comma."""
	shown = MEAN + ".innerText.trim()"
	enter("Sekda")
	open_workspace(desk)
	desk.wait(MEAN)
	decimal = desk.browser.execute_script("return format_number(0.5, null, 1)[1]")
	assert desk.browser.execute_script(shown) == mean_of_the_decided("P2HAM-2024").replace(".", decimal)
	# No shorter than it is, and a whole number without decimals.
	for number, words in (("67.50", f"67{decimal}50"), ("100.00", "100"), ("0.00", f"0{decimal}00")):
		found = desk.browser.execute_script(
			"""const number = convert_old_to_new_number_format(frappe.utils.shorten_number(arguments[0], "Indonesia", 5));
			return $(frappe.format(number, { fieldtype: "Code" })).text();""",
			number,
		)
		assert found == words
	desk.browser.execute_script(MEAN + ".click()")
	desk.wait("return frappe.query_report?.report_name === 'P2HAM Scoreboard' && $.active === 0")
	enter("OPD Clerk", UNIT)
	open_workspace(desk)
	desk.wait(MEAN)
	assert desk.browser.execute_script(shown) == "–"
	assert desk.console() == []


def test_a_long_list_is_in_order_and_shows_text_as_text(desk, enter):
	"""What the demo has not: several duties and periods, late units, and a name that would be a picture."""
	enter("Sekda")
	open_workspace(desk)
	desk.browser.execute_script(
		f"""const name = '<img src=x onerror="window.hacked = 1">';
		const row = (number) => ({{
			opd_name: number ? `Kecamatan Pendopo Barat ${{number}}` : name, period: "Penilaian P2HAM Tahun 2024",
			next: "Approve", state: "Reviewed", deadline: "2024-05-01", late: number, _paint: {{ state: "blue" }},
			_link: {{ opd_name: {{ doctype: "P2HAM Assessment", name }} }},
		}});
		const more = [{{ number: 12, period: name,
			_link: {{ number: {{ report: "P2HAM Progress", filters: {{ period: name, waiting: 1 }} }} }} }}];
		const groups = [
			{{ duty: "Sekda", number: 17, rows: [0, 1, 2, 3, 400].map(row), more }},
			{{ duty: name, number: 1, rows: [row(0)], more: [] }},
		];
		{INSIDE}[0].innerHTML = p2ham.blocks.draw_waiting(groups);""",
		".p2ham-block",
	)
	for theme in ("dark", "light"):
		desk.browser.execute_script(
			"document.documentElement.setAttribute('data-theme', arguments[0])", theme
		)
		desk.shoot(f"blocks-long-{theme}")
	assert inside(desk, "img") == []
	assert inside(desk, ".late") == ["1 day late", "2 days late", "3 days late", "400 days late"]
	assert inside(desk, ".more")[0].startswith("12 more")
	desk.resize(390, 844)
	desk.shoot("blocks-phone")
	wide = desk.browser.execute_script(
		f"return {INSIDE}.map((each) => each.scrollWidth - each.clientWidth)", "li a"
	)
	desk.resize(0, 0)
	assert not any(extra > 1 for extra in wide)
	assert not desk.browser.execute_script("return window.hacked")
	assert desk.console() == []
