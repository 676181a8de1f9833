frappe.ui.form.on("P2HAM Evidence", {
	setup(frm) {
		frm.set_query("opd", () => ({ filters: { is_active: 1 } }));
	},

	async refresh(frm) {
		p2ham_limit_uploads(frm);
		if (frm.is_new()) return;
		p2ham_add_open_button(frm);
		await p2ham_show_uses(frm);
	},

	contains_personal_data(frm) {
		if (!frm.doc.contains_personal_data) return;
		frappe.show_alert({
			message: __("Cover what the indicator does not need. A document marked so is not shown to observers."),
			indicator: "orange",
		});
	},
});

// Evidence is private: the uploader offers nothing else. The server refuses the rest in any case.
async function p2ham_limit_uploads(frm) {
	const options = {
		make_attachments_public: false,
		allow_toggle_private: false,
		allow_web_link: false,
		allow_google_drive: false,
		disable_file_browser: true,
		restrictions: {},
	};
	frm.fields_dict.file.df.options = options;
	const settings = await frappe.db.get_value("P2HAM Settings", "P2HAM Settings", [
		"evidence_types",
		"evidence_max_mb",
	]);
	const limits = settings && settings.message;
	if (!limits) return;
	const types = (limits.evidence_types || "").split(/[,\n]/).map((type) => type.trim()).filter(Boolean);
	options.restrictions = {
		allowed_file_types: types.map((type) => `.${type}`),
		max_file_size: cint(limits.evidence_max_mb) ? cint(limits.evidence_max_mb) * 1024 * 1024 : null,
	};
	const file_types = types.map((type) => type.toUpperCase()).join(", ");
	const largest = cint(limits.evidence_max_mb) || "–";
	options.upload_notes = __("{0}, {1} MB at most. Stored privately.", [file_types, largest]);
}

function p2ham_add_open_button(frm) {
	const address = frm.doc.kind === "Link" ? frm.doc.url : frm.doc.file;
	if (!/^(https?:\/\/|\/private\/files\/)/i.test(address || "")) return;
	const safe = frm.doc.kind === "Link" ? address : address.replace(/%/g, "%25").replace(/#/g, "%23").replace(/\?/g, "%3F");
	const label = frm.doc.kind === "Link" ? __("Open Link") : __("Open File");
	frm.add_custom_button(label, () => window.open(safe, "_blank", "noopener"));
}

// Where the document is used: the assessments that the user may see.
async function p2ham_show_uses(frm) {
	const name = frm.doc.name;
	const uses = await frappe.db.get_list("P2HAM Assessment", {
		filters: [["P2HAM Evidence Use", "evidence", "=", name]],
		fields: ["name", "opd_name", "period", "workflow_state"],
		limit: 20,
	});
	if (frm.doc.name !== name) return;
	const links = [...new Map(uses.map((use) => [use.name, use])).values()].map(
		(use) =>
			`<a href="${frappe.utils.get_form_link("P2HAM Assessment", use.name)}">${frappe.utils.escape_html(
				use.opd_name
			)} ${frappe.utils.escape_html(use.period)}</a> (${frappe.utils.escape_html(__(use.workflow_state))})`
	);
	frm.set_intro("");
	frm.set_intro(links.length ? `${__("Used by")}: ${links.join(", ")}` : __("Not used by any assessment yet."), "blue");
}
