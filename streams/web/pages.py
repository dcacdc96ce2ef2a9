"""The plain pages: what this is, whether it is alive and ready, and what Prometheus reads.

Read next: `streams/metrics/__init__.py`.
"""

from __future__ import annotations

from html import escape
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from aiohttp import web

from streams.metrics import CONTENT_TYPE
from streams.web.api.views import Alive, Ready
from streams.web.forms import NoQuery
from streams.web.guard import TRUSTED
from streams.web.operation import Operation, json_answer, read_query

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from streams.storage.status import Status

UNTOLD: Final = "ask with the token, or from this machine by its name, to read what it is"
_OK = HTTPStatus.OK
_UNAVAILABLE = HTTPStatus.SERVICE_UNAVAILABLE

LINKS: Final = (("/metrics", "metrics for Prometheus"), ("/openapi.json", "how to use this API"))
"""What the front page of a server without a board leads to."""


class Pages:
    """Answers the plain pages. `status` says how the process is now, `scrape` gives what Prometheus reads."""

    def __init__(self, status: Callable[[], Status], scrape: Callable[[], Awaitable[bytes]]) -> None:
        self._status = status
        self._scrape = scrape

    def front_operation(self) -> Operation:
        """Say that there is a front page, where there is no board."""
        return Operation("GET", "/", "Say what this is.", self._front, {_OK: "text/html"})

    def operations(self) -> list[Operation]:
        """Say what can be read."""
        ready = {_OK: Ready, _UNAVAILABLE: Ready}
        return [
            Operation("GET", "/healthz", "Say that the process is alive.", self._alive, {_OK: Alive}),
            Operation("GET", "/readyz", "Say whether events are taken.", self._ready, ready),
            Operation("GET", "/metrics", "Give the metrics.", self._metrics, {_OK: "text/plain"}),
        ]

    async def _front(self, request: web.Request) -> web.Response:
        read_query(request, NoQuery)
        status = self._status()
        why = f": {escape(status.reason)}" if request.get(TRUSTED) else ""
        how = "It is ready." if status.ready else f"It is not ready{why}."
        links = "\n".join(f'<li><a href="{escape(path)}">{escape(words)}</a></li>' for path, words in LINKS)
        text = (
            '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>Kept</title></head>\n<body>\n'
            "<h1>Kept</h1>\n<p>This server watches the promises of a service team, and says so before one is broken. "
            f"{how}</p>\n<ul>\n{links}\n</ul>\n</body>\n</html>\n"
        )
        return web.Response(text=text, content_type="text/html")

    async def _alive(self, request: web.Request) -> web.Response:
        read_query(request, NoQuery)
        return json_answer(Alive())

    async def _ready(self, request: web.Request) -> web.Response:
        """Say whether events are taken; why not is for those only who may know."""
        read_query(request, NoQuery)
        status, trusted = self._status(), request.get(TRUSTED, False)
        reasons = [status.reason if trusted else UNTOLD] if status.reason and not status.ready else []
        problems = [problem if trusted else UNTOLD for problem in status.problems]
        view = Ready(ready=status.ready, reasons=reasons, problems=problems, revision=status.revision)
        return json_answer(view, _OK if status.ready else _UNAVAILABLE)

    async def _metrics(self, request: web.Request) -> web.Response:
        read_query(request, NoQuery)
        return web.Response(body=await self._scrape(), headers={"Content-Type": CONTENT_TYPE})
