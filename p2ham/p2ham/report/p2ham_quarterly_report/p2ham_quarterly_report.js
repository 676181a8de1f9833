p2ham.reports.declare("P2HAM Quarterly Report", [
	p2ham.reports.field.period(),
	{ fieldname: "year", label: __("Year"), fieldtype: "Int" },
	p2ham.reports.field.select("quarter", __("Quarter"), ["1", "2", "3", "4"]),
	p2ham.reports.field.select("view", __("View"), ["Figures", "Units"]),
]);
