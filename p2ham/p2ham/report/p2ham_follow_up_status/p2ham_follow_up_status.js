p2ham.reports.declare("P2HAM Follow-up Status", [
	{ ...p2ham.reports.field.period(), optional: true },
	p2ham.reports.field.opd(),
	{ fieldname: "indicator", label: __("Indicator"), fieldtype: "Link", options: "P2HAM Indicator" },
	p2ham.reports.field.select("status", __("Status"), ["Open", "In Progress", "Completed", "Closed"]),
	{ fieldname: "overdue", label: __("Late Only"), fieldtype: "Check" },
]);
