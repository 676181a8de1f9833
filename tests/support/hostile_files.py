"""Files that people upload, honest and hostile ones, each made by a small function that returns its bytes."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from functools import cache

MEGABYTE = 1024 * 1024
NIK, KK, PHONE = "1611014501900001", "1611011203100004", "081273456789"

# PDF


def pdf(objects: Iterable[bytes], trailer: bytes = b"") -> bytes:
	"""Return a PDF of the bodies of objects 1, 2, ...; the first is the catalogue."""
	out, places = bytearray(b"%PDF-1.4\n"), []
	for number, body in enumerate(objects, start=1):
		places.append(len(out))
		out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
	start = len(out)
	out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
	out += b"".join(b"%010d 00000 n \n" % place for place in places)
	out += b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, trailer, start)
	return bytes(out)


def stream(content: bytes, entries: bytes = b"") -> bytes:
	return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(content), entries, content)


FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"
CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
FIRST_PAGE = 4  # objects 1 to 3 are catalogue, page tree and font; each page and its content are the next two


def pages_of(contents: list[bytes], trailer: bytes = b"", more: bytes = b"") -> bytes:
	"""Return a PDF with a page for each content stream (an object's body)."""
	kids = b" ".join(b"%d 0 R" % (FIRST_PAGE + 2 * number) for number in range(len(contents)))
	objects = [CATALOGUE, b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(contents), kids), FONT]
	for number, content in enumerate(contents):
		page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R%s>>"
		objects += [page % (FIRST_PAGE + 2 * number + 1, more), content]
	return pdf(objects, trailer)


def text_stream(text: str) -> bytes:
	lines = (line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in text.split("\n"))
	shown = " ".join(f"({line}) Tj T*" for line in lines)
	return stream(
		zlib.compress(f"BT /F1 11 Tf 14 TL 50 780 Td {shown} ET".encode("cp1252")), b"/Filter/FlateDecode"
	)


def pdf_with_text(*pages: str) -> bytes:
	return pages_of([text_stream(text) for text in pages])


def pdf_without_text(pages: int = 1) -> bytes:
	"""Pages with a line drawn on them, as a scan has no text either."""
	return pages_of([stream(b"0 0 m 100 100 l S")] * pages)


def pdf_with_link(address: str) -> bytes:
	link = b"/Annots[<</Type/Annot/Subtype/Link/A<</S/URI/URI(%s)>>>>]" % address.encode()
	return pages_of([text_stream("Kontak")], more=link)


def encrypted_pdf(password: str) -> bytes:
	"""Return a PDF that opens with a password; with an empty one it is only locked against changes."""
	from pypdf import PdfReader, PdfWriter

	writer = PdfWriter()
	for page in PdfReader(io.BytesIO(pdf_with_text(f"NIK {NIK}"))).pages:
		writer.add_page(page)
	writer.encrypt(password, "pemilik")
	out = io.BytesIO()
	writer.write(out)
	return out.getvalue()


@cache
def zeros(megabytes: int) -> bytes:
	"""Return so many megabytes, packed, without ever holding them."""
	packer = zlib.compressobj(9)
	return b"".join(packer.compress(bytes(MEGABYTE)) for _ in range(megabytes)) + packer.flush()


def pdf_bomb_in_content(megabytes: int = 700) -> bytes:
	return pages_of([stream(zeros(megabytes), b"/Filter/FlateDecode")])


def pdf_bomb_in_xref(megabytes: int = 700) -> bytes:
	body = stream(zeros(megabytes), b"/Type/XRef/Size 10/W[1 4 2]/Root 1 0 R/Filter/FlateDecode")
	return b"%%PDF-1.5\n1 0 obj\n%s\nendobj\nstartxref\n9\n%%%%EOF\n" % body


def pdf_cycle() -> bytes:
	return pdf([CATALOGUE, b"<</Type/Pages/Count 1/Kids[3 0 R]>>", b"<</Type/Pages/Count 1/Kids[2 0 R]>>"])


def pdf_deep_tree(depth: int = 3_000) -> bytes:
	nodes = (b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % (number + 3) for number in range(depth))
	return pdf([CATALOGUE, *nodes, b"<</Type/Page/MediaBox[0 0 9 9]>>"])


def pdf_nested_arrays(depth: int = 100_000) -> bytes:
	return pdf([CATALOGUE, b"<</Type/Pages/Count 1/Kids%s%s>>" % (b"[" * depth, b"]" * depth)])


def pdf_claims_pages(count: int = 10**9) -> bytes:
	page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
	return pdf([CATALOGUE, b"<</Type/Pages/Count %d/Kids[3 0 R]>>" % count, page])


def pdf_without_pages() -> bytes:
	return pdf([CATALOGUE, b"<</Type/Pages/Count 0/Kids[]>>"])


# Pictures


def picture(form: str = "JPEG", size: tuple[int, int] = (64, 48), **options) -> bytes:
	from PIL import Image

	out = io.BytesIO()
	Image.linear_gradient("L").resize(size).convert("RGB").save(out, form, **options)
	return out.getvalue()


def camera_exif(orientation: int = 6, date: str = "2024:05:17 09:30:00") -> bytes:
	"""Return EXIF data as a phone writes it: where, with which camera, by whom and when."""
	from PIL import Image

	exif = Image.Exif()
	exif[0x010F], exif[0x0110], exif[0x013B] = "KameraPabrik", "KameraModel", "Siti Aminah"
	exif[0x0112] = orientation
	exif.get_ifd(0x8769)[0x9003] = date
	block = exif.get_ifd(0x8825)
	block[1], block[2], block[3], block[4] = "S", (3.0, 48.0, 12.0), "E", (102.0, 56.0, 8.0)
	# Older Pillows forget blocks that get_ifd made.
	exif._ifds.setdefault(0x8825, block)
	exif[0x8825], exif[0x8769] = dict(block), {0x9003: date}
	return exif.tobytes()


def photo(form: str = "JPEG", **options) -> bytes:
	"""Return a photo with all that phones and programs write into it."""
	options = {"exif": camera_exif(), **options}
	if form == "JPEG":
		options["comment"] = b"Rumah Siti Aminah"
	if form == "PNG":
		from PIL.PngImagePlugin import PngInfo

		notes = PngInfo()
		notes.add_text("Author", "Siti Aminah")
		notes.add_itxt("XML:com.adobe.xmp", "<x>Siti Aminah</x>")
		options["pnginfo"] = notes
	if form == "WEBP":
		options["xmp"] = b"<x>Siti Aminah</x>"
	return picture(form, **options)


def png_header(width: int = 30_000, height: int = 30_000) -> bytes:
	"""Return a PNG of a few bytes that unpacks into width times height pixels."""

	def chunk(kind: bytes, content: bytes) -> bytes:
		return (
			struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
		)

	header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
	pixels = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
	return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


def animated(form: str = "PNG") -> bytes:
	from PIL import Image

	out = io.BytesIO()
	frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "green", "blue")]
	frames[0].save(out, form, save_all=True, append_images=frames[1:])
	return out.getvalue()


# Office files

TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def archive(members: dict[str, str | bytes]) -> bytes:
	out = io.BytesIO()
	with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
		for name, content in members.items():
			packed.writestr(name, content)
	return out.getvalue()


def docx(body: str, before: str = "", **parts: str) -> bytes:
	document = f'<?xml version="1.0"?>{before}<w:document {W}><w:body>{body}</w:body></w:document>'
	return archive({"[Content_Types].xml": TYPES, "word/document.xml": document, **parts})


def paragraph(*runs: str) -> str:
	return "<w:p>" + "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs) + "</w:p>"


def docx_table(*rows: tuple[str, ...]) -> bytes:
	cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
	return docx("<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>")


def billion_laughs() -> bytes:
	laughs = ['<!ENTITY a0 "ha">']
	laughs += [f'<!ENTITY a{step} "{f"&a{step - 1};" * 10}">' for step in range(1, 10)]
	return docx(paragraph("&a9;"), before=f"<!DOCTYPE d [{''.join(laughs)}]>")


def xlsx(
	*sheets: tuple[str, list[list]], formats: dict[str, str] | None = None, comments: dict | None = None
) -> bytes:
	"""Return a workbook; `formats` and `comments` are by the cell of the first sheet."""
	from openpyxl import Workbook
	from openpyxl.comments import Comment

	book = Workbook()
	book.remove(book.active)
	for name, rows in sheets:
		sheet = book.create_sheet(name)
		for row in rows:
			sheet.append(row)
	for cell, code in (formats or {}).items():
		book.worksheets[0][cell].number_format = code
	for cell, text in (comments or {}).items():
		book.worksheets[0][cell].comment = Comment(text, "Siti")
	out = io.BytesIO()
	book.save(out)
	return out.getvalue()


def xlsx_bomb(megabytes: int = 220) -> bytes:
	"""Return a workbook with a sheet that unpacks into so many megabytes."""
	out = io.BytesIO()
	with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
		packed.writestr("[Content_Types].xml", TYPES)
		packed.writestr("xl/workbook.xml", "<workbook/>")
		with packed.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
			for _ in range(megabytes):
				sheet.write(b" " * MEGABYTE)
	return out.getvalue()


def many_members(count: int = 10_001) -> bytes:
	members = {"[Content_Types].xml": TYPES, "xl/workbook.xml": "<workbook/>"}
	return archive({**members, **{f"xl/{number}": "" for number in range(count)}})


def ods(rows: list[list[str]]) -> bytes:
	cells = ("".join(f"<c:table-cell><t:p>{cell}</t:p></c:table-cell>" for cell in row) for row in rows)
	table = "".join(f"<c:table-row>{row}</c:table-row>" for row in cells)
	return archive(
		{
			"mimetype": "application/vnd.oasis.opendocument.spreadsheet",
			"content.xml": f'<d xmlns:c="table" xmlns:t="text"><c:table c:name="Data">{table}</c:table></d>',
		}
	)


def encrypted_office_file() -> bytes:
	"""Return the container in which Office keeps an encrypted workbook."""
	start = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
	return (
		start
		+ "EncryptionInfo".encode("utf-16-le")
		+ bytes(64)
		+ "EncryptedPackage".encode("utf-16-le")
		+ bytes(512)
	)


def old_office_file() -> bytes:
	return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "Workbook".encode("utf-16-le") + bytes(512)


def program() -> bytes:
	return b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff" + bytes(2000)
