// The dialog that brings an instrument from a file (JSON or Excel) to the site: it shows what the file holds or
// everything that is wrong with it, and imports only what has no fault.
//
// The file is read by the browser and sent to `p2ham.api.instrument`; nothing of it is kept as a File.

import { send } from "../desk/send.js";
import { esc } from "../desk/text.js";
import { bind_drop, drop_html, excess_of, failure_html, faults_table_html, unreadable } from "./file.js";

const TYPES = [".json", ".xlsx"];
const MAX_MB = 5;

const ask = (method, values) =>
	// As JSON: a form of this size is more than newer servers take.
	send(`p2ham.api.instrument.${method}`, values, {
		forbidden: __("You are no longer logged in, or may not import instruments. Load the page anew."),
	});

function read_as_base64(file) {
	return new Promise((resolve, reject) => {
		const reader = new FileReader();
		reader.onload = () => resolve(String(reader.result).split(",")[1] || "");
		reader.onerror = () => reject(unreadable());
		reader.readAsDataURL(file);
	});
}

export class InstrumentImport {
	// `replaces`: the draft that the file must hold; without it any instrument. `on_imported(name)`.
	constructor({ replaces = "", on_imported }) {
		this.replaces = replaces;
		this.on_imported = on_imported;
		this.replace = Boolean(replaces);
		this.dialog = new frappe.ui.Dialog({
			title: replaces
				? __("Replace {0} from File", [esc(replaces)])
				: __("Import Instrument from File"),
			size: "large",
			fields: [{ fieldname: "body", fieldtype: "HTML" }],
			primary_action_label: __("Import"),
			primary_action: () => this.store(),
		});
		this.dialog.$wrapper.addClass("p2ham-import");
		this.$body = $(`<div class="p2ham-sheet"></div>`).appendTo(this.dialog.fields_dict.body.$wrapper);
		this.$body.html(`${this.choose_html()}<div data-part="result" aria-live="polite"></div>`);
		this.bind();
		this.allow(false);
		this.dialog.show();
	}

	choose_html() {
		const hint = this.replaces
			? __("The draft is written anew from the file: its criteria and indicators are replaced.")
			: __("The instrument becomes a Draft. An existing one can be exported as an example.");
		return drop_html(
			__("Instrument file: Excel (.xlsx) or JSON (.json), {0} MB at most", [MAX_MB]),
			TYPES.join(","),
			hint
		);
	}

	bind() {
		bind_drop(this.$body, (file) => this.take(file));
		this.$body.on("click", "[data-do=retry]", () => this.check());
		this.$body.on("click", "[data-do=copy]", () => this.copy());
		this.$body.on("change", "[data-do=replace]", (event) => {
			this.replace = event.currentTarget.checked;
			this.check();
		});
	}

	show(html) {
		this.$body.find("[data-part=result]").html(html);
	}

	allow(allowed) {
		this.dialog.get_primary_btn().prop("disabled", !allowed);
	}

	// ---------------------------------------------------------------- reading and checking

	async take(file) {
		this.file = null;
		this.replace = Boolean(this.replaces);
		this.allow(false);
		const refusal = this.refusal_of(file);
		if (refusal) return this.show_refusal(refusal);
		try {
			this.file = { file_name: file.name, content: await read_as_base64(file) };
		} catch (error) {
			return this.show_failure(error, true);
		}
		await this.check();
	}

	refusal_of(file) {
		if (!TYPES.some((type) => file.name.toLowerCase().endsWith(type))) {
			return __("{0} is not an instrument file: its name ends neither with .xlsx nor with .json.", [
				esc(file.name),
			]);
		}
		const size = excess_of(file, MAX_MB);
		if (size) {
			return __("{0} is too large: {1} MB. An instrument file has {2} MB at most.", [
				esc(file.name),
				size,
				MAX_MB,
			]);
		}
		return file.size ? "" : __("{0} is empty.", [esc(file.name)]);
	}

	async check() {
		const file = (this.checking = this.file);
		this.allow(false);
		this.show(`<div class="p2ham-empty">${__("Checking {0}...", [esc(file.file_name)])}</div>`);
		try {
			const found = await ask("check_file", { ...file, replace: this.replace ? 1 : 0 });
			if (this.checking !== file) return; // another file has been chosen meanwhile
			this.found = this.with_own_fault(found);
			this.show_found();
			this.allow(!this.found.faults.length);
		} catch (error) {
			if (this.checking === file) this.show_failure(error, true);
		}
	}

	// A draft is replaced by the file of this instrument, not of another.
	with_own_fault(found) {
		const code = found.summary && found.summary.code;
		if (!this.replaces || !code || code === this.replaces) return found;
		const text = __("the file holds the instrument {0}; it cannot replace {1}", [code, this.replaces]);
		return { ...found, faults: [{ place: __("Code"), text }, ...found.faults] };
	}

	show_refusal(text) {
		this.show(`<div class="p2ham-callout p2ham-red" data-result="refused">${text}</div>`);
	}

	show_failure(error, nothing_written) {
		const outcome = nothing_written
			? __("Nothing was imported.")
			: __("Whether the instrument was imported is not known; trying again tells.");
		this.show(failure_html(error, outcome, this.file ? __("Try Again") : ""));
	}

	// ---------------------------------------------------------------- what was found

	show_found() {
		const { faults, warnings } = this.found;
		this.show(
			`${this.replace_html()}
			${faults.length ? this.faults_html(faults) : this.good_html()}
			${this.summary_html()}
			${this.warnings_html(warnings)}`
		);
	}

	good_html() {
		return `<div class="p2ham-callout p2ham-green" data-result="good"><strong>${__(
			"The file has no faults and can be imported."
		)}</strong></div>`;
	}

	faults_html(faults) {
		return `<div class="p2ham-callout p2ham-red" data-result="faulty">
				<div class="p2ham-found-head">
					<strong>${
						faults.length === 1
							? __("1 fault: the file cannot be imported like this.")
							: __("{0} faults: the file cannot be imported like this.", [faults.length])
					}</strong>
					<button type="button" class="btn btn-default btn-xs" data-do="copy">${__("Copy")}</button>
				</div>
			</div>
			${faults_table_html(faults)}`;
	}

	warnings_html(warnings) {
		if (!warnings.length) return "";
		const items = warnings.map(
			(warning) => `<li>${esc(warning.place || __("Instrument"))}: ${esc(warning.text)}</li>`
		);
		return `<div class="p2ham-callout p2ham-orange p2ham-findings" data-result="warned">
			<strong>${__("Weights to look at")} (${warnings.length})</strong>
			<ul>${items.join("")}</ul>
			<p>${__("They do not stop the import.")}</p>
		</div>`;
	}

	summary_html() {
		const summary = this.found.summary;
		if (!summary) return "";
		const counts = [
			__("Criteria: {0}", [summary.criteria]),
			__("Indicators: {0}", [summary.indicators]),
			__("Scales: {0}", [summary.scales]),
			__("Thresholds: {0}", [summary.thresholds]),
		];
		const lines = [
			[__("Title"), esc(summary.title)],
			[__("Code"), esc(summary.code)],
			[__("Regulation"), esc(summary.regulation)],
			[__("Family"), `${esc(__(summary.family))}, ${esc(summary.year)}`],
			[__("Content"), counts.join(" · ")],
		];
		if (summary.template) {
			lines.push([
				__("Template"),
				__("The annex of the regulation was not available: everything is to be checked and adapted."),
			]);
		}
		return `<dl class="p2ham-facts">${lines
			.map(([label, html]) => `<dt>${label}</dt><dd>${html}</dd>`)
			.join("")}</dl>`;
	}

	replace_html() {
		const existing = this.found.existing;
		if (this.replaces || !existing) return "";
		const link = `<a href="${esc(
			frappe.utils.get_form_link("P2HAM Instrument", existing.name)
		)}" target="_blank">${esc(existing.title)} (${esc(existing.name)})</a>`;
		if (existing.status !== "Draft") {
			return `<div class="p2ham-notice"><span>${__(
				"{0} has this code and is past Draft. Give the instrument in the file another code.",
				[link]
			)}</span></div>`;
		}
		const id = frappe.dom.get_unique_id();
		return `<div class="p2ham-notice">
			<input type="checkbox" id="${id}" data-do="replace" ${this.replace ? "checked" : ""}>
			<span><label for="${id}">${__("Replace the draft that is there")}</label>: ${link}</span>
		</div>`;
	}

	copy() {
		const lines = this.found.faults.map((fault) => [fault.place, fault.text].filter(Boolean).join(": "));
		frappe.utils.copy_to_clipboard([this.file.file_name, ...lines].join("\n"));
	}

	// ---------------------------------------------------------------- importing

	async store() {
		if (!this.file || !this.found || this.found.faults.length) return;
		this.allow(false);
		const title = this.found.summary.title;
		try {
			const stored = await ask("import_file", { ...this.file, replace: this.replace ? 1 : 0 });
			this.dialog.hide();
			frappe.show_alert({ message: __("{0} is there as a Draft.", [esc(title)]), indicator: "green" });
			// What the browser remembers of a replaced draft is no longer so.
			frappe.model.remove_from_locals("P2HAM Instrument", stored.name);
			this.on_imported(stored.name);
		} catch (error) {
			this.show_failure(error, !error.lost);
		}
	}
}
