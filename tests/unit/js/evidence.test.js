// Evidence: what is taken before anything is sent, what is said of an answer, and how the viewer shows and decides.

"use strict";

const assert = require("node:assert/strict");
const { File } = require("node:buffer");
const { test } = require("node:test");
const { bare, button_of, drawn, open_desk, server_that, plain } = require("./desk");

const MB = 1024 * 1024;

// Uploading

function upload({ target = { assessment: "X", indicator: "I", slot: "SK" }, ...fields } = {}, desk = {}) {
	const opened = open_desk(desk);
	const { EvidenceUpload } = opened.load("public/js/evidence/upload.js");
	const parts = opened.load("public/js/evidence/file.js");
	const button = {};
	const dialog = {
		hidden: 0,
		hide: () => (dialog.hidden += 1),
		get_primary_btn: () => button_of(button),
	};
	const fields_of = {
		target,
		title: "SK Tim",
		about: {},
		types: ["pdf", "jpg"],
		max_mb: 10,
		multiple: true,
		entries: [],
		stored: [],
		dialog,
		...fields,
	};
	return { upload: drawn(bare(EvidenceUpload, fields_of), "upload", parts), dialog, button, tools: parts };
}

const entries = (...states) => states.map((state) => ({ state, answer: {} }));

test("a file is refused by its ending, whatever its letters, or where it is empty", () => {
	const { upload: dialog } = upload();
	const refused = (name, size = 100) => dialog.refused({ name, size });
	assert.equal(refused("surat.PDF"), "");
	assert.equal(refused("surat.pdf.exe"), "Files of this type are not accepted here. Accepted: pdf, jpg.");
	assert.match(refused("pdf"), /not accepted/);
	assert.equal(refused("surat.pdf", 0), "The file is empty.");
	assert.equal(upload({ types: [] }).upload.refused({ name: "apa saja", size: 1 }), "");
});

test("a file may have as much as the site takes and not a byte more", () => {
	const refused = (size, max_mb = 10) => upload({ max_mb }).upload.refused({ name: "a.pdf", size });
	assert.equal(refused(10 * MB), "");
	assert.equal(refused(10 * MB + 1), "The file has 10.0 MB; 10 MB at most.");
	assert.equal(refused(900 * MB, 0), "");
});

test("a small file is told in kilobytes, rounded up", () => {
	const { megabytes } = upload().tools;
	assert.deepEqual([1, 1024, 1025, MB - 1, MB, 2.5 * MB].map(megabytes), [
		"1 kB",
		"1 kB",
		"2 kB",
		"1024 kB",
		"1.0 MB",
		"2.5 MB",
	]);
});

test("one file takes the title of the slot, several take their own names", () => {
	const { upload: dialog } = upload();
	const file = { name: "SK.tim.2023.pdf" };
	dialog.entries = entries("waiting", "refused");
	assert.equal(dialog.default_title(file), "SK Tim");
	dialog.entries = entries("waiting", "waiting");
	assert.equal(dialog.default_title(file), "SK.tim.2023");
	dialog.title = "";
	dialog.entries = entries("waiting");
	assert.equal(dialog.default_title({ name: `${"a".repeat(200)}.pdf` }).length, 140);
});

test("the button says what it does: how many files, or that it is over", () => {
	const said = (...states) => {
		const { upload: dialog, button } = upload({ entries: entries(...states) });
		dialog.refresh_button();
		return [button.text, button.disabled];
	};
	assert.deepEqual(said(), ["Upload", true]);
	assert.deepEqual(said("waiting"), ["Upload", false]);
	assert.deepEqual(said("waiting", "waiting", "refused"), ["Upload 2 Files", false]);
	assert.deepEqual(said("sending", "waiting"), ["Upload", true]);
	assert.deepEqual(said("stored", "refused"), ["Done", false]);
	assert.deepEqual(said("duplicate"), ["Upload", true]);
});

test("the dialog closes by itself only where nobody has to read or decide anything", () => {
	const closes = (...those) => {
		const { upload: dialog, dialog: shown } = upload({ entries: those });
		dialog.close_if_done();
		return Boolean(shown.hidden);
	};
	const stored = (answer, more) => ({ state: "stored", answer, ...more });
	assert.equal(closes(stored({})), true);
	assert.equal(closes(stored({ findings: [], scan_status: "Waiting" })), true);
	assert.equal(closes(stored({ scan_status: "No Text" })), false);
	assert.equal(closes(stored({ findings: [{}] })), false);
	assert.equal(closes(stored({ findings: [{}] }, { kept: true })), true);
	assert.equal(closes(stored({}), ...entries("refused")), false);
	assert.equal(closes(stored({}), ...entries("duplicate")), false);
	assert.equal(closes(), false);
});

test("what was found is said with its place and how often, as text", () => {
	const findings = [{ kind: "NIK", sample: "1611********0001", place: "<b>page 1</b>", count: 3 }];
	const { upload: dialog } = upload();
	const html = dialog.stored_html({ answer: { findings } });
	assert.match(plain(html), /NIK 1611\*{8}0001 \(<b>page 1<\/b>, 3×\)/);
	assert.match(html, /data-do="replace"[\s\S]*data-do="keep"/);
	assert.doesNotMatch(dialog.stored_html({ answer: { scan_status: "No Text" } }), /data-do/);
	assert.match(plain(dialog.stored_html({ answer: { scan_status: "Waiting" } })), /still being searched/);
});

test("a document that is there already can be used where it fits, and not in place of another", () => {
	const answer = { duplicate: { name: "E-1", title: "<i>SK</i>" } };
	const use = (target) => upload({ target }).upload.duplicate_html({ answer });
	assert.match(use({ assessment: "X", indicator: "I" }), /data-do="use-existing"/);
	assert.doesNotMatch(use({ assessment: "X", evidence: "E-2" }), /data-do="use-existing"/);
	assert.doesNotMatch(use({ opd: "DINSOS" }), /data-do="use-existing"/);
	assert.match(plain(use({ opd: "DINSOS" })), /<i>SK<\/i> \(E-1\)/);
});

test("what the server says stands at the file; without an answer the connection broke off, and it may be sent again", async () => {
	const sent = async (answer) => {
		const { upload: dialog } = upload({}, { globals: server_that(answer).globals });
		Object.assign(dialog, {
			values: () => ({}),
			set_state: (entry, state, text) => Object.assign(entry, { state, text }),
		});
		const entry = { file: new Blob(["x"]), state: "waiting" };
		await dialog.store(entry);
		return [entry.state, entry.text, entry.can_retry];
	};
	const body = {
		_server_messages: JSON.stringify([JSON.stringify({ message: "<b>Rusak</b>: &lt;x&gt;" })]),
	};
	assert.deepEqual(await sent({ status: 417, body }), ["refused", "Rusak: <x>", false]);
	const broken = "The connection broke off. Nothing was stored; try again.";
	assert.deepEqual(await sent({ status: 0 }), ["refused", broken, true]);
});

test("what is sent is the file with what is known of it, and its progress is shown", async () => {
	const server = server_that({
		status: 200,
		body: { message: { evidence: "E-1" } },
		progress: [{ lengthComputable: true, loaded: 1, total: 2 }],
	});
	const { upload: dialog } = upload({}, { globals: server.globals });
	const shown = [];
	Object.assign(dialog, {
		values: () => ({ title: "SK" }),
		set_state: (entry, state) => Object.assign(entry, { state }),
		show_progress: (_, share) => shown.push(share),
	});
	const entry = { file: new File(["isi"], "sk.pdf"), state: "waiting" };
	await dialog.store(entry, { again: 1 });
	const { body, address } = server.requests[0];
	assert.equal(address, "/api/method/p2ham.api.evidence.upload");
	assert.deepEqual([...body.keys()], ["assessment", "indicator", "slot", "title", "again", "file"]);
	assert.deepEqual([entry.state, shown, dialog.stored], ["stored", [50], [{ evidence: "E-1" }]]);
});

// Looking

const SLOTS = [
	{ label: "SK", kind: "PDF", mandatory: true },
	{ label: "Foto", kind: "Any", mandatory: false },
];
const OPTIONS = [
	{ label: "Ya", points: 100 },
	{ label: "Tidak", points: 0 },
	{ label: "Tidak berlaku", points: 100, not_applicable: 1 },
];

function view({ uses = [], rows, side = "verified", evidence = {}, kind = "Options", ...desk } = {}) {
	const opened = open_desk(desk);
	const { Worksheet } = opened.load("public/js/worksheet/worksheet.js");
	const { EvidenceViewer } = opened.load("public/js/viewer/viewer.js");
	const tools = opened.load_parts("viewer", ["facts", "keys", "picture", "panel", "question", "actions"]);
	const items = rows || [{ name: "r1", code: "A1", indicator: "I-1", criterion: "A", scale: "S" }];
	const sheet = bare(Worksheet, {
		frm: { doc: { items, evidence_uses: uses, workflow_state: "Submitted" } },
		data: {
			side,
			evidence,
			data_year: 2023,
			criteria: [{ name: "A", parent: "" }],
			indicators: { "I-1": { slots: SLOTS } },
			scales: { S: { kind, options: OPTIONS } },
		},
	});
	const fields = { sheet, filter: "all", filtered: null, seen: new Set(), notes: new Map() };
	const viewer = drawn(bare(EvidenceViewer, fields), "viewer", tools);
	return { viewer, sheet, tools, ...opened };
}

const use = (name, values) => ({ name, indicator: "I-1", slot: "SK", evidence: `E-${name}`, ...values });
const names = (found) => found.map((each) => each.use.name);

test("a file is shown as what the server found only if its ending says the same", () => {
	const way = (values, desk) =>
		view(desk).tools.way_to_show({ kind: "File", file: "/private/files/a.pdf", ...values });
	const pdf = { mime_type: "application/pdf" };
	assert.equal(way(pdf), "pdf");
	assert.equal(way({ ...pdf, file: "/private/files/a.html" }), "other");
	assert.equal(way({ ...pdf, file: "/files/a.pdf" }), "nothing");
	assert.equal(way(pdf, { globals: { navigator: { pdfViewerEnabled: false } } }), "no-viewer");
	assert.equal(way({ mime_type: "image/png", file: "/private/files/a.png" }), "picture");
	assert.equal(way({ mime_type: "image/svg+xml", file: "/private/files/a.svg" }), "other");
	assert.equal(way({ mime_type: "image/png", file: "/private/files/a.SVG" }), "other");
	assert.equal(way({ mime_type: "text/html", file: "/private/files/a.pdf" }), "other");
	assert.equal(way({ kind: "Link", url: "https://example.go.id" }), "link");
	assert.equal(way({ kind: "Link", url: "javascript:x" }), "nothing");
	assert.equal(view().tools.way_to_show(undefined), "hidden");
});

test("the size of a file is told in KB below a thousand of them", () => {
	const { size_text } = view().tools;
	assert.deepEqual([1, 2048, 999 * 1024, 1000 * 1024, 2.5 * MB].map(size_text), [
		"1 KB",
		"2 KB",
		"999 KB",
		"1.0 MB",
		"2.5 MB",
	]);
});

test("a picture fits its place, is never blown up, and turns within it", () => {
	const { Picture } = view().tools;
	const image = (naturalWidth, naturalHeight) => ({
		naturalWidth,
		naturalHeight,
		parentElement: { style: {} },
		style: {},
		addEventListener() {},
	});
	const size = ({ image: { parentElement } }) => [parentElement.style.width, parentElement.style.height];
	const picture = new Picture({ clientWidth: 500, clientHeight: 400 }, image(1000, 500));
	picture.layout();
	assert.deepEqual(size(picture), ["500px", "250px"]);
	picture.rotate();
	assert.deepEqual(size(picture), ["200px", "400px"]);
	assert.match(picture.image.style.transform, /rotate\(90deg\)/);
	for (let turn = 0; turn < 3; turn++) picture.rotate();
	assert.deepEqual(size(picture), ["500px", "250px"]);
	const small = new Picture({ clientWidth: 500, clientHeight: 400 }, image(100, 50));
	small.layout();
	assert.deepEqual(size(small), ["100px", "50px"]);
});

test("documents stand in the order of the slots, those of no slot at the end", () => {
	const uses = [
		use("other", { slot: "Dahulu" }),
		use("photo", { slot: "Foto" }),
		use("b"),
		use("a"),
		use("none", { slot: "" }),
	];
	assert.deepEqual(names(view({ uses }).viewer.entries()), ["b", "a", "photo", "other", "none"]);
});

test("the verifier begins at what he has not looked at, the unit at what came back", () => {
	const uses = [use("a", { verification: "Accepted" }), use("b", { verification: "Returned" }), use("c")];
	assert.equal(view({ uses }).viewer.first_entry().use.name, "c");
	assert.equal(view({ uses, side: "self" }).viewer.first_entry().use.name, "b");
	assert.equal(view({ uses: uses.slice(0, 1) }).viewer.first_entry().use.name, "a");
	assert.equal(view().viewer.first_entry(), undefined);
});

test("two clicks open one viewer", () => {
	const { EvidenceViewer } = open_desk().load("public/js/viewer/viewer.js");
	const frm = { p2ham_viewer: {} };
	assert.equal(EvidenceViewer.open(frm, null), undefined, "the sheet is not even looked at");
});

test("the next that is still to do comes after this one, and round from the beginning", () => {
	const uses = [
		use("a"),
		use("b", { verification: "Accepted" }),
		use("c"),
		use("d", { verification: "Returned" }),
	];
	const { viewer } = view({ uses });
	const next = (at) => viewer.next_open_entry.call(Object.assign(viewer, { use_name: at }))?.use.name;
	assert.deepEqual(["a", "b", "c", "d"].map(next), ["c", "c", "a", "a"]);
	uses[0].verification = "Accepted";
	assert.equal(next("c"), undefined, "this one does not count");
});

test("what was decided before has been looked at, for the verifier only", () => {
	const uses = [use("a", { verification: "Accepted" }), use("b")];
	const seen = (side) => {
		const { viewer } = view({ uses, side });
		return uses.map((each) => viewer.is_seen(each));
	};
	assert.deepEqual(seen("verified"), [true, false]);
	assert.deepEqual(seen("self"), [false, false]);
	assert.match(plain(view({ uses }).viewer.progress_html()), /^1 of 2 looked at$/);
});

test("a note is wanted where full points rest on mandatory evidence that came back", () => {
	const wanted = (row, verification = "Returned", more = {}) =>
		view({ uses: [use("a", { verification })], ...more }).viewer.wants_note({
			indicator: "I-1",
			scale: "S",
			...row,
		});
	assert.equal(wanted({ verified_answer: "Ya" }), true);
	assert.equal(wanted({ verified_answer: "Ya", verified_note: " " }), true);
	assert.equal(wanted({ verified_answer: "Ya", verified_note: "Dilihat." }), false);
	assert.equal(wanted({ verified_answer: "Tidak" }), false);
	assert.equal(wanted({ verified_answer: "Tidak berlaku" }), false);
	assert.equal(wanted({ verified_answer: "Ya" }, "Accepted"), false);
	assert.equal(wanted({ verified_answer: "Ya" }, "Returned", { side: "self" }), false);
	assert.equal(wanted({ verified_answer: "100,0" }, "Returned", { kind: "Percentage" }), true);
	assert.equal(wanted({ verified_answer: "99,9" }, "Returned", { kind: "Percentage" }), false);
	assert.equal(
		wanted({ verified_answer: "Ya" }, "Returned", {
			uses: [use("a", { slot: "Foto", verification: "Returned" })],
		}),
		false
	);
});

test("what speaks against a document is named, and of one that may not be seen only its time", () => {
	const evidence = {
		"E-a": {
			valid_until: "2024-03-09",
			contains_personal_data: 1,
			findings: 2,
			scan_status: "No Text",
			link_state: "No Answer",
		},
	};
	const { viewer } = view({ evidence, today: "2024-03-10" });
	const flags = (each) => viewer.flags(each).map(([text]) => text);
	assert.deepEqual(flags(use("a", { validity: "Partly Valid" })), [
		"Valid in a part of 2023 only",
		"Expired on 9 Mar 2024",
		"Personal data: handle with care",
		"Possible personal data found: 2",
		"Could not be searched for personal data",
		"The link gave no answer",
	]);
	assert.deepEqual(flags(use("b", { validity: "Not Valid" })), ["Not valid in 2023"]);
	evidence["E-a"].valid_until = "2024-03-10";
	assert.ok(!flags(use("a")).includes("Expired on 10 Mar 2024"), "its last day counts");
});

test("the facts of a document say what is known and nothing else", () => {
	const { viewer } = view();
	const facts = (values) => viewer.facts({ kind: "File", mime_type: "application/pdf", ...values });
	assert.deepEqual(facts({}), ["PDF"]);
	assert.deepEqual(facts({ pages: 1, size: 2048, document_date: "2023-02-15", revision: 1 }), [
		"PDF",
		"1 page",
		"2 KB",
		"dated 15 Feb 2023",
	]);
	assert.deepEqual(facts({ pages: 3, valid_from: "2023-01-01", valid_until: "2023-12-31", revision: 2 }), [
		"PDF",
		"3 pages",
		"valid 1 Jan 2023 to 31 Dec 2023",
		"revision 2",
	]);
	assert.deepEqual(facts({ kind: "Link", mime_type: "", valid_until: "2023-12-31" }), [
		"Link",
		"valid until 31 Dec 2023",
	]);
});

test("the reasons that are offered fit the kind of document", () => {
	const offered = (values) =>
		view({ evidence: { "E-a": values } })
			.viewer.reasons(use("a"))
			.join("\n");
	const pdf = { kind: "File", mime_type: "application/pdf", file: "/private/files/a.pdf" };
	assert.match(offered(pdf), /not signed or stamped/);
	assert.doesNotMatch(offered(pdf), /photo|link/);
	assert.match(offered({ kind: "Link", url: "https://example.go.id" }), /The link does not open/);
	assert.match(
		offered({ kind: "File", mime_type: "image/png", file: "/private/files/a.png" }),
		/does not show the inside of the room/
	);
});

test("a document stands beside what was asked and answered, to the verifier with what he may change", () => {
	const rows = [
		{
			name: "r1",
			code: "A1",
			title: "Ram <b>",
			indicator: "I-1",
			criterion: "A",
			scale: "S",
			self_answer: "Ya",
		},
	];
	const uses = [use("a", { note: "Buram <i>" })];
	const evidence = { "E-a": { kind: "Link", title: "Laman <u>", url: "https://example.go.id" } };
	const shown = (side) => {
		const { viewer } = view({ uses, rows, side, evidence });
		viewer.sheet.filtered = null;
		viewer.use_name = "a";
		const { frame_html, list_html, about_html, item_html, actions_html } = viewer;
		viewer.frm = { doc: { opd_name: "Kecamatan" }, is_dirty: () => false };
		return [frame_html, list_html, about_html, item_html, actions_html].map((draw) => draw()).join("");
	};
	const verifier = shown("verified");
	assert.match(
		plain(verifier),
		/Returned before Buram <i> .*A1 Ram <b> .*Evidence that is wanted SK .*Verifier's answer/
	);
	assert.match(
		verifier,
		/data-do="answer" data-side="verified"[^]*data-note-of="verified"[^]*data-do="accept"/
	);
	const reader = shown("");
	assert.match(plain(reader), /Unit's answer Ya/);
	assert.doesNotMatch(reader, /data-do="(answer|accept|return)"|data-note-of/);
	assert.doesNotMatch(verifier + reader, /<(b|i|u)> /);
});

test("keys are commands in the panel and letters in a field", () => {
	const { viewer } = view();
	const target = (field, id = "") => ({ id, closest: () => field });
	const command = (key, more = {}) => viewer.command({ key, target: target(false), ...more });
	assert.deepEqual(
		["j", "J", "ArrowDown", "k", "a", "r", "n", "s", "?", "Escape", "Tab", "x"].map((key) =>
			command(key)
		),
		[
			"next",
			"next",
			"next",
			"previous",
			"accept",
			"return",
			"next_open",
			"save",
			"keys",
			"escape",
			"tab",
			"",
		]
	);
	const in_field = { target: target(true) };
	assert.deepEqual(
		["a", "r", "s", "Escape"].map((key) => command(key, in_field)),
		["", "", "", "leave_field"]
	);
	assert.equal(command("s", { ...in_field, ctrlKey: true }), "save");
	assert.equal(command("S", { ...in_field, metaKey: true }), "save");
	assert.deepEqual(
		["a", "r", "j"].map((key) => command(key, { ctrlKey: true })),
		["", "", ""],
		"the browser's own keys"
	);
	assert.equal(command("a", { altKey: true }), "");
	assert.equal(
		command("Enter", { ctrlKey: true, target: target(true, "p2ham-viewer-note") }),
		"confirm_return"
	);
	assert.equal(command("Enter", { ctrlKey: true, target: target(true) }), "");
});

test("a key that is held down decides only once", () => {
	const { viewer } = view({ globals: { document: { body: { dataset: {} }, querySelector: () => null } } });
	const done = [];
	for (const command of ["next", "accept"]) viewer[`do_${command}`] = () => done.push(command);
	const press = (key, more) =>
		viewer.hear_key({
			key,
			target: { closest: () => null },
			stopPropagation() {},
			preventDefault() {},
			...more,
		});
	for (const repeat of [false, true, true]) {
		press("a", { repeat });
		press("j", { repeat });
	}
	assert.deepEqual(done, ["accept", "next", "next", "next"]);
	press("a", { isComposing: true });
	press("a", { defaultPrevented: true });
	assert.equal(done.length, 4);
});

test("a document is returned only with a reason, which loses its blanks", () => {
	const uses = [use("a"), use("b")];
	const set = [];
	const model = { set_value: (doctype, name, values) => set.push([name, values]) };
	const { viewer } = view({ uses, frappe: { model } });
	let refused = 0;
	Object.assign(viewer, {
		use_name: "a",
		part: () => ({ attr: () => (refused += 1) }),
		focus_reason() {},
		show: (name) => (viewer.use_name = name),
	});
	for (const text of ["", "  \n "]) {
		viewer.notes.set("a", text);
		viewer.do_confirm_return();
	}
	assert.deepEqual([set, refused, viewer.use_name], [[], 2, "a"]);
	viewer.notes.set("a", " Tidak terbaca. ");
	viewer.do_confirm_return();
	assert.deepEqual(set, [["a", { verification: "Returned", note: "Tidak terbaca." }]]);
	assert.equal(viewer.use_name, "b");
	assert.equal(viewer.notes.size, 0);
});

test("whoever may not verify changes nothing, by key or by button", () => {
	const set = [];
	const { viewer } = view({
		uses: [use("a")],
		side: "",
		frappe: { model: { set_value: (...all) => set.push(all) } },
	});
	viewer.use_name = "a";
	viewer.frm = { is_dirty: () => true, save: () => set.push("saved") };
	for (const command of ["accept", "return", "save", "next_open"]) viewer[`do_${command}`]();
	assert.deepEqual(set, []);
	assert.doesNotMatch(viewer.actions_html(), /data-do="(accept|return|undo|next_open)"/);
	assert.match(plain(viewer.actions_html()), /For reading only/);
});
