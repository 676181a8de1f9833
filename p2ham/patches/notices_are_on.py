"""Settings of notices, reminders and the programme begin as they do on a new site: one that is there already gets no
defaults from Frappe."""

import frappe

SETTINGS = "P2HAM Settings"
NEW = (
	"notify_steps",
	"notify_guidance",
	"notify_follow_ups",
	"remind_deadlines",
	"remind_late",
	"remind_evidence",
	"remind_follow_ups",
	"weekly_digest",
	"send_notice_mails",
	"remind_again_days",
	"late_every_days",
	"escalate_days",
	"weekly_day",
	"digests_kept_days",
	"follow_up_days",
)


def execute():
	stored, meta = frappe.db.get_singles_dict(SETTINGS), frappe.get_meta(SETTINGS)
	for field in NEW:
		if stored.get(field) is None:
			frappe.db.set_single_value(SETTINGS, field, meta.get_field(field).default, update_modified=False)
