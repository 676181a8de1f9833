// The form of a period: who takes part, the steps of the period and of its units, their assessments. What it opens and
// draws comes when it is needed (public/js/period).

frappe.provide("p2ham");

p2ham.PeriodForm = class PeriodForm extends p2ham.Form {
	setup() {
		const there = () => (this.doc.participants || []).map((row) => row.opd);
		this.frm.set_query("instrument", () => ({ filters: { status: ["!=", "Retired"] } }));
		this.frm.set_query("opd", "participants", () => ({
			filters: { is_active: 1, name: ["not in", ["", ...there()]] },
		}));
	}

	async refresh() {
		if (this.creation) this.creation.stop();
		this.add_units_button();
		if (this.frm.is_new()) return;
		// The status moves by the buttons alone, which say what happens.
		this.frm.set_df_property("status", "read_only", 1);
		this.add_document_buttons();
		if (this.may_write) this.add_steps();
		if (p2ham.holds("bagian_hukum") && this.doc.status !== "Closed") {
			this.frm.add_custom_button(__("Preliminary Checks"), () => this.make_checks());
		}
		await p2ham.mark.until(this.when_here(p2ham.load("period"), (parts) => this.show_course(parts)));
	}

	async show_course({ StepsOfHead, Summary, Creation }) {
		new StepsOfHead(this.frm).add_buttons();
		await new Summary(this.frm).show();
		if (this.may_write && this.doc.status === "Open") this.creation_by(Creation).watch();
	}

	// One for the form, as it listens.
	creation_by(Creation) {
		this.creation = this.creation || new Creation(this.frm);
		return this.creation;
	}

	assessment_year() {
		// What is judged in a year is usually the data of the year before.
		const { assessment_year, data_year } = this.doc;
		if (assessment_year && !data_year) this.frm.set_value("data_year", assessment_year - 1);
	}

	// ---------------------------------------------------------------- buttons

	add_units_button() {
		const { grid } = this.frm.fields_dict.participants;
		if ((!this.may_write && !this.frm.is_new()) || this.doc.status === "Closed") return;
		grid.add_custom_button(__("Add Units..."), async () => {
			const { UnitChoice } = await p2ham.load("period");
			new UnitChoice(this.frm).open();
		});
	}

	add_document_buttons() {
		if (this.doc.family === "P2HAM") {
			p2ham.documents.add_buttons(this.frm, { Declarations: "declaration" });
		}
		if (p2ham.holds("regency_duties", "observer")) {
			p2ham.documents.add_buttons(this.frm, { "Recapitulation of Results": "recapitulation" });
		}
	}

	add_steps() {
		if (this.doc.status === "Open") {
			this.frm.add_custom_button(__("Create Assessments"), () => this.create_assessments());
			this.frm.add_custom_button(__("Close Period"), () => this.close());
		} else if (this.doc.status === "Closed") {
			this.frm.add_custom_button(__("Open Again"), () => this.open());
		} else {
			this.add_primary_button(__("Open Period"), () => this.open());
		}
	}

	open() {
		const days = [this.doc.fill_from, this.doc.fill_until].map(frappe.datetime.str_to_user);
		frappe.confirm(
			__("Open the period? The units can then fill their sheets from {0} to {1}.", days),
			() => this.save_status("Open")
		);
	}

	close() {
		frappe.confirm(
			__("Close the period? It closes only when every assessment is approved or cancelled."),
			() => this.save_status("Closed")
		);
	}

	create_assessments() {
		this.if_saved(__("Save the period first."), async () => {
			const { Creation } = await p2ham.load("period");
			this.creation_by(Creation).ask();
		});
	}

	async make_checks() {
		const period = this.doc.name;
		const made = await frappe.xcall("p2ham.api.preliminary_check.make_missing", { period });
		if (made) frappe.show_alert({ message: __("{0} checks made.", [made]), indicator: "green" });
		this.show_list("P2HAM Preliminary Check", { period });
	}
};

frappe.ui.form.on("P2HAM Period", p2ham.PeriodForm.events("setup", "refresh", "assessment_year"));

// The rows of the units that take part.
p2ham.ParticipantRows = class ParticipantRows extends p2ham.Form {
	// The day that a step needs, where it is not given yet.
	static DAY_OF = { Ready: "ready_on", Declared: "declared_on", Withdrawn: "withdrawn_on" };

	static of(frm) {
		return new this(frm);
	}

	status(doctype, name) {
		const row = frappe.get_doc(doctype, name);
		const field = ParticipantRows.DAY_OF[row.status];
		if (field && !row[field]) frappe.model.set_value(doctype, name, field, frappe.datetime.get_today());
	}

	show_check(doctype, name) {
		const words = __("Save the period first.");
		if (this.frm.is_new()) frappe.msgprint(words);
		else this.if_saved(words, () => this.open_check(frappe.get_doc(doctype, name).opd));
	}

	async open_check(opd) {
		const period = this.doc.name;
		if (!p2ham.holds("bagian_hukum", "unit_duties", "sekda")) {
			frappe.msgprint(__("Preliminary checks are shown to Bagian Hukum and to the unit itself."));
			return;
		}
		const filters = { period, opd };
		const [check] = await frappe.db.get_list("P2HAM Preliminary Check", { filters, limit: 1 });
		if (check) frappe.set_route("Form", "P2HAM Preliminary Check", check.name);
		else if (p2ham.holds("bagian_hukum")) frappe.new_doc("P2HAM Preliminary Check", filters);
		else frappe.msgprint(__("There is no preliminary check of {0} yet.", [p2ham.esc(opd)]));
	}

	show_declaration(doctype, name) {
		const unit = frappe.get_doc(doctype, name).opd;
		this.if_saved(__("Save the period first."), () =>
			p2ham.documents.show("declaration", this.doc.name, { unit })
		);
	}
};

frappe.ui.form.on(
	"P2HAM Period Participant",
	p2ham.ParticipantRows.events("status", "show_check", "show_declaration")
);
