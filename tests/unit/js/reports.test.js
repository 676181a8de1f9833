// How reports, lists and the blocks of the workspace look and lead on.

"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { open_desk, plain } = require("./desk");

const HOSTILE = '<img src=x onerror="hacked()">';

function open_reports(desk) {
	const opened = open_desk(desk);
	return opened;
}

const shown = (value, data = {}, column = {}) =>
	open_reports().p2ham.reports.formatter(value, [], { fieldname: "f", ...column }, data, (given) =>
		String(given)
	);

test("a figure is red at 0, yellow in the middle and green at 100, and no other colour beyond", () => {
	const { heat } = open_reports().p2ham.reports;
	assert.deepEqual(
		[-5, 0, 50, 100, 140].map((value) => parseInt(heat(value).slice(4), 10)),
		[0, 0, 60, 120, 120]
	);
});

test("a link leads to a record, a report or a list, with its filters", () => {
	const { address } = open_reports().p2ham.reports;
	assert.equal(address({ doctype: "P2HAM OPD", name: "A/B" }), "/app/p2ham-opd/A%2FB");
	assert.equal(
		address({ report: "P2HAM Progress", filters: { period: "P 2024", waiting: 1 } }),
		"/app/query-report/P2HAM%20Progress?period=P%202024&waiting=1"
	);
	assert.equal(
		address({ doctype: "P2HAM Follow-up", filters: { status: ["!=", "Closed"] } }),
		`/app/p2ham-follow-up/view/list?status=${encodeURIComponent('["!=","Closed"]')}`
	);
	assert.equal(address({ doctype: "P2HAM OPD" }), "/app/p2ham-opd/view/list");
});

test("what is missing is a dash, in a row of no data nothing", () => {
	for (const value of [null, undefined, ""]) {
		assert.equal(shown(value), "–");
		assert.equal(shown(value, null), "");
	}
	assert.equal(shown(0), "0", "zero is a figure");
	assert.equal(shown(5, null), "5");
});

test("a sign is written only before what got more", () => {
	const signed = (value) => shown(value, { _sign: { f: "green" } });
	assert.match(signed(5), /class="p2ham-sign green">\+5</);
	assert.match(signed(0), />0</);
	assert.match(signed(-5), />-5</);
});

test("heat, paint, doubt and link lie around each other, and the desk's own block outside", () => {
	const marks = {
		_paint: { f: "blue" },
		_doubt: { f: " *" },
		_link: { f: { doctype: "P2HAM OPD", name: "X" } },
	};
	const { formatter } = open_reports().p2ham.reports;
	const html = formatter(
		50,
		[],
		{ fieldname: "f", heat: true },
		marks,
		(value) => `<div style="x">${value}</div>`
	);
	assert.equal(
		html,
		'<div style="x"><a href="/app/p2ham-opd/X"><span class="indicator-pill blue">' +
			'<span class="p2ham-heat" style="background: hsl(60, 62%, 82%)">50 *</span></span></a></div>'
	);
	assert.equal(shown(null, marks, { heat: true }), '<a href="/app/p2ham-opd/X">–</a>');
	assert.equal(shown(50, { _paint: { other: "red" } }), "50", "marks are those of the column");
});

test("a report with an optional period does not choose one by itself", () => {
	const { p2ham, frappe } = open_reports();
	const asked = [];
	const report = (name) => ({
		page: { add_inner_button() {} },
		get_filter_value: () => asked.push(name),
	});
	p2ham.reports.declare("One", [{ fieldname: "period" }]);
	p2ham.reports.declare("Other", [{ fieldname: "period", optional: true }], {
		onload: () => asked.push("own"),
	});
	for (const name of ["One", "Other"]) frappe.query_reports[name].onload(report(name));
	assert.deepEqual(asked, ["One", "own"]);
});

test("the newest period is shown unless somebody has chosen one meanwhile", async () => {
	const show = async (chosen_meanwhile, periods) => {
		const filters = {};
		const report = {
			get_filter_value: (name) => filters[name],
			set_filter_value: (name, value) => (filters[name] = value),
		};
		const db = {
			get_list: async () => {
				filters.period = chosen_meanwhile;
				return periods.map((name) => ({ name }));
			},
		};
		open_reports({ frappe: { db } }).p2ham.reports.show_period(report);
		await new Promise(setImmediate);
		return filters.period;
	};
	assert.equal(await show("", ["P2HAM-2024"]), "P2HAM-2024");
	assert.equal(await show("P2HAM-2023", ["P2HAM-2024"]), "P2HAM-2023");
	assert.equal(await show("", []), "");
});

test("the address of a document carries its choice, encoded", () => {
	const { documents } = open_reports().p2ham;
	assert.equal(
		documents.address("declaration", "P2HAM 2024", { unit: "A&B" }),
		"/api/method/p2ham.api.documents.show?document=declaration&name=P2HAM+2024&unit=A%26B"
	);
});

// The blocks of the workspace

const waiting = (values) => ({
	opd_name: "Kecamatan",
	period: "",
	next: "Approve",
	state: "Reviewed",
	deadline: null,
	late: 0,
	_paint: { state: "blue" },
	_link: { opd_name: { doctype: "P2HAM Assessment", name: "X" } },
	...values,
});
const draw_waiting = (groups) => open_reports().p2ham.blocks.draw_waiting(groups);

test("who has nothing to do is told so", () => {
	assert.match(plain(draw_waiting([])), /^What Waits Nothing waits for you\./);
});

test("one duty stands in the head, of several each has its own", () => {
	const group = (duty, number) => ({ duty, number, rows: [waiting()], more: [] });
	assert.match(plain(draw_waiting([group("Sekda", 3)])), /^What Waits Sekda · 3 Kecamatan/);
	const several = draw_waiting([group("Sekda", 3), group("OPD Head", 1)]);
	assert.deepEqual(several.match(/<h5>\w+[ \w]*/g), ["<h5>Sekda", "<h5>OPD Head"]);
	assert.match(plain(several), /^What Waits Sekda 3/);
});

test("how late it is is said by days, and the rest by how many more", () => {
	const rows = [waiting({ late: 1, deadline: "2024-05-01" }), waiting({ late: 12 }), waiting()];
	const more = [{ number: 12, period: "Penilaian 2024", _link: { number: { report: "P2HAM Progress" } } }];
	const html = draw_waiting([{ duty: "Sekda", number: 15, rows, more }]);
	assert.deepEqual(html.match(/class="late">[^<]*/g), [
		'class="late">1 day late',
		'class="late">12 days late',
	]);
	assert.match(plain(html), /01-05-2024/);
	assert.match(plain(html), /12 more · Penilaian 2024$/);
	assert.match(html, /href="&#47;app&#47;query-report&#47;P2HAM%20Progress"/);
});

test("a tile says its share, and of how many units where there are several", () => {
	const tile = (values) => ({
		title: "Ram",
		share: "40%",
		met: 2,
		applicable: 5,
		heat: "red",
		criterion: "Akses",
		_link: { title: { report: "P2HAM Indicator Gap" } },
		...values,
	});
	const draw = (tiles) =>
		plain(open_reports().p2ham.blocks.draw_weak({ period: "2024", tiles, note: "Catatan." }));
	assert.equal(draw([tile()]), "Weak Indicators 2024 40% 2 of 5 units Ram Akses Catatan.");
	assert.equal(draw([tile({ applicable: 1 })]), "Weak Indicators 2024 40% Ram Akses Catatan.");
	assert.equal(draw([]), "Weak Indicators 2024 Catatan.");
});

test("names in the blocks are text, in words and in attributes", () => {
	const row = waiting({
		opd_name: HOSTILE,
		next: HOSTILE,
		state: HOSTILE,
		period: HOSTILE,
		_paint: { state: HOSTILE },
	});
	const group = { duty: HOSTILE, number: 1, rows: [row], more: [] };
	const { blocks } = open_reports().p2ham;
	const tile = {
		title: HOSTILE,
		share: HOSTILE,
		heat: HOSTILE,
		criterion: HOSTILE,
		met: 1,
		applicable: 2,
		_link: { title: { name: HOSTILE, doctype: "X" } },
	};
	const html =
		blocks.draw_waiting([group, group]) +
		blocks.draw_weak({ period: HOSTILE, tiles: [tile], note: HOSTILE });
	assert.doesNotMatch(html, /<img|onerror="/);
});

test("a click on a line goes on within the desk, one for a new tab is the browser's", () => {
	const routes = [];
	const { p2ham, frappe } = open_reports({ frappe: { set_route: (path) => routes.push(path) } });
	const link = { pathname: "/app/query-report/X", search: "?period=P2HAM-2024&waiting=1" };
	const click = (more) => {
		let prevented = false;
		p2ham.blocks.follow({
			target: { closest: () => link },
			preventDefault: () => (prevented = true),
			...more,
		});
		return prevented;
	};
	assert.equal(click(), true);
	assert.deepEqual(
		[routes, frappe.route_options],
		[["/app/query-report/X"], { period: "P2HAM-2024", waiting: "1" }]
	);
	assert.deepEqual(
		["ctrlKey", "metaKey", "shiftKey"].map((key) => click({ [key]: true })),
		[false, false, false]
	);
	assert.equal(click({ target: { closest: () => null } }), false);
	assert.equal(routes.length, 1);
});

// Lists and figures

test("in the list of assessments a share stays between 0 and 100, and a draft has no verified score", () => {
	const { frappe, load } = open_desk();
	load("p2ham/doctype/p2ham_assessment/p2ham_assessment_list.js");
	const { formatters, get_indicator } = frappe.listview_settings["P2HAM Assessment"];
	assert.deepEqual(
		["-3", "40", "100", "250", null].map((value) => plain(formatters.completeness(value))),
		["0%", "40%", "100%", "100%", "0%"]
	);
	assert.equal(formatters.verified_score(70, {}, { workflow_state: "Draft" }), "–");
	assert.equal(formatters.verified_score(null, {}, { workflow_state: "Submitted" }), "0.00");
	assert.deepEqual(get_indicator({ workflow_state: "Reviewed" }), [
		"Reviewed",
		"blue",
		"workflow_state,=,Reviewed",
	]);
	assert.equal(get_indicator({ workflow_state: "Unknown" })[1], "gray");
});

function standing(data) {
	const { load } = open_reports();
	const { KkphamStanding } = load("public/js/kkpham/standing.js");
	const shown = Object.create(KkphamStanding.prototype);
	return Object.assign(shown, { frm: { doc: { name: "K-1" } }, data });
}

test("a result of KKP HAM stands beside the own forecast, or says that there is none", () => {
	const forecast = {
		assessment: "X",
		score: 70,
		state: "Approved",
		colour: "green",
		difference: -2.5,
		same_instrument: false,
	};
	const said = (values) =>
		plain(
			standing({ score: 67.5, category: "Baik", colour: "green", year: 2024, ...values }).figures_html()
		);
	assert.equal(
		said({ forecast }),
		"Official Score 67.50 Baik Own Forecast 70.00 Approved Difference -2.50 The own assessment was asked by another instrument."
	);
	assert.match(said({ forecast: null }), /No own assessment with an instrument of KKP HAM for 2024/);
	assert.match(said({ score: null, category: "", forecast: null }), /^Official Score – Own Forecast/);
});

test("a right says its change, its owners and what is not closed", () => {
	const right = {
		criterion: "K-1",
		title: "Hak atas kesehatan",
		score: 60,
		change: 4,
		asked_otherwise: true,
		forecast: null,
		owners: [{ opd: "DINKES", name: "Dinas <Kesehatan>" }],
		open: 2,
		late: 1,
	};
	const html = standing({ rights: [right] }).rights_html();
	assert.match(
		plain(html),
		/Hak atas kesehatan 60\.00 \+4\.00 \* – Dinas <Kesehatan> 2 1 late \* compared with the right/
	);
	const calm = standing({
		rights: [{ ...right, change: null, open: 0, late: 0, owners: [] }],
	}).rights_html();
	assert.match(plain(calm), /60\.00 – – – –$/);
	assert.equal(
		plain(standing({ rights: [] }).rights_html()),
		"The result says nothing about its rights yet."
	);
});

test("the headline of what is not fully met is green when all of it is followed up", () => {
	const offer = (counts) => {
		const { p2ham } = open_desk();
		const said = [];
		p2ham.offer_follow_ups(
			{ set_intro: (...words) => said.push(words), add_custom_button: (label) => said.push([label]) },
			counts
		);
		return said.slice(1);
	};
	assert.deepEqual(offer(null), []);
	assert.deepEqual(offer({ unmet: 0, followed: 0 }), []);
	assert.deepEqual(offer({ unmet: 1, followed: 1 }), [
		["1 indicator is not fully met; 1 has a follow-up.", "green"],
		["Suggest Follow-ups"],
	]);
	assert.deepEqual(offer({ unmet: 3, followed: 1 })[0], [
		"3 indicators are not fully met; 1 have a follow-up.",
		"blue",
	]);
});
