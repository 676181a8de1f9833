"""Which Frappe this app runs on."""

import re

import click
import frappe
from frappe import _

SUPPORTED = (15, 16)
# The first releases of Frappe without holes that reach the documents of every app on a site (CVE-2026-119144: templates
# that anybody may store run on the server).
SAFE_FROM = {15: (15, 111, 0), 16: (16, 21, 0)}


def check() -> None:
	"""Refuse a Frappe that the app is not made for, in a sentence that says what to do."""
	major = int(frappe.__version__.split(".")[0])
	if major not in SUPPORTED:
		frappe.throw(
			_(
				"P2HAM runs on Frappe 15 and 16; this site has Frappe {0}. Install it in a bench with one of these."
			).format(frappe.__version__)
		)


def warn_of_holes() -> None:
	"""Say so where the site's Frappe is older than the release that closed what the app cannot close itself."""
	release = tuple(int(number) for number in re.findall(r"\d+", frappe.__version__)[:3])
	wanted = SAFE_FROM.get(release[0])
	if wanted and release < wanted:
		click.secho(
			f"P2HAM: Frappe {frappe.__version__} has known holes that let people read what is not for them."
			f" Update it to {'.'.join(map(str, wanted))} or newer.",
			fg="yellow",
		)
