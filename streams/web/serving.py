"""How an application is served: where it listens, how many connections it has, and how it stops.

Read next: `connections.py`.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from standards.errors import StateError
from streams.live.log_throttle import LogThrottle, throttle_loop
from streams.web.body import first_line
from streams.web.connections import Connection, Connections, raise_descriptors

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AsyncExitStack

    from aiohttp.http_parser import RawRequestMessage

    from streams.settings import Settings

LONGEST_GOODBYE: Final = 5.0
"""How long requests under way are waited for at the end, in seconds."""

log = structlog.get_logger("kept")


def _nobody(_: str) -> None:
    """Tell nobody why a connection was ended."""


class _OnceAMinute(logging.Filter):
    """Writes malformed requests to the log once a minute for each sort of fault, in one line: anybody can send them."""

    def __init__(self) -> None:
        super().__init__()
        self._throttle = LogThrottle()

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether a record is to be written as it is."""
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, HttpProcessingError):
            return True
        more = self._throttle.due(type(error).__name__, asyncio.get_running_loop().time())
        if more is not None:
            log.warning("a request cannot be read", why=first_line(error), more_since_last_said=more)
        return False


def _server_log() -> logging.Logger:
    """Give the log of one server; what it lets through is written where all of the libraries' is."""
    logger = logging.Logger("aiohttp.server")  # noqa: LOG001 - one that others share would keep the filters of all
    logger.parent = logging.getLogger()
    logger.addFilter(_OnceAMinute())
    return logger


def _heeding(make: Callable[..., web.BaseRequest]) -> Callable[..., web.BaseRequest]:
    """Have the expectations of a request heeded that are known, and others passed over (RFC 9110, 10.1.1).

    Else aiohttp refuses them before anybody was asked who is there, and cannot where they are not ASCII.
    """

    def made(message: RawRequestMessage, *rest: object) -> web.BaseRequest:
        if message.headers.get("Expect", "100-continue").lower() != "100-continue":
            headers = message.headers.copy()
            del headers["Expect"]
            message = message._replace(headers=type(message.headers)(headers))
        return make(message, *rest)

    return made


@asynccontextmanager
async def serving(
    app: web.Application, host: str, port: int, ended: Callable[[str], None] = _nobody
) -> AsyncIterator[int]:
    """Serve until left, then let the requests under way finish; gives the port, which is a free one for 0.

    `ended` is told of each connection that was ended here, and why. Raises OSError when the address cannot be listened
    on.
    """
    connections = Connections(raise_descriptors(), ended)
    app.middlewares.insert(0, connections.middleware())
    # Bodies are unpacked by `body.py`, which sees whether one is whole.
    runner = web.AppRunner(
        app, access_log=None, shutdown_timeout=LONGEST_GOODBYE, auto_decompress=False, logger=_server_log()
    )
    await runner.setup()
    looking = asyncio.create_task(connections.look_on())
    try:
        server = runner.server
        assert server is not None  # noqa: S101 - it was set up
        server.request_factory = _heeding(server.request_factory)
        loop = asyncio.get_running_loop()
        listener = await loop.create_server(lambda: Connection(server(), connections), host, port)
        try:
            yield listener.sockets[0].getsockname()[1]
        finally:
            listener.close()
    finally:
        looking.cancel()
        await runner.cleanup()


async def listening(
    settings: Settings, app: web.Application, stack: AsyncExitStack, ended: Callable[[str], None] = _nobody
) -> str:
    """Serve an application until the stack is left; gives its address. Raises StateError where it cannot listen."""
    throttle_loop(asyncio.get_running_loop())
    name, port = settings.address
    try:
        port = await stack.enter_async_context(serving(app, name, port, ended))
    except OSError as error:
        message = f"{settings.listen} cannot be listened on; another process may; choose another place with --listen"
        raise StateError(f"{message} ({error.strerror or error})") from None
    return f"http://{f'[{name}]' if ':' in name else name}:{port}"
