"""Where units fall short: the indicators that fewest meet, the matrix of units and criteria, the units that lack one."""

from __future__ import annotations

import frappe
from frappe import _

from p2ham.assessment import indicator_figures
from p2ham.engine.faults import N_
from p2ham.engine.instrument import Instrument
from p2ham.figures import cells, choice, items
from p2ham.instruments import store
from p2ham.reports import vulnerable_groups

INDICATORS, MATRIX = N_("Indicators"), N_("Matrix")
VIEWS = (INDICATORS, MATRIX)
# In a chart, and long enough to be told from the others.
WEAKEST, LABEL = 12, 40


def execute(filters: dict | None = None):
	filters = frappe._dict(filters or {})
	periods = choice.periods(filters)
	if periods is None:
		return [], [], choice.no_period()
	view = choice.one_of(filters, "view", _("View"), VIEWS) or INDICATORS
	side = items.side_of(filters)
	instrument = store.load(periods.chosen.instrument)
	if filters.indicator:
		return of_indicator(periods.chosen, instrument, side, filters)
	if view == MATRIX:
		return matrix(periods.chosen, instrument, side, filters)
	return of_all(periods.chosen, instrument, side, filters)


def of_all(period, instrument: Instrument, side: str, filters):
	below = criteria_below(instrument, filters.criterion)
	flagged = vulnerable_groups.indicators_of(instrument, vulnerable_groups.aspect_of(filters))
	gaps = [
		gap
		for gap in indicator_figures.gaps(period, instrument, side, filters)
		if gap.criterion in below and gap.code in flagged
	]
	units = indicator_figures.units(period, side, filters)
	titles = {criterion.code: criterion.title for criterion in instrument.criteria}
	passed_on = {name: filters[name] for name in ("opd", "side") if filters.get(name)}
	rows = []
	for gap in gaps:
		row = {
			"code": gap.code,
			"title": gap.title,
			"criterion": titles[gap.criterion],
			"asked": gap.asked,
			"applicable": gap.applicable,
			"met": gap.met,
			"lacking": gap.lacking,
			"not_applicable": gap.not_applicable,
			"unanswered": gap.unanswered,
			"share": gap.share,
			"mean": gap.mean,
		}
		cells.link(row, "title", "P2HAM Indicator", gap.code)
		if gap.lacking:
			cells.link_report(
				row, "lacking", "P2HAM Indicator Gap", period=period.name, indicator=gap.code, **passed_on
			)
		rows.append(row)
	columns = [
		cells.column("title", _("Indicator"), width=380),
		cells.column("criterion", _("Criterion"), width=200),
		cells.percent("share", _("Met by (%)"), heat=1),
		cells.score("mean", _("Mean Points"), heat=1),
		cells.count("lacking", _("Units That Lack It"), 130),
		cells.count("met", _("Units That Meet It"), 130),
		cells.count("applicable", _("Applies To"), 100),
		cells.count("asked", _("Asked"), 80),
		cells.count("not_applicable", _("Not Applicable"), 120),
		cells.count("unanswered", _("Unanswered"), 110),
	]
	weakest = [gap for gap in gaps if gap.share is not None][:WEAKEST]
	chart = cells.bars(
		[shortened(gap.title) for gap in weakest],
		{_("Met by (%)"): [gap.share for gap in weakest]},
		title=_("Weakest Indicators"),
	)
	message = cells.notice(items.notices(side, bool(units)))
	return columns, rows, message, chart, summary(units, gaps, titles)


def summary(units: int, gaps: list, titles: dict[str, str]) -> list[dict]:
	applicable = sum(gap.applicable for gap in gaps)
	cards = [
		cells.card(_("Units"), units),
		cells.card(_("Indicators"), len(gaps)),
		cells.share_card(_("Met in Full"), sum(gap.met for gap in gaps), applicable, "blue"),
		cells.card(_("Met by All"), sum(gap.share == 100 for gap in gaps), "green"),
	]
	by_criterion: dict[str, list] = {}
	for gap in gaps:
		by_criterion.setdefault(gap.criterion, []).append(gap)
	shares = {
		criterion: cells.share(sum(gap.met for gap in found), sum(gap.applicable for gap in found))
		for criterion, found in by_criterion.items()
	}
	known = {criterion: value for criterion, value in shares.items() if value is not None}
	if known:
		weakest = min(known, key=known.get)
		words = f"{titles[weakest]}: {cells.decimal(known[weakest], 1)}%"
		cards.append(cells.word_card(_("Weakest Criterion"), words, "orange"))
	return cards


def matrix(period, instrument: Instrument, side: str, filters):
	units = sorted(
		indicator_figures.by_criterion(period, instrument, side, filters),
		key=lambda unit: (unit.total is None, unit.total or 0, unit.opd),
	)
	below = criteria_below(instrument, filters.criterion)
	criteria = [
		criterion
		for criterion in instrument.criteria
		if criterion.code in below
		and (criterion.parent is None or (filters.criterion and criterion.code != filters.criterion))
	] or [criterion for criterion in instrument.criteria if criterion.code in below]
	rows = []
	for unit in units:
		row = {"opd_name": unit.opd_name, "opd": unit.opd, "total": unit.total}
		for number, criterion in enumerate(criteria):
			row[f"criterion_{number}"] = unit.scores.get(criterion.code)
		for field in ("opd_name", "total", *(f"criterion_{number}" for number in range(len(criteria)))):
			cells.link(row, field, "P2HAM Assessment", unit.assessment)
		rows.append(row)
	columns = [
		cells.column("opd_name", _("Unit"), width=280),
		cells.score("total", _("Total"), heat=1),
		*(
			cells.score(f"criterion_{number}", criterion.title, 180, heat=1)
			for number, criterion in enumerate(criteria)
		),
	]
	means = [
		cells.mean([unit.scores[code] for unit in units if unit.scores.get(code) is not None])
		for code in (criterion.code for criterion in criteria)
	]
	chart = (
		cells.bars([criterion.title for criterion in criteria], {_("Mean Points"): means}) if units else None
	)
	cards = [
		cells.card(_("Units"), len(units)),
		cells.card(
			_("Mean Score"), cells.mean([unit.total for unit in units if unit.total is not None]), "blue", 2
		),
	]
	return columns, rows, cells.notice(items.notices(side, bool(units))), chart, cards


def of_indicator(period, instrument: Instrument, side: str, filters):
	known = {indicator.code: indicator for indicator in instrument.indicators}
	if filters.indicator not in known:
		frappe.throw(
			_("{0}: {1} is not asked in {2}.").format(_("Indicator"), filters.indicator, period.title),
			frappe.DoesNotExistError,
		)
	rows = indicator_figures.lacking(period, instrument, side, filters.indicator, filters)
	units = indicator_figures.units(period, side, filters)
	for row in rows:
		cells.state(row, row.workflow_state)
		for field in ("opd_name", "points"):
			cells.link(row, field, "P2HAM Assessment", row.assessment)
	columns = [
		cells.column("opd_name", _("Unit"), width=280),
		cells.column("answer", _("Answer"), width=140),
		cells.score("points", _("Points"), heat=1),
		cells.column("note", _("Note"), width=380),
		cells.column("state", _("State"), width=120),
	]
	notice = cells.notice(
		[
			_("Units that do not meet this in full: {0}").format(known[filters.indicator].title),
			*items.notices(side, bool(units)),
		]
	)
	chart = cells.bars([row.opd for row in rows], {_("Points"): [row.points for row in rows]})
	return columns, rows, notice, chart, [cells.card(_("Units That Lack It"), len(rows), "orange")]


def criteria_below(instrument: Instrument, wanted: str | None) -> set[str]:
	"""Return a criterion and everything below it; all for none.

	Raises frappe.DoesNotExistError, naming the filter, for one of another instrument.
	"""
	parents = {criterion.code: criterion.parent for criterion in instrument.criteria}
	if not wanted:
		return set(parents)
	if wanted not in parents:
		frappe.throw(
			_("{0}: {1} is not part of {2}.").format(_("Criterion"), wanted, instrument.title),
			frappe.DoesNotExistError,
		)
	found = {wanted}
	while more := {code for code, parent in parents.items() if parent in found} - found:
		found |= more
	return found


def shortened(title: str) -> str:
	return title if len(title) <= LABEL else title[: LABEL - 1].rstrip() + "…"
