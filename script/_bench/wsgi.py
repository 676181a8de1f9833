"""Runs in the bench's Python: the web application of one site, whatever host the browser names."""

import os

import frappe.app

frappe.app._site = os.environ["P2HAM_SITE"]
application = frappe.app.application_with_statics()
