def assessment_sheet(doc):
	return {}
