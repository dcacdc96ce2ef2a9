"""A data folder of the released version, opened by this one: what was owed is judged as it was meant then."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from standards.judge.events import Event, microseconds, moment
from standards.judge.ledger import Line, line
from standards.judge.shapes import Response
from streams.embedded.engine import Engine
from streams.embedded.options import DEFAULTS
from streams.kafka.records.rows import owed
from streams.kafka.worker.journal import Journal
from streams.runtime.pump import Pump
from streams.settings import StandardsFiles
from streams.storage.read_model import ReadModel
from streams.storage.rows import PromiseFilter
from streams.storage.sqlite import FILE
from tests.history import cloud_event, instant
from tests.streams.commands import kept

RELEASED = Path(__file__).resolve().parents[1] / "data" / "released"
CHANGED = "08:03"
"""When the released version was stopped."""
END = "+1d 18:00"
MORE = {"ended", "given_up"}
"""The lines that the released version did not write: what became of a broken promise that nobody kept late."""


class Told(NamedTuple):
    """What a line of the ledger says, in either version."""

    promise: str
    standard: str
    subject: str
    kind: str
    at: int
    due: int
    elapsed: int
    verdict: str | None


def opened_folder(folder: Path) -> Path:
    """Make the released version's data folder of its dump."""
    with sqlite3.connect(folder / FILE) as database:
        database.executescript((RELEASED / "kept.sql").read_text(encoding="utf-8"))
    database.close()
    return folder


def at(text: str) -> int:
    return microseconds(instant(text))


@contextmanager
def going_on(folder: Path) -> Iterator[Engine]:
    """Begin where the released version stopped, under the same standards."""
    engine = Engine(folder, StandardsFiles([str(RELEASED / "standards.yaml")]), DEFAULTS)
    try:
        engine.rebuild(at(CHANGED))
        yield engine
    finally:
        engine.close()


def play(engine: Engine, history: str, until: str) -> None:
    """Let events come, each at its stamp, and time go on."""
    for event in events(engine, history):
        engine.step([], [], event.received)
        engine.step([event], [], event.received)
    engine.step([], [], at(until))


def events(engine: Engine, history: str) -> Iterator[Event]:
    """Make events of a history; what was received later than it happened has its stamp before an arrow."""
    texts = [text.partition("#")[0].strip() for text in history.splitlines()]
    for number, text in enumerate(filter(None, texts)):
        stamp, arrow, rest = text.partition(" <- ")
        made = cloud_event(f"{rest if arrow else text} id=further-{number}", number, engine.rules.loaded.rulebook)
        event = engine.reader.one(json.dumps(made).encode())
        event.received = at(stamp) if arrow else event.at
        yield event


def rows() -> list[tuple[bytes, bytes]]:
    """Give the rows of a table on Kafka that a worker of the released version wrote."""
    return msgspec.msgpack.decode((RELEASED / "rows.bin").read_bytes(), type=list[tuple[bytes, bytes]])


def lines(folder: Path) -> list[Line]:
    read_model = ReadModel(folder)
    try:
        return read_model.lines(limit=1_000_000)
    finally:
        read_model.close()


def told(line: Line) -> Told:
    names = (line.promise, line.standard, line.subject, line.kind)
    return Told(*names, line.at, line.due, line.elapsed, line.verdict)


def told_before() -> list[Told]:
    """Give what the released version told, from the first event to the end."""
    found = (RELEASED / "ledger.jsonl").read_text(encoding="utf-8").splitlines()
    return [Told(**{"due": -1, "elapsed": 0, "verdict": None} | json.loads(line)) for line in found]


def shown(found: list[Line], *kinds: str, standard: str = "no-wait") -> list[str]:
    """Show lines of some kinds, of one standard, after the change."""
    return [
        f"{moment(line.at):%d %H:%M:%S} {line.kind} {line.subject}"
        for line in found
        if line.standard == standard and line.kind in kinds and line.at >= at(CHANGED)
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return opened_folder(tmp_path)


def test_what_was_owed_is_judged_as_the_released_version_would_have(folder: Path) -> None:
    """Of all shapes: what is on the clock, paused, counted or overdue at the change ends as it was promised."""
    with going_on(folder) as engine:
        play(engine, (RELEASED / "further.txt").read_text(encoding="utf-8"), END)
    found = lines(folder)
    assert sorted(told(line) for line in found if line.kind not in MORE) == sorted(told_before())
    assert {line.standard for line in found} == {standard.id for standard in engine.rules.loaded.standards}


def test_the_rows_of_a_worker_are_judged_on_too(folder: Path) -> None:
    """What a worker of the released version left on Kafka holds the same promises, and they end the same."""
    with going_on(folder) as engine:
        book = engine.rules.loaded.rulebook
        pump = Pump(book, position=engine.pump.position())
        pump.adopt(restored.case for restored in Journal(book).read(rows()))
        transitions = []
        for event in events(engine, (RELEASED / "further.txt").read_text(encoding="utf-8")):
            transitions += pump.push([], now=event.received).transitions
            transitions += pump.push([event], now=event.received).transitions
        transitions += pump.push([], now=at(END)).transitions
    found = [told(line(transition)) for transition in transitions]
    before = lines(folder)
    assert owed(rows()) <= set(book.standards)
    assert sorted([*map(told, before), *(each for each in found if each.kind not in MORE)]) == sorted(told_before())


def test_what_broke_before_is_owed_for_a_day(folder: Path) -> None:
    """What the released version only counted is overdue now: its need ends, or it is given up after its 24 hours."""
    with going_on(folder) as engine:
        play(engine, (RELEASED / "further.txt").read_text(encoding="utf-8"), END)
    found = lines(folder)
    assert shown(found, *MORE) == [
        "02 08:05:00 ended s1/q3", "03 07:56:00 given_up s1/q5", "03 07:56:10 given_up s1/q6",
    ]  # fmt: skip
    assert shown(found, *MORE, standard="taken-on") == ["03 09:29:50 given_up t2"]


def test_a_revision_keeps_the_meaning_it_was_written_under(folder: Path) -> None:
    """Standards that say nothing of `again` opened at a rise, or each time by `reopen`; for their promises they do."""
    with going_on(folder) as engine:
        retired = [standard for standard in engine.rules.loaded.rulebook.standards.values() if standard.retired]
        meant = {it.id: it.shape.again for it in retired if isinstance(it.shape, Response)}
        now = {it.id: it.shape.again for it in engine.rules.loaded.standards if isinstance(it.shape, Response)}
    assert meant == {
        "no-wait": "rise", "called-back": "each", "complaint-answered": "rise", "taken-on": "rise",
    }  # fmt: skip
    assert now == {"no-wait": "done", "called-back": "each", "complaint-answered": "judged", "taken-on": "done"}


def test_what_opens_afterwards_is_by_the_meaning_of_now(folder: Path) -> None:
    """A line that is long still opens once nothing is owed; what is owed under the old revision holds it back."""
    history = """
        08:03:20 queue.length site=s1 queue=q3 waiting=7   # overdue since 07:55
        08:03:20 queue.length site=s1 queue=q2 waiting=7   # on the clock since 08:02:30
        08:04:00 queue.length site=s1 queue=q1 waiting=6   # done late at 07:52, and long ever since
        08:05:00 queue.length site=s1 queue=q3 waiting=2
        08:06:00 queue.length site=s1 queue=q3 waiting=6
    """
    with going_on(folder) as engine:
        play(engine, history, "08:06:30")
        current = {standard.revision for standard in engine.rules.loaded.standards}
    found = lines(folder)
    assert shown(found, "opened", "ended") == [
        "02 08:04:00 opened s1/q1", "02 08:05:00 ended s1/q3", "02 08:06:00 opened s1/q3",
    ]  # fmt: skip
    after = [line for line in found if line.at >= at(CHANGED)]
    assert {line.revision in current for line in after if line.kind == "opened"} == {True}
    assert {line.revision in current for line in after if line.kind in ("broken", "ended")} >= {False}


def test_what_was_on_its_way_at_the_change_sets_right_what_it_was_in_time_for(folder: Path) -> None:
    """No event of before the change is judged again; an answer of then that was in time is none that came late."""
    with going_on(folder) as engine:
        play(engine, "08:06 <- 07:55:50 register.opened site=s1 queue=q6", "08:07")
    told = [line for line in lines(folder) if line.subject == "s1/q6" and line.known == at("08:06")]
    assert [(line.kind, line.verdict, line.at) for line in told] == [("corrected", "kept", at("07:55:50"))]


def test_what_is_stored_can_be_looked_up(folder: Path) -> None:
    """The promises of before are listed, and each can be told by `kept why`, from the text it was judged by."""
    with going_on(folder) as engine:
        play(engine, "", "08:03:30")
    read_model = ReadModel(folder)
    rows = {(row.standard, row.subject, row.state) for row in read_model.promises(PromiseFilter()).items}
    read_model.close()
    assert rows >= {("no-wait", "s1/q2", "warned"), ("no-wait", "s1/q1", "late"), ("taken-on", "t2", "paused")}
    (promise,) = {line.promise for line in told_before() if line.subject == "s1/q1"}
    run = kept("why", promise, "--data", str(folder))
    assert run.returncode == 0, run.stderr
    assert "within: 60s" in run.stdout
