// Making the assessments of a period: few while one waits, many in the background. Whoever has started it hears of each
// batch and of the end at once; anybody else who keeps the period, and who hears nothing, asks from time to time.

import { pill } from "../desk/pill.js";
import { esc } from "../desk/text.js";

const ASK_AGAIN = 5000; // milliseconds

export class Creation {
	constructor(frm) {
		this.frm = frm;
		this.awaited = null; // the period whose end is to be told
		this.heard = {
			p2ham_generating: (told) => this.is_here(told.period) && this.show(told),
			p2ham_generated: (told) => this.is_here(told.period) && this.look(),
		};
	}

	// ---------------------------------------------------------------- asked for

	ask() {
		const dialog = new frappe.ui.Dialog({
			title: __("Create Assessments"),
			fields: [
				{ fieldname: "text", fieldtype: "HTML", options: `<p>${this.explanation()}</p>` },
				{
					fieldname: "carry_over",
					fieldtype: "Check",
					label: __("Carry over last year's answers and evidence that is still valid"),
					description: __(
						"From the latest approved assessment of each unit. What is carried over is marked, and the unit confirms or changes it before it submits."
					),
				},
			],
			primary_action_label: __("Create"),
			primary_action: ({ carry_over }) => {
				dialog.hide();
				return this.start(carry_over);
			},
		});
		dialog.show();
	}

	explanation() {
		return __(
			"Every unit that is ready or declared and has no assessment in this period gets one. This can be done again at any time."
		);
	}

	async start(carry_over) {
		const period = this.frm.doc.name;
		const answer = await frappe.xcall("p2ham.api.period.create_assessments", {
			period,
			carry_over: carry_over ? 1 : 0,
		});
		// It may be over before the form has been loaded again.
		if (answer.queued) this.awaited = period;
		else this.tell(answer);
		await this.frm.reload_doc();
	}

	// ---------------------------------------------------------------- watched

	watch() {
		this.stop();
		for (const [event, hear] of Object.entries(this.heard)) frappe.realtime.on(event, hear);
		return this.look();
	}

	stop() {
		clearTimeout(this.asks_again);
		for (const [event, hear] of Object.entries(this.heard)) frappe.realtime.off(event, hear);
	}

	is_here(period) {
		return this.frm.doc.name === period && this.frm.page.wrapper.is(":visible");
	}

	// Also a form that is loaded again shows how far the background is, and says at the end what came of it.
	async look() {
		const period = this.frm.doc.name;
		const known = await frappe.xcall("p2ham.api.period.creation_state", { period });
		if (!this.is_here(period)) return;
		if (["waiting", "running"].includes(known.state)) this.show({ period, ...known });
		else if (this.awaited === period) await this.end(known);
		else this.show_failure(known);
	}

	show({ period, done, total }) {
		this.awaited = period;
		this.place().html(this.progress_html(done, total));
		clearTimeout(this.asks_again);
		this.asks_again = setTimeout(() => this.look(), ASK_AGAIN);
	}

	progress_html(done, total) {
		const share = total ? Math.round((100 * done) / total) : 0;
		return `<span class="p2ham-label">${__("Creating Assessments")}</span>
			<progress max="100" value="${share}"></progress> ${__("{0} of {1}", [done, total])}`;
	}

	async end(known) {
		this.awaited = null;
		if (known.state === "done") this.tell(known);
		await this.frm.reload_doc();
	}

	show_failure({ state, message }) {
		const label = `<span class="p2ham-label">${__("Create Assessments")}</span>`;
		this.place().html(state === "failed" ? `${label} ${pill(message, "orange")}` : "");
	}

	// A line of the summary, which is drawn anew at each refresh.
	place() {
		return $(this.frm.wrapper).find(".p2ham-creation");
	}

	// ---------------------------------------------------------------- what came of it

	tell(answer) {
		frappe.msgprint({
			title: __("Create Assessments"),
			message: this.report_html(answer),
			indicator: answer.failed.length ? "orange" : "green",
		});
	}

	report_html({ created, carried, failed }) {
		const parts = [
			created
				? __("{0} assessments created.", [created])
				: __("No assessment created: every unit that is ready or declared has one."),
		];
		if (carried) parts.push(__("{0} of them with answers and evidence of an earlier year.", [carried]));
		if (failed.length)
			parts.push(
				`${__("Not created:")}<ul>${failed.map((row) => this.refusal_html(row)).join("")}</ul>`
			);
		return parts.join("<br>");
	}

	refusal_html({ opd, reason }) {
		return `<li><b>${esc(opd)}</b>: ${esc(strip_html(reason))}</li>`;
	}
}
