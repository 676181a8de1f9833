"""Who did what to which assessment, by which duty and when: the log of a period, newest first."""

from __future__ import annotations

from frappe import _

from p2ham.access.means import Means
from p2ham.figures import cells, choice
from p2ham.reports import audit_trail

# More are no reading; the filters lead to the others, and figures and chart count all of them.
MOST = 1000
RETURN = "Return"
MONTHS = 24


def execute(filters: dict | None = None):
	periods = choice.periods(filters)
	if periods is None:
		return [], [], choice.no_period()
	totals = audit_trail.totals(periods.chosen, filters)
	found = audit_trail.entries(periods.chosen, filters, MOST)
	return columns(), rows(found), message(totals, found), chart(totals), summary(totals)


def columns() -> list[dict]:
	return [
		cells.column("when", _("When"), width=175),
		cells.column("opd_name", _("Unit"), width=240),
		cells.column("action_name", _("Action"), width=140),
		cells.column("before", _("From State"), width=110),
		cells.column("after", _("To State"), width=110),
		cells.column("who", _("Who"), width=180),
		cells.column("by_duty", _("Duty"), width=140),
		cells.column("acting", _("Acting"), width=90),
		cells.column("let_in_by", _("Let in by"), width=120),
		cells.column("note", _("Note"), width=320),
		cells.column("assessment", _("Assessment"), "Link", 230, options="P2HAM Assessment"),
	]


def rows(found: list) -> list[dict]:
	for row in found:
		# So written, the column sorts by time.
		row.when = f"{row.at:%Y-%m-%d %H:%M}"
		row.action_name = cells.word(row.action)
		row.who = row.full_name or row.user
		row.let_in_by = Means(row.means or "", row.means_user or "").said()
		row.by_duty = cells.word(row.duty) if row.duty else ""
		for field, state in (("before", row.from_state), ("after", row.to_state)):
			if state:
				cells.state(row, state, field)
		cells.link(row, "when", "P2HAM Assessment Log", row.name)
		cells.link(row, "opd_name", "P2HAM Assessment", row.assessment)
	return found


def message(totals: audit_trail.Totals, found: list) -> str | None:
	if totals.entries <= len(found):
		return None
	return cells.notice(
		[_("The newest {0} of {1} entries are listed; all of them are counted.").format(MOST, totals.entries)]
	)


def chart(totals: audit_trail.Totals) -> dict | None:
	months = sorted({(year, month) for year, month, _action in totals.by_month})[-MONTHS:]
	names = sorted(
		{action for _year, _month, action in totals.by_month}, key=lambda action: -totals.of_action(action)
	)[: len(cells.SERIES)]
	return cells.bars(
		[f"{year}-{month:02}" for year, month in months],
		{
			cells.word(action): [totals.by_month.get((*month, action), 0) for month in months]
			for action in names
		},
		stacked=True,
	)


def summary(totals: audit_trail.Totals) -> list[dict]:
	returns = totals.of_action(RETURN)
	return [
		cells.card(_("Entries"), totals.entries),
		cells.card(_("People"), totals.people),
		cells.card(_("Returns"), returns, "orange" if returns else ""),
	]
