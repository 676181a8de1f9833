import pytest


@pytest.fixture(autouse=True)
def _transaction(db):
	"""Every proof test runs in a transaction of its own."""
