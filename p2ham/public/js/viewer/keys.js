// The keys of the viewer.

import { esc } from "../desk/text.js";

const KEYS = {
	j: "next",
	ArrowDown: "next",
	k: "previous",
	ArrowUp: "previous",
	n: "next_open",
	a: "accept",
	r: "return",
	s: "save",
	"+": "zoom_in",
	"-": "zoom_out",
	"?": "keys",
	Escape: "escape",
};
// A key that is held down must not decide about what nobody has seen.
export const ONCE = ["accept", "return", "save", "keys", "escape"];

const FIELDS = "input, textarea, select, [contenteditable]";

// What a key asks for, "" for nothing of ours.
export function command(event) {
	if (event.key === "Tab") return "tab";
	const with_control = event.ctrlKey || event.metaKey;
	const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
	if (with_control && key === "s") return "save";
	if (with_control && key === "Enter" && event.target.id === "p2ham-viewer-note") return "confirm_return";
	if (with_control || event.altKey) return "";
	if (event.target.closest && event.target.closest(FIELDS)) return key === "Escape" ? "leave_field" : "";
	return KEYS[key] || "";
}

export function keys_html(viewer) {
	const reading = [
		["J ↓", __("Next document")],
		["K ↑", __("Previous document")],
		["+ −", __("Picture larger, smaller")],
		["Tab", __("Into the file and out of it")],
	];
	const verifying = [
		["N", __("Next that is still to do")],
		["A", __("Accept, and on to the next")],
		["R", __("Return: write the reason")],
		["Ctrl Enter", __("Return with this reason, and on to the next")],
		["S", __("Save")],
	];
	const lines = [
		...reading,
		...(viewer.may_verify ? verifying : []),
		["?", __("Show these keys")],
		["Esc", __("Close")],
	];
	return `<dl>${lines
		.map(([keys, text]) => {
			const caps = keys.split(" ").map((key) => `<kbd>${esc(key)}</kbd>`);
			return `<dt>${caps.join(" ")}</dt><dd>${text}</dd>`;
		})
		.join("")}</dl>`;
}
