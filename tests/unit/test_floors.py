"""The floors of the house hold: `.importlinter` is the contract, and docs/architecture.md shows it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import floors
import pytest

ROOT = Path(__file__).parents[2]
LINT = "import sys; from importlinter.cli import lint_imports_command; sys.argv = ['lint-imports', '--no-cache']; lint_imports_command()"


def lint(folder: Path) -> subprocess.CompletedProcess:
	return subprocess.run(
		[sys.executable, "-c", LINT], cwd=folder, capture_output=True, text=True, timeout=120, check=False
	)


@pytest.fixture
def scratch(tmp_path):
	"""A copy of the app's Python and of the contract, to break."""
	for path in (ROOT / "p2ham").rglob("*.py"):
		copy = tmp_path / path.relative_to(ROOT)
		copy.parent.mkdir(parents=True, exist_ok=True)
		shutil.copy(path, copy)
	shutil.copy(floors.CONTRACT, tmp_path)
	return tmp_path


def test_the_floors_hold():
	done = lint(ROOT)
	assert not done.returncode, done.stdout + done.stderr


BROKEN = {
	"a floor above": ("evidence/intake.py", "from p2ham.documents import minutes", "Arrows run down only"),
	"within a function": (
		"access/scope.py",
		"def later():\n\tfrom p2ham.figures import scoped\n\n\treturn scoped",
		"Arrows run down only",
	),
	"a circle": (
		"access/duties.py",
		"from p2ham.access import scope",
		"No room and no module is in a circle",
	),
	"past the door": (
		"follow_ups/making.py",
		"from p2ham.assessment import comparing",
		"A feature knows another by its door only",
	),
	"rules with Frappe": ("engine/scoring.py", "import frappe", "The rules know nothing of Frappe"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_whoever_breaks_them_is_told(scratch, fault):
	path, added, contract = BROKEN[fault]
	file = scratch / "p2ham" / path
	file.write_text(f"{file.read_text(encoding='utf-8')}\n\n{added}\n", encoding="utf-8")
	done = lint(scratch)
	assert done.returncode
	assert f"{contract} BROKEN" in done.stdout


def test_every_room_stands_on_a_floor():
	rooms = {path.name for path in (ROOT / "p2ham").iterdir() if any(path.glob("*.py"))}
	modules = {path.stem for path in (ROOT / "p2ham").glob("*.py")} - {"__init__"}
	named = {room for floor in floors.floors() for room in floor}
	assert named == rooms | modules


def test_the_architecture_page_draws_the_floors():
	shown = floors.section(floors.DOCUMENT.read_text(encoding="utf-8"))
	assert shown == floors.rendered(), (
		"docs/architecture.md does not draw the floors as they are: run `python tests/support/floors.py`"
	)
