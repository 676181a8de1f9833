"""What Frappe's scheduler runs."""

from p2ham import handouts
from p2ham.access import roles
from p2ham.evidence import orphans, reminders


def hourly() -> None:
	"""Terms begin and end at midnight of the site; run late or twice, it does the same."""
	roles.sync_all()


def daily() -> None:
	"""Say what expires."""
	reminders.remind()


def daily_long() -> None:
	"""Remove files that nobody kept and handouts that nobody fetches any more: apart from the rest, since deleting
	many takes its time."""
	orphans.remove()
	handouts.remove_old()
