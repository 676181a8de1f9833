// Which documents there are, which of them waits, and what their rows say. Only decisions, from the sheet's own model
// (worksheet/model.js); nothing here draws.

// The sign says what the colour says.
export const STATES = {
	Pending: { sign: "○", colour: "gray" },
	Accepted: { sign: "✓", colour: "green" },
	Returned: { sign: "↩", colour: "orange" },
};

export const state_of = (use) => use.verification || "Pending";
export const is_open = (use) => state_of(use) === "Pending";

export function state_text(use) {
	const texts = {
		Pending: __("Not verified yet"),
		Accepted: __("Accepted"),
		Returned: __("Returned"),
	};
	return texts[state_of(use)];
}

export class ViewerModel {
	constructor(frm, sheet) {
		this.frm = frm;
		this.sheet = sheet;
		this.filter = "all";
		this.filtered = null;
		// What was seen and half written lasts as long as the sheet, whoever closes the viewer in between.
		const kept = sheet.viewing && sheet.viewing.name === frm.doc.name;
		if (!kept) sheet.viewing = { name: frm.doc.name, seen: new Set(), notes: new Map() };
		this.seen = sheet.viewing.seen;
		this.notes = sheet.viewing.notes;
	}

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
		return this.sheet.scale(row).kind === "Percentage" && parseFloat(answer.replace(",", ".")) >= 100;
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

	choose_filter(filter) {
		this.filter = filter;
		this.filtered = filter === "all" ? null : new Set(this.matching(filter).map(({ use }) => use.name));
	}
}
