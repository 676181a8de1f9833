"""The life of a quarterly report: prepared, then sent. What its actions alone write, and what stays once it was sent."""

from __future__ import annotations

from collections.abc import Iterable

from .lifecycle import Change

# Statuses, as stored in P2HAM Quarterly Report.
PREPARED, SENT = "Draft", "Sent"

# What its actions alone write: it is of one quarter, and its figures are those that were frozen.
FIGURES = frozenset({"figures", "figures_hash", "figures_on"})
FROZEN = frozenset({"year", "quarter", "period", "status", "owner", "docstatus"}) | FIGURES
# What must be filled before it is sent.
NEEDED_TO_SEND = ("number", "report_date", "addressee")


def forbidden_changes(
	before: str, changes: Iterable[Change], written: frozenset[str] = frozenset()
) -> list[Change]:
	"""Return the changes that nobody may make in a quarterly report whose status is `before`; `written` are the fields
	that the action being taken writes. One that was sent stays as it is."""
	if before == SENT:
		return list(changes)
	return [change for change in changes if change.field in FROZEN - written]
