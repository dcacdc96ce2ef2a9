"""Two measurements: end to end, from the instant records are visible; and by the output alone, from line to line.

Knows: how a turn goes. Must not know: who takes part, tables. Read next: `__main__.py`.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.contest import MismatchError, say
from benchmarks.kafka.broker import hidden, produce, topics, until_there
from benchmarks.kafka.contenders import cpu_seconds, running
from benchmarks.kafka.records import EVENTS_PARTITIONS, PARTITIONS

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.kafka.contenders import Contender
    from benchmarks.kafka.records import Work
    from tests.kafka.broker import Broker

_TURN: Final = count(1)
READY_SECONDS: Final = 90.0
LONGEST: Final = 600.0
"""How long a turn may take, in seconds."""
FIRST_LINES: Final = 2 * EVENTS_PARTITIONS * PARTITIONS
"""What the records to begin with come to: for each pair of partitions, a promise opened and voided."""


class Turn(NamedTuple):
    """One turn: events a second; processor seconds an event, of all its processes and of the broker, where measured."""

    rate: float
    own: float
    broker: float = 0.0


class Place(NamedTuple):
    """Where turns are taken."""

    broker: Broker
    folder: Path


def end_to_end(place: Place, contender: Contender, work: Work) -> Turn:
    """Measure from the instant at which all records of `events` become visible to the last line in `ledger`.

    Everybody is ready by then, and has told what comes of a few records before. Raises FailedError, MismatchError.
    """
    turn, servers = f"t{next(_TURN)}.", place.broker.servers
    settings = topics(servers, turn)
    names = settings.names
    produce(servers, names.events, work.first)
    with hidden(servers, names.events, work.rest) as show, running(contender, settings, place.folder / turn) as its:
        until_there(servers, names.ledger, FIRST_LINES, seconds=READY_SECONDS, alive=its.check)
        used = [*its.seconds(), cpu_seconds(place.broker.pid or 0)]
        began = show()
        found = until_there(servers, names.ledger, work.lines, seconds=LONGEST, alive=its.check)
        took = found.last - began
        now = [*its.seconds(), cpu_seconds(place.broker.pid or 0)]
    _check(contender, found.kinds, work)
    *own, broker = (after - before for before, after in zip(used, now, strict=True))
    return _said(contender, Turn(work.events / took, sum(own) / work.events, broker / work.events), took)


def from_line_to_line(place: Place, contender: Contender, work: Work, *, source: str) -> Turn:
    """Measure from the first record of `ledger` to the last: what had been judged by the first does not count.

    `source` is the topic that the records are in before anybody is started: `events` or `facts`.
    """
    turn, servers = f"t{next(_TURN)}.", place.broker.servers
    settings = topics(servers, turn)
    produce(servers, turn + source, [*work.first, *work.rest])
    with running(contender, settings, place.folder / turn) as its:
        found = until_there(servers, settings.names.ledger, work.lines, seconds=LONGEST, alive=its.check)
        own = sum(its.seconds())
    _check(contender, found.kinds, work)
    took = found.last - found.first
    share = 1 - found.at_first / found.kinds.total()
    return _said(contender, Turn(work.events * share / took, own / work.events), took)


def spent(turn: Turn) -> str:
    """Say what a turn took of the processors: how many at a time, and how long for an event."""
    told = f"{turn.own * turn.rate:.1f} cores, {turn.own * 1e6:.1f} µs an event"
    return f"{told}; broker {turn.broker * 1e6:.1f} µs" if turn.broker else told


def _check(contender: Contender, kinds: dict[str, int], work: Work) -> None:
    right = work.counts
    wanted = {"opened": right.opened, "kept": right.kept, "broken": right.broken, "voided": right.void}
    wanted = {kind: number for kind, number in wanted.items() if number}
    if {kind: number for kind, number in kinds.items() if kind != "ended"} != wanted:  # no peer tells how it ended
        raise MismatchError(f"{contender.name} told {dict(kinds)}; the reference has {wanted}")


def _said(contender: Contender, turn: Turn, took: float) -> Turn:
    say(f"  {contender.name}: {turn.rate:,.0f} events/s ({took:.2f} s; {spent(turn)})")
    return turn
