// "Download Evidence": the evidence of an assessment as one ZIP. What is in it, whether it is there already and how far
// it has come, the server says (p2ham.api.package); this is the dialog around it.

frappe.provide("p2ham");

p2ham.EvidencePackage = (() => {
	const POLL = 1500; // milliseconds
	const MB = 1024 * 1024;

	const esc = (text) => frappe.utils.escape_html(text);

	// Frappe shows what the server says when it refuses, and rejects.
	async function ask(method, assessment, type = "GET") {
		const answer = await frappe.call({ method: `p2ham.api.package.${method}`, args: { assessment }, type });
		return answer.message;
	}

	function address(method, values) {
		return `/api/method/${method}?${new URLSearchParams(values)}`;
	}

	// At least a tenth, as "0 MB" would look like nothing.
	function size(bytes) {
		return `${format_number(Math.max(bytes / MB, 0.1), null, 1)} MB`;
	}

	return class EvidencePackage {
		static add_button(frm) {
			frm.add_custom_button(__("Download Evidence"), () => EvidencePackage.open(frm), __("View"));
		}

		static async open(frm) {
			const report = await ask("state", frm.doc.name);
			return new EvidencePackage(frm).show(report);
		}

		constructor(frm) {
			this.frm = frm;
			this.assessment = frm.doc.name;
			this.dialog = new frappe.ui.Dialog({
				title: `${__("Download Evidence")}: ${esc(frm.doc.opd_name || frm.doc.name)}`,
				fields: [{ fieldname: "body", fieldtype: "HTML" }],
			});
			this.dialog.onhide = () => clearTimeout(this.timer);
			this.$body = this.dialog.get_field("body").$wrapper.addClass("p2ham-package");
		}

		show(report) {
			this.draw(report);
			this.dialog.show();
		}

		async prepare() {
			this.busy(true);
			try {
				this.follow(await ask("prepare", this.assessment, "POST"));
			} catch (error) {
				this.busy(false);
				throw error;
			}
		}

		// Asks again until there is something to hand over, as long as the dialog is open.
		follow(report) {
			this.draw(report);
			if (report.state === "ready") return this.download();
			if (this.is_under_way(report) && this.dialog.display) {
				this.timer = setTimeout(() => this.poll(), POLL);
			}
		}

		async poll() {
			try {
				const report = await ask("state", this.assessment);
				// The evidence has become another one while it was packed: what is asked for is not begun yet.
				if (report.state === "none") return this.prepare();
				this.follow(report);
			} catch (error) {
				this.draw_lost();
				throw error;
			}
		}

		// A link that is clicked, not a window: nothing blocks it, and the form stays where it is.
		download() {
			const link = document.createElement("a");
			link.href = address("p2ham.api.package.download", { assessment: this.assessment });
			link.download = "";
			document.body.append(link);
			link.click();
			link.remove();
		}

		is_under_way(report) {
			return ["waiting", "building"].includes(report.state);
		}

		// Frappe's own way only makes it look so.
		busy(is_busy) {
			this.dialog.get_primary_btn().prop("disabled", is_busy);
		}

		draw(report) {
			this.$body.attr("data-state", report.state).html(
				`${this.content_html(report)}${this.progress_html(report)}`
			);
			this.offer(report);
		}

		draw_lost() {
			this.$body.append(
				`<p class="p2ham-callout p2ham-orange">${__("The server did not answer. Try again.")}</p>`
			);
			this.dialog.set_primary_action(__("Try Again"), () => this.prepare());
			this.busy(false);
		}

		offer(report) {
			const label = report.state === "failed" ? __("Try Again") : __("Download");
			this.dialog.set_primary_action(label, () => this.prepare());
			this.busy(this.is_under_way(report) || !report.total);
		}

		content_html({ files, total, size: bytes }) {
			if (!total) return `<p>${__("This assessment has no evidence yet.")}</p>`;
			const lines = [__("{0} documents, {1}, in the order of the instrument, with an index and hashes.", [files, size(bytes)])];
			if (files < total) {
				lines.push(__("{0} are left out; the index names them and the reason.", [total - files]));
			}
			if (this.frm.is_dirty()) lines.push(__("What is not saved yet is not in it."));
			return lines.map((text) => `<p>${esc(text)}</p>`).join("");
		}

		progress_html(report) {
			if (report.state === "failed") {
				return `<p class="p2ham-callout p2ham-red" role="alert">${esc(report.message)}</p>`;
			}
			if (report.state === "ready") {
				return `<p class="p2ham-hint">${__("The package is ready.")}</p>`;
			}
			if (!this.is_under_way(report)) return "";
			const done = cint(report.done);
			const percent = report.total ? Math.floor((100 * done) / report.total) : 0;
			const text =
				report.state === "waiting"
					? __("Waiting for the server to begin...")
					: done < report.total
					? __("{0} of {1} documents packed", [done, report.total])
					: __("Writing the index...");
			return `<div class="progress" role="progressbar" aria-valuemin="0" aria-valuemax="100"
					aria-valuenow="${percent}"><div class="progress-bar" style="width: ${percent}%"></div></div>
				<p class="p2ham-hint">${esc(text)}</p>
				<p class="p2ham-hint">${__("You may close this window and come back: it is kept for a day.")}</p>`;
		}
	};
})();
