"""Text as it is stored: composed, and without what nobody sees."""

from __future__ import annotations

import unicodedata

_JOINERS = "\u200c\u200d"
_LATIN_ENDS = 0x24F


def clean_line(text: str) -> str:
	"""Return text of one line as it is stored: composed (NFC), without invisible characters, with plain blanks, none of
	them at its ends."""
	if text.isascii() and text.isprintable():
		return text.strip()
	return "".join(map(_blank, unicodedata.normalize("NFC", "".join(_visible(text))))).strip()


def clean_lines(text: str) -> str:
	"""Return text of several lines as it is stored: like one line, with its line breaks, tabs and no-break spaces."""
	if text.isascii() and text.isprintable():
		return text.strip()
	text = text.replace("\r\n", "\n").replace("\r", "\n")
	return unicodedata.normalize("NFC", "".join(_visible(text))).strip()


def _visible(text: str):
	"""Yield the characters that mean something: neither control nor format characters, nor halves of characters. What
	joins letters stays between letters of scripts that need it, and between emoji."""
	for position, letter in enumerate(text):
		if letter in "\n\t" or (letter in _JOINERS and _joins(text, position)):
			yield letter
		elif letter in "\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029":
			yield "\n"
		elif unicodedata.category(letter) not in ("Cc", "Cf", "Cs"):
			yield letter


def _joins(text: str, position: int) -> bool:
	around = text[max(position - 1, 0) : position + 2]
	return len(around) == 3 and all(
		ord(letter) > _LATIN_ENDS and unicodedata.category(letter)[0] != "C"
		for letter in (around[0], around[2])
	)


def _blank(letter: str) -> str:
	return " " if letter in "\n\t" or unicodedata.category(letter) == "Zs" else letter


def composed(text: str) -> str:
	"""Return text composed (NFC) and without format characters; control characters stay, for whoever refuses them."""
	if text.isascii():
		return text
	kept = (
		letter
		for position, letter in enumerate(text)
		if unicodedata.category(letter) != "Cf" or (letter in _JOINERS and _joins(text, position))
	)
	return unicodedata.normalize("NFC", "".join(kept))


def with_plain_blanks(text: str) -> str:
	"""Return text with plain blanks for all other kinds of them, line breaks and tabs included."""
	return text if text.isascii() and text.isprintable() else "".join(map(_blank, text))
