"""The one machine for steps: what leads from one state to another, who takes it, and what it asks for.

The tables stand with their subjects: `lifecycle.TRANSITIONS` (an assessment), `participation.STEPS` (a unit in a period),
`guidance.STEPS`, `follow_up.STEPS`, `period_life.STEPS` and `instrument_life.STEPS`. Each is a `Steps`, so that whoever asks
one of them can ask any.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
	"""One allowed step, taken by who has one of `duties`.

	`action` is what its button says; where a status is chosen from a list it is that status (see `chosen`). `needs` are
	fields that must be filled when it is taken, `clears` those that it empties because they are no longer true.

	What only some tables use: `of_request` limits a step to what somebody asked for (True) or nobody did (False), None
	to neither (guidance). Of an assessment: `note_field` must carry a note, if it is required; `window` are the dates of
	the period in which the step may be taken (engine/windows.py); `needs_complete` and `needs_verified` are conditions
	on the content; `differs_from` are stamps whose user may not take this step as well (four eyes); `stamp` is the pair
	of fields (`<stamp>_by`, `<stamp>_on`) that it writes; `reopens` is the window for which a return gives time until
	the day in `until_field`, where that window is over.
	"""

	source: str
	action: str
	target: str
	duties: tuple[str, ...]
	needs: tuple[str, ...] = ()
	clears: tuple[str, ...] = ()
	of_request: bool | None = None
	note_field: str = ""
	note_required: bool = False
	window: str = ""
	needs_complete: bool = False
	needs_verified: bool = False
	differs_from: tuple[str, ...] = ()
	stamp: str = ""
	reopens: str = ""
	until_field: str = ""


def chosen(source: str, target: str, duties: tuple[str, ...], **conditions) -> Step:
	"""Return the step that is taken by choosing a status from a list: its action has no other name."""
	return Step(source, target, target, duties, **conditions)


@dataclass(frozen=True)
class Steps:
	"""All steps of one subject, in the order in which its buttons stand.

	The first of `states` is where it begins; `ends` are those from which nothing leads on.
	"""

	states: tuple[str, ...]
	steps: tuple[Step, ...]
	ends: tuple[str, ...] = ()

	def __iter__(self) -> Iterator[Step]:
		return iter(self.steps)

	@property
	def actions(self) -> tuple[str, ...]:
		"""Return what the buttons say, each once."""
		return tuple(dict.fromkeys(step.action for step in self.steps))

	def steps_from(
		self, state: str, duties: Iterable[str] | None = None, of_request: bool | None = None
	) -> list[Step]:
		"""Return the steps that somebody with these duties takes from a state, or anybody at all (None). The duties of a
		unit count only where it is its own: whoever asks leaves them out otherwise."""
		held = None if duties is None else set(duties)
		return [
			step
			for step in self.steps
			if step.source == state
			and (held is None or held.intersection(step.duties))
			and (of_request is None or step.of_request in (None, of_request))
		]

	def find(
		self,
		source: str,
		target: str,
		duties: Iterable[str] | None = None,
		of_request: bool | None = None,
	) -> Step | None:
		"""Return the step to `target` that somebody with these duties takes, or anybody at all; None if there is none."""
		found = self.steps_from(source, duties, of_request)
		return next((step for step in found if step.target == target), None)

	def find_action(
		self,
		source: str,
		action: str,
		duties: Iterable[str] | None = None,
		of_request: bool | None = None,
	) -> Step | None:
		"""Return the step that `action` takes from a state, None if there is none."""
		found = self.steps_from(source, duties, of_request)
		return next((step for step in found if step.action == action), None)

	def is_step(self, source: str, target: str, of_request: bool | None = None) -> bool:
		"""Tell whether anybody at all takes this step."""
		return self.find(source, target, of_request=of_request) is not None

	def reachable(self, state: str) -> frozenset[str]:
		"""Return the states to which steps lead from a state, over others too."""
		found: set[str] = set()
		waiting = [state]
		while waiting:
			new = {step.target for step in self.steps_from(waiting.pop())} - found
			found |= new
			waiting.extend(new)
		return frozenset(found)
