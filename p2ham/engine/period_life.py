"""The life of a period: prepared, open for work, and closed. The one table of its steps."""

from __future__ import annotations

from .duties import MANAGER
from .steps import Steps, chosen

# Statuses, as stored in P2HAM Period.
DRAFT = "Draft"
OPEN = "Open"
CLOSED = "Closed"
STATUSES = (DRAFT, OPEN, CLOSED)

# Who keeps periods takes them (the DocType's permissions say so). One that is open becomes a draft again only while there
# are no assessments, and closes only once all are decided: the period asks.
STEPS = Steps(
	STATUSES,
	(
		chosen(DRAFT, OPEN, (MANAGER,)),
		chosen(OPEN, CLOSED, (MANAGER,)),
		chosen(CLOSED, OPEN, (MANAGER,)),
		chosen(OPEN, DRAFT, (MANAGER,)),
	),
)
# Statuses in which its participants move.
PARTICIPANTS_MOVE_IN = (DRAFT, OPEN)
