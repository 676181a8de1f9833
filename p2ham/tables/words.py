"""Words as people type them in a table, in their language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from p2ham.engine.fields import comparable

Thing = TypeVar("Thing")


def loosened(text: str) -> str:
	"""Return what is the same word to a reader: no case, no accents, blanks and line breaks alike."""
	return comparable(" ".join(text.split()))


def vocabulary(texts: Iterable[str], translate: Callable[[str], str]) -> dict[str, str]:
	"""Return the words that a `Vocabulary` takes as `known`, for one language. Where two texts have one
	translation, both stand there, a line each; the column decides which is meant."""
	found: dict[str, str] = {}
	for text in texts:
		plain = loosened(translate(text))
		found[plain] = f"{found[plain]}\n{text}" if plain in found else text
	return found


class Vocabulary:
	"""What words mean: `known` leads from a translated word, as `loosened` makes it, to the English one (or some, a
	line each). English words are understood anyway."""

	def __init__(self, known: Mapping[str, str] | None = None):
		self.known = known or {}

	def meanings(self, text: str) -> list[str]:
		"""Return the text and what it may be in English, as `loosened` makes them."""
		plain = loosened(text)
		english = self.known.get(plain, "").split("\n")
		return [word for word in (plain, *map(loosened, english)) if word]

	def find(self, text: str, names: Mapping[Thing, Iterable[str]]) -> Thing | None:
		"""Return that of some things one of whose names the text is; None if it is none of them."""
		for wanted in self.meanings(text):
			for thing, called in names.items():
				if wanted in map(loosened, called):
					return thing
		return None
