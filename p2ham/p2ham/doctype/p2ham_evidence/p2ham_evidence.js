// The form of a document: its file or address, where it is used, what was found in it.

frappe.provide("p2ham");

p2ham.EvidenceForm = class EvidenceForm extends p2ham.Form {
	setup() {
		this.frm.set_query("opd", () => ({ filters: { is_active: 1 } }));
		// The search in a large file goes on after the form was stored.
		frappe.realtime.on("p2ham_evidence_searched", ({ name }) => {
			if (name === this.doc.name && !this.frm.is_dirty()) this.frm.reload_doc();
		});
	}

	onload() {
		// Stored in English for everybody, e.g. "host unknown".
		frappe.meta.get_docfield("P2HAM Evidence", "link_note", this.frm.docname).formatter = (value) =>
			p2ham.esc(__(value || ""));
	}

	async refresh() {
		this.limits = await this.get_limits();
		this.limit_uploads();
		// A stored file is replaced by its own button, which begins a revision.
		this.frm.set_df_property("file", "read_only", this.frm.is_new() ? 0 : 1);
		for (const table of ["findings", "revisions"]) {
			this.frm.set_df_property(table, "cannot_add_rows", 1);
			this.frm.set_df_property(table, "cannot_delete_rows", 1);
		}
		this.frm.set_intro("");
		if (this.frm.is_new()) return;
		this.add_buttons();
		this.show_findings();
		await this.show_uses();
	}

	contains_personal_data() {
		if (!this.doc.contains_personal_data) return;
		frappe.show_alert({
			message: __(
				"Cover what the indicator does not need. A document marked so is not shown to observers."
			),
			indicator: "orange",
		});
	}

	// ---------------------------------------------------------------- its file

	async get_limits() {
		const fields = ["evidence_types", "evidence_max_mb"];
		const answer = await frappe.db.get_value("P2HAM Settings", "P2HAM Settings", fields);
		const { evidence_types, evidence_max_mb } = answer?.message || {};
		const types = (evidence_types || "").split(/[,\n]/).map((type) => type.trim());
		return { types: types.filter(Boolean), max_mb: cint(evidence_max_mb) };
	}

	// Evidence is private: the uploader offers nothing else. The server refuses the rest in any case.
	limit_uploads() {
		const { types, max_mb } = this.limits;
		const file_types = types.map((type) => type.toUpperCase()).join(", ");
		this.frm.fields_dict.file.df.options = {
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
	}

	replace_file() {
		const found = (this.doc.findings || []).length;
		p2ham.upload_evidence({
			target: { evidence: this.doc.name },
			title: this.doc.title,
			about: {
				...this.doc,
				contains_personal_data: found ? 0 : this.doc.contains_personal_data,
			},
			...this.limits,
			multiple: false,
			on_done: () => this.frm.reload_doc(),
		});
	}

	// ---------------------------------------------------------------- buttons

	add_buttons() {
		const is_link = this.doc.kind === "Link";
		this.add_open_button(is_link);
		if (!is_link && this.may_write) {
			this.frm.add_custom_button(__("Replace File"), () => this.replace_file());
		}
		if (is_link) this.frm.add_custom_button(__("Check Link"), () => this.check_link());
		if (this.doc.contains_personal_data && this.may_see_downloads()) {
			this.frm.add_custom_button(__("Downloads"), () => this.show_downloads(), __("View"));
		}
		if (this.may_clear() && this.has_findings()) {
			this.frm.add_custom_button(__("It Is No Personal Data"), () => this.clear_findings());
		}
	}

	add_open_button(is_link) {
		const { url, file } = this.doc;
		const address = is_link ? url : file;
		if (!/^(https?:\/\/|\/private\/files\/)/i.test(address || "")) return;
		const in_path = (text) => text.replace(/[%#?]/g, encodeURIComponent);
		const safe = is_link ? address : in_path(address);
		this.frm.add_custom_button(is_link ? __("Open Link") : __("Open File"), () =>
			window.open(safe, "_blank", "noopener")
		);
	}

	async check_link() {
		await frappe.xcall("p2ham.api.evidence.check_link", { name: this.doc.name });
		frappe.show_alert(__("The address is being asked. Load the form again in a moment."));
	}

	may_see_downloads() {
		return p2ham.holds("bagian_hukum", "opd_head");
	}

	async show_downloads() {
		const rows = await frappe.xcall("p2ham.api.evidence.downloads", { name: this.doc.name });
		const cell = (text) => `<td>${p2ham.esc(text)}</td>`;
		const entries = rows.map(
			(row) => `<tr>${cell(frappe.datetime.str_to_user(row.on))}${cell(row.full_name)}</tr>`
		);
		frappe.msgprint({
			title: __("Downloads"),
			message: entries.length
				? `<table class="table table-sm"><tbody>${entries.join("")}</tbody></table>`
				: __("Nobody has opened this document since it was flagged."),
		});
	}

	// ---------------------------------------------------------------- what was found in it

	has_findings() {
		return (this.doc.findings || []).length && !this.doc.cleared_by;
	}

	// Not who answers for the unit itself; the server looks at the duties of the day.
	may_clear() {
		return p2ham.holds("bagian_hukum") && !this.may_write;
	}

	// To each what they can do about it, which for most readers is nothing.
	show_findings() {
		if (!this.has_findings()) return;
		const told = [
			__(
				"Personal data were found in this file (see below). It is hidden from observers, and each download is logged."
			),
		];
		if (this.may_write) {
			told.push(__("Replace it by a copy in which they are covered, or keep it flagged."));
		} else if (this.may_clear()) {
			told.push(__("If none of it is personal data, say so with a reason."));
		}
		this.frm.set_intro(told.join(" "), "orange");
	}

	clear_findings() {
		const field = {
			fieldname: "note",
			fieldtype: "Small Text",
			label: __("Why It Is No Personal Data"),
			reqd: 1,
		};
		const clear = async ({ note }) => {
			await frappe.xcall("p2ham.api.evidence.clear_findings", { name: this.doc.name, note });
			this.frm.reload_doc();
		};
		frappe.prompt([field], clear, __("It Is No Personal Data"), __("Confirm"));
	}

	// ---------------------------------------------------------------- where it is used

	// The assessments that the user may see.
	show_uses() {
		const asked = frappe.xcall("p2ham.api.evidence.uses", { name: this.doc.name });
		return this.when_here(asked, (uses) => {
			const none = `<p class="text-muted">${__("Not used by any assessment yet.")}</p>`;
			this.frm.fields_dict.uses.$wrapper.html(uses.length ? this.uses_html(uses) : none);
		});
	}

	uses_html(uses) {
		const heads = [
			__("Year"),
			__("Unit"),
			__("Indicator"),
			__("State"),
			__("Revision"),
			__("Verification"),
		];
		return `<div class="p2ham-uses"><table class="table table-sm">
			<thead><tr>${heads.map((head) => `<th>${head}</th>`).join("")}</tr></thead>
			<tbody>${uses.map((use) => this.use_html(use)).join("")}</tbody></table></div>`;
	}

	use_html(use) {
		const { esc } = p2ham;
		const address = frappe.utils.get_form_link("P2HAM Assessment", use.assessment);
		const colour = { Accepted: "green", Returned: "orange" }[use.verification];
		const verification = use.verification === "Pending" ? "" : p2ham.pill(__(use.verification), colour);
		return `<tr>
			<td>${use.assessment_year}</td>
			<td><a href="${esc(address)}">${esc(use.opd_name)}</a></td>
			<td><b>${esc(use.code)}</b> ${esc(use.title)}<br><span class="p2ham-hint">${esc(use.slot)}</span></td>
			<td>${esc(__(use.workflow_state))}</td>
			<td>${use.revision || ""}</td>
			<td>${verification} ${esc(use.note)}</td>
		</tr>`;
	}
};

frappe.ui.form.on(
	"P2HAM Evidence",
	p2ham.EvidenceForm.events("setup", "onload", "refresh", "contains_personal_data")
);
