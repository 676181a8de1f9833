"""What may stand in a query is read; everything else is refused, whatever it is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p2ham.engine import query_grammar as grammar
from p2ham.engine.query_grammar import Column, NotInGrammar

# What has been tried, and what was let through by one or another version of Frappe.
SQL = (
	"lft)*0 + (select sid from tabSessions limit 1",
	"(select password from __Auth limit 1)",
	"1) union select name, 1 from tabUser -- ",
	"name, (select 1)",
	"name; drop table tabUser",
	"name/**/from",
	"name -- x",
	"`name` from tabUser -- ",
	"sleep(5)",
	"sum(sleep(5))",
	"sum((select 1))",
	"count(name) + sleep(5)",
	"if(1=1,sleep(5),0)",
	"@@version",
	"name as `x` from tabUser #`",
	"name as x, password",
	"ifnull(name, sleep(5))",
	"`tabUser`.`name`.`x`",
	"name`",
	"'x'",
	"1",
	"*, 1",
	"name\x00",
	"",
)


@pytest.mark.parametrize(
	("text", "read"),
	(
		("name", Column("name")),
		(" `name` ", Column("name")),
		("*", Column("*")),
		("`tabP2HAM OPD`.`phone`", Column("phone", "P2HAM OPD")),
		("`tabP2HAM Follow-up`.status", Column("status", "P2HAM Follow-up")),
		("tabUser.name", Column("name", "User")),
		("opd.phone as opd_phone", Column("phone", through="opd", alias="opd_phone")),
		("count(*) as result", Column("*", function="count", alias="result")),
		("SUM( `tabX`.`a` ) AS total", Column("a", "X", function="sum", alias="total")),
		("count(distinct name)", Column("name", function="count")),
		("distinct opd", Column("opd")),
		("`tabRow`.name as 'Row:name'", Column("name", "Row", alias="Row:name")),
		({"SUM": "score", "as": "total"}, Column("score", function="sum", alias="total")),
		({"COUNT": "*"}, Column("*", function="count")),
	),
)
def test_a_field_is_read(text, read):
	assert grammar.column(text) == read


@pytest.mark.parametrize("text", SQL)
def test_sql_is_no_field(text):
	with pytest.raises(NotInGrammar):
		grammar.column(text)


@pytest.mark.parametrize("text", SQL[:-1])
def test_sql_is_no_condition_and_no_order(text):
	for given_as in ([text], {text: 1}, [[text, "=", 1]], [["User", text, "=", 1]], [[text, "name", "=", 1]]):
		with pytest.raises(NotInGrammar):
			list(grammar.conditions(given_as))
		with pytest.raises(NotInGrammar):
			list(grammar.conditions(json.dumps(given_as), values=False))
	if text != "1":
		with pytest.raises(NotInGrammar):
			grammar.order(text)


@pytest.mark.parametrize("operator", ("= 1 or 1=1 --", "in (select 1)", "", None, ["="], {"x": 1}, "=1"))
def test_an_operator_is_one_of_words_or_signs(operator):
	with pytest.raises(NotInGrammar):
		list(grammar.conditions([["name", operator, "x"]]))


@pytest.mark.parametrize(
	"operator",
	(
		"=",
		"!=",
		"<",
		">=",
		"like",
		"not in",
		"is",
		"Between",
		"descendants of (inclusive)",
		"not ancestors of",
	),
)
def test_operators_of_frappe_are_read(operator):
	assert list(grammar.conditions({"name": [operator, "x"]})) == [Column("name")]


@pytest.mark.parametrize("value", ({"x": 1}, [["x"]], [{"x": 1}]))
def test_a_value_is_a_value_or_a_list_of_values(value):
	with pytest.raises(NotInGrammar):
		list(grammar.conditions([["name", "=", value]]))
	assert list(grammar.conditions([["name", "=", value]], values=False)) == [Column("name")]


def test_conditions_are_read_in_all_their_forms():
	read = [
		*grammar.conditions('{"opd": "A", "status": ["in", ["x", "y"]], "opd.phone": ["like", "%1%"]}'),
		*grammar.conditions([["opd", "=", "A"], ["Row", "x", ">", 1, False], {"y": 1}]),
		*grammar.conditions("A name"),
		*grammar.conditions(None),
	]
	assert read == [
		*(Column("opd"), Column("status"), Column("phone", through="opd")),
		*(Column("opd"), Column("x", "Row"), Column("y")),
	]


def test_fields_are_listed_however_they_come():
	assert (
		grammar.listed('["a", "b"]')
		== grammar.listed("a,b")
		== grammar.listed(["a", "", "b", None])
		== ["a", "b"]
	)
	assert grammar.listed("*") == ["*"]
	assert grammar.listed('"name"') == ["name"]
	assert grammar.listed(None) == []


@pytest.mark.parametrize("given_as", ({"name": "x"}, '{"name": "x"}', 5, "5"))
def test_what_frappe_takes_for_filters_is_no_list_of_fields(given_as):
	with pytest.raises(NotInGrammar):
		grammar.listed(given_as)


def test_an_order_is_read():
	assert grammar.order("`tabX`.`modified` desc, name asc,idx") == [
		Column("modified", "X"),
		Column("name"),
		Column("idx"),
	]


@given(st.text(max_size=40))
def test_whatever_is_read_of_a_text_is_made_of_names(text):
	"""What the grammar lets through can be put into a query: of a text it knows, only letters, digits, underscores,
	blanks and hyphens are left in names of tables, and less in names of fields."""
	try:
		read = grammar.column(text)
	except NotInGrammar:
		return
	for name in (read.field, read.through, read.function):
		assert name == "*" or not name or name.isidentifier() or name.replace("·", "").isalnum()
	assert not set("`'\"();,#\\") & set(read.table + read.alias)


@given(
	st.recursive(
		st.none() | st.booleans() | st.integers() | st.text(max_size=9),
		lambda one: st.lists(one, max_size=4) | st.dictionaries(st.text(max_size=9), one, max_size=3),
		max_leaves=9,
	)
)
def test_nothing_but_a_refusal_comes_of_nonsense(value):
	for read in (
		grammar.column,
		grammar.listed,
		grammar.order,
		lambda given_as: list(grammar.conditions(given_as)),
	):
		try:
			read(value)
		except NotInGrammar as refused:
			assert isinstance(refused.text, str)
