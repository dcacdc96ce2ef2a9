"""Isolation: a defect costs the event that shows it, and nothing else."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from standards.compiler.spec import Loaded
from standards.judge.case import Case, StandardState
from standards.judge.context import JudgeContext
from standards.judge.events import Event, moment
from standards.judge.shapes.machine import Machine
from standards.judge.shapes.responding.response_machine import ResponseMachine
from streams.ingest.wire import Reader
from streams.settings import StandardsFiles
from streams.storage.rows import PromiseFilter
from streams.storage.status import Committed
from tests.streams.hosting import SECOND, T0, Clock, hosting, queue, shop, until

pytestmark = pytest.mark.timeout(60)


class Alien(msgspec.Struct):
    """Data of another class than the vocabulary's: it has no `site`."""

    queue: str = "q1"


class Huge(msgspec.Struct):
    """Data with a number that no store takes."""

    site: str = "s3"
    queue: str = "q1"
    waiting: int = 2**70


def built(reader: Reader, name: str, data: msgspec.Struct, at: int = T0) -> Event:
    """Make a `queue.length` that no reader would have let in."""
    cls: Any = reader.classes["queue.length"]
    made: Event = cls(id=name, source="till", time=moment(at), at=at, data=data)
    return made


class Defective(StandardsFiles):
    """Standards whose judge has a defect: before each event of theirs is judged, `trap` may raise."""

    def __init__(self, folder: Path, trap: Callable[[Case[Event], Event, JudgeContext[Event]], None]) -> None:
        super().__init__(shop(folder).paths)
        self.trap = trap

    def load(self, retired: Sequence[str]) -> Loaded:
        loaded = super().load(retired)
        for group in loaded.rulebook.groups.values():
            group.reactions = {cls: (self.trap, *machines) for cls, machines in group.reactions.items()}
        return loaded


def unforeseen(_case: Case[Event], event: Event, _docket: JudgeContext[Event]) -> None:
    if event.id.startswith("bad"):
        raise ZeroDivisionError(f"nobody foresaw {event.id}")


class Stuck(ResponseMachine):
    """A machine whose timer raises for one subject."""

    def on_timer(self, state: StandardState[Event], at: int, context: JudgeContext[Event]) -> None:
        if context.case.key == ("s3", "stuck"):
            raise OverflowError("this timer has run down")
        super().on_timer(state, at, context)


class Overdue(StandardsFiles):
    """Standards whose judge has a defect in its timers."""

    def load(self, retired: Sequence[str]) -> Loaded:
        loaded = super().load(retired)
        for group in loaded.rulebook.groups.values():
            group.by_revision = {revision: _stuck(machine) for revision, machine in group.by_revision.items()}
        return loaded


def _stuck(machine: Machine) -> Machine:
    return Stuck(machine.standard, machine.shape, machine.siblings) if isinstance(machine, ResponseMachine) else machine


async def test_an_event_that_cannot_be_judged_is_a_dead_letter_and_the_rest_is_kept(tmp_path: Path) -> None:
    """One event that shows a defect is put aside with what was raised; all others of that moment are judged."""
    commits: list[Committed] = []
    clock = Clock()
    async with hosting(tmp_path, clock) as host:
        host.listen(commits.append)
        alien = built(host.reader, "alien", Alien())
        batch = [queue(host.reader, "a", T0, waiting=5), alien, queue(host.reader, "b", T0, waiting=6, where="q2")]
        other = [queue(host.reader, "c", T0, waiting=7, where="q3")]
        await asyncio.gather(host.submit(batch), host.submit(other))
        (letter,) = host.read_model.dead_letters()
        assert letter.reason == "defect"
        assert letter.message.startswith("AttributeError: ")
        assert b'"alien"' in letter.raw
        clock.go(3)
        await until(lambda: len(host.read_model.lines()) == 3)
        assert {line.subject for line in host.read_model.lines()} == {"s3/q1", "s3/q2", "s3/q3"}
        assert host.now_status().ready
        assert sum(commit.refused.get("defect", 0) for commit in commits) == 1


async def test_an_event_that_cannot_be_stored_is_found_by_halving(tmp_path: Path) -> None:
    """What breaks only where a whole batch is written is found too, however large the batch."""
    clock = Clock(T0 + 19)
    async with hosting(tmp_path, clock) as host:
        batch = [queue(host.reader, f"e{n}", T0 + n, waiting=n % 4, where=f"q{n}") for n in range(20)]
        batch.insert(13, built(host.reader, "huge", Huge(), T0 + 13))
        await host.submit(batch)
        (letter,) = host.read_model.dead_letters()
        assert (letter.reason, letter.message[:14]) == ("defect", "OverflowError:")
        assert b"huge" in letter.raw
        assert host.now_status().newest == T0 + 19


async def test_an_event_that_lies_in_wait_is_taken_out_of_its_case(tmp_path: Path) -> None:
    """An event that is durable already, and raises only when time reaches it, does not stop what came after it."""
    clock = Clock(T0 + 1)
    async with hosting(tmp_path, clock, standards=Defective(tmp_path, unforeseen)) as host:
        await host.submit([queue(host.reader, "bad-1", T0, waiting=5), queue(host.reader, "a", T0 + 1, waiting=5)])
        assert host.read_model.dead_letters() == []
        clock.go(5)
        await until(lambda: len(host.read_model.lines()) == 1)
        (letter,) = host.read_model.dead_letters()
        assert letter.message == "ZeroDivisionError: nobody foresaw bad-1"
        assert host.read_model.lines()[0].opened == T0 + 1
    async with hosting(tmp_path, clock) as host:  # the case is the mended one after a start, too
        clock.go(70)
        await until(lambda: len(host.read_model.lines()) == 3)
        assert len(host.read_model.promises(PromiseFilter()).items) == 1


def unforeseen_again(case: Case[Event], event: Event, _docket: JudgeContext[Event]) -> None:
    if event.id == "bad" and case.time < 0:
        raise ZeroDivisionError("nobody foresaw that bad is judged again")


@pytest.mark.parametrize("others", [0, 12])
async def test_an_event_that_cannot_be_judged_again_is_taken_out_of_its_case(tmp_path: Path, others: int) -> None:
    """Judged once, it raises when a late event comes before it: it is named, and the case goes on without it."""
    clock = Clock()
    async with hosting(tmp_path, clock, standards=Defective(tmp_path, unforeseen_again)) as host:
        for name, waiting in [("a", 2), ("bad", 5), *((f"o{number}", 5) for number in range(others))]:
            clock.go(1)
            await host.submit([queue(host.reader, name, clock.at, waiting=waiting)])
        clock.go(10)
        await host.submit([])
        assert [line.kind for line in host.read_model.lines()] == ["opened"]
        await host.submit(
            [queue(host.reader, "late", T0 + SECOND + 1, waiting=4), queue(host.reader, "b", T0, waiting=9, where="q2")]
        )
        (letter,) = host.read_model.dead_letters()
        assert letter.message == "ZeroDivisionError: nobody foresaw that bad is judged again"
        assert msgspec.json.decode(letter.raw)["id"] == "bad"
        lines = host.read_model.lines()
        assert {(line.kind, line.subject, line.opened) for line in lines} >= {
            ("withdrawn", "s3/q1", T0 + 2 * SECOND), ("opened", "s3/q1", T0 + SECOND + 1), ("opened", "s3/q2", T0),
        }  # fmt: skip
    async with hosting(tmp_path, clock) as host:  # without it after a start, too
        clock.go(5)
        await host.submit([queue(host.reader, "later", T0 + SECOND + 2, waiting=4)])
        assert len(host.read_model.dead_letters()) == 1


async def test_an_innocent_event_is_not_blamed_for_one_that_lies_in_wait(tmp_path: Path) -> None:
    """The event that makes time reach a bad one is kept; the bad one is put aside."""
    clock = Clock()
    async with hosting(tmp_path, clock, standards=Defective(tmp_path, unforeseen)) as host:
        await host.submit([queue(host.reader, "bad-1", T0, waiting=5)])
        clock.at = T0 + 1 * SECOND
        await host.submit([queue(host.reader, "bad-2", T0 + 1 * SECOND, waiting=5, where="q2")])
        clock.at = T0 + 19 * SECOND
        await host.submit([queue(host.reader, "a", T0 + 19 * SECOND, waiting=5)])
        names = [msgspec.json.decode(letter.raw)["id"] for letter in host.read_model.dead_letters()]
        assert names == ["bad-1", "bad-2"]
        assert host.now_status().newest == T0 + 19 * SECOND


async def test_a_case_that_cannot_be_judged_at_all_is_set_aside(tmp_path: Path) -> None:
    """Where no event is at fault but a timer, that one subject is put aside, and time goes on for all others."""
    clock = Clock()
    async with hosting(tmp_path, clock, standards=Overdue(shop(tmp_path).paths)) as host:
        await host.submit([queue(host.reader, "a", T0, waiting=5, where="stuck")])
        await host.submit([queue(host.reader, "b", T0, waiting=5)])
        clock.go(70)
        await until(lambda: {line.subject for line in host.read_model.lines() if line.kind == "broken"} == {"s3/q1"})
        (letter,) = host.read_model.dead_letters()
        assert "OverflowError: this timer has run down; the case of" in letter.message
        assert b"stuck" in letter.raw
        assert host.now_status().ready
