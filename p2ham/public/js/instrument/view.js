// The tree of an instrument, as HTML.

import { two_decimals } from "../desk/format.js";
import { pill } from "../desk/pill.js";
import { esc } from "../desk/text.js";
import { DOCTYPES } from "./model.js";

const MAX_TYPES_NAMED = 2;

// Words for attributes of the templates below: bench does not find strings that stand inside quotes there.
const words = () => ({
	table: __("Criteria and indicators"),
	weight: __("Weight"),
	share: __("Share of Total"),
	scale: __("Scale"),
	mandatory: __("Must have full points for the unit to meet the criteria"),
	toggle: (title) => __("Show or hide what is below {0}", [title]),
	add_criterion: (title) => __("Add a criterion below {0}", [title]),
	add_indicator: (title) => __("Add an indicator to {0}", [title]),
	evidence: __("Kinds of evidence that are asked for"),
});

// As many decimals as a weight has; weights have four at most.
function weight_text(weight) {
	const decimals = (String(Number(weight.toFixed(4))).split(".")[1] || "").length;
	return format_number(weight, null, decimals);
}

export function notes_html(structure) {
	return `${callout_html(structure, "red", __("Must be put right before it can be activated"), structure.faults)}
		${callout_html(structure, "orange", __("Weights to look at"), structure.data.warnings)}`;
}

function callout_html(structure, colour, title, notes) {
	if (!notes.length) return "";
	const items = notes.map((note) => {
		const row = structure.row_of(note);
		const text = esc(note.text);
		return row
			? `<li><a href="#" data-do="jump" data-target="${esc(row.key)}">${text}</a></li>`
			: `<li>${text}</li>`;
	});
	return `<div class="p2ham-callout p2ham-${colour} p2ham-findings" data-findings="${colour}">
		<strong>${title} (${notes.length})</strong>
		<ul>${items.join("")}</ul>
	</div>`;
}

export function bar_html(structure) {
	const counts = [
		__("Criteria: {0}", [structure.count("criterion")]),
		__("Indicators: {0}", [structure.count("indicator")]),
	];
	return `<div class="p2ham-tree-bar">
		<span class="p2ham-label">${counts.join(" · ")}</span>
		<div class="p2ham-bar-buttons">
			<button type="button" class="btn btn-default btn-xs" data-do="expand" data-key="expand">${__("Expand All")}</button>
			<button type="button" class="btn btn-default btn-xs" data-do="collapse" data-key="collapse">${__("Collapse All")}</button>
			${add_top_html(structure)}
		</div>
	</div>`;
}

export function add_top_html(structure) {
	if (!structure.may_add) return "";
	return `<button type="button" class="btn btn-default btn-xs" data-do="add-criterion" data-key="add">${__("Add Criterion")}</button>`;
}

export function nothing_html(structure) {
	return `<div class="p2ham-empty">
		<strong>${__("No criteria yet.")}</strong>
		<p>${__("Begin with a criterion, then add indicators to it; or fill the instrument from a file.")}</p>
		${add_top_html(structure)}
	</div>`;
}

export function table_html(structure) {
	return `<table class="p2ham-tree" aria-label="${words().table}">
		<thead><tr>
			<th scope="col">${__("Criterion or Indicator")}</th>
			<th scope="col" class="is-number">${__("Weight")}</th>
			<th scope="col">${__("Share of Total")}</th>
			<th scope="col">${__("Scale")}</th>
			<th scope="col">${__("Marks")}</th>
		</tr></thead>
		<tbody>${structure.rows.map((row) => row_html(structure, row)).join("")}</tbody>
	</table>`;
}

export function row_html(structure, row) {
	const address = frappe.utils.get_form_link(DOCTYPES[row.kind], row.name);
	const toggle = row.has_below
		? `<button type="button" class="p2ham-toggle" data-do="toggle" data-key="${esc(row.key)}" aria-expanded="true"
			aria-label="${esc(words().toggle(row.title))}"></button>`
		: `<span class="p2ham-toggle"></span>`;
	return `<tr class="is-${row.kind} ${row.above.length ? "" : "is-top"}" data-row="${esc(row.key)}" data-code="${esc(row.code)}"
		style="--depth: ${row.above.length}">
		<th scope="row">
			<div class="p2ham-node">
				${toggle}
				<span class="p2ham-code">${esc(row.code)}</span>
				<div class="p2ham-node-title">
					<a href="${esc(address)}">${esc(row.title)}</a>
					${row_notes_html(structure, row)}
				</div>
			</div>
		</th>
		<td class="is-number" data-label="${words().weight}">${weight_text(row.weight)}</td>
		<td data-label="${words().share}">${share_html(structure, row)}</td>
		<td class="p2ham-scale" ${
			row.kind === "indicator" ? `data-label="${words().scale}"` : ""
		}>${scale_html(row)}</td>
		<td class="p2ham-marks">${row.kind === "criterion" ? add_html(structure, row) : marks_html(row)}</td>
	</tr>`;
}

export function row_notes_html(structure, row) {
	const of_row = (notes) => notes.filter((note) => structure.row_of(note) === row);
	const lines = [
		...of_row(structure.faults).map((note) => ["red", note.text]),
		...of_row(structure.data.warnings).map((note) => ["orange", note.text]),
	];
	return lines
		.map(([colour, text]) => `<div class="p2ham-row-note p2ham-${colour}">${esc(text)}</div>`)
		.join("");
}

export function share_html(structure, row) {
	if (row.share === null) return "–";
	const width = structure.largest_share ? (100 * row.share) / structure.largest_share : 0;
	return `<div class="p2ham-share">
		<span>${two_decimals(row.share)}%</span>
		<div class="p2ham-progress" aria-hidden="true"><div style="width: ${width.toFixed(2)}%"></div></div>
	</div>`;
}

function scale_html(row) {
	if (row.kind === "criterion") {
		return `<span class="p2ham-hint">${__("{0} indicators", [row.indicators])}</span>`;
	}
	if (!row.scale) return "–";
	const address = frappe.utils.get_form_link("P2HAM Answer Scale", row.scale);
	return `<a href="${esc(address)}">${esc(row.scale)}</a>`;
}

export function add_html(structure, row) {
	if (!structure.may_add) return "";
	const button = (kind, label, title) =>
		`<button type="button" class="btn btn-default btn-xs" data-do="add-${kind}" data-parent="${esc(row.name)}"
			data-key="${esc(`${kind} in ${row.key}`)}" aria-label="${esc(title)}">${label}</button>`;
	return [
		button("indicator", __("Add Indicator"), words().add_indicator(row.title)),
		button("criterion", __("Add Criterion"), words().add_criterion(row.title)),
	].join("");
}

export function marks_html(row) {
	const tag = (text, title = "") => `<span class="p2ham-tag" title="${esc(title)}">${esc(text)}</span>`;
	const marks = [];
	if (row.mandatory) {
		marks.push(pill(__("Mandatory"), "orange", { title: words().mandatory }));
	}
	if (row.evidence_slots) marks.push(tag(__("Evidence: {0}", [row.evidence_slots]), words().evidence));
	if (row.opd_types.length) marks.push(tag(types_text(row.opd_types), row.opd_types.join(", ")));
	if (row.continues.length) {
		marks.push(tag(__("Continues: {0}", [row.continues.length]), row.continues.join("\n")));
	}
	return marks.join("");
}

export function types_text(types) {
	const named = types.slice(0, MAX_TYPES_NAMED).join(", ");
	const more = types.length - MAX_TYPES_NAMED;
	return more > 0 ? __("Only: {0} and {1} more", [named, more]) : __("Only: {0}", [named]);
}
