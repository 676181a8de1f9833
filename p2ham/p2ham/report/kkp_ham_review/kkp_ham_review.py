"""The KKP HAM results of the regency and its OPD: who did well, who needs improvement, what is being done about it."""

from __future__ import annotations

from frappe import _
from frappe.utils import getdate, nowdate

from p2ham.engine.faults import N_
from p2ham.figures import cells, choice
from p2ham.kkpham import results

YEARS, MAX_YEARS = 5, 20
WELL, WEAK = N_("Did Well"), N_("Needs Improvement")


def execute(filters: dict | None = None):
	number = choice.number(filters, "years", _("Number of Years"), YEARS, 1, MAX_YEARS)
	standing = choice.one_of(filters, "standing", _("Standing"), (WELL, WEAK))
	asked = choice.number(filters, "assessment_year", _("Assessment Year"), 0, 2000, 2100)
	# The year before is compared with, shown or not.
	year, units = results.results(asked or None, max(number, 2), getdate(nowdate()), filters)
	if not year:
		return [], [], _("There is no KKP HAM result yet, or none that you may see.")
	if standing:
		units = [unit for unit in units if standing_of(unit) == standing]
	# No columns for years before anything was given.
	first = min((each for unit in units for each in unit.scores), default=year)
	shown = range(max(first, year - number + 1), year + 1)
	return (
		columns(shown),
		[row_of(unit, shown) for unit in units],
		message(units, year),
		chart(units, shown),
		summary(units, year),
	)


def standing_of(unit: results.Unit) -> str | None:
	"""Who reached the highest category of the instrument did well; everybody else needs improvement."""
	return None if unit.latest is None else WELL if unit.latest.best else WEAK


def columns(years: range) -> list[dict]:
	year = years[-1]
	return [
		cells.column("opd_name", _("OPD"), width=260),
		*(cells.score(f"score_{each}", str(each), 90) for each in years),
		cells.score("change", _("Change"), 90),
		cells.column("category", _("Category {0}").format(year), width=150),
		cells.column("standing", _("Standing"), width=150),
		cells.score("forecast", _("Own Forecast"), 120),
		cells.score("difference", _("Difference"), 100),
		cells.column("state", _("State of the Forecast"), width=130),
		cells.column("finding", _("Finding"), width=260),
		cells.column("recommendation", _("Recommendation"), width=260),
		cells.count("follow_ups", _("Follow-ups"), 100),
		cells.count("open", _("Not Closed"), 100),
		cells.count("late", _("Late"), 80),
		cells.column("reference", _("Reference"), width=160),
	]


def row_of(unit: results.Unit, years: range) -> dict:
	year = years[-1]
	row = {"opd": unit.opd, "opd_name": unit.opd_name, "bold": int(unit.is_regency)}
	for each in years:
		score = unit.scores.get(each)
		row[f"score_{each}"] = score.points if score else None
		if score:
			cells.link(row, f"score_{each}", "P2HAM KKPHAM Result", score.result)
	row["change"] = unit.change(year)
	cells.sign(row, "change")
	if row["change"] is not None and len(unit.instruments(year)) > 1:
		cells.doubt(row, "change")
	if forecast := unit.forecast:
		row.update(forecast=forecast.points, difference=unit.difference(year))
		cells.state(row, forecast.state)
		cells.link(row, "forecast", "P2HAM Assessment", forecast.assessment)
		cells.sign(row, "difference")
	if latest := unit.latest:
		name, standing = unit.scores[year].result, standing_of(unit)
		row.update(
			category=latest.category,
			standing=cells.word(standing),
			finding=latest.finding,
			recommendation=latest.recommendation,
			reference=latest.reference,
			follow_ups=latest.follow_ups,
			open=latest.open,
			late=latest.late or None,
		)
		cells.paint(row, "category", latest.colour)
		cells.paint(row, "standing", "green" if standing == WELL else "orange")
		cells.link(row, "opd_name", "P2HAM KKPHAM Result", name)
		for field in ("follow_ups", "open", "late"):
			cells.link_list(row, field, "P2HAM Follow-up", kkpham_result=name)
		if latest.late:
			cells.paint(row, "late", "red")
	return row


def message(units: list, year: int) -> str | None:
	compared = [each for unit in units if len(each := unit.instruments(year)) > 1]
	if not compared:
		return None
	words = _("Changes marked with * compare results of different instruments: {0}.")
	return cells.notice([words.format(", ".join(results.titles(set().union(*compared))))])


def chart(units: list, shown: range) -> dict | None:
	years = [year for year in shown if any(year in unit.scores for unit in units)]
	regency = next((unit for unit in units if unit.is_regency), None)
	of_opds = [
		cells.mean(
			[unit.scores[year].points for unit in units if not unit.is_regency and year in unit.scores]
		)
		for year in years
	]
	series = {}
	if regency:
		series[regency.opd_name] = [
			regency.scores[year].points if year in regency.scores else None for year in years
		]
	if any(value is not None for value in of_opds):
		series[_("Mean of the OPD")] = of_opds
	return cells.bars([str(year) for year in years], series, title=_("KKP HAM Results"))


def summary(units: list, year: int) -> list[dict]:
	cards = []
	regency = next((unit for unit in units if unit.is_regency and unit.latest), None)
	if regency:
		words = f"{cells.decimal(regency.scores[year].points, 2)} · {regency.latest.category}"
		cards.append(cells.word_card(_("Regency {0}").format(year), words, regency.latest.colour))
	standings = [standing_of(unit) for unit in units if not unit.is_regency]
	cards.append(cells.card(_("OPD That Did Well"), standings.count(WELL), "green"))
	cards.append(cells.card(_("OPD That Need Improvement"), standings.count(WEAK), "orange"))
	waiting = sum(unit.latest.open for unit in units if unit.latest)
	cards.append(cells.card(_("Follow-ups Not Closed"), waiting))
	return cards
