// Which duties somebody has a role of. The names come from the server (p2ham/setup/boot.py); what a script shows by them, the
// server decides once more by the duty that is held today.
//
//   import { holds } from "./duties.js";         in a form script: p2ham.holds
//   holds("bagian_hukum")                        verifier or Kabag Hukum
//   holds("unit_duties", "sekda")                one of several
//
// opd_clerk, opd_head, verifier, kabag_hukum, sekda, observer, manager; together unit_duties, regency_duties, bagian_hukum

export function holds(...names) {
	const { duties } = frappe.boot.p2ham;
	return names.some((name) => {
		if (!duties[name]) throw new Error(`no duty ${name}`);
		return duties[name].some((role) => frappe.user.has_role(role));
	});
}
