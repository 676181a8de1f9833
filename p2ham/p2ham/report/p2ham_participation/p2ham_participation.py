"""Who takes part, year by year, and how that grows."""

from __future__ import annotations

from frappe import _

from p2ham.reporting import choice, look, participation, scoped

YEARS, MOST_YEARS = 5, 20


def execute(filters: dict | None = None):
	periods = choice.periods(filters)
	if periods is None:
		return [], [], choice.no_period()
	number = choice.number(filters, "years", _("Number of Years"), YEARS, 1, MOST_YEARS)
	found = participation.rounds(periods.years(number))
	serving = participation.serving()
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
		look.column("title", _("Period"), width=230),
		look.count("invited", _("Invited")),
		look.count("ready", _("Ready")),
		look.count("declared", _("Declared")),
		look.count("withdrawn", _("Withdrawn"), 110),
		look.count("assessed", _("Assessed")),
		look.count("approved", _("Approved")),
		look.count("growth", _("Growth (Units)"), 120),
		look.percent("growth_share", _("Growth (%)")),
		look.percent("serving_share", _("Of All Units (%)"), 130, heat=1),
	]
	if aimed:
		found.append(look.count("target", _("Target")))
		found.append(look.percent("target_share", _("Of the Target (%)"), 140, heat=1))
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
			else look.share(each.invited - before.invited, before.invited),
			"serving_share": look.share(each.invited, serving),
		}
		if aimed:
			row["target"] = target
			row["target_share"] = look.share(each.invited, target) if target else None
		for field in ("growth", "growth_share"):
			look.sign(row, field)
		look.link(row, "title", "P2HAM Period", each.period.name)
		for field in ("invited", "ready", "declared"):
			look.link_report(row, field, "P2HAM Progress", period=each.period.name)
		look.link_report(
			row,
			"withdrawn",
			"P2HAM Progress",
			period=each.period.name,
			workflow_state=participation.WITHDRAWN,
		)
		look.link_list(
			row, "assessed", "P2HAM Assessment", period=each.period.name, workflow_state=["!=", "Cancelled"]
		)
		look.link_list(
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
	return look.notice(lines)


def chart(found: list) -> dict | None:
	if not any(each.invited for each in found):
		return None
	return look.bars(
		[str(each.period.assessment_year) for each in found],
		{
			_("Invited"): [each.invited for each in found],
			_("Declared"): [each.declared for each in found],
			_("Approved"): [each.approved for each in found],
		},
		(look.PALE, look.SERIES[1], look.DARK),
	)


def summary(found: list, serving: int, aimed: bool) -> list[dict]:
	last = found[-1]
	cards = [
		look.card(_("Units Taking Part"), last.invited),
		look.share_card(_("Of All Units"), last.invited, serving, "blue"),
		look.card(_("Approved"), last.approved, "green"),
	]
	if aimed and last.period.target_units:
		colour = "green" if last.invited >= last.period.target_units else "orange"
		cards.append(look.share_card(_("Of the Target"), last.invited, last.period.target_units, colour))
	return cards
