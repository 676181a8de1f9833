"""The rights of KKP HAM, the weakest first: what was given, what the own assessment says, whose they are, what is being
done."""

from __future__ import annotations

from frappe import _
from frappe.utils import getdate, nowdate

from p2ham.figures import cells, choice
from p2ham.kkpham import results_by_right
from p2ham.kkpham.results_by_right import Right

MAX_IN_CARD = 60  # characters


def execute(filters: dict | None = None):
	asked = choice.number(filters, "assessment_year", _("Assessment Year"), 0, 2000, 2100)
	year, rights = results_by_right.of_year(asked or None, getdate(nowdate()), filters)
	if not rights:
		return [], [], _("There is no KKP HAM result with its rights yet, or none that you may see.")
	shown = [right for right in rights if right.weak or not choice.flag(filters, "weak")]
	return (
		columns(year),
		[row_of(right) for right in shown],
		message(shown, year),
		chart(shown),
		summary(rights),
	)


def columns(year: int) -> list[dict]:
	return [
		cells.column("code", _("Code"), width=60),
		cells.column("title", _("Human Right"), width=300),
		cells.column("opd_name", _("OPD"), width=180),
		cells.score("score", str(year), 90),
		cells.column("category", _("Category"), width=150),
		cells.score("change", _("Change"), 90),
		cells.score("forecast", _("Own Forecast"), 120),
		cells.score("difference", _("Difference"), 100),
		cells.column("owners", _("Owners"), width=260),
		cells.count("follow_ups", _("Follow-ups"), 100),
		cells.count("open", _("Not Closed"), 100),
		cells.count("late", _("Late"), 80),
	]


def row_of(right: Right) -> dict:
	row = {
		"code": right.code,
		"title": right.title,
		"opd": right.opd,
		"opd_name": right.opd_name,
		"score": right.points,
		"category": right.category,
		"change": right.change,
		"forecast": right.forecast,
		"difference": right.difference,
		"owners": ", ".join(name for _opd, name in right.owners),
		"follow_ups": right.follow_ups,
		"open": right.open,
		"late": right.late or None,
		"criterion": right.criterion,
	}
	cells.paint(row, "category", right.colour)
	cells.sign(row, "change")
	cells.sign(row, "difference")
	if right.asked_otherwise:
		cells.doubt(row, "change")
	cells.link(row, "title", "P2HAM KKPHAM Result", right.result)
	cells.link(row, "forecast", "P2HAM Assessment", right.assessment)
	if right.owners:
		cells.link_list(row, "owners", "P2HAM Right Owner", criterion=right.criterion)
	for field in ("follow_ups", "open", "late"):
		cells.link_list(row, field, "P2HAM Follow-up", kkpham_result=right.result, criterion=right.criterion)
	if right.late:
		cells.paint(row, "late", "red")
	return row


def message(rights: list[Right], year: int) -> str | None:
	lines = []
	if any(right.asked_otherwise for right in rights):
		lines.append(
			_("Changes marked with * compare with a right of another instrument that has the same name.")
		)
	if not any(right.assessment for right in rights):
		lines.append(
			_("There is no own assessment by this instrument for {0}, or none that you may see.").format(year)
		)
	return cells.notice(lines)


def chart(rights: list[Right]) -> dict | None:
	several = len({right.opd for right in rights}) > 1
	# The code first: names of rights are long and begin alike, and an axis shows how they begin.
	labels = [
		f"{right.code} {right.title} ({right.opd})" if several else f"{right.code} {right.title}"
		for right in rights
	]
	series = {_("Result"): [right.points for right in rights]}
	if any(right.forecast is not None for right in rights):
		series[_("Own Forecast")] = [right.forecast for right in rights]
	return cells.bars(labels, series, title=_("Rights, the Weakest First"))


def summary(rights: list[Right]) -> list[dict]:
	weak = [right for right in rights if right.weak]
	cards = [cells.card(_("Weak Rights"), len(weak), "orange" if weak else "green")]
	weakest = min(rights, key=lambda right: right.points)
	title = weakest.title
	if len(title) > MAX_IN_CARD:
		title = title[: MAX_IN_CARD - 1] + "…"
	cards.append(cells.word_card(_("Weakest Right"), title, weakest.colour))
	without = sum(not right.open for right in weak)
	cards.append(cells.card(_("Weak Rights without Open Follow-up"), without, "red" if without else ""))
	cards.append(cells.card(_("Follow-ups Not Closed"), sum(right.open for right in rights)))
	return cards
