"""The workspace's blocks in the desk: filled for each duty, readable in both themes, and every line leads on."""

from __future__ import annotations

import pytest

DUTIES = (("OPD Clerk", "DINSOS"), ("Kabag Hukum", ""), ("Sekda", ""), ("P2HAM Observer", ""))
INSIDE = """[...document.querySelectorAll(".custom-block-widget-box")].flatMap((box) =>
	[...box.querySelectorAll("*")].filter((each) => each.shadowRoot)
).flatMap((each) => [...each.shadowRoot.querySelectorAll(arguments[0])])"""


def inside(desk, css: str) -> list[str]:
	return desk.browser.execute_script(f"return {INSIDE}.map((each) => each.innerText.trim())", css)


def open_workspace(desk) -> None:
	desk.open("p2ham")
	desk.wait(f"return {INSIDE}.length === 2", "h4")
	desk.wait(f"return {INSIDE}.every((each) => getComputedStyle(each).padding !== '0px')", ".p2ham-block")


@pytest.mark.parametrize(("duty", "opd"), DUTIES, ids=[duty for duty, _ in DUTIES])
def test_the_blocks_are_filled(desk, enter, duty, opd):
	enter(duty, opd)
	open_workspace(desk)
	print(duty, inside(desk, "h4"), inside(desk, "li"), inside(desk, ".tile"), inside(desk, ".empty"))
	desk.browser.execute_script("document.documentElement.scrollTop = 0")
	for theme in ("light", "dark"):
		desk.browser.execute_script(
			"document.documentElement.setAttribute('data-theme', arguments[0])", theme
		)
		desk.shoot(f"blocks-{duty}-{theme}".replace(" ", "-").lower())
	desk.browser.execute_script("document.documentElement.setAttribute('data-theme', 'light')")
	desk.browser.execute_script(f"{INSIDE}[0].scrollIntoView()", "h4")
	desk.shoot(f"blocks-{duty}-below".replace(" ", "-").lower())
	assert desk.console() == []
