"""The web side of a process as one aiohttp application, and how it is served: intake, API, board, probes and metrics.

Read next: `api/intake.py` for what comes in, `api/reading.py` for what can be looked up, `board/board.py` for the
pages, `guard.py` for who may.
"""

from __future__ import annotations

import os
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from aiohttp import web

from standards.calendar.duration import HOUR
from streams.delivery.links import Links
from streams.metrics import Moment
from streams.metrics.attainment import Attainment
from streams.storage.owed_alone import owed_alone
from streams.version import installed_version
from streams.web.access import Access, Senders
from streams.web.api.clock import ClockOperations
from streams.web.api.days import Days
from streams.web.api.grants import Grants
from streams.web.api.handing_over import HandingOver
from streams.web.api.intake import Intake, Limits
from streams.web.api.letters import Letters
from streams.web.api.openapi import document
from streams.web.api.own_pages import OwnPages
from streams.web.api.persons import Persons
from streams.web.api.reading import Reading
from streams.web.api.ways_in import Counted, WaysIn
from streams.web.board.board import Board
from streams.web.board.board_acts import Acts
from streams.web.board.board_live import Live
from streams.web.board.linked import Linked
from streams.web.board.readers import Usual
from streams.web.board.ringing import Rings
from streams.web.board.searching import Searching
from streams.web.board.sign_in import SignIn
from streams.web.ended_sessions import EndedSessions
from streams.web.forms import NoQuery
from streams.web.guard import OPEN, guarded
from streams.web.guesses import Guesses
from streams.web.naming import naming, showing_to
from streams.web.operation import Operation, asked, read_query
from streams.web.pages import Pages
from streams.web.session import Sessions

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from pathlib import Path

    from aiohttp.typedefs import Middleware

    from streams.host import EventSink, Host
    from streams.metrics import Metrics
    from streams.settings import Settings
    from streams.storage.status import Status

_LOOPBACK_ONLY = Access()
_USUAL = Limits()
_OWN: Final = Usual()


def application(
    host: Host,
    metrics: Metrics,
    access: Access = _LOOPBACK_ONLY,
    limits: Limits = _USUAL,
    usual: Usual = _OWN,
) -> web.Application:
    """Put the web side of a host together; `usual` is for readers of the board who say nothing else.

    More routes may be added; they are guarded too. Raises SpecError for a mapping of other systems that is not valid.
    """
    grants, letters, days = Grants(host), Letters(host, max_skew=limits.max_skew), Days(host)
    handing_over = HandingOver(host)
    made = Links(access.secret, access.public_url) if access.public_url else None
    own_pages = OwnPages(host, made, usual.language)
    operations = [
        *_intakes(host, Counted(metrics.intake, metrics.passed_over), access, limits),
        *Reading(host).operations(),
        *grants.operations(),
        *letters.operations(),
        *days.operations(),
        *handing_over.operations(),
        *(Persons(host, host.names).operations() if host.names is not None else ()),
        *own_pages.operations(),
        *Pages(host.now_status, _scraping(host, metrics)).operations(),
        *(ClockOperations(host.watched_clock).operations() if host.watched_clock else ()),
    ]
    sessions, guesses = Sessions(access.secret, EndedSessions(access.folder)), Guesses(access.proxies)
    live = Live(host, usual, os.urandom(6).hex())
    board = Board(host, live, sessions, usual, unguarded=not access.token)
    guard = guarded(access, sessions, guesses=guesses, drawn=board.problem)
    shown = []
    if host.names is not None:
        shown = [naming(host.names, access, board.words)]
        live.showing = partial(showing_to, names=host.names, access=access, words=board.words)
    app = _application(host, operations, *shown, guard)
    acts = Acts(board, grants, letters, days, handing_over)
    acts.actions["own-page"] = own_pages.take
    board.own_pages_to = own_pages.reached
    if host.devices is not None:
        board.rings = Rings(board, host.devices)
        app.add_routes(board.rings.routes())
    for part in (board, acts, SignIn(board, access, guesses), Searching(board)):
        app.add_routes(part.routes())
    if made is not None:
        app.add_routes(Linked(board, acts, made, guesses).routes())
    app.router.add_get("/live", live.watch, allow_head=False)
    app.cleanup_ctx.append(live.running)
    app.on_shutdown.append(live.stop)
    return app


def _scraping(host: Host, metrics: Metrics) -> Callable[[], Awaitable[bytes]]:
    """Give what answers a scrape: the metrics, with what is so in the store at that moment."""
    attainment = Attainment()

    async def scrape() -> bytes:
        read_model, wall, standards = host.read_model, host.wall(), host.rulebook.current
        status = host.now_status()
        personal = owed_alone(await asked(read_model.standards), standards)
        told = {name: each for name, each in standards.items() if name not in personal}
        totals = await asked(read_model.totals) if status.ready else None
        moment = Moment(
            await asked(read_model.nearest), await asked(read_model.overdue, host.rulebook.owed_since(wall)),
            await asked(read_model.source_ahead, wall - HOUR), standards,
            await asked(attainment.at, wall, told, read_model),
            totals,
            {"other-key": host.devices.silent_count} if host.devices is not None else None,
            host.silent_feeds(), personal,
        )  # fmt: skip
        return metrics.text(status, wall, moment)

    return scrape


def intake_application(
    sink: EventSink,
    counted: Counted,
    text: Callable[[], bytes],
    access: Access = _LOOPBACK_ONLY,
    limits: Limits = _USUAL,
) -> web.Application:
    """Put the web side of an event sink together: the intake, the probes and `text` for Prometheus.

    Raises SpecError for a mapping of other systems that is not valid.
    """
    pages = Pages(sink.now_status, _at_once(text))
    operations = [*_intakes(sink, counted, access, limits), pages.front_operation(), *pages.operations()]
    return _application(sink, operations, guarded(access, front=True))


def _intakes(sink: EventSink, counted: Counted, access: Access, limits: Limits) -> list[Operation]:
    """Give the operations by which something comes in: as events, and as other systems write it."""
    intake, ways_in = Intake(sink, counted.timed, limits), WaysIn(sink, access, counted, limits)
    return [*intake.operations(), *ways_in.operations()]


def probes(status: Callable[[], Status], text: Callable[[], bytes], access: Access = _LOOPBACK_ONLY) -> web.Application:
    """Put together what a process without an API answers: whether it is alive and ready, and `text` for Prometheus."""
    return _routed(Pages(status, _at_once(text)).operations(), guarded(access))


def _at_once(text: Callable[[], bytes]) -> Callable[[], Awaitable[bytes]]:
    async def scrape() -> bytes:
        return text()

    return scrape


def _application(sink: EventSink, operations: list[Operation], *middlewares: Middleware) -> web.Application:
    async def describe(request: web.Request) -> web.Response:
        read_query(request, NoQuery)
        described = document(operations, sink.reader.classes, version=installed_version(), open_paths=OPEN | {"/"})
        return web.json_response(described)

    answers = {HTTPStatus.OK: "application/json"}
    operations.append(Operation("GET", "/openapi.json", "Describe this API.", describe, answers))
    return _routed(operations, *middlewares)


def _routed(operations: Iterable[Operation], *middlewares: Middleware) -> web.Application:
    app = web.Application(middlewares=middlewares)
    for operation in operations:
        route = web.get if operation.method == "GET" else web.post  # the first is for HEAD too
        app.router.add_routes([route(operation.path, operation.handler)])
    return app


def access(settings: Settings, folder: Path | None = None) -> Access:
    """Say who may ask this process. In `folder` it keeps which sessions were ended."""
    given = (settings.token, settings.view_token, settings.supervisor_token, settings.author_token,
             settings.frontliner_token)  # fmt: skip
    token, view, supervisor, author, frontliner = (each.get_secret_value() if each else "" for each in given)
    hosts, proxies = (settings.address.host,), settings.trusted_proxies
    secrets = {name: secret.get_secret_value() for name, secret in settings.in_secrets.items()}
    others = Senders(settings.standards, secrets)
    return Access(token, hosts, view, supervisor, author, settings.public_url, proxies, folder, frontliner, others)


def links(settings: Settings) -> Links | None:
    """Give what makes the links in messages; None where nobody said at which address people reach the board."""
    asked_for = access(settings)
    return Links(asked_for.secret, asked_for.public_url) if asked_for.public_url else None
