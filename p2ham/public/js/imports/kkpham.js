// The dialog that brings results of KKP HAM from an Excel file to the site: it gives the template, shows what a file would
// change and everything that is wrong with it, and imports what was shown.
//
// The file goes to `p2ham.api.kkpham` twice, once to look and once to import; nothing of it is kept as a File.

import { pill } from "../desk/pill.js";
import { send } from "../desk/send.js";
import { esc } from "../desk/text.js";
import { bind_drop, drop_html, excess_of, failure_html, faults_table_html, unreadable } from "./file.js";

const MAX_MB = 5; // as p2ham.tables.opening
const COLOURS = { New: "green", Changed: "blue", Unchanged: "gray", Faulty: "red" };

// Words for attributes and stored values: bench does not find strings that stand inside quotes.
const words = () => ({
	rows: __("What the file would change"),
	New: __("New"),
	Changed: __("Changed"),
	Unchanged: __("Unchanged"),
	Faulty: __("Faulty"),
});

const ask = (method, file, values = {}) =>
	send(
		`p2ham.api.kkpham.${method}`,
		{ file, ...values },
		{ forbidden: __("You are no longer logged in, or may not import results. Load the page anew.") }
	);

export class KkphamImport {
	// `on_imported()` once something has been written.
	constructor({ on_imported }) {
		this.on_imported = on_imported;
		this.dialog = new frappe.ui.Dialog({
			title: __("Import Results of KKP HAM from Excel"),
			size: "extra-large",
			fields: [{ fieldname: "body", fieldtype: "HTML" }],
			primary_action_label: __("Import"),
			primary_action: () => this.store(),
		});
		this.dialog.$wrapper.addClass("p2ham-import p2ham-kkpham-import");
		this.$body = $(`<div class="p2ham-sheet"></div>`).appendTo(this.dialog.fields_dict.body.$wrapper);
		this.$body.html(
			`<div data-part="template"></div>${this.choose_html()}<div data-part="result" aria-live="polite"></div>`
		);
		this.bind();
		this.allow(false);
		this.dialog.show();
		this.offer_templates();
	}

	// ---------------------------------------------------------------- the template

	async offer_templates() {
		const instruments = await frappe.db.get_list("P2HAM Instrument", {
			fields: ["name", "title"],
			filters: { family: "KKP HAM", status: ["!=", "Draft"] },
			order_by: "year desc, name desc",
			limit: 50,
		});
		const $part = this.$body.find("[data-part=template]");
		if (!instruments.length) {
			$part.html(
				`<div class="p2ham-callout p2ham-orange">${__(
					"No instrument of KKP HAM is in use yet. A P2HAM Manager activates one first."
				)}</div>`
			);
			return;
		}
		const id = frappe.dom.get_unique_id();
		const options = instruments.map(
			({ name, title }) => `<option value="${esc(name)}">${esc(title)}</option>`
		);
		$part.html(`<div class="p2ham-template">
			<label for="${id}">${__("Template for")}</label>
			<select id="${id}" class="form-control input-sm">${options.join("")}</select>
			<button type="button" class="btn btn-default btn-sm" data-do="template">${__("Download Template")}</button>
		</div>`);
	}

	download_template() {
		const instrument = this.$body.find("[data-part=template] select").val();
		window.open(`/api/method/p2ham.api.kkpham.template?instrument=${encodeURIComponent(instrument)}`);
	}

	// ---------------------------------------------------------------- choosing the file

	choose_html() {
		return drop_html(
			__("Excel file with results (.xlsx), {0} MB at most", [MAX_MB]),
			".xlsx",
			__("Nothing is written before you have seen what would change. Empty cells change nothing.")
		);
	}

	bind() {
		bind_drop(this.$body, (file) => this.take(file));
		this.$body.on("click", "[data-do=template]", () => this.download_template());
		this.$body.on("click", "[data-do=retry]", () => this.look());
		this.$body.on("change", "[data-do=good]", () => this.show_action());
	}

	show(html) {
		this.$body.find("[data-part=result]").html(html);
	}

	allow(allowed, label = __("Import")) {
		this.dialog.get_primary_btn().prop("disabled", !allowed).text(label);
	}

	async take(file) {
		this.file = this.found = null;
		this.allow(false);
		const refusal = this.refusal_of(file);
		if (refusal)
			return this.show(`<div class="p2ham-callout p2ham-red" data-result="refused">${refusal}</div>`);
		try {
			// Kept as it is now: what is imported must be what is shown, though the file be saved again meanwhile.
			this.file = new File([await file.arrayBuffer()], file.name);
		} catch {
			return this.show_failure(unreadable(), true);
		}
		await this.look();
	}

	refusal_of(file) {
		if (!file.name.toLowerCase().endsWith(".xlsx")) {
			return __("{0} is not an Excel workbook: its name does not end with .xlsx.", [esc(file.name)]);
		}
		const size = excess_of(file, MAX_MB);
		if (size) {
			return __("{0} is too large: {1} MB. A file with results has {2} MB at most.", [
				esc(file.name),
				size,
				MAX_MB,
			]);
		}
		return file.size ? "" : __("{0} is empty.", [esc(file.name)]);
	}

	// ---------------------------------------------------------------- looking at it

	async look() {
		const file = this.file;
		this.allow(false);
		this.show(`<div class="p2ham-empty">${__("Checking {0}...", [esc(file.name)])}</div>`);
		try {
			const found = await ask("preview", file);
			if (this.file !== file) return; // another file has been chosen meanwhile
			this.found = found;
			this.show(found.faults.length ? this.faults_html(found.faults) : this.rows_html(found));
			this.show_action();
		} catch (error) {
			if (this.file === file) this.show_failure(error, true);
		}
	}

	show_failure(error, nothing_written) {
		const outcome = nothing_written
			? __("Nothing was imported.")
			: __("Whether the results were imported is not known; the preview tells.");
		this.show(failure_html(error, outcome, this.file ? __("Preview Again") : ""));
	}

	faults_html(faults) {
		return `<div class="p2ham-callout p2ham-red" data-result="unusable"><strong>${__(
			"The file cannot be imported like this."
		)}</strong></div>${faults_table_html(faults)}`;
	}

	rows_html({ rows, counts }) {
		const shown = words();
		const pills = Object.keys(COLOURS)
			.filter((kind) => counts[kind])
			.map((kind) => pill(`${shown[kind]}: ${counts[kind]}`, COLOURS[kind]));
		// What is wrong comes first.
		const ordered = [...rows].sort((one, other) => (other.kind === "Faulty") - (one.kind === "Faulty"));
		return `<div class="p2ham-callout p2ham-${this.colour_of(counts)}" data-result="seen">
				<div class="p2ham-found-head"><strong>${this.outcome_of(counts)}</strong><span>${pills.join(" ")}</span></div>
				${this.good_html(counts)}
			</div>
			<div class="p2ham-faults p2ham-rows" role="region" tabindex="0" aria-label="${shown.rows}"><table>
				<thead><tr>
					<th scope="col" class="p2ham-points">${__("Row")}</th><th scope="col">${__("Unit")}</th><th scope="col" class="p2ham-points">${__("Year")}</th>
					<th scope="col">${__("Status")}</th><th scope="col">${__("What Changes")}</th>
				</tr></thead>
				<tbody>${ordered.map((row) => this.row_html(row)).join("")}</tbody>
			</table></div>`;
	}

	colour_of(counts) {
		if (counts.Faulty) return "orange";
		return counts.New + counts.Changed ? "green" : "blue";
	}

	outcome_of(counts) {
		if (counts.Faulty) {
			return __("{0} of {1} rows are faulty.", [counts.Faulty, this.found.rows.length]);
		}
		if (counts.New + counts.Changed) return __("The file has no faults and can be imported.");
		return __("The file says what is there already; there is nothing to import.");
	}

	good_html(counts) {
		if (!counts.Faulty || !(counts.New + counts.Changed)) return "";
		const id = frappe.dom.get_unique_id();
		return `<div class="p2ham-good"><input type="checkbox" id="${id}" data-do="good">
			<label for="${id}">${__("Import the good rows and leave out those that are faulty")}</label></div>`;
	}

	row_html(row) {
		const name = row.name
			? `<a href="${esc(frappe.utils.get_form_link("P2HAM KKPHAM Result", row.name))}" target="_blank">${esc(row.unit)}</a>`
			: esc(row.unit) || "–";
		const faults = row.faults.map(
			({ place, text }) => `<li><span class="p2ham-place">${esc(place)}:</span> ${esc(text)}</li>`
		);
		const changes = row.changes.map(({ label, old, new: now }) => {
			const before = row.kind === "New" ? "" : `<del>${esc(old) || "–"}</del> → `;
			return `<li><span class="p2ham-place">${esc(label)}:</span> ${before}<ins>${esc(now) || "–"}</ins></li>`;
		});
		const list = [...faults, ...changes];
		return `<tr data-row="${row.row}" data-kind="${row.kind}">
			<td class="p2ham-points">${row.row}</td><td>${name}</td><td class="p2ham-points">${esc(row.year) || "–"}</td>
			<td>${pill(words()[row.kind], COLOURS[row.kind])}</td>
			<td>${list.length ? `<ul class="p2ham-changes">${list.join("")}</ul>` : "–"}</td>
		</tr>`;
	}

	// ---------------------------------------------------------------- importing

	good_rows() {
		return this.found.rows.filter((row) => row.kind === "New" || row.kind === "Changed");
	}

	show_action() {
		if (this.found.faults.length) return this.allow(false);
		const good = this.good_rows().length;
		const chosen = !this.found.counts.Faulty || this.$body.find("[data-do=good]").prop("checked");
		const label = this.found.counts.Faulty
			? __("Import {0} Good Rows", [good])
			: __("Import {0} Rows", [good]);
		this.allow(Boolean(good && chosen), good ? label : __("Import"));
	}

	async store() {
		if (!this.file || !this.found) return;
		this.allow(false);
		const chosen = Object.fromEntries(this.good_rows().map((row) => [row.row, row.stamp]));
		try {
			const written = await ask("apply", this.file, {
				digest: this.found.digest,
				chosen,
			});
			this.dialog.hide();
			frappe.show_alert({
				message: __("Results of KKP HAM: {0} created, {1} changed.", [
					written.created,
					written.changed,
				]),
				indicator: "green",
			});
			// What the browser remembers of a changed result is no longer so.
			this.good_rows().forEach(
				({ name }) => name && frappe.model.remove_from_locals("P2HAM KKPHAM Result", name)
			);
			this.on_imported();
		} catch (error) {
			this.show_failure(error, !error.lost);
		}
	}
}
