"""What Frappe's scheduler runs."""

from p2ham.access import roles


def hourly() -> None:
	"""Terms begin and end at midnight of the site; run late or twice, it does the same."""
	roles.sync_all()
