"""Measures Kept on Kafka beside others, in one run, and prints one table of ratios: `make bench-kafka`.

Knows: who takes part and what is to be reached. Read next: `measuring.py` for a turn, `records.py` for the records.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from benchmarks.contest import FailedError, MismatchError, say
from benchmarks.kafka.broker import SETTINGS
from benchmarks.kafka.contenders import BYTEWAX, FAUST, KEPT, QUIX, WORKER
from benchmarks.kafka.measuring import Place, Turn, end_to_end, from_line_to_line, spent
from benchmarks.kafka.records import FACTS, batched, single
from benchmarks.table import Row, machine, rendered, replaced
from tests.kafka.broker import Broker, BrokerError

if TYPE_CHECKING:
    from collections.abc import Iterator

MARKS: Final = ("<!-- measured on Kafka: begin -->", "<!-- measured on Kafka: end -->")
GOALS: Final = {QUIX.name: "2.5 x", BYTEWAX.name: "1.5 x", FAUST.name: "50 x"}
HEAP: Final = "1g"


def whole_chain(place: Place, events: int, turns: int, only: str) -> Iterator[Row]:
    """Measure everybody end to end, in turns."""
    entered = [KEPT, QUIX, *([BYTEWAX] if find_spec("bytewax") else [])]
    entered = [each for each in entered if only in each.name]
    taken: dict[str, list[Turn]] = {each.name: [] for each in entered}
    work = single(events)
    say(f"end to end, {events:,} records: {work.counts}")
    gc.freeze()
    for _ in range(turns):
        for contender in entered:
            taken[contender.name].append(end_to_end(place, contender, work))
    yield from _set_against(f"`events` to `ledger`, {events:,} records of one event", taken)
    if not find_spec("bytewax"):
        yield Row("`events` to `ledger`", BYTEWAX.name, "cannot be run on this Python", "-", GOALS[BYTEWAX.name])


def judging(place: Place, events: int, fewer: int, turns: int) -> Iterator[Row]:
    """Measure one worker over batched facts, and an agent over single events."""
    facts, singles = batched(events), single(fewer)
    say(f"one worker, {events:,} facts, about {FACTS} a record, and one agent, {fewer:,} events")
    taken: dict[str, list[Turn]] = {WORKER.name: [], FAUST.name: []}
    for _ in range(turns):
        taken[WORKER.name].append(from_line_to_line(place, WORKER, facts, source="facts"))
        taken[FAUST.name].append(from_line_to_line(place, FAUST, singles, source="events"))
    yield from _set_against(f"judge: {events:,} facts in batches, {fewer:,} single events", taken)


def _set_against(title: str, taken: dict[str, list[Turn]]) -> Iterator[Row]:
    """Set the first against each of the others."""
    rates = {name: median(turn.rate for turn in turns) for name, turns in taken.items()}
    first = next(iter(rates.values()))
    for name, turns in taken.items():
        own, broker = median(turn.own for turn in turns), median(turn.broker for turn in turns)
        ratio = first / rates[name]
        shown = "1" if name == next(iter(rates)) else f"{ratio:.0f} x" if ratio > 10 else f"{ratio:.2f} x"
        yield Row(
            title,
            f"{name} ({spent(Turn(rates[name], own, broker))})",
            f"{rates[name]:,.0f}/s",
            shown,
            GOALS.get(name, "-"),
        )


def main() -> None:
    """Measure everything and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kafka", description=main.__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--agent-events", type=int, default=50_000, help="how many the Faust agent gets")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="small sizes and one turn, to see that everything works")
    parser.add_argument("--only", default="", help="end to end, only who has this in the name")
    parser.add_argument("--part", choices=("chain", "judge"), help="one of the two measurements")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the table between the marks of this document")
    asked = parser.parse_args()
    if asked.quick:
        asked.events, asked.agent_events, asked.turns = 50_000, 5_000, 1
    about = machine()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="kept-bench-") as name:
        try:
            with Broker(Path(name) / "broker", more=SETTINGS, heap=HEAP, lasting=True) as broker:
                place = Place(broker, Path(name))
                if asked.part != "judge":
                    rows += whole_chain(place, asked.events, asked.turns, asked.only)
                if asked.part != "chain":
                    rows += judging(place, asked.events, asked.agent_events, asked.turns)
        except (MismatchError, FailedError, BrokerError) as error:
            sys.exit(f"benchmarks: {error}")
    measured = f"{about}\n{rendered(rows)}"
    print(measured)
    say(f"load at the end {os.getloadavg()[0]:.1f}")
    if asked.write is not None:
        document = asked.write.read_text(encoding="utf-8")
        asked.write.write_text(replaced(document, measured, marks=MARKS), encoding="utf-8")


if __name__ == "__main__":
    main()
