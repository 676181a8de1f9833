"""Whose address counts when a request comes through proxies, and headers that anybody can write."""

import pytest

from p2ham.engine import addresses

NOBODY = ()
LOOPBACK = addresses.networks(addresses.LOOPBACK)
CHAIN = addresses.networks(["127.0.0.1", "10.1.0.0/16", "2001:db8:1::/48"])


@pytest.mark.parametrize(
	("connection", "forwarded", "trusted", "expected"),
	[
		("203.0.113.9", None, NOBODY, "203.0.113.9"),
		("203.0.113.9", "198.51.100.1", NOBODY, "203.0.113.9"),
		("203.0.113.9", "198.51.100.1", LOOPBACK, "203.0.113.9"),
		("127.0.0.1", "198.51.100.1", NOBODY, "127.0.0.1"),
		("127.0.0.1", "198.51.100.1", LOOPBACK, "198.51.100.1"),
		("::1", "198.51.100.1", LOOPBACK, "198.51.100.1"),
		("::ffff:127.0.0.1", "198.51.100.1", LOOPBACK, "198.51.100.1"),
		("", "198.51.100.1", LOOPBACK, "198.51.100.1"),
		(None, None, LOOPBACK, "127.0.0.1"),
		# What stands before the last was written by whoever asked.
		("127.0.0.1", "192.0.2.1, 192.0.2.2, 198.51.100.1", LOOPBACK, "198.51.100.1"),
		("127.0.0.1", "127.0.0.1, 198.51.100.1", LOOPBACK, "198.51.100.1"),
		("127.0.0.1", "192.0.2.1, 198.51.100.1, 10.1.2.3", CHAIN, "198.51.100.1"),
		("127.0.0.1", "192.0.2.1, 198.51.100.1, 10.2.2.3", CHAIN, "10.2.2.3"),
		("2001:db8:1::7", "2001:db8:2::1", CHAIN, "2001:db8:2::1"),
		("127.0.0.1", "10.1.2.3, 10.1.2.4", CHAIN, "10.1.2.3"),
		# With a port, and what is no address.
		("127.0.0.1", "198.51.100.1:55123", LOOPBACK, "198.51.100.1"),
		("127.0.0.1", "[2001:db8::1]:55123", LOOPBACK, "2001:db8::1"),
		("127.0.0.1", "unknown", LOOPBACK, "127.0.0.1"),
		("127.0.0.1", "198.51.100.1, x", LOOPBACK, "127.0.0.1"),
		("127.0.0.1", ",", LOOPBACK, "127.0.0.1"),
		("127.0.0.1", "198.51.100.1\r\nX: 1", LOOPBACK, "127.0.0.1"),
	],
)
def test_the_last_address_counts_that_no_trusted_proxy_has(connection, forwarded, trusted, expected):
	assert str(addresses.asking(connection, forwarded, trusted)) == expected


def test_all_addresses_of_one_line_count_together():
	def counted(text):
		return addresses.counted(addresses.read(text))

	assert counted("2001:db8:0:1::1") == counted("2001:db8:0:1:ffff::9") != counted("2001:db8:0:2::1")
	assert counted("198.51.100.1") == "198.51.100.1"
	assert counted("::ffff:198.51.100.1") == "198.51.100.1"


def test_what_is_no_network_is_named():
	with pytest.raises(ValueError, match=r"proxy\.example\.org"):
		addresses.networks(["10.0.0.0/8", "proxy.example.org"])
