"""The results over the years, of all units or of one; what was asked by different instruments is marked."""

from __future__ import annotations

from collections import Counter

from frappe import _

from p2ham.figures import cells, choice
from p2ham.reports import years

YEARS, MAX_YEARS = 5, 20


def execute(filters: dict | None = None):
	periods = choice.periods(filters)
	if periods is None:
		return [], [], choice.no_period()
	number = choice.number(filters, "years", _("Number of Years"), YEARS, 2, MAX_YEARS)
	shown = periods.years(number)
	units = years.of_units(shown, filters)
	rows = [row_of(unit, shown) for unit in units]
	found = means(units, shown)
	if len(units) == 1:
		rows += criteria_of(units[0], shown)
	elif units:
		rows.insert(0, all_units(found, shown))
	return (
		columns(shown),
		rows,
		message(shown, units),
		chart(units, found, shown),
		summary(units, found, shown),
	)


def labels(shown: tuple[choice.Period, ...]) -> list[str]:
	"""Return what the periods are called: their year, and the name where a year has two."""
	often = Counter(period.assessment_year for period in shown)
	return [
		str(period.assessment_year)
		if often[period.assessment_year] == 1
		else f"{period.assessment_year} ({period.name})"
		for period in shown
	]


def columns(shown: tuple[choice.Period, ...]) -> list[dict]:
	return [
		cells.column("opd_name", _("Unit"), width=300),
		*(cells.score(f"score_{place}", label, 120, heat=1) for place, label in enumerate(labels(shown))),
		cells.score("change", _("Change")),
		cells.score("since_first", _("Since the First Year"), 140),
	]


def row_of(unit: years.Unit, shown: tuple[choice.Period, ...]) -> dict:
	row = {"opd": unit.opd, "opd_name": unit.opd_name, **figures(unit.scores, shown)}
	for place, period in enumerate(shown):
		cells.link(row, f"score_{place}", "P2HAM Assessment", unit.assessments.get(period.name))
	newest = next((name for name in reversed([p.name for p in shown]) if name in unit.assessments), None)
	cells.link(row, "opd_name", "P2HAM Assessment", unit.assessments.get(newest))
	return row


def figures(scores: dict[str, float], shown: tuple[choice.Period, ...]) -> dict:
	"""The scores of a row, what has changed since the last year and since the first that has one; a change between
	different instruments is marked."""
	row = {f"score_{place}": scores.get(period.name) for place, period in enumerate(shown)}
	known = [period for period in shown if period.name in scores]
	last = shown[-1]
	before = shown[-2] if len(shown) > 1 else None
	row["change"] = cells.minus(scores.get(last.name), scores.get(before.name)) if before else None
	first = known[0] if known else None
	has_grown = first is not None and first is not last and last.name in scores
	row["since_first"] = cells.minus(scores[last.name], scores[first.name]) if has_grown else None
	for field, other in (("change", before), ("since_first", first)):
		cells.sign(row, field)
		if row[field] is not None and other.instrument != last.instrument:
			cells.doubt(row, field)
	return row


def all_units(found: dict[str, float], shown: tuple[choice.Period, ...]) -> dict:
	return {"opd_name": _("Mean of the Units"), "bold": 1, **figures(found, shown)}


def means(units: list[years.Unit], shown: tuple[choice.Period, ...]) -> dict[str, float]:
	found = {
		period.name: cells.mean([unit.scores[period.name] for unit in units if period.name in unit.scores])
		for period in shown
	}
	return {name: value for name, value in found.items() if value is not None}


def criteria_of(unit: years.Unit, shown: tuple[choice.Period, ...]) -> list[dict]:
	"""The rows of a single unit's criteria, each in the years of its own instrument."""
	return [
		{
			"opd_name": f"{criterion.title} ({criterion.instrument_title})",
			"indent": 1,
			**figures(criterion.scores, shown),
		}
		for criterion in years.criteria(unit, shown)
	]


def message(shown: tuple[choice.Period, ...], units: list) -> str | None:
	used: dict[str, list[str]] = {}
	for period, label in zip(shown, labels(shown), strict=True):
		used.setdefault(period.instrument_title, []).append(label)
	lines = [_("{0}: {1}").format(", ".join(found), title) for title, found in used.items()]
	if len(used) > 1:
		lines.append(
			_(
				"Changes marked with * compare results of different instruments. What can be compared like for like"
				" is shown by Compare in the sheet of a unit."
			)
		)
	return cells.notice(lines) if units else None


def chart(units: list, found: dict[str, float], shown: tuple[choice.Period, ...]) -> dict | None:
	if not found:
		return None
	label = units[0].opd_name if len(units) == 1 else _("Mean of the Units")
	return cells.bars(labels(shown), {label: [found.get(period.name) for period in shown]})


def summary(units: list, found: dict[str, float], shown: tuple[choice.Period, ...]) -> list[dict]:
	last = shown[-1]
	cards = [cells.card(_("Units"), sum(last.name in unit.scores for unit in units))]
	cards.append(cells.card(_("Mean {0}").format(last.assessment_year), found.get(last.name), "blue", 2))
	if len(shown) > 1:
		changes = [unit.change(shown[-2], last) for unit in units]
		cards.append(cells.card(_("Better Than Before"), sum((each or 0) > 0 for each in changes), "green"))
		cards.append(cells.card(_("Worse Than Before"), sum((each or 0) < 0 for each in changes), "red"))
	return cards
