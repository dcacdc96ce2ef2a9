"""What the board costs with 10,000 open promises: the page, the look after a commit, and what is sent of it.

`python -m benchmarks.board [--browser PATH]`; with a browser (and playwright) also how soon the page is seen.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import resource
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp

from standards.judge.events import iso
from streams.board.view import View
from streams.embedded.embedded import EmbeddedHost
from streams.metrics import Metrics
from streams.settings import StandardsFiles
from streams.storage.rows import OwedFilter
from streams.web import application, serving
from streams.web.board.board_looks import Look

OPEN = 10_000
CHANGED = 100
TRIES = 20
STANDARD = """
kept: 1
standards:
  no-wait:
    promise: You will never stand behind more than three people.
    what: Open the next register.
    how: Call the next name on the standby list; greet the first person in line.
    owner: floor-lead
    per: [site, queue]
    when: {event: queue.length, where: waiting > 3}
    expect: register.opened
    within: 1h
    warn: 59m before
"""


def event(kind: str, number: int, at: int, **data: object) -> dict[str, Any]:
    """Make an event about one of the queues; `at` in microseconds UTC."""
    place = {"site": f"s{number % 100}", "queue": f"q{number // 100}"}
    name = f"{kind}-{number}-{at}"
    return {"specversion": "1.0", "id": name, "source": "b", "type": kind, "time": iso(at), "data": {**place, **data}}


async def submit(host: EmbeddedHost, events: list[dict[str, Any]]) -> None:
    """Give events to a host."""
    await host.submit([host.reader.one(json.dumps(each).encode()) for each in events])


async def timed(work: Callable[[], Awaitable[object]]) -> float:
    """Give the median time of some tries, in milliseconds."""
    took = []
    for _ in range(TRIES):
        begun = time.perf_counter()
        await work()
        took.append(time.perf_counter() - begun)
    return statistics.median(took) * 1000


async def measure(folder: Path, browser: str) -> None:
    """Fill a host, ask for its first page, and change something while somebody looks."""
    (folder / "standards.yaml").write_text(STANDARD)
    now = [time.time_ns() // 1000]
    standards = StandardsFiles([str(folder / "standards.yaml")])
    async with EmbeddedHost(folder / "data", standards, clock=lambda: now[0]) as host:
        app = application(host, Metrics())
        async with serving(app, "127.0.0.1", 0) as port, aiohttp.ClientSession() as session:
            url = f"http://127.0.0.1:{port}"
            await submit(host, [event("queue.length", n, now[0], waiting=9) for n in range(OPEN)])
            now[0] += 120_000_000
            await host.submit([])

            async def page() -> bytes:
                async with session.get(url) as answer:
                    return await answer.read()

            body = await page()
            if f"All {OPEN:,}, on 3 pages".encode() not in body:
                raise SystemExit("the page does not show what it should")
            print(f"page: {await timed(page):.1f} ms, {len(body)} bytes, {len(gzip.compress(body))} compressed")
            look = await timed(lambda: asyncio.to_thread(Look(host, View(), "", acts=True).picture))
            print(f"look after a commit: {look:.1f} ms")
            await changes(host, session, url, now)
            if browser:
                await paint(url, browser)
            print(f"memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB at most")


async def changes(host: EmbeddedHost, session: aiohttp.ClientSession, url: str, now: list[int]) -> None:
    """Keep some promises while somebody looks; say how much is sent, and how soon."""
    async with session.ws_connect(f"{url.replace('http', 'ws')}/live?rows") as socket:
        whole = await socket.receive_str()
        now[0] += 5_000_000
        shown = host.read_model.owed.rows("warned", {}, OwedFilter(), limit=CHANGED)
        places = [(int(str(row.fields["site"])[1:]), int(str(row.fields["queue"])[1:])) for row in shown]
        await submit(host, [event("register.opened", site + 100 * queue, now[0]) for site, queue in places])
        now[0] += 5_000_000
        begun = time.perf_counter()
        await host.submit([])
        messages: list[str] = []
        while not messages or f"{OPEN - CHANGED:,} promises" not in messages[-1]:
            messages.append(await socket.receive_str())
        took = (time.perf_counter() - begun) * 1000
        sent = f"{sum(map(len, messages))} bytes instead of {len(whole)}"
        print(f"{CHANGED} kept of {OPEN}, all in sight: {sent}, {took:.0f} ms after their judging began")


async def paint(url: str, browser: str) -> None:
    """Open the page in a browser a few times and say when its content was first painted."""
    from playwright.async_api import async_playwright  # noqa: PLC0415 - only where there is a browser

    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        found = []
        for _ in range(5):
            page = await started.new_page()
            await page.goto(url)
            seen = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
            await page.wait_for_function(f"() => {seen} !== undefined")
            found.append(await page.evaluate(seen))
            await page.close()
        print(f"first paint: {statistics.median(found):.0f} ms, of five; the slowest {max(found):.0f} ms")
        await started.close()


def main() -> None:
    """Measure once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--browser", default="", help="path of a Chromium")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), arguments.browser))


if __name__ == "__main__":
    main()
