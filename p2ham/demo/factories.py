"""Small functions that make documents the way people make them: through the documents' own methods, as the
user concerned. The demo and the tests are built from these."""

from __future__ import annotations

import io
from decimal import Decimal

import frappe
from frappe.utils import add_days, nowdate

from p2ham.assessment import readiness
from p2ham.engine.instrument import Criterion, Indicator, Instrument, Scale, ScaleOption, Threshold
from p2ham.utils import acting_as as acting_as


def create_user(email: str, full_name: str, password: str | None = None, roles: tuple[str, ...] = ()) -> str:
	"""Create a desk user, or return the one that is there."""
	if frappe.db.exists("User", email):
		return email
	first_name, _, last_name = full_name.partition(" ")
	user = frappe.get_doc(
		{
			"doctype": "User",
			"email": email,
			"first_name": first_name,
			"last_name": last_name,
			"user_type": "System User",
			"send_welcome_email": 0,
			"new_password": password,
			"language": frappe.db.get_single_value("System Settings", "language") or "en",
			"roles": [{"role": role} for role in roles],
		}
	)
	user.flags.no_welcome_mail = True
	user.flags.ignore_password_policy = True
	return user.insert().name


def create_opd(abbreviation: str, opd_name: str, opd_type: str, parent: str | None = None, **fields) -> str:
	"""Create a unit of the tree, or return the one that is there."""
	if frappe.db.exists("P2HAM OPD", abbreviation):
		return abbreviation
	return (
		frappe.get_doc(
			{
				"doctype": "P2HAM OPD",
				"abbreviation": abbreviation,
				"opd_name": opd_name,
				"opd_type": opd_type,
				"parent_p2ham_opd": parent,
				**fields,
			}
		)
		.insert()
		.name
	)


def create_officer(user: str, full_name: str, duty: str, opd: str | None = None, **fields) -> str:
	"""Record who holds a duty, or return the record that is there."""
	present = frappe.db.get_value(
		"P2HAM Officer", {"user": user, "duty": duty, "opd": opd or ("is", "not set")}
	)
	if present:
		return present
	values = {"from_date": "2024-01-01", **fields}
	return (
		frappe.get_doc(
			{
				"doctype": "P2HAM Officer",
				"user": user,
				"full_name": full_name,
				"duty": duty,
				"opd": opd,
				**values,
			}
		)
		.insert()
		.name
	)


def make_instrument(
	code: str, year: int, answers: dict[str, int], criteria: int, indicators: int, **each
) -> Instrument:
	"""Return an instrument that is nobody's regulation: `answers` are {label: points 0-100} of its one scale, the
	indicators are dealt out to the criteria in turn, and `each` are further fields of every indicator."""
	scale = Scale(
		f"{code}: {' / '.join(answers)}",
		"Options",
		tuple(ScaleOption(label, Decimal(points)) for label, points in answers.items()),
	)
	return Instrument(
		code=code,
		title=f"Instrumen uji, {indicators} indikator",
		regulation="Tidak ada",
		family="P2HAM",
		year=year,
		source_note="Dibuat untuk uji.",
		thresholds=(Threshold("Rendah", Decimal(0), "red"), Threshold("Baik", Decimal(75), "green")),
		scales=(scale,),
		criteria=tuple(
			Criterion(code=f"K{number}", title=f"Kriteria {number}", weight=Decimal(100) / criteria)
			for number in range(criteria)
		),
		indicators=tuple(
			Indicator(
				code=f"I{number}",
				criterion=f"K{number % criteria}",
				title=f"Indikator {number}",
				scale=scale.title,
				**{"weight": Decimal(1), **each},
			)
			for number in range(indicators)
		),
	)


def activate_instrument(name: str) -> None:
	"""Check an instrument as a whole and freeze it."""
	instrument = frappe.get_doc("P2HAM Instrument", name)
	if instrument.status != "Active":
		instrument.status = "Active"
		instrument.save()


def create_period(
	instrument: str, year: int, units: list[str], title: str | None = None, opens: bool = True, **fields
) -> str:
	"""Create a period whose dates include today, with `units` declared, and open it."""
	period = frappe.get_doc(
		{
			"doctype": "P2HAM Period",
			"title": title or f"Penilaian P2HAM {year}",
			"instrument": instrument,
			"assessment_year": year,
			"data_year": year - 1,
			"fill_from": add_days(nowdate(), -30),
			"fill_until": add_days(nowdate(), 60),
			"review_until": add_days(nowdate(), 75),
			"approve_until": add_days(nowdate(), 90),
			"participants": [{"opd": opd, "status": "Declared"} for opd in units],
			**fields,
		}
	).insert()
	if opens:
		period.status = "Open"
		period.save()
	return period.name


def create_assessment(period: str, opd: str, **fields):
	"""Start the assessment of a unit as the session's user."""
	return frappe.get_doc({"doctype": "P2HAM Assessment", "period": period, "opd": opd, **fields}).insert()


def scale_answers(scale: str) -> list[str]:
	"""Return the answers of a scale, best first; those that do not apply last."""
	rows = frappe.get_all(
		"P2HAM Scale Option",
		filters={"parent": scale},
		fields=["label", "points", "not_applicable"],
		order_by="idx",
	)
	return [row.label for row in sorted(rows, key=lambda row: (row.not_applicable, -row.points))]


def fill(assessment, quality: list[int] | None = None, note: str = "") -> None:
	"""Give every item the unit's answer: `quality` repeats over the items, 0 for the best answer of a scale."""
	quality = quality or [0]
	answers = {scale: scale_answers(scale) for scale in {row.scale for row in assessment.items}}
	for position, row in enumerate(assessment.items):
		best_first = answers[row.scale]
		row.self_answer = best_first[min(quality[position % len(quality)], len(best_first) - 1)]
		row.self_note = note


def attach_needed_evidence(assessment, prefix: str = "", shared: bool = False) -> None:
	"""Give every mandatory slot of an answer that earns points a small real file of the kind it wants: its own, or
	with `shared` the one that the first slot of that kind got, which takes a fraction of the time."""

	codes = {row.code: row.indicator for row in assessment.items}
	kinds = slot_kinds(assessment.instrument)
	year = frappe.db.get_value("P2HAM Period", assessment.period, "data_year")
	stored: dict[str, str] = {}
	for gap in readiness.missing(assessment):
		if not gap.slot:
			continue
		indicator = codes[gap.code]
		kind = kinds.get((indicator, gap.slot), "Any")
		evidence = stored.get(kind) or create_evidence(
			assessment.opd, f"{prefix}{gap.slot}", kind, gap.code, document_date=f"{year}-02-15"
		)
		if shared:
			stored[kind] = evidence
		assessment.append("evidence_uses", {"indicator": indicator, "slot": gap.slot, "evidence": evidence})


def slot_kinds(instrument: str) -> dict[tuple[str, str], str]:
	indicators = frappe.get_all(
		"P2HAM Indicator", filters={"instrument": instrument}, pluck="name", order_by="name"
	)
	rows = frappe.get_all(
		"P2HAM Evidence Slot",
		filters={"parent": ("in", indicators)},
		fields=["parent", "label", "kind"],
		order_by="parent, idx",
	)
	return {(row.parent, row.label): row.kind for row in rows}


def create_evidence(
	opd: str, title: str, kind: str = "PDF", stem: str = "bukti", lines: list[str] | None = None, **fields
) -> str:
	"""Store a small made file (or a link) as evidence of a unit; a PDF says `lines`."""
	title = title[:140]
	if kind == "Link":
		values = {"kind": "Link", "url": f"https://example.go.id/{opd.lower().replace(' ', '-')}"}
	else:
		text = f"{title} ({opd}). Dokumen contoh, bukan dokumen resmi."
		content, ending = (make_png(text), "png") if kind == "Image" else (make_pdf(lines or [text]), "pdf")
		name = f"{stem}-{opd}.{ending}".replace(" ", "-")
		values = {"kind": "File", "file": upload(name, content)}
	return (
		frappe.get_doc({"doctype": "P2HAM Evidence", "title": title, "opd": opd, **values, **fields})
		.insert()
		.name
	)


def upload(file_name: str, content: bytes, **fields) -> str:
	"""Store a private file as the session's user; return its address."""
	return (
		frappe.get_doc(
			{"doctype": "File", "file_name": file_name, "content": content, "is_private": 1, **fields}
		)
		.insert()
		.file_url
	)


def verify(assessment, answers: dict[str, str] | None = None) -> None:
	"""Give the verifier's side: the unit's own answers but for those in `answers` (by code); accept evidence."""
	answers = answers or {}
	for row in assessment.items:
		row.verified_answer = answers.get(row.code, row.self_answer)
		row.verified_note = "Tidak didukung data dukung yang memadai." if row.code in answers else ""
	for use in assessment.evidence_uses:
		use.verification = "Accepted"


def create_kkpham_result(opd: str, year: int, score: float, instrument: str, **fields) -> str:
	"""Record the result of KKP HAM of a unit, about the data of the year before."""
	return (
		frappe.get_doc(
			{
				"doctype": "P2HAM KKPHAM Result",
				"opd": opd,
				"assessment_year": year,
				"data_year": year - 1,
				"score": score,
				"instrument": instrument,
				**fields,
			}
		)
		.insert()
		.name
	)


def create_right_owner(instrument: str, criterion: str, opd: str) -> str:
	"""Say whose a right of KKP HAM is, or return what says so."""
	values = {"criterion": criterion, "opd": opd}
	present = frappe.db.exists("P2HAM Right Owner", values)
	if present:
		return present
	return frappe.get_doc({"doctype": "P2HAM Right Owner", "instrument": instrument, **values}).insert().name


def create_follow_up(opd: str, recommendation: str, due_days: int = 30, **fields) -> str:
	"""Record what a unit should do better, due in so many days from today."""
	values = {"opd": opd, "recommendation": recommendation, "due_date": add_days(nowdate(), due_days)}
	return frappe.get_doc({"doctype": "P2HAM Follow-up", **values, **fields}).insert().name


def create_guidance(subject: str, units: list[str | dict], **fields) -> str:
	"""Record guidance in which `units` take part: their names, or rows of participants."""
	rows = [unit if isinstance(unit, dict) else {"opd": unit} for unit in units]
	values = {"kind": "Coordination Meeting", "status": "Scheduled", "date": nowdate(), **fields}
	return (
		frappe.get_doc({"doctype": "P2HAM Guidance", "subject": subject, "participants": rows, **values})
		.insert()
		.name
	)


def create_preliminary_check(period: str, opd: str, answers: list[str], note: str = "") -> str:
	"""Make the preliminary check of a unit and answer its questions, from the first (Yes, No or empty)."""
	check = frappe.get_doc({"doctype": "P2HAM Preliminary Check", "period": period, "opd": opd, "note": note})
	check.insert()
	for row, answer in zip(check.items, answers, strict=False):
		row.fulfilled = answer
	return check.save().name


def create_quarterly_report(year: int, quarter: int, period: str, **fields) -> str:
	"""Make the report of a quarter about a period, with the figures of this moment."""
	values = {"year": year, "quarter": str(quarter), "period": period, **fields}
	return frappe.get_doc({"doctype": "P2HAM Quarterly Report", **values}).insert().name


def take_step(name: str, action: str, note: str = "") -> dict:
	"""Take a step through the same door as the desk's buttons."""
	from p2ham.api import assessment

	return assessment.take_step(name, action, note)


def make_pdf(lines: list[str]) -> bytes:
	"""Make a one-page A4 PDF that says its lines: small, valid, and made in a millisecond."""
	text = "".join(
		"({}) Tj T* ".format(line.replace("\\", "/").replace("(", "[").replace(")", "]")) for line in lines
	)
	stream = f"BT /F1 12 Tf 18 TL 60 760 Td {text}ET".encode("latin-1", "replace")
	objects = [
		b"<< /Type /Catalog /Pages 2 0 R >>",
		b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
		b"/Resources << /Font << /F1 5 0 R >> >> >>",
		b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
		b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	]
	document, offsets = b"%PDF-1.4\n", []
	for number, content in enumerate(objects, start=1):
		offsets.append(len(document))
		document += b"%d 0 obj\n%s\nendobj\n" % (number, content)
	table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
	size = len(objects) + 1
	return (
		document
		+ b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
		% (
			size,
			table,
			size,
			len(document),
		)
	)


def make_png(text: str, size: tuple[int, int] = (640, 400)) -> bytes:
	"""Make a small picture that says what it would show."""
	from PIL import Image, ImageDraw

	image = Image.new("RGB", size, (226, 236, 238))
	draw = ImageDraw.Draw(image)
	draw.rectangle((20, 20, size[0] - 20, size[1] - 20), outline=(15, 92, 110), width=4)
	words, line, y = text.split(), "", 60
	for word in [*words, ""]:
		if len(line) + len(word) > 70 or not word:
			draw.text((40, y), line.strip(), fill=(20, 40, 50))
			line, y = "", y + 24
		line += word + " "
	buffer = io.BytesIO()
	image.save(buffer, "PNG")
	return buffer.getvalue()
