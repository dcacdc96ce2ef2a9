"""What was accepted has its effect: the situations in which promises were once lost without a word, one by one.

A real engine with a real store, and a clock that is data. Beside these: the other directions of a step of the machine's
clock in `test_steady_clock.py`; what opens anew and when in `tests/standards/test_judge_again.py`; what is overdue on
the board in `tests/board/test_overdue.py`. The law over all of it stands in `test_accounted_for.py`.
Read next: `docs/decisions/0027-judging-again.md`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from standards.judge.promise import NEVER
from streams.embedded.engine import Engine
from streams.embedded.options import DEFAULTS, Options
from streams.embedded.steady_clock import SteadyClock
from tests.history import judge, judge_all, rules
from tests.streams.hosting import SECOND, T0, event, shop

if TYPE_CHECKING:
    from pathlib import Path

    from standards.judge.events import Event
    from standards.judge.ledger import Line

ANSWER = "per: contact, when: contact.waiting, expect: contact.answered, within: 60s, unless: contact.abandoned"
CALLS = "per: queue, when: contact.answered, measure: share(waited <= 20), over: 30m, must: '>= 80%'"
MINUTE = 60 * SECOND


class Kept:
    """An engine on a folder, and the ledger that it wrote. Times are microseconds after `T0`."""

    def __init__(self, folder: Path, *, options: Options = DEFAULTS, **standards: str) -> None:
        self.folder = folder
        self.files = shop(folder, rules(**(standards or {"answer": ANSWER})))
        self.options = options
        self.lines: list[Line] = []
        self.number = 0
        self.start(0)

    def start(self, now: int) -> None:
        self.engine = Engine(self.folder, self.files, self.options)
        self.engine.rebuild(T0 + now)

    def restart(self, now: int) -> None:
        self.engine.close()
        self.start(now)

    def made(self, kind: str, at: int, *, received: int = -1, **data: object) -> Event:
        """Make an event that claims a time, and that the host received when it is taken in, or at `received`."""
        self.number += 1
        one = event(self.engine.reader, kind, f"e{self.number}", T0 + at, **data)
        one.received = T0 + received if received >= 0 else 0
        return one

    def take(self, now: int, *events: Event, waiting: int = NEVER) -> None:
        stored = self.engine.step(events, [], T0 + now, waiting=waiting)
        self.lines += [] if stored is None else stored.lines

    def stands(self) -> Counter[str]:
        """Count how the promises stand in the end."""
        return Counter({line.promise: line.state for line in self.lines}.values())


def test_a_fast_clock_and_a_slow_batch_lose_no_promise(tmp_path: Path) -> None:
    """One sender's clock is 2 s fast, another one batches for 0.3 s: each wait opens a promise, and each is kept."""
    kept, waiting, many = Kept(tmp_path), [], 120
    for number in range(many):
        now = number * 7 * SECOND // 10
        answer = kept.made("contact.answered", now + 2 * SECOND, contact=f"c{number - 20}", queue="q1")
        if number >= 20:
            kept.take(now, answer)
        waiting.append(kept.made("contact.waiting", now, contact=f"c{number}", queue="q1"))
        kept.take(now + 3 * SECOND // 10, waiting.pop())
    kept.take(many * 7 * SECOND // 10 + 30 * SECOND)
    assert kept.stands() == {"kept": many - 20, "open": 20}
    assert sum(line.kind == "opened" for line in kept.lines) == many


def test_one_event_from_far_ahead_loses_no_promise(tmp_path: Path) -> None:
    """One event that claims to be from 290 s ahead moves nothing: what comes after it opens and is kept."""
    kept = Kept(tmp_path)
    kept.take(0, kept.made("contact.waiting", 290 * SECOND, contact="fast", queue="q1"))
    for number in range(1, 40):
        kept.take(number * SECOND, kept.made("contact.waiting", number * SECOND, contact=f"c{number}", queue="q1"))
        answer = kept.made("contact.answered", number * SECOND + 1, contact=f"c{number}", queue="q1")
        kept.take(number * SECOND + 1, answer)
    kept.take(300 * SECOND)
    assert kept.stands() == {"kept": 39, "broken": 1}
    assert kept.lines[-1].due == T0 + 60 * SECOND  # it happened when it was received


def test_a_retry_of_three_seconds_is_in_time_where_grace_is_a_minute(tmp_path: Path) -> None:
    """Of two senders one tries an event again for 3 s: nobody is told of a breach, as nothing was late."""
    kept = Kept(tmp_path, options=Options(grace=MINUTE))
    kept.take(0, kept.made("contact.waiting", 0, contact="a", queue="q1"))
    kept.take(59 * SECOND, kept.made("contact.waiting", 59 * SECOND, contact="b", queue="q1"))
    kept.take(62 * SECOND, kept.made("contact.answered", 59 * SECOND, contact="a", queue="q1"))
    kept.take(150 * SECOND)
    assert [line.kind for line in kept.lines if line.subject == "a"] == ["opened", "kept"]


def test_a_store_that_was_locked_makes_nobody_late(tmp_path: Path) -> None:
    """For 3.7 s nothing could be stored, while events came at their time: they are judged by when they came."""
    kept = Kept(tmp_path)
    kept.take(0, kept.made("contact.waiting", 0, contact="a", queue="q1"))
    stuck = [
        kept.made("contact.answered", 58 * SECOND, received=58 * SECOND, contact="a", queue="q1"),
        kept.made("contact.waiting", 59 * SECOND, received=59 * SECOND, contact="b", queue="q1"),
        kept.made("contact.answered", 61 * SECOND, received=61 * SECOND, contact="b", queue="q1"),
    ]
    for place, one in enumerate(stuck):
        kept.take(61 * SECOND + 7 * SECOND // 10, one, waiting=stuck[place + 1].received if place < 2 else NEVER)
    kept.take(200 * SECOND)
    assert sorted((line.subject, line.at - T0, line.kind) for line in kept.lines) == [
        ("a", 0, "opened"), ("a", 58 * SECOND, "kept"), ("b", 59 * SECOND, "opened"), ("b", 61 * SECOND, "kept"),
    ]  # fmt: skip


def test_a_restart_of_fifteen_seconds_loses_nothing(tmp_path: Path) -> None:
    """What happened meanwhile comes 15 s late, and stands in the end as if Kept had been there."""
    kept = Kept(tmp_path)
    kept.take(50 * SECOND, kept.made("contact.waiting", 50 * SECOND, contact="a", queue="q1"))
    kept.take(100 * SECOND)
    kept.restart(115 * SECOND)
    kept.take(115 * SECOND)
    kept.take(115 * SECOND, kept.made("contact.answered", 105 * SECOND, contact="a", queue="q1"))
    kept.take(115 * SECOND, kept.made("contact.waiting", 101 * SECOND, contact="b", queue="q1"))
    kept.take(115 * SECOND, kept.made("contact.answered", 102 * SECOND, contact="b", queue="q1"))
    kept.take(300 * SECOND)
    assert kept.stands() == {"kept": 2}


@pytest.mark.parametrize("ahead", [3600, -600])
def test_a_step_of_the_hosts_clock_loses_no_promise(tmp_path: Path, ahead: int) -> None:
    """An hour forward and back, or ten minutes back: what is owed breaks or is kept at its own time."""
    kept, counted, step = Kept(tmp_path), 0, 0
    clock = SteadyClock(lambda: T0 + counted + step, lambda: counted)
    for second in range(0, 100, 5):
        counted, step = second * SECOND, ahead * SECOND if 20 <= second < 60 else 0
        now = clock.wall() - T0
        kind, contact = {0: ("contact.waiting", "a"), 30: ("contact.waiting", "b"), 55: ("contact.answered", "a")}.get(
            second, ("contact.held", "c")
        )
        kept.take(now, kept.made(kind, now, contact=contact, queue="q1"))
    assert [(line.subject, line.kind, line.at - T0) for line in kept.lines] == [
        ("a", "opened", 0), ("b", "opened", 30 * SECOND), ("a", "kept", 55 * SECOND), ("b", "broken", 90 * SECOND),
    ]  # fmt: skip


def test_mail_that_is_fetched_three_minutes_late_opens(tmp_path: Path) -> None:
    """A message is owed an answer from when it was written, whenever the mailbox was looked into."""
    kept = Kept(tmp_path, reply="per: ticket, when: ticket.opened, expect: ticket.replied, within: 1h")
    kept.take(0)
    kept.take(3 * MINUTE, kept.made("ticket.opened", 0, ticket="t1"))
    (line,) = kept.lines
    assert (line.kind, line.at - T0, line.due - T0, line.known - T0) == ("opened", 0, 60 * MINUTE, 3 * MINUTE)


@pytest.mark.parametrize(("lateness", "kinds"), [("", ["kept", "corrected"]), (", lateness: 10m", ["broken"])])
def test_calls_that_are_recorded_after_their_half_hour_break_the_level(
    tmp_path: Path, lateness: str, kinds: list[str]
) -> None:
    """The slow ones are written down when they end: the level is broken by them, at once or by a correction."""
    kept = Kept(tmp_path, calls=CALLS + lateness)
    start = -T0 % (30 * MINUTE)
    kept.take(start, kept.made("contact.answered", start, contact="a", queue="q1", waited=5))
    kept.take(start + 31 * MINUTE)
    slow = kept.made("contact.answered", start + 20 * MINUTE, contact="b", queue="q1", waited=90)
    kept.take(start + 32 * MINUTE, slow)
    kept.take(start + 50 * MINUTE)
    assert [line.kind for line in kept.lines if line.kind not in ("opened", "warned")] == kinds
    assert kept.stands() == {"broken": 1}


@pytest.mark.parametrize(
    ("standard", "history", "opened"),
    [
        (
            "per: contact, when: {event: survey.answered, where: score <= 2}, expect: callback.made, within: 1h",
            "08:00 survey.answered score=1\n08:30 callback.made\n09:00 survey.answered score=2",
            2,
        ),
        (
            "per: ticket, when: ticket.reopened, expect: ticket.replied, within: 1h",
            "08:00 ticket.reopened ticket=t\n08:30 ticket.replied ticket=t\n09:00 ticket.reopened ticket=t",
            2,
        ),
        (
            "per: queue, when: {event: queue.length, where: waiting > 8}, expect: register.opened, within: 2m",
            "08:00 queue.length waiting=30\n08:01 register.opened\n08:01:15 queue.length waiting=30",
            2,
        ),
        (
            "per: queue, when: {event: queue.length, where: waiting > 8}, expect: register.opened, within: 2m",
            "08:00 queue.length waiting=9\n08:01 register.opened\n11:00 queue.length waiting=9",
            2,
        ),
    ],
    ids=["a second bad survey", "a second reopening", "thirty still wait", "after a gap of the sensor"],
)
def test_what_happens_again_is_owed_again(standard: str, history: str, opened: int) -> None:
    """Not only the first time, and not only when it was otherwise in between."""
    assert sum("opened" in line for line in judge(rules(again=standard), history)) == opened


def test_one_caller_who_is_put_back_three_times_is_one_promise() -> None:
    """The mirror of it: what is owed already is not owed twice, and the promise says what has joined it."""
    history = "\n".join(f"08:00:{second} contact.waiting" for second in ("00", "10", "20", "30"))
    (opened,) = judge_all(rules(answer=ANSWER), history).transitions
    assert (opened.kind, opened.promise.joined) == ("opened", 3)


def test_a_till_that_is_broken_and_seven_who_still_wait_are_overdue(tmp_path: Path) -> None:
    """Nobody could open a register, and the line is as long as before: it stands as broken and owed, not as over."""
    line = "per: queue, when: {event: queue.length, where: waiting > 3}, expect: register.opened, within: 60s"
    kept = Kept(tmp_path, line=line)
    for minute in range(20):
        kept.take(minute * MINUTE, kept.made("queue.length", minute * MINUTE, site="s3", queue="q1", waiting=7))
    kept.take(20 * MINUTE)
    assert [line.kind for line in kept.lines] == ["opened", "broken"]
    (case,) = kept.engine.pump.cases()
    assert [len(state.overdue) for state in case.states.values()] == [1]


def test_what_is_done_after_more_than_a_day_is_counted_as_done_late() -> None:
    """A promise that was broken is owed for a week: done after thirty hours, the ledger says so."""
    lines = judge(rules(answer=ANSWER), "08:00 contact.waiting\n+1d 14:00 contact.answered")
    assert [line.split()[-2] for line in lines] == ["opened", "broken", "fulfilled_late"]
