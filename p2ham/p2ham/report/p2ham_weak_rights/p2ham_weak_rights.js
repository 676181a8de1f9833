p2ham.reports.declare("P2HAM Weak Rights", [
	{ fieldname: "assessment_year", label: __("Assessment Year"), fieldtype: "Int" },
	p2ham.reports.field.opd(),
	{ fieldname: "weak", label: __("Weak Only"), fieldtype: "Check" },
]);
