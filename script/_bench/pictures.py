"""Runs in the bench's Python: takes the pictures of the documentation, of a site that is served."""

from __future__ import annotations

import base64
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import frappe
from PIL import Image

from p2ham.demo import build, showcase
from p2ham.demo.factories import acting_as
from p2ham.digests import daily_digest
from p2ham.documents import catalogue
from p2ham.engine import lifecycle
from p2ham.engine.duties import KABAG_HUKUM, OPD_CLERK, SEKDA

from . import say
from .bench import CHECKOUT

sys.path.insert(0, str(CHECKOUT / "tests"))

from browser.desk import Desk, login, open_browser

WIDTH, HEIGHT, WORKSPACE = 1360, 1080, 1700
MAX_BYTES = 120_000
PDF_WIDTH = 900
PAPER = 80  # dpi
SCREENS = (1, 3, 4, 8)  # cover, results, gaps, KKP HAM
CLERK_OF = "DINSOS"


@dataclass(frozen=True)
class Picture:
	"""`take` is given the desk, at which the holder of `duty` sits, and returns a PNG."""

	name: str
	duty: str
	take: Callable[[Desk], bytes]
	opd: str = ""
	height: int = HEIGHT


def pictures() -> list[Picture]:
	kabag, sekda, clerk = KABAG_HUKUM, SEKDA, (OPD_CLERK,)
	names = sorted(
		json.loads(path.read_text())["name"] for path in CHECKOUT.glob("p2ham/p2ham/report/*/*.json")
	)
	return [
		*(Picture(f"report-{kebab(name)}", kabag, report(name)) for name in names),
		Picture("report-indicator-gap-matrix", kabag, report("P2HAM Indicator Gap", view="Matrix")),
		Picture("official-pdf", kabag, official_pdf("P2HAM Scoreboard")),
		Picture("workspace-kabag-hukum", kabag, workspace, height=WORKSPACE),
		Picture("assessment", *clerk, worksheet, "KEC TEBING TINGGI"),
		Picture("report-scoreboard-clerk", *clerk, report("P2HAM Scoreboard"), CLERK_OF),
		Picture("workspace-clerk", *clerk, workspace, "KEC TEBING TINGGI", WORKSPACE),
		Picture("workspace-sekda", sekda, workspace, height=WORKSPACE),
		*(Picture(f"presentation-{number}", sekda, screen(number)) for number in SCREENS),
		Picture("programme/calendar", kabag, calendar),
		Picture("programme/guidance", kabag, form("P2HAM Guidance", status="Held")),
		Picture("programme/kkpham", kabag, form("P2HAM KKPHAM Result", is_regency=1)),
		Picture("programme/suggestions", kabag, suggestions),
		Picture("programme/follow-up", *clerk, form("P2HAM Follow-up", status="In Progress"), CLERK_OF),
		Picture("programme/week", sekda, form("P2HAM Digest", kind="Weekly")),
	]


def kebab(name: str) -> str:
	return name.removeprefix("P2HAM ").lower().replace(" ", "-")


def main(folder: Path, wanted: list[str]) -> None:
	frappe.init(os.environ["P2HAM_SITE"], sites_path=".")
	frappe.connect()
	prepare()
	take_documents(folder, wanted)
	users = {}
	chosen = [each for each in pictures() if is_wanted(each.name, wanted)]
	for each in chosen:
		users[each.duty, each.opd] = build.officer(build.read(), each.duty, each.opd)
	frappe.destroy()
	if chosen:
		take_screens(folder, chosen, users)


def is_wanted(name: str, wanted: list[str]) -> bool:
	return not wanted or any(part in name for part in wanted)


def take_documents(folder: Path, wanted: list[str]) -> None:
	"""Take the first page of every official document, as Kabag Hukum prints it."""
	with acting_as(build.officer(build.read(), KABAG_HUKUM)):
		for kind in catalogue.KINDS:
			name = f"documents/{kind.key}"
			if is_wanted(name, wanted):
				shown = showcase.example_for(kind)
				store(first_page(kind.render(shown.doc, **shown.choice), "-r", str(PAPER)), folder, name)
				frappe.db.rollback()


def take_screens(folder: Path, chosen: list[Picture], users: dict) -> None:
	with open_browser() as browser:
		desk, inside = Desk(browser, folder), None
		browser.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": True})
		for each in chosen:
			desk.resize(WIDTH, each.height, mobile=False)
			user = users[each.duty, each.opd]
			if user != inside:
				login(browser, user, build.PASSWORD)
				inside = user
			store(each.take(desk), folder, each.name)
			if errors := desk.console():
				sys.exit(f"{each.name}: the browser says {errors}")


def prepare() -> None:
	"""Let units see how all of them are doing, and have one more reviewed: from five on it is said."""
	frappe.db.set_single_value("P2HAM Settings", "show_distribution", 1)
	data = build.read()
	period = build.period_name(data["period"])
	fifth = {"opd": "RSP PENDOPO", "state": lifecycle.REVIEWED, "quality": [0, 1, 0, 2], "lowered": ["A2"]}
	build.build_assessment(data, period, fifth)
	daily_digest.remind_of_the_week()
	frappe.db.commit()


# --- What is on the pictures ---------------------------------------------------------------------------


def report(name: str, **filters: str) -> Callable[[Desk], bytes]:
	"""From the head of the page to the last row, as far as one sees without scrolling."""

	def take(desk: Desk) -> bytes:
		desk.open_report(name, **filters)
		desk.find(".dt-row .dt-cell__content")
		desk.wait_for_rest()
		return cut(still(desk), *edges(desk, ".page-head", ".dt-scrollable .dt-row, .report-footer"))

	return take


def worksheet(desk: Desk) -> bytes:
	desk.open_sheet()
	return still(desk)


def form(doctype: str, **filters) -> Callable[[Desk], bytes]:
	"""The newest record with these values that its reader may see."""

	slug = doctype.lower().replace(" ", "-")

	def take(desk: Desk) -> bytes:
		desk.open(slug)
		found = desk.browser.execute_async_script(
			"""
			const [doctype, filters, done] = arguments;
			frappe.db.get_list(doctype, { filters, limit: 1, order_by: "creation desc" }).then(done);
			""",
			doctype,
			filters,
		)
		desk.open(slug, found[0]["name"])
		desk.wait("return window.cur_frm && cur_frm.doctype === arguments[0] && cur_frm.doc.name", doctype)
		return still(desk)

	return take


def calendar(desk: Desk) -> bytes:
	desk.open("p2ham-period", "view", "calendar")
	desk.find(".fc-event")
	return still(desk)


def suggestions(desk: Desk) -> bytes:
	"""The dialog on an approved assessment that does not meet everything."""
	desk.open_sheet(f"DINKES-{build.period_name(build.read()['period'])}")
	desk.browser.execute_script("p2ham.suggest_follow_ups(cur_frm)")
	desk.find(".p2ham-suggestion")
	return still(desk)


def workspace(desk: Desk) -> bytes:
	desk.open("p2ham")
	desk.wait(
		"""const charts = [...document.querySelectorAll(".dashboard-widget-box .chart-container")];
		return charts.length && charts.every((chart) => chart.querySelector("svg path, svg rect"))""",
		message="a chart stays empty",
	)
	return cut(still(desk), *edges(desk, ".page-head", ".ce-block"))


def screen(number: int) -> Callable[[Desk], bytes]:
	def take(desk: Desk) -> bytes:
		desk.open("p2ham-presentation")
		desk.wait(
			"return document.querySelector('.p2ham-screen').shadowRoot.querySelectorAll('.slide').length > 1"
		)
		for _ in range(number - 1):
			desk.click(".p2ham-stage")
		still(desk)
		return desk.find(".p2ham-stage").screenshot_as_png

	return take


def official_pdf(name: str) -> Callable[[Desk], bytes]:
	"""The first page."""

	def take(desk: Desk) -> bytes:
		found = desk.browser.execute_async_script(
			"""
			const [report, done] = arguments;
			const address = "/api/method/p2ham.api.reports.pdf?" + new URLSearchParams({ report, filters: "{}" });
			fetch(address)
				.then((response) => response.blob())
				.then((blob) => {
					const reader = new FileReader();
					reader.onload = () => done(reader.result.split(",")[1]);
					reader.readAsDataURL(blob);
				});
			""",
			name,
		)
		size = ["-scale-to-x", str(PDF_WIDTH), "-scale-to-y", "-1"]
		return first_page(base64.b64decode(found), *size)

	return take


# --- How they are taken and kept -----------------------------------------------------------------------


def still(desk: Desk) -> bytes:
	"""Return what is on the screen as soon as it does not move: charts grow when they appear."""
	before = b""
	for _ in range(40):
		now = desk.browser.get_screenshot_as_png()
		if now == before:
			return now
		before = now
		desk.wait_for_rest()
	raise TimeoutError("the page does not come to rest")


def edges(desk: Desk, first: str, last: str) -> tuple[int, int]:
	"""Return where the first of these elements begins, and where the lowest of the others that is whole ends."""
	return desk.browser.execute_script(
		"""
		const seen = (css) => [...document.querySelectorAll(css)].filter((each) => each.checkVisibility());
		const ends = seen(arguments[1])
			.map((each) => each.getBoundingClientRect().bottom)
			.filter((bottom) => bottom <= innerHeight);
		return [seen(arguments[0])[0].getBoundingClientRect().top, Math.max(...ends)];
		""",
		first,
		last,
	)


def cut(png: bytes, top: float, bottom: float) -> bytes:
	"""Cut a picture to what lies between two heights, and a little more below."""
	image = Image.open(io.BytesIO(png))
	buffer = io.BytesIO()
	image.crop((0, int(top), image.width, min(image.height, int(bottom) + 12))).save(buffer, "PNG")
	return buffer.getvalue()


def first_page(content: bytes, *size: str) -> bytes:
	"""Return page one of a PDF as PNG; `size` are options of pdftoppm."""
	with tempfile.TemporaryDirectory() as folder:
		file = Path(folder) / "document.pdf"
		file.write_bytes(content)
		subprocess.run(["pdftoppm", "-png", "-singlefile", *size, file, file.with_suffix("")], check=True)
		return file.with_suffix(".png").read_bytes()


def store(png: bytes, folder: Path, name: str) -> None:
	path = folder / f"{name}.png"
	path.parent.mkdir(exist_ok=True)
	say.note(f"{name}.png: {keep(png, path) / 1000:.0f} kB")


def keep(png: bytes, path: Path) -> int:
	"""Store a picture with as many colours as fit into its size; return the size.

	Raises ValueError for one that does not.
	"""
	image = Image.open(io.BytesIO(png)).convert("RGB")
	for colours in (256, 128, 64):
		image.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
		if path.stat().st_size <= MAX_BYTES:
			return path.stat().st_size
	raise ValueError(f"{path.name} has {path.stat().st_size} bytes")


if __name__ == "__main__":
	main(Path(sys.argv[1]), sys.argv[2:])
