// The dialogs that bring a file to the site: what is refused before it is sent, and what is said of the server's answer.

"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { bare, button_of, open_desk, plain } = require("./desk");

const MB = 1024 * 1024;
const messages = (...those) => ({
	_server_messages: JSON.stringify(those.map((message) => JSON.stringify({ message }))),
});

function open_dialogs(answer, desk = {}) {
	const asked = [];
	const fetch = async (address, options) => {
		asked.push({ address, ...options });
		if (!answer) throw new TypeError("Failed to fetch");
		return {
			ok: answer.status < 400,
			status: answer.status,
			json: async () => (answer.body === undefined ? JSON.parse("<html>") : answer.body),
		};
	};
	const opened = open_desk({ ...desk, globals: { fetch, ...desk.globals } });
	opened.load(["importing", "instrument_import", "kkpham_import"].map((name) => `public/js/${name}.js`));
	return { ...opened, asked };
}

const post = (answer, body = "{}") => open_dialogs(answer).p2ham.importing.post("/api/x", body, "You may not.");

async function refusal(answer) {
	const { importing } = open_dialogs().p2ham;
	const error = await post(answer).then(assert.fail, (found) => found);
	assert.equal(error.constructor.name, importing.Refusal.name);
	return [error.message, error.answered];
}

test("an answer is what the server returns, and JSON is sent as JSON", async () => {
	const { p2ham, asked } = open_dialogs({ status: 200, body: { message: { code: "X" } } });
	assert.deepEqual(await p2ham.importing.post("/api/x", "{}", ""), { code: "X" });
	assert.deepEqual(asked[0].headers, {
		Accept: "application/json",
		"X-Frappe-CSRF-Token": "token",
		"Content-Type": "application/json",
	});
	await p2ham.importing.post("/api/x", new FormData(), "");
	assert.equal(asked[1].headers["Content-Type"], undefined, "the browser names the border of a form");
});

test("what the server says goes before what its number says, as text in lines", async () => {
	const body = messages("<ul><li>Kode &lt;salah&gt;</li><li>Tahun salah</li></ul>");
	assert.deepEqual(await refusal({ status: 403, body }), ["\nKode <salah>\nTahun salah", true]);
});

test("an answer without words is explained by its number, and only the server's own is sure", async () => {
	assert.deepEqual(await refusal({ status: 413 }), ["The server does not take a file of this size.", true]);
	assert.deepEqual(await refusal({ status: 401 }), ["You may not.", true]);
	assert.deepEqual(await refusal({ status: 403, body: {} }), ["You may not.", true]);
	const [said, answered] = await refusal({ status: 502 });
	assert.match(said, /error 502/);
	assert.equal(answered, false, "whether it was written is not known");
});

test("a server that cannot be reached is no refusal by it", async () => {
	const [said, answered] = await refusal(null);
	assert.match(said, /cannot be reached/);
	assert.equal(answered, false);
});

test("messages that cannot be read are no reason to fail", async () => {
	const [said] = await refusal({ status: 500, body: { _server_messages: "not JSON" } });
	assert.match(said, /error 500/);
});

test("an instrument comes as Excel or JSON, whatever the letters, not empty and not too large", () => {
	const dialog = bare(open_dialogs().p2ham.InstrumentImport, {});
	const said = (name, size = 100) => plain(dialog.refusal_of({ name, size }));
	assert.equal(said("P2HAM.XLSX"), "");
	assert.equal(said("p2ham.json", 5 * MB), "");
	assert.match(said("surat.pdf"), /^surat\.pdf is not an instrument file/);
	assert.match(said("p2ham.json.exe"), /is not an instrument file/);
	assert.equal(said("besar.json", 5 * MB + 1), "besar.json is too large: 5.0 MB. An instrument file has 5 MB at most.");
	assert.equal(said("kosong.xlsx", 0), "kosong.xlsx is empty.");
	assert.doesNotMatch(dialog.refusal_of({ name: "<img src=x>", size: 1 }), /</);
});

test("a draft is not replaced by the file of another instrument", () => {
	const found = { summary: { code: "LAIN" }, faults: [{ place: "$", text: "salah" }] };
	const faults = (replaces, summary = found.summary) =>
		bare(open_dialogs().p2ham.InstrumentImport, { replaces }).with_own_fault({ ...found, summary }).faults;
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
		bare(open_dialogs().p2ham.InstrumentImport, {
			replaces,
			found: { existing: { name: "X", title: "<b>Instrumen</b>", status } },
		}).replace_html();
	assert.match(shown("Draft"), /data-do="replace"/);
	assert.doesNotMatch(shown("Active"), /data-do/);
	assert.match(plain(shown("Active")), /<b>Instrumen<\/b> \(X\) has this code and is past Draft/);
	assert.equal(shown("Draft", "X"), "");
});

test("how many faults a file has is said, each with its place, as text", () => {
	const dialog = bare(open_dialogs().p2ham.InstrumentImport, {});
	const html = dialog.faults_html([{ place: "", text: "<img src=x>" }]);
	assert.match(plain(html), /^1 fault: .* – <img src=x>$/);
	assert.doesNotMatch(html, /<img/);
	assert.match(plain(dialog.faults_html([{ place: "A", text: "1" }, { place: "B", text: "2" }])), /^2 faults:/);
});

test("after a break while something was written nobody says that nothing was", () => {
	const { p2ham } = open_dialogs();
	const said = (nothing_written) => {
		const dialog = bare(p2ham.InstrumentImport, { file: {}, show: (html) => (dialog.html = html) });
		dialog.show_failure(new p2ham.importing.Refusal("Putus."), nothing_written);
		return plain(dialog.html);
	};
	assert.equal(said(true), "Putus. Nothing was imported. Try Again");
	assert.match(said(false), /Whether the instrument was imported is not known/);
});

test("results come as Excel only", () => {
	const dialog = bare(open_dialogs().p2ham.KkphamImport, {});
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
	const rows = kinds.map((kind, number) => ({ kind, row: number + 2, stamp: `s${number}`, faults: [], changes: [] }));
	const button = {};
	const dialog = bare(open_dialogs().p2ham.KkphamImport, {
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
	assert.deepEqual(html.match(/data-row="\d+"/g), ["3", "5", "2", "4"].map((row) => `data-row="${row}"`));
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
