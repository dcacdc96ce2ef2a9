"""What is produced beforehand: the no-wait workload as records, by its events or as the intake batches them.

Knows: what the records hold and which partition each goes to. Must not know: Kafka's clients.
Read next: `broker.py`, which produces them.
"""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.events import QUEUES, Workload, lines
from benchmarks.reference import Counts, judge
from benchmarks.rules import no_wait
from standards.judge.events import Event
from streams.ingest.wire import Reader
from streams.kafka.intake.routing import Routing
from streams.kafka.records.facts import Facts, FactsCodec, partition_of
from streams.kafka.records.packing import facts_records
from streams.runtime.pump import GRACE, LATENESS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

EVENTS_PARTITIONS: Final = 4
PARTITIONS: Final = 8
"""How the topics are divided: as Kept's are, unless it is told otherwise."""
RATE: Final = 50
"""Events a second, by their own times: the dense mix of `events.py`."""
SUBJECTS: Final = 200
FACTS: Final = 750
"""About how many facts there are in a record, where they are prepared."""
AGO: Final = 300
"""How long ago the last event was, in seconds; nothing may come from the future."""
_SUBJECT: Final = re.compile(rb'"site":"([^"]*)","queue":"([^"]*)"')


class Record(NamedTuple):
    """A record to be produced."""

    partition: int
    key: bytes | None
    value: bytes


class Work(NamedTuple):
    """Records to begin with, all the others, how many events these are, and what all of them come to."""

    first: list[Record]
    rest: list[Record]
    events: int
    counts: Counts

    @property
    def lines(self) -> int:
        """How many lines come of it: each promise is opened, and ends."""
        return 2 * self.counts.opened


def drawn(events: int) -> tuple[list[bytes], list[bytes]]:
    """Draw the events, which end a while ago: some to begin with, and the others with which everything ends.

    To begin with, a promise is opened and voided for a queue of each pair of partitions of `events` and `facts`. In the
    end each queue is heard of once more, when all deadlines have passed: that is when peers without timers notice.
    """
    seconds = events // RATE + 1
    start = datetime.fromtimestamp(int(time.time()), UTC) - timedelta(seconds=seconds + AGO)
    begin, end, others = start - timedelta(seconds=60), start + timedelta(seconds=seconds + 120), _one_each()
    first = [
        _report(f"w{site}-{number}", begin + timedelta(seconds=10 * number), (f"s{site}", "w"), waiting)
        for number, waiting in enumerate((4, 0, 0))
        for site in others
    ]
    rest = [line.rstrip() for line in lines(Workload(events, RATE, subjects=SUBJECTS, start=start))]
    queues = [(f"s{each // QUEUES}", f"q{each % QUEUES}") for each in range(SUBJECTS)]
    queues += [(f"s{site}", "w") for site in others]
    return first, rest + [_report(f"z{number}", end, queue, 0) for number, queue in enumerate(queues)]


def _report(name: str, at: datetime, queue: tuple[str, str], waiting: int) -> bytes:
    return (
        f'{{"specversion":"1.0","id":"{name}","source":"floor","type":"queue.length","time":"{at:%Y-%m-%dT%H:%M:%S}'
        f'.000000Z","data":{{"site":"{queue[0]}","queue":"{queue[1]}","waiting":{waiting}}}}}'
    ).encode()


def _one_each() -> list[int]:
    """Find a site for each partition of `events` and each of `facts` whose queue "w" belongs to both."""
    found: dict[tuple[int, int], int] = {}
    for site in range(1_000):
        found.setdefault((_keyed(b"s%d/w" % site), partition_of((f"s{site}", "w"), PARTITIONS)), site)
    return list(found.values())


def _keyed(key: bytes) -> int:
    """Say which partition of `events` a key goes to: any hash will do that is not the one which divides `facts`."""
    return int.from_bytes(blake2b(key, digest_size=4).digest()) % EVENTS_PARTITIONS


def single(events: int) -> Work:
    """Give the workload with one event a record, keyed by its queue, as structured CloudEvents."""
    first, rest = drawn(events)
    return Work(list(map(_record, first)), list(map(_record, rest)), len(rest), judge([*first, *rest]))


def _record(line: bytes) -> Record:
    found = _SUBJECT.search(line)
    assert found is not None  # noqa: S101 - we wrote it
    key = b"%b/%b" % found.groups()
    return Record(_keyed(key), key, line)


def batched(events: int) -> Work:
    """Give the workload as records of `facts`, made by the intake's own parts."""
    _, rest = drawn(events)
    packed = list(_packed(rest))
    return Work([], packed, len(rest), judge(rest))


def _packed(rest: Sequence[bytes]) -> Iterator[Record]:
    rulebook = no_wait()
    reader, routing, codec = Reader(rulebook.classes), Routing(rulebook, PARTITIONS), FactsCodec(rulebook.classes)
    wall = time.time_ns() // 1_000
    for at in range(0, len(rest), FACTS * PARTITIONS):
        batch: list[Event] = reader.lines(b"\n".join(rest[at : at + FACTS * PARTITIONS]), _refuse)
        for event in batch:
            event.received = event.at
        buckets = routing.route(batch, wall).buckets
        for partition, raw in facts_records(Facts(wall=wall), buckets, codec.encode):
            yield Record(partition, None, raw)
        low = max(event.at for event in batch) - LATENESS - 1
        for partition in range(PARTITIONS):
            yield Record(partition, None, codec.encode(Facts(wall=low + GRACE, lows=[low])))


def _refuse(refusal: object) -> None:
    raise ValueError(refusal)
