// Text and pills as HTML, and who holds which duty.

"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { open_desk, plain } = require("./desk");

test("text stays text, a number is one, and nothing is nothing", () => {
	const { esc } = open_desk().p2ham;
	assert.doesNotMatch(esc("<img src=x>\"'"), /[<"']/);
	assert.deepEqual([esc(0), esc(null), esc(undefined), esc("")], ["0", "", "", ""]);
});

test("a pill has one of the desk's colours, and its text is text", () => {
	const { pill } = open_desk().p2ham;
	assert.equal(pill("Sah", "green"), '<span class="p2ham-pill p2ham-green">Sah</span>');
	assert.match(pill("Sah", '"><script>'), /^<span class="p2ham-pill p2ham-gray">/);
	assert.equal(plain(pill("<b>Sah</b>", "red")), "<b>Sah</b>");
	assert.match(pill("Sah", "red", { title: '"x', live: true }), / title="&#34;x" aria-live="polite">Sah</);
	assert.deepEqual([pill("", "red"), pill(null)], ["", ""]);
	assert.match(pill(0, "gray"), />0</);
});

test("the desk's own pill takes text, or HTML that is made already", () => {
	const { indicator } = open_desk().p2ham;
	assert.equal(indicator("<i>", "red"), '<span class="indicator-pill red">&#60;i&#62;</span>');
	assert.equal(indicator.around("<i>1</i>", "red"), '<span class="indicator-pill red"><i>1</i></span>');
	assert.equal(indicator("", "red"), "");
});

test("duties are asked for by the names that the server gives", () => {
	const { holds } = open_desk({ roles: ["Kabag Hukum"] }).p2ham;
	assert.deepEqual(
		["bagian_hukum", "kabag_hukum", "regency_duties", "unit_duties"].map((name) => holds(name)),
		[true, true, true, false]
	);
	assert.equal(holds("unit_duties", "bagian_hukum"), true);
	assert.throws(() => holds("kepala"), /no duty kepala/);
});
