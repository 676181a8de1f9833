"""Rows of our documents. Frappe asks a row that is read by itself for the right to its parent's DocType only; asked
for its parent, a row of ours names the stored document, so that the right to that one is asked."""

from __future__ import annotations

import frappe
from frappe.model.base_document import BaseDocument
from frappe.model.document import Document

from p2ham.access.stored_values import SettlesValues


class Row(SettlesValues, Document):
	"""The base of every child table's controller."""

	@BaseDocument.parent_doc.getter
	def parent_doc(self):
		"""The document this row belongs to, also where the row was loaded alone."""
		known = BaseDocument.parent_doc.fget(self)
		if known is None and self.get("parent") and frappe.db.exists(self.parenttype, self.parent):
			known = self._parent_doc = frappe.get_doc(self.parenttype, self.parent)
		return known
