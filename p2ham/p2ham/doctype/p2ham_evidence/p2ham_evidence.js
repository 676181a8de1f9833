// The form of a document: its file or address, where it is used, what was found in it.

frappe.ui.form.on("P2HAM Evidence", {
	setup(frm) {
		frm.set_query("opd", () => ({ filters: { is_active: 1 } }));
		// The search in a large file goes on after the form was stored.
		frappe.realtime.on("p2ham_evidence_searched", ({ name }) => {
			if (name === frm.doc.name && !frm.is_dirty()) frm.reload_doc();
		});
	},

	onload(frm) {
		// Stored in English for everybody, e.g. "host unknown".
		frappe.meta.get_docfield("P2HAM Evidence", "link_note", frm.docname).formatter = (value) =>
			frappe.utils.escape_html(__(value || ""));
	},

	async refresh(frm) {
		frm.p2ham_limits = await p2ham.evidence.limits();
		p2ham.evidence.limit_uploads(frm);
		// A stored file is replaced by its own button, which begins a revision.
		frm.set_df_property("file", "read_only", frm.is_new() ? 0 : 1);
		["findings", "revisions"].forEach((table) => {
			frm.set_df_property(table, "cannot_add_rows", 1);
			frm.set_df_property(table, "cannot_delete_rows", 1);
		});
		frm.set_intro("");
		if (frm.is_new()) return;
		p2ham.evidence.add_buttons(frm);
		p2ham.evidence.show_findings(frm);
		await p2ham.evidence.show_uses(frm);
	},

	contains_personal_data(frm) {
		if (!frm.doc.contains_personal_data) return;
		frappe.show_alert({
			message: __("Cover what the indicator does not need. A document marked so is not shown to observers."),
			indicator: "orange",
		});
	},
});

frappe.provide("p2ham.evidence");

Object.assign(p2ham.evidence, {
	async limits() {
		const settings = await frappe.db.get_value("P2HAM Settings", "P2HAM Settings", ["evidence_types", "evidence_max_mb"]);
		const found = (settings && settings.message) || {};
		return {
			types: (found.evidence_types || "").split(/[,\n]/).map((type) => type.trim()).filter(Boolean),
			max_mb: cint(found.evidence_max_mb),
		};
	},

	// Evidence is private: the uploader offers nothing else. The server refuses the rest in any case.
	limit_uploads(frm) {
		const { types, max_mb } = frm.p2ham_limits;
		const file_types = types.map((type) => type.toUpperCase()).join(", ");
		frm.fields_dict.file.df.options = {
			make_attachments_public: false,
			allow_toggle_private: false,
			allow_web_link: false,
			allow_google_drive: false,
			disable_file_browser: true,
			restrictions: {
				allowed_file_types: types.map((type) => `.${type}`),
				max_file_size: max_mb ? max_mb * 1024 * 1024 : null,
			},
			upload_notes: __("{0}, {1} MB at most. Stored privately.", [file_types, max_mb || "–"]),
		};
	},

	add_buttons(frm) {
		const is_link = frm.doc.kind === "Link";
		const address = is_link ? frm.doc.url : frm.doc.file;
		if (/^(https?:\/\/|\/private\/files\/)/i.test(address || "")) {
			const safe = is_link ? address : address.replace(/%/g, "%25").replace(/#/g, "%23").replace(/\?/g, "%3F");
			const label = is_link ? __("Open Link") : __("Open File");
			frm.add_custom_button(label, () => window.open(safe, "_blank", "noopener"));
		}
		if (!is_link && p2ham.evidence.may_replace(frm)) {
			frm.add_custom_button(__("Replace File"), () => p2ham.evidence.replace_file(frm));
		}
		if (is_link) {
			frm.add_custom_button(__("Check Link"), async () => {
				await frappe.xcall("p2ham.api.evidence.check_link", { name: frm.doc.name });
				frappe.show_alert(__("The address is being asked. Load the form again in a moment."));
			});
		}
		const may_see_downloads = ["P2HAM Verifier", "Kabag Hukum", "OPD Head"].some((role) => frappe.user.has_role(role));
		if (frm.doc.contains_personal_data && may_see_downloads) {
			frm.add_custom_button(__("Downloads"), () => p2ham.evidence.show_downloads(frm), __("View"));
		}
		if (p2ham.evidence.may_clear(frm) && p2ham.evidence.has_findings(frm)) {
			frm.add_custom_button(__("It Is No Personal Data"), () => p2ham.evidence.clear_findings(frm));
		}
	},

	async show_downloads(frm) {
		const rows = await frappe.xcall("p2ham.api.evidence.downloads", { name: frm.doc.name });
		const esc = frappe.utils.escape_html;
		const entries = rows.map((row) => `<tr><td>${esc(frappe.datetime.str_to_user(row.on))}</td><td>${esc(row.full_name)}</td></tr>`);
		frappe.msgprint({
			title: __("Downloads"),
			message: entries.length
				? `<table class="table table-sm"><tbody>${entries.join("")}</tbody></table>`
				: __("Nobody has opened this document since it was flagged."),
		});
	},

	replace_file(frm) {
		p2ham.upload_evidence({
			target: { evidence: frm.doc.name },
			title: frm.doc.title,
			about: {
				...frm.doc,
				contains_personal_data: (frm.doc.findings || []).length ? 0 : frm.doc.contains_personal_data,
			},
			...frm.p2ham_limits,
			multiple: false,
			on_done: () => frm.reload_doc(),
		});
	},

	clear_findings(frm) {
		frappe.prompt(
			[
				{
					fieldname: "note",
					fieldtype: "Small Text",
					label: __("Why It Is No Personal Data"),
					reqd: 1,
				},
			],
			async ({ note }) => {
				await frappe.xcall("p2ham.api.evidence.clear_findings", { name: frm.doc.name, note });
				frm.reload_doc();
			},
			__("It Is No Personal Data"),
			__("Confirm")
		);
	},

	may_replace(frm) {
		return Boolean(frm.perm[0] && frm.perm[0].write);
	},

	// Not who answers for the unit itself; the server looks at the duties of the day.
	may_clear(frm) {
		const judges = ["P2HAM Verifier", "Kabag Hukum"].some((role) => frappe.user.has_role(role));
		return judges && !p2ham.evidence.may_replace(frm);
	},

	has_findings(frm) {
		return (frm.doc.findings || []).length && !frm.doc.cleared_by;
	},

	// To each what he can do about it, which for most readers is nothing.
	show_findings(frm) {
		if (!p2ham.evidence.has_findings(frm)) return;
		const told = [
			__("Personal data were found in this file (see below). It is hidden from observers, and each download is logged."),
		];
		if (p2ham.evidence.may_replace(frm)) {
			told.push(__("Replace it by a copy in which they are covered, or keep it flagged."));
		} else if (p2ham.evidence.may_clear(frm)) {
			told.push(__("If none of it is personal data, say so with a reason."));
		}
		frm.set_intro(told.join(" "), "orange");
	},

	// Where the document is used: the assessments that the user may see.
	async show_uses(frm) {
		const name = frm.doc.name;
		const uses = await frappe.xcall("p2ham.api.evidence.uses", { name });
		if (frm.doc.name !== name) return;
		const $wrapper = frm.fields_dict.uses.$wrapper;
		$wrapper.html(uses.length ? p2ham.evidence.uses_html(uses) : `<p class="text-muted">${__("Not used by any assessment yet.")}</p>`);
	},

	uses_html(uses) {
		const esc = frappe.utils.escape_html;
		const colours = { Accepted: "green", Returned: "orange" };
		const rows = uses.map(
			(use) => `<tr>
				<td>${use.assessment_year}</td>
				<td><a href="${esc(frappe.utils.get_form_link("P2HAM Assessment", use.assessment))}">${esc(use.opd_name)}</a></td>
				<td><b>${esc(use.code)}</b> ${esc(use.title)}<br><span class="p2ham-hint">${esc(use.slot)}</span></td>
				<td>${esc(__(use.workflow_state))}</td>
				<td>${use.revision || ""}</td>
				<td>${
					use.verification === "Pending"
						? ""
						: `<span class="p2ham-pill p2ham-${colours[use.verification]}">${esc(__(use.verification))}</span>`
				} ${esc(use.note)}</td>
			</tr>`
		);
		const heads = [__("Year"), __("Unit"), __("Indicator"), __("State"), __("Revision"), __("Verification")];
		return `<div class="p2ham-uses"><table class="table table-sm">
			<thead><tr>${heads.map((head) => `<th>${head}</th>`).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
	},
});
