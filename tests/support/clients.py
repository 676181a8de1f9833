"""People who ask the site something over HTTP."""

from __future__ import annotations

import os
import re
from urllib.parse import urljoin

import requests
import wsgi

# Python before 3.11.8 and 3.12.2 counts the depth of syntax trees for all threads together, so a garbage
# collection at the wrong moment breaks a request that parses something (python/cpython#106905). Such a request
# has been rolled back like any that breaks, so it may be made again.
INTERPRETER_FAULT = b"AST constructor recursion depth mismatch"


class Client:
	"""A logged-in user at the site's real address. `over_socket`: what he asks goes to the web server, not to the
	application in this process."""

	def __init__(self, base: str, over_socket: bool = False):
		self.base, self.over_socket = base, over_socket or not wsgi.sent_in_process()
		self.session = requests.Session()
		if not self.over_socket:
			self.session.mount(base, wsgi.InProcess())
		# The site is found by its name, whatever address the server listens on.
		self.session.headers["X-Frappe-Site-Name"] = os.environ["P2HAM_SITE"]
		# A connection that is kept while a test waits may be closed by the server just as the next request
		# goes out. Browsers then ask again; this client may not, as it cannot know what has been done.
		self.session.headers["Connection"] = "close"

	def login(self, user: str, password: str) -> Client:
		response = self.post("/api/method/login", data={"usr": user, "pwd": password})
		assert response.status_code == 200, response.text
		page = self.get("/app")
		token = re.search(r'csrf_token\s*=\s*"([0-9a-f]+)"', page.text)
		if token:
			self.session.headers["X-Frappe-CSRF-Token"] = token.group(1)
		return self

	def another(self, over_socket: bool = False) -> Client:
		"""Return one with a connection of its own and the same login, as another tab of a browser has it."""
		other = Client(self.base, over_socket or self.over_socket)
		other.session.headers.update(self.session.headers)
		other.session.cookies.update(self.session.cookies)
		return other

	def request(self, method: str, path: str, **kwargs):
		response = self.once(method, path, **kwargs)
		if "files" not in kwargs and INTERPRETER_FAULT in response.content:
			response = self.once(method, path, **kwargs)
		return response

	def once(self, method: str, path: str, **kwargs):
		return self.session.request(method, urljoin(self.base, path), timeout=120, **kwargs)

	def get(self, path: str, **kwargs):
		return self.request("GET", path, **kwargs)

	def post(self, path: str, **kwargs):
		return self.request("POST", path, **kwargs)

	def put(self, path: str, **kwargs):
		return self.request("PUT", path, **kwargs)

	def delete(self, path: str, **kwargs):
		return self.request("DELETE", path, **kwargs)

	def call(self, method: str, **values):
		return self.post(f"/api/method/{method}", json=values)
