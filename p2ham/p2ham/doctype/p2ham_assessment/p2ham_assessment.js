// The form of an assessment: what may be chosen in a new one, the steps of its life (public/js/forms/steps.js), and its
// sheet (public/js/worksheet).

frappe.provide("p2ham");

p2ham.AssessmentForm = class AssessmentForm extends p2ham.Form {
	// A new document asks only these two; later they stand in the sheet's own header like all the others.
	static CHOICES = ["opd", "period"];
	static IN_HEADER = [
		"opd_name",
		"instrument",
		"assessment_year",
		"workflow_state",
		"completeness",
		"self_score",
		"verified_score",
		"category",
		"meets",
		"return_note",
		"correct_until",
		"review_note",
		"cancel_note",
	];
	// What people write, shown by Frappe itself outside the sheet.
	static TEXTS = {
		"P2HAM Assessment": ["return_note", "review_note", "cancel_note"],
		"P2HAM Assessment Item": ["title", "self_answer", "self_note", "verified_answer", "verified_note"],
		"P2HAM Evidence Use": ["slot", "note"],
	};

	// There once its bundle has come.
	get sheet() {
		return this.frm.p2ham_worksheet;
	}

	setup() {
		this.frm.set_query("period", () => ({ filters: { status: "Open" } }));
		this.frm.set_query("opd", () => ({ filters: this.unit_filters() }));
	}

	onload() {
		this.show_as_text();
		if (this.sheet) this.sheet.forget();
		if (this.frm.is_new()) this.choose_defaults();
	}

	async refresh() {
		this.hide_what_the_sheet_shows();
		if (!this.frm.is_new()) this.add_buttons();
		await this.when_here(this.refresh_sheet(), (sheet) => sheet.data && this.add_buttons_of(sheet));
	}

	async refresh_sheet() {
		const sheet = await p2ham.worksheet(this.frm);
		await sheet.refresh();
		if (this.frm.p2ham_viewer) this.frm.p2ham_viewer.reload();
		return sheet;
	}

	period() {
		if (this.frm.is_new()) this.load_candidates();
	}

	// Frappe's own workflow menu (list view, other desks): the same dialog, and never its own call, which knows
	// no note. The screen is frozen at this moment, and stays so if nobody unfreezes it.
	before_workflow_action() {
		frappe.dom.unfreeze();
		const action = this.frm.selected_workflow_action;
		this.frm.selected_workflow_action = null;
		const { steps = [] } = this.sheet?.data || {};
		const step = steps.find((each) => each.action === action);
		if (step) p2ham.steps.take(this.frm, step);
		else frappe.msgprint(__("The step {0} is not yours in this state.", [__(action)]));
		return Promise.reject();
	}

	// ---------------------------------------------------------------- what is shown

	// Frappe shows stored text as HTML and relies on having cleaned it when it was saved. Here text is text,
	// however it came in.
	show_as_text() {
		const formatter = (value) => p2ham.esc(value).replace(/\n/g, "<br>");
		for (const [doctype, fields] of Object.entries(AssessmentForm.TEXTS)) {
			for (const field of fields) {
				frappe.meta.get_docfield(doctype, field, this.frm.docname).formatter = formatter;
			}
		}
	}

	hide_what_the_sheet_shows() {
		this.frm.toggle_display(AssessmentForm.CHOICES, this.frm.is_new());
		this.frm.toggle_display(AssessmentForm.IN_HEADER, false);
		for (const table of ["items", "evidence_uses", "scores"]) {
			this.frm.set_df_property(table, "cannot_add_rows", 1);
			this.frm.set_df_property(table, "cannot_delete_rows", 1);
		}
		// The steps have buttons of their own, which ask for the note; Frappe's menu would be a second way.
		const { actions_btn_group } = this.frm.page;
		if (actions_btn_group) actions_btn_group.addClass("p2ham-hidden");
	}

	add_buttons() {
		// What there is to compare with is asked when somebody wants to know it.
		if (this.doc.workflow_state !== "Cancelled") {
			this.frm.add_custom_button(__("Compare"), () => p2ham.compare(this.frm), __("View"));
		}
		const download = () => p2ham.download_evidence(this.frm);
		this.frm.add_custom_button(__("Download Evidence"), download, __("View"));
		if (this.doc.docstatus) p2ham.show_signed_copies(this.frm);
		this.frm.page.add_menu_item(__("Follow-ups"), () =>
			this.show_list("P2HAM Follow-up", { assessment: this.doc.name, opd: this.doc.opd })
		);
	}

	add_buttons_of(sheet) {
		const { documents, may_number, follow_ups } = sheet.data;
		p2ham.steps.add_buttons(this.frm, sheet);
		p2ham.documents.add_buttons(
			this.frm,
			Object.fromEntries(documents.map(({ label, key }) => [label, key]))
		);
		if (may_number) {
			const ask = () => p2ham.documents.ask_numbers(this.frm);
			this.frm.add_custom_button(__("Document Numbers"), ask, __("Print"));
		}
		p2ham.offer_follow_ups(this.frm, follow_ups);
	}

	// ---------------------------------------------------------------- a new one

	unit_filters() {
		const units = this.candidates;
		return units && this.doc.period ? { name: ["in", units.length ? units : [""]] } : { is_active: 1 };
	}

	async choose_defaults() {
		const periods = await frappe.db.get_list("P2HAM Period", {
			filters: { status: "Open" },
			fields: ["name"],
			limit: 2,
		});
		if (!this.frm.is_new()) return;
		if (!this.doc.period && periods.length === 1) await this.frm.set_value("period", periods[0].name);
		else if (this.doc.period) await this.load_candidates();
		if (!this.doc.opd) this.choose_only_unit();
	}

	// The units that take part in the chosen period; the link search shows those of them the user may see.
	async load_candidates() {
		this.candidates = null;
		if (!this.doc.period) return;
		const { participants } = await frappe.db.get_doc("P2HAM Period", this.doc.period);
		const staying = (participants || []).filter((row) => row.status !== "Withdrawn");
		this.candidates = staying.map((row) => row.opd);
	}

	async choose_only_unit() {
		const units = await frappe.db.get_list("P2HAM OPD", {
			filters: this.unit_filters(),
			fields: ["name"],
			limit: 2,
		});
		if (this.frm.is_new() && !this.doc.opd && units.length === 1) {
			this.frm.set_value("opd", units[0].name);
		}
	}

	// ---------------------------------------------------------------- rows of evidence

	use_changed(use) {
		const row = use && (this.doc.items || []).find((each) => each.indicator === use.indicator);
		if (row) this.sheet?.refresh_item(row.name);
	}
};

frappe.ui.form.on(
	"P2HAM Assessment",
	p2ham.AssessmentForm.events("setup", "onload", "refresh", "period", "before_workflow_action")
);

frappe.ui.form.on("P2HAM Assessment Item", {
	self_answer: (frm, _, name) => frm.p2ham_worksheet?.answered(name),
	carried_over: (frm, _, name) => frm.p2ham_worksheet?.refresh_item(name),
	verified_answer: (frm, _, name) => frm.p2ham_worksheet?.refresh_item(name),
});

for (const field of ["verification", "carried_over", "note"]) {
	frappe.ui.form.on("P2HAM Evidence Use", field, (frm, doctype, name) =>
		p2ham.AssessmentForm.of(frm).use_changed(frappe.get_doc(doctype, name))
	);
}
