from frappe.model.document import Document


class P2HAMSettings(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		check_questions: DF.SmallText | None
		emblem: DF.AttachImage | None
		evidence_max_mb: DF.Int
		evidence_types: DF.SmallText | None
		follow_up_days: DF.Int
		government_line: DF.Data | None
		letterhead_address: DF.SmallText | None
		letterhead_office: DF.Data | None
		notice: DF.SmallText | None
		public_page: DF.Check
		regency_code: DF.Data | None
		regency_name: DF.Data | None
		reminder_days: DF.Int
		reminders_run_on: DF.Date | None
		retake_note: DF.SmallText | None
		seat: DF.Data | None
		show_distribution: DF.Check
		supervising_body: DF.Data | None
	# end: auto-generated types

	def validate(self):
		self.evidence_types = ", ".join(self.allowed_types())

	def allowed_types(self) -> list[str]:
		"""Return the file endings accepted as evidence, in small letters and without dots."""
		words = (self.evidence_types or "").replace("\n", ",").split(",")
		return list(dict.fromkeys(word.strip().lstrip(".").lower() for word in words if word.strip()))
