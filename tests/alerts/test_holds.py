"""What holds back, and what is told when nothing does any more: silences, hours of mute, graver trouble."""

from dataclasses import replace

import msgspec
import pytest

from alerts.policy.openings import open_since
from alerts.routing.actions import Action
from standards.calendar.hours import Shift
from standards.judge.ledger import Line
from tests.alerts.playing import HOUR, LOUD, NOON, SECOND, Floor, act, line, people, silencing

DESK = """
kept: 1
calendars: {shut: {timezone: Europe/Warsaw, hours: {daily: ["12:05-13:05"]}}}
people: {ann: {}, chief: {}}
routes: [{tell: ann, well_for: 2m, repeat: never, mute: shut, escalate: [{after: 10m, tell: chief}]}]
"""
DAY = 24 * 3600
LIFTED = silencing(0, -1).silence


def times(floor: Floor) -> list[tuple[str, int]]:
    return [(to, at) for to, _, _, at in floor.said()]


def test_what_a_silence_held_is_told_when_the_last_hold_ends() -> None:
    """A silence and a mute time that overlap: one message, when both are over, and one when a silence is lifted."""
    floor = Floor(DESK)
    floor.play([silencing(0, 600), line(30, "warned", "p"), line(60, "broken", "p")], 3600 + 301)
    assert floor.said() == [("ann", "broken", "p", 3900)]
    lifted = Floor(LOUD)
    lifted.play([silencing(0, 600), line(30, "broken", "p"), act(90, "unsilenced", silence=LIFTED)], 700)
    assert lifted.said() == [("ann", "broken", "p", 90)]


def test_what_ends_with_its_hold_is_not_told() -> None:
    """Trouble that is over at the very instant at which the silence ends was never told, and is not then."""
    floor = Floor(LOUD)
    floor.play([silencing(0, 600), line(30, "broken", "p"), line(600, "fulfilled_late", "p")], 700)
    assert floor.said() == []


def test_the_chain_waits_while_it_is_held() -> None:
    """Time that was muted does not count for an escalation; who was told already is not told again for it alone."""
    floor = Floor(DESK)
    floor.play([line(0, "broken", "p")], 2 * 3600)
    assert times(floor) == [("ann", 0), ("chief", 3600 + 600)]
    assert floor.unsaid("p") == [("chief", "muted", 600)]
    never_told = Floor(DESK)
    never_told.play([line(301, "broken", "p")], 2 * 3600)
    assert times(never_told) == [("ann", 3900), ("chief", 3900 + 600)]


@pytest.mark.parametrize("sort", ["acknowledged", "debriefed"])
def test_what_somebody_took_meanwhile_is_not_told(sort: str) -> None:
    """Who takes what is held back ends that it is told later."""
    floor = Floor(LOUD.replace("well_for: 0s, repeat: never", "well_for: 0s, repeat: 10m"))
    floor.play([silencing(0, 600), line(30, "broken", "p"), act(60, sort, promise="p")], 3600)
    assert floor.said() == []


def test_a_verdict_of_what_was_taken_is_told_when_it_may_be() -> None:
    """What was acknowledged when it was a warning, and broke in a silence, is told once, without a reproach."""
    floor = Floor(LOUD.replace("well_for: 0s, repeat: never", "well_for: 0s, repeat: 10m"))
    facts: list[Line | Action] = [
        line(0, "warned", "p"), act(9, "acknowledged", promise="p"), silencing(20, 600), line(60, "broken", "p"),
    ]  # fmt: skip
    floor.play(facts, 3600)
    assert floor.said() == [("ann", "warned", "p", 0), ("ann", "broken", "p", 600)]
    assert "acknowledged" not in floor.notices[1].text


def test_a_day_of_repeats_is_a_day_in_which_it_could_be_told() -> None:
    """Repeats go on for 24 hours without those of a mute: told on Friday at half past nine, the last on Wednesday."""
    text = LOUD.replace("well_for: 0s, repeat: never", "repeat: 2h, mute: shut") + (
        "calendars: {shut: {timezone: Europe/Warsaw, hours: "
        "{mon-fri: ['00:00-09:00', '17:00-24:00'], sat-sun: '00:00-24:00'}}}"
    )
    floor = Floor(text)
    friday = -DAY - 2.5 * 3600
    floor.play([line(friday, "broken", "p")], 9 * DAY)
    hours = [(at - friday) / 3600 for _, at in times(floor)]
    monday = 71.5
    assert hours == [0, 2, 4, 6, *(monday + day * 24 + hour for day in (0, 1) for hour in (0, 2, 4, 6)), monday + 48]


def test_a_cause_explains_until_it_was_well_for_long_enough() -> None:
    """What a cause explained is told with the cause's all-clear, unless the cause is back before that."""
    text = LOUD.replace("well_for: 0s", "well_for: 2m") + "inhibit: [{when: tills-work, mute: no-wait}]"
    facts: list[Line | Action] = [
        line(0, "broken", "till", of="tills-work"), line(10, "broken", "p"),
        line(60, "fulfilled_late", "till", of="tills-work"),
    ]  # fmt: skip
    floor = Floor(text)
    floor.play(facts, 400)
    assert [(promise, at) for _, _, promise, at in floor.said()] == [("till", 0), ("p", 180), ("till", 180)]
    again = Floor(text)
    undone = msgspec.structs.replace(facts[0], id="till.9", kind="undone", known=NOON + 100 * SECOND)
    again.play([*facts, undone], 400)
    assert "p" not in [promise for _, _, promise, _ in again.said()]


def test_what_was_held_is_one_message_for_a_person() -> None:
    """Troubles of several standards that one silence held are told in one message."""
    floor = Floor(LOUD)
    floor.play([silencing(0, 600), line(30, "broken", "p"), line(40, "broken", "g", of="greeting")], 700)
    assert [notice.speaks_for for notice in floor.notices] == [("p", "g")]


def test_what_is_held_is_not_forgotten() -> None:
    """A silence of three days outlasts what is remembered of other trouble."""
    floor = Floor(LOUD)
    floor.play([silencing(0, 3 * DAY), line(30, "broken", "p")], 3 * DAY)
    assert floor.said() == [("ann", "broken", "p", 3 * DAY)]


def test_another_policy_lets_go_of_what_it_does_not_hold() -> None:
    """A silence that is taken out of the document holds nothing after the reload."""
    floor = Floor(LOUD + "silences: [{match: no-wait, until: '2026-02-10T11:01:00Z', by: ann, why: rebuilding}]")
    floor.play([line(10, "broken", "p")], 20)
    floor.people = people(LOUD)
    floor.policy = msgspec.structs.replace(floor.policy, people=floor.people)
    floor.restart()
    floor.go(30)
    assert [said[2] for said in floor.said()] == ["p"]


def test_since_when_hours_are_open() -> None:
    """The first instant from which on all is open, or the one eight days before."""
    (hours,) = people(DESK).routes[0].mute
    assert open_since(hours, NOON + HOUR) == NOON + 300 * SECOND
    always = replace(hours, week=((Shift(0, 24 * 60),),) * 7)
    assert open_since(always, NOON) == NOON - 8 * DAY * SECOND


def test_after_a_night_of_mute_who_is_on_shift_hears_and_the_chain_goes_on() -> None:
    """Told at 21:58, mute from 22 to 6, escalated after 5 min: at 6:00 the early shift, at 6:03 the chief."""
    text = """
kept: 1
calendars:
  early: {timezone: Europe/Warsaw, hours: {daily: ["06:00-14:00"]}}
  late: {timezone: Europe/Warsaw, hours: {daily: ["14:00-22:00"]}}
  night: {timezone: Europe/Warsaw, hours: {daily: ["22:00-06:00"]}}
people: {ann: {}, bob: {}, chief: {}}
teams: {floor: {members: [{person: ann, shift: early}, {person: bob, shift: late}]}}
routes: [{tell: floor, mute: night, repeat: 30m, escalate: [{after: 5m, tell: chief}]}]
"""
    told, six = 9 * 3600 + 58 * 60, 18 * 3600
    floor = Floor(text)
    floor.play([line(told, "broken", "p")], six + 600)
    assert times(floor) == [("bob", told), ("ann", six), ("chief", six + 180)]
    assert floor.notices[1].text.endswith("Muted until 05:00:00.")


def test_the_message_after_a_hold_says_what_held_it_and_until_when() -> None:
    """Who silenced it too; of two that overlap, the last; of one that was lifted, until then; of several, each."""
    one = Floor(LOUD)
    one.play([silencing(0, 600), line(30, "broken", "p")], 700)
    assert one.notices[0].text.endswith("Silenced by ann until 11:10:00.")
    lifted = Floor(LOUD)
    lifted.play([silencing(0, 600), line(30, "broken", "p"), act(90, "unsilenced", silence=LIFTED)], 700)
    assert lifted.notices[0].text.endswith("Silenced by ann until 11:01:30.")
    last = Floor(DESK)
    last.play([silencing(0, 600), line(30, "broken", "p")], 3901)
    assert last.notices[0].text.endswith("Muted until 12:05:00.")
    several = Floor(LOUD)
    several.play([silencing(0, 600), line(30, "broken", "p"), line(30, "broken", "q", of="greeting")], 700)
    assert "Of what was held back, 2 promises still stand. " in several.notices[0].text
    assert "Silenced by ann until 11:10:00. Overdue since 11:00:30 UTC.\n" in several.notices[0].text
