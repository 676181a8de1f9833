"""Are the stored figures of the assessments what their answers give? Looks at a whole site, and repairs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import frappe
from frappe import _
from frappe.utils import flt, strip_html

from p2ham.assessment import log, results
from p2ham.engine import lifecycle
from p2ham.engine.instrument import Instrument
from p2ham.instruments import store

# What has been decided is not computed anew: it is named, and a person decides what to do.
SEALED = (lifecycle.APPROVED, lifecycle.CANCELLED)


@dataclass(frozen=True)
class Difference:
	"""One stored figure that its answers do not give."""

	what: str
	stored: str
	computed: str

	def __str__(self) -> str:
		return f"{self.what}: {self.stored} -> {self.computed}"


@dataclass(frozen=True)
class Finding:
	"""What one assessment shows: differences, or why it could not be computed at all."""

	name: str
	state: str
	differences: tuple[Difference, ...] = ()
	error: str = ""
	repaired: bool = False


@dataclass
class Audit:
	"""Goes over all assessments of a site, whoever asks; instruments are read once."""

	repair: bool = False
	instruments: dict[str, Instrument] = field(default_factory=dict)

	def names(self) -> list[str]:
		return frappe.get_all("P2HAM Assessment", pluck="name", order_by="name")

	def findings(self, names: Iterable[str]) -> Iterator[Finding]:
		"""Yield what is to be said about each of the assessments; nothing where all is well.

		Repairing commits after each one it has put right: it is whole, or as it was.
		"""
		for name in names:
			found = self.look_at(frappe.get_doc("P2HAM Assessment", name))
			if found and found.differences and self.repair and found.state not in SEALED:
				found = self.put_right(name)
			if found:
				yield found

	def look_at(self, doc) -> Finding | None:
		try:
			found = tuple(differences(doc, results.compute(doc, self.instrument(doc.instrument))))
		except frappe.ValidationError as error:
			frappe.clear_messages()
			return Finding(doc.name, doc.workflow_state, error=strip_html(str(error)))
		except KeyError as error:
			lost = _("{0} is no longer part of the instrument").format(error.args[0])
			return Finding(doc.name, doc.workflow_state, error=lost)
		return Finding(doc.name, doc.workflow_state, found) if found else None

	def put_right(self, name: str) -> Finding | None:
		"""Look again, at what is stored now and under a lock, since people go on working; then write."""
		frappe.db.commit()  # nosemgrep: a command; ends the view of the past that this transaction had
		doc = frappe.get_doc("P2HAM Assessment", name, for_update=True)
		found = self.look_at(doc)
		if not found or not found.differences or doc.workflow_state in SEALED:
			return found
		write(doc, results.compute(doc, self.instrument(doc.instrument)))
		frappe.db.commit()  # nosemgrep: a command
		return replace(found, repaired=True)

	def instrument(self, name: str) -> Instrument:
		if name not in self.instruments:
			self.instruments[name] = store.load(name, anew=True)
		return self.instruments[name]


def differences(doc, computed: results.Results) -> Iterator[Difference]:
	"""Yield the stored figures of an assessment that differ from the computed ones."""
	criteria = [row.criterion for row in doc.scores]
	if criteria != list(computed.criteria):
		yield Difference(_("Scores by Criterion"), ", ".join(criteria), ", ".join(computed.criteria))
	for row, fieldname, value in results.stored_values(doc, computed):
		stored = row.get(fieldname)
		if isinstance(value, str):
			same = (stored or "") == value
		else:
			same = round(flt(stored), 9) == round(flt(value), 9)
		if not same:
			yield Difference(_place(row, fieldname), str(stored), str(value))


def _place(row, fieldname: str) -> str:
	label = _(row.meta.get_label(fieldname))
	return f"{row.get('code') or row.criterion}, {label}" if row.get("parentfield") else label


def write(doc, computed: results.Results) -> None:
	"""Write the computed figures of an assessment that is not sealed, and nothing else of it; log it."""
	if [row.criterion for row in doc.scores] != list(computed.criteria):
		results.store_results(doc, computed)
		doc.update_child_table("scores")
	for row, fieldname, value in results.stored_values(doc, computed):
		row.db_set(fieldname, value, update_modified=False)
	log.append(doc, lifecycle.RECOMPUTE, doc.workflow_state, doc.workflow_state)
