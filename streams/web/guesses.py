"""Guesses: wrong tokens and links, counted by the address that they came from, so that guessing is slow.

A right one is never counted and never has to wait: who has it is let in, whoever else guesses from the same place.
Read next: `guard.py`, `board/sign_in.py`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from http import HTTPStatus
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from streams.web.problem import Problem, retry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from ipaddress import IPv4Network, IPv6Network

    from aiohttp import web

    from alerts.words.later import Later

BORNE: Final = 5
"""How many wrong ones one address may give within `WITHIN` seconds."""
BORNE_IN_ALL: Final = 50
"""How many wrong ones all addresses together may give in that time."""
WITHIN: Final = 60.0
_LONGEST: Final = 2_000


class Guesses:
    """Counts wrong tokens and links. `proxies` are believed in what they say of who asks."""

    def __init__(self, proxies: Sequence[IPv4Network | IPv6Network] = ()) -> None:
        self._proxies = proxies
        self._wrong: deque[tuple[float, str]] = deque(maxlen=BORNE_IN_ALL)

    def wrong(self, request: web.Request) -> bool:
        """Note that a request had a wrong one; says whether there were too many before it."""
        now, client = asyncio.get_running_loop().time(), client_address(request, self._proxies)
        while self._wrong and self._wrong[0][0] < now - WITHIN:
            self._wrong.popleft()
        same = sum(address == client for _, address in self._wrong)
        too_many = same >= BORNE or len(self._wrong) >= BORNE_IN_ALL
        self._wrong.append((now, client))
        return too_many


def too_many(words: str | Later) -> Problem:
    """Make the answer to one guess too many."""
    return retry(HTTPStatus.TOO_MANY_REQUESTS, words, int(WITHIN))


def client_address(request: web.Request, proxies: Sequence[IPv4Network | IPv6Network]) -> str:
    """Give the address of who asks: the nearest one that is not a trusted proxy.

    Each proxy adds to `X-Forwarded-For` the address that it was asked from, so what stands left of an untrusted one may
    be anybody's invention.
    """
    listed = ",".join(request.headers.getall("X-Forwarded-For", ()))[-_LONGEST:].split(",")
    address = request.remote or ""
    for before in reversed([each.strip() for each in listed if each.strip()]):
        if not _is_in(address, proxies):
            break
        address = before
    return address


def _is_in(address: str, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in networks)
