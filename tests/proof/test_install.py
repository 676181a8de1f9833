"""Coming, staying and leaving: install, migrate twice, uninstall, and the refusal of another Frappe."""

import json
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

import frappe
import pytest
from _bench.services import Database

from p2ham.engine import lifecycle
from p2ham.engine.duties import ROLES
from p2ham.setup import blocks, install, version

GUEST_SITE = "p2ham-guest.localhost"


def bench(*arguments: str) -> str:
	"""Run a Frappe command the way `bench` does."""
	done = subprocess.run(
		[sys.executable, "-m", "frappe.utils.bench_helper", "frappe", *arguments],
		cwd=os.environ["P2HAM_SITES_PATH"],
		capture_output=True,
		text=True,
		timeout=400,
	)
	assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
	return done.stdout


def on_site(site: str, expression: str):
	"""Evaluate an expression on another site, in a process of its own."""
	code = (
		"import frappe, json, sys; frappe.init(site=sys.argv[1], sites_path='.'); frappe.connect();"
		f"print('RESULT' + json.dumps({expression}, default=str))"
	)
	done = subprocess.run(
		[sys.executable, "-c", code, site],
		cwd=os.environ["P2HAM_SITES_PATH"],
		capture_output=True,
		text=True,
		timeout=120,
	)
	assert done.returncode == 0, done.stderr[-3000:]
	return json.loads(done.stdout.rpartition("RESULT")[2])


def picture() -> dict:
	"""Everything of ours that a migrate could touch, with its time stamp."""
	frappe.db.rollback()
	found = {}
	for doctype in (
		"DocType",
		"Report",
		"Print Format",
		"Workspace",
		"Number Card",
		"Dashboard Chart",
	):
		found[doctype] = frappe.get_all(
			doctype, filters={"module": "P2HAM"}, fields=["name", "modified"], order_by="name", as_list=True
		)
	for doctype in ("P2HAM Instrument", "P2HAM Indicator", "P2HAM OPD Type", "P2HAM OPD", "P2HAM Assessment"):
		found[doctype] = frappe.get_all(doctype, fields=["name", "modified"], order_by="name", as_list=True)
	found["Custom HTML Block"] = frappe.get_all(
		"Custom HTML Block",
		filters={"name": ("like", "P2HAM %")},
		fields=["name", "modified"],
		order_by="name",
		as_list=True,
	)
	found["Workflow"] = frappe.get_all(
		"Workflow",
		filters={"name": "P2HAM Assessment"},
		fields=["name", "modified"],
		as_list=True,
		order_by="name",
	)
	for doctype, names in (
		("Role", ROLES),
		("Workflow State", [state.name for state in lifecycle.STATES]),
		("Workflow Action Master", lifecycle.ACTIONS),
	):
		found[doctype] = frappe.get_all(
			doctype,
			filters={"name": ("in", names)},
			fields=["name", "modified"],
			order_by="name",
			as_list=True,
		)
	return found


def test_a_second_migrate_changes_nothing(demo_site):
	bench("--site", frappe.local.site, "migrate", "--skip-search-index")
	before = picture()
	bench("--site", frappe.local.site, "migrate", "--skip-search-index")
	assert picture() == before
	assert len(before["DocType"]) > 20 and before["Workflow"] and len(before["Custom HTML Block"]) == 2


@pytest.mark.quick
def test_what_an_admin_has_set_on_a_role_or_a_shared_state_survives_a_migrate():
	frappe.db.set_value("Role", "Sekda", "two_factor_auth", 1)
	frappe.db.set_value("Workflow State", "Approved", "style", "Inverse")
	install.after_migrate()
	assert frappe.db.get_value("Role", "Sekda", "two_factor_auth") == 1
	assert frappe.db.get_value("Workflow State", "Approved", "style") == "Inverse"


@pytest.mark.quick
def test_instruments_come_whole_and_as_drafts_that_can_be_edited(demo_site):
	# The demo has activated those of its two periods.
	assert frappe.db.get_value("P2HAM Instrument", "PERMENKUMHAM-2-2022", "status") == "Draft"
	assert frappe.db.count("P2HAM Indicator", {"instrument": "PERMENKUMHAM-2-2022"}) == 22
	assert frappe.db.count("P2HAM Indicator", {"instrument": "PERMENKUMHAM-27-2018"}) == 15
	assert frappe.db.count("P2HAM Criterion", {"instrument": "PERMENKUMHAM-25-2023"}) == 3


@pytest.mark.quick
@pytest.mark.parametrize("wrong", ["14.2.0", "17.0.0-dev"])
def test_another_frappe_is_refused_in_a_readable_sentence(monkeypatch, wrong):
	monkeypatch.setattr(frappe, "__version__", wrong)
	with pytest.raises(
		frappe.ValidationError, match=f"runs on Frappe 15 and 16; this site has Frappe {wrong}"
	):
		version.check()


@pytest.fixture(scope="module")
def guest_site():
	"""A second site, without the app, that the test below makes and takes away."""
	server, name, password = (
		Database(**json.loads(os.environ["P2HAM_DB"])),
		f"{frappe.conf.db_name}_guest",
		secrets.token_hex(16),
	)
	server.create(name, password)
	of_its_own = ("--no-setup-db", "--db-name", name, "--db-password", password)
	bench("new-site", GUEST_SITE, *of_its_own, "--admin-password", "admin", "--force")
	yield GUEST_SITE
	server.drop(name)
	shutil.rmtree(Path(os.environ["P2HAM_SITES_PATH"]) / GUEST_SITE)


# What stands on a site, by name, in every place where an app leaves something.
INVENTORY = """{
	doctype: sorted(frappe.get_all(doctype, pluck="name", order_by="name"))
	for doctype in ("Role", "Workflow", "Workflow State", "Workflow Action Master", "Module Def", "DocType",
		"Report", "Print Format", "Workspace", "Number Card", "Dashboard Chart", "Dashboard", "Custom Field",
		"Property Setter", "Custom DocPerm", "File", "Scheduled Job Type", "Custom HTML Block")
} | {
	"tables": sorted(table for table in frappe.db.get_tables(cached=False) if table.startswith("tab")),
	"roles given": sorted(set(frappe.get_all("Has Role", pluck="role", order_by="role"))),
	"versions": sorted(set(frappe.get_all("Version", filters={"ref_doctype": ("like", "P2HAM%")}, pluck="name"))),
	"comments": sorted(frappe.get_all("Comment", filters={"reference_doctype": ("like", "P2HAM%")}, pluck="name")),
	"workflow actions": frappe.db.count("Workflow Action"),
}"""


def test_uninstalling_leaves_nothing_of_ours_and_everything_of_others(guest_site):
	inventory = " ".join(INVENTORY.split())
	before = on_site(guest_site, inventory)
	bench("--site", guest_site, "install-app", "p2ham")
	bench("--site", guest_site, "p2ham-demo")
	installed = on_site(guest_site, inventory)
	assert set(installed["Role"]) - set(before["Role"]) == set(ROLES)
	assert len(installed["File"]) > len(before["File"])
	assert set(installed["Custom HTML Block"]) - set(before["Custom HTML Block"]) == set(blocks.BLOCKS)

	bench("--site", guest_site, "uninstall-app", "p2ham", "--yes", "--no-backup", "--dry-run")
	assert on_site(guest_site, inventory) == installed

	bench("--site", guest_site, "uninstall-app", "p2ham", "--yes", "--no-backup")
	after = on_site(guest_site, inventory)
	assert after == before
	# The people are the site's own; so are their accounts.
	assert on_site(guest_site, "frappe.db.count('User')") > 10

	# And it can come back.
	bench("--site", guest_site, "install-app", "p2ham")
	assert set(on_site(guest_site, inventory)["Role"]) == set(installed["Role"])
