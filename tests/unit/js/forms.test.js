// What the forms of a period, of guidance, of a follow-up, of a quarterly report and of a document decide by themselves.

"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { open_desk, plain } = require("./desk");

const BUNDLED = ["period", "guidance"];

// A form of this desk, with the `parts` that its bundle brings; `form_of(frm)` is what answers its events.
function open_form(name, desk = {}) {
	const opened = open_desk(desk);
	opened.load(`p2ham/doctype/p2ham_${name}/p2ham_${name}.js`);
	if (BUNDLED.includes(name)) opened.load(`public/js/p2ham_${name}.bundle.js`);
	const parts = opened.p2ham.bundles.delivered[name];
	const Form = opened.p2ham[`${name.replace(/(^|_)(.)/g, (_, __, first) => first.toUpperCase())}Form`];
	return { ...opened, parts, form_of: (frm) => Form.of(frm) };
}

// Period

const UNITS = [
	{ name: "DINSOS", opd_type: "Dinas", is_active: 1, serves_public: 1 },
	{ name: "KEC TEBING TINGGI", opd_type: "Kecamatan", is_active: 1, serves_public: 1 },
	{ name: "BKPSDM", opd_type: "Badan", is_active: 1, serves_public: 0 },
	{ name: "LAMA", opd_type: "Dinas", is_active: 0, serves_public: 1 },
	{ name: "DINKES", opd_type: "Dinas", is_active: 1, serves_public: 1 },
];

function chosen(values) {
	const { parts } = open_form("period");
	const choice = new parts.UnitChoice({ doc: { participants: [{ opd: "DINKES" }] } });
	choice.offer(UNITS);
	const found = choice.chosen(values);
	return { ...found, said: plain(choice.chosen_html(found)) };
}

test("units are chosen by what they are, never those that are there or inactive", () => {
	assert.deepEqual(chosen({ way: "public" }).names, ["DINSOS", "KEC TEBING TINGGI"]);
	assert.deepEqual(chosen({ way: "type", type: "Dinas" }).names, ["DINSOS"]);
	assert.deepEqual(chosen({ way: "type", type: "" }).names, []);
	assert.deepEqual(chosen({ way: "choose", units: ["BKPSDM"] }).names, ["BKPSDM"]);
	assert.deepEqual(chosen({ way: "choose" }).names, []);
});

test("pasted abbreviations are read whatever their letters and blanks, each once", () => {
	const abbreviations = "dinsos\n  Kec   tebing tinggi \n\nDINSOS\nDinsos\nbkpsdm";
	assert.deepEqual(chosen({ way: "paste", abbreviations }).names, [
		"DINSOS",
		"KEC TEBING TINGGI",
		"BKPSDM",
	]);
	assert.deepEqual(chosen({ way: "paste" }).names, []);
});

test("what was pasted and is no unit, is inactive or there already is named, as text", () => {
	const found = chosen({ way: "paste", abbreviations: "ANTAH <b>\nlama\ndinkes\ndinsos" });
	assert.deepEqual([found.unknown, found.inactive, found.there], [["ANTAH <b>"], ["LAMA"], ["DINKES"]]);
	assert.equal(
		found.said,
		"1 units will be added. Not known: ANTAH <b> Inactive: LAMA Already taking part: DINKES"
	);
});

test("what came of creating is told with what was carried over and what was not created", () => {
	const { parts } = open_form("period");
	const creation = new parts.Creation({});
	const said = (values) => plain(creation.report_html({ created: 0, carried: 0, failed: [], ...values }));
	assert.equal(said({}), "No assessment created: every unit that is ready or declared has one.");
	assert.equal(
		said({ created: 3, carried: 2 }),
		"3 assessments created. 2 of them with answers and evidence of an earlier year."
	);
	const failed = [{ opd: "DINSOS", reason: "<b>Tidak ada</b> petugas" }];
	assert.equal(
		said({ created: 1, failed }),
		"1 assessments created. Not created: DINSOS : Tidak ada petugas"
	);
});

test("only what is approved counts against the targets, and only where there is one", () => {
	const rows = [
		{ workflow_state: "Approved", meets: 1, verified_score: 80 },
		{ workflow_state: "Approved", meets: 0, verified_score: 70 },
		{ workflow_state: "Reviewed", meets: 1, verified_score: 100 },
	];
	const { parts } = open_form("period");
	const line = (doc, sheets = rows) => Object.assign(new parts.Summary({ doc }), { sheets }).targets_line();
	assert.equal(line({}), "");
	assert.equal(
		plain(line({ target_passed: 1, target_score: 80 })),
		"Targets Meet the criteria 1 / 1 Mean verified score 75.00 / 80.00"
	);
	assert.deepEqual(line({ target_passed: 1, target_score: 80 }).match(/p2ham-(green|orange)/g), [
		"p2ham-green",
		"p2ham-orange",
	]);
	assert.equal(plain(line({ target_score: 80 }, [])), "Targets Mean verified score – / 80.00");
});

test("checks are counted by their result, with those still to be made", () => {
	const { parts } = open_form("period");
	const line = (checks) => plain(Object.assign(new parts.Summary({ doc: {} }), { checks }).checks_line());
	assert.equal(line({ Qualified: 2, "": 3 }), "Preliminary Checks (5) Qualified 2 To Be Checked 3");
	assert.equal(line({}), "");
});

test("the day that a step of a participant needs is today, unless it is given", () => {
	const row = { status: "Ready" };
	const set = [];
	const { handlers } = open_form("period", {
		today: "2024-03-10",
		frappe: { get_doc: () => row, model: { set_value: (...values) => set.push(values.slice(2)) } },
	});
	const { status } = handlers["P2HAM Period Participant"];
	for (const each of ["Ready", "Declared", "Withdrawn", "Invited"]) {
		row.status = each;
		status({}, "P2HAM Period Participant", "row");
	}
	assert.deepEqual(
		set.map(([field]) => field),
		["ready_on", "declared_on", "withdrawn_on"]
	);
	assert.deepEqual(set[0], ["ready_on", "2024-03-10"]);
	Object.assign(row, { status: "Ready", ready_on: "2024-01-02" });
	status({}, "P2HAM Period Participant", "row");
	assert.equal(set.length, 3);
});

test("what is judged in a year is proposed as the data of the year before, never over what is given", () => {
	const { handlers } = open_form("period");
	const proposed = (doc) => {
		const set = [];
		handlers["P2HAM Period"].assessment_year({ doc, set_value: (...values) => set.push(values) });
		return set;
	};
	assert.deepEqual(proposed({ assessment_year: 2024 }), [["data_year", 2023]]);
	assert.deepEqual(proposed({ assessment_year: 2024, data_year: 2022 }), []);
	assert.deepEqual(proposed({}), []);
});

// Quarterly report

async function proposed_quarter(today, doc = {}, periods = ["P2HAM-2024"]) {
	const db = { get_list: async () => periods.map((name) => ({ name })) };
	const { form_of } = open_form("quarterly_report", { today, frappe: { db } });
	const set = {};
	await form_of({
		doc,
		is_new: () => true,
		set_value: (name, value) => Object.assign(set, typeof name === "string" ? { [name]: value } : name),
	}).choose_quarter();
	return set;
}

test("the quarter that has ended is proposed, on its first and its last day, over the turn of the year too", async () => {
	const quarters = {
		"2024-01-01": [2023, "4"],
		"2024-03-31": [2023, "4"],
		"2024-04-01": [2024, "1"],
		"2024-06-30": [2024, "1"],
		"2024-07-01": [2024, "2"],
		"2024-09-30": [2024, "2"],
		"2024-10-01": [2024, "3"],
		"2024-12-31": [2024, "3"],
	};
	for (const [today, [year, quarter]] of Object.entries(quarters)) {
		assert.deepEqual(await proposed_quarter(today), { year, quarter, period: "P2HAM-2024" }, today);
	}
});

test("nothing is proposed over what is given, and no period where there is none", async () => {
	assert.deepEqual(await proposed_quarter("2024-05-01", { year: 2022, period: "P2HAM-2022" }), {});
	assert.deepEqual(await proposed_quarter("2024-05-01", { year: 2022 }, []), {});
});

// Guidance

test("a new request has no times until somebody types them, and copied ones stay", () => {
	const { handlers } = open_form("guidance", { roles: ["Kabag Hukum"] });
	const emptied = (doc) => {
		const set = [];
		handlers["P2HAM Guidance"].onload({
			doc,
			is_new: () => true,
			set_value: (...values) => set.push(values),
		});
		return set;
	};
	assert.deepEqual(emptied({ start_time: "14:03:12", end_time: "14:03:12" }), [
		[{ start_time: null, end_time: null }],
	]);
	assert.deepEqual(emptied({ start_time: "09:00:00", end_time: "11:00:00" }), []);
});

test("a unit can only ask, and what it asks for begins as requested", () => {
	const set = [];
	const frm = { doc: {}, is_new: () => true, set_value: (...values) => set.push(values) };
	const clerk = open_form("guidance", { roles: ["OPD Clerk"] }).handlers["P2HAM Guidance"];
	clerk.onload({ ...frm, doc: { start_time: 1, end_time: 2 } });
	clerk.kind({ ...frm, doc: { kind: "Request for Guidance" } });
	clerk.kind({ ...frm, doc: { kind: "Coordination Meeting" } });
	clerk.kind({ ...frm, is_new: () => false });
	assert.deepEqual(set, [
		["kind", "Request for Guidance"],
		["status", "Requested"],
		["status", "Scheduled"],
	]);
});

test("officers fill the empty rows of their unit first, and nobody comes in twice", async () => {
	const rows = [
		{ opd: "DINSOS", opd_name: "Dinas Sosial" },
		{ opd: "DINKES", opd_name: "Dinas Kesehatan", person: "Ani" },
	];
	const found = {
		rows: [
			{ opd: "DINSOS", person: "Budi" },
			{ opd: "DINSOS", person: "Citra" },
			{ opd: "DINKES", person: "Ani" },
		],
		without: ["DISPAR <b>"],
	};
	const { parts, said } = open_form("guidance", {
		frappe: { call: async () => ({ message: found }) },
	});
	const add_child = (_, values) => rows[rows.push(values) - 1];
	const frm = { doc: { participants: rows }, add_child, refresh_field() {}, dirty() {} };
	await new parts.Participants(frm).add_officers();
	assert.deepEqual(
		rows.map((row) => [row.opd_name, row.person]),
		[
			["Dinas Sosial", "Budi"],
			["Dinas Kesehatan", "Ani"],
			["Dinas Sosial", "Citra"],
		]
	);
	assert.deepEqual(said.map(plain), ["Officers added: 2", "Nobody holds a duty there today: DISPAR <b>"]);
});

// Follow-up

function follow_up(doc, today = "2024-03-10") {
	const { form_of } = open_form("follow_up", { today });
	const words = [];
	const form = form_of({ doc, is_new: () => false, set_intro: (text) => words.push(text) });
	return { form, words };
}

test("a follow-up is overdue from the day after its last, until it is completed or closed", () => {
	const said = (values) => {
		const { form, words } = follow_up({ status: "Open", due_date: "2024-03-09", ...values });
		form.show_intro();
		return words.slice(1);
	};
	assert.deepEqual(said({}), ["Overdue by 1 days."]);
	assert.deepEqual(said({ due_date: "2024-03-10" }), []);
	assert.deepEqual(said({ status: "Completed" }), []);
	assert.deepEqual(said({ closed_on: "2024-03-09" }), ["This follow-up is closed and no longer changes."]);
});

test("progress with the status Completed is all of it, and a note of blanks is none", async () => {
	const stored = async (values) => {
		const { form_of, dialogs } = open_form("follow_up");
		const changed = [];
		const form = form_of({ doc: { status: "Open", progress: 10 } });
		form.change = (each) => changed.push(each);
		form.add_progress();
		assert.equal(dialogs[0].options.fields[0].default, "In Progress");
		await dialogs[0].press(values);
		return changed[0];
	};
	assert.deepEqual(await stored({ status: "Completed", progress: 40, note: " Selesai. " }), {
		status: "Completed",
		progress: 100,
		progress_note: "Selesai.",
	});
	assert.deepEqual(await stored({ status: "In Progress", note: "  " }), {
		status: "In Progress",
		progress: 0,
	});
});

test("the course stands with the newest first, and what people wrote is text", () => {
	const { form } = follow_up({
		progress_notes: [
			{ status: "Open", progress: 0, noted_on: "2024-01-02", noted_by: "a@x", note: "Mulai" },
			{
				status: "Completed",
				progress: 100,
				noted_on: "2024-02-03",
				noted_by: "b@x",
				note: "<img src=x>",
			},
		],
		__onload: { people: { "a@x": "Ani" } },
	});
	const html = form.course_html();
	assert.equal(plain(html), "Completed 100 % 03-02-2024 · b@x <img src=x> Open 0 % 02-01-2024 · Ani Mulai");
	assert.doesNotMatch(html, /<img/);
});

// Evidence

test("the endings of the settings are read with commas and lines between them", async () => {
	const limits = async (message) => {
		const { form_of } = open_form("evidence", {
			frappe: { db: { get_value: async () => ({ message }) } },
		});
		return form_of({}).get_limits();
	};
	assert.deepEqual(await limits({ evidence_types: "pdf, jpg,\npng\n", evidence_max_mb: "10" }), {
		types: ["pdf", "jpg", "png"],
		max_mb: 10,
	});
	assert.deepEqual(await limits(undefined), { types: [], max_mb: 0 });
});

test("of what was found each is told what he can do: replace, judge, or nothing", () => {
	const told = (roles, write, doc = {}) => {
		const { form_of } = open_form("evidence", { roles });
		const said = [];
		form_of({
			doc: { findings: [{}], ...doc },
			perm: [{ write }],
			set_intro: (text) => said.push(text),
		}).show_findings();
		return said.join("");
	};
	assert.match(told(["OPD Head"], 1), /Replace it by a copy/);
	assert.match(told(["P2HAM Verifier"], 0), /say so with a reason/);
	assert.match(told(["P2HAM Verifier"], 1), /Replace it by a copy/, "nobody judges what is his own");
	assert.doesNotMatch(told(["Sekda"], 0), /Replace it|say so/);
	assert.equal(told(["OPD Head"], 1, { cleared_by: "x" }), "");
	assert.equal(told(["OPD Head"], 1, { findings: [] }), "");
});
