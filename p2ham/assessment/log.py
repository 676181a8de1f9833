"""The entries of the log of an assessment: written by the steps themselves, each sealing the one before."""

from __future__ import annotations

import frappe
from frappe.model.document import Document
from frappe.utils import get_datetime, getdate, now_datetime

from p2ham.access import means
from p2ham.assessment import sealed_content
from p2ham.engine import chain


def append(
	assessment,
	action: str,
	from_state: str,
	to_state: str,
	note: str = "",
	held=None,
	window: str = "",
	until=None,
	snapshot_hash: str = "",
) -> None:
	"""Add an entry for what happened to `assessment`, in the transaction of the event itself.

	`held` is the duty (duties.Held) by virtue of which it happened; `window` and `until` name the time that it
	gave; `snapshot_hash` is that of the snapshot that an approval stored.
	"""
	entry = entry_for(
		assessment,
		action,
		from_state,
		to_state,
		_end_of(assessment.name),
		sealed_content.content_hash(assessment),
		note=note,
		held=held,
		window=window,
		until=until,
		snapshot_hash=snapshot_hash,
	)
	entry.write()


def entry_for(
	assessment,
	action: str,
	from_state: str,
	to_state: str,
	end: tuple[int, str],
	content_hash: str,
	note: str = "",
	held=None,
	window: str = "",
	until=None,
	snapshot_hash: str = "",
) -> Document:
	"""Return the entry that follows `end` (sequence and hash of the last one, 0 and "" for none), sealed but not
	stored."""
	sequence, previous_hash = end
	let_in = means.of_request()
	entry = frappe.get_doc(
		{
			"doctype": "P2HAM Assessment Log",
			"assessment": assessment.name,
			"sequence": sequence + 1,
			"action": action,
			"from_state": from_state,
			"to_state": to_state,
			"note": note,
			"user": frappe.session.user,
			"duty": held.duty if held else "",
			"acting": held.acting_prefix if held else "",
			"means": let_in.word,
			"means_user": let_in.user,
			"window": window,
			"until": until,
			"at": now_datetime().replace(microsecond=0),
			"content_hash": content_hash,
			"snapshot_hash": snapshot_hash,
			"previous_hash": previous_hash,
		}
	)
	entry.entry_hash = entry_hash(entry)
	return entry


def _end_of(assessment: str) -> tuple[int, str]:
	"""Return sequence and hash of the last entry, (0, "") where there is none.

	What this transaction sees may be older than the end of the log: whoever was first held the lock of the
	assessment until they had written their entry. So the entries after it are looked for as they are now, by name,
	which locks nothing of another log.
	"""
	last = frappe.get_all(
		"P2HAM Assessment Log",
		filters={"assessment": assessment},
		fields=["sequence", "entry_hash"],
		order_by="sequence desc",
		limit=1,
	)
	sequence, entry_hash = (last[0].sequence, last[0].entry_hash) if last else (0, "")
	while later := frappe.db.get_value(
		"P2HAM Assessment Log",
		entry_name(assessment, sequence + 1),
		["sequence", "entry_hash"],
		for_update=True,
	):
		sequence, entry_hash = later
	return sequence, entry_hash


def entry_name(assessment: str, sequence: int) -> str:
	"""The sequence is part of the name, so two steps at once cannot both become the next entry."""
	return f"{assessment}-LOG-{sequence:03d}"


def entries_of(assessment: str) -> list:
	"""Return the entries of an assessment from the first to the last, with everything they seal."""
	return frappe.get_all(
		"P2HAM Assessment Log",
		filters={"assessment": assessment},
		fields=[*chain.SEALED, *chain.SEALED_IF_SET, "entry_hash"],
		order_by="sequence",
	)


def entry_hash(entry) -> str:
	"""Return the SHA-256 that seals an entry, the hash of the one before included."""
	return chain.seal(sealable(entry))


def sealable(entry) -> dict:
	"""Return the fields that an entry seals in the one form in which they are hashed."""
	fields = {field: entry.get(field) for field in (*chain.SEALED, *chain.SEALED_IF_SET)}
	fields["at"] = get_datetime(entry.at).strftime("%Y-%m-%d %H:%M:%S")
	fields["until"] = str(getdate(entry.until)) if entry.get("until") else ""
	return {**fields, "entry_hash": entry.get("entry_hash")}
