// The structure of an instrument as a tree, its numbers and marks, and the code of its next version.

"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { bare, drawn, open_desk, plain } = require("./desk");

const criterion = (name, parent = "", values) => ({
	kind: "criterion",
	name,
	code: name,
	title: name,
	parent,
	weight: 1,
	share: null,
	...values,
});
const indicator = (name, parent, values) => ({
	...criterion(name, parent),
	kind: "indicator",
	opd_types: [],
	continues: [],
	...values,
});

function structure(nodes, { faults = [], warnings = [], status = "Draft", write = true } = {}) {
	const opened = open_desk({ frappe: { model: { can_create: () => true } } });
	const { InstrumentStructure } = opened.load("public/js/instrument/structure.js");
	const found = bare(InstrumentStructure, {
		frm: { doc: { name: "X", status }, perm: [{ write }] },
		data: { nodes, faults, warnings },
		closed: null,
	});
	found.arrange();
	return drawn(found, "structure", opened.load("public/js/instrument/view.js"));
}

const order = (found) => found.rows.map((row) => `${"·".repeat(row.above.length)}${row.name}`);

test("indicators stand below their criterion and before the criteria in it", () => {
	const found = structure([
		criterion("A"),
		criterion("A1", "A"),
		indicator("A1.1", "A1"),
		indicator("A.1", "A"),
		criterion("B"),
	]);
	assert.deepEqual(order(found), ["A", "·A.1", "·A1", "··A1.1", "B"]);
	assert.deepEqual(
		found.rows.map((row) => row.indicators),
		[2, 0, 1, 0, 0]
	);
	assert.deepEqual([found.count("criterion"), found.count("indicator")], [3, 2]);
});

test("what hangs nowhere or in a circle stands in the list once", () => {
	const found = structure([
		criterion("A", "B"),
		criterion("B", "A"),
		indicator("X.1", "gone"),
		criterion("C", "C"),
	]);
	assert.deepEqual(found.rows.map((row) => row.name).sort(), ["A", "B", "C", "X.1"]);
});

test("a criterion and an indicator of the same name are two rows", () => {
	const found = structure([criterion("A"), indicator("A", "A")]);
	assert.deepEqual(order(found), ["A", "·A"]);
	assert.equal(found.by_key.size, 2);
});

test("a long instrument begins closed, a short one open", () => {
	const many = (number) => [...Array(number)].map((_, each) => indicator(`A.${each}`, "A"));
	const short = structure([criterion("A"), ...many(40)]);
	assert.equal(short.closed.size, 0);
	const long = structure([criterion("O"), criterion("A", "O"), ...many(41)]);
	assert.deepEqual([...long.closed], ["criterion A"], "what holds indicators is closed");
	const wide = structure([...Array(41)].map((_, each) => criterion(`K${each}`)));
	assert.equal(wide.closed.size, 41);
});

test("a fault leads to its row by kind and name, and one about the whole leads nowhere", () => {
	const found = structure([criterion("A"), indicator("A", "A"), indicator("A.1", "A")]);
	assert.equal(found.row_of({ kind: "indicator", name: "A" }).kind, "indicator");
	assert.equal(found.row_of({ name: "A" }).kind, "criterion");
	assert.equal(found.row_of({ name: "A.1" }).kind, "indicator");
	assert.equal(found.row_of({ name: "gone" }), null);
	assert.equal(found.row_of({ text: "Bobot" }), null);
});

test("faults matter in a draft only, warnings always", () => {
	const notes = {
		faults: [{ name: "A", text: "Salah" }],
		warnings: [{ name: "A", text: "Jumlah bobot <10>" }],
	};
	const said = (status) => plain(structure([criterion("A")], { ...notes, status }).notes_html());
	assert.match(said("Draft"), /Must be put right before it can be activated \(1\) Salah/);
	assert.doesNotMatch(said("Active"), /Salah/);
	assert.match(said("Active"), /Weights to look at \(1\) Jumlah bobot <10>$/);
});

test("a weight has as many decimals as it needs, a share two", () => {
	const said = (values) => {
		const found = structure([criterion("A", "", { weight: 1, ...values })]);
		return plain(found.row_html(found.rows[0]));
	};
	assert.match(said({ weight: 10 }), / 10 –/);
	assert.match(said({ weight: 2.5 }), / 2\.5 –/);
	assert.match(said({ weight: 0.3333 }), / 0\.3333 –/);
	assert.match(said({ weight: 0.1 + 0.2 }), / 0\.3 –/);
	assert.match(said({ share: 33.3333 }), / 33\.33%/);
});

test("the largest share fills its bar", () => {
	const found = structure([criterion("A", "", { share: 60 }), criterion("B", "", { share: 15 })]);
	assert.match(found.share_html(found.rows[0]), /width: 100\.00%/);
	assert.match(found.share_html(found.rows[1]), /width: 25\.00%/);
});

test("of the types that are asked two are named and the others counted", () => {
	const found = structure([]);
	assert.equal(found.types_text(["Kecamatan"]), "Only: Kecamatan");
	assert.equal(found.types_text(["Kecamatan", "Dinas"]), "Only: Kecamatan, Dinas");
	assert.equal(
		found.types_text(["Kecamatan", "Dinas", "Badan", "RSUD"]),
		"Only: Kecamatan, Dinas and 2 more"
	);
});

test("rows can be added to a draft by who may write it", () => {
	const offered = (options) => /data-do="add-/.test(structure([criterion("A")], options).table_html());
	assert.equal(offered({}), true);
	assert.equal(offered({ status: "Active" }), false);
	assert.equal(offered({ write: false }), false);
});

test("the next version counts on from the one before, in code and title", () => {
	const { p2ham, load } = open_desk();
	load("p2ham/doctype/p2ham_instrument/p2ham_instrument.js");
	const next = (code, title) => p2ham.InstrumentForm.next_version({ code, title });
	assert.deepEqual(next("A-2018", "Instrumen"), { code: "A-2018-V2", title: "Instrumen (V2)" });
	assert.deepEqual(next("A-2018-V2", "Instrumen (V2)"), { code: "A-2018-V3", title: "Instrumen (V3)" });
	assert.deepEqual(next("A-V9", "Lain"), { code: "A-V10", title: "Lain (V10)" });
	assert.deepEqual(next("A-VERSI", "Lain (V1) lagi"), { code: "A-VERSI-V2", title: "Lain (V1) lagi (V2)" });
});

test("an instrument that no longer changes closes its parts, and a draft does not", async () => {
	const close = async (status) => {
		const answer = { message: { title: "<b>Instrumen</b>", status } };
		const { p2ham } = open_desk({ frappe: { db: { get_value: async () => answer } } });
		const said = [];
		const frm = {
			doc: { name: "I", instrument: "X" },
			add_custom_button() {},
			set_intro: (text) => said.push(text),
			disable_form: () => said.push("closed"),
		};
		await p2ham.instrument_part.refresh(frm);
		return said;
	};
	assert.deepEqual(await close("Draft"), []);
	const [, intro, closed] = await close("Active");
	assert.equal(closed, "closed");
	assert.equal(
		plain(intro),
		"The instrument <b>Instrumen</b> is Active and no longer changes. Make a new version of it."
	);
});
