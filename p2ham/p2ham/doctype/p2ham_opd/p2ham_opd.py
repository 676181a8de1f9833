import frappe
from frappe import _
from frappe.utils.nestedset import NestedSet

from p2ham.access import duties


class P2HAMOPD(NestedSet):
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
		website: DF.Data | None
	# end: auto-generated types

	nsm_parent_field = "parent_p2ham_opd"

	def before_insert(self):
		self.abbreviation = (self.abbreviation or "").strip()

	def validate(self):
		if self.parent_p2ham_opd:
			self.check_parent()
		else:
			self.check_single_root()

	def check_parent(self):
		if not frappe.db.get_value("P2HAM OPD", self.parent_p2ham_opd, "is_group"):
			frappe.throw(
				_("{0}: {1} has no units below it. Switch on 'Has Units Below' there first.").format(
					_("Belongs To"), self.parent_p2ham_opd
				)
			)

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
