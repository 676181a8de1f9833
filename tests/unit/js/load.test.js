// Bundles on their first use.

"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { open_desk } = require("./desk");

// A page that takes up what is appended to its head; `comes(element)` says whether it arrives.
function open_page({ assets = {}, comes = () => true } = {}) {
	const appended = [];
	const head = {
		append(element) {
			appended.push(element.src || element.href);
			setImmediate(() => {
				const arrived = comes(element);
				if (arrived && element.src) deliver(element.src);
				element.dispatchEvent(new Event(arrived ? "load" : "error"));
			});
		},
	};
	const createElement = () => Object.assign(new EventTarget(), { remove: () => appended.push("removed") });
	const desk = open_desk({
		frappe: {
			boot: { assets_json: assets },
			assets: { bundled_asset: (name) => assets[name] || name },
		},
		globals: { document: { body: { dataset: {} }, head, createElement } },
	});
	const deliver = () => desk.load("public/js/desk/load.js").deliver("x", { X: "what it has" });
	return { ...desk, appended };
}

test("a bundle comes by the name that was built, its style before it, and once", async () => {
	const assets = { "p2ham_x.bundle.js": "/x.HASH.js", "p2ham_x.bundle.css": "/x.HASH.css" };
	const { p2ham, appended } = open_page({ assets });
	const both = await Promise.all([p2ham.load("x"), p2ham.load("x")]);
	assert.deepEqual(both, [{ X: "what it has" }, { X: "what it has" }]);
	await p2ham.load("x");
	assert.deepEqual(appended, ["/x.HASH.css", "/x.HASH.js"]);
});

test("what has no style brings none", async () => {
	const { p2ham, appended } = open_page();
	await p2ham.load("x");
	assert.deepEqual(appended, ["p2ham_x.bundle.js"]);
});

test("what does not come is said, and asked for again the next time", async () => {
	let is_down = true;
	const { p2ham, said, page, appended } = open_page({ comes: () => !is_down });
	const asked = p2ham.load("x");
	assert.equal(page.dataset.p2ham, "busy");
	await assert.rejects(asked, /did not come/);
	assert.equal(page.dataset.p2ham, "ready");
	assert.equal(said.length, 1);
	is_down = false;
	assert.deepEqual(await p2ham.load("x"), { X: "what it has" });
	assert.deepEqual(appended, ["p2ham_x.bundle.js", "removed", "p2ham_x.bundle.js"]);
});
