"""Requests of the tests, made of the web application in this process instead of over a socket.

The whole way of a request is gone, with session, CSRF, hooks and the commit: it is the application that the web server
runs, asked by werkzeug. Only the socket and the other process are missing, which cost more than many an answer.
`tests/proof/test_both_ways.py` holds that both say the same.
"""

from __future__ import annotations

import contextvars
import io
import os
import traceback
from email.message import Message
from functools import cache
from http.client import HTTPMessage
from types import SimpleNamespace
from urllib.parse import urlsplit

from requests.adapters import BaseAdapter
from requests.cookies import extract_cookies_to_jar
from requests.models import PreparedRequest, Response
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers
from urllib3 import HTTPResponse
from werkzeug.test import EnvironBuilder, run_wsgi_app


@cache
def application():
	"""Return the web application, as script/_bench/wsgi.py gives it to the web server."""
	from _bench import wsgi

	return wsgi.application


class InProcess(BaseAdapter):
	"""What requests sends its requests with, in place of a connection: `session.mount(address, InProcess())`. `comes_from`
	is the address that the connection has at the other end."""

	def __init__(self, comes_from: str = "127.0.0.1"):
		super().__init__()
		self.comes_from = comes_from

	def send(self, request: PreparedRequest, **_options) -> Response:
		# A context of its own is to Frappe what a thread of its own is: the tests keep their connection.
		body, status, headers = contextvars.Context().run(self.answer, request)
		return as_response(self, request, body, int(status.split()[0]), headers)

	def answer(self, request: PreparedRequest):
		parts = urlsplit(request.url)
		content = request.body or b""
		environ = EnvironBuilder(
			path=parts.path,
			query_string=parts.query,
			base_url=f"{parts.scheme}://{parts.netloc}",
			method=request.method,
			headers=list(request.headers.items()),
			input_stream=io.BytesIO(content.encode() if isinstance(content, str) else content),
			environ_overrides={"REMOTE_ADDR": self.comes_from},
		).get_environ()
		try:
			rows, status, headers = run_wsgi_app(application(), environ, buffered=True)
		except Exception:  # what the application lets through, the web server answers
			return traceback.format_exc().encode(), "500 INTERNAL SERVER ERROR", []
		return b"".join(rows), status, headers

	def close(self) -> None:
		"""There is nothing to close."""


def as_response(adapter, request: PreparedRequest, body: bytes, status: int, headers) -> Response:
	"""Return an answer as requests has it of a connection, cookies included."""
	message: Message = HTTPMessage()
	for name, value in headers:
		message[name] = value
	response = Response()
	response.status_code = status
	response.headers = CaseInsensitiveDict(
		{name: ", ".join(message.get_all(name)) for name in {*message.keys()}}
	)
	response.url, response.request, response.connection = request.url, request, adapter
	response.encoding = get_encoding_from_headers(response.headers)
	response.raw = HTTPResponse(
		body=io.BytesIO(body), headers=list(headers), status=status, preload_content=False
	)
	response.raw._original_response = SimpleNamespace(msg=message, isclosed=lambda: True)
	response._content, response._content_consumed = body, True
	extract_cookies_to_jar(response.cookies, request, response.raw)
	return response


def sent_in_process() -> bool:
	"""Tell whether the tests' requests go this way: P2HAM_OVER_SOCKET=1 sends all of them to the server."""
	return not os.environ.get("P2HAM_OVER_SOCKET")
