"""The pages of the desk open for everybody they are meant for, without an error in the console."""

from __future__ import annotations

import pytest

ONE_DESK = True
DUTIES = (
	("OPD Clerk", "DINSOS"),
	("OPD Head", "DINSOS"),
	("P2HAM Verifier", ""),
	("Kabag Hukum", ""),
	("Sekda", ""),
	("P2HAM Observer", ""),
)
KEPT_BY_MANAGER = (
	("p2ham-period", "P2HAM-2024"),
	("p2ham-period", "view", "list"),
	("p2ham-instrument", "PERMENKUMHAM-25-2023"),
	("p2ham-instrument", "view", "list"),
	("p2ham-officer", "view", "list"),
	("p2ham-opd", "DINSOS"),
	("p2ham-opd", "view", "tree"),
	("p2ham-opd", "view", "list"),
	("p2ham-answer-scale", "view", "list"),
)


def charts_are_drawn(desk) -> None:
	desk.wait(
		"""return [...document.querySelectorAll(".dashboard-widget-box .chart-container")]
		.every((chart) => chart.querySelector("svg path, svg rect"))""",
		message="a chart stays empty",
	)


@pytest.mark.parametrize(("duty", "opd"), DUTIES, ids=[duty for duty, opd in DUTIES])
def test_the_workspace_and_the_lists_open_for_each_duty(desk, enter, duty, opd):
	enter(duty, opd)
	for route in (
		("p2ham",),
		("p2ham-assessment", "view", "list"),
		("p2ham-evidence", "view", "list"),
		("p2ham-assessment-log", "view", "list"),
	):
		desk.open(*route)
		charts_are_drawn(desk)
		desk.shoot(f"{duty}-{route[0]}".replace(" ", "-").lower())
		assert not desk.console(), route
		assert not desk.texts(".modal.show .msgprint"), route


@pytest.mark.parametrize("route", [("p2ham",), *KEPT_BY_MANAGER], ids="-".join)
def test_the_pages_of_master_data_open_for_the_manager(desk, demo_site, route):
	from p2ham.demo import build

	from .conftest import login

	login(desk.browser, demo_site["manager"]["user"], build.PASSWORD)
	desk.open(*route)
	desk.shoot(f"manager-{'-'.join(route)}".lower())
	assert not desk.console()
	assert not desk.texts(".modal.show .msgprint")


def test_everybody_reads_the_sheet_of_an_approved_assessment_and_nobody_can_edit_it(desk, enter):
	for duty, opd in (("OPD Clerk", "DISDUKCAPIL"), ("Sekda", ""), ("P2HAM Observer", "")):
		enter(duty, opd)
		desk.open_sheet("DISDUKCAPIL-P2HAM-2024")
		desk.shoot(f"approved-{duty}".replace(" ", "-").lower())
		assert not desk.texts(".p2ham-sheet [role=radio], .p2ham-sheet textarea")
		assert not desk.console()


def test_the_log_cannot_be_added_to(desk, enter):
	enter("Sekda")
	desk.open("p2ham-assessment-log", "view", "list")
	assert not desk.browser.execute_script(
		"return [...document.querySelectorAll('.primary-action')].some((each) => each.checkVisibility())"
	)
