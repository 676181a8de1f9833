// What counts as an answer, as HTML.

import { esc } from "../desk/text.js";

// Guidance explains the answers one after another ("Ada: ...; Tidak: ... Perhatikan: ..."): a line for each.
export function guidance_text(guidance) {
	return esc(guidance)
		.replace(/(^|[.;]\s+)(\p{Lu}[\p{L} /-]{1,30}):/gu, "$1\n<b>$2:</b>")
		.trim();
}
