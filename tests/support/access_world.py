"""What the access matrix is tried on: one assessment in every state with all that hangs on it, the people of the
table, and the way back after an attempt that changed something."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import access_table as table
import frappe
import frappe.share
from frappe.core.doctype.access_log.access_log import make_access_log
from frappe.desk.doctype.tag.tag import add_tag
from frappe.utils import add_days, nowdate
from frappe.utils.global_search import sync_value
from way_back import Change, Point, finish_jobs

from p2ham.access import download_log
from p2ham.demo import build
from p2ham.demo import factories as make
from p2ham.engine import instrument as instrument_rules
from p2ham.instruments import writing

ASSESSMENT = "P2HAM Assessment"
EVIDENCE = "P2HAM Evidence"
INSTRUMENT = "UJI-MATRIKS"
SCALE = "Uji Ada / Tidak"
RESULT, FOLLOW_UP, GUIDANCE = "P2HAM KKPHAM Result", "P2HAM Follow-up", "P2HAM Guidance"
CHECK = "P2HAM Preliminary Check"
KKP = "PERMENKUMHAM-22-2021"
# Of the demo: the OPD above the units, the one whose people they get as well, and another.
OPD, OWN, OTHER = "DINKES", "DPMPTSP", "DINSOS"
YEAR = 2031
TAG, WORD = "uji-matriks", "ujirahasia"
DOMAIN = "@uji.matriks.example"
STRANGER = f"asing{DOMAIN}"  # may see none of it: who things are shared with, assigned to, mentioned to

# What hangs on an assessment or its evidence.
HANGING = (
	ASSESSMENT,
	"P2HAM Assessment Item",
	"P2HAM Assessment Score",
	"P2HAM Evidence Use",
	"P2HAM Assessment Log",
	"P2HAM Assessment Snapshot",
	EVIDENCE,
	"P2HAM Evidence Revision",
	"P2HAM Evidence Finding",
	FOLLOW_UP,
	"P2HAM Follow-up Progress",
	"P2HAM Follow-up Evidence",
	RESULT,
	GUIDANCE,
	CHECK,
	f"{CHECK} Item",
	"P2HAM Guidance Participant",
	"P2HAM Guidance Decision",
	"File",
	"Version",
	"Comment",
	"Communication",
	"ToDo",
	"DocShare",
	"Document Follow",
	"Document Share Key",
	"Tag Link",
	"Workflow Action",
	"Deleted Document",
	"Data Import",
	"Data Import Log",
)
# Saving without a change writes the time, and that is all; what a link says is written in the background at any time.
BY_ITSELF = {"modified", "modified_by", "link_state", "link_checked_on", "link_note"}


@dataclass
class Case:
	"""The assessment in one state, and the names of what hangs on it."""

	state: str
	unit: str
	name: str = ""
	title: str = ""  # what nobody may read in any answer who may not read the assessment
	doc: dict = field(default_factory=dict)
	evidence: str = ""
	personal: str = ""
	link: str = ""
	unused: str = ""
	deleted: str = ""
	file: str = ""
	file_url: str = ""
	personal_file: str = ""
	personal_url: str = ""
	content: bytes = b""
	personal_content: bytes = b""
	log: str = ""
	version: str = ""
	data_import: str = ""
	follow_up: str = ""
	result: str = ""
	guidance: str = ""
	request: str = ""
	check: str = ""

	@property
	def stem(self) -> str:
		return self.unit.replace(" ", "-")

	def rows(self, field: str, **changes) -> dict:
		"""The rows of a table, the first with changes: what a form sends back."""
		first, *others = self.doc[field]
		return {field: [{**first, **changes}, *others]}

	def use(self) -> dict:
		"""A new use of evidence, as a form adds it."""
		return {"indicator": self.doc["items"][1]["indicator"], "slot": "", "evidence": self.unused}


def matters(change: Change) -> bool:
	"""Tell whether a change is one that somebody made. An import keeps account of itself."""
	if change.doctype.startswith("Data Import"):
		return False
	return not (change.before and change.row) or not set(change.fields) <= BY_ITSELF


class World:
	"""All cases, and the logins of the people in the table."""

	def __init__(self, people, demo):
		# "UJI": other tests know that such units are not the demo's
		self.cases = {state: Case(state, f"UJI {state.upper()}") for state in table.STATES}
		self.users = {
			"unit's clerk": people("OPD Clerk", OWN),
			"unit's head": people("OPD Head", OWN),
			"clerk above": people("OPD Clerk", OPD),
			"verifier": people("P2HAM Verifier"),
			"kabag hukum": people("Kabag Hukum"),
			"sekda": people("Sekda"),
			"observer": people("P2HAM Observer"),
			"administrator": "Administrator",
			"other clerk": people("OPD Clerk", OTHER),
			"other head": people("OPD Head", OTHER),
			"manager": demo["manager"]["user"],
			"guest": None,
		}
		self.period = ""

	# --- Building ------------------------------------------------------------------------------------

	def build(self) -> None:
		"""Make everything as the people concerned make it, and commit it."""
		frappe.set_user("Administrator")
		writing.create(instrument())
		make.activate_instrument(INSTRUMENT)
		for case in self.cases.values():
			case.title = f"Puskesmas {WORD} {case.state}"
			make.create_opd(case.unit, case.title, "Puskesmas", OPD)
		self.make_people()
		self.period = make.create_period(
			INSTRUMENT, YEAR, [case.unit for case in self.cases.values()], title="Uji matriks"
		)
		for case in self.cases.values():
			self.make_assessment(case)
			self.make_follow_up(case)
		self.make_findable()
		frappe.set_user("Administrator")
		for case in self.cases.values():
			self.learn(case)
			self.make_data_import(case)
		frappe.db.commit()
		finish_jobs()
		self.built = Point()

	def make_people(self) -> None:
		units = [case.unit for case in self.cases.values()]
		for persona, duty in (("unit's clerk", "OPD Clerk"), ("unit's head", "OPD Head")):
			for unit in units:
				make.create_officer(self.users[persona], f"Uji {persona}", duty, unit)
		# Not tomorrow: the matrix takes minutes, and midnight may pass meanwhile.
		yesterday, soon = add_days(nowdate(), -1), add_days(nowdate(), 2)
		desk = "Dashboard Manager"  # opens the desk, and no door of ours
		for persona, role, dates in (
			("system manager", "System Manager", None),
			("nobody special", desk, None),
			("role kabag hukum", desk, None),
			("role clerk", desk, None),
			("former clerk", desk, {"to_date": yesterday}),
			("future clerk", desk, {"from_date": soon}),
		):
			address = persona.replace(" ", ".") + DOMAIN
			user = make.create_user(address, f"Uji {persona}", build.PASSWORD, (role,))
			self.users[persona] = user
			for unit in units if dates else ():
				make.create_officer(user, f"Uji {persona}", "OPD Clerk", unit, **dates)
		make.create_user(STRANGER, "Orang Asing", build.PASSWORD, (desk,))
		# A notification by mail would fail for want of a mail account, and nothing would be notified then.
		frappe.db.set_value("Notification Settings", STRANGER, "enable_email_notifications", 0)
		# Following is something one switches on for oneself; here it is on for all.
		for user in filter(None, (*self.users.values(), STRANGER)):
			frappe.db.set_value("User", user, "document_follow_notify", 1, update_modified=False)

	def give_roles_by_hand(self) -> None:
		"""Roles without a duty. The app takes them away when somebody logs in, so this comes after that."""
		frappe.set_user("Administrator")
		for persona, role in (
			("role kabag hukum", "Kabag Hukum"),
			("role clerk", "OPD Clerk"),
			("former clerk", "OPD Clerk"),
			("future clerk", "OPD Clerk"),
		):
			frappe.get_doc("User", self.users[persona]).add_roles(role)
			assert role in frappe.get_roles(self.users[persona])
		frappe.db.commit()

	def make_assessment(self, case: Case) -> None:
		clerk = self.users["unit's clerk"]
		with make.acting_as(clerk):
			doc = make.create_assessment(self.period, case.unit)
			case.name = doc.name
			make.fill(doc, note="catatan unit")
			citizen = {"lines": [f"Warga {case.state}, telepon 0812-3456-7890"]}  # found, and flagged for it
			nowhere = {"url": f"https://{case.stem.lower()}.invalid/"}  # no server is asked
			case.evidence, case.personal, case.link, case.unused, case.deleted = (
				make.create_evidence(case.unit, f"{WORD} {number} {case.state}", kind, f"{number}", **fields)
				for number, (kind, fields) in enumerate(
					[("PDF", {}), ("PDF", citizen), ("Link", nowhere), ("Link", nowhere), ("Link", nowhere)]
				)
			)
			for evidence, slot in ((case.evidence, "Bukti"), (case.personal, ""), (case.link, "")):
				doc.append(
					"evidence_uses",
					{"indicator": doc.items[0].indicator, "slot": slot, "evidence": evidence},
				)
			doc.save(ignore_version=False)  # which Frappe leaves out in tests
			frappe.delete_doc(EVIDENCE, case.deleted)
			add_tag(TAG, ASSESSMENT, doc.name)
		make_access_log(doctype=EVIDENCE, document=case.personal, method=download_log.METHOD, file_type="pdf")
		frappe.get_doc(ASSESSMENT, case.name).add_comment("Comment", "komentar")
		for values in (
			{
				"doctype": "Document Follow",
				"ref_doctype": ASSESSMENT,
				"ref_docname": case.name,
				"user": "Administrator",
			},
			{
				"doctype": "Communication",
				"communication_type": "Communication",
				"subject": "surat",
				"content": "isi surat",
				"reference_doctype": ASSESSMENT,
				"reference_name": case.name,
			},
			{
				"doctype": "ToDo",
				"description": "tugas",
				"allocated_to": clerk,
				"reference_type": ASSESSMENT,
				"reference_name": case.name,
			},
		):
			frappe.get_doc(values).insert(ignore_permissions=True)
		for user, action, note in self.path_to(case.state):
			if action == "Review":
				with make.acting_as(self.users["verifier"]):
					self.verify(case)
			with make.acting_as(self.users[user]):
				make.take_step(case.name, action, note)
		if case.state == table.SUBMITTED:  # so that only the right to review is missing
			with make.acting_as(self.users["verifier"]):
				self.verify(case)

	def make_follow_up(self, case: Case) -> None:
		"""What Bagian Hukum keeps of the unit: a follow-up in the status that belongs to the case, a result of KKP
		HAM, and guidance; and a request for guidance of the unit's own."""
		person = [{"opd": case.unit, "person": f"Peserta {case.stem}"}]
		with make.acting_as(self.users["verifier"]):
			case.follow_up = make.create_follow_up(
				case.unit,
				f"{WORD} tindak lanjut {case.stem}",
				assessment=case.name,
				progress_note=f"{WORD} catatan {case.stem}",
			)
			case.result = make.create_kkpham_result(
				case.unit, YEAR, 60, KKP, finding=f"{WORD} temuan {case.state}"
			)
			case.check = make.create_preliminary_check(
				self.period, case.unit, ["Yes"], note=f"{WORD} pemeriksaan {case.stem}"
			)
			decisions = [{"decision": f"Keputusan {case.stem}", "opd": case.unit}]
			case.guidance = make.create_guidance(f"{WORD} rapat {case.stem}", person, decisions=decisions)
		with make.acting_as(self.users["unit's clerk"]):
			case.request = make.create_guidance(
				f"{WORD} permohonan {case.stem}", person, kind="Request for Guidance", status="Requested"
			)
		if case.state in table.STATUS_IN:
			with make.acting_as(self.users["kabag hukum"]):
				doc = frappe.get_doc(FOLLOW_UP, case.follow_up)
				doc.status = table.STATUS_IN[case.state]
				doc.save()

	def path_to(self, state: str) -> list[tuple[str, str, str]]:
		path = [
			("unit's clerk", "Submit", ""),
			("kabag hukum", "Review", ""),
			("sekda", "Approve", ""),
			("sekda", "Cancel", "salah"),
		]
		return path[: table.STATES.index(state)]

	def verify(self, case: Case) -> None:
		doc = frappe.get_doc(ASSESSMENT, case.name)
		make.verify(doc)
		doc.save()

	def make_findable(self) -> None:
		"""Global search knows the DocType, as an administrator can decide any day."""
		settings = frappe.get_doc("Global Search Settings")
		if ASSESSMENT not in [row.document_type for row in settings.allowed_in_global_search]:
			settings.append("allowed_in_global_search", {"document_type": ASSESSMENT})
			settings.save()
		for case in self.cases.values():
			sync_value(
				{
					"doctype": ASSESSMENT,
					"name": case.name,
					"content": f"Unit : {case.title}",
					"published": 0,
					"title": case.title,
					"route": "",
				}
			)

	def make_data_import(self, case: Case) -> None:
		"""A file with a document number that everybody may start: it runs in the name of who starts it."""
		content = f"name,sheet_number\n{case.name},77\n".encode()
		file = frappe.get_doc(
			{"doctype": "File", "file_name": f"impor-{case.stem}.csv", "content": content, "is_private": 1}
		).insert()
		case.data_import = (
			frappe.get_doc(
				{
					"doctype": "Data Import",
					"reference_doctype": ASSESSMENT,
					"import_type": "Update Existing Records",
					"import_file": file.file_url,
				}
			)
			.insert()
			.name
		)
		everybody = {"everyone": 1, "write": 1, "flags": {"ignore_share_permission": True}}
		frappe.share.add_docshare("Data Import", case.data_import, **everybody)

	def learn(self, case: Case) -> None:
		case.doc = frappe.parse_json(frappe.as_json(frappe.get_doc(ASSESSMENT, case.name)))
		case.file_url = frappe.db.get_value(EVIDENCE, case.evidence, "file")
		case.personal_url = frappe.db.get_value(EVIDENCE, case.personal, "file")
		case.file = frappe.db.get_value("File", {"attached_to_name": case.evidence})
		case.personal_file = frappe.db.get_value("File", {"attached_to_name": case.personal})
		assert frappe.get_doc(EVIDENCE, case.personal).findings
		case.content = read_file(case.file_url)
		case.personal_content = read_file(case.personal_url)
		case.log = frappe.db.get_value("P2HAM Assessment Log", {"assessment": case.name})
		case.version = frappe.db.get_value("Version", {"docname": case.name})

	def put_back(self) -> list[Change]:
		"""Make what hangs on the assessments what it was when all was built; return what somebody has changed."""
		found = self.built.put_back_rows(f"tab{doctype}" for doctype in HANGING)
		if found:
			self.built.put_back_files()
		return [change for change in found if matters(change)]


def instrument() -> instrument_rules.Instrument:
	"""Two questions, so that saving and printing are quick."""
	answers = [{"label": label, "points": points} for label, points in (("Ada", 100), ("Tidak", 0))]
	question = {
		"criterion": "A",
		"scale": SCALE,
		"weight": 1,
		"evidence_slots": [{"label": "Bukti", "kind": "Any"}],
	}
	return instrument_rules.loads(
		json.dumps(
			{
				"format": 1,
				"code": INSTRUMENT,
				"title": "Uji matriks",
				"regulation": "Uji",
				"family": "P2HAM",
				"year": 2025,
				"source_note": "Uji",
				"scales": [{"title": SCALE, "kind": "Options", "options": answers}],
				"criteria": [{"code": "A", "title": "Uji", "weight": 100}],
				"indicators": [{**question, "code": code, "title": code} for code in ("A1", "A2")],
			}
		)
	)


def path_of(file_url: str) -> str:
	"""Where the file of an address lies."""
	folder = () if file_url.startswith("/private/") else ("public",)
	return frappe.get_site_path(*folder, *file_url.strip("/").split("/"))


def read_file(file_url: str) -> bytes:
	with open(path_of(file_url), "rb") as file:
		return file.read()
