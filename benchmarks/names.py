"""What the door costs an intake: events that name nobody, somebody it remembers, and somebody it looks up or has new.

    python -m benchmarks.names

Knows: the door and its file of names, on this disk. Must not know: Kafka, which adds one publishing for all who are new
in a batch. Prints microseconds of the processor for an event.
"""

from __future__ import annotations

import argparse
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from standards.compiler.spec import Source, load
from streams.ingest.wire import Reader
from streams.names.door import Door
from streams.names.name_file import REMEMBERED
from streams.names.names import Names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from standards.judge.events import Event

RULES: Final = Path(__file__).parent / "no-wait.yaml"
BATCH: Final = 1_000
"""How many events are let in at once."""
KNOWN: Final = REMEMBERED // 2


def events(reader: Reader, kind: str, count: int, people: int, first: int = 0) -> Iterator[list[Event]]:
    """Make batches of events; those of contacts name one of so many `people`, from the `first` on."""
    for start in range(0, count, BATCH):
        lines = [
            f'{{"specversion":"1.0","id":"{kind}{number}","source":"s","type":"{kind}","time":"2026-01-09T23:06:40Z",'
            f'"data":{_data(kind, number, first + number % people)}}}'
            for number in range(start, start + BATCH)
        ]
        yield reader.lines("\n".join(lines).encode(), lambda refusal: print(refusal.message))


def _data(kind: str, number: int, person: int) -> str:
    if kind == "queue.length":
        return '{"site":"s1","queue":"q1","waiting":4}'
    return f'{{"contact":"c{number}","agent":"Agent {person % 50}","customer":"Customer {person}"}}'


def measured(door: Door, batches: Iterator[list[Event]], count: int) -> float:
    """Let batches in, and give microseconds of the processor for an event."""
    spent = 0.0
    for batch in batches:
        before = time.process_time()
        door.let_in(batch, [])
        spent += time.process_time() - before
    return spent / count * 1e6


def main() -> None:
    """Measure each kind once, and print it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--events", type=int, default=100_000)
    count = parser.parse_args().events
    rulebook = load([Source("no-wait.yaml", RULES.read_text(encoding="utf-8"))]).rulebook
    reader = Reader(rulebook.classes)
    with TemporaryDirectory() as folder, closing(Names(Path(folder), b"a secret", derived=True)) as names:
        door = Door(rulebook, names)
        contact = "contact.started"
        many = 10 * REMEMBERED
        found = {
            "name nobody": measured(door, events(reader, "queue.length", count, 1), count),
            "name two new ones": measured(door, events(reader, contact, many, many), many),
            "name two, of whom one is looked up": measured(door, events(reader, contact, count, many), count),
        }
        for batch in events(reader, contact, KNOWN, KNOWN):
            door.let_in(batch, [])
        found["name two who are remembered"] = measured(door, events(reader, contact, count, KNOWN), count)
    for name, micros in found.items():
        print(f"events that {name:35} {micros:6.1f} µs")


if __name__ == "__main__":
    main()
