// Bagian Hukum writes guidance; a unit asks for it, and changes its request until somebody has answered. The steps that
// the session's user can take come from the server (p2ham/engine/guidance.py).

frappe.provide("p2ham");

const P2HAM_REQUEST = "Request for Guidance";
const P2HAM_OF_BAGIAN_HUKUM = [
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
const P2HAM_OCCASION = ["date", "start_time", "end_time", "place", "host"];
const P2HAM_PHOTO = /\.(jpe?g|png|webp|gif)$/i;

p2ham.is_bagian_hukum = () => ["P2HAM Verifier", "Kabag Hukum"].some((role) => frappe.user.has_role(role));

frappe.ui.form.on("P2HAM Guidance", {
	setup(frm) {
		for (const table of ["participants", "decisions"]) {
			frm.set_query("opd", table, () => ({ filters: { is_active: 1 } }));
		}
	},

	onload(frm) {
		if (!frm.is_new()) return;
		if (!p2ham.is_bagian_hukum()) frm.set_value("kind", P2HAM_REQUEST);
		// The desk fills empty times with that of the clock; those of a copied meeting are real and differ.
		if (frm.doc.start_time === frm.doc.end_time) frm.set_value({ start_time: null, end_time: null });
	},

	refresh(frm) {
		const of_bagian_hukum = p2ham.is_bagian_hukum();
		P2HAM_OF_BAGIAN_HUKUM.forEach((field) => frm.set_df_property(field, "read_only", of_bagian_hukum ? 0 : 1));
		// What is stored goes on by its steps.
		if (!frm.is_new()) ["status", "cancel_reason"].forEach((field) => frm.set_df_property(field, "read_only", 1));
		if (of_bagian_hukum && frm.doc.status !== "Cancelled") p2ham_add_participant_buttons(frm);
		if (frm.is_new()) return;
		if (frm.doc.status === "Cancelled" || (!of_bagian_hukum && frm.doc.status !== "Requested")) frm.disable_form();
		p2ham_show_attachments(frm);
		p2ham_add_step_buttons(frm);
		p2ham.documents.add_buttons(frm, {
			// What was not held has no minutes; of a meeting they are prepared before it.
			...(frm.doc.kind === P2HAM_REQUEST && frm.doc.status !== "Held" ? {} : { Minutes: "minutes" }),
			"Attendance List": "attendance_list",
		});
		if (frm.doc.date) {
			frm.add_custom_button(
				__("Calendar File"),
				() => {
					const values = new URLSearchParams({ name: frm.doc.name });
					window.open(`/api/method/p2ham.api.guidance.calendar_file?${values}`, "_blank", "noopener");
				},
				__("Print")
			);
		}
		frm.add_custom_button(__("Follow-ups"), () =>
			frappe.set_route("List", "P2HAM Follow-up", { guidance: frm.doc.name })
		);
		if (!of_bagian_hukum) return;
		const upcoming = frm.doc.date && frm.doc.date >= frappe.datetime.get_today();
		if (upcoming && (frm.doc.status === "Scheduled" || (frm.doc.status === "Cancelled" && frm.doc.invited_on))) {
			frm.add_custom_button(__("Send Invitation"), () => p2ham_if_saved(frm, () => p2ham_send_invitation(frm)));
		}
		if (frm.doc.status !== "Cancelled" && (frm.doc.decisions || []).some((row) => !row.follow_up)) {
			frm.add_custom_button(__("Make Follow-ups"), () => p2ham_if_saved(frm, () => p2ham.suggest_follow_ups(frm)));
		}
		frm.add_custom_button(__("Create Follow-up"), () =>
			frappe.new_doc("P2HAM Follow-up", {
				guidance: frm.doc.name,
				opd: (frm.doc.participants || []).map((row) => row.opd).find(Boolean),
			})
		);
	},

	kind(frm) {
		if (!frm.is_new()) return;
		frm.set_value("status", frm.doc.kind === P2HAM_REQUEST ? "Requested" : "Scheduled");
	},
});

const p2ham_read = async (door, args) =>
	(await frappe.call({ method: `p2ham.api.guidance.${door}`, type: "GET", args })).message;

function p2ham_if_saved(frm, then) {
	if (frm.is_dirty()) {
		frappe.msgprint(__("Save the guidance first."));
		return;
	}
	then();
}

// Steps

const p2ham_reason_field = (frm) => ({
	fieldname: "cancel_reason",
	fieldtype: "Small Text",
	label: __(frappe.meta.get_label(frm.doctype, "cancel_reason")),
	reqd: 1,
});

// What each step asks for before it is taken.
const P2HAM_STEPS = {
	Accept: { label: () => __("Accept") },
	Schedule: {
		label: () => __("Schedule"),
		fields: (frm) =>
			P2HAM_OCCASION.map((fieldname) => {
				const { fieldtype, label } = frm.get_docfield(fieldname);
				return {
					fieldname,
					fieldtype,
					label: __(label),
					default: frm.doc[fieldname],
					reqd: fieldname === "date" ? 1 : 0,
				};
			}),
	},
	"Record as Held": {
		label: () => __("Record as Held"),
		question: () => __("Was it held on this day? Attendance, outcome and decisions can be recorded then."),
	},
	Decline: { label: () => __("Decline"), fields: (frm) => [p2ham_reason_field(frm)] },
	Withdraw: { label: () => __("Withdraw"), fields: (frm) => [p2ham_reason_field(frm)] },
	Cancel: { label: () => __("Cancel"), fields: (frm) => [p2ham_reason_field(frm)] },
	Reopen: { label: () => __("Reopen"), question: () => __("Open it again? Its reason of the cancellation is removed.") },
};

function p2ham_add_step_buttons(frm) {
	for (const action of (frm.doc.__onload && frm.doc.__onload.steps) || []) {
		const step = P2HAM_STEPS[action];
		const button = frm.add_custom_button(step.label(), () =>
			p2ham_if_saved(frm, () => p2ham_ask_and_take(frm, action, step))
		);
		if (["Accept", "Schedule", "Record as Held"].includes(action)) button.removeClass("btn-default").addClass("btn-primary");
	}
}

function p2ham_ask_and_take(frm, action, step) {
	const take = (values = {}) => p2ham_take_step(frm, action, values);
	if (step.question) {
		frappe.confirm(step.question(), () => take());
		return;
	}
	if (!step.fields) {
		take();
		return;
	}
	const dialog = new frappe.ui.Dialog({
		title: step.label(),
		fields: step.fields(frm),
		primary_action_label: step.label(),
		primary_action: async () => {
			// Also what was emptied.
			const values = Object.fromEntries(
				dialog.fields.map(({ fieldname }) => [fieldname, dialog.get_value(fieldname) || null])
			);
			await take(values);
			dialog.hide();
		},
	});
	dialog.show();
}

async function p2ham_take_step(frm, action, values) {
	const status = await frappe.xcall("p2ham.api.guidance.take_step", { name: frm.doc.name, action, values });
	await frm.reload_doc();
	frappe.show_alert({ message: __("Status: {0}", [__(status)]), indicator: "green" });
}

// Participants

function p2ham_add_participant_buttons(frm) {
	const { grid } = frm.get_field("participants");
	grid.add_custom_button(__("Add Units"), () => p2ham_choose_units(frm));
	grid.add_custom_button(__("Add Officers"), () => p2ham_add_officers(frm));
}

async function p2ham_choose_units(frm) {
	const units = await frappe.db.get_list("P2HAM OPD", {
		fields: ["name", "opd_name"],
		filters: { is_active: 1, parent_p2ham_opd: ["is", "set"] }, // not the regency itself
		order_by: "lft",
		limit: 0,
	});
	const there = new Set((frm.doc.participants || []).map((row) => row.opd));
	const dialog = new frappe.ui.Dialog({
		title: __("Add Units"),
		fields: [
			{
				fieldname: "units",
				fieldtype: "MultiCheck",
				label: __("Units that take part"),
				select_all: true,
				sort_options: false,
				columns: 2,
				options: units
					.filter((unit) => !there.has(unit.name))
					.map((unit) => ({ label: frappe.utils.escape_html(unit.opd_name), value: unit.name })),
			},
		],
		size: "large",
		primary_action_label: __("Add"),
		primary_action: () => {
			const names = Object.fromEntries(units.map((unit) => [unit.name, unit.opd_name]));
			for (const opd of dialog.get_value("units") || []) {
				frm.add_child("participants", { opd, opd_name: names[opd] });
			}
			p2ham_participants_changed(frm);
			dialog.hide();
		},
	});
	dialog.show();
}

// A row of a unit without a person takes its first officer, the others follow.
async function p2ham_add_officers(frm) {
	const units = [...new Set((frm.doc.participants || []).map((row) => row.opd).filter(Boolean))];
	if (!units.length) {
		frappe.msgprint(__("Add the units first."));
		return;
	}
	const found = await p2ham_read("officers", { units: JSON.stringify(units) });
	let added = 0;
	for (const officer of found.rows) {
		const rows = frm.doc.participants.filter((row) => row.opd === officer.opd);
		if (rows.some((row) => row.person === officer.person)) continue;
		const empty = rows.find((row) => !row.person);
		const { opd_name } = rows[0];
		Object.assign(empty || frm.add_child("participants", { opd_name }), officer);
		added += 1;
	}
	p2ham_participants_changed(frm);
	frappe.show_alert({ message: __("Officers added: {0}", [added]), indicator: added ? "green" : "orange" });
	if (found.without.length) {
		frappe.msgprint(__("Nobody holds a duty there today: {0}", [frappe.utils.escape_html(found.without.join(", "))]));
	}
}

function p2ham_participants_changed(frm) {
	frm.refresh_field("participants");
	frm.dirty();
}

// Invitation

async function p2ham_send_invitation(frm) {
	const plan = await p2ham_read("preview_invitation", { name: frm.doc.name });
	const escape = frappe.utils.escape_html;
	const block = (title, lines) =>
		lines.length ? `<h5>${title}</h5><ul>${lines.map((line) => `<li>${line}</li>`).join("")}</ul>` : "";
	const who = ({ name, address }) => `${escape(name)} &lt;${escape(address)}&gt;`;
	const shown = [
		plan.no_account ? `<p class="text-danger">${escape(plan.no_account)}</p>` : "",
		block(__("The invitation goes to"), plan.invited.filter((each) => !each.again).map(who)),
		block(__("The change goes to"), plan.invited.filter((each) => each.again).map(who)),
		block(__("It is taken back from"), plan.dropped.map(escape)),
		block(__("Have it already"), plan.have.map(escape)),
		block(__("Without an e-mail address"), plan.unreached.map(escape)),
		block(__("Not an e-mail address"), plan.invalid.map(escape)),
	];
	const count = plan.invited.length + plan.dropped.length;
	const dialog = new frappe.ui.Dialog({
		title: __("Send Invitation"),
		fields: [{ fieldname: "shown", fieldtype: "HTML", options: shown.join("") }],
		...(count && !plan.no_account
			? {
					primary_action_label: __("Send to {0}", [count]),
					primary_action: async () => {
						const sent = await frappe.xcall("p2ham.api.guidance.send_invitation", { name: frm.doc.name });
						dialog.hide();
						await frm.reload_doc();
						frappe.show_alert({ message: __("E-mails on their way: {0}", [sent]), indicator: "green" });
					},
			  }
			: {}),
	});
	dialog.show();
}

// Photos and attachments: their addresses are private, and open for whoever may read the guidance.

function p2ham_show_attachments(frm) {
	const escape = frappe.utils.escape_html;
	const files = frm.get_docinfo().attachments || [];
	const address = (file) => escape(encodeURI(file.file_url));
	const is_photo = (file) => P2HAM_PHOTO.test(file.file_name || "");
	const photos = files
		.filter(is_photo)
		.map(
			(file) =>
				`<a href="${address(file)}" target="_blank" rel="noopener" title="${escape(file.file_name)}">` +
				`<img src="${address(file)}" alt="${escape(file.file_name)}" loading="lazy"></a>`
		);
	const others = files
		.filter((file) => !is_photo(file))
		.map((file) => `<li><a href="${address(file)}" target="_blank" rel="noopener">${escape(file.file_name)}</a></li>`);
	const may_add = p2ham.is_bagian_hukum()
		? frm.doc.status !== "Cancelled"
		: frm.doc.status === "Requested" && frm.perm[0].write;
	const place = frm.get_field("attachments_view").$wrapper;
	place.html(
		(photos.length ? `<div class="p2ham-photos">${photos.join("")}</div>` : "") +
			(others.length ? `<ul>${others.join("")}</ul>` : "") +
			(files.length ? "" : `<p class="text-muted">${__("There are no photos yet; those that are added stand in the minutes.")}</p>`) +
			(may_add ? `<button class="btn btn-xs btn-default p2ham-add-photos">${__("Add Photos")}</button>` : "")
	);
	place.find(".p2ham-add-photos").on("click", () => p2ham_add_photos(frm));
}

function p2ham_add_photos(frm) {
	new frappe.ui.FileUploader({
		doctype: frm.doctype,
		docname: frm.doc.name,
		frm,
		folder: "Home/Attachments",
		allow_multiple: true,
		allow_toggle_private: false,
		make_attachments_public: false,
		restrictions: { allowed_file_types: [".jpg", ".jpeg", ".png"] },
		on_success: (file) => {
			frm.attachments.attachment_uploaded(file);
			p2ham_show_attachments(frm);
		},
	});
}
