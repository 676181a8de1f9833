"""Prints what a migrate could change in a site, one line each, so that two states can be compared.

site_state.py SITE, from the bench's folder, with the bench's Python. Printed are the columns and indexes
of all tables, the number of rows of all tables, and the contents of the documents that make up an app
(DocTypes, fixtures, what a setup function ensures) and of the app's own tables. Left out is what differs
each time by itself: logs, and names and times of rows that are written anew.
"""

import hashlib
import json
import os
import sys

import frappe

VOLATILE = {"name", "creation", "modified", "owner", "modified_by", "parent", "migration_hash"}
OF_AN_APP = (
	"Client Script",
	"Custom DocPerm",
	"Custom Field",
	"Custom Role",
	"Dashboard Chart",
	"DocField",
	"DocPerm",
	"DocType",
	"Has Role",
	"Module Def",
	"Notification",
	"Number Card",
	"Patch Log",
	"Print Format",
	"Property Setter",
	"Report",
	"Role",
	"Scheduled Job Type",
	"Workflow",
	"Workflow Action Master",
	"Workflow Document State",
	"Workflow State",
	"Workflow Transition",
	"Workspace",
)
LOGS = (" Log", "Log Settings", "Version", "Deleted Document", "Route History", "Notification Log")


def main(site: str) -> None:
	os.chdir("sites")
	frappe.init(site)
	frappe.connect()
	tables = sorted(frappe.db.sql("show tables", pluck=True))
	for table in tables:
		for column in frappe.db.sql(f"show columns from `{table}`", as_dict=True):
			print(table, "column", column["Field"], column["Type"], column["Null"], column["Default"])
		for index in frappe.db.sql(f"show index from `{table}`", as_dict=True):
			print(table, "index", index["Key_name"], index["Seq_in_index"], index["Column_name"])
		if table.startswith("tab") and not table.endswith(LOGS):
			print(table, "rows", frappe.db.sql(f"select count(*) from `{table}`")[0][0])
	contents = [f"tab{doctype}" for doctype in OF_AN_APP] + [t for t in tables if t.startswith("tabP2HAM ")]
	for table in sorted(set(contents) & set(tables)):
		for line in sorted(map(without_volatile, frappe.db.sql(f"select * from `{table}`", as_dict=True))):
			print(table, line)
	single = frappe.db.sql("select field, value from tabSingles where doctype like 'P2HAM %' order by field")
	print("P2HAM singles", [row for row in single if row[0] not in VOLATILE])


def without_volatile(row: dict) -> str:
	shown = row["name"] if not looks_random(row["name"]) else ""
	kept = {key: str(value) for key, value in row.items() if key not in VOLATILE and value is not None}
	return f"{shown} {hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:16]}"


def looks_random(name: object) -> bool:
	"""Names of child rows: ten characters of a hash."""
	return len(str(name)) == 10 and str(name).isalnum() and str(name).islower()


if __name__ == "__main__":
	main(*sys.argv[1:])
