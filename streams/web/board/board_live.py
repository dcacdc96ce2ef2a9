"""The board, live: whoever looks gets what is different after each commit, over a WebSocket.

A commit only says that something may have changed. For each view that somebody looks at, the picture is then made anew,
at most a few times a second, and compared with the one before. Each socket remembers which version it has and is sent
the difference up to now when it is ready for more: a slow one gets fewer and larger differences, and nothing piles up.
Pages without rows are told that there is something new, and ask for themselves again.
Read next: `board_looks.py`, `streams/board/changes.py`.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import msgspec
from aiohttp import WSCloseCode, web

from alerts.words.words import LANGUAGES, Words
from standards.calendar.duration import MINUTE
from standards.natural import natural
from streams.board.changes import Changes, Drawn
from streams.board.items import URGENT
from streams.board.shell import overdue_words
from streams.board.view import OVER, PARTS, View
from streams.board.wording import Wording
from streams.storage.rows import OwedFilter
from streams.web.board.board_looks import Look
from streams.web.board.looked_for import LookedFor
from streams.web.board.places import names_of, zone_of_all, zones_of
from streams.web.board.readers import language_of
from streams.web.board.wanted import unsaid_since
from streams.web.guard import ROLE, SESSION, check_origin
from streams.web.operation import asked
from streams.web.problem import Problem
from streams.web.session import may

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from streams.host import Host
    from streams.names.showing import Showing
    from streams.storage.status import Committed
    from streams.web.board.readers import Usual

EVERY: Final = 0.2
"""How long there is at least between two looks, in seconds."""
CLOCK: Final = 2.0
"""How often the clock is told when nothing else is, in seconds."""
LONGEST: Final = 3_600.0
"""How long one connection may last, in seconds: the next one has to show its session again."""
MOST_WATCHERS: Final = 500
MOST_VIEWS: Final = 200
"""How many views are remembered with their versions; whoever looks at another one gets all of it."""


class Standing(msgspec.Struct, frozen=True):
    """How many promises are overdue, and how many need a hand, over all; and the sites where something is owed."""

    overdue: int = 0
    urgent: int = 0
    sites: tuple[str, ...] = ()


class _Viewed:
    """One view, as somebody sees it; the commits that its picture shows, and the host's minute in which it was made."""

    def __init__(self, changes: Changes) -> None:
        self.changes = changes
        self.drawn = -1, -1


class Live:
    """What the board shows, kept up to date while anybody looks."""

    def __init__(self, host: Host, usual: Usual, server: str) -> None:
        self.commits = 0
        self._host = host
        self._usual = usual
        self._server = server
        self._viewed: OrderedDict[tuple[View, str, bool], _Viewed] = OrderedDict()
        self._number = 0
        self._drawn = Drawn()
        self._standing = (-1, Standing())  # with the commits that it shows
        self._looking = asyncio.Lock()
        self._news = asyncio.Event()
        self._waiting: set[asyncio.Event] = set()
        self._stopping = False
        self._heard = False
        self.showing: Callable[[web.Request], Showing | None] = lambda _: None
        self.looked_for = LookedFor()
        self.came = Counter[str]()

    def committed(self, stored: Committed) -> None:
        """Hear of a commit; the first event of all changes the page, whatever comes of it."""
        self.came.update(stored.events)
        first = not self._heard and self._host.now_status().newest >= 0
        self._heard = self._heard or first
        news = (
            stored.acts, stored.handed, stored.lines, stored.notices, stored.late, stored.refused, stored.joined
        )  # fmt: skip
        if first or any(news):
            self.commits += 1
            self._news.set()

    async def standing(self) -> Standing:
        """Count what is overdue and what needs a hand, if that may have changed since it was counted."""
        async with self._looking:
            if self._standing[0] != self.commits:
                commits = self.commits
                self._standing = commits, await asked(self._count)
        return self._standing[1]

    def _count(self) -> Standing:
        owed_since, owed = self._host.rulebook.owed_since(self._host.wall()), self._host.read_model.owed
        wanted = OwedFilter(unknown_since=unsaid_since(self._host))
        groups = {sort: owed.groups(sort, owed_since, wanted) for sort in PARTS}
        overdue, warned = (sum(group.count for group in groups[sort]) for sort in URGENT)
        sites = {group.site for of_sort in groups.values() for group in of_sort if group.site}
        return Standing(overdue, overdue + warned, tuple(sorted(sites, key=natural)))

    def view(self, request: web.Request) -> View | None:
        """Read the view of an address, with what is looked for; None: that search is over, or somebody else's."""
        view = View.of(request.query)
        if view.find in ("", OVER):
            return view
        words = self.words_of(request, view.find)
        return None if words is None else msgspec.structs.replace(view, q=words)

    def words_of(self, request: web.Request, token: str) -> str | None:
        """Give what whoever asks looks for, by its token; None: that is over, or was never theirs."""
        session = request.get(SESSION)
        return (
            None if session is None else self.looked_for.words(session.number, token, asyncio.get_running_loop().time())
        )

    def keep(self, request: web.Request, words: str) -> str:
        """Keep what somebody with a session looks for; gives the token that leads to it."""
        return self.looked_for.keep(request[SESSION].number, words, asyncio.get_running_loop().time())

    async def fresh(self, view: View, name: str, *, acts: bool) -> Changes:
        """Give a view as somebody of a name, who acts or only looks on, sees it.

        It is looked at again if anything may have changed since the last look. Time changes something too: silences
        end. What is seen has a version of its own among all that are ever seen.
        """
        key = view, name if view.mine else "", acts or not (view.q or view.team)  # what these find is all that differs
        async with self._looking:
            viewed = self._viewed.get(key)
            if viewed is None:
                self._number += 1
                viewed = self._viewed[key] = _Viewed(Changes(f"{self._server}-{self._number}"))
            self._viewed.move_to_end(key)
            while len(self._viewed) > MOST_VIEWS:
                self._viewed.popitem(last=False)
            now = self.commits, self._host.wall() // MINUTE
            if viewed.drawn != now:
                viewed.changes.take(await asked(Look(self._host, view, name, acts=acts).picture))
                viewed.drawn = now
        return viewed.changes

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
        """Answer `GET /live`: `version` is what the page has, `rows` whether it has rows, `language` what it is in."""
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

    def _words(self, request: web.Request) -> Words:
        """Give the words of the page that is open."""
        shown = request.query.get("language", "")
        return Words(shown if shown in LANGUAGES else language_of(request, self._host.people, self._usual.language))

    async def _send(self, request: web.Request, socket: web.WebSocketResponse, news: asyncio.Event) -> None:
        """Send what is different, again and again; the time when nothing is."""
        rows, known = "rows" in request.query, request.query.get("version", "")
        acts, sent, name = may(request[ROLE], "supervisor"), -1, name_of(request)
        changes, words = Changes(""), self._words(request)
        while not socket.closed and not self._stopping:
            news.clear()
            message: dict[str, Any] = {"now": self._host.wall() // 1000}
            view = self.view(request)  # each look begins the time of a search anew
            if view is None:
                await socket.send_str(_said({**message, "over": True}, None))
                return
            if rows:
                changes = await self.fresh(view, name, acts=acts)
                usual = self._usual.zone
                every = usual if view.site else zone_of_all(self._host, usual)
                zone = zones_of(self._host).get(view.site, every)
                wording = Wording(self._host.wall(), zone, words, names_of(self._host), name=name)
                message = self._drawn.since(changes, known, wording, acts=acts) or message
                known = changes.version
            if sent != self.commits:
                sent, standing = self.commits, await self.standing()
                message["words"] = {**message.get("words", {}), **overdue_words(words, standing.overdue)}
                message = {"changed": sent, "urgent": changes.picture.urgent if rows else standing.urgent, **message}
            await socket.send_str(_said(message, self.showing(request)))
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOCK):
                    await news.wait()


def _said(message: Any, showing: Showing | None) -> str:  # noqa: ANN401 - JSON, in which texts are HTML
    """Write a message as whoever looks may see it."""
    return msgspec.json.encode(message if showing is None else _shown(message, showing)).decode()


def _shown(found: Any, showing: Showing) -> Any:  # noqa: ANN401 - as above
    match found:
        case str():
            return showing.html(found)
        case dict():
            return {name: _shown(value, showing) for name, value in found.items()}
        case list() | tuple():
            return [_shown(value, showing) for value in found]
        case _:
            return found


def name_of(request: web.Request) -> str:
    """Give the name of whoever looks, or nothing."""
    session = request.get(SESSION)
    return session.name if session is not None else ""


async def _until_closed(socket: web.WebSocketResponse, news: asyncio.Event) -> None:
    """Notice when the other side goes; whatever it sends is ignored."""
    async for _ in socket:
        pass
    news.set()
