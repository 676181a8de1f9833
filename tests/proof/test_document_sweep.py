"""A sweep over what is no function: methods of documents, the routes of Frappe's API, pages and addresses of files.

Methods are those of the controllers of every DocType of the site, called of stored records and of records that the client
makes up, in each of the ways that the API has for it; routes are those of its map, pages those of the installed apps. The
rest is as in test_leak_sweep.
"""

from __future__ import annotations

import pytest
from sweep_calls import of_documents, of_pages, of_routes
from sweep_run import NotSwept, nothing_leaves
from sweep_values import Values
from sweep_world import prepare


@pytest.fixture(scope="module")
def world(demo_site, http):
	return prepare(demo_site, http)


@pytest.fixture(scope="module")
def requests_by_door(world):
	values, left_out = Values(world.victim), NotSwept.read().left_out
	every = [
		*of_documents(world.victim, values),
		*of_routes(world.victim, values),
		*of_pages(world.victim),
	]
	return [(door, calls) for door, calls in every if door not in left_out]


@pytest.fixture(scope="module")
def swept(world, requests_by_door):
	with nothing_leaves():
		for person in world.strangers:
			world.sweep.run(person, requests_by_door)
	return world.sweep.found


def test_many_methods_routes_and_pages_are_swept(swept, requests_by_door, figure):
	figure("document sweep", swept.figure(len(requests_by_door), "methods, routes and pages"))
	assert len(requests_by_door) > 300
	assert swept.requests > 3000


def test_strangers_see_no_marker(swept):
	assert not swept.shown, "\n".join(swept.shown)


def test_no_answer_depends_on_a_hidden_text(swept):
	assert not swept.depends, "\n".join(swept.depends)


def test_strangers_change_nothing(swept):
	assert not swept.changed, "\n".join(swept.changed)
