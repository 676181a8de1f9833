from frappe.model.document import Document


class P2HAMPeriodParticipant(Document):
	pass
