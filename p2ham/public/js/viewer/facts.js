// What is known of a document: how it can be shown, what speaks for it and against it.

import { date_text } from "../desk/format.js";
import { safe_address } from "../evidence/address.js";

// What browsers show as a picture; an SVG is a document and stays a download.
const PICTURES = /^image\/(jpeg|png|gif|webp|bmp)$/;

export function size_text(bytes) {
	const kilobytes = Math.max(1, Math.round(bytes / 1024));
	return kilobytes < 1000
		? __("{0} KB", [kilobytes])
		: __("{0} MB", [format_number(bytes / 1024 / 1024, null, 1)]);
}

// How a document can be shown: by its content as the server found it, and by the ending that decides what the
// browser takes it for. Both must say the same.
export function way_to_show(evidence) {
	if (!evidence) return "hidden";
	const address = safe_address(evidence);
	if (!address) return "nothing";
	if (evidence.kind === "Link") return "link";
	const type = evidence.mime_type || "";
	if (type === "application/pdf" && /\.pdf$/i.test(address)) {
		return navigator.pdfViewerEnabled === false ? "no-viewer" : "pdf";
	}
	return PICTURES.test(type) && !/\.svg$/i.test(address) ? "picture" : "other";
}

export function facts(evidence) {
	const { document_date, valid_from, valid_until } = evidence;
	const type =
		evidence.kind === "Link" ? __("Link") : (evidence.mime_type || "").split("/").pop().toUpperCase();
	const facts = [
		type,
		evidence.pages && (evidence.pages === 1 ? __("1 page") : __("{0} pages", [evidence.pages])),
		evidence.size && size_text(evidence.size),
		document_date && __("dated {0}", [date_text(document_date)]),
		valid_from && valid_until
			? __("valid {0} to {1}", [date_text(valid_from), date_text(valid_until)])
			: valid_from
				? __("valid from {0}", [date_text(valid_from)])
				: valid_until && __("valid until {0}", [date_text(valid_until)]),
		evidence.revision > 1 && __("revision {0}", [evidence.revision]),
	];
	return facts.filter(Boolean);
}

export function flags(viewer, use) {
	const evidence = viewer.evidence(use);
	return [...flags_of_time(viewer, use, evidence), ...(evidence ? flags_of_content(evidence) : [])];
}

function flags_of_time(viewer, use, evidence) {
	const year = viewer.sheet.data.data_year;
	const found = [];
	if (use.validity === "Not Valid") found.push([__("Not valid in {0}", [year]), "red"]);
	if (use.validity === "Partly Valid") found.push([__("Valid in a part of {0} only", [year]), "orange"]);
	if (use.validity === "No Dates") found.push([__("No date says when it is valid"), "gray"]);
	if (evidence && evidence.valid_until && evidence.valid_until < frappe.datetime.get_today()) {
		found.push([__("Expired on {0}", [date_text(evidence.valid_until)]), "red"]);
	}
	return found;
}

function flags_of_content(evidence) {
	const found = [];
	if (evidence.contains_personal_data) found.push([__("Personal data: handle with care"), "red"]);
	if (evidence.findings) {
		found.push([__("Possible personal data found: {0}", [evidence.findings]), "orange"]);
	}
	if (evidence.scan_status === "Waiting") {
		found.push([__("Not searched for personal data yet"), "gray"]);
	}
	if (["No Text", "Not Possible"].includes(evidence.scan_status)) {
		found.push([__("Could not be searched for personal data"), "gray"]);
	}
	if (evidence.link_state === "No Answer") found.push([__("The link gave no answer"), "orange"]);
	return found;
}

export function reasons(viewer, use) {
	const way = way_to_show(viewer.evidence(use));
	return [
		__("The document cannot be read"),
		__("It is not what was asked for"),
		__("It is no longer valid"),
		way === "picture" && __("The photo does not show the inside of the room"),
		way === "link" && __("The link does not open"),
		way !== "picture" && way !== "link" && __("It is not signed or stamped"),
		__("It shows personal data that must be covered"),
	].filter(Boolean);
}
