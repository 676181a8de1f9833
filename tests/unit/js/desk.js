// What the app's scripts find in Frappe's desk, as far as their own logic needs it: enough to load them without a browser
// and to ask them what they decide. Nothing is drawn here; what somebody would be shown is kept to be looked at.

"use strict";

const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");

const APP = path.resolve(__dirname, "../../../p2ham");
const DAY = 24 * 60 * 60 * 1000;

// As the server tells them (p2ham/setup/boot.py).
const DUTIES = {
	opd_clerk: ["OPD Clerk"],
	opd_head: ["OPD Head"],
	kabag_hukum: ["Kabag Hukum"],
	sekda: ["Sekda"],
	observer: ["P2HAM Observer"],
	unit_duties: ["OPD Clerk", "OPD Head"],
	regency_duties: ["P2HAM Verifier", "Kabag Hukum", "Sekda"],
	bagian_hukum: ["P2HAM Verifier", "Kabag Hukum"],
};

// As Frappe's own in English.
const translate = (text, values = []) => text.replace(/\{(\d+)\}/g, (_, place) => values[place]);
const escape_html = (text) =>
	String(text ?? "").replace(/[&<>"'`=/]/g, (letter) => `&#${letter.charCodeAt(0)};`);
const format_number = (number, _, decimals = 2) =>
	Number(number).toLocaleString("en-US", {
		minimumFractionDigits: decimals,
		maximumFractionDigits: decimals,
	});
const cint = (value) => parseInt(value, 10) || 0;
const slug = (name) => name.toLowerCase().replace(/ /g, "-");

// Text as a browser takes it out of the HTML of Frappe's messages; nothing else is parsed here.
class DOMParser {
	parseFromString(html) {
		const text = html
			.replace(/<[^>]*>/g, "")
			.replace(/&lt;/g, "<")
			.replace(/&gt;/g, ">")
			.replace(/&amp;/g, "&");
		return { body: { textContent: text, innerHTML: html, querySelectorAll: () => [] } };
	}
}

// A desk on one day for somebody with these roles. `said`: messages and alerts; `dialogs`: what was opened.
function open_desk({ today = "2024-03-10", roles = [], answers = {}, ...more } = {}) {
	const said = [];
	const dialogs = [];
	const called = [];
	const handlers = {};
	const p2ham = {};
	const text_of = (message) => (typeof message === "string" ? message : message.message);

	class Dialog {
		constructor(options) {
			Object.assign(this, {
				options,
				title: options.title,
				values: {},
				button: { disabled: false, text: "" },
			});
			this.fields_dict = {};
			this.$wrapper = { addClass: () => this.$wrapper, on: () => this.$wrapper };
			dialogs.push(this);
		}

		show() {
			this.display = true;
		}

		hide() {
			this.display = false;
			if (this.onhide) this.onhide();
		}

		disable_primary_action() {
			this.button.disabled = true;
		}

		enable_primary_action() {
			this.button.disabled = false;
		}

		get_primary_btn() {
			return button_of(this.button);
		}

		press(values) {
			return this.options.primary_action(values);
		}
	}

	const frappe = {
		boot: { lang: "en", p2ham: { duties: DUTIES } },
		session: { user: "somebody@example.com" },
		csrf_token: "token",
		listview_settings: {},
		query_reports: {},
		pages: {},
		provide(name) {
			const parts = name.split(".").slice(1);
			parts.reduce((place, part) => (place[part] = place[part] || {}), p2ham);
		},
		utils: {
			escape_html,
			icon: (name) => `<svg data-icon="${name}"></svg>`,
			get_form_link: (doctype, name) => `/app/${slug(doctype)}/${encodeURIComponent(name)}`,
			debounce: (method) => method,
			is_rtl: () => false,
			build_summary_item: (card) => card,
		},
		router: { slug, make_url: (parts) => `/app/${parts.map(encodeURIComponent).join("/")}` },
		datetime: {
			get_today: () => today,
			get_day_diff: (one, other) => Math.round((Date.parse(one) - Date.parse(other)) / DAY),
			str_to_user: (date) => String(date).slice(0, 10).split("-").reverse().join("-"),
			str_to_obj: (date) => new Date(`${date}T00:00:00`),
		},
		dom: { get_unique_id: () => "unique" },
		user: { has_role: (role) => roles.includes(role) },
		model: { can_print: () => true },
		meta: { get_label: (_, field) => field },
		ui: {
			Dialog,
			form: {
				on: (doctype, events) => (handlers[doctype] = { ...handlers[doctype], ...events }),
				// As Frappe does it: what is shown beside the input is formatted.
				ControlInput: class {
					set_disp_area(value) {
						this.disp_area = frappe.format(value, this.df);
					}
				},
				ControlLink: class {
					setup_awesomeplete() {
						this.awesomplete = this.given;
					}
				},
			},
		},
		format: (value) => value,
		Chart: class {
			constructor(_parent, options) {
				this.options = options;
			}

			update(data) {
				this.options.data = data;
			}
		},
		request: { cleanup: (options, answer) => answer, report_error: (answer) => answer },
		msgprint: (message) => void said.push(text_of(message)),
		show_alert: (message) => void said.push(text_of(message)),
		xcall(method, args) {
			called.push([method, args]);
			return Promise.resolve(answers[method]);
		},
		...more.frappe,
	};
	const scope = {
		frappe,
		p2ham,
		__: translate,
		format_number,
		cint,
		strip_html: (html) => html.replace(/<[^>]*>/g, ""),
		open_url_post: (address, values) => void called.push([address, values]),
		$: () => {
			throw new Error("there is no page here");
		},
		document: { body: { dataset: {} } },
		window: {},
		navigator: { pdfViewerEnabled: true },
		console,
		DOMParser,
		XMLHttpRequest: class {
			constructor() {
				throw new Error("there is no server here");
			}
		},
		...more.globals,
	};

	// Load scripts of the app, by their path in it, as the desk does: one after another, in one place of names. Of a
	// module everything is returned that it exports; of a form's script what is asked for by name.
	const modules = new Map();

	function load(files, names = []) {
		let found = {};
		for (const file of [].concat(files)) found = load_one(path.join(APP, file), names);
		return found;
	}

	function load_one(filename, names = []) {
		const text = fs.readFileSync(filename, "utf8");
		if (!is_module(text)) return run(`${text}\nreturn { ${names.join(", ")} };`, filename);
		if (!modules.has(filename)) modules.set(filename, run(as_function(text), filename));
		return modules.get(filename);
	}

	function run(source, filename) {
		const load_beside = (name) => load_one(path.join(path.dirname(filename), name));
		const names = [...Object.keys(scope), "load_beside"];
		return vm.compileFunction(source, names, { filename })(...Object.values(scope), load_beside);
	}

	load("public/js/p2ham_desk.bundle.js");
	// All that several modules of one folder export.
	const load_parts = (folder, names) =>
		Object.assign({}, ...names.map((name) => load(`public/js/${folder}/${name}.js`)));

	return { p2ham, load_parts, frappe, handlers, said, dialogs, called, load, page: scope.document.body };
}

const is_module = (text) => /^(import|export) /m.test(text);

// A module as the body of a function that returns what it exports; its line numbers stay. Only the forms of import and
// export that our modules have are understood (the test of modules.test.js holds them to these).
const IMPORT = /^import (?:(\{[^}]*\}|\* as \w+) from )?"(\.[^"]+)";$/gm;
const EXPORT = /^export (?=(?:async )?(?:const|function|class) (\w+))/gm;
function as_function(text) {
	const exported = [];
	const body = text
		.replace(IMPORT, (_, names, from) => {
			const load = `load_beside(${JSON.stringify(from)});`;
			return names ? `const ${names.replace("* as ", "").replace(/ as /g, ": ")} = ${load}` : load;
		})
		.replace(EXPORT, (_, name) => {
			exported.push(name);
			return "";
		});
	return `"use strict"; ${body}\nreturn { ${exported.join(", ")} };`;
}

// What jQuery would be asked of a button.
function button_of(button) {
	return {
		prop(name, value) {
			if (name === "disabled") button.disabled = Boolean(value);
			return this;
		},
		text(text) {
			button.text = text;
			return this;
		},
	};
}

// A server that gives the same answer to all who ask: {status, body, progress}; "never" gives none. Kept in `requests`.
function server_that(answer) {
	const requests = [];

	class XMLHttpRequest extends EventTarget {
		constructor() {
			super();
			Object.assign(this, { status: 0, responseText: "", headers: {}, upload: new EventTarget() });
			requests.push(this);
		}

		open(type, address) {
			Object.assign(this, { type, address });
		}

		setRequestHeader(name, value) {
			this.headers[name] = value;
		}

		send(body) {
			this.body = body;
			if (answer !== "never") setImmediate(() => this.end());
		}

		end() {
			for (const told of answer.progress || []) {
				this.upload.dispatchEvent(Object.assign(new Event("progress"), told));
			}
			const { status, body = "" } = answer;
			Object.assign(this, {
				status,
				responseText: typeof body === "string" ? body : JSON.stringify(body),
			});
			this.dispatchEvent(new Event(status ? "load" : "error"));
		}

		abort() {
			this.aborted = true;
			this.dispatchEvent(new Event("abort"));
		}
	}

	return { requests, globals: { XMLHttpRequest } };
}

// An object of a class with these fields, without what its constructor draws.
const bare = (cls, fields) => Object.assign(Object.create(cls.prototype), fields);

// An object with the functions that draw it as if they were its own, so that a test asks `sheet.head_html()`. Of those that
// take the object, it is the first parameter, by this name.
function drawn(object, name, functions) {
	const takes_it = new RegExp(`^(async )?function \\w+\\(${name}\\b`);
	for (const [key, each] of Object.entries(functions)) {
		if (typeof each === "function" && !(key in object)) {
			object[key] = takes_it.test(each) ? (...more) => each(object, ...more) : each;
		}
	}
	return object;
}

// What stands in HTML for a reader: no tags, no indentation.
const plain = (html) =>
	html
		.replace(/<[^>]*>/g, " ")
		.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code))
		.replace(/\s+/g, " ")
		.trim();

module.exports = { open_desk, server_that, button_of, bare, drawn, plain, escape_html };
