"""The letterhead (kop surat): emblem, the government, the OPD, below it the unit, address."""

from __future__ import annotations

import base64
import io
from collections.abc import Collection

import frappe

EMBLEM_HEIGHT = 360  # pixels; printed 22 mm high, enough for 400 dpi
EMBLEM_MAX_BYTES = 5 * 1024 * 1024
EMBLEM_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
OFFICE_FIELDS = ("name", "opd_name", "address", "postal_code", "phone", "email", "website")


def tree_path(opd: str) -> list[frappe._dict]:
	"""Return the units from the regency down to `opd`, one query whatever the depth."""
	bounds = frappe.db.get_value("P2HAM OPD", opd, ["lft", "rgt"])
	if not bounds:
		return []
	return frappe.get_all(
		"P2HAM OPD",
		filters={"lft": ("<=", bounds[0]), "rgt": (">=", bounds[1])},
		fields=list(OFFICE_FIELDS),
		order_by="lft",
	)


def tree_paths(opds: Collection[str]) -> dict[str, list[frappe._dict]]:
	"""Return the same as `tree_path` for several units, in one query."""
	unit, above = frappe.qb.DocType("P2HAM OPD"), frappe.qb.DocType("P2HAM OPD").as_("above")
	paths: dict[str, list[frappe._dict]] = {opd: [] for opd in opds}
	rows = (
		frappe.qb.from_(unit)
		.join(above)
		.on((above.lft <= unit.lft) & (above.rgt >= unit.rgt))
		.select(unit.name.as_("of"), *(above[field] for field in OFFICE_FIELDS))
		.where(unit.name.isin(sorted(paths) or [""]))
		.orderby(above.lft)
		.run(as_dict=True)
	)
	for row in rows:
		paths[row.pop("of")].append(row)
	return paths


def letterhead(path: list[frappe._dict], regency=None, picture: str | None = None) -> dict:
	"""Return what is printed at the head of a document of the last unit in `path` (see `tree_path`).

	Without a path it is that of the office which writes for the regency. `regency` has the names of the regency where
	they are not those of the settings today; `picture` is the emblem (`emblem`) where it is at hand already.
	"""
	settings = frappe.get_cached_doc("P2HAM Settings")
	regency = regency or settings
	offices = path[1:]  # the root is the regency itself and stands in the first line
	opd = offices[0] if offices else None
	unit = offices[-1] if len(offices) > 1 else None
	return {
		"emblem": emblem(settings.emblem) if picture is None else picture,
		"government": regency.government_line or f"PEMERINTAH {regency.regency_name or ''}".strip().upper(),
		"opd": (opd.opd_name if opd else regency.letterhead_office or "").upper(),
		"unit": unit.opd_name.upper() if unit else "",
		"address": _address(offices) if offices else _one_line(regency.letterhead_address),
		"contact": _contact(offices[-1]) if offices else "",
	}


def _address(offices: list[frappe._dict]) -> str:
	"""The unit's address, else that of the nearest office above it."""
	for office in reversed(offices):
		if office.address:
			return " ".join(filter(None, [_one_line(office.address), office.postal_code]))
	return ""


def _one_line(text: str | None) -> str:
	return ", ".join(line.strip(" ,") for line in (text or "").splitlines() if line.strip(" ,"))


def _contact(office: frappe._dict) -> str:
	parts = [("Telepon", office.phone), ("Laman", office.website), ("Pos-el", office.email)]
	return " · ".join(f"{label}: {value}" for label, value in parts if value)


def emblem(file_url: str | None) -> str:
	"""Return the emblem as a data URI, empty where there is none that can be printed.

	Only a public file or one attached to P2HAM Settings is taken: otherwise whoever edits the settings could
	print any private picture of the site. It is decoded and written anew, so that what reaches the page is a
	small PNG and nothing else.
	"""
	if not file_url:
		return ""
	rows = frappe.get_all(
		"File",
		filters={"file_url": file_url},
		or_filters={"is_private": 0, "attached_to_doctype": "P2HAM Settings"},
		fields=["name", "file_size"],
		order_by="creation",
		limit_page_length=1,
	)
	if not rows or (rows[0].file_size or 0) > EMBLEM_MAX_BYTES:
		return ""
	try:
		content = frappe.get_doc("File", rows[0].name).get_content()
		return small_png(content if isinstance(content, bytes) else content.encode())
	except Exception:
		# A missing or broken picture must not keep an office from printing; the space stays empty.
		frappe.log_error(title="P2HAM: emblem cannot be read")
		return ""


def small_png(content: bytes) -> str:
	"""Return a picture, scaled down to what print needs, as a PNG data URI. Raises what Pillow raises."""
	from PIL import Image

	if len(content) > EMBLEM_MAX_BYTES:
		return ""
	with Image.open(io.BytesIO(content), formats=EMBLEM_FORMATS) as image:
		image = image.convert("RGBA")
		image.thumbnail((2 * EMBLEM_HEIGHT, EMBLEM_HEIGHT))
		buffer = io.BytesIO()
		image.save(buffer, "PNG")
	return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
