"""What a backlog costs a worker: reading, judging, lines and rows of one partition of `facts`, without Kafka.

The records are those of an intake, with a tick for each half second of the events, and lie there when the worker comes;
it flushes as often as `kept worker` does while more are waiting. None comes late.

    python -m benchmarks.kafka.backlog --beside PATH    # in turns with another checkout, of whatever version

Knows: a partition, of this version and of the first. Must not know: brokers. Prints microseconds of the processor for
an event, and how many times as much it is as beside it.
"""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from random import Random
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

RULES: Final = Path(__file__).parent.parent / "no-wait.yaml"
START: Final = datetime(2026, 3, 2, 8, tzinfo=UTC)
TICK: Final = timedelta(milliseconds=500)
UNDER_WAY: Final = 3_000
"""How long after an event happened it was received, in microseconds."""
A_RECORD: Final = 750
A_FLUSH: Final = 100
"""How many events there are in a record, and how many records in a flush."""
SELDOM: Final = 200_000
"""How many new objects the collector of cycles waits for, as in a worker."""


class Version:
    """The parts of the version that is measured, wherever it has them."""

    def __init__(self) -> None:
        text = RULES.read_text(encoding="utf-8")
        try:
            self.facts: Any = import_module("streams.kafka.records.facts")
            self.partition: Any = import_module("streams.kafka.worker.partition")
            self.spec: Any = import_module("standards.compiler.spec")
        except ImportError:  # the first version
            self.facts = import_module("streams.kafka.facts")
            self.partition = import_module("streams.kafka.partition")
            self.spec = import_module("standards.spec")
            text = text.replace("    again: rise\n", "")  # it knew nothing else
        self.stamped = hasattr(self.partition.Partition, "go_on_from")
        self.rulebook: Any = self.spec.load([self.spec.Source("no-wait.yaml", text)]).rulebook

    def event(self, kind: str, name: str, at: datetime, **fields: object) -> object:
        """Make an event, as an intake has it."""
        made = self.rulebook.classes[kind]
        data = next(field.type for field in msgspec.structs.fields(made) if field.name == "data")
        micros = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
        stamp = {"received": micros + UNDER_WAY} if "received" in made.__struct_fields__ else {}
        return made(id=name, source="till", time=at, data=data(**fields), at=micros, **stamp)


def drawn(version: Version, asked: argparse.Namespace) -> Iterator[object]:
    """Draw events: one of twenty opens a register, the others report how many wait."""
    draw = Random(3)
    for number in range(asked.events):
        at = START + timedelta(seconds=1) * number / asked.rate
        queue = draw.randrange(asked.subjects)
        place = {"site": f"s{queue % 50}", "queue": f"q{queue // 50}"}
        if draw.random() < 0.05:
            yield version.event("register.opened", f"e{number}", at, **place)
        else:
            waiting = draw.choice([0, 1, 2, 3, 4, 5, 1, 1, 2])
            yield version.event("queue.length", f"e{number}", at, **place, waiting=waiting)


def records(version: Version, asked: argparse.Namespace) -> list[bytes]:
    """Give the records of the partition: events, and ticks between them."""
    codec, made = version.facts.FactsCodec(version.rulebook.classes), version.facts.Facts
    found, batch, told = [], list[Any](), 0
    half = TICK // timedelta(microseconds=1)

    def write(at: int) -> None:
        found.append(codec.encode(made(wall=at, origin=0, origins=1, newest=at, events=batch)))
        batch.clear()

    for event in drawn(version, asked):
        batch.append(event)
        at: int = batch[-1].at
        if len(batch) >= A_RECORD or at - batch[0].at >= half // 2:
            write(at)
        if at >= told:
            told = at + half
            found.append(codec.encode(made(wall=at - half // 10, lows=[at - half // 10 - 2_000_000])))
    write(at)
    return [*found, codec.encode(made(wall=at + 5_000_000, lows=[at + 3_000_000]))]


def one(asked: argparse.Namespace) -> tuple[float, int, int]:
    """Judge the backlog; gives microseconds of the processor and bytes of rows for an event, and how many lines."""
    gc.set_threshold(SELDOM)
    version = Version()
    backlog = records(version, asked)
    partition = version.partition.Partition(0, version.rulebook, [], version.partition.Setting(partitions=1))
    gc.collect()
    gc.freeze()
    size = lines = 0
    begun = time.process_time()
    for offset, raw in enumerate(backlog):
        partition.apply(offset, raw, *((0,) if version.stamped else ()))
        if offset % A_FLUSH == 0 or offset == len(backlog) - 1:
            flush = partition.flush()
            size += sum(len(name) + len(row or b"") for name, row in flush.writes)
            lines += len(flush.lines)
    return (time.process_time() - begun) / asked.events * 1e6, size // asked.events, lines


def elsewhere(checkout: Path, arguments: list[str]) -> list[float]:
    """Have it measured in a checkout, by a process of its own."""
    python = checkout / ".venv/bin/python"
    command = [str(python if python.exists() else sys.executable), str(Path(__file__).resolve()), *arguments, "--one"]
    environment = os.environ | {"PYTHONPATH": str(checkout)}
    done = subprocess.run(command, cwd=checkout, env=environment, check=True, capture_output=True, text=True)
    return [float(part) for part in done.stdout.split()]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure this checkout, and another one in turns with it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kafka.backlog", description=main.__doc__)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--subjects", type=int, default=1_000)
    parser.add_argument("--rate", type=int, default=3_000, help="events a second, by their own times")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--beside", type=Path, help="another checkout")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.one:
        print(*one(asked))
        return
    sizes = [f"--events={asked.events}", f"--subjects={asked.subjects}", f"--rate={asked.rate}"]
    here, ratios = Path(__file__).resolve().parent.parent.parent, []
    for _ in range(asked.turns):
        before = elsewhere(asked.beside.resolve(), sizes) if asked.beside else None
        spent, size, lines = elsewhere(here, sizes)
        print(f"{spent:.2f} µs and {size:.0f} bytes of rows an event, {lines:.0f} lines", end="")
        if before:
            ratios.append(spent / before[0])
            print(
                f"; beside it {before[0]:.2f} µs, {before[1]:.0f} bytes, {before[2]:.0f} lines: {ratios[-1]:.2f} x",
                end="",
            )
        print(flush=True)
    if ratios:
        print(f"median {median(ratios):.2f} x, from {min(ratios):.2f} to {max(ratios):.2f}")


if __name__ == "__main__":
    main()
