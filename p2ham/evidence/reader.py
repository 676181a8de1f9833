"""The process that opens a file which may be hostile: `python -m p2ham.evidence.reader REQUEST < FILE`.

The request is JSON: `file_name`, `scan` (search for personal data), `budget` (seconds for that) and `offices` (what
belongs to offices: `phones`, `emails`, `domains`). The answer is one line of JSON on stdout and, if it says `cleaned`,
the bytes of the photo without its metadata. Text of the file never leaves this process, only masked findings do.

The process limits itself before it reads a byte. Whatever a file makes of it, it dies alone: sandbox.py, which starts
it, takes that for a refusal. It knows nothing of Frappe, so nothing of the site can be reached from here.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import re
import resource
import signal
import stat
import sys
import warnings
from dataclasses import asdict, dataclass, field
from importlib import import_module
from typing import BinaryIO

from p2ham.engine import personal_data
from p2ham.evidence.refusals import (
	NOT_WHAT_IT_SAYS,
	TOO_MANY_PIXELS,
	TOO_MUCH,
	UNREADABLE,
	Refused,
	is_too_much,
)

MEGABYTE = 1024 * 1024
# The largest picture allowed takes 400 MB, Python and its libraries are the rest.
MAX_MEMORY = 512 * MEGABYTE
# Beside the budget of the search. The largest picture is decoded in 2 s, 2,000 pages are counted in less.
CPU_SECONDS = 30
MAX_BYTES = 200 * MEGABYTE  # of a file that comes through a pipe and has to stay in memory
MAX_PIXELS = 100_000_000  # the largest phone cameras and A3 scans at 600 dpi
MAX_FINDINGS = 200

# By the ending: the only decoder of Pillow that may see the file, and how such a file begins.
JPEG = ("JpegImagePlugin", "JPEG", rb"\xff\xd8\xff")
TIFF = ("TiffImagePlugin", "TIFF", rb"II\*\0|MM\0\*")
PICTURES = {
	"jpg": JPEG,
	"jpeg": JPEG,
	"png": ("PngImagePlugin", "PNG", rb"\x89PNG\r\n\x1a\n"),
	"webp": ("WebPImagePlugin", "WEBP", rb"RIFF....WEBP"),
	"gif": ("GifImagePlugin", "GIF", rb"GIF8"),
	"bmp": ("BmpImagePlugin", "BMP", rb"BM"),
	"tif": TIFF,
	"tiff": TIFF,
}
KINDS = {
	"pdf": "pdf",
	**dict.fromkeys(PICTURES, "image"),
	"xlsx": "sheet",
	"ods": "sheet",
	"docx": "document",
	"odt": "document",
}
OTHER = "other"


@dataclass
class Answer:
	"""What is known of the file. `pages`, `width` and `height` are 0 and `text` is None where there is no such
	thing; `text` says whether there is any ("found", "none"), and is None too if nobody looked."""

	kind: str = OTHER
	refused: dict | None = None
	pages: int = 0
	width: int = 0
	height: int = 0
	taken_on: str | None = None
	cleaned: bool = False
	text: str | None = None
	findings: list[dict] = field(default_factory=list)
	left_out: int = 0  # findings beyond MAX_FINDINGS
	partial: bool = False
	unreadable_pages: int = 0


class OutOfTime(BaseException):
	"""The budget is used up. No Exception, or a library would take it for a fault of the file."""


class Search:
	"""Collects the personal data of a file, at most MAX_FINDINGS kinds and places."""

	def __init__(self, answer: Answer, offices: personal_data.Offices):
		self.answer, self.offices = answer, offices
		self.by_place: dict[tuple, dict] = {}

	def __call__(self, place: dict, text: str) -> None:
		matches = personal_data.find(text, self.offices)
		if matches:
			place = {key: self._shown(value) for key, value in place.items()}
		for finding in personal_data.summarise(place, matches):
			self._add(asdict(finding))

	def _shown(self, value):
		"""Return a part of a place as it may be stored: the name of a sheet may be a citizen's number."""
		if not isinstance(value, str):
			return value
		for match in reversed(personal_data.find(value, self.offices)):
			value = value[: match.start] + match.sample + value[match.end :]
		return value

	def _add(self, finding: dict) -> None:
		key = (finding["kind"], *finding["place"].items())
		if key in self.by_place:
			self.by_place[key]["count"] += finding["count"]
		elif len(self.by_place) < MAX_FINDINGS:
			self.by_place[key] = finding
			self.answer.findings.append(finding)
		else:
			self.answer.left_out += 1


def main() -> None:
	limit_myself(1)
	request = json.loads(sys.argv[1])
	limit_myself(request["budget"])
	# What libraries say about a broken file goes nowhere; a hostile one makes them say much.
	logging.disable(logging.CRITICAL)
	warnings.simplefilter("ignore")
	answer, cleaned = examine(request, _content())
	sys.stdout.buffer.write(json.dumps(asdict(answer)).encode("ascii") + b"\n" + cleaned)
	sys.stdout.buffer.flush()
	os._exit(0)  # what a library left behind has no say any more


def limit_myself(budget: float) -> None:
	cpu = CPU_SECONDS + int(budget)
	for kind, most in (
		(resource.RLIMIT_AS, MAX_MEMORY),
		(resource.RLIMIT_CPU, cpu),
		(resource.RLIMIT_FSIZE, 0),  # nothing is ever written to a disk
		(resource.RLIMIT_CORE, 0),  # a core dump would be the file's text on a disk
	):
		hard = resource.getrlimit(kind)[1]
		wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
		resource.setrlimit(kind, (wanted, hard if kind == resource.RLIMIT_CPU else wanted))


def _content() -> BinaryIO:
	"""Return the file on stdin: as it is if it is one, else what comes through the pipe."""
	if stat.S_ISREG(os.fstat(0).st_mode):
		return sys.stdin.buffer
	return io.BytesIO(sys.stdin.buffer.read(MAX_BYTES + 1))


def examine(request: dict, stream: BinaryIO) -> tuple[Answer, bytes]:
	"""Return what is known of a file, and the photo without its metadata if there is one."""
	ending = request["file_name"].rpartition(".")[2].lower()
	answer = Answer(KINDS.get(ending, OTHER))
	known = {key: frozenset(values) for key, values in request.get("offices", {}).items()}
	search = Search(answer, personal_data.Offices(**known))
	cleaned = b""
	try:
		size = stream.seek(0, os.SEEK_END)
		stream.seek(0)
		if not size:
			raise Refused(UNREADABLE)
		if size > MAX_BYTES:
			raise Refused(TOO_MUCH)
		look = None
		if answer.kind == "pdf":
			look = check_pdf(stream, answer)
		elif answer.kind == "image":
			cleaned = check_picture(stream, ending, answer)
		elif answer.kind != OTHER:
			look = check_office_file(stream, ending, answer)
		if request["scan"]:
			scan(request, search, look)
	except Refused as refused:
		_refuse(answer, refused.code, **refused.numbers)
	except (MemoryError, RecursionError):
		_refuse(answer, TOO_MUCH)
	return answer, (cleaned if answer.cleaned else b"")


def _refuse(answer: Answer, code: str, **numbers: int) -> None:
	answer.refused = {"code": code, **numbers}
	answer.cleaned, answer.findings = False, []


# What each kind of file must be; each returns how its text is handed to a search, if it has text


def check_pdf(stream: BinaryIO, answer: Answer):
	from p2ham.evidence import pdf_files

	reader, answer.pages = pdf_files.open_checked(stream)

	def look(search: Search) -> None:
		answer.text = "none"
		search({"properties": True}, pdf_files.properties(reader))
		for number in range(answer.pages):
			try:
				place = {"page": number + 1}
				page = reader.pages[number]
				if pdf_files.read_page(page, lambda text, place=place: search(place, text)):
					answer.text = "found"
			except pdf_files.Faulty:
				answer.unreadable_pages += 1

	return look


def check_office_file(stream: BinaryIO, ending: str, answer: Answer):
	from p2ham.evidence import office_files

	archive = office_files.open_checked(stream, ending)

	def look(search: Search) -> None:
		answer.text = "none"

		def take(place: dict, text: str) -> None:
			if text and not text.isspace():
				answer.text = "found"
				search(place, text)

		office_files.read(archive, ending, take)

	return look


def check_picture(stream: BinaryIO, ending: str, answer: Answer) -> bytes:
	"""Return the picture without metadata; the answer says whether that is another file."""
	plugin, form, beginning = PICTURES[ending]
	content = stream.read()
	if not re.match(beginning, content, re.DOTALL):
		raise Refused(NOT_WHAT_IT_SAYS)
	from p2ham.evidence import pictures

	try:
		import_module(f"PIL.{plugin}")
		orientation, date = _decode(content, form, answer)
		cleaned = pictures.without_metadata(form, content, orientation, date)
	except (Refused, MemoryError):
		raise
	except Exception:  # a broken picture can make a decoder raise anything
		raise Refused(UNREADABLE)
	answer.taken_on = pictures.iso_date(date)
	answer.cleaned = cleaned != content
	return cleaned


def _decode(content: bytes, form: str, answer: Answer) -> tuple[int, str]:
	"""Decode a picture, to know that it is whole; return what of its metadata is kept."""
	from PIL import Image

	from p2ham.evidence import pictures

	Image.MAX_IMAGE_PIXELS = None  # counted here, by the header, before anything is decoded
	with Image.open(io.BytesIO(content), formats=[form]) as picture:
		answer.width, answer.height = width, height = picture.size
		if width * height > MAX_PIXELS:
			raise Refused(TOO_MANY_PIXELS, width=width, height=height, most=MAX_PIXELS)
		# A film is no photo. Phones add a second picture to the first (MPO), scanners make pages (TIFF).
		if getattr(picture, "is_animated", False) and picture.format not in ("MPO", "TIFF"):
			raise Refused(NOT_WHAT_IT_SAYS)
		kept = pictures.kept_exif(picture.getexif())
		# Reads all of a JPEG, but keeps an eighth of each side in memory.
		picture.draft(picture.mode, (width // 8, height // 8))
		picture.load()
	return kept


# The search


def scan(request: dict, search: Search, look) -> None:
	"""Search the name and the text of a file until the budget is used up; `partial` says that it was."""
	# An underscore joins words for a computer only: "KTP_1611014501900001".
	search({"file_name": True}, request["file_name"].replace("_", " "))
	if not look:
		return
	try:
		with time_limit(request["budget"]):
			look(search)
	except OutOfTime as stopped:
		# Memory may have run out while nobody could be told that the time had.
		if is_too_much(stopped):
			raise Refused(TOO_MUCH)
		search.answer.partial = True


@contextlib.contextmanager
def time_limit(seconds: float):
	def stop(number, frame):
		raise OutOfTime

	signal.signal(signal.SIGALRM, stop)
	# Again and again, because a library may catch even this.
	signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001), 0.5)
	try:
		yield
	finally:
		signal.setitimer(signal.ITIMER_REAL, 0)


if __name__ == "__main__":
	main()
