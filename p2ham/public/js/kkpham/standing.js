// Where a result of KKP HAM stands, on its form: the own forecast beside it, the years before, the rights from the weakest
// to the strongest with who owns them and what is being done (p2ham.api.kkpham.get_standing).

import { mark } from "../desk/mark.js";
import { indicator } from "../desk/pill.js";
import { esc } from "../desk/text.js";
import { address } from "../reports/address.js";

const points = (value) => (value === null || value === undefined ? "–" : format_number(value, null, 2));
const signed = (value) => {
	if (value === null || value === undefined) return "–";
	const colour = value > 0 ? "green" : value < 0 ? "red" : "";
	return `<span class="p2ham-sign ${colour}">${value > 0 ? "+" : ""}${points(value)}</span>`;
};
const link = (doctype, name, html) =>
	`<a href="${esc(frappe.utils.get_form_link(doctype, name))}">${html}</a>`;

export class KkphamStanding {
	static async show(frm) {
		const $wrapper = frm.fields_dict.standing.$wrapper.empty();
		if (frm.is_new()) return;
		const name = frm.doc.name;
		const data = await mark.until(frappe.xcall("p2ham.api.kkpham.get_standing", { name }));
		if (frm.doc.name !== name) return; // another form has taken its place
		new KkphamStanding(frm, $wrapper, data).draw();
	}

	constructor(frm, $wrapper, data) {
		Object.assign(this, { frm, $wrapper, data });
	}

	draw() {
		this.$wrapper.html(
			`<div class="p2ham-sheet p2ham-standing">
				<div class="p2ham-standing-top">${this.figures_html()}<div data-part="trend"></div></div>
				${this.rights_html()}
			</div>`
		);
		this.draw_trend();
	}

	figures_html() {
		const { score, category, colour, forecast } = this.data;
		const lines = [
			[__("Official Score"), `<strong>${points(score)}</strong> ${indicator(category, colour)}`],
		];
		if (forecast) {
			lines.push(
				[
					__("Own Forecast"),
					`${link("P2HAM Assessment", forecast.assessment, `<strong>${points(forecast.score)}</strong>`)}
						${indicator(forecast.state, forecast.colour)}`,
				],
				[__("Difference"), signed(forecast.difference)]
			);
			if (!forecast.same_instrument) {
				lines.push([
					"",
					`<span class="p2ham-hint">${__("The own assessment was asked by another instrument.")}</span>`,
				]);
			}
		} else {
			lines.push([
				__("Own Forecast"),
				`<span class="p2ham-none">${__(
					"No own assessment with an instrument of KKP HAM for {0}, or none that you may see.",
					[this.data.year]
				)}</span>`,
			]);
		}
		return `<dl class="p2ham-facts">${lines
			.map(([label, html]) => `<dt>${label}</dt><dd>${html}</dd>`)
			.join("")}</dl>`;
	}

	draw_trend() {
		const { trend } = this.data;
		const part = this.$wrapper.find("[data-part=trend]").get(0);
		if (trend.length < 2) return part.remove();
		const datasets = [{ name: __("Official Score"), values: trend.map((row) => row.score) }];
		if (trend.some((row) => row.forecast !== null)) {
			datasets.push({ name: __("Own Forecast"), values: trend.map((row) => row.forecast) });
		}
		new frappe.Chart(part, {
			type: "bar",
			height: 180,
			data: { labels: trend.map((row) => String(row.year)), datasets },
			colors: ["#0f5c6e", "#d98e32"],
			barOptions: { spaceRatio: 0.6 },
			axisOptions: { xAxisMode: "tick" },
			tooltipOptions: { formatTooltipY: points },
		});
	}

	rights_html() {
		const { rights } = this.data;
		if (!rights.length) {
			return `<p class="p2ham-hint">${__("The result says nothing about its rights yet.")}</p>`;
		}
		const doubt = rights.some((right) => right.asked_otherwise && right.change !== null)
			? `<p class="p2ham-hint">${__("* compared with the right of this name in another instrument")}</p>`
			: "";
		return `<div class="p2ham-faults p2ham-rows"><table>
			<thead><tr>
				<th scope="col">${__("Human Right")}</th><th scope="col" class="p2ham-points">${__("Score")}</th><th scope="col">${__("Category")}</th>
				<th scope="col" class="p2ham-points">${__("Change")}</th><th scope="col" class="p2ham-points">${__("Own Forecast")}</th><th scope="col">${__("Owners")}</th>
				<th scope="col">${__("Follow-ups Not Closed")}</th>
			</tr></thead>
			<tbody>${rights.map((right) => this.right_html(right)).join("")}</tbody>
		</table></div>${doubt}`;
	}

	right_html(right) {
		const owners = right.owners.map(({ opd, name }) => link("P2HAM OPD", opd, esc(name))).join(", ");
		const list = address({
			doctype: "P2HAM Follow-up",
			filters: { kkpham_result: this.frm.doc.name, criterion: right.criterion },
		});
		const late = right.late ? ` ${indicator(__("{0} late", [right.late]), "red")}` : "";
		return `<tr data-right="${esc(right.criterion)}">
			<td>${esc(right.title)}</td><td class="p2ham-points">${points(right.score)}</td>
			<td>${indicator(right.category, right.colour)}</td>
			<td class="p2ham-points">${signed(right.change)}${right.asked_otherwise && right.change !== null ? " *" : ""}</td>
			<td class="p2ham-points">${points(right.forecast)}</td><td>${owners || "–"}</td>
			<td>${right.open ? `<a href="${esc(list)}">${right.open}</a>` : "–"}${late}</td>
		</tr>`;
	}
}
