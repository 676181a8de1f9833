"""A year in the life of a regency, from the opening of a round in January to the next one: every figure that a report or
a document shows is one that was reckoned here by hand.

Forty units serve below the health agency. Thirty-eight declare themselves ready, one withdraws, one never answers;
thirty-six make their declaration. One more withdraws when it is late. Of the thirty-seven that are left,

	01-29  Ada Ada Ada Ada               K0 100.00, K1 100.00 -> 100.00  Baik
	30     the same; the verifier lowers I0 to Sebagian:
	       I0 50, I2 100                 K0  75.00, K1 100.00 ->  87.50  Baik
	31     Ada Ada Sebagian Tidak, returned, and corrected to Ada Ada Sebagian Ada:
	       I0 100, I2 50                 K0  75.00, K1 100.00 ->  87.50  Baik
	32-36  Ada Ada Sebagian Tidak        K0  75.00, K1  50.00 ->  62.50  Rendah
	37     late, with a date of its own  K0 100.00, K1 100.00 -> 100.00  Baik

30 x 100 + 2 x 87.5 + 5 x 62.5 = 3487.5; over 37 units 94.256... -> 94.26. Not fully met: one indicator each of 30 and 31,
two each of 32 to 36, together twelve: I0 once, I2 six times, I3 five times.
"""

import dataclasses
import io
from collections import Counter
from decimal import Decimal

import frappe
import openpyxl
import pytest
from frappe.utils import getdate
from freezegun import freeze_time

from p2ham import tasks
from p2ham.api import follow_up as follow_up_doors
from p2ham.api import guidance as guidance_doors
from p2ham.api import period as period_doors
from p2ham.assessment import last_year
from p2ham.demo import build
from p2ham.demo import factories as make
from p2ham.documents.catalogue import KINDS
from p2ham.engine import lifecycle
from p2ham.engine.duties import KABAG_HUKUM, OPD_CLERK, OPD_HEAD, SEKDA, VERIFIER
from p2ham.instruments import writing
from p2ham.kkpham import import_preview, importing
from p2ham.notices import events
from p2ham.periods import generation
from p2ham.reports import result

YEAR = 2091
OPD = "DINKES"
UNITS = [f"TAHUN {number:02}" for number in range(1, 41)]
ASSESSED = UNITS[:37]
FULL, WEAK = [0, 0, 0, 0], [0, 0, 1, 2]
LINKS = {"I0": "J0", "I1": "J1", "I2": "J2"}


class Regency:
	"""The people, the round, and what they do."""

	def __init__(self):
		data = build.read()
		self.manager = data["manager"]["user"]
		self.clerk = build.officer(data, OPD_CLERK, OPD)
		self.head = build.officer(data, OPD_HEAD, OPD)
		self.verifier = build.officer(data, VERIFIER)
		self.kabag = build.officer(data, KABAG_HUKUM)
		self.sekda = build.officer(data, SEKDA)
		self.kkpham = data["kkpham"]["instrument"]
		self.root = data["opd"][0]["abbreviation"]
		self.period = self.following = ""

	def sheet(self, unit: str, period: str = ""):
		return frappe.get_doc("P2HAM Assessment", f"{unit}-{period or self.period}")

	def submit(self, unit: str, quality: list[int]) -> None:
		with make.acting_as(self.clerk):
			doc = self.sheet(unit)
			make.fill(doc, quality)
			doc.save()
			make.take_step(doc.name, "Submit")

	def review(self, unit: str, lowered: dict[str, str] | None = None) -> None:
		with make.acting_as(self.verifier):
			doc = self.sheet(unit)
			make.verify(doc, lowered)
			doc.save()
		with make.acting_as(self.kabag):
			make.take_step(doc.name, "Review")

	def approve(self, unit: str) -> None:
		with make.acting_as(self.sekda):
			make.take_step(self.sheet(unit).name, "Approve")

	def report(self, name: str, **filters) -> result.Result:
		with make.acting_as(self.kabag):
			return result.run(name, filters)


@pytest.fixture
def regency(db):
	return Regency()


@pytest.fixture(autouse=True)
def _room_for_background_jobs(db):
	"""Nothing is committed here, so nothing that waits for a commit may go on its way."""
	yield
	frappe.local.p2ham_events = []


def on(day: str, year: int = YEAR):
	"""It is eight in the morning, in the regency, of a day."""
	return freeze_time(f"{year}-{day} 01:00:00", tick=True)


def told(user: str, subject: str = "%") -> int:
	"""How many notifications a person has got in the desk whose subject says something."""
	return frappe.db.count("Notification Log", {"for_user": user, "subject": ("like", subject)})


def tell() -> None:
	"""Do what the background does after a commit: tell people what happened."""
	happened, frappe.local.p2ham_events = list(frappe.local.p2ham_events), []
	for event in happened:  # each step was a request of its own
		events.deliver([event])


def digest(user: str, day: str) -> str:
	"""The digest of a person on a day; empty where there is none."""
	found = frappe.get_all(
		"P2HAM Digest",
		filters={"user": user, "day": f"{YEAR}-{day}", "kind": "Daily"},
		pluck="content",
		order_by="name",
	)
	assert len(found) <= 1
	return found[0] if found else ""


def test_year(regency):
	prepare(regency)
	readiness(regency)
	generation_of_the_round(regency)
	filling(regency)
	lateness(regency)
	verification(regency)
	approval(regency)
	follow_ups(regency)
	kkpham(regency)
	meeting(regency)
	reckoning(regency)
	quarterly(regency)
	next_year(regency)


# --- January: the round opens ---------------------------------------------------------------------------


def prepare(regency):
	instrument = made_instrument("UJI-TAHUN", "I")
	writing.create(instrument)
	make.activate_instrument(instrument.code)
	for unit in UNITS:
		make.create_opd(unit, f"Puskesmas {unit}", "Puskesmas", OPD)
	with on("01-05"), make.acting_as(regency.manager):
		regency.period = make.create_period(
			instrument.code,
			YEAR,
			[],
			participants=[{"opd": unit, "status": "Invited"} for unit in UNITS],
			fill_from=f"{YEAR}-02-01",
			fill_until=f"{YEAR}-04-30",
			review_until=f"{YEAR}-05-31",
			approve_until=f"{YEAR}-06-30",
			target_units=40,
			target_passed=30,
			target_score=95,
		)


def made_instrument(code: str, letter: str):
	answers = {"Ada": 100, "Sebagian": 50, "Tidak": 0}
	made = make.make_instrument(code, YEAR, answers, criteria=2, indicators=4)
	return dataclasses.replace(
		made,
		passing_score=Decimal(75),
		indicators=tuple(
			dataclasses.replace(each, code=each.code.replace("I", letter)) for each in made.indicators
		),
	)


def readiness(regency):
	with on("01-20"), make.acting_as(regency.head):
		for unit in UNITS[:38]:
			row = period_doors.declare_ready(regency.period, unit, f"{YEAR}-01-20")
			assert row["status"] == "Ready"
		period_doors.withdraw(regency.period, UNITS[38], "Gedung direnovasi.")
	with on("02-01"), make.acting_as(regency.manager):
		doc = frappe.get_doc("P2HAM Period", regency.period)
		for row in doc.participants[:36]:
			row.status, row.declared_on = "Declared", f"{YEAR}-02-01"
		doc.save()
	# invited, ready, declared count who has come at least so far; one has withdrawn
	assert participation(regency) == {
		"invited": 39,
		"ready": 38,
		"declared": 36,
		"withdrawn": 1,
		"assessed": 0,
		"approved": 0,
		"target": 40,
	}


def participation(regency) -> dict:
	rows = regency.report("P2HAM Participation", period=regency.period, years=1).rows
	wanted = ("invited", "ready", "declared", "withdrawn", "assessed", "approved", "target")
	return {field: rows[0][field] for field in wanted}


def generation_of_the_round(regency):
	with on("02-02"), make.acting_as(regency.manager):
		outcome = generation.make(regency.period)
		assert (outcome.created, outcome.carried, outcome.failed) == (38, 0, {})
		assert generation.make(regency.period).created == 0
	assert frappe.db.count("P2HAM Assessment Item", {"parent": ("like", f"TAHUN %-{regency.period}")}) == 152


# --- February to June: filling, lateness, verification, approval ----------------------------------------


def filling(regency):
	with on("03-10"):
		for unit in UNITS[:30]:
			regency.submit(unit, FULL)
		for unit in UNITS[30:36]:
			regency.submit(unit, WEAK)
		before = told(regency.kabag)
		tell()
	assert told(regency.kabag) - before == 36
	assert told(regency.sekda, f"%{UNITS[0]}%") == 0


def lateness(regency):
	"""Two sheets are still drafts: said before the deadline to whoever fills them, after it to the head, then to Kabag
	Hukum, and never twice."""
	with on("04-01"):
		tasks.daily()  # what had come due since the last run in the demo's own year is said here
	with on("04-28"):
		tasks.daily()
		tasks.daily()
	said = digest(regency.clerk, "04-28")
	assert UNITS[36] in said and UNITS[37] in said and UNITS[0] not in said
	with on("05-01"):
		tasks.daily()
	said = digest(regency.head, "05-01")
	assert UNITS[36] in said and UNITS[37] in said
	assert UNITS[36] not in digest(regency.kabag, "05-01")
	with on("05-05"):
		tasks.daily()  # the day on which it had to be said was missed
	assert UNITS[36] in digest(regency.kabag, "05-05")
	with on("05-06"), make.acting_as(regency.manager):
		doc = frappe.get_doc("P2HAM Period", regency.period)
		row = doc.participant(UNITS[36])
		row.fill_until, row.extension_reason = f"{YEAR}-05-15", "Petugas baru."
		doc.save()
	with on("05-07"), make.acting_as(regency.head):
		period_doors.withdraw(regency.period, UNITS[37], "Belum siap tahun ini.")
	with on("05-10"):
		regency.submit(UNITS[36], FULL)
		tasks.daily()
	assert UNITS[36] not in digest(regency.kabag, "05-10") + digest(regency.head, "05-10")


def verification(regency):
	with on("05-12"):
		with make.acting_as(regency.kabag):
			from p2ham.api import assessment

			assessment.take_step(
				regency.sheet(UNITS[30]).name, "Return", "Ruang tunggu tidak terlihat.", until=f"{YEAR}-05-20"
			)
		tell()
	assert told(regency.clerk, f"%{UNITS[30]}%") == 1
	with on("05-18"):
		with make.acting_as(regency.clerk):
			doc = regency.sheet(UNITS[30])
			doc.items[3].self_answer = "Ada"
			doc.save()
			make.take_step(doc.name, "Submit")
		for unit in ASSESSED:
			regency.review(unit, {"I0": "Sebagian"} if unit == UNITS[29] else None)
		tell()
	assert told(regency.sekda, f"%{UNITS[0]}%") == 1


def approval(regency):
	with on("06-15"):
		for unit in ASSESSED:
			regency.approve(unit)
		tell()
	assert told(regency.clerk, f"%{UNITS[0]}%") == 1
	scores = {unit: regency.sheet(unit).verified_score for unit in ASSESSED}
	assert set(scores.values()) == {100.0, 87.5, 62.5}
	assert [scores[unit] for unit in UNITS[28:37]] == [100, 87.5, 87.5, 62.5, 62.5, 62.5, 62.5, 62.5, 100]
	assert sum(scores.values()) == 3487.5
	assert sum(regency.sheet(unit).meets for unit in ASSESSED) == 32


# --- July to November: what should become better --------------------------------------------------------


def follow_ups(regency):
	"""Everything suggested is made: twelve; one is done and closed."""
	with on("07-01"), make.acting_as(regency.kabag):
		made = {}
		for unit in ASSESSED:
			name = regency.sheet(unit).name
			rows = [
				row
				for group in follow_up_doors.suggest("P2HAM Assessment", name)["groups"]
				for row in group["suggestions"]
			]
			assert not any(row["present"] for row in rows)
			if rows:
				made[unit] = follow_up_doors.create("P2HAM Assessment", name, rows)
		assert {unit: len(names) for unit, names in made.items()} == {
			**dict.fromkeys(UNITS[29:31], 1),
			**dict.fromkeys(UNITS[31:36], 2),
		}
	with on("08-01"), make.acting_as(regency.clerk):
		doc = frappe.get_doc("P2HAM Follow-up", made[UNITS[29]][0])
		doc.update({"status": "Completed", "progress": 100, "progress_note": "Ruang sudah dibuka."})
		doc.save()
	with on("08-02"), make.acting_as(regency.kabag):
		doc = frappe.get_doc("P2HAM Follow-up", made[UNITS[29]][0])
		doc.status = "Closed"
		doc.save()


def kkpham(regency):
	"""The results come as a workbook with one wrong row: the good ones are taken."""
	with on("07-20"), make.acting_as(regency.kabag):
		content = filled_in(
			importing.template(regency.kkpham),
			regency.kkpham,
			[(regency.root, "72,5"), (OPD, 81.25), ("DINAS KHAYAL", 50)],
		)
		seen = import_preview.preview(content)
		assert [line.kind for line in seen.lines] == ["New", "New", "Faulty"]
		good = {line.entry.number: line.stamp for line in seen.lines if line.kind == "New"}
		assert importing.apply(content, seen.digest, good) == {"created": 2, "changed": 0}
		name = f"KKPHAM-{YEAR}-{OPD}"
		doc = frappe.get_doc("P2HAM KKPHAM Result", name)
		assert (doc.score, doc.assessment_year, doc.data_year) == (81.25, YEAR, YEAR - 1)
		doc.finding, doc.recommendation = "Data imunisasi terlambat.", "Kirim data imunisasi tiap triwulan."
		doc.save()
		(row,) = (
			row
			for group in follow_up_doors.suggest("P2HAM KKPHAM Result", name)["groups"]
			for row in group["suggestions"]
		)
		assert row["opd"] == OPD
		follow_up_doors.create("P2HAM KKPHAM Result", name, [row])


def filled_in(template: bytes, instrument: str, rows: list[tuple]) -> bytes:
	"""Write results below the head of the form, each value under its own column."""
	book = openpyxl.load_workbook(io.BytesIO(template))
	sheet = book.worksheets[0]
	head = {str(cell.value or "").strip(): cell.column for cell in sheet[1]}
	for number, (opd, score) in enumerate(rows, start=2):
		for column, value in {
			"OPD": opd,
			"Tahun Penilaian": YEAR,
			"Tahun Data": YEAR - 1,
			"Instrumen": instrument,
			"Nilai": score,
		}.items():
			sheet.cell(number, head[column], value)
	content = io.BytesIO()
	book.save(content)
	return content.getvalue()


def meeting(regency):
	"""A coordination meeting decides two things, which become follow-ups."""
	with on("08-20"), make.acting_as(regency.verifier):
		name = make.create_guidance(
			"Rapat koordinasi hasil penilaian",
			[OPD, *UNITS[31:36]],
			date=f"{YEAR}-08-27",
			start_time="09:00:00",
			end_time="11:00:00",
			place="Ruang Rapat Sekda",
		)
	with on("08-27"), make.acting_as(regency.verifier):
		doc = frappe.get_doc("P2HAM Guidance", name)
		for unit in UNITS[31:33]:
			doc.append(
				"decisions",
				{"decision": "Pasang jalur pemandu.", "opd": unit, "due_date": f"{YEAR}-10-31"},
			)
		doc.save()
		guidance_doors.take_step(name, "Record as Held")
		rows = [
			row
			for group in follow_up_doors.suggest("P2HAM Guidance", name)["groups"]
			for row in group["suggestions"]
		]
		assert len(rows) == 2
		made = follow_up_doors.create("P2HAM Guidance", name, rows)
		assert [row.follow_up for row in frappe.get_doc("P2HAM Guidance", name).decisions] == made
	with on("10-29"):
		tasks.daily()  # due in two days
	assert digest(regency.clerk, "10-29").count("Pasang jalur pemandu.") == 2
	with on("11-05"):
		tasks.daily()  # five days late; the day on which it had to be said was missed
	assert digest(regency.head, "11-05").count("Pasang jalur pemandu.") == 2


# --- December: what the reports say ---------------------------------------------------------------------


def reckoning(regency):
	with on("12-01"):
		assert participation(regency) == {
			"invited": 38,
			"ready": 37,
			"declared": 36,
			"withdrawn": 2,
			"assessed": 38,  # 38 had begun before it withdrew
			"approved": 37,
			"target": 40,
		}
		board = regency.report("P2HAM Scoreboard", period=regency.period)
		assert sorted(row["verified_score"] for row in board.rows if row["opd"] in ASSESSED) == sorted(
			[100.0] * 30 + [87.5] * 2 + [62.5] * 5
		)
		assert Counter(row["category"] for row in board.rows) == {"Baik": 32, "Rendah": 5, None: 1}
		# Units, approved, mean, who meets the criteria: the one who withdrew is still listed, with its empty draft.
		assert [str(card["value"]).replace(",", ".") for card in board.cards] == ["38", "37", "94.26", "32"]
		progress = regency.report("P2HAM Progress", period=regency.period)
		assert Counter(row["workflow_state"] for row in progress.rows) == {
			"Approved": 37,
			"Not Begun": 1,
			"Withdrawn": 2,
		}
		assert not any(row["late"] for row in progress.rows if row["opd"] in ASSESSED)
		# 38 begun; 36 submitted in March, 37 and once more 31; one returned; one date of its own; 37 reviewed, approved.
		trail = regency.report("P2HAM Audit Trail", period=regency.period)
		assert Counter(row["action"] for row in trail.rows) == {
			"Create": 38,
			"Submit": 38,
			"Return": 1,
			"Extend": 1,
			"Review": 37,
			"Approve": 37,
		}
		results = {row["opd"]: row for row in regency.report("KKP HAM Review", year=YEAR, years=1).rows}
		assert set(results) == {regency.root, OPD}
		assert [results[opd][f"score_{YEAR}"] for opd in (regency.root, OPD)] == [72.5, 81.25]
		assert [results[opd]["follow_ups"] for opd in (regency.root, OPD)] == [0, 1]
		gaps = regency.report("P2HAM Indicator Gap", period=regency.period)
		assert {row["code"]: row["lacking"] for row in gaps.rows if row["lacking"]} == {
			"UJI-TAHUN-I0": 1,
			"UJI-TAHUN-I2": 6,
			"UJI-TAHUN-I3": 5,
		}
		status = regency.report("P2HAM Follow-up Status", period=regency.period)
		assert len(status.rows) == 12
		assert sum(row["status"] == "Closed" for row in status.rows) == 1
		with make.acting_as(regency.manager):
			doc = frappe.get_doc("P2HAM Period", regency.period)
			doc.status = "Closed"
			doc.save()
	with on("12-02"), make.acting_as(regency.kabag):
		kind = next(kind for kind in KINDS if kind.key == "recapitulation")
		data = frappe.get_attr(f"p2ham.documents.{kind.key}.{kind.key}")(
			frappe.get_doc("P2HAM Period", regency.period)
		)
		assert "94,26" in str(data)


def quarterly(regency):
	"""What happened in which quarter, and what stood at its end."""
	wanted = {
		1: {"submitted": 36, "reviewed": 0, "approved": 0, "returns": 0, "mean": None},
		# Unit 31 once more, and unit 37.
		2: {"submitted": 2, "reviewed": 37, "approved": 37, "returns": 1, "mean": 94.26},
		3: {"submitted": 0, "reviewed": 0, "approved": 0, "returns": 0, "mean": 94.26},
	}
	from p2ham.figures import choice
	from p2ham.quarterly import quarter

	with on("10-05"), make.acting_as(regency.kabag):
		period = choice.periods({"period": regency.period}).chosen
		for number, figures in wanted.items():
			found = quarter.of_period(period, quarter.Span(YEAR, number))
			assert {
				"submitted": found.within[lifecycle.SUBMITTED],
				"reviewed": found.within[lifecycle.REVIEWED],
				"approved": found.within[lifecycle.APPROVED],
				"returns": found.returns,
				"mean": found.mean,
			} == figures
		assert found.categories == {"Baik": 32, "Rendah": 5}
		assert (found.taking_part, found.declared) == (38, 36)
		assert found.guidance_within == 1
		assert found.kkpham_score == 72.5
		name = make.create_quarterly_report(YEAR, 3, regency.period)
		frozen = frappe.db.get_value("P2HAM Quarterly Report", name, "figures")
	with on("12-20"), make.acting_as(regency.kabag):
		report = frappe.get_doc("P2HAM Quarterly Report", name)
		report.update({"number": "100.3/12/2091", "report_date": f"{YEAR}-12-20", "addressee": "Menteri"})
		report.opening = "Dengan hormat, berikut laporan kami."
		report.save()
		report.mark_as_sent()
		report.reload()
		assert (report.status, report.figures) == ("Sent", frozen)


# --- The next year --------------------------------------------------------------------------------------


def next_year(regency):
	"""An instrument of the same kind follows, whose first three indicators continue the old ones: 37 units bring three
	answers each, and see beside them what was said last year."""
	following = made_instrument("UJI-TAHUN-2", "J")
	following = dataclasses.replace(
		following,
		scales=made_instrument("UJI-TAHUN", "I").scales,
		indicators=tuple(
			dataclasses.replace(
				each,
				scale=made_instrument("UJI-TAHUN", "I").scales[0].title,
				continues=tuple(f"UJI-TAHUN:{old}" for old, new in LINKS.items() if new == each.code),
			)
			for each in following.indicators
		),
	)
	writing.create(following)
	make.activate_instrument(following.code)
	with on("01-10", YEAR + 1), make.acting_as(regency.manager):
		regency.following = make.create_period(following.code, YEAR + 1, UNITS, fill_from=f"{YEAR + 1}-01-01")
		outcome = generation.make(regency.following, carry_over=True)
		assert (outcome.created, outcome.carried, outcome.failed) == (40, 37, {})
	items = frappe.get_all(
		"P2HAM Assessment Item",
		filters={"parent": ("like", f"%-{regency.following}"), "carried_over": 1},
		fields=["code", "self_answer"],
		order_by="name",
	)
	assert len(items) == 37 * 3
	# I0 was lowered once, I2 was Sebagian six times: what was verified is carried, not what had been claimed.
	assert sum(row.self_answer == "Sebagian" for row in items if row.code == "J0") == 1
	assert sum(row.self_answer == "Sebagian" for row in items if row.code == "J2") == 6
	assert all(row.self_answer == "Ada" for row in items if row.code == "J1")
	unit = UNITS[31]
	with on("01-15", YEAR + 1), make.acting_as(regency.clerk):
		doc = regency.sheet(unit, regency.following)
		shown = last_year.for_assessment(doc)[next(row.indicator for row in doc.items if row.code == "J2")]
		assert shown["year"] == YEAR
		assert [(item["answer"], item["points"]) for item in shown["items"]] == [("Sebagian", 50.0)]
		assert len(shown["follow_ups"]) == 1
		doc.items[3].self_answer = "Ada"
		doc.save()
		with pytest.raises(frappe.ValidationError, match="J0"):
			make.take_step(doc.name, "Submit")
		doc = regency.sheet(unit, regency.following)
		for row in doc.items:
			row.carried_over = 0
		doc.save()
		# J0 100, J2 50 -> 75; J1 100, J3 100 -> 100
		assert doc.self_score == 87.5
		make.take_step(doc.name, "Submit")
	assert getdate(regency.sheet(unit, regency.following).submitted_on).year == YEAR + 1
	with make.acting_as(regency.verifier):
		doc = regency.sheet(unit, regency.following)
		make.verify(doc)
		doc.save()
	with on("01-20", YEAR + 1), make.acting_as(regency.kabag):
		make.take_step(doc.name, "Review")
	compared = regency.report("P2HAM Year Comparison", period=regency.following, years=2)
	row = next(row for row in compared.rows if row.get("opd") == unit)
	assert (row["score_0"], row["score_1"], row["change"]) == (62.5, 87.5, 25.0)
