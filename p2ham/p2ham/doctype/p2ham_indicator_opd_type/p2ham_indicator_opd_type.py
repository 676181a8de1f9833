from frappe.model.document import Document


class P2HAMIndicatorOPDType(Document):
	pass
