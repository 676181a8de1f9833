"""What Frappe's scheduler runs."""

from p2ham.access import roles
from p2ham.access.technical_logs import told_without_values
from p2ham.assessment import log_anchors
from p2ham.digests import daily_digest
from p2ham.evidence import orphans
from p2ham.paper import prepared_files


@told_without_values
def hourly() -> None:
	"""Terms begin and end at midnight of the site; run late or twice, it does the same."""
	roles.sync_all()


@told_without_values
def daily() -> None:
	"""Keep the fingerprint of the log outside the database. Say what is due, late or expires, once to each person; on one
	day of the week say how the regency is doing."""
	log_anchors.keep()
	daily_digest.remind()
	daily_digest.remind_of_the_week()


@told_without_values
def daily_long() -> None:
	"""Remove files that nobody kept, handouts that nobody fetches any more and old digests: apart from the rest, since
	deleting many takes its time."""
	orphans.remove()
	prepared_files.remove_old()
	daily_digest.remove_old()
