"""The policies of all DocTypes as docs/security.md shows them, and where the access table tries each.

A plain script as well: `python tests/support/policy_table.py` writes the table. Needs nothing of Frappe.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
	sys.path.insert(0, str(ROOT))

from p2ham.access import policies  # noqa: E402

BEGIN = "<!-- policies: written by `python tests/support/policy_table.py` -->"
END = "<!-- end of policies -->"
DOCUMENT = ROOT / "docs" / "security.md"

# The rules of the access table that try each DocType; a DocType that is in neither of the two fails the tests.
TRIED = {
	"P2HAM Assessment": "read",
	"P2HAM Assessment Log": "read the log",
	"P2HAM Evidence": "read evidence",
	"P2HAM Preliminary Check": "read the unit's preliminary check",
	"P2HAM Follow-up": "read its follow-up",
	"P2HAM Guidance": "read guidance in which the unit takes part",
	"P2HAM KKPHAM Result": "read the unit's result of KKP HAM",
}
# Whose reach does not depend on an assessment: the test that goes through it instead.
TRIED_ELSEWHERE = {
	**dict.fromkeys(
		(
			"P2HAM OPD",
			"P2HAM Officer",
			"P2HAM OPD Type",
			"P2HAM Answer Scale",
			"P2HAM Period",
			"P2HAM Right Owner",
		),
		"tests/site/test_scope.py",
	),
	**dict.fromkeys(("P2HAM Instrument", "P2HAM Criterion", "P2HAM Indicator"), "tests/site/test_scope.py"),
	"P2HAM Signed Copy": "tests/site/test_signed_copies.py",
	"P2HAM Assessment Snapshot": "tests/site/test_sealed_documents.py",
	"P2HAM Quarterly Report": "tests/site/test_quarterly_report_document.py",
	"P2HAM Digest": "tests/site/test_digests.py",
}


def rendered() -> str:
	"""The table as Markdown, between its markers."""
	lines = [
		BEGIN,
		"",
		"| DocType, and rows that are as private | Seen by | Created by | Changed by | Steps | Files |",
		"|---|---|---|---|---|---|",
	]
	for policy in policies.POLICIES:
		rows = f" ({', '.join(name.removeprefix('P2HAM ') for name in policy.rows)})" if policy.rows else ""
		cells = (
			f"**{policy.doctype}**{rows}",
			policy.sees.value,
			policy.creates.value,
			policy.changes.value,
			f"`{policy.steps}`" if policy.steps else "–",
			"yes" if policy.files else "–",
		)
		lines.append("| " + " | ".join(cells) + " |")
	return "\n".join([*lines, "", END])


def section(text: str) -> str:
	"""The part of a document between the markers, markers included."""
	return text[text.index(BEGIN) : text.index(END) + len(END)]


if __name__ == "__main__":
	document = DOCUMENT.read_text(encoding="utf-8")
	DOCUMENT.write_text(document.replace(section(document), rendered()), encoding="utf-8")
