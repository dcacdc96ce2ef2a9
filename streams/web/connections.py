"""The connections of a server: how many there may be, and how long one may take to ask for something.

Whoever opens many and asks nothing must not keep out those who do. So the head of a request has its time; and where all
places are taken, whoever has waited longest without asking gives up theirs.
Read next: `serving.py`, which makes the server.
"""

from __future__ import annotations

import asyncio
import resource
from typing import TYPE_CHECKING, Final

import structlog
from aiohttp import web

from streams.live.log_throttle import LogThrottle

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp.typedefs import Handler, Middleware

HEAD_WITHIN: Final = 10.0
"""How many seconds the head of a request may take, from the connection or from its first byte on."""
IDLE_FOR: Final = 75.0
"""How many seconds a connection may stay open after an answer, without a new request."""
LOOK_SECONDS: Final = 1.0
"""How often connections are looked at, in seconds."""
MOST: Final = 4_000
"""How many connections may be open at once, where the system has descriptors for them."""
RESERVED: Final = 128
"""How many descriptors stay for all else: files, the store, messages on their way."""
LEAST: Final = 32
_WANTED: Final = 65_536
_FULL: Final = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_WORDS: Final = {
    "unfinished": "a connection was ended, as the head of its request did not come in time",
    "full": "a connection was turned away, as all places are taken by requests that are being answered",
}

log = structlog.get_logger("kept")


def raise_descriptors() -> int:
    """Ask the system for as many descriptors as it allows, and give how many connections may be open at once."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED if hard == resource.RLIM_INFINITY else min(hard, _WANTED)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return MOST if soft == resource.RLIM_INFINITY else min(MOST, max(LEAST, soft - RESERVED))


class Connections:
    """The open connections of one server, `most` at a time.

    `ended` is told of each that the server ended by itself, and why: `unfinished`, `idle` or `full`.
    """

    def __init__(
        self,
        most: int,
        ended: Callable[[str], None],
        *,
        head_within: float = HEAD_WITHIN,
        idle_for: float = IDLE_FOR,
    ) -> None:
        self._most, self._ended = most, ended
        self._head_within, self._idle_for = head_within, idle_for
        self._open: dict[asyncio.BaseTransport, Connection] = {}
        self._throttle = LogThrottle()

    def __len__(self) -> int:
        """Count those that are open."""
        return len(self._open)

    def middleware(self) -> Middleware:
        """Give what notes for how long a connection has a request that is being answered."""

        @web.middleware
        async def answering(request: web.Request, handler: Handler) -> web.StreamResponse:
            connection = self._open.get(request.transport) if request.transport is not None else None
            if connection is None:
                return await handler(request)
            connection.answers, connection.begun, connection.asked = True, False, True
            try:
                return await handler(request)
            finally:
                connection.answers, connection.since = False, asyncio.get_running_loop().time()

        return answering

    def add(self, transport: asyncio.Transport, connection: Connection) -> bool:
        """Take a new connection in, in the place of another where all are taken; says whether there was a place."""
        if len(self._open) >= self._most and not self._make_room():
            self._note("full")
            return False
        self._open[transport] = connection
        return True

    def drop(self, transport: asyncio.BaseTransport) -> None:
        """Forget a connection that is over."""
        self._open.pop(transport, None)

    async def look_on(self) -> None:
        """End those that took too long, again and again, until cancelled."""
        while True:
            await asyncio.sleep(min(LOOK_SECONDS, self._head_within))
            self._end_slow(asyncio.get_running_loop().time())

    def _end_slow(self, now: float) -> None:
        for transport, connection in list(self._open.items()):
            limit = self._head_within if connection.unfinished else self._idle_for
            if not connection.answers and now - connection.since >= limit:
                self._end(transport, connection)

    def _make_room(self) -> bool:
        """End the connection that has waited longest without asking for anything; says whether there was one."""
        waiting = [(transport, each) for transport, each in self._open.items() if not each.answers]
        if not waiting:
            return False
        self._end(*min(waiting, key=lambda found: (not found[1].unfinished, found[1].since)))
        return True

    def _end(self, transport: asyncio.BaseTransport, connection: Connection) -> None:
        self.drop(transport)
        connection.abort()
        self._note("unfinished" if connection.unfinished else "idle")

    def _note(self, why: str) -> None:
        self._ended(why)
        if why in _WORDS and (more := self._throttle.due(why, asyncio.get_running_loop().time())) is not None:
            log.warning(_WORDS[why], open=len(self._open), most=self._most, more_since_last_said=more)


class Connection(asyncio.Protocol):
    """One connection: hands everything on to the server's own protocol, and knows since when it waits.

    `answers`: a request of it is being answered. `begun`: bytes of a next one have come. `asked`: there was one.
    `since`: when the present wait began, in seconds of the loop.
    """

    def __init__(self, inner: asyncio.Protocol, connections: Connections) -> None:
        self._inner, self._connections = inner, connections
        self._transport: asyncio.Transport | None = None
        self._is_taken = False
        self.answers, self.begun, self.asked = False, False, False
        self.since = asyncio.get_running_loop().time()

    @property
    def unfinished(self) -> bool:
        """Say whether the head of a request is still to come."""
        return self.begun or not self.asked

    def abort(self) -> None:
        """End it at once."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a place, or say that there is none."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - TCP has no other
        self._transport, self._is_taken = transport, self._connections.add(transport, self)
        if self._is_taken:
            self._inner.connection_made(transport)
        else:
            transport.write(_FULL)
            transport.close()

    def data_received(self, data: bytes) -> None:
        """Hand bytes on."""
        if not self._is_taken:
            return
        if not self.answers and not self.begun:
            self.begun, self.since = True, asyncio.get_running_loop().time()
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        """Hand the end of what the other side sends on."""
        return self._inner.eof_received() if self._is_taken else None

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place up."""
        if self._is_taken and self._transport is not None:
            self._connections.drop(self._transport)
            self._inner.connection_lost(exc)

    def pause_writing(self) -> None:
        """Hand on that the other side reads too slowly."""
        if self._is_taken:
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        """Hand on that it reads again."""
        if self._is_taken:
            self._inner.resume_writing()
