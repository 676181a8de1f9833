"""One policy for each DocType of ours: who sees its documents, who creates and changes them, which steps they take.

The registry that `scope`, `guard`, `files`, the hooks, the tests and docs/security.md read. A new DocType is one entry; one that
is seen in a way of its own is an entry, a member of `Sees` and a condition in `scope`. It says what, not how, and imports nothing
of Frappe.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from p2ham.engine import follow_up, guidance, quarterly_report


class Sees(Enum):
	"""Who sees the documents of a DocType, in words. `scope` has the condition of each."""

	PARTICIPANTS = "whoever holds a duty, or keeps master data"
	UNITS = "a unit's line its own; all: the regency's duties, the observer, who keeps master data"
	APPOINTMENTS = "who appoints: Kabag Hukum, and who keeps master data"
	ASSESSMENTS = "a unit's line its own; the regency's duties all; the observer approved ones"
	EVIDENCE = "a unit's line its own; the regency's duties all; the observer what approved ones use, unless it is personal"
	OF_ASSESSMENT = "whoever sees its assessment"
	SEALED = "nobody: documents are made of it for those who may print them"
	RESULTS = "a unit's line its own and the regency's; the regency's duties and the observer all"
	FOLLOW_UPS = "a unit's line its own; the regency's duties all; the observer those of approved assessments"
	INVITED = "a unit's line what it is invited to; the regency's duties and the observer all"
	PREPARATION = "a unit's line its own; the regency's duties all"
	REPORTED = "the regency's duties; the observer what was sent"
	OWN = "whom it is for, as long as they hold a duty"


class Writes(Enum):
	"""Who creates or changes the documents of a DocType, as the desk's buttons are told; the guards look at each field."""

	KEEPERS = "who keeps master data: P2HAM Manager, System Manager"
	STEPS = "nobody: written by steps and doors of the app"
	UNIT = "clerk and head of its unit's line"
	LIFECYCLE = "whose turn it is by the lifecycle"
	BAGIAN_HUKUM = "Bagian Hukum"
	BAGIAN_HUKUM_OR_UNIT = "Bagian Hukum, and clerk and head of its unit's line"
	BAGIAN_HUKUM_OR_REQUEST = "Bagian Hukum, and clerk and head of a unit's line their own request"


@dataclass(frozen=True)
class Policy:
	"""What holds for one DocType.

	`rows`: its child tables, as private as the document. `of_unit`: its field `opd` names the unit that decides who sees it;
	`of_assessment`: its field `assessment` does. `steps`: the module of `p2ham.engine` whose table its states go by.
	`fixed_in`: states in which it takes no change and no file from anybody, `open_to_units`: those in which it still takes
	one from a unit (None: all). `files`: it has files that follow it. `tracked`: its history is evidence. `renamed`: under
	conditions of its own. `searched`: found by the search of the desk.
	"""

	doctype: str
	sees: Sees
	creates: Writes
	changes: Writes
	rows: tuple[str, ...] = ()
	of_unit: bool = False
	of_assessment: bool = False
	steps: str = ""
	fixed_in: frozenset[str] = frozenset()
	open_to_units: frozenset[str] | None = None
	files: bool = False
	tracked: bool = False
	renamed: bool = False
	submitted: bool = False
	searched: bool = False

	def is_fixed(self, state: str | None, bagian_hukum: bool) -> bool:
		"""Tell whether a document in this state takes no change any more from Bagian Hukum, or else from a unit."""
		if state in self.fixed_in:
			return True
		return not bagian_hukum and self.open_to_units is not None and state not in self.open_to_units


def _master_data(doctype: str, **more) -> Policy:
	return Policy(doctype, Sees.PARTICIPANTS, Writes.KEEPERS, Writes.KEEPERS, **more)


# In the order in which the search of the desk shows what it finds.
POLICIES = (
	Policy(
		"P2HAM Assessment",
		Sees.ASSESSMENTS,
		Writes.UNIT,
		Writes.LIFECYCLE,
		rows=("P2HAM Assessment Item", "P2HAM Assessment Score", "P2HAM Evidence Use"),
		of_unit=True,
		steps="lifecycle",
		files=True,
		tracked=True,
		submitted=True,
		searched=True,
	),
	Policy("P2HAM Assessment Log", Sees.OF_ASSESSMENT, Writes.STEPS, Writes.STEPS, of_assessment=True),
	Policy("P2HAM Assessment Snapshot", Sees.SEALED, Writes.STEPS, Writes.STEPS),
	Policy(
		"P2HAM Signed Copy",
		Sees.OF_ASSESSMENT,
		Writes.STEPS,
		Writes.STEPS,
		of_assessment=True,
		files=True,
	),
	Policy(
		"P2HAM Evidence",
		Sees.EVIDENCE,
		Writes.UNIT,
		Writes.UNIT,
		rows=("P2HAM Evidence Revision", "P2HAM Evidence Finding"),
		of_unit=True,
		files=True,
		tracked=True,
		searched=True,
	),
	Policy(
		"P2HAM OPD",
		Sees.UNITS,
		Writes.KEEPERS,
		Writes.KEEPERS,
		tracked=True,
		renamed=True,
		searched=True,
	),
	_master_data("P2HAM OPD Type", renamed=True),
	_master_data("P2HAM Instrument", rows=("P2HAM Threshold",), steps="instrument_life"),
	_master_data("P2HAM Criterion"),
	_master_data(
		"P2HAM Indicator",
		rows=("P2HAM Evidence Slot", "P2HAM Indicator OPD Type", "P2HAM Indicator Predecessor"),
	),
	_master_data("P2HAM Answer Scale", rows=("P2HAM Scale Option",)),
	_master_data(
		"P2HAM Period",
		rows=("P2HAM Period Participant",),
		steps="period_life",
		files=True,
		tracked=True,
		searched=True,
	),
	Policy(
		"P2HAM Preliminary Check",
		Sees.PREPARATION,
		Writes.BAGIAN_HUKUM,
		Writes.BAGIAN_HUKUM,
		rows=("P2HAM Preliminary Check Item",),
		of_unit=True,
		files=True,
		tracked=True,
	),
	Policy(
		"P2HAM Officer",
		Sees.APPOINTMENTS,
		Writes.KEEPERS,
		Writes.KEEPERS,
		tracked=True,
		searched=True,
	),
	Policy(
		"P2HAM Follow-up",
		Sees.FOLLOW_UPS,
		Writes.BAGIAN_HUKUM,
		Writes.BAGIAN_HUKUM_OR_UNIT,
		rows=("P2HAM Follow-up Progress", "P2HAM Follow-up Evidence"),
		of_unit=True,
		steps="follow_up",
		fixed_in=frozenset({follow_up.CLOSED}),
		files=True,
		tracked=True,
		searched=True,
	),
	Policy(
		"P2HAM Guidance",
		Sees.INVITED,
		Writes.BAGIAN_HUKUM_OR_UNIT,
		Writes.BAGIAN_HUKUM_OR_REQUEST,
		rows=("P2HAM Guidance Participant", "P2HAM Guidance Decision"),
		steps="guidance",
		fixed_in=frozenset({guidance.CANCELLED}),
		open_to_units=frozenset({guidance.REQUESTED}),
		files=True,
		tracked=True,
		searched=True,
	),
	Policy(
		"P2HAM KKPHAM Result",
		Sees.RESULTS,
		Writes.BAGIAN_HUKUM,
		Writes.BAGIAN_HUKUM,
		rows=("P2HAM KKPHAM Right",),
		files=True,
		tracked=True,
		searched=True,
	),
	_master_data("P2HAM Right Owner"),
	Policy(
		"P2HAM Quarterly Report",
		Sees.REPORTED,
		Writes.BAGIAN_HUKUM,
		Writes.BAGIAN_HUKUM,
		fixed_in=frozenset({quarterly_report.SENT}),
		files=True,
		tracked=True,
		searched=True,
	),
	Policy("P2HAM Digest", Sees.OWN, Writes.STEPS, Writes.STEPS),
)

BY_DOCTYPE = {policy.doctype: policy for policy in POLICIES}
# The DocTypes whose documents have a scope, and their rows: a row has no rights of its own in Frappe, which lists those of every
# parent to whoever names the parent's DocType.
SCOPED = tuple(BY_DOCTYPE)
PARENTS = {rows: policy.doctype for policy in POLICIES for rows in policy.rows}
WRITTEN_BY_STEPS = tuple(policy.doctype for policy in POLICIES if policy.creates is Writes.STEPS)
WITH_FILES = tuple(policy.doctype for policy in POLICIES if policy.files)
SETTINGS = "P2HAM Settings"
TRACKED = (*(policy.doctype for policy in POLICIES if policy.tracked), SETTINGS)

# Where Frappe writes about documents: DocType -> (field that names the DocType, field that names the document). These follow the
# right to the document.
TRACES = {
	"Version": ("ref_doctype", "docname"),
	"Comment": ("reference_doctype", "reference_name"),
	"Communication": ("reference_doctype", "reference_name"),
	"Deleted Document": ("deleted_doctype", "deleted_name"),
	"ToDo": ("reference_type", "reference_name"),
	"View Log": ("reference_doctype", "reference_name"),
	"Document Follow": ("ref_doctype", "ref_docname"),
	"Notification Log": ("document_type", "document_name"),
	"Tag Link": ("document_type", "document_name"),
	"Workflow Action": ("reference_doctype", "reference_name"),
	"Email Queue": ("reference_doctype", "reference_name"),
}
# What Frappe shows in everybody's desk, and whoever holds a duty keeps to their own.
SHOWN_TO_OTHERS = (
	"Event",
	"Note",
	"Custom HTML Block",
	"Kanban Board",
	"List Filter",
	"Workspace",
	"Dashboard Settings",
)
# Frappe's own DocTypes in which some names are words that the app rests on (`guard.WORDS`).
WITH_WORDS = ("Role", "Workflow", "Workflow State", "Workflow Action Master")
