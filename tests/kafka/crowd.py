"""A crowd that never rests: standards of every kind with short spans, and the events that keep and break them.

The times of the events are those of this machine's clock. Some events come a little out of order, all of them within
what `lateness` allows, and some come twice. All is drawn from one seed, but for the clock.
Knows: standards and events. Must not know: Kafka, processes. Read next: `orderly.py`, which produces them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final

import msgspec

from standards.judge.events import iso

SECOND: Final = 1_000_000
DISORDER: Final = 600_000
"""How far an event may be behind the one before it, in microseconds; `lateness` is a second."""
SITES: Final = 12
QUEUES: Final = 10
CONTACTS: Final = 400
REMEMBERED: Final = 3_000
"""From how many of the last events those are drawn that come twice."""
QUIET: Final = ("s0", "s1")
"""Where the tills hardly ever speak: what nobody heard of there is unknown, and not broken."""

STANDARDS: Final = """
kept: 1
feeds:
  tills: {events: [register.opened, register.closed], per: [site], silent_after: 20s}
events:
  floor.walked: {site: text}
  talk.held: {site: text}
standards:
  no-wait:
    promise: You will never stand behind more than three people.
    what: Open the next register.
    owner: floor-lead
    may_excuse: [floor-lead]
    aspect: speed
    per: [site, queue]
    when: {event: queue.length, where: waiting > 3}
    expect: register.opened
    within: 8s
    unless: {event: queue.length, where: waiting <= 3}
    warn: [50%, 2s before]
    severity: page
  passed-on-twice:
    promise: You are passed on twice a minute at most.
    what: Keep this customer.
    owner: team-lead
    per: [contact]
    carry: [to_agent]
    when: transfer.completed
    at_most: 2
    within: 15s
  someone-to-ask:
    promise: You always find someone on the floor to ask.
    what: Walk the floor.
    owner: shift-lead
    per: [site]
    expect: floor.walked
    every: 6s
    warn: 1s before
  heard-soon:
    promise: Four of five callers hear a voice within twenty seconds.
    what: Bring one more person to this line.
    owner: duty-manager
    per: [site, queue]
    when: contact.answered
    measure: share(waited <= 20)
    over: 10s
    must: ">= 80%"
    at_least: 3
  not-three-times:
    promise: What went wrong twice does not go wrong a third time.
    what: Stop mending it case by case.
    owner: floor-lead
    per: [site]
    when: {event: promise.broken, where: standard == "no-wait"}
    at_most: 2
    within: 20s
  talked-over:
    promise: When it did go wrong a third time, we talked it over.
    what: Talk it over.
    owner: team-lead
    per: [site]
    when: {event: promise.broken, where: standard == "not-three-times"}
    expect: talk.held
    within: 10s
    warn: 50%
"""
"""Three strata: the last standard hears of the one before it, and that one of the first."""

_encode: Final = msgspec.json.encode


class Crowd:
    """Makes about `rate` events a second, from the instant `start`: microseconds UTC."""

    def __init__(self, seed: int, *, rate: float, start: int) -> None:
        self.made = 0
        self.newest = -1
        self._draw = random.Random(seed)
        self._step = SECOND / rate
        self._next = float(start)
        self._busy = dict.fromkeys((f"s{site}", f"q{queue}") for site in range(SITES) for queue in range(QUEUES))
        self._places = list(self._busy)
        self._turn = len(self._places) / (0.84 * rate * 10)
        self._recent: list[bytes] = []

    def until(self, at: int, most: int) -> list[bytes]:
        """Give the events, as they are sent, that come up to an instant, `most` of them at once."""
        found: list[bytes] = []
        while self._next <= at and len(found) < most:
            self._next += self._step
            found += self._some(round(self._next))
        self.made += len(found)
        return found

    def _some(self, at: int) -> Iterator[bytes]:
        draw = self._draw
        if draw.random() < 0.1:
            at -= draw.randrange(DISORDER)
        event = self._one(at)
        yield event
        self._recent.append(event)
        if len(self._recent) > 2 * REMEMBERED:
            del self._recent[:REMEMBERED]
        if draw.random() < 0.01:
            yield draw.choice(self._recent[-REMEMBERED:])

    def _one(self, at: int) -> bytes:
        draw = self._draw
        chance, site = draw.random(), f"s{draw.randrange(SITES)}"
        place = draw.choice(self._places)
        if chance < 0.84:
            if draw.random() < self._turn:
                self._busy[place] = None if self._busy[place] else True
            return self._queue(at, place, waiting=draw.randint(4, 8) if self._busy[place] else draw.randint(0, 3))
        if chance < 0.93:
            waited = draw.choice([3, 5, 8, 13, 18, 19.5, 20, 31])
            return self._event("contact.answered", at, contact=self._contact(), waited=waited, **_at(place))
        if chance < 0.96:
            return self._event("transfer.completed", at, contact=self._contact(), to_agent=f"a{draw.randrange(20)}")
        if chance < 0.975 and (place[0] not in QUIET or draw.random() < 0.01):
            return self._event(draw.choice(["register.opened", "register.closed"]), at, **_at(place))
        if 0.975 <= chance < 0.9755:
            subject = "/".join(place)
            return self._event(
                "exception.granted", at, standard="no-wait", subject=subject, by="floor-lead", reason="fire alarm"
            )
        if chance < 0.98:
            return self._event("talk.held", at, site=site)
        if chance < 0.982:
            return self._event("floor.walked", at, site=site)
        return self._event("contact.answered", at, contact=self._contact(), waited=draw.choice([4, 40]))

    def _contact(self) -> str:
        return f"c{self._draw.randrange(CONTACTS)}"

    def _queue(self, at: int, place: tuple[str, str], *, waiting: int) -> bytes:
        return self._event("queue.length", at, waiting=waiting, **_at(place))

    def _event(self, kind: str, at: int, **data: object) -> bytes:
        self.newest = max(self.newest, at)
        name = f"e{self.made}-{self._draw.getrandbits(40):x}"
        made = {"specversion": "1.0", "id": name, "source": "crowd", "type": kind, "time": iso(at), "data": data}
        return _encode(made)


def _at(place: tuple[str, str]) -> dict[str, object]:
    return dict(zip(("site", "queue"), place, strict=True))


def records(events: list[bytes], draw: random.Random) -> Iterator[bytes]:
    """Put events into records as producers do: one by one, as batches, as lines; in their order."""
    at = 0
    while at < len(events):
        some = events[at : at + draw.choice([1, 1, 1, 2, 5, 20])]
        at += len(some)
        yield b"\n".join(some) if len(some) == 1 or draw.random() < 0.5 else b"[" + b",".join(some) + b"]"
