"""Functions of Frappe that we replace, found by what they are and not by where they are.

A whitelisted function answers at the address of every module that imports it, and later releases move functions and keep
the old address. Frappe's `override_whitelisted_methods` goes by the address alone; the gate makes each of ours count at
all of them, and `faults` tells after a migration which of them count no more.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

import frappe
import frappe.handler
from frappe.utils import cint

OURS = "p2ham."

# They read or write any DocType without a right (Frappe 15.45 and 16.4), and nobody needs them for ours.
REFUSED = (
	"frappe.geo.utils.get_coords",
	"frappe.utils.goal.get_monthly_goal_graph_data",
	"frappe.utils.nestedset.rebuild_tree",
	"frappe.workflow.doctype.workflow.workflow.get_workflow_state_count",
)
# They find a document by a condition and ask for the right to it afterwards (Frappe 15.45 and 16.4).
BY_CONDITION = ("frappe.client.get",)

# What a later Frappe does not have any more: the first that goes without.
GONE = {"frappe.client.validate_link": 16, "frappe.geo.utils.get_coords": 16}


def at(address: str) -> Callable | None:
	"""Return the function that a request to this address means, before anybody replaces it; None if there is none."""
	if "." not in address:
		return getattr(frappe.handler, address, None)
	try:
		return frappe.get_attr(address)
	except Exception:  # Frappe says in its own words what it does not find
		return None


def replaced(function: Callable | None) -> str | None:
	"""Return the address under which we have replaced a function, None for one that is Frappe's own."""
	return _replaced(frappe.local.site).get(function) if function else None


def is_refused(function: Callable | None) -> bool:
	return function is not None and function in _functions(REFUSED)


def is_by_condition(function: Callable | None) -> bool:
	return function is not None and function in _functions(BY_CONDITION)


def take_effect(function: Callable | None, address: str) -> None:
	"""Let a request for a function that we replace mean our own, by whatever address it came."""
	known = replaced(function)
	if not known or address in _ours():
		return
	form, request = frappe.local.form_dict, frappe.request
	if form.get("cmd"):
		form.cmd = known
		return
	version = "/api/v2/" if request.path.startswith("/api/v2/") else "/api/"
	request.environ["PATH_INFO"] = f"{version}method/{known}"


def faults() -> Iterator[str]:
	"""Name each function that we replace or refuse and that this Frappe does not have, or that another app replaces."""
	version = cint(frappe.__version__.split(".")[0])
	ours = {}
	for address, hooks in frappe.get_hooks("override_whitelisted_methods", {}).items():
		if any(hook.startswith(OURS) for hook in hooks):
			ours[address] = hooks[-1]
	for address in sorted({*ours, *REFUSED, *BY_CONDITION}):
		if not ours.get(address, OURS).startswith(OURS):
			yield f"{address} is replaced by {ours[address]}"
		elif at(address) is None and GONE.get(address, version + 1) > version:
			yield f"{address} is not there"


def _ours() -> dict[str, str]:
	hooks = frappe.get_hooks("override_whitelisted_methods", {})
	return {address: named[-1] for address, named in hooks.items() if named[-1].startswith(OURS)}


@functools.cache
def _replaced(site: str) -> dict[Callable, str]:
	return {function: address for address in _ours() if (function := at(address))}


@functools.cache
def _functions(addresses: tuple[str, ...]) -> frozenset[Callable]:
	return frozenset(filter(None, map(at, addresses)))
