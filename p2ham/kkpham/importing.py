"""Writes results of KKP HAM from a workbook that somebody has looked at before (`import_preview`): all that was chosen, or
nothing.

Who may do so is asked by the doors; each result is saved by its own document, which asks again.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import frappe
from frappe import _

from p2ham import fault_messages
from p2ham.engine import kkpham_import as rules
from p2ham.kkpham import result_table, rights
from p2ham.kkpham.import_preview import RESULT, Line, digest_of, known, preview
from p2ham.kkpham.import_shown import place_of
from p2ham.utils import told_of_deadlock


def apply(content: bytes, digest: str, chosen: Mapping[int, str]) -> dict[str, int]:
	"""Write the chosen rows of a file, {number of the row: stamp as it was previewed}; return how many became "created" and
	"changed".

	Raises frappe.ValidationError, naming the row or the result, where the file or a result is another than was
	previewed, or a row is faulty: then nothing is written, as the request ends without a commit.
	"""
	if digest != digest_of(content):
		frappe.throw(_("The file is another than the one that was previewed. Look at the preview again."))
	by_number = {line.entry.number: line for line in preview(content).lines}
	lines = []
	for number, stamp in sorted(chosen.items()):
		line = by_number.get(number)
		if line is None:
			frappe.throw(_("Row {0} has no result that could be imported.").format(number))
		_check_faultless(line)
		if line.stamp != stamp:
			_refuse_stale(line)
		lines.append(line)
	written = {"created": 0, "changed": 0}
	for line in lines:
		if line.kind == rules.UNCHANGED:
			continue
		_write(line)
		written["changed" if line.present else "created"] += 1
	return written


def _check_faultless(line: Line) -> None:
	if line.entry.faults:
		fault_messages.throw(
			_("Row {0} is faulty:").format(line.entry.number),
			[f"{place_of(fault)}: {fault_messages.message(fault)}" for fault in line.entry.faults],
			_("Not Imported"),
		)


def _refuse_stale(line: Line) -> None:
	name = line.present.name if line.present else " ".join(map(str, line.entry.key))
	frappe.throw(
		_(
			"Row {0}: {1} has been changed since the preview. Nothing was imported; look at the preview again."
		).format(line.entry.number, frappe.bold(name)),
		frappe.TimestampMismatchError,
		title=_("Not Imported"),
	)


def _write(line: Line) -> None:
	entry = line.entry
	if line.present:
		doc = frappe.get_doc(RESULT, line.present.name)
		if str(doc.modified) != line.stamp:
			_refuse_stale(line)
	else:
		doc = frappe.new_doc(RESULT)
	changed = rules.changes(entry, line.present)
	doc.update({change.field: change.new for change in changed if not change.right})
	_set_scores(doc, {change.right: change.new for change in changed if change.right})
	with told_of_deadlock(doc):
		doc.save()


def _set_scores(doc, scores: dict[str, Decimal | None]) -> None:
	"""Set the scores of rights; None takes the row away."""
	scores = dict(scores)
	kept = []
	for row in doc.rights:
		new = scores.pop(row.criterion, row.score)
		if new is not None:
			row.score = float(new)
			kept.append(row)
	doc.set("rights", kept)
	for criterion, score in scores.items():
		if score is not None:
			doc.append("rights", {"criterion": criterion, "score": float(score)})


def template(instrument: str) -> bytes:
	"""Return the Excel form for the results by an instrument of KKP HAM in use. Raises frappe.DoesNotExistError."""
	found = known()
	asked = next((each for each in found.instruments if each.name == instrument), None)
	if asked is None:
		frappe.throw(
			_("{0}: {1} does not exist.").format(_("Instrument"), instrument), frappe.DoesNotExistError
		)
	titles = {code: rights.by_code(instrument)[name].title for code, name in asked.rights.items()}
	return result_table.write(instrument, titles, found.units)
