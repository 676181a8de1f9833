"""The gate in front of Frappe's generic doors: what a request says about our documents is read before anything runs.

Frappe answers questions about any DocType through lists, searches, counts, charts, cards, exports and calendars. Each of
them checks in its own way which fields it is asked for, and each has let something through. Here every request is read
once, whatever function it is for and by whatever address it came: its arguments by what they are (`fields`, `filters`,
an order, a field to add up ...), with one grammar (`engine.query_grammar`). What the grammar does not know is refused.

* A field is one of the DocType asked about or of its rows. A field of a linked record is shown only to who may see every
  record that is linked so (`scope.links_within`); a title that a list asks for beside is left out instead.
* A flag from outside never switches the scope off.
* A document is named by its name, not by a condition, which would tell a hidden text by trying.
* Methods of documents are called by POST, since a GET writes nothing.
* Functions that we replace are replaced at each of their addresses (`overrides`).

For DocTypes of other apps the grammar is held only as to its form, which keeps SQL out: a hole there reads the whole
database, ours included.

Frappe calls `check` as an auth hook: the one moment that every request passes when it is known who asks, with a session,
a key or a token, and nothing has been done yet.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NoReturn

import frappe
import frappe.api
from frappe import _
from frappe.model import child_table_fields, default_fields, optional_fields
from werkzeug.exceptions import HTTPException

from p2ham.access import policies, replaced_functions, scope
from p2ham.access.policies import TRACES
from p2ham.engine import query_grammar as grammar
from p2ham.engine.query_grammar import Column, NotInGrammar

# Ours, but no document of a unit: Frappe's own rights say who reads and changes it.
SETTINGS = (policies.SETTINGS,)
# What Frappe keeps of ours: files, and what it writes about documents.
GUARDED = (*TRACES, "File", "Prepared Report")
# What arguments are called that say what is asked about, the first that is given counts.
DOCTYPES = ("doctype", "dt", "_doctype", "document_type", "ref_doctype", "reference_doctype")
SEVERAL = ("fields", "filter_fields", "fields_to_fetch", "stats", "fieldname")
ONE = ("field", "searchfield", "search_field", "sort_field", "aggregate_on_field", "workflow_state_field")
CONDITIONS = ("filters", "or_filters", "current_filters", "applied_filters", "export_filters", "filters_json")
ORDERS = ("order_by", "group_by")
COLUMNS = ("export_fields", "select_columns")
NAMES = (
	*("name", "docname", "dn", "doc_name", "reference_name", "reference_docname", "old", "old_name"),
	*("source_name", "for_value"),
)
# Who takes one of these into a query adds up, counts or groups by it, of whatever DocType (charts, cards, goals).
ADDED_UP = ("aggregate_function_based_on", "value_based_on", "based_on", "group_by_based_on")
IN_A_CALENDAR = ("start", "end", "title", "color", "allDay", "all_day")
# A record in an argument: what it is called, and what it may name the DocType by.
RECORDS = ("doc", "docs", "chart", "document", "args")
# Names of other functions in an argument, which Frappe calls past its own overrides.
FUNCTIONS = ("query", "tree_method", "method")
FLAGS = ("ignore_permissions", "ignore_user_permissions", "ignore_ifnull", "ignore_ddl", "ignore_links")
# What an order may go by beside fields: names that Frappe gives to what it adds up itself.
ALIASES = ("_aggregate_column", "_relevance", "count", "total_count")
# Words of Frappe's lists that never come into a query.
NO_FIELDS = ("include_disabled", "assigned_to")
# Functions of dates and numbers that other apps' lists ask for; ours need none.
ELSEWHERE = (
	*grammar.AGGREGATES,
	*("date", "year", "month", "quarter", "week", "day", "hour", "group_concat", "abs", "round", "ifnull"),
)


def check() -> None:
	"""Read the request that is about to be answered, and refuse what it may not ask; Frappe's `auth_hooks`.

	Raises frappe.ValidationError naming the argument that is not understood, and frappe.PermissionError naming the
	field, function or way that is not for the session's user.
	"""
	call = _called()
	if call is None:
		return
	replaced_functions.take_effect(call.function, call.address)
	if call.function and call.function.__module__.startswith("p2ham.api."):
		return  # typed, and about one subject: each has its own check
	Reading(call).check()


@dataclass(frozen=True)
class Call:
	"""What a request calls: the function (None for a route of Frappe's REST), by which address, with what arguments,
	those of the path included. `asks` is False where they are the fields of a document that is written, `runs_method`
	True where a method of a document is run."""

	function: Callable | None
	address: str
	given: dict
	asks: bool = True
	runs_method: bool = False

	def change(self, name: str, value) -> None:
		self.given[name] = value
		if name in frappe.local.form_dict:
			frappe.local.form_dict[name] = value


def _called() -> Call | None:
	"""Return what the request calls; None for pages and files, which have their own checks."""
	form = frappe.local.form_dict
	if form.get("cmd"):
		return _function(form.cmd, form)
	if not frappe.request.path.startswith("/api/"):
		return None
	try:
		endpoint, arguments = frappe.api.API_URL_MAP.bind_to_environ(frappe.request.environ).match()
	except HTTPException:
		return None  # Frappe says so itself
	if endpoint.__name__ == "handle_rpc_call":
		return _function(_address(arguments), form)
	writes = endpoint.__name__ in ("create_doc", "update_doc")
	runs = "method" in frappe.request.path.split("/") or (not writes and "run_method" in form)
	return Call(None, "", {**form, **arguments}, asks=not writes, runs_method=runs)


def _address(arguments: Mapping) -> str:
	"""Return the address in a path; Frappe 16 also takes a DocType and a function of its module."""
	method = arguments["method"].split("/")[0]
	if "doctype" not in arguments:
		return method
	from frappe.modules.utils import load_doctype_module

	return f"{load_doctype_module(arguments['doctype']).__name__}.{method}"


def _function(address: str, form: dict) -> Call:
	function = replaced_functions.at(address)
	runs = getattr(function, "__name__", address) == "run_doc_method"
	return Call(function, address, dict(form), runs_method=runs)


class Reading:
	"""One request being read."""

	def __init__(self, call: Call):
		self.call, self.given = call, call.given
		self.records = list(self._records()) if call.asks else []
		named = next((self.given[name] for name in DOCTYPES if self.given.get(name)), "")
		self.doctype = named if isinstance(named, str) else ""
		self.doctype = self.doctype or next((record.doctype for record in self.records), "")
		self.is_ours = is_ours(self.doctype) or any(is_ours(record.doctype) for record in self.records)

	def check(self) -> None:
		with _refusing():
			self.check_functions()
			self.check_names()
			if self.is_ours:
				self.check_verb()
			if self.is_ours or self.doctype in GUARDED:
				self.name_by_condition()
				self.drop_flags()
				self.check_stored_record()
			if self.call.asks:
				self.check_query()
				self.check_records()

	# Who may be called

	def check_functions(self) -> None:
		"""No function that is guarded is reached through an argument of another, and of ours none but by a list."""
		for name in FUNCTIONS:
			address = self.given.get(name)
			function = replaced_functions.at(address) if isinstance(address, str) and "." in address else None
			if function is None:
				continue
			foreign = (
				name == "query" and is_ours(self.doctype) and not function.__module__.startswith("p2ham.")
			)
			if foreign or replaced_functions.replaced(function) or replaced_functions.is_refused(function):
				_deny(_("{0}: {1} is not called in this way.").format(name, address))
		texts = [value for value in self.given.values() if isinstance(value, str)]
		if replaced_functions.is_refused(self.call.function) and any(map(is_ours, texts)):
			_deny(
				_("{0} does not know who may see what, and is not for {1}.").format(
					self.call.address, "P2HAM"
				)
			)

	def check_verb(self) -> None:
		if self.call.runs_method and frappe.request.method != "POST":
			_deny(_("Methods of {0} are called by POST.").format(_(self.doctype)))

	def check_stored_record(self) -> None:
		"""A method may be run on a record as the client sends it, so its owner is whoever the client says: the stored one is
		asked whether the user may."""
		for record in self.records if self.call.runs_method else ():
			name = record.get("name")
			if isinstance(name, str) and name and frappe.db.exists(record.doctype, name):
				frappe.get_doc(record.doctype, name).check_permission("read")

	# What is named

	def check_names(self) -> None:
		"""A name is a text, of whatever DocType: Frappe takes an object for a condition, and answers differently where it
		holds."""
		for name in NAMES:
			if isinstance(self.given.get(name), dict | list | tuple):
				raise NotInGrammar(self.given[name])

	def name_by_condition(self) -> None:
		"""frappe.client.get takes the first document that meets the filters, and asks for the right to it afterwards:
		here it is the first of those that the user sees."""
		filters = self.given.get("filters")
		if (
			self.given.get("name")
			or not filters
			or not replaced_functions.is_by_condition(self.call.function)
		):
			return
		filters = frappe.parse_json(filters) if isinstance(filters, str) else filters
		self.read_conditions("filters")
		found = frappe.get_list(
			self.doctype,
			filters=filters,
			pluck="name",
			parent_doctype=self.given.get("parent"),
			limit=1,
			order_by="name",
		)
		if not found:
			raise frappe.DoesNotExistError
		self.call.change("filters", None)
		frappe.local.form_dict["name"] = found[0]

	def drop_flags(self) -> None:
		"""The desk sets some of them by itself, so they are not refused."""
		for name in FLAGS:
			if name in self.given:
				self.call.change(name, 0)

	# What is asked

	def check_query(self) -> None:
		for name in SEVERAL:
			if self.given.get(name) not in (None, "") and not self._is_written(name):
				self.read_fields(name)
		for name in ONE:
			if isinstance(self.given.get(name), str) and self.given[name] not in ("", *NO_FIELDS):
				self.judge(grammar.plain(self.given[name]))
		if "current_filters" in self.given and isinstance(self.given.get("field"), str):
			check_grouped(self.doctype, self.given["field"])
		for name in CONDITIONS if self.is_ours or not self.given.get("query") else ():
			if self.given.get(name) not in (None, "") and self.doctype:
				self.read_conditions(name)
		for name in ORDERS:
			self.read_order(name)
		for name in COLUMNS:
			self.read_columns(name)
		_check_direction(self.given.get("sort_order"))
		self.read_calendar()
		self.read_added_columns()

	def _is_written(self, name: str) -> bool:
		"""`fieldname` may be what is set (frappe.client.set_value): {field: value}."""
		value = self.given[name]
		if name != "fieldname":
			return False
		return isinstance(value, dict) or (isinstance(value, str) and value.lstrip().startswith("{"))

	def read_fields(self, name: str) -> None:
		"""Read the fields that are asked for, and leave out titles of linked records that are not for the user."""
		asked = grammar.listed(self.given[name])
		kept = [part for part in asked if self.is_shown(self._column(part))]
		if len(kept) != len(asked):
			kept = kept or ["name"]
			self.call.change(name, json.dumps(kept) if isinstance(self.given[name], str) else kept)

	def _column(self, part) -> Column:
		if isinstance(part, dict) and isinstance(part.get("name"), str):
			part = part["name"]  # what the tags of a list are asked by
		return grammar.column(part, grammar.AGGREGATES if self.is_ours else ELSEWHERE)

	def read_conditions(self, name: str) -> None:
		for column in grammar.conditions(self.given[name], values=self.is_ours):
			if column.table or column.through or column.field not in NO_FIELDS:
				self.judge(column)

	def read_order(self, name: str) -> None:
		aliases = {*ALIASES, *self._aliases()}
		for column in grammar.order(self.given.get(name)):
			if column.table or column.through or column.field not in aliases:
				self.judge(column)

	def _aliases(self) -> Iterator[str]:
		for part in grammar.listed(self.given.get("fields")):
			yield self._column(part).alias

	def read_columns(self, name: str) -> None:
		"""Read {DocType or table field: [field ...]}, as exports name what they write."""
		value = self.given.get(name)
		value = frappe.parse_json(value) if isinstance(value, str) and value else value
		if not value or not isinstance(value, dict):
			return
		for owner, fields in value.items():
			for part in fields if isinstance(fields, list | tuple) else []:
				column = grammar.plain(part)
				if is_ours(owner) and owner != self.doctype:
					self.judge(Column(column.field, owner))
				elif owner == self.doctype:
					self.judge(column)

	def read_calendar(self) -> None:
		names = self.given.get("field_map")
		names = frappe.parse_json(names) if isinstance(names, str) and names else names
		if not isinstance(names, dict):
			return
		for key in IN_A_CALENDAR:
			if names.get(key) and isinstance(names[key], str):
				self.judge(grammar.plain(names[key]))

	def read_added_columns(self) -> None:
		"""Columns that somebody adds to a report: fields of a linked DocType, each read by its own list."""
		columns = self.given.get("custom_columns")
		columns = frappe.parse_json(columns) if isinstance(columns, str) and columns else columns
		for column in columns if isinstance(columns, list) else ():
			if isinstance(column, dict) and isinstance(column.get("doctype"), str) and column["doctype"]:
				named = grammar.plain(column.get("fieldname") or column.get("field") or "name")
				judge(named, column["doctype"], strictly=is_ours(column["doctype"]))

	# Records that come with a request

	def _records(self) -> Iterator[frappe._dict]:
		for name in RECORDS:
			value = self.given.get(name)
			value = _parsed(value)
			for one in value if isinstance(value, list) else [value]:
				if isinstance(one, dict):
					yield frappe._dict(
						{
							**one,
							"doctype": next(
								(one[key] for key in DOCTYPES if isinstance(one.get(key), str)), ""
							),
						}
					)

	def check_records(self) -> None:
		for record in self.records:
			if is_ours(record.doctype) and isinstance(record.get("name"), dict | list):
				raise NotInGrammar(record.name)
			check_added_up(record)
		self.check_goal()
		self.check_stored()

	def check_goal(self) -> None:
		"""What is added up of a DocType that has an argument of its own (frappe.utils.goal)."""
		doctype = self.given.get("goal_doctype")
		if not isinstance(doctype, str):
			return
		for name in ("goal_field", "date_field", "goal_doctype_link"):
			if self.given.get(name):
				judge(grammar.plain(self.given[name]), doctype, strictly=True)

	def check_stored(self) -> None:
		"""A card or chart that is asked for by its name may have been stored before its names were checked."""
		for doctype, name in (
			("Dashboard Chart", self.given.get("chart_name")),
			("Number Card", next((record.name for record in self.records if record.function), None)),
		):
			if isinstance(name, str) and name and frappe.db.exists(doctype, name):
				check_added_up(frappe.get_cached_doc(doctype, name))

	# Judging a name

	def judge(self, column: Column) -> None:
		if not self.is_shown(column):
			_deny(_("Fields of linked records are not for you here: {0}.").format(_spelt(column)))

	def is_shown(self, column: Column) -> bool:
		return judge(column, self.doctype, strictly=self.is_ours)


def judge(column: Column, doctype: str, strictly: bool) -> bool:
	"""Tell whether a field may be read in a list of `doctype`; False for the title of a linked record that is not for
	the user, which a list can do without.

	Raises NotInGrammar for what is no field (of our DocTypes, and `strictly` of any), and frappe.PermissionError for
	what belongs to another DocType of ours, or to a linked record that the user may not see.
	"""
	if column.through and (linked := _link(doctype, column.through)):
		return _is_linked_shown(column, doctype, linked)
	owner = _owner(column, doctype)
	if owner != doctype and is_ours(owner) and policies.PARENTS.get(owner) != doctype:
		_deny(_("{0} is not asked for its fields through {1}.").format(_(owner), _(doctype)))
	if (strictly or is_ours(owner)) and column.field not in fields_of(owner):
		raise NotInGrammar(_spelt(column))
	return True


def _is_linked_shown(column: Column, doctype: str, linked: str) -> bool:
	if not (is_ours(doctype) or is_ours(linked)):
		return True
	if column.field not in fields_of(linked):
		raise NotInGrammar(_spelt(column))
	if scope.links_within(doctype, column.through, linked):
		return True
	if column.field == frappe.get_meta(linked).title_field and not column.function:
		return not is_ours(linked)
	_deny(_("Fields of linked records are not for you here: {0}.").format(_spelt(column)))


def _owner(column: Column, doctype: str) -> str:
	"""Return the DocType that a name belongs to: that of the list, or the one whose rows are meant."""
	if column.table:
		return column.table
	if not column.through:
		return doctype
	table = frappe.get_meta(doctype).get_field(column.through) if _exists(doctype) else None
	return table.options if table and table.options else column.through


def _link(doctype: str, fieldname: str) -> str | None:
	found = frappe.get_meta(doctype).get_field(fieldname) if _exists(doctype) else None
	return found.options if found and found.fieldtype == "Link" else None


def _exists(doctype: str) -> bool:
	if is_ours(doctype):
		return True
	try:
		return bool(doctype and frappe.get_meta(doctype))
	except frappe.DoesNotExistError:
		frappe.clear_last_message()
		return False


def fields_of(doctype: str) -> frozenset[str]:
	"""Return the names that a query may use of a DocType: "*", its fields that have a column, and Frappe's own."""
	if not _exists(doctype):
		return frozenset()
	meta = frappe.get_meta(doctype)
	return frozenset(("*", *meta.get_valid_columns(), *default_fields, *child_table_fields, *optional_fields))


def is_ours(doctype: str | None) -> bool:
	return bool(doctype) and (
		doctype in policies.PARENTS or doctype in policies.SCOPED or doctype in SETTINGS
	)


# What is stored and put into a query later


def check_added_up(record) -> None:
	"""Refuse a chart or card, sent or stored, of whatever DocType, that adds up or goes by something that is no field.

	Raises NotInGrammar.
	"""
	doctype = record.get("document_type")
	for name in ADDED_UP if doctype and isinstance(doctype, str) else ():
		if value := record.get(name):
			judge(grammar.plain(value), doctype, strictly=True)
	if record.get("group_by_based_on"):
		check_grouped(doctype, record.group_by_based_on)


def check_grouped(doctype: str, fieldname: str) -> None:
	"""Refuse to group by a link to records that the user may not all see: Frappe 16 shows the title of each.

	Raises frappe.PermissionError.
	"""
	linked = _link(doctype, fieldname)
	if linked and is_ours(linked) and not scope.links_within(doctype, fieldname, linked):
		_deny(_("Fields of linked records are not for you here: {0}.").format(fieldname))


def check_stored_names(doc, method: str | None = None) -> None:
	"""`validate` of Number Card, Dashboard Chart and Kanban Board: Frappe stores what anybody sends, and adds it up or
	goes by it later.

	Raises frappe.ValidationError.
	"""
	doctype = doc.get("document_type") or doc.get("reference_doctype") or ""
	with _refusing():
		check_added_up(doc)
		if doc.get("field_name"):
			judge(grammar.plain(doc.field_name), doctype, strictly=True)
		for name in ("filters_json", "filters"):
			check_stored_filters(doc.get(name), doctype)


def check_stored_filters(filters, doctype: str) -> None:
	"""Raise NotInGrammar for conditions, stored as JSON, that are none on fields of a DocType."""
	for column in grammar.conditions(_parsed(filters), values=False) if doctype else ():
		judge(column, doctype, strictly=is_ours(doctype))


def check_mailed_report(doc, method: str | None = None) -> None:
	"""`Auto Email Report.validate`: the conditions of a report that somebody built.

	Raises frappe.ValidationError.
	"""
	kind, doctype = frappe.db.get_value("Report", doc.report, ("report_type", "ref_doctype")) or ("", "")
	if kind == "Report Builder":
		with _refusing():
			check_stored_filters(doc.filters, doctype)


def check_stored_report(doc, method: str | None = None) -> None:
	"""`Report.validate`: a report that somebody built asks for its fields whenever it is run, in a mail too.

	Raises frappe.ValidationError.
	"""
	built = _parsed(doc.get("json"))
	if not isinstance(built, dict):
		return
	with _refusing():
		for field_of in _built_columns(built, doc.ref_doctype):
			judge(*field_of, strictly=is_ours(field_of[1]))
		check_stored_filters(built.get("filters"), doc.ref_doctype)


def _built_columns(built: Mapping, doctype: str) -> Iterator[tuple[Column, str]]:
	"""Yield each field that a built report names, and the DocType that it is asked of."""
	for part in built.get("fields") or ():
		if isinstance(part, list | tuple) and len(part) == 2 and part[0] not in ALIASES:
			yield _in_table(part[1], part[0]), doctype
	for part in built.get("columns") or ():
		if isinstance(part, dict) and part.get("doctype"):
			yield grammar.plain(part.get("fieldname") or "name"), part["doctype"]
	for name in ("sort_by", "sort_by_next"):
		if built.get(name):
			yield _in_table(*str(built[name]).split(".", 1)), doctype
	grouped = built.get("group_by")
	grouped = grouped if isinstance(grouped, dict) else {}
	if grouped.get("aggregate_function"):
		on = grouped.get("aggregate_on_doctype") or doctype, grouped.get("aggregate_on_field") or "name"
		yield grammar.column(f"{grouped['aggregate_function']}(`tab{on[0]}`.`{on[1]}`)"), doctype
	for orders in (built.get("order_by"), grouped.get("group_by") or built.get("group_by")):
		yield from ((column, doctype) for column in grammar.order(orders) if column.field not in ALIASES)
	for name in ("sort_order", "sort_order_next"):
		_check_direction(built.get(name))


def _in_table(doctype: str, fieldname: str = "name") -> Column:
	"""Read a field that is named together with its DocType, as Frappe will write the two into a query."""
	return grammar.plain(f"`tab{doctype}`.`{fieldname}`")


def _check_direction(given) -> None:
	if given and str(given).lower() not in ("asc", "desc"):
		raise NotInGrammar(given)


def _parsed(value):
	if not isinstance(value, str):
		return value
	try:
		return json.loads(value)
	except ValueError:
		return None


def _spelt(column: Column) -> str:
	return ".".join(filter(None, (column.table or column.through, column.field)))


@contextmanager
def _refusing() -> Iterator[None]:
	"""Tell the user what the grammar does not know. Raises frappe.ValidationError."""
	try:
		yield
		return
	except NotInGrammar as refused:
		text = frappe.utils.escape_html(refused.text[:140])
	frappe.throw(
		_("This part of the request is not understood, so nothing is answered: {0}").format(
			frappe.bold(text)
		),
		frappe.ValidationError,
		title=_("Request Not Understood"),
	)


def _deny(sentence: str) -> NoReturn:
	frappe.throw(sentence, frappe.PermissionError, title=_("Not Permitted"))
