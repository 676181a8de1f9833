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


def is_too_much(error: BaseException) -> bool:
	"""Tell whether an error, or one that it came from, says that there is more of the file than fits: libraries hide some
	behind their own."""
	while error is not None:
		# pypdf 6 counts what it unpacks and how deep.
		if isinstance(error, (MemoryError, RecursionError)) or type(error).__name__ == "LimitReachedError":
			return True
		error = error.__cause__ or error.__context__
	return False
