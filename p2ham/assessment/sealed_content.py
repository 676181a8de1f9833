"""What an assessment says, in the one form that log and approval seal."""

from __future__ import annotations

from collections.abc import Mapping

from p2ham.engine import snapshot
from p2ham.engine.numbers import read_number
from p2ham.evidence import revisions

ANSWERS = (
	"self_answer",
	"self_note",
	"self_points",
	"verified_answer",
	"verified_note",
	"verified_points",
)
# Fields of a row that came later: sealed where they are set, so that what was sealed before they were there keeps its hash.
ANSWERS_IF_SET: tuple[str, ...] = ()


def content(doc, rests_on: Mapping | None = None) -> dict:
	"""Return what an assessment says, as the log and the approval seal it. `rests_on` are the revisions of its
	documents, by evidence and revision, where the caller has them."""
	if rests_on is None:
		rests_on = revisions.by_use(doc.evidence_uses)
	return {
		"name": doc.name,
		"opd": doc.opd,
		"period": doc.period,
		"instrument": doc.instrument,
		"self_score": _two_decimals(doc.self_score),
		"verified_score": _two_decimals(doc.verified_score),
		"category": doc.category or "",
		"meets": int(doc.meets or 0),
		"items": [
			{
				"indicator": row.indicator,
				"criterion": row.criterion,
				"weight": read_number(row.weight),
				**{
					field: _two_decimals(row.get(field)) if field.endswith("points") else row.get(field) or ""
					for field in ANSWERS
				},
				**{field: row.get(field) for field in ANSWERS_IF_SET if row.get(field)},
			}
			for row in doc.items
		],
		"evidence": [
			{
				"indicator": row.indicator,
				"slot": row.slot or "",
				"evidence": row.evidence,
				"sha256": _fingerprint(rests_on, row),
				"verification": row.verification or "",
				"note": row.note or "",
			}
			for row in doc.evidence_uses
		],
	}


def _fingerprint(rests_on: Mapping, use) -> str:
	revision = rests_on.get((use.evidence, use.revision or 1))
	return (revision and revision.sha256) or ""


def _two_decimals(value) -> str:
	return f"{float(value or 0):.2f}"


def content_hash(doc, rests_on: Mapping | None = None) -> str:
	"""Return the SHA-256 of what an assessment says; `rests_on` as for `content`."""
	return snapshot.sha256(content(doc, rests_on))
