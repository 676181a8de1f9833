"""Follow-ups, guidance and results of KKP HAM, attacked from outside: who sees, makes, changes and deletes them,
over HTTP and through Frappe's own doors."""

from __future__ import annotations

import html
import io
import json

import frappe
import pytest
from frappe.utils import add_days, nowdate
from way_back import no_trace

from p2ham.demo import factories as make

RESULT, FOLLOW_UP, GUIDANCE = "P2HAM KKPHAM Result", "P2HAM Follow-up", "P2HAM Guidance"
UNIT, OTHER, ROOT = "DINSOS", "DINKES", "EMPAT LAWANG"
KKP, P2HAM = "PERMENKUMHAM-22-2021", "PERMENKUMHAM-25-2023"


@pytest.fixture
def kabag(people):
	return people("Kabag Hukum")


@pytest.fixture
def verifier(people):
	return people("P2HAM Verifier")


@pytest.fixture
def clerk(people):
	return people("OPD Clerk", UNIT)


def seen(user, doctype, field="opd"):
	with make.acting_as(user):
		try:
			return set(frappe.get_list(doctype, pluck=field, limit_page_length=0, order_by="name"))
		except frappe.PermissionError:
			return set()


def result(user, **values):
	values = {"opd": UNIT, "year": 2019, "score": 70, "instrument": KKP, **values}
	with make.acting_as(user):
		return frappe.get_doc(RESULT, make.create_kkpham_result(**values))


def follow_up(user, **values):
	with make.acting_as(user):
		return frappe.get_doc(FOLLOW_UP, make.create_follow_up(values.pop("opd", UNIT), "Perbaiki", **values))


def guidance(user, units=(UNIT,), **values):
	with make.acting_as(user):
		return frappe.get_doc(GUIDANCE, make.create_guidance("Uji", list(units), **values))


def change(user, doc, **values):
	"""Save a change as somebody, on what is stored now."""
	with make.acting_as(user):
		doc = frappe.get_doc(doc.doctype, doc.name)
		doc.update(values)
		doc.save()
	return doc


class TestResults:
	def test_the_category_follows_the_thresholds_of_the_instrument(self, kabag):
		for year, score, category in (
			(2011, 0, "Kurang Peduli HAM"),
			(2012, 49.99, "Kurang Peduli HAM"),
			(2013, 50, "Mulai Peduli HAM"),
			(2014, 64.994, "Mulai Peduli HAM"),
			(2015, 64.995, "Cukup Peduli HAM"),
			(2016, "75,00", "Peduli HAM"),
			(2017, 100, "Peduli HAM"),
		):
			assert result(kabag, year=year, score=score).category == category

	def test_a_category_that_is_sent_along_does_not_count(self, kabag):
		doc = result(kabag, score=40, category="Peduli HAM", is_regency=1)
		assert (doc.category, doc.is_regency) == ("Kurang Peduli HAM", 0)

	def test_the_root_of_the_tree_is_the_regency_itself(self, kabag):
		assert result(kabag, opd=ROOT).is_regency == 1

	def test_there_is_one_for_each_unit_and_year(self, kabag, said):
		first = result(kabag)
		assert first.name == f"KKPHAM-2019-{UNIT}"
		with pytest.raises(frappe.DuplicateEntryError) as caught:
			result(kabag)
		assert "OPD" in said(caught) and "Assessment Year" in said(caught) and first.name in said(caught)
		with pytest.raises(frappe.CannotChangeConstantError):
			change(kabag, first, assessment_year=2020)

	@pytest.mark.parametrize(
		("values", "words"),
		[
			({"score": 100.01}, "Score must lie between 0 and 100"),
			({"score": -1}, "Score must lie between 0 and 100"),
			({"score": "banyak"}, 'Score: "banyak" is not a number'),
			({"score": "nan"}, "is not a number"),
			({"score": None}, "Score must be filled"),
			({"year": 24}, "Assessment Year: 24 is not a year"),
			({"data_year": 2020}, "Data Year must not be after Assessment Year"),
			({"instrument": P2HAM}, f"Instrument: {P2HAM} is not of the family KKP HAM"),
			({"instrument": "PERMENKUMHAM-34-2016"}, "is a draft"),
		],
	)
	def test_what_is_wrong_is_named(self, kabag, said, values, words):
		with pytest.raises(frappe.ValidationError) as caught:
			result(kabag, **values)
		assert words in frappe.utils.strip_html(said(caught))

	def test_units_see_their_own_and_the_regencys(self, people, kabag, demo_site):
		mine, other, regency = result(kabag), result(kabag, opd=OTHER), result(kabag, opd=ROOT)
		below = result(kabag, opd="PKM PENDOPO")
		for user, names in (
			(people("OPD Clerk", UNIT), {mine.name, regency.name}),
			(people("OPD Head", UNIT), {mine.name, regency.name}),
			(people("OPD Head", OTHER), {other.name, below.name, regency.name}),
			(people("P2HAM Observer"), {mine.name, other.name, below.name, regency.name}),
			(people("Sekda"), {mine.name, other.name, below.name, regency.name}),
			(demo_site["manager"]["user"], set()),
		):
			found = seen(user, RESULT, "name")
			assert {name for name in found if "-2019-" in name} == names, user

	def test_only_bagian_hukum_writes_them(self, people, kabag, demo_site):
		doc = result(kabag)
		for user in (
			people("OPD Clerk", UNIT),
			people("OPD Head", UNIT),
			people("Sekda"),
			people("P2HAM Observer"),
			demo_site["manager"]["user"],
			"Administrator",
		):
			frappe.set_user(user)
			with pytest.raises(frappe.PermissionError):
				result(user, year=2018)
			with pytest.raises(frappe.PermissionError):
				change(user, doc, score=99)
			with pytest.raises(frappe.PermissionError):
				frappe.delete_doc(RESULT, doc.name)
		frappe.set_user(kabag)
		frappe.delete_doc(RESULT, doc.name)

	def test_an_instrument_with_results_is_not_deleted(self):
		with pytest.raises(frappe.LinkExistsError, match="KKPHAM"):
			frappe.delete_doc("P2HAM Instrument", KKP)


class TestFollowUps:
	def test_bagian_hukum_makes_and_deletes_them_and_nobody_else(self, people, kabag, verifier, demo_site):
		doc = follow_up(verifier)
		for user in (
			people("OPD Clerk", UNIT),
			people("OPD Head", UNIT),
			people("Sekda"),
			people("P2HAM Observer"),
			demo_site["manager"]["user"],
			"Administrator",
		):
			with pytest.raises(frappe.PermissionError):
				follow_up(user)
			frappe.set_user(user)
			with pytest.raises(frappe.PermissionError):
				frappe.delete_doc(FOLLOW_UP, doc.name)
		frappe.set_user(kabag)
		frappe.delete_doc(FOLLOW_UP, doc.name)

	def test_the_unit_says_what_it_does(self, verifier, clerk, people):
		doc = follow_up(verifier)
		doc = change(clerk, doc, action="Rapat", responsible="Sekretaris", progress=30, status="In Progress")
		assert (doc.progress, doc.completed_on) == (30, None)
		doc = change(people("OPD Head", UNIT), doc, status="Completed", progress_note="Selesai")
		assert (doc.progress, str(doc.completed_on)) == (100, nowdate())
		doc = change(clerk, doc, status="In Progress", progress=80)
		assert (doc.completed_on, doc.closed_on) == (None, None)

	@pytest.mark.parametrize(
		("values", "label"),
		[
			({"recommendation": "Lain"}, "Recommendation"),
			({"due_date": "2031-01-01"}, "Due Date"),
			({"opd": "DISDUKCAPIL"}, "OPD"),
			({"assessment": "DINSOS-P2HAM-2024"}, "Assessment"),
			({"indicator": f"{P2HAM}-A1"}, "Indicator"),
			({"status": "Closed"}, "Status"),
			({"completed_on": "2020-01-01"}, "Completed On"),
			({"closed_on": "2020-01-01"}, "Closed On"),
			({"completed_by": "Administrator"}, "Completed By"),
			({"closed_by": "Administrator"}, "Closed By"),
			({"closing_note": "Cukup"}, "Closing Note"),
			({"owner": "Administrator"}, "owner"),
		],
	)
	def test_what_a_unit_may_not_change_is_named(self, verifier, clerk, said, values, label):
		doc = follow_up(verifier)
		with pytest.raises(frappe.PermissionError) as caught:
			change(clerk, doc, action="Rapat", **values)
		assert f"<li>{label}</li>" in said(caught) and "Action" not in said(caught)

	def test_closed_is_closed_until_kabag_hukum_opens_it_again(self, verifier, kabag, clerk, said):
		doc = follow_up(verifier)
		change(clerk, doc, status="Completed", progress_note="Selesai")
		doc = change(verifier, doc, status="Closed")
		assert str(doc.completed_on) == str(doc.closed_on) == nowdate()
		for user, values, label in (
			(clerk, {"progress_note": "x"}, "Progress Note"),
			(clerk, {"status": "Open"}, "Status"),
			(verifier, {"status": "Open"}, "Status"),
			(verifier, {"due_date": "2031-01-01"}, "Due Date"),
			(kabag, {"status": "Open", "recommendation": "x"}, "Recommendation"),
		):
			with pytest.raises(frappe.PermissionError) as caught:
				change(user, doc, **values)
			assert f"<li>{label}</li>" in said(caught)
		with make.acting_as(kabag), pytest.raises(frappe.PermissionError, match="closed"):
			frappe.delete_doc(FOLLOW_UP, doc.name)
		doc = change(kabag, doc, status="In Progress")
		assert (doc.completed_on, doc.closed_on) == (None, None)

	def test_progress_does_not_contradict_the_status(self, verifier, clerk, said):
		doc = follow_up(verifier)
		for value in (-1, 100.5, "separuh"):
			with pytest.raises(frappe.ValidationError, match="Progress"):
				change(clerk, doc, progress=value)
		change(clerk, doc, status="Completed", progress_note="Selesai")
		with pytest.raises(frappe.ValidationError) as caught:
			change(clerk, doc, progress=50)
		assert "Progress" in said(caught) and "Completed" in said(caught)

	def test_stamps_are_the_apps_own_also_at_the_beginning(self, verifier):
		doc = follow_up(verifier, completed_on="2020-01-01", closed_on="2020-01-01")
		assert (doc.completed_on, doc.closed_on) == (None, None)

	def test_the_name_of_a_unit_that_was_corrected_is_no_change_of_the_unit(self, verifier, clerk):
		doc = follow_up(verifier)
		frappe.db.set_value("P2HAM OPD", UNIT, "opd_name", "Dinas Sosial Baru")
		assert change(clerk, doc, action="Rapat").opd_name == "Dinas Sosial Baru"

	def test_a_source_concerns_the_unit(self, verifier, kabag, said):
		talk = guidance(kabag, [OTHER])
		for field, value in (
			("assessment", f"{OTHER}-P2HAM-2024"),
			("kkpham_result", result(kabag, opd=OTHER).name),
			("guidance", talk.name),
		):
			with pytest.raises(frappe.ValidationError) as caught:
				follow_up(verifier, **{field: value})
			assert "does not concern DINSOS" in said(caught)
		with pytest.raises(frappe.ValidationError, match="Indicator"):
			follow_up(verifier, assessment="DINSOS-P2HAM-2024", indicator="PERMENKUMHAM-27-2018-A1")
		follow_up(verifier, kkpham_result=result(kabag, opd=ROOT).name)
		# Below the unit: whoever answers for it sees the guidance too.
		follow_up(verifier, opd=OTHER, guidance=guidance(kabag, ["PKM PENDOPO"]).name)
		doc = follow_up(verifier, opd=OTHER, guidance=talk.name)
		change(kabag, talk, participants=[])
		change(verifier, doc, action="tetap")

	def test_each_sees_those_of_his_units_and_the_observer_those_of_approved_assessments(
		self, people, verifier, demo_site
	):
		mine = follow_up(verifier).name
		of_draft = follow_up(
			verifier, opd="KEC TEBING TINGGI", assessment="KEC TEBING TINGGI-P2HAM-2024"
		).name
		of_approved = follow_up(verifier, opd=OTHER, assessment="DINKES-P2HAM-2024").name
		below = follow_up(verifier, opd="PKM PENDOPO").name
		new = {mine, of_draft, of_approved, below}
		for user, names in (
			(people("OPD Clerk", UNIT), {mine}),
			(people("OPD Head", OTHER), {of_approved, below}),
			(people("P2HAM Observer"), {of_approved}),
			(people("Sekda"), new),
			(demo_site["manager"]["user"], set()),
		):
			assert seen(user, FOLLOW_UP, "name") & new == names, user

	def test_nothing_is_attached_to_what_is_closed(self, verifier, clerk):
		doc = follow_up(verifier)
		with make.acting_as(clerk):
			attached = make.upload("a.pdf", make.make_pdf(["a"]), **attached_to(doc))
			assert attached.startswith("/private/")
		change(verifier, doc, status="Closed")
		for user in (clerk, verifier):
			with make.acting_as(user), pytest.raises(frappe.PermissionError):
				make.upload("b.pdf", make.make_pdf(["b"]), **attached_to(doc))
		file = frappe.db.get_value("File", {"file_url": attached})
		for user in (clerk, verifier, "Administrator"):
			with make.acting_as(user), pytest.raises(frappe.PermissionError):
				frappe.delete_doc("File", file)

	def test_its_history_stays_on(self, verifier):
		for doctype in (RESULT, FOLLOW_UP, GUIDANCE):
			with pytest.raises(frappe.PermissionError, match="Track Changes"):
				frappe.make_property_setter(
					{
						"doctype": doctype,
						"doctype_or_field": "DocType",
						"property": "track_changes",
						"value": "0",
					}
				)


def attached_to(doc) -> dict:
	return {"attached_to_doctype": doc.doctype, "attached_to_name": doc.name}


class TestGuidance:
	REQUEST = {"kind": "Request for Guidance", "status": "Requested"}

	def test_a_unit_asks_for_guidance_and_bagian_hukum_answers(self, clerk, verifier):
		doc = guidance(clerk, **self.REQUEST)
		doc = change(clerk, doc, agenda="Bukti apa yang diminta?", subject="Lain")
		doc = change(verifier, doc, status="Scheduled", date=nowdate())
		with pytest.raises(frappe.PermissionError, match="Agenda"):
			change(clerk, doc, agenda="lagi")

	@pytest.mark.parametrize(
		"values",
		[
			{"kind": "Coordination Meeting", "status": "Requested"},
			{"kind": "Request for Guidance", "status": "Held"},
			{"kind": "Request for Guidance", "status": "Requested", "outcome": "x"},
		],
	)
	def test_a_unit_makes_nothing_but_a_request(self, clerk, values):
		with pytest.raises(frappe.PermissionError):
			guidance(clerk, **values)

	def test_a_unit_names_its_own_units_only(self, clerk, people):
		with pytest.raises(frappe.PermissionError, match=OTHER):
			guidance(clerk, [UNIT, OTHER], **self.REQUEST)
		with pytest.raises(frappe.MandatoryError, match="Participants"):
			guidance(clerk, [], **self.REQUEST)
		doc = guidance(people("OPD Clerk", OTHER), [OTHER, "PKM PENDOPO"], **self.REQUEST)
		with pytest.raises(frappe.PermissionError, match=UNIT):
			change(
				people("OPD Clerk", OTHER),
				doc,
				participants=[*(row.as_dict() for row in doc.participants), {"opd": UNIT}],
			)

	@pytest.mark.parametrize(
		("values", "label"),
		[
			({"kind": "Dissemination"}, "Kind"),
			({"status": "Accepted"}, "Status"),
			({"outcome": "x"}, "Outcome"),
		],
	)
	def test_what_it_may_not_change_is_named(self, clerk, said, values, label):
		doc = guidance(clerk, **self.REQUEST)
		with pytest.raises(frappe.PermissionError) as caught:
			change(clerk, doc, agenda="boleh", **values)
		assert f"<li>{label}</li>" in said(caught) and "Agenda" not in said(caught)

	def test_it_is_no_longer_the_units_alone_once_others_take_part(self, clerk, verifier):
		doc = guidance(clerk, **self.REQUEST)
		change(verifier, doc, participants=[{"opd": UNIT}, {"opd": OTHER}])
		with pytest.raises(frappe.PermissionError):
			change(clerk, doc, agenda="lagi")

	def test_a_unit_sees_what_it_takes_part_in(self, people, verifier, demo_site):
		mine, other, nobody = (guidance(verifier, units).name for units in ([UNIT], ["PKM PENDOPO"], []))
		new = {mine, other, nobody}
		for user, names in (
			(people("OPD Clerk", UNIT), {mine}),
			(people("OPD Head", OTHER), {other}),
			(people("P2HAM Observer"), new),
			(people("Kabag Hukum"), new),
			(demo_site["manager"]["user"], set()),
		):
			assert seen(user, GUIDANCE, "name") & new == names, user

	def test_nobody_else_writes_or_deletes_it(self, people, clerk, verifier):
		doc = guidance(verifier)
		own = guidance(clerk, **self.REQUEST)
		for user in (clerk, people("Sekda"), people("P2HAM Observer"), "Administrator"):
			with pytest.raises(frappe.PermissionError):
				change(user, doc, agenda="x")
			for target in (doc, own):
				with make.acting_as(user), pytest.raises(frappe.PermissionError):
					frappe.delete_doc(GUIDANCE, target.name)
		with make.acting_as(verifier):
			frappe.delete_doc(GUIDANCE, own.name)

	def test_dates_and_participants_make_sense(self, verifier, said):
		for values, words in (
			({"status": "Held", "date": None}, "Date must be filled"),
			({"status": "Held", "date": add_days(nowdate(), 1)}, "lies not in the future"),
		):
			with pytest.raises(frappe.ValidationError) as caught:
				guidance(verifier, **values)
			assert words in frappe.utils.strip_html(said(caught))
		with pytest.raises(frappe.ValidationError, match="already stands"):
			guidance(verifier, [{"opd": UNIT, "person": "Ani"}, {"opd": UNIT, "person": " ani"}])


class TestUnits:
	def test_a_unit_that_is_named_is_neither_merged_nor_deleted(self, kabag, demo_site):
		for name in ("UJI A", "UJI B"):
			make.create_opd(name, name, "Dinas", ROOT)
		follow_up(kabag, opd="UJI A")
		with pytest.raises(frappe.PermissionError, match="Follow-up"):
			frappe.rename_doc("P2HAM OPD", "UJI A", "UJI B", merge=True)
		with pytest.raises(frappe.LinkExistsError):
			frappe.delete_doc("P2HAM OPD", "UJI A")
		guidance(kabag, ["UJI B"])
		with pytest.raises(frappe.LinkExistsError):
			frappe.delete_doc("P2HAM OPD", "UJI B")

	def test_a_unit_keeps_the_name_that_stands_in_its_result(self, kabag):
		make.create_opd("UJI A", "UJI A", "Dinas", ROOT)
		doc = follow_up(kabag, opd="UJI A")
		frappe.rename_doc("P2HAM OPD", "UJI A", "UJI C")
		assert frappe.db.get_value(FOLLOW_UP, doc.name, "opd") == "UJI C"
		result(kabag, opd="UJI C")
		with pytest.raises(frappe.PermissionError, match="KKPHAM-2019-UJI C"):
			frappe.rename_doc("P2HAM OPD", "UJI C", "UJI D")


class TestOverHttp:
	"""The doors of Frappe that write without the form."""

	@pytest.fixture(autouse=True)
	def _kept(self, demo_site):
		with no_trace():
			yield

	@pytest.fixture
	def doc(self, people):
		doc = follow_up(people("P2HAM Verifier"))
		frappe.db.commit()
		return doc

	def stored(self, doc):
		frappe.db.rollback()
		return frappe.get_doc(doc.doctype, doc.name)

	def test_every_door_keeps_a_clerk_to_his_fields(self, http, clerk, doc):
		client = http(clerk)
		data = {"doctype": FOLLOW_UP, "docnames": json.dumps([doc.name]), "action": "update"}
		answers = [
			client.put(f"/api/resource/{FOLLOW_UP}/{doc.name}", json={"due_date": "2031-01-01"}),
			client.call(
				"frappe.client.set_value",
				doctype=FOLLOW_UP,
				name=doc.name,
				fieldname="status",
				value="Closed",
			),
			client.call("frappe.client.save", doc={**self.as_sent(doc), "recommendation": "lain"}),
			client.call(
				"frappe.desk.form.save.savedocs",
				doc=json.dumps({**self.as_sent(doc), "opd": OTHER}),
				action="Save",
			),
		]
		for answer, label in zip(answers, ("Due Date", "Status", "Recommendation", "OPD"), strict=True):
			assert answer.status_code == 403, answer.text
			assert label in html.unescape(answer.text)
		client.call(
			"frappe.desk.doctype.bulk_update.bulk_update.submit_cancel_or_update_docs",
			**data,
			data=json.dumps({"due_date": "2031-01-01"}),
		)
		client.delete(f"/api/resource/{FOLLOW_UP}/{doc.name}")
		now = self.stored(doc)
		assert (now.opd, now.status, now.recommendation) == (UNIT, "Open", "Perbaiki")
		assert now.due_date == doc.due_date
		done = client.put(f"/api/resource/{FOLLOW_UP}/{doc.name}", json={"progress": 40})
		assert done.status_code == 200 and self.stored(doc).progress == 40

	def as_sent(self, doc) -> dict:
		return frappe.parse_json(frappe.as_json(doc))

	def test_a_stranger_finds_nothing(self, http, people, doc):
		talk = guidance(people("P2HAM Verifier"))
		given = result(people("P2HAM Verifier"))
		frappe.db.commit()
		client = http(people("OPD Clerk", OTHER))
		for target in (doc, talk, given):
			assert client.get(f"/api/resource/{target.doctype}/{target.name}").status_code == 403
			found = client.get(f"/api/resource/{target.doctype}", params={"limit_page_length": 0}).json()
			assert target.name not in [row["name"] for row in found["data"]]
			counted = client.call(
				"frappe.client.get_count", doctype=target.doctype, filters={"name": target.name}
			)
			assert counted.json()["message"] == 0
		rows = client.call(
			"frappe.client.get_list",
			doctype="P2HAM Guidance Participant",
			parent=GUIDANCE,
			fields=["parent"],
			filters={"parent": talk.name},
		)
		assert rows.json()["message"] == []

	def test_a_row_of_participants_does_not_change_alone(self, http, people, clerk):
		talk = guidance(clerk, **TestGuidance.REQUEST)
		frappe.db.commit()
		address = f"/api/resource/P2HAM Guidance Participant/{talk.participants[0].name}"
		for user in (clerk, people("Kabag Hukum")):
			assert http(user).put(address, json={"opd": OTHER}).status_code == 403
			assert http(user).delete(address).status_code == 403
		assert [row.opd for row in self.stored(talk).participants] == [UNIT]

	def test_a_document_is_neither_renamed_nor_submitted(self, http, people, doc):
		client = http(people("Kabag Hukum"))
		renamed = client.call("frappe.rename_doc", doctype=FOLLOW_UP, old=doc.name, new="LAIN", force=True)
		assert renamed.status_code in (403, 417)
		client.put(f"/api/resource/{FOLLOW_UP}/{doc.name}", json={"docstatus": 1})
		assert self.stored(doc).docstatus == 0

	def test_a_file_of_it_is_private_and_follows_it(self, http, people, clerk, doc):
		answer = http(clerk).post(
			"/api/method/upload_file",
			data={"doctype": FOLLOW_UP, "docname": doc.name, "is_private": 1},
			files={"file": ("sk.pdf", io.BytesIO(make.make_pdf(["SK"])))},
		)
		address = answer.json()["message"]["file_url"]
		assert http(people("Kabag Hukum")).get(address).status_code == 200
		assert http(people("OPD Clerk", OTHER)).get(address).status_code == 403
		public = http(clerk).post(
			"/api/method/upload_file",
			data={"doctype": FOLLOW_UP, "docname": doc.name, "is_private": 0},
			files={"file": ("umum.pdf", io.BytesIO(make.make_pdf(["umum"])))},
		)
		assert public.status_code == 403


def test_a_unit_that_does_not_exist_is_named_with_its_row(people, said):
	"""Frappe 15 lets a link pass from which something is fetched; 16 refuses it itself, and writes Row #2."""
	with make.acting_as(people("Kabag Hukum")):
		for values, words in (
			({"doctype": "P2HAM Follow-up", "opd": "NOWHERE"}, ("NOWHERE",)),
			(
				{
					"doctype": "P2HAM Guidance",
					"kind": "Coordination Meeting",
					"subject": "Rapat",
					"status": "Requested",
					"participants": [{"opd": "DINKES"}, {"opd": "NOWHERE"}],
				},
				("Row 2", "NOWHERE"),
			),
		):
			values.update(recommendation="Perbaiki", due_date=nowdate())
			with pytest.raises(frappe.LinkValidationError) as caught:
				frappe.get_doc(values).insert()
			assert all(word in said(caught).replace("#", "") for word in words)
