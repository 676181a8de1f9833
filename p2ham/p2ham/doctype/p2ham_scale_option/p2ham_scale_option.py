from frappe.model.document import Document


class P2HAMScaleOption(Document):
	pass
