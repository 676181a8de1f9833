frappe.ui.form.on("P2HAM Period", {
	setup(frm) {
		frm.set_query("instrument", () => ({ filters: { status: ["!=", "Retired"] } }));
		frm.set_query("opd", "participants", () => ({
			filters: { is_active: 1, name: ["not in", ["", ...(frm.doc.participants || []).map((row) => row.opd)]] },
		}));
	},

	async refresh(frm) {
		p2ham_add_units_button(frm);
		if (frm.is_new()) return;
		if (frm.doc.family === "P2HAM") p2ham.documents.add_buttons(frm, { Declarations: "declaration" });
		// The status moves by the buttons alone, which say what happens.
		frm.set_df_property("status", "read_only", 1);
		if (frm.perm[0].write) p2ham_add_period_buttons(frm);
		if (p2ham_sees_all_units()) {
			p2ham.documents.add_buttons(frm, { "Recapitulation of Results": "recapitulation" });
		}
		await p2ham_show_progress(frm);
	},

	assessment_year(frm) {
		// What is judged in a year is usually the data of the year before.
		if (frm.doc.assessment_year && !frm.doc.data_year) frm.set_value("data_year", frm.doc.assessment_year - 1);
	},
});

frappe.ui.form.on("P2HAM Period Participant", {
	show_declaration(frm, doctype, name) {
		if (frm.is_dirty()) {
			frappe.msgprint(__("Save the period first."));
			return;
		}
		p2ham.documents.show("declaration", frm.doc.name, { unit: frappe.get_doc(doctype, name).opd });
	},
});

const P2HAM_PARTICIPATION = { Invited: "gray", Ready: "blue", Declared: "green", Withdrawn: "red" };
const P2HAM_STATES = { Draft: "gray", Submitted: "orange", Reviewed: "blue", Approved: "green", Cancelled: "red" };

// Who prints what compares all units; the server asks for the duty.
function p2ham_sees_all_units() {
	return ["P2HAM Verifier", "Kabag Hukum", "Sekda", "P2HAM Observer"].some((role) => frappe.user.has_role(role));
}

function p2ham_add_period_buttons(frm) {
	if (frm.doc.status === "Open") {
		frm.add_custom_button(__("Create Assessments"), () => p2ham_create_assessments(frm));
		frm.add_custom_button(__("Close Period"), () =>
			p2ham_change_status(
				frm,
				"Closed",
				__("Close the period? It closes only when every assessment is approved or cancelled.")
			)
		);
		return;
	}
	const again = frm.doc.status === "Closed";
	const button = frm.add_custom_button(again ? __("Open Again") : __("Open Period"), () =>
		p2ham_change_status(
			frm,
			"Open",
			__("Open the period? The units can then fill their sheets from {0} to {1}.", [
				frappe.datetime.str_to_user(frm.doc.fill_from),
				frappe.datetime.str_to_user(frm.doc.fill_until),
			])
		)
	);
	if (button && !again) button.removeClass("btn-default").addClass("btn-primary");
}

function p2ham_change_status(frm, status, question) {
	const before = frm.doc.status;
	// A refusal must not leave the form showing what is not so.
	const restore = () => frm.set_value("status", before);
	frappe.confirm(question, async () => {
		await frm.set_value("status", status);
		await frm.save("Save", (r) => r && r.exc && restore(), null, restore);
	});
}

async function p2ham_create_assessments(frm) {
	if (frm.is_dirty()) {
		frappe.msgprint(__("Save the period first."));
		return;
	}
	const answer = await frappe.xcall("p2ham.api.period.create_assessments", { period: frm.doc.name });
	frappe.msgprint({ title: __("Create Assessments"), message: p2ham_creation_report(answer), indicator: answer.failed.length ? "orange" : "green" });
	frm.reload_doc();
}

function p2ham_creation_report(answer) {
	if (answer.queued) {
		return __("{0} assessments are being created in the background; a progress bar shows how far it is.", [answer.queued]);
	}
	const parts = [
		answer.created
			? __("{0} assessments created.", [answer.created])
			: __("No assessment created: every unit that is ready or declared has one."),
	];
	if (answer.failed.length) {
		const rows = answer.failed.map(
			(row) =>
				`<li><b>${frappe.utils.escape_html(row.opd)}</b>: ${frappe.utils.escape_html(strip_html(row.reason))}</li>`
		);
		parts.push(`${__("Not created:")}<ul>${rows.join("")}</ul>`);
	}
	return parts.join("<br>");
}

// How far the round is: participants by status, assessments by state, each a link into its list.
async function p2ham_show_progress(frm) {
	const name = frm.doc.name;
	const sees_assessments = await p2ham_may_read_assessments();
	if (frm.doc.name !== name) return;
	const rows = sees_assessments
		? await frappe.db.get_list("P2HAM Assessment", {
				filters: { period: name },
				fields: ["workflow_state"],
				limit: 0,
		  })
		: [];
	if (frm.doc.name !== name) return;
	const participants = p2ham_tally((frm.doc.participants || []).map((row) => row.status));
	const states = p2ham_tally(rows.map((row) => row.workflow_state));
	const pills = (counts, colours) =>
		Object.keys(colours)
			.filter((key) => counts[key])
			.map((key) => `<span class="p2ham-pill p2ham-${colours[key]}">${__(key)} ${counts[key]}</span>`)
			.join(" ") || "–";
	const taking_part = (frm.doc.participants || []).filter((row) => row.status !== "Withdrawn").length;
	const target = frm.doc.target_units ? ` / ${__("target {0}", [frm.doc.target_units])}` : "";
	frm.dashboard.clear_headline();
	frm.dashboard.set_headline(
		`<div class="p2ham-summary">
			<div><span class="p2ham-label">${__("Participants")} (${taking_part}${target})</span> ${pills(participants, P2HAM_PARTICIPATION)}</div>
			${
				sees_assessments
					? `<div><span class="p2ham-label">${__("Assessments")} (${rows.length})</span> ${pills(states, P2HAM_STATES)}
						<a href="#" class="p2ham-open-assessments">${__("Show")}</a></div>`
					: ""
			}
		</div>`
	);
	$(frm.wrapper)
		.find(".p2ham-open-assessments")
		.off("click")
		.on("click", (event) => {
			event.preventDefault();
			frappe.set_route("List", "P2HAM Assessment", { period: name });
		});
}

// A manager keeps periods and need not see assessments; then only the participants are counted. (Frappe's
// can_read and has_perm also say yes to somebody who may only create.)
async function p2ham_may_read_assessments() {
	await frappe.model.with_doctype("P2HAM Assessment");
	if (frappe.session.user === "Administrator") return true;
	return Boolean(frappe.perm.get_role_permissions(frappe.get_meta("P2HAM Assessment"))[0].read);
}

function p2ham_tally(values) {
	return values.reduce((counts, value) => ({ ...counts, [value]: (counts[value] || 0) + 1 }), {});
}

function p2ham_add_units_button(frm) {
	const grid = frm.fields_dict.participants.grid;
	if (!frm.perm[0].write && !frm.is_new()) return;
	if (frm.doc.status === "Closed") return;
	grid.add_custom_button(__("Add Units..."), () => p2ham_choose_units(frm));
}

async function p2ham_choose_units(frm) {
	const present = new Set((frm.doc.participants || []).map((row) => row.opd));
	const units = await frappe.db.get_list("P2HAM OPD", {
		filters: { is_active: 1 },
		fields: ["name", "opd_name", "opd_type"],
		order_by: "lft",
		limit: 0,
	});
	const choices = units.filter((unit) => !present.has(unit.name));
	const dialog = new frappe.ui.Dialog({
		title: __("Add Units"),
		fields: [
			{ fieldname: "search", fieldtype: "Data", placeholder: __("Search") },
			{
				fieldname: "units",
				fieldtype: "MultiCheck",
				columns: 2,
				sort_options: false,
				options: choices.map((unit) => ({
					label: frappe.utils.escape_html(`${unit.opd_name} (${unit.opd_type || unit.name})`),
					value: unit.name,
				})),
			},
			{
				fieldname: "status",
				fieldtype: "Select",
				label: __("Status"),
				options: ["Invited", "Ready", "Declared"].map((value) => ({ value, label: __(value) })),
				default: "Invited",
			},
		],
		primary_action_label: __("Add"),
		primary_action(values) {
			(values.units || []).forEach((opd) => frm.add_child("participants", { opd, status: values.status }));
			frm.refresh_field("participants");
			if ((values.units || []).length) frm.dirty();
			dialog.hide();
		},
	});
	dialog.$wrapper.addClass("p2ham-choose-units");
	dialog.fields_dict.search.$input.on("input", (event) => {
		const text = event.currentTarget.value.toLowerCase();
		dialog.fields_dict.units.$wrapper.find(".checkbox, .unit-checkbox").each((_, box) => {
			$(box).toggle(box.textContent.toLowerCase().includes(text));
		});
	});
	dialog.show();
}
