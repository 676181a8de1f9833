"""How far each unit is, since when, until when, and who has to act."""

from __future__ import annotations

from frappe import _

from p2ham.engine.faults import N_
from p2ham.reporting import choice, look, progress, scoped

STATES = (*progress.ORDER, progress.WITHDRAWN)
STAGES = (
	N_("Taking Part"),
	N_("Begun"),
	N_("Submitted"),
	N_("Reviewed"),
	N_("Approved"),
)


def execute(filters: dict | None = None):
	periods = choice.periods(filters)
	if periods is None:
		return [], [], choice.no_period()
	state = choice.one_of(filters, "workflow_state", _("State"), STATES)
	held = scoped.duties_held()
	units = progress.of_period(periods.chosen, filters)
	if state:
		units = [unit for unit in units if unit.state == state]
	if choice.flag(filters, "late"):
		units = [unit for unit in units if unit.late]
	if choice.flag(filters, "waiting"):
		units = [unit for unit in units if progress.waits_for(unit, held)]
	units.sort(key=lambda unit: (-unit.late, STATES.index(unit.state), unit.completeness, unit.opd))
	return columns(), rows(units, periods.chosen), None, chart(units), summary(units, held)


def columns() -> list[dict]:
	return [
		look.column("opd_name", _("Unit"), width=280),
		look.column("state", _("State"), width=140),
		look.percent("completeness", _("Completeness (%)"), 130, heat=1),
		look.count("days", _("Days in State"), 110),
		look.column("deadline", _("Last Day"), "Date", 110),
		look.count("late", _("Days Late"), 100),
		look.column("who", _("Who Must Act"), width=240),
		look.column("assessment", _("Assessment"), "Link", 240, options="P2HAM Assessment"),
	]


def rows(units: list, period: choice.Period) -> list[dict]:
	found = []
	for unit in units:
		row = {
			"opd": unit.opd,
			"opd_name": unit.opd_name,
			"completeness": unit.completeness if unit.assessment else None,
			"days": unit.days,
			"deadline": unit.deadline,
			"late": unit.late or None,
			"who": ", ".join(map(look.word, unit.duties)),
			"assessment": unit.assessment,
			"workflow_state": unit.state,
		}
		look.state(row, unit.state)
		if unit.late:
			look.paint(row, "late", "red")
		for field in ("opd_name", "completeness"):
			look.link(row, field, "P2HAM Assessment", unit.assessment)
		if not unit.assessment:
			look.link(row, "opd_name", "P2HAM Period", period.name)
		found.append(row)
	return found


def chart(units: list) -> dict | None:
	numbers = progress.reached(units)
	if not numbers[0]:
		return None
	return look.bars(
		[_(stage) for stage in STAGES], {_("Units"): numbers}, title=_("Units That Have Come This Far")
	)


def summary(units: list, held: dict) -> list[dict]:
	numbers = progress.reached(units)
	waiting = sum(progress.waits_for(unit, held) for unit in units)
	late = sum(bool(unit.late) for unit in units)
	return [
		look.card(_("Units"), numbers[0]),
		look.card(_("Late"), late, "red" if late else ""),
		{**look.card(_("Waiting for Me"), waiting, "orange" if waiting else ""), look.PERSONAL: True},
		look.share_card(_("Approved"), numbers[STAGES.index("Approved")], numbers[0], "green"),
	]
