"""The whole path over HTTP, as the real users: log in, fill, upload, submit, verify, review, approve, report, PDF."""

import io
import json
import os
import secrets

import frappe
import pypdf
import pytest

from p2ham.demo import build
from p2ham.demo import factories as make

PERIOD = "P2HAM-2024"


@pytest.fixture
def unit(http, demo_site):
	"""A new unit under Dinas Kesehatan that takes part in the period, made by the manager over REST."""
	manager = http(demo_site["manager"]["user"])
	name = f"UJI {secrets.token_hex(3).upper()}"
	made = manager.post(
		"/api/resource/P2HAM OPD",
		json={
			"abbreviation": name,
			"opd_name": f"Puskesmas {name}",
			"opd_type": "Puskesmas",
			"parent_p2ham_opd": "DINKES",
		},
	)
	assert made.status_code == 200, made.text
	period = manager.get(f"/api/resource/P2HAM Period/{PERIOD}").json()["data"]
	participants = [*period["participants"], {"opd": name, "status": "Ready"}]
	put = manager.put(
		f"/api/resource/P2HAM Period/{PERIOD}",
		json={"participants": participants, "modified": period["modified"]},
	)
	assert put.status_code == 200, put.text
	return name


def resource(client, name) -> dict:
	response = client.get(f"/api/resource/P2HAM Assessment/{name}")
	assert response.status_code == 200, response.text
	return response.json()["data"]


def messages(response) -> str:
	return response.text


def test_from_draft_to_the_signed_sheet(http, people, unit):
	clerk, verifier = http(people("OPD Clerk", "DINKES")), http(people("P2HAM Verifier"))
	kabag, sekda = http(people("Kabag Hukum")), http(people("Sekda"))

	# The clerk starts the assessment and finds every question there.
	made = clerk.post("/api/resource/P2HAM Assessment", json={"period": PERIOD, "opd": unit})
	assert made.status_code == 200, made.text
	doc = made.json()["data"]
	name = doc["name"]
	assert name == f"{unit}-{PERIOD}"
	sheet = clerk.get("/api/method/p2ham.api.assessment.get_worksheet", params={"name": name}).json()[
		"message"
	]
	assert sheet["side"] == "self"
	assert [step["action"] for step in sheet["steps"]] == ["Submit"]

	# Submitting too early names what is missing.
	early = clerk.call("p2ham.api.assessment.take_step", name=name, action="Submit")
	assert early.status_code == 417
	assert doc["items"][0]["title"] in json.loads(json.loads(early.json()["_server_messages"])[0])["message"]

	# She answers everything and uploads real documents where they are wanted.
	for position, row in enumerate(doc["items"]):
		options = sheet["scales"][row["scale"]]["options"]
		row["self_answer"] = options[1 if position == 1 else 0]["label"]
	saved = clerk.put(f"/api/resource/P2HAM Assessment/{name}", json={"items": doc["items"]})
	assert saved.status_code == 200, saved.text
	for gap in clerk.get("/api/method/p2ham.api.assessment.get_worksheet", params={"name": name}).json()[
		"message"
	]["missing"]:
		assert gap["kind"] == "evidence"
		row = next(row for row in doc["items"] if row["code"] == gap["code"])
		slots = sheet["indicators"][row["indicator"]]["slots"]
		kind = next(slot["kind"] for slot in slots if slot["label"] == gap["slot"])
		values = {
			"assessment": name,
			"indicator": row["indicator"],
			"slot": gap["slot"],
			"title": gap["slot"],
		}
		if kind == "Link":
			values["url"] = "https://dinkes.empatlawang.example/layanan"
		else:
			image = kind == "Image"
			text = f"{gap['slot']} {unit}"
			content = make.make_png(text) if image else make.make_pdf([text])
			upload = clerk.post(
				"/api/method/upload_file",
				data={"is_private": 1},
				files={"file": (f"{gap['code']}.{'png' if image else 'pdf'}", io.BytesIO(content))},
			)
			assert upload.status_code == 200, upload.text
			values["file_url"] = upload.json()["message"]["file_url"]
		added = clerk.call("p2ham.api.evidence.add_to_assessment", **values)
		assert added.status_code == 200, added.text
	submitted = clerk.call("p2ham.api.assessment.take_step", name=name, action="Submit")
	assert submitted.status_code == 200, submitted.text
	assert submitted.json()["message"]["workflow_state"] == "Submitted"

	# Afterwards she changes nothing, and takes no step of others.
	row = resource(clerk, name)["items"][0]
	row["self_note"] = "susulan"
	refused = clerk.put(
		f"/api/resource/P2HAM Assessment/{name}", json={"items": [row, *resource(clerk, name)["items"][1:]]}
	)
	assert refused.status_code == 403
	for action in ("Review", "Return", "Approve"):
		assert (
			clerk.call("p2ham.api.assessment.take_step", name=name, action=action, note="x").status_code
			== 403
		)

	# The verifier gives the other side; Kabag Hukum reviews; Sekda approves.
	doc = resource(verifier, name)
	for row in doc["items"]:
		row["verified_answer"] = row["self_answer"]
	first = sheet["scales"][doc["items"][0]["scale"]]["options"]
	doc["items"][0]["verified_answer"] = first[1]["label"]
	doc["items"][0]["verified_note"] = "Foto tidak memperlihatkan ram."
	for use in doc["evidence_uses"]:
		use["verification"] = "Accepted"
	verified = verifier.put(
		f"/api/resource/P2HAM Assessment/{name}",
		json={"items": doc["items"], "evidence_uses": doc["evidence_uses"]},
	)
	assert verified.status_code == 200, verified.text
	assert verifier.call("p2ham.api.assessment.take_step", name=name, action="Review").status_code == 403
	assert kabag.call("p2ham.api.assessment.take_step", name=name, action="Review").status_code == 200
	assert kabag.call("p2ham.api.assessment.take_step", name=name, action="Approve").status_code == 403
	assert sekda.call("p2ham.api.assessment.take_step", name=name, action="Approve").status_code == 200
	doc = resource(sekda, name)
	assert (doc["workflow_state"], doc["docstatus"]) == ("Approved", 1)
	assert doc["self_score"] > doc["verified_score"] > 0

	# The scoreboard shows it to those who may see it, and not to others.
	def scoreboard(client):
		response = client.get(
			"/api/method/frappe.desk.query_report.run",
			params={"report_name": "P2HAM Scoreboard", "filters": json.dumps({"period": PERIOD})},
		)
		assert response.status_code == 200, response.text
		return {row["opd"]: row for row in response.json()["message"]["result"]}

	assert scoreboard(sekda)[unit]["verified_score"] == doc["verified_score"]
	assert unit in scoreboard(http(people("P2HAM Observer")))
	assert unit not in scoreboard(http(people("OPD Clerk", "DINSOS")))

	# The sheet prints as a PDF that names the unit and every question.
	pdf = sekda.get("/api/method/p2ham.api.documents.show?document=assessment_sheet", params={"name": name})
	assert pdf.headers["Content-Type"] == "application/pdf", pdf.text[:500]
	text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf.content)).pages)
	assert unit in text
	assert all(row["code"] in text for row in doc["items"])
	stranger = http(people("OPD Clerk", "DINSOS"))
	assert (
		stranger.get(
			"/api/method/p2ham.api.documents.show?document=assessment_sheet", params={"name": name}
		).status_code
		== 403
	)
	assert stranger.get(f"/api/resource/P2HAM Assessment/{name}").status_code == 403

	# An evidence file opens for the verifier by its address, not for a stranger nor for nobody.
	evidence = doc["evidence_uses"][0]["evidence"]
	url = sekda.get(f"/api/resource/P2HAM Evidence/{evidence}").json()["data"]["file"]
	if url:
		assert verifier.get(url).status_code == 200
		assert stranger.get(url).status_code == 403
		assert http(None).get(url).status_code in (403, 404)


class TestByRest:
	"""The bypasses that plain Frappe would leave open."""

	SUBMITTED = "DISDIKBUD-P2HAM-2024"

	def test_a_state_written_by_put_is_no_approval(self, http, people):
		for duty, opd in (("Sekda", ""), ("Kabag Hukum", ""), ("OPD Clerk", "DISDIKBUD")):
			for values in (
				{"workflow_state": "Approved"},
				{"docstatus": 1},
				{"workflow_state": "Approved", "docstatus": 1},
			):
				response = http(people(duty, opd)).put(
					f"/api/resource/P2HAM Assessment/{self.SUBMITTED}", json=values
				)
				assert response.status_code in (403, 417), (duty, values, response.text)

	def test_set_value_and_bulk_update_meet_the_same_guard(self, http, people):
		clerk = http(people("OPD Clerk", "DISDIKBUD"))
		single = clerk.call(
			"frappe.client.set_value",
			doctype="P2HAM Assessment",
			name=self.SUBMITTED,
			fieldname="verified_score",
			value=100,
		)
		assert single.status_code == 403
		bulk = clerk.call(
			"frappe.desk.doctype.bulk_update.bulk_update.submit_cancel_or_update_docs",
			doctype="P2HAM Assessment",
			docnames=json.dumps([self.SUBMITTED]),
			action="update",
			data=json.dumps({"verified_score": 100}),
		)
		doc = resource(http(people("Kabag Hukum")), self.SUBMITTED)
		assert doc["verified_score"] != 100, bulk.text
		assert doc["workflow_state"] == "Submitted"

	def test_a_child_row_is_not_written_past_its_document(self, http, people):
		clerk = http(people("OPD Clerk", "DISDIKBUD"))
		row = resource(clerk, self.SUBMITTED)["items"][0]
		response = clerk.call(
			"frappe.client.set_value",
			doctype="P2HAM Assessment Item",
			name=row["name"],
			fieldname="self_answer",
			value="Tidak",
		)
		assert response.status_code in (403, 417), response.text
		assert resource(clerk, self.SUBMITTED)["items"][0]["self_answer"] == row["self_answer"]

	def test_guests_get_nothing(self, http):
		guest = http(None)
		for path in (
			"/api/resource/P2HAM Assessment",
			f"/api/resource/P2HAM Assessment/{self.SUBMITTED}",
			"/api/resource/P2HAM OPD",
			"/api/method/p2ham.api.assessment.get_worksheet?name=" + self.SUBMITTED,
			"/api/method/p2ham.api.documents.show?document=assessment_sheet&name=" + self.SUBMITTED,
		):
			assert guest.get(path).status_code in (401, 403), path

	def test_counts_stay_within_the_scope(self, http, people, demo_site):
		stranger, manager = http(people("OPD Clerk", "DINSOS")), http(demo_site["manager"]["user"])
		for doctype, expected in (("P2HAM Assessment", 1), ("P2HAM OPD", 1), ("P2HAM Period", 2)):
			assert stranger.call("frappe.client.get_count", doctype=doctype).json()["message"] == expected
		assert manager.call("frappe.client.get_count", doctype="P2HAM Assessment").status_code == 403
		assert stranger.call("frappe.client.get_count", doctype="Language").json()["message"] > 1
		listed = stranger.get(
			"/api/method/frappe.desk.reportview.get_count", params={"doctype": "P2HAM Assessment"}
		)
		assert listed.json()["message"] == 1

	def test_rows_are_not_listed_past_their_document(self, http, people):
		stranger = http(people("OPD Clerk", "DINSOS"))
		for doctype in ("P2HAM Assessment Item", "P2HAM Assessment Score", "P2HAM Evidence Use"):
			response = stranger.call(
				"frappe.client.get_list",
				doctype=doctype,
				parent="P2HAM Assessment",
				fields=["name", "parent"],
				limit_page_length=0,
			)
			rows = response.json()["message"]
			assert rows, doctype
			assert {row["parent"] for row in rows} == {"DINSOS-P2HAM-2024"}, doctype

	def test_a_row_is_not_changed_or_deleted_past_its_document(self, http, people):
		"""Frappe's REST saves a row by itself, and its document sees no difference afterwards."""
		verifier = http(people("P2HAM Verifier"))
		for doctype, values in (
			("P2HAM Assessment Item", {"self_answer": "Tidak", "verified_points": 1}),
			("P2HAM Assessment Score", {"verified_score": 100}),
			("P2HAM Evidence Use", {"verification": "Accepted"}),
		):
			row = frappe.get_all(
				doctype, filters={"parent": self.SUBMITTED}, fields=["*"], order_by="idx", limit=1
			)[0]
			address = f"/api/resource/{doctype}/{row.name}"
			assert verifier.put(address, json=values).status_code == 403, doctype
			assert verifier.delete(address).status_code == 403, doctype
			frappe.db.rollback()
			assert frappe.get_doc(doctype, row.name).get("modified") == row.modified

	def test_steps_are_taken_by_post_only(self, http, people):
		response = http(people("Kabag Hukum")).get(
			"/api/method/p2ham.api.assessment.take_step",
			params={"name": self.SUBMITTED, "action": "Return", "note": "x"},
		)
		assert response.status_code == 403


def test_every_demo_login_works(http):
	for _who, user, password in build.logins():
		client = http(user, password)
		logged = client.get("/api/method/frappe.auth.get_logged_user").json()["message"]
		assert logged == user


def test_the_server_runs_this_checkout(http, demo_site):
	import p2ham

	versions = (
		http(demo_site["manager"]["user"]).get("/api/method/frappe.utils.change_log.get_versions").json()
	)
	assert versions["message"]["p2ham"]["version"] == p2ham.__version__
	assert os.environ["P2HAM_URL"]
	assert frappe.local.site
