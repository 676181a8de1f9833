// "Print as One PDF": the sheets of the assessments selected in the list (p2ham.api.bundle).

import { esc } from "../desk/text.js";
import { HandoutDialog } from "./dialog.js";

const MOST = 500; // as p2ham.documents.bundle

export class DocumentBundle extends HandoutDialog {
	static print(names) {
		if (names.length > MOST) {
			frappe.msgprint({
				title: __("Too Many Sheets"),
				message: __("At most {0} sheets become one PDF; {1} are selected.", [MOST, names.length]),
				indicator: "orange",
			});
			return;
		}
		return new DocumentBundle(names).open();
	}

	constructor(names) {
		super({ title: __("Print as One PDF"), css: "p2ham-bundle" });
		this.names = names;
	}

	get label() {
		return __("Make the PDF");
	}

	ask(door) {
		return this.call(`p2ham.api.bundle.${door}`, { names: this.names }, "POST");
	}

	// By POST: the names of hundreds of sheets are too long for an address.
	download() {
		open_url_post("/api/method/p2ham.api.bundle.download", { names: this.names });
	}

	content_html({ total, left_out }) {
		const lines = [
			total
				? __(
						"{0} assessment sheets in the order of the units' names, each with its own page numbers.",
						[total]
					)
				: __("None of these sheets can be printed."),
		].map((text) => `<p>${esc(text)}</p>`);
		if (left_out.length) {
			const rows = left_out.map(({ name, reason }) => `<li>${esc(name)}: ${esc(reason)}</li>`);
			lines.push(
				`<div class="p2ham-callout p2ham-orange">${esc(__("Left out:"))}
					<ul style="max-height: 30vh; overflow-y: auto">${rows.join("")}</ul></div>`
			);
		}
		return lines.join("");
	}

	step({ done, total }) {
		return done < total ? __("{0} of {1} sheets set", [done, total]) : __("Writing the file...");
	}
}
