// What the scripts of forms and lists begin, by its name on `p2ham`. Each comes with its bundle on its first use, so each
// returns a promise.
//
//   p2ham.worksheet(frm)                     the sheet of an assessment (worksheet/worksheet.js); afterwards frm.p2ham_worksheet
//   p2ham.compare(frm)                       an assessment beside an earlier one
//   p2ham.download_evidence(frm)             its evidence as one ZIP
//   p2ham.print_together(names)              many sheets as one PDF
//   p2ham.show_signed_copies(frm)            what was signed of it
//   p2ham.upload_evidence(options)           evidence/upload.js says which
//   p2ham.suggest_follow_ups(frm)            of an assessment, a result of KKP HAM or guidance
//   p2ham.offer_follow_ups(frm, counts)      the headline that leads to them (at once)
//   p2ham.show_structure(frm)                the tree of an instrument
//   p2ham.import_instrument(options)         {replaces, on_imported(name)}
//   p2ham.import_results(options)            {on_imported()}
//   p2ham.show_standing(frm)                 where a result of KKP HAM stands

import { load } from "./load.js";

export async function worksheet(frm) {
	const { Worksheet } = await load("worksheet");
	return Worksheet.of(frm);
}

export async function compare(frm) {
	const { Comparison } = await load("comparison");
	return Comparison.open(frm);
}

export async function download_evidence(frm) {
	const { EvidencePackage } = await load("handout");
	return new EvidencePackage(frm).open();
}

export async function print_together(names) {
	const { DocumentBundle } = await load("handout");
	return DocumentBundle.print(names);
}

export async function show_signed_copies(frm) {
	const { SignedCopies } = await load("signed_copies");
	return SignedCopies.show(frm);
}

export async function upload_evidence(options) {
	const { EvidenceUpload } = await load("evidence");
	return new EvidenceUpload(options);
}

export async function suggest_follow_ups(frm) {
	if (frm.is_dirty()) {
		frappe.msgprint(__("Save the form first."));
		return;
	}
	const source = { doctype: frm.doctype, name: frm.doc.name };
	const [{ FollowUpDialog }, data] = await Promise.all([
		load("follow_ups"),
		frappe.xcall("p2ham.api.follow_up.suggest", source),
	]);
	new FollowUpDialog({ source, data, on_done: () => frm.reload_doc() });
}

// On an approved assessment, for Bagian Hukum: how much is not fully met, and the way to follow it up.
// `counts`: {unmet, followed}, null for everybody else.
export function offer_follow_ups(frm, counts) {
	frm.set_intro("");
	if (!counts || !counts.unmet) return;
	frm.set_intro(
		counts.unmet === 1
			? __("1 indicator is not fully met; {0} has a follow-up.", [counts.followed])
			: __("{0} indicators are not fully met; {1} have a follow-up.", [counts.unmet, counts.followed]),
		counts.followed < counts.unmet ? "blue" : "green"
	);
	frm.add_custom_button(__("Suggest Follow-ups"), () => suggest_follow_ups(frm));
}

export async function show_structure(frm) {
	const { InstrumentStructure } = await load("instrument");
	return InstrumentStructure.of(frm).refresh();
}

export async function import_instrument(options) {
	const { InstrumentImport } = await load("imports");
	return new InstrumentImport(options);
}

export async function import_results(options) {
	const { KkphamImport } = await load("imports");
	return new KkphamImport(options);
}

export async function show_standing(frm) {
	const { KkphamStanding } = await load("kkpham");
	return KkphamStanding.show(frm);
}
