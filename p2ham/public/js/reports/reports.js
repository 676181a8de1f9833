// How p2ham's reports look and lead on, from what the server says of each cell (p2ham/figures/cells.py).
import { indicator } from "../desk/pill.js";
import { cell as plain_cell } from "../desk/plain.js";
import { esc } from "../desk/text.js";
import { address } from "./address.js";

const field = {
	period: () => ({ fieldname: "period", label: __("Period"), fieldtype: "Link", options: "P2HAM Period" }),
	opd: () => ({ fieldname: "opd", label: __("Unit"), fieldtype: "Link", options: "P2HAM OPD" }),
	select: (fieldname, label, values) => ({
		fieldname,
		label,
		fieldtype: "Select",
		options: [{ value: "", label: "" }, ...values.map((value) => ({ value, label: __(value) }))],
	}),
};

// A figure from 0 to 100 as a background, red over yellow to green, pale enough to read on.
const heat = (value) => `hsl(${Math.round(Math.max(0, Math.min(100, value)) * 1.2)}, 62%, 82%)`;

const formatter = (value, row, column, data, default_formatter) => {
	const missing = value === null || value === undefined || value === "";
	if (!data) return missing ? "" : default_formatter(value, row, column, data);
	const of = (what) => data[what] && data[what][column.fieldname];
	let cell = (text) => text;
	const wrap = (before, after) => {
		const inner = cell;
		cell = (text) => before + inner(text) + after;
	};
	if (!missing && of("_sign"))
		wrap(`<span class="p2ham-sign ${of("_sign")}">${value > 0 ? "+" : ""}`, "</span>");
	if (!missing && of("_doubt")) wrap("", esc(of("_doubt")));
	if (!missing && column.heat)
		wrap(`<span class="p2ham-heat" style="background: ${heat(value)}">`, "</span>");
	if (!missing && of("_paint")) {
		const inner = cell;
		cell = (text) => indicator.around(inner(text), of("_paint"));
	}
	if (of("_link")) wrap(`<a href="${address(of("_link"))}">`, "</a>");
	if (missing) return cell("–");
	// The desk puts figures into a block of their own, which stays outside.
	const [, open, text, close] = /^(<div[^>]*>)?([\s\S]*?)(<\/div>)?$/.exec(
		String(default_formatter(plain_cell(value, column), row, column, data)).trim()
	);
	return (open || "") + cell(text) + (close || "");
};

// Declare a report: `filters` in order, the period first where there is one; what else Frappe knows, in `settings`.
const declare = (name, filters, settings = {}) => {
	frappe.query_reports[name] = {
		filters,
		formatter,
		...settings,
		onload(report) {
			add_buttons(report);
			const has_period = filters.some((filter) => filter.fieldname === "period" && !filter.optional);
			if (has_period) show_period(report);
			if (settings.onload) settings.onload(report);
		},
	};
};

// Without a period the server takes the newest one that has been opened; show which.
const show_period = (report) => {
	if (report.get_filter_value("period")) return;
	frappe.db
		.get_list("P2HAM Period", {
			filters: { status: ["!=", "Draft"] },
			order_by: "assessment_year desc, fill_from desc, name desc",
			limit: 1,
		})
		.then((periods) => {
			if (periods.length && !report.get_filter_value("period")) {
				report.set_filter_value("period", periods[0].name);
			}
		});
};

const add_buttons = (report) => {
	const open = (method) => {
		const filters = encodeURIComponent(JSON.stringify(report.get_filter_values()));
		const name = encodeURIComponent(report.report_name);
		window.open(`/api/method/p2ham.api.reports.${method}?report=${name}&filters=${filters}`);
	};
	report.page.add_inner_button(__("Official PDF"), () => open("pdf"));
	report.page.add_inner_button(__("Excel"), () => open("excel"));
};

export const reports = { field, heat, address, formatter, declare, show_period, add_buttons };
