// The modules as files: what they import is there, and each bundle hands over what is asked of it by its name.

"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { test } = require("node:test");
const { open_desk } = require("./desk");

const FOLDER = path.resolve(__dirname, "../../../p2ham/public/js");
const files_in = (folder) =>
	fs
		.readdirSync(folder, { recursive: true })
		.filter((name) => name.endsWith(".js"))
		.map((name) => ({ name, text: fs.readFileSync(path.join(folder, name), "utf8") }));
const files = files_in(FOLDER);
const scripts = files_in(path.resolve(__dirname, "../../../p2ham/p2ham"));
const bundles = files.map(({ name }) => /^p2ham_(\w+)\.bundle\.js$/.exec(name)?.[1]).filter(Boolean);

test("every module can be loaded, with all that it imports", () => {
	for (const { name } of files) {
		const found = open_desk().load(`public/js/${name}`);
		for (const [key, value] of Object.entries(found))
			assert.notEqual(value, undefined, `${name}: ${key}`);
	}
});

test("what is imported is exported there", () => {
	for (const { name, text } of files) {
		for (const [, names, from] of text.matchAll(/^import \{([^}]*)\} from "(\.[^"]+)";$/gm)) {
			const found = open_desk().load(path.join("public/js", path.dirname(name), from));
			for (const each of names.split(",").filter((each) => each.trim())) {
				const [wanted] = each.trim().split(" as ");
				assert.ok(wanted in found, `${name}: ${wanted} of ${from}`);
			}
		}
	}
});

test("the same forms of import and export are used everywhere, so that these tests can read them", () => {
	const odd =
		/^(import (?!(?:(?:\{[^}]*\}|\* as \w+) from )?"\.)|export (?!(?:async )?(?:const|function|class) \w)).*/gm;
	for (const { name, text } of files) assert.deepEqual(text.match(odd), null, name);
});

test("a bundle delivers by its own name, and only the desk's is loaded by nobody", () => {
	const asked = new Set();
	for (const { text } of [...files, ...scripts])
		for (const [, name] of text.matchAll(/\bload\("(\w+)"\)/g)) asked.add(name);
	assert.deepEqual([...asked, "desk"].sort(), [...bundles].sort());
	for (const name of bundles.filter((each) => each !== "desk")) {
		const desk = open_desk();
		desk.load(`public/js/p2ham_${name}.bundle.js`);
		assert.ok(Object.values(desk.p2ham.bundles.delivered[name]).length, name);
	}
});

test("only the desk's own bundle guards what the desk writes", () => {
	const guards = files.filter(({ text }) => /(from|import) "[^"]*guards\.js"/.test(text));
	assert.deepEqual(
		guards.map(({ name }) => name),
		["p2ham_desk.bundle.js"]
	);
});

test("no module is longer than one looks over", () => {
	const long = files.filter(({ text }) => text.split("\n").length > 400).map(({ name }) => name);
	assert.deepEqual(long, []);
});
