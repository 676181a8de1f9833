// A comparison as HTML: the two sheets, what to be careful about, the totals.

import { pill } from "../desk/pill.js";
import { esc } from "../desk/text.js";
import { change_pill, percent, score } from "./figures.js";
import { criteria_html, indicators_html, not_comparable_html } from "./rows.js";

// A word for an attribute of a template below: bench does not find strings that stand inside quotes there.
const words = () => ({ figures: __("Totals") });

// One earlier year is no choice; it is named below anyway.
export function choice_html(comparison) {
	if (comparison.choices.length === 1) return "";
	const options = comparison.choices.map(
		(row) =>
			`<option value="${esc(row.name)}">${esc(
				[row.period_title, __(row.state), score(row.score)].join(" · ")
			)}</option>`
	);
	return `<label class="p2ham-choose-earlier">
		<span class="p2ham-label">${__("Compared with")}</span>
		<select class="form-control">${options.join("")}</select>
	</label>`;
}

export function failure_html() {
	return `<div class="p2ham-empty">
		<p>${__("The comparison could not be made.")}</p>
		<button type="button" class="btn btn-default btn-sm" data-do="retry">${__("Try Again")}</button>
	</div>`;
}

export function result_html(comparison) {
	return `${sheets_html(comparison)}
		${cautions_html(comparison)}
		<section class="p2ham-totals" aria-label="${words().figures}">
			${official_html(comparison)}
			${comparison.is_plain || !comparison.is_comparable ? "" : like_for_like_html(comparison)}
		</section>
		${comparison.is_comparable ? criteria_html(comparison) + indicators_html(comparison) : ""}
		${comparison.data.linked ? not_comparable_html(comparison) : ""}`;
}

export function sheets_html(comparison) {
	const line = (side) => {
		const sheet = comparison.data[side];
		const link = frappe.utils.get_form_link("P2HAM Assessment", sheet.name);
		const result = sheet.side === "verified" ? __("Verified result") : __("The unit's own answers");
		return `<dt>${esc(comparison.label(side))}</dt>
			<dd><a href="${esc(link)}">${esc(sheet.period_title)}</a>, ${esc(sheet.instrument_title)}
			<span class="p2ham-hint">${esc(__(sheet.state))} · ${result}</span></dd>`;
	};
	return `<dl class="p2ham-facts">${line("older")}${line("newer")}</dl>`;
}

export function cautions_html(comparison) {
	const { older, newer, linked, same_instrument } = comparison.data;
	const cautions = [];
	if (!same_instrument) {
		cautions.push(__("Different instruments: the official totals are not like for like."));
	}
	if (!linked) {
		cautions.push(
			__(
				"No indicator of the one instrument continues one of the other, so nothing below the totals can be compared."
			)
		);
	} else if (!comparison.is_comparable) {
		cautions.push(__("Nothing that was asked in both years applies in both."));
	}
	for (const [side, sheet] of [
		["older", older],
		["newer", newer],
	]) {
		if (sheet.side === "self") {
			cautions.push(
				__("{0} is not verified yet: its figures are the unit's own.", [comparison.label(side)])
			);
		}
	}
	if (comparison.frm.is_dirty()) {
		cautions.push(__("What is not saved yet is not part of the comparison."));
	}
	if (!cautions.length) return "";
	return `<div class="p2ham-callout p2ham-orange">${cautions
		.map((text) => `<div>${esc(text)}</div>`)
		.join("")}</div>`;
}

export function official_html(comparison) {
	const { total, same_instrument } = comparison.data;
	return total_html(comparison, {
		part: "official",
		title: __("Official totals"),
		figures: total.official,
		toned: same_instrument,
		below: (side) =>
			comparison.data[side].category
				? pill(comparison.data[side].category, comparison.data[side].category_colour)
				: "",
		hint: comparison.is_plain ? __("The same instrument and the same questions in both years.") : "",
	});
}

export function like_for_like_html(comparison) {
	const { total } = comparison.data;
	return total_html(comparison, {
		part: "like-for-like",
		title: __("Like for like"),
		figures: total.like_for_like,
		toned: true,
		below: () => "",
		hint: comparison.is_whole
			? __("Nothing is left out; both years with the weights of {0}.", [comparison.label("newer")])
			: __(
					"Only what can be compared, with the weights of {0}: {1} of the sheet of {0}, {2} of that of {3}.",
					[
						comparison.label("newer"),
						percent(total.coverage),
						percent(total.older_coverage),
						comparison.label("older"),
					]
				),
	});
}

function total_html(comparison, { part, title, figures, toned, below, hint }) {
	const figure = (side, value) => `<div class="p2ham-total-figure">
		<span class="p2ham-label">${esc(comparison.label(side))}</span>
		<span class="p2ham-total-value">${score(value)}</span>
		${below(side)}
	</div>`;
	return `<div class="p2ham-total" data-total="${part}">
		<h4>${esc(title)}</h4>
		<div class="p2ham-total-figures">
			${figure("older", figures.old)}
			<span class="p2ham-total-arrow" aria-hidden="true">→</span>
			${figure("newer", figures.new)}
			<span class="p2ham-total-change">${change_pill(figures.change, score, toned)}</span>
		</div>
		${hint ? `<p class="p2ham-hint">${esc(hint)}</p>` : ""}
	</div>`;
}
