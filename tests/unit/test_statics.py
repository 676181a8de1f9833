"""What the web server of the scripts gives out as files, asked over a socket: clients tidy addresses, attackers do not."""

from __future__ import annotations

import socket
import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from _bench import services, serving
from _bench.statics import Statics, of_site

SITE = "p2ham.localhost"
SECRET = b"db_password"


class Silent(WSGIRequestHandler):
	def log_message(self, *arguments):
		"""Nobody reads it."""


def application(environ, start_response):
	start_response("200 OK", [("Content-Type", "text/plain")])
	return [b"the application"]


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
	"""A bench as script/server lays it out: sites of its own, assets by symlink, apps elsewhere."""
	root = tmp_path_factory.mktemp("bench")
	package, files = root / "apps/frappe/frappe", root / "sites" / SITE / "public/files"
	for folder in (
		package / "public/js",
		root / "sites/assets",
		root / "sites" / SITE / "private/files",
		files,
	):
		folder.mkdir(parents=True)
	(package / "public/js/desk.js").write_text("desk()")
	(package / "app.py").write_bytes(SECRET)
	(root / "sites/assets/frappe").symlink_to(package / "public")
	(root / "sites/assets/stray").symlink_to(package)
	(root / "sites/assets/assets.json").write_text("{}")
	for secret in (f"{SITE}/site_config.json", f"{SITE}/private/files/ktp.pdf", "common_site_config.json"):
		(root / "sites" / secret).write_bytes(SECRET)
	(files / "Logo Dinas.png").write_bytes(b"picture")
	(files / "gambar.svg").write_text("<svg/>")
	(files / "lebih").mkdir()
	(files / "keluar").symlink_to(root / "sites" / SITE)
	(files / "keluar.json").symlink_to(root / "sites" / SITE / "site_config.json")
	(files / "berputar").symlink_to(files / "berputar")
	(root / "sites" / SITE / "public/files-lain").mkdir()
	(root / "sites" / SITE / "public/files-lain/x").write_bytes(SECRET)
	return root


@pytest.fixture(scope="module")
def port(bench):
	exports = of_site(bench / "sites", SITE, [bench / "apps/frappe/frappe"])
	server = make_server("127.0.0.1", 0, Statics(application, exports), handler_class=Silent)
	thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
	thread.start()
	yield server.server_port
	server.shutdown()
	thread.join()
	server.server_close()


@pytest.fixture
def get(port):
	"""`get(path)` sends an address as it is and returns status, head and body."""

	def ask(path: str | bytes, method: str = "GET", **headers: str) -> tuple[int, str, bytes]:
		path = path.encode() if isinstance(path, str) else path
		lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items()).encode()
		with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
			line.sendall(method.encode() + b" " + path + b" HTTP/1.0\r\n" + lines + b"\r\n")
			received = b""
			while piece := line.recv(65536):
				received += piece
		head, _, body = received.partition(b"\r\n\r\n")
		return int(head.split()[1]), head.decode("latin-1"), body

	return ask


@pytest.mark.parametrize(
	"path",
	[
		"/files/../../site_config.json",
		"/files/../../../common_site_config.json",
		"/files/%2e%2e/%2e%2e/site_config.json",
		"/files/%2E%2E%2F%2E%2E%2Fsite_config.json",
		"/files/..%2f..%2fsite_config.json",
		"/files/%252e%252e/%252e%252e/site_config.json",
		"/files/lebih/../../../site_config.json",
		"/files/./../../site_config.json",
		"/files/..\\..\\site_config.json",
		"/files/..%5c..%5csite_config.json",
		"/files/.%00./.%00./site_config.json",
		"/files/%c0%ae%c0%ae/%c0%ae%c0%ae/site_config.json",
		"/files//etc/passwd",
		"/files/%2fetc%2fpasswd",
		"/files///etc/passwd",
		"/files/../files-lain/x",
		"/files/keluar/site_config.json",
		"/files/keluar.json",
		"/files/berputar",
		"/files/lebih",
		"/files/",
		"/files/" + "a" * 5000,
		"/files/" + "a/" * 3000,
		"/assets/../p2ham.localhost/site_config.json",
		"/assets/%2e%2e/common_site_config.json",
		"/assets//etc/passwd",
		"/assets/frappe/../app.py",
		"/assets/frappe/%2e%2e/app.py",
		"/assets/frappe/js/../../app.py",
		"/assets/stray/app.py",
		"/assets/frappe",
	],
)
def test_no_address_leads_out_of_the_folders_that_are_given_out(get, path):
	status, head, body = get(path)
	assert status == 404 and SECRET not in body and b"root:" not in body, (head, body)


def test_the_absolute_path_of_a_file_leads_nowhere(get, bench):
	secret = bench / "sites" / SITE / "site_config.json"
	for prefix in ("/files/", "/files", "/assets/"):
		status, _, body = get(f"{prefix}{secret}")
		assert status == 404 and SECRET not in body


@pytest.mark.parametrize(
	"path",
	[
		"/../sites/p2ham.localhost/site_config.json",
		"/private/files/ktp.pdf",
		"/filesystem",
		"/site_config.json",
	],
)
def test_whatever_is_no_file_of_ours_is_the_application_s(get, path):
	assert get(path)[2] == b"the application"


def test_public_files_and_assets_are_given_out(get):
	assert get("/files/Logo%20Dinas.png")[2] == b"picture"
	status, head, body = get("/assets/frappe/js/desk.js?v=1")
	assert (status, body) == (200, b"desk()")
	assert "javascript; charset=utf-8" in head and "ETag" in head
	assert get("/assets/assets.json")[2] == b"{}"


def test_what_could_run_at_the_site_s_address_is_downloaded_only(get):
	assert "Content-Disposition: attachment" in get("/files/gambar.svg")[1]
	assert "Content-Disposition" not in get("/files/Logo%20Dinas.png")[1]
	assert "X-Content-Type-Options: nosniff" in get("/files/Logo%20Dinas.png")[1]


def test_a_file_that_has_not_changed_is_not_sent_again(get):
	head = get("/files/Logo%20Dinas.png")[1]
	tag = next(line for line in head.splitlines() if line.startswith("ETag")).partition(": ")[2]
	assert get("/files/Logo%20Dinas.png", If_None_Match=tag)[::2] == (304, b"")
	assert get("/files/Logo%20Dinas.png", If_None_Match='"lain"')[2] == b"picture"


def test_a_head_has_no_body_and_nothing_is_written(get):
	status, head, body = get("/files/Logo%20Dinas.png", method="HEAD")
	assert (status, body) == (200, b"") and "Content-Length: 7" in head
	for method in ("POST", "PUT", "DELETE"):
		assert get("/files/Logo%20Dinas.png", method=method)[0] == 405


# Who reaches the server


def test_script_server_tells_that_it_listens_to_this_machine_only(capsys):
	with pytest.raises(SystemExit):
		serving.main(["--help"])
	told = " ".join(capsys.readouterr().out.split())
	assert "listens on the loopback (127.0.0.1) only" in told and "--host" in told
	assert serving.reached_from("127.0.0.1").startswith("this machine only")
	assert "NETWORK" in serving.reached_from("0.0.0.0")


def test_only_addresses_of_the_loopback_are_taken_for_it():
	assert all(map(services.is_loopback, ("127.0.0.1", "127.8.8.8", "::1", "localhost")))
	assert not any(map(services.is_loopback, ("0.0.0.0", "::", "192.168.1.2", "localhost.example.org", "")))
