from frappe.model.document import Document


class P2HAMEvidenceSlot(Document):
	pass
