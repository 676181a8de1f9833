// What is handed out as one file: how far it is, when it is asked for again and what is said of it.

"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { bare, button_of, open_desk, plain } = require("./desk");

function handout(name, fields = {}, desk = {}) {
	const timers = [];
	const opened = open_desk({
		...desk,
		globals: { setTimeout: (then) => timers.push(then), clearTimeout() {}, ...desk.globals },
	});
	const classes = opened.load_parts("handout", ["evidence_package", "document_bundle"]);
	const button = {};
	const dialog = {
		display: true,
		get_primary_btn: () => button_of(button),
		set_primary_action: (label) => (button.text = label),
	};
	const shown = {};
	const $body = {
		attr: (_, state) => ((shown.state = state), $body),
		html: (html) => ((shown.html = html), $body),
		append: (html) => ((shown.html += html), $body),
	};
	const found = bare(classes[name], { dialog, $body, frm: { is_dirty: () => false }, ...fields });
	return { ...opened, ...classes, found, dialog, button, shown, timers };
}

const report = (state, values) => ({
	state,
	done: 0,
	total: 40,
	files: 38,
	size: 2_500_000,
	left_out: [],
	message: "",
	...values,
});

test("the page is marked as busy until everything that was begun has ended, well or not", async () => {
	const { p2ham, page } = open_desk();
	const state = () => page.dataset.p2ham;
	assert.equal(state(), "ready");
	let end, fail;
	const one = p2ham.mark.until(new Promise((resolve) => (end = resolve)));
	const other = p2ham.mark.until(new Promise((_, reject) => (fail = reject)));
	assert.equal(state(), "busy");
	end("what it brings");
	assert.equal(await one, "what it brings");
	assert.equal(state(), "busy");
	fail(new Error("lost"));
	await assert.rejects(other, /lost/);
	assert.equal(state(), "ready");
});

test("a package says how many documents it holds, how large it is and what is left out", () => {
	const { found } = handout("EvidencePackage");
	const said = (values) => plain(found.content_html(report("none", values)));
	assert.equal(
		said({ files: 40 }),
		"40 documents, 2.4 MB, in the order of the instrument, with an index and hashes."
	);
	assert.match(said({}), /^38 documents, .* 2 are left out; the index names them and the reason\.$/);
	assert.match(said({ size: 12 }), /0\.1 MB/);
	assert.equal(said({ total: 0, files: 0 }), "This assessment has no evidence yet.");
	const unsaved = handout("EvidencePackage", { frm: { is_dirty: () => true } }).found;
	assert.match(plain(unsaved.content_html(report("none"))), /What is not saved yet is not in it\.$/);
});

test("a bundle names what is left out with the reason, as text", () => {
	const { found } = handout("DocumentBundle");
	const left_out = [{ name: "X", reason: "<img src=x>" }];
	const html = found.content_html(report("none", { total: 3, left_out }));
	assert.match(plain(html), /^3 assessment sheets .* Left out: X: <img src=x>$/);
	assert.doesNotMatch(html, /<img/);
	assert.match(
		plain(found.content_html(report("none", { total: 0 }))),
		/^None of these sheets can be printed\.$/
	);
});

test("more sheets than one PDF takes are refused before the server is asked", () => {
	const { DocumentBundle, said, called } = handout("DocumentBundle");
	DocumentBundle.print(Array(501).fill("X"));
	assert.deepEqual(said, ["At most 500 sheets become one PDF; 501 are selected."]);
	assert.deepEqual(called, []);
});

test("how far it is is rounded down, and the last step has words of its own", () => {
	const { found } = handout("EvidencePackage");
	const said = (state, done) => plain(found.progress_html(report(state, { done })));
	assert.match(said("waiting"), /^Waiting for the server to begin\.\.\./);
	assert.match(said("building", 10), /^10 of 40 documents packed/);
	assert.match(said("building", 40), /^Writing the index\.\.\./);
	assert.match(found.progress_html(report("building", { done: 39 })), /aria-valuenow="97"/);
	assert.equal(said("ready"), "It is ready.");
	assert.equal(said("none"), "");
	assert.equal(plain(found.progress_html(report("failed", { message: "<b>Rusak</b>" }))), "<b>Rusak</b>");
});

test("the button cannot be pressed while it is made or where there is nothing, and tries again after a failure", () => {
	const { found, button } = handout("EvidencePackage");
	const drawn = (state, values) => {
		found.draw(report(state, values));
		return [button.text, button.disabled];
	};
	assert.deepEqual(drawn("none"), ["Download", false]);
	assert.deepEqual(drawn("none", { total: 0 }), ["Download", true]);
	assert.deepEqual(
		["waiting", "building"].map((state) => drawn(state)[1]),
		[true, true]
	);
	assert.deepEqual(drawn("failed"), ["Try Again", false]);
	assert.deepEqual(drawn("ready"), ["Download", false]);
});

test("it is asked again as long as it is under way and the dialog is open, and then handed over", () => {
	const { found, dialog, timers } = handout("EvidencePackage");
	let downloads = 0;
	found.download = () => (downloads += 1);
	found.follow(report("waiting"));
	found.follow(report("building"));
	assert.equal(timers.length, 2);
	found.follow(report("ready"));
	found.follow(report("failed"));
	assert.deepEqual([timers.length, downloads], [2, 1]);
	dialog.display = false;
	found.follow(report("building"));
	assert.equal(timers.length, 2);
});

test("what became another one while it was made is begun anew", async () => {
	const { found } = handout("EvidencePackage");
	const asked = [];
	const answers = { state: report("none"), prepare: report("building") };
	found.ask = async (door) => {
		asked.push(door);
		return answers[door];
	};
	await found.poll();
	await new Promise(setImmediate);
	assert.deepEqual(asked, ["state", "prepare"]);
});

test("a server that does not answer is said, and can be asked again", async () => {
	const { found, shown, button } = handout("EvidencePackage");
	shown.html = "";
	found.ask = () => Promise.reject(new Error("lost"));
	await assert.rejects(found.poll(), /lost/);
	assert.match(plain(shown.html), /^The server did not answer\. Try again\.$/);
	assert.deepEqual([button.text, button.disabled], ["Try Again", false]);
	await assert.rejects(found.prepare(), /lost/);
	assert.equal(button.disabled, false);
});
