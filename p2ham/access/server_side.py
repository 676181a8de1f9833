"""Values that travel with a document inside the server: from one of our doors to the controller, or from one hook of a
save to the next.

Frappe copies every key that a client sends into the `__dict__` of the document, all but `flags`; so an ordinary attribute
of a controller could be sent along. A data descriptor comes before that dict whenever the attribute is read: what a client
has sent under its name is never looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary


class ServerSide:
	"""An attribute of a controller that only code sets. It is not stored, and no copy of the document has it."""

	def __init__(self, default: Any = None):
		self.default = default
		self.values: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()

	def __get__(self, doc, owner: type | None = None):
		return self if doc is None else self.values.get(doc, self.default)

	def __set__(self, doc, value) -> None:
		self.values[doc] = value

	def __delete__(self, doc) -> None:
		self.values.pop(doc, None)


@contextmanager
def given(doc, **values) -> Iterator[None]:
	"""Hand a document what it needs to know for the saves in this block, and take it back at the end.

	Raises AttributeError for what its class does not declare as server-side: nobody would look at it.
	"""
	for name in values:
		if not isinstance(getattr(type(doc), name, None), ServerSide):
			raise AttributeError(f"{type(doc).__name__}.{name} is not declared as server-side")
	for name, value in values.items():
		setattr(doc, name, value)
	try:
		yield
	finally:
		for name in values:
			delattr(doc, name)
