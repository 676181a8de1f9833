"""Runs in the bench's Python: the web application of one site, whatever host the browser names."""

import os
from importlib.util import find_spec
from pathlib import Path

import frappe.app

from .statics import Statics, of_site

SITES, SITE = Path.cwd(), os.environ["P2HAM_SITE"]


def packages() -> list[Path]:
	"""The folders of the apps that this bench serves."""
	return [Path(find_spec(app).origin).parent for app in (SITES / "apps.txt").read_text().split()]


frappe.app._site = SITE
# Not Frappe's application_with_statics(): that gives out every file that the address names.
application = Statics(frappe.app.application, of_site(SITES, SITE, packages()))
