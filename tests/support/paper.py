"""What a PDF is on paper: size, text, fonts and where there is ink, page by page.

`check_pages` holds it against the margins of the documents' own style sheets.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from pypdf import PdfReader

STYLES = Path(__file__).parents[2] / "p2ham" / "templates" / "documents"
A4 = (210, 297)  # mm
SIZE_TOLERANCE = TOLERANCE = 1  # mm
POINT = 25.4 / 72  # mm
RESOLUTION = 50  # dpi
PIXEL = 25.4 / RESOLUTION  # mm
# Paler is a background or the watermark (#efefef = 239), which no printer's margin cuts off.
INK = 225
# Between the text and the foot below it.
GAP = (0.5, 1.5)  # mm below the text
DEFAULT_MARGIN = 15  # mm; Frappe's, where a Print Format says nothing


@dataclass(frozen=True)
class Page:
	"""Sizes in mm. `fonts` tells of each whether it is embedded; `picture` shows the page in greys, None where there
	is no poppler."""

	number: int
	width: float
	height: float
	text: str
	fonts: dict[str, bool]
	picture: Image.Image | None

	def ink(self, left: float, top: float, right: float, bottom: float) -> tuple[float, ...] | None:
		"""Return the smallest box (mm) around all ink in a part of the page, None for no ink."""
		corner = tuple(max(0, round(side / PIXEL)) for side in (left, top))
		part = self.picture.crop(
			(
				*corner,
				*(max(at, round(side / PIXEL)) for at, side in zip(corner, (right, bottom), strict=True)),
			)
		)
		box = part.point(lambda grey: 255 if grey < INK else 0).getbbox()
		return box and tuple(round((side + corner[at % 2]) * PIXEL, 1) for at, side in enumerate(box))


@dataclass(frozen=True)
class Margins:
	"""In mm."""

	top: float
	right: float
	bottom: float
	left: float


def has_poppler() -> bool:
	return bool(shutil.which("pdftotext") and shutil.which("pdftoppm"))


def pages_of(content: bytes) -> list[Page]:
	"""Take a PDF apart."""
	read = PdfReader(io.BytesIO(content)).pages
	with tempfile.TemporaryDirectory() as folder:
		file = Path(folder) / "document.pdf"
		file.write_bytes(content)
		if has_poppler():
			texts, pictures = texts_of(file), pictures_of(file)
		else:
			texts, pictures = [page.extract_text() for page in read], [None] * len(read)
	assert len(read) == len(texts) == len(pictures)
	return [
		Page(
			number,
			float(page.mediabox.width) * POINT,
			float(page.mediabox.height) * POINT,
			text,
			fonts_of(page.get("/Resources")),
			picture,
		)
		for number, (page, text, picture) in enumerate(zip(read, texts, pictures, strict=True), start=1)
	]


def texts_of(file: Path) -> list[str]:
	told = subprocess.run(["pdftotext", "-layout", file, "-"], check=True, capture_output=True).stdout
	return told.decode().split("\f")[:-1]


def pictures_of(file: Path) -> list[Image.Image]:
	subprocess.run(["pdftoppm", "-gray", "-r", str(RESOLUTION), file, file.with_suffix("")], check=True)
	pictures = []
	# pdftoppm writes the numbers of the pages with as many digits as the last one has.
	for path in sorted(file.parent.glob(f"{file.stem}-*.pgm")):
		with Image.open(path) as picture:
			pictures.append(picture.copy())
	return pictures


def fonts_of(resources) -> dict[str, bool]:
	"""Return the fonts of a page or a form on it, and whether each is embedded."""
	found: dict[str, bool] = {}
	resources = resources.get_object() if resources else {}
	for font in dict(resources.get("/Font", {}).get_object() if "/Font" in resources else {}).values():
		font = font.get_object()
		found[str(font.get("/BaseFont", "unnamed"))] = is_embedded(font)
	for form in dict(resources["/XObject"].get_object() if "/XObject" in resources else {}).values():
		form = form.get_object()
		if form.get("/Subtype") == "/Form" and "/Resources" in form:
			found.update(fonts_of(form["/Resources"]))
	return found


def is_embedded(font) -> bool:
	if font.get("/Subtype") == "/Type3":  # is drawn on the spot
		return True
	if font.get("/Subtype") == "/Type0":
		return all(is_embedded(part.get_object()) for part in font["/DescendantFonts"].get_object())
	descriptor = font["/FontDescriptor"].get_object() if "/FontDescriptor" in font else {}
	return any(f"/FontFile{number}" in descriptor for number in ("", "2", "3"))


def margins(landscape: bool, print_view: bool = False) -> Margins:
	"""Return the margins that the style sheet gives to the official PDF, or (`print_view`) Frappe to wkhtmltopdf."""
	css = (STYLES / f"{'landscape' if landscape else 'portrait'}.css").read_text()
	if not print_view:
		return Margins(
			*map(float, re.search(r"@page \{[^}]*margin: (\S+)mm (\S+)mm (\S+)mm (\S+)mm", css).groups())
		)
	given = dict(re.findall(r"margin-(\w+): ([\d.]+)mm", css))
	return Margins(*(float(given.get(side, DEFAULT_MARGIN)) for side in ("top", "right", "bottom", "left")))


def check_pages(content: bytes, landscape: bool, print_view: bool = False) -> list[Page]:
	"""Check size, fonts and margins of all pages; return them. Head and foot of an official PDF lie in its margins, a
	print view has none. Raises AssertionError with the pages and what is wrong with them."""
	pages = pages_of(content)
	assert pages
	wanted = margins(landscape, print_view)
	faults = [fault for page in pages for fault in faults_of(page, landscape, wanted, running=not print_view)]
	assert not faults, "\n".join(faults)
	return pages


def faults_of(page: Page, landscape: bool, wanted: Margins, running: bool) -> list[str]:
	"""Say what is wrong with a page; `running` allows for a head and a foot in its margins."""
	found = []
	width, height = reversed(A4) if landscape else A4
	if abs(page.width - width) > SIZE_TOLERANCE or abs(page.height - height) > SIZE_TOLERANCE:
		found.append(f"{page.width:.0f} x {page.height:.0f} mm instead of {width} x {height}")
	found += [f"font {name} is not embedded" for name, embedded in page.fonts.items() if not embedded]
	if not page.text.strip():
		found.append("no text")
	if page.picture:
		found += [
			f"ink in the {name} at {box} mm"
			for name, part in empty_parts(page, wanted, running).items()
			if (box := page.ink(*part))
		]
	return [f"page {page.number}: {fault}" for fault in found]


def empty_parts(page: Page, wanted: Margins, running: bool) -> dict[str, tuple[float, ...]]:
	"""Return where there must be no ink: (left, top, right, bottom) in mm."""
	right, bottom = page.width - wanted.right, page.height - wanted.bottom
	parts = {
		"left margin": (0, 0, wanted.left - TOLERANCE, page.height),
		"right margin": (right + TOLERANCE, 0, page.width, page.height),
	}
	if running:
		parts["gap above the foot"] = (0, bottom + GAP[0], page.width, bottom + GAP[1])
	else:
		parts["top margin"] = (0, 0, page.width, wanted.top - TOLERANCE)
		parts["bottom margin"] = (0, bottom + TOLERANCE, page.width, page.height)
	return parts


def words(text: str) -> str:
	"""Return a text with all white space as single spaces."""
	return re.sub(r"\s+", " ", text)


def joined(text: str) -> str:
	"""Return a text without any white space: spaced letters come out of a PDF as words of their own."""
	return re.sub(r"\s+", "", text)
