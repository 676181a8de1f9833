"""A link is an address that everybody can open, and asking it leads the server nowhere else."""

import contextlib
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import frappe
import pytest

from p2ham.demo import factories as make
from p2ham.evidence import links

pytestmark = pytest.mark.quick

EVIDENCE = "P2HAM Evidence"
HOST = "dinsos.uji.example"


@pytest.mark.parametrize(
	("given", "stored"),
	[
		("https://dinsos.empatlawangkab.go.id/layanan", "https://dinsos.empatlawangkab.go.id/layanan"),
		("  http://a.go.id  ", "http://a.go.id"),
		("HTTPS://Dinsos.GO.ID/Layanan?Q=1&b=%20#Isi", "https://dinsos.go.id/Layanan?Q=1&b=%20#Isi"),
		("https://a.go.id:8443/x", "https://a.go.id:8443/x"),
		("https://a.go.id/maklumat/pelayanan-désa", "https://a.go.id/maklumat/pelayanan-désa"),
		("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
		("https://xn--bcher-kva.example/x", "https://xn--bcher-kva.example/x"),
		("https://8.8.8.8/x", "https://8.8.8.8/x"),
		("https://[2001:4860:4860::8888]/x", "https://[2001:4860:4860::8888]/x"),
		("https://x.go.id/" + "a" * 484, "https://x.go.id/" + "a" * 484),
	],
)
def test_a_public_address_is_stored_with_its_host_in_small_letters(given, stored):
	assert links.check_address(given) == stored
	assert links.check_address(stored) == stored


@pytest.mark.parametrize(
	"url",
	[
		"",
		None,
		"x.go.id",
		"//x.go.id/a",
		"ftp://x.go.id/a",
		"javascript:alert(1)",
		"file:///etc/passwd",
		"data:text/html,x",
		"https://",
		"https:///x",
		"https://x.go.id/" + "a" * 485,
		"https://bücher.example/" + "a" * 477,
	],
)
def test_what_is_no_full_web_address_is_refused_with_the_name_of_the_field(url):
	with pytest.raises(frappe.ValidationError, match=r"Address \(URL\)"):
		links.check_address(url)


@pytest.mark.parametrize(
	"host",
	[
		"localhost",
		"LOCALHOST",
		"localhost.",
		"a.localhost",
		"server",
		"server.local",
		"db.internal",
		"metadata.google.internal",
		"router.lan",
		"nas.home.arpa",
		"a.localdomain",
		"dinsos.go.id.",
		".go.id",
		"a..go.id",
		"-a.go.id",
		"a" * 64 + ".go.id",
		".".join(["a" * 60] * 5) + ".id",
		"127.0.0.1",
		"127.1",
		"0.0.0.0",
		"10.0.0.1",
		"172.16.0.1",
		"192.168.1.1",
		"100.64.0.1",
		"169.254.169.254",
		"192.0.2.1",
		"224.0.0.1",
		"240.0.0.1",
		"255.255.255.255",
		"2130706433",
		"017700000001",
		"0x7f000001",
		"0x7f.0.0.1",
		"0177.0.0.1",
		"127.0.0.0x1",
		"8.8.8.8.8",
		"8.8.2056",
		"１２７.０.０.１",
		"127。0。0。1",
		"[::1]",
		"[::]",
		"[::ffff:127.0.0.1]",
		"[::ffff:8.8.8.8]",
		"[::127.0.0.1]",
		"[64:ff9b::7f00:1]",
		"[2002:7f00:1::]",
		"[2001:0:1::]",
		"[2001:db8::1]",
		"[fe80::1]",
		"[fe80::1%25eth0]",
		"[2001:4860:4860::8888%25eth0]",
		"[fc00::1]",
		"[ff02::1]",
		"[nonsense]",
		"[::1",
	],
)
def test_a_host_that_not_everybody_reaches_is_refused(host):
	with pytest.raises(frappe.ValidationError, match=r"Address \(URL\)"):
		links.check_address(f"https://{host}/x")


@pytest.mark.parametrize(
	"url",
	[
		"https://admin:rahasia@x.go.id/",
		"https://admin@x.go.id/",
		"https://x.go.id@evil.example/",
		"https://@x.go.id/",
		"https://x.go.id\\@evil.example/",
		"https://x.go.id/a b",
		"https://x.go.id/a\nb",
		"https://x.go.id/a\tb",
		"https://x.go.id/a\0b",
		"https://x.go.id/a\u202egpj.exe",
		"https://x.go.id/a\u200bb",
		"https://x.go.id/a\u00a0b",
		"https://x .go.id/",
		"https://x.go.id:99999/",
		"https://x.go.id:abc/",
		"https://xn--a.go.id/",
		"https://xn--zzzzzz99999999.go.id/",
		"https://💥.go.id\u0000/",
	],
)
def test_an_address_that_hides_what_it_is_or_carries_a_password_is_refused(url):
	with pytest.raises(frappe.ValidationError, match=r"Address \(URL\)"):
		links.check_address(url)


class Handler(BaseHTTPRequestHandler):
	protocol_version = "HTTP/1.1"

	def answer(self):
		self.server.asked.append((self.command, self.path, dict(self.headers)))
		self.server.script(self)

	do_GET = do_HEAD = answer

	def log_message(self, *args):
		pass

	def say(self, status, body=b"", **headers):
		self.send_response(status, "whatever the server says")
		for name, value in {"Content-Length": len(body), **headers}.items():
			self.send_header(name.replace("_", "-"), str(value))
		self.end_headers()
		if self.command == "GET":
			self.wfile.write(body)


class Server(ThreadingHTTPServer):
	daemon_threads = True

	def __init__(self):
		super().__init__(("127.0.0.1", 0), Handler)
		self.asked, self.connections, self.released = [], 0, threading.Event()
		self.script = lambda request: request.say(200)

	def verify_request(self, request, client_address):
		self.connections += 1
		return True

	def handle_error(self, request, client_address):
		"""The other side goes away in the middle of an answer: that is what is tested."""

	def url(self, path="/", host=HOST):
		return f"http://{host}:{self.server_port}{path}"


@pytest.fixture
def server():
	"""A web server on this machine."""
	with Server() as served:
		thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
		thread.start()
		yield served
		served.released.set()
		served.shutdown()
		thread.join()


@pytest.fixture
def names(monkeypatch):
	"""What the resolver answers: host -> the addresses of each further question, the last one again and again."""
	known, plain = {HOST: [["127.0.0.1"]]}, socket.getaddrinfo

	def getaddrinfo(host, port, *args, **kwargs):
		if host not in known:
			return plain(host, port, 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)
		found = known[host].pop(0) if len(known[host]) > 1 else known[host][0]
		return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port or 0)) for address in found]

	monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
	return known


@pytest.fixture
def here_is_public(monkeypatch):
	"""Take this machine's own address for a public one, and no other."""
	monkeypatch.setattr(links, "is_global", lambda address: address == "127.0.0.1")


def test_an_address_that_answers(server, names, here_is_public):
	assert links.answer_of(server.url("/layanan?x=1")) == links.Answer(True, "200 OK")
	((method, path, headers),) = server.asked
	assert (method, path) == ("HEAD", "/layanan?x=1")
	assert headers["User-Agent"] == links.USER_AGENT
	assert not {"Cookie", "Authorization", "Proxy-Authorization", "Referer"} & headers.keys()


@pytest.mark.parametrize("status", [403, 404, 405, 501])
def test_a_server_that_does_not_know_head_is_asked_again(server, names, here_is_public, status):
	server.script = lambda request: request.say(status if request.command == "HEAD" else 200)
	assert links.answer_of(server.url()).good
	assert [method for method, _path, _headers in server.asked] == ["HEAD", "GET"]


@pytest.mark.parametrize(
	("status", "note"), [(404, "404 Not Found"), (500, "500 Internal Server Error"), (599, "599")]
)
def test_an_error_is_named_in_our_own_words(server, names, here_is_public, status, note):
	server.script = lambda request: request.say(status)
	assert links.answer_of(server.url()) == links.Answer(False, note)


def test_redirects_are_followed_without_cookies(server, names, here_is_public):
	def script(request):
		if request.path == "/a":
			request.say(302, Location="/b c", Set_Cookie="sesi=rahasia; Path=/")
		else:
			request.say(200)

	server.script = script
	assert links.answer_of(server.url("/a")).good
	assert [path for _method, path, _headers in server.asked] == ["/a", "/b%20c"]
	assert "Cookie" not in server.asked[1][2]


def test_redirects_end_somewhere(server, names, here_is_public):
	server.script = lambda request: request.say(302, Location=f"{request.path}x")
	assert links.answer_of(server.url("/a")) == links.Answer(False, links.TOO_MANY)
	assert len(server.asked) == links.REDIRECTS + 1


class TestNothingPrivateIsAsked:
	def test_a_name_of_a_private_address(self, server, names):
		assert links.answer_of(server.url()) == links.Answer(False, links.PRIVATE)
		assert server.asked == []

	@pytest.mark.parametrize("found", [["203.0.114.1", "127.0.0.1"], ["127.0.0.1", "203.0.114.1"]])
	def test_a_name_with_one_private_address_among_public_ones(self, server, names, found):
		names[HOST] = [found]
		assert links.answer_of(server.url()) == links.Answer(False, links.PRIVATE)
		assert (server.connections, server.asked) == (0, [])

	@pytest.mark.parametrize("scheme", ["http", "https"])
	def test_a_name_that_becomes_private_between_question_and_connection(self, server, names, scheme):
		names[HOST] = [["203.0.114.1"], ["127.0.0.1"]]
		url = server.url().replace("http", scheme)
		assert links.answer_of(url) == links.Answer(False, links.PRIVATE)
		assert names[HOST] == [["127.0.0.1"]]  # it was asked for again, and the connection was made
		assert server.asked == []

	@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1"])
	def test_an_address_that_was_stored_before_it_was_checked(self, server, names, host):
		assert links.answer_of(server.url(host=host)) == links.Answer(False, links.PRIVATE)
		assert server.asked == []

	@pytest.mark.parametrize("target", ["http://{0}:{1}/rahasia", "//{0}:{1}/rahasia"])
	@pytest.mark.parametrize("host", ["dalam.uji.example", "localhost", "10.0.0.1", "[::1]", "2130706433"])
	def test_a_redirect_to_a_private_address(self, server, names, here_is_public, host, target):
		names["dalam.uji.example"] = [["10.0.0.1"]]
		server.script = lambda request: request.say(302, Location=target.format(host, server.server_port))
		assert links.answer_of(server.url()) == links.Answer(False, links.PRIVATE)
		assert [path for _method, path, _headers in server.asked] == ["/"]

	@pytest.mark.parametrize(
		"target",
		["file:///etc/passwd", "ftp://x.go.id/", "gopher://x.go.id/", "http://a:b@dinsos.uji.example/"],
	)
	def test_a_redirect_to_what_is_no_web_address(self, server, names, here_is_public, target):
		server.script = lambda request: request.say(302, Location=target)
		assert links.answer_of(server.url()) == links.Answer(False, links.REFUSED)
		assert len(server.asked) == 1

	def test_a_proxy_of_the_environment_is_not_used(self, server, names, here_is_public, monkeypatch):
		with Server() as proxy:
			threading.Thread(target=proxy.serve_forever, daemon=True).start()
			for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
				monkeypatch.setenv(name, f"http://nama:sandi@127.0.0.1:{proxy.server_port}")
			assert links.answer_of(server.url()).good
			proxy.shutdown()
		assert (len(server.asked), proxy.asked) == (1, [])


class TestServersThatBehaveBadly:
	def test_a_body_without_end_is_not_read(self, server, names, here_is_public):
		ended = threading.Event()

		def script(request):
			if request.command == "HEAD":
				return request.say(405)
			request.send_response(200)
			request.end_headers()
			with contextlib.suppress(OSError):
				while True:
					request.wfile.write(b"x" * 65536)
			ended.set()

		server.script = script
		assert links.answer_of(server.url()) == links.Answer(True, "200 OK")
		assert ended.wait(30)  # the connection was closed under the server

	def test_a_server_that_does_not_answer_is_left(self, server, names, here_is_public):
		server.script = lambda request: server.released.wait()
		assert links.answer_of(server.url(), timeout=0.2) == links.Answer(False, links.LATE)

	def test_headers_without_end(self, server, names, here_is_public):
		def script(request):
			request.send_response(200)
			with contextlib.suppress(OSError):
				while not server.released.is_set():
					request.wfile.write(b"X-Lagi: " + b"x" * 1000 + b"\r\n")
			request.close_connection = True

		server.script = script
		assert not links.answer_of(server.url()).good

	@pytest.mark.parametrize(
		"answer", [b"", b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x00" * 100]
	)
	def test_what_is_no_web_server(self, server, names, here_is_public, answer):
		def script(request):
			request.wfile.write(answer)
			request.close_connection = True

		server.script = script
		assert not links.answer_of(server.url()).good

	@pytest.mark.parametrize(
		"target", ["http://[::1", "http://xn--a.example/", "https://", "http://x.example:99999/"]
	)
	def test_a_redirect_that_nobody_understands(self, server, names, here_is_public, target):
		server.script = lambda request: request.say(302, Location=target)
		assert not links.answer_of(server.url()).good
		assert len(server.asked) == 1

	def test_a_name_that_nobody_knows(self, names):
		assert links.answer_of("https://tidak-ada.uji.example/") == links.Answer(False, links.UNKNOWN)

	def test_a_port_that_is_closed(self, server, names, here_is_public):
		with socket.socket() as free:
			free.bind(("127.0.0.1", 0))
			url = f"http://{HOST}:{free.getsockname()[1]}/"
			assert links.answer_of(url) == links.Answer(False, links.UNREACHABLE)

	def test_a_secure_connection_that_is_none(self, server, names, here_is_public):
		assert links.answer_of(server.url().replace("http:", "https:")) == links.Answer(False, links.INSECURE)


@pytest.fixture
def evidence(people):
	with make.acting_as(people("OPD Clerk", "DINSOS")):
		return make.create_evidence("DINSOS", "Tautan", "Link")


def stored(name):
	return frappe.db.get_value(
		EVIDENCE, name, ["link_state", "link_note", "link_checked_on", "modified"], as_dict=True
	)


def point_to(name, url):
	frappe.db.set_value(EVIDENCE, name, "url", url, update_modified=False)


def test_what_an_address_said_is_stored_without_touching_the_document(
	evidence, server, names, here_is_public
):
	point_to(evidence, server.url())
	before = stored(evidence)
	links.ask(evidence)
	after = stored(evidence)
	assert (after.link_state, after.link_note) == ("Reachable", "200 OK")
	assert after.link_checked_on and not before.link_checked_on
	assert after.modified == before.modified
	server.script = lambda request: request.say(404)
	links.ask(evidence)
	after = stored(evidence)
	assert (after.link_state, after.link_note) == ("No Answer", "404 Not Found")


def test_an_address_that_changed_meanwhile_does_not_get_the_old_ones_answer(
	evidence, server, names, here_is_public, monkeypatch
):
	def script(request):
		asked.set()
		assert changed.wait(30)
		request.say(200)

	def ask_while_somebody_saves(url, timeout):
		# The server holds its answer back until the address is another one.
		asking = threading.Thread(target=lambda: answers.append(plain(url, timeout)))
		asking.start()
		assert asked.wait(30)
		point_to(evidence, "https://baru.uji.example/")
		changed.set()
		asking.join()
		return answers[0]

	asked, changed, answers, plain = threading.Event(), threading.Event(), [], links.answer_of
	server.script = script
	point_to(evidence, server.url())
	monkeypatch.setattr(links, "answer_of", ask_while_somebody_saves)
	links.ask(evidence)
	assert answers[0].good
	assert not stored(evidence).link_state


def test_a_file_and_what_does_not_exist_are_not_asked(people, names):
	with make.acting_as(people("OPD Clerk", "DINSOS")):
		file = make.create_evidence("DINSOS", "Berkas")
	links.ask(file)
	links.ask("DD-TIDAK-ADA-0001")
	assert not stored(file).link_checked_on


def test_it_is_asked_in_the_background_once_what_was_saved_is_stored(evidence, monkeypatch):
	jobs = []
	monkeypatch.setattr(frappe, "enqueue", lambda method, **kwargs: jobs.append((method, kwargs)))
	links.enqueue_ask(evidence)
	point_to(evidence, "https://baru.uji.example/")
	links.enqueue_ask(evidence)
	assert frappe.get_attr(jobs[0][0]) is links.ask
	assert all(job["evidence"] == evidence for _method, job in jobs)
	assert all(job["enqueue_after_commit"] and job["deduplicate"] for _method, job in jobs)
	assert jobs[0][1]["job_id"] != jobs[1][1]["job_id"]
