// The structure of a P2HAM Instrument on its form: criteria and indicators as a tree with weights, what they
// amount to, and what is wrong or strange about them.
//
// It draws what `p2ham.api.instrument.get_structure` tells, anew at every refresh of the form, and decides
// nothing: criteria and indicators are changed in their own forms, which the rows lead to.

frappe.provide("p2ham");

p2ham.InstrumentStructure = (() => {
	const DOCTYPES = { criterion: "P2HAM Criterion", indicator: "P2HAM Indicator" };
	// Beyond so many rows of a kind, the first look shows less than everything.
	const MOST_AT_FIRST = 40;
	const MOST_TYPES_NAMED = 2;

	const esc = (text) => frappe.utils.escape_html(text);

	// Words for attributes of the templates below: bench does not find strings that stand inside quotes there.
	const words = () => ({
		table: __("Criteria and indicators"),
		weight: __("Weight"),
		share: __("Share of Total"),
		scale: __("Scale"),
		mandatory: __("Must have full points for the unit to meet the criteria"),
		toggle: (title) => __("Show or hide what is below {0}", [title]),
		add_criterion: (title) => __("Add a criterion below {0}", [title]),
		add_indicator: (title) => __("Add an indicator to {0}", [title]),
		evidence: __("Kinds of evidence that are asked for"),
	});

	const two_decimals = (number) => format_number(number, null, 2);

	// As many decimals as a weight has; weights have four at most.
	function weight_text(weight) {
		const decimals = (String(Number(weight.toFixed(4))).split(".")[1] || "").length;
		return format_number(weight, null, decimals);
	}

	const key_of = (kind, name) => `${kind} ${name}`;

	return class InstrumentStructure {
		static of(frm) {
			if (!frm.p2ham_structure) frm.p2ham_structure = new InstrumentStructure(frm);
			return frm.p2ham_structure;
		}

		constructor(frm) {
			this.frm = frm;
			this.$body = $(`<div class="p2ham-sheet p2ham-structure"></div>`);
			frm.fields_dict.structure.$wrapper.empty().append(this.$body);
			this.bind();
		}

		// ---------------------------------------------------------------- loading

		async refresh() {
			const name = this.frm.doc.name;
			if (this.frm.is_new()) return;
			const loading = (this.loading = p2ham.mark.until(
				frappe.xcall("p2ham.api.instrument.get_structure", { name })
			));
			if (this.shown !== name) {
				this.shown = name;
				this.closed = null;
				this.data = null;
				this.$body.html(`<div class="p2ham-empty">${__("Loading the structure...")}</div>`);
			}
			try {
				const data = await loading;
				if (this.loading !== loading) return; // another document, or a newer answer, is on its way
				this.data = data;
				this.arrange();
				this.render();
			} catch (error) {
				if (this.loading === loading) this.show_failure();
				throw error;
			}
		}

		show_failure() {
			this.shown = null;
			this.$body.html(
				`<div class="p2ham-empty">
					<p>${__("The structure could not be loaded.")}</p>
					<button type="button" class="btn btn-default btn-sm" data-do="retry">${__("Try Again")}</button>
				</div>`
			);
		}

		// ---------------------------------------------------------------- what there is

		// Rows in the order of the tree: an indicator below its criterion, a criterion below its own. What
		// hangs nowhere, or in a circle, stands at the end and is not lost.
		arrange() {
			const nodes = this.data.nodes;
			const criteria = new Set(nodes.filter((node) => node.kind === "criterion").map((node) => node.name));
			const below = new Map();
			for (const node of nodes) {
				const parent = criteria.has(node.parent) ? node.parent : "";
				below.set(parent, [...(below.get(parent) || []), node]);
			}
			this.rows = [];
			const seen = new Set();
			const walk = (node, above) => {
				const key = key_of(node.kind, node.name);
				if (seen.has(key)) return 0;
				seen.add(key);
				const row = { ...node, key, above, indicators: 0, has_below: false };
				this.rows.push(row);
				if (node.kind === "indicator") return 1;
				const children = below.get(node.name) || [];
				const indicators_first = [
					...children.filter((child) => child.kind === "indicator"),
					...children.filter((child) => child.kind === "criterion"),
				];
				row.has_below = children.length > 0;
				row.holds_indicators = children.some((child) => child.kind === "indicator");
				for (const child of indicators_first) row.indicators += walk(child, [...above, key]);
				return row.indicators;
			};
			for (const node of [...(below.get("") || []), ...nodes]) walk(node, []);
			this.by_key = new Map(this.rows.map((row) => [row.key, row]));
			this.largest_share = Math.max(0, ...this.rows.map((row) => row.share || 0));
			if (!this.closed) this.closed = new Set(this.closed_at_first());
		}

		closed_at_first() {
			const criteria = this.rows.filter((row) => row.kind === "criterion");
			if (criteria.length > MOST_AT_FIRST) return criteria.map((row) => row.key);
			if (this.rows.length - criteria.length <= MOST_AT_FIRST) return [];
			return criteria.filter((row) => row.holds_indicators).map((row) => row.key);
		}

		count(kind) {
			return this.rows.filter((row) => row.kind === kind).length;
		}

		get is_draft() {
			return this.frm.doc.status === "Draft";
		}

		get may_add() {
			return this.is_draft && this.frm.perm[0].write && frappe.model.can_create(DOCTYPES.criterion);
		}

		// The row that a fault or warning belongs to; none if it is about the whole.
		row_of(note) {
			if (!note.name) return null;
			const kinds = note.kind ? [note.kind] : Object.keys(DOCTYPES);
			return kinds.map((kind) => this.by_key.get(key_of(kind, note.name))).find(Boolean) || null;
		}

		// Faults matter while they can be put right; what is active has none.
		get faults() {
			return this.is_draft ? this.data.faults : [];
		}

		// ---------------------------------------------------------------- drawing

		render() {
			const focus = this.$body.find(":focus").attr("data-key");
			this.$body.html(
				`${this.notes_html()}
				${this.rows.length ? this.bar_html() + this.table_html() : this.nothing_html()}`
			);
			this.show_rows();
			if (focus) this.$body.find(`[data-key="${CSS.escape(focus)}"]`).trigger("focus");
		}

		notes_html() {
			return `${this.callout_html("red", __("Must be put right before it can be activated"), this.faults)}
				${this.callout_html("orange", __("Weights to look at"), this.data.warnings)}`;
		}

		callout_html(colour, title, notes) {
			if (!notes.length) return "";
			const items = notes.map((note) => {
				const row = this.row_of(note);
				const text = esc(note.text);
				return row
					? `<li><a href="#" data-do="jump" data-target="${esc(row.key)}">${text}</a></li>`
					: `<li>${text}</li>`;
			});
			return `<div class="p2ham-callout p2ham-${colour} p2ham-findings" data-findings="${colour}">
				<strong>${title} (${notes.length})</strong>
				<ul>${items.join("")}</ul>
			</div>`;
		}

		bar_html() {
			const counts = [
				__("Criteria: {0}", [this.count("criterion")]),
				__("Indicators: {0}", [this.count("indicator")]),
			];
			return `<div class="p2ham-tree-bar">
				<span class="p2ham-label">${counts.join(" · ")}</span>
				<div class="p2ham-bar-buttons">
					<button type="button" class="btn btn-default btn-xs" data-do="expand" data-key="expand">${__("Expand All")}</button>
					<button type="button" class="btn btn-default btn-xs" data-do="collapse" data-key="collapse">${__("Collapse All")}</button>
					${this.add_top_html()}
				</div>
			</div>`;
		}

		add_top_html() {
			if (!this.may_add) return "";
			return `<button type="button" class="btn btn-default btn-xs" data-do="add-criterion" data-key="add">${__("Add Criterion")}</button>`;
		}

		nothing_html() {
			return `<div class="p2ham-empty">
				<strong>${__("No criteria yet.")}</strong>
				<p>${__("Begin with a criterion, then add indicators to it; or fill the instrument from a file.")}</p>
				${this.add_top_html()}
			</div>`;
		}

		table_html() {
			return `<table class="p2ham-tree" aria-label="${words().table}">
				<thead><tr>
					<th scope="col">${__("Criterion or Indicator")}</th>
					<th scope="col" class="is-number">${__("Weight")}</th>
					<th scope="col">${__("Share of Total")}</th>
					<th scope="col">${__("Scale")}</th>
					<th scope="col">${__("Marks")}</th>
				</tr></thead>
				<tbody>${this.rows.map((row) => this.row_html(row)).join("")}</tbody>
			</table>`;
		}

		row_html(row) {
			const address = frappe.utils.get_form_link(DOCTYPES[row.kind], row.name);
			const toggle = row.has_below
				? `<button type="button" class="p2ham-toggle" data-do="toggle" data-key="${esc(row.key)}" aria-expanded="true"
					aria-label="${esc(words().toggle(row.title))}"></button>`
				: `<span class="p2ham-toggle"></span>`;
			return `<tr class="is-${row.kind} ${row.above.length ? "" : "is-top"}" data-row="${esc(row.key)}" data-code="${esc(row.code)}"
				style="--depth: ${row.above.length}">
				<th scope="row">
					<div class="p2ham-node">
						${toggle}
						<span class="p2ham-code">${esc(row.code)}</span>
						<div class="p2ham-node-title">
							<a href="${esc(address)}">${esc(row.title)}</a>
							${this.row_notes_html(row)}
						</div>
					</div>
				</th>
				<td class="is-number" data-label="${words().weight}">${weight_text(row.weight)}</td>
				<td data-label="${words().share}">${this.share_html(row)}</td>
				<td class="p2ham-scale" ${
					row.kind === "indicator" ? `data-label="${words().scale}"` : ""
				}>${this.scale_html(row)}</td>
				<td class="p2ham-marks">${row.kind === "criterion" ? this.add_html(row) : this.marks_html(row)}</td>
			</tr>`;
		}

		row_notes_html(row) {
			const of_row = (notes) => notes.filter((note) => this.row_of(note) === row);
			const lines = [
				...of_row(this.faults).map((note) => ["red", note.text]),
				...of_row(this.data.warnings).map((note) => ["orange", note.text]),
			];
			return lines
				.map(([colour, text]) => `<div class="p2ham-row-note p2ham-${colour}">${esc(text)}</div>`)
				.join("");
		}

		share_html(row) {
			if (row.share === null) return "–";
			const width = this.largest_share ? (100 * row.share) / this.largest_share : 0;
			return `<div class="p2ham-share">
				<span>${two_decimals(row.share)}%</span>
				<div class="p2ham-progress" aria-hidden="true"><div style="width: ${width.toFixed(2)}%"></div></div>
			</div>`;
		}

		scale_html(row) {
			if (row.kind === "criterion") {
				return `<span class="p2ham-hint">${__("{0} indicators", [row.indicators])}</span>`;
			}
			if (!row.scale) return "–";
			const address = frappe.utils.get_form_link("P2HAM Answer Scale", row.scale);
			return `<a href="${esc(address)}">${esc(row.scale)}</a>`;
		}

		add_html(row) {
			if (!this.may_add) return "";
			const button = (kind, label, title) =>
				`<button type="button" class="btn btn-default btn-xs" data-do="add-${kind}" data-parent="${esc(row.name)}"
					data-key="${esc(`${kind} in ${row.key}`)}" aria-label="${esc(title)}">${label}</button>`;
			return [
				button("indicator", __("Add Indicator"), words().add_indicator(row.title)),
				button("criterion", __("Add Criterion"), words().add_criterion(row.title)),
			].join("");
		}

		marks_html(row) {
			const tag = (text, title = "") =>
				`<span class="p2ham-tag" title="${esc(title)}">${esc(text)}</span>`;
			const marks = [];
			if (row.mandatory) {
				marks.push(
					`<span class="p2ham-pill p2ham-orange" title="${words().mandatory}">${__("Mandatory")}</span>`
				);
			}
			if (row.evidence_slots) marks.push(tag(__("Evidence: {0}", [row.evidence_slots]), words().evidence));
			if (row.opd_types.length) marks.push(tag(this.types_text(row.opd_types), row.opd_types.join(", ")));
			if (row.continues.length) {
				marks.push(tag(__("Continues: {0}", [row.continues.length]), row.continues.join("\n")));
			}
			return marks.join("");
		}

		types_text(types) {
			const named = types.slice(0, MOST_TYPES_NAMED).join(", ");
			const more = types.length - MOST_TYPES_NAMED;
			return more > 0 ? __("Only: {0} and {1} more", [named, more]) : __("Only: {0}", [named]);
		}

		// Which rows are seen follows from what is closed; nothing is drawn anew.
		show_rows() {
			this.$body.find("tr[data-row]").each((_, element) => {
				const row = this.by_key.get(element.dataset.row);
				element.hidden = row.above.some((key) => this.closed.has(key));
				const toggle = element.querySelector("button.p2ham-toggle");
				if (toggle) toggle.setAttribute("aria-expanded", String(!this.closed.has(row.key)));
			});
		}

		// ---------------------------------------------------------------- acting

		bind() {
			this.$body.on("click", "[data-do]", (event) => {
				event.preventDefault();
				this[`do_${event.currentTarget.dataset.do.replace(/-/g, "_")}`](event.currentTarget);
			});
		}

		do_retry() {
			this.refresh();
		}

		do_toggle(button) {
			const key = button.dataset.key;
			if (!this.closed.delete(key)) this.closed.add(key);
			this.show_rows();
		}

		do_expand() {
			this.closed = new Set();
			this.show_rows();
		}

		do_collapse() {
			this.closed = new Set(this.rows.filter((row) => row.has_below).map((row) => row.key));
			this.show_rows();
		}

		// Scroll to a row, opening what it lies in, and let it flash.
		do_jump(link) {
			const row = this.by_key.get(link.dataset.target);
			row.above.forEach((key) => this.closed.delete(key));
			this.show_rows();
			const $row = this.$body.find(`[data-row="${CSS.escape(row.key)}"]`);
			$row.get(0).scrollIntoView({ block: "center" });
			$row.removeClass("is-flashing");
			void $row.get(0).offsetWidth; // lets the animation start anew
			$row.addClass("is-flashing");
			$row.find(".p2ham-node-title a").get(0).focus({ preventScroll: true });
		}

		do_add_criterion(button) {
			this.add(DOCTYPES.criterion, { parent_criterion: button.dataset.parent || "" });
		}

		do_add_indicator(button) {
			this.add(DOCTYPES.indicator, { criterion: button.dataset.parent });
		}

		async add(doctype, values) {
			// What was typed in this form must not stay behind unsaved; if it cannot be saved, Frappe has said why.
			if (this.frm.is_dirty()) {
				const saved = await this.frm.save().then(
					() => !this.frm.is_dirty(),
					() => false
				);
				if (!saved) return;
			}
			frappe.new_doc(doctype, { instrument: this.frm.doc.name, ...values });
		}
	};
})();
