// The dialog around a handout (p2ham/paper/prepared_files.py): what it will hold, how far it has come, and where to get it. What is in
// it and whether it is there already, the server says.

import { mark } from "../desk/mark.js";
import { esc } from "../desk/text.js";

const POLL = 1500; // milliseconds

// A subclass has `ask(door, type)`, `download()`, `content_html(report)` and the words of `step(report)`.
export class HandoutDialog {
	constructor({ title, css }) {
		this.dialog = new frappe.ui.Dialog({
			title,
			fields: [{ fieldname: "body", fieldtype: "HTML" }],
		});
		this.dialog.onhide = () => clearTimeout(this.timer);
		this.$body = this.dialog.get_field("body").$wrapper.addClass(css);
	}

	get label() {
		return __("Download");
	}

	// Frappe shows what the server says when it refuses, and rejects.
	async call(method, args, type) {
		const answer = await mark.until(frappe.call({ method, args, type }));
		return answer.message;
	}

	async open() {
		this.draw(await this.ask("state"));
		this.dialog.show();
	}

	async prepare() {
		this.busy(true);
		try {
			this.follow(await this.ask("prepare", "POST"));
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
			const report = await this.ask("state");
			// The content has become another one while it was made: what is asked for is not begun yet.
			if (report.state === "none") return this.prepare();
			this.follow(report);
		} catch (error) {
			this.draw_lost();
			throw error;
		}
	}

	is_under_way(report) {
		return ["waiting", "building"].includes(report.state);
	}

	// Frappe's own way only makes it look so.
	busy(is_busy) {
		this.dialog.get_primary_btn().prop("disabled", is_busy);
	}

	draw(report) {
		this.$body
			.attr("data-state", report.state)
			.html(`${this.content_html(report)}${this.progress_html(report)}`);
		const label = report.state === "failed" ? __("Try Again") : this.label;
		this.dialog.set_primary_action(label, () => this.prepare());
		this.busy(this.is_under_way(report) || !report.total);
	}

	draw_lost() {
		this.$body.append(
			`<p class="p2ham-callout p2ham-orange">${__("The server did not answer. Try again.")}</p>`
		);
		this.dialog.set_primary_action(__("Try Again"), () => this.prepare());
		this.busy(false);
	}

	progress_html(report) {
		if (report.state === "failed") {
			return `<p class="p2ham-callout p2ham-red" role="alert">${esc(report.message)}</p>`;
		}
		if (report.state === "ready") {
			return `<p class="p2ham-hint">${__("It is ready.")}</p>`;
		}
		if (!this.is_under_way(report)) return "";
		const done = cint(report.done);
		const percent = report.total ? Math.floor((100 * done) / report.total) : 0;
		const text =
			report.state === "waiting" ? __("Waiting for the server to begin...") : this.step(report);
		return `<div class="progress" role="progressbar" aria-valuemin="0" aria-valuemax="100"
				aria-valuenow="${percent}"><div class="progress-bar" style="width: ${percent}%"></div></div>
			<p class="p2ham-hint">${esc(text)}</p>
			<p class="p2ham-hint">${__("You may close this window and come back: it is kept for a day.")}</p>`;
	}
}
