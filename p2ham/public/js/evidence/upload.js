// Uploading evidence: one or several files, dropped or chosen, each with its title and dates, a progress bar, and what the
// server says of it. A file is stored together with its document and its place in the sheet, or not at all.
//
// Not Frappe's FileUploader, which stores a File first: here nothing is stored that the rules refuse, each file has its own
// title and dates before it goes, and a duplicate or a finding is answered in the row of its file.

import { accept_drops } from "../desk/drop.js";
import { send } from "../desk/send.js";
import { esc } from "../desk/text.js";
import { file_html, megabytes } from "./file.js";

const DOOR = "p2ham.api.evidence.upload";
const MEGABYTE = 1024 * 1024;

const words = () => ({ broken: __("The connection broke off. Nothing was stored; try again.") });

export class EvidenceUpload {
	// `target`: what the door wants to know (assessment, indicator, slot | evidence | opd); `types`: endings;
	// `about`: what is known of the document that is replaced (dates, flag); `files`: those that were dropped;
	// `on_done(answers)`: called when the dialog closes, if anything was stored.
	constructor({
		target,
		title = "",
		about = {},
		types = [],
		max_mb = 0,
		multiple = true,
		files = [],
		on_done,
	}) {
		Object.assign(this, { target, title, about, types, max_mb, multiple, on_done });
		this.entries = [];
		this.stored = [];
		this.make();
		this.add(files);
	}

	make() {
		this.dialog = new frappe.ui.Dialog({
			title: this.target.evidence ? __("Replace File") : __("Upload Evidence"),
			size: "large",
			fields: [{ fieldname: "body", fieldtype: "HTML" }],
			primary_action_label: __("Upload"),
			primary_action: () => this.upload_all(),
		});
		this.dialog.$wrapper.addClass("p2ham-upload");
		this.dialog.onhide = () => this.close();
		const endings = this.types.map((type) => type.toUpperCase()).join(", ") || __("Any file");
		const accepted = this.types.map((type) => `.${type}`).join(",");
		const invitation = this.multiple
			? __("Drop files here, or choose them")
			: __("Drop the file here, or choose it");
		this.$body = $(`<div>
			<label class="p2ham-drop" tabindex="0">
				<input type="file" class="sr-only" ${this.multiple ? "multiple" : ""} accept="${esc(accepted)}">
				${frappe.utils.icon("upload", "md")}
				<strong>${invitation}</strong>
				<span class="p2ham-hint">${__("{0}, {1} MB at most. Stored privately.", [esc(endings), this.max_mb || "–"])}</span>
			</label>
			<div class="p2ham-files" aria-live="polite"></div>
			<p class="p2ham-hint">${__(
				"The place and camera data in photos are removed. Cover names, faces and NIK that the indicator does not need."
			)}</p>
		</div>`);
		this.dialog.fields_dict.body.$wrapper.empty().append(this.$body);
		this.$files = this.$body.find(".p2ham-files");
		this.bind();
		this.dialog.show();
		this.refresh_button();
	}

	bind() {
		const $drop = this.$body.find(".p2ham-drop");
		const input = $drop.find("input").get(0);
		input.addEventListener("change", () => {
			this.add([...input.files]);
			input.value = ""; // so that the same file can be chosen again
		});
		$drop.on("keydown", (event) => {
			if (!["Enter", " "].includes(event.key)) return;
			event.preventDefault();
			input.click();
		});
		accept_drops(this.$body.get(0), ".p2ham-drop", (_, files) => this.add(files));
		this.$body.on("click", "[data-do]", (event) => {
			const entry = this.entries.find((entry) => entry.$row.get(0).contains(event.currentTarget));
			this[`do_${event.currentTarget.dataset.do.replace(/-/g, "_")}`](entry);
		});
	}

	add(files) {
		const chosen = [...files];
		if (!this.multiple && chosen.length) {
			this.entries.forEach((entry) => entry.$row.remove());
			this.entries = [];
			chosen.splice(1);
		}
		const added = chosen.map((file) => {
			const text = this.refused(file);
			return {
				file,
				text,
				state: text ? "refused" : "waiting",
				$row: $(`<div class="p2ham-file"></div>`),
			};
		});
		this.entries.push(...added);
		for (const entry of added) {
			this.$files.append(entry.$row);
			this.draw(entry); // a title depends on how many there are
		}
		this.refresh_button();
	}

	// What can be said before anything is sent; the server looks again.
	refused(file) {
		const ending = file.name.includes(".") ? file.name.split(".").pop().toLowerCase() : "";
		if (this.types.length && !this.types.includes(ending)) {
			return __("Files of this type are not accepted here. Accepted: {0}.", [this.types.join(", ")]);
		}
		if (!file.size) return __("The file is empty.");
		if (this.max_mb && file.size > this.max_mb * MEGABYTE) {
			return __("The file has {0}; {1} MB at most.", [megabytes(file.size), this.max_mb]);
		}
		return "";
	}

	default_title(file) {
		const waiting = this.entries.filter((entry) => entry.state !== "refused").length;
		return (waiting > 1 || !this.title ? file.name.replace(/\.[^.]+$/, "") : this.title).slice(0, 140);
	}

	draw(entry) {
		entry.$row.attr("data-state", entry.state).html(file_html(this, entry));
	}

	// ---------------------------------------------------------------- what the buttons do

	set_state(entry, state, text = "") {
		Object.assign(entry, { state, text });
		this.draw(entry);
		this.refresh_button();
	}

	do_leave_out(entry) {
		if (entry.leaving) entry.leaving.abort();
		entry.$row.remove();
		this.entries = this.entries.filter((other) => other !== entry);
		this.refresh_button();
	}

	do_retry(entry) {
		this.store(entry);
	}

	do_store_again(entry) {
		this.store(entry, { again: 1 });
	}

	async do_use_existing(entry) {
		const { assessment, indicator, slot } = this.target;
		const evidence = entry.answer.duplicate.name;
		try {
			await frappe.xcall("p2ham.api.evidence.add_to_assessment", {
				assessment,
				indicator,
				slot,
				evidence,
			});
		} catch {
			return; // Frappe has shown why
		}
		this.keep_answer(entry, { evidence });
	}

	do_keep(entry) {
		entry.kept = true;
		this.set_state(Object.assign(entry, { answer: { ...entry.answer, findings: [] } }), "stored");
		this.close_if_done();
	}

	// The covered copy takes the place of what was just stored; the sheet is read anew when both dialogs are over.
	do_replace(entry) {
		const { target, types, max_mb, on_done, stored } = this;
		this.stored = [];
		this.dialog.hide();
		const next = new EvidenceUpload({
			target: { assessment: target.assessment || "", evidence: entry.answer.evidence },
			title: entry.answer.title,
			about: { ...entry.values, contains_personal_data: 0 },
			types,
			max_mb,
			multiple: false,
			on_done,
		});
		next.stored = stored;
	}

	async upload_all() {
		if (this.is_over()) return this.dialog.hide();
		// One after another: each changes the same sheet.
		for (const entry of this.entries.filter((entry) => entry.state === "waiting"))
			await this.store(entry);
		this.close_if_done();
	}

	values(entry) {
		const values = entry.values || {};
		entry.$row.find("[data-field]").each((_, input) => {
			values[input.dataset.field] =
				input.type === "checkbox" ? Number(input.checked) : input.value.trim();
		});
		return values;
	}

	async store(entry, more = {}) {
		entry.values = this.values(entry);
		this.set_state(entry, "sending");
		entry.leaving = new AbortController();
		try {
			const values = { ...this.target, ...entry.values, ...more, file: entry.file };
			entry.answer = await send(DOOR, values, {
				signal: entry.leaving.signal,
				on_progress: (share) => this.show_progress(entry, share),
			});
		} catch (refusal) {
			// The number of a status says that it was heard; nothing heard may be tried again as it is.
			entry.can_retry = !refusal.status;
			return this.set_state(entry, "refused", refusal.status ? refusal.message : words().broken);
		} finally {
			entry.leaving = null;
		}
		if (entry.answer.duplicate) return this.set_state(entry, "duplicate");
		this.keep_answer(entry, entry.answer);
	}

	show_progress(entry, share) {
		entry.$row.find(".p2ham-progress").attr("aria-valuenow", share).children().css("width", `${share}%`);
		entry.$row
			.find("[data-part=percent]")
			.text(share < 100 ? `${share}%` : __("Sent; the server is looking at the file..."));
	}

	keep_answer(entry, answer) {
		entry.answer = answer;
		this.stored.push(answer);
		this.set_state(entry, "stored");
	}

	is_over() {
		return (
			this.entries.length > 0 &&
			this.entries.every((entry) => ["stored", "refused"].includes(entry.state))
		);
	}

	// Closes by itself only where nobody has to read or decide anything.
	close_if_done() {
		const quiet = (entry) =>
			entry.state === "stored" &&
			(entry.kept || !((entry.answer.findings || []).length || entry.answer.scan_status === "No Text"));
		if (this.entries.length && this.entries.every(quiet)) this.dialog.hide();
		this.refresh_button();
	}

	refresh_button() {
		const waiting = this.entries.filter((entry) => entry.state === "waiting").length;
		const sending = this.entries.some((entry) => entry.state === "sending");
		const $button = this.dialog.get_primary_btn();
		$button.text(
			this.is_over() && !waiting
				? __("Done")
				: waiting > 1
					? __("Upload {0} Files", [waiting])
					: __("Upload")
		);
		$button.prop("disabled", sending || (!waiting && !this.is_over()));
	}

	close() {
		for (const entry of this.entries) if (entry.leaving) entry.leaving.abort();
		if (this.stored.length && this.on_done) this.on_done(this.stored);
		this.stored = [];
	}
}
