"""What follows from the sheets of a generated regency: follow-ups, guidance, and what the ministry has given."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from generated import instruments
from generated.rows import Writer
from generated.sheet import Round, Sheet
from p2ham.engine import follow_up as rules
from p2ham.engine import guidance, scoring
from p2ham.engine.instrument import Criterion, Indicator, Instrument, Threshold

THRESHOLDS = (
	Threshold("Kurang Peduli", Decimal(0), "red"),
	Threshold("Cukup Peduli", Decimal(55), "orange"),
	Threshold("Peduli", Decimal(75), "green"),
)
KINDS = ("Coordination Meeting", "Dissemination", "Coaching Visit", guidance.REQUEST)
MAX_OF_A_SHEET = 2
RIGHTS = 10


def instrument(prefix: str, year: int) -> Instrument:
	"""Return an instrument of the family KKP HAM, by whose categories the ministry's scores are read."""
	scale = instruments.scales(prefix)[0]
	return Instrument(
		code=f"{prefix}-KKP",
		title="Instrumen uji KKP HAM",
		regulation="Tidak ada",
		family="KKP HAM",
		year=year,
		source_note="Dibuat untuk uji.",
		thresholds=THRESHOLDS,
		scales=(scale,),
		criteria=tuple(
			Criterion(code=f"H{number}", title=f"Hak {number}", weight=Decimal(1))
			for number in range(1, RIGHTS + 1)
		),
		indicators=tuple(
			Indicator(
				code=f"H{number}.1",
				criterion=f"H{number}",
				title=f"Keluaran hak {number}",
				scale=scale.title,
				weight=Decimal(1),
			)
			for number in range(1, RIGHTS + 1)
		),
	)


@dataclass
class FollowUps:
	"""Writes follow-ups, and what they come from. `number` counts them for their names."""

	prefix: str
	writer: Writer
	chance: random.Random
	today: datetime.date
	number: int = 0

	def results(self, rounds: list[Round], tree) -> None:
		"""Write a result of the regency for every year, and of its OPD for every year but the first."""
		for round_ in rounds:
			opds = [(tree.root, "Kabupaten Uji"), *tree.named_parents()]
			reviewed_on = min(datetime.date(round_.year, 12, 10), self.today - datetime.timedelta(5))
			for opd, opd_name in opds if round_ is not rounds[0] else opds[:1]:
				score = Decimal(self.chance.randint(4000, 9800)) / 100
				name = f"KKPHAM-{round_.year}-{opd}"
				self.writer.add(
					"P2HAM KKPHAM Result",
					{
						"name": name,
						"opd": opd,
						"opd_name": opd_name,
						"is_regency": int(opd == tree.root),
						"assessment_year": round_.year,
						"data_year": round_.data_year,
						"instrument": f"{self.prefix}-KKP",
						"score": float(score),
						"category": scoring.category_of(score, THRESHOLDS).label,
						"reviewed_on": reviewed_on,
						"reference": f"HAM-{round_.year}/{opd}",
						"finding": "Data belum terpilah.",
						"recommendation": "Lengkapi data terpilah.",
						**_written_on(reviewed_on),
					},
				)
				self.writer.add_children(
					"P2HAM KKPHAM Result", name, "rights", "P2HAM KKPHAM Right", self.rights(opd, round_)
				)
				if opd != tree.root:
					self.add(opd, opd_name, reviewed_on, "Lengkapi data terpilah.", kkpham_result=name)

	def rights(self, opd: str, round_: Round) -> list[dict]:
		"""Return what each right was given in a result, some of them less than the year before."""
		# A chance of its own: what else is made does not depend on how many rights there are.
		chance = random.Random(f"{self.prefix}:{opd}:{round_.year}:rights")
		rows = []
		for number in range(1, RIGHTS + 1):
			score = Decimal(chance.randint(3000, 9900)) / 100
			rows.append(
				{
					"criterion": f"{self.prefix}-KKP-H{number}",
					"title": f"Hak {number}",
					"score": float(score),
					"category": scoring.category_of(score, THRESHOLDS).label,
				}
			)
		return rows

	def owners(self, rounds: list[Round], tree) -> None:
		"""Give each right an owner, the first of them two, and each that is weak in the regency's last result a follow-up."""
		opds = tree.named_parents()
		last = rounds[-1]
		weak = [
			row["criterion"]
			for row in self.rights(tree.root, last)
			if row["category"] != THRESHOLDS[-1].label
		]
		for number in range(RIGHTS):
			criterion = f"{self.prefix}-KKP-H{number + 1}"
			owners = {opds[number % len(opds)], *(opds[:2] if number == 0 else ())}
			for opd, opd_name in sorted(owners):
				self.writer.add(
					"P2HAM Right Owner",
					{
						"name": f"{criterion}-{opd}",
						"instrument": f"{self.prefix}-KKP",
						"criterion": criterion,
						"title": f"Hak {number + 1}",
						"opd": opd,
					},
				)
				if criterion in weak:
					self.add(
						opd,
						opd_name,
						self.today - datetime.timedelta(40),
						f"Tingkatkan hak {number + 1}.",
						kkpham_result=f"KKPHAM-{last.year}-{tree.root}",
						criterion=criterion,
					)

	def guidance(self, rounds: list[Round], tree) -> None:
		"""Write one of each kind for every year; of the last one some are still to come."""
		for round_ in rounds:
			last = round_ is rounds[-1]
			for number, kind in enumerate(KINDS):
				status = guidance.HELD
				if last:
					status = (guidance.HELD, "Cancelled", guidance.SCHEDULED, guidance.REQUESTED)[number]
				date = round_.begins + datetime.timedelta(7 * number - 20)
				if status == guidance.SCHEDULED:
					date = self.today + datetime.timedelta(14)
				name = f"PB-{round_.year}-{self.prefix}{number + 1}"
				self.writer.add(
					"P2HAM Guidance",
					{
						"name": name,
						"kind": kind,
						"subject": f"Pembinaan {round_.year}, {number + 1}",
						"status": status,
						"date": None if status == guidance.REQUESTED else date,
						"host": "Bagian Hukum",
						"place": "Ruang rapat",
						"agenda": "Persiapan penilaian.",
						"outcome": "Disepakati jadwal pemenuhan." if status == guidance.HELD else None,
						**_written_on(min(date, self.today)),
					},
				)
				opds = tree.named_parents()
				opds = opds if kind in KINDS[:2] else opds[number % len(opds) :][:1]
				self.writer.add_children(
					"P2HAM Guidance",
					name,
					"participants",
					"P2HAM Guidance Participant",
					[
						{
							"opd": opd,
							"opd_name": opd_name,
							"person": f"Peserta {place}",
							"position": "Sekretaris",
						}
						for place, (opd, opd_name) in enumerate(opds, start=1)
					],
				)
				if status == guidance.HELD:
					opd, opd_name = opds[0]
					self.add(opd, opd_name, date, "Susun rencana pemenuhan.", guidance=name)

	def of_sheet(self, sheet: Sheet) -> None:
		"""Write follow-ups of the first weak items of an approved sheet."""
		for row in _weak(sheet):
			self.add(
				sheet.opd,
				sheet.opd_name,
				sheet.approved_on.date(),
				f"Penuhi: {row.title}.",
				assessment=sheet.name,
				indicator=row.indicator,
			)

	def add(self, opd: str, opd_name: str, since: datetime.date, recommendation: str, **source) -> None:
		"""Write a follow-up that begins on a day. The older it is the more likely it is done."""
		self.number += 1
		age = (self.today - since).days
		due_date = since + datetime.timedelta(self.chance.choice((10, 30, 60, 120)))
		luck = self.chance.random() + (0.35 if age > 300 else 0)
		status = next(status for status, least in _STATUSES if luck >= least)
		progress = {rules.OPEN: 0, rules.IN_PROGRESS: self.chance.randint(1, 9) * 10}.get(status, 100)
		completed_on = since + datetime.timedelta(min(age, self.chance.randint(5, 90)))
		self.writer.add(
			"P2HAM Follow-up",
			{
				"name": f"TL-{since.year}-{self.prefix}{self.number:04}",
				"opd": opd,
				"opd_name": opd_name,
				"status": status,
				"due_date": due_date,
				"recommendation": recommendation,
				"action": None if status == rules.OPEN else "Pengadaan diusulkan.",
				"responsible": None if status == rules.OPEN else "Sekretaris",
				"progress": progress,
				"progress_note": "Menunggu anggaran." if status == rules.IN_PROGRESS else None,
				"completed_on": completed_on if status not in rules.UNFINISHED else None,
				"closed_on": min(self.today, completed_on + datetime.timedelta(7))
				if status == rules.CLOSED
				else None,
				**_written_on(since),
				**{
					field: source.get(field)
					for field in ("assessment", "indicator", "kkpham_result", "criterion", "guidance")
				},
			},
		)


def _written_on(day: datetime.date) -> dict:
	moment = datetime.datetime.combine(day, datetime.time(9))
	return {"creation": moment, "modified": moment}


_STATUSES = ((rules.CLOSED, 0.85), (rules.COMPLETED, 0.65), (rules.IN_PROGRESS, 0.35), (rules.OPEN, 0))


def _weak(sheet: Sheet) -> Iterator:
	weak = (
		row
		for row in sheet.items
		if row.verified_answer != instruments.NOT_APPLICABLE and row.verified_points < 50
	)
	for row, _number in zip(weak, range(MAX_OF_A_SHEET), strict=False):
		yield row
