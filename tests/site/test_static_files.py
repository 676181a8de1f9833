"""The web server of the scripts gives out built assets and the site's public files, asked over its own socket."""

import os
import socket
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import frappe
import pytest
from _bench.site import LISTEN_AT

pytestmark = pytest.mark.quick


def get(path: str) -> tuple[int, bytes]:
	"""Send an address as it is; no client would."""
	base = urlsplit(os.environ["P2HAM_URL"])
	with socket.create_connection((base.hostname, base.port), timeout=30) as line:
		line.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
		received = b""
		while piece := line.recv(65536):
			received += piece
	return int(received.split()[1]), received


@pytest.mark.parametrize(
	"path",
	[
		"/files/../../site_config.json",
		"/files/%2e%2e/%2e%2e/site_config.json",
		"/files/%2e%2e%2f%2e%2e%2fsite_config.json",
		"/files/../../../common_site_config.json",
		"/files//etc/passwd",
		"/files/%2fetc%2fpasswd",
		"/assets/../common_site_config.json",
		"/assets/frappe/../app.py",
		"/assets//etc/passwd",
	],
)
def test_nobody_reads_a_file_of_the_machine(path):
	status, received = get(path)
	assert status == 404, received[:300]
	assert b"db_password" not in received and b"root:" not in received and b"db_host" not in received


def test_assets_and_public_files_are_still_there(db):
	name = f"{frappe.generate_hash(length=10)}.txt"
	file = Path(frappe.get_site_path("public", "files", name))
	file.write_text("umum")
	try:
		assert get(f"/files/{name}")[1].endswith(b"umum")
	finally:
		file.unlink()
	assert get("/assets/p2ham/images/p2ham.svg")[0] == 200
	assert get("/assets/frappe/images/frappe-framework-logo.svg")[0] == 200


@pytest.mark.parametrize("listen", ["listen(0)", "listen('0', () => {})", "listen(0, 5)"])
def test_realtime_listens_at_the_loopback(listen):
	script = (
		f"const server = require('http').createServer(); server.{listen};"
		"server.on('listening', () => { console.log(server.address().address); process.exit() })"
	)
	done = subprocess.run(
		["node", "--require", str(LISTEN_AT), "-e", script],
		capture_output=True,
		text=True,
		timeout=30,
		check=True,
	)
	assert done.stdout.strip() == "127.0.0.1"
