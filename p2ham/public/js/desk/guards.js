// Where the desk would write what people have typed as HTML, it writes text: formatters of fields, titles, suggestions of
// links, charts, messages of the server. Only for the desk's own bundle: loaded twice, each would be guarded twice.

import { clean_messages, is_ours, text, text_of_error } from "./plain.js";

const FIELDTYPES = ["Data", "Small Text", "Text", "Long Text", "Read Only", "Select"];

let of_dialog = null; // the field of a dialog that is just being shown
const is_guarded = (df) => df === of_dialog || is_ours(df.parent);

const guard_formats = () => {
	const { format } = frappe;
	frappe.format = (value, df, options, doc) => {
		if (!df || !is_guarded(df)) return format(value, df, options, doc);
		if (FIELDTYPES.includes(df.fieldtype)) return format(text(value), df, options, doc);
		const shown = format(value, df, options, doc);
		// Of a record that the reader may not open, the desk shows the bare title.
		const is_bare = df.fieldtype === "Link" && shown === frappe.utils.get_link_title(df.options, value);
		return is_bare ? text(shown) : shown;
	};
};

const guard_suggestions = () => {
	const { setup_awesomeplete } = frappe.ui.form.ControlLink.prototype;
	frappe.ui.form.ControlLink.prototype.setup_awesomeplete = function () {
		setup_awesomeplete.call(this);
		const { awesomplete } = this;
		const { item } = awesomplete;
		awesomplete.item = function (...entry) {
			const { get_item } = awesomplete;
			awesomplete.get_item = (value) => {
				const found = { ...get_item.call(awesomplete, value) };
				if (!found.html && !found.action) {
					found.description = text(found.description);
					found.label = text(found.label);
				}
				return found;
			};
			try {
				return item.apply(this, entry);
			} finally {
				awesomplete.get_item = get_item;
			}
		};
	};
};

const guard_messages = () => {
	const { cleanup } = frappe.request;
	frappe.request.cleanup = (options, answer) => {
		if (answer && answer._server_messages) {
			answer._server_messages = clean_messages(answer._server_messages);
		}
		return cleanup(options, answer);
	};
};

// What went wrong is shown as HTML too, with the values that stand in it.
const guard_errors = () => {
	const { report_error } = frappe.request;
	frappe.request.report_error = (answer, options) => {
		const told = JSON.parse(answer.responseText);
		if (typeof told.exc === "string") told.exc = text_of_error(told.exc);
		const getResponseHeader = (name) => answer.getResponseHeader(name);
		return report_error({ responseText: JSON.stringify(told), getResponseHeader }, options);
	};
};

// A chart writes the names of its axis and its series as HTML, also into the picture.
const guard_charts = () => {
	const { Chart } = frappe;
	const names = (data) =>
		data && {
			...data,
			...(Array.isArray(data.labels) && { labels: data.labels.map(text) }),
			...(Array.isArray(data.datasets) && {
				datasets: data.datasets.map((each) => ({ ...each, name: text(each.name) })),
			}),
		};
	frappe.Chart = function (parent, options) {
		const chart = new Chart(parent, {
			...options,
			title: text(options.title),
			data: names(options.data),
		});
		const { update } = chart;
		if (update) chart.update = (data, ...more) => update.call(chart, names(data), ...more);
		return chart;
	};
};

const guard_cards = () => {
	const { build_summary_item } = frappe.utils;
	frappe.utils.build_summary_item = (card) =>
		build_summary_item({ ...card, label: text(card.label), value: text(card.value) });
};

// Frappe 16 writes titles of linked records into the cells of a report view, once it knows them.
const guard_titles = () => {
	const view = frappe.views && frappe.views.ReportView && frappe.views.ReportView.prototype;
	if (!view || !view.get_link_title_field_value) return;
	const { get_link_title_field_value } = view;
	view.get_link_title_field_value = async function (...asked) {
		return text(await get_link_title_field_value.apply(this, asked));
	};
};

// A field of a dialog belongs to no DocType; what is shown of it is text all the same. Frappe 15 writes it beside the
// input, too.
const guard_dialogs = () => {
	const input = frappe.ui.form.ControlInput.prototype;
	const { set_disp_area } = input;
	input.set_disp_area = function (...shown) {
		of_dialog = this.frm || this.df.parent ? null : this.df;
		try {
			return set_disp_area.apply(this, shown);
		} finally {
			of_dialog = null;
		}
	};
};

// The bars of a Gantt chart have the titles of the documents.
const guard_bars = () => {
	const view = frappe.views && frappe.views.GanttView && frappe.views.GanttView.prototype;
	if (!view || !view.prepare_tasks) return;
	const { prepare_tasks } = view;
	view.prepare_tasks = function (...asked) {
		prepare_tasks.apply(this, asked);
		if (is_ours(this.doctype)) {
			for (const task of this.tasks) task.name = text(task.name);
		}
	};
};

guard_dialogs();
guard_bars();
guard_charts();
guard_titles();
guard_cards();
guard_formats();
guard_suggestions();
guard_messages();
guard_errors();
