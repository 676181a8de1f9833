"""Who takes part, year by year, and how that grows."""

from __future__ import annotations

from frappe import _

from p2ham.figures import cells, choice, participants, scoped

YEARS, MAX_YEARS = 5, 20


def execute(filters: dict | None = None):
	periods = choice.periods(filters)
	if periods is None:
		return [], [], choice.no_period()
	number = choice.number(filters, "years", _("Number of Years"), YEARS, 1, MAX_YEARS)
	found = participants.rounds(periods.years(number))
	serving = participants.serving()
	# A target is one of the whole regency and says nothing about some of its units.
	aimed = scoped.follows_all_units()
	return (
		columns(aimed),
		rows(found, serving, aimed),
		message(aimed),
		chart(found),
		summary(found, serving, aimed),
	)


def columns(aimed: bool) -> list[dict]:
	found = [
		cells.column("title", _("Period"), width=230),
		cells.count("invited", _("Invited")),
		cells.count("ready", _("Ready")),
		cells.count("declared", _("Declared")),
		cells.count("withdrawn", _("Withdrawn"), 110),
		cells.count("assessed", _("Assessed")),
		cells.count("approved", _("Approved")),
		cells.count("growth", _("Growth (Units)"), 120),
		cells.percent("growth_share", _("Growth (%)")),
		cells.percent("serving_share", _("Of All Units (%)"), 130, heat=1),
	]
	if aimed:
		found.append(cells.count("target", _("Target")))
		found.append(cells.percent("target_share", _("Of the Target (%)"), 140, heat=1))
	return found


def rows(found: list, serving: int, aimed: bool) -> list[dict]:
	rows, before = [], None
	for each in found:
		target = each.period.target_units or None
		row = {
			"title": each.period.title,
			"period": each.period.name,
			"invited": each.invited,
			"ready": each.ready,
			"declared": each.declared,
			"withdrawn": each.withdrawn,
			"assessed": each.assessed,
			"approved": each.approved,
			"growth": None if before is None else each.invited - before.invited,
			"growth_share": None
			if before is None
			else cells.share(each.invited - before.invited, before.invited),
			"serving_share": cells.share(each.invited, serving),
		}
		if aimed:
			row["target"] = target
			row["target_share"] = cells.share(each.invited, target) if target else None
		for field in ("growth", "growth_share"):
			cells.sign(row, field)
		cells.link(row, "title", "P2HAM Period", each.period.name)
		for field in ("invited", "ready", "declared"):
			cells.link_report(row, field, "P2HAM Progress", period=each.period.name)
		cells.link_report(
			row,
			"withdrawn",
			"P2HAM Progress",
			period=each.period.name,
			workflow_state=participants.WITHDRAWN,
		)
		cells.link_list(
			row, "assessed", "P2HAM Assessment", period=each.period.name, workflow_state=["!=", "Cancelled"]
		)
		cells.link_list(
			row, "approved", "P2HAM Assessment", period=each.period.name, workflow_state="Approved"
		)
		rows.append(row)
		before = each
	return rows[::-1]


def message(aimed: bool) -> str | None:
	lines = [
		_(
			"Invited, ready and declared count the units that have come at least so far and have not withdrawn;"
			" growth compares the invited. All units are the active ones without units below them."
		)
	]
	if not aimed:
		lines.append(_("Only your own units are counted."))
	return cells.notice(lines)


def chart(found: list) -> dict | None:
	if not any(each.invited for each in found):
		return None
	return cells.bars(
		[str(each.period.assessment_year) for each in found],
		{
			_("Invited"): [each.invited for each in found],
			_("Declared"): [each.declared for each in found],
			_("Approved"): [each.approved for each in found],
		},
		(cells.PALE, cells.SERIES[1], cells.DARK),
	)


def summary(found: list, serving: int, aimed: bool) -> list[dict]:
	last = found[-1]
	cards = [
		cells.card(_("Units Taking Part"), last.invited),
		cells.share_card(_("Of All Units"), last.invited, serving, "blue"),
		cells.card(_("Approved"), last.approved, "green"),
	]
	if aimed and last.period.target_units:
		colour = "green" if last.invited >= last.period.target_units else "orange"
		cards.append(cells.share_card(_("Of the Target"), last.invited, last.period.target_units, colour))
	return cards
