// What the desk shows of the text of our fields.

"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { open_desk } = require("./desk");

const HOSTILE = '"><img src=x onerror="hacked()">';
const ours = (more) => ({ parent: "P2HAM OPD", fieldtype: "Data", ...more });

test("text of our fields is shown as text, that of others as the desk does it", () => {
	const { frappe } = open_desk();
	assert.doesNotMatch(frappe.format(HOSTILE, ours()), /</);
	assert.doesNotMatch(frappe.format(HOSTILE, ours({ fieldtype: "Small Text" })), /</);
	assert.equal(frappe.format("Dinas A & B", ours()), "Dinas A & B");
	assert.equal(frappe.format("<p>x</p>", ours({ fieldtype: "Text Editor" })), "<p>x</p>");
	assert.equal(frappe.format(HOSTILE, ours({ parent: "Note" })), HOSTILE);
	assert.equal(frappe.format(HOSTILE), HOSTILE);
});

test("the title of a record that may not be opened is text too", () => {
	const desk = open_desk({ frappe: { format: () => HOSTILE } });
	desk.frappe.utils.get_link_title = () => HOSTILE;
	assert.doesNotMatch(desk.frappe.format("DINSOS", ours({ fieldtype: "Link", options: "P2HAM OPD" })), /</);
});

test("suggestions of a link show text, and what is chosen stays as it is", () => {
	const desk = open_desk();
	const link = new desk.frappe.ui.form.ControlLink();
	const found = { label: HOSTILE, description: HOSTILE, value: "DINSOS" };
	link.given = {
		get_item: () => found,
		item({ value }) {
			const { label, description } = link.awesomplete.get_item(value);
			return label + description;
		},
	};
	link.setup_awesomeplete();
	assert.doesNotMatch(link.awesomplete.item({ value: "DINSOS" }), /</);
	assert.equal(link.awesomplete.get_item("DINSOS"), found);
});

test("addresses that run are told from those that lead somewhere", () => {
	const { runs } = open_desk().p2ham.plain;
	for (const address of ["javascript:x()", " JavaScript:x()", "java\nscript:x()", "data:text/html,x"])
		assert.ok(runs(address));
	for (const address of ["https://example.com/javascript:", "/app/p2ham-opd", "mailto:a@example.com"]) {
		assert.ok(!runs(address));
	}
});

test("names in charts and on cards are text, figures stay figures", () => {
	const { frappe } = open_desk();
	const data = { labels: [HOSTILE, "2024"], datasets: [{ name: HOSTILE, values: [1, null] }] };
	const chart = new frappe.Chart(null, { title: "x", data });
	for (const drawn of [chart.options.data, (chart.update(data), chart.options.data)]) {
		assert.doesNotMatch(JSON.stringify(drawn), /</);
		assert.deepEqual([drawn.labels[1], drawn.datasets[0].values], ["2024", [1, null]]);
	}
	const card = frappe.utils.build_summary_item({ label: HOSTILE, value: 3, indicator: "green" });
	assert.doesNotMatch(card.label, /</);
	assert.deepEqual([card.value, card.indicator], [3, "green"]);
});

test("an error is told as text", () => {
	const { frappe } = open_desk();
	const told = (exc) =>
		JSON.parse(frappe.request.report_error({ responseText: JSON.stringify({ exc }) }).responseText).exc;
	assert.doesNotMatch(told(JSON.stringify([`ValueError: ${HOSTILE}`])), /</);
	assert.doesNotMatch(told(HOSTILE), /</);
	assert.equal(told('["ValueError"]'), '["ValueError"]');
});

test("titles that Frappe 16 writes into cells later are text", async () => {
	class ReportView {
		async get_link_title_field_value() {
			return HOSTILE;
		}
	}
	open_desk({ frappe: { views: { ReportView } } });
	assert.doesNotMatch(await new ReportView().get_link_title_field_value(), /</);
});

test("what stands in a field of a dialog is text, and only there", () => {
	const { frappe } = open_desk();
	const shown = (more) => {
		const control = Object.assign(new frappe.ui.form.ControlInput(), more);
		control.set_disp_area(HOSTILE);
		return control.disp_area;
	};
	const df = { fieldtype: "Small Text" };
	assert.doesNotMatch(shown({ df }), /</);
	assert.equal(shown({ df: { fieldtype: "HTML" } }), HOSTILE);
	assert.equal(shown({ df, frm: {} }), HOSTILE);
	assert.equal(shown({ df: { ...df, parent: "Note" } }), HOSTILE);
	assert.equal(frappe.format(HOSTILE, df), HOSTILE); // a cell of another app's report
});

test("bars of a Gantt chart of ours are named in text", () => {
	class GanttView {
		prepare_tasks() {
			this.tasks = [{ id: "P2HAM-2024", name: HOSTILE }];
		}
	}
	open_desk({ frappe: { views: { GanttView } } });
	const names = (doctype) => {
		const view = Object.assign(new GanttView(), { doctype });
		view.prepare_tasks();
		return view.tasks.map(({ name }) => name);
	};
	assert.doesNotMatch(names("P2HAM Period")[0], /</);
	assert.deepEqual(names("Task"), [HOSTILE]);
});
