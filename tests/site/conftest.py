import pytest


@pytest.fixture(autouse=True)
def _transaction(db):
	"""Every site test runs in a transaction of its own."""
