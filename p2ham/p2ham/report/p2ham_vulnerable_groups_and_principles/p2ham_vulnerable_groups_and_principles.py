"""How well the vulnerable groups are served and the principles fulfilled, unit by unit and in the regency."""

from __future__ import annotations

import frappe
from frappe import _

from p2ham.figures import cells, choice, items
from p2ham.instruments import store
from p2ham.reports import vulnerable_groups


def execute(filters: dict | None = None):
	periods = choice.periods(filters)
	if periods is None:
		return [], [], choice.no_period()
	filters = frappe._dict(filters or {})
	side = items.side_of(filters)
	units = vulnerable_groups.of_units(periods.chosen, store.load(periods.chosen.instrument), side, filters)
	chosen = {"period": periods.chosen.name, "side": side, **({"opd": filters.opd} if filters.opd else {})}
	return columns(), rows(units, chosen), message(side, units), chart(units), summary(units)


def columns() -> list[dict]:
	return [
		cells.column("opd_name", _("Unit"), width=260),
		*(cells.score(field, _(label), 125, heat=1) for field, label in vulnerable_groups.ASPECTS.items()),
	]


def rows(units: list, chosen: dict) -> list[dict]:
	found = []
	if len(units) > 1:
		row = {"opd_name": _("All Units"), "bold": 1, **vulnerable_groups.of_all(units)}
		for field, label in vulnerable_groups.ASPECTS.items():
			cells.link_report(row, field, "P2HAM Indicator Gap", **chosen, aspect=label)
		found.append(row)
	for unit in units:
		row = {"opd_name": unit.opd_name, "opd": unit.opd, **unit.means}
		for field in ("opd_name", *vulnerable_groups.ASPECTS):
			cells.link(row, field, "P2HAM Assessment", unit.assessment)
		found.append(row)
	return found


def message(side: str, units: list) -> str | None:
	lines = items.notices(side, bool(units))
	if len(units) > 1:
		lines.append(_("{0} is the mean of the units; each counts the same.").format(_("All Units")))
	return cells.notice(lines)


def chart(units: list) -> dict | None:
	means = vulnerable_groups.of_all(units)
	if not any(value is not None for value in means.values()):
		return None
	return cells.bars(
		[_(label) for label in vulnerable_groups.ASPECTS.values()],
		{_("Mean Points"): list(means.values())},
	)


def summary(units: list) -> list[dict]:
	means = {field: value for field, value in vulnerable_groups.of_all(units).items() if value is not None}
	cards = [cells.card(_("Units"), len(units))]
	for label, fields in (
		(_("Weakest Group"), vulnerable_groups.GROUPS),
		(_("Weakest Principle"), vulnerable_groups.PRINCIPLES),
	):
		known = {field: means[field] for field in fields if field in means}
		if known:
			weakest = min(known, key=known.get)
			words = f"{_(fields[weakest])}: {cells.decimal(known[weakest], 2)}"
			cards.append(cells.word_card(label, words, "orange"))
	return cards
