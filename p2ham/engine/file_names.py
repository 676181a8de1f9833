"""Names of files: cleaned when they come in, and made when they go out again."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

LONGEST = 120  # characters; Frappe's field holds 140, and a copy gets a suffix
# Reserved on Windows, or separators of paths; and what Frappe reads as an encoded sign.
RESERVED = re.compile(r'[<>:"/\\|?*%]+')
BLANKS = re.compile(r"\s+")


def clean(name: str | None) -> str:
	"""Return the last part of a path without what hides or breaks a name: control characters, marks that turn
	the direction of writing (an "fdp.exe" that reads "exe.pdf"), reserved characters, too great a length.

	The ending stays. Empty if nothing is left.
	"""
	# Browsers and Frappe encode signs: a "%2F" is a slash by the time that it names a place on the disk.
	last = re.split(r"[/\\]", unquote(name or ""))[-1]
	stem, dot, ending = _plain(last).rpartition(".")
	if not dot:
		stem, ending = ending, ""
	stem, ending = stem.strip(" ."), ending.strip()[:10]
	stem = stem[: LONGEST - len(ending) - 1].strip(" .")
	return f"{stem}.{ending}" if stem and ending else stem or ending


def ending(name: str | None) -> str:
	"""Return the ending of a file's name in small letters, without the dot; empty if there is none."""
	stem, dot, last = (name or "").rpartition(".")
	return last.strip().lower() if dot and stem else ""


def part(text: str, longest: int = 80) -> str:
	"""Return a text as one part of a path that every system can unpack, "_" if nothing of it is left."""
	found = _plain(text)[:longest].strip(" .")
	return found or "_"


def _plain(text: str) -> str:
	"""Normalise a text and take away what is no visible character."""
	seen = (
		""
		if unicodedata.category(letter) in ("Cf", "Cs", "Co", "Cn")
		else " "
		if unicodedata.category(letter) == "Cc"
		else letter
		for letter in unicodedata.normalize("NFC", text or "")
	)
	return BLANKS.sub(" ", RESERVED.sub("-", "".join(seen))).strip()
