"""What the reports show, as an expert would fetch it by hand: one plain query where one will do.

Each function takes what was asked (`Asked`) and returns rows as a report needs them, by the names of its columns. The
benchmark compares them with what the report shows, so that both measure the same. `asked.limit(column)` is the text
that keeps a clerk to his units. What a report counts beside its rows is counted here too.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import frappe
from generated import Generated


@dataclass(frozen=True)
class Asked:
	"""A question to a report: its filters, and who asks (`user` for a unit's clerk, empty for who sees all)."""

	made: Generated
	filters: dict
	user: str = ""

	def limit(self, column: str) -> str:
		if not self.user:
			return ""
		return f"""
			AND {column} IN (
				SELECT unit.name FROM `tabP2HAM Officer` officer
				JOIN `tabP2HAM OPD` top ON top.name = officer.opd
				JOIN `tabP2HAM OPD` unit ON unit.lft >= top.lft AND unit.rgt <= top.rgt
				WHERE officer.user = {frappe.db.escape(self.user)} AND officer.from_date <= CURRENT_DATE
				AND (officer.to_date IS NULL OR officer.to_date >= CURRENT_DATE)
			)"""

	def sql(self, query: str, **values) -> list[dict]:
		return frappe.db.sql(query, {**self.filters, "today": frappe.utils.nowdate(), **values}, as_dict=True)

	def tuples(self, query: str, **values) -> tuple:
		return frappe.db.sql(query, {**self.filters, "today": frappe.utils.nowdate(), **values})


# A verified score is a result once Kabag Hukum has reviewed it.
DECIDED = "('Reviewed', 'Approved')"


def frame(asked: Asked) -> dict:
	"""What a report says around its figures: the periods of the family with their instruments, the colours of the
	categories, and whether there is anything to meet. Returns the period that was asked for."""
	periods = asked.sql(
		"""
		SELECT period.*, instrument.title instrument_title, instrument.passing_score
		FROM `tabP2HAM Period` period JOIN `tabP2HAM Instrument` instrument ON instrument.name = period.instrument
		WHERE period.status <> 'Draft' ORDER BY period.assessment_year, period.fill_from"""
	)
	chosen = next(period for period in periods if period["name"] == asked.filters["period"])
	asked.sql(
		"SELECT label, colour FROM `tabP2HAM Threshold` WHERE parent = %(instrument)s ORDER BY idx",
		instrument=chosen["instrument"],
	)
	return chosen


def scoreboard(asked: Asked) -> list[dict]:
	ranked = not asked.user
	frame(asked)

	def decided(period: str) -> str:
		place = ", RANK() OVER (ORDER BY sheet.verified_score DESC) place" if ranked else ""
		return f"""
			SELECT sheet.opd, sheet.name, sheet.verified_score {place} FROM `tabP2HAM Assessment` sheet
			WHERE sheet.period = %({period})s AND sheet.docstatus < 2 AND sheet.workflow_state IN {DECIDED}
			{asked.limit("sheet.opd")}"""

	places = ", latest.place `rank`, earlier.place - latest.place rank_change" if ranked else ""
	return asked.sql(
		f"""
		SELECT sheet.name assessment, sheet.opd_name, sheet.self_score, sheet.workflow_state state,
			sheet.completeness, latest.verified_score, ROUND(latest.verified_score - sheet.self_score, 2) difference,
			CASE WHEN latest.name IS NOT NULL THEN sheet.category END category,
			CASE WHEN latest.name IS NOT NULL AND sheet.meets = 1 THEN 'Meets'
				WHEN latest.name IS NOT NULL THEN 'Does Not Meet' END verdict,
			earlier.verified_score score_before,
			ROUND(latest.verified_score - earlier.verified_score, 2) score_change {places}
		FROM `tabP2HAM Assessment` sheet
		LEFT JOIN ({decided("period")}) latest ON latest.name = sheet.name
		LEFT JOIN ({decided("before")}) earlier ON earlier.opd = sheet.opd
		WHERE sheet.period = %(period)s AND sheet.docstatus < 2 {asked.limit("sheet.opd")}
		ORDER BY latest.verified_score IS NULL, latest.verified_score DESC, sheet.self_score DESC, sheet.opd""",
		before=asked.made.periods[-2],
	)


def not_applicable(asked: Asked, instrument: str) -> str:
	"""Return the condition on an item whose verified answer says that the indicator does not apply."""
	pairs = asked.tuples(
		"""
		SELECT DISTINCT answer.parent, answer.label FROM `tabP2HAM Scale Option` answer
		JOIN `tabP2HAM Indicator` indicator ON indicator.scale = answer.parent
		WHERE indicator.instrument = %(instrument)s AND answer.not_applicable = 1""",
		instrument=instrument,
	)
	escape = frappe.db.escape
	found = [
		f"(item.scale = {escape(scale)} AND item.verified_answer = {escape(label)})" for scale, label in pairs
	]
	return f"({' OR '.join(found)})"


ANSWERS = f"""
	FROM `tabP2HAM Assessment` sheet JOIN `tabP2HAM Assessment Item` item ON item.parent = sheet.name
	JOIN `tabP2HAM Indicator` indicator ON indicator.name = item.indicator
	WHERE sheet.period = %(period)s AND sheet.docstatus < 2 AND sheet.workflow_state IN {DECIDED}"""


def indicator_gap(asked: Asked, sheets: str = "", counted: str = "", **values) -> list[dict]:
	"""`sheets` and `counted` are other tables and conditions, for whoever counts those of another day."""
	sheets = sheets or "`tabP2HAM Assessment` sheet"
	counted = (
		counted
		or f"""sheet.period = %(period)s AND sheet.docstatus < 2 AND sheet.workflow_state IN {DECIDED}
		{asked.limit("sheet.opd")}"""
	)
	applies = f"CASE WHEN {not_applicable(asked, frame(asked)['instrument'])} THEN 0 ELSE 1 END"
	return asked.sql(
		f"""
		SELECT indicator.name code, indicator.title, criterion.title criterion, counted.asked, counted.applicable,
			counted.met, counted.applicable - counted.met lacking, counted.unanswered,
			ROUND(100.0 * counted.met / NULLIF(counted.applicable, 0), 1) share,
			ROUND(counted.points / NULLIF(counted.applicable, 0), 2) mean
		FROM (
			SELECT item.indicator, COUNT(*) asked, SUM({applies}) applicable,
				SUM(CASE WHEN item.verified_points >= 100 THEN {applies} ELSE 0 END) met,
				SUM(CASE WHEN item.verified_answer IS NULL OR item.verified_answer = '' THEN 1 ELSE 0 END) unanswered,
				SUM(item.verified_points) points
			FROM {sheets} JOIN `tabP2HAM Assessment Item` item ON item.parent = sheet.name
			WHERE {counted} GROUP BY item.indicator
		) counted
		JOIN `tabP2HAM Indicator` indicator ON indicator.name = counted.indicator
		JOIN `tabP2HAM Criterion` criterion ON criterion.name = indicator.criterion
		ORDER BY share IS NULL, share, mean, indicator.sequence""",
		**values,
	)


ASPECTS = (
	"elderly",
	"children",
	"maternal",
	"disability",
	"non_discrimination",
	"participation",
	"accountability",
	"transparency",
)


def groups_and_principles(asked: Asked) -> list[dict]:
	applies = f"CASE WHEN {not_applicable(asked, frame(asked)['instrument'])} THEN 0 ELSE item.weight END"
	means = ", ".join(
		f"ROUND(SUM({applies} * indicator.{field} * item.verified_points)"
		f" / NULLIF(SUM({applies} * indicator.{field}), 0), 2) {field}"
		for field in ASPECTS
	)
	rows = asked.sql(
		f"""
		SELECT sheet.name assessment, sheet.opd, sheet.opd_name, {means} {ANSWERS} {asked.limit("sheet.opd")}
		GROUP BY sheet.name, sheet.opd, sheet.opd_name ORDER BY sheet.opd"""
	)
	whole = {"opd_name": "All Units", "opd": None}
	for field in ASPECTS:
		known = [row[field] for row in rows if row[field] is not None]
		whole[field] = mean(known) if known else None
	rows.insert(0, whole)
	return [{field: row[field] for field in ("opd", "opd_name", *ASPECTS)} for row in rows]


def progress(asked: Asked) -> list[dict]:
	frame(asked)

	def later(field: str) -> str:
		return (
			f"GREATEST(period.{field}, COALESCE(part.{field}, period.{field}),"
			f" COALESCE(sheet.correct_until, period.{field}))"
		)

	return asked.sql(
		f"""
		SELECT found.opd, found.opd_name, found.assessment, found.completeness, found.state, found.deadline,
			found.who, found.days, CASE WHEN found.deadline < %(today)s AND found.status = 'Open'
			THEN DATEDIFF(%(today)s, found.deadline) END late
		FROM (
			SELECT part.opd, unit.opd_name, sheet.name assessment, sheet.completeness, period.status,
				COALESCE(sheet.workflow_state,
					CASE WHEN part.status = 'Withdrawn' THEN 'Withdrawn' ELSE 'Not Begun' END) state,
				CASE COALESCE(sheet.workflow_state, part.status) WHEN 'Withdrawn' THEN NULL WHEN 'Approved' THEN NULL
					WHEN 'Submitted' THEN {later("review_until")} WHEN 'Reviewed' THEN {later("approve_until")}
					ELSE {later("fill_until")} END deadline,
				CASE COALESCE(sheet.workflow_state, part.status) WHEN 'Withdrawn' THEN '' WHEN 'Approved' THEN ''
					WHEN 'Submitted' THEN 'P2HAM Verifier, Kabag Hukum' WHEN 'Reviewed' THEN 'Sekda'
					ELSE 'OPD Clerk, OPD Head' END who,
				DATEDIFF(%(today)s, COALESCE((
					SELECT MAX(entry.at) FROM `tabP2HAM Assessment Log` entry
					WHERE entry.assessment = sheet.name AND entry.to_state = sheet.workflow_state
					AND entry.from_state <> entry.to_state
				), sheet.creation)) days
			FROM `tabP2HAM Period Participant` part
			JOIN `tabP2HAM Period` period ON period.name = part.parent
			JOIN `tabP2HAM OPD` unit ON unit.name = part.opd
			LEFT JOIN `tabP2HAM Assessment` sheet
				ON sheet.opd = part.opd AND sheet.period = part.parent AND sheet.docstatus < 2
			WHERE part.parent = %(period)s AND part.parenttype = 'P2HAM Period' {asked.limit("part.opd")}
		) found
		ORDER BY late DESC, found.state, found.completeness, found.opd"""
	)


USES = """
	FROM `tabP2HAM Assessment` sheet JOIN `tabP2HAM Evidence Use` used ON used.parent = sheet.name
	JOIN `tabP2HAM Evidence` evidence ON evidence.name = used.evidence
	LEFT JOIN `tabP2HAM Evidence Revision` revision
		ON revision.parent = used.evidence AND revision.revision = used.revision"""


def evidence_register(asked: Asked) -> list[dict]:
	frame(asked)
	where = f"WHERE sheet.period = %(period)s AND sheet.docstatus < 2 {asked.limit('sheet.opd')}"
	personal = "CASE WHEN evidence.contains_personal_data = 1 OR revision.contains_personal_data = 1 THEN 1 ELSE 0 END"
	words = {
		"verification": ("Pending", "Accepted", "Returned"),
		"validity": ("Valid", "Partly Valid", "Not Valid", "No Dates"),
	}
	counts = ", ".join(
		f"SUM(CASE WHEN used.{field} = '{word}' THEN 1 ELSE 0 END)"
		for field in words
		for word in words[field]
	)
	asked.sql(
		f"""
		SELECT COUNT(DISTINCT used.evidence), {counts}, SUM({personal}),
			SUM(CASE WHEN revision.valid_until < %(today)s THEN 1 ELSE 0 END),
			SUM(CASE WHEN revision.valid_until BETWEEN %(today)s AND %(soon)s THEN 1 ELSE 0 END)
		{USES} {where}""",
		soon=frappe.utils.add_days(frappe.utils.nowdate(), 7),
	)
	return asked.sql(
		f"""
		SELECT sheet.name assessment, sheet.opd_name, CONCAT(indicator.code, ' ', indicator.title) indicator_name,
			used.slot, revision.title, used.evidence number, revision.kind kind_name, revision.document_date,
			revision.valid_until, used.validity validity_name, used.verification verification_name, used.note,
			CASE WHEN {personal} = 1 THEN 'Yes' ELSE '' END personal_data,
			CEIL(NULLIF(revision.size, 0) / 1024) kilobytes
		{USES} LEFT JOIN `tabP2HAM Indicator` indicator ON indicator.name = used.indicator
		{where} ORDER BY sheet.opd, used.idx LIMIT 2000"""
	)


def mean(values: list[float]) -> float:
	total = sum(map(Decimal, map(str, values)))
	return float((total / len(values)).quantize(Decimal("0.01"), ROUND_HALF_UP))


def year_comparison(asked: Asked) -> list[dict]:
	frame(asked)
	periods = asked.made.periods
	scores = [f"score_{place}" for place in range(len(periods))]
	# With the names that the figures lead to.
	pivot = ", ".join(
		f"MAX(CASE WHEN sheet.period = {frappe.db.escape(period)} THEN sheet.{field} END) {name}"
		for place, period in enumerate(periods)
		for field, name in (("verified_score", f"score_{place}"), ("name", f"sheet_{place}"))
	)
	rows = asked.sql(
		f"""
		SELECT found.*, ROUND({scores[-1]} - {scores[-2]}, 2) `change`,
			ROUND({scores[-1]} - COALESCE({", ".join(scores[:-1])}), 2) since_first
		FROM (
			SELECT sheet.opd, MAX(sheet.opd_name) opd_name, {pivot} FROM `tabP2HAM Assessment` sheet
			WHERE sheet.period IN %(periods)s AND sheet.docstatus < 2 AND sheet.workflow_state IN {DECIDED}
			{asked.limit("sheet.opd")}
			GROUP BY sheet.opd
		) found ORDER BY found.opd""",
		periods=periods,
	)
	whole = {"opd": None, "opd_name": "Mean of the Units"}
	for score in scores:
		known = [row[score] for row in rows if row[score] is not None]
		whole[score] = mean(known)
	whole["change"] = whole[scores[-1]] - whole[scores[-2]]
	whole["since_first"] = whole[scores[-1]] - whole[scores[0]]
	shown = ("opd", "opd_name", *scores, "change", "since_first")
	return [whole, *({field: row[field] for field in shown} for row in rows)]


def participation(asked: Asked) -> list[dict]:
	frame(asked)
	((serving,),) = asked.tuples(
		f"""
		SELECT COUNT(*) FROM `tabP2HAM OPD` unit WHERE unit.is_active = 1 AND (unit.is_group = 0 OR EXISTS (
			SELECT part.name FROM `tabP2HAM Period Participant` part
			WHERE part.opd = unit.name AND part.parenttype = 'P2HAM Period'
		)) {asked.limit("unit.name")}"""
	)

	def number(condition: str) -> str:
		return f"SUM(CASE WHEN {condition} THEN 1 ELSE 0 END)"

	target = (
		", found.target, ROUND(100.0 * found.invited / found.target, 1) target_share"
		if not asked.user
		else ""
	)
	return asked.sql(
		f"""
		SELECT found.title, found.period, found.invited, found.ready, found.declared, found.withdrawn,
			found.assessed, found.approved, found.invited - LAG(found.invited) OVER year growth,
			ROUND(100.0 * (found.invited - LAG(found.invited) OVER year) / LAG(found.invited) OVER year, 1)
				growth_share,
			ROUND(100.0 * found.invited / %(serving)s, 1) serving_share {target}
		FROM (
			SELECT period.title, period.name period, period.assessment_year year, period.target_units target,
				{number("part.status IN ('Invited', 'Ready', 'Declared')")} invited,
				{number("part.status IN ('Ready', 'Declared')")} ready,
				{number("part.status = 'Declared'")} declared, {number("part.status = 'Withdrawn'")} withdrawn,
				{number("sheet.name IS NOT NULL")} assessed, {number("sheet.workflow_state = 'Approved'")} approved
			FROM `tabP2HAM Period` period
			JOIN `tabP2HAM Period Participant` part ON part.parent = period.name AND part.parenttype = 'P2HAM Period'
			LEFT JOIN `tabP2HAM Assessment` sheet
				ON sheet.opd = part.opd AND sheet.period = part.parent AND sheet.docstatus < 2
			WHERE period.name IN %(periods)s {asked.limit("part.opd")}
			GROUP BY period.title, period.name, period.assessment_year, period.target_units
		) found WINDOW year AS (ORDER BY found.year) ORDER BY found.year DESC""",
		periods=asked.made.periods,
		serving=serving,
	)


def kkp_ham_review(asked: Asked) -> list[dict]:
	years = [int(period.rpartition("-")[2]) for period in asked.made.periods]
	pivot = ", ".join(
		f"MAX(CASE WHEN result.assessment_year = {year} THEN result.score END) score_{year}" for year in years
	)
	asked.tuples("SELECT MAX(assessment_year) FROM `tabP2HAM KKPHAM Result`")
	asked.tuples(
		"""
		SELECT category.parent, category.label, category.colour FROM `tabP2HAM Threshold` category
		JOIN `tabP2HAM Instrument` instrument ON instrument.name = category.parent
		WHERE instrument.family = 'KKP HAM' ORDER BY category.parent, category.min_score"""
	)
	# A result of the whole regency concerns everybody.
	limit = asked.limit("result.opd").replace("AND ", "AND (result.is_regency = 1 OR ", 1)
	limit = f"{limit})" if limit else ""
	return asked.sql(
		f"""
		SELECT found.*, ROUND(found.score_{years[-1]} - found.score_{years[-2]}, 2) `change`, latest.category,
			CASE WHEN latest.category = (
				SELECT best.label FROM `tabP2HAM Threshold` best WHERE best.parent = latest.instrument
				ORDER BY best.min_score DESC LIMIT 1
			) THEN 'Did Well' ELSE 'Needs Improvement' END standing,
			latest.finding, latest.recommendation, latest.reference, COALESCE(done.follow_ups, 0) follow_ups,
			COALESCE(done.open, 0) open, done.late, own.forecast, own.workflow_state state,
			ROUND(latest.score - own.forecast, 2) difference
		FROM (
			SELECT result.opd, MAX(result.opd_name) opd_name, {pivot} FROM `tabP2HAM KKPHAM Result` result
			WHERE result.assessment_year BETWEEN {years[0]} AND {years[-1]} {limit} GROUP BY result.opd
		) found
		JOIN `tabP2HAM KKPHAM Result` latest ON latest.opd = found.opd AND latest.assessment_year = {years[-1]}
		LEFT JOIN (
			SELECT task.kkpham_result, COUNT(*) follow_ups, SUM(CASE WHEN task.status <> 'Closed' THEN 1 ELSE 0 END) open,
				NULLIF(SUM(CASE WHEN task.status IN ('Open', 'In Progress') AND task.due_date < %(today)s
					THEN 1 ELSE 0 END), 0) late
			FROM `tabP2HAM Follow-up` task WHERE task.kkpham_result IS NOT NULL {asked.limit("task.opd")}
			GROUP BY task.kkpham_result
		) done ON done.kkpham_result = latest.name
		LEFT JOIN (
			SELECT sheet.opd, sheet.workflow_state, {FORECAST} forecast {KKP_SHEETS}
			AND sheet.assessment_year = {years[-1]} {asked.limit("sheet.opd")}
		) own ON own.opd = latest.opd
		ORDER BY latest.is_regency DESC, found.opd_name"""
	)


# What a unit says of itself by an instrument of KKP HAM; of the generated ones each has one sheet a year.
FORECAST = f"CASE WHEN sheet.workflow_state IN {DECIDED} THEN sheet.verified_score ELSE sheet.self_score END"
FORECAST_OF_RIGHT = f"""CASE WHEN sheet.workflow_state IN {DECIDED}
	THEN CASE part.verified_not_applicable WHEN 0 THEN part.verified_score END
	ELSE CASE part.self_not_applicable WHEN 0 THEN part.self_score END END"""
KKP_SHEETS = """
	FROM `tabP2HAM Assessment` sheet JOIN `tabP2HAM Instrument` asked_by ON asked_by.name = sheet.instrument
	WHERE asked_by.family = 'KKP HAM' AND sheet.docstatus < 2"""


def weak_rights(asked: Asked) -> list[dict]:
	return asked.sql(
		f"""
		SELECT found.title, result.opd, result.opd_name, found.score, found.category,
			ROUND(found.score - earlier.score, 2) `change`, own.forecast, ROUND(found.score - own.forecast, 2) difference,
			COALESCE(owner.names, '') owners, COALESCE(done.follow_ups, 0) follow_ups, COALESCE(done.open, 0) open,
			done.late, found.criterion
		FROM `tabP2HAM KKPHAM Result` result JOIN `tabP2HAM KKPHAM Right` found ON found.parent = result.name
		LEFT JOIN (
			SELECT was.opd, was.assessment_year, each_right.criterion, each_right.score
			FROM `tabP2HAM KKPHAM Result` was JOIN `tabP2HAM KKPHAM Right` each_right ON each_right.parent = was.name
		) earlier ON earlier.opd = result.opd AND earlier.criterion = found.criterion
			AND earlier.assessment_year = result.assessment_year - 1
		LEFT JOIN (
			SELECT sheet.opd, sheet.assessment_year, part.criterion, {FORECAST_OF_RIGHT} forecast
			{KKP_SHEETS.replace("WHERE", "JOIN `tabP2HAM Assessment Score` part ON part.parent = sheet.name WHERE")}
			{asked.limit("sheet.opd")}
		) own ON own.opd = result.opd AND own.criterion = found.criterion
			AND own.assessment_year = result.assessment_year
		LEFT JOIN (
			SELECT owned.criterion, GROUP_CONCAT(unit.opd_name ORDER BY unit.opd_name, owned.opd SEPARATOR ', ') names
			FROM `tabP2HAM Right Owner` owned JOIN `tabP2HAM OPD` unit ON unit.name = owned.opd
			WHERE 1 = 1 {asked.limit("owned.opd")} GROUP BY owned.criterion
		) owner ON owner.criterion = found.criterion
		LEFT JOIN (
			SELECT task.kkpham_result, task.criterion, COUNT(*) follow_ups,
				SUM(CASE WHEN task.status <> 'Closed' THEN 1 ELSE 0 END) open,
				NULLIF(SUM(CASE WHEN task.status IN ('Open', 'In Progress') AND task.due_date < %(today)s
					THEN 1 ELSE 0 END), 0) late
			FROM `tabP2HAM Follow-up` task WHERE task.criterion IS NOT NULL {asked.limit("task.opd")}
			GROUP BY task.kkpham_result, task.criterion
		) done ON done.kkpham_result = result.name AND done.criterion = found.criterion
		WHERE result.is_regency = 1 AND result.assessment_year = (
			SELECT MAX(newest.assessment_year) FROM `tabP2HAM KKPHAM Result` newest
			JOIN `tabP2HAM KKPHAM Right` given ON given.parent = newest.name WHERE newest.is_regency = 1
		)
		ORDER BY found.score, found.title"""
	)


def follow_up_status(asked: Asked) -> list[dict]:
	return asked.sql(
		f"""
		SELECT task.name, task.opd, task.opd_name, task.assessment, task.kkpham_result, task.guidance, task.indicator,
			 COALESCE(task.assessment, task.kkpham_result, task.guidance) source,
			indicator.title indicator_title, task.recommendation, task.action, task.responsible, task.due_date,
			task.progress, task.status status_name,
			CASE WHEN task.status IN ('Open', 'In Progress') AND task.due_date < %(today)s
				THEN DATEDIFF(%(today)s, task.due_date) END late
		FROM `tabP2HAM Follow-up` task LEFT JOIN `tabP2HAM Indicator` indicator ON indicator.name = task.indicator
		WHERE 1 = 1 {asked.limit("task.opd")} ORDER BY late DESC, task.due_date, task.name"""
	)


def quarterly_report(asked: Asked) -> list[dict]:
	period = frame(asked)
	today = frappe.utils.getdate()
	quarter = (today.month + 2) // 3
	span = {
		"first": datetime.date(today.year, 3 * quarter - 2, 1),
		"after": datetime.date(today.year + quarter // 4, 3 * quarter % 12 + 1, 1),
		"january": datetime.date(today.year, 1, 1),
		"year": today.year,
	}
	# The last step of each sheet until then says where it stood.
	sheets = """
		`tabP2HAM Assessment` sheet LEFT JOIN `tabP2HAM Assessment Log` stand ON stand.assessment = sheet.name
			AND stand.sequence = (SELECT MAX(last.sequence) FROM `tabP2HAM Assessment Log` last
				WHERE last.assessment = sheet.name AND last.at < %(after)s)"""
	counted = f"""sheet.period = %(period)s AND sheet.creation < %(after)s
		AND COALESCE(stand.to_state, 'Draft') <> 'Cancelled' {asked.limit("sheet.opd")}"""
	steps = asked.tuples(
		f"""
		SELECT entry.action, entry.to_state, COUNT(DISTINCT entry.assessment), COUNT(*)
		FROM {sheets} JOIN `tabP2HAM Assessment Log` entry ON entry.assessment = sheet.name
		WHERE {counted} AND entry.at >= %(first)s AND entry.at < %(after)s AND entry.from_state <> entry.to_state
		GROUP BY entry.action, entry.to_state""",
		**span,
	)
	standings = asked.sql(
		f"""
		SELECT COALESCE(stand.to_state, 'Draft') state, sheet.category, COUNT(*) number, SUM(sheet.verified_score) points
		FROM {sheets} WHERE {counted} GROUP BY state, sheet.category""",
		**span,
	)
	part = f"""(SELECT COUNT(*) FROM `tabP2HAM Period Participant` part
		WHERE part.parent = %(period)s AND part.status <> 'Withdrawn' {asked.limit("part.opd")}"""
	evidence = (
		f"(SELECT COUNT(*) FROM `tabP2HAM Evidence` e WHERE e.creation < %(after)s {asked.limit('e.opd')}"
	)
	# A clerk reads of guidance in which one of his units takes part, or that was for everybody.
	mine = asked.limit("present.opd")
	guidance = f"""(SELECT COUNT(*) FROM `tabP2HAM Guidance` talk WHERE talk.status = 'Held' AND talk.date < %(after)s
		{f"AND EXISTS (SELECT present.name FROM `tabP2HAM Guidance Participant` present WHERE present.parent = talk.name {mine})" if mine else ""}"""
	tasks = f"(SELECT COUNT(*) FROM `tabP2HAM Follow-up` task WHERE 1 = 1 {asked.limit('task.opd')}"
	opened = "AND task.creation < %(after)s AND (task.closed_on IS NULL OR task.closed_on >= %(after)s)"
	(found,) = asked.sql(
		f"""
		SELECT {part}) taking_part, {part} AND part.declared_on < %(after)s) declared,
			{part} AND part.declared_on >= %(first)s AND part.declared_on < %(after)s) declared_within,
			{evidence}) evidence, {evidence} AND e.creation >= %(first)s) evidence_within,
			{guidance} AND talk.date >= %(first)s) guidance_within, {guidance} AND talk.date >= %(january)s) guidance,
			{tasks} AND task.creation >= %(first)s AND task.creation < %(after)s) agreed,
			{tasks} AND task.closed_on >= %(first)s AND task.closed_on < %(after)s) closed,
			{tasks} {opened}) open,
			{tasks} {opened} AND (task.completed_on IS NULL OR task.completed_on >= %(after)s)
				AND task.due_date < %(after)s) late,
			(SELECT MAX(result.score) FROM `tabP2HAM KKPHAM Result` result
				WHERE result.is_regency = 1 AND result.assessment_year = %(year)s) kkpham""",
		**span,
	)
	decided = f"{counted} AND stand.to_state IN {DECIDED}"
	gaps = [row for row in indicator_gap(asked, sheets, decided, **span) if row["lacking"]][:5]
	approved = [row for row in standings if row["state"] == "Approved"]
	number = sum(row["number"] for row in approved)
	order = ("Draft", "Submitted", "Reviewed", "Approved")
	within = {(action, state): sheets for action, state, sheets, _times in steps}
	reached = {
		state: sum(row["number"] for row in standings if row["state"] in order[place:])
		for place, state in enumerate(order)
	}
	forward = {"Submitted": "Submit", "Reviewed": "Review", "Approved": "Approve"}
	labels = asked.tuples(
		"SELECT label FROM `tabP2HAM Threshold` WHERE parent = %(instrument)s ORDER BY min_score DESC",
		instrument=period["instrument"],
	)
	lines = [
		("Units taking part", None, found.taking_part),
		("Units that have declared themselves", found.declared_within, found.declared),
		("Assessments begun", None, reached["Draft"]),
		*(
			(f"Assessments {state.lower()}", within.get((action, state), 0), reached[state])
			for state, action in forward.items()
		),
		(
			"Returns for correction",
			sum(times for action, state, _sheets, times in steps if action == "Return"),
			None,
		),
		(
			"Mean verified score of the approved",
			None,
			decimal(sum(row["points"] for row in approved) / number) if number else None,
		),
		*(
			(
				f"Approved in category {label}",
				None,
				sum(row["number"] for row in approved if row["category"] == label),
			)
			for (label,) in labels
		),
		("Documents stored as evidence", found.evidence_within, found.evidence),
		("Meetings, disseminations and visits held", found.guidance_within, found.guidance),
		("Follow-ups agreed", found.agreed, None),
		("Follow-ups closed", found.closed, None),
		("Follow-ups not closed", None, found.open),
		("Follow-ups late", None, found.late),
		(f"Score of the regency in {today.year}", None, decimal(found.kkpham)),
		*((gap["title"], None, f"{decimal(gap['share'], 1)}%") for gap in gaps),
	]
	return [
		{
			"item": item,
			"within": None if before is None else str(before),
			"until": None if until is None else str(until),
		}
		for item, before, until in lines
	]


def decimal(value, precision: int = 2) -> str | None:
	"""Return a number as the site writes numbers."""
	if value is None:
		return None
	return frappe.utils.fmt_money(float(value), precision)


def audit_trail(asked: Asked) -> list[dict]:
	frame(asked)
	entries = f"""
		FROM `tabP2HAM Assessment` sheet JOIN `tabP2HAM Assessment Log` entry ON entry.assessment = sheet.name
		LEFT JOIN `tabUser` user ON user.name = entry.user
		WHERE sheet.period = %(period)s {asked.limit("sheet.opd")}"""
	asked.tuples(
		f"""
		SELECT EXTRACT(YEAR FROM entry.at) year, EXTRACT(MONTH FROM entry.at) month, entry.action, COUNT(*) {entries}
		GROUP BY year, month, entry.action"""
	)
	asked.tuples(f"SELECT COUNT(DISTINCT entry.user) {entries}")
	return asked.sql(
		f"""
		SELECT entry.name, entry.at, entry.assessment, sheet.opd, sheet.opd_name, entry.action action_name,
			entry.from_state `before`, entry.to_state `after`, user.full_name who, entry.duty by_duty, entry.acting,
			entry.note
		{entries} ORDER BY entry.at DESC, entry.assessment, entry.sequence DESC LIMIT 1000"""
	)


BASELINES: dict[str, Callable[[Asked], list[dict]]] = {
	"P2HAM Scoreboard": scoreboard,
	"P2HAM Indicator Gap": indicator_gap,
	"P2HAM Vulnerable Groups and Principles": groups_and_principles,
	"P2HAM Progress": progress,
	"P2HAM Evidence Register": evidence_register,
	"P2HAM Year Comparison": year_comparison,
	"P2HAM Participation": participation,
	"KKP HAM Review": kkp_ham_review,
	"P2HAM Weak Rights": weak_rights,
	"P2HAM Follow-up Status": follow_up_status,
	"P2HAM Quarterly Report": quarterly_report,
	"P2HAM Audit Trail": audit_trail,
}


def last_period(made: Generated) -> dict:
	return {"period": made.periods[-1]}


# What is asked of each report; of others nothing.
FILTERS: dict[str, Callable[[Generated], dict]] = {
	name: last_period
	for name in BASELINES
	if name not in ("KKP HAM Review", "P2HAM Weak Rights", "P2HAM Follow-up Status")
}
