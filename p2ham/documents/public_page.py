"""The public page that says whether a printed document is what was approved: /p2ham/verify/<code>.

Anybody may ask, so it says only what stands on the paper anyway: unit, period, result, date. All of it comes from the
sealed snapshot; nothing of answers, notes, evidence or persons is ever read into the page. Its words are Indonesian
and not translated, like those of the paper.
"""

from __future__ import annotations

import contextlib
import datetime
from zoneinfo import ZoneInfo

import frappe
from babel.dates import format_datetime
from frappe.rate_limiter import rate_limit
from frappe.utils import cint, get_system_timezone, getdate
from werkzeug.wrappers import Response

from p2ham.assessment import log_verification, sealing, snapshots
from p2ham.assessment import source as sources
from p2ham.documents import assessment_parts
from p2ham.engine import addresses, lifecycle, snapshot
from p2ham.paper import indonesian, parts

ROUTE = "p2ham/verify"
TEMPLATE = "p2ham/templates/public/verify.html"
# How often one address may ask: a whole office behind one address scans its papers, nobody tries out codes.
LIMIT, SECONDS = 30, 60
# How long an answer is remembered. A check reads the whole assessment and its log.
REMEMBERED = 60
# What is looked for where nothing that could be a code was typed: no code has a zero.
NO_CODE = "0" * snapshot.CODE_LENGTH
HEADERS = {
	"Content-Type": "text/html; charset=utf-8",
	"Cache-Control": "no-store",
	"X-Robots-Tag": "noindex, nofollow",
	"Referrer-Policy": "no-referrer",
	"X-Content-Type-Options": "nosniff",
	"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
	"base-uri 'none'; frame-ancestors 'none'",
}


class VerificationPage:
	"""Frappe's `page_renderer` for everything below /p2ham/verify. Not a page in www/: Frappe 15 gives those no way to
	forbid caching, wraps them into the web site with all that it loads, and remembers every address that it did not find.
	"""

	def __init__(self, path: str, http_status_code: int | None = None):
		self.path = path

	def can_render(self) -> bool:
		return self.path == ROUTE or self.path.startswith(f"{ROUTE}/")

	def render(self) -> Response:
		try:
			count_request()
		except frappe.RateLimitExceededError:
			frappe.clear_last_message()
			return _respond("limited", 429, {"Retry-After": str(SECONDS)}, seconds=SECONDS)
		if frappe.request.method not in ("GET", "HEAD"):
			return _respond("refused", 405, {"Allow": "GET, HEAD"})
		typed = self.path.removeprefix(ROUTE).strip("/") or frappe.request.args.get("code", "")
		if not typed and _is_on():
			return _respond("form", 200)
		found = look_up(typed)
		return _respond("found", 200, found=found) if found else _respond("unknown", 404)


def count_request() -> None:
	"""Count a request of this address, before anything is looked up. Raises frappe.RateLimitExceededError."""
	# Frappe counts by the command that is called, and a page has none: the counter would be that of all pages.
	frappe.form_dict.cmd = f"{__name__}.count_request"
	frappe.form_dict.p2ham_asking = asking()
	_count()


# Not by Frappe's `request_ip`, which is whatever the header says.
@rate_limit(key="p2ham_asking", ip_based=False, limit=LIMIT, seconds=SECONDS)
def _count() -> None:
	pass


def asking() -> str:
	"""Return whom this request is counted for: the address of the connection, or what a trusted proxy says.

	Without `p2ham_trusted_proxies` in the configuration of the site only a proxy on the same machine is trusted, as
	`bench setup nginx` makes it. With it, those that it names (addresses or networks), and no other.
	"""
	request = frappe.request
	found = addresses.asking(request.remote_addr, request.headers.get("X-Forwarded-For"), _trusted())
	return addresses.counted(found)


def _trusted() -> list[addresses.Network]:
	named = frappe.conf.get("p2ham_trusted_proxies")
	if named is None:
		named = addresses.LOOPBACK
	try:
		return addresses.networks([named] if isinstance(named, str) else named)
	except (TypeError, ValueError):
		frappe.logger("p2ham").exception("p2ham_trusted_proxies: not a list of addresses")
		return []


def look_up(typed: str) -> dict | None:
	"""Return what the page shows for a code, None if there is nothing to show: no such code, no code at all, or the
	page is switched off. All three do the same work, one question to a unique index; it is as quick as the cache, so
	what is not found is not remembered and nobody fills the cache with it."""
	code = snapshot.read_code(typed) or NO_CODE
	known = frappe.cache.get_value(_place(code), expires=True)
	if known and _is_on():
		return known
	assessment = frappe.db.get_value("P2HAM Assessment Snapshot", {"code": code}, "name", order_by="name")
	if not assessment or not _is_on():
		return None
	found = check(assessment, code)
	frappe.cache.set_value(_place(code), found, expires_in_sec=REMEMBERED)
	return found


def forget(assessment: str) -> None:
	"""Let the next request check an assessment anew, once what happens to it now is committed."""
	found = snapshots.for_assessment(assessment)
	if found:
		frappe.db.after_commit.add(lambda: frappe.cache.delete_value(_place(found.code)))


def check(assessment: str, code: str) -> dict:
	"""Hold an assessment against its snapshot and its log; return what the page shows, all of it as text.

	Where something does not match, the result is not shown: it may be what was changed.
	"""
	stored = snapshots.for_assessment(assessment)
	state = frappe.db.get_value("P2HAM Assessment", assessment, "workflow_state") or ""
	# The code is sealed as well: it may not lead to another assessment than the one it was printed for.
	intact = log_verification.is_intact(assessment) and snapshot.sealed_code(stored.content) == code
	doc = frappe._dict(name=assessment, workflow_state=state)
	if intact:
		shown = _shown(sealing.read(doc, stored), intact)
	else:
		shown = {"government": "", "notices": [], "rows": [], "result": []}
		with contextlib.suppress(Exception):  # a text that somebody has changed can make anything of itself
			shown = _shown(sealing.read(doc, stored), intact)
	return {
		**shown,
		"intact": intact,
		"cancelled": _cancelled(assessment) if state == lifecycle.CANCELLED else None,
		"checked": _now(),
		"hash": _groups(snapshot.sha256_of_text(stored.content or "")[: assessment_parts.SHORT_HASH]),
		"code": snapshot.printed_code(code),
	}


def _shown(source: sources.Source, intact: bool) -> dict:
	regency = source.regency
	rows = [
		("Unit kerja", source.unit),
		("Periode", source.period.title),
		("Tahun penilaian", str(source.doc.assessment_year)),
		("Disahkan pada", indonesian.long_date(getdate(source.doc.approved_on))),
	]
	result = [
		("Nilai akhir", indonesian.score(source.doc.verified_score)),
		("Kategori", source.doc.category or parts.NOTHING),
	]
	if assessment_parts.judges(source):
		result.append(("Pernyataan", assessment_parts.statement_of(source)["verdict"]))
	result.append(("Sifat hasil", f"Penilaian internal {parts.kind_of_region(regency)}"))
	return {
		"government": regency.government_line or (regency.regency_name or "").upper(),
		"notices": parts.notices_of(regency, source.instrument),
		"rows": rows,
		"result": result if intact else [],
	}


def _cancelled(assessment: str) -> str:
	"""Return the day on which an assessment was cancelled, as its log says."""
	at = frappe.db.get_value(
		"P2HAM Assessment Log",
		{"assessment": assessment, "to_state": lifecycle.CANCELLED},
		"at",
		order_by="sequence",
	)
	return indonesian.long_date(getdate(at)) if at else ""


def _now() -> str:
	"""Return e.g. "28 November 2026 pukul 09.12.33 WIB"."""
	moment = datetime.datetime.now(ZoneInfo(get_system_timezone()))
	return format_datetime(moment, "d MMMM y 'pukul' HH.mm.ss z", locale=indonesian.LOCALE)


def _groups(digits: str) -> str:
	return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def _is_on() -> bool:
	return bool(cint(frappe.get_cached_doc("P2HAM Settings").public_page))


def _place(code: str) -> str:
	return f"p2ham_verify|{code}"


def _respond(kind: str, status: int, headers: dict | None = None, **values) -> Response:
	page = frappe.get_jenv().get_template(TEMPLATE).render({"kind": kind, "route": f"/{ROUTE}", **values})
	return Response(page, status, {**HEADERS, **(headers or {})})
