// An assessment beside an earlier one of the same unit: the dialog around what `p2ham.api.assessment.compare`
// tells. Every figure, kind and reason is the server's; nothing here computes or decides anything.

frappe.provide("p2ham");

p2ham.Comparison = (() => {
	const COLOURS = ["red", "orange", "yellow", "green", "blue", "gray"];
	const LONG_LIST = 8;

	const esc = (text) => frappe.utils.escape_html(text);

	// Words for attributes of the templates below: bench does not find strings that stand inside quotes there.
	const words = () => ({
		figures: __("Totals"),
		shown: __("Indicators shown"),
		change: __("Change"),
		official: __("Official Score"),
		compared: __("Compared"),
	});

	const score = (number) => (number === null ? "–" : format_number(number, null, 2));
	const points = (number) =>
		number === null ? "–" : format_number(number, null, Number.isInteger(number) ? 0 : 2);
	const percent = (number) => (number === null ? "–" : `${format_number(Math.floor(number), null, 0)}%`);

	function pill(text, colour) {
		const safe_colour = COLOURS.includes(colour) ? colour : "gray";
		return `<span class="p2ham-pill p2ham-${safe_colour}">${esc(text)}</span>`;
	}

	// The sign says what the colour says.
	function change_pill(change, format = score, toned = true) {
		if (change === null) return "";
		if (change === 0) return pill("0", "gray");
		const text = `${change > 0 ? "▲ +" : "▼ −"}${format(Math.abs(change))}`;
		return pill(text, !toned ? "gray" : change > 0 ? "green" : "red");
	}

	const direction = (change) => (change > 0 ? "better" : change < 0 ? "worse" : "unchanged");

	return class Comparison {
		// Asks what there is to compare with, and shows it or says kindly that there is nothing.
		static async open(frm) {
			const choices = await p2ham.mark.until(
				frappe.xcall("p2ham.api.assessment.earlier", { name: frm.doc.name })
			);
			if (choices.length) return new Comparison(frm, choices).show();
			frappe.msgprint({
				title: __("Nothing to Compare With Yet"),
				message: __(
					"There is no earlier assessment of this unit that you may see. Once the unit has been assessed in a second year, the two years can be set side by side here."
				),
				indicator: "blue",
			});
		}

		constructor(frm, choices) {
			this.frm = frm;
			this.choices = choices;
			this.filter = "all";
			this.dialog = new frappe.ui.Dialog({
				title: `${__("Compare")}: ${esc(frm.doc.opd_name || frm.doc.opd)}`,
				size: "extra-large",
			});
			this.$body = $(`<div class="p2ham-sheet p2ham-comparison"></div>`).appendTo(this.dialog.body);
			this.bind();
		}

		show() {
			this.dialog.show();
			this.$body.html(`${this.choice_html()}<div data-part="result"></div>`);
			return this.load(this.choices[0].name);
		}

		bind() {
			this.$body
				.on("change", "select", (event) => this.load(event.currentTarget.value))
				.on("click", "[data-do=retry]", () => this.load(this.older))
				.on("click", "[data-filter]", (event) => this.filter_rows(event.currentTarget.dataset.filter));
		}

		async load(older) {
			this.older = older;
			this.$result.html(`<div class="p2ham-empty">${__("Comparing...")}</div>`);
			try {
				const data = await p2ham.mark.until(
					frappe.xcall("p2ham.api.assessment.compare", { name: this.frm.doc.name, older })
				);
				if (this.older !== older) return; // another choice was made meanwhile
				this.data = data;
				this.filter = "all";
				this.$result.html(this.result_html());
			} catch (error) {
				if (this.older === older) this.$result.html(this.failure_html());
				throw error;
			}
		}

		get $result() {
			return this.$body.find("> [data-part=result]");
		}

		filter_rows(filter) {
			this.filter = filter;
			this.$body.find("[data-filter]").each((_, button) => {
				button.setAttribute("aria-pressed", button.dataset.filter === filter);
			});
			this.$body.find("[data-direction]").each((_, row) => {
				row.hidden = filter !== "all" && row.dataset.direction !== filter;
			});
		}

		// ---------------------------------------------------------------- what the data says

		// Years name the two sheets; two rounds of one year are named by their period.
		label(side) {
			const { older, newer } = this.data;
			const sheet = this.data[side];
			return older.year === newer.year ? sheet.period : String(sheet.year);
		}

		// Nothing is left out of the comparison.
		get is_whole() {
			return this.data.total.coverage === 100 && this.data.total.older_coverage === 100;
		}

		// Something that is asked now is left out of a criterion.
		get has_gaps() {
			return this.data.criteria.some((row) => row.coverage !== null && row.coverage < 100);
		}

		// The earlier year has official scores of the same criteria, and they are other ones.
		get has_other_official() {
			return this.data.criteria.some(
				(row) => row.official.old !== null && row.official.old !== row.like_for_like.old
			);
		}

		// Under one instrument, official and like for like are the same figures.
		get is_plain() {
			return this.data.same_instrument && this.is_whole;
		}

		get is_comparable() {
			return this.data.total.like_for_like.change !== null;
		}

		// ---------------------------------------------------------------- drawing

		// One earlier year is no choice; it is named below anyway.
		choice_html() {
			if (this.choices.length === 1) return "";
			const options = this.choices.map(
				(row) =>
					`<option value="${esc(row.name)}">${esc(
						[row.period_title, __(row.state), score(row.score)].join(" · ")
					)}</option>`
			);
			return `<label class="p2ham-choose-earlier">
				<span class="p2ham-label">${__("Compared with")}</span>
				<select class="form-control">${options.join("")}</select>
			</label>`;
		}

		failure_html() {
			return `<div class="p2ham-empty">
				<p>${__("The comparison could not be made.")}</p>
				<button type="button" class="btn btn-default btn-sm" data-do="retry">${__("Try Again")}</button>
			</div>`;
		}

		result_html() {
			return `${this.sheets_html()}
				${this.cautions_html()}
				<section class="p2ham-totals" aria-label="${words().figures}">
					${this.official_html()}
					${this.is_plain || !this.is_comparable ? "" : this.like_for_like_html()}
				</section>
				${this.is_comparable ? this.criteria_html() + this.indicators_html() : ""}
				${this.data.linked ? this.not_comparable_html() : ""}`;
		}

		sheets_html() {
			const line = (side) => {
				const sheet = this.data[side];
				const link = frappe.utils.get_form_link("P2HAM Assessment", sheet.name);
				const result =
					sheet.side === "verified" ? __("Verified result") : __("The unit's own answers");
				return `<dt>${esc(this.label(side))}</dt>
					<dd><a href="${esc(link)}">${esc(sheet.period_title)}</a>, ${esc(sheet.instrument_title)}
					<span class="p2ham-hint">${esc(__(sheet.state))} · ${result}</span></dd>`;
			};
			return `<dl class="p2ham-facts">${line("older")}${line("newer")}</dl>`;
		}

		cautions_html() {
			const { older, newer, linked, same_instrument } = this.data;
			const cautions = [];
			if (!same_instrument) {
				cautions.push(__("Different instruments: the official totals are not like for like."));
			}
			if (!linked) {
				cautions.push(
					__(
						"No indicator of the one instrument continues one of the other, so nothing below the totals can be compared."
					)
				);
			} else if (!this.is_comparable) {
				cautions.push(__("Nothing that was asked in both years applies in both."));
			}
			for (const [side, sheet] of [
				["older", older],
				["newer", newer],
			]) {
				if (sheet.side === "self") {
					cautions.push(
						__("{0} is not verified yet: its figures are the unit's own.", [this.label(side)])
					);
				}
			}
			if (this.frm.is_dirty()) {
				cautions.push(__("What is not saved yet is not part of the comparison."));
			}
			if (!cautions.length) return "";
			return `<div class="p2ham-callout p2ham-orange">${cautions
				.map((text) => `<div>${esc(text)}</div>`)
				.join("")}</div>`;
		}

		official_html() {
			const { total, same_instrument } = this.data;
			return this.total_html({
				part: "official",
				title: __("Official totals"),
				figures: total.official,
				toned: same_instrument,
				below: (side) =>
					this.data[side].category
						? pill(this.data[side].category, this.data[side].category_colour)
						: "",
				hint: this.is_plain ? __("The same instrument and the same questions in both years.") : "",
			});
		}

		like_for_like_html() {
			const { total } = this.data;
			return this.total_html({
				part: "like-for-like",
				title: __("Like for like"),
				figures: total.like_for_like,
				toned: true,
				below: () => "",
				hint: this.is_whole
					? __("Nothing is left out; both years with the weights of {0}.", [this.label("newer")])
					: __(
							"Only what can be compared, with the weights of {0}: {1} of the sheet of {0}, {2} of that of {3}.",
							[
								this.label("newer"),
								percent(total.coverage),
								percent(total.older_coverage),
								this.label("older"),
							]
					  ),
			});
		}

		total_html({ part, title, figures, toned, below, hint }) {
			const figure = (side, value) => `<div class="p2ham-total-figure">
				<span class="p2ham-label">${esc(this.label(side))}</span>
				<span class="p2ham-total-value">${score(value)}</span>
				${below(side)}
			</div>`;
			return `<div class="p2ham-total" data-total="${part}">
				<h4>${esc(title)}</h4>
				<div class="p2ham-total-figures">
					${figure("older", figures.old)}
					<span class="p2ham-total-arrow" aria-hidden="true">→</span>
					${figure("newer", figures.new)}
					<span class="p2ham-total-change">${change_pill(figures.change, score, toned)}</span>
				</div>
				${hint ? `<p class="p2ham-hint">${esc(hint)}</p>` : ""}
			</div>`;
		}

		heads_html(first, others) {
			const cells = others.map((text) => `<th scope="col" class="is-number">${esc(text)}</th>`);
			return `<thead><tr><th scope="col">${esc(first)}</th>${cells.join("")}</tr></thead>`;
		}

		number_cell(label, text, hint = "") {
			return `<td class="is-number" data-label="${esc(label)}">${text}${
				hint ? ` <span class="p2ham-hint">${esc(hint)}</span>` : ""
			}</td>`;
		}

		node_html({ code, title }, notes = []) {
			const hints = notes.map((text) => ` <span class="p2ham-hint">${esc(text)}</span>`).join("");
			return `<div class="p2ham-node"><span class="p2ham-code">${esc(code)}</span>
				<span class="p2ham-node-title">${esc(title)}${hints}</span></div>`;
		}

		// ---------------------------------------------------------------- by criterion

		criteria_html() {
			const heads = [this.label("older"), this.label("newer"), words().change];
			if (this.has_gaps) heads.push(words().compared);
			if (this.has_gaps || this.has_other_official) heads.push(words().official);
			return `<h4>${this.is_plain ? __("By criterion") : __("By criterion, like for like")}</h4>
				<table class="p2ham-tree p2ham-by-criterion">
					${this.heads_html(__("Criterion"), heads)}
					<tbody>${this.data.criteria.map((row) => this.criterion_html(row)).join("")}</tbody>
				</table>`;
		}

		criterion_html(row) {
			const { old, new: now, change } = row.like_for_like;
			return `<tr data-criterion="${esc(row.code)}" style="--depth: ${cint(row.depth)}">
				<th scope="row">${this.node_html(row)}</th>
				${this.number_cell(this.label("older"), score(old))}
				${this.number_cell(this.label("newer"), score(now))}
				${this.number_cell("", change_pill(change))}
				${this.has_gaps ? this.number_cell(words().compared, percent(row.coverage)) : ""}
				${
					this.has_gaps || this.has_other_official
						? this.number_cell(words().official, this.official_text(row.official))
						: ""
				}
			</tr>`;
		}

		// A criterion of another instrument has no official score of the earlier year.
		official_text(official) {
			return official.old === null ? score(official.new) : `${score(official.old)} → ${score(official.new)}`;
		}

		// ---------------------------------------------------------------- by indicator

		indicators_html() {
			const groups = this.data.groups.filter((group) => group.comparable);
			return `<h4>${__("By indicator")}</h4>
				${this.filter_html(groups)}
				<table class="p2ham-tree p2ham-by-indicator">
					${this.heads_html(__("Indicator"), [this.label("older"), this.label("newer"), words().change])}
					<tbody>${groups.map((group) => this.group_html(group)).join("")}</tbody>
				</table>`;
		}

		filter_html(groups) {
			const count = (filter) => groups.filter((group) => direction(group.change) === filter).length;
			const button = (filter, text, number) =>
				`<button type="button" data-filter="${filter}" aria-pressed="${this.filter === filter}"
					${number ? "" : "disabled"}>${text} (${number})</button>`;
			return `<div class="p2ham-filter" role="group" aria-label="${words().shown}">
				${button("all", __("All"), groups.length)}
				${button("better", __("Better"), count("better"))}
				${button("worse", __("Worse"), count("worse"))}
				${button("unchanged", __("Unchanged"), count("unchanged"))}
			</div>`;
		}

		group_html(group) {
			const hint = (members) => (members.length === 1 ? this.answer(members[0]) : "");
			return `<tr data-direction="${direction(group.change)}" data-kind="${esc(group.kind)}"
				style="--depth: 0">
				${this.question_html(group)}
				${this.number_cell(this.label("older"), points(group.old), hint(group.older))}
				${this.number_cell(this.label("newer"), points(group.new), hint(group.newer))}
				${this.number_cell("", change_pill(group.change, points))}
			</tr>`;
		}

		// What is asked now, and below it what it was before. Of several, each has its own answer beside it.
		question_html(group) {
			const { older, newer } = group;
			const main = newer.length ? newer : older;
			const lines = newer.length ? this.predecessor_lines(group) : [];
			const pills = ["merged", "split", "regrouped"].includes(group.kind)
				? pill(group.kind_label, "blue")
				: "";
			const below = pills + lines.map((text) => `<span class="p2ham-hint">${esc(text)}</span>`).join("");
			return `<th scope="row">
				${main.map((member) => this.node_html(member, this.notes(member, main.length > 1))).join("")}
				${below ? `<div class="p2ham-predecessors">${below}</div>` : ""}
			</th>`;
		}

		notes(member, several) {
			return several ? [this.answer_and_points(member), member.reason_label].filter(Boolean) : [];
		}

		// The question of the earlier year is repeated only where it was another one.
		predecessor_lines({ older, newer, not_asked }) {
			const same = (member) =>
				newer.length === 1 && newer[0].code === member.code && newer[0].title === member.title;
			const several = older.length > 1;
			const lines = older
				.filter((member) => several || !same(member))
				.map((member) =>
					[
						`${this.label("older")}: ${member.code} ${member.title}`,
						...this.notes(member, several),
					].join(" · ")
				);
			for (const place of not_asked) {
				const question = `${place.code} ${place.title} (${this.label(place.side)})`;
				lines.push(__("Not asked of this unit: {0}", [question]));
			}
			return lines;
		}

		answer(member) {
			return member.answered ? member.answer : __("not answered");
		}

		// A percentage is its own answer.
		answer_and_points(member) {
			const number = points(member.points);
			const answer = this.answer(member);
			return answer === number ? number : `${answer} (${number})`;
		}

		// ---------------------------------------------------------------- what is left out

		// Groups of which nothing counts, and from the others the items that do not.
		left_out() {
			const left_out = (members) => members.filter((member) => member.reason);
			return this.data.groups
				.map((group) => ({ ...group, older: left_out(group.older), newer: left_out(group.newer) }))
				.filter((group) => group.older.length || group.newer.length);
		}

		not_comparable_html() {
			const groups = this.left_out();
			if (!groups.length) return "";
			const heads = [this.label("older"), this.label("newer"), __("Why")];
			return `<details class="p2ham-left-out" ${groups.length <= LONG_LIST ? "open" : ""}>
				<summary><h4>${__("Not comparable")} (${groups.length})</h4></summary>
				<table class="p2ham-tree">
					<thead><tr><th scope="col">${__("Indicator")}</th>
						${heads.map((text) => `<th scope="col">${esc(text)}</th>`).join("")}</tr></thead>
					<tbody>${groups.map((group) => this.left_out_html(group)).join("")}</tbody>
				</table>
			</details>`;
		}

		left_out_html(group) {
			const cell = (side) => {
				const answers = group[side].map((member) => this.answer(member)).join(", ");
				return `<td data-label="${esc(this.label(side))}">${esc(answers || "–")}</td>`;
			};
			const members = [...group.older, ...group.newer];
			const reasons = [...new Set(members.map((member) => member.reason_label))].join(" ");
			return `<tr style="--depth: 0">${this.question_html(group)}${cell("older")}${cell("newer")}
				<td class="p2ham-hint">${esc(reasons)}</td></tr>`;
		}
	};
})();
