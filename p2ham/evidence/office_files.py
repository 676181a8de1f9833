"""Office files as streams of lines: .xlsx, .docx, .ods and .odt, from their XML.

Read with expat, part by part, and not with openpyxl: this takes all four, keeps little in memory, stops where the
time is over, and refuses every document type, without which XML has no entities to expand or to fetch.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable
from typing import BinaryIO
from xml.parsers import expat

from p2ham.evidence.refusals import NOT_WHAT_IT_SAYS, PASSWORD, TOO_MUCH, UNREADABLE, Refused

OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLE_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

MEGABYTE = 1024 * 1024
MAX_MEMBERS = 10_000
MAX_UNPACKED = 200 * MEGABYTE
# Text packs about 1:10, a sheet of equal rows 1:50; beyond this only what was made to burst.
MAX_RATIO, RATIO_COUNTS_FROM = 250, 20 * MEGABYTE
MAX_DEPTH = 200  # elements within each other
CHUNK = 64 * 1024

# What zipfile raises while it unpacks something broken.
BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, KeyError)

# What must be inside a file of that ending.
NEEDED = {
	"xlsx": ("[Content_Types].xml", "xl/workbook.xml"),
	"docx": ("[Content_Types].xml", "word/document.xml"),
	"ods": ("mimetype", "content.xml"),
	"odt": ("mimetype", "content.xml"),
}
# Parts of a text document that people see, beside the document itself.
SEEN_IN_DOCX = re.compile(r"word/(?:document|header\d*|footer\d*|comments|footnotes|endnotes)\.xml")
SEEN_IN_ODF = ("content.xml", "styles.xml")
PARAGRAPHS, LINE_BREAKS = frozenset(("p", "h")), frozenset(("br", "cr", "line-break"))
ROWS, CELLS = frozenset(("tr", "table-row")), frozenset(("tc", "table-cell"))
TEXT_PIECE = 50_000  # characters that are handed on together, so that numbers broken over lines stay whole

IDENTITY_DIGITS = 16  # Excel keeps 15 digits of a number: the last one of these became 0
NOT_PLAIN = re.compile(r"#,|%|rp|\[\$|0\.0|[dmyhs]{2}", re.IGNORECASE)
# Built-in formats of numbers that are amounts, percentages, dates (ECMA-376, 18.8.30): all but General and "0".
PLAIN_FORMATS = frozenset((0, 1, 49))


def open_checked(stream: BinaryIO, ending: str) -> zipfile.ZipFile:
	"""Return the file's archive once its contents are what its ending says and of a bearable size.

	Raises Refused.
	"""
	head = stream.read(len(OLE_START))
	if head == OLE_START:
		raise Refused(PASSWORD if OLE_ENCRYPTED in stream.read() else NOT_WHAT_IT_SAYS)
	if not head.startswith(b"PK"):
		raise Refused(NOT_WHAT_IT_SAYS)
	try:
		archive = zipfile.ZipFile(stream)
	except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
		raise Refused(UNREADABLE)
	_check_members(archive.infolist())
	names = set(archive.namelist())
	if not names.issuperset(NEEDED[ending]):
		raise Refused(NOT_WHAT_IT_SAYS)
	if any(member.flag_bits & 1 for member in archive.infolist()):
		raise Refused(PASSWORD)
	if "META-INF/manifest.xml" in names and b"encryption-data" in _read(archive, "META-INF/manifest.xml"):
		raise Refused(PASSWORD)
	for name in NEEDED[ending][1:]:
		_parse(archive, name, lambda event, name, value: None)
	return archive


def _check_members(members: list[zipfile.ZipInfo]) -> None:
	# A member never unpacks into more than it declares: zipfile stops there.
	unpacked = sum(member.file_size for member in members)
	packed = sum(member.compress_size for member in members)
	bursting = unpacked > RATIO_COUNTS_FROM and unpacked > MAX_RATIO * max(packed, 1)
	if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED or bursting:
		raise Refused(TOO_MUCH)


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
	try:
		return archive.read(name)
	except BROKEN:
		raise Refused(UNREADABLE)


def _parse(archive: zipfile.ZipFile, name: str, told) -> None:
	"""Read a part and tell `told(event, element, value)` of it: "start" with the attributes, "end" with "", and
	"text". Names come without their namespace."""
	parser, depth = expat.ParserCreate(namespace_separator=" "), 0
	parser.buffer_text = True

	def start(element: str, attributes: dict) -> None:
		nonlocal depth
		depth += 1
		if depth > MAX_DEPTH:
			raise Refused(TOO_MUCH)
		told("start", _local(element), {_local(key): value for key, value in attributes.items()})

	def end(element: str) -> None:
		nonlocal depth
		depth -= 1
		told("end", _local(element), "")

	def refuse(*declared) -> None:
		raise Refused(UNREADABLE)

	parser.StartElementHandler, parser.EndElementHandler = start, end
	parser.CharacterDataHandler = lambda text: told("text", "", text)
	parser.StartDoctypeDeclHandler = refuse
	try:
		with archive.open(name) as part:
			while chunk := part.read(CHUNK):
				parser.Parse(chunk)
			parser.Parse(b"", True)
	except (expat.ExpatError, *BROKEN):
		raise Refused(UNREADABLE)


def _local(name: str) -> str:
	return name.rpartition(" ")[2]


Take = Callable[[dict, str], None]  # is given a place and the text that stands there


def read(archive: zipfile.ZipFile, ending: str, take: Take) -> None:
	"""Hand all text that people see in the file to `take`, with its place. Raises Refused."""
	if ending == "xlsx":
		_read_workbook(archive, take)
		return
	for name in archive.namelist():
		if SEEN_IN_DOCX.fullmatch(name) if ending == "docx" else name in SEEN_IN_ODF:
			text = _Text(take, sheets=ending == "ods")
			_parse(archive, name, text)
			text.flush()


class _Text:
	"""Collects the text of a document (.docx, .odt, .ods): a paragraph or a row of a table is a line."""

	def __init__(self, take: Take, sheets: bool):
		self.take, self.sheets = take, sheets
		self.place: dict = {}
		self.lines: list[str] = []
		self.size = self.row_depth = self.row = 0
		self.number = ""

	def __call__(self, event: str, element: str, value) -> None:
		if event == "text":
			self.add(value)
		elif event == "start":
			self._start(element, value)
		else:
			self._end(element)

	def _start(self, element: str, attributes: dict) -> None:
		if element in LINE_BREAKS:
			self.add("\n")
		elif element in ("tab", "s"):
			self.add("\t" if element == "tab" else " ")
		elif element in ROWS:
			self.row_depth += 1
		elif element == "table" and self.sheets:
			self.flush()
			self.row, self.place = 0, {"sheet": attributes.get("name", "")}
			self.add(attributes.get("name", "") + "\n")
		elif element == "table-cell" and attributes.get("value-type") == "float":
			self.number = attributes.get("value", "")

	def _end(self, element: str) -> None:
		if element in PARAGRAPHS:
			# Paragraphs of a cell stay in the line of its row.
			self.add(" " if self.row_depth else "\n")
		elif element in CELLS:
			if self.number:  # what is shown of it may be 1,61E+15
				self.add("\t" + (whole_number(self.number) if len(self.number) >= IDENTITY_DIGITS else ""))
				self.number = ""
			self.add("\t")
		elif element in ROWS:
			self.row_depth -= 1
			self.add("\n")
			if self.sheets:
				self._end_row()
		if self.size > TEXT_PIECE and not self.row_depth:
			self.flush()

	def _end_row(self) -> None:
		sheet = {"sheet": self.place.get("sheet", "")}
		self.row += 1
		self.place = {**sheet, "row": self.row}
		self.flush()

	def add(self, text: str) -> None:
		self.lines.append(text)
		self.size += len(text)

	def flush(self) -> None:
		self.take(self.place, "".join(self.lines))
		self.lines, self.size = [], 0


# Workbooks


def _read_workbook(archive: zipfile.ZipFile, take: Take) -> None:
	strings, plain = _shared_strings(archive), _plain_styles(archive)
	targets = _targets(archive, "xl/workbook.xml")
	sheets: list[tuple[str, str]] = []

	def sheet(event: str, element: str, value) -> None:
		if event == "start" and element == "sheet":
			sheets.append((value.get("name", ""), targets.get(value.get("id", ""), "")))

	_parse(archive, "xl/workbook.xml", sheet)
	for name, part in sheets:
		take({"sheet": name}, name)
		if part not in archive.NameToInfo:
			continue
		_parse(archive, part, _Sheet(name, strings, plain, take))
		for target in _targets(archive, part).values():
			if "omments" in target and target in archive.NameToInfo:
				_parse(archive, target, _Comments(name, take))


def _targets(archive: zipfile.ZipFile, part: str) -> dict[str, str]:
	"""Return the parts that a part refers to, by the id of the relation."""
	folder, name = posixpath.split(part)
	relations, found = f"{folder}/_rels/{name}.rels", {}

	def relation(event: str, element: str, value) -> None:
		if event == "start" and element == "Relationship" and value.get("TargetMode") != "External":
			target = posixpath.normpath(posixpath.join("/" + folder, value.get("Target", "")))
			found[value.get("Id", "")] = target.lstrip("/")

	if relations in archive.NameToInfo:
		_parse(archive, relations, relation)
	return found


def _shared_strings(archive: zipfile.ZipFile) -> list[str]:
	strings: list[str] = []
	pieces: list[str] = []

	def string(event: str, element: str, value) -> None:
		if event == "text":
			pieces.append(value)
		elif event == "end" and element == "si":
			strings.append("".join(pieces))
			pieces.clear()

	if "xl/sharedStrings.xml" in archive.NameToInfo:
		_parse(archive, "xl/sharedStrings.xml", string)
	return strings


def _plain_styles(archive: zipfile.ZipFile) -> list[bool]:
	"""Return for each style of cells whether it shows a number plainly: not as an amount, a date or a share."""
	formats: dict[str, str] = {}
	styles: list[bool] = []
	inside: list[str] = []

	def style(event: str, element: str, value) -> None:
		if event == "start":
			inside.append(element)
			if element == "numFmt":
				formats[value.get("numFmtId", "")] = value.get("formatCode", "")
			elif element == "xf" and "cellXfs" in inside:
				code = value.get("numFmtId", "0")
				own = formats.get(code)
				known = code.isdecimal() and int(code) in PLAIN_FORMATS
				styles.append(known if own is None else not NOT_PLAIN.search(own))
		elif event == "end":
			inside.pop()

	if "xl/styles.xml" in archive.NameToInfo:
		_parse(archive, "xl/styles.xml", style)
	return styles


class _Sheet:
	"""Hands on each row of a worksheet: the values that are shown, parted by tabs."""

	def __init__(self, name: str, strings: list[str], plain: list[bool], take: Take):
		self.name, self.strings, self.plain, self.take = name, strings, plain, take
		self.number, self.cells = 0, []
		self.kind = self.style = ""
		self.value: list[str] | None = None

	def __call__(self, event: str, element: str, value) -> None:
		if event == "text":
			if self.value is not None:
				self.value.append(value)
		elif event == "start":
			if element == "row":
				self.number = int(value["r"]) if value.get("r", "").isdecimal() else self.number + 1
			elif element == "c":
				self.kind, self.style = value.get("t", "n"), value.get("s", "0")
			elif element in ("v", "t"):  # not f: formulas are not shown
				self.value = []
		elif element in ("v", "t") and self.value is not None:
			self.cells.append(self._shown("".join(self.value)))
			self.value = None
		elif element == "row":
			self.take({"sheet": self.name, "row": self.number}, "\t".join(self.cells))
			self.cells = []

	def _shown(self, value: str) -> str:
		if self.kind == "s":
			known = value.isdecimal() and len(value) < 10 and int(value) < len(self.strings)
			return self.strings[int(value)] if known else ""
		if self.kind != "n":
			return value
		style = int(self.style) if self.style.isdecimal() and len(self.style) < 10 else 0
		is_plain = self.plain[style] if style < len(self.plain) else True
		return whole_number(value) if is_plain else ""


class _Comments:
	"""Hands on the comments of a worksheet."""

	def __init__(self, sheet: str, take: Take):
		self.sheet, self.take, self.row = sheet, take, 0
		self.pieces: list[str] = []

	def __call__(self, event: str, element: str, value) -> None:
		if event == "text":
			self.pieces.append(value)
		elif event == "start" and element in ("comment", "threadedComment"):
			self.row = int(re.sub(r"\D", "", value.get("ref", ""))[:9] or 0)
			self.pieces = []
		elif event == "end" and element in ("comment", "threadedComment"):
			self.take({"sheet": self.sheet, "row": self.row}, "".join(self.pieces))


def whole_number(value: str) -> str:
	"""Return a stored number as digits, empty if it is none that can be an identity number or a phone.

	Of a NIK typed as a number Excel keeps 15 digits and ends it with 0; a last digit of 1 stands for the lost
	one, because a serial of 0000 would be none.
	"""
	try:
		number = float(value)
	except ValueError:
		return ""
	if not (number.is_integer() and 1e8 <= abs(number) < 1e17):
		return ""
	digits = value if value.isdecimal() else str(int(number))
	return digits[:-1] + "1" if len(digits) == IDENTITY_DIGITS and digits.endswith("0") else digits
