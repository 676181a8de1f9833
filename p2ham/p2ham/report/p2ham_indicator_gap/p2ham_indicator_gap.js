p2ham.reports.declare("P2HAM Indicator Gap", [
	p2ham.reports.field.period(),
	p2ham.reports.field.opd(),
	p2ham.reports.field.select("side", __("Answers of"), ["Verified", "Own"]),
	p2ham.reports.field.select("view", __("View"), ["Indicators", "Matrix"]),
	{ fieldname: "criterion", label: __("Criterion"), fieldtype: "Link", options: "P2HAM Criterion" },
	{ fieldname: "indicator", label: __("Indicator"), fieldtype: "Link", options: "P2HAM Indicator" },
]);
