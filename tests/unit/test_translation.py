"""Every string of the app speaks Indonesian. The .pot is regenerated with `bench generate-pot-file --app p2ham`."""

import re
from pathlib import Path

from babel.messages import pofile
from babel.messages.extract import extract_javascript

LOCALE = Path(__file__).parents[2] / "p2ham" / "locale"


def read(name, **kwargs):
	with (LOCALE / name).open("rb") as file:
		return {(m.context, m.id): m for m in pofile.read_po(file, **kwargs) if m.id}


TEMPLATE, INDONESIAN = read("main.pot"), read("id.po", locale="id")


def test_every_string_has_an_indonesian_one():
	missing = [
		text
		for key, text in ((key, key[1]) for key in TEMPLATE)
		if not getattr(INDONESIAN.get(key), "string", "")
	]
	assert not missing


def test_no_translation_is_left_over():
	assert not [key for key in INDONESIAN if key not in TEMPLATE]


def test_placeholders_and_tags_survive():
	for key, message in INDONESIAN.items():
		for pattern in (r"\{\d*\}", r"</?\w+"):
			assert sorted(re.findall(pattern, key[1])) == sorted(re.findall(pattern, message.string)), key


def test_strings_in_python_and_javascript_are_in_the_template():
	"""A string added to the code without a new .pot would stay English for ever."""
	app = LOCALE.parent
	known = {key[1] for key in TEMPLATE}
	literal = r"""\b_{1,2}\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*[,)]"""
	missing = []
	for path in [*app.rglob("*.py"), *app.rglob("*.js")]:
		for text in re.findall(literal, path.read_text(encoding="utf-8")):
			plain = text[1:-1].replace('\\"', '"').replace("\\'", "'")
			if plain not in known:
				missing.append(f"{path.relative_to(app)}: {plain}")
	assert not missing


def test_what_collects_strings_reads_each_script_to_its_end():
	"""A regular expression that it takes for a division hides what comes after it, and a string in the values of another one
	is not seen either: a new .pot would lose them."""
	written, found = set(), set()
	for path in LOCALE.parent.rglob("*.js"):
		text = path.read_text(encoding="utf-8")
		written |= {
			each.replace('\\"', '"') for each in re.findall(r'\b__\(\s*"((?:[^"\\]|\\.)*)"\s*[,)]', text)
		}
		with path.open("rb") as file:
			options = {"parse_template_string": "true"}
			for _line, _function, said, _comments in extract_javascript(file, {"__": None}, (), options):
				found.add(said if isinstance(said, str) else said[0])
	assert written - found == set()
