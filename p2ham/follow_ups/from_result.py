"""Follow-ups that a result of KKP HAM suggests: one for each weak right and OPD that owns it, and what was recommended."""

from __future__ import annotations

import frappe
from frappe import _

from p2ham.figures import cells
from p2ham.follow_ups.suggestion import Group, Suggestion
from p2ham.instruments import store
from p2ham.kkpham import rights

FIELD = "kkpham_result"
# The key of what the result as a whole suggests; that of a right has the OPD behind a slash.
WHOLE = "result"


def groups(doc) -> list[Group]:
	"""Return what a P2HAM KKPHAM Result suggests; who reads it is of Bagian Hukum, which sees all of it.

	An OPD's result suggests its recommendation. That of the regency suggests one follow-up for each right below the
	highest category and OPD that owns it; a weak right without an owner stands there with the unit left to choose. Three
	queries at most, and the instrument.
	"""
	present = _present(doc)
	found = []
	if doc.is_regency:
		owners = rights.owners(doc.instrument)
		found = [_of_right(row, owners.get(row.criterion, [""]), present) for row in _weak(doc)]
	whole = (doc.recommendation or doc.finding or "").strip()
	if whole:
		suggestion = Suggestion(
			key=WHOLE, opd=doc.opd, recommendation=whole, present=present.get((doc.opd, ""), ())
		)
		found.append(Group(_("Recommendation of the Review"), (suggestion,)))
	return found


def created(doc, names: dict[str, str]) -> None:
	"""Write into the follow-ups that were made ({key: name}) which right they improve."""
	for key, name in names.items():
		criterion, slash, _opd = key.partition("/")
		if slash:
			frappe.db.set_value("P2HAM Follow-up", name, "criterion", criterion, update_modified=False)


def _weak(doc) -> list:
	"""Return the rows of the rights below the highest category, the weakest first."""
	thresholds = store.load(doc.instrument).thresholds
	highest = max(thresholds, key=lambda each: each.min_score, default=None)
	weak = [row for row in doc.rights if highest is None or row.category != highest.label]
	return sorted(weak, key=lambda row: (row.score, row.idx))


def _of_right(row, owners: list[str], present: dict) -> Group:
	score = cells.decimal(row.score, 2)
	recommendation = _("Improve {0}: {1} points, {2}.").format(row.title, score, row.category or "–")
	return Group(
		f"{row.title}: {score} ({row.category or '–'})",
		tuple(
			Suggestion(
				key=f"{row.criterion}/{opd}",
				opd=opd,
				recommendation=recommendation,
				present=present.get((opd, row.criterion), ()),
			)
			for opd in owners
		),
	)


def _present(doc) -> dict[tuple[str, str], tuple[str, ...]]:
	"""Return the follow-ups that there are of a result, by OPD and right. One query."""
	found: dict[tuple[str, str], tuple[str, ...]] = {}
	for row in frappe.get_all(
		"P2HAM Follow-up",
		filters={FIELD: doc.name},
		fields=["name", "opd", "criterion"],
		order_by="name",
	):
		key = row.opd, row.criterion or ""
		found[key] = (*found.get(key, ()), row.name)
	return found
