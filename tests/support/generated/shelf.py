"""The documents of a unit in a generated regency, with every kind of validity."""

from __future__ import annotations

import datetime
import hashlib
import random
from dataclasses import dataclass, field

import frappe

from generated.rows import Writer
from generated.sheet import Round

TITLES = {"PDF": "Surat keputusan", "Image": "Foto", "Link": "Halaman"}


@dataclass
class Shelf:
	"""The documents of one unit. Each is used in one, two or three sheets."""

	opd: str
	clerk: str
	today: datetime.date
	writer: Writer
	chance: random.Random
	left: dict[str, dict[str, int]] = field(default_factory=dict)
	documents: dict[str, dict] = field(default_factory=dict)
	revisions: dict[tuple[str, int], frappe._dict] = field(default_factory=dict)

	def take(self, kind: str, used: set[str], round_: Round, day: datetime.datetime) -> dict:
		"""Return a document of a kind that this sheet does not use yet, and count it."""
		usable = [name for name, left in self.left.get(kind, {}).items() if left and name not in used]
		name = usable[0] if usable and self.chance.random() < 0.7 else self._store(kind, round_, day)
		self.left[kind][name] -= 1
		used.add(name)
		return self.documents[name]

	def _store(self, kind: str, round_: Round, day: datetime.datetime) -> str:
		number = len(self.documents) + 1
		name = f"DD-{self.opd}-U{number:04}"
		place = (number + sum(map(ord, self.opd))) % len(VALIDITIES)
		document_date, valid_from, valid_until = VALIDITIES[place](round_.data_year, self.today)
		personal = int(number % 9 == 4)
		kinds = {"Image": ("image/jpeg", "jpg"), "PDF": ("application/pdf", "pdf")}
		mime_type, ending = kinds.get(kind, ("", ""))
		fingerprint = hashlib.sha256(name.encode()).hexdigest()
		content = {
			"revision": 1,
			"title": f"{TITLES[kind]} {number}",
			"kind": "File" if ending else "Link",
			"file": f"/private/files/{name.lower().replace(' ', '-')}.{ending}" if ending else None,
			"url": None if ending else f"https://example.go.id/{name.lower().replace(' ', '-')}",
			"document_date": document_date,
			"valid_from": valid_from,
			"valid_until": valid_until,
			"contains_personal_data": personal,
			"sha256": fingerprint,
			"uploaded_sha256": fingerprint if ending else None,
			"size": self.chance.randint(40_000, 900_000) if ending else 0,
			"mime_type": mime_type or None,
			"pages": self.chance.randint(1, 12) if kind == "PDF" else 0,
		}
		stamps = {"owner": self.clerk, "modified_by": self.clerk, "creation": day, "modified": day}
		self.writer.add(
			"P2HAM Evidence",
			{
				"name": name,
				"opd": self.opd,
				**content,
				"scan_status": ("Found" if personal else "Nothing Found") if ending else None,
				**stamps,
			},
		)
		revision = {**content, "added_by": self.clerk, "added_on": day, **stamps}
		self.writer.add_children("P2HAM Evidence", name, "revisions", "P2HAM Evidence Revision", [revision])
		if personal and ending:
			finding = {"revision": 1, "kind": "NIK", "place": "1", "sample": "160***********01", "count": 1}
			self.writer.add_children(
				"P2HAM Evidence", name, "findings", "P2HAM Evidence Finding", [{**finding, **stamps}]
			)
		self.documents[name] = {"name": name, **content}
		self.left.setdefault(kind, {})[name] = self.chance.choice((1, 1, 2, 3))
		self.revisions[name, 1] = frappe._dict(content)
		return name


def _day(year: int, month: int, day: int) -> datetime.date:
	return datetime.date(year, month, day)


# (document_date, valid_from, valid_until) seen from a data year: valid, expired, not yet, in part, without a date.
VALIDITIES = (
	lambda year, today: (_day(year, 2, 15), _day(year - 1, 1, 2), _day(year + 2, 12, 31)),
	lambda year, today: (_day(year - 2, 3, 1), _day(year - 3, 1, 1), _day(year - 1, 6, 30)),
	lambda year, today: (_day(year - 1, 8, 17), None, None),
	lambda year, today: (_day(year, 11, 3), _day(year + 1, 2, 1), None),
	lambda year, today: (_day(year, 1, 20), None, max(today + datetime.timedelta(20), _day(year + 1, 1, 1))),
	lambda year, today: (None, None, None),
	lambda year, today: (_day(year, 5, 2), _day(year, 5, 2), _day(year + 1, 5, 1)),
	lambda year, today: (_day(year, 7, 9), None, None),
	lambda year, today: (None, _day(year - 1, 1, 1), None),
)
