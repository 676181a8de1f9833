from frappe.model.document import Document


class P2HAMAssessmentScore(Document):
	pass
