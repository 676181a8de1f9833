"""What the desk is told when it is opened: the names of duties, so that no script has a list of its own."""

from __future__ import annotations

from p2ham.engine import duties

# Each duty by a name that stays, and what several of them do together.
DUTIES: dict[str, tuple[str, ...]] = {
	"opd_clerk": (duties.OPD_CLERK,),
	"opd_head": (duties.OPD_HEAD,),
	"verifier": (duties.VERIFIER,),
	"kabag_hukum": (duties.KABAG_HUKUM,),
	"sekda": (duties.SEKDA,),
	"observer": (duties.OBSERVER,),
	"manager": (duties.MANAGER,),
	"unit_duties": duties.UNIT_DUTIES,
	"regency_duties": duties.REGENCY_DUTIES,
	"bagian_hukum": duties.BAGIAN_HUKUM,
}


def extend(bootinfo: dict) -> None:
	"""Put it into `frappe.boot.p2ham`, where public/js/desk/duties.js finds it."""
	bootinfo["p2ham"] = {"duties": DUTIES}
