from frappe.model.document import Document


class P2HAMThreshold(Document):
	pass
