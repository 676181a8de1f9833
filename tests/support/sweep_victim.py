"""What a sweep is after: records of one unit with a random word (a marker) in each of their texts, and secrets of the site.

The records belong to a unit that none of those who ask has to do with, but for two: evidence that is flagged as
personal and used in an approved assessment, which an observer reads without it, and the telephone number of the unit.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import frappe

from p2ham.demo import factories as make

PERIOD, UNIT, ABOVE, OTHER_UNIT = "P2HAM-2024", "RSP PENDOPO", "DINKES", "DINSOS"
KABAG, VERIFIER = "kabag.hukum@empatlawang.example", "verifikator@empatlawang.example"


@dataclass(frozen=True)
class Target:
	"""A record that belongs to the victim: `field` is a text of it, `parent` the DocType whose row it is. Every
	function is asked about the `central` ones, about the others those that have to do with their DocType."""

	doctype: str
	name: str
	field: str
	parent: str = ""
	central: bool = True


@dataclass
class Victim:
	"""What the sweep is after: the markers by where they stand, a word that stands beside each of them and may be
	searched for, and the records."""

	word: str
	markers: dict[str, str]
	assessment: str = ""
	cancelled: str = ""
	in_sight: str = ""  # an approved assessment, which an observer reads
	file_url: str = ""
	image_path: Path = Path()
	targets: list[Target] = field(default_factory=list)
	tools: list[Target] = field(default_factory=list)

	def text(self, place: str) -> str:
		return f"{self.word} {self.markers[place]}"

	def paths(self) -> list[Path]:
		return [self.image_path.with_name(Path(self.file_url).name), self.image_path]

	def central(self) -> list[Target]:
		return [target for target in self.targets if target.central]

	def target(self, doctype: str) -> Target:
		return next(target for target in self.targets if target.doctype == doctype)


PLACES = (
	*(
		"note",
		"replaced_note",
		"cancelled_note",
		"verified_note",
		"review_note",
		"return_note",
		"cancel_note",
	),
	*(
		"title",
		"file_name",
		"file_content",
		"link",
		"comment",
		"notification",
		"email",
		"assignment",
		"deleted",
	),
	*("recommendation", "progress_note", "proof", "finding", "agenda", "outcome", "participant", "decision"),
	*("right", "flagged_title", "phone"),
)
# Who may read it all the same, by the duty or role.
FOR_SOME_EYES = {
	**dict.fromkeys(
		("finding", "right", "agenda", "outcome", "participant", "decision"), ("P2HAM Observer",)
	),
	"phone": ("P2HAM Observer", "P2HAM Manager", "System Manager"),
	"API key": ("System Manager",),
}


def make_victim(officer: Callable) -> Victim:
	"""An assessment that was approved, cancelled, started again, reviewed, and returned by Sekda, with evidence, a
	comment, an e-mail, an assignment, a notification, and an evidence that was deleted."""
	victim = Victim(
		word=f"kata{secrets.token_hex(5)}",
		markers={place: f"tanda{secrets.token_hex(6)}" for place in PLACES},
	)
	clerk, sekda = officer("OPD Clerk", ABOVE), officer("Sekda")
	with make.acting_as(clerk):
		first = make.create_assessment(PERIOD, UNIT)
		make.fill(first)
		first.items[0].self_note = victim.text("cancelled_note")
		make.attach_needed_evidence(first)
		name = f"{victim.word}-{victim.markers['file_name']}.pdf"
		url = make.upload(name, make.make_pdf([victim.text("file_content")]))
		evidence = store_evidence(victim.text("title"), kind="File", file=url)
		picture = make.upload(f"{victim.word}.png", make.make_png(victim.word))
		for used in (evidence, store_evidence(victim.word, kind="File", file=picture)):
			first.append("evidence_uses", {"indicator": first.items[0].indicator, "evidence": used})
		first.save()
		make.take_step(first.name, "Submit")
	verify_and_review(victim, first.name, officer)
	with make.acting_as(sekda):
		make.take_step(first.name, "Approve")
		make.take_step(first.name, "Cancel", victim.text("cancel_note"))
	with make.acting_as(clerk):
		doc = frappe.copy_doc(frappe.get_doc("P2HAM Assessment", first.name))
		doc.docstatus, doc.amended_from = 0, first.name
		doc.items[0].self_note = victim.text("replaced_note")
		doc.insert()
		doc.items[0].self_note = victim.text("note")
		address = f"https://example.go.id/{victim.word}/{victim.markers['link']}"
		link = store_evidence(victim.word, kind="Link", url=address)
		doc.append("evidence_uses", {"indicator": doc.items[0].indicator, "evidence": link})
		doc.save()
		frappe.delete_doc("P2HAM Evidence", store_evidence(victim.text("deleted"), kind="Link", url=address))
		make.take_step(doc.name, "Submit")
	verify_and_review(victim, doc.name, officer)
	with make.acting_as(sekda):
		make.take_step(doc.name, "Return", victim.text("return_note"))
	victim.assessment, victim.cancelled = doc.name, first.name
	file = frappe.get_doc("File", {"attached_to_name": evidence})
	victim.file_url = file.file_url
	victim.image_path = Path(frappe.get_site_path("private", "files", Path(picture).name))
	doc = frappe.get_doc("P2HAM Assessment", doc.name)
	victim.targets = [
		Target("P2HAM Assessment", doc.name, "return_note"),
		Target("P2HAM Evidence", evidence, "title", central=False),
		Target("File", file.name, "file_name"),
		Target("P2HAM Assessment Item", doc.items[0].name, "self_note", "P2HAM Assessment"),
		Target("Version", newest("Version", docname=doc.name, data=("like", f"%{victim.word}%")), "data"),
		Target("P2HAM Assessment", first.name, "cancel_note", central=False),
		Target("P2HAM Evidence", link, "url", central=False),
		Target(
			"P2HAM Evidence Revision",
			newest("P2HAM Evidence Revision", parent=evidence),
			"title",
			"P2HAM Evidence",
			central=False,
		),
		Target(
			"P2HAM Assessment Log", newest("P2HAM Assessment Log", assessment=doc.name), "note", central=False
		),
		Target("P2HAM Evidence Use", doc.evidence_uses[-1].name, "note", "P2HAM Assessment", central=False),
		Target(
			"Deleted Document",
			newest("Deleted Document", deleted_doctype="P2HAM Evidence"),
			"data",
			central=False,
		),
		*what_follows(victim, doc, officer),
		*said_about(victim, doc),
		*in_plain_sight(victim),
	]
	return victim


def in_plain_sight(victim: Victim) -> list[Target]:
	"""Flag evidence of an approved assessment as personal, and write down a telephone number: each is a field of
	a record that others read."""
	use = frappe.get_all(
		"P2HAM Evidence Use",
		filters={"parent": ("in", approved()), "evidence": ("is", "set")},
		fields=["name", "parent", "evidence"],
		order_by="name",
		limit=1,
	)[0]
	title, victim.in_sight = victim.text("flagged_title"), use.parent
	frappe.db.set_value("P2HAM Evidence", use.evidence, {"title": title, "contains_personal_data": 1})
	frappe.db.set_value("P2HAM OPD", UNIT, "phone", victim.text("phone"))
	return [
		Target("P2HAM Evidence", use.evidence, "title", central=False),
		Target("P2HAM Evidence Use", use.name, "evidence", "P2HAM Assessment"),
		Target("P2HAM Assessment", use.parent, "workflow_state"),
		Target("P2HAM OPD", UNIT, "phone"),
	]


def stored_tools() -> list[Target]:
	"""Have a record of each DocType whose module has functions for clients, so that they find one: a board, a chart, a
	report by mail ... about assessments."""
	found = []
	for doctype in frappe.get_all(
		"DocType", {"istable": 0, "is_virtual": 0, "module": ("!=", "P2HAM")}, pluck="name"
	):
		meta = frappe.get_meta(doctype)
		if not any(f".{frappe.scrub(doctype)}." in f"{one.__module__}." for one in frappe.whitelisted):
			continue
		name = (
			doctype
			if meta.issingle
			else frappe.db.get_value(doctype, {}, "name", order_by="creation") or store(meta)
		)
		found.append(Target(doctype, name, "name", central=False))
	return found


def store(meta) -> str:
	"""Write a record about assessments as it is, whatever its rules are."""
	values = {"doctype": meta.name, "name": f"uji-{frappe.scrub(meta.name)}", "owner": "Administrator"}
	for column in meta.fields:
		if column.fieldtype == "Link" and column.options == "DocType":
			values[column.fieldname] = "P2HAM Assessment"
		elif column.fieldtype == "Link" and column.options == "Report":
			values[column.fieldname] = "P2HAM Scoreboard"
	doc = frappe.get_doc(values)
	doc.name = values["name"] if meta.autoname != "autoincrement" else None
	doc.db_insert()
	return doc.name


def approved() -> list[str]:
	return frappe.get_all("P2HAM Assessment", filters={"workflow_state": "Approved"}, pluck="name")


def secrets_of(user: str, session: str) -> dict[str, str]:
	"""Return what would let somebody else in as `user`: his session, his key, his password's hash."""
	key = secrets.token_hex(8)
	frappe.db.set_value("User", user, "api_key", key, update_modified=False)
	auth = frappe.qb.Table("__Auth")
	where = (auth.doctype == "User") & (auth.name == user) & (auth.fieldname == "password")
	[[password]] = frappe.qb.from_(auth).select(auth.password).where(where).run()
	return {"session": session, "API key": key, "password": password}


def what_follows(victim: Victim, doc, officer: Callable) -> list[Target]:
	"""Bagian Hukum records a result of KKP HAM, holds a meeting, and wants something done; the unit does it."""
	with make.acting_as(officer("P2HAM Verifier")):
		result = make.create_kkpham_result(
			UNIT,
			2019,
			60,
			"PERMENKUMHAM-22-2021",
			finding=victim.text("finding"),
			rights=[{"criterion": "PERMENKUMHAM-22-2021-1", "score": 60}],
		)
		guidance = make.create_guidance(
			victim.word,
			[{"opd": UNIT, "person": victim.text("participant")}],
			agenda=victim.text("agenda"),
			outcome=victim.text("outcome"),
			decisions=[{"decision": victim.text("decision"), "opd": UNIT}],
		)
		follow_up = make.create_follow_up(
			UNIT,
			victim.text("recommendation"),
			assessment=doc.name,
			kkpham_result=result,
			guidance=guidance,
		)
	with make.acting_as(officer("OPD Clerk", ABOVE)):
		done = frappe.get_doc("P2HAM Follow-up", follow_up)
		done.update({"status": "In Progress", "progress_note": victim.text("progress_note")})
		done.append("evidence", {"evidence": doc.evidence_uses[0].evidence, "note": victim.text("proof")})
		done.save()
	[row], [decision] = (
		frappe.get_all(table, filters={"parent": guidance}, pluck="name", order_by="idx")
		for table in ("P2HAM Guidance Participant", "P2HAM Guidance Decision")
	)
	[right] = frappe.get_all("P2HAM KKPHAM Right", filters={"parent": result}, pluck="name", order_by="idx")
	# The title is the criterion's; nobody but this test writes another.
	frappe.db.set_value("P2HAM KKPHAM Right", right, "title", victim.text("right"))
	return [
		Target("P2HAM KKPHAM Result", result, "finding"),
		Target("P2HAM KKPHAM Right", right, "title", "P2HAM KKPHAM Result", central=False),
		Target("P2HAM Follow-up", follow_up, "progress_note"),
		*(
			Target(row.doctype, row.name, "note", "P2HAM Follow-up", central=False)
			for row in (done.progress_notes[0], done.evidence[0])
		),
		Target("P2HAM Guidance", guidance, "agenda"),
		Target("P2HAM Guidance Participant", row, "person", "P2HAM Guidance", central=False),
		Target("P2HAM Guidance Decision", decision, "decision", "P2HAM Guidance", central=False),
	]


def said_about(victim: Victim, doc) -> list[Target]:
	"""Let Kabag Hukum comment, write, assign and be notified."""
	about = {"reference_doctype": doc.doctype, "reference_name": doc.name}
	with make.acting_as(KABAG):
		made = [
			{"doctype": "Comment", "comment_type": "Comment", "content": victim.text("comment"), **about},
			{
				"doctype": "Communication",
				"communication_medium": "Email",
				"subject": victim.word,
				"content": victim.text("email"),
				"recipients": "kanwil@example.com",
				**about,
			},
			{
				"doctype": "ToDo",
				"description": victim.text("assignment"),
				"reference_type": doc.doctype,
				"reference_name": doc.name,
				"allocated_to": VERIFIER,
				"assigned_by": KABAG,
			},
			{
				"doctype": "Notification Log",
				"type": "Alert",  # of which Frappe sends no e-mail
				"subject": victim.text("notification"),
				"for_user": KABAG,
				"document_type": doc.doctype,
				"document_name": doc.name,
			},
		]
		texts = {"Comment": "content", "Communication": "content", "ToDo": "description"}
		return [
			Target(
				values["doctype"],
				frappe.get_doc(values).insert(ignore_permissions=True).name,
				texts.get(values["doctype"], "subject"),
				central=False,
			)
			for values in made
		]


def store_evidence(title: str, **fields) -> str:
	return frappe.get_doc({"doctype": "P2HAM Evidence", "title": title, "opd": UNIT, **fields}).insert().name


def newest(doctype: str, **filters) -> str:
	return frappe.get_all(doctype, filters=filters, pluck="name", order_by="creation desc", limit=1)[0]


def verify_and_review(victim: Victim, name: str, officer: Callable) -> None:
	with make.acting_as(officer("P2HAM Verifier")):
		doc = frappe.get_doc("P2HAM Assessment", name)
		make.verify(doc)
		doc.items[0].verified_note = victim.text("verified_note")
		doc.save()
	with make.acting_as(officer("Kabag Hukum")):
		make.take_step(name, "Review", victim.text("review_note"))
