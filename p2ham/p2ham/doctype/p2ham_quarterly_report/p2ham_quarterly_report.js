// The report of a quarter: its figures are frozen when it is made, taken anew by a button, and final once it was sent.

frappe.provide("p2ham");

p2ham.QuarterlyReportForm = class QuarterlyReportForm extends p2ham.Form {
	static PERIODS = { family: "P2HAM", status: ["!=", "Draft"] };

	setup() {
		this.frm.set_query("period", () => ({ filters: QuarterlyReportForm.PERIODS }));
	}

	onload() {
		if (this.frm.is_new()) this.choose_quarter();
	}

	refresh() {
		this.frm.get_field("figures_view").$wrapper.html(this.figures_html());
		this.frm.set_intro("");
		if (this.frm.is_new()) return;
		p2ham.documents.add_buttons(this.frm, { "Quarterly Report": "quarterly_report" });
		if (this.doc.status === "Sent") {
			this.frm.disable_form();
			return;
		}
		this.say_what_is_missing();
		if (!this.may_write) return;
		this.frm.add_custom_button(__("Refresh Figures"), () => this.if_stored(() => this.refresh_figures()));
		this.frm.add_custom_button(__("Mark as Sent"), () => this.if_stored(() => this.mark_as_sent()));
	}

	// The quarter before today's, and the newest period of its year or of one before.
	async choose_quarter() {
		if (!this.doc.year) {
			const [year, month] = frappe.datetime.get_today().split("-").map(Number);
			const quarter = Math.ceil(month / 3) - 1;
			this.frm.set_value({ year: quarter ? year : year - 1, quarter: String(quarter || 4) });
		}
		if (this.doc.period) return;
		const [newest] = await frappe.db.get_list("P2HAM Period", {
			filters: QuarterlyReportForm.PERIODS,
			order_by: "assessment_year desc, fill_from desc",
			limit: 1,
		});
		if (newest && this.frm.is_new() && !this.doc.period) this.frm.set_value("period", newest.name);
	}

	say_what_is_missing() {
		const missing = ["number", "report_date", "addressee"].filter((field) => !this.doc[field]);
		if (!missing.length) return;
		const names = missing.map((field) => __(this.frm.get_docfield(field).label)).join(", ");
		this.frm.set_intro(__("Still missing in the letter: {0}", [names]), "orange");
	}

	// ---------------------------------------------------------------- buttons

	if_stored(then) {
		return this.if_saved(__("Save the report first."), then);
	}

	refresh_figures() {
		frappe.confirm(
			__("Take the figures as they are now? Those in the report are replaced."),
			async () => {
				await frappe.xcall("p2ham.api.quarterly_report.refresh_figures", { report: this.doc.name });
				await this.reload_and_tell(__("Figures refreshed"));
			}
		);
	}

	mark_as_sent() {
		const question = __(
			"Was the letter sent? Nothing of this report can be changed or deleted afterwards."
		);
		frappe.confirm(question, async () => {
			await frappe.xcall("p2ham.api.quarterly_report.mark_as_sent", { report: this.doc.name });
			this.frm.reload_doc();
		});
	}

	// ---------------------------------------------------------------- figures

	// The main figures that are frozen in it; all of them stand in the letter.
	figures_html() {
		if (!this.doc.figures) {
			const none = __("The figures are taken when the report is saved for the first time.");
			return `<p class="text-muted">${none}</p>`;
		}
		const shown = this.figures(JSON.parse(this.doc.figures)).map(
			([label, value]) => `<div><span class="p2ham-label">${label}</span> <b>${value}</b></div>`
		);
		return `<div class="p2ham-summary">${shown.join("")}</div>`;
	}

	figures({ counts, reached, mean }) {
		return [
			[__("Units Taking Part"), counts.taking_part],
			[__("Begun"), reached.Draft],
			[__("Submitted"), reached.Submitted],
			[__("Reviewed"), reached.Reviewed],
			[__("Approved"), reached.Approved],
			[__("Mean Verified Score"), mean === null ? "–" : format_number(mean, null, 2)],
			[__("Follow-ups Not Closed"), counts.follow_ups_open],
		];
	}
};

frappe.ui.form.on("P2HAM Quarterly Report", p2ham.QuarterlyReportForm.events("setup", "onload", "refresh"));
