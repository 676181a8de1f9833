// Text as HTML that shows it.
//
//   import { esc } from "./text.js";       in a form script: p2ham.esc
//   esc(text)                              anything a template writes: nothing of it is read as HTML; null is ""

export const esc = (text) => frappe.utils.escape_html(String(text ?? ""));
