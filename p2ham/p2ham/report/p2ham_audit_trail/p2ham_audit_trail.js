p2ham.reports.declare("P2HAM Audit Trail", [
	p2ham.reports.field.period(),
	p2ham.reports.field.opd(),
	{
		fieldname: "user",
		label: __("User"),
		fieldtype: "Link",
		options: "User",
		ignore_user_type: 1,
	},
	p2ham.reports.field.select("action", __("Action"), [
		"Create",
		"Submit",
		"Return",
		"Review",
		"Approve",
		"Cancel",
		"Extend",
		"Recompute",
	]),
	{ fieldname: "from_date", label: __("From Date"), fieldtype: "Date" },
	{ fieldname: "to_date", label: __("To Date"), fieldtype: "Date" },
]);
