"""A sweep over every whitelisted function of every installed app: does any of them show an assessment, its evidence, its
history or what was said about it to somebody it is not for, tell hidden texts by its answers, calculate what
somebody sends, or change anything?

A victim is built in the demo regency, with a random word (a marker) in each of its texts. The functions are those that
Frappe's registry holds once all apps are imported, by each address that leads to them (`sweep_doors`). What each is
asked follows from the names and types of its parameters (`sweep_values`). People to whom the victim is nothing make
the requests over HTTP (`sweep_run`). What is not called, or could not be, stands in not_swept.json with the reason.

The same calls by Kabag Hukum, who may read it all, bring every marker to light, and functions that leak on purpose
are found, one for each kind of leak: a sweep that cannot see would pass as well.
"""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
import sweep_leaky
from sweep_calls import of_function
from sweep_doors import doors
from sweep_run import NotSwept, nothing_leaves
from sweep_values import Values
from sweep_victim import KABAG, PLACES
from sweep_world import prepare

from p2ham.demo import build


@pytest.fixture(scope="module")
def world(demo_site, http):
	return prepare(demo_site, http)


@pytest.fixture(scope="module")
def functions(world):
	"""Each function with its requests, but for those that are left out."""
	values, left_out = Values(world.victim), NotSwept.read().left_out
	return [(door.name, of_function(values, door)) for door in doors() if door.name not in left_out]


@pytest.fixture(scope="module")
def swept(world, functions):
	with nothing_leaves():
		for person in world.strangers:
			world.sweep.run(person, functions)
	return world.sweep.found


def test_many_functions_are_swept(swept, functions, figure):
	figure("leak sweep", swept.figure(len(functions), "functions"))
	assert len(functions) > 400
	assert swept.requests > 5000


def test_strangers_see_no_marker(swept):
	assert not swept.shown, "\n".join(swept.shown)


def test_no_answer_depends_on_a_hidden_text(swept):
	assert not swept.depends, "\n".join(swept.depends)


def test_strangers_change_nothing(swept):
	assert not swept.changed, "\n".join(swept.changed)


def test_what_could_not_be_called_is_listed_with_the_reason(swept):
	"""An answer about wrong arguments, or an error, says nothing about what a function would have shown."""
	could_not = swept.never_called()
	unlisted = sorted(could_not.keys() - NotSwept.read().not_called.keys())
	assert not unlisted, "\n".join(f"{name}: {could_not[name]}" for name in unlisted)


def test_what_is_listed_is_there(functions):
	"""A reason for something that has gone would hide what took its place."""
	assert sorted(NotSwept.read().names() - {door.name for door in doors()}) == []


def test_functions_that_leak_are_found(world):
	"""One for each kind of finding."""
	with sweep_leaky.open_doors() as names, nothing_leaves():
		values = Values(world.victim)
		leaks = [(door.name, of_function(values, door)) for door in doors() if door.name in names]
		found = world.sweep.anew().run(replace(world.strangers[0], share=1), leaks)
	every = [*found.shown, *found.depends, *found.changed]
	unseen = [name for name in names if not any(name in line for line in every)]
	assert not unseen, {name: found.answers[name] for name in unseen}


def test_the_same_requests_of_those_who_may_read_show_every_marker(world, functions):
	"""Kabag Hukum reads the victim and what is said about it; what was deleted is Administrator's to see."""
	unseen = set(PLACES)
	for user, password, places in (
		(KABAG, build.PASSWORD, set(PLACES) - {"deleted"}),
		("Administrator", os.environ["P2HAM_ADMIN_PASSWORD"], {"deleted"}),
	):
		seen = world.sweep.seen_by(user, password, functions, places)
		unseen -= seen
	assert not unseen
