import frappe
from frappe.model.document import Document


class P2HAMSettings(Document):
	def validate(self):
		self.evidence_types = ", ".join(self.allowed_types())

	def allowed_types(self) -> list[str]:
		"""Return the file endings accepted as evidence, in small letters and without dots."""
		words = (self.evidence_types or "").replace("\n", ",").split(",")
		return list(dict.fromkeys(word.strip().lstrip(".").lower() for word in words if word.strip()))


def get_settings() -> "P2HAMSettings":
	return frappe.get_cached_doc("P2HAM Settings")
