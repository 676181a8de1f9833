"""Where a result of KKP HAM stands: beside the own forecast, the years before, and right by right."""

from __future__ import annotations

from frappe import _
from frappe.utils import getdate, nowdate

from p2ham.access import duties
from p2ham.figures import cells
from p2ham.instruments import store
from p2ham.kkpham import results, results_by_right

YEARS = 5  # that the small chart shows


def for_result(doc) -> dict:
	"""Return what the form of a result shows beside it, in the scope of the session's user: points from 0 to 100, None
	where there are none. The number of queries does not depend on the number of years, rights and follow-ups."""
	year = doc.assessment_year
	given = {row.assessment_year: row.score for row in results.course(doc.opd, year)}
	years = range(year - YEARS + 1, year + 1)
	own = {each: found for (_opd, each), found in results.forecasts(years, [doc.opd]).items()}
	return {
		"year": year,
		"score": doc.score,
		"category": doc.category or "",
		"colour": _colour(doc),
		"forecast": _forecast(doc, own.get(year)),
		"trend": [
			{
				"year": each,
				"score": given.get(each),
				"forecast": own[each].points if each in own else None,
			}
			for each in years
			if each in given or each in own
		],
		"rights": [_right(right) for right in results_by_right.of_unit(doc.opd, year, getdate(nowdate()))],
		"may_follow_up": duties.is_bagian_hukum(),
	}


def _colour(doc) -> str:
	thresholds = store.load(doc.instrument).thresholds
	return next((each.colour for each in thresholds if each.label == doc.category), "gray")


def _forecast(doc, found: results.Forecast | None) -> dict | None:
	if not found:
		return None
	return {
		"score": found.points,
		"difference": cells.minus(doc.score, found.points),
		"assessment": found.assessment,
		"state": _(found.state),
		"colour": cells.STATE_COLOURS.get(found.state, "gray"),
		"same_instrument": found.instrument == doc.instrument,
	}


def _right(right: results_by_right.Right) -> dict:
	return {
		"criterion": right.criterion,
		"title": right.title,
		"score": right.points,
		"category": right.category,
		"colour": right.colour,
		"weak": right.weak,
		"change": right.change,
		"asked_otherwise": right.asked_otherwise,
		"forecast": right.forecast,
		"owners": [{"opd": opd, "name": name} for opd, name in right.owners],
		"open": right.open,
		"late": right.late,
	}
