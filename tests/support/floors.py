"""The floors of the house, drawn from the contract in `.importlinter` as docs/architecture.md shows them.

A plain script as well: `python tests/support/floors.py` draws them anew. Needs nothing of Frappe.
"""

from __future__ import annotations

import configparser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = ROOT / ".importlinter"
DOCUMENT = ROOT / "docs" / "architecture.md"
BEGIN = "<!-- floors: drawn by `python tests/support/floors.py` -->"
END = "<!-- end of floors -->"

# What a floor is called in the picture, by one of its rooms.
NAMES = {
	"api": "where requests, forms and jobs come in",
	"digests": "mails of the day and the week, which ask everybody",
	"documents": "official papers",
	"reports": "figures of one report each",
	"quarterly": "features: a subject's own work",
	"figures": "machinery that features share",
	"access": "who may see and do what",
	"engine": "the rules, without Frappe",
}


def floors() -> list[list[str]]:
	"""Return the rooms of each floor, the highest first."""
	contract = configparser.ConfigParser(comment_prefixes=(";",))
	contract.read(CONTRACT, encoding="utf-8")
	layers = contract["importlinter:contract:floors"]["layers"].split("\n")
	return [
		[room.strip().removeprefix("p2ham.") for room in layer.split(":")]
		for layer in layers
		if layer.strip()
	]


def rendered() -> str:
	"""The picture as text, between its markers."""
	lines = [BEGIN, "", "```"]
	for number, rooms in enumerate(floors()):
		name = next((words for room, words in NAMES.items() if room in rooms), "")
		if number and name:
			lines.append("     │")
		lines.append(f"{'  '.join(rooms):<62}{name}".rstrip())
	return "\n".join([*lines, "```", "", END])


def section(text: str) -> str:
	"""The part of a document between the markers, markers included."""
	return text[text.index(BEGIN) : text.index(END) + len(END)]


if __name__ == "__main__":
	document = DOCUMENT.read_text(encoding="utf-8")
	DOCUMENT.write_text(document.replace(section(document), rendered()), encoding="utf-8")
