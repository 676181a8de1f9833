// Adding evidence to a place of a sheet: upload, drop, link, or a document that the unit has already.

import { load } from "../desk/load.js";
import { save_first } from "../forms/form.js";

function place_of(sheet, button) {
	const $slot = $(button).closest("[data-slot]");
	const row = sheet.row_of(button);
	const slot = $slot.attr("data-slot");
	return { row, slot, kind: $slot.attr("data-kind"), title: slot || row.title };
}

export const adding = {
	async upload(sheet, button) {
		const place = place_of(sheet, button);
		await save_first(sheet.frm);
		await upload_dialog(sheet, place);
	},

	async replace(sheet, button) {
		const place = place_of(sheet, button);
		const use = sheet.use_of(button);
		await save_first(sheet.frm);
		const about = { ...sheet.data.evidence[use.evidence] };
		// What was found is in the old file; a flag that somebody has set stays until they take it away.
		if (about.findings) about.contains_personal_data = 0;
		await upload_dialog(
			sheet,
			{ ...place, title: about.title || place.title },
			{ evidence: use.evidence, about }
		);
	},

	async link(sheet, button) {
		const place = place_of(sheet, button);
		await save_first(sheet.frm);
		link_dialog(sheet, place);
	},

	async existing(sheet, button) {
		const place = place_of(sheet, button);
		await save_first(sheet.frm);
		await existing_dialog(sheet, place);
	},
};

export async function drop_files(sheet, slot, files) {
	const place = place_of(sheet, slot);
	if (sheet.side !== "self" || place.kind === "Link") return;
	await save_first(sheet.frm);
	await upload_dialog(sheet, place, { files });
}

function about_fields(place) {
	return [
		{
			fieldname: "title",
			fieldtype: "Data",
			label: __("Title of the document"),
			reqd: 1,
			length: 140,
			default: place.title.slice(0, 140),
		},
		{
			fieldname: "contains_personal_data",
			fieldtype: "Check",
			label: __("Shows personal data of citizens"),
			description: __(
				"Names, faces, NIK, addresses, health or children's data. Cover what is not needed; a marked document is not shown to observers."
			),
		},
	];
}

async function upload_dialog(sheet, place, { files = [], evidence = "", about = {} } = {}) {
	const { indicator } = place.row;
	const assessment = sheet.frm.doc.name;
	const { EvidenceUpload } = await load("evidence");
	new EvidenceUpload({
		target: evidence ? { assessment, evidence } : { assessment, indicator, slot: place.slot },
		title: place.title,
		about,
		types: sheet.allowed_types(place.kind),
		max_mb: sheet.data.limits.max_mb,
		multiple: !evidence,
		files,
		on_done: () => sheet.reload(place.row.name),
	});
}

export function link_dialog(sheet, place) {
	const dialog = new frappe.ui.Dialog({
		title: __("Add Link"),
		fields: [
			{
				fieldname: "url",
				fieldtype: "Data",
				label: __("Address (URL)"),
				reqd: 1,
				placeholder: "https://",
				description: __("Full address that everybody who verifies can open."),
			},
			...about_fields(place),
		],
		primary_action_label: __("Add"),
		primary_action: async ({ url, title, contains_personal_data }) => {
			if (!/^https?:\/\/(?!\/)\S/i.test(url.trim())) {
				frappe.msgprint(__("Give a full web address that begins with https://."));
				return;
			}
			dialog.disable_primary_action();
			try {
				await add(sheet, place, {
					url: url.trim(),
					title,
					contains_personal_data: contains_personal_data ? 1 : 0,
				});
				dialog.hide();
			} finally {
				dialog.enable_primary_action();
			}
		},
	});
	dialog.show();
}

async function existing_dialog(sheet, place) {
	const { indicator } = place.row;
	const { EvidencePicker } = await load("evidence");
	new EvidencePicker({
		place: { assessment: sheet.frm.doc.name, indicator, slot: place.slot },
		unit: sheet.frm.doc.opd_name || sheet.frm.doc.opd,
		on_pick: (evidence) => add(sheet, place, { evidence }),
	});
}

async function add(sheet, place, values) {
	await frappe.xcall("p2ham.api.evidence.add_to_assessment", {
		assessment: sheet.frm.doc.name,
		indicator: place.row.indicator,
		slot: place.slot,
		...values,
	});
	await sheet.reload(place.row.name);
}
