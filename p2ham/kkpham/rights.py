"""The rights of an instrument of KKP HAM: its criteria without another above them, with the OPD that own them."""

from __future__ import annotations

import frappe
from frappe import _

from p2ham.engine import scoring
from p2ham.engine.instrument import Criterion
from p2ham.engine.numbers import plain, read_number, round_half_up
from p2ham.instruments import store

FAMILY = "KKP HAM"


def by_code(instrument: str) -> dict[str, Criterion]:
	"""Return the rights of an instrument in their order, by the names of their records."""
	return {row.code: row for row in store.load(instrument).criteria if not row.parent}


def is_of_result(criterion: str, result: str | None) -> bool:
	"""Tell whether a criterion is a right of the instrument by which a result was given."""
	instrument = result and frappe.db.get_value("P2HAM KKPHAM Result", result, "instrument")
	return bool(instrument) and criterion in by_code(instrument)


def owners(instrument: str) -> dict[str, list[str]]:
	"""Return the OPD that own each right which has one, by the right, whoever asks. One query."""
	found: dict[str, list[str]] = {}
	for criterion, opd in frappe.get_all(
		"P2HAM Right Owner",
		filters={"instrument": instrument},
		fields=["criterion", "opd"],
		order_by="criterion, opd",
		as_list=True,
	):
		found.setdefault(criterion, []).append(opd)
	return found


def check_instrument(doc) -> None:
	"""Refuse a document whose instrument is of another family than KKP HAM. Raises frappe.ValidationError."""
	if frappe.db.get_value("P2HAM Instrument", doc.instrument, "family") != FAMILY:
		frappe.throw(
			_("{0}: {1} is not of the family {2}.").format(
				_(doc.meta.get_label("instrument")), doc.instrument, _(FAMILY)
			)
		)


def check(result) -> None:
	"""Bring the rights of a result into order: each one of its instrument and there once, with a score from 0 to 100,
	rounded half up to two decimals, and its category by the thresholds of the instrument.

	Raises frappe.ValidationError, naming the row.
	"""
	known, thresholds = by_code(result.instrument), store.load(result.instrument).thresholds
	first: dict[str, int] = {}
	for row in result.rights:
		if row.criterion not in known:
			_refuse(
				row, "criterion", _("{0} is not a right of {1}.").format(row.criterion, result.instrument)
			)
		if row.criterion in first:
			_refuse(
				row,
				"criterion",
				_("{0} is there already, in row {1}.").format(
					known[row.criterion].title, first[row.criterion]
				),
			)
		first[row.criterion] = row.idx
		row.title = known[row.criterion].title
		score = _score(row)
		row.score = float(score)
		reached = scoring.category_of(score, thresholds)
		row.category = reached.label if reached else ""


def _score(row):
	try:
		score = read_number(row.score)
	except ValueError:
		_refuse(row, "score", _("{0} is not a number.").format(row.score))
	if score is None:
		_refuse(row, "score", _("Must be filled."), frappe.MandatoryError)
	if not 0 <= score <= scoring.FULL_POINTS:
		_refuse(row, "score", _("Must lie between {0} and {1}.").format(0, plain(scoring.FULL_POINTS)))
	return round_half_up(score)


def _refuse(row, field: str, text: str, error: type[Exception] = frappe.ValidationError) -> None:
	place = _("Row {0}: {1}").format(row.idx, _(row.meta.get_label(field)))
	frappe.throw(f"{place}: {frappe.utils.escape_html(text)}", error)
