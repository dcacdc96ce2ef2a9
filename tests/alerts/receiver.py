"""A receiver of webhooks: a real server that answers as it was told to, and remembers what came."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web


@dataclass
class Answer:
    """One answer: a status, headers, and how the connection behaves."""

    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    hang_up: bool = False
    silent: bool = False
    endless: bool = False


@dataclass
class Receiver:
    """What came, in order, and the answers still to be given; without any left, everything is taken."""

    url: str
    answers: list[Answer]
    headers: list[Mapping[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.StreamResponse:
        self.headers.append(request.headers.copy())
        self.bodies.append(await request.read())
        answer = self.answers.pop(0) if self.answers else Answer()
        if answer.hang_up and request.transport is not None:
            request.transport.abort()
        if answer.silent:
            await asyncio.Event().wait()  # until the other side goes away
        response = web.StreamResponse(status=answer.status, headers=answer.headers)
        await response.prepare(request)
        while answer.endless and request.transport is not None and not request.transport.is_closing():
            await response.write(b"x" * 65_536)
        return response


@asynccontextmanager
async def receiving(answers: Sequence[Answer] = (), *, port: int = 0) -> AsyncIterator[Receiver]:
    """Run a receiver on this machine."""
    receiver = Receiver("", list(answers))
    application = web.Application()
    for path in ("/hook", "/api/v2/alerts"):  # an address of any webhook, and Alertmanager's own
        application.router.add_post(path, receiver.take)
    runner = web.AppRunner(application, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield receiver
    finally:
        await runner.cleanup()
