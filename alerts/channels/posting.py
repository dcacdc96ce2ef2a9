"""Posting JSON over HTTP: connections, time limits, and what a miss is told as. For every channel that speaks HTTP.

Redirects are not followed, cookies not kept, and no more of an answer is read than its status and headers.
Read next: `retrying.py`, for what an answer means.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import aiohttp

from alerts.channels.reach import ADVICE, PrivateAddressError, is_public
from alerts.channels.retrying import check_answer, shown, unanswered, unconnected
from standards.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TIMEOUT_SECONDS = 10.0
"""How long one delivery may take, in seconds."""


class Post:
    """Posts to one address, which may hold a token: errors name its scheme and host alone.

    `setting` is where the address comes from, for errors. `clock` gives microseconds UTC. Without `private`, only
    machines of the public internet are reached.
    """

    def __init__(
        self, url: str, setting: str, *, clock: Callable[[], int], timeout: float = TIMEOUT_SECONDS, private: bool
    ) -> None:
        self._url = url
        self._setting = setting
        self._where = shown(url, "the receiver")
        self._clock = clock
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._socket = socket_to if private else public_socket_to
        self._session: aiohttp.ClientSession | None = None

    async def send(self, payload: bytes, headers: Mapping[str, str] = {}) -> None:
        """Post some JSON once. Raises DeliveryError."""
        headers = {"content-type": "application/json", "user-agent": "kept", **headers}
        try:
            async with self._opened().post(self._url, data=payload, headers=headers, allow_redirects=False) as answer:
                answer.close()  # the rest of the answer is not read, however long it is
        except TimeoutError:
            raise unanswered(self._where, self._timeout.total or 0) from None
        except aiohttp.InvalidURL:
            words = f"{self._where} ... is not a valid address; correct {self._setting}"
            raise DeliveryError(words, again=True) from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, PrivateAddressError):
                raise DeliveryError(f"no connection to {self._where}: {ADVICE}", again=True) from None
            raise unconnected(self._where, error) from None
        check_answer(answer.status, answer.headers, self._clock())

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(socket_factory=self._socket)
            self._session = aiohttp.ClientSession(
                timeout=self._timeout, cookie_jar=aiohttp.DummyCookieJar(), connector=connector
            )
        return self._session

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def socket_to(address: tuple[Any, ...]) -> socket.socket:
    """Make the socket for a connection to an address, as `getaddrinfo` gives it."""
    family, kind, protocol, *_ = address
    return socket.socket(family, kind, protocol)


def public_socket_to(address: tuple[Any, ...]) -> socket.socket:
    """Make the same, but only to a machine of the public internet. Raises PrivateAddressError."""
    if not is_public(str(address[4][0])):
        raise PrivateAddressError
    return socket_to(address)
