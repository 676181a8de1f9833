"""What Frappe's scheduler runs."""

from p2ham import handouts
from p2ham.access import roles
from p2ham.access.technical_logs import told_without_values
from p2ham.evidence import orphans
from p2ham.notices import digests
from p2ham.p2ham.doctype.p2ham_assessment_log import anchors


@told_without_values
def hourly() -> None:
	"""Terms begin and end at midnight of the site; run late or twice, it does the same."""
	roles.sync_all()


@told_without_values
def daily() -> None:
	"""Keep the fingerprint of the log outside the database. Say what is due, late or expires, once to each person; on one
	day of the week say how the regency is doing."""
	anchors.keep()
	digests.remind()
	digests.remind_of_the_week()


@told_without_values
def daily_long() -> None:
	"""Remove files that nobody kept, handouts that nobody fetches any more and old digests: apart from the rest, since
	deleting many takes its time."""
	orphans.remove()
	handouts.remove_old()
	digests.remove_old()
