"""The KKP HAM results of the regency and its OPD: who did well, who needs improvement, what is being done about it."""

from __future__ import annotations

from frappe import _
from frappe.utils import getdate, nowdate

from p2ham.engine.faults import N_
from p2ham.reporting import choice, kkpham, look

YEARS, MOST_YEARS = 5, 20
WELL, WEAK = N_("Did Well"), N_("Needs Improvement")


def execute(filters: dict | None = None):
	number = choice.number(filters, "years", _("Number of Years"), YEARS, 1, MOST_YEARS)
	standing = choice.one_of(filters, "standing", _("Standing"), (WELL, WEAK))
	asked = choice.number(filters, "assessment_year", _("Assessment Year"), 0, 2000, 2100)
	# The year before is compared with, shown or not.
	year, units = kkpham.results(asked or None, max(number, 2), filters)
	if not year:
		return [], [], _("There is no KKP HAM result yet, or none that you may see.")
	if standing:
		units = [unit for unit in units if standing_of(unit, year) == standing]
	follow_ups = kkpham.follow_ups(year, getdate(nowdate()))
	# No columns for years before anything was given.
	first = min((each for unit in units for each in unit.results), default=year)
	shown = range(max(first, year - number + 1), year + 1)
	return (
		columns(shown),
		[row_of(unit, shown, follow_ups) for unit in units],
		message(units, year),
		chart(units, shown),
		summary(units, year, follow_ups),
	)


def standing_of(unit: kkpham.Unit, year: int) -> str | None:
	"""Who reached the highest category of the instrument did well; everybody else needs improvement."""
	result = unit.results.get(year)
	return None if result is None else WELL if result.best else WEAK


def columns(years: range) -> list[dict]:
	year = years[-1]
	return [
		look.column("opd_name", _("OPD"), width=260),
		*(look.score(f"score_{each}", str(each), 90) for each in years),
		look.score("change", _("Change"), 90),
		look.column("category", _("Category {0}").format(year), width=150),
		look.column("standing", _("Standing"), width=150),
		look.column("finding", _("Finding"), width=260),
		look.column("recommendation", _("Recommendation"), width=260),
		look.count("follow_ups", _("Follow-ups"), 100),
		look.count("open", _("Not Closed"), 100),
		look.count("late", _("Late"), 80),
		look.column("reference", _("Reference"), width=160),
	]


def row_of(unit: kkpham.Unit, years: range, follow_ups: dict) -> dict:
	year = years[-1]
	row = {"opd": unit.opd, "opd_name": unit.opd_name, "bold": int(unit.is_regency)}
	for each in years:
		result = unit.results.get(each)
		row[f"score_{each}"] = result.score if result else None
		if result:
			look.link(row, f"score_{each}", "P2HAM KKPHAM Result", result.name)
	row["change"] = unit.change(year)
	look.sign(row, "change")
	if row["change"] is not None and not unit.comparable(year):
		look.doubt(row, "change")
	result = unit.results.get(year)
	if result:
		row.update(
			category=result.category,
			finding=result.finding,
			recommendation=result.recommendation,
			reference=result.reference,
		)
		look.paint(row, "category", result.colour)
		standing = standing_of(unit, year)
		row["standing"] = _(standing)
		look.paint(row, "standing", "green" if standing == WELL else "orange")
		look.link(row, "opd_name", "P2HAM KKPHAM Result", result.name)
		found = follow_ups.get(result.name, kkpham.FollowUps())
		row.update(follow_ups=found.total, open=found.open, late=found.late or None)
		for field in ("follow_ups", "open", "late"):
			look.link_list(row, field, "P2HAM Follow-up", kkpham_result=result.name)
		if found.late:
			look.paint(row, "late", "red")
	return row


def message(units: list, year: int) -> str | None:
	lines = []
	if any(unit.change(year) is not None and not unit.comparable(year) for unit in units):
		titles = sorted(
			{
				unit.results[each].instrument_title
				for unit in units
				for each in (year - 1, year)
				if each in unit.results
			}
		)
		lines.append(
			_("Changes marked with * compare results of different instruments: {0}.").format(
				", ".join(titles)
			)
		)
	return look.notice(lines)


def chart(units: list, shown: range) -> dict | None:
	years = [year for year in shown if any(year in unit.results for unit in units)]
	regency = next((unit for unit in units if unit.is_regency), None)
	of_opds = [
		look.mean(
			[unit.results[year].score for unit in units if not unit.is_regency and year in unit.results]
		)
		for year in years
	]
	series = {}
	if regency:
		series[regency.opd_name] = [
			regency.results[year].score if year in regency.results else None for year in years
		]
	if any(value is not None for value in of_opds):
		series[_("Mean of the OPD")] = of_opds
	return look.bars([str(year) for year in years], series, title=_("KKP HAM Results"))


def summary(units: list, year: int, follow_ups: dict) -> list[dict]:
	cards = []
	regency = next((unit.results[year] for unit in units if unit.is_regency and year in unit.results), None)
	if regency:
		words = f"{look.decimal(regency.score, 2)} · {regency.category}"
		cards.append(look.word_card(_("Regency {0}").format(year), words, regency.colour))
	standings = [standing_of(unit, year) for unit in units if not unit.is_regency]
	cards.append(look.card(_("OPD That Did Well"), standings.count(WELL), "green"))
	cards.append(look.card(_("OPD That Need Improvement"), standings.count(WEAK), "orange"))
	shown = {unit.results[year].name for unit in units if year in unit.results}
	cards.append(
		look.card(
			_("Follow-ups Not Closed"), sum(found.open for name, found in follow_ups.items() if name in shown)
		)
	)
	return cards
