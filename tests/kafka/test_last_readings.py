"""How many wait in each line: the workers say it, and the board of serve shows it as that of an embedded host does."""

from __future__ import annotations

from pathlib import Path

import msgspec

from standards.judge.events import Event, iso
from streams.kafka.records.facts import Facts, FactsCodec, Progress
from streams.kafka.records.topics import PROGRESS
from streams.kafka.records.unpacking import Record
from streams.kafka.serve.projection import Projection
from streams.kafka.worker.partition import Partition, Setting
from streams.storage.last_readings import AT_ONCE, LastReadings
from streams.storage.read_model import ReadModel
from streams.storage.readings import Reading
from streams.storage.sqlite import FILE, Database
from tests.history import rulebook
from tests.streams.hosting import NO_WAIT, SECOND, T0

BOOK = rulebook(NO_WAIT)


def length(queue: str, waiting: int, at: int) -> Event:
    data = {"site": "s1", "queue": queue, "waiting": waiting}
    raw = {"type": "queue.length", "id": f"{queue}-{at}", "source": "till", "time": iso(at), "$at": at, "data": data}
    return msgspec.convert(raw, BOOK.classes["queue.length"])


def test_a_worker_says_what_was_read_last(tmp_path: Path) -> None:
    """The last number of each line goes with the progress, once; the read model of serve has it, the newer one wins."""
    partition, codec = Partition(0, BOOK, (), Setting(1)), FactsCodec(BOOK.classes)
    events = [length("q1", 4, T0), length("q1", 7, T0 + 2 * SECOND), length("q2", 1, T0 + SECOND)]
    partition.apply(0, codec.encode(Facts(T0 + 5 * SECOND, events=events)))
    late = T0 + 10 * SECOND
    partition.apply(1, codec.encode(Facts(late, [late - SECOND])))
    said = partition.flush().progress
    found = {(it.name, it.value) for it in said.readings}
    assert found == {("q1", 7), ("q2", 1)}
    assert partition.flush().progress.readings == []
    database = Database(tmp_path / FILE)
    older = Progress(0, [late], readings=[Reading("s1", "q1", "waiting", 2, T0)])
    for offset, each in enumerate((said, older)):
        raw = msgspec.json.encode(each)
        Projection(database).fold([Record(PROGRESS, PROGRESS, 0, offset, late, raw)], late)
    model = ReadModel(tmp_path)
    shown = {(it.name, it.value) for it in model.readings.last("s1", T0 - SECOND)}
    assert shown == {("q1", 7), ("q2", 1)}
    assert model.readings.last("s2", T0 - SECOND) == []
    assert model.readings.last("", late) == []
    model.close()
    database.close()


def test_many_lines_are_said_one_record_after_the_other() -> None:
    """Of more lines than fit into one record the rest comes with the next; none is left out."""
    readings = LastReadings(BOOK, AT_ONCE)
    readings.take([length(f"q{number}", 1, T0) for number in range(AT_ONCE + 5)])
    assert [len(readings.changed()) for _ in range(3)] == [AT_ONCE, 5, 0]
