"""The tables of steps as docs/steps.md shows them, rendered from the engine.

A plain script as well: `PYTHONPATH=. python tests/support/step_tables.py` writes the tables into docs/steps.md. Imports
nothing of Frappe.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from p2ham.engine import follow_up, guidance, instrument_life, lifecycle, participation, period_life
from p2ham.engine.steps import Step, Steps

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "steps.md"
DOCTYPES = ROOT / "p2ham" / "p2ham" / "doctype"
BEGIN = "<!-- steps: begin, rendered by tests/support/step_tables.py -->"
END = "<!-- steps: end -->"


class Table(NamedTuple):
	"""One machine: what it moves, the DocType and field that hold the state, and where the table stands."""

	title: str
	doctype: str
	field: str
	steps: Steps
	place: str


LIFECYCLE = Table(
	"An assessment", "P2HAM Assessment", "workflow_state", lifecycle.TRANSITIONS, "lifecycle.TRANSITIONS"
)
# The life of an assessment has its table in docs/architecture.md.
OTHERS = (
	Table(
		"A unit in a period",
		"P2HAM Period Participant",
		"status",
		participation.STEPS,
		"participation.STEPS",
	),
	Table("A period", "P2HAM Period", "status", period_life.STEPS, "period_life.STEPS"),
	Table("An instrument", "P2HAM Instrument", "status", instrument_life.STEPS, "instrument_life.STEPS"),
	Table("A follow-up", "P2HAM Follow-up", "status", follow_up.STEPS, "follow_up.STEPS"),
	Table("Guidance", "P2HAM Guidance", "status", guidance.STEPS, "guidance.STEPS"),
)
ALL = (LIFECYCLE, *OTHERS)


def doctype(name: str) -> dict:
	"""Return a DocType as its file has it."""
	folder = name.lower().replace(" ", "_").replace("-", "_")
	return json.loads((DOCTYPES / folder / f"{folder}.json").read_text(encoding="utf-8"))


def fields(name: str) -> dict[str, dict]:
	"""Return the fields of a DocType by name."""
	return {field["fieldname"]: field for field in doctype(name)["fields"]}


def conditions(step: Step, labels: dict[str, str]) -> str:
	"""Return what a step asks for and what it empties, in words."""
	said = []
	if step.of_request is not None:
		said.append("what was asked for" if step.of_request else "what nobody asked for")
	if step.needs:
		said.append("needs " + ", ".join(labels[field] for field in step.needs))
	if step.clears:
		said.append("empties " + ", ".join(labels[field] for field in step.clears))
	return "; ".join(said)


def row(cells) -> str:
	return "| " + " | ".join(cells) + " |"


def rendered_table(table: Table) -> list[str]:
	labels = {name: field.get("label", name) for name, field in fields(table.doctype).items()}
	lines = [
		f"## {table.title}",
		"",
		f"`{table.field}` of {table.doctype}; `{table.place}`.",
		"",
		row(("From", "Action", "To", "Who", "Conditions")),
		"|---|---|---|---|---|",
	]
	for step in table.steps:
		action = f"*{step.action}*" if step.action != step.target else "chosen"
		lines.append(
			row((step.source, action, step.target, ", ".join(step.duties), conditions(step, labels)))
		)
	return [*lines, ""]


def rendered() -> str:
	"""Return all tables as Markdown, between their markers."""
	return "\n".join([BEGIN, "", *(line for table in OTHERS for line in rendered_table(table)), END])


def section(text: str) -> str:
	"""Return the part of a document between the markers, markers included."""
	return text[text.index(BEGIN) : text.index(END) + len(END)]


def write() -> None:
	text = DOCUMENT.read_text(encoding="utf-8")
	DOCUMENT.write_text(text.replace(section(text), rendered()), encoding="utf-8")


if __name__ == "__main__":
	write()
	print(f"{DOCUMENT}: {sum(len(table.steps.steps) for table in OTHERS)} steps of {len(OTHERS)} tables")
