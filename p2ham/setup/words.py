"""Stored words that the desk shows translated: they reach it as values, so nothing else names them to
`bench generate-pot-file`."""

from frappe import _


def stored_words() -> list[str]:
	"""Return the translated words of states, actions and tags."""
	return [
		# actions of the workflow and of the log
		_("Submit"),
		_("Return"),
		_("Review"),
		_("Approve"),
		_("Cancel"),
		_("Create"),
		_("Recompute"),
		_("Extend"),
		_("Number Documents"),
		_("Keep Copy"),
		_("Seal"),
		# states
		_("Draft"),
		_("Submitted"),
		_("Reviewed"),
		_("Approved"),
		_("Cancelled"),
		# tags of an indicator, as instrument files spell them
		_("Elderly"),
		_("Children"),
		_("Maternal"),
		_("Disability"),
		# blocks of the workspace
		_("What Waits"),
		_("Weak Indicators"),
		_("Assessments by State"),
		_("Home"),
	]
