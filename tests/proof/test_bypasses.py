"""The ways around Frappe's own guards, each shown twice: that it works on plain Frappe, and that it does not work here.

The plain half is a throw-away DocType of the same shape, with the same roles, rows, evidence and Workflow, and with User
Permissions, which are Frappe's own way of keeping units apart. It is what an app gets that relies on Frappe alone, and
so the reason why `p2ham.access` exists. The same request is then made against our documents.

Each bypass is a function that gets one of the two worlds, does what an attacker would do over HTTP, and says whether it
went through. `PLAIN` says what the running version of Frappe lets through where 15 and 16 differ.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import frappe
import pytest
from frappe.utils import add_days, cint, nowdate
from frappe.workflow.doctype.workflow_action.workflow_action import get_confirm_workflow_action_url

from p2ham.demo import build
from p2ham.demo import factories as make
from p2ham.engine import lifecycle
from p2ham.engine.duties import DUTIES, KABAG_HUKUM, OPD_CLERK, SEKDA

FRAPPE_16 = cint(frappe.__version__.split(".")[0]) >= 16
PERIOD = "P2HAM-2024"
# Whose assessment is in which state, in the demo.
UNIT_IN = {
	lifecycle.DRAFT: "KEC TEBING TINGGI",
	lifecycle.SUBMITTED: "DISDIKBUD",
	lifecycle.REVIEWED: "DINSOS",
	lifecycle.APPROVED: "DISDUKCAPIL",
}
# A clerk who has nothing to do with any of them, and a unit that has no assessment yet.
STRANGER, FREE_UNIT, FREE_UNITS_CLERK = "DPMPTSP", "RSP PENDOPO", "DINKES"


@dataclass
class World:
	"""Plain Frappe or ours: what the DocTypes are called, and documents in each state, with the same people."""

	assessment: str
	rows: str
	evidence: str
	report: str
	people: Callable
	client: Callable
	find: Callable
	manager: str  # may read no assessment at all

	def clerk(self, unit: str):
		return self.client(self.people(OPD_CLERK, unit))

	def holder(self, duty: str):
		return self.client(self.people(duty))

	def value(self, name: str, fieldname: str, doctype: str = ""):
		frappe.db.rollback()
		return frappe.db.get_value(doctype or self.assessment, name, fieldname)

	def row_of(self, name: str) -> str:
		frappe.db.rollback()
		return frappe.get_all(self.rows, filters={"parent": name}, pluck="name", order_by="idx", limit=1)[0]

	def evidence_of(self, unit: str, content: bytes | None = None) -> tuple[str, str, bytes]:
		"""Store a private file as evidence of a unit, as its clerk; return evidence, address and content."""
		content = content or make.make_pdf([secrets.token_hex(8)])
		clerk = self.clerk(unit)
		file = upload(clerk, content)["file_url"]
		values = {"title": "Rahasia", "opd": unit, "kind": "File", "file": file}
		made = clerk.post(f"/api/resource/{self.evidence}", json=values)
		assert made.status_code == 200, made.text
		return made.json()["data"]["name"], file, content


def upload(client, content: bytes, **fields) -> dict:
	answer = try_upload(client, content, **fields)
	assert answer.status_code == 200, answer.text
	return answer.json()["message"]


def try_upload(client, content: bytes, **fields):
	name = f"{secrets.token_hex(5)}.pdf"
	return client.post(
		"/api/method/upload_file",
		data={"is_private": 1, **fields},
		files={"file": (name, io.BytesIO(content))},
	)


def opens(client, file_url: str, content: bytes) -> bool:
	answer = client.get(file_url)
	return answer.status_code == 200 and answer.content == content


def opens_by_a_file_of_ones_own(client, file_url: str, content: bytes) -> bool:
	own = upload(client, make.make_pdf(["milik sendiri"]))["name"]
	client.put(f"/api/resource/File/{own}", json={"file_url": file_url})
	return opens(client, file_url, content)


def on_disk(file_url: str) -> Path:
	return Path(frappe.get_site_path(*file_url.strip("/").split("/")))


BYPASSES: list[Callable[[World], bool]] = []
# What plain Frappe lets through, where it is not simply everything.
PLAIN: dict[str, bool] = {}


def bypass(attack: Callable[[World], bool]) -> Callable[[World], bool]:
	BYPASSES.append(attack)
	return attack


def refused_by_frappe(attack: Callable[[World], bool]) -> Callable[[World], bool]:
	"""Frappe itself refuses this one, in every version or in the one that runs; ours must hold without it."""
	PLAIN[attack.__name__] = False
	return attack


def refused_by_frappe_16(attack: Callable[[World], bool]) -> Callable[[World], bool]:
	PLAIN[attack.__name__] = not FRAPPE_16
	return attack


# Workflow: the browser's fence, not the server's


@bypass
def edit_in_a_state_that_is_for_others_to_edit(world: World) -> bool:
	"""`allow_edit` of a Workflow's state is looked at by the browser only."""
	unit = UNIT_IN[lifecycle.SUBMITTED]
	name = world.find(lifecycle.SUBMITTED)
	world.clerk(unit).put(f"/api/resource/{world.assessment}/{name}", json={"return_note": "ubah"})
	return world.value(name, "return_note") == "ubah"


@bypass
def approve_ones_own_work_by_put(world: World) -> bool:
	"""Self-approval is refused by `apply_workflow` only, not when the state is written. Here Sekda has done the work
	himself."""
	sekda = world.people(SEKDA)
	name = world.find(lifecycle.REVIEWED)
	fields = {"owner": sekda, "submitted_by": sekda, "reviewed_by": sekda}
	frappe.db.set_value(world.assessment, name, fields, update_modified=False)
	frappe.db.commit()
	client = world.client(sekda)
	doc = client.get(f"/api/resource/{world.assessment}/{name}").json()["data"]
	by_the_button = client.call("frappe.model.workflow.apply_workflow", doc=json.dumps(doc), action="Approve")
	assert by_the_button.status_code != 200
	values = {"workflow_state": lifecycle.APPROVED, "docstatus": 1}
	client.put(f"/api/resource/{world.assessment}/{name}", json=values)
	return world.value(name, "workflow_state") == lifecycle.APPROVED


@bypass
def jump_over_the_states_between_by_submit(world: World) -> bool:
	"""`submit` goes to the first state with docstatus 1, from whatever draft state."""
	name = world.find(lifecycle.DRAFT)
	address = f"/api/resource/{world.assessment}/{name}?run_method=submit"
	world.holder(SEKDA).post(address)
	return world.value(name, "docstatus") == 1


@bypass
def approve_without_login_from_a_mail(world: World) -> bool:
	"""The links in the mails of a Workflow approve without login, so the mails must stay off."""
	sekda = world.people(SEKDA)
	name = world.find(lifecycle.REVIEWED)
	workflow = f"/api/resource/Workflow/{world.assessment}"
	administrator = world.client("Administrator")
	switched = administrator.put(workflow, json={"send_email_alert": 1})
	if switched.status_code != 200:
		return False
	administrator.put(workflow, json={"send_email_alert": 0})  # what follows must not queue mails
	link = get_confirm_workflow_action_url(frappe.get_doc(world.assessment, name), "Approve", sekda)
	world.client(None).get("/" + link.split("/", 3)[3])
	return world.value(name, "workflow_state") == lifecycle.APPROVED


@bypass
def bring_stamps_and_results_along(world: World) -> bool:
	"""An insert stores every field that the client sends, read-only ones too."""
	sent = {"self_score": 100, "approved_by": "Administrator", "review_note": "Sudah diperiksa."}
	values = {"opd": FREE_UNIT, "period": PERIOD, **sent}
	made = world.clerk(FREE_UNITS_CLERK).post(f"/api/resource/{world.assessment}", json=values)
	assert made.status_code == 200, made.text
	name = made.json()["data"]["name"]
	stored = world.value(name, list(sent))
	forget(world, name)
	return list(stored) == list(sent.values())


@bypass
@refused_by_frappe
def begin_in_a_later_state(world: World) -> bool:
	"""New and imported documents enter only in the first state."""
	values = {"opd": FREE_UNIT, "period": PERIOD, "workflow_state": lifecycle.REVIEWED}
	made = world.clerk(FREE_UNITS_CLERK).post(f"/api/resource/{world.assessment}", json=values)
	if made.status_code != 200:
		return False
	name = made.json()["data"]["name"]
	state = world.value(name, "workflow_state")
	forget(world, name)
	return state != lifecycle.DRAFT


@bypass
def be_born_submitted(world: World) -> bool:
	"""`docstatus` comes from the client as well; whoever may create and submit skips every step."""
	values = {"opd": FREE_UNIT, "period": PERIOD, "docstatus": 1, "workflow_state": lifecycle.DRAFT}
	made = world.client("Administrator").post(f"/api/resource/{world.assessment}", json=values)
	if made.status_code != 200:
		return False
	name = made.json()["data"]["name"]
	born = world.value(name, "docstatus")
	forget(world, name)
	return born == 1


def forget(world: World, name: str) -> None:
	"""Remove by SQL what no request can remove."""
	for table in frappe.get_meta(world.assessment).get_table_fields():
		frappe.db.delete(table.options, {"parent": name})
	frappe.db.delete("P2HAM Assessment Log", {"assessment": name})
	frappe.db.delete(world.assessment, {"name": name})
	frappe.db.commit()


# Rows of a child table


@bypass
def change_a_row_past_its_document(world: World) -> bool:
	"""REST saves a row by itself; its document then sees no difference to what is stored."""
	unit = UNIT_IN[lifecycle.SUBMITTED]
	row = world.row_of(world.find(lifecycle.SUBMITTED))
	world.clerk(unit).put(f"/api/resource/{world.rows}/{row}", json={"self_note": "ubah"})
	return world.value(row, "self_note", world.rows) == "ubah"


@bypass
def delete_a_row_past_its_document(world: World) -> bool:
	unit = UNIT_IN[lifecycle.SUBMITTED]
	row = world.row_of(world.find(lifecycle.SUBMITTED))
	world.clerk(unit).delete(f"/api/resource/{world.rows}/{row}")
	return not world.value(row, "name", world.rows)


@bypass
def list_rows_of_documents_one_may_not_read(world: World) -> bool:
	"""Rows have no rights of their own: who may read the DocType they belong to may list them all."""
	name = world.find(lifecycle.SUBMITTED)
	clerk = world.clerk(STRANGER)
	assert clerk.get(f"/api/resource/{world.assessment}/{name}").status_code == 403
	listed = clerk.get(
		f"/api/resource/{world.rows}",
		params={"parent": world.assessment, "filters": json.dumps({"parent": name})},
	)
	return bool(listed.json().get("data"))


@bypass
def read_one_row_of_a_document_one_may_not_read(world: World) -> bool:
	"""Of a row that is loaded alone Frappe does not know the document, and asks for the DocType only."""
	row = world.row_of(world.find(lifecycle.SUBMITTED))
	return world.clerk(STRANGER).get(f"/api/resource/{world.rows}/{row}").status_code == 200


# Who sees what


@bypass
def see_everything_for_want_of_a_user_permission(world: World) -> bool:
	"""User Permissions fail open: somebody with the role and without any sees every unit."""
	nobody = "uji.peran@empatlawang.example"
	client = world.client(nobody)
	world.find(lifecycle.SUBMITTED)
	frappe.get_doc("User", nobody).add_roles(OPD_CLERK)
	frappe.db.commit()
	return bool(client.get(f"/api/resource/{world.assessment}").json().get("data"))


@bypass
def count_what_one_may_not_see(world: World) -> bool:
	"""`frappe.client.get_count` asks for no right at all. A P2HAM Manager may not read assessments."""
	counted = world.client(world.manager).call("frappe.client.get_count", doctype=world.assessment)
	return bool(counted.json().get("message"))


@bypass
def read_totals_of_all_units_in_a_report(world: World) -> bool:
	"""A report's own query knows no User Permission; Frappe filters rows by their Link columns afterwards, totals
	never."""
	answer = world.clerk(STRANGER).call(
		"frappe.desk.query_report.run", report_name=world.report, filters=json.dumps({"period": PERIOD})
	)
	assert answer.status_code == 200, answer.text
	return UNIT_IN[lifecycle.SUBMITTED] in json.dumps(answer.json()["message"])


@bypass
def share_with_somebody_without_any_right(world: World) -> bool:
	"""A share passes by roles, User Permissions and query conditions, and by a has_permission hook as well."""
	name = world.find(lifecycle.SUBMITTED)
	manager = world.manager
	world.holder(KABAG_HUKUM).call(
		"frappe.share.add", doctype=world.assessment, name=name, user=manager, read=1
	)
	return world.client(manager).get(f"/api/resource/{world.assessment}/{name}").status_code == 200


@bypass
def share_in_silence_by_assigning(world: World) -> bool:
	"""Who is assigned a document that he may not read gets a share of it."""
	name = world.find(lifecycle.SUBMITTED)
	manager = world.manager
	world.holder(KABAG_HUKUM).call(
		"frappe.desk.form.assign_to.add",
		doctype=world.assessment,
		name=name,
		assign_to=json.dumps([manager]),
		description="x",
	)
	return world.client(manager).get(f"/api/resource/{world.assessment}/{name}").status_code == 200


@bypass
def read_a_title_by_a_link(world: World) -> bool:
	"""`get_link_title` gives the title of any document, whoever asks."""
	name, _file, _content = world.evidence_of(UNIT_IN[lifecycle.DRAFT])
	answer = world.clerk(STRANGER).call(
		"frappe.desk.search.get_link_title", doctype=world.evidence, docname=name
	)
	return answer.json().get("message") == "Rahasia"


@bypass
def leave_a_mark_on_what_one_may_not_read(world: World) -> bool:
	"""A like is written without asking for a right, with a comment beside it."""
	name = world.find(lifecycle.SUBMITTED)
	stranger = world.people(OPD_CLERK, STRANGER)
	world.client(stranger).call(
		"frappe.desk.like.toggle_like", doctype=world.assessment, name=name, add="Yes"
	)
	return stranger in (world.value(name, "_liked_by") or "")


@bypass
def comment_on_what_one_pretends_to_be_ones_own(world: World) -> bool:
	"""Methods run on a document as the client sends it: one that says it is new, and of one's own unit, but has the
	name of another's."""
	name = world.find(lifecycle.SUBMITTED)
	values = {"opd": STRANGER, "period": PERIOD, "workflow_state": lifecycle.DRAFT, "__islocal": 1}
	pretended = {"doctype": world.assessment, "name": name, **values}
	data = {"method": "add_comment", "docs": json.dumps(pretended), "args": json.dumps({"text": "palsu"})}
	world.clerk(STRANGER).post("/api/method/run_doc_method", data=data)
	frappe.db.rollback()
	return bool(frappe.db.exists("Comment", {"reference_name": name, "content": "palsu"}))


@bypass
def learn_names_through_what_they_are_linked_to(world: World) -> bool:
	"""Frappe lists what is submitted and linked to a document to everybody who asks."""
	name = world.find(lifecycle.APPROVED)
	answer = world.client(world.manager).call(
		"frappe.desk.form.linked_with.get_submitted_linked_docs", doctype="P2HAM Period", name=PERIOD
	)
	return name in answer.text


@bypass
def rename_what_is_not_to_be_renamed(world: World) -> bool:
	"""`frappe.rename_doc` takes `force` from the client: `allow_rename` does not matter then, and what is sealed
	points somewhere else."""
	name, _file, _content = world.evidence_of(UNIT_IN[lifecycle.DRAFT])
	data = {"doctype": world.evidence, "old": name, "new": f"{name}-lain", "force": 1}
	world.clerk(UNIT_IN[lifecycle.DRAFT]).post("/api/method/frappe.rename_doc", data=data)
	return not world.value(name, "name", world.evidence)


# Files


@bypass
@refused_by_frappe_16
def attach_a_file_to_what_one_may_not_change(world: World) -> bool:
	"""Frappe 15 asks whether the document may be written and does not look at the answer."""
	name = world.find(lifecycle.SUBMITTED)
	content = make.make_pdf([secrets.token_hex(8)])
	try_upload(world.clerk(STRANGER), content, doctype=world.assessment, docname=name)
	frappe.db.rollback()
	attached = {"attached_to_doctype": world.assessment, "attached_to_name": name}
	return bool(frappe.db.exists("File", attached))


@bypass
def turn_ones_own_file_into_another(world: World) -> bool:
	"""So does a File of one's own whose address is changed afterwards."""
	_name, file, content = world.evidence_of(UNIT_IN[lifecycle.DRAFT])
	return opens_by_a_file_of_ones_own(world.clerk(STRANGER), file, content)


@bypass
def spell_the_address_differently(world: World) -> bool:
	"""The disk does not mind a second slash; a comparison of texts does."""
	_name, file, content = world.evidence_of(UNIT_IN[lifecycle.DRAFT])
	return opens_by_a_file_of_ones_own(world.clerk(STRANGER), file.replace("/files/", "/files//"), content)


@bypass
def fetch_a_file_through_a_field_of_ones_own(world: World) -> bool:
	"""Frappe makes a File, without asking, of every address that stands in an Attach field: one's own portrait, say."""
	_name, file, content = world.evidence_of(UNIT_IN[lifecycle.DRAFT])
	stranger = world.people(OPD_CLERK, STRANGER)
	clerk = world.client(stranger)
	portrait = {"doctype": "User", "name": stranger, "fieldname": "user_image"}
	clerk.call("frappe.client.set_value", **portrait, value=file)
	read = opens(clerk, file, content)
	clerk.call("frappe.client.set_value", **portrait, value="")
	return read


@bypass
def overwrite_a_file_by_a_pretended_one(world: World) -> bool:
	"""Methods run on a document as the client sends it: `optimize_file` of a File that says it is one's own writes
	where that File says."""
	image = make.make_png(secrets.token_hex(8))
	file = upload_image(world.clerk(UNIT_IN[lifecycle.DRAFT]), image)
	unit = UNIT_IN[lifecycle.DRAFT]
	values = {"title": "Foto", "opd": unit, "kind": "File", "file": file}
	made = world.clerk(unit).post(f"/api/resource/{world.evidence}", json=values)
	assert made.status_code == 200, made.text
	stranger = world.people(OPD_CLERK, STRANGER)
	pretended = {
		**{"doctype": "File", "name": "new-file", "__islocal": 1, "owner": stranger, "is_private": 1},
		**{"file_name": Path(file).name, "file_url": file, "file_size": 10, "content": secrets.token_hex(8)},
	}
	world.client(stranger).post(
		"/api/method/run_doc_method", data={"method": "optimize_file", "docs": json.dumps(pretended)}
	)
	return on_disk(file).read_bytes() != image


def upload_image(client, content: bytes) -> str:
	files = {"file": (f"{secrets.token_hex(5)}.png", io.BytesIO(content))}
	answer = client.post("/api/method/upload_file", data={"is_private": 1}, files=files)
	assert answer.status_code == 200, answer.text
	return answer.json()["message"]["file_url"]


@bypass
def read_ones_upload_for_ever(world: World) -> bool:
	"""Who uploaded a file reads it for ever, whatever he may still read otherwise."""
	client, file, content = former_uploader(world)
	return opens(client, file, content)


@bypass
def delete_ones_upload_for_ever(world: World) -> bool:
	"""And deletes it."""
	client, file, _content = former_uploader(world)
	frappe.db.rollback()
	client.delete(f"/api/resource/File/{frappe.db.get_value('File', {'file_url': file})}")
	return not on_disk(file).exists()


@bypass
def publish_a_file_of_a_private_document(world: World) -> bool:
	"""A public file opens for anybody who has its address, whatever document it belongs to."""
	unit = UNIT_IN[lifecycle.DRAFT]
	name, _file, _content = world.evidence_of(unit)
	content = make.make_pdf([secrets.token_hex(8)])
	answer = try_upload(world.clerk(unit), content, is_private=0, doctype=world.evidence, docname=name)
	return answer.status_code == 200 and opens(
		world.client(None), answer.json()["message"]["file_url"], content
	)


@pytest.mark.parametrize("attack", BYPASSES, ids=lambda attack: attack.__name__)
def test_plain_frappe_lets_it_through_and_ours_does_not(attack, plain, ours):
	assert attack(plain) is PLAIN.get(attack.__name__, True), (
		"plain Frappe behaves differently than this file says"
	)
	assert attack(ours) is False


def test_no_mail_of_the_workflow_was_ever_made(ours):
	"""The demo has been through every step; a link that approves without login would stand in a mail."""
	assert not frappe.get_all("Email Queue", filters={"reference_doctype": ours.assessment}, limit=1)
	assert not frappe.db.get_value("Workflow", ours.assessment, "send_email_alert")


# What the app closes for every DocType of the site. On this site nothing shows plain Frappe any more, so these are
# done in this process, first without the app's hooks.


def copy_a_private_file_by_its_address(world: World) -> bool:
	"""A File with the address of a stored file is the stored file, and its owner reads it."""
	_name, file, _content = world.evidence_of(UNIT_IN[lifecycle.DRAFT])
	with make.acting_as(world.people(OPD_CLERK, STRANGER)):
		copy = frappe.get_doc({"doctype": "File", "file_url": file, "is_private": 1}).insert()
		return copy.is_downloadable()


def destroy_a_file_that_one_may_only_read(world: World) -> bool:
	"""Deleting a copy leaves the stored file alone while another File has the same hash; and a hash can be written."""
	_name, file, _content = world.evidence_of(UNIT_IN[lifecycle.DRAFT])
	with make.acting_as(world.people(KABAG_HUKUM)):
		copy = frappe.get_doc({"doctype": "File", "file_url": file, "is_private": 1}).insert()
		copy.content_hash = "lain"
		copy.save()
		copy.delete()
	return not on_disk(file).exists()


def read_any_field_as_a_password(world: World) -> bool:
	"""`frappe.client.get_password` gives a System Manager every field that is no password, of every document."""
	command = "frappe.client.get_password"
	served = frappe.get_hooks("override_whitelisted_methods").get(command, [command])[-1]
	with make.acting_as("uji.sistem@empatlawang.example"):
		return bool(frappe.get_attr(served)(world.assessment, world.find(lifecycle.SUBMITTED), "opd"))


@pytest.mark.parametrize(
	"attack",
	[
		copy_a_private_file_by_its_address,
		destroy_a_file_that_one_may_only_read,
		read_any_field_as_a_password,
	],
	ids=lambda attack: attack.__name__,
)
def test_what_the_app_closes_for_the_whole_site(attack, ours):
	with without_the_app():
		assert attack(ours)
	frappe.db.rollback()
	with contextlib.suppress(frappe.PermissionError):
		assert not attack(ours)


@contextlib.contextmanager
def without_the_app() -> Iterator[None]:
	"""Frappe as it is without the app's hooks, in this process."""
	complete = frappe.get_hooks

	def plain(*args, **kwargs):
		return stripped(complete(*args, **kwargs))

	frappe.get_hooks = plain
	forget_hooks()
	try:
		yield
	finally:
		frappe.get_hooks = complete
		forget_hooks()


def stripped(hooks):
	if isinstance(hooks, dict):
		found = {key: stripped(value) for key, value in hooks.items()}
		return frappe._dict({key: value for key, value in found.items() if value})
	if isinstance(hooks, list):
		return [value for value in hooks if not str(value).startswith("p2ham.")]
	return hooks


def forget_hooks() -> None:
	frappe.controllers.pop(frappe.local.site, None)
	if hasattr(frappe.local, "doc_events_hooks"):
		del frappe.local.doc_events_hooks


# The two worlds


@pytest.fixture(scope="module")
def people(demo_site) -> Callable:
	return lambda duty, opd="": build.officer(demo_site, duty, opd)


@pytest.fixture(scope="module")
def client(http) -> Callable:
	"""Clients by login; some people exist for these tests only."""
	make.create_user("uji.sistem@empatlawang.example", "Uji Sistem", build.PASSWORD, ("System Manager",))
	make.create_user("uji.peran@empatlawang.example", "Uji Peran", build.PASSWORD)
	frappe.db.commit()
	password = os.environ["P2HAM_ADMIN_PASSWORD"]
	return lambda user: http(user, password) if user == "Administrator" else http(user)


@pytest.fixture(scope="module")
def ours(demo_site, people, client) -> World:
	return World(
		assessment="P2HAM Assessment",
		rows="P2HAM Assessment Item",
		evidence="P2HAM Evidence",
		report="P2HAM Scoreboard",
		people=people,
		client=client,
		find=lambda state: f"{UNIT_IN[state]}-{PERIOD}",
		manager=demo_site["manager"]["user"],
	)


@pytest.fixture(scope="module")
def plain(demo_site, people, client) -> World:
	"""The throw-away world: same fields, same rights (and those to share and delete, which apps usually give), same
	Workflow, and a User Permission for everybody who belongs to a unit."""
	make_doctypes()
	make_workflow()
	make_report()
	for officer in demo_site["officers"]:
		if officer.get("opd"):
			for doctype in (PLAIN_ASSESSMENT, PLAIN_EVIDENCE):
				restrict(officer["user"], officer["opd"], doctype)
	frappe.db.commit()
	frappe.clear_cache()
	return World(
		assessment=PLAIN_ASSESSMENT,
		rows=PLAIN_ROWS,
		evidence=PLAIN_EVIDENCE,
		report=PLAIN_REPORT,
		people=people,
		client=client,
		find=lambda state: make_plain(state, people),
		manager=demo_site["manager"]["user"],
	)


PLAIN_ASSESSMENT, PLAIN_ROWS, PLAIN_EVIDENCE = "Uji Penilaian", "Uji Butir", "Uji Bukti"
PLAIN_REPORT = "Uji Laporan"


def make_doctypes() -> None:
	"""Copy the fields and rights of ours that the bypasses need."""
	make_doctype(PLAIN_ROWS, fields_of("P2HAM Assessment Item", "self_answer", "self_note"), istable=1)
	make_doctype(
		PLAIN_ASSESSMENT,
		[
			*fields_of(
				"P2HAM Assessment",
				*("opd", "period", "workflow_state", "self_score", "return_note", "review_note"),
				*("submitted_by", "reviewed_by", "approved_by"),
			),
			{"fieldname": "items", "fieldtype": "Table", "options": PLAIN_ROWS, "label": "Items"},
		],
		rights_of("P2HAM Assessment"),
		is_submittable=1,
	)
	make_doctype(
		PLAIN_EVIDENCE,
		fields_of("P2HAM Evidence", "title", "opd", "kind", "file"),
		rights_of("P2HAM Evidence"),
		title_field="title",
		show_title_field_in_link=1,
	)


def make_doctype(name: str, fields: list[dict], permissions: list[dict] | None = None, **values) -> None:
	frappe.get_doc(
		{
			"doctype": "DocType",
			"name": name,
			"module": "Custom",
			"custom": 1,
			"naming_rule": "Random",
			"autoname": "hash",
			"fields": fields,
			"permissions": permissions or [],
			**values,
		}
	).insert()


def fields_of(doctype: str, *names: str) -> list[dict]:
	meta = frappe.get_meta(doctype)
	kept = ("fieldname", "fieldtype", "label", "options", "read_only")
	return [{key: meta.get_field(name).get(key) for key in kept} for name in names]


def rights_of(doctype: str) -> list[dict]:
	rights = ("read", "write", "create", "submit", "cancel", "amend", "report", "export", "print", "email")
	return [
		{"role": row.role, **{right: row.get(right) for right in rights}, "share": 1, "delete": row.write}
		for row in frappe.get_meta(doctype).permissions
	]


def make_workflow() -> None:
	"""The same states and steps as ours, and nobody approves his own work."""
	frappe.get_doc(
		{
			"doctype": "Workflow",
			"workflow_name": PLAIN_ASSESSMENT,
			"document_type": PLAIN_ASSESSMENT,
			"workflow_state_field": "workflow_state",
			"is_active": 1,
			"send_email_alert": 0,
			"states": [
				{"state": state.name, "doc_status": str(state.docstatus), "allow_edit": role}
				for state in lifecycle.STATES
				for role in state.editors
			],
			"transitions": [
				{
					"state": step.source,
					"action": step.action,
					"next_state": step.target,
					"allowed": duty,
					"allow_self_approval": 0,
				}
				for step in lifecycle.TRANSITIONS
				for duty in step.duties
			],
		}
	).insert()


def make_report() -> None:
	frappe.get_doc(
		{
			"doctype": "Report",
			"report_name": PLAIN_REPORT,
			"ref_doctype": PLAIN_ASSESSMENT,
			"report_type": "Query Report",
			"is_standard": "No",
			"query": f"select opd as 'Units:Data:200', count(*) as 'Count:Int:80' from `tab{PLAIN_ASSESSMENT}` group by opd",
			"roles": [{"role": role} for role in DUTIES],
		}
	).insert()


def restrict(user: str, unit: str, doctype: str) -> None:
	frappe.get_doc(
		{
			"doctype": "User Permission",
			"user": user,
			"allow": "P2HAM OPD",
			"for_value": unit,
			"apply_to_all_doctypes": 0,
			"applicable_for": doctype,
		}
	).insert()


def make_plain(state: str, people: Callable) -> str:
	"""A new plain document of the unit whose assessment of ours is in this state."""
	unit = UNIT_IN[state]
	with make.acting_as(people(OPD_CLERK, unit)):
		doc = frappe.get_doc(
			{
				"doctype": PLAIN_ASSESSMENT,
				"opd": unit,
				"period": PERIOD,
				"items": [{"self_answer": "Ada", "self_note": "asli"}, {"self_answer": "Tidak"}],
			}
		).insert()
	docstatus = next(info.docstatus for info in lifecycle.STATES if info.name == state)
	doc.db_set({"workflow_state": state, "docstatus": docstatus})
	frappe.db.commit()
	return doc.name


def former_uploader(world: World):
	"""Somebody who was a clerk, uploaded evidence of his unit, and is not a clerk any more."""
	unit = UNIT_IN[lifecycle.DRAFT]
	user = make.create_user(f"uji.{secrets.token_hex(4)}@empatlawang.example", "Uji Mantan", build.PASSWORD)
	officer = make.create_officer(user, "Uji Mantan", OPD_CLERK, unit)
	frappe.db.commit()
	client, content = world.client(user), make.make_pdf([secrets.token_hex(8)])
	file = upload(client, content)["file_url"]
	values = {"title": "Rahasia", "opd": unit, "kind": "File", "file": file}
	made = client.post(f"/api/resource/{world.evidence}", json=values)
	assert made.status_code == 200, made.text
	record = frappe.get_doc("P2HAM Officer", officer)
	record.to_date = add_days(nowdate(), -1)
	record.save()
	frappe.db.commit()
	assert client.get(f"/api/resource/{world.evidence}/{made.json()['data']['name']}").status_code == 403
	return client, file, content
