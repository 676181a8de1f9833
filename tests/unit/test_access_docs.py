"""The documentation shows the access table as it is, and the table holds together."""

from __future__ import annotations

import access_table as table


def test_the_security_page_shows_the_access_table():
	shown = table.section(table.DOCUMENT.read_text(encoding="utf-8"))
	assert shown == table.rendered(), (
		"docs/security.md does not show the access table as it is: run `python tests/support/access_table.py`"
	)


def test_whoever_may_do_anything_may_read_it():
	"""Nothing is allowed to somebody who must not know that the assessment exists."""
	for rule in table.RULES:
		for state, who in rule.who.items():
			assert who <= table.READ[state], (rule.what, state)


def test_the_table_names_every_way_once():
	rules = (*table.RULES, *table.FOLLOW_UP_RULES, *table.OTHER_RULES)
	ways = [(rule.what, way) for rule in rules for way in rule.ways]
	assert len(ways) == len(set(ways))
