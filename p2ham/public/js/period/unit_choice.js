// Which units take part: four ways to say it, and at any moment how many that adds.

import { esc } from "../desk/text.js";

export class UnitChoice {
	constructor(frm) {
		this.frm = frm;
		this.present = new Set((frm.doc.participants || []).map((row) => row.opd));
	}

	async open() {
		const units = await frappe.db.get_list("P2HAM OPD", {
			fields: ["name", "opd_name", "opd_type", "is_active", "serves_public"],
			order_by: "lft",
			limit: 0,
		});
		this.offer(units);
		this.dialog = new frappe.ui.Dialog({
			title: __("Add Units"),
			fields: this.fields(),
			primary_action_label: __("Add"),
			primary_action: (values) => this.add(values),
		});
		this.dialog.$wrapper.addClass("p2ham-choose-units");
		this.bind();
		this.dialog.show();
		this.tell();
	}

	offer(units) {
		this.units = units;
		this.choices = units.filter((unit) => unit.is_active && !this.present.has(unit.name));
	}

	// ---------------------------------------------------------------- drawing

	fields() {
		return [
			this.way_field(),
			...this.fields_of_ways(),
			this.status_field(),
			{ fieldname: "told", fieldtype: "HTML" },
		];
	}

	way_field() {
		return {
			fieldname: "way",
			fieldtype: "Select",
			label: __("Which Units"),
			options: [
				{ value: "choose", label: __("Choose from the list") },
				{ value: "public", label: __("All that serve the public") },
				{ value: "type", label: __("All of a type") },
				{ value: "paste", label: __("By their abbreviations") },
			],
			default: "choose",
		};
	}

	fields_of_ways() {
		const only = (way) => ({ depends_on: `eval:doc.way === "${way}"` });
		const types = [...new Set(this.choices.map((unit) => unit.opd_type).filter(Boolean))].sort();
		return [
			{
				fieldname: "type",
				fieldtype: "Select",
				label: __("Type"),
				options: ["", ...types],
				...only("type"),
			},
			{
				fieldname: "abbreviations",
				fieldtype: "Small Text",
				label: __("Abbreviations"),
				description: __("One on each line"),
				...only("paste"),
			},
			{ fieldname: "search", fieldtype: "Data", placeholder: __("Search"), ...only("choose") },
			{
				fieldname: "units",
				fieldtype: "MultiCheck",
				columns: 2,
				sort_options: false,
				options: this.choices.map((unit) => ({
					label: esc(`${unit.opd_name} (${unit.opd_type || unit.name})`),
					value: unit.name,
				})),
				on_change: () => this.tell(),
				...only("choose"),
			},
		];
	}

	status_field() {
		return {
			fieldname: "status",
			fieldtype: "Select",
			label: __("Status"),
			options: ["Invited", "Ready", "Declared"].map((value) => ({ value, label: __(value) })),
			default: "Invited",
		};
	}

	tell() {
		const found = this.chosen(this.dialog.get_values(true) || {});
		this.dialog.fields_dict.told.$wrapper.html(this.chosen_html(found));
		this.dialog.get_primary_btn().prop("disabled", !found.names.length);
	}

	chosen_html(found) {
		const list = (label, names) =>
			names.length ? `<div>${label} ${names.map((name) => esc(name)).join(", ")}</div>` : "";
		return `<div class="p2ham-chosen" aria-live="polite">
			<strong>${__("{0} units will be added.", [found.names.length])}</strong>
			${list(__("Not known:"), found.unknown)}
			${list(__("Inactive:"), found.inactive)}
			${list(__("Already taking part:"), found.there)}
		</div>`;
	}

	// ---------------------------------------------------------------- acting

	bind() {
		const { $wrapper, fields_dict } = this.dialog;
		const inputs = "input, select, textarea, .checkbox, .unit-checkbox";
		$wrapper.on("input change click", inputs, () => setTimeout(() => this.tell()));
		fields_dict.search.$input.on("input", (event) => {
			const text = event.currentTarget.value.toLowerCase();
			fields_dict.units.$wrapper.find(".checkbox, .unit-checkbox").each((_, box) => {
				$(box).toggle(box.textContent.toLowerCase().includes(text));
			});
		});
	}

	add(values) {
		const { names } = this.chosen(values);
		const day = p2ham.ParticipantRows.DAY_OF[values.status];
		const today = day ? { [day]: frappe.datetime.get_today() } : {};
		for (const opd of names) this.frm.add_child("participants", { opd, status: values.status, ...today });
		this.frm.refresh_field("participants");
		if (names.length) this.frm.dirty();
		this.dialog.hide();
	}

	// The units that a way comes to, and what was pasted that is no unit, is inactive, or stands there already.
	chosen({ way, type, units, abbreviations }) {
		const names = (those) => ({ names: those, unknown: [], inactive: [], there: [] });
		const all = (is_meant) => names(this.choices.filter(is_meant).map((unit) => unit.name));
		if (way === "public") return all((unit) => unit.serves_public);
		if (way === "type") return all((unit) => type && unit.opd_type === type);
		return way === "paste" ? this.pasted(abbreviations || "") : names(units || []);
	}

	pasted(abbreviations) {
		const by_name = new Map(this.units.map((unit) => [unit.name.toLowerCase(), unit]));
		const lines = abbreviations.split("\n").map((line) => line.trim().replace(/\s+/g, " "));
		const found = { names: [], unknown: [], inactive: [], there: [] };
		for (const line of new Set(lines.filter(Boolean))) {
			const unit = by_name.get(line.toLowerCase());
			if (!unit) found.unknown.push(line);
			else if (this.present.has(unit.name)) found.there.push(unit.name);
			else if (!unit.is_active) found.inactive.push(unit.name);
			else if (!found.names.includes(unit.name)) found.names.push(unit.name);
		}
		return found;
	}
}
