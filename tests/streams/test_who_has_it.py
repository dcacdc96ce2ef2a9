"""Who has a promise: the routers decide, in one order, and what is stored for the board says the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.json import encode
from msgspec.structs import replace

from alerts.routing.actions import ACKNOWLEDGED, GIVEN_BACK, HANDED_ON, Action
from streams.board.having import Having
from streams.kafka.records.facts import PersonsAct
from streams.kafka.records.topics import ACTS
from streams.kafka.records.unpacking import Record
from streams.kafka.serve.projection import Projection
from streams.storage.read_model import ReadModel
from streams.storage.router_tables import book_actions
from streams.storage.sqlite import FILE, Database
from tests.alerts.playing import NOON, SECOND, line
from tests.streams.told import Told, did

PEOPLE: Final = ["ann", "bob", "cyd", "?"]


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    made = Told(tmp_path)
    yield made
    made.close()


@st.composite
def acts(draw: st.DrawFn) -> Action:
    sort = draw(st.sampled_from([ACKNOWLEDGED, ACKNOWLEDGED, HANDED_ON, GIVEN_BACK]))
    to = draw(st.sampled_from(PEOPLE)) if sort == HANDED_ON else ""
    return did(draw(st.sampled_from("abcdef")), draw(st.integers(0, 90)), draw(st.sampled_from(PEOPLE)), sort, to)


LIVES = st.sampled_from([("broken",), ("warned", "broken"), ("warned", "kept"), ("broken", "fulfilled_late", "broken")])


@given(
    LIVES, st.lists(st.tuples(st.integers(1, 90), st.lists(acts(), max_size=3), st.booleans()), min_size=2, max_size=6)
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_board_says_what_the_routers_decide(
    told: Told, life: tuple[str, ...], steps: Sequence[tuple[int, list[Action], bool]]
) -> None:
    """Whatever people did, by whatever clocks, before, in or after trouble: both say who has it, or is to have it."""
    told.begin()
    now, lines = 0, [line(0, kind, "p") for kind in life]  # type: ignore[arg-type]
    for span, done, comes in steps:
        now += span
        at = NOON + now * SECOND
        news = [replace(lines.pop(0), known=at, at=at, id=f"p.{now}")] if comes and lines else []
        told.go(now, *done, *news)
        waiting = {act.promise for act in told.floor.calls.house.actions}
        if (incident := told.incident) is not None and not waiting:
            assert (told.shown.holder, told.shown.offered) == (incident.acknowledged, incident.offered)
        told.floor.restart()


@given(st.lists(acts(), min_size=2, max_size=8), st.lists(st.booleans(), min_size=8, max_size=8), st.booleans())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_how_many_acts_come_at_once_decides_nothing(
    told: Told, done: list[Action], ends: list[bool], is_trouble: bool
) -> None:
    """However acts are split up as they come, by whatever clocks: the same has it, and the same people hear of it."""
    done = [replace(act, id=str(number)) for number, act in enumerate(done)]
    outcomes = []
    for splits in ([False] * 8, ends, [True] * 8):
        told.begin()
        told.go(0, *([line(0, "broken", "p")] if is_trouble else []))
        batch, now = list[Action](), NOON
        for number, act in enumerate(done):
            batch, now = [*batch, act], max(now, act.at)
            if splits[number] or number == len(done) - 1:
                told.go((now - NOON) / SECOND, *batch)
                told.floor.restart()
                batch = []
        told.go(100, *([] if is_trouble else [line(95, "broken", "p")]))
        had = told.incident and (told.incident.acknowledged, told.incident.offered, told.incident.had_since)
        told.go(600)
        outcomes.append((had, sorted(set(told.messages))))
    assert outcomes == outcomes[:1] * 3


def test_a_slow_clock_in_the_same_batch_counts_as_it_came(told: Told) -> None:
    """Ann took it, then Bob by a clock that is behind: it is Bob's, whether both are heard at once or not."""
    told.go(1, line(0, "broken", "p"))
    told.go(11, did("a", 9, "ann"), did("b", 5, "bob"))
    assert told.incident is not None
    assert (told.incident.acknowledged, told.shown.holder) == ("bob", "bob")


@pytest.mark.parametrize("two", [("x", "y"), ("y", "x")])
@pytest.mark.parametrize("waits", [True, False])
def test_of_two_at_one_instant_the_last_to_come_has_it(told: Told, two: tuple[str, str], waits: bool) -> None:
    """Ann, then Bob take it at one instant, by whatever ids, before or after their time: it is Bob's for all."""
    told.go(1, line(0, "broken", "p"))
    told.go(2 if waits else 4, *(did(name, 4, by) for name, by in zip(two, ("ann", "bob"), strict=True)))
    told.go(4)
    assert told.incident is not None
    assert (told.shown.holder, told.incident.acknowledged) == ("bob", "bob")
    assert [act.by for act in told.board.board.actions_on(["p"])] == ["ann", "bob"]


def test_handed_on_by_a_slow_clock_it_is_handed_on(told: Told) -> None:
    """Who hands on says that it was before they took it: the board says that it is on its way, as the message does."""
    told.go(1, line(0, "broken", "p"))
    told.go(10, did("a", 10, "ann"))
    told.go(12, did("b", 8, "ann", HANDED_ON, "bob"))
    assert told.messages[-1] == ("bob", 10)
    assert (told.shown.holder, told.shown.offered, told.shown.since) == ("ann", "bob", NOON + 10 * SECOND)


def test_of_two_acts_of_one_name_the_first_counts(told: Told) -> None:
    """The same id twice in one batch, by two people: the routers hear the one that the story has."""
    told.go(1, line(0, "broken", "p"))
    told.go(5, did("a", 4, "ann"), did("a", 3, "bob"))
    assert told.incident is not None
    assert (told.shown.holder, told.incident.acknowledged) == ("ann", "ann")
    assert [act.by for act in told.board.board.actions_on(["p"])] == ["ann"]


def test_taken_after_it_was_over_it_is_theirs_when_it_comes_back(told: Told) -> None:
    """Bob takes what Ann had and what is done, within the wait; it comes back, and is Bob's for all."""
    told.go(1, line(0, "broken", "p"))
    told.go(5, did("a", 4, "ann"))
    told.go(10, line(10, "fulfilled_late", "p"))
    told.go(20, did("b", 20, "bob"))
    told.go(30, replace(line(30, "broken", "p"), id="p.9"))
    assert told.incident is not None
    assert (told.shown.holder, told.incident.acknowledged) == ("bob", "bob")


def test_taken_before_it_warned_nobody_is_sent_for_it(told: Told) -> None:
    """Ann takes what is on the clock: its warning wakes nobody, its verdict is told once, and it is hers for a time."""
    told.go(2, did("a", 1, "ann"))
    assert told.shown.holder == "ann"
    told.floor.restart()
    told.go(10, line(10, "warned", "p"))
    assert (told.messages, told.shown) == ([], Having("ann", NOON + SECOND))
    told.go(20, line(20, "broken", "p"))
    assert told.messages == [("ann", 20), ("bob", 20)]
    told.go(62)
    assert told.messages[2:] == [("ann", 61)]
    assert told.shown.asked_until > 0


def test_taken_too_long_before_it_warned_it_is_nobodys(told: Told) -> None:
    """Their time with it is over when it warns: others are told, and the board says that Ann had it until then."""
    told.go(2, did("a", 1, "ann"))
    told.go(70, line(70, "warned", "p"))
    assert told.messages == [("ann", 70), ("bob", 70)]
    assert told.shown == Having("", NOON + 61 * SECOND, lapsed="ann")


@pytest.mark.parametrize(
    ("done", "giver", "untaken"),
    [
        ([did("a", 1, "ann"), did("b", 2, "ann", HANDED_ON, "bob")], "ann", "bob"),
        ([did("b", 2, "cyd", HANDED_ON, "bob")], "cyd", "bob"),
        ([did("a", 1, "ann"), did("b", 2, "cyd", HANDED_ON, "bob")], "cyd", "bob"),
        ([did("b", 2, "cyd", HANDED_ON, "ann"), did("c", 3, "ann", HANDED_ON, "bob")], "ann", "bob"),
        ([did("b", 2, "ann", HANDED_ON, "dan")], "ann", "dan"),
    ],
)
@pytest.mark.parametrize("restarted", [False, True])
def test_whoever_only_handed_it_on_is_not_said_to_have_had_it(
    told: Told, done: list[Action], giver: str, untaken: str, *, restarted: bool
) -> None:
    """What nobody takes whom it was handed on to is nobody's, and the board says who handed it on to whom."""
    told.go(1, line(0, "broken", "p"))
    told.go(4, *done)
    if restarted:
        told.floor.restart()
    told.go(500)
    shown = told.shown
    assert (shown.holder, shown.lapsed, shown.giver, shown.untaken) == ("", "", giver, untaken)
    told.go(502, did("d", 501, "bob"))
    assert (told.shown.holder, told.shown.untaken) == ("bob", "")


def test_handed_on_before_it_warned_they_are_told_when_it_does(told: Told) -> None:
    """Ann takes it and hands it on while it is on the clock: with the warning, Bob hears that it is theirs to take."""
    told.go(2, did("a", 1, "ann"), did("b", 2, "ann", HANDED_ON, "bob"))
    assert told.shown.offered == "bob"
    told.go(10, line(10, "warned", "p"))
    assert told.messages == [("bob", 10)]
    assert told.shown.offered == "bob"


def test_a_retry_of_what_waited_for_its_time_is_inert(told: Told) -> None:
    """An act that was held until its time came is known for a day from then on, not from when it came."""
    day = 86_400
    told.go(1, line(0, "broken", "p"))
    early = replace(did("a", 0, "ann"), at=NOON + day * SECOND // 2)
    told.floor.calls.push([], [early], NOON + 2 * SECOND)
    told.go(day // 2 + 10, did("b", day // 2 + 5, "bob"))
    told.floor.calls.push([], [early], NOON + (day + 60) * SECOND)
    assert told.incident is not None
    assert told.incident.acknowledged != "ann"


def test_a_sender_cannot_change_when_somebody_did_something(told: Told) -> None:
    """The same source and id come again with an earlier time, by another: the first stands, and nothing is new."""
    told.go(1, line(0, "broken", "p"))
    told.go(10, did("a", 9, "ann"))
    with told.database.writing():
        assert book_actions(told.database, [did("a", 3, "bob")]) == []
    assert [(act.by, act.at) for act in told.board.board.actions_on(["p"])] == [("ann", NOON + 9 * SECOND)]


def test_what_a_serve_noted_by_its_own_clock_is_when_the_intake_says(tmp_path: Path) -> None:
    """A serve's clock is ahead: what it noted at once stands, once it comes by the topic, at the time that all know."""
    database = Database(tmp_path / FILE)
    fold = Projection(database)
    noted = did("a", 7, "ann")
    fold.acts([noted])
    told_of = PersonsAct(replace(noted, at=NOON + 5 * SECOND))
    fold.fold([Record(ACTS, ACTS, 0, 0, NOON, encode(told_of))], NOON)
    again = PersonsAct(replace(noted, at=NOON + 2 * SECOND))
    assert fold.fold([Record(ACTS, ACTS, 0, 1, NOON, encode(again))], NOON).acts == 0
    read_model = ReadModel(tmp_path)
    assert [act.at for act in read_model.board.actions_on(["p"])] == [NOON + 5 * SECOND]
    read_model.close()
    database.close()
