"""What tests/unit imports must come with the packages that script/test installs where there is no bench."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from _bench import python
from _bench.bench import CHECKOUT

ROOTS = [CHECKOUT, CHECKOUT / "script", *(CHECKOUT / "tests" / name for name in ("support", "unit"))]


def test_all_that_the_unit_tests_import_is_in_pyprojects_extras():
	lacking = {name: path for name, path in imported().items() if name not in importable()}
	assert lacking == {}, "name its package in the extra `unit` (or `test`) of pyproject.toml"


def importable() -> set[str]:
	"""Modules of the wanted packages and of what these require."""
	names, todo, seen = set(), python.requirements("test", "unit"), set()
	while todo:
		package = re.match(r"[\w.-]+", todo.pop())[0]
		try:
			found = metadata.distribution(package)
		except metadata.PackageNotFoundError:  # of another Python or another system
			continue
		if found.name not in seen:
			seen.add(found.name)
			todo += [line for line in found.requires or () if "extra ==" not in line]
			names |= {file.parts[0].split(".")[0] for file in found.files or ()}
	return names


def imported() -> dict[str, str]:
	"""Modules of others that tests/unit, or what it imports of ours, imports as soon as it is imported itself."""
	names, seen = {}, set()
	todo = [(path, ast.walk) for path in sorted((CHECKOUT / "tests" / "unit").glob("*.py"))]
	while todo:
		path, nodes = todo.pop()
		if path in seen:
			continue
		seen.add(path)
		for module in modules_in(nodes(ast.parse(path.read_text(encoding="utf-8")))):
			ours = files_of(module)
			todo += [(each, at_once) for each in ours]
			name = module.split(".")[0]
			if not ours and name not in sys.stdlib_module_names and not files_of(name):
				names[name] = str(path.relative_to(CHECKOUT))
	return names


def at_once(tree: ast.Module) -> Iterator[ast.AST]:
	"""What runs when a module is imported, but for what only type checkers read."""
	for node in tree.body:
		if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.If):
			yield from ast.walk(node)


def modules_in(nodes: Iterator[ast.AST]) -> Iterator[str]:
	for node in nodes:
		if isinstance(node, ast.Import):
			yield from (alias.name for alias in node.names)
		elif isinstance(node, ast.ImportFrom) and not node.level:
			yield node.module
			yield from (f"{node.module}.{alias.name}" for alias in node.names)


def files_of(module: str) -> list[Path]:
	"""The files of a module of ours: its own, and those of the packages it lies in."""
	for root in ROOTS:
		path = root.joinpath(*module.split("."))
		for file in (path.with_suffix(".py"), path / "__init__.py"):
			if file.exists():
				parents = [parent / "__init__.py" for parent in file.relative_to(root).parents]
				return [file, *(root / parent for parent in parents if (root / parent).exists())]
	return []
