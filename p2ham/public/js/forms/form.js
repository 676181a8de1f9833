// What the forms of the app have in common: each has a class with one object per form of the desk, whose methods are its
// events. The script of a form is evaluated again whenever its meta is loaded again, so a class is a property of `p2ham`
// and nothing stands at the top of such a script by a name of its own.
//
//   p2ham.PeriodForm = class PeriodForm extends p2ham.Form { refresh() { ... } };
//   frappe.ui.form.on("P2HAM Period", p2ham.PeriodForm.events("refresh"));

export class Form {
	constructor(frm) {
		this.frm = frm;
	}

	// The same one also for a script that was evaluated again: Frappe keeps the handlers of both.
	static of(frm) {
		frm.p2ham_form = frm.p2ham_form || new this(frm);
		return frm.p2ham_form;
	}

	// These methods as Frappe calls events; for those of a row it hands over the row's DocType and its name.
	static events(...names) {
		const handler =
			(name) =>
			(frm, ...row) =>
				this.of(frm)[name](...row);
		return Object.fromEntries(names.map((name) => [name, handler(name)]));
	}

	get doc() {
		return this.frm.doc;
	}

	get may_write() {
		return Boolean(this.frm.perm[0] && this.frm.perm[0].write);
	}

	// What comes of an answer of the server, unless the form shows another document by then.
	async when_here(promise, then) {
		const { name } = this.doc;
		const answer = await promise;
		return this.doc.name === name ? then(answer) : undefined;
	}

	// What works on the stored document waits until it is the one on the screen.
	if_saved(words, then) {
		return this.frm.is_dirty() ? frappe.msgprint(words) : then();
	}

	// Frappe returns no button where one of this label is there already.
	add_primary_button(label, action) {
		const button = this.frm.add_custom_button(label, action);
		if (button) button.removeClass("btn-default").addClass("btn-primary");
	}

	// A status that is refused must not stay on the screen.
	async save_status(status) {
		const before = this.doc.status;
		const restore = () => this.frm.set_value("status", before);
		await this.frm.set_value("status", status);
		await this.frm.save("Save", (answer) => answer && answer.exc && restore(), null, restore);
	}

	async reload_and_tell(message, indicator = "green") {
		await this.frm.reload_doc();
		frappe.show_alert({ message, indicator });
	}

	show_list(doctype, filters) {
		frappe.set_route("List", doctype, filters);
	}
}

// Resolves when the form is stored; rejects, with Frappe's own message on the screen, when it is not.
export function save_first(frm) {
	if (!frm.is_dirty()) return Promise.resolve();
	return new Promise((resolve, reject) => {
		const answer = () => (frm.is_dirty() ? reject(new Error("not saved")) : resolve());
		frm.save("Save", answer, null, () => reject(new Error("not saved")));
	});
}
