"""What the app's JavaScript decides by itself, tested without a browser by Node's own test runner (tests/unit/js)."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "js"
FILES = sorted(FOLDER.glob("*.test.js"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.partition(".")[0])
def test_javascript_decides_as_its_tests_say(path):
	node = shutil.which("node")
	if not node:
		pytest.skip("there is no node on the PATH: what the app's JavaScript decides is not tested")
	done = subprocess.run([node, str(path)], capture_output=True, text=True, timeout=300)
	said = done.stdout + done.stderr
	assert done.returncode == 0, said
	ran, passed = (int(re.search(rf"^\S+ {word} (\d+)$", said, re.M)[1]) for word in ("tests", "pass"))
	written = len(re.findall(r"^test\(", path.read_text(encoding="utf-8"), re.M))
	assert ran == passed == written, f"{written} tests are written, {ran} ran, {passed} passed:\n{said}"


def test_there_are_javascript_tests():
	"""A folder that is moved must not leave nothing to run."""
	assert len(FILES) >= 8
