frappe.ui.form.on("P2HAM Period", {
	setup(frm) {
		frm.set_query("instrument", () => ({ filters: { status: ["!=", "Retired"] } }));
		frm.set_query("opd", "participants", () => ({
			filters: { is_active: 1, name: ["not in", ["", ...(frm.doc.participants || []).map((row) => row.opd)]] },
		}));
	},

	async refresh(frm) {
		p2ham_add_units_button(frm);
		p2ham_stop_watching(frm);
		if (frm.is_new()) return;
		if (frm.doc.family === "P2HAM") p2ham.documents.add_buttons(frm, { Declarations: "declaration" });
		// The status moves by the buttons alone, which say what happens.
		frm.set_df_property("status", "read_only", 1);
		if (frm.perm[0].write) p2ham_add_period_buttons(frm);
		if (p2ham_sees_all_units()) {
			p2ham.documents.add_buttons(frm, { "Recapitulation of Results": "recapitulation" });
		}
		if (p2ham_is_bagian_hukum() && frm.doc.status !== "Closed") {
			frm.add_custom_button(__("Preliminary Checks"), () => p2ham_make_checks(frm));
		}
		p2ham_add_steps_of_head(frm);
		await p2ham_show_progress(frm);
		if (frm.perm[0].write && frm.doc.status === "Open") p2ham_watch_creation(frm);
	},

	assessment_year(frm) {
		// What is judged in a year is usually the data of the year before.
		if (frm.doc.assessment_year && !frm.doc.data_year) frm.set_value("data_year", frm.doc.assessment_year - 1);
	},
});

// The day that a step needs, where it is not given yet.
const P2HAM_DAY_OF = { Ready: "ready_on", Declared: "declared_on", Withdrawn: "withdrawn_on" };

frappe.ui.form.on("P2HAM Period Participant", {
	status(frm, doctype, name) {
		const row = frappe.get_doc(doctype, name);
		const field = P2HAM_DAY_OF[row.status];
		if (field && !row[field]) frappe.model.set_value(doctype, name, field, frappe.datetime.get_today());
	},

	async show_check(frm, doctype, name) {
		if (frm.is_dirty() || frm.is_new()) {
			frappe.msgprint(__("Save the period first."));
			return;
		}
		if (!p2ham_follows_checks()) {
			frappe.msgprint(__("Preliminary checks are shown to Bagian Hukum and to the unit itself."));
			return;
		}
		const opd = frappe.get_doc(doctype, name).opd;
		const [check] = await frappe.db.get_list("P2HAM Preliminary Check", {
			filters: { period: frm.doc.name, opd },
			limit: 1,
		});
		if (check) frappe.set_route("Form", "P2HAM Preliminary Check", check.name);
		else if (p2ham_is_bagian_hukum()) frappe.new_doc("P2HAM Preliminary Check", { period: frm.doc.name, opd });
		else frappe.msgprint(__("There is no preliminary check of {0} yet.", [frappe.utils.escape_html(opd)]));
	},

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

function p2ham_is_bagian_hukum() {
	return ["P2HAM Verifier", "Kabag Hukum"].some((role) => frappe.user.has_role(role));
}

function p2ham_follows_checks() {
	const roles = ["OPD Clerk", "OPD Head", "Sekda"];
	return p2ham_is_bagian_hukum() || roles.some((role) => frappe.user.has_role(role));
}

async function p2ham_make_checks(frm) {
	const made = await frappe.xcall("p2ham.api.preliminary_check.make_missing", { period: frm.doc.name });
	if (made) frappe.show_alert({ message: __("{0} checks made.", [made]), indicator: "green" });
	frappe.set_route("List", "P2HAM Preliminary Check", { period: frm.doc.name });
}

// The head of a unit writes no period, but says of his units that they are ready or leave.
async function p2ham_add_steps_of_head(frm) {
	if (!frappe.user.has_role("OPD Head") || frappe.session.user === "Administrator") return;
	const name = frm.doc.name;
	const units = await frappe.xcall("p2ham.api.period.my_steps", { period: name });
	if (frm.doc.name !== name) return;
	const those = (target) => units.filter((unit) => unit.steps.includes(target));
	const [invited, staying] = [those("Ready"), those("Withdrawn")];
	if (invited.length) {
		const button = frm.add_custom_button(__("Declare Ready"), () => p2ham_ask_ready(frm, invited));
		if (button) button.removeClass("btn-default").addClass("btn-primary");
	}
	if (staying.length) frm.add_custom_button(__("Withdraw"), () => p2ham_ask_withdrawal(frm, staying));
}

function p2ham_unit_field(units) {
	return {
		fieldname: "opd",
		fieldtype: "Select",
		label: __("OPD"),
		options: units.map((unit) => ({ value: unit.opd, label: unit.opd_name })),
		default: units.length === 1 ? units[0].opd : "",
		read_only: units.length === 1 ? 1 : 0,
		reqd: 1,
	};
}

function p2ham_ask_ready(frm, units) {
	const dialog = new frappe.ui.Dialog({
		title: __("Declare Ready"),
		fields: [
			p2ham_unit_field(units),
			{
				fieldname: "ready_on",
				fieldtype: "Date",
				label: __("Ready On"),
				default: frappe.datetime.get_today(),
				max_date: frappe.datetime.str_to_obj(frappe.datetime.get_today()),
				reqd: 1,
			},
			{ fieldname: "letter", fieldtype: "HTML" },
		],
		primary_action_label: __("Declare Ready"),
		async primary_action(values) {
			dialog.disable_primary_action();
			try {
				const [file] = dialog.$wrapper.find("input[type=file]").get(0).files;
				await p2ham.mark.until(p2ham_send_letter(frm, values, file));
			} finally {
				dialog.enable_primary_action();
			}
			dialog.hide();
			await frm.reload_doc();
			frappe.show_alert({ message: `${values.opd}: ${__("Ready")}`, indicator: "green" });
		},
	});
	dialog.fields_dict.letter.$wrapper.html(
		`<div class="form-group"><label class="control-label" for="p2ham-letter">${__("Letter of the head (PDF or picture)")}</label>
			<input type="file" id="p2ham-letter" class="form-control" style="height: auto" accept=".pdf,.jpg,.jpeg,.png">
			<p class="help-box small text-muted">${__("Stored privately with the period.")}</p></div>`
	);
	dialog.show();
}

// A file goes as a form of its own; what the server says is shown as Frappe shows it.
async function p2ham_send_letter(frm, values, file) {
	const body = new FormData();
	body.append("period", frm.doc.name);
	body.append("opd", values.opd);
	body.append("ready_on", values.ready_on);
	if (file) body.append("file", file, file.name);
	const response = await fetch("/api/method/p2ham.api.period.declare_ready", {
		method: "POST",
		headers: { "X-Frappe-CSRF-Token": frappe.csrf_token, Accept: "application/json" },
		body,
	});
	if (response.ok) return;
	const answer = await response.json().catch(() => ({}));
	const said = JSON.parse(answer._server_messages || "[]").map((message) => JSON.parse(message).message);
	const message = p2ham.plain.clean(said.join("<br>")) || __("The server refused the file ({0}).", [response.status]);
	frappe.msgprint({ title: __("Not Stored"), message, indicator: "red" });
	throw new Error("not stored");
}

function p2ham_ask_withdrawal(frm, units) {
	const dialog = new frappe.ui.Dialog({
		title: __("Withdraw"),
		fields: [
			p2ham_unit_field(units),
			{ fieldname: "reason", fieldtype: "Small Text", label: __("Reason for Withdrawal"), reqd: 1 },
		],
		primary_action_label: __("Withdraw"),
		async primary_action(values) {
			await frappe.xcall("p2ham.api.period.withdraw", { period: frm.doc.name, ...values });
			dialog.hide();
			await frm.reload_doc();
			frappe.show_alert({ message: `${values.opd}: ${__("Withdrawn")}`, indicator: "orange" });
		},
	});
	dialog.show();
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

function p2ham_create_assessments(frm) {
	if (frm.is_dirty()) {
		frappe.msgprint(__("Save the period first."));
		return;
	}
	const dialog = new frappe.ui.Dialog({
		title: __("Create Assessments"),
		fields: [
			{
				fieldname: "text",
				fieldtype: "HTML",
				options: `<p>${__(
					"Every unit that is ready or declared and has no assessment in this period gets one. This can be done again at any time."
				)}</p>`,
			},
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
		async primary_action(values) {
			dialog.hide();
			const answer = await frappe.xcall("p2ham.api.period.create_assessments", {
				period: frm.doc.name,
				carry_over: values.carry_over ? 1 : 0,
			});
			if (!answer.queued) p2ham_tell_creation(answer);
			await frm.reload_doc();
		},
	});
	dialog.show();
}

function p2ham_tell_creation(answer) {
	frappe.msgprint({
		title: __("Create Assessments"),
		message: p2ham_creation_report(answer),
		indicator: answer.failed.length ? "orange" : "green",
	});
}

const P2HAM_LOOK_AGAIN = 2000; // milliseconds

function p2ham_stop_watching(frm) {
	clearTimeout(frm.p2ham_watching);
	frm.p2ham_watching = null;
}

// Also a form that is loaded again shows how far the background is, and says at the end what came of it.
async function p2ham_watch_creation(frm, was_running = false) {
	const name = frm.doc.name;
	const known = await frappe.xcall("p2ham.api.period.creation_state", { period: name });
	if (frm.doc.name !== name || !frm.page.wrapper.is(":visible")) return;
	const running = ["waiting", "running"].includes(known.state);
	p2ham_show_creation(frm, known, running);
	if (running) {
		p2ham_stop_watching(frm);
		frm.p2ham_watching = setTimeout(() => p2ham_watch_creation(frm, true), P2HAM_LOOK_AGAIN);
	} else if (was_running) {
		if (known.state === "done") p2ham_tell_creation(known);
		await frm.reload_doc();
	}
}

function p2ham_show_creation(frm, known, running) {
	const $place = $(frm.wrapper).find(".p2ham-creation");
	if (running) {
		const share = known.total ? Math.round((100 * known.done) / known.total) : 0;
		$place.html(
			`<span class="p2ham-label">${__("Creating Assessments")}</span>
			<progress max="100" value="${share}"></progress> ${__("{0} of {1}", [known.done, known.total])}`
		);
	} else if (known.state === "failed") {
		$place.html(
			`<span class="p2ham-label">${__("Create Assessments")}</span>
			<span class="p2ham-pill p2ham-orange">${frappe.utils.escape_html(known.message)}</span>`
		);
	} else {
		$place.empty();
	}
}

function p2ham_creation_report(answer) {
	const parts = [
		answer.created
			? __("{0} assessments created.", [answer.created])
			: __("No assessment created: every unit that is ready or declared has one."),
	];
	if (answer.carried) parts.push(__("{0} of them with answers and evidence of an earlier year.", [answer.carried]));
	if (answer.failed.length) {
		const rows = answer.failed.map(
			(row) =>
				`<li><b>${frappe.utils.escape_html(row.opd)}</b>: ${frappe.utils.escape_html(strip_html(row.reason))}</li>`
		);
		parts.push(`${__("Not created:")}<ul>${rows.join("")}</ul>`);
	}
	return parts.join("<br>");
}

// How far the round is: participants by status, checks, assessments by state, and all of it against the targets.
async function p2ham_show_progress(frm) {
	const name = frm.doc.name;
	const sees_assessments = await p2ham_may_read_assessments();
	if (frm.doc.name !== name) return;
	const [rows, checks] = await Promise.all([
		sees_assessments
			? frappe.db.get_list("P2HAM Assessment", {
					filters: { period: name },
					fields: ["workflow_state", "meets", "verified_score"],
					limit: 0,
			  })
			: [],
		frappe.xcall("p2ham.api.preliminary_check.summary", { period: name }),
	]);
	if (frm.doc.name !== name) return;
	const participants = p2ham_tally((frm.doc.participants || []).map((row) => row.status));
	const states = p2ham_tally(rows.map((row) => row.workflow_state));
	const pills = (counts, colours) =>
		Object.keys(colours)
			.filter((key) => counts[key])
			.map((key) => p2ham_pill(`${__(key)} ${counts[key]}`, colours[key]))
			.join(" ") || "–";
	const taking_part = (frm.doc.participants || []).filter((row) => row.status !== "Withdrawn").length;
	const target = frm.doc.target_units ? ` / ${__("target {0}", [frm.doc.target_units])}` : "";
	const checked = Object.values(checks).reduce((sum, number) => sum + number, 0);
	const line = (label, content) => `<div><span class="p2ham-label">${label}</span> ${content}</div>`;
	frm.dashboard.clear_headline();
	frm.dashboard.set_headline(
		`<div class="p2ham-summary">
			${line(`${__("Participants")} (${taking_part}${target})`, pills(participants, P2HAM_PARTICIPATION))}
			${checked ? line(`${__("Preliminary Checks")} (${checked})`, p2ham_checks_pills(checks)) : ""}
			${
				sees_assessments
					? line(
							`${__("Assessments")} (${rows.length})`,
							`${pills(states, P2HAM_STATES)} <a href="#" class="p2ham-open-assessments">${__("Show")}</a>`
					  )
					: ""
			}
			${sees_assessments ? p2ham_results_line(frm, rows, line) : ""}
			<div class="p2ham-creation" aria-live="polite"></div>
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

function p2ham_pill(text, colour) {
	return `<span class="p2ham-pill p2ham-${colour}">${text}</span>`;
}

function p2ham_checks_pills(checks) {
	return [
		["Qualified", __("Qualified"), "green"],
		["Not Yet", __("Not Yet"), "orange"],
		["", __("To Be Checked"), "gray"],
	]
		.filter(([result]) => checks[result])
		.map(([result, label, colour]) => p2ham_pill(`${label} ${checks[result]}`, colour))
		.join(" ");
}

// Only what is approved counts, and only where a target says what it counts against.
function p2ham_results_line(frm, rows, line) {
	const approved = rows.filter((row) => row.workflow_state === "Approved");
	const found = [];
	const reached = (is_reached) => (is_reached ? "green" : "orange");
	if (frm.doc.target_passed) {
		const meeting = approved.filter((row) => row.meets).length;
		found.push(
			p2ham_pill(
				`${__("Meet the criteria")} ${meeting} / ${frm.doc.target_passed}`,
				reached(meeting >= frm.doc.target_passed)
			)
		);
	}
	if (frm.doc.target_score) {
		const mean = approved.reduce((sum, row) => sum + row.verified_score, 0) / (approved.length || 1);
		const two_decimals = (number) => format_number(number, null, 2);
		found.push(
			p2ham_pill(
				`${__("Mean verified score")} ${approved.length ? two_decimals(mean) : "–"} / ${two_decimals(
					frm.doc.target_score
				)}`,
				reached(approved.length && mean >= frm.doc.target_score)
			)
		);
	}
	return found.length ? line(__("Targets"), found.join(" ")) : "";
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

// Four ways to say which units, and at any moment how many that adds.
async function p2ham_choose_units(frm) {
	const present = new Set((frm.doc.participants || []).map((row) => row.opd));
	const units = await frappe.db.get_list("P2HAM OPD", {
		fields: ["name", "opd_name", "opd_type", "is_active", "serves_public"],
		order_by: "lft",
		limit: 0,
	});
	const choices = units.filter((unit) => unit.is_active && !present.has(unit.name));
	const types = [...new Set(choices.map((unit) => unit.opd_type).filter(Boolean))].sort();
	const show = (way) => `eval:doc.way === "${way}"`;
	const dialog = new frappe.ui.Dialog({
		title: __("Add Units"),
		fields: [
			{
				fieldname: "way",
				fieldtype: "Select",
				label: __("Which Units"),
				options: [
					{ value: "choose", label: __("Choose from the list") },
					{ value: "public", label: __("All that serve the public") },
					{ value: "type", label: __("All of a type") },
					{ value: "paste", label: __("By their abbreviations") },
				],
				default: "choose",
			},
			{
				fieldname: "type",
				fieldtype: "Select",
				label: __("Type"),
				options: ["", ...types],
				depends_on: show("type"),
			},
			{
				fieldname: "abbreviations",
				fieldtype: "Small Text",
				label: __("Abbreviations"),
				description: __("One on each line"),
				depends_on: show("paste"),
			},
			{ fieldname: "search", fieldtype: "Data", placeholder: __("Search"), depends_on: show("choose") },
			{
				fieldname: "units",
				fieldtype: "MultiCheck",
				columns: 2,
				sort_options: false,
				depends_on: show("choose"),
				options: choices.map((unit) => ({
					label: frappe.utils.escape_html(`${unit.opd_name} (${unit.opd_type || unit.name})`),
					value: unit.name,
				})),
				on_change: () => tell(),
			},
			{
				fieldname: "status",
				fieldtype: "Select",
				label: __("Status"),
				options: ["Invited", "Ready", "Declared"].map((value) => ({ value, label: __(value) })),
				default: "Invited",
			},
			{ fieldname: "told", fieldtype: "HTML" },
		],
		primary_action_label: __("Add"),
		primary_action(values) {
			const found = p2ham_chosen_units(values, choices, units, present);
			const day = P2HAM_DAY_OF[values.status];
			const today = day ? { [day]: frappe.datetime.get_today() } : {};
			found.names.forEach((opd) => frm.add_child("participants", { opd, status: values.status, ...today }));
			frm.refresh_field("participants");
			if (found.names.length) frm.dirty();
			dialog.hide();
		},
	});
	const tell = () => {
		const found = p2ham_chosen_units(dialog.get_values(true) || {}, choices, units, present);
		dialog.fields_dict.told.$wrapper.html(p2ham_chosen_html(found));
		dialog.get_primary_btn().prop("disabled", !found.names.length);
	};
	dialog.$wrapper.addClass("p2ham-choose-units");
	dialog.$wrapper.on("input change click", "input, select, textarea, .checkbox, .unit-checkbox", () => setTimeout(tell));
	dialog.fields_dict.search.$input.on("input", (event) => {
		const text = event.currentTarget.value.toLowerCase();
		dialog.fields_dict.units.$wrapper.find(".checkbox, .unit-checkbox").each((_, box) => {
			$(box).toggle(box.textContent.toLowerCase().includes(text));
		});
	});
	dialog.show();
	tell();
}

// The units that a way comes to, and what was pasted that is no unit, is inactive, or stands there already.
function p2ham_chosen_units(values, choices, units, present) {
	const none = { names: [], unknown: [], inactive: [], there: [] };
	const names = (those) => ({ ...none, names: those.map((unit) => unit.name) });
	if (values.way === "public") return names(choices.filter((unit) => unit.serves_public));
	if (values.way === "type") return names(choices.filter((unit) => values.type && unit.opd_type === values.type));
	if (values.way !== "paste") return { ...none, names: values.units || [] };
	const by_name = new Map(units.map((unit) => [unit.name.toLowerCase(), unit]));
	const lines = (values.abbreviations || "").split("\n").map((line) => line.trim().replace(/\s+/g, " "));
	const found = { names: [], unknown: [], inactive: [], there: [] };
	for (const line of new Set(lines.filter(Boolean))) {
		const unit = by_name.get(line.toLowerCase());
		if (!unit) found.unknown.push(line);
		else if (present.has(unit.name)) found.there.push(unit.name);
		else if (!unit.is_active) found.inactive.push(unit.name);
		else if (!found.names.includes(unit.name)) found.names.push(unit.name);
	}
	return found;
}

function p2ham_chosen_html(found) {
	const list = (label, names) =>
		names.length ? `<div>${label} ${names.map((name) => frappe.utils.escape_html(name)).join(", ")}</div>` : "";
	return `<div class="p2ham-chosen" aria-live="polite">
		<strong>${__("{0} units will be added.", [found.names.length])}</strong>
		${list(__("Not known:"), found.unknown)}
		${list(__("Inactive:"), found.inactive)}
		${list(__("Already taking part:"), found.there)}
	</div>`;
}
