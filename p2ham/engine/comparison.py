"""Two assessments of one unit against each other, also where the instrument has changed between them.

What is compared with what comes from the `continues` links of the indicators, followed through as many
instruments as lie between. Indicators that hang together by such links form a group, and a group has one figure
before and one now. An item counts in a comparison when it applies and something it is linked with on the other
sheet applies too; every other item says why not (`Reason`). Nothing is guessed.

Criteria and total are compared like for like: only the items of the newer sheet that count, with the tree and
the weights of the newer instrument, once with their own points and once with those of their predecessors.

All figures are points from 0 to 100, computed exactly and rounded half up to two decimals at the end. A change
is the difference of the rounded figures, so that a table adds up for its reader.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from .faults import N_, Fault, FaultyError
from .numbers import round_half_up
from .scoring import FULL_POINTS, CriterionWeight, Points, Result, ScoredItem, score

Reference = tuple[str, str]
"""An indicator anywhere: code of its instrument, its own code."""


class ComparisonError(FaultyError):
	"""The links between indicators make no sense; the fault names them."""


class Side(str, Enum):
	"""Which of the two sheets."""

	OLDER = "older"
	NEWER = "newer"


Place = tuple[Side, str]
"""An indicator of one of the two instruments, whether this unit was asked it or not: side, code."""


class Kind(str, Enum):
	"""How the items of a group belong together, older to newer."""

	ONE_TO_ONE = "one to one"
	MERGED = "merged"
	SPLIT = "split"
	REGROUPED = "regrouped"
	NEW = "new"
	DROPPED = "dropped"


class Reason(str, Enum):
	"""Why an item does not count in the comparison. "Before" is the older sheet, "now" the newer one."""

	NEW = "new"
	DROPPED = "dropped"
	NOT_ASKED_BEFORE = "not asked before"
	NOT_ASKED_NOW = "not asked now"
	NOT_APPLICABLE_BEFORE = "not applicable before"
	NOT_APPLICABLE_NOW = "not applicable now"


@dataclass(frozen=True)
class CriterionNode:
	code: str
	title: str
	weight: Decimal
	parent: str | None = None


@dataclass(frozen=True)
class Answered:
	"""One item of a sheet. Unanswered points count 0 and stay recognisable by `points.answered`."""

	code: str
	title: str
	criterion: str
	weight: Decimal
	points: Points


@dataclass(frozen=True)
class Assessed:
	"""One assessment: what was asked under which instrument, and the scores it officially got (0-100)."""

	instrument: str
	criteria: tuple[CriterionNode, ...]
	items: tuple[Answered, ...]
	total: Decimal | None
	criterion_scores: Mapping[str, Decimal | None]


@dataclass(frozen=True)
class Figures:
	"""Before and now in points 0-100, None where there are none; `change` only where the two may be compared."""

	old: Decimal | None
	new: Decimal | None
	change: Decimal | None


@dataclass(frozen=True)
class Member:
	"""An item in its group; `reason` is None where it counts in the comparison."""

	side: Side
	item: Answered
	reason: Reason | None


@dataclass(frozen=True)
class Group:
	"""Items that hang together by links, each side in the order of its sheet.

	`points` are the weighted mean of the members that count, with the weights of their own instrument. Where
	none does there is no change, and each side shows the mean of what applies there. `not_asked` names linked
	indicators that this unit was not asked.
	"""

	kind: Kind
	older: tuple[Member, ...]
	newer: tuple[Member, ...]
	not_asked: tuple[Place, ...]
	points: Figures

	@property
	def members(self) -> tuple[Member, ...]:
		return self.older + self.newer

	@property
	def comparable(self) -> bool:
		return any(member.reason is None for member in self.members)


@dataclass(frozen=True)
class Level:
	"""A criterion of the newer instrument, or the total (`criterion` is None).

	`official` are the scores the assessments got. A criterion has an official old score only within one
	instrument; the official totals of two instruments differ for more reasons than the unit's work. `coverage`
	(0-100) is the share of the effective weight of what applies now that counts in `like_for_like`, None where
	nothing applies.
	"""

	criterion: CriterionNode | None
	official: Figures
	like_for_like: Figures
	coverage: Decimal | None


@dataclass(frozen=True)
class Comparison:
	"""The whole comparison.

	`linked` is False where no chain of links joins the two instruments: then nothing is comparable. Groups stand
	in the order of the newer sheet, dropped ones last; criteria in the order of the newer instrument.
	`older_coverage` is the coverage seen from the older sheet: the share of its weight that is still compared.
	"""

	same_instrument: bool
	linked: bool
	groups: tuple[Group, ...]
	criteria: tuple[Level, ...]
	total: Level
	older_coverage: Decimal | None

	@property
	def not_comparable(self) -> tuple[Member, ...]:
		"""Every item that does not count, with its side and the reason."""
		return tuple(member for group in self.groups for member in group.members if member.reason)


def compare(
	older: Assessed, newer: Assessed, continues: Mapping[Reference, Iterable[Reference]]
) -> Comparison:
	"""Compare two assessments of one unit.

	`continues` holds for every indicator known, asked of this unit or not, the indicators that it continues; it
	may leave out those that continue nothing. Within one instrument it is not looked at: an indicator there
	continues itself. Raises ComparisonError for links that run in a circle, and ScoringError for a sheet that
	cannot be scored.
	"""
	items = {(Side.OLDER, item.code): item for item in older.items}
	items |= {(Side.NEWER, item.code): item for item in newer.items}
	links = _links(older, newer, continues)
	members = {place: Member(place[0], item, _reason(place, items, links)) for place, item in items.items()}
	# Coverage first: it scores both sheets whole, and so refuses wrong data before anything is made of it.
	older_coverage = _coverage(older, Side.OLDER, members)
	coverage = _coverage(newer, Side.NEWER, members)
	before, now = _score_before(newer, members, links), _score_now(newer, members)
	same = older.instrument == newer.instrument
	return Comparison(
		same_instrument=same,
		linked=same or bool(links),
		groups=tuple(_group(places, members, links) for places in _components(items, links)),
		criteria=tuple(
			Level(
				criterion,
				_figures(
					older.criterion_scores.get(criterion.code) if same else None,
					newer.criterion_scores.get(criterion.code),
				),
				_figures(before.criteria[criterion.code], now.criteria[criterion.code]),
				coverage.criteria[criterion.code],
			)
			for criterion in newer.criteria
		),
		total=Level(
			None,
			_figures(older.total, newer.total),
			_figures(before.total, now.total),
			coverage.total,
		),
		older_coverage=older_coverage.total,
	)


def predecessors(
	older: str, newer: str, codes: Iterable[str], continues: Mapping[Reference, Iterable[Reference]]
) -> dict[str, tuple[str, ...]]:
	"""Return for each of these indicators of the instrument `newer` those of `older` that it is linked with, sorted by
	code; nothing for one that is new. Within one instrument an indicator is its own predecessor.

	`continues` is that of `compare`. Raises ComparisonError for links that run in a circle.
	"""
	codes = list(codes)
	found: dict[str, set[str]] = {code: set() for code in codes}
	for old, new in _pairs(older, newer, codes, continues):
		if new in found:
			found[new].add(old)
	return {code: tuple(sorted(olds)) for code, olds in found.items()}


# --- What belongs together ------------------------------------------------------------------------------


def _pairs(older: str, newer: str, codes: Iterable[str], continues) -> set[tuple[str, str]]:
	"""Return (code in `older`, code in `newer`) of all that is linked; `codes` are those of the only instrument where
	the two are the same."""
	if older == newer:
		return {(code, code) for code in codes}
	return linked(older, newer, continues)


def _links(older: Assessed, newer: Assessed, continues) -> dict[Place, set[Place]]:
	"""Return for each indicator of the two instruments those of the other one it is linked with."""
	codes = [item.code for item in older.items + newer.items]
	links: dict[Place, set[Place]] = {}
	for old, new in _pairs(older.instrument, newer.instrument, codes, continues):
		links.setdefault((Side.OLDER, old), set()).add((Side.NEWER, new))
		links.setdefault((Side.NEWER, new), set()).add((Side.OLDER, old))
	return links


def linked(
	older: str, newer: str, continues: Mapping[Reference, Iterable[Reference]]
) -> set[tuple[str, str]]:
	"""Return the indicators of two instruments that chains of links join, as (code in `older`, code in `newer`).

	Raises ComparisonError for links that run in a circle.
	"""
	pairs = {(old, new) for new, old in _chains(newer, older, continues)}
	# A round may go back to an earlier instrument; then the links lead from the older sheet to the newer.
	return pairs | _chains(older, newer, continues)


def _chains(start: str, goal: str, continues) -> set[tuple[str, str]]:
	"""Return (code in `start`, code in `goal`) for each chain of links; it ends where it first meets `goal`."""
	arrivals: dict[Reference, set[str]] = {}

	def follow(indicator: Reference, path: tuple[Reference, ...]) -> set[str]:
		if indicator[0] == goal:
			return {indicator[1]}
		if indicator in path:
			circle = " > ".join(map(":".join, (*path[path.index(indicator) :], indicator)))
			raise ComparisonError(
				[Fault((), N_("the indicators continue each other in a circle: {0}"), (circle,))]
			)
		if indicator not in arrivals:
			below = [follow(earlier, (*path, indicator)) for earlier in continues.get(indicator, ())]
			arrivals[indicator] = set().union(*below)
		return arrivals[indicator]

	return {
		(code, arrival)
		for instrument, code in continues
		if instrument == start
		for arrival in follow((instrument, code), ())
	}


def _reason(
	place: Place, items: Mapping[Place, Answered], links: Mapping[Place, set[Place]]
) -> Reason | None:
	"""Return the first reason that keeps an item out of the comparison, None where it counts."""
	before = place[0] is Side.OLDER
	linked = links.get(place, ())
	if not linked:
		return Reason.DROPPED if before else Reason.NEW
	partners = [items[partner] for partner in linked if partner in items]
	if not partners:
		return Reason.NOT_ASKED_NOW if before else Reason.NOT_ASKED_BEFORE
	if items[place].points.not_applicable:
		return Reason.NOT_APPLICABLE_BEFORE if before else Reason.NOT_APPLICABLE_NOW
	if all(partner.points.not_applicable for partner in partners):
		return Reason.NOT_APPLICABLE_NOW if before else Reason.NOT_APPLICABLE_BEFORE
	return None


def _components(items: Mapping[Place, Answered], links: Mapping[Place, set[Place]]) -> list[set[Place]]:
	"""Return the sets of places that hang together by links between items; those with newer items first."""
	components: list[set[Place]] = []
	placed: set[Place] = set()
	for start in sorted(items, key=lambda place: place[0] is Side.OLDER):
		if start in placed:
			continue
		component, waiting = {start}, [start]
		while waiting:
			found = {partner for partner in links.get(waiting.pop(), ()) if partner in items} - component
			component |= found
			waiting += found
		components.append(component)
		placed |= component
	return components


def _group(places: set[Place], members: Mapping[Place, Member], links: Mapping[Place, set[Place]]) -> Group:
	# Walks through all members, because a set would lose the order of the sheets.
	inside = [member for place, member in members.items() if place in places]
	sides = [tuple(member for member in inside if member.side is side) for side in Side]
	comparable = any(member.reason is None for member in inside)
	old, new = (
		_mean(member.item for member in side if member.reason is None or not comparable) for side in sides
	)
	linked = set().union(*(links.get(place, ()) for place in places))
	return Group(
		kind=_kind(*map(len, sides)),
		older=sides[0],
		newer=sides[1],
		not_asked=tuple(sorted(linked - members.keys())),
		points=_figures(old, new, comparable),
	)


def _kind(old: int, new: int) -> Kind:
	if not old:
		return Kind.NEW
	if not new:
		return Kind.DROPPED
	if new == 1:
		return Kind.ONE_TO_ONE if old == 1 else Kind.MERGED
	return Kind.SPLIT if old == 1 else Kind.REGROUPED


# --- Figures ---------------------------------------------------------------------------------------------


def _coverage(sheet: Assessed, side: Side, members: Mapping[Place, Member]) -> Result:
	"""Score a sheet in which what counts has full points and everything else that applies has none."""

	def points(item: Answered) -> Points:
		if item.points.not_applicable:
			return item.points
		return Points(Decimal(0) if members[side, item.code].reason else FULL_POINTS)

	return score(_tree(sheet), [_scored(item, points(item)) for item in sheet.items])


def _score_now(newer: Assessed, members: Mapping[Place, Member]) -> Result:
	"""Score the newer items that count, with their own points."""
	return score(_tree(newer), [_scored(item, item.points) for item in _counting(newer, members)])


def _score_before(
	newer: Assessed, members: Mapping[Place, Member], links: Mapping[Place, set[Place]]
) -> Result:
	"""Score the newer items that count, with the mean of their predecessors' points.

	Each becomes a criterion of its weight with the predecessors below it: so `score` takes the mean, exactly.
	"""
	criteria = _tree(newer)
	items: list[ScoredItem] = []
	for item in _counting(newer, members):
		stand_in = f"indicator {item.code}"
		criteria.append(CriterionWeight(stand_in, item.weight, item.criterion))
		before = [members[place].item for place in links[Side.NEWER, item.code] if place in members]
		items += (
			ScoredItem(f"{stand_in}: {earlier.code}", stand_in, weight, earlier.points)
			for earlier, weight in _weighted(before)
		)
	return score(criteria, items)


def _counting(newer: Assessed, members: Mapping[Place, Member]) -> list[Answered]:
	return [item for item in newer.items if members[Side.NEWER, item.code].reason is None]


def _tree(sheet: Assessed) -> list[CriterionWeight]:
	return [CriterionWeight(node.code, node.weight, node.parent) for node in sheet.criteria]


def _scored(item: Answered, points: Points) -> ScoredItem:
	return ScoredItem(item.code, item.criterion, item.weight, points)


def _mean(items: Iterable[Answered]) -> Fraction | None:
	"""Return the exact weighted mean of what applies, None where nothing does."""
	weighted = [
		(Fraction(value), Fraction(weight))
		for item, weight in _weighted(items)
		if (value := item.points.value) is not None
	]
	if not weighted:
		return None
	total = sum((points * weight for points, weight in weighted), Fraction(0))
	return total / sum(weight for _, weight in weighted)


def _weighted(items: Iterable[Answered]) -> list[tuple[Answered, Decimal]]:
	"""Return what applies with its weight in a mean.

	Where no weight is above zero, all weigh the same: such items count nothing in their total, but they still
	have a before and a now.
	"""
	applicable = [item for item in items if not item.points.not_applicable]
	plain = not any(item.weight for item in applicable)
	return [(item, Decimal(1) if plain else item.weight) for item in applicable]


def _figures(old, new, comparable: bool = True) -> Figures:
	old, new = (None if value is None else round_half_up(value) for value in (old, new))
	return Figures(old, new, new - old if comparable and None not in (old, new) else None)
