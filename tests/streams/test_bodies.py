"""Bodies: read up to a limit, unpacked, whole or not at all."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from streams.web import Limits
from tests.streams.asking import BATCH, LINES, Caller, asking, register, waiting
from tests.streams.hosting import SECOND, T0, until


def lines(*events: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


@pytest.fixture
async def caller(tmp_path: Path) -> AsyncIterator[Caller]:
    async with asking(tmp_path) as found:
        yield found


EVENTS = lines(waiting("a", T0), register("b", T0 + SECOND))


async def test_a_packed_body_is_taken_in(caller: Caller) -> None:
    """A sender may pack what it sends."""
    body = gzip.compress(lines(waiting("a", T0), register("b", T0 + SECOND)))
    answer = await caller.post("/v1/events", body, LINES, content_encoding="gzip")
    assert (answer.status, answer.json["accepted"]) == (202, 2)


async def test_an_unknown_packing_is_refused(caller: Caller) -> None:
    """A sender that packs in another way is told which ones there are."""
    answer = await caller.post("/v1/events", [], BATCH, content_encoding="compress")
    assert (answer.status, answer.headers["Accept-Encoding"]) == (415, "gzip, deflate")


async def test_a_torn_packing_is_refused(caller: Caller, caplog: pytest.LogCaptureFixture) -> None:
    """A body that does not unpack is the sender's fault, and not ours: the server's own log has no failure."""
    answer = await caller.post("/v1/events", b"this is not gzip", LINES, content_encoding="gzip")
    assert answer.status == 400
    assert "cannot be read" in answer.text
    assert (await caller.get("/v1/promises")).status == 200
    assert caplog.records == []


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(EVENTS, mtime=0)[:-9]),
        ("gzip", gzip.compress(EVENTS, mtime=0)[: len(gzip.compress(EVENTS, mtime=0)) // 2]),
        ("gzip", b""),
        ("deflate", zlib.compress(EVENTS)[:-2]),
        ("deflate", zlib.compress(EVENTS) + b"and more"),
    ],
)
async def test_a_packed_body_that_is_cut_short_is_refused_whole(caller: Caller, coding: str, packed: bytes) -> None:
    """A body that lost its end on the way may have lost events: none of it is kept, and the sender sends it again."""
    answer = await caller.post("/v1/events", packed, LINES, content_encoding=coding)
    assert answer.status == 400
    assert "send it whole" in answer.json["detail"]
    assert (await caller.get("/v1/promises")).json["items"] == []


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(EVENTS[:50], mtime=0) + gzip.compress(EVENTS[50:], mtime=0)),
        ("deflate", zlib.compress(EVENTS)),
        ("deflate", zlib.compress(EVENTS)[2:-4]),  # without head and sum: the bare stream
    ],
)
async def test_every_usual_way_of_packing_is_read(caller: Caller, coding: str, packed: bytes) -> None:
    """Gzip in several parts, and deflate with the head of zlib or without, unpack to what was sent."""
    answer = await caller.post("/v1/events", packed, LINES, content_encoding=coding)
    assert (answer.status, answer.json["accepted"]) == (202, 2)


async def test_a_long_body_of_lines_is_read_in_pieces(caller: Caller) -> None:
    """Pieces end where lines do: each event of megabytes is there once, and what is wrong is named by its own line."""
    some = [waiting(str(number), T0, queue=f"q{number}") for number in range(4_000)]
    body = lines(*some[:3_000]) + b"\n" * 300_000 + b"{}\n" + lines(*some[3_000:])
    answer = await caller.post("/v1/events", body, LINES)
    assert (answer.status, answer.json["accepted"]) == (400, 4_000)
    assert [each["place"] for each in answer.json["refused"]] == [303_001]


async def chunks(total: int) -> AsyncIterator[bytes]:
    for _ in range(total):
        yield b" " * 1000


@pytest.mark.parametrize("packed", [False, True])
async def test_a_long_body_is_refused(tmp_path: Path, packed: bool) -> None:
    """No body is read beyond the limit, whether it says how long it is or unpacks to more than it was."""
    async with asking(tmp_path, limits=Limits(body=10_000)) as caller:
        body = b" " * 50_000_000 if packed else b" " * 10_001
        coding = {"content_encoding": "gzip"} if packed else {}
        answer = await caller.post("/v1/events", gzip.compress(body) if packed else body, LINES, **coding)
        assert answer.status == 413
        assert "10000 bytes" in answer.json["detail"]
        assert (await caller.post("/v1/events", b" " * 10_000, LINES)).status == 202


async def test_a_long_body_in_chunks_is_refused(tmp_path: Path) -> None:
    """A body that does not say how long it is cannot grow beyond the limit either."""
    async with asking(tmp_path, limits=Limits(body=10_000)) as caller:
        url = f"{caller.url}/v1/events"
        async with caller.session.post(url, data=chunks(11), headers={"Content-Type": LINES}) as response:
            assert response.status == 413
        async with caller.session.post(url, data=chunks(10), headers={"Content-Type": LINES}) as response:
            assert response.status == 202


@pytest.mark.slow
async def test_a_stalled_body_is_given_up(tmp_path: Path) -> None:
    """A sender that stops in the middle does not hold its connection for ever."""
    async with asking(tmp_path, limits=Limits(patience=0.05)) as caller:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(caller.url.rpartition(":")[2]))
        head = f"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: {LINES}\r\nContent-Length: 9\r\n\r\n{{"
        writer.write(head.encode())
        answer = (await reader.read()).decode()  # to the end: the server closes
        assert answer.startswith("HTTP/1.1 408 ")
        assert "did not come within" in answer
        writer.close()


@pytest.mark.parametrize("head", [b"Content-Length: 50\r\n\r\n{}", b"Transfer-Encoding: chunked\r\n\r\n5\r\n{}"])
async def test_a_sender_that_hangs_up_is_no_defect(tmp_path: Path, head: bytes) -> None:
    """Where the line breaks off within a body, nothing of it is taken, and the log says it in one line."""
    async with asking(tmp_path) as caller:
        with capture_logs() as said:
            _, writer = await asyncio.open_connection("127.0.0.1", int(caller.url.rpartition(":")[2]))
            writer.write(
                b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n" + head
            )
            await writer.drain()
            writer.close()
            await until(lambda: bool(said))
        assert [(row["event"], row["log_level"], "exc_info" in row) for row in said] == [
            ("a body cannot be read", "warning", False)
        ]
