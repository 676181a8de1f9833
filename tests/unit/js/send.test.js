// Asking our own methods: how a question goes, and the one kind of error that comes of it.

"use strict";

const assert = require("node:assert/strict");
const { File } = require("node:buffer");
const { test } = require("node:test");
const { open_desk, server_that } = require("./desk");

const messages = (...those) => ({
	_server_messages: JSON.stringify(those.map((message) => JSON.stringify(message))),
});

function ask(answer, values = {}, options = {}) {
	const server = server_that(answer);
	const opened = open_desk({ globals: server.globals });
	return { ...opened, ...server, asked: opened.p2ham.send("p2ham.api.x.y", values, options) };
}

async function refusal(answer, options) {
	const { asked, p2ham } = ask(answer, {}, options);
	const error = await asked.then(assert.fail, (found) => found);
	assert.ok(error instanceof p2ham.Refusal, error.stack);
	return error;
}

test("values go as JSON, with the token, and the answer is what the method returns", async () => {
	const { asked, requests } = ask(
		{ status: 200, body: { message: { code: "X" } } },
		{ a: 1, b: ["x"], c: null }
	);
	assert.deepEqual(await asked, { code: "X" });
	const [request] = requests;
	assert.deepEqual(
		[request.type, request.address, request.body],
		["POST", "/api/method/p2ham.api.x.y", '{"a":1,"b":["x"]}']
	);
	assert.deepEqual(request.headers, {
		Accept: "application/json",
		"X-Frappe-CSRF-Token": "token",
		"Content-Type": "application/json",
	});
});

test("with a file they go as a form, and the browser names its border", async () => {
	const file = new File(["isi"], "sk.pdf");
	const { asked, requests } = ask(
		{ status: 200, body: {} },
		{ period: "P", chosen: { 2: "s" }, flag: 0, file }
	);
	await asked;
	const { body, headers } = requests[0];
	assert.deepEqual([body.get("period"), body.get("chosen"), body.get("flag")], ["P", '{"2":"s"}', "0"]);
	assert.equal(body.get("file").name, "sk.pdf");
	assert.equal(headers["Content-Type"], undefined);
});

test("what only asks stands in the address", async () => {
	const { asked, requests } = ask({ status: 200, body: { message: 1 } }, { name: "a&b" }, { type: "GET" });
	await asked;
	assert.deepEqual(
		[requests[0].type, requests[0].address],
		["GET", "/api/method/p2ham.api.x.y?name=a%26b"]
	);
	assert.equal(requests[0].body, null);
});

test("how much of an upload is gone is told in percent, if the browser knows", async () => {
	const told = [];
	const answer = {
		status: 200,
		body: {},
		progress: [{ lengthComputable: true, loaded: 1, total: 3 }, { loaded: 2 }],
	};
	await ask(answer, {}, { on_progress: (share) => told.push(share) }).asked;
	assert.deepEqual(told, [33]);
});

test("what the server says goes before what its number says: as text in lines, and as HTML without what runs", async () => {
	const [list, other] = ["<ul><li>Kode &lt;salah&gt;</li><li>Tahun salah</li></ul>", "Dua"];
	const error = await refusal({
		status: 403,
		body: messages({ message: list, title: "Salah" }, { message: other }),
	});
	assert.equal(error.message, "Kode <salah>\nTahun salah\nDua");
	assert.equal(error.html, `${list}<br>Dua`);
	assert.deepEqual([error.title, error.status, error.lost], ["Salah", 403, false]);
});

test("an answer without words is explained by its number", async () => {
	const forbidden = "You may not.";
	assert.equal(
		(await refusal({ status: 413, body: "<html>" })).message,
		"The file is larger than this site accepts."
	);
	assert.equal((await refusal({ status: 401, body: "" }, { forbidden })).message, forbidden);
	assert.equal((await refusal({ status: 403, body: {} }, { forbidden })).message, forbidden);
	assert.equal(
		(await refusal({ status: 417, body: {} }, { forbidden })).message,
		"The server refused the file (417)."
	);
	assert.match(
		(await refusal({ status: 500, body: { _server_messages: "not JSON" } })).message,
		/error 500/
	);
});

test("a refusal is sure; what broke off on its way, or in the server, is not", async () => {
	const lost = async (answer) => (await refusal(answer)).lost;
	assert.deepEqual(await Promise.all([417, 403, 413].map((status) => lost({ status }))), [
		false,
		false,
		false,
	]);
	assert.deepEqual(await Promise.all([500, 502, 504].map((status) => lost({ status }))), [
		true,
		true,
		true,
	]);
	assert.equal(await lost({ status: 200, body: "<html>a page of somebody else's</html>" }), true);
	const unreachable = await refusal({ status: 0 });
	assert.deepEqual([unreachable.status, unreachable.lost], [0, true]);
	assert.match(unreachable.message, /cannot be reached/);
});

test("what is broken off by hand ends as what was never answered", async () => {
	const gone = new AbortController();
	const { asked, requests } = ask("never", {}, { signal: gone.signal });
	gone.abort();
	await assert.rejects(asked, (error) => error.status === 0 && error.lost);
	assert.equal(requests[0].aborted, true);
});

test("the page says that it is busy until there is an answer", async () => {
	const { asked, page } = ask({ status: 200, body: {} });
	assert.equal(page.dataset.p2ham, "busy");
	await asked;
	assert.equal(page.dataset.p2ham, "ready");
});

test("a refusal is shown as Frappe shows its own", async () => {
	const { asked, said } = ask({ status: 417, body: messages({ message: "Rusak" }) });
	await asked.catch((error) => error.show("Not Stored"));
	assert.deepEqual(said, ["Rusak"]);
});
