// "Download Evidence": the evidence of an assessment as one ZIP (p2ham.api.package).

import { esc } from "../desk/text.js";
import { HandoutDialog } from "./dialog.js";

const MB = 1024 * 1024;

// At least a tenth, as "0 MB" would look like nothing.
function size(bytes) {
	return `${format_number(Math.max(bytes / MB, 0.1), null, 1)} MB`;
}

export class EvidencePackage extends HandoutDialog {
	constructor(frm) {
		super({
			title: `${__("Download Evidence")}: ${esc(frm.doc.opd_name || frm.doc.name)}`,
			css: "p2ham-package",
		});
		this.frm = frm;
		this.assessment = frm.doc.name;
	}

	ask(door, type = "GET") {
		return this.call(`p2ham.api.package.${door}`, { assessment: this.assessment }, type);
	}

	// A link that is clicked, not a window: nothing blocks it, and the form stays where it is.
	download() {
		const values = new URLSearchParams({ assessment: this.assessment });
		const link = document.createElement("a");
		link.href = `/api/method/p2ham.api.package.download?${values}`;
		link.download = "";
		document.body.append(link);
		link.click();
		link.remove();
	}

	content_html({ files, total, size: bytes }) {
		if (!total) return `<p>${__("This assessment has no evidence yet.")}</p>`;
		const lines = [
			__("{0} documents, {1}, in the order of the instrument, with an index and hashes.", [
				files,
				size(bytes),
			]),
		];
		if (files < total) {
			lines.push(__("{0} are left out; the index names them and the reason.", [total - files]));
		}
		if (this.frm.is_dirty()) lines.push(__("What is not saved yet is not in it."));
		return lines.map((text) => `<p>${esc(text)}</p>`).join("");
	}

	step({ done, total }) {
		return done < total ? __("{0} of {1} documents packed", [done, total]) : __("Writing the index...");
	}
}
