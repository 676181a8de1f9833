// What the form of a period says of assessments that are made in the background: from what it hears and from what it asks.

"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { open_desk, plain } = require("./desk");

const STATE = "p2ham.api.period.creation_state";

// The form of a period whose server knows `known`; `tell(event, ...)` is heard by who listens.
function open_period(known, { name = "P-2024", visible = true } = {}) {
	const listeners = {};
	const shown = { html: "", reloads: 0 };
	const desk = open_desk({
		answers: { [STATE]: known },
		frappe: {
			realtime: {
				on: (event, hear) => (listeners[event] = hear),
				off: (event) => delete listeners[event],
			},
		},
		globals: { $: () => ({ find: () => ({ html: (html) => (shown.html = html) }) }) },
	});
	const { Creation } = desk.load("public/js/period/creation.js");
	const frm = {
		doc: { name },
		page: { wrapper: { is: () => visible } },
		reload_doc: async () => void (shown.reloads += 1),
	};
	const creation = new Creation(frm);
	const tell = (event, told) => listeners[event]?.(told);
	return { ...desk, creation, frm, listeners, shown, tell };
}

const RUNNING = { state: "running", done: 50, total: 100 };
const DONE = { state: "done", done: 100, total: 100, created: 100, carried: 0, failed: [] };

test("a form that is loaded again shows how far it is, and each batch that it hears of", async () => {
	const { creation, shown, tell } = open_period(RUNNING);
	await creation.watch();
	assert.equal(plain(shown.html), "Creating Assessments 50 of 100");
	tell("p2ham_generating", { period: "P-2024", done: 75, total: 100 });
	assert.match(shown.html, /value="75"/);
	creation.stop();
});

test("what is told of another period is not shown, nor anything in a form that is not looked at", async () => {
	const other = open_period({ state: "none", message: "" });
	await other.creation.watch();
	other.tell("p2ham_generating", { period: "P-2023", done: 1, total: 2 });
	assert.equal(other.shown.html, "");
	const hidden = open_period(RUNNING, { visible: false });
	await hidden.creation.watch();
	hidden.tell("p2ham_generating", { period: "P-2024", done: 1, total: 2 });
	assert.equal(hidden.shown.html, "");
});

test("the end is told once, to who has seen it running, and the form shows what is there now", async () => {
	const known = { ...RUNNING };
	const { creation, said, shown, tell } = open_period(known);
	await creation.watch();
	Object.assign(known, DONE);
	tell("p2ham_generated", { period: "P-2024" });
	await creation.look();
	await creation.look();
	assert.deepEqual(said.map(plain), ["100 assessments created."]);
	assert.equal(shown.reloads, 1);
	creation.stop();
});

test("an end before the form was loaded again is told as well, one of yesterday is not", async () => {
	const { creation, said, called } = open_period(DONE);
	await creation.watch();
	assert.deepEqual(said, []);
	const quick = open_period(DONE);
	quick.frappe.xcall = async (method) => (method === STATE ? DONE : { queued: 100, failed: [] });
	await quick.creation.start(1);
	await quick.creation.watch();
	assert.deepEqual(quick.said.map(plain), ["100 assessments created."]);
	assert.deepEqual(
		called.map(([method]) => method),
		[STATE]
	);
});

test("why it has failed stays on the form, as text", async () => {
	const { creation, shown, said } = open_period({ state: "failed", message: "<b>Ditutup</b>" });
	await creation.watch();
	assert.equal(plain(shown.html), "Create Assessments <b>Ditutup</b>");
	assert.doesNotMatch(shown.html, /<b>/);
	assert.deepEqual(said, []);
});

test("who leaves hears nothing more", async () => {
	const { creation, listeners } = open_period({ state: "none" });
	await creation.watch();
	assert.deepEqual(Object.keys(listeners), ["p2ham_generating", "p2ham_generated"]);
	creation.stop();
	assert.deepEqual(listeners, {});
});
