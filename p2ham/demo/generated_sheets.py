"""The sheets of a generated regency: answers, documents, figures and log, each as the app itself would leave them.

Nothing here is a guess at a figure: points, scores, category, completeness and hashes come from the functions that
the controllers call.
"""

from __future__ import annotations

import datetime
import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import frappe

from p2ham.assessment import evidence_rows, log, readiness, results, sealed_content, sealing
from p2ham.assessment import source as sources
from p2ham.demo.generated_instruments import NOT_APPLICABLE
from p2ham.engine import completeness, evidence, lifecycle, snapshot, verification
from p2ham.engine.duties import KABAG_HUKUM, OPD_CLERK, OPD_HEAD, SEKDA
from p2ham.engine.instrument import Instrument, Scale
from p2ham.instruments import store, writing
from p2ham.paper.letterhead import OFFICE_FIELDS

# How far a sheet has come. Some lie between two states of the lifecycle.
UNTOUCHED = "untouched"
PARTLY = "partly answered"
RETURNED = "returned"
SUBMITTED = "submitted"
VERIFIED = "verified"
REVIEWED = "reviewed"
APPROVED = "approved"
CANCELLED = "cancelled"

ROWS = 4_000  # kept before they are written: some megabytes


@dataclass(frozen=True)
class Round:
	"""A period with its instrument, read from the site."""

	period: str
	title: str
	year: int
	begins: datetime.date
	instrument: Instrument

	@property
	def data_year(self) -> int:
		return self.year - 1


@dataclass(frozen=True)
class People:
	"""Who works on the sheets of a unit."""

	clerk: str
	head: str
	kabag: str
	sekda: str


@dataclass
class Writer:
	"""Collects rows and writes them in bulk, names included; calls `written` after each batch."""

	chance: random.Random
	written: Callable[[], None] = lambda: None
	rows: dict[str, list[dict]] = field(default_factory=dict)
	waiting: int = 0

	def add(self, doctype: str, row: dict) -> None:
		# As random as Frappe's own names, since that decides how rows lie in the table.
		row.setdefault("name", f"{self.chance.getrandbits(48):012x}")
		self.rows.setdefault(doctype, []).append(row)
		self.waiting += 1

	def add_children(self, parenttype: str, parent: str, table: str, doctype: str, rows: list[dict]) -> None:
		for number, row in enumerate(rows, start=1):
			self.add(doctype, {**row, **store.child_of(parenttype, parent, table, number)})

	def flush(self, most: int = 0) -> None:
		"""Write if more than `most` rows wait."""
		if self.waiting > most:
			for doctype, rows in self.rows.items():
				writing._insert(doctype, rows)
			self.rows, self.waiting = {}, 0
			self.written()


class Sheet:
	"""An assessment as the worksheet reads and writes it, apart from a database."""

	def __init__(self, **values):
		self.__dict__.update(values)

	def get(self, name: str):
		return self.__dict__.get(name)

	def __setitem__(self, name: str, value) -> None:
		self.__dict__[name] = value


# All columns, since rows that are written together need the same ones.
EMPTY = dict.fromkeys(
	(
		"return_note",
		"review_note",
		"cancel_note",
		"correct_until",
		"sheet_number",
		"record_number",
		"submitted_by",
		"submitted_on",
		"reviewed_by",
		"reviewed_on",
		"approved_by",
		"approved_on",
		"snapshot_hash",
		"amended_from",
	)
)
HEAD = ("name", "opd", "opd_name", "period", "instrument", "assessment_year", "workflow_state", *EMPTY)
FIGURES = ("self_score", "verified_score", "category", "meets", "completeness")


@dataclass
class Shelf:
	"""The documents of one unit. Each is used in one, two or three sheets."""

	opd: str
	clerk: str
	today: datetime.date
	writer: Writer
	chance: random.Random
	left: dict[str, dict[str, int]] = field(default_factory=dict)
	documents: dict[str, dict] = field(default_factory=dict)
	revisions: dict[tuple[str, int], frappe._dict] = field(default_factory=dict)

	def take(self, kind: str, used: set[str], round_: Round, day: datetime.datetime) -> dict:
		"""Return a document of a kind that this sheet does not use yet, and count it."""
		usable = [name for name, left in self.left.get(kind, {}).items() if left and name not in used]
		name = usable[0] if usable and self.chance.random() < 0.7 else self._store(kind, round_, day)
		self.left[kind][name] -= 1
		used.add(name)
		return self.documents[name]

	def _store(self, kind: str, round_: Round, day: datetime.datetime) -> str:
		number = len(self.documents) + 1
		name = f"DD-{self.opd}-U{number:04}"
		place = (number + sum(map(ord, self.opd))) % len(VALIDITIES)
		document_date, valid_from, valid_until = VALIDITIES[place](round_.data_year, self.today)
		personal = int(number % 9 == 4)
		kinds = {"Image": ("image/jpeg", "jpg"), "PDF": ("application/pdf", "pdf")}
		mime_type, ending = kinds.get(kind, ("", ""))
		fingerprint = hashlib.sha256(name.encode()).hexdigest()
		content = {
			"revision": 1,
			"title": f"{TITLES[kind]} {number}",
			"kind": "File" if ending else "Link",
			"file": f"/private/files/{name.lower().replace(' ', '-')}.{ending}" if ending else None,
			"url": None if ending else f"https://example.go.id/{name.lower().replace(' ', '-')}",
			"document_date": document_date,
			"valid_from": valid_from,
			"valid_until": valid_until,
			"contains_personal_data": personal,
			"sha256": fingerprint,
			"uploaded_sha256": fingerprint if ending else None,
			"size": self.chance.randint(40_000, 900_000) if ending else 0,
			"mime_type": mime_type or None,
			"pages": self.chance.randint(1, 12) if kind == "PDF" else 0,
		}
		stamps = {"owner": self.clerk, "modified_by": self.clerk, "creation": day, "modified": day}
		self.writer.add(
			"P2HAM Evidence",
			{
				"name": name,
				"opd": self.opd,
				**content,
				"scan_status": ("Found" if personal else "Nothing Found") if ending else None,
				**stamps,
			},
		)
		revision = {**content, "added_by": self.clerk, "added_on": day, **stamps}
		self.writer.add_children("P2HAM Evidence", name, "revisions", "P2HAM Evidence Revision", [revision])
		if personal and ending:
			finding = {"revision": 1, "kind": "NIK", "place": "1", "sample": "160***********01", "count": 1}
			self.writer.add_children(
				"P2HAM Evidence", name, "findings", "P2HAM Evidence Finding", [{**finding, **stamps}]
			)
		self.documents[name] = {"name": name, **content}
		self.left.setdefault(kind, {})[name] = self.chance.choice((1, 1, 2, 3))
		self.revisions[name, 1] = frappe._dict(content)
		return name


TITLES = {"PDF": "Surat keputusan", "Image": "Foto", "Link": "Halaman"}


def _day(year: int, month: int, day: int) -> datetime.date:
	return datetime.date(year, month, day)


# (document_date, valid_from, valid_until) seen from a data year: valid, expired, not yet, in part, without a date.
VALIDITIES = (
	lambda year, today: (_day(year, 2, 15), _day(year - 1, 1, 2), _day(year + 2, 12, 31)),
	lambda year, today: (_day(year - 2, 3, 1), _day(year - 3, 1, 1), _day(year - 1, 6, 30)),
	lambda year, today: (_day(year - 1, 8, 17), None, None),
	lambda year, today: (_day(year, 11, 3), _day(year + 1, 2, 1), None),
	lambda year, today: (_day(year, 1, 20), None, max(today + datetime.timedelta(20), _day(year + 1, 1, 1))),
	lambda year, today: (None, None, None),
	lambda year, today: (_day(year, 5, 2), _day(year, 5, 2), _day(year + 1, 5, 1)),
	lambda year, today: (_day(year, 7, 9), None, None),
	lambda year, today: (None, _day(year - 1, 1, 1), None),
)


@dataclass
class Sheets:
	"""Makes sheets; one after the other for each unit, so that its documents serve several years. `approved` is
	given each sheet that came so far."""

	writer: Writer
	chance: random.Random
	uses: int
	approved: Callable[[Sheet], None]
	number: int = 0

	def path(self, unit: str) -> list[frappe._dict]:
		"""Return the units from the regency down to this one, as they are stored."""
		bounds = self.tree[unit]
		return [
			frappe._dict({name: row[name] for name in OFFICE_FIELDS})
			for row in self.tree.values()
			if row.lft <= bounds.lft and row.rgt >= bounds.rgt
		]

	@cached_property
	def tree(self) -> dict[str, frappe._dict]:
		rows = frappe.get_all("P2HAM OPD", fields=[*OFFICE_FIELDS, "lft", "rgt"], order_by="lft")
		return {row.name: row for row in rows}

	@cached_property
	def officers(self) -> dict[str, frappe._dict]:
		"""The officers by user; everybody made here has one duty."""
		rows = frappe.get_all("P2HAM Officer", fields=list(sealing.SIGNATORY), order_by="name")
		return {row.user: row for row in rows}

	@cached_property
	def regency(self) -> frappe._dict:
		return sources.part(frappe.get_cached_doc("P2HAM Settings"), sources.REGENCY)

	def make(self, shelf: Shelf, unit: dict, round_: Round, people: People, course: str) -> None:
		"""Bring the sheet of a unit in a period as far as `course` says, and write it."""
		made = _Making(self, shelf, unit, round_, people)
		made.go(course)
		if course == APPROVED:
			self.approved(made.sheet)
		if course == CANCELLED:
			_Making(self, shelf, unit, round_, people, made).go(SUBMITTED)
		self.writer.flush(ROWS)


class _Making:
	"""One sheet on its way; `now` is when the latest thing happened to it."""

	def __init__(self, sheets: Sheets, shelf: Shelf, unit: dict, round_: Round, people: People, of=None):
		self.sheets = sheets
		self.writer, self.chance, self.uses = sheets.writer, sheets.chance, sheets.uses
		self.shelf, self.round, self.people, self.instrument = shelf, round_, people, round_.instrument
		self.scales = {scale.title: scale for scale in self.instrument.scales}
		self.entries: list[frappe._dict] = []
		self.sealed: dict | None = None
		sheets.number += 1
		self.number = sheets.number
		name = f"{unit['name']}-{round_.period}"
		self.sheet = Sheet(
			**EMPTY,
			name=name,
			opd=unit["name"],
			opd_name=unit["opd_name"],
			period=round_.period,
			instrument=self.instrument.code,
			assessment_year=round_.year,
			workflow_state=lifecycle.DRAFT,
			docstatus=0,
			items=[],
			evidence_uses=[],
			scores=[],
		)
		if of:
			self.sheet.name, self.sheet.amended_from = f"{name}-1", name
			self.now = of.now
		else:
			self.now = datetime.datetime.combine(round_.begins, datetime.time(8))
		self.pass_days(0 if of else 1, 0 if of else 12)
		self.created = self.now
		prefix = f"{self.instrument.code}-"
		for indicator in self.instrument.indicators:
			if not indicator.opd_types or unit["opd_type"] in indicator.opd_types:
				self.sheet.items.append(
					frappe._dict(
						indicator=indicator.code,
						code=indicator.code.removeprefix(prefix),
						title=indicator.title,
						criterion=indicator.criterion,
						scale=indicator.scale,
						weight=float(indicator.weight),
						mandatory=int(indicator.mandatory),
						self_answer=None,
						self_note=None,
						verified_answer=None,
						verified_note=None,
					)
				)
		self.sheet.scores = [frappe._dict(criterion=row.code) for row in self.instrument.criteria]
		if of:
			self.copy_answers(of.sheet)

	def pass_days(self, least: int, most: int) -> None:
		"""Go on to an hour of work some days later; a later hour where it is the same day."""
		day = self.now.date() + datetime.timedelta(self.chance.randint(least, most))
		hour = self.now.hour + 1 if day == self.now.date() else self.chance.randint(8, 15)
		time = datetime.time(min(hour, 22), self.chance.randint(0, 59), self.chance.randint(0, 59))
		self.now = max(datetime.datetime.combine(day, time), self.now + datetime.timedelta(minutes=5))

	def go(self, course: str) -> None:
		people = self.people
		self.add_entry(lifecycle.CREATE, "", people.clerk, "")
		if course == UNTOUCHED:
			return self.write(people.clerk)
		self.pass_days(1, 5)
		if not self.sheet.evidence_uses:
			self.answer(self.chance.uniform(0.3, 0.8) if course == PARTLY else 1)
			self.attach(self.uses // 2 if course == PARTLY else self.uses)
		if course == PARTLY:
			return self.write(people.clerk)
		self.submit()
		if course == RETURNED or (course in (REVIEWED, APPROVED) and self.chance.random() < 0.2):
			self.give_back()
			if course == RETURNED:
				return self.write(people.kabag)
			self.submit()
		if course == SUBMITTED:
			return self.write(people.clerk)
		self.pass_days(2, 10)
		self.verify()
		if course == VERIFIED:
			return self.write(people.kabag)
		self.pass_days(0, 5)
		self.sheet.sheet_number = f"000.8/{self.number}/LP/{self.round.year}"
		self.step("Review", people.kabag, KABAG_HUKUM, "Telah diperiksa bersama tim.")
		if course == REVIEWED:
			return self.write(people.kabag)
		self.pass_days(1, 10)
		self.step("Approve", people.sekda, SEKDA)
		if course == CANCELLED:
			self.pass_days(1, 3)
			self.step("Cancel", people.sekda, SEKDA, "Dokumen pendukung ternyata keliru.")
		return self.write(people.sekda)

	def copy_answers(self, older: Sheet) -> None:
		"""An amended sheet begins with the unit's side of the cancelled one."""
		for row, old in zip(self.sheet.items, older.items, strict=True):
			row.self_answer, row.self_note = old.self_answer, old.self_note
		self.sheet.evidence_uses = [
			frappe._dict(use, verification=verification.PENDING, note=None) for use in older.evidence_uses
		]

	def answer(self, share: float) -> None:
		"""Give the first `share` of the items the unit's answer; units differ, and get better over the years."""
		items = self.sheet.items
		good = 0.35 + 0.1 * (sum(map(ord, self.sheet.opd)) % 5) + 0.03 * (self.round.year % 7)
		for row in items[: max(1, int(len(items) * share))]:
			row.self_answer = _answer(self.scales[row.scale], self.chance, good)
			row.self_note = "Ada di ruang depan." if self.chance.random() < 0.2 else None

	def attach(self, number: int) -> None:
		"""Fill the mandatory slots of answers that earn points, then others until the sheet has `number` uses."""
		slots = {indicator.code: indicator.evidence_slots for indicator in self.instrument.indicators}
		rows = {row.code: row for row in self.sheet.items}
		states = readiness.item_states(self.sheet, self.instrument)
		wanted = [(gap.code, gap.slot) for gap in completeness.missing(states) if gap.slot]
		others = [
			(row.code, slot.label)
			for row in self.sheet.items
			if row.self_answer
			for slot in slots[row.indicator]
			if (row.code, slot.label) not in set(wanted)
		]
		self.chance.shuffle(others)
		used: set[str] = set()
		for code, label in (*wanted, *others)[: max(number, len(wanted))]:
			indicator = rows[code].indicator
			kind = next(slot.kind for slot in slots[indicator] if slot.label == label)
			document = self.shelf.take(kind, used, self.round, self.created)
			self.sheet.evidence_uses.append(
				frappe._dict(
					indicator=indicator,
					slot=label,
					evidence=document["name"],
					verification=verification.PENDING,
					note=None,
					revision=document["revision"],
					validity=evidence.validity(
						self.round.data_year,
						**{date: document[date] for date in evidence_rows.VALIDITY_DATES},
					),
				)
			)

	def submit(self) -> None:
		self.pass_days(2, 12)
		by_head = self.chance.random() < 0.3
		user, duty = (self.people.head, OPD_HEAD) if by_head else (self.people.clerk, OPD_CLERK)
		self.step("Submit", user, duty)

	def give_back(self) -> None:
		self.pass_days(1, 4)
		for use in self.sheet.evidence_uses[:1]:
			use.verification, use.note = verification.RETURNED, "Tidak terbaca."
		self.step("Return", self.people.kabag, KABAG_HUKUM, "Lengkapi data dukung.")

	def verify(self) -> None:
		"""Give the verifier's side: mostly the unit's own answers, mostly accepted documents."""
		returned = set()
		for use in self.sheet.evidence_uses:
			use.verification, use.note = verification.ACCEPTED, None
			if self.chance.random() < 0.12:
				use.verification, use.note = verification.RETURNED, "Bukan dokumen yang diminta."
				returned.add(use.indicator)
		for row in self.sheet.items:
			row.verified_answer = row.self_answer
			if self.chance.random() < 0.15:
				row.verified_answer = _lowered(self.scales[row.scale], row.self_answer)
			if row.verified_answer != row.self_answer:
				row.verified_note = "Tidak didukung data dukung yang memadai."
			elif row.indicator in returned:
				row.verified_note = "Dilihat langsung di tempat layanan."

	def step(self, action: str, user: str, duty: str, note: str = "") -> None:
		"""Take a step with all it leaves behind in the sheet and in the log (access/guard.py: stamp)."""
		step = lifecycle.TRANSITIONS.find_action(self.sheet.workflow_state, action)
		self.sheet.workflow_state = step.target
		self.sheet.docstatus = lifecycle.state(step.target).docstatus
		for name in step.clears:
			self.sheet[name] = "" if name != "correct_until" else None
		if step.note_field:
			self.sheet[step.note_field] = note
		if step.stamp:
			self.sheet[f"{step.stamp}_by"], self.sheet[f"{step.stamp}_on"] = user, self.now
		self.compute()
		if step.target == lifecycle.APPROVED:
			self.seal()
		approves = step.target == lifecycle.APPROVED
		self.add_entry(action, step.source, user, duty, note, self.sheet.snapshot_hash if approves else "")

	def seal(self) -> None:
		"""Seal what is approved, as the approval does."""
		people, officers = self.people, self.sheets.officers
		source = sources.Source(
			doc=self.sheet,
			regency=self.sheets.regency,
			period=frappe._dict(
				name=self.round.period, title=self.round.title, data_year=self.round.data_year
			),
			instrument=self.instrument,
			units=self.sheets.path(self.sheet.opd),
			signatories={
				"submitted": officers[people.head],
				"reviewed": officers[people.kabag],
				"approved": officers[people.sekda],
			},
			evidence=self.shelf.revisions,
		)
		# A chance of its own: what is sealed does not change what comes after it.
		chance = random.Random(f"{self.sheet.name}:{self.number}")
		code = "".join(chance.choices(snapshot.CODE_LETTERS, k=snapshot.CODE_LENGTH))
		content = sealing.write(source, code)
		self.sheet.snapshot_hash = snapshot.sha256_of_text(content)
		self.sealed = {
			"name": self.sheet.name,
			"assessment": self.sheet.name,
			"code": code,
			"content": content,
			"content_hash": self.sheet.snapshot_hash,
			"sealed_on": self.now,
		}

	def add_entry(
		self, action: str, source: str, user: str, duty: str, note: str = "", snapshot_hash: str = ""
	) -> None:
		self.compute()
		before = self.entries[-1] if self.entries else None
		entry = frappe._dict(
			assessment=self.sheet.name,
			sequence=len(self.entries) + 1,
			action=action,
			from_state=source,
			to_state=self.sheet.workflow_state,
			note=note,
			user=user,
			duty=duty,
			acting="",
			window="",
			until=None,
			at=self.now,
			content_hash=sealed_content.content_hash(self.sheet, self.shelf.revisions),
			snapshot_hash=snapshot_hash,
			previous_hash=before.entry_hash if before else "",
		)
		entry.entry_hash = log.entry_hash(entry)
		self.entries.append(entry)

	def compute(self) -> None:
		computed = results.compute(self.sheet, self.instrument)
		for row, name, value in results.stored_values(self.sheet, computed):
			row[name] = value

	def write(self, user: str) -> None:
		self.compute()
		sheet, doctype = self.sheet, "P2HAM Assessment"
		common = {
			"creation": self.created,
			"modified": self.now,
			"owner": self.people.clerk,
			"modified_by": user,
			"docstatus": sheet.docstatus,
		}
		self.writer.add(doctype, {**{name: sheet.get(name) for name in (*HEAD, *FIGURES)}, **common})
		for table, child in (
			("items", "P2HAM Assessment Item"),
			("scores", "P2HAM Assessment Score"),
			("evidence_uses", "P2HAM Evidence Use"),
		):
			rows = [{**row, **common} for row in sheet.get(table)]
			self.writer.add_children(doctype, sheet.name, table, child, rows)
		if self.sealed:
			stamps = {"creation": self.now, "modified": self.now, "owner": user, "modified_by": user}
			self.writer.add("P2HAM Assessment Snapshot", {**self.sealed, **stamps})
		for entry in self.entries:
			stamps = {"creation": entry["at"], "modified": entry["at"], "owner": entry.user}
			self.writer.add(
				"P2HAM Assessment Log",
				{
					"name": log.entry_name(sheet.name, entry.sequence),
					**entry,
					**stamps,
					"modified_by": entry.user,
				},
			)


def _answer(scale: Scale, chance: random.Random, good: float) -> str:
	"""Return an answer of a scale; `good` is how likely the best one is."""
	knows = any(option.not_applicable for option in scale.options)
	if knows and chance.random() < 0.05:
		return NOT_APPLICABLE
	luck = chance.random() < good
	if scale.kind == "Percentage":
		return "100" if luck else str(chance.randint(20, 99))
	if scale.kind == "Bands":
		return str(chance.randint(8, 15) if luck else chance.randint(0, 7))
	answers = [option.label for option in scale.options if not option.not_applicable]
	return answers[0] if luck else chance.choice(answers[1:])


def _lowered(scale: Scale, answer: str) -> str:
	"""Return the answer one step worse; the worst and one that does not apply stay."""
	if answer == NOT_APPLICABLE:
		return answer
	if scale.kind == "Percentage":
		return str(max(0, int(answer) - 20))
	if scale.kind == "Bands":
		return str(max(0, int(answer) - 5))
	answers = [option.label for option in scale.options if not option.not_applicable]
	return answers[min(answers.index(answer) + 1, len(answers) - 1)]
