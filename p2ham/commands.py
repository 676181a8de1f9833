"""The app's own bench commands."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import frappe
from frappe.commands import get_site, pass_context

from p2ham.engine.anchor import Anchor
from p2ham.instruments import writing


@contextmanager
def connected(context) -> Iterator[None]:
	"""Work on the site that the command names, as Administrator; what is not committed is undone."""
	frappe.init(site=get_site(context))
	frappe.connect()
	try:
		yield
	finally:
		frappe.destroy()


@click.command("p2ham-demo")
@click.option("--password", default=None, help="Password of the demo's users")
@pass_context
def demo(context, password: str | None = None) -> None:
	"""Build the demo regency (illustrative figures) on a site without data of its own."""
	from p2ham.demo import build

	password = password or build.PASSWORD
	with connected(context):
		try:
			build.build(password, say=click.echo)
		except build.NotADemoSite as error:
			raise click.ClickException(str(error)) from None
		click.echo("")
		for who, user, word in build.logins(password):
			click.echo(f"{user:45} {word:20} {who}")


@click.group("p2ham-instrument")
def instrument() -> None:
	"""Check, import and export instrument files (JSON or Excel)."""


FILE = click.Path(dir_okay=False, path_type=Path)


@instrument.command("check")
@click.argument("file", type=FILE)
@pass_context
def check_instrument(context, file: Path) -> None:
	"""Say everything that is wrong with FILE; writes nothing.

	With a site also what does not fit there; a draft of the same code is no fault, it can be replaced.
	"""
	if get_site(context, raise_err=False):
		with connected(context):
			_report(file, on_site=True, replace=True)
	else:
		frappe.init("")
		_report(file, on_site=False)


@instrument.command("import")
@click.argument("file", type=FILE)
@click.option("--replace", is_flag=True, help="Write a draft of the same code anew")
@pass_context
def import_instrument(context, file: Path, replace: bool = False) -> None:
	"""Write the instrument in FILE to the site as a Draft, or say everything that is wrong with it."""
	from p2ham.engine.instrument import InstrumentError

	with connected(context):
		checked = _report(file, on_site=True, replace=replace)
		try:
			name = writing.create(checked.instrument, replace)
		except InstrumentError as error:  # what only writing it can show
			raise click.ClickException(str(error)) from None
		frappe.db.commit()  # nosemgrep: a command, not a document event
		click.echo(f"{name}: imported as Draft")


@instrument.command("export")
@click.argument("file", type=FILE)
@click.option("--code", required=True, help="Code of the instrument on the site")
@pass_context
def export_instrument(context, file: Path, code: str) -> None:
	"""Write an instrument of the site to FILE; its ending, .json or .xlsx, says how."""
	from p2ham.instruments import exchange

	ending = file.suffix.lower().lstrip(".")
	if ending not in (exchange.JSON, exchange.EXCEL):
		raise click.ClickException(f"{file}: the name must end with .json or .xlsx")
	with connected(context):
		if not frappe.db.exists("P2HAM Instrument", code):
			raise click.ClickException(f"There is no instrument {code} on this site")
		try:
			file.write_bytes(exchange.write(code, ending))
		except OSError as error:
			raise click.ClickException(f"{file}: {error.strerror}") from None
		click.echo(f"{code}: written to {file}")


def _report(file: Path, on_site: bool, replace: bool = False):
	"""Print what was found in a file; end the command if it has faults."""
	from p2ham.instruments import exchange

	try:
		content = file.read_bytes()
	except OSError as error:
		raise click.ClickException(f"{file}: {error.strerror}") from None
	checked = exchange.check(file.name, content, on_site, replace)
	for finding in checked.faults:
		click.secho(str(finding), fg="red", err=True)
	for finding in checked.warnings:
		click.secho(str(finding), fg="yellow", err=True)
	if checked.faults:
		raise click.ClickException(f"{file}: {len(checked.faults)} fault(s)")
	found = checked.instrument
	click.echo(f"{found.code}: {len(found.criteria)} criteria, {len(found.indicators)} indicators, no fault")
	return checked


@click.command("p2ham-recompute")
@click.option("--check", is_flag=True, help="Only say what differs; change nothing")
@pass_context
def recompute(context, check: bool = False) -> None:
	"""Compare the stored figures of every assessment with what its answers give, and name differences.

	Without --check, assessments that are not yet approved are put right, and that is logged. Ends with an
	error if a difference remains.
	"""
	from p2ham.assessment.recomputation import Audit

	with connected(context):
		audit, found = Audit(repair=not check), []
		with click.progressbar(audit.names(), label="Looking at assessments", file=sys.stderr) as names:
			for finding in audit.findings(names):
				found.append(finding)
		for finding in found:
			click.echo(f"{finding.name} ({finding.state}){': put right' if finding.repaired else ''}")
			for line in finding.differences or (finding.error,):
				click.echo(f"    {line}")
		click.echo(f"{names.length} assessments looked at")
	left = sum(not finding.repaired for finding in found)
	if left:
		raise click.ClickException(f"{left} with differences")


# What `p2ham-verify-log` ends with, for scripts: the log does not hold; what it was to be held against is of no use.
BROKEN, UNUSABLE = 1, 2


@click.command("p2ham-verify-log")
@click.option(
	"--fingerprint", is_flag=True, help="Only print the fingerprint of the log, one line, and check nothing"
)
@click.option(
	"--save", type=FILE, help="Write the file for --against to FILE as well; never over one that is there"
)
@click.option("--against", type=FILE, help="Show that the log goes on from the one that FILE was written of")
@click.option(
	"--line", help="With --against: show that FILE is the one of this line from a mail or from paper"
)
@pass_context
def verify_log(
	context,
	fingerprint: bool = False,
	save: Path | None = None,
	against: Path | None = None,
	line: str | None = None,
) -> None:
	"""Walk the log of every assessment and name the first break in each chain.

	A chain does not show that somebody wrote it anew from the beginning, or took an assessment away with its log. So the
	fingerprint of the log is kept outside the database: in a file of each day (p2ham/log in the site's private folder,
	or where p2ham_log_folder in its configuration says), and as one line in the weekly mail of the Sekda.

	Ends with 0 if all holds, 1 if something does not, 2 if FILE is of no use.
	"""
	from p2ham.assessment import log_anchors

	if line and not against:
		raise click.UsageError("--line says which file is meant; name it with --against")
	older = _read_anchor(against, line) if against else None
	with connected(context):
		if fingerprint:
			found = log_anchors.now()
		else:
			found = _walk_log(older)
		if save:
			_save_anchor(found, save)
		if fingerprint:
			click.echo(found.line)


def _walk_log(older: Anchor | None) -> Anchor:
	"""Print what is wrong with the log of the site, and its fingerprint; end the command if something is."""
	from p2ham.assessment.log_verification import Verification

	walk = Verification()
	with click.progressbar(walk.names(), label="Walking the log", file=sys.stderr) as names:
		breaks = list(walk.breaks(names))
	differences = list(walk.since(older)) if older else []
	for found in [*breaks, *differences]:
		click.echo(str(found))
	click.echo(f"{walk.entries} entries of {names.length} assessments")
	if older and not differences:
		click.echo(f"The log goes on from that of {older.day}")
	click.echo(walk.anchor().line)
	if breaks:
		click.secho(f"{len(breaks)} with a broken chain", fg="red", err=True)
	if differences:
		click.secho(
			f"{len(differences)} do not go on from {older.day}. If a backup was restored that is older than the file,"
			" take a file from before that backup",
			fg="red",
			err=True,
		)
	if breaks or differences:
		sys.exit(BROKEN)
	return walk.anchor()


def _read_anchor(file: Path, line: str | None) -> Anchor:
	"""Return what a file holds; end the command if it is of no use, or not the one of the line."""
	from p2ham.engine import anchor

	try:
		found = anchor.read(file.read_text("utf-8"))
	except OSError as error:
		raise Unusable(f"{file}: {error.strerror}") from None
	except UnicodeDecodeError:
		raise Unusable(f"{file}: this is no text") from None
	except anchor.NotAnAnchor as error:
		raise Unusable(f"{file}: {error}") from None
	if line and not anchor.is_line_of(line, found):
		raise Unusable(f"{file}: its line is another one: {found.line}")
	return found


def _save_anchor(found: Anchor, file: Path) -> None:
	from p2ham.assessment import log_anchors

	try:
		log_anchors.write(found, file)
	except OSError as error:
		raise Unusable(f"{file}: {error.strerror}") from None


class Unusable(click.ClickException):
	exit_code = UNUSABLE


@click.command("p2ham-verify-evidence")
@pass_context
def verify_evidence(context) -> None:
	"""Hash the stored files of all evidence anew, every revision, and name each difference.

	Reads only. Ends with an error if there is a difference.
	"""
	from p2ham.evidence.integrity import Verification

	with connected(context):
		walk = Verification()
		with click.progressbar(walk.names(), label="Hashing evidence", file=sys.stderr) as names:
			found = list(walk.differences(names))
		for difference in found:
			revision = "" if difference.revision is None else f", revision {difference.revision}"
			click.echo(f"{difference.evidence}{revision}: {difference.message}")
		click.echo(
			f"{walk.revisions} revisions of {names.length} evidence, {walk.files} files"
			f" ({walk.bytes / 1024 / 1024:.1f} MB) hashed"
		)
	if found:
		raise click.ClickException(f"{len(found)} differences")


commands = [demo, instrument, recompute, verify_log, verify_evidence]
