"""What a document must be to support an answer: of the kind its slot wants, and valid in the year that counts."""

from __future__ import annotations

import datetime

# What a slot wants; the same words as in an instrument's evidence slots.
PDF, IMAGE, LINK, ANY = "PDF", "Image", "Link", "Any"
FILE = "File"

# How a document stands to the data year of a period, as stored in P2HAM Evidence Use.
VALID = "Valid"
PARTLY_VALID = "Partly Valid"
NOT_VALID = "Not Valid"
NO_DATES = "No Dates"


def fits(slot_kind: str, kind: str, mime_type: str | None) -> bool:
	"""Tell whether a document (`kind` File or Link, `mime_type` of its content) is what a slot wants."""
	if slot_kind == LINK:
		return kind == LINK
	if slot_kind == PDF:
		return kind == FILE and mime_type == "application/pdf"
	if slot_kind == IMAGE:
		return kind == FILE and (mime_type or "").startswith("image/")
	return True


def validity(
	year: int,
	document_date: datetime.date | None = None,
	valid_from: datetime.date | None = None,
	valid_until: datetime.date | None = None,
) -> str:
	"""Say how a document stands to a data year: VALID in all of it, PARTLY_VALID, NOT_VALID in any of it, or
	NO_DATES where nothing is known.

	A document counts from `valid_from`, else from its own date, and without an end until it is replaced. What was
	made within the year counts as valid in it: nobody can show in January what is decreed in March.
	"""
	begins = valid_from or document_date
	if not begins and not valid_until:
		return NO_DATES
	first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
	if (begins and begins > last) or (valid_until and valid_until < first):
		return NOT_VALID
	if begins and valid_until and begins > valid_until:  # made when it was over already
		return NOT_VALID
	if (valid_from and valid_from > first) or (valid_until and valid_until < last):
		return PARTLY_VALID
	return VALID
