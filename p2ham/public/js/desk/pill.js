// A word on a coloured ground, as HTML.
//
//   import { pill, indicator, shade } from "./pill.js";      in a form script: p2ham.pill, p2ham.indicator
//   pill(text, colour, { title, live })               ours, in sheets and dialogs; `live`: read out when it changes
//   indicator(text, colour)                           Frappe's, beside what the desk's lists and reports show
//   indicator.around(html, colour)                    the same around HTML that is made already
//   shade(colour)                                     the colour, if it is one of the desk's, otherwise gray
//
// A colour that the desk has none of is shown as gray. Without a text there is no pill.

import { esc } from "./text.js";

const COLOURS = ["red", "orange", "yellow", "green", "blue", "gray"];

const given = (text) => text !== null && text !== undefined && text !== "";

export const shade = (colour) => (COLOURS.includes(colour) ? colour : "gray");

export function pill(text, colour = "gray", { title = "", live = false } = {}) {
	if (!given(text)) return "";
	const about = `${title ? ` title="${esc(title)}"` : ""}${live ? ' aria-live="polite"' : ""}`;
	return `<span class="p2ham-pill p2ham-${shade(colour)}"${about}>${esc(text)}</span>`;
}

export const indicator = (text, colour) => (given(text) ? indicator.around(esc(text), colour) : "");

indicator.around = (html, colour) => `<span class="indicator-pill ${esc(colour)}">${html}</span>`;
