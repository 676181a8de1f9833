from frappe.model.document import Document


class P2HAMOPDType(Document):
	pass
