"""Senders with faults: what each of them sends when, and what time it claims, of the truths that it has seen.

A sender notes what it sees with its own clock, which may be wrong and may be set right in between; sends what it has in
batches; is away at times, and sends all it has when it is back; sends again what got lost, and what was taken while the
answer got lost; waits with all else meanwhile, or goes on; shuffles what it has; and doubles.
Knows: chance, from a seed that is given. Must not know: Kept, or what comes of it. Read next: `ideal.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random
from typing import Final, NamedTuple

import msgspec

from standards.judge.events import iso
from tests.crowd.truths import SECOND, Truth

SLOWEST: Final = -300 * SECOND
FASTEST: Final = 290 * SECOND
"""How wrong a sender's clock may be, in microseconds; `max_skew` is 300 s."""

Span = tuple[int, int]


class Habit(NamedTuple):
    """How a sender is. Spans are microseconds, chances 0 to 1.

    Its clock is wrong by `error` (ahead where positive) until the instant `set_right`. A request has at most `batch`
    events and is sent `pause` after the first of them; it takes up to `way`. Nothing leaves within `away`. A request
    gets lost, or its answer does, with chance `loses`, and is sent again up to `retry` later. The sender `waits` until
    then with what came after it, or does not. `shuffles`: what is sent together is in no order. With chance `doubles` a
    request has one of its events twice.
    """

    source: str
    error: int = 0
    set_right: int = -1
    batch: int = 1
    pause: int = 0
    way: int = 0
    away: tuple[Span, ...] = ()
    loses: float = 0.0
    retry: int = 0
    waits: bool = True
    shuffles: bool = False
    doubles: float = 0.0


class Request(NamedTuple):
    """What arrives together at `at`, in microseconds UTC: CloudEvents, each with the time that its sender claims."""

    at: int
    source: str
    events: tuple[bytes, ...]

    @property
    def body(self) -> bytes:
        """Give it as a CloudEvents batch."""
        return b"[" + b",".join(self.events) + b"]"


def claimed(truth: Truth, habit: Habit) -> int:
    """Give the time that a sender's clock shows when something happens."""
    return truth.at + (habit.error if habit.set_right < 0 or truth.at < habit.set_right else 0)


def sent(truth: Truth, habit: Habit) -> bytes:
    """Give the CloudEvent that a sender makes of a truth."""
    time = iso(claimed(truth, habit))
    data = {"guest": truth.guest, "room": truth.room, "n": truth.n}
    envelope = {"specversion": "1.0", "id": truth.id, "source": truth.source, "type": truth.kind, "time": time}
    return msgspec.json.encode({**envelope, "data": data})


def requests(draw: Random, seen: Iterable[Truth], habit: Habit) -> list[Request]:
    """Give what a sender sends of what it has seen, in the order in which it arrives."""
    found: list[Request] = []
    free = 0
    for leaves, some in _batches(seen, habit):
        events = [sent(truth, habit) for truth in some]
        if draw.random() < habit.doubles:
            events.append(draw.choice(events))
        if habit.shuffles:
            draw.shuffle(events)
        at = max(_back(leaves, habit.away), free) + draw.randint(0, habit.way)
        while draw.random() < habit.loses:
            if draw.random() < 0.5:  # it was taken, and the answer got lost
                found.append(Request(at, habit.source, tuple(events)))
            at = _back(at + draw.randint(0, habit.retry), habit.away)
        found.append(Request(at, habit.source, tuple(events)))
        if habit.waits:
            free = at
    return sorted(found, key=lambda request: request.at)


def _batches(seen: Iterable[Truth], habit: Habit) -> list[tuple[int, Sequence[Truth]]]:
    """Put what was seen into batches, each with the instant at which it would leave."""
    found: list[tuple[int, list[Truth]]] = []
    for truth in seen:
        if found and len(found[-1][1]) < habit.batch and truth.at <= found[-1][0]:
            found[-1][1].append(truth)
        else:
            found.append((_back(truth.at + habit.pause, habit.away), [truth]))
    return [(max(leaves, some[-1].at), some) for leaves, some in found]


def _back(at: int, away: Iterable[Span]) -> int:
    """Give the instant from `at` on at which a sender is not away."""
    for start, end in sorted(away):
        if start <= at < end:
            at = end
    return at


def habit(draw: Random, source: str, *, span: Span, late: int, retry: int) -> Habit:
    """Draw how a sender is, between two instants. It may be away `late` microseconds, and try again after `retry`."""
    away = []
    for _ in range(draw.choice((0, 0, 1, 2))):
        start = draw.randint(*span)
        away.append((start, start + draw.randint(0, late)))
    return Habit(
        source,
        error=draw.choice((0, 0, 0, 1, -1, 3 * SECOND, -3 * SECOND, FASTEST, SLOWEST, draw.randint(SLOWEST, FASTEST))),
        set_right=draw.choice((-1, -1, -1, draw.randint(*span))),
        batch=draw.choice((1, 1, 3, 20)),
        pause=draw.choice((0, 0, SECOND, 4 * SECOND)),
        way=draw.choice((0, 0, SECOND // 2, 3 * SECOND)),
        away=tuple(away),
        loses=draw.choice((0.0, 0.0, 0.1, 0.4)),
        retry=draw.choice((0, SECOND, retry)),
        waits=draw.random() < 0.6,
        shuffles=draw.random() < 0.3,
        doubles=draw.choice((0.0, 0.0, 0.2)),
    )
