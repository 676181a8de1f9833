"""Who keeps the documents of an approved assessment: gives them their numbers, and keeps what was signed of them."""

from __future__ import annotations

from p2ham.access import duties
from p2ham.engine import lifecycle
from p2ham.engine.duties import BAGIAN_HUKUM


def held_for(assessment, user: str | None = None) -> duties.Held | None:
	"""Return the duty by virtue of which `user` (default: the session's) keeps them now: Bagian Hukum, once the
	assessment is approved. None for who does not."""
	if assessment.workflow_state != lifecycle.APPROVED:
		return None
	held = duties.for_unit(assessment.opd, user)
	return next((duty for duty in held if duty.duty in BAGIAN_HUKUM), None)
