// The invitation to a meeting, its change and its being taken back: whom it goes to is shown before it goes.

import { esc } from "../desk/text.js";
import { read } from "./door.js";

export class Invitation {
	constructor(frm) {
		this.frm = frm;
	}

	async open() {
		const plan = await read("preview_invitation", { name: this.frm.doc.name });
		const count = plan.invited.length + plan.dropped.length;
		const action = {
			primary_action_label: __("Send to {0}", [count]),
			primary_action: () => this.send(dialog),
		};
		const dialog = new frappe.ui.Dialog({
			title: __("Send Invitation"),
			fields: [{ fieldname: "shown", fieldtype: "HTML", options: this.html(plan) }],
			...(count && !plan.no_account ? action : {}),
		});
		dialog.show();
	}

	html(plan) {
		const who = ({ name, address }) => `${esc(name)} &lt;${esc(address)}&gt;`;
		const texts = (names) => names.map((name) => esc(name));
		const refusal = plan.no_account && `<p class="text-danger">${esc(plan.no_account)}</p>`;
		return [
			refusal || "",
			this.block(__("The invitation goes to"), plan.invited.filter((each) => !each.again).map(who)),
			this.block(__("The change goes to"), plan.invited.filter((each) => each.again).map(who)),
			this.block(__("It is taken back from"), texts(plan.dropped)),
			this.block(__("Have it already"), texts(plan.have)),
			this.block(__("Without an e-mail address"), texts(plan.unreached)),
			this.block(__("Not an e-mail address"), texts(plan.invalid)),
		].join("");
	}

	block(title, lines) {
		if (!lines.length) return "";
		return `<h5>${title}</h5><ul>${lines.map((line) => `<li>${line}</li>`).join("")}</ul>`;
	}

	async send(dialog) {
		const { name } = this.frm.doc;
		const sent = await frappe.xcall("p2ham.api.guidance.send_invitation", { name });
		dialog.hide();
		await p2ham.GuidanceForm.of(this.frm).reload_and_tell(__("E-mails on their way: {0}", [sent]));
	}
}
