// Which of the user's duties a form asks for before the server does.
//
//   p2ham.is_bagian_hukum()        in a form script

const BAGIAN_HUKUM = ["P2HAM Verifier", "Kabag Hukum"];

const holds = (duties) => duties.some((duty) => frappe.user.has_role(duty));

export const is_bagian_hukum = () => holds(BAGIAN_HUKUM);

// Who prints what compares all units.
export const sees_all_units = () => holds([...BAGIAN_HUKUM, "Sekda", "P2HAM Observer"]);

export const follows_checks = () => holds([...BAGIAN_HUKUM, "OPD Clerk", "OPD Head", "Sekda"]);
