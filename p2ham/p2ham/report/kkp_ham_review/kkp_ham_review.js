p2ham.reports.declare("KKP HAM Review", [
	{ fieldname: "assessment_year", label: __("Assessment Year"), fieldtype: "Int" },
	{ fieldname: "years", label: __("Number of Years"), fieldtype: "Int", default: 5 },
	p2ham.reports.field.opd(),
	p2ham.reports.field.select("standing", __("Standing"), ["Did Well", "Needs Improvement"]),
]);
