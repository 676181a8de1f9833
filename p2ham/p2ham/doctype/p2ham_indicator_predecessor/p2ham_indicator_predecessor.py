from frappe.model.document import Document


class P2HAMIndicatorPredecessor(Document):
	pass
