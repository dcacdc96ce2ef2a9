"""Who has what comes back, and what was done before there was trouble, or by a clock that was ahead."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from msgspec.json import encode
from msgspec.structs import replace
from structlog.testing import capture_logs

from alerts.routing.actions import ACKNOWLEDGED, DEBRIEFED, GIVEN_BACK, HANDED_ON
from streams.board.having import Having
from streams.runtime.early_acts import MOST
from streams.storage.rows import SuppressedFilter
from tests.alerts.playing import NOON, SECOND, line
from tests.streams.told import Told, did

BACK_TO: Final = {
    "had before it was over": [(4, "bob", ACKNOWLEDGED, "")],
    "taken after it": [(20, "bob", ACKNOWLEDGED, "")],
    "taken from another after it": [(4, "ann", ACKNOWLEDGED, ""), (20, "bob", ACKNOWLEDGED, "")],
}


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    made = Told(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("done", BACK_TO.values(), ids=BACK_TO)
@pytest.mark.parametrize("same", [True, False])
def test_what_comes_back_to_somebody_is_not_silent_for_ever(
    told: Told, done: list[tuple[float, str, str, str]], same: bool
) -> None:
    """It comes back to Bob, as it was or as another promise: a minute later he is asked, and then others are told."""
    acted = [did(f"{at}", at, by, sort, to) for at, by, sort, to in done]
    told.go(1, line(0, "broken", "p"))
    told.go(5, *[act for act in acted if act.at < NOON + 10 * SECOND])
    told.go(10, line(10, "fulfilled_late", "p"))
    told.go(20, *[act for act in acted if act.at > NOON + 10 * SECOND])
    told.go(30, replace(line(30, "broken", "p"), id="p.9", promise="p" if same else "r"))
    before = len(told.messages)
    told.go(600)
    assert told.messages[before:] == [("bob", 90), ("ann", 130), ("bob", 130), ("cyd", 170)]


def test_what_comes_back_while_it_is_on_its_way_is_told_to_whom_it_was_handed_on(told: Told) -> None:
    """Ann handed it on to Bob, who had not taken it when it was over: he is told when it is back, and then others."""
    told.go(1, line(0, "broken", "p"))
    told.go(7, did("a", 4, "ann"), did("b", 6, "ann", HANDED_ON, "bob"))
    told.go(10, line(10, "fulfilled_late", "p"))
    told.go(30, replace(line(30, "broken", "p"), id="p.9"))
    assert (told.messages[-1], told.shown.offered) == (("bob", 30), "bob")
    told.go(600)
    assert [at for _, at in told.messages[-3:]] == [70, 70, 110]


def test_given_back_after_it_was_over_it_is_nobodys_when_it_comes_back(told: Told) -> None:
    """Ann gives back what is over: the board says so, and when it comes back nobody is taken to have it."""
    told.go(1, line(0, "broken", "p"))
    told.go(5, did("a", 4, "ann"))
    told.go(10, line(10, "fulfilled_late", "p"))
    told.go(20, did("b", 20, "ann", GIVEN_BACK))
    assert told.shown == Having("", NOON + 20 * SECOND, "ann")
    told.go(30, replace(line(30, "broken", "p"), id="p.9"))
    told.go(75)
    assert (told.shown.holder, told.messages[-1][0]) == ("", "cyd")


@pytest.mark.parametrize("sort", [HANDED_ON, GIVEN_BACK])
def test_who_never_had_it_is_not_said_to_have_had_it(told: Told, sort: str) -> None:
    """Bob hands on, or gives back, what nobody had and what is over: nobody ever had it."""
    told.go(1, line(0, "broken", "p"))
    told.go(10, line(10, "fulfilled_late", "p"))
    told.go(20, did("b", 20, "bob", sort, "cyd"))
    assert told.shown == Having()


def test_given_back_before_anybody_had_it_nothing_is_said(told: Told) -> None:
    """Bob gives back what nobody took, before there is trouble: nothing is said of him, before or after."""
    told.go(2, did("a", 1, "bob", GIVEN_BACK))
    assert told.shown == Having()
    told.go(10, line(10, "warned", "p"))
    assert told.shown == Having()


def test_taken_and_given_back_before_it_warned_it_is_told_who_gave_it_back(told: Told) -> None:
    """Ann takes it, and gives it back, before there is trouble: the board says so, and others hear."""
    told.go(3, did("a", 1, "ann"), did("b", 2, "ann", GIVEN_BACK))
    told.go(10, line(10, "warned", "p"))
    assert told.shown == Having("", NOON + 2 * SECOND, "ann")
    assert told.messages == [("ann", 10), ("bob", 10)]


def test_after_the_clock_went_back_the_board_says_what_the_routers_say(told: Told) -> None:
    """Ann took it by a clock that was an hour ahead, and Bob takes it once that is set right: it is Bob's for all."""
    told.go(1, line(0, "broken", "p"))
    told.go(3600, did("a", 3600, "ann"))
    told.floor.calls.go_back(NOON + 100 * SECOND, 3500 * SECOND)
    told.go(100)
    told.go(111, did("b", 110, "bob"))
    assert told.incident is not None
    assert (told.incident.acknowledged, told.shown.holder) == ("bob", "bob")


@pytest.mark.parametrize("restarts", [False, True])
def test_what_was_done_early_by_a_clock_that_was_ahead_leads_nothing_astray(told: Told, restarts: bool) -> None:
    """Ann handed it on to Bob an hour ahead, before there was trouble: he hears of it then, and others later."""
    told.go(3600, did("a", 3600, "ann", HANDED_ON, "bob"))
    told.floor.calls.go_back(NOON + 100 * SECOND, 3500 * SECOND)
    told.go(100)
    if restarts:
        told.floor.restart()
    told.go(111, line(110, "broken", "p"))
    assert ("bob", 110) in told.messages
    assert told.floor.calls.places["s1"].now == NOON + 111 * SECOND
    told.go(200)
    assert ("cyd", 190) in told.messages


DAY: Final = 86_400


@pytest.mark.parametrize(("hours", "knows"), [(47, True), (49, False)])
def test_what_was_done_early_is_remembered_for_48_hours(told: Told, hours: int, knows: bool) -> None:
    """Ann hands it on before there is trouble: within two days Bob is told of that once there is, later he is not."""
    told.go(1, did("a", 1, "ann", HANDED_ON, "bob"))
    told.go(hours * 3600, line(hours * 3600, "warned", "p"))
    assert (told.shown.offered == "bob") == knows


def test_what_is_over_of_early_acts_is_no_longer_stored(told: Told) -> None:
    """Nothing else happens, and two days go by: the house keeps nothing of it."""
    told.go(1, did("a", 1, "ann", HANDED_ON, "bob"))
    told.go(2 * DAY + 2)
    assert told.floor.calls.house.early == {}


@pytest.mark.parametrize(("hours", "knows"), [(47, True), (49, False)])
def test_what_a_place_remembers_of_early_acts_ends_after_a_restart(told: Told, hours: int, knows: bool) -> None:
    """It comes with the line that ends what nobody waited for: the place keeps it for two days, and then nothing."""
    told.go(2, did("a", 1, "ann", HANDED_ON, "bob"), line(2, "excused", "p"))
    told.floor.restart()
    assert told.floor.calls.wake == NOON + (2 * DAY + 1) * SECOND
    told.go(hours * 3600)
    assert ("s1" in told.floor.calls.places) == knows
    told.go(hours * 3600 + 1, line(hours * 3600 + 1, "warned", "p"))
    assert (told.shown.offered == "bob") == knows


def test_what_was_done_before_somebody_else_had_it_takes_it_from_nobody(told: Told) -> None:
    """Ann took the promise that another takes the place of before Bob had that one: what comes back is Bob's."""
    told.go(2, replace(did("a", 1, "ann"), promise="r"))
    told.go(3, line(3, "broken", "p"))
    told.go(5, did("b", 4, "bob"))
    told.go(10, line(10, "fulfilled_late", "p"))
    told.go(30, replace(line(30, "broken", "p"), id="r.9", promise="r"))
    found = next(iter(told.floor.calls.places["s1"].incidents["r"].values()))
    assert found.acknowledged == "bob"


def test_talked_over_before_there_was_trouble_is_not_remembered(told: Told) -> None:
    """What somebody says of a promise of which nobody heard takes no room, nor does a long text with an act."""
    told.go(2, replace(did("a", 1, "ann", DEBRIEFED), data={"cause": "x" * 10_000}))
    assert told.floor.calls.house.early == {}
    told.go(3, replace(did("b", 3, "ann"), data={"note": "x" * 10_000}))
    assert len(encode(told.floor.calls.house)) < 1_000


def test_of_too_much_the_oldest_is_forgotten_and_that_can_be_looked_up(told: Told) -> None:
    """More is taken early than has room: the oldest goes, and can be looked up; the newest is theirs."""
    with capture_logs() as logged:
        told.go(2, *(replace(did(f"{each}", 1, "ann"), promise=f"{each}") for each in range(MOST + 2)))
    early = told.floor.calls.house.early
    assert (len(early), "0" in early, "1" in early, f"{MOST + 1}" in early) == (MOST, False, False, True)
    assert [(each["count"], each["first"]) for each in logged] == [(2, "0")]
    found = told.board.board.suppressed(SuppressedFilter(reason="forgotten"))
    assert [each.row.promise for each in found] == ["1", "0"]
    assert len(encode(told.floor.calls.house)) < 2_000_000


def test_where_nothing_is_new_nothing_is_written(told: Told) -> None:
    """Time goes on, and other trouble comes: what was done early is neither copied nor stored again."""
    told.go(2, did("a", 1, "ann"))
    early = told.floor.calls.house.early
    result = told.floor.calls.push([line(5, "broken", "q")], [], NOON + 6 * SECOND)
    assert told.floor.calls.house.early is early
    assert ("house", "") not in result.touched


@pytest.mark.parametrize("lapses", [False, True])
def test_what_is_long_over_is_given_to_nobody(told: Told, lapses: bool) -> None:
    """Ann took it, and its incident is forgotten: the board does not give it back to her, but to who takes it anew."""
    told.go(1, line(0, "broken", "p"))
    told.go(5, did("a", 4, "ann"))
    told.go(200 if lapses else 10, *([] if lapses else [line(10, "fulfilled_late", "p")]))
    told.go(9 * DAY)
    assert (told.incident, told.shown) == (None, Having())
    told.go(9 * DAY + 5, did("b", 9 * DAY + 4, "bob"))
    assert told.shown.holder == "bob"


def test_of_what_nobody_did_anything_about_nothing_is_kept(told: Told) -> None:
    """It is over, and nobody took it: once it is forgotten, no row of who has it is left."""
    told.go(1, line(0, "broken", "p"))
    told.go(10, line(10, "fulfilled_late", "p"))
    told.go(9 * DAY)
    assert told.board.board.holdings(["p"]) == {}
