"""What Frappe's scheduler runs."""

from p2ham.access import roles


def daily() -> None:
	roles.sync_all()
