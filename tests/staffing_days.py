"""Made-up days of a call centre, as histories: callers come by chance, named people answer them in order.

A second, plain simulation, written apart from the one that is tested: one heap of named people.
Knows: how to write events. Must not know: what staffing makes of them.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from heapq import heapify, heappop, heappush
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from standards.staffing.draws import Draws

if TYPE_CHECKING:
    from collections.abc import Mapping

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


class Shift(NamedTuple):
    """Hours in which so many people answer so many calls an hour that take so many seconds on average."""

    start: int
    end: int
    people: int
    calls: float
    seconds: float


def day(number: int, shift: Shift, *, queue: str = "q1", seed: int = 0) -> list[bytes]:
    """Write one day, `number` days after a Monday, as JSON lines: each call waits, is answered, and closed."""
    draws = Draws(1_000 * seed + number)
    midnight = MONDAY + timedelta(days=number)
    free = [(3600.0 * shift.start, f"agent{one}") for one in range(shift.people)]
    heapify(free)
    lines: list[bytes] = []
    at, call = 3600.0 * shift.start, 0
    while (at := at + draws.exponential(3600 / shift.calls)) < 3600 * shift.end:
        call += 1
        ready, agent = heappop(free)
        begun = max(at, ready)
        ended = begun + draws.exponential(shift.seconds)
        heappush(free, (ended, agent))
        data = {"contact": f"{queue}-{number}-{call}", "queue": queue}
        lines += [
            _line("contact.waiting", midnight, at, data),
            _line("contact.answered", midnight, begun, data | {"agent": agent, "waited": begun - at}),
            _line("contact.closed", midnight, ended, data | {"agent": agent}),
        ]
    return lines


def _line(kind: str, midnight: datetime, seconds: float, data: Mapping[str, object]) -> bytes:
    time = (midnight + timedelta(seconds=seconds)).isoformat()
    event = {"specversion": "1.0", "id": f"{kind}-{data['contact']}", "source": "calls", "type": kind, "time": time}
    return json.dumps(event | {"data": dict(data)}).encode()


def in_order(lines: list[bytes]) -> bytes:
    """Give lines in order of time, as a file holds them; those of one instant stay as they are."""
    timed = sorted(((json.loads(line)["time"], line) for line in lines), key=itemgetter(0))
    return b"\n".join(line for _, line in timed) + b"\n"
