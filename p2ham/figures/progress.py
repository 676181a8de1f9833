"""How far the units of a period are: state, days in it, the last day that applies, and who has to act."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from frappe.query_builder.functions import Count, Max
from frappe.utils import getdate, nowdate
from pypika.functions import Cast
from pypika.terms import Criterion, Term

from p2ham.engine import lifecycle, windows
from p2ham.engine.duties import DUTIES, UNIT_DUTIES, VERIFIER
from p2ham.engine.faults import N_
from p2ham.engine.period_life import OPEN
from p2ham.engine.windows import Calendar
from p2ham.figures import choice, participants, scoped
from p2ham.figures.choice import Period

NOT_BEGUN, WITHDRAWN = N_("Not Begun"), N_("Withdrawn")
# What must be done next in a state, and so which of the period's dates applies.
WINDOWS = {
	NOT_BEGUN: windows.FILL,
	lifecycle.DRAFT: windows.FILL,
	lifecycle.SUBMITTED: windows.REVIEW,
	lifecycle.REVIEWED: windows.APPROVE,
}
# And in words, for who has to do it.
NEXT = {
	NOT_BEGUN: N_("Begin"),
	lifecycle.DRAFT: N_("Fill in and submit"),
	lifecycle.SUBMITTED: N_("Verify and review"),
	lifecycle.REVIEWED: N_("Approve"),
}
VERIFY = N_("Verify")
ORDER = (
	NOT_BEGUN,
	lifecycle.DRAFT,
	lifecycle.SUBMITTED,
	lifecycle.REVIEWED,
	lifecycle.APPROVED,
)


@dataclass(frozen=True)
class Unit:
	"""Where a unit stands today. `deadline` is the last day for what comes next, with the unit's own later date and
	the time that a return has given; `late` the days since then; `duties` who has to act: nobody where the period is
	not open. A unit that has withdrawn stands there as such, though it may have begun a sheet."""

	opd: str
	opd_name: str
	period: str
	assessment: str | None
	state: str
	completeness: float
	days: int | None
	deadline: datetime.date | None
	late: int
	duties: tuple[str, ...]


def of_period(period: Period, filters: dict | None = None) -> list[Unit]:
	"""Return the participants of a period that the reader follows, those without an assessment included, by unit.

	Two queries, and one for a unit among the filters.
	"""
	return of_periods([period], filters)


def of_periods(periods: Iterable[Period], filters: dict | None = None) -> list[Unit]:
	"""Return the participants of several periods as `of_period` does, with as many queries."""
	known = {period.name: period for period in periods}
	participant, unit = scoped.table("P2HAM Period Participant"), scoped.table("P2HAM OPD")
	assessment = scoped.table("P2HAM Assessment")
	query = (
		participants.followed(known)
		.join(unit)
		.on(unit.name == participant.opd)
		.select(
			participant.opd,
			participant.parent,
			unit.opd_name,
			participant.status,
			participant.fill_until,
			participant.review_until,
			participant.approve_until,
			assessment.name.as_("assessment"),
			assessment.workflow_state,
			assessment.completeness,
			assessment.correct_until,
			_day(assessment.creation).as_("began"),
		)
		.orderby(participant.opd)
		.orderby(participant.parent)
	)
	below = choice.unit(filters, participant.opd)
	rows = (query if below is None else query.where(below)).run(as_dict=True)
	since = _since(known)
	today = getdate(nowdate())
	return [_unit(row, known[row.parent], since.get(row.assessment), today) for row in rows]


def _day(moment: Term) -> Term:
	"""Return the day of a moment: Frappe reads a time from the database many times slower than a date."""
	return Cast(moment, "DATE")


def _since(periods: Iterable[str]) -> dict[str, datetime.date]:
	"""Since which day each assessment is in its state, by the log."""
	assessment, entry = scoped.table("P2HAM Assessment"), scoped.table("P2HAM Assessment Log")
	return dict(
		scoped.within("P2HAM Assessment")
		.join(entry)
		.on((entry.assessment == assessment.name) & (entry.to_state == assessment.workflow_state))
		.select(assessment.name, _day(Max(entry.at)))
		.where(assessment.period.isin([*periods, ""]) & (assessment.docstatus < 2))
		.where(entry.from_state != entry.to_state)
		.groupby(assessment.name)
		.orderby(assessment.name)
		.run()
	)


def _unit(row, period: Period, since: datetime.date | None, today: datetime.date) -> Unit:
	state = WITHDRAWN if row.status == WITHDRAWN else row.workflow_state or NOT_BEGUN
	began = since or row.began
	deadline = _deadline(row, period, state)
	late = (today - deadline).days if deadline and deadline < today and period.status == OPEN else 0
	return Unit(
		opd=row.opd,
		opd_name=row.opd_name,
		period=period.name,
		assessment=row.assessment,
		state=state,
		completeness=row.completeness or 0,
		days=(today - began).days if began else None,
		deadline=deadline,
		late=late,
		duties=acting(state) if period.status == OPEN else (),
	)


def acting(state: str) -> tuple[str, ...]:
	"""Return the duties that have to act while a unit is in a state."""
	return UNIT_DUTIES if state == NOT_BEGUN else lifecycle.who_acts(state)


def _deadline(row, period: Period, state: str) -> datetime.date | None:
	window = WINDOWS.get(state)
	if not window:
		return None
	calendar = Calendar(
		is_open=True,
		withdrawn=False,
		dates={field: getattr(period, field) for field in windows.DATES},
		own={field: row[field] for field in windows.OVERRIDES},
		corrections={window: row.correct_until} if row.correct_until else {},
	)
	return calendar.bounds(window)[1]


def reached(units: list[Unit]) -> list[int]:
	"""Return how many units have come at least as far as each state of ORDER, who has withdrawn left out."""
	places = [ORDER.index(unit.state) for unit in units if unit.state in ORDER]
	return [sum(place >= least for place in places) for least in range(len(ORDER))]


def waits_for(unit: Unit, held: dict[str, frozenset[str] | None]) -> bool:
	"""Tell whether somebody has to act who holds these duties for these units (`scoped.duties_held`)."""
	return any(duty in held and (held[duty] is None or unit.opd in held[duty]) for duty in unit.duties)


def to_do(periods: Iterable[Period]) -> dict[str, list[Unit]]:
	"""Return the units of the open ones of these periods for which the reader has to act, by the duty that they have to
	act in, the earliest last day first. Who holds several duties finds a unit once, under the one that decides most.

	Two queries besides those for the duties.
	"""
	held = scoped.duties_held()
	found: dict[str, list[Unit]] = {duty: [] for duty in reversed(DUTIES) if duty in held}
	units = of_periods([period for period in periods if period.status == OPEN]) if found else []
	for unit in sorted(units, key=lambda unit: (unit.deadline or datetime.date.max, unit.opd, unit.period)):
		for duty in found:
			if waits_for(unit, {duty: held[duty]}):
				found[duty].append(unit)
				break
	return {duty: units for duty, units in found.items() if units}


def next_step(unit: Unit, duty: str) -> str:
	"""Return what the holder of a duty has to do next for a unit that waits for them."""
	return VERIFY if duty == VERIFIER else NEXT[unit.state]


def by_state(period: Period) -> dict[str, int]:
	"""Return how many assessments of a period that the reader may see are in each state. One query."""
	assessment = scoped.table("P2HAM Assessment")
	return dict(
		scoped.within("P2HAM Assessment")
		.select(assessment.workflow_state, Count("*"))
		.where((assessment.period == period.name) & (assessment.docstatus < 2))
		.groupby(assessment.workflow_state)
		.orderby(assessment.workflow_state)
		.run()
	)


def waiting(periods: Iterable[Period]) -> int:
	"""Return for how many units of the open ones of these periods the reader has to act, as `waits_for` says it. One
	query."""
	names = [period.name for period in periods if period.status == OPEN]
	participant = scoped.table("P2HAM Period Participant")
	reach = []
	for duty, units in scoped.duties_held().items():
		states = [state for state in ORDER if duty in acting(state)]
		if states:
			mine = _in_state(*states)
			reach.append(mine if units is None else mine & participant.opd.isin(sorted(units) or [""]))
	return _number(names, Criterion.any(reach)) if reach and names else 0


def late(period: Period) -> int:
	"""Return how many units of a period that the reader follows are late, as `of_period` says it. One query."""
	today = getdate(nowdate())
	participant, assessment = scoped.table("P2HAM Period Participant"), scoped.table("P2HAM Assessment")
	over = []
	for state, window in WINDOWS.items():
		field = windows.WINDOWS[window][1]
		last = getattr(period, field)
		if last and last < today:
			days = (participant[field], assessment.correct_until)
			over.append(Criterion.all([_in_state(state), *(day.isnull() | (day < today) for day in days)]))
	return _number([period.name], Criterion.any(over)) if over and period.status == OPEN else 0


def _in_state(*states: str) -> Criterion:
	assessment = scoped.table("P2HAM Assessment")
	begun = assessment.workflow_state.isin(states)
	return begun | assessment.name.isnull() if NOT_BEGUN in states else begun


def _number(periods: list[str], condition: Criterion) -> int:
	"""Return how many units that take part and that the reader follows meet a condition."""
	participant = scoped.table("P2HAM Period Participant")
	query = participants.followed(periods).select(Count("*")).where(participant.status != WITHDRAWN)
	((number,),) = query.where(condition).run()
	return number
