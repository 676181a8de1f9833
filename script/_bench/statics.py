"""What a web server gives out as files: built assets and the public files of one site, nothing else of the machine.

Frappe's own way of doing this, for its developer server, joins the address to a folder and opens whatever that names:
`/files/../../site_config.json`, `/files//etc/passwd`. Here an address is taken only if each of its parts is a plain
name, and a file only if it lies, every link followed, in a folder that may be given out.

Needs nothing but Python's library.
"""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO

PIECE = 64 * 1024
KEPT_SECONDS = 12 * 60 * 60
# What a browser would run on the site's own address is downloaded, as bench's nginx has it.
ACTIVE = (".htm", ".html", ".svg", ".xml", ".xhtml", ".shtml", ".mht", ".mhtml", ".xsl", ".xslt")


@dataclass(frozen=True)
class Export:
	"""Files below `folder`. A link in it may lead into one of the folders `also`, and nowhere else. `typed` by people:
	what could run in a browser is downloaded only."""

	folder: Path
	also: tuple[Path, ...] = ()
	typed: bool = False

	def find(self, address: str) -> Path | None:
		"""Return the file that an address below this export names, None if there is none to give out."""
		parts = address.split("/")
		if not all(map(_is_plain, parts)):
			return None
		try:
			found = self.folder.joinpath(*parts).resolve(strict=True)
		except (OSError, RuntimeError, ValueError):  # not there, a link to itself, no name of a file
			return None
		roots = (root.resolve() for root in (self.folder, *self.also))
		return found if any(found.is_relative_to(root) for root in roots) and found.is_file() else None


def _is_plain(part: str) -> bool:
	"""Tell whether a part of an address is the name of a file or folder and leads nowhere else."""
	return part not in ("", ".", "..") and not any(sign in part for sign in "\\\0")


class Statics:
	"""A WSGI application that answers for these exports (prefix -> export), and hands on everything else."""

	def __init__(self, application: Callable, exports: Mapping[str, Export]):
		self.application, self.exports = application, exports

	def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
		# PATH_INFO is bytes in the guise of Latin-1; the server has decoded what was encoded, once.
		path = environ.get("PATH_INFO", "").encode("latin-1", "replace").decode("utf-8", "replace")
		for prefix, export in self.exports.items():
			if path.startswith(f"{prefix}/"):
				return _answer(export, path[len(prefix) + 1 :], environ, start_response)
		return self.application(environ, start_response)


def _answer(export: Export, address: str, environ: dict, start_response: Callable) -> Iterable[bytes]:
	method = environ.get("REQUEST_METHOD", "GET")
	if method not in ("GET", "HEAD"):
		return _said(start_response, "405 Method Not Allowed", [("Allow", "GET, HEAD")])
	found = export.find(address)
	if not found:
		return _said(start_response, "404 Not Found")
	try:
		file = found.open("rb")
	except OSError:
		return _said(start_response, "404 Not Found")
	state = os.fstat(file.fileno())
	if not S_ISREG(state.st_mode):
		file.close()
		return _said(start_response, "404 Not Found")
	headers = _headers(export, found, state)
	if dict(headers)["ETag"] in environ.get("HTTP_IF_NONE_MATCH", ""):
		file.close()
		start_response("304 Not Modified", [row for row in headers if not row[0].startswith("Content-")])
		return []
	start_response("200 OK", headers)
	if method == "HEAD":
		file.close()
		return []
	return _pieces(file)


def _headers(export: Export, file: Path, state: os.stat_result) -> list[tuple[str, str]]:
	kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
	text = kind.startswith("text/") or kind in ("application/javascript", "application/json")
	headers = [
		("Content-Type", f"{kind}; charset=utf-8" if text else kind),
		("Content-Length", str(state.st_size)),
		("Last-Modified", formatdate(state.st_mtime, usegmt=True)),
		("ETag", f'"{state.st_mtime_ns:x}-{state.st_size:x}"'),
		("Cache-Control", f"max-age={KEPT_SECONDS}, public"),
		("X-Content-Type-Options", "nosniff"),
	]
	if export.typed and file.suffix.lower() in ACTIVE:
		headers.append(("Content-Disposition", "attachment"))
	return headers


def _pieces(file: BinaryIO) -> Iterator[bytes]:
	with file:
		while piece := file.read(PIECE):
			yield piece


def _said(start_response: Callable, status: str, headers: Iterable[tuple[str, str]] = ()) -> list[bytes]:
	body = status.partition(" ")[2].encode() + b"\n"
	about = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
	start_response(status, [*about, *headers])
	return [body]


def of_site(sites: Path, site: str, apps: Iterable[Path]) -> dict[str, Export]:
	"""Return what a bench's web server gives out for a site: `/assets`, where links lead into the public folders of the
	apps (`apps` are their packages) and the bench's own built assets, and the site's public `/files`."""
	packages = [package.resolve() for package in apps]
	linked = (
		*(package / "public" for package in packages),
		*(package.parent / "node_modules" for package in packages),
		*(package.parents[2] / "sites" / "assets" for package in packages if len(package.parents) > 2),
	)
	return {
		"/assets": Export(sites / "assets", linked),
		"/files": Export(sites / site / "public" / "files", typed=True),
	}
