// The report of a quarter: its figures are frozen when it is made, taken anew by a button, and final once it was sent.

frappe.ui.form.on("P2HAM Quarterly Report", {
	setup(frm) {
		frm.set_query("period", () => ({ filters: { family: "P2HAM", status: ["!=", "Draft"] } }));
	},

	onload(frm) {
		if (frm.is_new()) p2ham_choose_quarter(frm);
	},

	refresh(frm) {
		p2ham_show_figures(frm);
		frm.set_intro("");
		if (frm.is_new()) return;
		p2ham.documents.add_buttons(frm, { "Quarterly Report": "quarterly_report" });
		if (frm.doc.status === "Sent") {
			frm.disable_form();
			return;
		}
		const missing = ["number", "report_date", "addressee"].filter((field) => !frm.doc[field]);
		if (missing.length) {
			const names = missing.map((field) => __(frm.get_docfield(field).label)).join(", ");
			frm.set_intro(__("Still missing in the letter: {0}", [names]), "orange");
		}
		if (!frm.perm[0].write) return;
		frm.add_custom_button(__("Refresh Figures"), () => p2ham_refresh_figures(frm));
		frm.add_custom_button(__("Mark as Sent"), () => p2ham_mark_as_sent(frm));
	},
});

// The quarter before today's, and the newest period of its year or of one before.
async function p2ham_choose_quarter(frm) {
	if (!frm.doc.year) {
		const [year, month] = frappe.datetime.get_today().split("-").map(Number);
		const quarter = Math.ceil(month / 3) - 1;
		frm.set_value({ year: quarter ? year : year - 1, quarter: String(quarter || 4) });
	}
	if (frm.doc.period) return;
	const [newest] = await frappe.db.get_list("P2HAM Period", {
		filters: { family: "P2HAM", status: ["!=", "Draft"] },
		order_by: "assessment_year desc, fill_from desc",
		limit: 1,
	});
	if (newest && frm.is_new() && !frm.doc.period) frm.set_value("period", newest.name);
}

function p2ham_refresh_figures(frm) {
	if (frm.is_dirty()) {
		frappe.msgprint(__("Save the report first."));
		return;
	}
	frappe.confirm(__("Take the figures as they are now? Those in the report are replaced."), async () => {
		await frappe.xcall("p2ham.api.quarterly_report.refresh_figures", { report: frm.doc.name });
		await frm.reload_doc();
		frappe.show_alert({ message: __("Figures refreshed"), indicator: "green" });
	});
}

function p2ham_mark_as_sent(frm) {
	if (frm.is_dirty()) {
		frappe.msgprint(__("Save the report first."));
		return;
	}
	frappe.confirm(__("Was the letter sent? Nothing of this report can be changed or deleted afterwards."), async () => {
		await frappe.xcall("p2ham.api.quarterly_report.mark_as_sent", { report: frm.doc.name });
		frm.reload_doc();
	});
}

// The main figures that are frozen in it; all of them stand in the letter.
function p2ham_show_figures(frm) {
	const place = frm.get_field("figures_view").$wrapper;
	if (!frm.doc.figures) {
		place.html(`<p class="text-muted">${__("The figures are taken when the report is saved for the first time.")}</p>`);
		return;
	}
	const { counts, reached, mean } = JSON.parse(frm.doc.figures);
	const figures = [
		[__("Units Taking Part"), counts.taking_part],
		[__("Begun"), reached.Draft],
		[__("Submitted"), reached.Submitted],
		[__("Reviewed"), reached.Reviewed],
		[__("Approved"), reached.Approved],
		[__("Mean Verified Score"), mean === null ? "–" : format_number(mean, null, 2)],
		[__("Follow-ups Not Closed"), counts.follow_ups_open],
	];
	const shown = figures.map(([label, value]) => `<div><span class="p2ham-label">${label}</span> <b>${value}</b></div>`);
	place.html(`<div class="p2ham-summary">${shown.join("")}</div>`);
}
