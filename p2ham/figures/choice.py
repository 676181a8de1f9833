"""What a reader chose in the filters of a report, checked: a period, a unit with everything below it, a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import frappe
from frappe import _
from frappe.query_builder import Order
from frappe.utils import cint, getdate
from pypika.terms import Criterion

from p2ham.engine.period_life import DRAFT
from p2ham.figures import scoped


@dataclass(frozen=True)
class Period:
	"""A round of assessments with the instrument it uses."""

	name: str
	title: str
	status: str
	instrument: str
	instrument_title: str
	regulation: str
	family: str
	assessment_year: int
	data_year: int
	fill_from: date
	fill_until: date
	review_until: date
	approve_until: date
	target_units: int


@dataclass(frozen=True)
class Periods:
	"""The period that was chosen, and all that have been opened in its family, oldest first."""

	chosen: Period
	opened: tuple[Period, ...]

	@property
	def previous(self) -> Period | None:
		"""The last round before the chosen one."""
		earlier = [period for period in self.opened if _place(period) < _place(self.chosen)]
		return earlier[-1] if earlier else None

	def years(self, count: int) -> tuple[Period, ...]:
		"""The chosen round and those before it, `count` at most, oldest first."""
		return tuple(period for period in self.opened if _place(period) <= _place(self.chosen))[-count:]


def _place(period: Period) -> tuple[int, date, str]:
	return period.assessment_year, period.fill_from, period.name


def periods(filters: dict | None) -> Periods | None:
	"""Return the period that the filter `period` names, else the newest that has been opened; None if there is none.

	One query. Raises frappe.DoesNotExistError, naming the filter, for a period that does not exist or that the
	reader may not see.
	"""
	found = every()
	if not found:
		return None  # also for whoever holds no duty: to them there is none
	wanted = (filters or {}).get("period")
	if wanted:
		chosen = next((period for period in found if period.name == wanted), None)
		if chosen is None:
			frappe.throw(_("{0}: {1} does not exist.").format(_("Period"), wanted), frappe.DoesNotExistError)
	else:
		chosen = next((period for period in reversed(found) if period.status != DRAFT), None)
		if chosen is None:
			return None
	family = [
		period
		for period in found
		if period.family == chosen.family and (period.status != DRAFT or period is chosen)
	]
	return Periods(chosen, tuple(family))


def every() -> list[Period]:
	"""Return all periods that the reader may see, oldest first. One query."""
	period, instrument = scoped.table("P2HAM Period"), scoped.table("P2HAM Instrument")
	rows = (
		scoped.within("P2HAM Period")
		.join(instrument)
		.on(period.instrument == instrument.name)
		.select(
			period.name,
			period.title,
			period.status,
			period.instrument,
			instrument.title.as_("instrument_title"),
			instrument.regulation,
			instrument.family,
			period.assessment_year,
			period.data_year,
			period.fill_from,
			period.fill_until,
			period.review_until,
			period.approve_until,
			period.target_units,
		)
		.orderby(period.assessment_year, order=Order.asc)
		.orderby(period.fill_from, order=Order.asc)
		.orderby(period.name, order=Order.asc)
		.run(as_dict=True)
	)
	return [Period(**row) for row in rows]


def no_period() -> str:
	"""Return what a report says where no period has been opened."""
	return _("There is no period that has been opened yet, or none that you may see.")


def unit(filters: dict | None, field) -> Criterion | None:
	"""Return the condition on `field` that the filter `opd` asks for; None for all units. One query. Raises as
	`units` does."""
	below = units(filters)
	return None if below is None else field.isin(sorted(below))


def units(filters: dict | None) -> frozenset[str] | None:
	"""Return the unit that the filter `opd` names and everything below it; None for all. One query.

	Raises frappe.DoesNotExistError, naming the filter.
	"""
	wanted = (filters or {}).get("opd")
	if not wanted:
		return None
	below = scoped.units_below(wanted)
	if not below:
		frappe.throw(_("{0}: {1} does not exist.").format(_("Unit"), wanted), frappe.DoesNotExistError)
	return below


def one_of(filters: dict | None, name: str, label: str, values: tuple[str, ...]) -> str | None:
	"""Return the value of a filter that offers certain values, None for all.

	Raises frappe.ValidationError, naming the filter, for another value.
	"""
	value = (filters or {}).get(name)
	if not value:
		return None
	if value not in values:
		frappe.throw(_("{0}: {1} is none of the possible values.").format(label, value))
	return value


def number(filters: dict | None, name: str, label: str, default: int, low: int, high: int) -> int:
	"""Return the whole number of a filter. Raises frappe.ValidationError, naming the filter, outside low to high."""
	value = (filters or {}).get(name)
	if value in (None, ""):
		return default
	if not low <= cint(value) <= high:
		frappe.throw(_("{0}: {1} is not between {2} and {3}.").format(label, value, low, high))
	return cint(value)


def flag(filters: dict | None, name: str) -> bool:
	"""Tell whether a check box among the filters is set."""
	return bool(cint((filters or {}).get(name)))


def day(filters: dict | None, name: str, label: str) -> date | None:
	"""Return the day that a filter names, None for none. Raises frappe.ValidationError, naming the filter, for
	anything else than a date."""
	value = (filters or {}).get(name)
	if not value:
		return None
	try:
		return getdate(value)
	except (ValueError, TypeError, frappe.ValidationError):
		frappe.throw(_("{0}: {1} is not a date.").format(label, value))
