"""The figures and the text of the three-monthly report to the Minister of Home Affairs, for any quarter."""

from __future__ import annotations

from frappe import _
from frappe.utils import formatdate, getdate, nowdate

from p2ham.engine import lifecycle
from p2ham.engine.faults import N_
from p2ham.engine.guidance import HELD
from p2ham.engine.lifecycle import APPROVED
from p2ham.figures import cells, choice
from p2ham.quarterly import quarter
from p2ham.quarterly.quarter import Quarter, Span

FIGURES, UNITS = N_("Figures"), N_("Units")
VIEWS = (FIGURES, UNITS)
ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV"}


def execute(filters: dict | None = None):
	periods = choice.periods(filters)
	if periods is None:
		return [], [], choice.no_period()
	view = choice.one_of(filters, "view", _("View"), VIEWS) or FIGURES
	span = span_of(filters)
	if view == UNITS:
		return units(periods.chosen, span)
	found = quarter.of_period(periods.chosen, span)
	return columns(span), rows(found), cells.notice(text(found)), chart(found), summary(found)


def span_of(filters: dict | None) -> Span:
	"""Return the quarter that the filters name, by default that of today."""
	today = Span.containing(getdate(nowdate()))
	return Span(
		choice.number(filters, "year", _("Year"), today.year, 2000, 2100),
		choice.number(filters, "quarter", _("Quarter"), today.quarter, 1, 4),
	)


def columns(span: Span) -> list[dict]:
	return [
		cells.column("section", _("Section"), width=190),
		cells.column("item", _("Item"), width=380),
		cells.column("within", _("In Quarter {0}").format(ROMAN[span.quarter]), "Data", 130, align="right"),
		cells.column("until", _("Until {0}").format(formatdate(span.last)), "Data", 150, align="right"),
		cells.column("remark", _("Remark"), width=300),
	]


def rows(found: Quarter) -> list[dict]:
	"""The figures as they stand in the report, each leading to what it counts where a list or report can show that."""
	period, span = found.period.name, found.span
	# What was cancelled by the end of the quarter does not count; its steps stay in the log.
	counted = {"from_date": str(span.first), "to_date": str(span.last), "without_cancelled": 1}
	in_time, until_end = ["between", [str(span.first), str(span.last)]], ["<", str(span.after)]
	part, assessment = _("Taking Part"), _("Assessment")
	result, evidence, guidance = _("Result"), _("Evidence"), _("Guidance and Follow-up")
	lines: list[dict] = []

	def line(section: str, item: str, within=None, until=None, remark: str = "") -> dict:
		figures = {
			name: None if value is None else str(value)
			for name, value in (("within", within), ("until", until))
		}
		lines.append({"section": section, "item": item, **figures, "remark": remark})
		return lines[-1]

	row = line(part, _("Units taking part"), None, found.taking_part, _("As of today"))
	cells.link_report(row, "until", "P2HAM Progress", period=period)
	row = line(part, _("Units that have declared themselves"), found.declared_within, found.declared)
	cells.link(row, "until", "P2HAM Period", period)
	for state, item, action in (
		(lifecycle.DRAFT, _("Assessments begun"), None),
		(lifecycle.SUBMITTED, _("Assessments submitted"), "Submit"),
		(lifecycle.REVIEWED, _("Assessments reviewed"), "Review"),
		(APPROVED, _("Assessments approved"), "Approve"),
	):
		row = line(assessment, item, found.within[state] if action else None, found.reached[state])
		if action:
			cells.link_report(row, "within", "P2HAM Audit Trail", period=period, action=action, **counted)
		quarter_of = {"year": span.year, "quarter": str(span.quarter)}
		cells.link_report(row, "until", "P2HAM Quarterly Report", period=period, view=UNITS, **quarter_of)
	row = line(assessment, _("Returns for correction"), found.returns)
	cells.link_report(row, "within", "P2HAM Audit Trail", period=period, action="Return", **counted)
	line(result, _("Mean verified score of the approved"), None, points(found.mean))
	for category, number in found.categories.items():
		line(result, _("Approved in category {0}").format(category), None, number)
	row = line(evidence, _("Documents stored as evidence"), found.evidence_within, found.evidence)
	cells.link_list(row, "within", "P2HAM Evidence", creation=in_time)
	cells.link_list(row, "until", "P2HAM Evidence", creation=until_end)
	row = line(
		guidance,
		_("Meetings, disseminations and visits held"),
		found.guidance_within,
		found.guidance,
		_("In the year"),
	)
	year = ["between", [f"{span.year}-01-01", str(span.last)]]
	cells.link_list(row, "within", "P2HAM Guidance", status=HELD, date=in_time)
	cells.link_list(row, "until", "P2HAM Guidance", status=HELD, date=year)
	row = line(guidance, _("Follow-ups agreed"), found.follow_ups_within)
	cells.link_list(row, "within", "P2HAM Follow-up", creation=in_time)
	row = line(guidance, _("Follow-ups closed"), found.follow_ups_closed_within)
	cells.link_list(row, "within", "P2HAM Follow-up", closed_on=in_time)
	line(guidance, _("Follow-ups not closed"), None, found.follow_ups_open)
	line(guidance, _("Follow-ups late"), None, found.follow_ups_late)
	row = line(
		"KKP HAM", _("Score of the regency in {0}").format(span.year), None, points(found.kkpham_score)
	)
	cells.link_list(row, "until", "P2HAM KKPHAM Result", is_regency=1, assessment_year=span.year)
	for gap in found.weakest:
		share = f"{cells.decimal(gap.share, 1)}%"
		row = line(
			_("Where Units Fall Short"), gap.title, None, share, _("Met by, of those reviewed by then")
		)
		cells.link_report(row, "until", "P2HAM Indicator Gap", period=period, indicator=gap.code)
	return lines


def points(value: float | None) -> str | None:
	return None if value is None else cells.decimal(value, 2)


def text(found: Quarter) -> list[str]:
	"""The paragraphs that the letter needs, with the figures."""
	span = found.span
	lines = [
		_(
			"In quarter {0} of {1}, {2} units of the regency took part in {3}; {4} of them have declared themselves."
			" Until {5}, {6} assessments were begun, {7} submitted, {8} reviewed and {9} approved."
		).format(
			ROMAN[span.quarter],
			span.year,
			found.taking_part,
			found.period.title,
			found.declared,
			formatdate(span.last),
			*(found.reached[state] for state in quarter.STATES),
		)
	]
	if found.mean is not None:
		words = ", ".join(f"{category}: {number}" for category, number in found.categories.items() if number)
		lines.append(
			_("The approved assessments have a mean score of {0} ({1}).").format(
				cells.decimal(found.mean, 2), words
			)
		)
	lines.append(
		_(
			"{0} meetings, disseminations and visits were held; {1} follow-ups are not closed, {2} of them late."
		).format(found.guidance_within, found.follow_ups_open, found.follow_ups_late)
	)
	if found.weakest:
		lines.append(
			_("Units fall short most often in: {0}.").format("; ".join(gap.title for gap in found.weakest))
		)
	return lines


def chart(found: Quarter) -> dict | None:
	if not found.taking_part and not any(found.reached.values()):
		return None
	stages = {
		_("Taking Part"): found.taking_part,
		_("Begun"): found.reached[lifecycle.DRAFT],
		_("Submitted"): found.reached[lifecycle.SUBMITTED],
		_("Reviewed"): found.reached[lifecycle.REVIEWED],
		_("Approved"): found.reached[APPROVED],
	}
	return cells.bars(list(stages), {_("Units"): list(stages.values())})


def summary(found: Quarter) -> list[dict]:
	return [
		cells.card(_("Units Taking Part"), found.taking_part),
		cells.card(_("Approved in the Quarter"), found.within[APPROVED], "green"),
		cells.card(_("Approved in Total"), found.reached[APPROVED], "green"),
		cells.card(_("Mean Verified Score"), found.mean, "blue", 2),
		cells.card(_("Follow-ups Not Closed"), found.follow_ups_open),
	]


def units(period: choice.Period, span: Span):
	found = quarter.units(period, span)
	for row in found:
		cells.state(row, row.state_then)
		row.since = formatdate(row.at) if row.at else ""
		if row.state_then != APPROVED:
			row.verified_score = row.category = None
		for field in ("opd_name", "verified_score"):
			cells.link(row, field, "P2HAM Assessment", row.assessment)
	columns = [
		cells.column("opd_name", _("Unit"), width=300),
		cells.column("state", _("State on {0}").format(formatdate(span.last)), width=170),
		cells.column("since", _("Since"), width=120),
		cells.score("verified_score", _("Verified Score")),
		cells.column("category", _("Category"), width=150),
	]
	cards = [
		cells.card(_("Units"), len(found)),
		cells.card(_("Approved"), sum(row.state_then == APPROVED for row in found), "green"),
	]
	return columns, found, None, None, cards
