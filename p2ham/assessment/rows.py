"""The rows of an assessment: made from its instrument, kept to what was carried over, verified anew where they change."""

from __future__ import annotations

from collections.abc import Mapping

import frappe
from frappe import _
from frappe.utils import cint

from p2ham.access import duties
from p2ham.assessment.evidence_rows import use_key
from p2ham.engine import lifecycle
from p2ham.engine.duties import UNIT_DUTIES
from p2ham.engine.instrument import Indicator, Instrument
from p2ham.instruments import store


def build(doc) -> None:
	"""Fill the rows of a new assessment from its instrument, keeping the answers that came with it.

	Raises frappe.ValidationError for an answer to an indicator that the instrument does not ask this unit.
	"""
	doc.instrument, doc.assessment_year = frappe.db.get_value(
		"P2HAM Period", doc.period, ["instrument", "assessment_year"]
	) or (None, None)
	if not doc.instrument:
		return
	given = {row.indicator: row for row in doc.items}
	opd_type = frappe.db.get_value("P2HAM OPD", doc.opd, "opd_type")
	asked = asked_of(store.load(doc.instrument), opd_type)
	unknown = sorted(set(given) - {indicator.code for indicator in asked})
	if unknown:
		frappe.throw(
			_("{0}: {1} is not asked of this unit by {2}.").format(
				_("Indicator"), ", ".join(unknown), doc.instrument
			)
		)
	refuse_foreign_answers(doc)
	set_items(doc, asked, codes_of(doc.instrument))
	for row in doc.items:
		if row.indicator in given:
			row.self_answer, row.self_note = given[row.indicator].self_answer, given[row.indicator].self_note
	for use in doc.evidence_uses:
		use.verification, use.note, use.carried_over = "Pending", None, 0


def asked_of(instrument: Instrument, opd_type: str | None) -> list[Indicator]:
	"""Return the indicators that a unit of this type is asked."""
	return [row for row in instrument.indicators if not row.opd_types or opd_type in row.opd_types]


def codes_of(instrument: str) -> dict[str, str]:
	"""Return the code in the regulation of each indicator of an instrument, by the name of its record."""
	return dict(
		frappe.get_all(
			"P2HAM Indicator",
			filters={"instrument": instrument},
			fields=["name", "code"],
			order_by="name",
			as_list=True,
		)
	)


def set_items(doc, asked: list[Indicator], codes: Mapping[str, str]) -> None:
	"""Give an assessment an empty row for each indicator that is asked."""
	doc.set("items", [])
	for indicator in asked:
		doc.append(
			"items",
			{
				"indicator": indicator.code,
				"code": codes[indicator.code],
				"title": indicator.title,
				"criterion": indicator.criterion,
				"scale": indicator.scale,
				"weight": float(indicator.weight),
				"mandatory": int(indicator.mandatory),
				"self_answer": None,
				"self_note": None,
				"carried_over": 0,
				"carried_from": None,
			},
		)


def refuse_foreign_answers(doc) -> None:
	"""Whoever starts an assessment fills at most the unit's side of it, and a manager not even that."""

	if not doc.amended_from:  # an amended one is a copy: the verifier's side is left behind
		verified = [row for row in doc.items if row.verified_answer or row.verified_note]
		if verified:
			frappe.throw(
				_("A new assessment cannot carry verified answers: {0}.").format(
					", ".join(row.indicator for row in verified)
				),
				frappe.PermissionError,
			)
	answered = any(row.self_answer or row.self_note for row in doc.items) or doc.evidence_uses
	held = duties.names(duties.for_unit(doc.opd))
	if answered and not held.intersection(UNIT_DUTIES):
		frappe.throw(
			_("Only the clerk or head of {0} answers for this unit.").format(doc.opd), frappe.PermissionError
		)


def check_carried_over(doc) -> None:
	"""What was carried over is confirmed, never the other way round: only making the assessments of a period says
	where an answer comes from. Raises frappe.PermissionError."""
	before = doc.get_doc_before_save()
	if not before:
		return
	for table in ("items", "evidence_uses"):
		marked = {row.name for row in before.get(table) if row.carried_over}
		for row in doc.get(table):
			if cint(row.carried_over) and row.name not in marked:
				frappe.throw(
					_("{0}, row {1}: {2} can be confirmed, but not set.").format(
						_(doc.meta.get_label(table)), row.idx, _(row.meta.get_label("carried_over"))
					),
					frappe.PermissionError,
					title=_("Change Not Allowed"),
				)


def reset_what_changed(doc) -> None:
	"""A changed answer or document has to be verified anew, and is no longer what was carried over."""
	before = doc.get_doc_before_save()
	if not before or before.workflow_state != lifecycle.DRAFT:
		return
	answers = {row.name: row.self_answer or "" for row in before.items}
	answered = set()
	for row in doc.items:
		if (row.self_answer or "") != answers.get(row.name, ""):
			row.verified_answer = None
			row.carried_over, row.carried_from = 0, None
			answered.add(row.indicator)
	uses = {row.name: use_key(row) for row in before.evidence_uses}
	for row in doc.evidence_uses:
		if uses.get(row.name) != use_key(row):
			row.verification, row.note = "Pending", None
			row.carried_over = 0
		# Who answers anew has looked at what stands beside the answer.
		if row.indicator in answered:
			row.carried_over = 0
