"""What Frappe writes about our documents: versions, comments, mails, assignments. It follows the right to read the
document itself, and versions are as final as the log."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.desk.notifications import extract_mentions
from frappe.utils import cint

from p2ham.access import policies, scope
from p2ham.access.files import NO_OPINION
from p2ham.access.policies import TRACES, TRACKED

# What is deleted of these is about one of our documents where it names one.
OURS = '"P2HAM '
NAMING = ("File", *TRACES, *policies.PARENTS)
# Who said what, to whom, about which document.
COMMENTED = ("comment_type", "comment_email", "comment_by", "reference_doctype", "reference_name")
MAILED = (
	"sender",
	"sender_full_name",
	"user",
	"sent_or_received",
	"recipients",
	"subject",
	"content",
	"reference_doctype",
	"reference_name",
)


def has_permission(
	doc, ptype: str | None = None, user: str | None = None, debug: bool = False
) -> bool | None:
	"""Frappe's `has_permission` hook of each trace: denies where the document itself may not be read."""
	user = user or frappe.session.user
	if user == "Administrator" or isinstance(doc, str):
		return NO_OPINION
	about, named = TRACES[doc.doctype]
	doctype, name = doc.get(about), doc.get(named)
	if doc.doctype == "Deleted Document" and doctype in NAMING and OURS in (doc.data or ""):
		return False
	if doctype not in policies.SCOPED or not name:
		return NO_OPINION
	if not frappe.db.exists(doctype, name):
		return False
	if doc.get("for_user") and doc.for_user != user:
		return False  # Frappe keeps others' notifications out of lists only
	return NO_OPINION if frappe.has_permission(doctype, "read", name, user=user) else False


def may_compare(doc, ptype: str | None = None, user: str | None = None, debug: bool = False) -> bool | None:
	"""Frappe's `has_permission` hook of Audit Trail, a form that shows the changes of any amended document."""
	user = user or frappe.session.user
	if isinstance(doc, str) or doc.get("doctype_name") not in policies.SCOPED or not doc.get("document"):
		return NO_OPINION
	return NO_OPINION if frappe.has_permission(doc.doctype_name, "read", doc.document, user=user) else False


def permission_query_conditions(user: str | None = None, doctype: str | None = None) -> str:
	"""Frappe's `permission_query_conditions` hook of each trace; Frappe names the DocType."""
	user = user or frappe.session.user
	if user == "Administrator" or doctype not in TRACES:
		return ""
	about, named = TRACES[doctype]
	trace = frappe.qb.DocType(doctype)
	allowed = trace[about].isnull() | trace[about].notin(policies.SCOPED)
	if doctype == "Deleted Document":
		allowed = allowed & (trace[about].notin(NAMING) | trace.data.not_like(f"%{OURS}%"))
	for owner in policies.SCOPED:
		limit = scope.condition(owner, user)
		table = frappe.qb.DocType(owner)
		names = frappe.qb.from_(table).select(table.name)
		mine = trace[named].isin(names if limit is None else names.where(limit))
		allowed = allowed | ((trace[about] == owner) & mine)
	return scope.as_sql(allowed)


def refuse_forged_version(version, method: str | None = None) -> None:
	"""`Version.before_insert`: only Frappe itself writes the history of our documents."""
	if version.ref_doctype in policies.SCOPED and not version.flags.ignore_permissions:
		_refuse_version(version)


def refuse_changed_version(version, method: str | None = None) -> None:
	"""`Version.validate` and `on_trash`: nobody changes or deletes the history of our documents."""
	if version.ref_doctype not in policies.SCOPED or frappe.flags.in_uninstall:
		return
	if method == "on_trash" or not version.is_new():
		_refuse_version(version)


def _refuse_version(version) -> None:
	frappe.throw(
		_("The history of {0} is written by the system itself; nobody adds, changes or deletes it.").format(
			_(version.ref_doctype)
		),
		frappe.PermissionError,
		title=_("Append-Only"),
	)


def keep_tracking(setter, method: str | None = None) -> None:
	"""`Property Setter.validate`: the history of what counts cannot be switched off by Customize Form."""
	if (
		setter.doc_type in TRACKED
		and not setter.field_name
		and setter.property == "track_changes"
		and not cint(setter.value)
	):
		_refuse_untracked(setter.doc_type)


def keep_tracking_in_doctype(doctype, method: str | None = None) -> None:
	"""`DocType.validate`: nor in the DocType itself, in developer mode."""
	if doctype.name in TRACKED and not cint(doctype.track_changes):
		_refuse_untracked(doctype.name)


def _refuse_untracked(doctype: str) -> None:
	frappe.throw(
		_("{0}: 'Track Changes' stays on, the history is part of the audit trail.").format(_(doctype)),
		frappe.PermissionError,
		title=_("Append-Only"),
	)


def refuse_assignment(todo, method: str | None = None) -> None:
	"""`ToDo.validate`: nobody is given work on a document of ours that they may not see."""
	if todo.reference_type not in policies.SCOPED or not todo.allocated_to or not todo.reference_name:
		return
	if not frappe.has_permission(todo.reference_type, "read", todo.reference_name, user=todo.allocated_to):
		frappe.throw(
			_("{0} may not see {1} {2}.").format(
				todo.allocated_to, _(todo.reference_type), todo.reference_name
			),
			frappe.PermissionError,
		)


def refuse_print_key(key, method: str | None = None) -> None:
	"""`Document Share Key.before_insert`: a link with a key prints a document without login."""
	if key.reference_doctype in policies.SCOPED:
		frappe.throw(
			_("{0}: there are no links to it that work without login.").format(_(key.reference_doctype)),
			frappe.PermissionError,
		)


def refuse_follower(follow, method: str | None = None) -> None:
	"""`Document Follow.validate`: changes are mailed to those only who may read the document."""
	if follow.ref_doctype in policies.SCOPED and not frappe.has_permission(
		follow.ref_doctype, "read", follow.ref_docname, user=follow.user
	):
		frappe.throw(
			_("{0} may not see {1} {2}.").format(follow.user, _(follow.ref_doctype), follow.ref_docname),
			frappe.PermissionError,
		)


def check_comment(comment, method: str | None = None) -> None:
	"""`Comment.before_insert`: whoever writes one, of whatever kind, does so in their own name. Who comments may read the
	document, and since a mention sends the comment, nobody is mentioned who may not. Raises frappe.PermissionError."""
	if comment.reference_doctype not in policies.SCOPED:
		return
	user = frappe.session.user
	comment.comment_email, comment.comment_by = user, frappe.utils.get_fullname(user)
	if comment.comment_type == "Comment":
		_check_readers(comment)


def _check_readers(comment) -> None:
	if not frappe.has_permission(comment.reference_doctype, "read", comment.reference_name):
		raise frappe.PermissionError  # the comments of web pages ask for no right
	strangers = [
		named
		for named in extract_mentions(comment.content or "")
		if frappe.db.exists("User", named)
		and not frappe.has_permission(comment.reference_doctype, "read", comment.reference_name, user=named)
	]
	if strangers:
		names = frappe.get_all(
			"User", filters={"name": ("in", strangers)}, pluck="full_name", order_by="full_name"
		)
		frappe.throw(
			_("{0} may not see {1} and would get this comment by mail. Leave the mention out.").format(
				", ".join(names), comment.reference_name
			),
			frappe.PermissionError,
			title=_("Mention Not Allowed"),
		)


def keep_author(comment, method: str | None = None) -> None:
	"""`Comment.validate`: nobody puts a comment about a document of ours into another's mouth, nor under another
	document. Raises frappe.PermissionError."""
	_refuse_changes(comment, COMMENTED)


def check_mail(mail, method: str | None = None) -> None:
	"""`Communication.before_validate`, and `validate`, when Frappe has read of the addresses what it is about: a mail, call or message about a document of ours is of who is logged in, whatever the
	request says of its sender; what is stored keeps its sender and stays where it is.

	What the mail server brought is left as it came, and what the scheduler sends. Raises frappe.PermissionError.
	"""
	if mail.flags.in_receive or (_nobody_asks() and frappe.session.user == "Administrator"):
		return
	ours = _is_ours(mail)
	if ours and mail.is_new():
		mail.user = frappe.session.user
		mail.sender = frappe.db.get_value("User", mail.user, "email")
		mail.sender_full_name = frappe.utils.get_fullname(mail.user)
		mail.sent_or_received = "Sent"
	elif not mail.is_new():
		_refuse_changes(mail, MAILED)


def _nobody_asks() -> bool:
	return not getattr(frappe.local, "request", None)


def _is_ours(trace) -> bool:
	"""Tell whether something was written about a document of ours, or stands below one."""
	return trace.reference_doctype in policies.SCOPED or any(
		row.link_doctype in policies.SCOPED for row in trace.get("timeline_links") or ()
	)


def _refuse_changes(trace, fields: tuple[str, ...]) -> None:
	"""Refuse to change these fields of what was written about a document of ours, or to put it below one later."""
	before = trace.get_doc_before_save()
	if not before or not (_is_ours(trace) or _is_ours(before)):
		return
	changed = [field for field in fields if (trace.get(field) or "") != (before.get(field) or "")]
	if changed or not _is_ours(before):
		frappe.throw(
			_("{0}: who wrote what about which document does not change any more.").format(_(trace.doctype)),
			frappe.PermissionError,
			title=_("Change Not Allowed"),
		)


def refuse_link_alone(link, method: str | None = None) -> None:
	"""`Communication Link.before_validate`: Frappe's REST saves the row alone, past `check_mail`, and with it the mail
	would stand below a document of ours. Raises frappe.PermissionError."""
	if link.link_doctype in policies.SCOPED:
		raise frappe.PermissionError


def refuse_report_of_another(report, method: str | None = None) -> None:
	"""`Auto Email Report.validate`: it runs with the rights of the user it names, and shows the result to others."""
	doctype = frappe.db.get_value("Report", report.report, "ref_doctype")
	if doctype in policies.SCOPED and frappe.session.user not in ("Administrator", report.user):
		frappe.throw(
			_("{0}: reports about {1} are mailed with one's own rights only.").format(_("User"), _(doctype)),
			frappe.PermissionError,
		)


def forget_follower(user: str) -> None:
	"""Whose duties have changed follows nothing of ours any more, until they choose to again."""
	frappe.db.delete("Document Follow", {"user": user, "ref_doctype": ("in", policies.SCOPED)})


def forget_who_may_not_read(doctype: str, names: list[str]) -> None:
	"""What these documents show, or whom, has changed: who may not read one any more does not follow it either, since
	Frappe mails the changes without asking again."""
	follows = frappe.get_all(
		"Document Follow",
		filters={"ref_doctype": doctype, "ref_docname": ("in", [*names, ""])},
		fields=["name", "user", "ref_docname"],
		order_by="name",
	)
	gone = [follow.name for follow in follows if not scope.covers(doctype, follow.ref_docname, follow.user)]
	if gone:
		frappe.db.delete("Document Follow", {"name": ("in", gone)})
