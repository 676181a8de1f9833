p2ham.reports.declare("P2HAM Evidence Register", [
	p2ham.reports.field.period(),
	p2ham.reports.field.opd(),
	p2ham.reports.field.select("verification", __("Verification"), ["Pending", "Accepted", "Returned"]),
	p2ham.reports.field.select("validity", __("Validity"), [
		"Valid",
		"Partly Valid",
		"Not Valid",
		"No Dates",
	]),
	{ fieldname: "indicator", label: __("Indicator"), fieldtype: "Link", options: "P2HAM Indicator" },
	{ fieldname: "personal", label: __("Personal Data Only"), fieldtype: "Check" },
	{ fieldname: "unused", label: __("Unused Only"), fieldtype: "Check" },
]);
