"""What the desk is told when it is opened: the names of duties, so that no script has a list of its own."""

from __future__ import annotations

from p2ham.engine import follow_up, lifecycle

# Each duty by a name that stays, and what several of them do together.
DUTIES: dict[str, tuple[str, ...]] = {
	"opd_clerk": (lifecycle.OPD_CLERK,),
	"opd_head": (lifecycle.OPD_HEAD,),
	"verifier": (lifecycle.VERIFIER,),
	"kabag_hukum": (lifecycle.KABAG_HUKUM,),
	"sekda": (lifecycle.SEKDA,),
	"observer": (lifecycle.OBSERVER,),
	"manager": (lifecycle.MANAGER,),
	"unit_duties": lifecycle.UNIT_DUTIES,
	"regency_duties": lifecycle.REGENCY_DUTIES,
	"bagian_hukum": follow_up.BAGIAN_HUKUM,
}


def extend(bootinfo: dict) -> None:
	"""Put it into `frappe.boot.p2ham`, where public/js/desk/duties.js finds it."""
	bootinfo["p2ham"] = {"duties": DUTIES}
