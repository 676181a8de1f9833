p2ham.reports.declare("P2HAM Vulnerable Groups and Principles", [
	p2ham.reports.field.period(),
	p2ham.reports.field.opd(),
	p2ham.reports.field.select("side", __("Answers of"), ["Verified", "Own"]),
]);
