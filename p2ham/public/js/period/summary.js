// How far the round is, at the head of a period's form: participants by status, checks by result, assessments by state, and
// all of it against the targets.

import { pill } from "../desk/pill.js";

const PARTICIPATION = { Invited: "gray", Ready: "blue", Declared: "green", Withdrawn: "red" };
const STATES = { Draft: "gray", Submitted: "orange", Reviewed: "blue", Approved: "green", Cancelled: "red" };

export class Summary {
	constructor(frm) {
		this.frm = frm;
		this.doc = frm.doc;
		this.participants = frm.doc.participants || [];
	}

	async show() {
		const { name } = this.doc;
		this.sees_assessments = await this.may_read_assessments();
		const [sheets, checks] = await Promise.all([
			this.sees_assessments ? this.get_sheets() : [],
			frappe.xcall("p2ham.api.preliminary_check.summary", { period: name }),
		]);
		if (this.frm.doc.name !== name) return;
		Object.assign(this, { sheets, checks });
		this.frm.dashboard.clear_headline();
		this.frm.dashboard.set_headline(this.html());
		$(this.frm.wrapper)
			.find(".p2ham-open-assessments")
			.off("click")
			.on("click", (event) => {
				event.preventDefault();
				frappe.set_route("List", "P2HAM Assessment", { period: name });
			});
	}

	// A manager keeps periods and need not see assessments; then only the participants are counted. (Frappe's
	// can_read and has_perm also say yes to somebody who may only create.)
	async may_read_assessments() {
		await frappe.model.with_doctype("P2HAM Assessment");
		if (frappe.session.user === "Administrator") return true;
		return Boolean(frappe.perm.get_role_permissions(frappe.get_meta("P2HAM Assessment"))[0].read);
	}

	get_sheets() {
		return frappe.db.get_list("P2HAM Assessment", {
			filters: { period: this.doc.name },
			fields: ["workflow_state", "meets", "verified_score"],
			limit: 0,
		});
	}

	// ---------------------------------------------------------------- drawing

	html() {
		const lines = [this.participants_line(), this.checks_line()];
		if (this.sees_assessments) lines.push(this.sheets_line(), this.targets_line());
		return `<div class="p2ham-summary">${lines.join("")}
			<div class="p2ham-creation" aria-live="polite"></div></div>`;
	}

	line(label, content) {
		return `<div><span class="p2ham-label">${label}</span> ${content}</div>`;
	}

	pills(counts, colours) {
		const found = Object.keys(colours).filter((key) => counts[key]);
		return found.map((key) => pill(`${__(key)} ${counts[key]}`, colours[key])).join(" ") || "–";
	}

	tally(values) {
		return values.reduce((counts, value) => ({ ...counts, [value]: (counts[value] || 0) + 1 }), {});
	}

	participants_line() {
		const { target_units } = this.doc;
		const taking_part = this.participants.filter((row) => row.status !== "Withdrawn").length;
		const target = target_units ? ` / ${__("target {0}", [target_units])}` : "";
		const statuses = this.tally(this.participants.map((row) => row.status));
		return this.line(
			`${__("Participants")} (${taking_part}${target})`,
			this.pills(statuses, PARTICIPATION)
		);
	}

	checks_line() {
		const number = Object.values(this.checks).reduce((sum, each) => sum + each, 0);
		if (!number) return "";
		const results = [
			["Qualified", __("Qualified"), "green"],
			["Not Yet", __("Not Yet"), "orange"],
			["", __("To Be Checked"), "gray"],
		].filter(([result]) => this.checks[result]);
		const pills = results.map(([result, label, colour]) =>
			pill(`${label} ${this.checks[result]}`, colour)
		);
		return this.line(`${__("Preliminary Checks")} (${number})`, pills.join(" "));
	}

	sheets_line() {
		const states = this.tally(this.sheets.map((sheet) => sheet.workflow_state));
		const show = `<a href="#" class="p2ham-open-assessments">${__("Show")}</a>`;
		return this.line(
			`${__("Assessments")} (${this.sheets.length})`,
			`${this.pills(states, STATES)} ${show}`
		);
	}

	// Only what is approved counts, and only where a target says what it counts against.
	targets_line() {
		const approved = this.sheets.filter((sheet) => sheet.workflow_state === "Approved");
		const found = [this.passed_pill(approved), this.score_pill(approved)].filter(Boolean);
		return found.length ? this.line(__("Targets"), found.join(" ")) : "";
	}

	passed_pill(approved) {
		const { target_passed } = this.doc;
		if (!target_passed) return "";
		const meeting = approved.filter((sheet) => sheet.meets).length;
		return this.target_pill(
			`${__("Meet the criteria")} ${meeting} / ${target_passed}`,
			meeting >= target_passed
		);
	}

	score_pill(approved) {
		const { target_score } = this.doc;
		if (!target_score) return "";
		const points = (number) => format_number(number, null, 2);
		const mean = approved.reduce((sum, sheet) => sum + sheet.verified_score, 0) / (approved.length || 1);
		const reached = approved.length ? points(mean) : "–";
		return this.target_pill(
			`${__("Mean verified score")} ${reached} / ${points(target_score)}`,
			approved.length && mean >= target_score
		);
	}

	target_pill(text, is_reached) {
		return pill(text, is_reached ? "green" : "orange");
	}
}
