p2ham.reports.declare("P2HAM Year Comparison", [
	p2ham.reports.field.period(),
	p2ham.reports.field.opd(),
	{ fieldname: "years", label: __("Number of Years"), fieldtype: "Int", default: 5 },
]);
