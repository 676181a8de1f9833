// What every page of the desk has of ours. Everything else comes on its first use (desk/load.js).

import * as entries from "./desk/entries.js";
import { documents } from "./desk/documents.js";
import { holds } from "./desk/duties.js";
import { instrument_part } from "./desk/instrument_part.js";
import { load } from "./desk/load.js";
import { mark } from "./desk/mark.js";
import { officers } from "./desk/officers.js";
import { indicator, pill } from "./desk/pill.js";
import * as plain from "./desk/plain.js";
import { Refusal, send } from "./desk/send.js";
import { esc } from "./desk/text.js";
import { blocks } from "./blocks/blocks.js";
import { Form, save_first } from "./forms/form.js";
import { steps } from "./forms/steps.js";
import { reports } from "./reports/reports.js";
import "./desk/guards.js";

// The scripts of forms, lists and reports come with their DocType and are no modules: what they use has its name here.
frappe.provide("p2ham");
Object.assign(p2ham, entries, {
	blocks,
	documents,
	esc,
	Form,
	holds,
	indicator,
	instrument_part,
	load,
	mark,
	officers,
	pill,
	plain,
	Refusal,
	reports,
	save_first,
	send,
	steps,
});
