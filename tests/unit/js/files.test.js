// The dialogs that bring a file to the site: what is refused before it is sent, and what is said of the server's answer.

"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { bare, button_of, open_desk, plain } = require("./desk");

const MB = 1024 * 1024;

function open_dialogs() {
	const opened = open_desk();
	return { ...opened, ...opened.load_parts("imports", ["instrument", "kkpham"]) };
}

test("an instrument comes as Excel or JSON, whatever the letters, not empty and not too large", () => {
	const dialog = bare(open_dialogs().InstrumentImport, {});
	const said = (name, size = 100) => plain(dialog.refusal_of({ name, size }));
	assert.equal(said("P2HAM.XLSX"), "");
	assert.equal(said("p2ham.json", 5 * MB), "");
	assert.match(said("surat.pdf"), /^surat\.pdf is not an instrument file/);
	assert.match(said("p2ham.json.exe"), /is not an instrument file/);
	assert.equal(
		said("besar.json", 5 * MB + 1),
		"besar.json is too large: 5.0 MB. An instrument file has 5 MB at most."
	);
	assert.equal(said("kosong.xlsx", 0), "kosong.xlsx is empty.");
	assert.doesNotMatch(dialog.refusal_of({ name: "<img src=x>", size: 1 }), /</);
});

test("a draft is not replaced by the file of another instrument", () => {
	const found = { summary: { code: "LAIN" }, faults: [{ place: "$", text: "salah" }] };
	const faults = (replaces, summary = found.summary) =>
		bare(open_dialogs().InstrumentImport, { replaces }).with_own_fault({ ...found, summary }).faults;
	assert.deepEqual(
		faults("INI").map((fault) => fault.text),
		["the file holds the instrument LAIN; it cannot replace INI", "salah"]
	);
	assert.equal(faults("LAIN").length, 1);
	assert.equal(faults("").length, 1, "without a draft any instrument is welcome");
	assert.equal(faults("INI", null).length, 1, "a file without an instrument has faults enough");
});

test("an instrument that is there can be replaced only while it is a draft", () => {
	const shown = (status, replaces = "") =>
		bare(open_dialogs().InstrumentImport, {
			replaces,
			found: { existing: { name: "X", title: "<b>Instrumen</b>", status } },
		}).replace_html();
	assert.match(shown("Draft"), /data-do="replace"/);
	assert.doesNotMatch(shown("Active"), /data-do/);
	assert.match(plain(shown("Active")), /<b>Instrumen<\/b> \(X\) has this code and is past Draft/);
	assert.equal(shown("Draft", "X"), "");
});

test("how many faults a file has is said, each with its place, as text", () => {
	const dialog = bare(open_dialogs().InstrumentImport, {});
	const html = dialog.faults_html([{ place: "", text: "<img src=x>" }]);
	assert.match(plain(html), /^1 fault: .* – <img src=x>$/);
	assert.doesNotMatch(html, /<img/);
	assert.match(
		plain(
			dialog.faults_html([
				{ place: "A", text: "1" },
				{ place: "B", text: "2" },
			])
		),
		/^2 faults:/
	);
});

test("after a break while something was written nobody says that nothing was", () => {
	const { p2ham, InstrumentImport } = open_dialogs();
	const said = (nothing_written) => {
		const dialog = bare(InstrumentImport, { file: {}, show: (html) => (dialog.html = html) });
		dialog.show_failure(new p2ham.Refusal("Putus."), nothing_written);
		return plain(dialog.html);
	};
	assert.equal(said(true), "Putus. Nothing was imported. Try Again");
	assert.match(said(false), /Whether the instrument was imported is not known/);
});

test("results come as Excel only", () => {
	const dialog = bare(open_dialogs().KkphamImport, {});
	const said = (name, size = 100) => plain(dialog.refusal_of({ name, size }));
	assert.equal(said("hasil.Xlsx"), "");
	assert.match(said("hasil.xls"), /is not an Excel workbook/);
	assert.match(said("hasil.csv"), /is not an Excel workbook/);
	assert.match(said("hasil.xlsx", 5 * MB + 1), /is too large/);
	assert.equal(said("hasil.xlsx", 0), "hasil.xlsx is empty.");
});

function preview({ kinds, chosen = false, faults = [] }) {
	const counts = { New: 0, Changed: 0, Unchanged: 0, Faulty: 0 };
	for (const kind of kinds) counts[kind] += 1;
	const rows = kinds.map((kind, number) => ({
		kind,
		row: number + 2,
		stamp: `s${number}`,
		faults: [],
		changes: [],
	}));
	const button = {};
	const dialog = bare(open_dialogs().KkphamImport, {
		found: { rows, counts, faults },
		file: {},
		dialog: { get_primary_btn: () => button_of(button) },
		$body: { find: () => ({ prop: () => chosen }) },
	});
	return { dialog, button, counts, rows };
}

test("rows with faults hold the others back until somebody says that these are enough", () => {
	const action = (options) => {
		const { dialog, button } = preview(options);
		dialog.show_action();
		return [button.text, button.disabled];
	};
	assert.deepEqual(action({ kinds: ["New", "Changed", "Unchanged"] }), ["Import 2 Rows", false]);
	assert.deepEqual(action({ kinds: ["New", "Faulty"] }), ["Import 1 Good Rows", true]);
	assert.deepEqual(action({ kinds: ["New", "Faulty"], chosen: true }), ["Import 1 Good Rows", false]);
	assert.deepEqual(action({ kinds: ["Unchanged"] }), ["Import", true]);
	assert.deepEqual(action({ kinds: ["Faulty"], chosen: true }), ["Import", true]);
	assert.deepEqual(action({ kinds: [], faults: [{}] }), ["Import", true]);
});

test("what is wrong stands first, and the rest in the order of the file", () => {
	const { dialog, rows, counts } = preview({ kinds: ["New", "Faulty", "Changed", "Faulty"] });
	const html = dialog.rows_html({ rows, counts });
	assert.deepEqual(
		html.match(/data-row="\d+"/g),
		["3", "5", "2", "4"].map((row) => `data-row="${row}"`)
	);
	assert.equal(dialog.colour_of(counts), "orange");
	assert.equal(dialog.colour_of({ New: 0, Changed: 0, Faulty: 0 }), "blue");
	assert.equal(dialog.colour_of({ New: 1, Changed: 0, Faulty: 0 }), "green");
});

test("a change shows what stood there before, a new row does not", () => {
	const { dialog } = preview({ kinds: [] });
	const changes = [{ label: "Nilai", old: "", new: "<b>72,50</b>" }];
	const shown = (kind) => dialog.row_html({ kind, row: 2, faults: [], changes });
	assert.match(plain(shown("Changed")), /Nilai: – → <b>72,50<\/b>$/);
	assert.match(plain(shown("New")), /Nilai: <b>72,50<\/b>$/);
	assert.doesNotMatch(shown("New"), /<del>/);
});
