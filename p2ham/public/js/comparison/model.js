// What a comparison says (`p2ham.api.assessment.compare`). Every figure, kind and reason is the server's.

export class ComparisonModel {
	constructor(frm, choices) {
		this.frm = frm;
		this.choices = choices;
		this.filter = "all";
	}

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

	// Groups of which nothing counts, and from the others the items that do not.
	left_out() {
		const left_out = (members) => members.filter((member) => member.reason);
		return this.data.groups
			.map((group) => ({ ...group, older: left_out(group.older), newer: left_out(group.newer) }))
			.filter((group) => group.older.length || group.newer.length);
	}
}
