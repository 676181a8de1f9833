"""What the rules judge is what is stored, for every field of every DocType of ours and every door to it.

The fields come from the meta. A value is twisted (blanks, case, full width, invisible characters, numbers as text, lists,
...) and sent to a stored document or to a new one. Either the answer refuses it in words, or what every rule saw, from the
first question for the right on, is a value in the form that the database keeps, and that one is stored. Nothing is
committed: what a request has written is read where it would commit, and rolled back.
"""

from __future__ import annotations

import contextlib
import copy
import datetime
import json
import unicodedata
from dataclasses import dataclass, field

import frappe
import pytest
from frappe.database.database import Database
from frappe.model.base_document import get_controller
from frappe.model.document import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from p2ham.access.stored_values import SettlesValues

NIGHTLY = settings.default.max_examples >= 1000
AT_ONCE = 6  # fields of a DocType that are tried while one works, with another value each time
NO_FIELD = {*frappe.model.no_value_fields, "Text Editor"}
FIXED = (
	*(1, 0, True, False, "1", "0", "on", "true", "TRUE", -1, 1.5, "12", " 7 ", "3,5", 10**30, "\u0661\u0662"),
	*(float("nan"), float("inf"), "NaN", "inf", "1e400", "2024-13-01", "2024-1-1 ", "01/02/2024", "00:60"),
	*([], ["x"], {}, {"a": 1}, [["name", "like", "%"]], ["like", "%"], {"$ne": 1}),
	*("<b>x</b>", '"<img src=x onerror=alert(1)>"', '["<svg onload=alert(1)>"]', 'x" onfocus=alert(1) y="'),
	*("x\u0000y", "\ud800", "\u202ex", "a\u200bb", " ", "\u00a0", "tidak ada "),
)


def wide(text: str) -> str:
	return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)


TWISTS = (
	lambda text: text,
	lambda text: text + " ",
	lambda text: "  " + text,
	lambda text: text + "\u00a0",
	lambda text: text + "\n",
	lambda text: text[:1] + "\u200b" + text[1:],
	lambda text: "\u202e" + text,
	lambda text: text + "\ufeff",
	lambda text: text[:2] + "\u00ad" + text[2:],
	str.upper,
	str.lower,
	str.swapcase,
	wide,
	lambda text: unicodedata.normalize("NFD", text + " é"),
	lambda text: [text],
	lambda text: {"name": text},
)


@dataclass
class Target:
	"""A field of a stored document or of one of its rows, who may write that document, and what stands there."""

	doctype: str
	name: str
	user: str
	df: object
	table: str = ""
	row: str = ""
	seen: list = field(default_factory=list)
	last: object = None
	stored: list = field(default_factory=list)

	@property
	def record(self) -> tuple[str, str]:
		return (self.df.parent, self.row or self.name)

	def find(self, doc):
		"""Return the record with the field in a document that rules look at: the stored one, or one that is new."""
		if doc.doctype != self.doctype or not (doc.get("__islocal") or doc.name == self.name):
			return None
		if not self.table:
			return doc
		rows = doc.get(self.table) or []
		return next((row for row in rows if row.name == self.row), rows[0] if rows else None)


@pytest.fixture
def watched(monkeypatch):
	"""`with watched(target):` notes what rules see of its field, and what is stored where a request commits."""
	now: list[Target] = []
	asks, runs, commits = Document.check_permission, Document.run_method, Database.commit

	def note(doc, moment: str) -> None:
		target = now[0] if now else None
		record = target and target.find(doc)
		if record:
			value = copy.deepcopy(record.__dict__.get(target.df.fieldname))
			target.last = value
			if moment not in ("on_update", "after_insert"):
				target.seen.append((moment, value))

	def check_permission(doc, permtype="read", permlevel=None):
		if permtype != "read":
			note(doc, permtype)
		return asks(doc, permtype, permlevel)

	def run_method(doc, method, *args, **kwargs):
		if method in ("before_insert", "before_validate", "validate", "on_update", "after_insert"):
			note(doc, method)
		return runs(doc, method, *args, **kwargs)

	def commit(database, *args, **kwargs):
		if not now:
			return commits(database, *args, **kwargs)
		if now[0].seen:
			now[0].stored.append(read(now[0]))
		database.rollback()

	monkeypatch.setattr(Document, "check_permission", check_permission)
	monkeypatch.setattr(Document, "run_method", run_method)
	monkeypatch.setattr(Database, "commit", commit)

	@contextlib.contextmanager
	def watching(target: Target):
		target.seen, target.stored, target.last = [], [], None
		now.append(target)
		try:
			yield
		finally:
			now.pop()

	return watching


def read(target: Target):
	doctype, name = target.record
	if frappe.get_meta(doctype).issingle:
		return frappe.db.get_singles_dict(doctype).get(target.df.fieldname)
	return frappe.db.get_value(doctype, name, target.df.fieldname)


def payload(target: Target, value) -> dict:
	if not target.table:
		return {target.df.fieldname: value}
	rows = [
		row.as_dict(no_nulls=True) for row in frappe.get_doc(target.doctype, target.name).get(target.table)
	]
	for row in rows:
		if row.name == target.row:
			row[target.df.fieldname] = value
	return {target.table: rows}


def whole(target: Target, value) -> dict:
	doc = frappe.get_doc(target.doctype, target.name).as_dict()
	doc.update(payload(target, value))
	return doc


def sent(content) -> dict:
	return {
		"data": json.dumps(content, default=str).encode(),
		"headers": {"Content-Type": "application/json"},
	}


def put(client, target: Target, value):
	return client.put(f"/api/resource/{target.doctype}/{target.name}", **sent(payload(target, value)))


def set_value(client, target: Target, value):
	doctype, name = target.record
	content = {"doctype": doctype, "name": name, "fieldname": {target.df.fieldname: value}}
	return client.post("/api/method/frappe.client.set_value", **sent(content))


def save_as_form(client, target: Target, value):
	doc = json.dumps(whole(target, value), default=str)
	return client.post("/api/method/frappe.desk.form.save.savedocs", **sent({"doc": doc, "action": "Save"}))


def insert(client, target: Target, value):
	doc = {
		key: one for key, one in whole(target, value).items() if key not in ("name", "modified", "creation")
	}
	return client.post(f"/api/resource/{target.doctype}", **sent(doc))


DOORS = (put, set_value, save_as_form, insert)


def say(answer) -> str:
	"""Return what a refusal says."""
	try:
		told = answer.json()
	except ValueError:
		return answer.text
	return str(told.get("_server_messages") or told.get("exception") or told.get("_error_message") or "")


def form(df, value) -> str:
	"""Return a value as the database keeps it, whatever it came as."""
	if df.fieldtype in ("Check", "Int", "Float", "Percent", "Currency"):
		return f"{float(value or 0):.9f}"
	if isinstance(value, datetime.timedelta):
		return str((datetime.datetime.min + value).time())
	if df.fieldtype == "Datetime":
		return str(value or "")[:19]
	return str(value if value is not None else "")


def storable(df, value) -> bool:
	"""Say whether a value is in the form that the database keeps, so that a rule that looks at it judges what is stored."""
	if value is None or value == "" or (df.ignore_xss_filter and isinstance(value, str)):
		return True  # what the meta says is no text stays byte for byte
	if df.fieldtype in ("Check", "Int", "Float", "Percent", "Currency"):
		return isinstance(value, int | float) and not isinstance(value, bool)
	if df.fieldtype in ("Date", "Datetime", "Time"):
		return not isinstance(value, str | int) or bool(value[0].isdigit() and value == value.strip())
	if not isinstance(value, str) or value != unicodedata.normalize("NFC", value).strip():
		return False
	if df.fieldtype == "Select" and df.options:
		return value in df.options.split("\n")
	if df.fieldtype == "Link":
		return frappe.db.get_value(df.options, value, "name") in (value, None)
	return not set(value) & set("\u200b\u202e\ufeff\u00ad\x00\ud800<")


def doctypes() -> list[str]:
	"""The DocTypes of the app, from its folders, so that tests can be named after them without a site."""
	from pathlib import Path

	import p2ham

	folder = Path(p2ham.__file__).parent / "p2ham" / "doctype"
	found = [json.loads(path.read_text()) for path in sorted(folder.glob("*/*.json"))]
	return [one["name"] for one in found if not one.get("istable")]


def holder(doctype: str, names: list[str], users: list[str], http, watched) -> tuple[str, str] | None:
	"""Return a document of a DocType and who may save it."""
	for name in names:
		for user in users:
			df = frappe._dict(parent=doctype, fieldname="name")
			target, client = Target(doctype, name, user, df), http(user)
			with watched(target):
				answer = client.put(f"/api/resource/{doctype}/{name}", json={})
			if answer.status_code == 200:
				return name, user
	return None


def targets(doctype: str, name: str, user: str):
	"""Yield every field that holds a value, of the document and of the first row of each of its tables."""
	meta = frappe.get_meta(doctype)
	for df in meta.fields:
		if df.fieldtype not in NO_FIELD:
			yield Target(doctype, name, user, df)
	for table in meta.get_table_fields():
		rows = frappe.get_all(
			table.options,
			filters={"parent": name, "parentfield": table.fieldname},
			pluck="name",
			order_by="idx",
			limit=1,
		)
		for df in frappe.get_meta(table.options).fields if rows else ():
			if df.fieldtype not in NO_FIELD:
				yield Target(doctype, name, user, df, table.fieldname, rows[0])


def base(target: Target, chosen) -> str:
	"""Return a value that could stand in a field: what does, or another one of its kind."""
	df = target.df
	if df.fieldtype == "Select" and df.options:
		return chosen.choice([option for option in df.options.split("\n") if option])
	if df.fieldtype == "Link":
		return chosen.choice(frappe.get_all(df.options, pluck="name", limit=3, order_by="name") or ["x"])
	kinds = {
		"Date": "2024-05-05",
		"Datetime": "2024-05-05 10:00:00",
		"Time": "10:00:00",
		"Int": "3",
		"Float": "3",
	}
	return str(read(target) or kinds.get(df.fieldtype, "Contoh"))


def test_every_doctype_of_ours_settles_its_values(db):
	for doctype in frappe.get_all("DocType", {"module": "P2HAM"}, pluck="name", order_by="name"):
		assert issubclass(get_controller(doctype), SettlesValues), doctype


@pytest.mark.parametrize("doctype", doctypes())
def test_what_is_stored_is_what_the_rules_saw(doctype, db, demo_site, people, http, watched):
	writers = [demo_site["manager"]["user"]]
	duties = [people(duty) for duty in ("Kabag Hukum", "P2HAM Verifier", "Sekda")]
	clerks = [people("OPD Clerk", unit) for unit in ("KEC TEBING TINGGI", "DINSOS", "DISDIKBUD")]
	names = (
		[doctype]
		if frappe.get_meta(doctype).issingle
		else frappe.get_all(doctype, pluck="name", limit=40, order_by="name")
	)
	if doctype == "P2HAM Assessment":
		names = ["KEC TEBING TINGGI-P2HAM-2024"]
	found = holder(
		doctype, [*dict.fromkeys((*names[:1], *names[-1:]))], [*writers, *duties, *clerks], http, watched
	)
	if not names:
		return  # the demo regency has none of them, and people make none: digests, signed copies
	name, user = found or (names[0], writers[0])
	client = http(user)
	fields = list(targets(doctype, name, user))
	count = {"stored": 0, "refused": 0}

	@given(some.randoms(use_true_random=True))
	@settings(
		max_examples=20 if NIGHTLY else 2,
		suppress_health_check=list(HealthCheck),
	)
	def check(chosen):
		for target in fields if NIGHTLY else chosen.sample(fields, min(len(fields), AT_ONCE)):
			value = (
				chosen.choice(TWISTS)(base(target, chosen)) if chosen.random() < 0.6 else chosen.choice(FIXED)
			)
			door = chosen.choice(DOORS)
			with watched(target):
				answer = door(client, target, value)
			hold(target, door.__name__, value, answer)
			count["stored" if answer.status_code < 400 else "refused"] += 1
			import_record(target, value)

	check()
	print(doctype, user, len(fields), count)


def hold(target: Target, door: str, value, answer) -> None:
	told = f"{target.doctype} {target.df.parent}.{target.df.fieldname} by {door}: {value!r} -> {answer.status_code} {say(answer)[:300]}"
	assert answer.status_code < 500, told
	for moment, seen in target.seen:
		assert storable(target.df, seen) or (answer.status_code >= 400 and target.row), (
			f"{moment} saw {seen!r}; {told}"
		)
	if answer.status_code >= 400:
		assert say(answer), told
	elif target.stored and door != "insert":
		assert form(target.df, target.stored[0]) == form(target.df, target.last), told


def import_record(target: Target, value) -> None:
	"""As Data Import changes a record: Frappe checks less there."""
	frappe.set_user(target.user)
	frappe.flags.in_import = True
	try:
		doc = frappe.get_doc(target.doctype, target.name)
		doc.update(payload(target, value))
		doc.save()
		kept = read(target)
		record = target.find(doc)
		saved = record.get(target.df.fieldname)
		assert storable(target.df, saved), (target.df.parent, target.df.fieldname, value, saved)
		assert form(target.df, kept) == form(target.df, saved)
	except Exception as error:
		assert getattr(error, "http_status_code", 500) < 500, (
			target.df.parent,
			target.df.fieldname,
			value,
			error,
		)
	finally:
		frappe.flags.in_import = False
		frappe.db.rollback()  # the whole of it: the next request waits for no lock
		frappe.set_user("Administrator")
