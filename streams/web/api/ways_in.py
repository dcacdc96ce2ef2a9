"""Ways in: `POST /v1/in/NAME`, where other systems send their records as they are, and a mapping makes events of them.

A sender proves who it is by its signature or secret. 202 is said only when everything is durable. A record of which no
event can be made goes to the dead letters, whole; it is no reason for the sender to send it again.
Read next: `streams/ingest/live.py`, which reads them; `streams/ingest/signatures.py`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from hashlib import blake2b
from http import HTTPStatus
from time import perf_counter
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import parse_qs, unquote

import msgspec
import structlog
from aiohttp import web
from msgspec.structs import replace

from standards.calendar.duration import SECOND
from standards.errors import SpecError
from streams.documents.ways_in import ways_in
from streams.ingest.carried_records import CARRIED, NAMES, POSITION, TOPIC
from streams.ingest.live import Made, Naming, Sent, TooMuchError
from streams.ingest.refusals import NOT_MAPPED
from streams.ingest.signatures import Carried, refusal
from streams.ingest.wire import Refusal, in_future, is_own, reserved
from streams.storage.store_writer import RAW_KEPT
from streams.web.actions import SENDING, check_open
from streams.web.api.views import RefusedItem
from streams.web.api.way_in_views import WayInAnswer, WayInItem
from streams.web.body import read_body
from streams.web.forms import NoQuery
from streams.web.guard import ROLE
from streams.web.guesses import Guesses, too_many
from streams.web.operation import Operation, json_answer, read_query
from streams.web.problem import Problem, retry
from streams.web.session import may

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from standards.errors import EventError
    from standards.judge.events import Event
    from standards.judge.rulebook import Rulebook
    from streams.documents.ways_in import WayIn
    from streams.host import EventSink
    from streams.web.access import Access
    from streams.web.api.intake import Limits

LONGEST: Final = RAW_KEPT
"""The longest body in bytes: as much as a dead letter keeps, so that none is kept in part."""
FORM: Final = "application/x-www-form-urlencoded"
MINUTE: Final = 60.0

log = structlog.get_logger("kept")


class Counted(NamedTuple):
    """Who is told how long a request took, in seconds, and how many records of a way in became no event."""

    timed: Callable[[float], None]
    passed_over: Callable[[str, int], None]


class WaysIn:
    """Takes records in, by mappings. Raises SpecError for those that are not valid; later the former ones stay."""

    def __init__(self, sink: EventSink, access: Access, counted: Counted, limits: Limits) -> None:
        self._sink, self._access, self._counted = sink, access, counted
        self._limits, self._guesses = limits, Guesses(access.proxies)
        self._rulebook: Rulebook | None = sink.rulebook if access.senders.paths else None
        self._ways = {} if self._rulebook is None else ways_in(access.senders.paths, self._rulebook)
        self._paces: dict[str, deque[float]] = {}
        self._reading = asyncio.Lock()  # a mapping learns from what it reads, one body after another
        self._begin()

    def operations(self) -> list[Operation]:
        """Say what can be done."""
        problems = (*SENDING, HTTPStatus.NOT_FOUND)
        answers = {HTTPStatus.ACCEPTED: WayInAnswer}
        summary = "Take in what another system sends, by a mapping."
        told = {HTTPStatus.OK: WayInItem}
        return [
            Operation("POST", "/v1/in/{name}", summary, self._receive, answers, problems, body="records"),
            Operation("GET", "/v1/in/{name}", "Say how a way in reads.", self._tell, told, (HTTPStatus.NOT_FOUND,)),
        ]

    def _begin(self) -> None:
        """Have what is counted there before it happens, and say where names and secrets do not go together."""
        for name in self._ways:
            self._counted.passed_over(name, 0)
        secrets = self._access.senders.secrets
        for name in sorted(self._ways.keys() - secrets.keys()) if self._access.token else ():
            log.warning("a way in has no secret, so only KEPT_TOKEN opens it; set KEPT_IN_SECRETS", name=name)
        for name in sorted(secrets.keys() - self._ways.keys()):
            log.warning("KEPT_IN_SECRETS has a secret for a way in that no mapping has", name=name)

    async def _tell(self, request: web.Request) -> web.Response:
        read_query(request, NoQuery)
        name = request.match_info["name"]
        way = await self._way(name)
        return json_answer(WayInItem(name, way.mapping.form, way.mapping.head_lines))

    async def _way(self, name: str) -> WayIn:
        way = (await self._current()).get(name)
        if way is None:
            words = f"{name[:60]!r} is not a way in here; a mapping among the standards has its name under webhook:"
            raise Problem(HTTPStatus.NOT_FOUND, words)
        return way

    async def _receive(self, request: web.Request) -> web.Response:
        began, name = perf_counter(), request.match_info["name"]
        read_query(request, NoQuery)
        way = await self._way(name)
        check_open(self._sink)
        body = await read_body(request, LONGEST, self._limits.patience)
        trusted = may(request[ROLE], "admin") and bool(self._access.token or name not in self._access.senders.secrets)
        if not trusted:
            self._check_sender(request, name, way, body)
            self._check_pace(name, way.webhook.per_minute)
        carried = trusted and any(header in request.headers for header in CARRIED)
        made, refusals = await self._read(request, way, body, carried=carried)
        if made.events or refusals:
            turned_away = await self._sink.submit(made.events, refusals)
            refusals += [replace(why, place=made.places[at]) for at, why in turned_away.items()]
        accepted = len(made.events) - sum(each.reason != NOT_MAPPED for each in refusals)
        self._counted.timed(perf_counter() - began)
        self._counted.passed_over(name, made.passed_over)
        refused = [RefusedItem(each.place, each.reason, each.message) for each in refusals]
        return json_answer(WayInAnswer(accepted, made.passed_over, refused), HTTPStatus.ACCEPTED)

    async def _read(
        self, request: web.Request, way: WayIn, body: bytes, *, carried: bool
    ) -> tuple[Made, list[Refusal]]:
        """Make events of a body. Raises Problem where there is too much in it.

        What `kept in` has carried nobody can send in parts, and it must not stop what comes behind it: then all of it
        is one dead letter.
        """
        received = self._sink.wall()
        topic = unquote(request.headers.get(TOPIC, "")) if carried else ""
        sent = Sent(_as_records(request, way, body), received, _naming(request, received, way, carried=carried), topic)
        refusals: list[Refusal] = []
        try:
            async with self._reading:
                return await asyncio.to_thread(way.mapping.read, sent, refusals.append, self._unfit), refusals
        except TooMuchError as error:
            if carried:
                return Made([], [], 0), [Refusal(1, NOT_MAPPED, str(error), body)]
            words = f"{error}; nothing was kept, so send less at a time"
            raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, words) from None

    async def _current(self) -> Mapping[str, WayIn]:
        """Give the ways in for the standards in force; where these were reloaded, they are read anew as well."""
        rulebook = self._sink.rulebook
        if self._rulebook is not None and rulebook is not self._rulebook:
            self._rulebook = rulebook
            try:
                self._ways = await asyncio.to_thread(ways_in, self._access.senders.paths, rulebook)
                self._begin()
            except (SpecError, OSError) as error:
                log.warning("ways in not reloaded; the former ones stay in force", why=str(error))
        return self._ways

    def _check_sender(self, request: web.Request, name: str, way: WayIn, body: bytes) -> None:
        """Refuse who has neither the secret nor the admins' token. Raises Problem."""
        secret = self._access.senders.secrets.get(name, "")
        why = "it has no secret here; set KEPT_IN_SECRETS"
        if secret:
            headers = {key.lower(): value for key, value in request.headers.items()}
            url = f"{self._access.public_url}{request.path_qs}"
            why = refusal(way.webhook, secret, Carried(headers, body, url), self._sink.wall() / SECOND)
        if not why:
            return
        log.warning("what was sent to a way in is not believed", name=name, why=why)
        if self._guesses.wrong(request):
            raise too_many("too many wrong signatures came from there; wait a minute, then send a right one")
        words = f"this is not signed as {name} is: {why}; the secret has to be the same here and at the sender"
        raise Problem(HTTPStatus.UNAUTHORIZED, words)

    def _check_pace(self, name: str, most: int) -> None:
        """Refuse what comes too fast. Raises Problem, with when it is worth sending it again."""
        now = asyncio.get_running_loop().time()
        taken = self._paces.get(name)
        if taken is None or taken.maxlen != most:  # the mapping may have another pace by now
            taken = self._paces[name] = deque(taken or (), maxlen=most)
        if len(taken) == most and now - taken[0] < MINUTE:
            words = f"more than {most} requests came within a minute; send this one again then"
            raise retry(HTTPStatus.TOO_MANY_REQUESTS, words, int(MINUTE - (now - taken[0])) + 1)
        taken.append(now)

    def _unfit(self, event: Event) -> EventError | None:
        return in_future(event, self._sink.wall(), self._limits.max_skew) or reserved(event, is_own)


def _naming(request: web.Request, received: int, way: WayIn, *, carried: bool) -> Naming:
    """Give what names records, so that what is sent twice is the same events.

    Of what was `carried` it is said where each record stood: in a topic, or a file. Else its bytes are its name; where
    its time is when it was received, the same record again is another one.
    """
    names = [each for each in request.headers.get(NAMES, "").split(",") if each] if carried else []
    file, _, before = request.headers.get(POSITION, "").partition(" ") if carried else ("", "", "")
    at = int(before) if before.removeprefix("-").isdecimal() and len(before) < 19 else 0  # noqa: PLR2004 - digits of 2^63

    def name(raw: bytes, begin: int, place: int) -> str:
        digest = blake2b(raw, digest_size=10).hexdigest()
        if file:
            return f"{file}:{at + begin}:{digest[:8]}"
        if names:
            return names[place - 1] if place <= len(names) else f"{names[-1]}-{place - len(names) + 1}"
        return f"{digest}-{received}-{place}" if way.mapping.asks_when else digest

    return name


def _as_records(request: web.Request, way: WayIn, body: bytes) -> bytes:
    """Give the fields of a form as one record; what else was sent is what it is.

    Some programs, curl among them, call anything a form: what is read as a table, or is JSON itself, is none.
    """
    if request.content_type != FORM or way.mapping.form != "json" or body.lstrip()[:1] in (b"{", b"["):
        return body
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return msgspec.json.encode({name: found[0] if len(found) == 1 else found for name, found in fields.items()})
