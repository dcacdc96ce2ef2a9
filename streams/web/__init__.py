"""The web side of a host: the intake, the API, the probes and the metrics, as one aiohttp application.

Knows: how the parts are put together and served. Must not know: which host it serves. Read next: `intake.py` for what
comes in, `reading.py` for what can be looked up, `guard.py` for who may.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web

from streams.metrics import installed_version
from streams.web.forms import NoQuery
from streams.web.grants import Grants
from streams.web.guard import OPEN, Access, guarded
from streams.web.intake import Intake, Limits, Timed
from streams.web.openapi import document
from streams.web.operation import Operation, asked, read_query
from streams.web.pages import DESCRIPTION, SCRAPE, Pages
from streams.web.reading import Reading

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from streams.house import Door, House
    from streams.metrics import Metrics

__all__ = ["Access", "Limits", "application", "intake_application", "serving"]

LONGEST_GOODBYE = 5.0
"""How long requests under way are waited for at the end, in seconds."""
_LOOPBACK_ONLY = Access()
_USUAL = Limits()


def application(
    house: House, metrics: Metrics, access: Access = _LOOPBACK_ONLY, limits: Limits = _USUAL
) -> web.Application:
    """Put the web side of a host together. More routes may be added before it is served; they are guarded as well."""

    async def scrape() -> bytes:
        nearest = await asked(house.books.nearest)
        return metrics.text(house.now_status(), house.wall(), nearest)

    operations = [
        *Intake(house, metrics, limits).operations(),
        *Reading(house).operations(),
        *Grants(house).operations(),
        *Pages(house, scrape).operations(),
    ]
    return _application(house, operations, access)


def intake_application(
    door: Door,
    metrics: Timed,
    text: Callable[[], bytes],
    access: Access = _LOOPBACK_ONLY,
    limits: Limits = _USUAL,
) -> web.Application:
    """Put the web side of a door together: the intake, the probes and `text` for Prometheus; nothing to look up."""

    async def scrape() -> bytes:
        return text()

    pages = Pages(door, scrape, (SCRAPE, DESCRIPTION))
    return _application(door, [*Intake(door, metrics, limits).operations(), *pages.operations()], access)


def _application(door: Door, operations: list[Operation], access: Access) -> web.Application:
    async def describe(request: web.Request) -> web.Response:
        read_query(request, NoQuery)
        described = document(operations, door.reader.classes, version=installed_version(), open_paths=OPEN)
        return web.json_response(described)

    answers = {HTTPStatus.OK: "application/json"}
    operations.append(Operation("GET", "/openapi.json", "Describe this API.", describe, answers))
    app = web.Application(middlewares=[guarded(access)])
    for operation in operations:
        if operation.method == "GET":
            app.router.add_get(operation.path, operation.handler)  # and HEAD
        else:
            app.router.add_post(operation.path, operation.handler)
    return app


@asynccontextmanager
async def serving(app: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Serve until left, then let the requests under way finish; gives the port, which is a free one for 0.

    Raises OSError when the address cannot be listened on.
    """
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=LONGEST_GOODBYE)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
