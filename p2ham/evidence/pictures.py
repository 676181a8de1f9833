"""Photos without what they tell of the photographer: place, camera, owner, thumbnails.

The files are taken apart and put together again without the parts that hold metadata. No pixel is decoded, so nothing
is lost, and the result of the same file is always the same. Kept are the colour profile, the orientation and the date
on which the picture was taken.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from datetime import datetime

ORIENTATION, EXIF_POINTER, DATE_TAKEN = 0x0112, 0x8769, 0x9003
TURNED = range(2, 9)  # 1 is upright

JPEG_START, JPEG_END = b"\xff\xd8", b"\xff\xd9"
SCAN, APPLICATIONS = 0xDA, range(0xE0, 0xF0)
# The end of the coded pixels: a marker that is neither a stuffed byte nor a restart.
AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")

PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_PICTURE = frozenset(
	b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP mDCV cLLI sBIT bKGD pHYs hIST sPLT".split()
)

WEBP_PICTURE = frozenset((b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ICCP"))
WEBP_HAS_EXIF, WEBP_HAS_XMP = 0x08, 0x04


class BrokenPicture(ValueError):
	"""The parts of the file do not fit together."""


def kept_exif(exif) -> tuple[int, str]:
	"""Return orientation (1 to 8) and date taken ("" or as EXIF writes it) from Pillow's view of the EXIF data."""
	orientation = exif.get(ORIENTATION)
	date = exif.get_ifd(EXIF_POINTER).get(DATE_TAKEN)
	date = date.strip("\0 ") if isinstance(date, str) else ""
	return (orientation if orientation in TURNED else 1), (date if iso_date(date) else "")


def iso_date(date: str) -> str | None:
	"""Return EXIF's "2024:05:17 09:30:00" as ISO text, None if it is none."""
	try:
		return datetime.strptime(date, "%Y:%m:%d %H:%M:%S").isoformat()
	except ValueError:
		return None


def without_metadata(form: str, content: bytes, orientation: int, date: str) -> bytes:
	"""Return the file without metadata but these two. `form` is Pillow's name of the format.

	Raises BrokenPicture.
	"""
	exif = _exif(orientation, date)
	try:
		if form == "JPEG":
			return b"".join(_jpeg(content, exif))
		if form == "PNG":
			return b"".join(_png(content, exif))
		if form == "WEBP":
			return _webp(content, exif)
	except (struct.error, IndexError):
		raise BrokenPicture("ends within a part")
	return content


def _exif(orientation: int, date: str) -> bytes:
	"""Return an EXIF block (TIFF, little endian) with orientation and date, empty if there is nothing to say."""
	entries = []
	if orientation in TURNED:
		entries.append(struct.pack("<HHIHH", ORIENTATION, 3, 1, orientation, 0))
	if date:
		below = 8 + 2 + 12 * (len(entries) + 1) + 4
		entries.append(struct.pack("<HHII", EXIF_POINTER, 4, 1, below))
	if not entries:
		return b""
	block = b"II*\0" + struct.pack("<IH", 8, len(entries)) + b"".join(entries) + bytes(4)
	if date:
		text = date.encode("ascii") + b"\0"
		block += struct.pack("<HHHIII", 1, DATE_TAKEN, 2, len(text), len(block) + 2 + 12 + 4, 0) + text
	return block


def _jpeg(content: bytes, exif: bytes) -> Iterator[bytes]:
	"""Yield the first picture of the file. What follows its end is left out: second pictures and videos of phones
	carry metadata of their own."""
	yield JPEG_START
	if exif:
		yield b"\xff\xe1" + struct.pack(">H", len(exif) + 8) + b"Exif\0\0" + exif
	at = 2
	while content[at : at + 2] != JPEG_END:
		if content[at] != 0xFF:
			raise BrokenPicture("no marker where one must be")
		marker = content[at + 1]
		if marker == 0xFF:  # padding
			at += 1
			continue
		end = at + 2 + struct.unpack_from(">H", content, at + 2)[0]
		if marker == SCAN:
			following = AFTER_SCAN.search(content, end)
			if not following:
				raise BrokenPicture("ends within the picture")
			end = following.start()
		yield _jpeg_segment(marker, content[at:end])
		at = end
	yield JPEG_END


def _jpeg_segment(marker: int, segment: bytes) -> bytes:
	"""Return a segment as it may stay: none of applications and comments but what decides the colours."""
	if marker not in APPLICATIONS:
		return b"" if marker == 0xFE else segment
	payload = segment[4:]
	if marker == 0xE0 and payload.startswith(b"JFIF\0"):
		return segment[:2] + struct.pack(">H", 16) + payload[:12] + b"\0\0"  # without its thumbnail
	is_profile = marker == 0xE2 and payload.startswith(b"ICC_PROFILE\0")
	return segment if is_profile or (marker == 0xEE and payload.startswith(b"Adobe")) else b""


def _png(content: bytes, exif: bytes) -> Iterator[bytes]:
	yield PNG_START
	at, kind = len(PNG_START), b""
	while kind != b"IEND":
		length, kind = struct.unpack_from(">I4s", content, at)
		end = at + 12 + length
		if end > len(content):
			raise BrokenPicture("ends within a part")
		if kind in PNG_PICTURE:
			yield content[at:end]
		if kind == b"IHDR" and exif:
			yield (
				struct.pack(">I", len(exif)) + b"eXIf" + exif + struct.pack(">I", zlib.crc32(b"eXIf" + exif))
			)
		at = end


def _webp(content: bytes, exif: bytes) -> bytes:
	parts, at = [], 12
	while at + 8 <= len(content):
		kind, length = struct.unpack_from("<4sI", content, at)
		payload = content[at + 8 : at + 8 + length]
		if kind in WEBP_PICTURE:
			parts.append((kind, payload))
		at += 8 + length + length % 2
	if parts and parts[0][0] == b"VP8X":  # only this form of the file can carry metadata
		flags = parts[0][1][0] & ~(WEBP_HAS_EXIF | WEBP_HAS_XMP) | (WEBP_HAS_EXIF if exif else 0)
		parts[0] = (b"VP8X", bytes([flags]) + parts[0][1][1:])
		if exif:
			parts.append((b"EXIF", exif))
	body = b"WEBP" + b"".join(
		kind + struct.pack("<I", len(payload)) + payload + bytes(len(payload) % 2) for kind, payload in parts
	)
	return b"RIFF" + struct.pack("<I", len(body)) + body
