// The evidence of a sheet, one document after another: the file in the middle, what is asked and was answered
// beside it, and the verifier's decision by button or by key.
//
// It stands over the form and shows the form's own rows and what the sheet (assessment_worksheet.js) knows about
// them. Every decision goes into the rows through frappe.model.set_value, as the sheet does it, so the form's
// ordinary Save stores it. Nothing here decides anything; whoever may not verify sees the same without buttons.

frappe.provide("p2ham");

p2ham.EvidenceViewer = (() => {
	const USE = "P2HAM Evidence Use";
	// The sign says what the colour says.
	const STATES = {
		Pending: { sign: "○", colour: "gray" },
		Accepted: { sign: "✓", colour: "green" },
		Returned: { sign: "↩", colour: "orange" },
	};
	const KEYS = {
		j: "next",
		ArrowDown: "next",
		k: "previous",
		ArrowUp: "previous",
		n: "next_open",
		a: "accept",
		r: "return",
		s: "save",
		"+": "zoom_in",
		"-": "zoom_out",
		"?": "keys",
		Escape: "escape",
	};
	// A key that is held down must not decide about what nobody has seen.
	const ONCE = ["accept", "return", "save", "keys", "escape"];
	const FIELDS = "input, textarea, select, [contenteditable]";
	const STOPS = "a[href], button:not(:disabled), input, textarea, select, summary, iframe, [tabindex='0']";
	// What browsers show as a picture; an SVG is a document and stays a download.
	const PICTURES = /^image\/(jpeg|png|gif|webp|bmp)$/;

	// hooks.py names the sheet before the viewer.
	const { esc, pill, date_text, safe_address, fit_height } = p2ham.Worksheet.tools;

	// Words for attributes of the templates below: bench does not find strings that stand inside quotes there.
	const words = () => ({
		close: __("Close"),
		keys: __("Keys"),
		list: __("Documents"),
		shown: __("Documents shown"),
		file: __("The file"),
		item: __("What is asked and answered"),
		previous: __("Previous"),
		next: __("Next"),
		zoom_in: __("Larger"),
		zoom_out: __("Smaller"),
		rotate: __("Rotate"),
		reasons: __("Frequent reasons"),
		mandatory: __("Mandatory where the answer earns points"),
	});

	const state_of = (use) => use.verification || "Pending";
	const is_open = (use) => state_of(use) === "Pending";

	function state_text(use) {
		const texts = {
			Pending: __("Not verified yet"),
			Accepted: __("Accepted"),
			Returned: __("Returned"),
		};
		return texts[state_of(use)];
	}

	function size_text(bytes) {
		const kilobytes = Math.max(1, Math.round(bytes / 1024));
		return kilobytes < 1000
			? __("{0} KB", [kilobytes])
			: __("{0} MB", [format_number(bytes / 1024 / 1024, null, 1)]);
	}

	// How a document can be shown: by its content as the server found it, and by the ending that decides what the
	// browser takes it for. Both must say the same.
	function way_to_show(evidence) {
		if (!evidence) return "hidden";
		const address = safe_address(evidence);
		if (!address) return "nothing";
		if (evidence.kind === "Link") return "link";
		const type = evidence.mime_type || "";
		if (type === "application/pdf" && /\.pdf$/i.test(address)) {
			return navigator.pdfViewerEnabled === false ? "no-viewer" : "pdf";
		}
		return PICTURES.test(type) && !/\.svg$/i.test(address) ? "picture" : "other";
	}

	// A picture that fits its place, and can be made larger and turned.
	class Picture {
		constructor(place, image) {
			this.place = place;
			this.image = image;
			this.zoom = 1;
			this.turns = 0;
			image.addEventListener("load", () => this.layout());
			// A click shows the details of where it went, a second one the whole.
			image.addEventListener("click", (event) => this.zoom_to(this.zoom === 1 ? 2.5 : 1, event));
		}

		rotate() {
			this.turns = (this.turns + 1) % 4;
			this.layout();
		}

		zoom_by(factor) {
			this.zoom_to(Math.min(8, Math.max(1, this.zoom * factor)));
		}

		// What was in the middle, or under the pointer, comes to the middle.
		zoom_to(zoom, point = null) {
			const box = this.image.parentElement.getBoundingClientRect();
			const place = this.place.getBoundingClientRect();
			const at = {
				x: point ? point.clientX : place.x + place.width / 2,
				y: point ? point.clientY : place.y + place.height / 2,
			};
			const share = { x: (at.x - box.x) / box.width, y: (at.y - box.y) / box.height };
			this.zoom = zoom;
			this.layout();
			this.place.scrollLeft = share.x * this.image.parentElement.offsetWidth - place.width / 2;
			this.place.scrollTop = share.y * this.image.parentElement.offsetHeight - place.height / 2;
		}

		layout() {
			const { naturalWidth: width, naturalHeight: height } = this.image;
			if (!width) return;
			const lies = this.turns % 2 === 1;
			const [across, down] = lies ? [height, width] : [width, height];
			const fit = Math.min(this.place.clientWidth / across, this.place.clientHeight / down, 1);
			const scale = fit * this.zoom;
			Object.assign(this.image.parentElement.style, {
				width: `${Math.floor(across * scale)}px`,
				height: `${Math.floor(down * scale)}px`,
			});
			Object.assign(this.image.style, {
				width: `${Math.floor(width * scale)}px`,
				height: `${Math.floor(height * scale)}px`,
				transform: `translate(-50%, -50%) rotate(${this.turns * 90}deg)`,
				cursor: this.zoom === 1 ? "zoom-in" : "zoom-out",
			});
		}
	}

	return class EvidenceViewer {
		// What decides without a page, for tests/unit/js.
		static get tools() {
			return { Picture, size_text, way_to_show };
		}

		// Opens at one document, or at the first that waits for this reader.
		static open(frm, sheet, use_name = null) {
			const viewer = new EvidenceViewer(frm, sheet);
			const first = viewer.entry(use_name) || viewer.first_entry();
			if (!first) return;
			viewer.attach(use_name ? `view:${use_name}` : "look");
			viewer.show(first.use.name);
		}

		constructor(frm, sheet) {
			this.frm = frm;
			this.sheet = sheet;
			this.filter = "all";
			this.filtered = null;
			this.guidance_open = true;
			// What was seen and half written lasts as long as the sheet, whoever closes the viewer in between.
			const kept = sheet.viewing && sheet.viewing.name === frm.doc.name;
			if (!kept) sheet.viewing = { name: frm.doc.name, seen: new Set(), notes: new Map() };
			this.seen = sheet.viewing.seen;
			this.notes = sheet.viewing.notes;
		}

		// ---------------------------------------------------------------- what there is

		get may_verify() {
			return this.sheet.side === "verified";
		}

		// All uses with their rows, in the order in which the sheet shows them.
		entries() {
			return this.sheet
				.sections()
				.flatMap((section) => section.rows)
				.flatMap((row) => this.uses_in_order(row).map((use) => ({ row, use })));
		}

		uses_in_order(row) {
			const labels = this.sheet.indicator(row).slots.map((slot) => slot.label);
			const others = this.sheet.uses(row).filter((use) => !labels.includes(use.slot || ""));
			return [...labels.flatMap((label) => this.sheet.uses(row, label)), ...others];
		}

		entry(use_name) {
			return this.entries().find(({ use }) => use.name === use_name);
		}

		get current() {
			return this.entry(this.use_name);
		}

		first_entry() {
			const entries = this.entries();
			const waits = ({ use }) => (this.may_verify ? is_open(use) : state_of(use) === "Returned");
			return entries.find(waits) || entries[0];
		}

		evidence(use) {
			return this.sheet.data.evidence[use.evidence];
		}

		slot({ row, use }) {
			return this.sheet.indicator(row).slots.find((slot) => slot.label === use.slot);
		}

		title(use) {
			return (this.evidence(use) || {}).title || use.evidence;
		}

		// What was decided before has been looked at, whoever did it.
		is_seen(use) {
			return this.seen.has(use.name) || (this.may_verify && !is_open(use));
		}

		matching(filter) {
			const matches = {
				all: () => true,
				open: is_open,
				returned: (use) => state_of(use) === "Returned",
			}[filter];
			return this.entries().filter(({ use }) => matches(use));
		}

		// What is shown stays while one works on it: the list is made anew only when a filter is chosen.
		listed() {
			return this.entries().filter(({ use }) => !this.filtered || this.filtered.has(use.name));
		}

		next_open_entry() {
			const entries = this.entries();
			const index = entries.findIndex(({ use }) => use.name === this.use_name);
			return [...entries.slice(index + 1), ...entries.slice(0, index)].find(({ use }) => is_open(use));
		}

		earns_everything(row) {
			const answer = row.verified_answer || "";
			const option = this.sheet.option(row, answer);
			if (option) return !option.not_applicable && option.points >= 100;
			return (
				this.sheet.scale(row).kind === "Percentage" && parseFloat(answer.replace(",", ".")) >= 100
			);
		}

		// The server refuses a review of full points upon mandatory evidence that came back, unless a note says why.
		wants_note(row) {
			if (!this.may_verify || (row.verified_note || "").trim() || !this.earns_everything(row)) return false;
			return this.sheet
				.indicator(row)
				.slots.filter((slot) => slot.mandatory)
				.flatMap((slot) => this.sheet.uses(row, slot.label))
				.some((use) => state_of(use) === "Returned");
		}

		flags(use) {
			const evidence = this.evidence(use);
			return [...this.flags_of_time(use, evidence), ...(evidence ? this.flags_of_content(evidence) : [])];
		}

		flags_of_time(use, evidence) {
			const year = this.sheet.data.data_year;
			const found = [];
			if (use.validity === "Not Valid") found.push([__("Not valid in {0}", [year]), "red"]);
			if (use.validity === "Partly Valid") found.push([__("Valid in a part of {0} only", [year]), "orange"]);
			if (use.validity === "No Dates") found.push([__("No date says when it is valid"), "gray"]);
			if (evidence && evidence.valid_until && evidence.valid_until < frappe.datetime.get_today()) {
				found.push([__("Expired on {0}", [date_text(evidence.valid_until)]), "red"]);
			}
			return found;
		}

		flags_of_content(evidence) {
			const found = [];
			if (evidence.contains_personal_data) found.push([__("Personal data: handle with care"), "red"]);
			if (evidence.findings) {
				found.push([__("Possible personal data found: {0}", [evidence.findings]), "orange"]);
			}
			if (evidence.scan_status === "Waiting") {
				found.push([__("Not searched for personal data yet"), "gray"]);
			}
			if (["No Text", "Not Possible"].includes(evidence.scan_status)) {
				found.push([__("Could not be searched for personal data"), "gray"]);
			}
			if (evidence.link_state === "No Answer") found.push([__("The link gave no answer"), "orange"]);
			return found;
		}

		reasons(use) {
			const way = way_to_show(this.evidence(use));
			return [
				__("The document cannot be read"),
				__("It is not what was asked for"),
				__("It is no longer valid"),
				way === "picture" && __("The photo does not show the inside of the room"),
				way === "link" && __("The link does not open"),
				way !== "picture" && way !== "link" && __("It is not signed or stamped"),
				__("It shows personal data that must be covered"),
			].filter(Boolean);
		}

		// ---------------------------------------------------------------- opening and closing

		attach(opener) {
			this.opener = opener;
			this.$panel = $(this.frame_html()).appendTo(document.body);
			this.panel = this.$panel.get(0);
			document.body.classList.add("has-p2ham-viewer");
			this.frm.p2ham_viewer = this;
			this.bind();
			this.panel.focus();
		}

		close() {
			this.unbind();
			this.$panel.remove();
			document.body.classList.remove("has-p2ham-viewer");
			this.frm.p2ham_viewer = null;
			this.give_focus_back();
		}

		give_focus_back() {
			const opener = this.sheet.$body.find(`[data-key="${CSS.escape(this.opener)}"]`).get(0);
			if (opener) opener.focus();
		}

		// ---------------------------------------------------------------- drawing

		frame_html() {
			const unit = this.frm.doc.opd_name || this.frm.doc.opd;
			return `<div class="p2ham-viewer" role="dialog" aria-modal="true" aria-labelledby="p2ham-viewer-title"
				tabindex="-1">
				<header class="p2ham-viewer-head">
					<h3 id="p2ham-viewer-title">${__("Evidence")} <span>${esc(unit)}</span></h3>
					<div class="p2ham-viewer-progress" data-part="progress"></div>
					<div class="p2ham-viewer-saving" data-part="saving"></div>
					<div class="p2ham-viewer-ends">
						<button type="button" class="btn btn-default btn-sm" data-do="keys" aria-expanded="false"
							title="${words().keys}" aria-label="${words().keys}"><kbd>?</kbd></button>
						<button type="button" class="btn btn-default btn-sm" data-do="close" title="${words().close}"
							aria-label="${words().close}">${frappe.utils.icon("close", "sm")}</button>
					</div>
					<div class="p2ham-viewer-keys" data-part="keys" hidden>${this.keys_html()}</div>
				</header>
				<div class="p2ham-viewer-body">
					<nav class="p2ham-viewer-list" data-part="list" aria-label="${words().list}"></nav>
					<section class="p2ham-viewer-file" aria-label="${words().file}">
						<div class="p2ham-viewer-about" data-part="about"></div>
						<div class="p2ham-viewer-stage" data-part="stage"></div>
					</section>
					<section class="p2ham-viewer-item" data-part="item" aria-label="${words().item}"></section>
					<footer class="p2ham-viewer-actions" data-part="actions"></footer>
				</div>
				<div class="sr-only" aria-live="polite" data-part="said"></div>
			</div>`;
		}

		keys_html() {
			const reading = [
				["J ↓", __("Next document")],
				["K ↑", __("Previous document")],
				["+ −", __("Picture larger, smaller")],
				["Tab", __("Into the file and out of it")],
			];
			const verifying = [
				["N", __("Next that is still to do")],
				["A", __("Accept, and on to the next")],
				["R", __("Return: write the reason")],
				["Ctrl Enter", __("Return with this reason, and on to the next")],
				["S", __("Save")],
			];
			const lines = [
				...reading,
				...(this.may_verify ? verifying : []),
				["?", __("Show these keys")],
				["Esc", __("Close")],
			];
			return `<dl>${lines
				.map(([keys, text]) => {
					const caps = keys.split(" ").map((key) => `<kbd>${esc(key)}</kbd>`);
					return `<dt>${caps.join(" ")}</dt><dd>${text}</dd>`;
				})
				.join("")}</dl>`;
		}

		part(name) {
			return this.$panel.find(`[data-part="${name}"]`);
		}

		// The file is drawn only when it is another one.
		refresh() {
			if (!this.current) return this.close();
			const focus = this.remember_focus();
			this.part("progress").html(this.progress_html());
			this.part("list").html(this.list_html());
			this.part("about").html(this.about_html());
			this.part("item").attr({ "data-item": this.current.row.name }).html(this.item_html());
			this.part("actions").html(this.actions_html());
			this.refresh_saving();
			this.refresh_stage();
			this.$panel.find("textarea").each((_, textarea) => fit_height(textarea));
			this.part("list").find('[aria-current="true"]').each((_, entry) => entry.scrollIntoView({ block: "nearest" }));
			this.restore_focus(focus);
		}

		refresh_saving() {
			this.part("saving").html(this.may_verify ? this.saving_html() : "");
		}

		refresh_warning() {
			this.part("warning").html(this.warning_html(this.current.row));
		}

		remember_focus() {
			const element = document.activeElement;
			if (!element || !this.panel.contains(element) || !element.dataset.key) return null;
			return { key: element.dataset.key, start: element.selectionStart, end: element.selectionEnd };
		}

		// Without a place of its own any more, the focus stays in the panel, where the keys are heard.
		restore_focus(focus) {
			if (this.panel.contains(document.activeElement) && !focus) return;
			let element = focus && this.$panel.find(`[data-key="${CSS.escape(focus.key)}"]`).get(0);
			if (element && element.getAttribute("role") === "radio") {
				element = $(element).parent().find('[tabindex="0"]').get(0);
			}
			(element || this.panel).focus({ preventScroll: true });
			if (element && element.tagName === "TEXTAREA") element.setSelectionRange(focus.start, focus.end);
		}

		progress_html() {
			const entries = this.entries();
			const seen = entries.filter(({ use }) => this.is_seen(use)).length;
			return `<span>${__("{0} of {1} looked at", [seen, entries.length])}</span>
				<div class="p2ham-progress" aria-hidden="true"><div class="${
					seen === entries.length ? "is-full" : ""
				}" style="width: ${Math.floor((100 * seen) / entries.length)}%"></div></div>`;
		}

		saving_html() {
			const dirty = this.frm.is_dirty();
			const save = dirty
				? `<button type="button" class="btn btn-primary btn-sm" data-do="save" data-key="save">${__(
						"Save"
				  )} <kbd>S</kbd></button>`
				: "";
			return `<span class="p2ham-pill p2ham-${dirty ? "orange" : "gray"}" aria-live="polite">${
				dirty ? __("Not saved") : __("Saved")
			}</span>${save}`;
		}

		// ---------------------------------------------------------------- drawing the list

		list_html() {
			const entries = this.listed();
			const all = this.entries();
			const place = all.findIndex(({ use }) => use.name === this.use_name) + 1;
			return `<button type="button" class="p2ham-viewer-fold" data-do="fold" data-key="fold"
					aria-expanded="${Boolean(this.unfolded)}">
					<b>${place}/${all.length}</b> ${esc(this.current.row.code)} ${esc(this.title(this.current.use))}
					<span aria-hidden="true">▾</span></button>
				<div class="p2ham-viewer-listed ${this.unfolded ? "is-unfolded" : ""}">
					${this.filter_html()}
					${
						entries.length
							? `<ol>${entries.map((entry) => this.entry_html(entry)).join("")}</ol>`
							: `<p class="p2ham-none">${__("Nothing here.")}</p>`
					}
				</div>`;
		}

		filter_html() {
			const filters = [
				["open", __("To Do")],
				["all", __("All")],
				["returned", __("Returned")],
			];
			const buttons = filters
				.filter(([name]) => name !== "open" || this.may_verify)
				.map(
					([name, label]) =>
						`<button type="button" aria-pressed="${this.filter === name}" data-do="filter"
							data-filter="${name}" data-key="filter:${name}">${label} <b>${this.matching(name).length}</b></button>`
				);
			return `<div class="p2ham-filter" role="group" aria-label="${words().shown}">${buttons.join("")}</div>`;
		}

		entry_html({ row, use }) {
			const { sign, colour } = STATES[state_of(use)];
			const title = this.title(use);
			const main = use.slot || title;
			const unseen = !this.is_seen(use);
			return `<li><button type="button" class="p2ham-viewer-entry ${unseen ? "is-unseen" : ""}"
				aria-current="${use.name === this.use_name}" data-do="show" data-use="${esc(use.name)}"
				data-key="${esc(`show:${use.name}`)}">
				<span class="p2ham-viewer-sign p2ham-${colour}" aria-hidden="true">${sign}</span>
				<span class="p2ham-code">${esc(row.code)}</span>
				<span class="p2ham-viewer-entry-text">${esc(main)}
					${main === title ? "" : `<span class="p2ham-hint">${esc(title)}</span>`}
					<span class="sr-only">${state_text(use)}${unseen ? `, ${__("not looked at yet")}` : ""}</span></span>
				${unseen ? `<span class="p2ham-viewer-new" aria-hidden="true"></span>` : ""}
			</button></li>`;
		}

		// ---------------------------------------------------------------- drawing the file

		about_html() {
			const { use } = this.current;
			const evidence = this.evidence(use);
			return `<div class="p2ham-viewer-title"><strong>${esc(this.title(use))}</strong>
					<span class="p2ham-hint">${esc(evidence ? this.facts(evidence).join(" · ") : "")}</span></div>
				<div class="p2ham-viewer-tools">
					${way_to_show(evidence) === "picture" ? this.picture_tools_html() : ""}
					${evidence ? this.new_tab_html(safe_address(evidence)) : ""}
				</div>`;
		}

		facts(evidence) {
			const { document_date, valid_from, valid_until } = evidence;
			const type =
				evidence.kind === "Link" ? __("Link") : (evidence.mime_type || "").split("/").pop().toUpperCase();
			const facts = [
				type,
				evidence.pages && (evidence.pages === 1 ? __("1 page") : __("{0} pages", [evidence.pages])),
				evidence.size && size_text(evidence.size),
				document_date && __("dated {0}", [date_text(document_date)]),
				valid_from && valid_until
					? __("valid {0} to {1}", [date_text(valid_from), date_text(valid_until)])
					: valid_from
					? __("valid from {0}", [date_text(valid_from)])
					: valid_until && __("valid until {0}", [date_text(valid_until)]),
				evidence.revision > 1 && __("revision {0}", [evidence.revision]),
			];
			return facts.filter(Boolean);
		}

		picture_tools_html() {
			const button = (action, sign) =>
				`<button type="button" class="btn btn-default btn-sm" data-do="${action}" data-key="${action}"
					title="${words()[action]}" aria-label="${words()[action]}">${sign}</button>`;
			return button("zoom_out", "−") + button("zoom_in", "+") + button("rotate", "↻");
		}

		new_tab_html(address) {
			if (!address) return "";
			return `<a class="btn btn-default btn-sm" data-key="new-tab" href="${esc(address)}" target="_blank"
				rel="noopener noreferrer">${frappe.utils.icon("external-link", "sm")} ${__("Open in new tab")}</a>`;
		}

		// Each opening of a file is a request, and of personal data an entry in a log: never twice for nothing.
		refresh_stage() {
			const evidence = this.evidence(this.current.use);
			const way = way_to_show(evidence);
			const shown = JSON.stringify([way, this.current.use.evidence, evidence && safe_address(evidence)]);
			if (this.shown === shown) return;
			this.shown = shown;
			this.picture = null;
			this.part("stage").attr("data-way", way).html(this.stage_html(way, evidence));
			if (way === "pdf") this.watch_frame();
			if (way === "picture") this.watch_picture();
		}

		stage_html(way, evidence) {
			if (way === "pdf") {
				return `<iframe src="${esc(safe_address(evidence))}#view=FitH&navpanes=0" title="${esc(evidence.title)}"></iframe>`;
			}
			if (way === "picture") {
				return `<div class="p2ham-viewer-picture" role="group" tabindex="0" aria-label="${esc(evidence.title)}"><div>
					<img src="${esc(safe_address(evidence))}" alt="${esc(evidence.title)}" draggable="false"></div></div>`;
			}
			if (way === "link") return this.link_html(evidence);
			return this.card_html(this.why_not_shown(way), evidence);
		}

		why_not_shown(way) {
			return {
				hidden: __(
					"You may not see this document. What shows personal data of citizens is not shown to everybody."
				),
				nothing: __("No file and no usable address is stored for this document."),
				other: __("A file of this type cannot be shown here. Open it in a new tab."),
				"no-viewer": __("This browser does not show PDF files inside a page. Open it in a new tab."),
				failed: __("The file did not come: it is missing, or you may not open it."),
			}[way];
		}

		card_html(text, evidence) {
			return `<div class="p2ham-viewer-card">${frappe.utils.icon("file-large", "xl")}<p>${esc(text)}</p>
				${evidence ? this.new_tab_html(safe_address(evidence)) : ""}</div>`;
		}

		link_html(evidence) {
			const address = safe_address(evidence);
			return `<div class="p2ham-viewer-card">${frappe.utils.icon("link-url", "xl")}
				<p>${__("This evidence is a page on the internet:")}</p>
				<code>${esc(address)}</code>
				${this.new_tab_html(address)}</div>`;
		}

		show_failure() {
			this.picture = null;
			this.part("stage")
				.attr("data-way", "failed")
				.html(this.card_html(this.why_not_shown("failed"), this.evidence(this.current.use)));
		}

		watch_picture() {
			const place = this.part("stage").find(".p2ham-viewer-picture").get(0);
			const image = place.querySelector("img");
			image.addEventListener("error", () => this.show_failure());
			this.picture = new Picture(place, image);
		}

		watch_frame() {
			const frame = this.part("stage").find("iframe").get(0);
			frame.addEventListener("load", () => {
				// Instead of the file the server may send a page that says why not.
				const inside = frame.contentDocument;
				if (inside && inside.contentType === "text/html") return this.show_failure();
				this.take_focus_from_frame();
			});
		}

		// The browser's PDF viewer has the keyboard once it was clicked, or takes it when it loads; the keys here must
		// go on working afterwards. Whoever went there with Tab wants to stay.
		take_focus_from_frame() {
			const element = document.activeElement;
			if (this.tabbing || !element || element.tagName !== "IFRAME") return;
			const back = this.last_focus && this.last_focus.isConnected ? this.last_focus : this.panel;
			back.focus({ preventScroll: true });
		}

		// ---------------------------------------------------------------- drawing what is asked and answered

		item_html() {
			const { row, use } = this.current;
			const flags = this.flags(use).map(([text, colour]) => pill(text, colour));
			return `${this.state_html(use)}
				${flags.length ? `<div class="p2ham-viewer-flags">${flags.join("")}</div>` : ""}
				<div data-part="warning" aria-live="polite">${this.warning_html(row)}</div>
				<div class="p2ham-viewer-question"><span class="p2ham-code">${esc(row.code)}</span>
					<h4>${esc(row.title)} ${row.mandatory ? pill(__("Mandatory"), "red") : ""}</h4></div>
				${this.wanted_html(this.current)}
				${this.unit_html(row)}
				${this.verifier_html(row)}
				${this.guidance_html(row)}`;
		}

		state_html(use) {
			const { sign, colour } = STATES[state_of(use)];
			const earlier = is_open(use) && use.note;
			const title = earlier ? __("Returned before") : `${sign} ${state_text(use)}`;
			return `<div class="p2ham-callout p2ham-${earlier ? "orange" : colour}" data-state="${state_of(use)}">
				<strong>${title}</strong>
				${use.note ? `<div class="p2ham-text">${esc(use.note)}</div>` : ""}</div>`;
		}

		warning_html(row) {
			if (!this.wants_note(row)) return "";
			return `<div class="p2ham-callout p2ham-red" data-warning="note"><strong>${__(
				"The verifier's note is needed"
			)}</strong><div>${__(
				"Mandatory evidence of this indicator is returned, but the verifier's answer earns full points. Without a note that says why, the sheet cannot be reviewed."
			)}</div></div>`;
		}

		wanted_html(entry) {
			const slot = this.slot(entry);
			if (!slot) return `<div class="p2ham-slot"><div class="p2ham-slot-label">${__("Other evidence")}</div></div>`;
			const star = slot.mandatory
				? `<span class="p2ham-star" title="${words().mandatory}">*</span>
					<span class="p2ham-hint">${__("mandatory")}</span>`
				: "";
			const kind = slot.kind === "Any" ? "" : `<span class="p2ham-tag">${esc(__(slot.kind))}</span>`;
			return `<div class="p2ham-slot"><div class="p2ham-label">${__("Evidence that is wanted")}</div>
				<div class="p2ham-slot-label">${esc(slot.label)} ${star} ${kind}</div>
				${slot.example ? `<div class="p2ham-hint">${__("Example")}: ${esc(slot.example)}</div>` : ""}</div>`;
		}

		guidance_html(row) {
			const { guidance } = this.sheet.indicator(row);
			if (!guidance) return "";
			return `<details class="p2ham-viewer-guidance" ${this.guidance_open ? "open" : ""}>
				<summary data-key="guidance">${__("What counts?")}</summary>
				<div class="p2ham-text">${this.sheet.guidance_text(guidance)}</div></details>`;
		}

		unit_html(row) {
			return `<div class="p2ham-viewer-side"><div class="p2ham-label">${__("Unit's answer")}</div>
				${this.sheet.given_html(row, row.self_answer)}
				${this.sheet.given_note_html(row.self_note)}</div>`;
		}

		verifier_html(row) {
			if (!this.may_verify && !this.sheet.shows_verifier(row)) return "";
			const accept =
				this.may_verify && !row.verified_answer && row.self_answer
					? `<button type="button" class="btn btn-default btn-xs" data-do="accept_answer"
						data-key="accept-answer">✓ ${__("Accept unit's answer")}</button>`
					: "";
			const given = this.sheet.given_html(row, row.verified_answer);
			return `<div class="p2ham-viewer-side is-verified"><div class="p2ham-label">${__("Verifier's answer")}
					${this.sheet.differs(row) ? pill(__("differs"), "orange") : ""}</div>
				${this.may_verify ? this.sheet.answer_html(row, "verified") + accept : given}
				${
					this.may_verify
						? this.sheet.note_html(row, "verified")
						: this.sheet.given_note_html(row.verified_note)
				}</div>`;
		}

		// ---------------------------------------------------------------- drawing what can be done

		actions_html() {
			if (!this.may_verify) return this.reading_html() + this.moving_html();
			const writing = this.notes.has(this.use_name);
			return (writing ? this.return_html() : this.deciding_html()) + this.moving_html();
		}

		reading_html() {
			return `<p class="p2ham-hint">${esc(
				this.sheet.data.closed ||
					__("For reading only: Bagian Hukum verifies evidence while the sheet is submitted.")
			)}</p>`;
		}

		deciding_html() {
			const state = state_of(this.current.use);
			const button = (action, value, text, key) =>
				`<button type="button" class="btn btn-md ${state === value ? "btn-primary" : "btn-default"}"
					aria-pressed="${state === value}" data-do="${action}" data-key="${action}">${
						STATES[value].sign
					} ${text} <kbd>${key}</kbd></button>`;
			const undo =
				state === "Pending"
					? ""
					: `<button type="button" class="p2ham-link" data-do="undo" data-key="undo">${__("Undo")}</button>`;
			return `<div class="p2ham-viewer-decide">
				${button("accept", "Accepted", __("Accept"), "A")}
				${button("return", "Returned", __("Return"), "R")}${undo}</div>`;
		}

		return_html() {
			const chips = this.reasons(this.current.use).map(
				(reason) =>
					`<button type="button" data-do="reason" data-reason="${esc(reason)}">${esc(reason)}</button>`
			);
			return `<div class="p2ham-viewer-return">
				<label for="p2ham-viewer-note">${__("What is wrong with this document?")}</label>
				<textarea id="p2ham-viewer-note" class="form-control" rows="2" data-key="reason"
					data-part="reason">${esc(this.notes.get(this.use_name))}</textarea>
				<div class="p2ham-filter" role="group" aria-label="${words().reasons}">${chips.join("")}</div>
				<div class="p2ham-viewer-decide">
					<button type="button" class="btn btn-primary btn-md" data-do="confirm_return"
						data-key="confirm-return">${STATES.Returned.sign} ${__("Return")} <kbd>Ctrl ↵</kbd></button>
					<button type="button" class="btn btn-default btn-md" data-do="cancel_return"
						data-key="cancel-return">${__("Cancel")} <kbd>Esc</kbd></button>
				</div></div>`;
		}

		moving_html() {
			const left = this.may_verify ? this.matching("open").length : 0;
			const arrow = (action, sign, key) =>
				`<button type="button" class="btn btn-default btn-sm" data-do="${action}" data-key="${action}"
					aria-label="${words()[action]}" title="${words()[action]}">${sign} <kbd>${key}</kbd></button>`;
			const next_open = left
				? `<button type="button" class="btn btn-default btn-sm" data-do="next_open" data-key="next-open">${__(
						"Next to do ({0})",
						[left]
				  )} <kbd>N</kbd></button>`
				: this.may_verify
				? pill(__("All documents are verified"), "green")
				: "";
			return `<div class="p2ham-viewer-move">${arrow("previous", "↑", "K")}${arrow("next", "↓", "J")}
				${next_open}</div>`;
		}

		// ---------------------------------------------------------------- hearing

		bind() {
			this.$panel
				.on("click", "[data-do]", (event) => {
					event.preventDefault();
					this[`do_${event.currentTarget.dataset.do}`](event.currentTarget);
				})
				.on("keydown", '[role="radio"]', (event) => {
					this.sheet.move_in_group(event);
					if (event.isDefaultPrevented()) this.refresh();
				})
				.on("change", "[data-number-of]", (event) =>
					this.change_answer(() => this.sheet.type_number(event.currentTarget))
				)
				.on("input", "[data-note-of]", (event) => this.write_note(event.currentTarget))
				.on("change", "[data-note-of]", () => this.sheet.refresh_item(this.current.row.name))
				.on("input", '[data-part="reason"]', (event) => this.write_reason(event.currentTarget))
				.on("focusin", (event) => this.notice_focus(event.target))
				// That the mouse has left a frame is seen only where it arrives.
				.on("mousemove", (event) => event.target.tagName === "IFRAME" || this.take_focus_from_frame())
				// The click comes before the browser opens or closes.
				.on("click", "summary", (event) => (this.guidance_open = !event.currentTarget.parentElement.open));
			this.listeners = [
				[document, "keydown", (event) => this.hear_key(event)],
				[document, "focusin", (event) => this.hold_focus(event)],
				[window, "resize", () => this.picture && this.picture.layout()],
			];
			for (const [place, name, listener] of this.listeners) place.addEventListener(name, listener);
			this.on_dirty = () => this.refresh_saving();
			$(this.frm.wrapper).on("dirty", this.on_dirty);
			this.on_route = () => this.close();
			frappe.router.on("change", this.on_route);
		}

		unbind() {
			for (const [place, name, listener] of this.listeners) place.removeEventListener(name, listener);
			$(this.frm.wrapper).off("dirty", this.on_dirty);
			frappe.router.off("change", this.on_route);
		}

		// A message of Frappe's stands over the panel and has the keyboard until it is closed.
		get is_covered() {
			return Boolean(document.querySelector(".modal.show"));
		}

		notice_focus(element) {
			if (element.tagName === "IFRAME") return;
			this.last_focus = element;
			this.tabbing = false;
		}

		hold_focus(event) {
			if (!this.is_covered && !this.panel.contains(event.target)) this.panel.focus();
		}

		// Nothing of what is typed here reaches the desk's own shortcuts.
		hear_key(event) {
			if (this.is_covered) return;
			event.stopPropagation();
			if (event.defaultPrevented || event.isComposing) return;
			const command = this.command(event);
			if (!command) return;
			if (event.key !== "Tab") event.preventDefault();
			if (event.repeat && ONCE.includes(command)) return;
			this[`do_${command}`](event);
		}

		command(event) {
			if (event.key === "Tab") return "tab";
			const with_control = event.ctrlKey || event.metaKey;
			const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
			if (with_control && key === "s") return "save";
			if (with_control && key === "Enter" && event.target.id === "p2ham-viewer-note") return "confirm_return";
			if (with_control || event.altKey) return "";
			if (event.target.closest && event.target.closest(FIELDS)) return key === "Escape" ? "leave_field" : "";
			return KEYS[key] || "";
		}

		// The Tab key goes round within the panel.
		do_tab(event) {
			this.tabbing = true;
			const stops = this.$panel.find(STOPS).filter((_, stop) => stop.tabIndex >= 0 && stop.checkVisibility());
			const [first, last] = [stops.get(0), stops.get(-1)];
			const at = document.activeElement;
			const target = event.shiftKey
				? (at === first || at === this.panel) && last
				: (at === last || !this.panel.contains(at)) && first;
			if (!target) return;
			event.preventDefault();
			target.focus();
		}

		do_leave_field(event) {
			if (event.target.id === "p2ham-viewer-note") return this.do_cancel_return();
			event.target.blur(); // a number that was being typed counts
			this.panel.focus();
		}

		do_escape() {
			if (this.part("keys").prop("hidden")) this.close();
			else this.do_keys();
		}

		do_close() {
			this.close();
		}

		do_keys() {
			const hidden = !this.part("keys").prop("hidden");
			this.part("keys").prop("hidden", hidden);
			this.$panel.find('[data-do="keys"]').attr("aria-expanded", !hidden);
		}

		do_fold() {
			this.unfolded = !this.unfolded;
			this.refresh();
		}

		// ---------------------------------------------------------------- going from one to another

		show(use_name) {
			if (this.filtered && !this.filtered.has(use_name)) this.choose_filter("all");
			const other = this.use_name !== use_name;
			this.use_name = use_name;
			this.seen.add(use_name);
			this.unfolded = false;
			this.tabbing = false;
			this.refresh();
			if (other) this.part("item").add(this.part("item").parent()).scrollTop(0);
			this.say();
		}

		// For those who do not see the panel change.
		say() {
			const { row, use } = this.current;
			const place = this.entries().findIndex((entry) => entry.use === use) + 1;
			this.part("said").text(
				[`${place}/${this.entries().length}`, row.code, this.title(use), state_text(use)].join(", ")
			);
		}

		move(step) {
			const entries = this.listed();
			const index = entries.findIndex(({ use }) => use.name === this.use_name);
			const entry = entries[index === -1 ? 0 : index + step];
			if (entry) this.show(entry.use.name);
		}

		do_next() {
			this.move(1);
		}

		do_previous() {
			this.move(-1);
		}

		do_next_open() {
			const entry = this.may_verify && this.next_open_entry();
			if (entry) this.show(entry.use.name);
		}

		do_show(button) {
			this.show(button.dataset.use);
		}

		choose_filter(filter) {
			this.filter = filter;
			this.filtered =
				filter === "all" ? null : new Set(this.matching(filter).map(({ use }) => use.name));
		}

		do_filter(button) {
			this.choose_filter(button.dataset.filter);
			this.refresh();
		}

		do_zoom_in() {
			if (this.picture) this.picture.zoom_by(1.5);
		}

		do_zoom_out() {
			if (this.picture) this.picture.zoom_by(1 / 1.5);
		}

		do_rotate() {
			this.picture.rotate();
		}

		// ---------------------------------------------------------------- deciding

		// The row has its new values at once; only what follows from them in the form comes later. So a quick second
		// key means the next document, and not this one again.
		decide(verification, note) {
			const { use } = this.current;
			this.notes.delete(use.name);
			frappe.model.set_value(USE, use.name, { verification, note });
		}

		// On to what is still to do; after the last one everything stays, so that one sees it is done.
		decide_and_go_on(verification, note) {
			this.decide(verification, note);
			const next = this.next_open_entry();
			this.show(next ? next.use.name : this.use_name);
		}

		do_accept() {
			if (!this.may_verify) return;
			this.decide_and_go_on("Accepted", "");
		}

		do_return() {
			if (!this.may_verify) return;
			const { use } = this.current;
			if (!this.notes.has(use.name)) this.notes.set(use.name, use.note || "");
			this.refresh();
			this.focus_reason();
		}

		focus_reason() {
			const field = this.part("reason").get(0);
			field.focus();
			field.setSelectionRange(field.value.length, field.value.length);
		}

		write_reason(field) {
			fit_height(field);
			field.removeAttribute("aria-invalid");
			this.notes.set(this.use_name, field.value);
		}

		do_reason(button) {
			const field = this.part("reason").get(0);
			field.value = [field.value.trim(), button.dataset.reason].filter(Boolean).join("\n");
			this.write_reason(field);
			this.focus_reason();
		}

		do_confirm_return() {
			const note = (this.notes.get(this.use_name) || "").trim();
			if (note) return this.decide_and_go_on("Returned", note);
			this.part("reason").attr("aria-invalid", true);
			this.focus_reason();
		}

		do_cancel_return() {
			this.notes.delete(this.use_name);
			this.refresh();
			this.panel.focus();
		}

		do_undo() {
			this.decide("Pending", "");
			this.refresh();
		}

		// The sheet's own buttons, drawn here by the sheet and understood by it.
		change_answer(change) {
			change();
			this.refresh();
		}

		do_answer(button) {
			this.change_answer(() => this.sheet.do_answer(button));
		}

		do_clear(button) {
			this.change_answer(() => this.sheet.do_clear(button));
		}

		do_accept_answer(button) {
			this.change_answer(() => this.sheet.do_accept(button));
		}

		write_note(field) {
			fit_height(field);
			this.sheet.set(field, "verified_note", field.value);
			this.refresh_warning();
		}

		async do_save() {
			if (!this.may_verify || !this.frm.is_dirty()) return;
			const focus = this.remember_focus();
			// A number that is still being typed counts as well.
			if (document.activeElement) document.activeElement.blur();
			try {
				await p2ham.save_first(this.frm);
			} catch (error) {
				return; // Frappe has said why, over this panel
			}
			if (this.panel.isConnected) this.restore_focus(focus);
		}

		// The form was stored or loaded anew: other rows, perhaps another state.
		reload() {
			if (this.frm.doc.name !== this.sheet.viewing.name || !this.sheet.data) this.close();
			else this.refresh();
		}
	};
})();

frappe.ui.form.on("P2HAM Assessment", {
	refresh(frm) {
		if (frm.p2ham_viewer) frm.p2ham_viewer.reload();
	},
});
