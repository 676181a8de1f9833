import frappe
from frappe import _
from frappe.utils import cint, getdate, now_datetime, nowdate

from p2ham.access import bagian_hukum
from p2ham.access.server_side import ServerSide, given
from p2ham.access.stored_values import Record
from p2ham.engine import period_life, quarterly_report
from p2ham.figures import choice
from p2ham.paper import indonesian
from p2ham.quarterly import guard, kept_figures
from p2ham.quarterly.quarter import Span

FAMILY = "P2HAM"
# What the letter begins and ends with until somebody writes it otherwise. The letter is Indonesian.
OPENING = (
	"Dalam rangka pelaporan pelaksanaan Pelayanan Publik Berbasis Hak Asasi Manusia (P2HAM), bersama ini kami "
	"sampaikan laporan pelaksanaan P2HAM di {region} untuk Triwulan {quarter} Tahun {year}, dengan pokok-pokok "
	"sebagai berikut:"
)
CLOSING = (
	"Rincian angka, capaian setiap unit kerja, indikator yang paling belum terpenuhi, serta kegiatan pembinaan "
	"termuat dalam lampiran surat ini.\n\n"
	"Demikian disampaikan, atas perhatian dan kerja samanya diucapkan terima kasih."
)


class P2HAMQuarterlyReport(Record):
	"""The report of a quarter that is sent as a letter. Its figures are frozen when it is made; once sent, nothing of it
	changes."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		addressee: DF.SmallText | None
		addressee_place: DF.Data | None
		closing: DF.Text | None
		copies: DF.SmallText | None
		figures: DF.LongText | None
		figures_hash: DF.Data | None
		figures_on: DF.Datetime | None
		nature: DF.Data | None
		number: DF.Data | None
		opening: DF.Text | None
		period: DF.Link
		quarter: DF.Literal["1", "2", "3", "4"]
		report_date: DF.Date | None
		signatory_duty: DF.Literal["Sekda", "Kabag Hukum"]
		status: DF.Literal["Draft", "Sent"]
		year: DF.Int
	# end: auto-generated types

	# The fields that the action being taken writes, and nobody else.
	written: frozenset[str] = ServerSide(frozenset())

	def validate(self):
		guard.check(self, self.written)
		if self.is_new():
			self.check_quarter()
			self.check_not_there_yet()
			self.status = quarterly_report.PREPARED
			self.freeze()
			self.write_text()

	def on_trash(self):
		guard.check_may_delete(self)

	@property
	def span(self) -> Span:
		return Span(cint(self.year), cint(self.quarter))

	def check_quarter(self):
		year = _(self.meta.get_label("year"))
		if not 2000 <= cint(self.year) <= 2100:
			frappe.throw(_("{0}: {1} is not a year.").format(year, self.year or ""))
		if str(self.quarter) not in ("1", "2", "3", "4"):
			frappe.throw(
				_("{0}: {1} is none of the possible values.").format(
					_(self.meta.get_label("quarter")), self.quarter or ""
				)
			)
		if self.span.first > getdate(nowdate()):
			frappe.throw(_("Quarter {0} of {1} has not begun yet.").format(self.quarter, self.year))

	def check_not_there_yet(self):
		if frappe.db.exists(self.doctype, self.name):
			frappe.throw(
				_("There is already a report for this quarter, {0}.").format(frappe.bold(self.name)),
				frappe.DuplicateEntryError,
				title=_("Already There"),
			)

	def reported_period(self) -> choice.Period:
		"""Return the period that is reported. Raises where it is none that can be."""
		label = _(self.meta.get_label("period"))
		if not self.period:
			frappe.throw(_("{0} must be filled.").format(label), frappe.MandatoryError)
		period = choice.periods({"period": self.period}).chosen
		if period.family != FAMILY:
			frappe.throw(_("{0}: {1} is not of the family {2}.").format(label, period.title, _(FAMILY)))
		if period.status == period_life.DRAFT:
			frappe.throw(_("{0}: {1} has not been opened yet.").format(label, period.title))
		return period

	def freeze(self):
		"""Write the figures of the quarter as they are now."""
		self.figures = kept_figures.written(kept_figures.figures(self.reported_period(), self.span))
		self.figures_hash = kept_figures.fingerprint(self.figures)
		self.figures_on = now_datetime().replace(microsecond=0)

	def write_text(self):
		"""Begin with a text that can be sent as it is; what somebody has written stays."""
		if not (self.opening or "").strip():
			region = frappe.get_cached_doc("P2HAM Settings").regency_name or "daerah"
			quarter = indonesian.roman(cint(self.quarter))
			self.opening = OPENING.format(region=region, quarter=quarter, year=self.year)
		if not (self.closing or "").strip():
			self.closing = CLOSING

	def refresh_figures(self):
		"""Take the figures of today, while the report is not sent."""
		self.freeze()
		with given(self, written=quarterly_report.FIGURES):
			self.save()

	def mark_as_sent(self):
		"""Say that the letter went out. Raises frappe.MandatoryError for what it lacks."""
		bagian_hukum.check(self)
		missing = [
			_(self.meta.get_label(field))
			for field in quarterly_report.NEEDED_TO_SEND
			if not str(self.get(field) or "").strip()
		]
		if missing:
			frappe.throw(
				_("{0} must be filled before the report is sent.").format(", ".join(missing)),
				frappe.MandatoryError,
			)
		if getdate(self.report_date) > getdate(nowdate()):
			frappe.throw(
				_("{0}: what was sent bears no date in the future.").format(
					_(self.meta.get_label("report_date"))
				)
			)
		self.status = quarterly_report.SENT
		with given(self, written=frozenset({"status"})):
			self.save()
