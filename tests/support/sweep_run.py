"""Sending the requests of a sweep, and looking at what comes back: markers, calculated SQL, answers that depend on a
hidden text, and rows that somebody changed."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import os
import re
import socket
import time
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import frappe
import pypdf
import requests
from clients import Client
from sweep_values import PRODUCT
from sweep_victim import FOR_SOME_EYES, Victim
from way_back import Change, Point, forget

from p2ham.demo import build


@dataclass(frozen=True)
class Call:
	"""One request; `door` says what it asks, `about` the DocType of the record that it names."""

	door: str
	verb: str
	path: str
	data: dict
	about: str = ""
	as_json: bool = False

	def __str__(self):
		return f"{self.verb} {self.path} {json.dumps(self.data, default=str)[:600]}"


@dataclass
class Person:
	"""Who asks: `share` of n makes every n-th request of each door, from another `first` one. `reads`: DocTypes of ours that he may read all the same,
	with the markers in them (FOR_SOME_EYES, by his `roles`), and so comment on."""

	who: str
	user: str | None
	roles: tuple[str, ...] = ()
	share: int = 1
	first: int = 0
	keeps_master_data: bool = False
	reads: tuple[str, ...] = ()

	@property
	def is_guest(self) -> bool:
		return self.user is None


@dataclass
class Findings:
	"""What came out of a sweep. `answers`: by door, how often each status and kind of error was the answer."""

	requests: int = 0
	people: int = 0
	seconds: float = 0
	shown: list[str] = field(default_factory=list)
	changed: list[str] = field(default_factory=list)
	depends: list[str] = field(default_factory=list)
	answers: dict[str, Counter] = field(default_factory=lambda: defaultdict(Counter))

	def figure(self, doors: int, kind: str) -> str:
		return f"{doors} {kind}, {self.requests} requests by {self.people} people in {self.seconds:.0f} s"

	def never_called(self) -> dict[str, str]:
		"""Return the doors all of whose answers were about wrong arguments, or errors: with what they said."""
		return {
			door: ", ".join(sorted(answers))
			for door, answers in self.answers.items()
			if all(re.match(NOT_CALLED, answer) for answer in answers)
		}


# What is answered where a function could not do what it is for: errors of the server, and wrong arguments.
NOT_CALLED = (
	r"5\d\d|4\d\d (\w*TypeError|ImportError|AttributeError|AppNotInstalledError|DoesNotExistError)|40[45]"
)


@dataclass(frozen=True)
class NotSwept:
	"""What tests/proof/not_swept.json says: by name of the door, why it is `left_out`, or why it is asked and could not be
	called (`not_called`), or what it changes or tells, and why that is no finding (`by_design`). What is there in one version
	of Frappe only stands under its number."""

	left_out: dict[str, str]
	not_called: dict[str, str]
	by_design: dict[str, str]

	@classmethod
	def read(cls) -> NotSwept:
		stored = json.loads(LIST.read_text())
		version = frappe.__version__.partition(".")[0]
		return cls(**{key: {**stored[key]["any"], **stored[key].get(version, {})} for key in stored})

	def names(self) -> set[str]:
		return {*self.left_out, *self.not_called, *self.by_design}


LIST = Path(__file__).parents[1] / "proof" / "not_swept.json"


class Sweep:
	"""Requests of people, and what is found in the answers."""

	def __init__(self, victim: Victim, point: Point, base: str):
		self.victim, self.point, self.base = victim, point, base
		self.found = Findings()
		self.wrong = "kata" + "z" * (len(victim.word) - 4)
		self.forms = {place: forms(text) for place, text in victim.markers.items()}
		self.forms["calculated SQL"] = [PRODUCT]
		self.word = re.compile(rf"{victim.word}(?![-.])")
		self.by_design = NotSwept.read().by_design

	def anew(self) -> Sweep:
		"""Return a sweep of the same victim that has found nothing yet."""
		return Sweep(self.victim, self.point, self.base)

	def run(self, person: Person, doors: Iterable[tuple[str, list[Call]]]) -> Findings:
		"""Let somebody make the requests of these doors; return what has been found until now."""
		begin = time.monotonic()
		self.found.people += 1
		self.person, self.client = person, self.login(person)
		for number, (_door, calls) in enumerate(doors):
			chosen = calls[:1] if person.is_guest and not calls[0].about.startswith("guest") else calls
			for call in self.every(chosen, number):
				self.make(call)
			self.look_for_changes(calls)
		self.found.seconds += time.monotonic() - begin
		return self.found

	def seen_by(
		self, user: str, password: str, doors: Iterable[tuple[str, list[Call]]], wanted: set[str]
	) -> set[str]:
		"""Return what these requests show to somebody who may read it, until he has seen all that is wanted."""
		self.person = Person(user, user)
		self.client, seen = Client(self.base).login(user, password), set()
		with nothing_leaves():
			for _door, calls in doors:
				for call in calls:
					seen |= self.shown(call, self.ask(call))
				put_back(self.point)
				if wanted <= seen:
					break
		return seen

	def every(self, calls: list[Call], number: int) -> list[Call]:
		"""Return the requests that this person makes of a door: what it is made for, and his share of the others."""
		share = self.person.share * int(os.environ.get("P2HAM_SWEEP_PART") or 1)
		return [calls[0], *calls[1 + (number + self.person.first) % share :: share]]

	def login(self, person: Person) -> Client:
		client = Client(self.base)
		return client.login(person.user, build.PASSWORD) if person.user else client

	def make(self, call: Call) -> None:
		response = self.ask(call)
		self.found.requests += 1
		self.found.answers[call.door][verdict(response)] += 1
		places = self.shown(call, response)
		if places:
			self.report(self.found.shown, f"{self.person.who}: {call}\n    shows {sorted(places)}")
		if self.word.search(json.dumps(call.data)) and not self.may(call) and call.door not in self.by_design:
			self.compare(call, response)
		if self.person.user and response.cookies.get("sid") == "Guest":
			self.client = self.login(self.person)

	@staticmethod
	def report(where: list[str], line: str) -> None:
		where.append(line)

	def may(self, call: Call) -> bool:
		return call.about in self.person.reads

	def ask(self, call: Call):
		"""Send a request as the desk does: a form, whose values are JSON where they are not plain. "{me}" is who asks."""
		me = self.person.user or "Guest"
		data = {
			key: (value if isinstance(value, str) else json.dumps(value)).replace("{me}", me)
			for key, value in call.data.items()
			if value is not None
		}
		if call.verb in ("GET", "DELETE"):
			return self.client.request(call.verb, call.path, allow_redirects=False, params=data)
		body = {"json": call.data} if call.as_json else {"data": data}
		return self.client.request(call.verb, call.path, allow_redirects=False, **body)

	def shown(self, call: Call, response) -> set[str]:
		"""Return the markers that an answer shows; one that the request itself names proves nothing."""
		asked, answer = f"{call.path} {json.dumps(call.data)}", readable(response)
		return {
			place
			for place, ways in self.forms.items()
			if any(way in answer for way in ways)
			and ways[0] not in asked
			and not set(FOR_SOME_EYES.get(place, ())).intersection(self.person.roles)
		}

	def compare(self, call: Call, response) -> None:
		"""Ask for a text that is nowhere, too: who cannot read must not be told which of the two is there."""
		data = json.loads(self.word.sub(self.wrong, json.dumps(call.data)))
		twin = Call(call.door, call.verb, call.path, data, call.about, call.as_json)
		self.found.requests += 1
		answers = [self.comparable(response), self.comparable(self.ask(twin))]
		if (
			answers[0] != answers[1]
			and self.comparable(self.ask(call)) == answers[0]
			and self.comparable(self.ask(twin)) == answers[1]
		):
			self.report(
				self.found.depends,
				f"{self.person.who}: {call}\n    answers {answers[0][:300]!r}\n    otherwise {answers[1][:300]!r}",
			)

	def comparable(self, response) -> str:
		with contextlib.suppress(ValueError):
			body = response.json()
			if isinstance(body, dict):
				body = {key: value for key, value in body.items() if key not in ("exc", "_exc_source")}
				return f"{response.status_code} {self.without_word(json.dumps(body, sort_keys=True))}"
		return f"{response.status_code} {self.without_word(response.text)}"

	def without_word(self, text: str) -> str:
		text = text.replace(self.victim.word, "").replace(self.wrong, "")
		return re.sub(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?|[0-9a-f]{40,}", "", text)

	# Changes

	def look_for_changes(self, calls: list[Call]) -> None:
		"""Name rows that this person had no right to change, and put everything watched back."""
		found = put_back(self.point)
		wrong = [change for change in found if not self.is_rightful(change)]
		if wrong and calls[0].door not in self.by_design:
			lines = "; ".join(sorted({str(change) for change in wrong})[:6])
			self.report(
				self.found.changed, f"{self.person.who}: {calls[0].door} ({len(calls)} requests): {lines}"
			)

	def is_rightful(self, change: Change) -> bool:
		"""Tell whether a person may have changed this: what he keeps, said about what he reads, or has made himself."""
		if self.person.keeps_master_data and change.doctype in KEPT:
			return True
		return self.says(change) or self.is_own(change) or self.administers(change)

	def says(self, change: Change) -> bool:
		row = change.row or change.before
		if not {change.doctype, *(row.get(key) for key in ABOUT)}.intersection(self.person.reads):
			return False
		said = bool(change.before and change.row) and {*change.fields} <= {
			"_comments",
			"_liked_by",
			"_user_tags",
		}
		return said or change.doctype in SAID

	def is_own(self, change: Change) -> bool:
		user = self.person.user or "Guest"
		row = change.row or change.before
		if change.doctype in ABOUT_A_USER and user in (row["name"], row.get("parent"), row.get("share_name")):
			return self.is_ones_own_record(change)
		if change.before is None:
			return row.get("owner") == user and not self.names_the_victim(row)
		return not change.table.startswith("tabP2HAM") and change.before.get("owner") == user

	@staticmethod
	def is_ones_own_record(change: Change) -> bool:
		"""Whose duty is over loses the role when he logs in, and anybody may share his own user; nobody gives himself a
		role or a key."""
		if change.doctype == "DocShare":
			return True
		if change.doctype == "Has Role":
			return change.row is None
		return bool(change.before and change.row) and not {*change.fields} & {"enabled", "api_key"}

	def administers(self, change: Change) -> bool:
		if "System Manager" not in self.person.roles or change.table.startswith("tabP2HAM"):
			return False
		return not self.names_the_victim(change.row or change.before)

	def names_the_victim(self, row: dict) -> bool:
		names = {target.name for target in self.victim.targets}
		named = [value for key, value in row.items() if key not in OWN_NAME and isinstance(value, str)]
		of_a_report = "Report" in (row.get("parenttype"), row.get("ref_doctype"))
		return not of_a_report and not names.isdisjoint(named)


ABOUT = (
	"name",
	"reference_doctype",
	"reference_name",
	"document_type",
	"document_name",
	"ref_doctype",
	"ref_docname",
)
ABOUT_A_USER = ("User", "Has Role", "DocShare")
OWN_NAME = ("name", "folder", "file_name", "old_parent", "title", "report_name", "label", "json")
SAID = ("Comment", "Tag Link", "Document Follow")
KEPT = (
	*(
		"P2HAM OPD",
		"P2HAM Officer",
		"P2HAM OPD Type",
		"P2HAM Answer Scale",
		"P2HAM Instrument",
		"P2HAM Criterion",
	),
	*("P2HAM Indicator", "P2HAM Period", "P2HAM Right Owner"),
)
# What tells who may do what, what Frappe keeps about documents, and files.
WATCHED = (
	*(
		"tabFile",
		"tabVersion",
		"tabComment",
		"tabCommunication",
		"tabToDo",
		"tabDocShare",
		"tabDocument Follow",
	),
	*(
		"tabDocument Share Key",
		"tabTag Link",
		"tabUser",
		"tabHas Role",
		"tabRole",
		"tabDocPerm",
		"tabCustom DocPerm",
	),
	*(
		"tabCustom Field",
		"tabProperty Setter",
		"tabWorkflow",
		"tabServer Script",
		"tabClient Script",
		"tabReport",
	),
	*(
		"tabPrint Format",
		"tabNotification",
		"tabNotification Log",
		"tabDeleted Document",
		"tabWorkflow Action",
		"tabUser Permission",
	),
)


def put_back(point: Point) -> list[Change]:
	"""Make the tables that are watched what they were; return what was different."""
	found = point.put_back_rows(watched(point))
	if found:
		forget(found)
	return found


def watched(point: Point) -> list[str]:
	return [table for table in point.columns if table.startswith("tabP2HAM") or table in WATCHED]


# Answers


def verdict(response) -> str:
	"""Return the status, and the kind of error that an answer names."""
	kind = ""
	if response.status_code >= 400:
		with contextlib.suppress(ValueError, AttributeError):
			body = response.json()
			kind = body.get("exc_type") or next((one.get("type", "") for one in body.get("errors", [])), "")
	return f"{response.status_code} {kind}".strip()


def readable(response) -> str:
	"""Return what an answer says, whatever it is wrapped in."""
	return "\n".join([*response.headers.values(), *unpacked(response.content)])


def unpacked(content: bytes) -> Iterator[str]:
	yield content.decode("utf-8", "replace")
	with contextlib.suppress(Exception):  # what only begins like one of these has been yielded as it is
		if content.startswith(b"%PDF"):
			yield from (page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
		elif content.startswith(b"PK"):
			packed = zipfile.ZipFile(io.BytesIO(content))
			for name in packed.namelist():
				yield name
				yield from unpacked(packed.read(name))


def forms(marker: str) -> list[str]:
	"""A marker as it is, and as it looks inside base64, which depends on where it begins."""
	encoded = [base64.b64encode(b"x" * shift + marker.encode()).decode() for shift in range(3)]
	return [marker, encoded[0][:-4], encoded[1][4:-4], encoded[2][4:-4]]


# What leads outside


@contextlib.contextmanager
def nothing_leaves() -> Iterator[None]:
	"""Close what leads out of the machine, and keep jobs from being done, so that whatever sends may be called."""
	connect = socket.create_connection

	def only_here(address, *args, **kwargs):
		if address[0] in ("127.0.0.1", "localhost", "::1"):
			return connect(address, *args, **kwargs)
		raise ConnectionRefusedError(address)

	closed = requests.ConnectionError("nothing leaves the machine")
	with (
		mock.patch.object(socket, "create_connection", only_here),
		mock.patch.object(requests.adapters.HTTPAdapter, "send", side_effect=closed),
		mock.patch("rq.Queue.enqueue_call", return_value=mock.Mock(id="x")),
	):
		yield
