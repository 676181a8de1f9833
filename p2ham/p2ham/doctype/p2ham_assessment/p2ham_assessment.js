// The form of an assessment: what may be chosen in a new one, the steps of its life, and its sheet
// (public/js/worksheet).

frappe.provide("p2ham");

// A new document asks only these two; later they stand in the sheet's own header like all the others.
const P2HAM_CHOICES = ["opd", "period"];
const P2HAM_IN_HEADER = [
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
const P2HAM_TEXTS = {
	"P2HAM Assessment": ["return_note", "review_note", "cancel_note"],
	"P2HAM Assessment Item": ["title", "self_answer", "self_note", "verified_answer", "verified_note"],
	"P2HAM Evidence Use": ["slot", "note"],
};

frappe.ui.form.on("P2HAM Assessment", {
	setup(frm) {
		frm.set_query("period", () => ({ filters: { status: "Open" } }));
		frm.set_query("opd", () => ({ filters: p2ham.unit_filters(frm) }));
	},

	onload(frm) {
		p2ham.show_as_text(frm, P2HAM_TEXTS);
		if (frm.p2ham_worksheet) frm.p2ham_worksheet.forget();
		if (frm.is_new()) p2ham.choose_defaults(frm);
	},

	async refresh(frm) {
		frm.toggle_display(P2HAM_CHOICES, frm.is_new());
		frm.toggle_display(P2HAM_IN_HEADER, false);
		["items", "evidence_uses", "scores"].forEach((table) => {
			frm.set_df_property(table, "cannot_add_rows", 1);
			frm.set_df_property(table, "cannot_delete_rows", 1);
		});
		// The steps have buttons of their own, which ask for the note; Frappe's menu would be a second way.
		frm.page.actions_btn_group && frm.page.actions_btn_group.addClass("p2ham-hidden");
		if (!frm.is_new()) {
			p2ham.add_compare_button(frm);
			frm.add_custom_button(__("Download Evidence"), () => p2ham.download_evidence(frm), __("View"));
			frm.page.add_menu_item(__("Follow-ups"), () =>
				frappe.set_route("List", "P2HAM Follow-up", { assessment: frm.doc.name, opd: frm.doc.opd })
			);
		}
		if (frm.doc.docstatus) p2ham.show_signed_copies(frm);
		const name = frm.doc.name;
		const sheet = await p2ham.worksheet(frm);
		await sheet.refresh();
		if (frm.p2ham_viewer) frm.p2ham_viewer.reload();
		if (frm.doc.name === name && sheet.data) {
			p2ham.steps.add_buttons(frm, sheet);
			p2ham.add_document_buttons(frm, sheet.data);
			p2ham.offer_follow_ups(frm, sheet.data.follow_ups);
		}
	},

	period(frm) {
		if (frm.is_new()) p2ham.load_candidates(frm);
	},

	// Frappe's own workflow menu (list view, other desks): the same dialog, and never its own call, which knows
	// no note. The screen is frozen at this moment, and stays so if nobody unfreezes it.
	before_workflow_action(frm) {
		frappe.dom.unfreeze();
		const action = frm.selected_workflow_action;
		frm.selected_workflow_action = null;
		const data = frm.p2ham_worksheet && frm.p2ham_worksheet.data;
		const step = data && data.steps.find((step) => step.action === action);
		if (step) p2ham.steps.take(frm, step);
		else frappe.msgprint(__("The step {0} is not yours in this state.", [__(action)]));
		return Promise.reject();
	},
});

frappe.ui.form.on("P2HAM Assessment Item", {
	self_answer: (frm, doctype, name) => frm.p2ham_worksheet?.answered(name),
	carried_over: (frm, doctype, name) => frm.p2ham_worksheet?.refresh_item(name),
	verified_answer: (frm, doctype, name) => frm.p2ham_worksheet?.refresh_item(name),
});

frappe.ui.form.on("P2HAM Evidence Use", {
	verification: (frm, doctype, name) => p2ham.refresh_use(frm, doctype, name),
	carried_over: (frm, doctype, name) => p2ham.refresh_use(frm, doctype, name),
	note: (frm, doctype, name) => p2ham.refresh_use(frm, doctype, name),
});

Object.assign(p2ham, {
	// Frappe shows stored text as HTML and relies on having cleaned it when it was saved. Here text is text,
	// however it came in.
	show_as_text(frm, texts) {
		const formatter = (value) => frappe.utils.escape_html(value).replace(/\n/g, "<br>");
		for (const [doctype, fields] of Object.entries(texts)) {
			for (const field of fields) {
				frappe.meta.get_docfield(doctype, field, frm.docname).formatter = formatter;
			}
		}
	},

	refresh_use(frm, doctype, name) {
		const use = frappe.get_doc(doctype, name);
		const row = use && (frm.doc.items || []).find((row) => row.indicator === use.indicator);
		if (row && frm.p2ham_worksheet) frm.p2ham_worksheet.refresh_item(row.name);
	},

	// Resolves when the form is stored; rejects, with Frappe's own message on the screen, when it is not.
	save_first(frm) {
		if (!frm.is_dirty()) return Promise.resolve();
		return new Promise((resolve, reject) => {
			const answer = () => (frm.is_dirty() ? reject(new Error("not saved")) : resolve());
			frm.save("Save", answer, null, () => reject(new Error("not saved")));
		});
	},

	add_document_buttons(frm, data) {
		const kinds = data.documents.map(({ label, key }) => [label, key]);
		p2ham.documents.add_buttons(frm, Object.fromEntries(kinds));
		if (data.may_number) {
			frm.add_custom_button(
				__("Document Numbers"),
				() => p2ham.documents.ask_numbers(frm),
				__("Print")
			);
		}
	},

	// What there is to compare with is asked when somebody wants to know it (public/js/comparison).
	add_compare_button(frm) {
		if (frm.doc.workflow_state === "Cancelled") return;
		frm.add_custom_button(__("Compare"), () => p2ham.compare(frm), __("View"));
	},

	unit_filters(frm) {
		const units = frm.p2ham_candidates;
		return units && frm.doc.period ? { name: ["in", units.length ? units : [""]] } : { is_active: 1 };
	},

	async choose_defaults(frm) {
		const periods = await frappe.db.get_list("P2HAM Period", {
			filters: { status: "Open" },
			fields: ["name"],
			limit: 2,
		});
		if (!frm.is_new()) return;
		if (!frm.doc.period && periods.length === 1) await frm.set_value("period", periods[0].name);
		else if (frm.doc.period) await p2ham.load_candidates(frm);
		if (!frm.doc.opd) p2ham.choose_only_unit(frm);
	},

	// The units that take part in the chosen period; the link search shows those of them the user may see.
	async load_candidates(frm) {
		frm.p2ham_candidates = null;
		if (!frm.doc.period) return;
		const period = await frappe.db.get_doc("P2HAM Period", frm.doc.period);
		frm.p2ham_candidates = (period.participants || [])
			.filter((row) => row.status !== "Withdrawn")
			.map((row) => row.opd);
	},

	async choose_only_unit(frm) {
		const units = await frappe.db.get_list("P2HAM OPD", {
			filters: p2ham.unit_filters(frm),
			fields: ["name"],
			limit: 2,
		});
		if (frm.is_new() && !frm.doc.opd && units.length === 1) frm.set_value("opd", units[0].name);
	},
});

// The steps of the lifecycle, as the server lists them for this user and state.
p2ham.steps = {
	// Return and Cancel go back; everything else goes on.
	is_forward(step) {
		return !step.note_required;
	},

	in_order(steps) {
		return [...steps].sort((a, b) => p2ham.steps.is_forward(a) - p2ham.steps.is_forward(b));
	},

	// Whether a step is the next thing to do: a button that would be refused does not shine.
	is_ready(sheet, step) {
		return p2ham.steps.is_forward(step) && !p2ham.steps.gaps(sheet, step);
	},

	gaps(sheet, step) {
		const needed = step.needs_complete || step.needs_verified;
		return needed ? sheet.items.flatMap((row) => sheet.gaps(row)).length : 0;
	},

	add_buttons(frm, sheet) {
		for (const step of p2ham.steps.in_order(sheet.data.steps)) {
			const button = frm.add_custom_button(__(step.action), () => p2ham.steps.take(frm, step));
			if (button && p2ham.steps.is_ready(sheet, step)) {
				button.removeClass("btn-default").addClass("btn-primary");
			}
		}
	},

	async take(frm, step) {
		await p2ham.save_first(frm);
		const sheet = await p2ham.worksheet(frm);
		await sheet.refresh();
		if (p2ham.steps.stops_at_gaps(sheet, step)) return;
		const answer = await p2ham.steps.ask(frm, step);
		if (!answer) return;
		await frappe.xcall("p2ham.api.assessment.take_step", {
			name: frm.doc.name,
			action: step.action,
			note: answer.note,
			until: answer.until,
			modified: frm.doc.modified,
		});
		await frm.reload_doc();
		frappe.show_alert({ message: `${__(step.action)}: ${__(step.target)}`, indicator: "green" });
	},

	// What is missing is shown before anybody confirms anything; the server would refuse it anyway.
	stops_at_gaps(sheet, step) {
		const gaps = p2ham.steps.gaps(sheet, step);
		if (!gaps) return false;
		sheet.show_missing();
		frappe.show_alert({
			message: step.needs_verified
				? __("{0} things are still to be verified. They are listed above the first indicator.", [gaps])
				: __("{0} things are still missing. They are listed above the first indicator.", [gaps]),
			indicator: "orange",
		});
		return true;
	},

	explanation(frm, step) {
		const texts = {
			Submitted: __(
				"The sheet goes to Bagian Hukum for verification. The unit cannot change it any more unless it is returned."
			),
			Draft: __("The sheet goes back to the unit, which can change it again."),
			Reviewed: __("The verified result goes to the Sekda for approval. Nobody changes it any more."),
			Approved: __("The result becomes final and is sealed with a fingerprint of its content."),
			Cancelled: __("The approved result is withdrawn. The unit can start again with Amend."),
		};
		if (step.target === "Submitted" && frm.doc.workflow_state === "Reviewed") {
			return __("The sheet goes back to Bagian Hukum, which can verify it again.");
		}
		return texts[step.target] || "";
	},

	// The time for what a step gives back is over: it is given together with a day.
	until_field(step) {
		const { first, last } = step.correction;
		return {
			fieldname: "until",
			fieldtype: "Date",
			label: __("Correct Until"),
			reqd: 1,
			description: last
				? __("The time for this is over. Until {0} at the latest.", [frappe.datetime.str_to_user(last)])
				: __("The time for this is over."),
			min_date: frappe.datetime.str_to_obj(first),
			max_date: last ? frappe.datetime.str_to_obj(last) : null,
		};
	},

	// Resolves with the note and the day, or with null when the dialog is closed.
	ask(frm, step) {
		return new Promise((resolve) => {
			let answer = null;
			const text = frappe.utils.escape_html(p2ham.steps.explanation(frm, step));
			const dates = step.needs_complete ? frm.p2ham_worksheet.not_valid_html() : "";
			const fields = [{ fieldname: "text", fieldtype: "HTML", options: `<p>${text}</p>${dates}` }];
			if (step.note_field) {
				fields.push({
					fieldname: "note",
					fieldtype: "Small Text",
					label: step.note_required ? __("Reason") : __("Note"),
					reqd: step.note_required ? 1 : 0,
				});
			}
			if (step.correction) fields.push(p2ham.steps.until_field(step));
			const dialog = new frappe.ui.Dialog({
				title: `${__(step.action)}: ${frappe.utils.escape_html(frm.doc.opd_name || frm.doc.name)}`,
				fields,
				primary_action_label: __(step.action),
				primary_action: (values) => {
					const note = ((values && values.note) || "").trim();
					// Blanks are a value for Frappe's own check, but no reason.
					if (step.note_required && !note) return frappe.msgprint(__("Give a reason."));
					answer = { note, until: (values && values.until) || null };
					dialog.hide();
				},
				secondary_action_label: __("Back"),
				secondary_action: () => dialog.hide(),
			});
			dialog.onhide = () => resolve(answer);
			dialog.show();
		});
	},
};
