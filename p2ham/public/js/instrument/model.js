// The tree of an instrument: its rows in their order, and what belongs to which.

export const DOCTYPES = { criterion: "P2HAM Criterion", indicator: "P2HAM Indicator" };

// Beyond so many rows of a kind, the first look shows less than everything.
const MAX_AT_FIRST = 40;

const key_of = (kind, name) => `${kind} ${name}`;

export class StructureModel {
	constructor(frm) {
		this.frm = frm;
	}

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
		if (criteria.length > MAX_AT_FIRST) return criteria.map((row) => row.key);
		if (this.rows.length - criteria.length <= MAX_AT_FIRST) return [];
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
}
