"""The photos that are attached to guidance, as a document prints them: upright, small, and JPEG whatever they were."""

from __future__ import annotations

import base64
import io

import frappe

FORMATS = ("JPEG", "PNG")
ENDINGS = (".jpg", ".jpeg", ".png")
# Pixels of the longer side: on paper a photo is some 8 cm wide, which makes 250 dpi.
SIDE = 800
QUALITY = 70
# What is decoded in the worker's memory: a large camera has 50 million pixels.
MAX_PIXELS = 60_000_000
MAX_BYTES = 30 * 1024 * 1024
# A page has six of them.
PRINTED = 12


def attached_to(doc) -> tuple[list[str], int]:
	"""Return the first photos of a document as data URIs, in the order in which they were attached, and how many
	there are beyond these. What cannot be read as a picture is left out."""
	files = [
		row
		for row in frappe.get_all(
			"File",
			filters={"attached_to_doctype": doc.doctype, "attached_to_name": doc.name, "is_folder": 0},
			fields=["name", "file_name", "file_size"],
			order_by="creation, name",
		)
		if (row.file_name or "").lower().endswith(ENDINGS) and (row.file_size or 0) <= MAX_BYTES
	]
	shown: list[str] = []
	for place, row in enumerate(files):
		if len(shown) == PRINTED:
			return shown, len(files) - place
		if photo := _of_file(row.name):
			shown.append(photo)
	return shown, 0


def _of_file(name: str) -> str:
	try:
		content = frappe.get_doc("File", name).get_content()
		return small_jpeg(content if isinstance(content, bytes) else content.encode())
	except Exception:
		# Neither a broken photo nor one whose file is gone keeps anybody from printing minutes.
		return ""


def small_jpeg(content: bytes) -> str:
	"""Return a photo as a JPEG data URI, turned upright as its camera says, scaled down, without what it tells of the
	photographer; empty for one that is too large. Raises what Pillow raises."""
	from PIL import Image, ImageOps

	with Image.open(io.BytesIO(content), formats=FORMATS) as image:
		if image.width * image.height > MAX_PIXELS:
			return ""
		image.draft("RGB", (2 * SIDE, 2 * SIDE))  # a JPEG is decoded smaller from the start
		image.thumbnail((SIDE, SIDE))
		upright = ImageOps.exif_transpose(image).convert("RGBA")
		paper = Image.new("RGB", upright.size, "white")
		paper.paste(upright, mask=upright.getchannel("A"))
		buffer = io.BytesIO()
		paper.save(buffer, "JPEG", quality=QUALITY, optimize=True)
	return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
