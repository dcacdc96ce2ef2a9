"""From a warning to a phone: how long after it was due a push is with its service, at the usual grace.

`python -m benchmarks.push [--promises 40]`; the service is a server on this machine, which takes all at once.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from base64 import urlsafe_b64encode
from functools import partial
from pathlib import Path

import msgspec
from aiohttp import web

from alerts.channels.push import Device, Push
from alerts.channels.push_services import Services
from alerts.channels.sealing import Sealer, new_key
from standards.judge.events import iso
from streams.documents.rules import policy_in
from streams.embedded.embedded import EmbeddedHost
from streams.embedded.options import DEFAULTS
from streams.settings import StandardsFiles
from streams.storage.device_file import stored_in
from streams.storage.devices import DeviceBook

SECOND = 1_000_000
RULES = """
kept: 1
standards:
  no-wait:
    promise: You will never stand behind more than three people.
    what: Open the next register.
    how: Call the next name on the standby list.
    owner: floor-lead
    severity: page
    per: [site, queue]
    when: {event: queue.length, where: waiting > 3}
    expect: register.opened
    within: 1h
    warn: 3599s before
"""
POLICY = "kept: 1\npeople: {ann: {addresses: {push: ann}}}\nroutes: [{tell: ann, repeat: never}]\n"


def wall() -> int:
    """Give the time in microseconds UTC."""
    return time.time_ns() // 1000


class Service:
    """A push service that notes when each push came."""

    def __init__(self) -> None:
        self.came: asyncio.Queue[int] = asyncio.Queue()

    async def take(self, request: web.Request) -> web.Response:
        """Take a push."""
        await request.read()
        self.came.put_nowait(wall())
        return web.Response(status=201)


async def measure(folder: Path, promises: int) -> list[float]:
    """Warn of so many promises, one after the other; gives the seconds from each warning's instant to its push."""
    service, app = Service(), web.Application()
    app.router.add_post("/phone", service.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    sealer, services = Sealer(new_key(), "mailto:ops@shop.example"), Services((origin,))
    point = Sealer(new_key(), "mailto:ops@shop.example").public  # a phone's key is of the same sort
    devices = stored_in(folder, DeviceBook(sealer.public, wall))
    auth = urlsafe_b64encode(b"a" * 16).decode().rstrip("=")
    await devices.add(Device("phone", "ann", f"{origin}/phone", point, auth, sealer.public, wall()))
    options = msgspec.structs.replace(DEFAULTS, policies=partial(policy_in, [str(folder / "rules")]))
    channel = Push(devices, sealer, services, clock=wall)
    rules = StandardsFiles([str(folder / "rules")])
    waits: list[float] = []
    async with EmbeddedHost(folder / "data", rules, clock=wall, channels=[channel], options=options) as host:
        for number in range(promises):
            at = wall()
            data = {"site": f"s{number}", "queue": "q1", "waiting": 4}
            event = {"specversion": "1.0", "id": f"{number}", "source": "b", "type": "queue.length", "time": iso(at)}
            await host.submit([host.reader.one(json.dumps({**event, "data": data}).encode())])
            waits.append((await service.came.get() - at) / SECOND - 1)  # it warns after a second
            await asyncio.sleep(number % 10 * 0.037)  # so that it meets each moment between two ticks
    await runner.cleanup()
    return waits


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--promises", type=int, default=40)
    promises = parser.parse_args().promises
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "rules").mkdir()
        (folder / "rules" / "shop.yaml").write_text(RULES, encoding="utf-8")
        (folder / "rules" / "policy.yaml").write_text(POLICY, encoding="utf-8")
        waits = asyncio.run(measure(folder, promises))
    grace = DEFAULTS.grace / SECOND
    print(f"{promises} warnings, from the instant of each to its push at the service, with {grace:g} s of grace in it:")
    print(f"median {statistics.median(waits):.2f} s, the longest {max(waits):.2f} s")


if __name__ == "__main__":
    main()
