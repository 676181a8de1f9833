"""An instrument that no longer changes is kept, and what is kept is never another one than the one stored."""

import dataclasses

import frappe
import made_regency
import pytest

from p2ham.demo import factories as make
from p2ham.instruments import store, writing

pytestmark = pytest.mark.quick

CODE = "UJI-SERENTAK"


@pytest.fixture
def draft(db):
	"""An instrument in Draft, in the transaction of the test."""
	yield writing.create(made_regency.made_instrument(3))
	frappe.cache.delete_keys("p2ham_instrument")


def test_an_active_instrument_is_read_once_for_all_requests(draft, queries):
	make.activate_instrument(draft)
	first = store.load(draft)
	frappe.local.cache = {}  # as at the beginning of another request
	with queries() as run:
		assert store.load(draft) == first
	assert len(run) == 1


def test_a_draft_is_read_as_it_is_now(draft):
	store.load(draft)
	frappe.db.set_value("P2HAM Indicator", f"{CODE}-I0", "title", "Baru")
	assert store.load(draft).indicators[0].title == "Baru"


def test_an_activation_that_was_taken_back_leaves_nothing_behind(draft):
	frappe.db.savepoint("draft")
	make.activate_instrument(draft)
	before = store.load(draft)
	frappe.db.rollback(save_point="draft")
	frappe.clear_document_cache("P2HAM Instrument", draft)
	changed = dataclasses.replace(made_regency.made_instrument(3), title="Uji yang lain")
	writing.create(changed, replace=True)
	make.activate_instrument(draft)
	assert before.title != "Uji yang lain"
	assert store.load(draft).title == "Uji yang lain"


def test_who_checks_the_site_can_read_it_anew(draft):
	make.activate_instrument(draft)
	store.load(draft)
	frappe.db.set_value("P2HAM Indicator", f"{CODE}-I0", "weight", 99, update_modified=False)
	assert store.load(draft).indicators[0].weight == 1
	assert store.load(draft, anew=True).indicators[0].weight == 99
