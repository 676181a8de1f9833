// The frame of the viewer and the list of documents, as HTML.

import { esc } from "../desk/text.js";
import { safe_address } from "../evidence/address.js";
import { facts, way_to_show } from "./facts.js";
import { keys_html } from "./keys.js";
import { STATES, state_of, state_text } from "./model.js";
import { new_tab_html } from "./stage.js";

// Words for attributes of the templates below: bench does not find strings that stand inside quotes there.
const words = () => ({
	close: __("Close"),
	keys: __("Keys"),
	list: __("Documents"),
	shown: __("Documents shown"),
	file: __("The file"),
	item: __("What is asked and answered"),
	zoom_in: __("Larger"),
	zoom_out: __("Smaller"),
	rotate: __("Rotate"),
});

export function frame_html(viewer) {
	const unit = viewer.frm.doc.opd_name || viewer.frm.doc.opd;
	return `<div class="p2ham-viewer" role="dialog" aria-modal="true" aria-labelledby="p2ham-viewer-title"
		tabindex="-1">
		<header class="p2ham-viewer-head">
			<h3 id="p2ham-viewer-title">${__("Evidence")} <span>${esc(unit)}</span></h3>
			<div class="p2ham-viewer-progress" data-part="progress"></div>
			<div class="p2ham-viewer-saving" data-part="saving"></div>
			<div class="p2ham-viewer-ends">
				<button type="button" class="btn btn-default btn-sm" data-do="keys" aria-expanded="false"
					title="${words().keys}" aria-label="${words().keys}"><kbd>?</kbd></button>
				<button type="button" class="btn btn-default btn-sm" data-do="close" title="${words().close}"
					aria-label="${words().close}">${frappe.utils.icon("close", "sm")}</button>
			</div>
			<div class="p2ham-viewer-keys" data-part="keys" hidden>${keys_html(viewer)}</div>
		</header>
		<div class="p2ham-viewer-body">
			<nav class="p2ham-viewer-list" data-part="list" aria-label="${words().list}"></nav>
			<section class="p2ham-viewer-file" aria-label="${words().file}">
				<div class="p2ham-viewer-about" data-part="about"></div>
				<div class="p2ham-viewer-stage" data-part="stage"></div>
			</section>
			<section class="p2ham-viewer-item" data-part="item" aria-label="${words().item}"></section>
			<footer class="p2ham-viewer-actions" data-part="actions"></footer>
		</div>
		<div class="sr-only" aria-live="polite" data-part="said"></div>
	</div>`;
}

export function progress_html(viewer) {
	const entries = viewer.entries();
	const seen = entries.filter(({ use }) => viewer.is_seen(use)).length;
	return `<span>${__("{0} of {1} looked at", [seen, entries.length])}</span>
		<div class="p2ham-progress" aria-hidden="true"><div class="${
			seen === entries.length ? "is-full" : ""
		}" style="width: ${Math.floor((100 * seen) / entries.length)}%"></div></div>`;
}

export function list_html(viewer) {
	const entries = viewer.listed();
	const all = viewer.entries();
	const place = all.findIndex(({ use }) => use.name === viewer.use_name) + 1;
	return `<button type="button" class="p2ham-viewer-fold" data-do="fold" data-key="fold"
			aria-expanded="${Boolean(viewer.unfolded)}">
			<b>${place}/${all.length}</b> ${esc(viewer.current.row.code)} ${esc(viewer.title(viewer.current.use))}
			<span aria-hidden="true">▾</span></button>
		<div class="p2ham-viewer-listed ${viewer.unfolded ? "is-unfolded" : ""}">
			${filter_html(viewer)}
			${
				entries.length
					? `<ol>${entries.map((entry) => entry_html(viewer, entry)).join("")}</ol>`
					: `<p class="p2ham-none">${__("Nothing here.")}</p>`
			}
		</div>`;
}

function filter_html(viewer) {
	const filters = [
		["open", __("To Do")],
		["all", __("All")],
		["returned", __("Returned")],
	];
	const buttons = filters
		.filter(([name]) => name !== "open" || viewer.may_verify)
		.map(
			([name, label]) =>
				`<button type="button" aria-pressed="${viewer.filter === name}" data-do="filter"
					data-filter="${name}" data-key="filter:${name}">${label} <b>${viewer.matching(name).length}</b></button>`
		);
	return `<div class="p2ham-filter" role="group" aria-label="${words().shown}">${buttons.join("")}</div>`;
}

function entry_html(viewer, { row, use }) {
	const { sign, colour } = STATES[state_of(use)];
	const title = viewer.title(use);
	const main = use.slot || title;
	const unseen = !viewer.is_seen(use);
	return `<li><button type="button" class="p2ham-viewer-entry ${unseen ? "is-unseen" : ""}"
		aria-current="${use.name === viewer.use_name}" data-do="show" data-use="${esc(use.name)}"
		data-key="${esc(`show:${use.name}`)}">
		<span class="p2ham-viewer-sign p2ham-${colour}" aria-hidden="true">${sign}</span>
		<span class="p2ham-code">${esc(row.code)}</span>
		<span class="p2ham-viewer-entry-text">${esc(main)}
			${main === title ? "" : `<span class="p2ham-hint">${esc(title)}</span>`}
			<span class="sr-only">${state_text(use)}${unseen ? `, ${__("not looked at yet")}` : ""}</span></span>
		${unseen ? `<span class="p2ham-viewer-new" aria-hidden="true"></span>` : ""}
	</button></li>`;
}

export function about_html(viewer) {
	const { use } = viewer.current;
	const evidence = viewer.evidence(use);
	return `<div class="p2ham-viewer-title"><strong>${esc(viewer.title(use))}</strong>
			<span class="p2ham-hint">${esc(evidence ? facts(evidence).join(" · ") : "")}</span></div>
		<div class="p2ham-viewer-tools">
			${way_to_show(evidence) === "picture" ? picture_tools_html() : ""}
			${evidence ? new_tab_html(safe_address(evidence)) : ""}
		</div>`;
}

function picture_tools_html() {
	const button = (action, sign) =>
		`<button type="button" class="btn btn-default btn-sm" data-do="${action}" data-key="${action}"
			title="${words()[action]}" aria-label="${words()[action]}">${sign}</button>`;
	return button("zoom_out", "−") + button("zoom_in", "+") + button("rotate", "↻");
}
