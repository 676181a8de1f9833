"""Evidence that is a link: an address that everybody can open, and whether it answers.

The server asks addresses that clerks type. So it must not be led to what only it can reach: nothing but public
addresses is asked, and that is checked of the name, of every redirect and of the connection itself.
"""

from __future__ import annotations

import hashlib
import http
import ipaddress
import re
import socket
import unicodedata
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit, urlunsplit

import frappe
import idna
import requests
from frappe import _
from frappe.utils import now_datetime
from requests.adapters import HTTPAdapter
from requests.utils import requote_uri
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from p2ham.engine.faults import N_

EVIDENCE, LINK = "P2HAM Evidence", "Link"
LONGEST = 500
REACHABLE, NO_ANSWER = "Reachable", "No Answer"
# Seconds for each piece of an answer, and for all of it: a server may send a byte now and then.
TIMEOUT, JOB_SECONDS = 10, 120
REDIRECTS = 5
USER_AGENT = "Mozilla/5.0 (compatible; P2HAM)"
# Names that a resolver of the own network may know.
PRIVATE_NAMES = ("localhost", "localdomain", "local", "internal", "lan", "home.arpa")
LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
# What the last label of an address in numbers looks like, in any way of writing one: no domain ends so.
NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)")

# What an address said, as stored; translated where it is shown.
UNKNOWN = N_("host unknown")
PRIVATE = N_("address is private")
REFUSED = N_("leads to what is no web address")
LATE = N_("no answer in time")
UNREACHABLE = N_("cannot be reached")
INSECURE = N_("no valid secure connection")
TOO_MANY = N_("too many redirects")
UNREADABLE = N_("answer cannot be understood")


class NotAsked(Exception):
	"""The address is not asked, or not further; says why."""


def check_address(url: str) -> str:
	"""Return a web address as it is stored: without blanks around it, its host in small ASCII letters.

	Raises frappe.ValidationError for what is no full http(s) address of a public host, or hides what it is.
	"""
	address = (url or "").strip()
	fault = fault_of(address)
	if fault:
		frappe.throw(f"{_('Address (URL)')}: {fault}")
	return cleaned(address)


def fault_of(address: str) -> str:
	"""Say in words why an address may not be stored, nothing if it may."""
	if len(address) > LONGEST:
		return _("{0} characters at most.").format(LONGEST)
	if "\\" in address or any(unicodedata.category(sign)[0] in "CZ" for sign in address):
		return _("blanks, control characters and backslashes are not accepted.")
	try:
		stored = cleaned(address)
	except ValueError:
		return _("this is no web address.")
	parts = urlsplit(stored)
	if parts.scheme not in ("http", "https") or not parts.hostname:
		return _("give a full web address that begins with https://.")
	if "@" in parts.netloc:
		return _("an address with a user name or password is not accepted.")
	if not is_public_host(parts.hostname):
		return _("the host must be public and written with its full name, e.g. dinsos.example.go.id.")
	if len(stored) > LONGEST:  # a host in other letters grows
		return _("{0} characters at most.").format(LONGEST)
	return ""


def cleaned(address: str) -> str:
	"""Return an address with its host as it is asked for. Raises ValueError for one that nobody understands."""
	parts = urlsplit(address)
	user, at, _host = parts.netloc.rpartition("@")
	host = ascii_host(parts.hostname or "")
	port = "" if parts.port is None else f":{parts.port}"
	netloc = f"{user}{at}{f'[{host}]' if ':' in host else host}{port}"
	return urlunsplit(parts._replace(netloc=netloc))


def ascii_host(host: str) -> str:
	"""Return a host as it is asked for. Raises ValueError for one that no resolver understands."""
	if ":" in host:
		return host
	if not host.isascii():
		host = idna.encode(host, uts46=True).decode()
	host = host.lower()
	for label in host.split("."):
		if label.startswith("xn--"):
			idna.decode(label)
	return host


def is_public_host(host: str) -> bool:
	if ":" in host:
		return "%" not in host and is_global(host)  # no zone: that is an interface of this machine
	labels = host.split(".")
	if NUMBER.fullmatch(labels[-1]):
		# "127.1", "0x7f.0.0.1" and "2130706433" reach the same as "127.0.0.1": only that way of writing counts.
		return is_global(host)
	return (
		len(labels) > 1
		and len(host) <= 253
		and all(LABEL.fullmatch(label) for label in labels)
		and not any(f".{host}".endswith(f".{name}") for name in PRIVATE_NAMES)
	)


def is_global(address: str) -> bool:
	"""Tell whether an IP address belongs to a host that everybody can reach."""
	try:
		ip = ipaddress.ip_address(address)
	except ValueError:
		return False
	if ip.version == 6 and (ip not in UNICAST or any(ip in network for network in CARRIERS_OF_IPV4)):
		return False
	return ip.is_global and not ip.is_multicast and not ip.is_reserved


# Everything else, IPv4 written as IPv6 among it, is of a network's own or has no host.
UNICAST = ipaddress.ip_network("2000::/3")
# 6to4 and Teredo: the IPv4 address within may be any.
CARRIERS_OF_IPV4 = (ipaddress.ip_network("2002::/16"), ipaddress.ip_network("2001::/32"))


def enqueue_ask(evidence: str) -> None:
	"""Ask the address of an evidence in the background, once what was saved is stored."""
	url = frappe.db.get_value(EVIDENCE, evidence, "url") or ""
	frappe.enqueue(
		"p2ham.evidence.links.ask",
		queue="short",
		evidence=evidence,
		# By address as well: a job that still asks the old one does not stand for the new one.
		job_id=f"p2ham-link-{evidence}-{hashlib.sha256(url.encode()).hexdigest()[:12]}",
		deduplicate=True,
		timeout=JOB_SECONDS,
		enqueue_after_commit=True,
	)


def ask(evidence: str, timeout: float = TIMEOUT) -> None:
	"""Ask the address of an evidence whether it answers, and store what it said.

	A dead link is a flag for the verifier, no fault of the document: nothing is raised, and who has the form open
	can still save it.
	"""
	kind, url = frappe.db.get_value(EVIDENCE, evidence, ["kind", "url"]) or ("", "")
	if kind != LINK or not url:
		return
	answer = answer_of(url, timeout)
	frappe.db.set_value(
		EVIDENCE,
		{"name": evidence, "url": url},  # what was asked; it may have changed meanwhile
		{
			"link_state": REACHABLE if answer.good else NO_ANSWER,
			"link_checked_on": now_datetime(),
			"link_note": answer.note,
		},
		update_modified=False,
	)


@dataclass(frozen=True)
class Answer:
	good: bool
	note: str


def answer_of(url: str, timeout: float = TIMEOUT) -> Answer:
	try:
		status = status_of("HEAD", url, timeout)
		if status >= 400:  # many servers do not know HEAD, and say so in many ways
			status = status_of("GET", url, timeout)
	except NotAsked as error:
		return Answer(False, str(error))
	except requests.Timeout:
		return Answer(False, LATE)
	except requests.exceptions.SSLError:
		return Answer(False, INSECURE)
	except requests.ConnectionError:
		return Answer(False, UNREACHABLE)
	except Exception:  # whatever a server may send, and the end of the job's time
		return Answer(False, UNREADABLE)
	return Answer(status < 400, said(status))


def said(status: int) -> str:
	"""Return a status with its usual words; those of the server may be any."""
	try:
		return f"{status} {http.HTTPStatus(status).phrase}"
	except ValueError:
		return str(status)


def status_of(method: str, url: str, timeout: float) -> int:
	"""Return the status that an address ends with. Reads no body. Raises NotAsked and what requests raises."""
	for _hop in range(REDIRECTS + 1):
		check_host(url)
		# A new session each time: it brings no cookies along, and no connection that the server closes meanwhile.
		with (
			session() as asking,
			asking.request(method, url, timeout=timeout, stream=True, allow_redirects=False) as response,
		):
			target = asking.get_redirect_target(response)
		if not target:
			return response.status_code
		url = requote_uri(urljoin(url, target))
	raise NotAsked(TOO_MANY)


def check_host(url: str) -> None:
	"""Raise NotAsked unless an address leads to a host of which every IP address is public."""
	parts = urlsplit(url)
	if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
		raise NotAsked(REFUSED)
	if not is_public_host(ascii_host(parts.hostname)):
		raise NotAsked(PRIVATE)
	try:
		found = {row[4][0] for row in socket.getaddrinfo(parts.hostname, None, type=socket.SOCK_STREAM)}
	except (OSError, UnicodeError):
		raise NotAsked(UNKNOWN) from None
	if not all(is_global(address) for address in found):
		raise NotAsked(PRIVATE)


def session() -> requests.Session:
	"""Return a session that takes nothing from the environment: neither proxies nor passwords."""
	asking = requests.Session()
	asking.trust_env = False
	asking.headers = {"User-Agent": USER_AGENT, "Accept": "*/*", "Connection": "close"}
	for scheme in ("http://", "https://"):
		asking.mount(scheme, PublicAdapter())
	return asking


class Public:
	"""A connection to a public address only: a name may resolve otherwise than a moment ago."""

	def _new_conn(self):
		connection = super()._new_conn()
		if not is_global(connection.getpeername()[0]):
			connection.close()
			raise NotAsked(PRIVATE)
		return connection


class PublicHTTPConnection(Public, HTTPConnection):
	pass


class PublicHTTPSConnection(Public, HTTPSConnection):
	pass


class PublicHTTPPool(HTTPConnectionPool):
	ConnectionCls = PublicHTTPConnection


class PublicHTTPSPool(HTTPSConnectionPool):
	ConnectionCls = PublicHTTPSConnection


class PublicAdapter(HTTPAdapter):
	def init_poolmanager(self, *args, **kwargs):
		super().init_poolmanager(*args, **kwargs)
		self.poolmanager.pool_classes_by_scheme = {"http": PublicHTTPPool, "https": PublicHTTPSPool}
