// Bagian Hukum writes guidance; a unit asks for it, and changes its request until somebody has answered.

frappe.provide("p2ham");

const P2HAM_REQUEST = "Request for Guidance";
const P2HAM_OF_BAGIAN_HUKUM = [
	"kind",
	"status",
	"outcome",
	"minutes_number",
	"chair",
	"chair_position",
	"chair_nip",
	"note_taker",
	"note_taker_position",
	"note_taker_nip",
];

p2ham.is_bagian_hukum = () => ["P2HAM Verifier", "Kabag Hukum"].some((role) => frappe.user.has_role(role));

frappe.ui.form.on("P2HAM Guidance", {
	setup(frm) {
		frm.set_query("opd", "participants", () => ({ filters: { is_active: 1 } }));
	},

	onload(frm) {
		if (!frm.is_new()) return;
		if (!p2ham.is_bagian_hukum()) frm.set_value("kind", P2HAM_REQUEST);
		// The desk fills empty times with that of the clock; those of a copied meeting are real and differ.
		if (frm.doc.start_time === frm.doc.end_time) frm.set_value({ start_time: null, end_time: null });
	},

	refresh(frm) {
		if (!p2ham.is_bagian_hukum()) {
			P2HAM_OF_BAGIAN_HUKUM.forEach((field) => frm.set_df_property(field, "read_only", 1));
			if (!frm.is_new() && frm.doc.status !== "Requested") frm.disable_form();
		}
		if (frm.is_new()) return;
		p2ham.documents.add_buttons(frm, {
			// What was not held has no minutes; of a meeting they are prepared before it.
			...(frm.doc.kind === P2HAM_REQUEST && frm.doc.status !== "Held" ? {} : { Minutes: "minutes" }),
			"Attendance List": "attendance_list",
		});
		frm.add_custom_button(__("Follow-ups"), () =>
			frappe.set_route("List", "P2HAM Follow-up", { guidance: frm.doc.name })
		);
		if (!frappe.model.can_create("P2HAM Follow-up")) return;
		frm.add_custom_button(__("Create Follow-up"), () =>
			frappe.new_doc("P2HAM Follow-up", {
				guidance: frm.doc.name,
				opd: (frm.doc.participants || []).map((row) => row.opd)[0],
			})
		);
	},

	kind(frm) {
		if (!frm.is_new()) return;
		frm.set_value("status", frm.doc.kind === P2HAM_REQUEST ? "Requested" : "Scheduled");
	},
});
