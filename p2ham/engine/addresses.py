"""From which address a request comes, where proxies stand between: whoever asks writes headers as they like."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Only a program of the same machine connects from here.
LOOPBACK = ("127.0.0.0/8", "::1/128")
LOCAL = ip_address("127.0.0.1")
# So many bits of an IPv6 address say which line it is; whoever has the line chooses the others as they like.
LINE = 64

_WITH_PORT = re.compile(r"\[(?P<six>[^\]]+)\](:\d+)?|(?P<four>[\d.]+):\d+")


def networks(listed: Iterable[str]) -> list[Network]:
	"""Return addresses and networks (10.0.0.0/8) as networks. Raises ValueError with what is none of them."""
	return [ip_network(text.strip(), strict=False) for text in listed]


def read(text: str | None) -> Address | None:
	"""Return the address that a text names, a port behind it left out; None if it names none."""
	text = (text or "").strip()
	if found := _WITH_PORT.fullmatch(text):
		text = found["six"] or found["four"]
	try:
		address = ip_address(text)
	except ValueError:
		return None
	return getattr(address, "ipv4_mapped", None) or address


def asking(connection: str | None, forwarded: str | None, trusted: Sequence[Network]) -> Address:
	"""Return the address that asks: that of the connection, unless it is a trusted proxy's. Then it is the last one that
	the proxy names (`X-Forwarded-For`) and that is not itself a trusted proxy: each adds whom it was asked by at the end,
	and what stands before that was written by whoever asked.

	A connection without an address is a socket of this machine.
	"""
	found = read(connection) or LOCAL
	for hop in reversed((forwarded or "").split(",")):
		before = read(hop)
		if before is None or not _is_in(found, trusted):
			break
		found = before
	return found


def counted(address: Address) -> str:
	"""Return what requests are counted by: an address, of IPv6 the network of the line that it belongs to."""
	if isinstance(address, IPv6Address):
		return str(ip_network((address, LINE), strict=False).network_address)
	return str(address)


def _is_in(address: Address, listed: Sequence[Network]) -> bool:
	return any(address in network for network in listed)
