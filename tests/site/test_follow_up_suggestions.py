"""Follow-ups suggested from an approved assessment and created together, over HTTP: who may, what is proposed, what is
refused, and two who create at once."""

from __future__ import annotations

import html
import threading
from concurrent.futures import ThreadPoolExecutor

import frappe
import made_regency
import pytest
from frappe.utils import add_days, getdate, nowdate
from way_back import no_trace

from p2ham.api import follow_up as doors
from p2ham.demo import factories as make
from p2ham.follow_ups import defaults, from_assessment, making
from p2ham.follow_ups.suggestion import Group, Suggestion
from p2ham.instruments import store, writing

FOLLOW_UP, ASSESSMENT = "P2HAM Follow-up", "P2HAM Assessment"
UNIT = "UJI TINDAK LANJUT"
INDICATORS = 6  # answered "Ada" and "Sebagian" in turn


@pytest.fixture(scope="module")
def regency(demo_site):
	with made_regency.committed([UNIT], INDICATORS) as regency:
		yield regency


@pytest.fixture
def approved(regency):
	"""An approved assessment in a period of its own, committed: half of its indicators are not fully met."""
	with no_trace():
		period = make.create_period(regency.instrument, 2091, [UNIT])
		name = made_regency.start_assessment(regency, UNIT, period)
		made_regency.review_assessment(regency, name)
		with make.acting_as(regency.sekda):
			make.take_step(name, "Approve")
		frappe.db.commit()
		yield name


@pytest.fixture
def suggest(http):
	"""`suggest(user, name)` asks the door as somebody."""

	def ask(user, name, doctype=ASSESSMENT):
		return http(user).get(
			"/api/method/p2ham.api.follow_up.suggest", params={"doctype": doctype, "name": name}
		)

	return ask


@pytest.fixture
def create(http):
	"""`create(user, name, rows)` sends what was chosen."""

	def send(user, name, rows, doctype=ASSESSMENT):
		return http(user).call("p2ham.api.follow_up.create", doctype=doctype, name=name, rows=rows)

	return send


def chosen(answer) -> list[dict]:
	return [row for group in answer.json()["message"]["groups"] for row in group["suggestions"]]


def made(name: str) -> list:
	frappe.db.rollback()
	return frappe.get_all(FOLLOW_UP, filters={"assessment": name}, fields=["*"], order_by="name")


def said_by(response) -> str:
	return html.unescape(response.text)


def test_whatever_is_not_fully_met_is_suggested_in_the_order_of_the_instrument(regency, approved, suggest):
	answer = suggest(regency.verifier, approved)
	assert answer.status_code == 200, answer.text
	doc = frappe.get_doc(ASSESSMENT, approved)
	weak = [row for row in doc.items if row.verified_points < 100]
	rows = chosen(answer)
	assert 0 < len(weak) < len(doc.items)
	# By criterion: the sheet is dealt out to two of them in turn.
	assert {row["key"] for row in rows} == {row.indicator for row in weak}
	titles = [criterion.title for criterion in store.load(doc.instrument).criteria]
	found = [group["title"] for group in answer.json()["message"]["groups"]]
	assert found == [title for title in titles if title in found]
	first = rows[0]
	item = next(row for row in doc.items if row.indicator == first["key"])
	assert item.title in first["recommendation"] and item.verified_answer in first["recommendation"]
	assert (first["opd"], first["indicator"], first["present"]) == (UNIT, item.indicator, [])
	assert first["due_date"] == add_days(nowdate(), 60)
	assert answer.json()["message"]["units"] == [{"name": UNIT, "opd_name": doc.opd_name}]


def test_what_does_not_apply_is_not_suggested_and_the_note_stands_in_the_recommendation(demo_site, people):
	name = "DISDUKCAPIL-P2HAM-2024"
	doc = frappe.get_doc(ASSESSMENT, name)
	frappe.set_user(people("P2HAM Verifier"))
	rows = [row for group in making.groups(doc) for row in group.suggestions]
	points = {row.indicator: row for row in doc.items}
	assert rows
	for row in rows:
		assert points[row.key].verified_points < 100
		assert (points[row.key].verified_note or "") in row.recommendation
		assert row.responsible.startswith(
			frappe.db.get_value(
				"P2HAM Officer",
				{"opd": doc.opd, "duty": "OPD Head", "to_date": ("is", "not set")},
				"full_name",
			)
		)


def test_the_chosen_are_created_as_they_were_edited_and_named_afterwards(regency, approved, suggest, create):
	first, second, *_others = chosen(suggest(regency.kabag, approved))
	day = add_days(nowdate(), 10)
	edited = {
		**first,
		"key": f" {first['key']} ",
		"recommendation": " Sediakan. ",
		"responsible": "Camat",
		"action": "Rapat",
		"due_date": day,
	}
	answer = create(regency.kabag, approved, [edited, second])
	assert answer.status_code == 200, answer.text
	stored = made(approved)
	assert [row.name for row in stored] == answer.json()["message"]
	assert (stored[0].recommendation, stored[0].responsible, stored[0].action) == (
		"Sediakan.",
		"Camat",
		"Rapat",
	)
	assert (str(stored[0].due_date), stored[0].indicator, stored[0].opd) == (day, first["key"], UNIT)
	assert (stored[0].status, stored[0].owner) == ("Open", regency.kabag)
	after = {row["key"]: row["present"] for row in chosen(suggest(regency.kabag, approved))}
	assert after[first["key"]] == [stored[0].name] and after[second["key"]] == [stored[1].name]
	with make.acting_as(regency.kabag):
		counts = from_assessment.counts(frappe.get_doc(ASSESSMENT, approved))
	assert counts["followed"] == 2 < counts["unmet"] == len(after)


def test_nobody_but_bagian_hukum_is_shown_or_creates_anything(
	regency, approved, suggest, create, people, demo_site
):
	rows = chosen(suggest(regency.verifier, approved))
	for user in (
		regency.clerk,
		regency.head,
		regency.sekda,
		people("P2HAM Observer"),
		people("OPD Clerk", "DINSOS"),
		demo_site["manager"]["user"],
		None,
	):
		assert suggest(user, approved).status_code == 403, user
		assert create(user, approved, rows).status_code == 403, user
	frappe.set_user("Administrator")
	for door in (
		lambda: doors.suggest(ASSESSMENT, approved),
		lambda: doors.create(ASSESSMENT, approved, rows),
	):
		with pytest.raises(frappe.PermissionError):
			door()
	assert made(approved) == []


def test_everything_that_is_wrong_is_named_by_row_and_nothing_is_created(regency, approved, suggest, create):
	good, *_others = chosen(suggest(regency.verifier, approved))
	rows = [
		good,
		{**good, "recommendation": "  "},
		{**_others[0], "due_date": add_days(nowdate(), -1)},
		{**_others[1], "due_date": "besok", "opd": "TIDAK ADA"},
		{"key": "PERMENKUMHAM-25-2023-A1"},
		{**good, "key": "X", "responsible": 5},
		"bukan baris",
	]
	answer = create(regency.verifier, approved, rows)
	assert answer.status_code == 417
	text = said_by(answer)
	for words in (
		f"Row 2: {good['key']} is named twice",
		"Row 2: Recommendation must be filled",
		"Row 3: Due Date",
		"Row 4: OPD: TIDAK ADA does not exist",
		"Row 4: Due Date: besok is not a date",
		"Row 5: PERMENKUMHAM-25-2023-A1 is not suggested",
		"Row 6: X is not suggested",
		"Row 7: bukan baris is not suggested",
	):
		assert words in text, words
	assert "Row 1:" not in text
	assert made(approved) == []


@pytest.mark.parametrize(
	("changes", "words"),
	[
		({"opd": "DINSOS"}, "Row 2: Assessment"),
		({"responsible": "x" * 200}, "Row 2: "),
		({"responsible": ["Camat"]}, "Row 2: Responsible: a text is wanted"),
		({"due_date": ""}, "Row 2: Due Date must be filled"),
		({"due_date": 20260101}, "Row 2: Due Date: 20260101 is not a date"),
	],
)
def test_what_the_follow_up_itself_refuses_is_named_by_row_too(
	regency, approved, suggest, create, changes, words
):
	good, second, *_others = chosen(suggest(regency.verifier, approved))
	answer = create(regency.verifier, approved, [good, {**second, **changes}])
	assert answer.status_code == 417 and words in said_by(answer), answer.text
	assert made(approved) == []


@pytest.mark.parametrize("rows", [[], "[]", "kacau", '{"key": 1}'])
def test_rows_that_are_none_are_refused(regency, approved, create, rows):
	assert create(regency.verifier, approved, rows).status_code == 417
	assert made(approved) == []


def test_what_has_a_follow_up_gets_another_only_where_that_was_shown(regency, approved, suggest, create):
	row, *_others = chosen(suggest(regency.verifier, approved))
	(name,) = create(regency.verifier, approved, [row]).json()["message"]
	again = create(regency.verifier, approved, [row])
	assert again.status_code == 417
	assert f"Row 1: {row['key']} has a follow-up already ({name})" in said_by(again)
	assert len(made(approved)) == 1
	shown = next(each for each in chosen(suggest(regency.verifier, approved)) if each["key"] == row["key"])
	assert create(regency.verifier, approved, [shown]).status_code == 200
	assert len(made(approved)) == 2


def test_what_was_asked_before_a_cancellation_is_shown_to_who_decides_anew(
	regency, approved, suggest, create
):
	row, *_others = chosen(suggest(regency.verifier, approved))
	(name,) = create(regency.verifier, approved, [row]).json()["message"]
	with make.acting_as(regency.sekda):
		make.take_step(approved, "Cancel", "Periode keliru.")
	old = frappe.get_doc(ASSESSMENT, approved)
	with make.acting_as(regency.clerk):
		again = frappe.get_doc(
			doctype=ASSESSMENT, period=old.period, opd=old.opd, amended_from=approved
		).insert()
		make.fill(again, [0, 1])
		again.save()
	made_regency.review_assessment(regency, again.name)
	with make.acting_as(regency.sekda):
		make.take_step(again.name, "Approve")
	frappe.db.commit()
	present = {each["key"]: each["present"] for each in chosen(suggest(regency.verifier, again.name))}
	assert present == {key: [name] if key == row["key"] else [] for key in present} and row["key"] in present
	with make.acting_as(regency.verifier):
		assert from_assessment.counts(frappe.get_doc(ASSESSMENT, again.name))["followed"] == 1
	refused = create(regency.verifier, again.name, [row])
	assert refused.status_code == 417 and f"has a follow-up already ({name})" in said_by(refused)


def test_what_a_source_proposes_itself_stays():
	mine = Suggestion("a", "DINSOS", "x", responsible="Sekretaris", due_date=getdate("2031-01-01"))
	open_ = Suggestion("b", "", "x")
	(group,) = defaults.complete([Group("G", (mine, open_))])
	assert group.suggestions[0] == mine
	assert (group.suggestions[1].responsible, str(group.suggestions[1].due_date)) == (
		"",
		add_days(nowdate(), 60),
	)


def test_nothing_is_suggested_from_what_is_not_approved_or_no_source(
	regency, approved, suggest, create, demo_site
):
	draft = "KEC TEBING TINGGI-P2HAM-2024"
	answer = suggest(regency.verifier, draft)
	assert answer.status_code == 417 and "approved assessment" in said_by(answer)
	assert create(regency.verifier, draft, [{"key": "x"}]).status_code == 417
	for doctype, name in (("P2HAM OPD", UNIT), ("User", regency.clerk), (FOLLOW_UP, "x")):
		assert suggest(regency.verifier, name, doctype).status_code == 417
	assert suggest(regency.verifier, "TIDAK-ADA").status_code == 404


def test_two_who_create_at_once_do_not_create_twice(regency, approved, suggest, http):
	rows = chosen(suggest(regency.verifier, approved))
	start = threading.Barrier(2)

	def send(user):
		client = type(http(user))(http(user).base)
		client.session.headers.update(http(user).session.headers)
		client.session.cookies.update(http(user).session.cookies)
		start.wait(60)
		return client.call("p2ham.api.follow_up.create", doctype=ASSESSMENT, name=approved, rows=rows)

	for user in (regency.verifier, regency.kabag):
		http(user)
	with ThreadPoolExecutor(2) as pool:
		answers = list(pool.map(send, (regency.verifier, regency.kabag)))
	assert sorted(answer.status_code for answer in answers) == [200, 417], [a.text for a in answers]
	refused = next(answer for answer in answers if answer.status_code == 417)
	assert refused.json()["exc_type"] in ("TimestampMismatchError", "ValidationError")
	assert [row.indicator for row in made(approved)] == [row["key"] for row in rows]


def test_officers_are_told_to_whoever_may_read_the_unit(regency, http, people, demo_site):
	def ask(user, opd):
		return http(user).get("/api/method/p2ham.api.follow_up.officers", params={"opd": opd})

	names = ask(people("OPD Clerk", "DINSOS"), "DINSOS").json()["message"]
	assert len(names) >= 2 and all(", " in name for name in names)
	assert ask(regency.verifier, UNIT).json()["message"] == []
	assert ask(people("OPD Clerk", "DINSOS"), "DINKES").status_code == 403
	assert ask(None, "DINSOS").status_code == 403


def test_the_number_of_queries_does_not_depend_on_the_size(regency, queries):
	def count(size):
		code = f"UJI-TL-{size}"
		instrument = make.make_instrument(code, 2092, {"Ada": 100, "Sebagian": 50, "Tidak": 0}, 2, size)
		frappe.set_user("Administrator")
		writing.create(instrument)
		make.activate_instrument(code)
		period = make.create_period(code, 2092, [UNIT])
		name = made_regency.start_assessment(regency, UNIT, period)
		made_regency.review_assessment(regency, name)
		with make.acting_as(regency.sekda):
			make.take_step(name, "Approve")
		doc = frappe.get_doc(ASSESSMENT, name)
		with make.acting_as(regency.verifier):
			making.groups(doc)  # the instrument is in the cache then
			with queries() as run:
				found = making.groups(doc)
		return sum(len(group.suggestions) for group in found), len(run)

	(few, small), (many, large) = count(10), count(120)
	assert (few, many) == (5, 60)
	assert small == large <= 12
