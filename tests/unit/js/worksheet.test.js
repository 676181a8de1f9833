// The sheet of an assessment: what is missing, what is counted and in which words it is said.

"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { bare, drawn, open_desk, plain } = require("./desk");

const YES_NO = {
	kind: "Options",
	options: [
		{ label: "Ya", points: 100 },
		{ label: "Sebagian", points: 50 },
		{ label: "Tidak", points: 0 },
		{ label: "Tidak berlaku", points: 0, not_applicable: 1 },
	],
};
const PERCENT = { kind: "Percentage", options: [{ label: "Tidak berlaku", points: 0, not_applicable: 1 }] };
const BANDS = { kind: "Bands", options: [{ label: "Cukup", points: 50, range: "10–20" }] };

function make_sheet({
	rows = [],
	uses = [],
	side = "self",
	state = "Draft",
	doc = {},
	data = {},
	...desk
} = {}) {
	const opened = open_desk(desk);
	const { Worksheet } = opened.load("public/js/worksheet/worksheet.js");
	const tools = opened.load_parts("desk", ["format", "pill"]);
	const parts = ["head", "lists", "view", "answers", "evidence", "guidance", "adding"];
	const fields = {
		frm: {
			doc: { workflow_state: state, items: rows, evidence_uses: uses, ...doc },
			is_dirty: () => Boolean(desk.dirty),
		},
		data: {
			side,
			scales: { YES_NO, PERCENT, BANDS },
			indicators: {
				"I-1": {
					slots: [
						{ label: "SK", kind: "PDF", mandatory: true },
						{ label: "Foto", kind: "Image", mandatory: false },
					],
				},
			},
			evidence: {},
			missing: [],
			criteria: [],
			thresholds: [],
			carried: {},
			until: {},
			data_year: 2023,
			instrument: {},
			limits: { types: ["pdf", "jpg", "png"], max_mb: 10 },
			...data,
		},
		filter: "all",
		filtered: null,
		closed: new Set(),
		guidance: new Map(),
		last_year_open: new Set(),
	};
	const sheet = drawn(bare(Worksheet, fields), "sheet", opened.load_parts("worksheet", parts));
	return { sheet, tools, ...opened };
}

const row = (values = {}) => ({
	name: "r1",
	code: "A1",
	title: "Ram",
	indicator: "I-1",
	scale: "YES_NO",
	criterion: "A",
	...values,
});
const texts = (gaps) => gaps.map((gap) => gap.text);

test("an answer earns points by its option, and one that does not apply earns nothing", () => {
	const { sheet } = make_sheet();
	const earns = (self_answer, scale = "YES_NO") => sheet.earns(row({ self_answer, scale }));
	assert.deepEqual(
		["Ya", "Sebagian", "Tidak", "Tidak berlaku"].map((each) => earns(each)),
		[true, true, false, false]
	);
});

test("a percentage earns from above zero, with comma or point", () => {
	const { sheet } = make_sheet();
	const earns = (self_answer) => sheet.earns(row({ self_answer, scale: "PERCENT" }));
	assert.deepEqual(["0", "0,5", "0.5", "80", "Tidak berlaku"].map(earns), [false, true, true, true, false]);
});

test("whether a number in bands earns only the server knows", () => {
	const { sheet } = make_sheet();
	assert.equal(sheet.earns(row({ self_answer: "15", scale: "BANDS" })), null);
});

test("without an answer only the answer is missing", () => {
	const { sheet } = make_sheet();
	assert.deepEqual(texts(sheet.gaps(row())), ["answer"]);
});

test("mandatory evidence is missing only where the answer earns points", () => {
	const { sheet } = make_sheet();
	assert.deepEqual(sheet.gaps(row({ self_answer: "Ya" })), [{ text: "evidence: SK", slot: "SK" }]);
	assert.deepEqual(sheet.gaps(row({ self_answer: "Tidak" })), []);
});

test("a document in the slot closes the gap, one in another slot does not", () => {
	const in_slot = (slot) =>
		make_sheet({ uses: [{ indicator: "I-1", slot }] }).sheet.gaps(row({ self_answer: "Ya" }));
	assert.deepEqual(in_slot("SK"), []);
	assert.deepEqual(texts(in_slot("Foto")), ["evidence: SK"]);
});

test("what only the server knows about a number is taken from its last word", () => {
	const number = row({ self_answer: "15", scale: "BANDS" });
	assert.deepEqual(make_sheet().sheet.gaps(number), []);
	const told = make_sheet({ data: { missing: [{ code: "A1", slot: "SK" }] } });
	assert.deepEqual(texts(told.sheet.gaps(number)), ["evidence: SK"]);
});

test("what was carried over waits to be confirmed, be it the answer or a document beside it", () => {
	const answer = make_sheet({ uses: [{ indicator: "I-1", slot: "SK" }] }).sheet;
	assert.deepEqual(texts(answer.gaps(row({ self_answer: "Ya", carried_over: 1 }))), [
		"confirm what was carried over",
	]);
	const document = make_sheet({ uses: [{ indicator: "I-1", slot: "SK", carried_over: 1 }] }).sheet;
	assert.deepEqual(texts(document.gaps(row({ self_answer: "Ya" }))), ["confirm what was carried over"]);
});

test("the verifier still has to answer and to look at each document", () => {
	const uses = [
		{ indicator: "I-1", slot: "SK", evidence: "E-1", verification: "Pending" },
		{ indicator: "I-1", slot: "Foto", evidence: "E-2", verification: "Accepted" },
		{ indicator: "I-1", slot: "", evidence: "E-3" },
	];
	const { sheet } = make_sheet({
		uses,
		state: "Submitted",
		data: { evidence: { "E-1": { title: "Surat" } } },
	});
	assert.deepEqual(texts(sheet.gaps(row({ self_answer: "Ya" }))), [
		"verified answer",
		"look at the evidence: Surat",
		"look at the evidence: E-3",
	]);
});

test("full points on mandatory evidence that all came back want a note, and blanks are none", () => {
	const uses = [{ indicator: "I-1", slot: "SK", evidence: "E-1", verification: "Returned" }];
	const { sheet } = make_sheet({ uses, state: "Submitted" });
	const gaps = (values) => texts(sheet.gaps(row({ self_answer: "Ya", ...values })));
	const said = ["full points although SK was returned: say why in the note"];
	assert.deepEqual(gaps({ verified_answer: "Ya" }), said);
	assert.deepEqual(gaps({ verified_answer: "Ya", verified_note: "  " }), said);
	assert.deepEqual(gaps({ verified_answer: "Ya", verified_note: "Dilihat di tempat." }), []);
	assert.deepEqual(gaps({ verified_answer: "Sebagian" }), []);
	uses.push({ ...uses[0], evidence: "E-2", verification: "Accepted" });
	assert.deepEqual(gaps({ verified_answer: "Ya" }), []);
});

test("the unit's work is counted in a draft, the verifier's as soon as it is handed over", () => {
	const rows = [row({ self_answer: "Tidak" }), row({ name: "r2", self_answer: "Ya" }), row({ name: "r3" })];
	assert.deepEqual(make_sheet({ rows }).sheet.count(rows), { all: 3, answered: 2, done: 1 });
	rows[0].verified_answer = "Tidak";
	assert.deepEqual(make_sheet({ rows, state: "Submitted" }).sheet.count(rows), {
		all: 3,
		answered: 1,
		done: 1,
	});
});

test("the share done is rounded down, so that 100% means everything", () => {
	const rows = [...Array(200)].map((_, number) =>
		row({ name: `r${number}`, self_answer: number ? "Tidak" : "" })
	);
	assert.match(plain(make_sheet({ rows }).sheet.progress_html()), /^Complete 99% 199 of 200 indicators$/);
});

test("criteria stand in the order of the tree, without empty branches, and none is lost", () => {
	const criteria = [
		{ name: "B", parent: "" },
		{ name: "A1", parent: "A" },
		{ name: "A", parent: "" },
		{ name: "C", parent: "gone" },
		{ name: "D", parent: "" },
	];
	const rows = ["A1", "B", "C"].map((criterion) => row({ name: criterion, criterion }));
	const { sheet } = make_sheet({ rows, data: { criteria } });
	assert.deepEqual(
		sheet.sections().map((section) => [section.name, section.depth, section.rows.length]),
		[
			["B", 0, 1],
			["A", 0, 0],
			["A1", 1, 1],
			["C", 0, 1],
		]
	);
});

test("the time that is left is said in words, and the last week is marked", () => {
	const said = (fill, state = "Draft") =>
		plain(
			make_sheet({
				today: "2024-03-10",
				state,
				data: { until: { fill, review: fill } },
			}).sheet.deadline_html()
		);
	assert.equal(said("2024-03-10"), "Fill Until 10 Mar 2024 today");
	assert.equal(said("2024-03-11"), "Fill Until 11 Mar 2024 1 day left");
	assert.equal(said("2024-04-01"), "Fill Until 1 Apr 2024 22 days left");
	assert.equal(said("2024-03-09"), "Fill Until 9 Mar 2024 1 day late");
	assert.equal(said("2023-12-31"), "Fill Until 31 Dec 2023 70 days late");
	assert.equal(said("2024-03-11", "Submitted"), "Review Until 11 Mar 2024 1 day left");
	assert.equal(said(""), "");
	const tone = (fill) =>
		/p2ham-(late|soon)/.exec(make_sheet({ data: { until: { fill } } }).sheet.deadline_html())?.[1];
	assert.deepEqual(["2024-03-09", "2024-03-17", "2024-03-18"].map(tone), ["late", "soon", undefined]);
});

test("of an approved sheet the day of the approval is said", () => {
	const { sheet } = make_sheet({ state: "Approved", doc: { approved_on: "2024-05-06 10:00:00" } });
	assert.equal(plain(sheet.deadline_html()), "Approved On 6 May 2024");
});

test("a date stands in the reader's language", () => {
	const { tools, frappe } = make_sheet();
	assert.equal(tools.date_text("2024-08-17"), "17 Aug 2024");
	frappe.boot.lang = "id";
	assert.equal(tools.date_text("2024-08-17"), "17 Agu 2024");
	assert.equal(tools.date_text(null), "");
});

test("a score before the verification is no score, and an unsaved one says how old it is", () => {
	const { sheet } = make_sheet();
	assert.equal(plain(sheet.score_html("Verified Score", 71, false)), "Verified Score – after verification");
	assert.equal(plain(sheet.score_html("Unit's Score", 1234.5, true)), "Unit's Score 1,234.50");
	const changed = make_sheet({ dirty: true }).sheet;
	assert.equal(plain(changed.score_html("Unit's Score", 71.129, true)), "Unit's Score 71.13 as last saved");
});

test("the tone of an answer follows its points", () => {
	const { sheet } = make_sheet();
	assert.deepEqual(
		[...YES_NO.options, undefined].map((option) => sheet.tone(option)),
		["green", "orange", "red", "gray", "blue"]
	);
});

test("only addresses that run nothing are led to", () => {
	const { safe_address } = open_desk().load("public/js/evidence/address.js");
	assert.equal(safe_address({ kind: "Link", url: "HTTPS://example.go.id/a" }), "HTTPS://example.go.id/a");
	for (const url of [
		"javascript:alert(1)",
		" https://example.go.id",
		"data:text/html,x",
		"//example.go.id",
		"",
	]) {
		assert.equal(safe_address({ kind: "Link", url }), "", url);
	}
	assert.equal(
		safe_address({ kind: "File", file: "/private/files/50% #1?.pdf" }),
		"/private/files/50%25 %231%3F.pdf"
	);
	for (const file of ["/files/a.pdf", "https://example.com/a.pdf", null]) {
		assert.equal(safe_address({ kind: "File", file }), "", file);
	}
});

test("each answer in the guidance begins a line, and what looks like one within a sentence does not", () => {
	const { sheet } = make_sheet();
	assert.equal(
		sheet.guidance_text("Ada: ram landai; Tidak ada: tangga. Perhatikan: lebar pintu, yaitu: 90 cm."),
		"<b>Ada:</b> ram landai; \n<b>Tidak ada:</b> tangga. \n<b>Perhatikan:</b> lebar pintu, yaitu: 90 cm."
	);
	assert.match(sheet.guidance_text("<script>"), /^&#60;script&#62;$/);
});

test("the thresholds fill the ruler from 0 to 100 in their order", () => {
	const thresholds = [
		{ label: "Baik", min_score: 75, colour: "green" },
		{ label: "Kurang", min_score: 0, colour: "purple" },
		{ label: "Cukup", min_score: 50, colour: "yellow" },
	];
	const { sheet } = make_sheet({ doc: { self_score: 130 }, data: { thresholds } });
	const html = sheet.ladder_html();
	assert.deepEqual(html.match(/p2ham-\w+" style="width: \d+%/g), [
		'p2ham-gray" style="width: 50%',
		'p2ham-yellow" style="width: 25%',
		'p2ham-green" style="width: 25%',
	]);
	assert.match(html, /is-self" style="left: 100%/);
	assert.doesNotMatch(html, /is-verified/);
	assert.equal(make_sheet({ data: { thresholds: thresholds.slice(1, 2) } }).sheet.ladder_html(), "");
});

test("filters find what is unfinished, what differs and what came back", () => {
	const rows = [
		row({ name: "same", indicator: "I-2", self_answer: "Ya", verified_answer: "Ya" }),
		row({ name: "differs", indicator: "I-3", self_answer: "Ya", verified_answer: "Tidak" }),
		row({ name: "open", indicator: "I-4", self_answer: "Ya" }),
	];
	const uses = [{ indicator: "I-3", evidence: "E", verification: "Returned" }];
	const { sheet } = make_sheet({ rows, uses, side: "verified", state: "Submitted" });
	const found = (filter) => sheet.matching(filter).map((each) => each.name);
	assert.deepEqual(found("all"), ["same", "differs", "open"]);
	assert.deepEqual(found("open"), ["open"]);
	assert.deepEqual(found("differs"), ["differs"]);
	assert.deepEqual(found("returned"), ["differs"]);
});

test("the way to the evidence says to the verifier what is to do and to others what came back", () => {
	const rows = [row()];
	const uses = ["Pending", "", "Returned", "Accepted"].map((verification) => ({
		indicator: "I-1",
		verification,
	}));
	const said = (side, those) =>
		plain(make_sheet({ rows, uses: those, side, state: "Submitted" }).sheet.look_html());
	assert.equal(said("verified", uses), "Look at Evidence (2 to do)");
	assert.equal(said("verified", uses.slice(2)), "Look at Evidence (1 returned)");
	assert.equal(said("self", uses), "Look at Evidence (1 returned)");
	assert.equal(said("self", uses.slice(3)), "Look at Evidence");
	assert.equal(said("self", []), "");
});

test("a slot takes the files of its kind that the site takes", () => {
	const { sheet } = make_sheet();
	assert.deepEqual(sheet.allowed_types("PDF"), ["pdf"]);
	assert.deepEqual(sheet.allowed_types("Image"), ["jpg", "png"]);
	assert.deepEqual(sheet.allowed_types("Any"), ["pdf", "jpg", "png"]);
	const { sheet: open } = make_sheet({ data: { limits: { types: [] } } });
	assert.deepEqual(open.allowed_types("Image"), ["jpg", "jpeg", "png"]);
});

test("a typed number counts with comma or point, and what is no answer is said and not kept", () => {
	const rows = [row({ scale: "PERCENT" })];
	const { sheet, said } = make_sheet({ rows });
	const kept = [];
	sheet.row_of = () => rows[0];
	sheet.set = (_, field, value) => kept.push([field, value]);
	const type = (value) => {
		const input = {
			value,
			dataset: { numberOf: "self" },
			setAttribute: (_, wrong) => (input.wrong = wrong),
		};
		sheet.type_number(input);
		return input.wrong;
	};
	assert.deepEqual(["50", " 12,5 ", "0", "100", ""].map(type), [false, false, false, false, false]);
	assert.deepEqual(
		kept.map(([, value]) => value),
		["50", "12,5", "0", "100", ""]
	);
	assert.deepEqual(["101", "-1", "banyak", "1,2,3"].map(type), [true, true, true, true]);
	assert.equal(kept.length, 5);
	assert.equal(said[0], "A1: 101 is not an answer here.");
	rows[0].scale = "BANDS";
	assert.equal(type("250"), false);
});

test("a link is added only with a full web address", async () => {
	const { sheet, said, dialogs, called } = make_sheet({ doc: { name: "X-2024" } });
	sheet.reload = async () => {};
	sheet.link_dialog({ row: row(), slot: "SK", title: "SK" });
	for (const url of ["www.example.go.id", "javascript:alert(1)", "https://", "ftp://example.go.id/a"]) {
		await dialogs[0].press({ url, title: "Laman" });
	}
	assert.equal(said.length, 4);
	assert.deepEqual(called, []);
	await dialogs[0].press({
		url: " https://example.go.id/a ",
		title: "Laman",
		contains_personal_data: undefined,
	});
	const link = { url: "https://example.go.id/a", title: "Laman", contains_personal_data: 0 };
	const place = { assessment: "X-2024", indicator: "I-1", slot: "SK" };
	assert.deepEqual(called, [["p2ham.api.evidence.add_to_assessment", { ...place, ...link }]]);
	assert.equal(dialogs[0].display, false);
});

test("documents that do not hold in all of the year are named before the sheet is handed over", () => {
	const uses = [
		{ indicator: "I-1", evidence: "E-1", validity: "Not Valid" },
		{ indicator: "I-1", evidence: "E-2", validity: "Valid" },
	];
	const evidence = { "E-1": { title: "SK lama", document_date: "2020-01-02", valid_until: "2021-12-31" } };
	const { sheet } = make_sheet({ rows: [row()], uses, data: { evidence } });
	assert.equal(
		plain(sheet.not_valid_html()),
		"Look at the dates: not valid in all of 2023 A1 SK lama: Not Valid (2 Jan 2020 – 31 Dec 2021)"
	);
	assert.equal(make_sheet({ uses: uses.slice(1) }).sheet.not_valid_html(), "");
	assert.equal(sheet.validity_text({ valid_from: "2023-05-01" }), "1 May 2023 – …");
});

test("last year's result is one line: answers with points, the first follow-up and how many more", () => {
	const last = {
		year: 2023,
		assessment: "X-2023",
		period_title: "Penilaian 2023",
		items: [
			{ code: "A1", title: "Ram", answer: "Sebagian", points: 50 },
			{ code: "A2", title: "Toilet", answer: "Tidak berlaku", points: null },
		],
		follow_ups: [
			{ name: "TL-1", status: "In Progress", progress: 40, recommendation: "Bangun ram." },
			{ name: "TL-2", status: "Closed", progress: 100, recommendation: "" },
		],
	};
	const { sheet } = make_sheet({ data: { last_year: { "I-1": last } } });
	const [, line] = /<summary>(.*?)<\/summary>/s.exec(sheet.last_year_html(row()));
	assert.equal(
		plain(line),
		"Last year (2023): Sebagian, 50; Tidak berlaku · Follow-up TL-1: In Progress 40 % · 1 more"
	);
	assert.equal(sheet.last_year_html(row({ indicator: "I-2" })), "");
});

test("an empty place is offered to the clerk, and shown to others only where it had to be filled", () => {
	const { sheet } = make_sheet();
	const shown = (those, values) =>
		(those.evidence_html(row(values), those.indicator(row())).match(/data-slot="[^"]*"/g) || []).map(
			(each) => each.slice(11, -1)
		);
	assert.deepEqual(shown(sheet, { self_answer: "Tidak" }), ["SK", "Foto"]);
	const { sheet: reading } = make_sheet({ side: "", state: "Submitted" });
	assert.deepEqual(shown(reading, { self_answer: "Ya" }), ["SK"]);
	assert.deepEqual(shown(reading, { self_answer: "Tidak" }), []);
	const { sheet: elsewhere } = make_sheet({
		side: "",
		uses: [{ name: "u", indicator: "I-1", slot: "Dahulu", evidence: "E" }],
	});
	assert.deepEqual(shown(elsewhere, { self_answer: "Tidak" }), [""]);
});

test("a second click while a dialog is on its way opens no second one, and a failure keeps nothing shut", async () => {
	const { sheet } = make_sheet();
	let begun = 0;
	let end;
	const open = () => new Promise((resolve, reject) => ((begun += 1), (end = { resolve, reject })));
	const first = sheet.once(open);
	sheet.once(open);
	assert.equal(begun, 1);
	end.resolve();
	await first;
	const second = sheet.once(open);
	end.reject(new Error("not saved"));
	await assert.rejects(second, /not saved/);
	sheet.once(() => (begun += 10));
	sheet.once(() => (begun += 10));
	assert.equal(begun, 22, "what answers at once is never in the way");
});
