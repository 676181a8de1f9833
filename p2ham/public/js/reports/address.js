// Where a cell or a line leads to: a record, a report, a list with its filters.

export const address = (link) => {
	if (link.name) return frappe.utils.get_form_link(link.doctype, link.name);
	const route = link.report
		? ["query-report", link.report]
		: [frappe.router.slug(link.doctype), "view", "list"];
	const written = (value) => encodeURIComponent(typeof value === "object" ? JSON.stringify(value) : value);
	const query = Object.entries(link.filters || {}).map(([name, value]) => `${name}=${written(value)}`);
	return [frappe.router.make_url(route), ...(query.length ? [query.join("&")] : [])].join("?");
};
