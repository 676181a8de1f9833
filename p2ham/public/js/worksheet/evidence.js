// The evidence of an indicator, as HTML: its slots, the documents in them, and what can be done with each.

import { date_text } from "../desk/format.js";
import { pill } from "../desk/pill.js";
import { esc } from "../desk/text.js";
import { safe_address } from "../evidence/address.js";

const OTHER_SLOT = { label: "", kind: "Any", mandatory: false, example: "" };

// Words for attributes of the templates below: bench does not find strings that stand inside quotes there.
const words = () => ({
	mandatory: __("Mandatory where the answer earns points"),
	remove: (title) => __("Remove {0}", [title]),
	new_tab: (title) => __("Open {0} in a new tab", [title]),
});

export function evidence_html(sheet, row, indicator) {
	const labels = new Set(indicator.slots.map((slot) => slot.label));
	const others = sheet.uses(row).filter((use) => !labels.has(use.slot || ""));
	const slots = [...indicator.slots];
	if (others.length || (!slots.length && sheet.side === "self")) slots.push(OTHER_SLOT);
	// An empty place is an offer to the clerk; to everybody else only one that had to be filled says something.
	const shown =
		sheet.side === "self"
			? slots
			: slots.filter(
					(slot) =>
						(slot === OTHER_SLOT ? others : sheet.uses(row, slot.label)).length ||
						(slot.mandatory && sheet.earns(row) !== false)
				);
	if (!shown.length) return "";
	const wanted = new Set(sheet.counted_side === "self" ? sheet.gaps(row).map((gap) => gap.slot) : []);
	return `<div class="p2ham-column is-evidence"><div class="p2ham-label">${__("Evidence")}</div>
		${shown
			.map((slot) =>
				slot_html(
					sheet,
					slot,
					slot === OTHER_SLOT ? others : sheet.uses(row, slot.label),
					wanted.has(slot.label)
				)
			)
			.join("")}
	</div>`;
}

export function slot_html(sheet, slot, uses, wanted) {
	const label = slot.label || __("Other evidence");
	const mandatory = slot.mandatory ? `<span class="p2ham-star" title="${words().mandatory}">*</span>` : "";
	const kind = slot.kind === "Any" ? "" : `<span class="p2ham-tag">${esc(__(slot.kind))}</span>`;
	const takes_files = sheet.side === "self" && slot.kind !== "Link" ? "takes-files" : "";
	return `<div class="p2ham-slot ${wanted ? "is-wanted" : ""} ${uses.length ? "is-filled" : ""} ${takes_files}"
		data-slot="${esc(slot.label)}" data-kind="${esc(slot.kind)}">
		<div class="p2ham-slot-label">${esc(label)} ${mandatory} ${kind}</div>
		${sheet.side === "self" && slot.example ? `<div class="p2ham-hint">${__("Example")}: ${esc(slot.example)}</div>` : ""}
		${sheet.side !== "self" && !uses.length ? `<div class="p2ham-none">${__("No document")}</div>` : ""}
		${uses.map((use) => use_html(sheet, use)).join("")}
		${sheet.side === "self" ? slot_buttons_html(slot, label) : ""}
	</div>`;
}

export function slot_buttons_html(slot, label) {
	const button = (action, text) =>
		`<button type="button" class="btn btn-default btn-xs" data-do="${action}"
			aria-label="${esc(`${text}: ${label}`)}">${text}</button>`;
	const upload = slot.kind === "Link" ? "" : button("upload", __("Upload"));
	const link = ["Link", "Any"].includes(slot.kind) ? button("link", __("Add link")) : "";
	return `<div class="p2ham-slot-buttons">${upload}${link}${button("existing", __("Use existing"))}</div>`;
}

export function use_html(sheet, use) {
	const evidence = sheet.data.evidence[use.evidence];
	return `<div class="p2ham-use" data-use="${esc(use.name)}">
		<div class="p2ham-use-head">${use_title_html(use, evidence)}
			${use_marks_html(sheet, use, evidence)}
			${
				sheet.side === "self"
					? `${replace_html(evidence)}<button type="button" class="p2ham-link p2ham-remove" data-do="remove"
						aria-label="${esc(words().remove((evidence || {}).title || use.evidence))}">${__("Remove")}</button>`
					: ""
			}
		</div>
		${use.note ? `<div class="p2ham-given p2ham-text">${esc(use.note)}</div>` : ""}
		${sheet.side === "verified" ? verification_html(use) : ""}
	</div>`;
}

export function replace_html(evidence) {
	if (!evidence || evidence.kind === "Link") return "";
	return `<button type="button" class="p2ham-link" data-do="replace">${__("Replace")}</button>`;
}

export function use_title_html(use, evidence) {
	if (!evidence) {
		return `<span class="p2ham-none">${esc(use.evidence)} (${__("not visible to you")})</span>`;
	}
	const icon = frappe.utils.icon(evidence.kind === "Link" ? "link-url" : "file", "sm");
	const address = safe_address(evidence);
	const label = words().new_tab(evidence.title);
	const tab = address
		? `<a class="p2ham-new-tab" href="${esc(address)}" target="_blank" rel="noopener noreferrer"
			title="${esc(label)}" aria-label="${esc(label)}">${frappe.utils.icon("external-link", "sm")}</a>`
		: "";
	return `<button type="button" class="p2ham-view" data-do="view" data-key="${esc(
		`view:${use.name}`
	)}">${icon} <span>${esc(evidence.title)}</span></button>${tab}`;
}

export function use_marks_html(sheet, use, evidence) {
	const marks = [];
	if (use.carried_over) marks.push(pill(__("Carried over"), "blue"));
	if (use.verification === "Accepted") marks.push(pill(__("Accepted"), "green"));
	if (use.verification === "Returned") marks.push(pill(__("Returned"), "orange"));
	if (evidence && evidence.contains_personal_data) {
		marks.push(
			pill(__("Personal data"), "red", {
				title: __("Shows personal data of citizens: handle with care"),
			})
		);
	}
	if (use.validity === "Not Valid") {
		marks.push(
			pill(__("Not valid in {0}", [sheet.data.data_year]), "red", { title: validity_text(evidence) })
		);
	} else if (use.validity === "Partly Valid") {
		marks.push(
			pill(__("Partly valid in {0}", [sheet.data.data_year]), "orange", {
				title: validity_text(evidence),
			})
		);
	}
	if (evidence && evidence.link_state === "No Answer") {
		marks.push(pill(__("Link gives no answer"), "orange"));
	}
	return marks.join("");
}

export function validity_text(evidence) {
	if (!evidence) return "";
	const date = (value) => (value ? date_text(value) : "…");
	return `${date(evidence.valid_from || evidence.document_date)} – ${date(evidence.valid_until)}`;
}

// What is going to be handed over although it does not count in all of the data year.
export function not_valid_html(sheet) {
	const found = (sheet.frm.doc.evidence_uses || []).filter((use) =>
		["Not Valid", "Partly Valid"].includes(use.validity)
	);
	if (!found.length) return "";
	const entries = found.map((use) => {
		const evidence = sheet.data.evidence[use.evidence] || {};
		const row = sheet.items.find((row) => row.indicator === use.indicator) || {};
		return `<li><b>${esc(row.code)}</b> ${esc(evidence.title || use.evidence)}: ${esc(__(use.validity))}
			(${esc(validity_text(evidence))})</li>`;
	});
	return `<div class="p2ham-callout p2ham-orange"><strong>${__(
		"Look at the dates: not valid in all of {0}",
		[sheet.data.data_year]
	)}</strong><ul>${entries.join("")}</ul></div>`;
}

export function verification_html(use) {
	const button = (action, state, text) =>
		`<button type="button" class="btn btn-xs ${
			use.verification === state ? "btn-primary" : "btn-default"
		}" aria-pressed="${use.verification === state}" data-do="${action}"
			data-key="${esc(`${action}:${use.name}`)}">${text}</button>`;
	return `<div class="p2ham-slot-buttons">
		${button("accept-evidence", "Accepted", __("Accept"))}
		${button("return-evidence", "Returned", __("Return"))}</div>`;
}
