// Figures of a comparison as people read them.

import { pill } from "../desk/pill.js";

export const score = (number) => (number === null ? "–" : format_number(number, null, 2));
export const points = (number) =>
	number === null ? "–" : format_number(number, null, Number.isInteger(number) ? 0 : 2);
export const percent = (number) => (number === null ? "–" : `${format_number(Math.floor(number), null, 0)}%`);

// The sign says what the colour says.
export function change_pill(change, format = score, toned = true) {
	if (change === null) return "";
	if (change === 0) return pill("0", "gray");
	const text = `${change > 0 ? "▲ +" : "▼ −"}${format(Math.abs(change))}`;
	return pill(text, !toned ? "gray" : change > 0 ? "green" : "red");
}

export const direction = (change) => (change > 0 ? "better" : change < 0 ? "worse" : "unchanged");
