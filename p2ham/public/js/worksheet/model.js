// What the rows of a sheet say: what is missing, what is counted, what a filter shows. Only decisions, from the form's own
// rows and from what `p2ham.api.assessment.get_worksheet` tells about them; nothing here draws or asks anything.

export const ITEM = "P2HAM Assessment Item";
export const USE = "P2HAM Evidence Use";
export const SIDES = {
	self: { answer: "self_answer", note: "self_note", score: "self_score" },
	verified: { answer: "verified_answer", note: "verified_note", score: "verified_score" },
};

const IMAGE_TYPES = ["jpg", "jpeg", "png"];

export class WorksheetModel {
	// `data`: what the server tells, null until it is there.
	constructor(frm) {
		this.frm = frm;
		this.data = null;
		this.begin();
	}

	// What somebody has opened, closed or filtered, as it is for a sheet that nobody has looked at.
	begin() {
		this.data = null;
		this.closed = new Set();
		this.guidance = new Map();
		this.last_year_open = new Set();
		this.filter = "all";
		this.filtered = null;
	}

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
			(use) => use.indicator === row.indicator && (slot === undefined || (use.slot || "") === slot)
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

	// In a draft the verifier's side is shown only where they have left something.
	shows_verifier(row) {
		return this.frm.doc.workflow_state !== "Draft" || row.verified_answer || row.verified_note;
	}

	allowed_types(kind) {
		const allowed = this.data.limits.types;
		const wanted = { PDF: ["pdf"], Image: IMAGE_TYPES }[kind];
		if (!wanted) return allowed;
		return allowed.length ? wanted.filter((type) => allowed.includes(type)) : wanted;
	}

	choose_filter(filter) {
		this.filter = filter;
		this.filtered = filter === "all" ? null : new Set(this.matching(filter).map((row) => row.name));
	}

	// Whether the rows hold so much, typed with comma or point. What is empty takes the answer away.
	accepts_number(row, text) {
		const number = Number(text.replace(",", "."));
		if (text === "") return true;
		if (Number.isNaN(number)) return false;
		return this.scale(row).kind !== "Percentage" || (number >= 0 && number <= 100);
	}
}
