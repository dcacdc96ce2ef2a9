"""States that a subject is in outlast a restart, and a restart changes nothing of what they lead to."""

import json

import pytest

from standards.judge.events import microseconds
from streams.ingest.wire import Reader
from streams.runtime.pump import SETTLE, Pump
from streams.storage.cases.case_store import Snapshots
from tests.history import cloud_event, instant, rulebook, rules, told

OPENED = "per: ticket, when: ticket.opened, expect: ticket.completed"
OWN = "events: {ticket.escalated: {ticket: text}, ticket.moved: {priority: text?}}"
TWO = rules(
    OWN,
    a=f"{OPENED}, within: 1m, pause: {{when: ticket.waiting, until: ticket.resumed}}",
    b="per: ticket, when: ticket.moved, expect: ticket.merged, within: 1h, "
    "pause: {when: ticket.escalated, until: ticket.closed}",
)
CHOSEN = rules(
    OWN,
    it=f"{OPENED}, within: {{by: priority, urgent: 1h, else: 8h}}, follow: ticket.moved, "
    "while: {when: {event: ticket.moved, where: team == 'support'}, until: ticket.moved}",
)


def live(text: str, history: str, restart: int, changed: str = "") -> list[str]:
    """Judge a history as a live host does that starts anew before one of its lines, counted from 0; -1: never.

    A restart with the same standards moves no case.

    It starts with the standards that are `changed`, where they are.
    """
    book = rulebook(text)
    pump, lines = Pump(book, settle=SETTLE), []
    for number, raw in enumerate(filter(None, map(str.strip, history.splitlines()))):
        stamp, arrow, rest = raw.partition(" <- ")
        if number == restart:
            stored = [Snapshots(book).encode(case) for case in pump.cases()]
            book = rulebook(changed) if changed else book
            cases = [Snapshots(book).decode(case) for case in stored]
            pump = Pump(book, settle=SETTLE, position=pump.position())
            moved = pump.adopt(cases)
            assert changed or not moved  # a plain restart hands nothing on
        event = Reader(book.classes).one(json.dumps(cloud_event(rest if arrow else raw, number, book)).encode())
        event.received = microseconds(instant(stamp)) if arrow else event.at
        lines += pump.push([event], now=event.received).transitions
    return told(lines)


@pytest.mark.parametrize("restart", [-1, 2, 3, 4])
def test_two_that_follow_states_of_their_own_are_restored_apart(restart: int) -> None:
    """Standards of the same subjects that share no event: what comes late finds its place after a restart too."""
    history = """
        07:59 ticket.waiting
        07:59:10 ticket.resumed
        08:04 nothing
        08:05 <- 08:00 ticket.opened
        08:05:01 <- 08:00:30 ticket.completed
    """
    assert live(TWO, history, restart) == ["08:00:00 opened t1", "08:01:00 broken t1", "08:00:30 corrected kept t1"]


@pytest.mark.parametrize("restart", [-1, 2, 3, 4, 5])
def test_what_followed_a_need_that_stands_is_restored(restart: int) -> None:
    """Made urgent, moved away and back: it is urgent, whenever the host was started anew."""
    history = """
        08:00 ticket.moved team=support
        08:10 ticket.opened priority=low
        08:30 ticket.moved priority=urgent team=support
        08:40 nothing
        09:00 ticket.moved team=sales
        11:00 ticket.moved team=support
        20:00 nothing
    """
    assert live(CHOSEN, history, restart)[-1] == "12:00:00 broken t1"


@pytest.mark.parametrize("restart", [2, 3])
def test_what_others_know_to_be_so_is_so_for_whoever_asks_newly(restart: int) -> None:
    """A standard that is changed to stand still while the customer is asked: it has been so since before the change."""
    merged = "per: ticket, when: ticket.moved, expect: ticket.merged, within: 1h, lateness: 5s"
    waits = "pause: {when: ticket.waiting, until: ticket.resumed}"
    before, after = (rules(OWN, a=f"{OPENED}, within: 1m, {waits}", b=b) for b in (merged, f"{merged}, {waits}"))
    history = """
        07:59 ticket.waiting
        08:00 ticket.moved ticket=t2
        08:01 nothing
        08:02 ticket.moved
        09:30 nothing
    """
    lines = live(before, history, restart, after)
    assert [line for line in lines if line.endswith("t1")] == ["08:02:00 opened t1", "08:02:00 paused t1"]


WAITING = "while: {when: ticket.opened, until: ticket.waiting}"
LATER = rules(
    OWN,
    a=f"per: ticket, when: ticket.escalated, expect: ticket.completed, within: 1m, {WAITING}",
    b=f"per: ticket, when: ticket.moved, expect: ticket.merged, within: 1h, lateness: 5s, {WAITING}",
)


@pytest.mark.parametrize("restart", [2, 3])
def test_a_group_that_has_judged_nothing_yet_takes_nothing_over(restart: int) -> None:
    """Verdicts that still wait for what comes late are no change of standards: what comes late finds its place."""
    history = """
        08:00 ticket.opened
        08:00:03 nothing
        08:00:04 <- 07:59:59 ticket.opened
        08:00:05 <- 08:00:00.5 ticket.escalated
        08:02 nothing
    """
    went = live(LATER, history, -1)
    assert "08:01:00 broken t1" in [line.replace(".500000", "") for line in went]
    assert live(LATER, history, restart) == went
