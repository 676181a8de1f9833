// The regency's tree: the regency is the root, below it OPD, below them units.
frappe.treeview_settings["P2HAM OPD"] = {
	breadcrumb: "P2HAM",
	title: __("OPD and Units"),
	root_label: __("All Units"),
	show_expand_all: true,
	// The tree writes names as HTML.
	get_label: (node) => {
		const [name, code] = [node.title || node.label, node.label].map((each) =>
			frappe.utils.escape_html(__(each))
		);
		return name === code ? name : `${name} <span class="text-muted">(${code})</span>`;
	},
	fields: [
		{ fieldtype: "Data", fieldname: "abbreviation", label: __("Abbreviation"), reqd: 1 },
		{ fieldtype: "Data", fieldname: "opd_name", label: __("Name"), reqd: 1 },
		{ fieldtype: "Link", fieldname: "opd_type", label: __("Type"), options: "P2HAM OPD Type" },
		{
			fieldtype: "Check",
			fieldname: "is_group",
			label: __("Has Units Below"),
			description: __("Only such a unit can have others below it."),
		},
	],
	ignore_fields: ["parent_p2ham_opd"],
};
