"""Doors of an instrument: its structure for the form, its files, a new version."""

import base64
import binascii

import frappe
from frappe import _

from p2ham import fault_messages
from p2ham.engine import instrument as instrument_rules
from p2ham.engine import weights
from p2ham.engine.faults import Fault, encodable
from p2ham.engine.instrument import Instrument, InstrumentError
from p2ham.engine.numbers import round_half_up
from p2ham.instruments import exchange, store, writing
from p2ham.instruments.exchange import Finding

DOCTYPE = "P2HAM Instrument"


@frappe.whitelist(methods=["GET", "POST"])
def get_structure(name: str) -> dict:
	"""Return the tree of an instrument as the form draws it: criteria and indicators in order with their
	weights and effective shares (percent of the total), and what is wrong or strange about it."""
	frappe.has_permission(DOCTYPE, "read", name, throw=True)
	instrument = store.load_for_file(name)
	of_criteria, of_indicators = weights.shares(instrument)
	return {
		"nodes": [
			{
				"kind": "criterion",
				"name": store.record_name(name, row.code),
				"code": row.code,
				"title": row.title,
				"parent": store.record_name(name, row.parent) if row.parent else None,
				"weight": float(row.weight),
				"share": _percent(of_criteria.get(row.code)),
			}
			for row in instrument.criteria
		]
		+ [
			{
				"kind": "indicator",
				"name": store.record_name(name, row.code),
				"code": row.code,
				"title": row.title,
				"parent": store.record_name(name, row.criterion),
				"weight": float(row.weight),
				"share": _percent(of_indicators.get(row.code)),
				"scale": row.scale,
				"mandatory": row.mandatory,
				"evidence_slots": len(row.evidence_slots),
				"opd_types": row.opd_types,
				"continues": row.continues,
			}
			for row in instrument.indicators
		],
		"warnings": [_note(name, instrument, fault) for fault in weights.warnings(instrument)],
		"faults": [_note(name, instrument, fault) for fault in instrument_rules.check(instrument)],
	}


def _percent(share) -> float | None:
	return None if share is None else float(round_half_up(share))


def _note(name: str, instrument: Instrument, fault: Fault) -> dict:
	"""A finding with the record it belongs to, so that the form can point to it; none for the whole."""
	table, position = (*fault.place, "", "")[:2]
	kind = {"criteria": "criterion", "indicators": "indicator"}.get(str(table))
	note = {"kind": "", "name": None, "text": fault_messages.sentence(instrument, fault)}
	if kind and isinstance(position, int):
		note.update(kind=kind, name=store.record_name(name, getattr(instrument, str(table))[position].code))
	return note


@frappe.whitelist(methods=["POST"])
def check_file(file_name: str, content: str, replace: bool = False) -> dict:
	"""Say what a file (`content` in base64) holds and everything that is wrong with it. Writes nothing."""
	frappe.has_permission(DOCTYPE, "create", throw=True)
	checked = exchange.check(file_name, _decode(content), replace=replace)
	instrument = checked.instrument
	present = instrument and frappe.db.get_value(
		DOCTYPE, instrument.code, ["name", "title", "status"], as_dict=True
	)
	return {
		"faults": _listed(checked.faults),
		"warnings": _listed(checked.warnings),
		"existing": present or None,
		"summary": instrument
		and {
			"code": instrument.code,
			"title": instrument.title,
			"regulation": instrument.regulation,
			"family": instrument.family,
			"year": instrument.year,
			"template": instrument.template,
			"criteria": len(instrument.criteria),
			"indicators": len(instrument.indicators),
			"scales": len(instrument.scales),
			"thresholds": len(instrument.thresholds),
		},
	}


@frappe.whitelist(methods=["POST"])
def import_file(file_name: str, content: str, replace: bool = False) -> dict:
	"""Write the instrument of a file (`content` in base64) to the site as a Draft; return its name.

	With `replace`, a draft of the same code is written anew. Raises frappe.ValidationError with every fault;
	then nothing is written.
	"""
	frappe.has_permission(DOCTYPE, "create", throw=True)
	checked = exchange.check(file_name, _decode(content), replace=replace)
	if checked.faults or not checked.instrument:
		fault_messages.throw(
			_("{0} cannot be imported:").format(frappe.utils.escape_html(encodable(file_name))),
			[str(finding) for finding in checked.faults],
			_("Instrument File Not Valid"),
		)
	return {"name": _create(checked.instrument, replace)}


@frappe.whitelist(methods=["GET"])
def export(name: str, file_type: str = exchange.EXCEL) -> None:
	"""Download an instrument as its file, "json" or "xlsx"."""
	frappe.has_permission(DOCTYPE, "read", name, throw=True)
	frappe.has_permission(DOCTYPE, "export", name, throw=True)
	frappe.response.filename = f"{name}.{file_type}"
	frappe.response.filecontent = exchange.write(name, file_type)
	frappe.response.type = "download"


@frappe.whitelist(methods=["POST"])
def new_version(name: str, code: str, title: str) -> dict:
	"""Copy an instrument to a new Draft in which every indicator continues the one it is copied from."""
	frappe.has_permission(DOCTYPE, "read", name, throw=True)
	frappe.has_permission(DOCTYPE, "create", throw=True)
	copy = instrument_rules.new_version(store.load_for_file(name), code.strip(), title.strip())
	faults = writing.site_faults(copy) or instrument_rules.check(copy)
	if faults:
		fault_messages.throw(
			_("The new version cannot be made:"),
			[fault_messages.sentence(copy, fault) for fault in faults],
			_("Instrument Not Valid"),
		)
	return {"name": _create(copy)}


def _create(instrument: Instrument, replace: bool = False) -> str:
	"""Write a checked instrument; what only writing it can show is told like any other fault."""
	try:
		return writing.create(instrument, replace)
	except frappe.QueryDeadlockError:
		frappe.throw(_("{0}: somebody else is importing it. Try again.").format(instrument.code))
	except InstrumentError as error:
		fault_messages.throw(
			_("{0} cannot be written:").format(frappe.utils.escape_html(instrument.code)),
			[fault_messages.sentence(instrument, fault) for fault in error.faults],
			_("Instrument Not Valid"),
		)


def _listed(findings: tuple[Finding, ...]) -> list[dict]:
	return [{"place": finding.place, "text": finding.text} for finding in findings]


def _decode(content: str) -> bytes:
	try:
		return base64.b64decode(
			content.partition(",")[2] if content.startswith("data:") else content, validate=True
		)
	except (binascii.Error, ValueError):
		frappe.throw(_("{0}: is not base64.").format("content"))
