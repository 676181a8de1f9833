import frappe
from frappe import _
from frappe.model.document import Document


class P2HAMOPDType(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		description: DF.SmallText | None
		type_name: DF.Data
	# end: auto-generated types

	def before_rename(self, old: str, new: str, merge: bool = False):
		"""Active instruments name the kinds of units they ask; another name would change what they say."""
		row = frappe.qb.DocType("P2HAM Indicator OPD Type")
		indicator = frappe.qb.DocType("P2HAM Indicator")
		instrument = frappe.qb.DocType("P2HAM Instrument")
		frozen = (
			frappe.qb.from_(row)
			.join(indicator)
			.on(row.parent == indicator.name)
			.join(instrument)
			.on(indicator.instrument == instrument.name)
			.select(instrument.name)
			.distinct()
			.where(row.opd_type.isin([old, new] if merge else [old]) & (instrument.status != "Draft"))
			.orderby(instrument.name)
			.run(pluck=True)
		)
		if frozen:
			frappe.throw(
				_(
					"{0} keeps its name: {1} asks indicators of this kind of unit and no longer changes."
				).format(frappe.bold(old), ", ".join(frozen)),
				frappe.PermissionError,
				title=_("Instrument Frozen"),
			)
