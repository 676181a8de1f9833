// Bagian Hukum writes guidance; a unit asks for it, and changes its request until somebody has answered. What the form
// opens and draws comes when it is needed (public/js/guidance).

frappe.provide("p2ham");

p2ham.GuidanceForm = class GuidanceForm extends p2ham.Form {
	static REQUEST = "Request for Guidance";
	static OF_BAGIAN_HUKUM = [
		"kind",
		"status",
		"cancel_reason",
		"outcome",
		"decisions",
		"minutes_number",
		"chair",
		"chair_position",
		"chair_nip",
		"note_taker",
		"note_taker_position",
		"note_taker_nip",
	];

	setup() {
		for (const table of ["participants", "decisions"]) {
			this.frm.set_query("opd", table, () => ({ filters: { is_active: 1 } }));
		}
	}

	onload() {
		if (!this.frm.is_new()) return;
		if (!p2ham.holds("bagian_hukum")) this.frm.set_value("kind", GuidanceForm.REQUEST);
		// The desk fills empty times with that of the clock; those of a copied meeting are real and differ.
		if (this.doc.start_time === this.doc.end_time) {
			this.frm.set_value({ start_time: null, end_time: null });
		}
	}

	async refresh() {
		this.close_fields();
		if (p2ham.holds("bagian_hukum") && this.doc.status !== "Cancelled") this.add_participant_buttons();
		if (this.frm.is_new()) return;
		if (this.is_closed()) this.frm.disable_form();
		await this.when_here(p2ham.load("guidance"), (parts) => this.show_rest(parts));
	}

	kind() {
		if (!this.frm.is_new()) return;
		this.frm.set_value("status", this.doc.kind === GuidanceForm.REQUEST ? "Requested" : "Scheduled");
	}

	show_rest({ Attachments, Steps, Invitation }) {
		new Attachments(this.frm).show();
		new Steps(this.frm).add_buttons();
		this.add_document_buttons();
		this.frm.add_custom_button(__("Follow-ups"), () =>
			this.show_list("P2HAM Follow-up", { guidance: this.doc.name })
		);
		if (p2ham.holds("bagian_hukum")) this.add_buttons_of_bagian_hukum(Invitation);
	}

	// ---------------------------------------------------------------- what may be changed

	is_closed() {
		const { status } = this.doc;
		return status === "Cancelled" || (!p2ham.holds("bagian_hukum") && status !== "Requested");
	}

	close_fields() {
		const close = (fields, closed) =>
			fields.forEach((field) => this.frm.set_df_property(field, "read_only", closed ? 1 : 0));
		close(GuidanceForm.OF_BAGIAN_HUKUM, !p2ham.holds("bagian_hukum"));
		// What is stored goes on by its steps.
		if (!this.frm.is_new()) close(["status", "cancel_reason"], true);
	}

	// What goes on from here goes on from what is stored.
	if_stored(then) {
		return this.if_saved(__("Save the guidance first."), then);
	}

	// ---------------------------------------------------------------- buttons

	add_participant_buttons() {
		const { grid } = this.frm.get_field("participants");
		const participants = async () => {
			const { Participants } = await p2ham.load("guidance");
			return new Participants(this.frm);
		};
		grid.add_custom_button(__("Add Units"), async () => (await participants()).choose_units());
		grid.add_custom_button(__("Add Officers"), async () => (await participants()).add_officers());
	}

	add_document_buttons() {
		const { kind, status, date, name } = this.doc;
		p2ham.documents.add_buttons(this.frm, {
			// What was not held has no minutes; of a meeting they are prepared before it.
			...(kind === GuidanceForm.REQUEST && status !== "Held" ? {} : { Minutes: "minutes" }),
			"Attendance List": "attendance_list",
		});
		if (!date) return;
		const address = `/api/method/p2ham.api.guidance.calendar_file?${new URLSearchParams({ name })}`;
		this.frm.add_custom_button(
			__("Calendar File"),
			() => window.open(address, "_blank", "noopener"),
			__("Print")
		);
	}

	add_buttons_of_bagian_hukum(Invitation) {
		const participants = this.doc.participants || [];
		if (this.may_be_invited()) {
			this.frm.add_custom_button(__("Send Invitation"), () =>
				this.if_stored(() => new Invitation(this.frm).open())
			);
		}
		if (this.has_decisions_left()) {
			this.frm.add_custom_button(__("Make Follow-ups"), () =>
				this.if_stored(() => p2ham.suggest_follow_ups(this.frm))
			);
		}
		this.frm.add_custom_button(__("Create Follow-up"), () =>
			frappe.new_doc("P2HAM Follow-up", {
				guidance: this.doc.name,
				opd: participants.map((row) => row.opd).find(Boolean),
			})
		);
	}

	// Also what is cancelled is told to who was invited.
	may_be_invited() {
		const { date, status, invited_on } = this.doc;
		const upcoming = date && date >= frappe.datetime.get_today();
		return upcoming && (status === "Scheduled" || (status === "Cancelled" && invited_on));
	}

	has_decisions_left() {
		const decisions = this.doc.decisions || [];
		return this.doc.status !== "Cancelled" && decisions.some((row) => !row.follow_up);
	}
};

frappe.ui.form.on("P2HAM Guidance", p2ham.GuidanceForm.events("setup", "onload", "refresh", "kind"));
