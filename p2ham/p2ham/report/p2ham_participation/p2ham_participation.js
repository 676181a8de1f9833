p2ham.reports.declare("P2HAM Participation", [
	p2ham.reports.field.period(),
	{ fieldname: "years", label: __("Number of Years"), fieldtype: "Int", default: 5 },
]);
