"""Probes: what a process without an API answers: whether it is alive, whether it is ready, and its metrics.

They are the same three pages that a host with an API has, guarded in the same way.
Read next: `guard.py`, `pages.py`.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web

from streams.metrics import CONTENT_TYPE
from streams.web.api.views import Alive
from streams.web.forms import NoQuery
from streams.web.guard import Access, guarded
from streams.web.operation import json_answer, read_query
from streams.web.pages import ready_answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.storage.status import Status

Application = web.Application
_LOOPBACK_ONLY = Access()


def probes(status: Callable[[], Status], metrics: Callable[[], bytes], access: Access = _LOOPBACK_ONLY) -> Application:
    """Put the probes of a process together: `status` says how it is now, `metrics` gives Prometheus' text."""

    async def alive(request: web.Request) -> web.Response:
        read_query(request, NoQuery)
        return json_answer(Alive())

    async def ready(request: web.Request) -> web.Response:
        read_query(request, NoQuery)
        return ready_answer(request, status())

    async def text(request: web.Request) -> web.Response:
        read_query(request, NoQuery)
        return web.Response(status=HTTPStatus.OK, body=metrics(), headers={"Content-Type": CONTENT_TYPE})

    app = web.Application(middlewares=[guarded(access)])
    app.router.add_get("/healthz", alive)
    app.router.add_get("/readyz", ready)
    app.router.add_get("/metrics", text)
    return app
