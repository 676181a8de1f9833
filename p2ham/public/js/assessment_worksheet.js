// The sheet of a P2HAM Assessment: criteria, indicators, answers, evidence and the verifier's side in one place.
//
// It shows the form's own rows (frm.doc) and what `p2ham.api.assessment.get_worksheet` tells about them. Every
// change goes into the rows through frappe.model.set_value, so the form's ordinary Save stores it. Points,
// scores and what is allowed are the server's business; nothing here decides anything.

frappe.provide("p2ham");

p2ham.Worksheet = (() => {
	const ITEM = "P2HAM Assessment Item";
	const USE = "P2HAM Evidence Use";
	const IMAGE_TYPES = ["jpg", "jpeg", "png"];
	const COLOURS = ["red", "orange", "yellow", "green", "blue", "gray"];
	const OTHER_SLOT = { label: "", kind: "Any", mandatory: false, example: "" };
	const SIDES = {
		self: { answer: "self_answer", note: "self_note", score: "self_score" },
		verified: { answer: "verified_answer", note: "verified_note", score: "verified_score" },
	};

	const esc = (text) => frappe.utils.escape_html(text);

	// Words for attributes of the templates below: bench does not find strings that stand inside quotes there.
	const words = () => ({
		progress: __("Progress and steps"),
		shown: __("Indicators shown"),
		score: __("Score"),
		done: __("Done"),
		unfinished: __("Unfinished"),
		accept: __("Accept unit's answer"),
		number: __("Number"),
		mandatory: __("Mandatory where the answer earns points"),
		remove: (title) => __("Remove {0}", [title]),
		new_tab: (title) => __("Open {0} in a new tab", [title]),
	});

	const two_decimals = (number) => format_number(number || 0, null, 2);

	function date_text(date) {
		if (!date) return "";
		const [year, month, day] = String(date).slice(0, 10).split("-").map(Number);
		// Day before month in English too, as everywhere else in the regency's papers.
		const language = !frappe.boot.lang || frappe.boot.lang === "en" ? "en-GB" : frappe.boot.lang;
		return new Intl.DateTimeFormat(language, {
			day: "numeric",
			month: "short",
			year: "numeric",
		}).format(new Date(year, month - 1, day));
	}

	function pill(text, colour, title = "") {
		const safe_colour = COLOURS.includes(colour) ? colour : "gray";
		return `<span class="p2ham-pill p2ham-${safe_colour}" title="${esc(title)}">${esc(text)}</span>`;
	}

	// Only addresses that a browser may open without running anything.
	function safe_address(evidence) {
		if (evidence.kind === "Link") return /^https?:\/\//i.test(evidence.url || "") ? evidence.url : "";
		return (evidence.file || "").startsWith("/private/files/")
			? evidence.file.replace(/%/g, "%25").replace(/#/g, "%23").replace(/\?/g, "%3F")
			: "";
	}

	function fit_height(textarea) {
		textarea.style.height = "auto";
		textarea.style.height = `${textarea.scrollHeight + 2}px`;
	}

	return class Worksheet {
		// What evidence_viewer.js writes in the same way.
		static get tools() {
			return { esc, pill, date_text, safe_address, fit_height };
		}

		static of(frm) {
			if (!frm.p2ham_worksheet) frm.p2ham_worksheet = new Worksheet(frm);
			return frm.p2ham_worksheet;
		}

		constructor(frm) {
			this.frm = frm;
			this.$body = $(`<div class="p2ham-sheet"></div>`);
			frm.fields_dict.worksheet.$wrapper.empty().append(this.$body);
			this.data = null;
			this.bind();
		}

		// ---------------------------------------------------------------- loading

		forget() {
			this.key = null;
		}

		async refresh() {
			if (this.frm.is_new()) return this.show_hint();
			const key = `${this.frm.doc.name} ${this.frm.doc.modified}`;
			if (this.key !== key) {
				this.key = key;
				this.loading = p2ham.mark.until(
					frappe.xcall("p2ham.api.assessment.get_worksheet", { name: this.frm.doc.name })
				);
			}
			if (this.shown !== this.frm.doc.name) this.show_loading();
			try {
				const data = await this.loading;
				if (this.key !== key) return; // another document, or a newer answer, is on its way
				this.data = data;
				this.render();
				this.limit_tables();
			} catch (error) {
				if (this.key === key) this.show_failure();
				throw error;
			}
		}

		show_hint() {
			this.key = this.shown = this.data = null;
			this.$body.html(
				`<div class="p2ham-empty">
					<strong>${__("Choose the period and the unit, then save.")}</strong>
					<p>${__(
						"The sheet with all indicators, their guidance and the wanted evidence appears here after the first save."
					)}</p>
				</div>`
			);
		}

		show_loading() {
			this.shown = this.frm.doc.name;
			this.data = null;
			this.closed = new Set();
			this.guidance = new Map();
			this.last_year_open = new Set();
			this.filter = "all";
			this.filtered = null;
			this.$body.html(`<div class="p2ham-empty">${__("Loading the sheet...")}</div>`);
		}

		show_failure() {
			this.forget();
			this.$body.html(
				`<div class="p2ham-empty">
					<p>${__("The sheet could not be loaded. What you have typed is still in the form.")}</p>
					<button type="button" class="btn btn-default btn-sm" data-do="retry">${__("Try Again")}</button>
				</div>`
			);
		}

		// The raw tables below the sheet stay, but only what this side may change is open in them.
		limit_tables() {
			const side = this.data.side;
			const items = this.frm.fields_dict.items.grid;
			for (const [name, fields] of Object.entries(SIDES)) {
				items.update_docfield_property(fields.answer, "read_only", side === name ? 0 : 1);
				items.update_docfield_property(fields.note, "read_only", side === name ? 0 : 1);
			}
			const uses = this.frm.fields_dict.evidence_uses.grid;
			for (const field of ["indicator", "slot", "evidence"]) {
				uses.update_docfield_property(field, "read_only", 1);
			}
			for (const field of ["verification", "note"]) {
				uses.update_docfield_property(field, "read_only", side === "verified" ? 0 : 1);
			}
			items.refresh();
			uses.refresh();
		}

		// ---------------------------------------------------------------- what the rows say

		get side() {
			return (this.data && this.data.side) || "";
		}

		get items() {
			return this.frm.doc.items || [];
		}

		// The side whose work is counted: the verifier's as soon as the unit has handed over.
		get counted_side() {
			return this.frm.doc.workflow_state === "Draft" ? "self" : "verified";
		}

		item(name) {
			return this.items.find((row) => row.name === name);
		}

		indicator(row) {
			return this.data.indicators[row.indicator] || { slots: [], principles: [], vulnerable_groups: [] };
		}

		scale(row) {
			return this.data.scales[row.scale] || { kind: "Options", options: [] };
		}

		uses(row, slot) {
			return (this.frm.doc.evidence_uses || []).filter(
				(use) =>
					use.indicator === row.indicator && (slot === undefined || (use.slot || "") === slot)
			);
		}

		option(row, answer) {
			return this.scale(row).options.find((option) => option.label === answer);
		}

		// Whether an answer earns points decides if mandatory evidence is wanted. The server says so at every
		// save; this says it between two saves. null: only the server knows (bands of a number).
		earns(row) {
			const option = this.option(row, row.self_answer);
			if (option && (this.scale(row).kind === "Options" || option.not_applicable)) {
				return !option.not_applicable && option.points > 0;
			}
			if (this.scale(row).kind === "Percentage") {
				return parseFloat(String(row.self_answer).replace(",", ".")) > 0;
			}
			return null;
		}

		gaps(row) {
			return this.counted_side === "self" ? this.gaps_of_unit(row) : this.gaps_of_verifier(row);
		}

		// What was carried over from an earlier year and is not confirmed: the answer, or a document beside it.
		is_carried(row) {
			return Boolean(row.carried_over || this.uses(row).some((use) => use.carried_over));
		}

		carried_rows() {
			return this.side === "self" ? this.items.filter((row) => this.is_carried(row)) : [];
		}

		gaps_of_unit(row) {
			if (!row.self_answer) return [{ text: __("answer") }];
			const found = this.is_carried(row) ? [{ text: __("confirm what was carried over") }] : [];
			const earns = this.earns(row);
			const by_server = new Set(
				this.data.missing.filter((gap) => gap.code === row.code).map((gap) => gap.slot)
			);
			const slots = this.indicator(row)
				.slots.filter((slot) => slot.mandatory && !this.uses(row, slot.label).length)
				.filter((slot) => (earns === null ? by_server.has(slot.label) : earns))
				.map((slot) => ({ text: __("evidence: {0}", [slot.label]), slot: slot.label }));
			return [...found, ...slots];
		}

		gaps_of_verifier(row) {
			const found = row.verified_answer ? [] : [{ text: __("verified answer") }];
			for (const use of this.uses(row)) {
				if ((use.verification || "Pending") !== "Pending") continue;
				const title = (this.data.evidence[use.evidence] || {}).title || use.evidence;
				found.push({ text: __("look at the evidence: {0}", [title]) });
			}
			for (const slot of this.unsupported(row)) {
				found.push({ text: __("full points although {0} was returned: say why in the note", [slot]) });
			}
			return found;
		}

		// Mandatory slots in which every document was returned, where the verifier gives full points without a note.
		unsupported(row) {
			const option = this.option(row, row.verified_answer);
			if ((row.verified_note || "").trim() || !option || option.points < 100) return [];
			return this.indicator(row)
				.slots.filter((slot) => slot.mandatory)
				.filter((slot) => {
					const uses = this.uses(row, slot.label);
					return uses.length && uses.every((use) => use.verification === "Returned");
				})
				.map((slot) => slot.label);
		}

		count(rows) {
			const answer = SIDES[this.counted_side].answer;
			return {
				all: rows.length,
				answered: rows.filter((row) => row[answer]).length,
				done: rows.filter((row) => !this.gaps(row).length).length,
			};
		}

		// Criteria in the order of the tree, each with its depth and its own rows.
		sections() {
			const known = new Set(this.data.criteria.map((criterion) => criterion.name));
			const found = [];
			const walk = (parent, depth) => {
				for (const criterion of this.data.criteria) {
					const above = known.has(criterion.parent) ? criterion.parent : "";
					if (above !== parent) continue;
					found.push({
						...criterion,
						depth,
						rows: this.items.filter((row) => row.criterion === criterion.name),
					});
					walk(criterion.name, depth + 1);
				}
			};
			walk("", 0);
			return found.filter((section) => section.rows.length || this.has_rows_below(section.name));
		}

		has_rows_below(name) {
			return this.data.criteria.some(
				(criterion) =>
					criterion.parent === name &&
					(this.items.some((row) => row.criterion === criterion.name) ||
						this.has_rows_below(criterion.name))
			);
		}

		category() {
			return this.data.thresholds.find((row) => row.label === this.frm.doc.category);
		}

		// ---------------------------------------------------------------- drawing

		render() {
			const focus = this.remember_focus();
			// Keeps the page from jumping while the sheet is replaced.
			this.$body.css("min-height", this.$body.height());
			this.$body.html(
				`${this.notice_html()}
				${this.notes_html()}
				<div data-part="head">${this.head_html()}</div>
				<div data-part="carried">${this.carried_html()}</div>
				<div data-part="missing">${this.missing_html()}</div>
				<div data-part="filter">${this.filter_html()}</div>
				${this.sections().map((section) => this.section_html(section)).join("")}
				<div class="p2ham-bar" data-part="bar" role="region" aria-label="${words().progress}">${this.bar_html()}</div>`
			);
			this.$body.css("min-height", "");
			this.$body.find("textarea").each((_, textarea) => fit_height(textarea));
			this.restore_focus(focus);
		}

		// What depends on several rows: called after each change.
		refresh_summary() {
			if (!this.data) return;
			this.part("head").html(this.head_html());
			this.part("carried").html(this.carried_html());
			this.part("missing").html(this.missing_html());
			this.part("filter").html(this.filter_html());
			for (const section of this.sections()) {
				this.$body
					.find(`[data-criterion="${CSS.escape(section.name)}"] > summary [data-part="count"]`)
					.html(this.count_html(section));
				this.$body
					.find(`[data-criterion="${CSS.escape(section.name)}"] > [data-part="accept-all"]`)
					.html(this.accept_all_html(section));
			}
			this.refresh_bar();
		}

		refresh_bar() {
			if (!this.data) return;
			const focus = this.remember_focus();
			this.part("bar").html(this.bar_html());
			this.restore_focus(focus);
		}

		refresh_item(name) {
			const row = this.item(name);
			if (!this.data || !row) return;
			const focus = this.remember_focus();
			const $old = this.$body.find(`[data-item="${CSS.escape(name)}"]`);
			const $new = $(this.item_html(row));
			// An answer must not make the guidance close and the page jump under the finger.
			$new.find(".p2ham-guidance").prop("open", $old.find(".p2ham-guidance").prop("open"));
			$old.replaceWith($new);
			$new.find("textarea").each((_, textarea) => fit_height(textarea));
			this.restore_focus(focus);
			this.refresh_summary();
		}

		part(name) {
			return this.$body.find(`> [data-part="${name}"]`);
		}

		remember_focus() {
			const element = document.activeElement;
			if (!element || !this.$body.get(0).contains(element) || !element.dataset.key) return null;
			return { key: element.dataset.key, start: element.selectionStart, end: element.selectionEnd };
		}

		restore_focus(focus) {
			if (!focus) return;
			let element = this.$body.find(`[data-key="${CSS.escape(focus.key)}"]`).get(0);
			if (element && element.getAttribute("role") === "radio") {
				element = $(element).parent().find('[tabindex="0"]').get(0);
			}
			if (!element) return;
			element.focus({ preventScroll: true });
			if (element.tagName === "TEXTAREA") element.setSelectionRange(focus.start, focus.end);
		}

		notice_html() {
			if (!this.data.notice) return "";
			return `<div class="p2ham-notice" role="note">${frappe.utils.icon("solid-info", "sm")}
				<span>${esc(this.data.notice)}</span></div>`;
		}

		notes_html() {
			const doc = this.frm.doc;
			const waiting = ["Draft", "Submitted"].includes(doc.workflow_state);
			const notes = [
				waiting && doc.return_note && ["return_note", "orange", __("Returned: please improve")],
				doc.review_note && ["review_note", "blue", __("Review note")],
				doc.cancel_note && ["cancel_note", "red", __("Cancelled: reason")],
			];
			return (
				this.closed_html() +
				notes
					.filter(Boolean)
					.map(
						([field, colour, title]) =>
							`<div class="p2ham-callout p2ham-${colour}" data-note="${field}">
								<strong>${title}</strong><div class="p2ham-text">${esc(doc[field])}</div>
								${field === "return_note" ? this.correct_until_html() : ""}
							</div>`
					)
					.join("")
			);
		}

		// Whose turn it is sees at once why he cannot write today.
		closed_html() {
			if (!this.data.closed) return "";
			return `<div class="p2ham-callout p2ham-red" data-note="closed" role="alert">
				<strong>${__("Closed for changes")}</strong><div class="p2ham-text">${esc(this.data.closed)}</div>
			</div>`;
		}

		correct_until_html() {
			const day = this.frm.doc.correct_until;
			return day ? `<div class="p2ham-hint">${__("Correct Until")}: ${esc(date_text(day))}</div>` : "";
		}

		// How much still stands there unseen from an earlier year, and the way to confirm all of it.
		carried_html() {
			const rows = this.carried_rows();
			if (!rows.length) return "";
			const answered = rows.filter((row) => row.self_answer).length;
			return `<div class="p2ham-callout p2ham-blue" data-note="carried">
				<strong>${__("{0} indicators carried over", [rows.length])}</strong>
				<div class="p2ham-text">${__(
					"Look at each answer and its evidence: change what is different now, confirm what still holds. Nothing can be submitted before."
				)}</div>
				${
					answered
						? `<button type="button" class="btn btn-default btn-sm" data-do="confirm-all" data-key="confirm-all">${__(
								"Confirm All ({0})",
								[answered]
						  )}</button>`
						: ""
				}
			</div>`;
		}

		carried_mark_html(row) {
			if (!row.carried_over) return "";
			const year = this.data.carried[row.carried_from];
			return pill(year ? __("Carried over from {0}", [year]) : __("Carried over"), "blue");
		}

		confirm_html(row) {
			if (!row.self_answer || !this.is_carried(row)) return "";
			return `<button type="button" class="btn btn-default btn-xs p2ham-confirm" data-do="confirm" data-key="${esc(
				`confirm:${row.name}`
			)}">✓ ${__("Confirm")}</button>`;
		}

		head_html() {
			const doc = this.frm.doc;
			return `<header class="p2ham-head">
				<div class="p2ham-about">
					<a href="${esc(frappe.utils.get_form_link("P2HAM Period", doc.period))}">${esc(doc.period)}</a>
					<span>${esc(this.data.instrument.title)}</span>
				</div>
				<div class="p2ham-figures">
					${this.progress_html()}
					${this.deadline_html()}
					${this.score_html(__("Unit's Score"), doc.self_score, true)}
					${this.score_html(__("Verified Score"), doc.verified_score, doc.workflow_state !== "Draft")}
					${this.category_html()}
				</div>
				${this.ladder_html()}
			</header>`;
		}

		progress_html() {
			const count = this.count(this.items);
			const share = count.all ? Math.floor((100 * count.done) / count.all) : 0;
			const of_verifier = this.counted_side === "verified";
			return `<div class="p2ham-figure p2ham-progress-figure">
				<span class="p2ham-label">${of_verifier ? __("Verified") : __("Complete")}</span>
				<span class="p2ham-value">${share}%</span>
				<div class="p2ham-progress" role="progressbar" aria-valuemin="0" aria-valuemax="100"
					aria-valuenow="${share}" aria-label="${of_verifier ? __("Verified") : __("Complete")}">
					<div class="${share === 100 ? "is-full" : ""}" style="width: ${share}%"></div>
				</div>
				<span class="p2ham-hint">${__("{0} of {1} indicators", [count.done, count.all])}</span>
			</div>`;
		}

		deadline_html() {
			const doc = this.frm.doc;
			const deadlines = {
				Draft: [__("Fill Until"), this.data.until.fill],
				Submitted: [__("Review Until"), this.data.until.review],
				Reviewed: [__("Approve Until"), this.data.until.approve],
			};
			if (doc.workflow_state === "Approved") {
				return this.figure_html(__("Approved On"), date_text(doc.approved_on), "");
			}
			const [label, date] = deadlines[doc.workflow_state] || [];
			if (!date) return "";
			const days = frappe.datetime.get_day_diff(date, frappe.datetime.get_today());
			const left =
				days === 0
					? __("today")
					: days === -1
					? __("1 day late")
					: days === 1
					? __("1 day left")
					: days < 0
					? __("{0} days late", [-days])
					: __("{0} days left", [days]);
			const tone = days < 0 ? "p2ham-late" : days <= 7 ? "p2ham-soon" : "";
			return this.figure_html(label, date_text(date), left, tone);
		}

		figure_html(label, value, hint, tone = "") {
			return `<div class="p2ham-figure"><span class="p2ham-label">${esc(label)}</span>
				<span class="p2ham-value">${esc(value)}</span>
				<span class="p2ham-hint ${tone}">${esc(hint)}</span></div>`;
		}

		score_html(label, score, known) {
			const hint = !known ? __("after verification") : this.frm.is_dirty() ? __("as last saved") : "";
			return this.figure_html(label, known ? two_decimals(score) : "–", hint);
		}

		category_html() {
			const doc = this.frm.doc;
			const category = this.category();
			let hint = "";
			if (this.data.instrument.has_pass_mark) {
				hint = doc.meets ? __("meets the criteria") : __("does not meet the criteria yet");
			}
			return `<div class="p2ham-figure"><span class="p2ham-label">${__("Category")}</span>
				<span class="p2ham-value">${
					doc.category ? pill(doc.category, category && category.colour) : "–"
				}</span>
				<span class="p2ham-hint">${esc(hint || __("internal assessment"))}</span></div>`;
		}

		// The thresholds as a ruler from 0 to 100, with a mark for each score.
		ladder_html() {
			const steps = [...this.data.thresholds].sort((a, b) => a.min_score - b.min_score);
			if (steps.length < 2) return "";
			const ends = steps.slice(1).map((step) => step.min_score).concat(100);
			const zones = steps.map((step, index) => {
				const width = Math.max(0, Math.min(ends[index], 100) - step.min_score);
				const colour = COLOURS.includes(step.colour) ? step.colour : "gray";
				return `<div class="p2ham-zone p2ham-${colour}" style="width: ${width}%"
					title="${esc(step.label)}: ${two_decimals(step.min_score)}+">${esc(step.label)}</div>`;
			});
			const doc = this.frm.doc;
			const mark = (score, kind, label) =>
				`<div class="p2ham-mark is-${kind}" style="left: ${Math.max(0, Math.min(100, score || 0))}%"
					title="${esc(label)}: ${two_decimals(score)}"></div>`;
			return `<div class="p2ham-ladder" aria-hidden="true"><div class="p2ham-zones">${zones.join("")}</div>
				${mark(doc.self_score, "self", __("Unit's Score"))}
				${doc.workflow_state === "Draft" ? "" : mark(doc.verified_score, "verified", __("Verified Score"))}
			</div>`;
		}

		missing_html() {
			if (!this.side) return "";
			const gaps = this.items.flatMap((row) => this.gaps(row).map((gap) => ({ row, gap })));
			const of_verifier = this.side === "verified";
			if (!gaps.length) {
				return `<div class="p2ham-callout p2ham-green" data-missing="0">
					${frappe.utils.icon("solid-success", "sm")} ${
						of_verifier ? __("Everything is verified.") : __("Nothing is missing. The sheet can be submitted.")
					}</div>`;
			}
			const entries = gaps.map(
				({ row, gap }) =>
					`<li><a href="#" data-do="show-item" data-target="${esc(row.name)}" data-key="${esc(
						`missing:${row.name}:${gap.text}`
					)}"><b>${esc(row.code)}</b> ${esc(row.title)}: ${esc(gap.text)}</a></li>`
			);
			const title = of_verifier ? __("Still to verify") : __("Still missing");
			return `<details class="p2ham-missing" data-missing="${gaps.length}" ${
				this.missing_closed ? "" : "open"
			}><summary>${title} <span class="p2ham-pill p2ham-orange">${gaps.length}</span></summary>
				<ul>${entries.join("")}</ul></details>`;
		}

		// Which indicators a filter shows. What is shown stays while one works on it: the list is made anew only
		// when a filter is chosen.
		matching(filter) {
			return this.items.filter((row) => {
				if (filter === "open") return this.gaps(row).length;
				if (filter === "differs") return this.differs(row);
				if (filter === "returned") return this.uses(row).some((use) => use.verification === "Returned");
				return true;
			});
		}

		differs(row) {
			return Boolean(row.verified_answer && row.verified_answer !== row.self_answer);
		}

		filter_html() {
			const filters = [
				["all", __("All")],
				["open", __("Unfinished")],
				["differs", __("Verifier differs")],
				["returned", __("Evidence returned")],
			];
			const buttons = filters
				.map(([name, label]) => [name, label, this.matching(name).length])
				.filter(([name, , count]) => count || name === "all" || name === this.filter)
				.map(
					([name, label, count]) =>
						`<button type="button" aria-pressed="${this.filter === name}" data-do="filter"
							data-filter="${name}" data-key="filter:${name}">${label} <b>${count}</b></button>`
				);
			const filter =
				buttons.length < 2
					? ""
					: `<div class="p2ham-filter" role="group" aria-label="${words().shown}">${buttons.join("")}</div>`;
			return `<div class="p2ham-filter-row">${filter}${this.look_html()}</div>`;
		}

		// The way into evidence_viewer.js: the verifier to what he has not looked at, others to what came back.
		look_html() {
			const uses = this.items.flatMap((row) => this.uses(row));
			if (!uses.length) return "";
			const count = (state) => uses.filter((use) => (use.verification || "Pending") === state).length;
			const left = this.side === "verified" ? count("Pending") : 0;
			const returned = count("Returned");
			const text = left
				? __("Look at Evidence ({0} to do)", [left])
				: returned
				? __("Look at Evidence ({0} returned)", [returned])
				: __("Look at Evidence");
			return `<button type="button" class="btn btn-default btn-sm" data-do="look" data-key="look">
				${frappe.utils.icon("view", "sm")} ${text}</button>`;
		}

		do_filter(button) {
			this.filter = button.dataset.filter;
			this.filtered =
				this.filter === "all" ? null : new Set(this.matching(this.filter).map((row) => row.name));
			this.render();
		}

		section_html(section) {
			const hidden = this.filtered && !section.rows.some((row) => this.filtered.has(row.name));
			return `<details class="p2ham-section ${hidden ? "p2ham-hidden" : ""}" data-criterion="${esc(section.name)}" style="--depth: ${
				section.depth
			}" ${this.closed.has(section.name) ? "" : "open"}>
				<summary><h4>${esc(section.title)}</h4><span data-part="count">${this.count_html(section)}</span></summary>
				<div data-part="accept-all">${this.accept_all_html(section)}</div>
				${section.rows.map((row) => this.item_html(row)).join("")}
			</details>`;
		}

		count_html(section) {
			const scores = (this.frm.doc.scores || []).find((row) => row.criterion === section.name) || {};
			const count = this.count(section.rows);
			const done = section.rows.length
				? `<span class="p2ham-pill p2ham-${count.done === count.all ? "green" : "gray"}">${__("{0}/{1} done", [
						count.done,
						count.all,
				  ])}</span>`
				: "";
			// A criterion in which nothing applies has no score.
			const score = (side) => (scores[`${side}_not_applicable`] ? "–" : two_decimals(scores[`${side}_score`]));
			const verified = this.frm.doc.workflow_state === "Draft" ? "" : ` → <b>${score("verified")}</b>`;
			return `${done}<span class="p2ham-score" title="${words().score}">${score("self")}${verified}</span>`;
		}

		accept_all_html(section) {
			if (this.side !== "verified") return "";
			const open = section.rows.filter((row) => !row.verified_answer && row.self_answer).length;
			if (!open) return "";
			return `<button type="button" class="btn btn-default btn-xs" data-do="accept-all"
				data-criterion-name="${esc(section.name)}">${__("Accept all unanswered ({0})", [open])}</button>`;
		}

		item_html(row) {
			const indicator = this.indicator(row);
			const gaps = this.gaps(row);
			const tags = [...(indicator.vulnerable_groups || []), ...(indicator.principles || [])]
				.map((tag) => `<span class="p2ham-tag">${esc(__(tag))}</span>`)
				.join("");
			const hidden = this.filtered && !this.filtered.has(row.name) ? "p2ham-hidden" : "";
			return `<article class="p2ham-item ${gaps.length ? "" : "is-done"} ${hidden}" data-item="${esc(row.name)}"
				data-code="${esc(row.code)}" aria-labelledby="p2ham-${esc(row.name)}">
				<div class="p2ham-item-head">
					<span class="p2ham-code">${esc(row.code)}</span>
					<div class="p2ham-item-title">
						<h5 id="p2ham-${esc(row.name)}">${esc(row.title)}
							${row.mandatory ? pill(__("Mandatory"), "red") : ""}</h5>
						<div class="p2ham-tags">${tags}</div>
					</div>
					<span class="p2ham-check" title="${gaps.length ? words().unfinished : words().done}" aria-hidden="true">✓</span>
				</div>
				${this.guidance_html(row, indicator)}
				${this.last_year_html(row)}
				<div class="p2ham-columns ${this.shows_verifier(row) ? "has-verifier" : ""}">
					${this.side_html(row, "self")}
					${this.shows_verifier(row) ? this.side_html(row, "verified") : ""}
					${this.evidence_html(row, indicator)}
				</div>
			</article>`;
		}

		// In a draft the verifier's side is shown only where he has left something.
		shows_verifier(row) {
			return this.frm.doc.workflow_state !== "Draft" || row.verified_answer || row.verified_note;
		}

		guidance_html(row, indicator) {
			if (!indicator.guidance) return "";
			// Open where the unit still has to decide; closed where it would only be in the way.
			const open = this.guidance.has(row.name)
				? this.guidance.get(row.name)
				: this.side === "self" && !row.self_answer;
			return `<details class="p2ham-guidance" ${open ? "open" : ""}>
				<summary>${__("What counts?")}</summary>
				<div class="p2ham-text">${this.guidance_text(indicator.guidance)}</div></details>`;
		}

		// What was verified last year, and what became of it: one quiet line, opened by whoever wants to know more.
		last_year_html(row) {
			const last = (this.data.last_year || {})[row.indicator];
			if (!last) return "";
			const answer = ({ answer, points }) => (points === null ? __(answer) : `${__(answer)}, ${format_number(points, null, 0)}`);
			const state = ({ name, status, progress }) =>
				status === "In Progress" ? `${name}: ${__(status)} ${format_number(progress, null, 0)} %` : `${name}: ${__(status)}`;
			const line = [
				__("Last year ({0}): {1}", [last.year, last.items.map(answer).join("; ") || "–"]),
				...last.follow_ups.slice(0, 1).map((row) => __("Follow-up {0}", [state(row)])),
				...(last.follow_ups.length > 1 ? [__("{0} more", [last.follow_ups.length - 1])] : []),
			].join(" · ");
			const items = last.items.map(
				(item) =>
					`<li><b>${esc(item.code)}</b> ${esc(item.title)}: ${esc(answer(item))}${
						item.note ? `<div class="p2ham-text p2ham-hint">${esc(item.note)}</div>` : ""
					}</li>`
			);
			const follow_ups = last.follow_ups.map(
				(row) =>
					`<li><a href="${esc(frappe.utils.get_form_link("P2HAM Follow-up", row.name))}">${esc(state(row))}</a>
						<div class="p2ham-text p2ham-hint">${esc(row.recommendation)}</div></li>`
			);
			const sheet = frappe.utils.get_form_link("P2HAM Assessment", last.assessment);
			return `<details class="p2ham-last-year" ${this.last_year_open.has(row.name) ? "open" : ""}>
				<summary>${esc(line)}</summary>
				<ul>${items.join("")}${follow_ups.join("")}</ul>
				<a href="${esc(sheet)}">${esc(last.period_title)}</a></details>`;
		}

		// Guidance explains the answers one after another ("Ada: ...; Tidak: ... Perhatikan: ..."): a line for each.
		guidance_text(guidance) {
			return esc(guidance)
				.replace(/(^|[.;]\s+)(\p{Lu}[\p{L} \/-]{1,30}):/gu, "$1\n<b>$2:</b>")
				.trim();
		}

		side_html(row, side) {
			const fields = SIDES[side];
			const editable = this.side === side;
			const differs = side === "verified" && this.differs(row);
			const title = side === "self" ? __("Unit's answer") : __("Verifier's answer");
			const accept =
				editable && side === "verified" && !row.verified_answer && row.self_answer
					? `<button type="button" class="btn btn-default btn-xs" data-do="accept" data-key="${esc(
							`accept:${row.name}`
					  )}">✓ ${words().accept}</button>`
					: "";
			return `<div class="p2ham-column is-${side}">
				<div class="p2ham-label" id="p2ham-${side}-${esc(row.name)}">${title}
					${differs ? pill(__("differs"), "orange") : ""}${side === "self" ? this.carried_mark_html(row) : ""}</div>
				${editable ? this.answer_html(row, side) + accept : this.given_html(row, row[fields.answer])}
				${editable ? this.note_html(row, side) : this.given_note_html(row[fields.note])}
				${editable && side === "self" ? this.confirm_html(row) : ""}
			</div>`;
		}

		given_html(row, answer) {
			if (!answer) return `<div class="p2ham-none">${__("Not answered")}</div>`;
			const option = this.option(row, answer);
			const text = this.scale(row).kind === "Percentage" && !option ? `${answer}%` : __(answer);
			return `<div>${pill(text, this.tone(option))}</div>`;
		}

		given_note_html(note) {
			return note ? `<div class="p2ham-given p2ham-text">${esc(note)}</div>` : "";
		}

		note_html(row, side) {
			const label = side === "self" ? __("Note") : __("Verifier's note");
			return `<label class="p2ham-note"><span class="sr-only">${label} ${esc(row.code)}</span>
				<textarea class="form-control" rows="1" placeholder="${label}" data-note-of="${side}"
					data-key="${esc(`note:${side}:${row.name}`)}">${esc(row[SIDES[side].note])}</textarea></label>`;
		}

		answer_html(row, side) {
			return this.scale(row).kind === "Options"
				? this.choice_html(row, side, this.scale(row).options)
				: this.number_html(row, side);
		}

		choice_html(row, side, options) {
			const answer = row[SIDES[side].answer] || "";
			const suggested = side === "verified" && !answer ? row.self_answer : "";
			const buttons = options.map((option, index) => {
				const chosen = option.label === answer;
				// One stop for the Tab key; the arrow keys move within the group.
				const stop = chosen || (!options.some((other) => other.label === answer) && index === 0);
				return `<button type="button" role="radio" aria-checked="${chosen}" tabindex="${stop ? 0 : -1}"
					class="p2ham-${this.tone(option)} ${option.label === suggested ? "is-suggested" : ""}"
					title="${option.label === suggested ? __("Unit's answer") : ""}"
					data-do="answer" data-side="${side}" data-value="${esc(option.label)}"
					data-key="${esc(`answer:${side}:${row.name}:${option.label}`)}">${esc(__(option.label))}</button>`;
			});
			const clear = answer
				? `<button type="button" class="p2ham-link" data-do="clear" data-side="${side}">${__("Clear")}</button>`
				: "";
			return `<div class="p2ham-choice"><div class="p2ham-segments" role="radiogroup"
				aria-labelledby="p2ham-${side}-${esc(row.name)} p2ham-${esc(row.name)}">${buttons.join("")}</div>${clear}</div>`;
		}

		number_html(row, side) {
			const scale = this.scale(row);
			const answer = row[SIDES[side].answer] || "";
			const not_applicable = scale.options.filter((option) => option.not_applicable);
			const typed = not_applicable.some((option) => option.label === answer) ? "" : answer;
			const percent = scale.kind === "Percentage";
			const bands = percent
				? ""
				: scale.options
						.filter((option) => !option.not_applicable)
						.map((option) => `${esc(option.range)}: ${esc(option.label)}`)
						.join(" · ");
			return `<div class="p2ham-choice">
				<div class="p2ham-number"><input type="text" inputmode="decimal" class="form-control" autocomplete="off"
					value="${esc(typed)}" placeholder="${
						side === "verified" ? esc(row.self_answer) : percent ? "0–100" : words().number
					}" data-number-of="${side}" data-key="${esc(`number:${side}:${row.name}`)}"
					aria-labelledby="p2ham-${side}-${esc(row.name)} p2ham-${esc(row.name)}">
					${percent ? "<span>%</span>" : ""}</div>
				${not_applicable.length ? this.choice_html(row, side, not_applicable) : ""}
				<span class="p2ham-hint">${bands}</span>
			</div>`;
		}

		tone(option) {
			if (!option) return "blue";
			if (option.not_applicable) return "gray";
			if (option.points >= 100) return "green";
			return option.points > 0 ? "orange" : "red";
		}

		// ---------------------------------------------------------------- drawing evidence

		evidence_html(row, indicator) {
			const labels = new Set(indicator.slots.map((slot) => slot.label));
			const others = this.uses(row).filter((use) => !labels.has(use.slot || ""));
			const slots = [...indicator.slots];
			if (others.length || (!slots.length && this.side === "self")) slots.push(OTHER_SLOT);
			// An empty place is an offer to the clerk; to everybody else only one that had to be filled says something.
			const shown =
				this.side === "self"
					? slots
					: slots.filter(
							(slot) =>
								(slot === OTHER_SLOT ? others : this.uses(row, slot.label)).length ||
								(slot.mandatory && this.earns(row) !== false)
					  );
			if (!shown.length) return "";
			const wanted = new Set(this.counted_side === "self" ? this.gaps(row).map((gap) => gap.slot) : []);
			return `<div class="p2ham-column is-evidence"><div class="p2ham-label">${__("Evidence")}</div>
				${shown
					.map((slot) =>
						this.slot_html(
							slot,
							slot === OTHER_SLOT ? others : this.uses(row, slot.label),
							wanted.has(slot.label)
						)
					)
					.join("")}
			</div>`;
		}

		slot_html(slot, uses, wanted) {
			const label = slot.label || __("Other evidence");
			const mandatory = slot.mandatory
				? `<span class="p2ham-star" title="${words().mandatory}">*</span>`
				: "";
			const kind = slot.kind === "Any" ? "" : `<span class="p2ham-tag">${esc(__(slot.kind))}</span>`;
			const takes_files = this.side === "self" && slot.kind !== "Link" ? "takes-files" : "";
			return `<div class="p2ham-slot ${wanted ? "is-wanted" : ""} ${uses.length ? "is-filled" : ""} ${takes_files}"
				data-slot="${esc(slot.label)}" data-kind="${esc(slot.kind)}">
				<div class="p2ham-slot-label">${esc(label)} ${mandatory} ${kind}</div>
				${this.side === "self" && slot.example ? `<div class="p2ham-hint">${__("Example")}: ${esc(slot.example)}</div>` : ""}
				${this.side !== "self" && !uses.length ? `<div class="p2ham-none">${__("No document")}</div>` : ""}
				${uses.map((use) => this.use_html(use)).join("")}
				${this.side === "self" ? this.slot_buttons_html(slot, label) : ""}
			</div>`;
		}

		slot_buttons_html(slot, label) {
			const button = (action, text) =>
				`<button type="button" class="btn btn-default btn-xs" data-do="${action}"
					aria-label="${esc(`${text}: ${label}`)}">${text}</button>`;
			const upload = slot.kind === "Link" ? "" : button("upload", __("Upload"));
			const link = ["Link", "Any"].includes(slot.kind) ? button("link", __("Add link")) : "";
			return `<div class="p2ham-slot-buttons">${upload}${link}${button("existing", __("Use existing"))}</div>`;
		}

		use_html(use) {
			const evidence = this.data.evidence[use.evidence];
			return `<div class="p2ham-use" data-use="${esc(use.name)}">
				<div class="p2ham-use-head">${this.use_title_html(use, evidence)}
					${this.use_marks_html(use, evidence)}
					${
						this.side === "self"
							? `${this.replace_html(evidence)}<button type="button" class="p2ham-link p2ham-remove" data-do="remove"
								aria-label="${esc(words().remove((evidence || {}).title || use.evidence))}">${__("Remove")}</button>`
							: ""
					}
				</div>
				${use.note ? `<div class="p2ham-given p2ham-text">${esc(use.note)}</div>` : ""}
				${this.side === "verified" ? this.verification_html(use) : ""}
			</div>`;
		}

		replace_html(evidence) {
			if (!evidence || evidence.kind === "Link") return "";
			return `<button type="button" class="p2ham-link" data-do="replace">${__("Replace")}</button>`;
		}

		use_title_html(use, evidence) {
			if (!evidence) {
				return `<span class="p2ham-none">${esc(use.evidence)} (${__("not visible to you")})</span>`;
			}
			const icon = frappe.utils.icon(evidence.kind === "Link" ? "link-url" : "file", "sm");
			const address = safe_address(evidence);
			const label = words().new_tab(evidence.title);
			const tab = address
				? `<a class="p2ham-new-tab" href="${esc(address)}" target="_blank" rel="noopener noreferrer"
					title="${esc(label)}" aria-label="${esc(label)}">${frappe.utils.icon("external-link", "sm")}</a>`
				: "";
			return `<button type="button" class="p2ham-view" data-do="view" data-key="${esc(
				`view:${use.name}`
			)}">${icon} <span>${esc(evidence.title)}</span></button>${tab}`;
		}

		use_marks_html(use, evidence) {
			const marks = [];
			if (use.carried_over) marks.push(pill(__("Carried over"), "blue"));
			if (use.verification === "Accepted") marks.push(pill(__("Accepted"), "green"));
			if (use.verification === "Returned") marks.push(pill(__("Returned"), "orange"));
			if (evidence && evidence.contains_personal_data) {
				marks.push(pill(__("Personal data"), "red", __("Shows personal data of citizens: handle with care")));
			}
			if (use.validity === "Not Valid") {
				marks.push(pill(__("Not valid in {0}", [this.data.data_year]), "red", this.validity_text(evidence)));
			} else if (use.validity === "Partly Valid") {
				marks.push(pill(__("Partly valid in {0}", [this.data.data_year]), "orange", this.validity_text(evidence)));
			}
			if (evidence && evidence.link_state === "No Answer") {
				marks.push(pill(__("Link gives no answer"), "orange"));
			}
			return marks.join("");
		}

		validity_text(evidence) {
			if (!evidence) return "";
			const date = (value) => (value ? date_text(value) : "…");
			return `${date(evidence.valid_from || evidence.document_date)} – ${date(evidence.valid_until)}`;
		}

		// What is going to be handed over although it does not count in all of the data year.
		not_valid_html() {
			const found = (this.frm.doc.evidence_uses || []).filter((use) =>
				["Not Valid", "Partly Valid"].includes(use.validity)
			);
			if (!found.length) return "";
			const entries = found.map((use) => {
				const evidence = this.data.evidence[use.evidence] || {};
				const row = this.items.find((row) => row.indicator === use.indicator) || {};
				return `<li><b>${esc(row.code)}</b> ${esc(evidence.title || use.evidence)}: ${esc(__(use.validity))}
					(${esc(this.validity_text(evidence))})</li>`;
			});
			return `<div class="p2ham-callout p2ham-orange"><strong>${__("Look at the dates: not valid in all of {0}", [
				this.data.data_year,
			])}</strong><ul>${entries.join("")}</ul></div>`;
		}

		verification_html(use) {
			const button = (action, state, text) =>
				`<button type="button" class="btn btn-xs ${
					use.verification === state ? "btn-primary" : "btn-default"
				}" aria-pressed="${use.verification === state}" data-do="${action}"
					data-key="${esc(`${action}:${use.name}`)}">${text}</button>`;
			return `<div class="p2ham-slot-buttons">
				${button("accept-evidence", "Accepted", __("Accept"))}
				${button("return-evidence", "Returned", __("Return"))}</div>`;
		}

		bar_html() {
			const count = this.count(this.items);
			const dirty = this.frm.is_dirty();
			const text =
				this.counted_side === "verified"
					? __("{0} of {1} verified", [count.answered, count.all])
					: __("{0} of {1} answered", [count.answered, count.all]);
			const save = dirty
				? `<button type="button" class="btn btn-primary btn-sm" data-do="save" data-key="save">${__("Save")}</button>`
				: "";
			const steps = p2ham.steps
				.in_order(this.data.steps)
				.map(
					(step) =>
						`<button type="button" class="btn btn-sm ${
							p2ham.steps.is_ready(this, step) && !dirty ? "btn-primary" : "btn-default"
						}" data-do="step" data-action="${esc(step.action)}" data-key="${esc(`step:${step.action}`)}">${esc(
							__(step.action)
						)}</button>`
				);
			return `<div class="p2ham-bar-text"><span>${text}</span>
					<span class="p2ham-pill ${dirty ? "p2ham-orange" : "p2ham-gray"}" aria-live="polite">${
						dirty ? __("Not saved") : __("Saved")
					}</span></div>
				<div class="p2ham-bar-buttons">${steps.join("")}${save}</div>`;
		}

		// ---------------------------------------------------------------- acting

		bind() {
			const act = (event) => {
				const element = event.currentTarget;
				const method = element.dataset.do.replace(/-/g, "_");
				event.preventDefault();
				this[`do_${method}`](element);
			};
			this.$body.on("click", "[data-do]", act);
			this.$body.on("keydown", '[role="radio"]', (event) => this.move_in_group(event));
			this.$body.on("input", "[data-note-of]", (event) => {
				fit_height(event.currentTarget);
				this.set(event.currentTarget, SIDES[event.currentTarget.dataset.noteOf].note, event.currentTarget.value);
			});
			this.$body.on("change", "[data-number-of]", (event) => this.type_number(event.currentTarget));
			// The click comes before the browser opens or closes.
			this.$body.on("click", "summary", (event) => {
				const details = event.currentTarget.parentElement;
				this.remember_open(details, !details.open);
			});
			$(this.frm.wrapper).on("dirty", () => this.refresh_bar());
			p2ham.EvidenceUpload.accept_drops(this.$body.get(0), ".p2ham-slot.takes-files", (slot, files) =>
				this.drop_files(slot, files)
			);
		}

		row_of(element) {
			return this.item($(element).closest("[data-item]").attr("data-item"));
		}

		use_of(element) {
			const name = $(element).closest("[data-use]").attr("data-use");
			return (this.frm.doc.evidence_uses || []).find((use) => use.name === name);
		}

		set(element, field, value) {
			const row = this.row_of(element);
			if (row) return frappe.model.set_value(ITEM, row.name, field, value);
		}

		remember_open(details, open) {
			if (details.matches(".p2ham-section")) {
				this.closed[open ? "delete" : "add"](details.dataset.criterion);
			} else if (details.matches(".p2ham-guidance")) {
				this.guidance.set($(details).closest("[data-item]").attr("data-item"), open);
			} else if (details.matches(".p2ham-last-year")) {
				this.last_year_open[open ? "add" : "delete"]($(details).closest("[data-item]").attr("data-item"));
			} else if (details.matches(".p2ham-missing")) {
				this.missing_closed = !open;
			}
		}

		move_in_group(event) {
			const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
			const $all = $(event.currentTarget).parent().find('[role="radio"]');
			const index = $all.index(event.currentTarget);
			let next = null;
			if (event.key in steps) next = (index + steps[event.key] + $all.length) % $all.length;
			else if (event.key === "Home") next = 0;
			else if (event.key === "End") next = $all.length - 1;
			if (next === null) return;
			event.preventDefault();
			$all.get(next).focus();
			this.do_answer($all.get(next));
		}

		type_number(input) {
			const row = this.row_of(input);
			const text = input.value.trim();
			const number = Number(text.replace(",", "."));
			const wrong =
				text !== "" &&
				(Number.isNaN(number) || (this.scale(row).kind === "Percentage" && (number < 0 || number > 100)));
			input.setAttribute("aria-invalid", wrong);
			if (wrong) {
				frappe.show_alert({ message: __("{0}: {1} is not an answer here.", [esc(row.code), esc(text)]), indicator: "red" });
				return;
			}
			this.set(input, SIDES[input.dataset.numberOf].answer, text);
		}

		do_retry() {
			this.refresh();
		}

		do_answer(button) {
			this.set(button, SIDES[button.dataset.side].answer, button.dataset.value);
		}

		do_clear(button) {
			this.set(button, SIDES[button.dataset.side].answer, "");
		}

		do_accept(button) {
			this.set(button, "verified_answer", this.row_of(button).self_answer);
		}

		do_accept_all(button) {
			this.items
				.filter((row) => row.criterion === button.dataset.criterionName)
				.filter((row) => !row.verified_answer && row.self_answer)
				.forEach((row) => frappe.model.set_value(ITEM, row.name, "verified_answer", row.self_answer));
		}

		do_confirm(button) {
			this.confirm_carried(this.row_of(button));
		}

		do_confirm_all() {
			const rows = this.carried_rows().filter((row) => row.self_answer);
			frappe.confirm(
				__("Confirm {0} indicators as they are? You say that answers and evidence hold for this year too.", [
					rows.length,
				]),
				() => rows.forEach((row) => this.confirm_carried(row))
			);
		}

		confirm_carried(row) {
			if (row.carried_over) frappe.model.set_value(ITEM, row.name, "carried_over", 0);
			this.uses(row)
				.filter((use) => use.carried_over)
				.forEach((use) => frappe.model.set_value(USE, use.name, "carried_over", 0));
		}

		// A new answer is the unit's own, and so is what stands beside it: the server says the same when it is saved.
		answered(name) {
			const row = this.item(name);
			if (row && this.side === "self") this.confirm_carried(row);
			this.refresh_item(name);
		}

		do_save() {
			// A number that is still being typed counts as well.
			if (document.activeElement) document.activeElement.blur();
			this.frm.save();
		}

		do_step(button) {
			p2ham.steps.take(
				this.frm,
				this.data.steps.find((step) => step.action === button.dataset.action)
			);
		}

		do_show_item(link) {
			this.show_item(link.dataset.target);
		}

		// Scroll to a row, opening its section, and let it flash.
		show_item(name) {
			if (this.filtered && !this.filtered.has(name)) {
				this.filter = "all";
				this.filtered = null;
				this.render();
			}
			const $item = this.$body.find(`[data-item="${CSS.escape(name)}"]`);
			const $section = $item.closest("details").prop("open", true);
			this.closed.delete($section.attr("data-criterion"));
			$item.get(0).scrollIntoView({ block: "center" });
			$item.removeClass("is-flashing");
			void $item.get(0).offsetWidth; // lets the animation start anew
			$item.addClass("is-flashing");
			const target = $item.find('[role="radio"][tabindex="0"], input, .p2ham-slot.is-wanted button').get(0);
			if (target) target.focus({ preventScroll: true });
		}

		show_missing() {
			this.missing_closed = false;
			this.part("missing").html(this.missing_html());
			this.part("missing").get(0).scrollIntoView({ block: "center" });
			this.part("missing").find("a").first().trigger("focus");
		}

		do_view(button) {
			p2ham.EvidenceViewer.open(this.frm, this, this.use_of(button).name);
		}

		do_look() {
			p2ham.EvidenceViewer.open(this.frm, this);
		}

		do_accept_evidence(button) {
			const use = this.use_of(button);
			const verification = use.verification === "Accepted" ? "Pending" : "Accepted";
			frappe.model.set_value(USE, use.name, { verification, note: "" });
		}

		do_return_evidence(button) {
			const use = this.use_of(button);
			frappe.prompt(
				[
					{
						fieldname: "note",
						fieldtype: "Small Text",
						label: __("What is wrong with this document?"),
						reqd: 1,
						default: use.note,
					},
				],
				({ note }) => frappe.model.set_value(USE, use.name, { verification: "Returned", note }),
				__("Return Evidence"),
				__("Return")
			);
		}

		do_remove(button) {
			const use = this.use_of(button);
			const row = this.row_of(button);
			frappe.model.clear_doc(USE, use.name);
			this.frm.refresh_field("evidence_uses");
			this.frm.dirty();
			this.refresh_item(row.name);
			frappe.show_alert({
				message: __("Removed from this indicator when you save. The document stays in the list of evidence."),
				indicator: "blue",
			});
		}

		// ---------------------------------------------------------------- adding evidence

		place_of(button) {
			const $slot = $(button).closest("[data-slot]");
			const row = this.row_of(button);
			const slot = $slot.attr("data-slot");
			return { row, slot, kind: $slot.attr("data-kind"), title: slot || row.title };
		}

		async do_upload(button) {
			const place = this.place_of(button);
			await p2ham.save_first(this.frm);
			this.upload_dialog(place);
		}

		async do_replace(button) {
			const place = this.place_of(button);
			const use = this.use_of(button);
			await p2ham.save_first(this.frm);
			const about = { ...this.data.evidence[use.evidence] };
			// What was found is in the old file; a flag that somebody has set stays until he takes it away.
			if (about.findings) about.contains_personal_data = 0;
			this.upload_dialog({ ...place, title: about.title || place.title }, { evidence: use.evidence, about });
		}

		async drop_files(slot, files) {
			const place = this.place_of(slot);
			if (this.side !== "self" || place.kind === "Link") return;
			await p2ham.save_first(this.frm);
			this.upload_dialog(place, { files });
		}

		async do_link(button) {
			const place = this.place_of(button);
			await p2ham.save_first(this.frm);
			this.link_dialog(place);
		}

		async do_existing(button) {
			const place = this.place_of(button);
			await p2ham.save_first(this.frm);
			this.existing_dialog(place);
		}

		allowed_types(kind) {
			const allowed = this.data.limits.types;
			const wanted = { PDF: ["pdf"], Image: IMAGE_TYPES }[kind];
			if (!wanted) return allowed;
			return allowed.length ? wanted.filter((type) => allowed.includes(type)) : wanted;
		}

		about_fields(place) {
			return [
				{
					fieldname: "title",
					fieldtype: "Data",
					label: __("Title of the document"),
					reqd: 1,
					length: 140,
					default: place.title.slice(0, 140),
				},
				{
					fieldname: "contains_personal_data",
					fieldtype: "Check",
					label: __("Shows personal data of citizens"),
					description: __(
						"Names, faces, NIK, addresses, health or children's data. Cover what is not needed; a marked document is not shown to observers."
					),
				},
			];
		}

		upload_dialog(place, { files = [], evidence = "", about = {} } = {}) {
			const { indicator } = place.row;
			const assessment = this.frm.doc.name;
			new p2ham.EvidenceUpload({
				target: evidence ? { assessment, evidence } : { assessment, indicator, slot: place.slot },
				title: place.title,
				about,
				types: this.allowed_types(place.kind),
				max_mb: this.data.limits.max_mb,
				multiple: !evidence,
				files,
				on_done: () => this.reload(place.row.name),
			});
		}

		link_dialog(place) {
			const dialog = new frappe.ui.Dialog({
				title: __("Add Link"),
				fields: [
					{
						fieldname: "url",
						fieldtype: "Data",
						label: __("Address (URL)"),
						reqd: 1,
						placeholder: "https://",
						description: __("Full address that everybody who verifies can open."),
					},
					...this.about_fields(place),
				],
				primary_action_label: __("Add"),
				primary_action: async ({ url, title, contains_personal_data }) => {
					if (!/^https?:\/\/[^\s\/]+/i.test(url.trim())) {
						frappe.msgprint(__("Give a full web address that begins with https://."));
						return;
					}
					dialog.disable_primary_action();
					try {
						await this.add(place, { url: url.trim(), title, contains_personal_data: contains_personal_data ? 1 : 0 });
						dialog.hide();
					} finally {
						dialog.enable_primary_action();
					}
				},
			});
			dialog.show();
		}

		existing_dialog(place) {
			const { indicator } = place.row;
			new p2ham.EvidencePicker({
				place: { assessment: this.frm.doc.name, indicator, slot: place.slot },
				unit: this.frm.doc.opd_name || this.frm.doc.opd,
				on_pick: (evidence) => this.add(place, { evidence }),
			});
		}

		async add(place, values) {
			await frappe.xcall("p2ham.api.evidence.add_to_assessment", {
				assessment: this.frm.doc.name,
				indicator: place.row.indicator,
				slot: place.slot,
				...values,
			});
			await this.reload(place.row.name);
		}

		async reload(row) {
			await this.frm.reload_doc();
			await this.refresh();
			this.flash(row);
		}

		flash(name) {
			this.$body.find(`[data-item="${CSS.escape(name)}"]`).addClass("is-flashing");
		}
	};
})();
