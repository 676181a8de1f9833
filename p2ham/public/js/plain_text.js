// What people have typed into fields of ours is text, also where the desk would take it for HTML: formatters of fields,
// titles, suggestions of links, messages of the server. What enters is refused or made harmless by the server; this is
// for what an older site holds already.
frappe.provide("p2ham.plain");

p2ham.plain.FIELDTYPES = ["Data", "Small Text", "Text", "Long Text", "Read Only", "Select"];
p2ham.plain.EVIL = "script, style, iframe, object, embed, link, meta, base, form, math";
p2ham.plain.ADDRESSES = ["href", "src", "action", "formaction", "xlink:href"];

p2ham.plain.is_ours = (doctype) => String(doctype || "").startsWith("P2HAM ");

p2ham.plain.of_dialog = null; // the field of a dialog that is just being shown
p2ham.plain.is_guarded = (df) => df === p2ham.plain.of_dialog || p2ham.plain.is_ours(df.parent);

// Markup as it would be read; everything else as it is, so that nothing is escaped twice.
p2ham.plain.text = (value) =>
	typeof value === "string" && value.includes("<") ? frappe.utils.escape_html(value) : value;

// A value of a report's cell, whose columns are no fields. A link is written as text by the desk, and finds its title by
// its value.
p2ham.plain.cell = (value, column) => (column.fieldtype === "Link" ? value : p2ham.plain.text(value));

// HTML of the server without anything that runs.
p2ham.plain.clean = (html) => {
	if (typeof html !== "string" || !html.includes("<")) return html;
	const { body } = new DOMParser().parseFromString(html, "text/html");
	body.querySelectorAll(p2ham.plain.EVIL).forEach((each) => each.remove());
	for (const element of body.querySelectorAll("*")) {
		for (const { name, value } of [...element.attributes]) {
			const is_address = p2ham.plain.ADDRESSES.includes(name.toLowerCase());
			if (/^on/i.test(name) || (is_address && p2ham.plain.runs(value))) element.removeAttribute(name);
		}
	}
	return body.innerHTML;
};

// A browser ignores blanks and control characters in the name of a scheme.
p2ham.plain.runs = (address) => /^(javascript|vbscript|data:text\/html)/i.test(address.replace(/[\u0000-\u0020]/g, ""));

p2ham.plain.guard_formats = () => {
	const { format } = frappe;
	frappe.format = (value, df, options, doc) => {
		if (!df || !p2ham.plain.is_guarded(df)) return format(value, df, options, doc);
		if (p2ham.plain.FIELDTYPES.includes(df.fieldtype)) return format(p2ham.plain.text(value), df, options, doc);
		const shown = format(value, df, options, doc);
		// Of a record that the reader may not open, the desk shows the bare title.
		const is_bare = df.fieldtype === "Link" && shown === frappe.utils.get_link_title(df.options, value);
		return is_bare ? p2ham.plain.text(shown) : shown;
	};
};

p2ham.plain.guard_suggestions = () => {
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
					found.description = p2ham.plain.text(found.description);
					found.label = p2ham.plain.text(found.label);
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

p2ham.plain.guard_messages = () => {
	const { cleanup } = frappe.request;
	frappe.request.cleanup = (options, answer) => {
		if (answer && answer._server_messages) {
			answer._server_messages = p2ham.plain.clean_messages(answer._server_messages);
		}
		return cleanup(options, answer);
	};
};

// What went wrong is shown as HTML too, with the values that stand in it.
p2ham.plain.guard_errors = () => {
	const { report_error } = frappe.request;
	frappe.request.report_error = (answer, options) => {
		const told = JSON.parse(answer.responseText);
		if (typeof told.exc === "string") told.exc = p2ham.plain.text_of_error(told.exc);
		const getResponseHeader = (name) => answer.getResponseHeader(name);
		return report_error({ responseText: JSON.stringify(told), getResponseHeader }, options);
	};
};

p2ham.plain.text_of_error = (error) => {
	try {
		return JSON.stringify(JSON.parse(error).map(p2ham.plain.text));
	} catch {
		return p2ham.plain.text(error);
	}
};

p2ham.plain.clean_messages = (messages) => {
	const each = (message) => {
		const told = typeof message === "string" ? JSON.parse(message) : message;
		for (const part of ["message", "title"]) told[part] = p2ham.plain.deep(told[part]);
		return JSON.stringify(told);
	};
	try {
		return JSON.stringify(JSON.parse(messages).map(each));
	} catch {
		return messages; // not as Frappe writes them
	}
};

p2ham.plain.deep = (part) => (Array.isArray(part) ? part.map(p2ham.plain.deep) : p2ham.plain.clean(part));

// A chart writes the names of its axis and its series as HTML, also into the picture.
p2ham.plain.guard_charts = () => {
	const { Chart } = frappe;
	const { text } = p2ham.plain;
	const names = (data) =>
		data && {
			...data,
			...(Array.isArray(data.labels) && { labels: data.labels.map(text) }),
			...(Array.isArray(data.datasets) && {
				datasets: data.datasets.map((each) => ({ ...each, name: text(each.name) })),
			}),
		};
	frappe.Chart = function (parent, options) {
		const chart = new Chart(parent, { ...options, title: text(options.title), data: names(options.data) });
		const { update } = chart;
		if (update) chart.update = (data, ...more) => update.call(chart, names(data), ...more);
		return chart;
	};
};

p2ham.plain.guard_cards = () => {
	const { build_summary_item } = frappe.utils;
	frappe.utils.build_summary_item = (card) =>
		build_summary_item({ ...card, label: p2ham.plain.text(card.label), value: p2ham.plain.text(card.value) });
};

// Frappe 16 writes titles of linked records into the cells of a report view, once it knows them.
p2ham.plain.guard_titles = () => {
	const view = frappe.views && frappe.views.ReportView && frappe.views.ReportView.prototype;
	if (!view || !view.get_link_title_field_value) return;
	const { get_link_title_field_value } = view;
	view.get_link_title_field_value = async function (...asked) {
		return p2ham.plain.text(await get_link_title_field_value.apply(this, asked));
	};
};

// A field of a dialog belongs to no DocType; what is shown of it is text all the same. Frappe 15 writes it beside the
// input, too.
p2ham.plain.guard_dialogs = () => {
	const input = frappe.ui.form.ControlInput.prototype;
	const { set_disp_area } = input;
	input.set_disp_area = function (...shown) {
		p2ham.plain.of_dialog = this.frm || this.df.parent ? null : this.df;
		try {
			return set_disp_area.apply(this, shown);
		} finally {
			p2ham.plain.of_dialog = null;
		}
	};
};

// The bars of a Gantt chart have the titles of the documents.
p2ham.plain.guard_bars = () => {
	const view = frappe.views && frappe.views.GanttView && frappe.views.GanttView.prototype;
	if (!view || !view.prepare_tasks) return;
	const { prepare_tasks } = view;
	view.prepare_tasks = function (...asked) {
		prepare_tasks.apply(this, asked);
		if (p2ham.plain.is_ours(this.doctype)) {
			for (const task of this.tasks) task.name = p2ham.plain.text(task.name);
		}
	};
};

p2ham.plain.guard_dialogs();
p2ham.plain.guard_bars();
p2ham.plain.guard_charts();
p2ham.plain.guard_titles();
p2ham.plain.guard_cards();
p2ham.plain.guard_formats();
p2ham.plain.guard_suggestions();
p2ham.plain.guard_messages();
p2ham.plain.guard_errors();
