"""Who stands where in a period: place, scores of both sides, category, and what has changed since the last one."""

from __future__ import annotations

from frappe import _
from frappe.utils import flt

from p2ham.engine import lifecycle
from p2ham.figures import cells, choice, scoped, scores
from p2ham.instruments import store

STATES = (lifecycle.DRAFT, lifecycle.SUBMITTED, lifecycle.REVIEWED, lifecycle.APPROVED)


def execute(filters: dict | None = None):
	periods = choice.periods(filters)
	if periods is None:
		return [], [], choice.no_period()
	state = choice.one_of(filters, "workflow_state", _("State"), STATES)
	instrument = store.load(periods.chosen.instrument)
	ranked = scoped.sees_all_units()
	rows = scores.of_period(periods.chosen)
	earlier = scores.results_of(periods.previous) if periods.previous else []
	compare(rows, earlier, ranked)
	if filters and filters.get("opd"):
		rows = [row for row in rows if row.opd in scoped.units_below(filters["opd"])]
	if state:
		rows = [row for row in rows if row.workflow_state == state]
	rows.sort(key=lambda row: (row.rank is None, row.rank or 0, -flt(row.self_score), row.opd))
	show(rows, {threshold.label: threshold.colour for threshold in instrument.thresholds})
	return (
		columns(ranked, periods.previous, instrument.has_pass_mark),
		rows,
		message(periods, ranked, earlier),
		chart(rows),
		summary(rows, instrument),
	)


def compare(rows: list, earlier: list, ranked: bool) -> None:
	"""Set place and difference of each row, and both against the period before. Places are those among all units,
	whatever part of them is shown."""
	now, before = (scores.ranks(rows), scores.ranks(earlier)) if ranked else ({}, {})
	last = {row.opd: row.verified_score for row in earlier}
	for row in rows:
		row.rank = now.get(row.opd)
		row.difference = cells.minus(row.verified_score, row.self_score)
		row.score_before = last.get(row.opd)
		row.score_change = cells.minus(row.verified_score, row.score_before)
		row.rank_before = before.get(row.opd)
		# Upwards is good: from place 5 to place 2 is 3.
		row.rank_change = row.rank_before - row.rank if row.rank and row.rank_before else None


def show(rows: list, colours: dict[str, str]) -> None:
	verdicts = {False: (_("Does Not Meet"), "red"), True: (_("Meets"), "green")}
	for row in rows:
		cells.state(row, row.workflow_state)
		if row.category:
			cells.paint(row, "category", colours.get(row.category))
		if row.meets is not None:
			row.verdict, colour = verdicts[bool(row.meets)]
			cells.paint(row, "verdict", colour)
		for field in ("score_change", "rank_change", "difference"):
			cells.sign(row, field)
		for field in ("opd_name", "self_score", "verified_score"):
			cells.link(row, field, "P2HAM Assessment", row.assessment)


def columns(ranked: bool, previous, judged: bool) -> list[dict]:
	found = [
		cells.column("opd_name", _("Unit"), width=280),
		cells.score("self_score", _("Unit's Score")),
		cells.score("verified_score", _("Verified Score")),
		cells.score("difference", _("Difference")),
		cells.column("category", _("Category"), width=130),
	]
	if judged:
		found.append(cells.column("verdict", _("Result"), width=140))
	if ranked:
		found.insert(0, cells.count("rank", _("Rank"), 70))
	if previous:
		found.append(cells.score("score_before", _("Score {0}").format(previous.assessment_year)))
		found.append(cells.score("score_change", _("Change")))
		if ranked:
			found.append(cells.count("rank_change", _("Places Gained"), 110))
	return [
		*found,
		cells.column("state", _("State"), width=120),
		cells.percent("completeness", _("Completeness (%)")),
		cells.column("assessment", _("Assessment"), "Link", 240, options="P2HAM Assessment"),
	]


def message(periods: choice.Periods, ranked: bool, earlier: list) -> str | None:
	"""Say what the reader must know of the figures: another instrument before, and how all units are doing."""
	lines = []
	previous = periods.previous
	if earlier and previous.instrument != periods.chosen.instrument:
		lines.append(
			_("{0} used another instrument ({1}): changes compare scores of different indicators.").format(
				previous.title, previous.instrument_title
			)
		)
	if not ranked and scoped.setting("show_distribution"):
		counts = scores.distribution(periods.chosen)
		if counts:
			nothing = _("No category")
			words = ", ".join(f"{category or nothing}: {number}" for category, number in counts)
			lines.append(_("All units of the regency, without names: {0}.").format(words))
	return cells.notice(lines)


def chart(rows: list) -> dict | None:
	return cells.bars(
		[row.opd for row in rows],
		{
			_("Unit's Score"): [row.self_score for row in rows],
			_("Verified Score"): [row.verified_score for row in rows],
		},
		(cells.PALE, cells.DARK),
	)


def summary(rows: list, instrument) -> list[dict]:
	decided = [row for row in rows if row.workflow_state in scores.DECIDED]
	approved = [row for row in rows if row.workflow_state == lifecycle.APPROVED]
	cards = [cells.card(_("Units"), len(rows)), cells.card(_("Approved"), len(approved), "green")]
	if decided:
		mean = cells.mean([row.verified_score for row in decided])
		cards.append(cells.card(_("Mean Verified Score"), mean, "blue", 2))
	if approved and instrument.has_pass_mark:
		met = sum(bool(row.meets) for row in approved)
		cards.append(cells.card(_("Meet the Criteria"), met, "green"))
	return cards
