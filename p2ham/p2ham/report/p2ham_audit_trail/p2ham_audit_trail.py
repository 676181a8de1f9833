"""Who did what to which assessment, by which duty and when: the log of a period, newest first."""

from __future__ import annotations

from frappe import _

from p2ham.access.means import Means
from p2ham.reporting import audit, choice, look

# More are no reading; the filters lead to the others, and figures and chart count all of them.
MOST = 1000
RETURN = "Return"
MONTHS = 24


def execute(filters: dict | None = None):
	periods = choice.periods(filters)
	if periods is None:
		return [], [], choice.no_period()
	totals = audit.totals(periods.chosen, filters)
	found = audit.entries(periods.chosen, filters, MOST)
	return columns(), rows(found), message(totals, found), chart(totals), summary(totals)


def columns() -> list[dict]:
	return [
		look.column("when", _("When"), width=175),
		look.column("opd_name", _("Unit"), width=240),
		look.column("action_name", _("Action"), width=140),
		look.column("before", _("From State"), width=110),
		look.column("after", _("To State"), width=110),
		look.column("who", _("Who"), width=180),
		look.column("by_duty", _("Duty"), width=140),
		look.column("acting", _("Acting"), width=90),
		look.column("let_in_by", _("Let in by"), width=120),
		look.column("note", _("Note"), width=320),
		look.column("assessment", _("Assessment"), "Link", 230, options="P2HAM Assessment"),
	]


def rows(found: list) -> list[dict]:
	for row in found:
		# So written, the column sorts by time.
		row.when = f"{row.at:%Y-%m-%d %H:%M}"
		row.action_name = look.word(row.action)
		row.who = row.full_name or row.user
		row.let_in_by = Means(row.means or "", row.means_user or "").said()
		row.by_duty = look.word(row.duty) if row.duty else ""
		for field, state in (("before", row.from_state), ("after", row.to_state)):
			if state:
				look.state(row, state, field)
		look.link(row, "when", "P2HAM Assessment Log", row.name)
		look.link(row, "opd_name", "P2HAM Assessment", row.assessment)
	return found


def message(totals: audit.Totals, found: list) -> str | None:
	if totals.entries <= len(found):
		return None
	return look.notice(
		[_("The newest {0} of {1} entries are listed; all of them are counted.").format(MOST, totals.entries)]
	)


def chart(totals: audit.Totals) -> dict | None:
	months = sorted({(year, month) for year, month, _action in totals.by_month})[-MONTHS:]
	names = sorted(
		{action for _year, _month, action in totals.by_month}, key=lambda action: -totals.of_action(action)
	)[: len(look.SERIES)]
	return look.bars(
		[f"{year}-{month:02}" for year, month in months],
		{
			look.word(action): [totals.by_month.get((*month, action), 0) for month in months]
			for action in names
		},
		stacked=True,
	)


def summary(totals: audit.Totals) -> list[dict]:
	returns = totals.of_action(RETURN)
	return [
		look.card(_("Entries"), totals.entries),
		look.card(_("People"), totals.people),
		look.card(_("Returns"), returns, "orange" if returns else ""),
	]
