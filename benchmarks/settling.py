"""What it costs an embedded host that late events can take their place: time, memory and disk, with it and without.

The same events, each received when it happened, go through two engines in turn, batch by batch: one that keeps what
came within `settle`, and one that keeps nothing. No HTTP and no waiting: the clock is the events'.
Knows: the engine. Must not know: the other contenders. Prints JSON: `time` is how many times as long an event takes;
`memory` and `disk` are bytes more for each event that came within `settle`, `subject` bytes of memory for each subject.

    python -m benchmarks.settling --mix dense
"""

from __future__ import annotations

import argparse
import gc
import json
import tempfile
import time
import tracemalloc
from copy import copy
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.events import MIXES, Workload, lines
from benchmarks.rules import NO_WAIT
from streams.embedded.engine import Engine
from streams.embedded.options import Options
from streams.runtime.pump import SETTLE
from streams.settings import StandardsFiles
from streams.storage.sqlite import FILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from standards.judge.events import Event

SECOND = 1_000_000
TOGETHER = 2 * SECOND
"""How much of time one batch has, in microseconds."""


class Measured:
    """An engine in a folder of its own, and what it took. `settle` is in microseconds."""

    def __init__(self, folder: Path, settle: int) -> None:
        folder.mkdir()
        self.file = folder / FILE
        self.seconds = 0.0
        self.engine = Engine(folder, StandardsFiles((str(NO_WAIT),)), Options(settle=settle))
        self.engine.rebuild(0)

    def step(self, events: Sequence[Event], wall: int) -> None:
        """Judge and store a batch, and note the time of this process that it took."""
        begun = time.process_time()
        self.engine.step(events, (), wall)
        self.seconds += time.process_time() - begun

    def stored(self) -> int:
        """Close the store, and say how many bytes it takes."""
        self.engine.database.close()
        return self.file.stat().st_size


def batches(engine: Engine, drawn: Iterable[bytes]) -> Iterable[tuple[int, list[Event]]]:
    """Give each batch with the instant at which it is over; each event was received when it happened."""
    events = (engine.reader.one(line) for line in drawn)
    for turn, together in groupby(events, key=lambda event: event.at // TOGETHER):
        found = list(together)
        for event in found:
            event.received = event.at
        yield (turn + 1) * TOGETHER, found


def times(work: Workload, folder: Path) -> dict[str, float]:
    """Push a workload through both engines in turn, batch by batch."""
    kept, bare = Measured(folder / "kept", SETTLE), Measured(folder / "bare", 0)
    for wall, events in batches(kept.engine, lines(work)):
        for each in (kept, bare):
            each.step([copy(event) for event in events], wall)
    within = work.rate * SETTLE // SECOND
    return {"time": kept.seconds / bare.seconds, "disk": (kept.stored() - bare.stored()) / within}


def sizes(work: Workload, folder: Path) -> dict[str, float]:
    """Push a workload through one engine after the other, and compare the memory that they have in the end."""
    found = []
    for name, settle in (("kept", SETTLE), ("bare", 0)):
        tracemalloc.start()
        one = Measured(folder / name, settle)
        for wall, events in batches(one.engine, lines(work)):
            one.step(events, wall)
        gc.collect()
        found.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        one.engine.close()
    more = found[0] - found[1]
    return {"memory": more / (work.rate * SETTLE // SECOND), "subject": more / work.subjects}


def main() -> None:
    """Measure one mix and print it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.settling", description=main.__doc__)
    parser.add_argument("--mix", choices=sorted(MIXES), default="dense")
    parser.add_argument("--seconds", type=int, default=1_800, help="of the events' time; at least twice ten minutes")
    asked = parser.parse_args()
    work = replace(MIXES[asked.mix], events=MIXES[asked.mix].rate * asked.seconds)
    found: dict[str, float] = {}
    for measured in (times, sizes):
        with tempfile.TemporaryDirectory() as folder:
            found |= measured(work, Path(folder))
    print(json.dumps({name: round(value, 3) for name, value in found.items()}))


if __name__ == "__main__":
    main()
