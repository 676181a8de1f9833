// What we ask of our own methods where the answer, also a refusal, has its place on the page: uploads, dialogs that say
// themselves what is wrong. Where Frappe's own message is as good, `frappe.xcall` stays the way.
//
//   import { send, Refusal } from "./send.js";        in a form script: p2ham.send, p2ham.Refusal
//
//   const answer = await send("p2ham.api.period.declare_ready", { period, opd, file }, options);
//
//   values     an object; with a File in it (or in a list in it) it goes as a form, otherwise as JSON. An empty value
//              (null, undefined) is left out, an object within a form is written as JSON.
//   options    type: "POST" (default) or "GET"
//              on_progress(share): how much of an upload is gone, 0 to 100
//              signal: of an AbortController, to break it off
//              forbidden: what to say where a login has ended or a right is missing, and the server says nothing
//   answer     what the method returns ("message")
//
// Everything that goes wrong is a Refusal:
//
//   message    text for people: what the server said, without tags, a line each; or what its number means
//   html       the same for frappe.msgprint, with the server's own tags and without anything that runs
//   title      what the server put above it, or ""
//   status     of HTTP; 0 where nothing was answered
//   lost       nobody knows whether it was done: no answer, or one that the server broke off (500 and above)

import { mark } from "./mark.js";
import { clean } from "./plain.js";
import { esc } from "./text.js";

export class Refusal extends Error {
	constructor(message, { title = "", status = 0, html = "", lost = status < 400 || status >= 500 } = {}) {
		super(message);
		Object.assign(this, { title, status, lost, html: html || esc(message) });
	}

	// As Frappe shows what it refuses itself.
	show(title) {
		frappe.msgprint({ title: title || this.title, message: this.html, indicator: "red" });
	}
}

export function send(method, values = {}, options = {}) {
	return mark.until(ask(method, values, options));
}

async function ask(method, values, { type = "POST", forbidden = "", on_progress, signal }) {
	const known = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
	const query = type === "GET" ? `?${new URLSearchParams(known.map(in_form))}` : "";
	const { status, text } = await transport({
		type,
		address: `/api/method/${method}${query}`,
		body: type === "GET" ? null : body_of(known),
		on_progress,
		signal,
	});
	const answer = parse(text);
	if (status === 200 && answer) return answer.message;
	throw refusal_of(status, answer || {}, forbidden);
}

const is_file = (value) => value instanceof Blob;
const in_form = ([name, value]) => [name, typeof value === "object" ? JSON.stringify(value) : value];

function body_of(known) {
	const has_file = known.some(([, value]) => [].concat(value).some(is_file));
	if (!has_file) return JSON.stringify(Object.fromEntries(known));
	const form = new FormData();
	for (const [name, value] of known) {
		const files = [].concat(value).filter(is_file);
		for (const file of files) form.append(name, file, file.name);
		if (!files.length) form.append(...in_form([name, value]));
	}
	return form;
}

// Not fetch, which does not tell how much of an upload is gone. Nothing answered is the status 0.
function transport({ type, address, body, on_progress, signal }) {
	return new Promise((resolve) => {
		const request = new XMLHttpRequest();
		const end = () => resolve({ status: request.status, text: request.responseText || "" });
		for (const how of ["load", "error", "abort", "timeout"]) request.addEventListener(how, end);
		if (on_progress) {
			request.upload.addEventListener("progress", (event) => {
				if (event.lengthComputable) on_progress(Math.floor((100 * event.loaded) / event.total));
			});
		}
		if (signal) signal.addEventListener("abort", () => request.abort());
		request.open(type, address);
		request.setRequestHeader("Accept", "application/json");
		request.setRequestHeader("X-Frappe-CSRF-Token", frappe.csrf_token);
		if (typeof body === "string") request.setRequestHeader("Content-Type", "application/json");
		request.send(body);
	});
}

// null: an answer of the web server in front of Frappe.
function parse(text) {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

function refusal_of(status, answer, forbidden) {
	const said = server_messages(answer);
	if (!said.length) return new Refusal(meaning_of(status, forbidden), { status });
	const html = said.map(({ message }) => clean(message)).join("<br>");
	return new Refusal(said.map(({ message }) => text_of(message)).join("\n"), {
		status,
		html,
		title: text_of(said[0].title || ""),
	});
}

function server_messages(answer) {
	const messages = parse(answer._server_messages || "[]");
	return (Array.isArray(messages) ? messages : [])
		.map((each) => (typeof each === "string" ? parse(each) : each))
		.filter((each) => each && each.message)
		.map((each) => ({ ...each, message: [].concat(each.message).flat().join("<br>") }));
}

// A document of its own loads nothing and runs nothing, whatever stands in it. What people wrote stays text.
function text_of(html) {
	const lines = html.replaceAll("<li>", "\n<li>");
	return new DOMParser().parseFromString(lines, "text/html").body.textContent.trim();
}

function meaning_of(status, forbidden) {
	if (!status) return __("The server cannot be reached. Check the connection, then try again.");
	if (status === 413) return __("The file is larger than this site accepts.");
	if (forbidden && (status === 401 || status === 403)) return forbidden;
	if (status >= 400 && status < 500) return __("The server refused the file ({0}).", [status]);
	return __(
		"The server could not work on the file (error {0}). Try again; if it stays so, tell the administrator.",
		[status]
	);
}
