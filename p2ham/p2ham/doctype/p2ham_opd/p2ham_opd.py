import frappe
from frappe import _

from p2ham.access import appointments, duties
from p2ham.access.stored_values import TreeRecord, settled
from p2ham.engine import lifecycle

# What names a unit, and would be mixed with another's by a merge.
BELONGING = (
	"P2HAM Assessment",
	"P2HAM Evidence",
	"P2HAM Officer",
	"P2HAM Period Participant",
	"P2HAM KKPHAM Result",
	"P2HAM Follow-up",
	"P2HAM Guidance Participant",
	"P2HAM Right Owner",
	"P2HAM Guidance Decision",
	"P2HAM Preliminary Check",
)


class P2HAMOPD(TreeRecord):
	"""A unit of the regency's tree: the regency itself is the root, below it OPD, below them units."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		abbreviation: DF.Data
		address: DF.SmallText | None
		email: DF.Data | None
		is_active: DF.Check
		is_group: DF.Check
		lft: DF.Int
		old_parent: DF.Data | None
		opd_name: DF.Data
		opd_type: DF.Link | None
		parent_p2ham_opd: DF.Link | None
		phone: DF.Data | None
		postal_code: DF.Data | None
		rgt: DF.Int
		serves_public: DF.Check
		website: DF.Data | None
	# end: auto-generated types

	nsm_parent_field = "parent_p2ham_opd"

	def before_insert(self):
		self.abbreviation = (self.abbreviation or "").strip()
		if not self.parent_p2ham_opd:
			self.serves_public = 0  # the regency itself

	def validate(self):
		self.keep_place_in_tree()
		if self.parent_p2ham_opd:
			self.check_parent()
		else:
			self.check_single_root()
		before = self.get_doc_before_save()
		if before and before.parent_p2ham_opd != self.parent_p2ham_opd:
			appointments.check_move(self.name, self.parent_p2ham_opd)

	def check_parent(self):
		if not frappe.db.get_value("P2HAM OPD", self.parent_p2ham_opd, "is_group"):
			frappe.throw(
				_("{0}: {1} has no units below it. Switch on 'Has Units Below' there first.").format(
					_("Belongs To"), self.parent_p2ham_opd
				)
			)

	def keep_place_in_tree(self):
		"""What lies below a unit is read from these; only the tree itself moves them, after the save."""
		before = self.get_doc_before_save()
		for field in ("lft", "rgt", "old_parent"):
			self.set(field, before.get(field) if before else None)

	def before_rename(self, old, new, merge=False):
		"""What was decided names the unit as it was; and a merge would mix the answers of two units."""
		new = settled(self.doctype, "name", new)
		belonging = [
			_(doctype) for doctype in BELONGING if frappe.db.exists(doctype, {"opd": ("in", (old, new))})
		]
		if merge and belonging:
			frappe.throw(
				_("{0} and {1} cannot be merged: to them belong {2}.").format(old, new, ", ".join(belonging)),
				frappe.PermissionError,
			)
		result = frappe.db.exists("P2HAM KKPHAM Result", {"opd": old})
		if result:
			frappe.throw(
				_("{0} keeps its abbreviation: {1} is named after it. Change the full name instead.").format(
					old, result
				),
				frappe.PermissionError,
			)
		sealed = frappe.db.exists("P2HAM Assessment", {"opd": old, "workflow_state": ("!=", lifecycle.DRAFT)})
		if sealed:
			frappe.throw(
				_(
					"{0} keeps its abbreviation: {1} is past Draft and names it. Change the full name instead."
				).format(old, sealed),
				frappe.PermissionError,
			)
		return {"new": new}

	def check_single_root(self):
		root = frappe.db.get_value(
			"P2HAM OPD", {"parent_p2ham_opd": ("is", "not set"), "name": ("!=", self.name)}, "name"
		)
		if root:
			frappe.throw(
				_("{0} must be filled: the tree already has its root, {1}.").format(_("Belongs To"), root),
				frappe.MandatoryError,
			)

	def on_update(self):
		super().on_update()
		duties.clear_cache()

	def on_trash(self):
		super().on_trash(allow_root_deletion=True)
		duties.clear_cache()
