import frappe
from frappe import _
from frappe.utils import cint

from p2ham.access import bagian_hukum, units
from p2ham.access.stored_values import Record
from p2ham.engine import scoring
from p2ham.engine.numbers import plain, read_number, round_half_up
from p2ham.instruments import store
from p2ham.kkpham import rights


class P2HAMKKPHAMResult(Record):
	"""What the ministry or its regional office gave the regency, or one OPD, for a year."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from p2ham.p2ham.doctype.p2ham_kkpham_right.p2ham_kkpham_right import P2HAMKKPHAMRight

		assessment_year: DF.Int
		category: DF.Data | None
		data_year: DF.Int
		finding: DF.SmallText | None
		instrument: DF.Link
		is_regency: DF.Check
		opd: DF.Link
		opd_name: DF.Data | None
		recommendation: DF.SmallText | None
		reference: DF.Data | None
		reviewed_on: DF.Date | None
		rights: DF.Table[P2HAMKKPHAMRight]
		score: DF.Float
		sheet_number: DF.Data | None
	# end: auto-generated types

	def validate(self):
		bagian_hukum.check(self)
		units.check_exist([self])
		self.check_years()
		self.check_not_there_yet()
		self.check_instrument()
		self.check_score()
		self.is_regency = int(not frappe.db.get_value("P2HAM OPD", self.opd, "parent_p2ham_opd"))
		self.set_category()
		rights.check(self)

	def on_trash(self):
		bagian_hukum.check(self)

	def check_years(self):
		"""An award of year N is about the data of year N-1; the two are kept apart since reports need both."""
		if not self.data_year and cint(self.assessment_year):
			self.data_year = cint(self.assessment_year) - 1
		for field in ("assessment_year", "data_year"):
			if not 2000 <= cint(self.get(field)) <= 2100:
				frappe.throw(
					_("{0}: {1} is not a year.").format(_(self.meta.get_label(field)), self.get(field) or "")
				)
		if cint(self.data_year) > cint(self.assessment_year):
			frappe.throw(
				_("{0} must not be after {1}.").format(
					_(self.meta.get_label("data_year")), _(self.meta.get_label("assessment_year"))
				)
			)

	def check_not_there_yet(self):
		present = frappe.db.get_value(
			self.doctype,
			{"opd": self.opd, "assessment_year": self.assessment_year, "name": ("!=", self.name or "")},
			"name",
		)
		# A new one has its name already, which is built from both.
		present = present or (self.is_new() and frappe.db.exists(self.doctype, self.name))
		if present:
			frappe.throw(
				_("{0} and {1}: there is already a result for this unit and year, {2}.").format(
					_(self.meta.get_label("opd")),
					_(self.meta.get_label("assessment_year")),
					frappe.bold(present),
				),
				frappe.DuplicateEntryError,
				title=_("Already There"),
			)

	def check_instrument(self):
		rights.check_instrument(self)
		if frappe.db.get_value("P2HAM Instrument", self.instrument, "status") == "Draft":
			frappe.throw(
				_("{0}: {1} is a draft. Activate it first, so that its categories no longer change.").format(
					_(self.meta.get_label("instrument")), self.instrument
				)
			)

	def check_score(self):
		label = _(self.meta.get_label("score"))
		try:
			score = read_number(self.score)
		except ValueError:
			frappe.throw(_("{0}: {1} is not a number.").format(label, frappe.bold(self.score)))
		if score is None:
			frappe.throw(_("{0} must be filled.").format(label), frappe.MandatoryError)
		if not 0 <= score <= scoring.FULL_POINTS:
			frappe.throw(_("{0} must lie between {1} and {2}.").format(label, 0, plain(scoring.FULL_POINTS)))
		self.score = float(round_half_up(score))

	def set_category(self):
		thresholds = store.load(self.instrument).thresholds
		reached = scoring.category_of(read_number(self.score), thresholds)
		self.category = reached.label if reached else ""
