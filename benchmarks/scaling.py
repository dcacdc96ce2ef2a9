"""What one event costs the judge as subjects and standards grow, and what one open promise costs in memory.

All in one process, without decoding: events are read first, then pushed in batches of the size that a backtest has. The
first round over all subjects opens their cases and is not counted.
Knows: the pump. Must not know: the other contenders. Prints JSON: `{"seconds": per event}` or `{"bytes": per promise}`.

    python -m benchmarks.scaling --subjects 100000 --rate 1000
    python -m benchmarks.scaling --standards 300
    python -m benchmarks.scaling --promises 200000
"""

from __future__ import annotations

import argparse
import gc
import json
import time
import tracemalloc
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from benchmarks.events import Workload, lines
from benchmarks.rules import many, no_wait
from streams.ingest.wire import Reader
from streams.runtime.pump import Pump

if TYPE_CHECKING:
    from collections.abc import Iterator

    from standards.judge.events import Event
    from standards.judge.rulebook import Rulebook

BATCH = 1_700
"""About as many events as a backtest reads at once."""
CONCERNED = 3
"""How many of the standards concern one event."""
_OPENING = '"waiting":4'


def seconds_each(rulebook: Rulebook, work: Workload) -> float:
    """Push a workload after a first round over its subjects. Gives the seconds for one event."""
    reader, pump = Reader(rulebook.classes), Pump(rulebook)
    warm = replace(work, events=work.events + work.subjects, rounds=True)
    pushed, spent = 0, 0.0
    gc.disable()  # as the backtest does
    for batch in _batches(reader, lines(warm)):
        begun = time.perf_counter()
        pump.push(batch)
        if pushed >= work.subjects:
            spent += time.perf_counter() - begun
        pushed += len(batch)
    gc.enable()
    return spent / work.events


def _batches(reader: Reader, drawn: Iterator[bytes]) -> Iterator[list[Event]]:
    while block := b"".join(islice(drawn, BATCH)):
        yield reader.lines(block, print)


def bytes_each(promises: int) -> float:
    """Open so many promises, each of its own subject, and give the bytes that one of them holds."""
    rulebook = no_wait(within="24h")
    reader, pump = Reader(rulebook.classes), Pump(rulebook)
    work = Workload(promises, rate=promises // 3_600 or 1, subjects=promises, rounds=True)
    opening = (_all_waiting(line) for line in lines(work))
    opened = 0
    gc.collect()
    tracemalloc.start()
    for batch in _batches(reader, opening):
        opened += len(pump.push(batch).transitions)
        batch.clear()
    opened += len(pump.finish().transitions)
    gc.collect()
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    if opened != promises:
        raise SystemExit(f"{opened} promises were opened where {promises} were expected")
    return held / promises


def _all_waiting(line: bytes) -> bytes:
    """Make any event a report of four waiting."""
    head, _, tail = line.partition(b'"queue":')
    queue = tail.partition(b"}")[0].partition(b",")[0]
    head = head.replace(b"register.opened", b"queue.length")
    return head + b'"queue":' + queue + b"," + _OPENING.encode() + b"}}\n"


def main() -> None:
    """Measure one size and print it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description=main.__doc__)
    parser.add_argument("--events", type=int, default=300_000)
    parser.add_argument("--subjects", type=int, default=1_000)
    parser.add_argument("--rate", type=int, default=50, help="events a second, by their own times")
    parser.add_argument("--standards", type=int, default=1, help="one, or a multiple of three")
    parser.add_argument("--promises", type=int, default=0, help="measure the memory of so many open promises instead")
    asked = parser.parse_args()
    if asked.promises:
        print(json.dumps({"bytes": bytes_each(asked.promises)}))
        return
    kinds = asked.standards // CONCERNED
    work = Workload(asked.events, asked.rate, subjects=asked.subjects, kinds=kinds or 1)
    print(json.dumps({"seconds": seconds_each(many(kinds) if kinds else no_wait(), work)}))


if __name__ == "__main__":
    main()
