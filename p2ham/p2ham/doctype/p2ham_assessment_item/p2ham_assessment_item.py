from frappe.model.document import Document


class P2HAMAssessmentItem(Document):
	pass
