"""What the scripts do where Python has no venv, no pip, or not the packages they need."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from _bench import machine, python, venvs
from _bench.say import Problem
from fake_machine import FakeMachine

# A Python like Debian's: it makes environments only when its package python3-venv is there.
DEBIANS_PYTHON = """
case "$1 $2" in
"-c import ensurepip, venv") test -e "$here/complete";;
"-m venv") test -e "$here/complete" && mkdir -p "$3/bin";;
*) exit 1;;
esac
"""
COMPLETES_IT = 'touch "$here/complete"'


@pytest.fixture
def here(tmp_path, monkeypatch):
	"""A fresh Debian 13 without python3-venv."""
	fake = FakeMachine(tmp_path, monkeypatch)
	executable = fake.has("python3", DEBIANS_PYTHON)
	monkeypatch.setattr(venvs, "sys", SimpleNamespace(executable=executable, version_info=(3, 13, 5)))
	monkeypatch.setattr(venvs, "_of_the_distribution", lambda python: True)
	monkeypatch.setattr(venvs.importlib.util, "find_spec", lambda name: None)
	return fake


def test_root_gets_the_package_of_this_very_python(here):
	here.belongs_to_root()
	here.has_packages("python3.13-venv", "python3-venv", that=COMPLETES_IT)
	venvs.make(here.home / "environment")
	assert here.called("apt-get") == [
		"apt-get --quiet update",
		"apt-get --quiet install --yes --no-install-recommends python3.13-venv",
	]
	assert (here.home / "environment").is_dir()


def test_root_gets_the_package_without_a_version_where_there_is_no_other(here):
	here.belongs_to_root()
	here.has_packages("python3-venv", that=COMPLETES_IT)
	venvs.make(here.home / "environment")
	assert here.called("apt-get")[-1].endswith(" python3-venv")


def test_nothing_is_installed_where_nothing_is_missing(here):
	here.belongs_to_root()
	here.has_packages("python3-venv")
	(here.folder / "complete").touch()
	venvs.make(here.home / "environment")
	assert not here.called("apt-")


def test_no_package_is_installed_for_a_python_that_is_not_the_distributions(here, monkeypatch):
	here.belongs_to_root()
	here.has_packages("python3-venv")
	monkeypatch.setattr(venvs, "_of_the_distribution", lambda python: False)
	with pytest.raises(Problem):
		venvs.make(here.home / "environment")
	assert not here.called("apt-")


def test_where_no_package_can_be_had_root_goes_on_with_uv(here):
	here.belongs_to_root()
	here.has("apt-get", "exit 100")
	here.has("apt-cache")
	here.has("uv")
	venvs.make(here.home / "environment")
	assert here.called("uv venv --quiet --seed --python")


def test_an_ordinary_user_goes_on_with_uv(here):
	here.has_packages("python3-venv")
	here.has("uv")
	here.has("virtualenv")
	venvs.make(here.home / "environment")
	assert here.called("uv", "virtualenv", "apt-") == [
		f"uv venv --quiet --seed --python {venvs.sys.executable} {here.home / 'environment'}"
	]


def test_an_ordinary_user_goes_on_with_virtualenv(here):
	here.has_packages("python3-venv")
	here.has("virtualenv")
	venvs.make(here.home / "environment")
	assert here.called("virtualenv --quiet --python") and not here.called("apt-")


def test_an_ordinary_user_who_has_none_of_them_is_told_the_package(here):
	here.has_packages("python3-venv")
	with pytest.raises(
		Problem, match=r"install python3\.13-venv \(as root: apt-get install python3\.13-venv\)"
	):
		venvs.make(here.home / "environment")
	assert not here.called("apt-")


def test_root_of_another_distribution_is_told_it_too(here):
	here.belongs_to_root()
	with pytest.raises(Problem, match=r"python3\.13-venv"):
		venvs.make(here.home / "environment")


def test_what_a_maker_of_environments_complains_of_is_told(here):
	here.has("uv", "echo no room left >&2; exit 2")
	with pytest.raises(Problem, match="no room left"):
		venvs.make(here.home / "environment")


# --- What is in an environment ---------------------------------------------------------------------


@pytest.mark.parametrize(
	("requirement", "here"),
	[
		("pytest", True),
		("pytest>=8,<9", True),
		("pytest >= 8, < 9", True),
		("PyTest==8.4.2", True),
		("pytest==8.4.2.0", True),
		("pytest>=8.4.3", False),
		("pytest<8.4.2", False),
		("pytest>=8.10", False),
		("pytest>8.4.1,<=8.4.2", True),
		("pytest~=8.4", False),  # not understood
		("pytest[dev]>=8", False),
		("pytest>=8; python_version < '4'", False),
		("no-such-package", False),
	],
)
def test_a_python_that_has_what_is_asked_for_is_taken_as_it_is(monkeypatch, requirement, here):
	def version(name):
		if name.lower() != "pytest":
			raise python.metadata.PackageNotFoundError(name)
		return "8.4.2"

	monkeypatch.setattr(python.metadata, "version", version)
	assert python._is_here(requirement) is here


@pytest.fixture
def pythons_made(here, monkeypatch):
	"""The environments that were made, instead of making them."""
	made = []
	(here.folder / "complete").touch()

	def make(folder):
		made.append(folder)
		(folder / "bin").mkdir(parents=True)
		pip = here.folder / "pip"
		(folder / "bin" / "python").symlink_to(pip if pip.exists() else here.has("pip-of-environment"))

	monkeypatch.setattr(venvs, "make", make)
	return made


def test_an_environment_is_made_once(here, pythons_made):
	first, second = python.python_with(["no-such-package"]), python.python_with(["no-such-package"])
	assert first == second and len(pythons_made) == 1
	assert python.python_with(["no-such-package", "another"]) != first


def test_an_environment_whose_making_was_interrupted_is_made_anew(here, pythons_made):
	found = python.python_with(["no-such-package"])
	(found.parents[1] / "complete").unlink()
	assert python.python_with(["no-such-package"]) == found
	assert len(pythons_made) == 2


def test_an_environment_that_could_not_be_filled_is_not_taken_for_whole(here, pythons_made):
	here.has("pip-of-environment", 'case "$*" in *--version) ;; *) echo no such package >&2; exit 1;; esac')
	(here.folder / "pip").symlink_to(here.programs / "pip-of-environment")
	for _ in range(2):
		with pytest.raises(Problem, match="no such package"):
			python.python_with(["no-such-package"])
	assert len(pythons_made) == 2


def test_packages_for_a_python_without_pip_come_by_uv_or_by_the_pip_of_another(here, monkeypatch):
	bare = here.has("bare-python", "exit 1")
	monkeypatch.setattr(python, "python_with", lambda wanted: here.home / "-".join(wanted))
	by_another = python.pip_install(bare)
	assert by_another[0] == str(here.home / "pip>=22.3") and by_another[-3:] == ["--python", bare, "install"]
	uv = here.has("uv")
	assert python.pip_install(bare) == [uv, "pip", "install", "--python", bare]


def test_an_old_python_without_a_reader_for_toml_asks_another(here, monkeypatch, tmp_path):
	def not_there(name):
		raise ImportError(name)

	monkeypatch.setattr(python.importlib, "import_module", not_there)
	asked = here.has("python-with-tomli", """echo '{"project": {"name": "from toml"}}'""")
	monkeypatch.setattr(python, "python_with", lambda wanted: asked if wanted == ["tomli"] else None)
	assert python._read_toml(tmp_path / "pyproject.toml")["project"]["name"] == "from toml"


# --- Packages of the distribution ------------------------------------------------------------------


@pytest.fixture
def needs(here, monkeypatch):
	"""Two things that are not there, the second of which may be missing."""
	there = machine._programs
	monkeypatch.setattr(
		machine,
		"NEEDS",
		(
			machine.Need("Redis", "site", ("redis-server", "valkey"), there("redis-server")),
			machine.Need("pdftotext", "site", ("poppler-utils",), there("pdftotext"), optional=True),
		),
	)


BRINGS_REDIS = 'echo > "$here/programs/redis-server"; chmod +x "$here/programs/redis-server"'


def test_root_gets_what_is_missing_by_the_name_this_release_has_for_it(here, needs):
	here.belongs_to_root()
	here.has_packages("valkey", that=BRINGS_REDIS)
	assert machine.provide("site") == []
	assert here.called("apt-get")[-1].endswith(" valkey")


def test_an_ordinary_user_is_told_what_root_would_type(here, needs, capsys):
	here.has_packages("redis-server", "poppler-utils")
	assert [need.what for need in machine.provide("site")] == ["Redis"]
	assert "as root: apt-get install redis-server poppler-utils" in capsys.readouterr().out
	assert not here.called("apt-")


def test_root_without_apt_is_told_it_too(here, needs, capsys):
	here.belongs_to_root()
	assert [need.what for need in machine.provide("site")] == ["Redis"]
	assert "redis-server" in capsys.readouterr().out


def test_package_lists_are_read_once_in_a_run(here, needs):
	here.belongs_to_root()
	here.has_packages("redis-server")
	machine.provide("site")
	machine.provide("site")
	assert len(here.called("apt-get --quiet update")) == 1
