"""Who stands where in a period: scores of the unit's own and the verified side, category and state."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.utils import cint, flt

from p2ham.access import scope
from p2ham.engine import lifecycle
from p2ham.engine.instrument import Instrument
from p2ham.engine.ranking import places
from p2ham.instruments import store

# A score counts for a place when Kabag Hukum has reviewed it.
DECIDED = (lifecycle.REVIEWED, lifecycle.APPROVED)


def execute(filters: dict | None = None):
	filters = frappe._dict(filters or {})
	filters.period = filters.period or newest_period()
	if not filters.period:
		return [], [], _("There is no period that has been opened yet.")
	instrument = instrument_of(filters.period)
	ranked = may_rank()
	rows = get_rows(filters, instrument)
	if ranked:
		for row, place in zip(
			rows,
			places(row.verified_score if row.workflow_state in DECIDED else None for row in rows),
			strict=True,
		):
			row.rank = place
	rows.sort(
		key=lambda row: (row.get("rank") or 9999, -flt(row.verified_score), -flt(row.self_score), row.opd)
	)
	return columns(ranked), rows, None, chart(rows), summary(rows, instrument)


def may_rank() -> bool:
	"""A place says something about all other units: only who sees them all is shown one."""
	reach = scope.of()
	return reach.everything or reach.approved


def newest_period() -> str | None:
	"""Return the newest period that is or was open, which is what everybody opens the report for."""
	found = frappe.get_list(
		"P2HAM Period",
		filters={"status": ("!=", "Draft")},
		order_by="assessment_year desc, creation desc",
		pluck="name",
		limit=1,
	)
	return found[0] if found else None


def instrument_of(period: str) -> Instrument:
	name = frappe.db.get_value("P2HAM Period", period, "instrument")
	if not name:
		frappe.throw(_("{0}: {1} does not exist.").format(_("Period"), period), frappe.DoesNotExistError)
	return store.load(name)


def get_rows(filters, instrument: Instrument) -> list:
	assessment = frappe.qb.DocType("P2HAM Assessment")
	query = (
		frappe.qb.from_(assessment)
		.select(
			assessment.name.as_("assessment"),
			assessment.opd,
			assessment.opd_name,
			assessment.self_score,
			assessment.verified_score,
			assessment.category,
			assessment.meets,
			assessment.workflow_state,
			assessment.completeness,
		)
		.where((assessment.period == filters.period) & (assessment.docstatus < 2))
		.orderby(assessment.opd)
	)
	if filters.workflow_state:
		query = query.where(assessment.workflow_state == filters.workflow_state)
	limit = scope.condition("P2HAM Assessment")
	if limit is not None:
		query = query.where(limit)
	rows = query.run(as_dict=True)
	colours = {threshold.label: threshold.colour for threshold in instrument.thresholds}
	for row in rows:
		if row.workflow_state in DECIDED:
			row.difference = flt(row.verified_score - row.self_score, 2)
		else:
			row.category, row.verified_score, row.difference = "", None, None
		row.colour = colours.get(row.category, "gray")
	return rows


def columns(ranked: bool) -> list[dict]:
	def column(fieldname, label, fieldtype, width, **extra):
		return {"fieldname": fieldname, "label": label, "fieldtype": fieldtype, "width": width, **extra}

	found = [column("rank", _("Rank"), "Int", 70)] if ranked else []
	return [
		*found,
		column("opd_name", _("Unit"), "Data", 280),
		column("self_score", _("Unit's Score"), "Float", 120, precision=2),
		column("verified_score", _("Verified Score"), "Float", 130, precision=2),
		column("difference", _("Difference"), "Float", 100, precision=2),
		column("category", _("Category"), "Data", 130),
		column("workflow_state", _("State"), "Data", 120),
		column("completeness", _("Completeness"), "Percent", 120),
		column("assessment", _("Assessment"), "Link", 240, options="P2HAM Assessment"),
	]


def chart(rows: list) -> dict | None:
	shown = rows[:25]
	if not shown:
		return None
	return {
		"data": {
			"labels": [row.opd for row in shown],
			"datasets": [
				{"name": _("Unit's Score"), "values": [flt(row.self_score, 2) for row in shown]},
				{"name": _("Verified Score"), "values": [flt(row.verified_score, 2) for row in shown]},
			],
		},
		"type": "bar",
		"colors": ["#9fb9c0", "#0f5c6e"],
		"fieldtype": "Float",
		"barOptions": {"spaceRatio": 0.4},
	}


def summary(rows: list, instrument: Instrument) -> list[dict]:
	decided = [row for row in rows if row.workflow_state in DECIDED]
	approved = [row for row in rows if row.workflow_state == lifecycle.APPROVED]
	cards = [
		{"value": len(rows), "label": _("Units"), "datatype": "Int"},
		{"value": len(approved), "label": _("Approved"), "datatype": "Int", "indicator": "Green"},
	]
	if decided:
		mean = sum(flt(row.verified_score) for row in decided) / len(decided)
		# As text: the summary shows numbers with the site's precision, scores have two decimals.
		shown = frappe.format_value(flt(mean, 2), {"fieldtype": "Float", "precision": 2})
		cards.append(
			{"value": shown, "label": _("Mean Verified Score"), "datatype": "Data", "indicator": "Blue"}
		)
	if approved and instrument.has_pass_mark:
		cards.append(
			{
				"value": sum(cint(row.meets) for row in approved),
				"label": _("Meet the Criteria"),
				"datatype": "Int",
				"indicator": "Green",
			}
		)
	return cards
