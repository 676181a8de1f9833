// What people have typed into fields of ours is text, also where the desk would take it for HTML. What enters is refused or
// made harmless by the server; this is for what an older site holds already. Where the desk writes it: guards.js.

import { esc } from "./text.js";

const EVIL = "script, style, iframe, object, embed, link, meta, base, form, math";
const ADDRESSES = ["href", "src", "action", "formaction", "xlink:href"];

export const is_ours = (doctype) => String(doctype || "").startsWith("P2HAM ");

// Markup as it would be read; everything else as it is, so that nothing is escaped twice.
export const text = (value) => (typeof value === "string" && value.includes("<") ? esc(value) : value);

// A value of a report's cell, whose columns are no fields. A link is written as text by the desk, and finds its title by
// its value.
export const cell = (value, column) => (column.fieldtype === "Link" ? value : text(value));

// HTML of the server without anything that runs.
export const clean = (html) => {
	if (typeof html !== "string" || !html.includes("<")) return html;
	const { body } = new DOMParser().parseFromString(html, "text/html");
	body.querySelectorAll(EVIL).forEach((each) => each.remove());
	for (const element of body.querySelectorAll("*")) {
		for (const { name, value } of [...element.attributes]) {
			const is_address = ADDRESSES.includes(name.toLowerCase());
			if (/^on/i.test(name) || (is_address && runs(value))) element.removeAttribute(name);
		}
	}
	return body.innerHTML;
};

// A browser ignores blanks and control characters in the name of a scheme.
// eslint-disable-next-line no-control-regex
const IGNORED = /[\u0000-\u0020]/g;

export const runs = (address) => /^(javascript|vbscript|data:text\/html)/i.test(address.replace(IGNORED, ""));

export const clean_messages = (messages) => {
	const each = (message) => {
		const told = typeof message === "string" ? JSON.parse(message) : message;
		for (const part of ["message", "title"]) told[part] = deep(told[part]);
		return JSON.stringify(told);
	};
	try {
		return JSON.stringify(JSON.parse(messages).map(each));
	} catch {
		return messages; // not as Frappe writes them
	}
};

const deep = (part) => (Array.isArray(part) ? part.map(deep) : clean(part));

export const text_of_error = (error) => {
	try {
		return JSON.stringify(JSON.parse(error).map(text));
	} catch {
		return text(error);
	}
};
