"""The mark on what is not valid: the word across every page, and why."""

from __future__ import annotations

from dataclasses import dataclass

DRAFT = "DRAF"
NOT_APPROVED = "BELUM DISAHKAN"
NO_NUMBER = "NOMOR BELUM DIISI"
LOST = "SALINAN YANG DISAHKAN TIDAK DITEMUKAN"
CANCELLED = "DIBATALKAN"


@dataclass(frozen=True)
class Mark:
	"""`word` is the watermark, `reason` says what is missing; both empty on a document that is valid."""

	word: str = ""
	reason: str = ""

	@property
	def text(self) -> str:
		return " – ".join(filter(None, (self.word, self.reason)))


VALID = Mark()


def mark_for(approved: bool, number: str | None, cancelled: bool = False, reason: str = NOT_APPROVED) -> Mark:
	"""Return the mark of a document. A final print needs who decides to have decided, and a number; `reason` is
	what stands on it before that."""
	if cancelled:
		return Mark(CANCELLED)
	if not approved:
		return Mark(DRAFT, reason)
	return VALID if (number or "").strip() else Mark(DRAFT, NO_NUMBER)
