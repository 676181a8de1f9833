"""Text that is valid JSON is cleaned like any other, in documents of every DocType.

Stands in for `BaseDocument._sanitize_content`, which leaves to `frappe.utils.html_utils.sanitize_html` to clean what
documents hold, which returns JSON as it came: so `"<img src=x onerror=...>"`, with the quotation marks, is stored
and shown as it is in comments, mails, notes and names of files. Where a Frappe cleans it itself, nothing is done here."""

from __future__ import annotations

import json
import re
from functools import lru_cache

import frappe
from frappe.utils.html_utils import sanitize_html

from p2ham.access.stored_values import EDITORS, SettlesValues

# What holds code, or a structure that the desk reads as such, as Frappe's own cleaning has it.
EXEMPT_TYPES = frozenset(
	{"Attach", "Attach Image", "Barcode", "Code", "JSON", "Geolocation", "Signature", "Password"}
)
_TAG = re.compile(r"<[A-Za-z/!?]")
_LIVE = '"<img src=x onerror=x>"'


@lru_cache(maxsize=1)
def frappe_leaves_json() -> bool:
	"""Say whether the running Frappe leaves text alone that is valid JSON."""
	return "onerror" in sanitize_html(_LIVE)


def clean_json(doc, method: str | None = None) -> None:
	"""`before_validate` and `before_save` of every document: clean what Frappe leaves because it is valid JSON."""
	flags = frappe.flags
	if (
		flags.in_install
		or flags.in_migrate
		or flags.in_fixtures
		or flags.in_patch
		or not frappe_leaves_json()
	):
		return
	if isinstance(doc, SettlesValues) and method != "before_validate":
		return  # ours hold plain text but for their editors, and their controllers write no HTML
	for record in (doc, *doc.get_all_children()):
		_clean_record(record)


def _clean_record(doc) -> None:
	for fieldname, value in list(doc.__dict__.items()):
		if not isinstance(value, str) or len(value) < 3 or not _may_be_live(value):
			continue
		if fieldname == "name" and not doc.get("__islocal"):
			continue  # what is stored keeps its name
		if not _is_exempt(doc, fieldname):
			doc.set(fieldname, cleaned(value))


def _may_be_live(value: str) -> bool:
	return "<" in value or "\\u003c" in value or "\\u003C" in value


def _is_exempt(doc, fieldname: str) -> bool:
	field = doc.meta.get_field(fieldname)
	if isinstance(doc, SettlesValues) and not (field and field.fieldtype in EDITORS):
		return True  # plain text, which is refused with markup in it
	return bool(field and (field.get("ignore_xss_filter") or field.fieldtype in EXEMPT_TYPES))


def cleaned(text: str) -> str:
	"""Return text that is JSON so that no script is in it, whether it is shown as it is or read as JSON; any other
	text, and JSON without markup, as it came."""
	try:
		found = json.loads(text)
	except ValueError:
		return text
	if isinstance(found, str):
		return _cleaned_text(text, found)
	if isinstance(found, dict | list) and (_TAG.search(text) or _has_tag(found)):
		return _cleaned_structure(found)
	return text


def _cleaned_text(text: str, read: str) -> str:
	"""Clean a text in quotation marks as the text that it is; if what it reads as is live as well, only that is left."""
	if _TAG.search(read):
		clean = sanitize_html(read, always_sanitize=True)
		if clean != read and "\\u003c" in text.lower():
			return clean
	return sanitize_html(text, always_sanitize=True) if _TAG.search(text) else text


def _has_tag(value) -> bool:
	if isinstance(value, dict):
		return any(_has_tag(key) or _has_tag(one) for key, one in value.items())
	if isinstance(value, list):
		return any(map(_has_tag, value))
	return isinstance(value, str) and bool(_TAG.search(value))


def _cleaned_structure(found) -> str:
	"""Clean each text within, and write its "<" so that JSON reads it and a browser does not: what is clean by itself
	could be live where its quotation marks are written with backslashes."""
	text = json.dumps(_each_cleaned(found), ensure_ascii=False, separators=(",", ":"))
	return text.replace("<", "\\u003c").replace(">", "\\u003e")


def _each_cleaned(value):
	if isinstance(value, dict):
		return {_each_cleaned(key): _each_cleaned(one) for key, one in value.items()}
	if isinstance(value, list):
		return [_each_cleaned(one) for one in value]
	if isinstance(value, str) and _TAG.search(value):
		return sanitize_html(value, always_sanitize=True)
	return value
