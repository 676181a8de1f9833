"""How far each unit is, since when, until when, and who has to act."""

from __future__ import annotations

from frappe import _

from p2ham.engine.faults import N_
from p2ham.figures import cells, choice, progress, scoped

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
		cells.column("opd_name", _("Unit"), width=280),
		cells.column("state", _("State"), width=140),
		cells.percent("completeness", _("Completeness (%)"), 130, heat=1),
		cells.count("days", _("Days in State"), 110),
		cells.column("deadline", _("Last Day"), "Date", 110),
		cells.count("late", _("Days Late"), 100),
		cells.column("who", _("Who Must Act"), width=240),
		cells.column("assessment", _("Assessment"), "Link", 240, options="P2HAM Assessment"),
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
			"who": ", ".join(map(cells.word, unit.duties)),
			"assessment": unit.assessment,
			"workflow_state": unit.state,
		}
		cells.state(row, unit.state)
		if unit.late:
			cells.paint(row, "late", "red")
		for field in ("opd_name", "completeness"):
			cells.link(row, field, "P2HAM Assessment", unit.assessment)
		if not unit.assessment:
			cells.link(row, "opd_name", "P2HAM Period", period.name)
		found.append(row)
	return found


def chart(units: list) -> dict | None:
	numbers = progress.reached(units)
	if not numbers[0]:
		return None
	return cells.bars(
		[_(stage) for stage in STAGES], {_("Units"): numbers}, title=_("Units That Have Come This Far")
	)


def summary(units: list, held: dict) -> list[dict]:
	numbers = progress.reached(units)
	waiting = sum(progress.waits_for(unit, held) for unit in units)
	late = sum(bool(unit.late) for unit in units)
	return [
		cells.card(_("Units"), numbers[0]),
		cells.card(_("Late"), late, "red" if late else ""),
		{**cells.card(_("Waiting for Me"), waiting, "orange" if waiting else ""), cells.PERSONAL: True},
		cells.share_card(_("Approved"), numbers[STAGES.index("Approved")], numbers[0], "green"),
	]
