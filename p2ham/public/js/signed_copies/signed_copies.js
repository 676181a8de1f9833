// What was signed, on the form of an approved assessment: the copies that are kept, and keeping another one.

import { mark } from "../desk/mark.js";
import { pill } from "../desk/pill.js";
import { send } from "../desk/send.js";
import { esc } from "../desk/text.js";

const DOOR = "p2ham.api.signed_copy";
const SHORT_HASH = 16;
const MEGABYTE = 1024 * 1024;

function row_html(copy) {
	const marks = [
		copy.electronic && pill(__("electronic, not verified here"), "blue"),
		!copy.current && pill(__("replaced"), "gray"),
	];
	return `<tr>
		<td>${esc(frappe.datetime.str_to_user(copy.signed_on || copy.added_on.slice(0, 10)))}</td>
		<td><a href="${esc(encodeURI(copy.file))}" target="_blank" rel="noopener">${esc(copy.document)}</a>
			${marks.filter(Boolean).join(" ")}${copy.note ? `<div class="text-muted small">${esc(copy.note)}</div>` : ""}</td>
		<td><a href="${frappe.utils.get_form_link("P2HAM Signed Copy", copy.name)}" title="${esc(copy.sha256)}"><code>${esc(
			copy.sha256.slice(0, SHORT_HASH)
		)}</code></a></td>
	</tr>`;
}

export class SignedCopies {
	constructor(frm, data) {
		Object.assign(this, { frm, data });
	}

	static async show(frm) {
		const name = frm.doc.name;
		const data = await mark.until(frappe.xcall(`${DOOR}.get_signed_copies`, { assessment: name }));
		if (frm.doc.name !== name) return; // another form has taken its place
		const shown = new SignedCopies(frm, data);
		shown.list();
		if (data.may_add) frm.add_custom_button(__("Keep Signed Copy…"), () => shown.ask(), __("Print"));
	}

	list() {
		this.frm.dashboard.parent?.find?.(".p2ham-signed-copies").remove();
		if (!this.data.copies.length) return;
		this.frm.dashboard.add_section(
			`<table class="table table-sm" style="margin: 0"><thead><tr>
				<th>${__("Date")}</th><th>${__("Document")}</th><th>${__("SHA-256")}</th>
			</tr></thead><tbody>${this.data.copies.map(row_html).join("")}</tbody></table>`,
			__("Signed Copies"),
			"p2ham-signed-copies"
		);
		this.frm.dashboard.show();
	}

	ask() {
		const accepted = this.data.types.map((type) => `.${type}`).join(",");
		const most = this.data.max_mb ? __("{0} MB at most", [this.data.max_mb]) : "";
		this.dialog = new frappe.ui.Dialog({
			title: __("Keep Signed Copy"),
			fields: [
				{
					fieldname: "document",
					fieldtype: "Select",
					label: __("Document"),
					options: ["", ...this.data.documents],
					reqd: 1,
				},
				{ fieldname: "file", fieldtype: "HTML" },
				{ fieldname: "signed_on", fieldtype: "Date", label: __("Signed On") },
				{
					fieldname: "electronic",
					fieldtype: "Check",
					label: __("Signed electronically (certificate)"),
					description: __("As you say: the certificate is not verified here."),
				},
				{ fieldname: "note", fieldtype: "Small Text", label: __("Note") },
				{
					fieldname: "warning",
					fieldtype: "HTML",
					options: `<p class="text-muted small">${__(
						"A signed copy stays for good: nobody changes or deletes it. A newer one of the same document stands before it."
					)}</p>`,
				},
			],
			primary_action_label: __("Keep"),
			primary_action: (values) => mark.until(this.keep(values)),
		});
		this.$file = $(`<div class="form-group"><label class="control-label reqd">${__("File")}</label>
			<input type="file" accept="${esc(accepted)}" style="display: block">
			<p class="help-box small text-muted">${esc(this.data.types.map((type) => type.toUpperCase()).join(", "))}${
				most ? `, ${esc(most)}` : ""
			}. ${__("Stored as it is, not one byte changed.")}</p></div>`);
		this.dialog.fields_dict.file.$wrapper.empty().append(this.$file);
		this.dialog.show();
	}

	async keep(values) {
		const [file] = this.$file.find("input").get(0).files;
		if (!file) return frappe.msgprint(__("Choose the file first."));
		if (this.data.max_mb && file.size > this.data.max_mb * MEGABYTE) {
			return frappe.msgprint(__("The file is larger than {0} MB.", [this.data.max_mb]));
		}
		this.dialog.disable_primary_action();
		try {
			const { document, signed_on, electronic, note } = values;
			const assessment = this.frm.doc.name;
			await send(`${DOOR}.keep`, {
				document,
				signed_on,
				electronic: electronic ? 1 : 0,
				note,
				assessment,
				file,
			});
			this.dialog.hide();
			frappe.show_alert({ message: __("The signed copy is kept."), indicator: "green" });
			this.frm.reload_doc();
		} catch (refusal) {
			this.refused(refusal);
		} finally {
			this.dialog.enable_primary_action();
		}
	}

	refused(refusal) {
		if (refusal.status) return refusal.show(__("Not Kept"));
		frappe.msgprint(__("The connection broke off. Nothing was stored; try again."));
	}
}
