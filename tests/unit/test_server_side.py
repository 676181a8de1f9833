"""What travels inside the server cannot be sent along: a document of Frappe is imitated, which takes every key."""

import copy
import gc
import pickle

import pytest

from p2ham.access.server_side import ServerSide, given


class Doc:
	"""As a document of Frappe takes what a client sends."""

	request = ServerSide()
	written = ServerSide(frozenset())

	def update(self, values):
		self.__dict__.update(values)
		return self


def test_without_being_given_it_is_the_default():
	assert Doc().request is None and Doc().written == frozenset()


def test_what_a_client_sends_under_its_name_is_never_read():
	doc = Doc().update({"request": {"note": "x"}, "written": ["status"]})
	assert doc.request is None and doc.written == frozenset()
	with given(doc, written=frozenset({"figures"})):
		doc.update({"written": ["status"]})
		assert doc.written == frozenset({"figures"})
	assert doc.written == frozenset()


def test_it_is_taken_back_after_the_block_whatever_happens():
	doc = Doc()
	with pytest.raises(ValueError), given(doc, request="x", written=frozenset({"a"})):
		assert doc.request == "x"
		raise ValueError
	assert doc.request is None and doc.written == frozenset()


def test_it_is_of_one_document_only_and_no_copy_has_it():
	doc, other = Doc(), Doc()
	doc.request = "x"
	assert other.request is None
	assert copy.copy(doc).request is copy.deepcopy(doc).request is None
	assert pickle.loads(pickle.dumps(doc)).request is None


def test_nothing_is_given_that_nobody_would_look_at():
	with pytest.raises(AttributeError, match=r"Doc\.reqest"), given(Doc(), reqest="x"):
		pass


def test_it_goes_with_its_document():
	doc = Doc()
	doc.request = "x"
	del doc
	gc.collect()
	assert not Doc.request.values
