// The blocks of the workspace, drawn from what the server says (p2ham/reports/workspace_blocks.py). Frappe puts each into a
// shadow root of its own: the desk's variables reach in, its selectors and its handling of links do not.
import { mark } from "../desk/mark.js";
import { indicator } from "../desk/pill.js";
import { esc as text } from "../desk/text.js";
import { address as address_of } from "../reports/address.js";

const what_waits = (root) => show(root, "what_waits", draw_waiting);
const weak_indicators = (root) => show(root, "weak_indicators", draw_weak);

const show = (root, method, draw) => {
	root.addEventListener("click", follow);
	root.append(style()); // after the desk's, which Frappe has put there
	const asked = frappe.call({
		method: `p2ham.api.desk.${method}`,
		type: "GET",
		callback: (answer) => {
			root.querySelector(".p2ham-block").innerHTML = draw(answer.message);
		},
	});
	mark.until(asked).catch(() => {}); // Frappe has shown why
};

const style = () => {
	const link = document.createElement("link");
	link.rel = "stylesheet";
	link.href = frappe.assets.bundled_asset("p2ham_blocks.bundle.css");
	return link;
};

// As the desk follows a link, without loading itself anew.
const follow = (event) => {
	const link = event.target.closest("a");
	if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
	event.preventDefault();
	frappe.route_options = Object.fromEntries(new URLSearchParams(link.search));
	frappe.set_route(link.pathname);
};

const address = (row, fieldname) => text(address_of(row._link[fieldname]));

const frame = (title, aside, body) => {
	return `<header><h4>${text(title)}</h4><span class="aside">${text(aside || "")}</span></header>${body}`;
};

const draw_waiting = (groups) => {
	const title = __("What Waits");
	if (!groups.length) {
		const [calm, more] = [__("Nothing waits for you."), __("What you have to do next will stand here.")];
		return frame(title, "", `<p class="empty"><b>${text(calm)}</b><span>${text(more)}</span></p>`);
	}
	const days = (late) => (late === 1 ? __("1 day late") : __("{0} days late", [late]));
	const row = (row) => `<li><a href="${address(row, "opd_name")}">
		<span class="name"><b>${text(row.opd_name)}</b>${row.period ? `<small>${text(row.period)}</small>` : ""}</span>
		<span class="next">${text(row.next)}</span>
		<span class="state">${indicator(row.state, row._paint.state)}</span>
		<span class="day">${row.deadline ? text(frappe.datetime.str_to_user(row.deadline)) : "–"}
			${row.late ? `<small class="late">${text(days(row.late))}</small>` : ""}</span>
	</a></li>`;
	const more = (row) => {
		const words = [__("{0} more", [row.number]), row.period].filter(Boolean).join(" · ");
		return `<a class="more" href="${address(row, "number")}">${text(words)}</a>`;
	};
	const group = (group) => `
		${groups.length > 1 ? `<h5>${text(group.duty)}<span class="aside">${group.number}</span></h5>` : ""}
		<ul>${group.rows.map(row).join("")}</ul>${group.more.map(more).join("")}`;
	const only = groups.length === 1 ? `${groups[0].duty} · ${groups[0].number}` : "";
	return frame(title, only, groups.map(group).join(""));
};

const draw_weak = ({ period, tiles, note }) => {
	const title = __("Weak Indicators");
	if (!tiles.length) return frame(title, period, `<p class="empty"><span>${text(note)}</span></p>`);
	// Of a single unit the percentage says it all.
	const counts = (tile) => (tile.applicable > 1 ? __("{0} of {1} units", [tile.met, tile.applicable]) : "");
	const tile = (
		tile
	) => `<a class="tile" href="${address(tile, "title")}" title="${text(tile.title)}" style="background: ${text(tile.heat)}">
		<span class="share"><b>${text(tile.share)}</b><small>${text(counts(tile))}</small></span>
		<span class="title">${text(tile.title)}</span><small class="criterion">${text(tile.criterion)}</small></a>`;
	return frame(
		title,
		period,
		`<div class="tiles">${tiles.map(tile).join("")}</div><p class="note">${text(note)}</p>`
	);
};

export const blocks = { what_waits, weak_indicators, follow, draw_waiting, draw_weak };
