"""Why a file is not taken as evidence."""

from __future__ import annotations

PASSWORD = "password"  # opens with a password only
UNREADABLE = "unreadable"  # empty, damaged, cut off
NO_PAGES = "no_pages"
TOO_MANY_PAGES = "too_many_pages"
TOO_MANY_PIXELS = "too_many_pixels"
TOO_MUCH = "too_much"  # nests deeper, unpacks into more or takes longer than any honest file
NOT_WHAT_IT_SAYS = "not_what_it_says"  # something else than the ending of its name


class Refused(Exception):
	"""The file is refused; `numbers` are for the message, e.g. pages=3000, most=2000."""

	def __init__(self, code: str, **numbers: int):
		self.code, self.numbers = code, numbers
		super().__init__(code, numbers)
