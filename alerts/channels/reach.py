"""Which addresses of the network a channel may reach: a setting must not become a way into the network behind it.

A webhook or chat may not lead to this machine, a private network or many receivers at once unless the operator says so.
What counts is the address of the connection that is made: a name could be checked as one address and used as another.
Read next: `posting.py`, `chat.py`.
"""

from __future__ import annotations

import errno
import sys
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_TRANSLATED: Final = IPv6Network("64:ff9b::/96")
"""IPv4 addresses as a network without IPv4 sees them (RFC 6052)."""

ADVICE: Final = "that address is private, and KEPT_WEBHOOK_PRIVATE=yes would allow it"


class PrivateAddressError(OSError):
    """A connection that was not made, because of where it would have led. Its text tells no address."""

    def __init__(self) -> None:
        super().__init__(errno.EACCES, ADVICE)


def is_public(address: str) -> bool:
    """Say whether an address, written as IPv4 or IPv6, belongs to a single machine of the public internet."""
    try:
        known = _inner(ip_address(address.partition("%")[0]))
    except ValueError:
        return False
    closed = known.is_multicast or known.is_reserved or known.is_unspecified or getattr(known, "is_site_local", False)
    return known.is_global and not closed


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Give the IPv4 address that an IPv6 address stands for, where it does."""
    if isinstance(address, IPv4Address):
        return address
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address


class Watch:
    """How many connections were refused while somebody watched."""

    refused = 0


_watch: ContextVar[Watch | None] = ContextVar("watch", default=None)


@contextmanager
def public_only() -> Iterator[Watch]:
    """Have whatever runs inside reach the public internet alone, whichever library connects.

    Libraries that open their own connections offer no place to ask for the address that they use. Python does: each
    connection is announced to its audit hooks before it is made.
    """
    _listen()
    watch = Watch()
    before = _watch.set(watch)
    try:
        yield watch
    finally:
        _watch.reset(before)


@cache
def _listen() -> None:
    """Have the hook called, from now on: hooks cannot be taken back."""
    sys.addaudithook(_before)


def _before(event: str, values: tuple[object, ...]) -> None:
    if event not in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        return
    watch, address = _watch.get(), values[1]
    if watch is not None and isinstance(address, tuple) and not is_public(str(address[0])):
        watch.refused += 1
        raise PrivateAddressError
