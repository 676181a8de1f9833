"""What the blocks of the workspace show: what waits for their reader, and where their units fall short.

Rows are those of a report (`look`); public/js/blocks/blocks.js draws them.
"""

from __future__ import annotations

from collections import Counter

from frappe import _

from p2ham.assessment import indicator_figures
from p2ham.figures import cells, choice, items, progress, scoped
from p2ham.instruments import store

# As many as a glance takes in.
MAX_ROWS = MAX_TILES = 8


def what_waits() -> list[dict]:
	"""Return the duties in which the reader has to act: the first units of each, and how many more by period."""
	periods = choice.every()
	found = progress.to_do(periods)
	# Named only where there is more than one.
	titles = {period.name: period.title for period in periods if period.status == progress.OPEN}
	if len(titles) < 2:
		titles = {}
	return [
		{
			"duty": cells.word(duty),
			"number": len(units),
			"rows": [_row(unit, duty, titles) for unit in units[:MAX_ROWS]],
			"more": _more(units[MAX_ROWS:], titles),
		}
		for duty, units in found.items()
	]


def _row(unit: progress.Unit, duty: str, titles: dict[str, str]) -> dict:
	row = {
		"opd_name": unit.opd_name,
		"period": titles.get(unit.period),
		"next": cells.word(progress.next_step(unit, duty)),
		"deadline": unit.deadline,
		"late": unit.late,
	}
	cells.state(row, unit.state)
	if unit.assessment:
		cells.link(row, "opd_name", "P2HAM Assessment", unit.assessment)
	else:
		cells.link(row, "opd_name", "P2HAM Period", unit.period)
	return row


def _more(units: list[progress.Unit], titles: dict[str, str]) -> list[dict]:
	"""The report is of one period, and so is each line that leads to it."""
	rows = []
	for period, number in Counter(unit.period for unit in units).items():
		row = {"number": number, "period": titles.get(period)}
		cells.link_report(row, "number", "P2HAM Progress", period=period, waiting=1)
		rows.append(row)
	return rows


def weak_indicators() -> dict:
	"""Return the indicators of the current period that the smallest share of the reader's units meets, and in `note`
	what is counted, or why there are none.

	Counted are verified answers; for who sees certain units only, their own as long as none of them is reviewed.
	"""
	periods = choice.periods(None)
	if periods is None:
		return {"tiles": [], "note": choice.no_period()}
	period = periods.chosen
	instrument = store.load(period.instrument)
	side = items.VERIFIED
	gaps = indicator_figures.gaps(period, instrument, side)
	if not gaps and not scoped.follows_all_units():
		side = items.OWN
		gaps = indicator_figures.gaps(period, instrument, side)
	# An empty sheet is no weakness yet, and what everybody meets is none.
	answered = [gap for gap in gaps if gap.unanswered < gap.asked]
	weak = [gap for gap in answered if gap.lacking][:MAX_TILES]
	titles = {criterion.code: criterion.title for criterion in instrument.criteria}
	if weak:
		note = items.notices(side, found=True)[0]
	elif answered:
		note = _("Everything that applies is met in full.")
	else:
		note = _("There are no answers to count yet. Where units fall short will stand here.")
	return {
		"period": period.title,
		"tiles": [_tile(gap, titles[gap.criterion], period, side) for gap in weak],
		"note": note,
	}


def _tile(gap: indicator_figures.Gap, criterion: str, period: choice.Period, side: str) -> dict:
	tile = {
		"title": gap.title,
		"criterion": criterion,
		"share": f"{cells.decimal(gap.share, 1)}%",
		"heat": cells.heat(gap.share),
		"met": gap.met,
		"applicable": gap.applicable,
	}
	cells.link_report(tile, "title", "P2HAM Indicator Gap", period=period.name, indicator=gap.code, side=side)
	return tile
