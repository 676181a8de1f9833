// The middle of the viewer: the file itself, or why it is not shown.

import { esc } from "../desk/text.js";
import { safe_address } from "../evidence/address.js";
import { way_to_show } from "./facts.js";
import { Picture } from "./picture.js";

// Each opening of a file is a request, and of personal data an entry in a log: never twice for nothing.
export function refresh_stage(viewer) {
	const evidence = viewer.evidence(viewer.current.use);
	const way = way_to_show(evidence);
	const shown = JSON.stringify([way, viewer.current.use.evidence, evidence && safe_address(evidence)]);
	if (viewer.shown === shown) return;
	viewer.shown = shown;
	viewer.picture = null;
	viewer.part("stage").attr("data-way", way).html(stage_html(way, evidence));
	if (way === "pdf") watch_frame(viewer);
	if (way === "picture") watch_picture(viewer);
}

function stage_html(way, evidence) {
	if (way === "pdf") {
		return `<iframe src="${esc(safe_address(evidence))}#view=FitH&navpanes=0" title="${esc(evidence.title)}"></iframe>`;
	}
	if (way === "picture") {
		return `<div class="p2ham-viewer-picture" role="group" tabindex="0" aria-label="${esc(evidence.title)}"><div>
			<img src="${esc(safe_address(evidence))}" alt="${esc(evidence.title)}" draggable="false"></div></div>`;
	}
	if (way === "link") return link_html(evidence);
	return card_html(why_not_shown(way), evidence);
}

function why_not_shown(way) {
	return {
		hidden: __(
			"You may not see this document. What shows personal data of citizens is not shown to everybody."
		),
		nothing: __("No file and no usable address is stored for this document."),
		other: __("A file of this type cannot be shown here. Open it in a new tab."),
		"no-viewer": __("This browser does not show PDF files inside a page. Open it in a new tab."),
		failed: __("The file did not come: it is missing, or you may not open it."),
	}[way];
}

function card_html(text, evidence) {
	return `<div class="p2ham-viewer-card">${frappe.utils.icon("file-large", "xl")}<p>${esc(text)}</p>
		${evidence ? new_tab_html(safe_address(evidence)) : ""}</div>`;
}

function link_html(evidence) {
	const address = safe_address(evidence);
	return `<div class="p2ham-viewer-card">${frappe.utils.icon("link-url", "xl")}
		<p>${__("This evidence is a page on the internet:")}</p>
		<code>${esc(address)}</code>
		${new_tab_html(address)}</div>`;
}

export function new_tab_html(address) {
	if (!address) return "";
	return `<a class="btn btn-default btn-sm" data-key="new-tab" href="${esc(address)}" target="_blank"
		rel="noopener noreferrer">${frappe.utils.icon("external-link", "sm")} ${__("Open in new tab")}</a>`;
}

function show_failure(viewer) {
	viewer.picture = null;
	viewer
		.part("stage")
		.attr("data-way", "failed")
		.html(card_html(why_not_shown("failed"), viewer.evidence(viewer.current.use)));
}

function watch_picture(viewer) {
	const place = viewer.part("stage").find(".p2ham-viewer-picture").get(0);
	const image = place.querySelector("img");
	image.addEventListener("error", () => show_failure(viewer));
	viewer.picture = new Picture(place, image);
}

function watch_frame(viewer) {
	const frame = viewer.part("stage").find("iframe").get(0);
	frame.addEventListener("load", () => {
		// Instead of the file the server may send a page that says why not.
		const inside = frame.contentDocument;
		if (inside && inside.contentType === "text/html") return show_failure(viewer);
		take_focus_from_frame(viewer);
	});
}

// The browser's PDF viewer has the keyboard once it was clicked, or takes it when it loads; the keys here must
// go on working afterwards. Whoever went there with Tab wants to stay.
export function take_focus_from_frame(viewer) {
	const element = document.activeElement;
	if (viewer.tabbing || !element || element.tagName !== "IFRAME") return;
	const back = viewer.last_focus && viewer.last_focus.isConnected ? viewer.last_focus : viewer.panel;
	back.focus({ preventScroll: true });
}
