"""What is wrong with given data: where it stands, and a sentence that the door can translate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


def N_(text: str) -> str:
	"""Mark a text for translation, as gettext calls it. The rules know no language: who shows the text
	translates it."""
	return text


@dataclass(frozen=True)
class Fault:
	"""One thing that is wrong.

	`place` is the way to it in the data, e.g. ("indicators", 3, "weight"), empty for the whole. `template` is
	a marked English sentence with {0}, {1} ... for `values`.
	"""

	place: tuple[str | int, ...]
	template: str
	values: tuple = ()

	@property
	def message(self) -> str:
		return self.template.format(*self.values)

	def below(self, *place: str | int) -> Fault:
		"""Return the same fault, seen from further up: `place` leads to where its own place begins."""
		return Fault((*place, *self.place), self.template, self.values)

	def __str__(self) -> str:
		return f"{json_path(self.place)}: {self.message}" if self.place else self.message


class FaultyError(ValueError):
	"""Data that cannot be used; `faults` lists everything found, each with its place."""

	def __init__(self, faults: Iterable[Fault]):
		self.faults = list(faults)
		super().__init__("\n".join(str(fault) for fault in self.faults))


def json_path(place: tuple[str | int, ...]) -> str:
	"""Return a place as JSONPath (RFC 9535) writes it: $.indicators[3].weight."""
	return encodable("$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place))


def encodable(text: str) -> str:
	"""Return text that every output can carry: JSON may bring halves of characters, which none can."""
	return text.encode("utf-8", "replace").decode()
