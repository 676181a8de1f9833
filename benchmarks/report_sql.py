"""What the reports show, as an expert would fetch it by hand: one plain query where one will do, and tuples.

Each function takes what was asked (`Asked`) and returns `Figures`: names of columns of the report, and the rows. The
benchmark compares them with what the report shows, so that both measure the same. `asked.limit(column)` is the text
that keeps a clerk to his units, with the query behind it counted in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import frappe

from p2ham.demo.generated import Generated


@dataclass(frozen=True)
class Figures:
	columns: tuple[str, ...]
	rows: list[tuple]


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

	def sql(self, query: str, **values) -> list[tuple]:
		return frappe.db.sql(query, {**self.filters, **values})


def scoreboard(asked: Asked) -> Figures:
	rows = asked.sql(
		f"""
		SELECT sheet.name, sheet.opd_name, sheet.self_score, sheet.workflow_state, sheet.completeness,
			CASE WHEN sheet.workflow_state IN ('Reviewed', 'Approved') THEN sheet.verified_score END,
			CASE WHEN sheet.workflow_state IN ('Reviewed', 'Approved')
				THEN ROUND(sheet.verified_score - sheet.self_score, 2) END,
			CASE WHEN sheet.workflow_state IN ('Reviewed', 'Approved') THEN sheet.category ELSE '' END
		FROM `tabP2HAM Assessment` sheet
		WHERE sheet.period = %(period)s AND sheet.docstatus < 2 {asked.limit("sheet.opd")}
		ORDER BY 6 IS NULL, 6 DESC, sheet.self_score DESC, sheet.opd"""
	)
	columns = (
		"assessment",
		"opd_name",
		"self_score",
		"workflow_state",
		"completeness",
		"verified_score",
		"difference",
		"category",
	)
	return Figures(columns, list(rows))


BASELINES: dict[str, Callable[[Asked], Figures]] = {"P2HAM Scoreboard": scoreboard}

# What is asked of each report; of others nothing.
FILTERS: dict[str, Callable[[Generated], dict]] = {
	"P2HAM Scoreboard": lambda made: {"period": made.periods[-1]},
}
