"""Every door of the running site, found by a program: functions that Frappe's registry holds, each address that leads to
one of them, methods of documents, routes of the API, pages.

Nothing is listed here. What a later version of Frappe or another app brings is found as what is there today.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import pkgutil
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import frappe
import frappe.handler
from frappe.model.base_document import get_controller

# Parts of the packages that no site loads: tests, one-time patches, the command line.
NOT_SERVED = {"tests", "patches", "commands", "test_runner", "testing", "deprecation_dumpster", "demo"}


@dataclass(frozen=True)
class Door:
	"""A whitelisted function: its own name, the address that it is called by, and the others that lead to it."""

	name: str
	function: Callable
	address: str
	aliases: tuple[str, ...] = ()

	@property
	def verbs(self) -> list[str]:
		return frappe.allowed_http_methods_for_whitelisted_func[self.function]

	@property
	def verb(self) -> str:
		return "POST" if "POST" in self.verbs else self.verbs[0]

	@property
	def is_for_guests(self) -> bool:
		return self.function in frappe.guest_methods

	@property
	def parameters(self) -> dict[str, inspect.Parameter]:
		"""What it can be told: its parameters, and what it reads from the request itself."""
		found = dict(inspect.signature(self.function).parameters)
		kinds = {parameter.kind for parameter in found.values()}
		named = {name: one for name, one in found.items() if one.kind not in OPEN}
		if not named or kinds.intersection(OPEN):
			for name in read_from_the_request(self.function):
				named.setdefault(name, inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None))
		return named


OPEN = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)


def load() -> None:
	"""Import all that the installed apps could serve."""
	for app in frappe.get_installed_apps():
		root = importlib.import_module(app)
		for module in pkgutil.walk_packages(root.__path__, f"{app}.", onerror=lambda name: None):
			parts = module.name.split(".")
			if NOT_SERVED.isdisjoint(parts) and not any(part.startswith("test_") for part in parts):
				with contextlib.suppress(Exception):  # what cannot be imported cannot be called either
					importlib.import_module(module.name)


def doors() -> list[Door]:
	"""Return every whitelisted function that an address leads to; of what is overridden, what takes its place too."""
	load()
	found = addresses()
	return sorted(
		(
			Door(own_name(function), function, own, tuple(sorted(reached - {own})))
			for function, reached in found.items()
			for own in [own_name(function) if own_name(function) in reached else min(reached)]
		),
		key=lambda door: door.name,
	)


def own_name(function: Callable) -> str:
	return f"{function.__module__}.{function.__qualname__}"


def addresses() -> dict[Callable, set[str]]:
	"""Return by function the dotted names that Frappe finds it under: where it stands, and where it was imported."""
	found: dict[Callable, set[str]] = defaultdict(set)
	registry = set(frappe.whitelisted)
	for name, module in list(sys.modules.items()):
		if name.partition(".")[0] in frappe.get_installed_apps():
			for attribute, value in list(vars(module).items()):
				if inspect.isroutine(value) and value in registry:
					found[value].add(f"{name}.{attribute}")
	for attribute, value in vars(frappe.handler).items():  # what it knows may be called without a module
		if inspect.isroutine(value) and value in registry:
			found[value].add(attribute)
	return found


@cache
def read_from_the_request(function: Callable) -> tuple[str, ...]:
	"""Return what a function, and what it calls in its module, takes from the request by name, and what it hands on to a
	query as it comes."""
	source = "".join(map(source_of, called_beside(inspect.unwrap(function))))
	names = re.findall(r"form_dict(?:\.get\(|\.pop\(|\.|\[)[\"']?(\w+)", source)
	if re.search(r"execute\(.*\*\*|get_list\(.*\*\*", source):
		from frappe.model.db_query import DatabaseQuery

		names += ["doctype", *inspect.signature(DatabaseQuery.execute).parameters]
	unwanted = {"self", "cmd", "get", "pop", "update", "copy", "items", "setdefault"}
	return tuple(dict.fromkeys(name for name in names if name not in unwanted))


def called_beside(function: Callable) -> list[Callable]:
	"""Return a function and those of its module that it leads to."""
	found = [function]
	for one in found:
		for name in getattr(one, "__code__", None).co_names if hasattr(one, "__code__") else ():
			other = (
				inspect.unwrap(function.__globals__.get(name))
				if callable(function.__globals__.get(name))
				else None
			)
			if inspect.isfunction(other) and other.__module__ == function.__module__ and other not in found:
				found.append(other)
	return found


def source_of(function: Callable) -> str:
	try:
		return inspect.getsource(function)
	except (OSError, TypeError):
		return ""


# Documents


def methods_of_all() -> Iterator[tuple[str, dict[str, Callable]]]:
	"""Yield each DocType with the methods of its documents that a client may call, by name."""
	for doctype in frappe.get_all("DocType", pluck="name", order_by="name"):
		with contextlib.suppress(Exception):  # a DocType without a module has no documents
			yield doctype, methods_of(get_controller(doctype))


@cache
def methods_of(controller: type) -> dict[str, Callable]:
	found = {}
	for name in dir(controller):
		value = getattr(controller, name, None)
		value = getattr(value, "__func__", value)
		if inspect.isroutine(value) and value in frappe.whitelisted:
			found[name] = value
	return found


# Routes


@dataclass(frozen=True)
class Route:
	"""An address of the API with places in it, `/api/resource/<doctype>/<path:name>/`, and the function it leads to."""

	rule: str
	verbs: tuple[str, ...]
	places: tuple[str, ...]
	endpoint: object


def routes() -> list[Route]:
	from frappe.api import API_URL_MAP

	every = ("GET", "POST", "PUT", "DELETE")
	return [
		Route(
			rule.rule,
			tuple(sorted(set(rule.methods or every) - {"HEAD", "OPTIONS"})),
			tuple(sorted(rule.arguments)),
			rule.endpoint,
		)
		for rule in API_URL_MAP.iter_rules()
	]


def pages() -> list[str]:
	"""Return the addresses of pages that the installed apps have."""
	from frappe.website.router import get_pages

	return sorted({route.strip("/") for route in get_pages()})
