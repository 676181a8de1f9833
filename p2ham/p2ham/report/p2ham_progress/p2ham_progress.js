p2ham.reports.declare("P2HAM Progress", [
	p2ham.reports.field.period(),
	p2ham.reports.field.opd(),
	p2ham.reports.field.select("workflow_state", __("State"), [
		"Not Begun",
		"Draft",
		"Submitted",
		"Reviewed",
		"Approved",
		"Withdrawn",
	]),
	{ fieldname: "late", label: __("Late Only"), fieldtype: "Check" },
	{ fieldname: "waiting", label: __("Waiting for Me"), fieldtype: "Check" },
]);
