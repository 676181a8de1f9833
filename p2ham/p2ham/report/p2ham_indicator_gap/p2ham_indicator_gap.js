p2ham.reports.declare("P2HAM Indicator Gap", [
	p2ham.reports.field.period(),
	p2ham.reports.field.opd(),
	p2ham.reports.field.select("side", __("Answers of"), ["Verified", "Own"]),
	p2ham.reports.field.select("view", __("View"), ["Indicators", "Matrix"]),
	{ fieldname: "criterion", label: __("Criterion"), fieldtype: "Link", options: "P2HAM Criterion" },
	p2ham.reports.field.select("aspect", __("Group or Principle"), [
		"Elderly",
		"Children",
		"Pregnant and Breast-feeding Women",
		"Persons with Disabilities",
		"Non-discrimination",
		"Participation",
		"Accountability",
		"Transparency",
	]),
	{ fieldname: "indicator", label: __("Indicator"), fieldtype: "Link", options: "P2HAM Indicator" },
]);
