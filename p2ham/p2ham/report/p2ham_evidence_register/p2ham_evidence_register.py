"""What the assessments of a period rest on: each use of evidence with its verification, validity and personal data."""

from __future__ import annotations

import math

from frappe import _
from frappe.utils import add_days, cint, getdate, nowdate

from p2ham.engine import evidence as rules
from p2ham.figures import cells, choice, scoped
from p2ham.reports import evidence_register

# More are no reading; figures and chart count all of them.
MOST = 2000
# What counts as soon where reminders are switched off.
DAYS_AHEAD = 30
VERIFICATION_COLOURS = {
	evidence_register.PENDING: "orange",
	evidence_register.ACCEPTED: "green",
	evidence_register.RETURNED: "red",
}
VALIDITY_COLOURS = {
	rules.VALID: "green",
	rules.PARTLY_VALID: "yellow",
	rules.NOT_VALID: "red",
	rules.NO_DATES: "gray",
}


def execute(filters: dict | None = None):
	periods = choice.periods(filters)
	if periods is None:
		return [], [], choice.no_period()
	choice.one_of(filters, "verification", _("Verification"), evidence_register.VERIFICATIONS)
	choice.one_of(filters, "validity", _("Validity"), evidence_register.VALIDITIES)
	if choice.flag(filters, "unused"):
		found, number = evidence_register.unused(periods.chosen, filters, MOST)
		cards = [cells.card(_("Unused Documents"), number)]
		return columns(used=False), rows(found), message(number, len(found)), None, cards
	today = getdate(nowdate())
	soon = add_days(today, cint(scoped.setting("reminder_days")) or DAYS_AHEAD)
	totals = evidence_register.totals(periods.chosen, filters, today, soon)
	found = evidence_register.uses(periods.chosen, filters, MOST)
	return columns(used=True), rows(found), message(totals.uses, len(found)), chart(totals), summary(totals)


def columns(used: bool) -> list[dict]:
	document = [
		cells.column("title", _("Document"), width=260),
		cells.column("number", _("Evidence No."), width=170),
		cells.column("kind_name", _("Kind"), width=80),
		cells.column("document_date", _("Document Date"), "Date", 120),
		cells.column("valid_until", _("Valid Until"), "Date", 110),
	]
	last = [
		cells.column("personal_data", _("Personal Data"), width=120),
		cells.count("kilobytes", _("Size (KB)"), 100),
	]
	unit = cells.column("opd_name", _("Unit"), width=220)
	if not used:
		return [unit, *document, *last]
	return [
		unit,
		cells.column("indicator_name", _("Indicator"), width=240),
		cells.column("slot", _("Wanted"), width=180),
		*document,
		cells.column("validity_name", _("Validity"), width=120),
		cells.column("verification_name", _("Verification"), width=120),
		cells.column("note", _("Note of the Verifier"), width=220),
		*last,
	]


def rows(found: list) -> list[dict]:
	for row in found:
		row.number = f"{row.evidence} · {row.revision}" if (row.revision or 1) > 1 else row.evidence
		row.kind_name = cells.word(row.kind) if row.kind else ""
		row.personal_data = cells.word("Yes") if row.personal else ""
		row.kilobytes = math.ceil(row["size"] / 1024) if row.get("size") else None
		if row.personal:
			cells.paint(row, "personal_data", "red")
		for field in ("title", "number"):
			cells.link(row, field, "P2HAM Evidence", row.evidence)
		if not row.assessment:
			continue
		row.indicator_name = " ".join(filter(None, [row.code, row.indicator_title])) or row.indicator
		row.validity_name = cells.word(row.validity) if row.validity else ""
		row.verification_name = cells.word(row.verification or evidence_register.PENDING)
		if row.validity:
			cells.paint(row, "validity_name", VALIDITY_COLOURS.get(row.validity))
		cells.paint(
			row, "verification_name", VERIFICATION_COLOURS.get(row.verification or evidence_register.PENDING)
		)
		cells.link(row, "opd_name", "P2HAM Assessment", row.assessment)
		cells.link(row, "indicator_name", "P2HAM Indicator", row.indicator)
	return found


def message(number: int, listed: int) -> str | None:
	if number <= listed:
		return None
	return cells.notice([_("{0} of {1} are listed; all of them are counted.").format(listed, number)])


def chart(totals: evidence_register.Totals) -> dict | None:
	if not totals.uses:
		return None
	return cells.bars(
		[_(name) for name in totals.by_verification], {_("Uses"): list(totals.by_verification.values())}
	)


def summary(totals: evidence_register.Totals) -> list[dict]:
	returned, pending = (
		totals.by_verification[name] for name in (evidence_register.RETURNED, evidence_register.PENDING)
	)
	not_valid = totals.by_validity[rules.NOT_VALID]
	return [
		cells.card(_("Documents"), totals.documents),
		cells.card(_("Uses"), totals.uses),
		cells.card(_("Pending"), pending, "orange" if pending else ""),
		cells.card(_("Returned"), returned, "red" if returned else ""),
		cells.card(_("Not Valid in the Year"), not_valid, "red" if not_valid else ""),
		cells.card(_("Expired"), totals.expired, "red" if totals.expired else ""),
		cells.card(_("Expiring Soon"), totals.expiring, "orange" if totals.expiring else ""),
		cells.card(_("With Personal Data"), totals.personal),
	]
