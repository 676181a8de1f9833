import pytest


@pytest.fixture(scope="module", autouse=True)
def _way_back(as_it_was):
	"""Every module begins with the site as it was made."""


@pytest.fixture(autouse=True)
def _transaction(db):
	"""Every proof test runs in a transaction of its own."""
