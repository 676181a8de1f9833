"""Runs in the bench's Python: what a site needs that no Frappe command does.

inside.py setup SITE LANGUAGE, inside.py demo SITE
"""

from __future__ import annotations

import sys

import frappe


def finish_setup(site: str, language: str) -> None:
	"""Does what the first person in a new site does in the setup wizard."""
	from frappe.desk.page.setup_wizard.setup_wizard import setup_complete

	frappe.init(site)
	frappe.connect()
	frappe.set_user("Administrator")
	if not frappe.db.exists("Language", {"language_name": language}):
		sys.exit(f"Frappe knows no language {language!r}.")  # and would take English without a word
	add_system_manager()
	choices = {
		"language": language,
		"country": "Indonesia",
		"timezone": "Asia/Jakarta",
		"currency": "IDR",
		"enable_telemetry": 0,
	}
	setup_complete(choices)
	frappe.db.commit()
	frappe.destroy()


def add_system_manager() -> None:
	"""The wizard's first user. Without one, Frappe would make the next user that is added the System Manager."""
	user = frappe.new_doc("User")
	user.update({"email": "system.manager@example.com", "first_name": "System Manager"})
	user.append("roles", {"role": "System Manager"})
	user.flags.no_welcome_mail = True
	user.insert()


def make_demo(site: str) -> None:
	"""Makes the demo regency as the tests want it: nobody is written to."""
	from p2ham.demo import build

	frappe.init(site)
	frappe.connect()
	frappe.flags.in_test = True
	frappe.flags.mute_emails = True
	build.build(say=lambda line: None)
	frappe.db.commit()
	frappe.destroy()


if __name__ == "__main__":
	{"setup": finish_setup, "demo": make_demo}[sys.argv[1]](*sys.argv[2:])
