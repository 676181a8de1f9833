"""The rights in a result of KKP HAM, whose they are, and the follow-ups that the weak ones suggest."""

from __future__ import annotations

import frappe
import pytest
from way_back import no_trace

from p2ham.demo import build
from p2ham.demo import factories as make
from p2ham.follow_ups import from_result
from p2ham.kkpham import rights

pytestmark = pytest.mark.quick

KKP, OLD, P2HAM = "PERMENKUMHAM-22-2021", "PERMENKUMHAM-34-2016", "PERMENKUMHAM-25-2023"
ROOT, OPD, OTHER = "EMPAT LAWANG", "DINSOS", "DINKES"
YEAR = 2031
RESULT, OWNER, FOLLOW_UP = "P2HAM KKPHAM Result", "P2HAM Right Owner", "P2HAM Follow-up"
BAGIAN_HUKUM = ("P2HAM Verifier", "Kabag Hukum")


def scored(**scores) -> list[dict]:
	"""Rows of rights by their codes: scored(_1=80)."""
	return [{"criterion": f"{KKP}-{code.lstrip('_')}", "score": score} for code, score in scores.items()]


def result(people, opd: str = ROOT, **fields):
	with make.acting_as(people("P2HAM Verifier")):
		name = make.create_kkpham_result(opd, YEAR, 70, KKP, **fields)
	return frappe.get_doc(RESULT, name)


@pytest.fixture
def owners(demo_site):
	"""Whose the first two rights are: the first has two owners. What the demo has is gone."""
	frappe.db.delete(OWNER)
	with make.acting_as(demo_site["manager"]["user"]):
		for code, opd in (("1", OPD), ("1", OTHER), ("2", OTHER)):
			frappe.get_doc(
				{"doctype": OWNER, "instrument": KKP, "criterion": f"{KKP}-{code}", "opd": opd}
			).insert()


# Rights of a result


def test_each_right_has_its_title_and_category_whatever_was_sent(people):
	rows = scored(_1="64,995", _2=75, _3=49.99)
	rows[0].update({"title": "Palsu", "category": "Peduli HAM"})
	doc = result(people, rights=rows)
	assert [(row.title, row.score, row.category) for row in doc.rights] == [
		("Hak atas bantuan hukum", 65, "Cukup Peduli HAM"),
		("Hak atas informasi", 75, "Peduli HAM"),
		("Hak turut serta dalam pemerintahan", 49.99, "Kurang Peduli HAM"),
	]


@pytest.mark.parametrize(
	("rows", "words"),
	[
		(
			[*scored(_1=80), *scored(_1=70)],
			"Row 2: Human Right: Hak atas bantuan hukum is there already, in row 1.",
		),
		([{"criterion": f"{OLD}-1", "score": 50}], f"Row 1: Human Right: {OLD}-1 is not a right of {KKP}."),
		(scored(_1=80, _2=100.01), "Row 2: Score: Must lie between 0 and 100."),
		(scored(_1=-1), "Row 1: Score: Must lie between 0 and 100."),
		(scored(_1="baik"), "Row 1: Score: &quot;baik&quot; is not a number"),
		([{"criterion": "<b>x</b>", "score": 1}], "Row 1: Human Right"),
	],
)
def test_a_right_that_cannot_be_is_refused_with_its_row(http, people, rows, words):
	values = {"opd": OPD, "assessment_year": YEAR, "instrument": KKP, "score": 70, "rights": rows}
	response = http(people("P2HAM Verifier")).post(f"/api/resource/{RESULT}", json=values)
	assert response.status_code in (417, 404), response.text
	assert words in response.text.replace("#", "")  # Frappe 16 writes Row #1
	assert not frappe.db.exists(RESULT, {"assessment_year": YEAR})


def test_a_criterion_below_another_is_no_right():
	assert rights.by_code(KKP)
	assert all(not row.parent for row in rights.by_code(KKP).values())


def test_nobody_changes_a_right_without_its_result(http, people):
	with no_trace():
		doc = result(people, rights=scored(_1=80))
		frappe.db.commit()
		[row] = doc.rights
		for duty in (*BAGIAN_HUKUM, "OPD Clerk", "Sekda"):
			user = people(duty, OPD if duty == "OPD Clerk" else "")
			path = f"/api/resource/P2HAM KKPHAM Right/{row.name}"
			assert http(user).put(path, json={"score": 100}).status_code == 403
			assert http(user).delete(path).status_code == 403
		frappe.db.rollback()
		assert frappe.db.get_value("P2HAM KKPHAM Right", row.name, "score") == 80


def test_rights_are_seen_by_who_sees_the_result(people, as_user):
	other, whole = result(people, OTHER, rights=scored(_1=80)), result(people, rights=scored(_1=80))
	as_user(people("OPD Clerk", OPD))
	seen = frappe.get_list(
		"P2HAM KKPHAM Right", parent_doctype=RESULT, pluck="parent", order_by="parent", limit=0
	)
	assert whole.name in seen and other.name not in seen
	with pytest.raises(frappe.PermissionError):
		other.check_permission("read")


# Whose the rights are


def test_who_keeps_master_data_says_whose_a_right_is_and_everybody_with_a_duty_reads_it(
	http, people, demo_site
):
	values = {"instrument": KKP, "criterion": f"{KKP}-9", "opd": "DINSOS"}
	with no_trace():
		frappe.db.delete(OWNER, {"name": f"{KKP}-9-DINSOS"})
		frappe.db.commit()
		for user in (
			*(people(duty) for duty in (*BAGIAN_HUKUM, "Sekda", "P2HAM Observer")),
			people("OPD Clerk", OPD),
			people("OPD Head", OPD),
		):
			assert http(user).post(f"/api/resource/{OWNER}", json=values).status_code == 403, user
		manager = http(demo_site["manager"]["user"])
		response = manager.post(f"/api/resource/{OWNER}", json=values)
		assert response.status_code == 200, response.text
		name = response.json()["data"]["name"]
		assert name == f"{KKP}-9-DINSOS"
		assert manager.post(f"/api/resource/{OWNER}", json=values).status_code == 409
		assert manager.put(f"/api/resource/{OWNER}/{name}", json={"opd": OTHER}).status_code == 417
		for user in (people("OPD Clerk", OTHER), people("Kabag Hukum"), people("P2HAM Observer")):
			response = http(user).get(f"/api/resource/{OWNER}/{name}")
			assert response.status_code == 200 and response.json()["data"]["opd"] == OPD
			assert http(user).delete(f"/api/resource/{OWNER}/{name}").status_code == 403
		assert http(None).get(f"/api/resource/{OWNER}/{name}").status_code == 403


def test_without_a_duty_nobody_reads_whose_a_right_is(as_user, owners):
	user = make.create_user("tanpa.tugas@example.com", "Tanpa Tugas", roles=("OPD Clerk",))
	as_user(user)
	assert frappe.get_list(OWNER, pluck="name", order_by="name") == []


@pytest.mark.parametrize(
	("values", "words"),
	[
		({"criterion": f"{OLD}-1"}, f"{OLD}-1 is not a right of {KKP}"),
		({"instrument": P2HAM, "criterion": f"{P2HAM}-A"}, "is not of the family"),
		({"opd": "NOWHERE"}, "NOWHERE"),
	],
)
def test_an_owner_of_what_is_no_right_of_the_instrument_is_refused(demo_site, said, values, words):
	with make.acting_as(demo_site["manager"]["user"]), pytest.raises(frappe.ValidationError) as caught:
		frappe.get_doc(
			{"doctype": OWNER, "instrument": KKP, "criterion": f"{KKP}-8", "opd": OPD, **values}
		).insert()
	assert words in said(caught)


def test_the_demo_says_what_each_right_was_given_and_whose_it_is(demo_site):
	for doctype in (RESULT, "P2HAM KKPHAM Right", OWNER):
		frappe.db.delete(doctype)
	build.build_kkpham(demo_site, lambda line: None)
	doc = frappe.get_doc(RESULT, f"KKPHAM-2024-{ROOT}")
	assert [row.criterion for row in doc.rights] == list(rights.by_code(KKP))
	assert round(sum(row.score for row in doc.rights) / len(doc.rights), 2) == doc.score
	assert set(rights.owners(KKP)) == set(rights.by_code(KKP))


# What follows


def test_a_follow_up_names_a_right_of_its_result_only(people, said):
	doc = result(people)
	with make.acting_as(people("P2HAM Verifier")):
		name = make.create_follow_up(OPD, "Perbaiki", kkpham_result=doc.name, criterion=f"{KKP}-1")
		assert frappe.db.get_value(FOLLOW_UP, name, "criterion") == f"{KKP}-1"
		for wrong in ({"criterion": f"{OLD}-1", "kkpham_result": doc.name}, {"criterion": f"{KKP}-1"}):
			with pytest.raises(frappe.ValidationError) as caught:
				make.create_follow_up(OPD, "Perbaiki", **wrong)
			assert "Right" in said(caught)


def test_each_weak_right_of_the_regency_is_suggested_to_each_of_its_owners(people, owners):
	doc = result(people, rights=scored(_3=40, _1=60, _2=74.99, _4=75), recommendation="Lengkapi data.")
	found = from_result.groups(doc)
	assert [
		(group.title.split(":")[0], [(each.key, each.opd) for each in group.suggestions]) for group in found
	] == [
		("Hak turut serta dalam pemerintahan", [(f"{KKP}-3/", "")]),
		("Hak atas bantuan hukum", [(f"{KKP}-1/{OTHER}", OTHER), (f"{KKP}-1/{OPD}", OPD)]),
		("Hak atas informasi", [(f"{KKP}-2/{OTHER}", OTHER)]),
		("Recommendation of the Review", [("result", ROOT)]),
	]
	words = found[1].suggestions[0].recommendation.replace(",", ".")
	assert "Hak atas bantuan hukum" in words and "60.00" in words and "Mulai Peduli HAM" in words


def test_an_opd_is_suggested_what_was_recommended_to_it(people):
	doc = result(people, OPD, rights=scored(_1=40), finding="Temuan", recommendation="Rinci data.")
	[group] = from_result.groups(doc)
	[suggestion] = group.suggestions
	assert (suggestion.key, suggestion.opd, suggestion.recommendation) == ("result", OPD, "Rinci data.")
	doc.recommendation = ""
	assert from_result.groups(doc)[0].suggestions[0].recommendation == "Temuan"
	doc.finding = ""
	assert from_result.groups(doc) == []


def test_what_was_made_of_a_right_is_known_the_next_time(people, owners):
	doc = result(people, rights=scored(_1=60))
	with make.acting_as(people("P2HAM Verifier")):
		name = make.create_follow_up(OPD, "Sudah diubah", kkpham_result=doc.name)
		from_result.created(doc, {f"{KKP}-1/{OPD}": name})
	assert frappe.db.get_value(FOLLOW_UP, name, "criterion") == f"{KKP}-1"
	[group] = from_result.groups(doc)
	assert {each.opd: each.present for each in group.suggestions} == {OPD: (name,), OTHER: ()}


def test_suggesting_takes_as_many_queries_for_ten_rights_as_for_one(people, owners, queries):
	doc = result(people, rights=scored(_1=10))
	many = result(people, OPD, rights=scored(**{f"_{code}": 10 for code in range(1, 11)}))
	many.is_regency = 1
	from_result.groups(doc)
	with queries() as few:
		from_result.groups(doc)
	with queries() as more:
		from_result.groups(many)
	assert len(more) == len(few) <= 4
