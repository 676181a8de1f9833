// Figures and days as people read them, and fields that grow with their text.

export const two_decimals = (number) => format_number(number || 0, null, 2);

// "17 Aug 2024", in the reader's language.
export function date_text(date) {
	if (!date) return "";
	const [year, month, day] = String(date).slice(0, 10).split("-").map(Number);
	// Day before month in English too, as everywhere else in the regency's papers.
	const language = !frappe.boot.lang || frappe.boot.lang === "en" ? "en-GB" : frappe.boot.lang;
	return new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "numeric" }).format(
		new Date(year, month - 1, day)
	);
}

export function fit_height(textarea) {
	textarea.style.height = "auto";
	textarea.style.height = `${textarea.scrollHeight + 2}px`;
}
