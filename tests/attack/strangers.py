"""What strangers, and senders out of order, can do over HTTP. Each attack says what it tried and what happened.

Must not know: what host it is. Read next: `target.py`.
"""

from __future__ import annotations

import asyncio
import gzip
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import aiohttp

from tests.attack.target import PATIENCE, RIGHT, TOKEN, Outcome, Target
from tests.fuzz.knocking import Known, answered, requests, whole
from tests.fuzz.mutating import Mutator
from tests.streams.asking import BATCH, LINES
from tests.streams.test_connections import HALF

CONNECTIONS = 500
GUESSES = 120
BOMB = 400 << 20
"""How much the bomb would unpack to, in bytes."""
FULL = 4 << 20
"""The longest body that is read, in bytes."""
POISON = 400
"""How many requests of the worst sort are sent."""


async def unfinished(target: Target) -> Outcome:
    """Open connections whose requests never end, and keep them for as long as the server does."""
    before = len(target.sender.queues)
    async with AsyncExitStack() as stack:
        readers = []
        for _ in range(CONNECTIONS):
            reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
            stack.callback(writer.close)
            writer.write(HALF)
            readers.append(reader)
        ending = asyncio.gather(*(reader.read() for reader in readers), return_exceptions=True)
        done, _ = await asyncio.wait([asyncio.ensure_future(ending)], timeout=PATIENCE)
    meanwhile = len(target.sender.queues) - before
    said = f"all were ended, {meanwhile:,} honest events were taken meanwhile" if done else "they are still open"
    return Outcome(f"{CONNECTIONS} connections with half a request each", said, bool(done) and meanwhile > 0)


async def guesses(target: Target) -> Outcome:
    """Guess the token, one after another."""
    answers = [await target.get("/metrics", Authorization=f"Bearer guess-{number}") for number in range(GUESSES)]
    found = Counter(status for status, _ in answers)
    right, _ = await target.get("/metrics", **RIGHT)
    ok = set(found) == {401, 429} and found[401] <= 50 and right == 200
    return Outcome(f"{GUESSES} wrong tokens", f"{_counted(found)}; the right one {right}", ok)


async def bombs(target: Target) -> Outcome:
    """Send what is much more than it looks: packed zeros, brackets without end, bodies and heads without end."""
    packed = {"Content-Encoding": "gzip", "Content-Type": LINES, **RIGHT}
    as_batch = {"Content-Type": BATCH, **RIGHT}
    found = Counter([
        await _posted(target, gzip.compress(bytes(BOMB), 1), packed),
        await _posted(target, gzip.compress(gzip.compress(bytes(BOMB), 1)), packed),
        await _posted(target, b"[" * (FULL - 1), as_batch),
        await _posted(target, b"[" + b'{"a":' * (FULL // 8), as_batch),
        await _posted(target, _endless(), as_batch),
        await _posted(target, b"", {**as_batch, "X-Long": "x" * (1 << 20)}),
        (await target.get("/v1/promises?after=" + "x" * (1 << 20), **RIGHT))[0],
    ])  # fmt: skip
    tried = f"{BOMB >> 20} MB packed, and packed twice; brackets, bodies and heads without end"
    return Outcome(tried, _counted(found), all(status in (0, *range(400, 500)) for status in found))


async def _endless() -> AsyncIterator[bytes]:
    while True:
        yield b" " * 65_536


async def poison(target: Target) -> Outcome:
    """Send, with the right token, what no sender would: megabytes of nothing, and requests that are made up."""
    whole_batch = {"Content-Type": BATCH, **RIGHT}
    found = Counter([
        await _posted(target, b"{}\n" * (FULL // 3), {"Content-Type": LINES, **RIGHT}),
        await _posted(target, b"\n" * FULL, {"Content-Type": LINES, **RIGHT}),
        await _posted(target, b"[" + b"1," * (FULL // 2 - 1) + b"1]", whole_batch),
        await _posted(target, b'[""' + b',""' * (FULL // 3 - 2) + b"]", whole_batch),
    ])  # fmt: skip
    known = Known(f"127.0.0.1:{target.port}", "kept=x.y", "0" * 64, "p", "x.y")
    made = Mutator(requests(TOKEN))
    for number in range(POISON):
        found[await _asked(target.port, whole(made.make(number), known))] += 1
    failed = sum(count for status, count in found.items() if status >= 500)
    return Outcome(
        f"4 MB of {{}}, of 1, of empty texts and lines; {POISON} made-up requests", _counted(found), not failed
    )


async def _posted(target: Target, body: bytes | AsyncIterator[bytes], headers: dict[str, str]) -> int:
    try:
        async with target.session.post(f"{target.url}/v1/events", data=body, headers=headers) as answer:
            return answer.status
    except (aiohttp.ClientError, TimeoutError):
        return 0


async def _asked(port: int, request: bytes) -> int:
    """Send a request as it is; gives the status of the answer, 0 where the connection was closed without one."""
    try:
        return (await answered(port, request, PATIENCE))[0]
    except (TimeoutError, ConnectionError):
        return 0


def _counted(found: Counter[int]) -> str:
    return ", ".join(f"{status or 'closed'} x {count}" for status, count in sorted(found.items()))
