import html

import pytest


@pytest.fixture(autouse=True)
def _transaction(db):
	"""Every site test runs in a transaction of its own."""


@pytest.fixture
def said():
	"""What an error told the user, as he reads it."""
	return lambda caught: html.unescape(str(caught.value))
