"""What a user may see, as one condition per DocType.

Lists, link searches, counts, documents, reports and files all ask here, so they cannot disagree. The scope
fails closed: who holds no duty today sees nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import frappe
from frappe import _
from pypika.terms import Criterion, ValueWrapper

from p2ham.access import duties
from p2ham.access.policies import BY_DOCTYPE, PARENTS, SCOPED, Policy, Sees, Writes
from p2ham.engine import guidance, lifecycle
from p2ham.engine.duties import KABAG_HUKUM, OBSERVER, REGENCY_DUTIES, UNIT_DUTIES
from p2ham.engine.quarterly_report import SENT

READ_TYPES = ("read", "select", "report", "print", "export", "email")


@dataclass(frozen=True)
class Scope:
	"""The reach of a user: the whole regency, certain units, or approved assessments only. What follows from a plain
	role and not from a duty is asked when it is needed."""

	user: str
	everything: bool
	opds: frozenset[str] = frozenset()
	approved: bool = False
	appoints: bool = False

	@property
	def anything(self) -> bool:
		return bool(self.everything or self.opds or self.approved)

	@property
	def master_data(self) -> bool:
		return duties.is_master_data_keeper(self.user)

	@property
	def officers(self) -> bool:
		return self.appoints or self.master_data


def for_user(user: str | None = None) -> Scope:
	"""Return the scope that the duties of `user` (default: the session's) give today."""
	user = user or frappe.session.user
	if user == "Administrator":
		# The database owner sees all, but holds no duty: the guards let nothing be changed or decided.
		return Scope(user, everything=True)
	held = duties.held_by(user)
	# A report asks for each table it reads.
	cache, key = duties._cache(), ("scope", user, *held)
	if key not in cache:
		names = duties.names(held)
		of_units = [duty.units for duty in held if duty.duty in UNIT_DUTIES]
		cache[key] = Scope(
			user,
			everything=bool(names.intersection(REGENCY_DUTIES)),
			opds=frozenset().union(*of_units),
			approved=OBSERVER in names,
			appoints=KABAG_HUKUM in names,
		)
	return cache[key]


def below(opd: str | None) -> frozenset[str]:
	"""Return `opd` and everything below it in the tree; nothing for a unit that does not exist."""
	if not opd:
		return frozenset()
	cache = duties._cache()
	key = ("below", opd)
	if key not in cache:
		unit, top = frappe.qb.DocType("P2HAM OPD"), frappe.qb.DocType("P2HAM OPD").as_("top")
		cache[key] = frozenset(
			frappe.qb.from_(unit)
			.join(top)
			.on((unit.lft >= top.lft) & (unit.rgt <= top.rgt))
			.select(unit.name)
			.where(top.name == opd)
			.run(pluck=True)
		)
	return cache[key]


def condition(doctype: str, user: str | None = None) -> Criterion | None:
	"""Return what limits `doctype` for `user` as a query-builder condition on its table, None for no limit."""
	if doctype in PARENTS:
		return _within_parent(doctype, PARENTS[doctype], user)
	if doctype not in BY_DOCTYPE:
		raise ValueError(f"{doctype} has no scope")
	policy = BY_DOCTYPE[doctype]
	return CONDITIONS[policy.sees](policy, for_user(user))


# A condition that no row meets, in every database.
NOTHING = ValueWrapper(1) == ValueWrapper(0)


def _any_of(conditions: list[Criterion]) -> Criterion:
	return Criterion.any(conditions) if conditions else NOTHING


def _within_parent(doctype: str, parent: str, user: str | None) -> Criterion | None:
	limit = condition(parent, user)
	if limit is None:
		return None
	table, owner = frappe.qb.DocType(doctype), frappe.qb.DocType(parent)
	return table.parent.isin(frappe.qb.from_(owner).select(owner.name).where(limit))


def _participants(policy: Policy, scope: Scope) -> Criterion | None:
	return None if scope.anything or scope.master_data else NOTHING


def _appointments(policy: Policy, scope: Scope) -> Criterion | None:
	return None if scope.officers else NOTHING


def _units(policy: Policy, scope: Scope) -> Criterion | None:
	if scope.everything or scope.approved or scope.master_data:
		return None
	table = frappe.qb.DocType("P2HAM OPD")
	return _any_of([table.name.isin(sorted(scope.opds))] if scope.opds else [])


def _assessments(policy: Policy, scope: Scope) -> Criterion | None:
	if scope.everything:
		return None
	table = frappe.qb.DocType("P2HAM Assessment")
	reach = []
	if scope.opds:
		reach.append(table.opd.isin(sorted(scope.opds)))
	if scope.approved:
		reach.append(table.workflow_state == lifecycle.APPROVED)
	return _any_of(reach)


def _evidence(policy: Policy, scope: Scope) -> Criterion | None:
	if scope.everything:
		return None
	table = frappe.qb.DocType("P2HAM Evidence")
	reach = []
	if scope.opds:
		reach.append(table.opd.isin(sorted(scope.opds)))
	if scope.approved:
		use = frappe.qb.DocType("P2HAM Evidence Use")
		assessment = frappe.qb.DocType("P2HAM Assessment")
		shown = (
			frappe.qb.from_(use)
			.join(assessment)
			.on(use.parent == assessment.name)
			.select(use.evidence)
			.where(assessment.workflow_state == lifecycle.APPROVED)
		)
		reach.append((table.contains_personal_data == 0) & table.name.isin(shown))
	return _any_of(reach)


def _of_assessment(policy: Policy, scope: Scope) -> Criterion | None:
	limit = _assessments(policy, scope)
	if limit is None:
		return None
	table = frappe.qb.DocType(policy.doctype)
	assessment = frappe.qb.DocType("P2HAM Assessment")
	return table.assessment.isin(frappe.qb.from_(assessment).select(assessment.name).where(limit))


def _sealed(policy: Policy, scope: Scope) -> Criterion | None:
	"""It names citizens in titles of evidence; what may be shown of it is shown by the documents."""
	return None if scope.user == "Administrator" else NOTHING


def _results(policy: Policy, scope: Scope) -> Criterion | None:
	if scope.everything or scope.approved:
		return None
	table = frappe.qb.DocType("P2HAM KKPHAM Result")
	# What the regency as a whole was given concerns every unit that contributed to it.
	return _any_of(
		[table.opd.isin(sorted(scope.opds)), table.is_regency == 1] if scope.opds else [],
	)


def _follow_ups(policy: Policy, scope: Scope) -> Criterion | None:
	if scope.everything:
		return None
	table = frappe.qb.DocType("P2HAM Follow-up")
	reach = []
	if scope.opds:
		reach.append(table.opd.isin(sorted(scope.opds)))
	if scope.approved:
		assessment = frappe.qb.DocType("P2HAM Assessment")
		approved = frappe.qb.from_(assessment).select(assessment.name)
		reach.append(table.assessment.isin(approved.where(assessment.workflow_state == lifecycle.APPROVED)))
	return _any_of(reach)


def _invited(policy: Policy, scope: Scope) -> Criterion | None:
	if scope.everything or scope.approved:
		return None
	table = frappe.qb.DocType("P2HAM Guidance")
	row = frappe.qb.DocType("P2HAM Guidance Participant")
	invited = frappe.qb.from_(row).select(row.parent).where(row.opd.isin(sorted(scope.opds)))
	return _any_of([table.name.isin(invited)] if scope.opds else [])


def _preparation(policy: Policy, scope: Scope) -> Criterion | None:
	"""Before anything is assessed: for who follows the unit, not for who sees what is decided only."""
	if scope.everything:
		return None
	table = frappe.qb.DocType("P2HAM Preliminary Check")
	return _any_of([table.opd.isin(sorted(scope.opds))] if scope.opds else [])


def _reported(policy: Policy, scope: Scope) -> Criterion | None:
	"""It names every unit with its state. Who sees what is decided only sees what was sent."""
	if scope.everything:
		return None
	table = frappe.qb.DocType("P2HAM Quarterly Report")
	return _any_of([table.status == SENT] if scope.approved else [])


def _own(policy: Policy, scope: Scope) -> Criterion | None:
	"""One's own, as long as one holds a duty."""
	if scope.user == "Administrator":
		return None
	return frappe.qb.DocType("P2HAM Digest").user == scope.user if scope.anything else NOTHING


CONDITIONS: dict[Sees, Callable[[Policy, Scope], Criterion | None]] = {
	Sees.PARTICIPANTS: _participants,
	Sees.UNITS: _units,
	Sees.APPOINTMENTS: _appointments,
	Sees.ASSESSMENTS: _assessments,
	Sees.EVIDENCE: _evidence,
	Sees.OF_ASSESSMENT: _of_assessment,
	Sees.SEALED: _sealed,
	Sees.RESULTS: _results,
	Sees.FOLLOW_UPS: _follow_ups,
	Sees.INVITED: _invited,
	Sees.PREPARATION: _preparation,
	Sees.REPORTED: _reported,
	Sees.OWN: _own,
}


def sql(doctype: str, user: str | None = None) -> str:
	"""Return the condition as text, as `permission_query_conditions` wants it; empty for no limit."""
	limit = condition(doctype, user)
	return "" if limit is None else as_sql(limit)


def as_sql(limit: Criterion) -> str:
	"""Return a condition as text in parentheses: Frappe 15 joins what hooks return with a bare AND."""
	quote = "`" if frappe.db.db_type == "mariadb" else '"'
	return "(" + limit.get_sql(with_namespace=True, quote_char=quote, secondary_quote_char="'") + ")"


def covers(doctype: str, name: str, user: str | None = None) -> bool:
	"""Tell whether a stored document lies in the scope of `user`, by asking the database the same condition."""
	return condition(doctype, user) is None or bool(seen(doctype, [name], user))


def seen(doctype: str, names: list[str], user: str | None = None) -> set[str]:
	"""Return those of the names that lie in the scope of `user`, in one query."""
	limit = condition(doctype, user)
	if limit is None or not names:
		return set(names)
	table = frappe.qb.DocType(doctype)
	return set(
		frappe.qb.from_(table).select(table.name).where(table.name.isin(names) & limit).run(pluck=True)
	)


def links_within(doctype: str, fieldname: str, linked: str, user: str | None = None) -> bool:
	"""Tell whether each document of `doctype` in the scope of `user` links by `fieldname` to one of `linked` that is in
	it, too: then a list may show fields of what is linked."""
	if linked not in BY_DOCTYPE and linked not in PARENTS:
		return False
	if condition(linked, user) is None:
		return True
	policy = BY_DOCTYPE.get(doctype)
	if not policy:
		return False
	if policy.of_assessment and fieldname == "assessment":
		return True
	return policy.of_unit and fieldname == "opd" and not for_user(user).approved


def has_permission(doc, ptype: str | None = None, user: str | None = None, debug: bool = False) -> bool:
	"""Frappe's `has_permission` hook for every DocType in SCOPED. Always True or False: None denies on v16."""
	user = user or frappe.session.user
	if user == "Administrator":
		return True
	ptype = ptype or "read"
	if isinstance(doc, str):  # asked of the DocType as a whole
		return True
	if not doc.name:  # a name that is stored is judged as stored, whatever the caller says of it
		return _may_create(doc, user) if ptype in MADE_BY else False
	state = _state_if_covered(doc, user)
	if state is None:
		if frappe.db.exists(doc.doctype, doc.name):
			return False
		return _may_create(doc, user) if ptype in MADE_BY else False
	return ptype in READ_TYPES or _may_change(doc, state, user)


# What somebody may be asked for who makes a document that is not stored yet.
MADE_BY = ("create", "write", "amend", *READ_TYPES)


def _state_if_covered(doc, user: str) -> str | None:
	"""Return the state of a stored document (empty where there are none), None if it is not in the scope of
	`user`: both in one query, since every save asks for them."""
	limit = condition(doc.doctype, user)
	table = frappe.qb.DocType(doc.doctype)
	field = table.workflow_state if doc.doctype == "P2HAM Assessment" else table.name
	query = frappe.qb.from_(table).select(field).where(table.name == doc.name)
	rows = (query if limit is None else query.where(limit)).run()
	if not rows:
		return None
	return (rows[0][0] or "") if doc.doctype == "P2HAM Assessment" else ""


def _may_create(doc, user: str) -> bool:
	scope, creates = for_user(user), BY_DOCTYPE[doc.doctype].creates
	if creates is Writes.KEEPERS:
		return scope.master_data
	if creates is Writes.UNIT:
		# A new, still empty form has no unit yet; the server asks again when it has one.
		return doc.opd in scope.opds if doc.get("opd") else bool(scope.opds)
	if creates is Writes.BAGIAN_HUKUM_OR_UNIT and scope.opds:
		return True
	return creates is not Writes.STEPS and duties.is_bagian_hukum(user)


def _may_change(doc, state: str, user: str) -> bool:
	"""The coarse answer for the desk's buttons, about a stored document; true also where nothing may change any more: the
	guards look at each field and step."""
	changes = BY_DOCTYPE[doc.doctype].changes
	if changes is Writes.KEEPERS:
		return for_user(user).master_data
	if changes is Writes.UNIT:
		return doc.opd in for_user(user).opds
	if changes is Writes.LIFECYCLE:
		return _has_something_to_do(doc, state, user)
	if changes is Writes.STEPS:
		return False
	if duties.is_bagian_hukum(user):
		return True
	if changes is Writes.BAGIAN_HUKUM_OR_REQUEST:
		return is_own_request(doc.name, for_user(user).opds)
	# As it is stored: whoever would move it to another unit is told that they may not.
	return (
		changes is Writes.BAGIAN_HUKUM_OR_UNIT
		and frappe.db.get_value(doc.doctype, doc.name, "opd") in for_user(user).opds
	)


def _has_something_to_do(doc, state: str, user: str) -> bool:
	held = duties.names(duties.for_unit(doc.opd, user))
	if state == lifecycle.CANCELLED:
		return bool(held.intersection(UNIT_DUTIES))  # may amend
	editable = lifecycle.EDITABLE.get(state)
	return bool(
		(editable and held.intersection(editable.duties)) or lifecycle.TRANSITIONS.steps_from(state, held)
	)


def is_own_request(name: str, opds: frozenset[str]) -> bool:
	"""Tell whether a stored guidance is a request of these units and of no others."""
	if frappe.db.get_value("P2HAM Guidance", name, "kind") != guidance.REQUEST:
		return False
	named = frappe.get_all(
		"P2HAM Guidance Participant",
		filters={"parent": name, "parenttype": "P2HAM Guidance"},
		pluck="opd",
		order_by="idx",
	)
	return bool(named) and opds.issuperset(named)


def is_fixed(doctype: str, name: str) -> bool:
	"""Tell whether the session's user can no longer change a stored document whatever they hold, and so attaches and removes
	no file."""
	policy = BY_DOCTYPE.get(doctype)
	if not policy or not policy.fixed_in:
		return False
	return policy.is_fixed(frappe.db.get_value(doctype, name, "status"), duties.is_bagian_hukum())


def permission_query_conditions(user: str | None = None, doctype: str = "") -> str:
	"""Frappe's `permission_query_conditions` hook for every DocType in SCOPED; Frappe names the DocType."""
	return sql(doctype, user)


def refuse_share(doc, method: str | None = None) -> None:
	"""`DocShare.validate`: a share would pass by duty and scope, so documents of P2HAM are not shared.

	Assigning a document makes a share behind the scenes where the assignee may not read it, which ends here
	as well. Raises frappe.PermissionError.
	"""
	if doc.share_doctype in SCOPED:
		frappe.throw(
			_("{0} cannot be shared: who sees it follows from the duties in P2HAM Officer.").format(
				_(doc.share_doctype)
			),
			frappe.PermissionError,
		)
