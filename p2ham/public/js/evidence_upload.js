// Uploading evidence: one or several files, dropped or chosen, each with its title and dates, a progress bar, and
// what the server says of it. A file is stored together with its document and its place in the sheet, or not at all.

frappe.provide("p2ham");

p2ham.EvidenceUpload = (() => {
	const DOOR = "/api/method/p2ham.api.evidence.upload";
	const MEGABYTE = 1024 * 1024;

	const esc = (text) => frappe.utils.escape_html(text);

	// Words for attributes of the templates below: bench does not find strings that stand inside quotes there.
	const words = () => ({
		title: __("Title of the document"),
		upload: __("Upload"),
		remove: __("Leave this file out"),
	});

	const megabytes = (bytes) =>
		bytes < MEGABYTE ? `${Math.ceil(bytes / 1024)} kB` : `${format_number(bytes / MEGABYTE, null, 1)} MB`;

	// A document of its own loads nothing and runs nothing, whatever stands in it.
	const text_of = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent;

	// The text of what the server said; its own tags are taken away, what people wrote in it stays text.
	function reason(request) {
		let answer = {};
		try {
			answer = JSON.parse(request.responseText);
		} catch {
			// An answer of the web server in front of Frappe
		}
		const said = JSON.parse(answer._server_messages || "[]").map((message) => JSON.parse(message).message);
		if (said.length) return said.map(text_of).join(" ");
		if (request.status === 413) return __("The file is larger than this site accepts.");
		if (!request.status) return __("The connection broke off. Nothing was stored; try again.");
		return __("The server refused the file ({0}).", [request.status]);
	}

	return class EvidenceUpload {
		// What decides without a page, for tests/unit/js.
		static get tools() {
			return { megabytes, reason };
		}

		// `target`: what the door wants to know (assessment, indicator, slot | evidence | opd); `types`: endings;
		// `about`: what is known of the document that is replaced (dates, flag); `files`: those that were dropped;
		// `on_done(answers)`: called when the dialog closes, if anything was stored.
		constructor({ target, title = "", about = {}, types = [], max_mb = 0, multiple = true, files = [], on_done }) {
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
			EvidenceUpload.accept_drops(this.$body.get(0), ".p2ham-drop", (_, files) => this.add(files));
			this.$body.on("click", "[data-do]", (event) => {
				const entry = this.entries.find((entry) => entry.$row.get(0).contains(event.currentTarget));
				this[`do_${event.currentTarget.dataset.do.replace(/-/g, "_")}`](entry);
			});
		}

		// Let files be dropped on every `selector` inside an element, now and later.
		static accept_drops(element, selector, on_drop) {
			const place = (event) =>
				event.dataTransfer && [...event.dataTransfer.types].includes("Files") && event.target.closest(selector);
			const mark = (event, on) => {
				const target = place(event);
				if (!target) return null;
				event.preventDefault();
				target.classList.toggle("is-over", on);
				return target;
			};
			element.addEventListener("dragenter", (event) => mark(event, true));
			element.addEventListener("dragover", (event) => mark(event, true));
			element.addEventListener("dragleave", (event) => mark(event, false));
			element.addEventListener("drop", (event) => {
				const target = mark(event, false);
				const files = target ? [...event.dataTransfer.files] : [];
				if (files.length) on_drop(target, files);
			});
		}

		// ---------------------------------------------------------------- the list of files

		add(files) {
			const chosen = [...files];
			if (!this.multiple && chosen.length) {
				this.entries.forEach((entry) => entry.$row.remove());
				this.entries = [];
				chosen.splice(1);
			}
			const added = chosen.map((file) => {
				const text = this.refused(file);
				return { file, text, state: text ? "refused" : "waiting", $row: $(`<div class="p2ham-file"></div>`) };
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
			const head = `<div class="p2ham-file-head"><span class="p2ham-file-name">${esc(entry.file.name)}</span>
				<span class="p2ham-hint">${megabytes(entry.file.size)}</span>
				<button type="button" class="p2ham-link" data-do="leave-out" title="${words().remove}"
					aria-label="${words().remove}">✕</button></div>`;
			const parts = {
				waiting: () => this.about_html(entry),
				sending: () => this.progress_html(),
				refused: () => `<div class="p2ham-said p2ham-red" role="alert">${esc(entry.text)}</div>${this.retry_html(entry)}`,
				duplicate: () => this.duplicate_html(entry),
				stored: () => this.stored_html(entry),
			};
			entry.$row.attr("data-state", entry.state).html(head + parts[entry.state]());
		}

		about_html(entry) {
			const date = (field, label) =>
				`<label class="p2ham-about-date"><span>${label}</span>
					<input type="date" class="form-control input-xs" data-field="${field}"
						value="${esc(this.about[field] || "")}"></label>`;
			return `<div class="p2ham-about-file">
				<input type="text" class="form-control" maxlength="140" data-field="title" aria-label="${words().title}"
					placeholder="${words().title}" value="${esc(this.default_title(entry.file))}">
				<div class="p2ham-about-dates">${date("document_date", __("Document Date"))}${date("valid_from", __("Valid From"))}${date(
					"valid_until",
					__("Valid Until")
				)}</div>
				<label class="p2ham-about-flag"><input type="checkbox" data-field="contains_personal_data"
					${this.about.contains_personal_data ? "checked" : ""}>
					${__("Shows personal data of citizens (names, faces, NIK, health, children)")}</label>
			</div>`;
		}

		progress_html() {
			return `<div class="p2ham-progress" role="progressbar" aria-valuemin="0" aria-valuemax="100" aria-valuenow="0"
				aria-label="${words().upload}"><div style="width: 0"></div></div><span class="p2ham-hint" data-part="percent">0%</span>`;
		}

		retry_html(entry) {
			return entry.can_retry
				? `<button type="button" class="btn btn-default btn-xs" data-do="retry">${__("Try Again")}</button>`
				: "";
		}

		duplicate_html(entry) {
			const there = entry.answer.duplicate;
			const name = `<b>${esc(there.title)}</b> (${esc(there.name)})`;
			const use =
				this.target.assessment && !this.target.evidence
					? `<button type="button" class="btn btn-primary btn-xs" data-do="use-existing">${__("Use That")}</button>`
					: "";
			return `<div class="p2ham-said p2ham-blue">${__("The unit has this file already: {0}.", [name])}</div>
				<div class="p2ham-slot-buttons">${use}<button type="button" class="btn btn-default btn-xs"
					data-do="store-again">${__("Store It Once More")}</button></div>`;
		}

		stored_html(entry) {
			const { findings = [], scan_status } = entry.answer;
			const stored = `<div class="p2ham-said p2ham-green">✓ ${__("Stored")}</div>`;
			if (scan_status === "Waiting") {
				return `${stored}<p class="p2ham-hint">${__(
					"It is still being searched for personal data. You will be told if something is found."
				)}</p>`;
			}
			if (scan_status === "No Text") {
				return `${stored}<p class="p2ham-hint">${__(
					"It has no text that can be searched (a scan or photo): look yourself whether it shows citizens."
				)}</p>`;
			}
			if (!findings.length) return stored;
			const found = findings.map(
				(row) => `<li><b>${esc(__(row.kind))}</b> ${esc(row.sample)} (${esc(row.place)}${row.count > 1 ? `, ${row.count}×` : ""})</li>`
			);
			return `<div class="p2ham-said p2ham-orange" role="alert">${__(
				"Stored, and flagged: it shows personal data. Replace it by a copy in which they are covered, or keep it flagged. A flagged document is hidden from observers, and each download is logged."
			)}</div><ul class="p2ham-findings">${found.join("")}</ul>
				<div class="p2ham-slot-buttons"><button type="button" class="btn btn-default btn-xs" data-do="replace">${__(
					"Replace File"
				)}</button><button type="button" class="btn btn-default btn-xs" data-do="keep">${__("Keep Flagged")}</button></div>`;
		}

		set_state(entry, state, text = "") {
			Object.assign(entry, { state, text });
			this.draw(entry);
			this.refresh_button();
		}

		// ---------------------------------------------------------------- what the buttons do

		do_leave_out(entry) {
			if (entry.request) entry.request.abort();
			entry.$row.remove();
			this.entries = this.entries.filter((other) => other !== entry);
			this.refresh_button();
		}

		do_retry(entry) {
			this.send(entry);
		}

		do_store_again(entry) {
			this.send(entry, { again: 1 });
		}

		async do_use_existing(entry) {
			const { assessment, indicator, slot } = this.target;
			const evidence = entry.answer.duplicate.name;
			try {
				await frappe.xcall("p2ham.api.evidence.add_to_assessment", { assessment, indicator, slot, evidence });
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

		// ---------------------------------------------------------------- sending

		async upload_all() {
			if (this.is_over()) return this.dialog.hide();
			// One after another: each changes the same sheet.
			for (const entry of this.entries.filter((entry) => entry.state === "waiting")) await this.send(entry);
			this.close_if_done();
		}

		values(entry) {
			const values = entry.values || {};
			entry.$row.find("[data-field]").each((_, input) => {
				values[input.dataset.field] = input.type === "checkbox" ? Number(input.checked) : input.value.trim();
			});
			return values;
		}

		async send(entry, more = {}) {
			entry.values = this.values(entry);
			this.set_state(entry, "sending");
			const form = new FormData();
			const values = { ...this.target, ...entry.values, ...more };
			for (const [name, value] of Object.entries(values)) form.append(name, value);
			form.append("file", entry.file, entry.file.name);
			try {
				entry.answer = await this.post(entry, form);
			} catch (request) {
				// The number of a status says that it was heard; nothing heard may be tried again as it is.
				entry.can_retry = !request.status;
				return this.set_state(entry, "refused", reason(request));
			} finally {
				entry.request = null;
			}
			if (entry.answer.duplicate) return this.set_state(entry, "duplicate");
			this.keep_answer(entry, entry.answer);
		}

		post(entry, form) {
			const answer = new Promise((resolve, reject) => {
				const request = (entry.request = new XMLHttpRequest());
				request.upload.addEventListener("progress", (event) => this.show_progress(entry, event));
				request.addEventListener("load", () =>
					request.status === 200 ? resolve(JSON.parse(request.responseText).message) : reject(request)
				);
				for (const end of ["error", "abort"]) request.addEventListener(end, () => reject(request));
				request.open("POST", DOOR);
				request.setRequestHeader("Accept", "application/json");
				request.setRequestHeader("X-Frappe-CSRF-Token", frappe.csrf_token);
				request.send(form);
			});
			return p2ham.mark.until(answer);
		}

		show_progress(entry, event) {
			if (!event.lengthComputable) return;
			const share = Math.floor((100 * event.loaded) / event.total);
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

		// ---------------------------------------------------------------- the end

		is_over() {
			return this.entries.length > 0 && this.entries.every((entry) => ["stored", "refused"].includes(entry.state));
		}

		// Closes by itself only where nobody has to read or decide anything.
		close_if_done() {
			const quiet = (entry) =>
				entry.state === "stored" && (entry.kept || !((entry.answer.findings || []).length || entry.answer.scan_status === "No Text"));
			if (this.entries.length && this.entries.every(quiet)) this.dialog.hide();
			this.refresh_button();
		}

		refresh_button() {
			const waiting = this.entries.filter((entry) => entry.state === "waiting").length;
			const sending = this.entries.some((entry) => entry.state === "sending");
			const $button = this.dialog.get_primary_btn();
			$button.text(this.is_over() && !waiting ? __("Done") : waiting > 1 ? __("Upload {0} Files", [waiting]) : __("Upload"));
			$button.prop("disabled", sending || (!waiting && !this.is_over()));
		}

		close() {
			for (const entry of this.entries) if (entry.request) entry.request.abort();
			if (this.stored.length && this.on_done) this.on_done(this.stored);
			this.stored = [];
		}
	};
})();

// Choosing among the documents that the unit has already.
p2ham.EvidencePicker = class {
	// `place`: assessment, indicator, slot; `on_pick(names)` may refuse by throwing.
	constructor({ place, unit, on_pick }) {
		Object.assign(this, { place, on_pick, chosen: new Set() });
		this.dialog = new frappe.ui.Dialog({
			title: __("Use Existing Evidence"),
			size: "large",
			fields: [
				{ fieldname: "text", fieldtype: "Data", label: __("Search"), placeholder: __("Words of the title") },
				{ fieldname: "list", fieldtype: "HTML" },
			],
			primary_action_label: __("Use"),
			primary_action: () => this.pick(),
		});
		this.dialog.$wrapper.addClass("p2ham-picker");
		this.$list = this.dialog.fields_dict.list.$wrapper;
		this.unit = unit;
		this.dialog.fields_dict.text.$input.on(
			"input",
			frappe.utils.debounce(() => this.load(), 300)
		);
		this.$list.on("change", "input[type=checkbox]", ({ currentTarget }) => {
			this.chosen[currentTarget.checked ? "add" : "delete"](currentTarget.value);
			this.refresh_button();
		});
		this.dialog.show();
		this.load();
	}

	async load() {
		const text = this.dialog.get_value("text") || "";
		const rows = await p2ham.mark.until(
			frappe.xcall("p2ham.api.evidence.available", { ...this.place, text })
		);
		if (text !== (this.dialog.get_value("text") || "")) return; // a later search is under way
		this.$list.html(rows.length ? rows.map((row) => this.row_html(row)).join("") : this.empty_html(text));
		this.refresh_button();
	}

	empty_html(text) {
		return `<div class="p2ham-empty">${
			text ? __("No document of {0} fits these words.", [frappe.utils.escape_html(this.unit)]) : __("{0} has no other document of this kind yet.", [frappe.utils.escape_html(this.unit)])
		}</div>`;
	}

	row_html(row) {
		const esc = frappe.utils.escape_html;
		const colour = { Valid: "green", "Partly Valid": "orange", "Not Valid": "red" }[row.validity];
		const mark = colour ? `<span class="p2ham-pill p2ham-${colour}">${esc(__(row.validity))}</span>` : "";
		const flag = row.contains_personal_data ? `<span class="p2ham-pill p2ham-red">${__("Personal data")}</span>` : "";
		const about = [
			row.document_date && frappe.datetime.str_to_user(row.document_date),
			row.uses ? __("used in {0} places", [row.uses]) : __("not used yet"),
		];
		return `<label class="p2ham-pick"><input type="checkbox" value="${esc(row.name)}" ${
			this.chosen.has(row.name) ? "checked" : ""
		}><span><b>${esc(row.title)}</b> ${mark}${flag}<br><span class="p2ham-hint">${esc(row.name)} · ${about
			.filter(Boolean)
			.map(esc)
			.join(" · ")}</span></span></label>`;
	}

	refresh_button() {
		const count = this.chosen.size;
		this.dialog.get_primary_btn().text(count > 1 ? __("Use {0} Documents", [count]) : __("Use")).prop("disabled", !count);
	}

	async pick() {
		this.dialog.disable_primary_action();
		try {
			await this.on_pick([...this.chosen]);
			this.dialog.hide();
		} finally {
			this.dialog.enable_primary_action();
		}
	}
};
