"""The figures of a quarter as plain data that can be stored: a letter that was sent must say tomorrow what it said."""

from __future__ import annotations

import json

from frappe.utils import getdate, nowdate

from p2ham.engine import lifecycle, snapshot
from p2ham.figures import progress
from p2ham.figures.choice import Period
from p2ham.quarterly import quarter
from p2ham.quarterly.quarter import Span


def figures(period: Period, span: Span) -> dict:
	"""Return what the letter about a quarter says, for what the session's user may see: text, whole numbers, and scores
	as points from 0 to 100, None where there is none. Its number of queries does not depend on the number of units."""
	found = quarter.of_period(period, span)
	return {
		"period": {
			"name": period.name,
			"title": period.title,
			"assessment_year": period.assessment_year,
			"data_year": period.data_year,
			"instrument": period.instrument,
			"instrument_title": period.instrument_title,
			"regulation": period.regulation,
		},
		# The last day that the figures know of: a quarter may be reported before it is over.
		"until": min(span.last, getdate(nowdate())).isoformat(),
		"within": found.within,
		"returns": found.returns,
		"reached": found.reached,
		"mean": found.mean,
		"categories": [[label, number] for label, number in found.categories.items()],
		"counts": {name: int(getattr(found, name)) for name in COUNTS},
		"kkpham_score": found.kkpham_score,
		"units": _units(period, span),
		"weakest": [
			{
				"title": gap.title,
				"met": gap.met,
				"applicable": gap.applicable,
				"share": gap.share,
				"mean": gap.mean,
			}
			for gap in found.weakest
		],
		"guidance": [{**row, "date": row.date.isoformat()} for row in quarter.guidance(span)],
	}


COUNTS = (
	"taking_part",
	"declared_within",
	"declared",
	"evidence_within",
	"evidence",
	"guidance_within",
	"guidance",
	"follow_ups_within",
	"follow_ups_closed_within",
	"follow_ups_open",
	"follow_ups_late",
)


def _units(period: Period, span: Span) -> list[dict]:
	"""Each unit with the state of its assessment at the end of the quarter, those that had none included; score and
	category of what was approved then."""
	rows = []
	for row in quarter.units(period, span):
		approved = row.state_then == lifecycle.APPROVED
		rows.append(
			{
				"opd": row.opd,
				"opd_name": row.opd_name,
				"state": row.state_then,
				"since": row.at.date().isoformat() if row.at else None,
				"score": row.verified_score if approved else None,
				"category": row.category if approved else None,
			}
		)
	begun = {row["opd"] for row in rows}
	rows += [
		{
			"opd": unit.opd,
			"opd_name": unit.opd_name,
			"state": progress.NOT_BEGUN,
			"since": None,
			"score": None,
			"category": None,
		}
		for unit in progress.of_period(period)
		if unit.opd not in begun and unit.state != progress.WITHDRAWN
	]
	return sorted(rows, key=lambda row: row["opd"])


def written(content: dict) -> str:
	"""Return figures as they are stored."""
	return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read(text: str) -> dict:
	return json.loads(text)


def fingerprint(text: str) -> str:
	"""Return the SHA-256 of stored figures, of their canonical form. Raises ValueError for what is no JSON."""
	return snapshot.sha256(read(text))
