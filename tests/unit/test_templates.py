"""Templates of documents: they parse, they escape what users typed, and they fetch nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

jinja2 = pytest.importorskip("jinja2")
from jinja2 import nodes  # noqa: E402

APP = Path(__file__).resolve().parents[2] / "p2ham"
TEMPLATES = sorted((APP / "templates").rglob("*.html")) + sorted(
	(APP / "p2ham").rglob("print_format/*/*.html")
)
PRINT_FORMATS = sorted((APP / "p2ham" / "print_format").glob("*/*.json"))
# Where a value is printed unescaped, and why that is right. Nothing needs it so far.
JUSTIFIED_SAFE: dict[str, str] = {}


def sources() -> list[tuple[str, str]]:
	found = [(str(path.relative_to(APP)), path.read_text(encoding="utf-8")) for path in TEMPLATES]
	return found + [
		(str(path.relative_to(APP)), json.loads(path.read_text(encoding="utf-8"))["html"] or "")
		for path in PRINT_FORMATS
	]


SOURCES = sources()
each_template = pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in SOURCES])


def test_there_are_templates():
	assert any(name.endswith("assessment_sheet.html") for name, _ in SOURCES)
	assert any(name.endswith("lembar_penilaian_p2ham.json") for name, _ in SOURCES)


@each_template
def test_a_template_parses(text):
	jinja2.Environment().parse(text)


@each_template
def test_every_value_is_printed_with_escaping_on(text):
	"""Frappe's Jinja environment does not escape by itself, so each value needs an autoescape block."""
	assert list(unescaped(jinja2.Environment().parse(text), escaping=False)) == []


def unescaped(node, escaping: bool):
	if isinstance(node, nodes.Macro):
		escaping = False  # a macro escapes by its own block, not by its caller's
	if isinstance(node, nodes.ScopedEvalContextModifier):
		escaping = any(
			option.key == "autoescape"
			and isinstance(option.value, nodes.Const)
			and option.value.value is True
			for option in node.options
		)
	if isinstance(node, nodes.Output) and not escaping:
		yield from (
			f"line {node.lineno}" for child in node.nodes if not isinstance(child, nodes.TemplateData)
		)
	for child in node.iter_child_nodes():
		yield from unescaped(child, escaping)


def test_nothing_is_declared_safe_without_a_reason():
	found = [
		f"{name}: {match.group(0)}"
		for name, text in SOURCES
		for match in re.finditer(r"\|\s*safe\b|Markup|autoescape\s+false", text)
	]
	assert [entry for entry in found if entry not in JUSTIFIED_SAFE] == []


@each_template
def test_a_template_fetches_nothing(text):
	"""Pictures are data: URIs made in Python; styles are in the page."""
	for address in re.findall(r"""(?:src|href)\s*=\s*["']?([^"'\s>]*)|url\(\s*["']?([^"')]*)""", text):
		value = "".join(address)
		assert value.startswith("{{"), value
	assert "@import" not in text and "<script" not in text and "<link" not in text


def test_style_sheets_keep_to_what_all_three_engines_know():
	for path in (APP / "templates").rglob("*.css"):
		text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
		assert not re.findall(r"display:\s*(?:flex|grid)|var\(|@import|url\(", text), path.name


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in PRINT_FORMATS])
def test_a_print_format_is_standard_and_shares_its_template_with_the_pdf(path):
	record = json.loads(path.read_text(encoding="utf-8"))
	assert (record["standard"], record["module"], record["custom_format"]) == ("Yes", "P2HAM", 1)
	assert record["print_format_type"] == "Jinja"
	assert re.search(r"\b(P2HAM|KKP HAM)$|^P2HAM", record["name"])
	included = re.findall(r'{%\s*include\s+"p2ham/([^"]+)"', record["html"])
	assert included and all((APP / name).is_file() for name in included)
