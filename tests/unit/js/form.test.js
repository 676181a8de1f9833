// What all forms have in common: events of one object per form, and what waits for the server or for a save.

"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { open_desk } = require("./desk");

function open_form(doc, more = {}) {
	const desk = open_desk();
	const frm = { doc, perm: [{}], ...more };
	return { ...desk, frm, form: desk.p2ham.Form.of(frm) };
}

test("the methods of one object answer the events of a form, those of a row with the row", () => {
	const { p2ham } = open_desk();
	const frm = {};
	const heard = [];
	class OwnForm extends p2ham.Form {
		refresh() {
			heard.push([this, "refresh"]);
		}

		status(doctype, name) {
			heard.push([this, doctype, name]);
		}
	}
	const events = OwnForm.events("refresh", "status");
	events.refresh(frm);
	events.status(frm, "P2HAM Row", "row-1");
	assert.deepEqual(
		heard.map(([, ...rest]) => rest),
		[["refresh"], ["P2HAM Row", "row-1"]]
	);
	assert.equal(heard[0][0], heard[1][0]);
	assert.equal(heard[0][0], OwnForm.of(frm));
});

test("an answer that comes when the form shows another document is not shown", async () => {
	const shown = [];
	const { form, frm } = open_form({ name: "A" });
	await form.when_here(Promise.resolve(1), (answer) => shown.push(answer));
	const late = form.when_here(Promise.resolve(2), (answer) => shown.push(answer));
	frm.doc = { name: "B" };
	await late;
	assert.deepEqual(shown, [1]);
});

test("what works on the stored document waits until it is stored", () => {
	let dirty = true;
	const done = [];
	const { form, said } = open_form({}, { is_dirty: () => dirty });
	form.if_saved("Save first.", () => done.push("done"));
	assert.deepEqual([done, said], [[], ["Save first."]]);
	dirty = false;
	form.if_saved("Save first.", () => done.push("done"));
	assert.deepEqual(done, ["done"]);
});

test("a status that is refused does not stay on the screen", async () => {
	const stored = async (how) => {
		const doc = { status: "Draft" };
		const { form } = open_form(doc, {
			set_value: async (field, value) => void (doc[field] = value),
			save: async (_, answer, __, refuse) => how(answer, refuse),
		});
		await form.save_status("Open");
		return doc.status;
	};
	assert.equal(await stored((answer) => answer({})), "Open");
	assert.equal(await stored((answer) => answer({ exc: "refused" })), "Draft");
	assert.equal(await stored((_, refuse) => refuse()), "Draft");
});

test("a button that is there already is no fault", () => {
	const { form } = open_form({}, { add_custom_button: () => undefined });
	form.add_primary_button("Again", () => {});
});
