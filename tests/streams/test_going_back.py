"""When time goes back, nothing keeps a subject in the false future: no defect, no full disk, nothing remembered of it.

Read next: `test_stepped_clock.py`, `docs/decisions/0027-judging-again.md`.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from standards.compiler.spec import Loaded
from standards.judge.case import Case
from standards.judge.context import JudgeContext
from standards.judge.events import Event
from standards.judge.ledger import Line
from streams.embedded.engine import Engine
from streams.embedded.options import DEFAULTS
from streams.embedded.running import channels_on
from streams.settings import StandardsFiles, read_settings
from streams.storage.rows import PromiseFilter
from streams.storage.sqlite import FILE
from tests.alerts.receiver import receiving
from tests.alerts.samples import WARNED
from tests.history import rules
from tests.streams.hosting import SECOND, T0, event, queue, shop, until
from tests.streams.stepping import Machine, step, stepping

HOUR = 3_600 * SECOND


class Unjudgeable(StandardsFiles):
    """Standards whose judge has a defect: what happened to one subject cannot be judged a second time."""

    def load(self, retired: Sequence[str]) -> Loaded:
        loaded, judged = super().load(retired), set[str]()

        def once(case: Case[Event], event: Event, _context: JudgeContext[Event]) -> None:
            if case.key == ("s3", "stuck") and event.id in judged:
                raise ZeroDivisionError("nobody foresaw that")
            judged.add(event.id)

        for group in loaded.rulebook.groups.values():
            group.reactions = {cls: (once, *reactions) for cls, reactions in group.reactions.items()}
        return loaded


async def test_one_case_that_cannot_be_taken_back_keeps_no_other_in_a_false_future(tmp_path: Path) -> None:
    """Time goes back for all others, and a dead letter says of the one what could not be judged."""
    machine = Machine()
    host = stepping(tmp_path, machine, standards=Unjudgeable(shop(tmp_path).paths))
    async with host:
        at = machine.system()
        waiting = [queue(host.reader, where, at, waiting=9, where=where) for where in ("stuck", "q1")]
        await host.submit(waiting)
        machine.counted += 5 * SECOND
        machine.ahead += HOUR
        step(host)
        await until(lambda: len(host.read_model.promises(PromiseFilter(verdict="broken")).items) == 2)
        machine.ahead -= HOUR
        step(host)
        await until(lambda: "s3/q1" in {it.subject for it in host.read_model.promises(PromiseFilter(open=True)).items})
        (letter,) = host.read_model.dead_letters()
        assert letter.message == "ZeroDivisionError: nobody foresaw that"


async def test_what_is_corrected_when_time_goes_back_outlasts_a_store_that_fails(tmp_path: Path) -> None:
    """Neither what was judged again, nor what is to be read back after that, can be stored: it is judged once more."""
    machine = Machine()
    host = stepping(tmp_path, machine)
    async with host:
        await host.submit([queue(host.reader, "a", machine.system(), waiting=9)])
        machine.counted += 5 * SECOND
        machine.ahead += HOUR
        step(host)
        await until(lambda: host.read_model.promises(PromiseFilter(verdict="broken")).items != [])
        with sqlite3.connect(tmp_path / "data" / FILE) as other:
            for table in ("ledger", "revisions"):
                other.execute(
                    f"CREATE TRIGGER jam_{table} BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'jam'); END"
                )
        machine.ahead -= HOUR
        step(host)
        await until(lambda: "jam" in host.now_status().reason)
        with sqlite3.connect(tmp_path / "data" / FILE) as other:
            for table in ("ledger", "revisions"):
                other.execute(f"DROP TRIGGER jam_{table}")
        await until(lambda: host.read_model.promises(PromiseFilter(open=True)).items != [])
        assert [line.kind for line in host.read_model.lines()] == ["opened", "warned", "broken", "corrected"]


async def test_what_a_false_future_said_of_senders_clocks_is_forgotten(tmp_path: Path) -> None:
    """A sender that was right is not shown a year behind, once the host's clock has gone back."""
    machine = Machine()
    host = stepping(tmp_path, machine)
    async with host:
        at = machine.system()
        machine.counted += 5 * SECOND
        machine.ahead += 365 * 24 * HOUR
        step(host)
        await host.submit([queue(host.reader, "a", at, waiting=1)])
        machine.ahead -= 365 * 24 * HOUR
        step(host)
        await until(lambda: host.now_status().low == machine.system() - 2 * SECOND)
        await host.submit([queue(host.reader, "b", machine.system(), waiting=1)])
        (found,) = host.read_model.board.sources(machine.system() - HOUR)
        assert (found.behind, found.since <= machine.system()) == (0, True)


@pytest.mark.parametrize(("days", "verdict"), [(1, "broken"), (20, "lost")])
def test_what_rests_on_a_feed_is_unknown_once_that_is_forgotten(tmp_path: Path, days: int, verdict: str) -> None:
    """Heard a minute before, a feed was not silent; where that was forgotten in a false future, nobody can know."""
    feeds = "feeds: {phones: {events: [contact.answered, contact.closed], silent_after: 10m}}"
    answer = "per: contact, when: contact.waiting, expect: contact.answered, within: 60s, owed_for: 52w"
    engine = Engine(tmp_path, shop(tmp_path, rules(feeds, answer=answer)), DEFAULTS)
    engine.rebuild(T0)
    lines: list[Line] = []

    def take(at: int, kind: str = "", contact: str = "") -> None:
        made = [event(engine.reader, kind, f"{kind}{at}", T0 + at, contact=contact, queue="q1")] if kind else []
        stored = engine.step(made, [], T0 + at)
        lines.extend(stored.lines if stored else ())

    take(0, "contact.closed", "z")
    take(SECOND, "contact.waiting", "a")
    take(days * 24 * HOUR)
    lines.extend(engine.go_back(T0 + 10 * SECOND).lines)
    take(90 * SECOND)
    take(100 * SECOND, "contact.closed", "z")
    take(101 * SECOND, "contact.waiting", "b")
    take(190 * SECOND)
    engine.close()
    assert [line.kind for line in lines if line.subject == "a"] == ["opened", "broken", "corrected", verdict]
    assert [line.kind for line in lines if line.subject == "b"] == ["opened", "broken"]


async def test_channels_tell_the_time_that_the_host_goes_over_to() -> None:
    """What is sent bears the host's time: a receiver that checks it takes it, also when the clock was set right."""
    machine = Machine()
    clock = machine.clock()
    machine.ahead -= HOUR
    clock.wall()
    clock.accept()
    async with receiving() as receiver:
        settings = read_settings(webhook_url=receiver.url, webhook_private=True)
        (hook,) = channels_on(settings, clock)
        await hook.deliver(WARNED)
        await hook.close()
        assert receiver.headers[0]["webhook-timestamp"] == str(machine.system() // SECOND)
