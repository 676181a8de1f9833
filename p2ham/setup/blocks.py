"""The blocks of the workspace: Custom HTML Blocks, which Frappe does not read from an app's files.

What they show and how it looks lies in the app (public/js/blocks/blocks.js); a block only calls it. Whose role may see a
block is the site administrator's to say, like the workspace itself.
"""

from __future__ import annotations

import frappe

# Name of the block -> its function in public/js/blocks/blocks.js.
BLOCKS = {"P2HAM What Waits": "what_waits", "P2HAM Weak Indicators": "weak_indicators"}


def ensure_blocks() -> None:
	"""Create missing blocks and set right what is ours in the others."""
	for name, function in BLOCKS.items():
		ours = {
			"html": '<div class="p2ham-block"></div>',
			"script": f"p2ham.blocks.{function}(root_element);",
			"style": "",  # the script brings it, by the name that the last build gave it
			"private": 0,
		}
		if not frappe.db.exists("Custom HTML Block", name):
			frappe.get_doc({"doctype": "Custom HTML Block", "name": name, **ours}).insert(
				ignore_permissions=True
			)
			continue
		block = frappe.get_doc("Custom HTML Block", name)
		if any((block.get(field) or "") != (value or "") for field, value in ours.items()):
			block.update(ours)
			block.save(ignore_permissions=True)


def remove_blocks() -> None:
	"""Remove the blocks and the history of their changes."""
	for name in BLOCKS:
		frappe.delete_doc(
			"Custom HTML Block",
			name,
			force=True,
			ignore_permissions=True,
			ignore_missing=True,
			delete_permanently=True,
		)
	frappe.db.delete("Version", {"ref_doctype": "Custom HTML Block", "docname": ("in", list(BLOCKS))})
