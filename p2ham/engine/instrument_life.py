"""The life of an instrument: a draft that is edited, active and frozen, retired. The one table of its steps."""

from __future__ import annotations

from .duties import MANAGER
from .steps import Steps, chosen

# Statuses, as stored in P2HAM Instrument.
DRAFT = "Draft"
ACTIVE = "Active"
RETIRED = "Retired"
STATUSES = (DRAFT, ACTIVE, RETIRED)

# Who keeps instruments takes them (the DocType's permissions say so). What becomes active is checked as a whole and is
# never a draft again: assessments rest on it.
STEPS = Steps(
	STATUSES,
	(
		chosen(DRAFT, ACTIVE, (MANAGER,)),
		chosen(ACTIVE, RETIRED, (MANAGER,)),
		chosen(RETIRED, ACTIVE, (MANAGER,)),
	),
)
