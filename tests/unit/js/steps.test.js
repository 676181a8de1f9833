// The form of an assessment: the steps of its life, what stops them and what they ask.

"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { open_desk, plain } = require("./desk");

const SUBMIT = { action: "Submit", target: "Submitted", needs_complete: 1 };
const RETURN = { action: "Return", target: "Draft", note_required: 1, note_field: "return_note" };
const REVIEW = { action: "Review", target: "Reviewed", needs_verified: 1, note_field: "review_note" };

function open_form({ gaps = 0, ...desk } = {}) {
	const opened = open_desk(desk);
	opened.load("p2ham/doctype/p2ham_assessment/p2ham_assessment.js");
	const shown = [];
	const sheet = {
		items: [{}, {}],
		gaps: (row) => (row === sheet.items[0] ? Array(gaps).fill({ text: "answer" }) : []),
		show_missing: () => shown.push("missing"),
		not_valid_html: () => "",
	};
	opened.p2ham.worksheet = async () => sheet;
	return { ...opened, steps: opened.p2ham.steps, sheet, shown };
}

const frm = (doc = {}) => ({
	doc: { name: "X-2024", opd_name: "Kecamatan", workflow_state: "Submitted", ...doc },
});

test("what goes back stands before what goes on", () => {
	const { steps } = open_form();
	assert.deepEqual(
		steps.in_order([REVIEW, RETURN, SUBMIT]).map((step) => step.action),
		["Return", "Review", "Submit"]
	);
});

test("a step shines only if it would not be refused, and going back never does", () => {
	const { steps, sheet } = open_form();
	assert.deepEqual(
		[SUBMIT, REVIEW, RETURN].map((step) => steps.is_ready(sheet, step)),
		[true, true, false]
	);
	const unfinished = open_form({ gaps: 2 });
	assert.deepEqual(
		[SUBMIT, REVIEW].map((step) => steps.is_ready(unfinished.sheet, step)),
		[false, false]
	);
	assert.equal(steps.is_ready(unfinished.sheet, { action: "Approve", target: "Approved" }), true);
});

test("what is missing stops a step that needs it, and is shown", () => {
	const { steps, sheet, said, shown } = open_form({ gaps: 3 });
	assert.equal(steps.stops_at_gaps(sheet, SUBMIT), true);
	assert.equal(steps.stops_at_gaps(sheet, REVIEW), true);
	assert.equal(steps.stops_at_gaps(sheet, RETURN), false);
	assert.deepEqual(shown, ["missing", "missing"]);
	assert.deepEqual(said, [
		"3 things are still missing. They are listed above the first indicator.",
		"3 things are still to be verified. They are listed above the first indicator.",
	]);
});

test("what a reviewed sheet goes back to is explained by its own words", () => {
	const { steps } = open_form();
	assert.match(
		steps.explanation(frm({ workflow_state: "Draft" }), SUBMIT),
		/goes to Bagian Hukum for verification/
	);
	assert.match(steps.explanation(frm({ workflow_state: "Reviewed" }), SUBMIT), /goes back to Bagian Hukum/);
	assert.equal(steps.explanation(frm(), { target: "Elsewhere" }), "");
});

test("a return without a reason is not taken, and blanks are no reason", async () => {
	const { steps, dialogs, said } = open_form();
	const asked = steps.ask(frm(), RETURN);
	const [dialog] = dialogs;
	assert.deepEqual(
		dialog.options.fields.map((field) => field.fieldname),
		["text", "note"]
	);
	for (const note of [undefined, "", "   "]) dialog.press({ note });
	assert.deepEqual(said, Array(3).fill("Give a reason."));
	assert.equal(dialog.display, true);
	dialog.press({ note: " Foto kurang. " });
	assert.deepEqual(await asked, { note: "Foto kurang.", until: null });
	assert.equal(dialog.display, false);
});

test("a dialog that is closed is no answer", async () => {
	const { steps, dialogs } = open_form();
	const asked = steps.ask(frm(), REVIEW);
	dialogs[0].options.secondary_action();
	assert.equal(await asked, null);
});

test("the name of the unit is text in the title of the dialog", () => {
	const { steps, dialogs } = open_form();
	steps.ask(frm({ opd_name: "<img src=x>" }), REVIEW);
	assert.doesNotMatch(dialogs[0].title, /</);
	assert.equal(plain(dialogs[0].title), "Review: <img src=x>");
});

test("a step after the last day gives a day with it, within what is allowed", async () => {
	const { steps, dialogs } = open_form();
	const asked = steps.ask(frm(), { ...RETURN, correction: { first: "2024-03-11", last: "2024-03-31" } });
	const until = dialogs[0].options.fields.find((field) => field.fieldname === "until");
	assert.equal(until.reqd, 1);
	assert.equal(until.description, "The time for this is over. Until 31-03-2024 at the latest.");
	assert.deepEqual([until.min_date, until.max_date], [new Date(2024, 2, 11), new Date(2024, 2, 31)]);
	dialogs[0].press({ note: "Perbaiki.", until: "2024-03-20" });
	assert.deepEqual(await asked, { note: "Perbaiki.", until: "2024-03-20" });
	assert.equal(steps.until_field({ correction: { first: "2024-03-11", last: null } }).max_date, null);
});

test("a form that cannot be saved stops what was to follow", async () => {
	const { p2ham } = open_form();
	const form = (dirty_after) => ({
		dirty: true,
		is_dirty() {
			return this.dirty;
		},
		save(_, answer) {
			this.dirty = dirty_after;
			answer();
		},
	});
	await p2ham.save_first(form(false));
	await assert.rejects(p2ham.save_first(form(true)), /not saved/);
	await p2ham.save_first({ is_dirty: () => false, save: () => assert.fail("there is nothing to save") });
	const broken = { is_dirty: () => true, save: (_, answer, button, refuse) => refuse() };
	await assert.rejects(p2ham.save_first(broken), /not saved/);
});

test("a new sheet offers the units that take part in its period, all active ones without a period", () => {
	const { p2ham } = open_form();
	const filters = (candidates, period) => {
		const form = new p2ham.AssessmentForm({ doc: { period } });
		form.candidates = candidates;
		return form.unit_filters();
	};
	assert.deepEqual(filters(null, ""), { is_active: 1 });
	assert.deepEqual(filters(["DINSOS"], "P-2024"), { name: ["in", ["DINSOS"]] });
	assert.deepEqual(filters([], "P-2024"), { name: ["in", [""]] }, "nobody, and not everybody");
});

test("units that have left the period cannot be chosen", async () => {
	const participants = [
		{ opd: "DINSOS", status: "Declared" },
		{ opd: "DISPAR", status: "Withdrawn" },
	];
	const { p2ham } = open_form({ frappe: { db: { get_doc: async () => ({ participants }) } } });
	const form = new p2ham.AssessmentForm({ doc: { period: "P-2024" } });
	await form.load_candidates();
	assert.deepEqual(form.candidates, ["DINSOS"]);
});

test("Frappe's own menu leads to the same dialog, and a step that is not one's own is refused", async () => {
	const { handlers, p2ham, said, sheet } = open_form({ frappe: { dom: { unfreeze() {} } } });
	const taken = [];
	p2ham.steps.take = (form, step) => taken.push(step.action);
	sheet.data = { steps: [RETURN] };
	const choose = (action) =>
		handlers["P2HAM Assessment"].before_workflow_action({
			selected_workflow_action: action,
			p2ham_worksheet: sheet,
		});
	await assert.rejects(
		choose("Return").catch(() => Promise.reject(new Error("stopped"))),
		/stopped/
	);
	await assert.rejects(
		choose("Approve").catch(() => Promise.reject(new Error("stopped"))),
		/stopped/
	);
	assert.deepEqual(taken, ["Return"]);
	assert.deepEqual(said, ["The step Approve is not yours in this state."]);
});
