"""What a function is asked, from the names and types of its parameters: first what it is made for, about records of
the victim; then, one after the other, what nobody should be able to put into a query, a name or a flag.

It is a covering design, no product: each value of each parameter is sent at least once, with the records in turn, and
what goes into a query with each kind of record that it fits.
"""

from __future__ import annotations

import inspect
import itertools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import frappe
from sweep_doors import Door
from sweep_victim import KABAG, PERIOD, UNIT, VERIFIER, Target, Victim

# Two numbers: who shows their product has calculated what somebody sent.
FACTORS = (48611, 50077)
PRODUCT = str(FACTORS[0] * FACTORS[1])
CALCULATED = f"{FACTORS[0]}*{FACTORS[1]}"

# What a parameter is for, by its name; the first that fits counts.
KINDS = (
	("condition", r"filter|condition|^where$"),
	("fields", r"^(fields|columns|stats|fields_to_fetch)$"),
	("function", r"^(query|method|methods|.*_method|cmd)$"),
	(
		"flag",
		r"^(ignore|as|is|with|no|add|show|force|include|allow|raw|debug|run|strict|distinct|merge|for_update)(_|$)",
	),
	("column", r"field|based_on|group_by|order_by|sort|column|aggregat|pluck|^search_?by$"),
	("record", r"^(docs?|document|chart|card|report|data|values?|args|kwargs|settings|update)$"),
	("doctype", r"doctype|document_type|^dt$|_dt$|doc_type|^child_type$|^reference$"),
	("address", r"url|^path$|file_path"),
	(
		"name",
		r"name|^dn$|document|^id$|^fid$|^old$|^opd$|^unit$|assessment|evidence|event|article|note$|communication",
	),
)
# Dotted names that a parameter may name a function by; the last are not for a client at all.
FUNCTIONS = (
	"frappe.client.get_list",
	"frappe.client.get_value",
	"frappe.desk.reportview.get",
	"frappe.desk.search.search_widget",
	"frappe.get_all",
	"frappe.db.sql",
)


ATTACKED = ("P2HAM Assessment", "P2HAM Evidence Use", "P2HAM OPD", "P2HAM Follow-up")
LARGEST = 60  # number of records of a tool that a client makes up
TEXTS = ("Data", "Attach", "Attach Image", "Small Text", "Code")
KNOWN_TEXTS = (
	"txt",
	"text",
	"search_term",
	"search_text",
	"search",
	"q",
	"method",
	"order_by",
	"route",
	"user",
)
RECORDS = 4  # that a function is asked about, beside the assessment and what its name says


@dataclass(frozen=True)
class Asked:
	"""Arguments of one request; `about` is the DocType of the record that they name, `as_json` how they are sent."""

	data: dict
	about: str
	as_json: bool = False


def subject(doctype: str) -> str:
	"""Return what modules and parameters call a DocType: "P2HAM Evidence" is `evidence`."""
	return frappe.scrub(doctype).removeprefix("p2ham_").replace("-", "_")


def kind_of(name: str) -> str:
	return next((kind for kind, pattern in KINDS if re.search(pattern, name)), "")


class Values:
	"""Arguments for functions, about one victim."""

	def __init__(self, victim: Victim):
		self.victim = victim
		self.turn = itertools.count()
		self.central = victim.central()
		self.every = [*victim.targets, *victim.tools]
		self.reports = frappe.get_all("Report", filters={"disabled": 0}, pluck="name", order_by="name")
		self.links = {target.doctype: list(self.linked(target)) for target in victim.targets}

	# One function

	def for_door(self, door: Door) -> Iterator[Asked]:
		"""Yield what a function is asked, without repetition."""
		seen = set()
		for asked in itertools.chain(self.plain(door), self.hostile(door)):
			key = json.dumps(asked.data, sort_keys=True, default=str)
			if key not in seen:
				seen.add(key)
				yield asked

	def plain(self, door: Door) -> Iterator[Asked]:
		"""What the function is made for, about each record that it may have to do with. Every other time flags are set, and
		records that need not be given are left out. Then with lists and objects where it might want JSON."""
		for number, target in enumerate(self.targets_for(door)):
			yield Asked(self.filled(door, target, flags=number % 2), target.doctype)
		reports = [name for name in door.parameters if name in ("report", "report_name")]
		for report in self.reports if reports else ():
			target = self.next()
			data = {**self.filled(door, target, 1), reports[0]: report, "filters": self.of_a_report(target)}
			yield Asked(data, target.doctype)
		yield from self.in_other_types(door)

	def in_other_types(self, door: Door) -> Iterator[Asked]:
		"""Texts of which nothing is known, as lists, objects and numbers in JSON."""
		target = self.targets_for(door)[0]
		data = self.filled(door, target)
		texts = [
			name
			for name, value in data.items()
			if isinstance(value, str)
			and (not kind_of(name) or value == "changed")
			and name not in KNOWN_TEXTS
		]
		if texts:
			one = {"doctype": target.doctype, "name": target.name, "title": "changed", "public": 1}
			for value in ([target.name], one, [one], "[]", "{}", 1):
				yield Asked({**data, **dict.fromkeys(texts, value)}, target.doctype)

	def of_a_report(self, target: Target) -> dict:
		known = self.known(target)
		names = ("period", "opd", "user", "doctype", "from_date", "to_date")
		return {
			**{name: known.get(name) or target.doctype for name in names},
			"docname": self.victim.assessment,
		}

	def targets_for(self, door: Door) -> list[Target]:
		"""Return the records to ask about: those that its module or parameters name, then some others."""
		kinds = {kind_of(name) for name in door.parameters}
		if not kinds:
			return self.central[:1]
		words = {
			*door.name.split("."),
			*door.parameters,
			*(name.removesuffix("_name") for name in door.parameters),
		}
		words.discard("doctype")  # which is in every second address
		related = [target for target in self.every if subject(target.doctype) in words]
		if kinds.isdisjoint({"doctype", "name", "record", "condition", "fields"}):
			return [*related[:1], self.next(), self.next()]
		start = next(self.turn) % len(self.central)
		others = [*self.central[start:], *self.central[:start]]
		return [*dict.fromkeys([*related, self.central[0], *others[:RECORDS]])]

	def next(self) -> Target:
		return self.central[next(self.turn) % len(self.central)]

	def filled(self, door: Door, target: Target, flags: int = 0) -> dict:
		known = self.known(target)
		data = {}
		for name, parameter in door.parameters.items():
			needed = parameter.default is parameter.empty
			if kind_of(name) == "flag":
				if flags or needed:
					data[name] = flags
			elif kind_of(name) == "record" and flags and not needed:
				continue
			elif (
				name == "doc" and not flags and "name" in door.parameters and "doctype" not in door.parameters
			):
				data[name] = target.doctype
			elif name in known:
				data[name] = known[name]
			else:
				value = self.guessed(name, parameter, target)
				if value is not None:
					data[name] = value
		return data

	def guessed(self, name: str, parameter: inspect.Parameter, target: Target):
		"""Return a value for a parameter that nobody thought of, by what its name says or, where it must be given, by
		its type."""
		kinds = {
			"doctype": target.doctype,
			"name": target.name,
			"record": {"doctype": target.doctype, "name": target.name, target.field: "changed"},
			"condition": {"name": target.name},
			"fields": ["name", target.field],
			"column": target.field,
			"address": self.victim.file_url,
		}
		kind = kind_of(name)
		if kind in kinds:
			return kinds[kind]
		if parameter.default is not parameter.empty:
			return None
		types = {"int": 1, "float": 1, "bool": 1, "list": [target.name], "dict": {"name": target.name}}
		annotation = parameter.annotation if parameter.annotation is not parameter.empty else ""
		words = re.findall(r"\w+", getattr(annotation, "__name__", "") or str(annotation))
		return next((types[word] for word in words if word in types), target.name)

	# What is not to be understood

	def hostile(self, door: Door) -> Iterator[Asked]:
		for name in door.parameters:
			makers = {
				"condition": self.conditions,
				"fields": self.field_lists,
				"column": self.columns,
				"function": lambda target: FUNCTIONS,
				"name": self.names,
				"flag": lambda target: (1,),
			}
			maker = makers.get(kind_of(name))
			if maker is None or name in ("file_name", "filename"):
				continue
			for target, value in self.attacks(door, kind_of(name), maker):
				data = {**self.filled(door, target, next(self.turn) % 2), name: value}
				yield Asked(data, target.doctype, as_json=isinstance(value, dict))
		yield from self.made_up(door)

	def attacks(self, door: Door, kind: str, maker: Callable) -> list[tuple[Target, object]]:
		"""Return the values to send with the records that they fit: where a function makes a query, each value for one of
		several kinds of records in turn, what leads to other records for each of them."""
		named = {kind_of(name) for name in door.parameters}
		if kind in ("name", "flag", "function") or "doctype" not in named:
			target = self.next()
			return [(target, value) for value in maker(target)]
		targets = [self.victim.target(doctype) for doctype in ATTACKED]
		found = []
		for number, target in enumerate(targets):
			links = [spelt for spelt, _doctype in self.links[target.doctype]]
			for place, value in enumerate(maker(target)):
				leads = any(link in json.dumps(value) for link in links)
				if leads or place % len(targets) == number:
					found.append((target, value))
		return found

	def made_up(self, door: Door) -> Iterator[Asked]:
		"""Records of a tool of the desk (a chart, a card, a report ...) that the client makes up, where the function stands
		beside that DocType and takes a record."""
		found = re.search(r"\.doctype\.(\w+)\.\w+\.", door.name)
		tool = found and frappe.unscrub(found[1])
		records = [name for name in door.parameters if name in ("doc", "docs", "document", "chart", "card")]
		if not records or not tool or not frappe.db.exists("DocType", tool):
			return
		targets = itertools.cycle((self.victim.target("P2HAM OPD"), self.victim.target("P2HAM Assessment")))
		for number, target in zip(range(LARGEST), targets, strict=False):
			doc = next(itertools.islice(self.tools(tool, target), number, None), None)
			if doc is None:
				return
			for name in records:
				yield Asked({**self.filled(door, target), name: doc, "filters": []}, target.doctype)

	def tools(self, doctype: str, target: Target) -> Iterator[dict]:
		"""Yield records of a DocType about `target`: each value of each Select with each of another, each hostile name
		of a field once."""
		selects, others = {}, {}
		meta = frappe.get_meta(doctype)
		for field in meta.fields:
			kind = kind_of(field.fieldname)
			if field.fieldtype == "Select":
				selects[field.fieldname] = [one for one in (field.options or "").split("\n") if one]
			elif field.fieldtype == "Link" and field.options == "DocType":
				others[field.fieldname] = target.doctype
			elif field.fieldtype == "Dynamic Link":
				others[field.fieldname] = target.name
			elif field.fieldtype == "Check":
				others[field.fieldname] = 0
			elif kind == "condition":
				others[field.fieldname] = "[]"
			elif kind == "name" and field.fieldtype == "Data":
				others[field.fieldname] = target.name
		named = [
			f.fieldname
			for f in meta.fields
			if kind_of(f.fieldname) == "column"
			and f.fieldtype in ("Data", "Select", "Autocomplete", "Small Text")
		]
		if not named and not selects:
			return
		columns = list(self.columns(target))
		for number, chosen in enumerate(pairs({key: values for key, values in selects.items() if values})):
			one = {"doctype": doctype, "name": f"new-{number}", **others, **chosen}
			one.update(dict.fromkeys(named, columns[number % len(columns)]))
			yield one

	def naming(self, doctype: str) -> dict:
		"""Return fields of a DocType that name the victim; nothing where none of them can."""
		target, fields = self.victim.target("P2HAM Assessment"), {}
		named = {
			"DocType": target.doctype,
			"File": self.victim.target("File").name,
			"Report": "P2HAM Scoreboard",
		}
		for field in frappe.get_meta(doctype).fields:
			address = re.search(r"file|url|attach", field.fieldname) and field.fieldtype in TEXTS
			if field.fieldtype == "Link" and field.options in named:
				fields[field.fieldname] = named[field.options]
			elif field.fieldtype == "Dynamic Link" or field.fieldname in ("docname", "document"):
				fields[field.fieldname] = target.name
			elif address:
				fields[field.fieldname] = self.victim.file_url
		if fields:
			fields |= {
				"condition": f"name = '{target.name}'",
				"field": target.field,
				"update_value": "changed",
			}
			fields |= {"limit": 10, "filters": "[]", "user": "{me}"}
		return fields

	# Values

	def linked(self, target: Target) -> Iterator[tuple[str, str]]:
		"""Yield fields that a record leads to, as Frappe spells them, with the DocType that they belong to."""
		meta = frappe.get_meta(target.doctype)
		for field in meta.fields:
			if field.fieldtype in ("Link", "Table") and field.options:
				text = self.text_of(field.options)
				if text:
					yield f"{field.fieldname}.{text}", field.options

	def text_of(self, doctype: str) -> str:
		"""Return the field of a DocType that a marker stands in, if one does."""
		return next((one.field for one in self.victim.targets if one.doctype == doctype), "")

	def foreign(self, target: Target) -> Target:
		other = "P2HAM Evidence" if target.doctype != "P2HAM Evidence" else "P2HAM Assessment Item"
		return self.victim.target(other)

	def selected(self, target: Target) -> str:
		other = self.foreign(target)
		return f"(select max(`{other.field}`) from `tab{other.doctype}` where name = '{other.name}')"

	def field_lists(self, target: Target) -> Iterator[list | str]:
		other = self.foreign(target)
		yield ["*"]
		yield ["name", *(spelt for spelt, _doctype in self.links[target.doctype])]
		for spelt, _doctype in self.links[target.doctype]:
			yield ["name", f"{spelt} as x"]
		yield ["name", f"`tab{other.doctype}`.`{other.field}`"]
		yield [f"{self.selected(target)} as x"]
		yield [f"({CALCULATED}) as x"]
		yield [f"max(name), ({CALCULATED}) as x"]
		yield f"{target.field}, ({CALCULATED}) as x"

	def columns(self, target: Target) -> Iterator[str]:
		other = self.foreign(target)
		yield f"name)*0 + ({CALCULATED}"
		yield f"name)*0 + (select {CALCULATED}"
		yield f"({CALCULATED})"
		yield f"extractvalue(1, concat(0x7e, {CALCULATED}))"
		yield f"name desc, extractvalue(1, concat(0x7e, {CALCULATED}))"
		yield f"if(1, {self.selected(target)}, name)"
		yield f"`tab{other.doctype}`.`{other.field}`"
		yield f"{target.field} as name"
		yield from (spelt for spelt, _doctype in self.links[target.doctype])

	def conditions(self, target: Target) -> Iterator[dict | list | str]:
		"""Each asks whether a hidden text begins in a certain way; the answer must not depend on it."""
		other, like = self.foreign(target), ["like", f"%{self.victim.word}%"]
		yield {target.field: like}
		yield [[target.doctype, target.field, *like]]
		yield [[target.field, *like]]
		yield [f"`tab{target.doctype}`.`{target.field}` like '%{self.victim.word}%'"]
		yield f"`{target.field}` like '%{self.victim.word}%'"
		yield [[other.doctype, other.field, *like]]
		for spelt, doctype in self.links[target.doctype]:
			forms = [[spelt, *like]], [[doctype, spelt.partition(".")[2], *like]], {spelt: like}
			yield forms[next(self.turn) % len(forms)]
		yield [["name", "in", [f"x') or ({CALCULATED}) or ('x"]]]
		yield {f"name` = 'x' or extractvalue(1, concat(0x7e, {CALCULATED})) or `name": "x"}

	def names(self, target: Target) -> Iterator[dict | str]:
		yield {target.field: ["like", f"%{self.victim.word}%"]}
		yield f"x' or extractvalue(1, concat(0x7e, {CALCULATED})) or '"

	def known(self, target: Target) -> dict:
		"""Return what parameters want whose names say more than their kind."""
		doctype, name, text = target.doctype, target.name, target.field
		one = {"doctype": doctype, "name": name}
		word, parent = self.victim.word, target.parent
		return {
			**dict.fromkeys(("txt", "text", "search_term", "search_text", "search", "q"), word),
			**dict.fromkeys(
				("value", "title", "content", "comment", "new", "new_name", "label", "tag"), "changed"
			),
			**dict.fromkeys(("start", "limit_start", "prev"), 0),
			**dict.fromkeys(("limit", "page_len", "page_length", "limit_page_length"), 50),
			**{key: {text: "changed"} for key in ("values", "data", "update")},
			**{key: [name] for key in ("docnames", "names", "source_names", "items", "reports", "queues")},
			**dict.fromkeys(("report_name", "reference_report"), "P2HAM Scoreboard"),
			**{key: {doctype: ["name", text]} for key in ("export_fields", "select_columns")},
			**dict.fromkeys(("start_date", "from_date"), "2024-01-01"),
			**dict.fromkeys(("end", "to_date", "remind_at"), "2034-01-01"),
			**dict.fromkeys(("print_format", "format"), "Standard"),
			**dict.fromkeys(("perm_type", "permission_to", "ptype"), "read"),
			**dict.fromkeys(("reason", "description", "comment_by", "note"), "x"),
			"order_by": f"`tab{doctype}`.`name` desc",
			**dict.fromkeys(("group_by", "query", "custom_columns", "sort_by", "with_comment_count")),
			"method": "frappe.client.get",
			"parent": parent,
			"parent_doctype": parent or doctype,
			"docs": [{**one, "docname": name, text: "changed"}],
			"args": {**one, "assign_to": [VERIFIER], "description": "x"},
			"fields": ["name", text],
			"filter_fields": [text],
			"current_filters": [[doctype, "name", "=", name]],
			"export_records": "all",
			"stats": ["_user_tags", text],
			"tags": ["changed"],
			"fid": name,
			"files": [one],
			"file_list": [one],
			"period": PERIOD,
			"opd": UNIT,
			"field_map": {"start": "creation", "end": "modified", "title": text, "id": "name"},
			"comment_email": "x@empatlawang.example",
			"route": "/changed",
			**dict.fromkeys(("user", "user_id", "usr", "for_user", "email", "owner"), KABAG),
			"assign_to": VERIFIER,
			"add": "Yes",
			"action": "Submit",
			"current_state": "Submitted",
			"workflow_state_field": "workflow_state",
			"states": ["Submitted", "Draft", "Cancelled"],
			"frequency": "Daily",
			"file_format_type": "CSV",
			"view": "Report",
			"limit_to": 50,
			"language": "en",
		}


def pairs(choices: dict[str, list[str]]) -> Iterator[dict[str, str]]:
	"""Yield choices so that each value of each key meets each value of each other key at least once."""
	open_pairs = {
		((one, a), (other, b))
		for one, other in itertools.combinations(choices, 2)
		for a in choices[one]
		for b in choices[other]
	}
	if len(choices) < 2:
		yield from ({key: value} for key, values in choices.items() for value in values)
		return
	while open_pairs:
		chosen = dict(min(open_pairs))
		for key in choices.keys() - chosen.keys():
			chosen[key] = max(
				choices[key],
				key=lambda value: sum(
					tuple(sorted(((key, value), item), key=lambda part: list(choices).index(part[0])))
					in open_pairs
					for item in chosen.items()
				),
			)
		made = {
			((one, chosen[one]), (other, chosen[other])) for one, other in itertools.combinations(choices, 2)
		}
		open_pairs -= made
		yield {key: chosen[key] for key in choices}
