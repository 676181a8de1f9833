// What the app's scripts find in Frappe's desk, as far as their own logic needs it: enough to load them without a browser
// and to ask them what they decide. Nothing is drawn here; what somebody would be shown is kept to be looked at.

"use strict";

const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");

const APP = path.resolve(__dirname, "../../../p2ham");
const DAY = 24 * 60 * 60 * 1000;

// As Frappe's own in English.
const translate = (text, values = []) => text.replace(/\{(\d+)\}/g, (_, place) => values[place]);
const escape_html = (text) =>
	String(text ?? "").replace(/[&<>"'`=/]/g, (letter) => `&#${letter.charCodeAt(0)};`);
const format_number = (number, _, decimals = 2) =>
	Number(number).toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
const cint = (value) => parseInt(value, 10) || 0;
const slug = (name) => name.toLowerCase().replace(/ /g, "-");

// Text as a browser takes it out of the HTML of Frappe's messages; nothing else is parsed here.
class DOMParser {
	parseFromString(html) {
		const text = html.replace(/<[^>]*>/g, "").replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
		return { body: { textContent: text } };
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
			Object.assign(this, { options, title: options.title, values: {}, button: { disabled: false, text: "" } });
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
		boot: { lang: "en" },
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
		fetch: () => Promise.reject(new Error("there is no server here")),
		...more.globals,
	};

	// Run scripts of the app, by their path in it, as the desk does: one after another, in one place of names. What a
	// form's script keeps to itself is returned where it is asked for by name.
	function load(files, names = []) {
		let found = {};
		for (const file of [].concat(files)) {
			const filename = path.join(APP, file);
			const source = `${fs.readFileSync(filename, "utf8")}\nreturn { ${names.join(", ")} };`;
			found = vm.compileFunction(source, Object.keys(scope), { filename })(...Object.values(scope));
		}
		return found;
	}

	load(["public/js/mark.js", "public/js/plain_text.js"]);
	return { p2ham, frappe, handlers, said, dialogs, called, load, page: scope.document.body };
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

// An object of a class with these fields, without what its constructor draws.
const bare = (cls, fields) => Object.assign(Object.create(cls.prototype), fields);

// What stands in HTML for a reader: no tags, no indentation.
const plain = (html) =>
	html
		.replace(/<[^>]*>/g, " ")
		.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code))
		.replace(/\s+/g, " ")
		.trim();

module.exports = { open_desk, button_of, bare, plain, escape_html };
