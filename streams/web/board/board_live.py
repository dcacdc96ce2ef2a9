"""The board, live: whoever looks gets what is different after each commit, over a WebSocket.

A commit only says that something may have changed. If anybody looks, the picture is then made anew, at most a few times
a second, and compared with the one before. Each socket remembers which version it has and is sent the difference up to
now when it is ready for more: a slow one gets fewer and larger differences, and nothing piles up. Pages without rows
are told that there is something new, and ask for themselves again.
Read next: `streams/board/changes.py`.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import msgspec
import structlog
from aiohttp import WSCloseCode, web

from streams.board.changes import Changes
from streams.board.now import MOST, Picture, picture
from streams.board.shell import overdue_words
from streams.web.guard import ROLE, check_origin
from streams.web.operation import asked
from streams.web.problem import Problem
from streams.web.session import may

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from zoneinfo import ZoneInfo

    from streams.host import Host
    from streams.storage.status import Committed

EVERY: Final = 0.2
"""How long there is at least between two looks, in seconds."""
CLOCK: Final = 2.0
"""How often the clock is told when nothing else is, in seconds."""
LONGEST: Final = 3_600.0
"""How long one connection may last, in seconds: the next one has to show its session again."""
MOST_WATCHERS: Final = 500

log = structlog.get_logger("kept")


class Live:
    """What the board shows, kept up to date while anybody looks."""

    def __init__(self, host: Host, zone: ZoneInfo, server: str) -> None:
        self.changes = Changes(server)
        self.commits = 0
        self._host = host
        self._zone = zone
        self._drawn = -1  # the commits that the picture shows
        self._looking = asyncio.Lock()
        self._news = asyncio.Event()
        self._waiting: set[asyncio.Event] = set()
        self._stopping = False

    @property
    def overdue(self) -> int:
        """How many promises were overdue at the last look."""
        return self.changes.picture.counts.get("overdue", 0)

    def committed(self, stored: Committed) -> None:
        """Hear of a commit."""
        if any((stored.acts, stored.lines, stored.notices, stored.late, stored.refused, stored.joined)):
            self.commits += 1
            self._news.set()

    async def fresh(self) -> None:
        """Look again, if anything may have changed since the last look."""
        async with self._looking:
            if self._drawn != self.commits:
                commits = self.commits
                self.changes.take(await asked(self._look))
                self._drawn = commits

    def _look(self) -> Picture:
        queries = self._host.read_model.board
        rulebook = self._host.rulebook
        owing = queries.owing(MOST, rulebook.owed_since(self._host.wall()))
        acts = queries.actions_on([row.id for row in owing.rows])
        _, undebriefed = queries.broken(0, debriefed=False)
        return picture(owing, acts, rulebook, self._zone, undebriefed=undebriefed)

    async def running(self, _: web.Application) -> AsyncIterator[None]:
        """Follow the host while the application runs."""
        self._host.listen(self.committed)
        work = asyncio.create_task(self._follow())
        yield
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work

    async def _follow(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            if self._waiting:
                try:
                    await self.fresh()
                except Exception:  # whoever looks is told at the next commit
                    log.exception("the board could not be drawn")
                self._wake()
            await asyncio.sleep(EVERY)

    def _wake(self) -> None:
        for waiting in self._waiting:
            waiting.set()

    async def stop(self, _: web.Application) -> None:
        """Let everybody go who looks; they come back when there is a server again."""
        self._stopping = True
        self._wake()

    async def watch(self, request: web.Request) -> web.WebSocketResponse:
        """Answer `GET /live`: `version` is what the page has, and `rows` whether it has rows."""
        check_origin(request, always=True)
        if len(self._waiting) >= MOST_WATCHERS:
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "too many people look at once; try again later")
        socket = web.WebSocketResponse(heartbeat=20.0, max_msg_size=1_024)
        await socket.prepare(request)
        news = asyncio.Event()
        self._waiting.add(news)
        reading = asyncio.create_task(_until_closed(socket, news))
        try:
            async with asyncio.timeout(LONGEST):
                await self._send(request, socket, news)
        except (TimeoutError, ConnectionError):
            pass  # the page connects again
        finally:
            self._waiting.discard(news)
            reading.cancel()
            await socket.close(code=WSCloseCode.GOING_AWAY)
        return socket

    async def _send(self, request: web.Request, socket: web.WebSocketResponse, news: asyncio.Event) -> None:
        """Send what is different, again and again; the time when nothing is."""
        rows, known = "rows" in request.query, request.query.get("version", "")
        acts, sent = may(request[ROLE], "supervisor"), -1
        while not socket.closed and not self._stopping:
            news.clear()
            await self.fresh()
            message: dict[str, Any] = {"now": self._host.wall() // 1000}
            if rows:
                message = self.changes.since(known, self._host.wall(), acts=acts) or message
                known = self.changes.version
            elif sent != self.commits:
                message["changed"] = self.commits
                message["words"] = {"overdue": overdue_words(self.overdue)}
                sent = self.commits
            await socket.send_str(msgspec.json.encode(message).decode())
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOCK):
                    await news.wait()


async def _until_closed(socket: web.WebSocketResponse, news: asyncio.Event) -> None:
    """Notice when the other side goes; whatever it sends is ignored."""
    async for _ in socket:
        pass
    news.set()
