// Two years of a unit side by side: what is said of them, from what the server has reckoned.

"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { bare, drawn, open_desk, plain } = require("./desk");

const member = (values) => ({
	code: "A1",
	title: "Ram",
	answered: true,
	answer: "Ada",
	points: 100,
	...values,
});
const group = (values) => ({
	kind: "same",
	comparable: true,
	older: [member()],
	newer: [member()],
	not_asked: [],
	old: 100,
	new: 100,
	change: 0,
	...values,
});

function compare(data = {}, { dirty = false, ...fields } = {}) {
	const opened = open_desk();
	const { Comparison } = opened.load("public/js/comparison/comparison.js");
	const found = bare(Comparison, {
		frm: { is_dirty: () => dirty },
		filter: "all",
		choices: [],
		data: {
			older: { year: 2023, period: "P2HAM-2023", side: "verified", state: "Approved" },
			newer: { year: 2024, period: "P2HAM-2024", side: "verified", state: "Approved" },
			total: {
				coverage: 100,
				older_coverage: 100,
				official: { old: 60, new: 70, change: 10 },
				like_for_like: { old: 60, new: 70, change: 10 },
			},
			criteria: [],
			groups: [],
			linked: true,
			same_instrument: true,
			...data,
		},
		...fields,
	});
	return drawn(found, "comparison", opened.load_parts("comparison", ["totals", "rows"]));
}

test("years name the two sheets, and two rounds of one year their periods", () => {
	assert.deepEqual(
		["older", "newer"].map((side) => compare().label(side)),
		["2023", "2024"]
	);
	const rounds = compare({
		older: { year: 2024, period: "P2HAM-2024-1" },
		newer: { year: 2024, period: "P2HAM-2024-2" },
	});
	assert.deepEqual(
		["older", "newer"].map((side) => rounds.label(side)),
		["P2HAM-2024-1", "P2HAM-2024-2"]
	);
});

test("a change has the sign that its colour says, and none is no sign", () => {
	const said = (change, format) => {
		const html = compare().group_html(group({ change, ...format }));
		return plain(html.slice(html.lastIndexOf("<td")));
	};
	assert.equal(said(12.5), "▲ +12.50");
	assert.equal(said(-50), "▼ −50");
	assert.equal(said(0), "0");
	assert.equal(said(null), "");
	assert.match(
		compare().group_html(group({ change: -50 })),
		/data-direction="worse"[\s\S]*p2ham-pill p2ham-red/
	);
	assert.match(
		compare().group_html(group({ change: 50 })),
		/data-direction="better"[\s\S]*p2ham-pill p2ham-green/
	);
});

test("official totals of different instruments get no colour, as they are not like for like", () => {
	const total = (same_instrument) => compare({ same_instrument }).official_html();
	assert.match(total(true), /p2ham-green">▲ \+10\.00/);
	assert.match(total(false), /p2ham-gray">▲ \+10\.00/);
});

test("under one instrument with nothing left out there is one total, otherwise two", () => {
	const parts = (data) =>
		(
			compare(data)
				.result_html()
				.match(/data-total="[^"]*"/g) || []
		).length;
	assert.equal(parts({}), 1);
	assert.equal(parts({ same_instrument: false }), 2);
	const total = { ...compare().data.total, coverage: 80 };
	assert.equal(parts({ total }), 2);
	assert.match(
		plain(compare({ total }).like_for_like_html()),
		/80% of the sheet of 2024, 100% of that of 2023/
	);
});

test("where nothing can be compared only the official totals stand, and why", () => {
	const like_for_like = { old: null, new: null, change: null };
	const found = compare({
		linked: false,
		same_instrument: false,
		total: { ...compare().data.total, like_for_like },
	});
	const said = plain(found.result_html());
	assert.match(said, /Different instruments: the official totals are not like for like\./);
	assert.match(said, /nothing below the totals can be compared/);
	assert.doesNotMatch(said, /By criterion|By indicator|Not comparable/);
	const linked = compare({ total: { ...compare().data.total, like_for_like } });
	assert.match(plain(linked.cautions_html()), /Nothing that was asked in both years applies in both\./);
});

test("it is said of which year the figures are the unit's own, and that unsaved changes are left out", () => {
	const newer = { year: 2024, period: "P2HAM-2024", side: "self" };
	assert.equal(compare().cautions_html(), "");
	assert.equal(
		plain(compare({ newer }).cautions_html()),
		"2024 is not verified yet: its figures are the unit's own."
	);
	assert.equal(
		plain(compare({}, { dirty: true }).cautions_html()),
		"What is not saved yet is not part of the comparison."
	);
});

test("what is left out is rounded down, so that 100% means everything", () => {
	const row = (coverage) => ({
		code: "A",
		title: "Akses",
		depth: 0,
		coverage,
		like_for_like: { old: 50, new: 60, change: 10 },
		official: { old: 50, new: 60 },
	});
	assert.match(
		plain(compare({ criteria: [row(99.9)] }).criteria_html()),
		/Compared Official Score .* 99% 50\.00 → 60\.00/
	);
	assert.doesNotMatch(plain(compare({ criteria: [row(100)] }).criteria_html()), /Compared|Official/);
});

test("a criterion that has other official scores shows them, though nothing is left out", () => {
	const row = {
		code: "A",
		title: "Akses",
		depth: 1,
		coverage: 100,
		like_for_like: { old: 50, new: 60, change: 10 },
		official: { old: 55, new: 60 },
	};
	const found = compare({ criteria: [row] });
	assert.equal(found.has_gaps, false);
	assert.equal(found.has_other_official, true);
	assert.match(plain(found.criteria_html()), /55\.00 → 60\.00/);
	assert.equal(found.official_text({ old: null, new: 60 }), "60.00");
});

test("the filters count what got better, worse or stayed, and an empty one cannot be chosen", () => {
	const html = compare().filter_html([10, 5, -1].map((change) => group({ change })));
	assert.equal(plain(html), "All (3) Better (2) Worse (1) Unchanged (0)");
	assert.match(html, /data-filter="unchanged"[^>]*disabled/);
	assert.doesNotMatch(html, /data-filter="worse"[^>]*disabled/);
});

test("the earlier question is repeated only where it was another one", () => {
	const lines = (values) => compare().predecessor_lines(group(values));
	assert.deepEqual(lines({}), []);
	assert.deepEqual(lines({ older: [member({ code: "A5" })] }), ["2023: A5 Ram"]);
	assert.deepEqual(lines({ newer: [member(), member({ code: "A2" })] }), ["2023: A1 Ram"]);
	assert.deepEqual(
		lines({ older: [member({ points: 50 }), member({ code: "A2", answered: false, points: null })] }),
		["2023: A1 Ram · Ada (50)", "2023: A2 Ram · not answered (–)"]
	);
	assert.deepEqual(lines({ not_asked: [{ code: "B", title: "Petugas", side: "newer" }] }), [
		"Not asked of this unit: B Petugas (2024)",
	]);
});

test("a percentage is its own answer and not said twice", () => {
	assert.equal(compare().answer_and_points(member({ answer: "62.50", points: 62.5 })), "62.50");
	assert.equal(compare().answer_and_points(member({ answer: "62", points: 62 })), "62");
	assert.equal(compare().answer_and_points(member({ answer: "Sebagian", points: 50 })), "Sebagian (50)");
});

test("what is not comparable is listed with each reason once", () => {
	const reason = { reason: "new", reason_label: "Not asked before." };
	const groups = [
		group(),
		group({ comparable: false, older: [], newer: [member(reason), member({ ...reason, code: "A2" })] }),
		group({
			older: [member(), member({ code: "A9", reason: "gone", reason_label: "No longer asked." })],
		}),
	];
	const found = compare({ groups });
	assert.deepEqual(
		found.left_out().map((each) => [each.older.map((m) => m.code), each.newer.map((m) => m.code)]),
		[
			[[], ["A1", "A2"]],
			[["A9"], []],
		]
	);
	const said = plain(found.not_comparable_html());
	assert.match(said, /^Not comparable \(2\)/);
	assert.equal(
		said.match(/Not asked before\./g).length,
		3,
		"twice beside the questions, once as the reason"
	);
	const many = Array(9).fill(groups[1]);
	assert.match(compare({ groups }).not_comparable_html(), /<details class="p2ham-left-out" open>/);
	assert.match(compare({ groups: many }).not_comparable_html(), /<details class="p2ham-left-out" >/);
	assert.equal(compare({ groups: [group()] }).not_comparable_html(), "");
});

test("one earlier year is no choice, of several each says its score", () => {
	const choice = (year, score) => ({
		name: `X-${year}`,
		period_title: `Penilaian ${year}`,
		state: "Approved",
		score,
	});
	assert.equal(compare({}, { choices: [choice(2023, 60)] }).choice_html(), "");
	assert.match(
		plain(compare({}, { choices: [choice(2023, 60), choice(2022, null)] }).choice_html()),
		/Penilaian 2023 · Approved · 60\.00 Penilaian 2022 · Approved · –$/
	);
});

test("titles and answers are text wherever they stand", () => {
	const hostile = '<img src=x onerror="hacked()">';
	const found = compare({
		groups: [group({ kind: hostile, newer: [member({ title: hostile, answer: hostile })] })],
		criteria: [
			{
				code: hostile,
				title: hostile,
				depth: hostile,
				coverage: 100,
				like_for_like: { old: 1, new: 2, change: 1 },
				official: { old: 1, new: 2 },
			},
		],
	});
	assert.doesNotMatch(found.criteria_html() + found.indicators_html(), /<img|onerror="/);
});
