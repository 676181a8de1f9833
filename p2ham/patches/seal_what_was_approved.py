"""What was approved before there were snapshots is sealed as it stands; the log says that it was sealed later."""

import frappe

from p2ham.assessment import log, sealing, snapshots
from p2ham.engine import lifecycle, snapshot


def execute():
	names = frappe.get_all(
		"P2HAM Assessment",
		filters={
			"workflow_state": ("in", (lifecycle.APPROVED, lifecycle.CANCELLED)),
			"approved_by": ("is", "set"),
		},
		pluck="name",
		order_by="name",
	)
	for name in names:
		if snapshots.for_assessment(name):
			continue
		doc = frappe.get_doc("P2HAM Assessment", name)
		content, code = sealing.seal(doc)
		snapshots.add(name, content, code)
		doc.snapshot_hash = snapshot.sha256_of_text(content)
		frappe.db.set_value(doc.doctype, name, "snapshot_hash", doc.snapshot_hash, update_modified=False)
		log.append(
			doc, lifecycle.SEAL, doc.workflow_state, doc.workflow_state, snapshot_hash=doc.snapshot_hash
		)
