"""The check of JavaScript's style: versions in one place, and no fault of who has nothing to check with."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_versions_are_exact_and_stand_in_one_place():
	hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
	packages = re.findall(r'"(\S+)"', " ".join(re.findall(r"additional_dependencies: (\[.*\]) # npm", hooks)))
	assert {package.rpartition("@")[0] for package in packages} == {
		"@eslint/js",
		"eslint",
		"globals",
		"prettier",
	}
	assert all(re.fullmatch(r"\S+@\d+\.\d+\.\d+", package) for package in packages)


def test_where_there_is_no_npm_it_says_so_and_passes(tmp_path):
	programs = tmp_path / "programs"
	programs.mkdir()
	for name in ("bash", "dirname", "sed", "tr"):
		(programs / name).symlink_to(shutil.which(name))
	environment = {**os.environ, "PATH": str(programs), "XDG_CACHE_HOME": str(tmp_path / "cache")}
	done = subprocess.run(
		["bash", str(ROOT / ".ci/javascript")], env=environment, capture_output=True, text=True, timeout=60
	)
	assert (done.returncode, done.stderr) == (0, "")
	assert done.stdout == "==> eslint, prettier: there is no npm: style of JavaScript is not checked\n"
	assert not (tmp_path / "cache").exists()


def test_a_bench_has_nothing_to_install_for_it():
	"""bench runs yarn in every app that has such a file, also where nobody develops."""
	assert not (ROOT / "package.json").exists()
