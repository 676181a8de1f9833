"""What the reports show, as an expert would fetch it by hand: one plain query where one will do.

Each function takes what was asked (`Asked`) and returns rows as a report needs them, by the names of its columns. The
benchmark compares them with what the report shows, so that both measure the same. `asked.limit(column)` is the text
that keeps a clerk to his units.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import frappe

from p2ham.demo.generated import Generated


@dataclass(frozen=True)
class Asked:
	"""A question to a report: its filters, and who asks (`user` for a unit's clerk, empty for who sees all)."""

	made: Generated
	filters: dict
	user: str = ""

	def limit(self, column: str) -> str:
		if not self.user:
			return ""
		return f"""
			AND {column} IN (
				SELECT unit.name FROM `tabP2HAM Officer` officer
				JOIN `tabP2HAM OPD` top ON top.name = officer.opd
				JOIN `tabP2HAM OPD` unit ON unit.lft >= top.lft AND unit.rgt <= top.rgt
				WHERE officer.user = {frappe.db.escape(self.user)} AND officer.from_date <= CURRENT_DATE
				AND (officer.to_date IS NULL OR officer.to_date >= CURRENT_DATE)
			)"""

	def sql(self, query: str, **values) -> list[dict]:
		return frappe.db.sql(query, {**self.filters, **values}, as_dict=True)


# A verified score is a result once Kabag Hukum has reviewed it.
DECIDED = "('Reviewed', 'Approved')"


def frame(asked: Asked) -> None:
	"""What a report says around its figures: the periods of the family with their instruments, the colours of the
	categories, and whether there is anything to meet."""
	periods = asked.sql(
		"""
		SELECT period.*, instrument.title instrument_title, instrument.passing_score
		FROM `tabP2HAM Period` period JOIN `tabP2HAM Instrument` instrument ON instrument.name = period.instrument
		WHERE period.status <> 'Draft' ORDER BY period.assessment_year, period.fill_from"""
	)
	chosen = next(period for period in periods if period["name"] == asked.filters["period"])
	asked.sql(
		"SELECT label, colour FROM `tabP2HAM Threshold` WHERE parent = %(instrument)s ORDER BY idx",
		instrument=chosen["instrument"],
	)


def scoreboard(asked: Asked) -> list[dict]:
	ranked = not asked.user
	frame(asked)

	def decided(period: str) -> str:
		place = ", RANK() OVER (ORDER BY sheet.verified_score DESC) place" if ranked else ""
		return f"""
			SELECT sheet.opd, sheet.name, sheet.verified_score {place} FROM `tabP2HAM Assessment` sheet
			WHERE sheet.period = %({period})s AND sheet.docstatus < 2 AND sheet.workflow_state IN {DECIDED}
			{asked.limit("sheet.opd")}"""

	places = ", latest.place `rank`, earlier.place - latest.place rank_change" if ranked else ""
	return asked.sql(
		f"""
		SELECT sheet.name assessment, sheet.opd_name, sheet.self_score, sheet.workflow_state state,
			sheet.completeness, latest.verified_score, ROUND(latest.verified_score - sheet.self_score, 2) difference,
			CASE WHEN latest.name IS NOT NULL THEN sheet.category END category,
			CASE WHEN latest.name IS NOT NULL AND sheet.meets = 1 THEN 'Meets'
				WHEN latest.name IS NOT NULL THEN 'Does Not Meet' END verdict,
			earlier.verified_score score_before,
			ROUND(latest.verified_score - earlier.verified_score, 2) score_change {places}
		FROM `tabP2HAM Assessment` sheet
		LEFT JOIN ({decided("period")}) latest ON latest.name = sheet.name
		LEFT JOIN ({decided("before")}) earlier ON earlier.opd = sheet.opd
		WHERE sheet.period = %(period)s AND sheet.docstatus < 2 {asked.limit("sheet.opd")}
		ORDER BY latest.verified_score IS NULL, latest.verified_score DESC, sheet.self_score DESC, sheet.opd""",
		before=asked.made.periods[-2],
	)


BASELINES: dict[str, Callable[[Asked], list[dict]]] = {"P2HAM Scoreboard": scoreboard}

# What is asked of each report; of others nothing.
FILTERS: dict[str, Callable[[Generated], dict]] = {
	"P2HAM Scoreboard": lambda made: {"period": made.periods[-1]},
}
