"""One sheet of a generated regency on its way through the steps, with all that it leaves behind."""

from __future__ import annotations

import datetime
import random
from typing import TYPE_CHECKING

import frappe

from generated import answers, written_sheets
from generated.sheet import (
	APPROVED,
	CANCELLED,
	EMPTY,
	PARTLY,
	RETURNED,
	REVIEWED,
	SUBMITTED,
	UNTOUCHED,
	VERIFIED,
	People,
	Round,
	Sheet,
)
from generated.shelf import Shelf
from p2ham.assessment import evidence_rows, log, readiness, results, sealed_content, sealing
from p2ham.assessment import source as sources
from p2ham.engine import completeness, evidence, lifecycle, snapshot, verification
from p2ham.engine.duties import KABAG_HUKUM, OPD_CLERK, OPD_HEAD, SEKDA

if TYPE_CHECKING:
	from generated.sheets import Sheets


class Making:
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
			row.self_answer = answers.answer(self.scales[row.scale], self.chance, good)
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
				row.verified_answer = answers.lowered(self.scales[row.scale], row.self_answer)
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
		at = {"modified": self.now, "modified_by": user}
		owner = self.people.clerk
		written_sheets.write(self.writer, self.sheet, {"creation": self.created, "owner": owner, **at})
		if self.sealed:
			sealed = {**self.sealed, "creation": self.now, "owner": user}
			written_sheets.write_snapshot(self.writer, sealed, at)
		written_sheets.write_log(self.writer, self.sheet.name, self.entries)
