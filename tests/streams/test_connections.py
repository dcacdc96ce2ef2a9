"""Whoever opens connections and asks nothing keeps nobody out."""

import asyncio
import json
import os
import re
import resource
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from streams.web.connections import Connection, Connections
from tests.streams.asking import BATCH, asking, waiting
from tests.streams.commands import COMMAND, ROOT
from tests.streams.hosting import T0, shop

HALF = b"POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
WHOLE = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
DESCRIPTORS, STRANGERS = 256, 372


class Door:
    """A server that answers with 200, and holds an answer back while it is told to."""

    def __init__(self, most: int, **limits: float) -> None:
        self.ended: list[str] = []
        self.connections = Connections(most, self.ended.append, **limits)
        self.asked, self.go_on = asyncio.Event(), asyncio.Event()
        self.go_on.set()
        self.port = 0

    async def answer(self, _: web.Request) -> web.Response:
        self.asked.set()
        await self.go_on.wait()
        return web.Response(text="here")

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)


@asynccontextmanager
async def door(most: int = 100, **limits: float) -> AsyncIterator[Door]:
    made = Door(most, **limits)
    app = web.Application(middlewares=[made.connections.middleware()])
    app.router.add_get("/", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    server = runner.server
    assert server is not None
    listener = await asyncio.get_running_loop().create_server(
        lambda: Connection(server(), made.connections), "127.0.0.1", 0
    )
    made.port = listener.sockets[0].getsockname()[1]
    looking = asyncio.create_task(made.connections.look_on())
    try:
        yield made
    finally:
        looking.cancel()
        listener.close()
        await runner.cleanup()


async def test_a_head_that_does_not_come_is_waited_for_no_longer() -> None:
    """A connection on which no request, or half of one, came in time is ended, and counted."""
    async with door(head_within=0.05) as found:
        silent, halting = await found.open(), await found.open()
        halting[1].write(HALF)
        await halting[1].drain()
        for reader, _ in (silent, halting):
            assert not await reader.read(), "it was closed without a word"
    assert found.ended == ["unfinished", "unfinished"]


async def test_an_answer_may_take_longer_than_a_head() -> None:
    """Whoever asked waits as long as the answer takes: the time is that of the head alone."""
    async with door(head_within=0.05, idle_for=60.0) as found:
        found.go_on.clear()
        reader, writer = await found.open()
        writer.write(WHOLE)
        await found.asked.wait()
        silent, _ = await found.open()
        assert not await silent.read(), "so the time for a head is over for both"
        found.go_on.set()
        assert b"200 OK" in await reader.readuntil(b"\r\n")
        assert len(found.connections) == 1
    assert found.ended == ["unfinished"]


async def test_where_all_places_are_taken_the_longest_silent_gives_up_theirs() -> None:
    """Who asks finds a place while anybody holds one without asking; what is being answered keeps its own."""
    async with door(most=2) as found:
        found.go_on.clear()
        asking_reader, asking_writer = await found.open()
        asking_writer.write(WHOLE)
        await found.asked.wait()
        silent, _ = await found.open()
        found.asked.clear()
        late_reader, late_writer = await found.open()
        late_writer.write(WHOLE)
        await found.asked.wait()
        assert not await silent.read(), "who asked nothing gave up the place"
        refused, _ = await found.open()
        assert b"503" in await refused.readuntil(b"\r\n"), "both places have a request"
        found.go_on.set()
        for reader in (asking_reader, late_reader):
            assert b"200 OK" in await reader.readuntil(b"\r\n")
    assert found.ended == ["unfinished", "full"]


async def test_what_is_no_request_fills_no_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever sends what is not a request is told so; the log says it in one line, however many there are."""
    async with asking(tmp_path) as caller:
        port = int(caller.url.rpartition(":")[2])
        for number in range(20):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nno header %d\r\n\r\n" % number)
            assert b" 400 " in await reader.readline()
            writer.close()
    assert caplog.records == []
    assert capsys.readouterr().out.count("a request cannot be read") == 1


@pytest.mark.parametrize("path", [b"/healthz", b"/v1/nothing"])
async def test_an_expectation_that_nobody_knows_is_passed_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, path: bytes
) -> None:
    """Whatever a stranger expects, in whatever bytes, the request is answered as any other, and the log is quiet."""
    async with asking(tmp_path) as caller:
        port = int(caller.url.rpartition(":")[2])
        for expected in (b"\xff\xfe", b"gold", b"100-Continue", b""):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET %b HTTP/1.1\r\nHost: localhost\r\nExpect: %b\r\n\r\n" % (path, expected))
            line = await reader.readline()
            if b" 100 " in line:
                line = (await reader.readuntil(b"\r\n")) and await reader.readline()
            assert (b" 200 " if path == b"/healthz" else b" 404 ") in line
            writer.close()
    assert caplog.records == []


async def test_strangers_at_the_door_keep_no_event_out(tmp_path: Path) -> None:
    """With few descriptors and more unfinished requests than those, events are taken in, and the log stays short."""
    shop(tmp_path)
    words = [*COMMAND, "run", "--standards", str(tmp_path / "rules"), "--data", str(tmp_path / "data")]
    limited = [
        "bash",
        "-c",
        f'ulimit -n {DESCRIPTORS}; ulimit -Sn {DESCRIPTORS // 2}; exec "$@"',
        "kept",
        *words,
        "--listen",
        "127.0.0.1:0",
    ]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    async with AsyncExitStack() as stack:
        with (tmp_path / "log").open("wb") as log:
            run = await asyncio.create_subprocess_exec(
                *limited, stderr=log, stdout=asyncio.subprocess.DEVNULL, env=environment
            )
        stack.push_async_callback(run.wait)
        stack.callback(run.terminate)
        url = await _address(tmp_path / "log", run)
        assert resource.prlimit(run.pid, resource.RLIMIT_NOFILE) == (DESCRIPTORS, DESCRIPTORS), "it asks for all it may"
        port = int(url.rpartition(":")[2])
        for _ in range(STRANGERS):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(HALF)
            stack.callback(writer.close)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        body = json.dumps([waiting("a", T0)]).encode()
        async with session.post(f"{url}/v1/events", data=body, headers={"Content-Type": BATCH}) as answer:
            assert answer.status == 202, await answer.text()
        async with session.get(f"{url}/metrics") as answer:
            counted = re.search(r'connections_ended_total\{reason="unfinished"\} (\S+)', await answer.text())
        assert counted is not None
        assert float(counted[1]) >= STRANGERS - DESCRIPTORS
    assert len((tmp_path / "log").read_text(encoding="utf-8").splitlines()) < 20


async def _address(file: Path, run: asyncio.subprocess.Process) -> str:
    """Read from its log where a process listens."""
    while run.returncode is None:
        said = await asyncio.to_thread(file.read_text, encoding="utf-8")
        if found := re.search(r"api=(http://\S+)", said):
            return found[1]
    raise AssertionError(said)
