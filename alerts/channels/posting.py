"""Posting over HTTP: connections, time limits, and what a miss is told as. For every channel that speaks HTTP.

Redirects are not followed, cookies not kept, and no more of an answer is read than its status and headers.
Read next: `retrying.py`, for what an answer means.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any, NamedTuple

import aiohttp

from alerts.channels.reach import ADVICE, PrivateAddressError, is_public
from alerts.channels.retrying import check_answer, shown, unanswered, unconnected
from standards.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TIMEOUT_SECONDS = 10.0
"""How long one delivery may take, in seconds."""


class Came(NamedTuple):
    """What was answered: the status and the headers; the rest of an answer is not read."""

    status: int
    headers: Mapping[str, str]


class Connections:
    """Posts once to any address, which may hold a token: errors name its scheme and host alone.

    `setting` is where addresses come from, for errors. Without `private`, only machines of the public internet are
    reached; `advice` says so.
    """

    def __init__(self, setting: str, *, timeout: float = TIMEOUT_SECONDS, private: bool, advice: str = ADVICE) -> None:
        self._setting = setting
        self._advice = advice
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._socket = socket_to if private else public_socket_to
        self._session: aiohttp.ClientSession | None = None

    async def post(self, url: str, payload: bytes, headers: Mapping[str, str]) -> Came:
        """Post once. Raises DeliveryError where nothing answers."""
        where = shown(url, "the receiver")
        try:
            async with self._opened().post(url, data=payload, headers=headers, allow_redirects=False) as answer:
                answer.close()  # the rest of the answer is not read, however long it is
                return Came(answer.status, answer.headers)
        except TimeoutError:
            raise unanswered(where, self._timeout.total or 0) from None
        except aiohttp.InvalidURL:
            raise DeliveryError(f"{where} ... is not a valid address; correct {self._setting}", again=True) from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, PrivateAddressError):
                raise DeliveryError(f"no connection to {where}: {self._advice}", again=True) from None
            raise unconnected(where, error) from None

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


class Post:
    """Posts JSON to one address. `clock` gives microseconds UTC; the rest is as `Connections` has it."""

    def __init__(
        self, url: str, setting: str, *, clock: Callable[[], int], timeout: float = TIMEOUT_SECONDS, private: bool
    ) -> None:
        self._url = url
        self._clock = clock
        self._connections = Connections(setting, timeout=timeout, private=private)

    async def send(self, payload: bytes, headers: Mapping[str, str] = {}) -> None:
        """Post some JSON once. Raises DeliveryError."""
        headers = {"content-type": "application/json", "user-agent": "kept", **headers}
        came = await self._connections.post(self._url, payload, headers)
        check_answer(came.status, came.headers, self._clock())

    async def close(self) -> None:
        """Close the connections."""
        await self._connections.close()


def socket_to(address: tuple[Any, ...]) -> socket.socket:
    """Make the socket for a connection to an address, as `getaddrinfo` gives it."""
    family, kind, protocol, *_ = address
    return socket.socket(family, kind, protocol)


def public_socket_to(address: tuple[Any, ...]) -> socket.socket:
    """Make the same, but only to a machine of the public internet. Raises PrivateAddressError."""
    if not is_public(str(address[4][0])):
        raise PrivateAddressError
    return socket_to(address)
