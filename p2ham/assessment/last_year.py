"""What the last approved assessment of the same unit said about each indicator, and what became of it: the sheet of
this year shows it beside the question, also where the instrument has changed in between."""

from __future__ import annotations

import frappe

from p2ham.assessment import comparing
from p2ham.engine import comparison, lifecycle, scoring
from p2ham.engine import follow_up as rules
from p2ham.figures import scoped
from p2ham.instruments import store


def for_assessment(doc) -> dict[str, dict]:
	"""Return by indicator of this sheet what was said in the last one (`items`: code, title, verified answer, points
	0-100 or None where it did not apply, note) and the follow-ups that came of it or of older ones.

	Nothing but what the session's user may read; the number of queries does not depend on the size of the sheet.
	Empty where there is no earlier assessment, and without what is new.
	"""
	earlier = comparing.earlier(doc)
	last = next((row for row in earlier if row["state"] == lifecycle.APPROVED), None)
	if not last:
		return {}
	codes = {row.code: row.indicator for row in doc.items}
	continues = store.continuations(doc.instrument)
	items = _items(last)
	follow_ups = _follow_ups(doc, earlier, last)
	try:
		before = {
			instrument: comparison.predecessors(instrument, doc.instrument, codes, continues)
			for instrument in {last["instrument"], *(row.instrument for row in follow_ups)}
		}
	except comparison.ComparisonError:
		return {}  # the sheet can be filled all the same; who compares the two is told what is wrong
	found = {}
	for code, indicator in codes.items():
		said = [items[old] for old in before[last["instrument"]][code] if old in items]
		done = [row for row in follow_ups if row.code in before[row.instrument][code]]
		if said or done:
			found[indicator] = {
				"year": last["year"],
				"period_title": last["period_title"],
				"assessment": last["name"],
				"items": said,
				"follow_ups": [
					{
						field: row[field]
						for field in ("name", "recommendation", "status", "progress", "due_date")
					}
					for row in done
				],
			}
	return found


def _items(last: dict) -> dict[str, dict]:
	"""Return the verified side of a sheet by code: one query, and the instrument from the site's cache."""
	scales = {scale.title: scale for scale in store.load(last["instrument"]).scales}
	found = {}
	for row in frappe.get_all(
		"P2HAM Assessment Item",
		filters={"parent": last["name"], "parenttype": "P2HAM Assessment"},
		fields=["code", "title", "scale", "verified_answer", "verified_note"],
		order_by="idx",
	):
		points = scoring.points_for(scales[row.scale], row.verified_answer).value
		found[row.code] = {
			"code": row.code,
			"title": row.title,
			"answer": row.verified_answer,
			"points": None if points is None else float(points),
			"note": row.verified_note or "",
		}
	return found


def _follow_ups(doc, earlier: list[dict], last: dict) -> list[frappe._dict]:
	"""Return the follow-ups of the unit's earlier rounds that still concern this one, in one query."""
	follow_up, sheet = scoped.table("P2HAM Follow-up"), scoped.table("P2HAM Assessment")
	indicator = scoped.table("P2HAM Indicator")
	rows = (
		scoped.within("P2HAM Follow-up")
		.join(sheet)
		.on(sheet.name == follow_up.assessment)
		.join(indicator)
		.on(indicator.name == follow_up.indicator)
		.select(
			follow_up.name,
			follow_up.recommendation,
			follow_up.status,
			follow_up.progress,
			follow_up.due_date,
			sheet.period,
			indicator.instrument,
			indicator.code,
		)
		.where((follow_up.opd == doc.opd) & sheet.period.isin(sorted({row["period"] for row in earlier})))
		.orderby(follow_up.name)
		.run(as_dict=True)
	)
	return [row for row in rows if rules.concerns_next_year(row.status, row.period == last["period"])]
