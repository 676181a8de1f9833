"""Who takes part, year by year: invited, ready, declared, assessed, approved, against all who serve and the target."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from frappe.query_builder.functions import Count, Sum
from pypika.queries import QueryBuilder
from pypika.terms import Case

from p2ham.engine import lifecycle
from p2ham.figures import scoped
from p2ham.figures.choice import Period

# A later status includes the earlier ones: who has declared was invited and ready before.
STATUSES = ("Invited", "Ready", "Declared")
WITHDRAWN = "Withdrawn"


@dataclass(frozen=True)
class Round:
	"""The units that took part in a period, as far as the reader follows them.

	`invited`, `ready` and `declared` count who has come at least so far and has not withdrawn; `assessed` who has
	begun an assessment, `approved` whose is approved.
	"""

	period: Period
	invited: int
	ready: int
	declared: int
	withdrawn: int
	assessed: int
	approved: int


def rounds(periods: tuple[Period, ...]) -> list[Round]:
	"""Return the rounds of these periods in their order. One query."""
	participant, assessment = scoped.table("P2HAM Period Participant"), scoped.table("P2HAM Assessment")

	def number(condition):
		return Sum(Case().when(condition, 1).else_(0))

	rows = (
		followed([period.name for period in periods])
		.select(
			participant.parent,
			*(number(participant.status.isin(STATUSES[place:])) for place in range(len(STATUSES))),
			number(participant.status == WITHDRAWN),
			number(assessment.name.isnotnull()),
			number(assessment.workflow_state == lifecycle.APPROVED),
		)
		.groupby(participant.parent)
		.orderby(participant.parent)
		.run()
	)
	found = {name: numbers for name, *numbers in rows}
	return [
		Round(period, *(int(number or 0) for number in found.get(period.name, [0] * 6))) for period in periods
	]


def followed(periods: Iterable[str]) -> QueryBuilder:
	"""Return a query on the participants of periods that the reader follows, each joined with its assessment, of which
	there is none where it has not begun."""
	participant, assessment = scoped.table("P2HAM Period Participant"), scoped.table("P2HAM Assessment")
	query = (
		scoped.within("P2HAM Period Participant")
		.left_join(assessment)
		.on(
			(assessment.opd == participant.opd)
			& (assessment.period == participant.parent)
			& (assessment.docstatus < 2)
		)
		.where(participant.parent.isin([*periods, ""]) & (participant.parenttype == "P2HAM Period"))
	)
	return scoped.followed(query, participant.opd)


def serving() -> int:
	"""Return how many units serve the public: those active ones that have no units below them, and those that took
	part in a period although they have. One query."""
	unit, participant = scoped.table("P2HAM OPD"), scoped.table("P2HAM Period Participant")
	took_part = (
		scoped.within("P2HAM Period Participant")
		.select(participant.opd)
		.where(participant.parenttype == "P2HAM Period")
	)
	query = (
		scoped.within("P2HAM OPD")
		.select(Count("*"))
		.where((unit.is_active == 1) & ((unit.is_group == 0) | unit.name.isin(took_part)))
	)
	((number,),) = scoped.followed(query, unit.name).run()
	return number
