from frappe.model.document import Document


class P2HAMEvidenceUse(Document):
	pass
