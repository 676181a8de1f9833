"""Who may do what with an assessment, in which state, and with the follow-ups, results and guidance of its unit: the
rules of access, said once more and independently of the app. The matrix test asks the app every cell of this table, and
docs/security.md shows it.

A plain script as well: `python tests/support/access_table.py` writes the table into docs/security.md. Imports
nothing of Frappe or of the app.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

DRAFT, SUBMITTED, REVIEWED, APPROVED, CANCELLED = STATES = (
	"Draft",
	"Submitted",
	"Reviewed",
	"Approved",
	"Cancelled",
)

PERSONAS = {
	"unit's clerk": "OPD Clerk of the unit",
	"unit's head": "OPD Head of the unit",
	"clerk above": "OPD Clerk of the OPD that the unit belongs to",
	"verifier": "P2HAM Verifier",
	"kabag hukum": "Kabag Hukum",
	"sekda": "Sekda",
	"observer": "P2HAM Observer",
	"administrator": "Administrator",
	"other clerk": "OPD Clerk of another OPD",
	"other head": "OPD Head of another OPD",
	"manager": "P2HAM Manager without a duty",
	"system manager": "System Manager without a duty",
	"nobody special": "a user of the desk without any role of P2HAM",
	"role kabag hukum": "holds the role Kabag Hukum, given by hand, but no duty",
	"role clerk": "holds the role OPD Clerk, given by hand, but no duty",
	"former clerk": "was OPD Clerk of the unit until yesterday and still holds the role",
	"future clerk": "will be OPD Clerk of the unit in two days and holds the role already",
	"guest": "not logged in",
}

People = frozenset[str]
Who = Mapping[str, People]  # by state; a state that is not named: nobody


def people(*names: str) -> People:
	assert set(names) <= set(PERSONAS), names
	return frozenset(names)


NOBODY = people()
OWN_LINE = people("unit's clerk", "unit's head", "clerk above")
KABAG_HUKUM, SEKDA = people("kabag hukum"), people("sekda")
VERIFYING = people("verifier", "kabag hukum")
REGENCY = VERIFYING | SEKDA
OBSERVER, ADMINISTRATOR = people("observer"), people("administrator")

# How the table names them, the largest first.
GROUPS = {
	"own line": OWN_LINE,
	"regency": REGENCY,
	**{name: people(name) for name in PERSONAS},
}


def always(who: People) -> Who:
	return dict.fromkeys(STATES, who)


def without(who: Who, *, state: str = "", people: People = NOBODY) -> Who:
	return {name: whom - people for name, whom in who.items() if name != state}


def both(first: Who, second: Who) -> Who:
	return {state: first.get(state, NOBODY) & second.get(state, NOBODY) for state in STATES}


NEVER: Who = {}
# Who sees an assessment at all. Everything else is a part of this.
READ: Who = {
	**always(OWN_LINE | REGENCY | ADMINISTRATOR),
	APPROVED: OWN_LINE | REGENCY | ADMINISTRATOR | OBSERVER,
}
# Whose work it is in a state: theirs are the fields of that state.
ANSWERING: Who = {DRAFT: OWN_LINE}
CHECKING: Who = {SUBMITTED: VERIFYING}
# Print Settings of the site: drafts are printed, cancelled documents are not (Frappe's defaults).
PRINTED = without(READ, state=CANCELLED)
# What the roles in the DocType add: the observer does not export.
TAKES_ALONG = without(READ, people=OBSERVER)
# What Frappe gives to System Managers only; without a duty they see nothing, so Administrator is left.
SYSTEM = both(READ, always(ADMINISTRATOR))
# Whom Frappe's own switch for "may write" lets in: who can change something or take a step, or amend.
SOMETHING_TO_DO: Who = {
	DRAFT: OWN_LINE | ADMINISTRATOR,
	SUBMITTED: VERIFYING | ADMINISTRATOR,
	REVIEWED: SEKDA | ADMINISTRATOR,
	APPROVED: SEKDA | ADMINISTRATOR,
	CANCELLED: OWN_LINE | ADMINISTRATOR,
}


class Rule(NamedTuple):
	"""Who may do something, and every way to do it that is tried: each way is one cell per persona and state."""

	what: str
	who: Who
	ways: tuple[str, ...]
	not_in: str = ""  # a state in which it would be no change


RULES = (
	# Seeing
	Rule("read", READ, ("REST", "form", "worksheet")),
	Rule(
		"find",
		READ,
		(
			"list",
			"desk list",
			"link search",
			"global search",
			"validate_link",
			"its tags",
			"its followers",
		),
	),
	Rule("count", READ, ("client.get_count", "desk count", "group by", "group by assignee")),
	Rule("list rows", READ, ("items", "scores", "evidence uses")),
	Rule("read the log", READ, ("list", "REST")),
	Rule("read its follow-up", READ, ("REST", "list", "form")),
	Rule("see on the scoreboard", without(READ, state=CANCELLED), ("report",)),
	Rule("print", PRINTED, ("print view", "HTML", "Frappe's PDF", "official PDF")),
	Rule("export", TAKES_ALONG, ("CSV", "import template", "data export")),
	Rule("read versions", SYSTEM, ("list", "REST")),
	Rule("read its comments and mails as records", SYSTEM, ("comments", "communications")),
	Rule("read deleted evidence", SYSTEM, ("Deleted Document",)),
	Rule(
		"see it waiting (Workflow Action)",
		{
			DRAFT: OWN_LINE | ADMINISTRATOR,
			SUBMITTED: KABAG_HUKUM | ADMINISTRATOR,
			REVIEWED: SEKDA | ADMINISTRATOR,
			APPROVED: SEKDA | ADMINISTRATOR,
			CANCELLED: ADMINISTRATOR,  # sees those that are done as well
		},
		("list",),
	),
	# Working together
	Rule("comment", READ, ("form",)),
	Rule("comment past the form", SYSTEM, ("REST",)),
	Rule("tell a stranger by a mention", NEVER, ("notification",)),
	Rule("like", READ, ("toggle_like",)),
	Rule("follow", without(READ, people=ADMINISTRATOR), ("follow_document",)),
	Rule("make a stranger follow", NEVER, ("follow_document",)),
	Rule("tag", SOMETHING_TO_DO, ("add_tag",)),
	Rule("assign to a stranger", NEVER, ("assign_to", "REST")),
	Rule("share", NEVER, ("share.add", "REST")),
	Rule("make a key to the print view", NEVER, ("REST",)),
	# Changing
	Rule("write the unit's answer", ANSWERING, ("REST",)),
	Rule("write the unit's note", ANSWERING, ("REST",)),
	Rule("add a use of evidence", ANSWERING, ("REST", "add_to_assessment", "upload")),
	Rule("remove a use of evidence", ANSWERING, ("REST",)),
	Rule("write the verified answer", CHECKING, ("REST",)),
	Rule("write the verifier's note", CHECKING, ("REST",)),
	Rule("verify evidence", CHECKING, ("REST",)),
	Rule("write document numbers", CHECKING, ("REST", "bulk edit", "Data Import")),
	Rule("write scores", NEVER, ("score", "points", "bulk edit")),
	Rule("write stamps and notes", NEVER, ("stamps", "notes")),
	Rule("write unit or period", NEVER, ("REST",)),
	Rule("change rows past their document", NEVER, ("PUT", "DELETE")),
	Rule("attach a file to it", {**ANSWERING, **CHECKING}, ("upload",)),
	Rule("delete it", NEVER, ("REST", "desk list")),
	Rule("rename it", NEVER, ("client.rename_doc",)),
	# Steps
	Rule("submit", {DRAFT: OWN_LINE}, ("take_step", "workflow menu")),
	Rule("return with a note", {SUBMITTED: KABAG_HUKUM, REVIEWED: SEKDA}, ("take_step",)),
	Rule("review", {SUBMITTED: KABAG_HUKUM}, ("take_step", "workflow menu")),
	Rule("approve", {REVIEWED: SEKDA}, ("take_step", "workflow menu")),
	Rule("cancel with a note", {APPROVED: SEKDA}, ("take_step",)),
	Rule("return or cancel without a note", NEVER, ("workflow menu: Return", "workflow menu: Cancel")),
	Rule(
		"step on in bulk",
		{DRAFT: OWN_LINE, SUBMITTED: KABAG_HUKUM, REVIEWED: SEKDA},
		("bulk_workflow_approval",),
	),
	Rule(
		"approve by Frappe's submit",
		{REVIEWED: SEKDA},
		("client.submit", "form", "bulk", "docstatus"),
	),
	Rule("cancel without a note", NEVER, ("client.cancel", "bulk")),
	# A state written by hand is the step with all its conditions, or nothing
	Rule("write the state Draft, with a note", {SUBMITTED: KABAG_HUKUM}, ("REST",), not_in=DRAFT),
	Rule(
		"write the state Submitted, with a note",
		{DRAFT: OWN_LINE, REVIEWED: SEKDA},
		("REST",),
		not_in=SUBMITTED,
	),
	Rule("write the state Reviewed", {SUBMITTED: KABAG_HUKUM}, ("REST",), not_in=REVIEWED),
	Rule("write the state Approved, not submitting", NEVER, ("REST",), not_in=APPROVED),
	Rule("write the state Cancelled, not cancelling", NEVER, ("REST",), not_in=CANCELLED),
	Rule("amend", {CANCELLED: OWN_LINE}, ("REST",)),
	# Its evidence, one used by nothing else
	Rule("read evidence", READ, ("REST", "list", "revisions", "link title", "file")),
	Rule(
		"read evidence with personal data",
		without(READ, people=OBSERVER),
		("REST", "list", "revisions", "findings", "file", "zip_files", "ZIP"),
	),
	Rule("pack its file", READ, ("zip_files",)),
	# One's own copy of what one may read, the observer too; the paper alone is printed as the sheet is.
	Rule("take the evidence along", READ, ("ZIP",)),
	Rule("print the list of evidence", PRINTED, ("list",)),
	Rule("see where evidence is used", READ, ("uses",)),
	Rule("pick from the unit's evidence", READ, ("available",)),
	Rule("ask a link", READ, ("check_link",)),
	# Who answers for it; whose hand it was, the clerks need not know of each other.
	Rule("see who downloaded it", always(VERIFYING | people("unit's head")), ("downloads",)),
	# A copy would stay readable to whoever made it, when the evidence no longer is.
	Rule("copy its file", NEVER, ("REST",)),
	Rule("make its file public", NEVER, ("copy", "PUT")),
	Rule("store evidence of the unit", always(OWN_LINE), ("upload", "REST")),
	Rule("change evidence", {DRAFT: OWN_LINE}, ("title",)),
	# The next revision; an assessment past Draft goes on resting on the one it was judged by.
	Rule("replace the file of evidence", always(OWN_LINE), ("upload",)),
	Rule("flag evidence as personal", always(OWN_LINE), ("PUT",)),
	Rule("say what was found is no personal data", always(VERIFYING), ("clear_findings",)),
	Rule("delete the file of evidence", NEVER, ("REST",)),
	Rule("delete evidence in use", NEVER, ("REST",)),
	Rule("delete evidence not in use", always(OWN_LINE), ("REST",)),
	# What is kept about it
	Rule("write the log", NEVER, ("insert", "PUT", "DELETE")),
	Rule("write versions", NEVER, ("PUT", "DELETE")),
)

# --- Follow-ups, by their own status -------------------------------------------------------------------

# In which state of the assessment, by which the matrix sorts its cases, the follow-up has which status.
STATUS_IN = {DRAFT: "Open", SUBMITTED: "In Progress", REVIEWED: "Completed", CANCELLED: "Closed"}


def while_open(who: People) -> Who:
	return {DRAFT: who, SUBMITTED: who, REVIEWED: who}


# Kabag Hukum opens again what is closed, at whatever status it then has.
MOVING = {**while_open(OWN_LINE | VERIFYING), CANCELLED: KABAG_HUKUM}

FOLLOW_UP_RULES = (
	Rule("say what the unit does", while_open(OWN_LINE | VERIFYING), ("REST", "bulk edit")),
	Rule("begin it", MOVING, ("REST",), not_in=SUBMITTED),
	Rule("complete it", MOVING, ("REST",), not_in=REVIEWED),
	Rule("say what should be better", while_open(VERIFYING), ("REST",)),
	Rule("move its due date", while_open(VERIFYING), ("REST", "bulk edit")),
	Rule("move it to another unit", while_open(VERIFYING), ("REST",)),
	Rule("close it", while_open(VERIFYING), ("REST",), not_in=CANCELLED),
	Rule("set it back to Open", MOVING, ("REST",), not_in=DRAFT),
	Rule("write its stamps while opening it again", NEVER, ("REST",)),
	Rule("write the days it was completed and closed", NEVER, ("REST",)),
	Rule("delete a follow-up", while_open(VERIFYING), ("REST", "desk list")),
)

# --- What has no state ---------------------------------------------------------------------------------


def any_day(who: People) -> Who:
	"""Tried on one case only: that of a draft, of which the fewest people see anything."""
	return {DRAFT: who}


READERS = OWN_LINE | REGENCY | OBSERVER | ADMINISTRATOR
OTHER_RULES = (
	Rule("make a follow-up of the unit", any_day(VERIFYING), ("REST",)),
	Rule("read the unit's result of KKP HAM", any_day(READERS), ("REST", "list")),
	Rule("record a result of KKP HAM", any_day(VERIFYING), ("REST",)),
	Rule("change a result of KKP HAM", any_day(VERIFYING), ("REST", "bulk edit")),
	Rule("delete a result of KKP HAM", any_day(VERIFYING), ("REST",)),
	Rule(
		"read guidance in which the unit takes part",
		any_day(READERS),
		("REST", "list", "participants", "decisions", "calendar file"),
	),
	Rule("hold a meeting with the unit", any_day(VERIFYING), ("REST",)),
	Rule("ask for guidance for the unit", any_day(OWN_LINE | VERIFYING), ("REST",)),
	Rule("change the unit's request for guidance", any_day(OWN_LINE | VERIFYING), ("agenda",)),
	Rule("answer the unit's request for guidance", any_day(VERIFYING), ("status", "step")),
	Rule("withdraw the unit's request for guidance", any_day(OWN_LINE), ("step",)),
	Rule("see who is invited", any_day(VERIFYING), ("preview", "officers")),
	Rule("change guidance in which the unit takes part", any_day(VERIFYING), ("REST",)),
	Rule("delete guidance", any_day(VERIFYING), ("REST",)),
	Rule(
		"read the unit's preliminary check",
		any_day(OWN_LINE | REGENCY | ADMINISTRATOR),
		("REST", "list", "questions"),
	),
	Rule("change the unit's preliminary check", any_day(VERIFYING), ("REST", "bulk edit")),
	Rule("delete the unit's preliminary check", any_day(VERIFYING), ("REST",)),
	Rule("mark an answer as carried over", NEVER, ("REST",)),
)


class Cell(NamedTuple):
	"""One thing that one person may or may not do in one state, in one way."""

	persona: str
	state: str
	rule: str
	way: str
	expected: bool

	@property
	def action(self) -> tuple[str, str]:
		return self.rule, self.way


def cells() -> Iterator[Cell]:
	for persona in PERSONAS:
		for state in STATES:
			for rule in RULES:
				yield from of_rule(persona, state, rule)
			if state in STATUS_IN:
				for rule in FOLLOW_UP_RULES:
					yield from of_rule(persona, state, rule)
		for rule in OTHER_RULES:
			yield from of_rule(persona, DRAFT, rule)


def of_rule(persona: str, state: str, rule: Rule) -> Iterator[Cell]:
	for way in rule.ways if state != rule.not_in else ():
		yield Cell(persona, state, rule.what, way, persona in rule.who.get(state, NOBODY))


# --- Shown in the documentation ----------------------------------------------------------------------

BEGIN = "<!-- access table: written by `python tests/support/access_table.py` -->"
END = "<!-- end of access table -->"
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "security.md"


def named(who: People) -> str:
	"""Name people in as few words as the groups allow."""
	words, left = [], set(who)
	for word, group in GROUPS.items():
		if group and group <= left:
			words.append(word)
			left -= group
	return ", ".join(words) or "–"


def row(values: Iterable[str]) -> str:
	return "| " + " | ".join(values) + " |"


def rendered() -> str:
	"""The table as Markdown, between its markers."""
	acting = frozenset().union(*(group for rule in RULES for group in rule.who.values()))
	lines = [
		BEGIN,
		"",
		"| Who | |",
		"|---|---|",
		*(row((name, PERSONAS[name])) for name in PERSONAS if name in acting),
		row(("**own line**", ", ".join(name for name in PERSONAS if name in OWN_LINE))),
		row(("**regency**", ", ".join(name for name in PERSONAS if name in REGENCY))),
		"",
		"Nothing of what follows, not even that an assessment exists:",
		"",
		*(f"* {PERSONAS[name]}" for name in PERSONAS if name not in acting),
		"",
		row(("What", *STATES)),
		"|---" * (1 + len(STATES)) + "|",
	]
	for rule in RULES:
		shown = ("" if state == rule.not_in else named(rule.who.get(state, NOBODY)) for state in STATES)
		lines.append(row((f"**{rule.what}** ({', '.join(rule.ways)})", *shown)))
	lines += [
		"",
		"Of a follow-up, by its status:",
		"",
		row(("What", *STATUS_IN.values())),
		"|---" * (1 + len(STATUS_IN)) + "|",
	]
	for rule in FOLLOW_UP_RULES:
		shown = ("" if state == rule.not_in else named(rule.who.get(state, NOBODY)) for state in STATUS_IN)
		lines.append(row((f"**{rule.what}** ({', '.join(rule.ways)})", *shown)))
	lines += ["", "And at any time:", "", row(("What", "Who")), "|---|---|"]
	for rule in OTHER_RULES:
		lines.append(row((f"**{rule.what}** ({', '.join(rule.ways)})", named(rule.who.get(DRAFT, NOBODY)))))
	return "\n".join([*lines, "", END])


def section(text: str) -> str:
	"""The part of a document between the markers, markers included."""
	begin, end = text.index(BEGIN), text.index(END) + len(END)
	return text[begin:end]


def write() -> None:
	text = DOCUMENT.read_text(encoding="utf-8")
	DOCUMENT.write_text(text.replace(section(text), rendered()), encoding="utf-8")


if __name__ == "__main__":
	write()
	rules = (*RULES, *FOLLOW_UP_RULES, *OTHER_RULES)
	print(f"{DOCUMENT}: {len(rules)} rules, {sum(1 for _ in cells())} cells")
