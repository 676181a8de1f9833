"""Print what CHANGELOG.md says of a version: python .github/helper/release_notes.py v0.2.0

Ends with an error where the tag is not the version of the app, or nothing is said of it.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def version_of_the_app() -> str:
	return re.search(r'__version__ = "(.+)"', (ROOT / "p2ham" / "__init__.py").read_text(encoding="utf-8"))[1]


def notes(version: str) -> str:
	"""Return the section of a version, without its heading; empty if there is none."""
	text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
	section = re.search(rf"^## {re.escape(version)} - \d{{4}}-\d\d-\d\d\n(.*?)(?=^## |\Z)", text, re.M | re.S)
	return section[1].strip() if section else ""


def main(tag: str) -> None:
	version = version_of_the_app()
	if tag != f"v{version}":
		sys.exit(f"The tag is {tag}, and p2ham.__version__ is {version}.")
	if not notes(version):
		sys.exit(f"CHANGELOG.md has no section '## {version} - YYYY-MM-DD' with anything in it.")
	print(notes(version))


if __name__ == "__main__":
	main(*sys.argv[1:])
