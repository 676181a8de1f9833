"""Where units fall short: the indicators that fewest meet, the matrix of units and criteria, the units that lack one."""

from __future__ import annotations

import frappe
from frappe import _

from p2ham.engine.faults import N_
from p2ham.engine.instrument import Instrument
from p2ham.instruments import store
from p2ham.reporting import choice, groups, indicators, items, look

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
	flagged = groups.indicators_of(instrument, groups.aspect_of(filters))
	gaps = [
		gap
		for gap in indicators.gaps(period, instrument, side, filters)
		if gap.criterion in below and gap.code in flagged
	]
	units = indicators.units(period, side, filters)
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
		look.link(row, "title", "P2HAM Indicator", gap.code)
		if gap.lacking:
			look.link_report(
				row, "lacking", "P2HAM Indicator Gap", period=period.name, indicator=gap.code, **passed_on
			)
		rows.append(row)
	columns = [
		look.column("title", _("Indicator"), width=380),
		look.column("criterion", _("Criterion"), width=200),
		look.percent("share", _("Met by (%)"), heat=1),
		look.score("mean", _("Mean Points"), heat=1),
		look.count("lacking", _("Units That Lack It"), 130),
		look.count("met", _("Units That Meet It"), 130),
		look.count("applicable", _("Applies To"), 100),
		look.count("asked", _("Asked"), 80),
		look.count("not_applicable", _("Not Applicable"), 120),
		look.count("unanswered", _("Unanswered"), 110),
	]
	weakest = [gap for gap in gaps if gap.share is not None][:WEAKEST]
	chart = look.bars(
		[shortened(gap.title) for gap in weakest],
		{_("Met by (%)"): [gap.share for gap in weakest]},
		title=_("Weakest Indicators"),
	)
	message = look.notice(items.notices(side, bool(units)))
	return columns, rows, message, chart, summary(units, gaps, titles)


def summary(units: int, gaps: list, titles: dict[str, str]) -> list[dict]:
	applicable = sum(gap.applicable for gap in gaps)
	cards = [
		look.card(_("Units"), units),
		look.card(_("Indicators"), len(gaps)),
		look.share_card(_("Met in Full"), sum(gap.met for gap in gaps), applicable, "blue"),
		look.card(_("Met by All"), sum(gap.share == 100 for gap in gaps), "green"),
	]
	by_criterion: dict[str, list] = {}
	for gap in gaps:
		by_criterion.setdefault(gap.criterion, []).append(gap)
	shares = {
		criterion: look.share(sum(gap.met for gap in found), sum(gap.applicable for gap in found))
		for criterion, found in by_criterion.items()
	}
	known = {criterion: value for criterion, value in shares.items() if value is not None}
	if known:
		weakest = min(known, key=known.get)
		words = f"{titles[weakest]}: {look.decimal(known[weakest], 1)}%"
		cards.append(look.word_card(_("Weakest Criterion"), words, "orange"))
	return cards


def matrix(period, instrument: Instrument, side: str, filters):
	units = sorted(
		indicators.by_criterion(period, instrument, side, filters),
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
			look.link(row, field, "P2HAM Assessment", unit.assessment)
		rows.append(row)
	columns = [
		look.column("opd_name", _("Unit"), width=280),
		look.score("total", _("Total"), heat=1),
		*(
			look.score(f"criterion_{number}", criterion.title, 180, heat=1)
			for number, criterion in enumerate(criteria)
		),
	]
	means = [
		look.mean([unit.scores[code] for unit in units if unit.scores.get(code) is not None])
		for code in (criterion.code for criterion in criteria)
	]
	chart = (
		look.bars([criterion.title for criterion in criteria], {_("Mean Points"): means}) if units else None
	)
	cards = [
		look.card(_("Units"), len(units)),
		look.card(
			_("Mean Score"), look.mean([unit.total for unit in units if unit.total is not None]), "blue", 2
		),
	]
	return columns, rows, look.notice(items.notices(side, bool(units))), chart, cards


def of_indicator(period, instrument: Instrument, side: str, filters):
	known = {indicator.code: indicator for indicator in instrument.indicators}
	if filters.indicator not in known:
		frappe.throw(
			_("{0}: {1} is not asked in {2}.").format(_("Indicator"), filters.indicator, period.title),
			frappe.DoesNotExistError,
		)
	rows = indicators.lacking(period, instrument, side, filters.indicator, filters)
	units = indicators.units(period, side, filters)
	for row in rows:
		look.state(row, row.workflow_state)
		for field in ("opd_name", "points"):
			look.link(row, field, "P2HAM Assessment", row.assessment)
	columns = [
		look.column("opd_name", _("Unit"), width=280),
		look.column("answer", _("Answer"), width=140),
		look.score("points", _("Points"), heat=1),
		look.column("note", _("Note"), width=380),
		look.column("state", _("State"), width=120),
	]
	notice = look.notice(
		[
			_("Units that do not meet this in full: {0}").format(known[filters.indicator].title),
			*items.notices(side, bool(units)),
		]
	)
	chart = look.bars([row.opd for row in rows], {_("Points"): [row.points for row in rows]})
	return columns, rows, notice, chart, [look.card(_("Units That Lack It"), len(rows), "orange")]


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
