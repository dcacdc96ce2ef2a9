"""What a promise may say of the numbers of its rule, in other units than those in which they are written."""

from __future__ import annotations

import pytest

from standards.compiler.spec import Source, load
from tests.standards.samples import TELL

OWN = """
events:
  call.ended: {site: text, waited: {type: number, unit: seconds}, held: {type: number, unit: s}, tries: integer}
  call.moved: {site: text, minutes: {type: integer, unit: Minutes}}
"""
SHARE = "per: site, when: call.ended, over: 1h, must: '>= 90%', measure"
NEVER = "at_most: 0, within: 7d"


def warned_of(promise: str, rule: str, more: str = "") -> list[str]:
    """Give the ids of what is warned of in one standard."""
    telling = TELL.replace("promise: We do.", f"promise: '{promise}'")
    text = f"kept: 1\n{OWN}{more}\nstandards:\n  it: {{{telling}, aspect: quality, {rule}}}\n"
    return [warning.id for warning in load([Source("a.yaml", text)]).warnings if not warning.id.startswith("unused")]


@pytest.mark.parametrize(
    ("promise", "rule"),
    [
        ("Within five minutes.", f"{SHARE}: share(waited <= 300)"),
        ("Within five minutes.", f"{SHARE}: share(300 >= waited and tries < 2)"),
        ("Within twenty-five minutes.", f"{SHARE}: share(waited <= 1500)"),
        ("Within thirty five minutes.", f"{SHARE}: share(waited <= 2100)"),
        ("Within fourteen minutes.", f"{SHARE}: share(waited <= 840)"),
        ("Within five minutes.", f"{SHARE}: share(waited < 301)"),
        ("Within two hours.", f"{SHARE.replace('call.ended', 'call.moved')}: share(minutes <= 120)"),
        ("Five minutes on average.", "per: site, when: call.ended, over: 1h, measure: mean(waited), must: <= 300"),
        ("Never over five minutes.", f"per: site, when: {{event: call.ended, where: waited > 300}}, {NEVER}"),
        ("Never over five minutes.", "per: site, when: call.ended, must: waited <= 300"),
        ("Five or ten minutes.", "per: site, when: call.ended, must: 'waited in [300, 600]'"),
        ("Five minutes in all.", "per: site, when: call.ended, must: waited + held <= 300"),
        (
            "Moved if you had to wait for five minutes.",
            "per: site, when: call.ended, expect: {event: call.moved, where: opening.waited > 300}, within: 1m",
        ),
        ("Never over two minutes.", f"per: contact, when: {{event: contact.answered, where: waited > 120}}, {NEVER}"),
        (
            "Two days long.",
            "per: agent, when: {event: training.completed, where: hours is not missing}, must: hours >= 48",
        ),
    ],
)
def test_what_a_field_of_time_is_compared_with_counts_in_every_unit(promise: str, rule: str) -> None:
    """Where a field is in a unit of time, what it is compared with is one: 300 seconds are five minutes."""
    assert warned_of(promise, rule) == []


@pytest.mark.parametrize(
    ("promise", "rule"),
    [
        ("Within six minutes.", f"{SHARE}: share(waited <= 300)"),
        ("Within twenty-six minutes.", f"{SHARE}: share(waited <= 1500)"),
        ("Within five minutes.", f"{SHARE}: share(waited <= 30 and tries < 300)"),
        ("Six minutes on average.", "per: site, when: call.ended, over: 1h, measure: mean(waited), must: <= 300"),
        ("Five tries.", "per: site, when: call.ended, over: 1h, measure: mean(tries), must: <= 300"),
        ("Never over five minutes.", f"per: site, when: {{event: call.ended, where: tries > 300}}, {NEVER}"),
        (
            "Five hours long.",
            "per: agent, when: {event: training.completed, where: hours is not missing}, must: hours <= 300",
        ),
    ],
)
def test_what_another_field_is_compared_with_is_no_time(promise: str, rule: str) -> None:
    """A number of something else is no length of time, and a length is what it is in the unit of its field."""
    assert warned_of(promise, rule) == ["other-number"]


HOURS = """
calendars:
  before-eleven: {timezone: Europe/Warsaw, hours: {mon-fri: "00:00-11:00"}}
  weekdays: {timezone: Europe/Warsaw, hours: {mon-fri: "00:00-18:00"}}
  shop: {timezone: Europe/Warsaw, hours: {mon-fri: ["09:00-12:00", "13:00-17:30"], sat: "22:00-02:00"}}
  whole: {timezone: Europe/Warsaw, hours: {mon-fri: "00:00-24:00"}}
"""
DONE = "per: site, when: call.ended, expect: call.moved"
BY_TRIES = "calendar: {by: tries, 1: weekdays, else: shop}"


@pytest.mark.parametrize(
    ("promise", "rule"),
    [
        ("Ordered by 11 on a weekday, at your door by 18.", "during: before-eleven, calendar: weekdays, within: 1m"),
        ("Ordered by 11:00 on a weekday, at your door by 18:00.", f"during: before-eleven, {BY_TRIES}, within: 1m"),
        ("Before eleven, and by six in the evening.", f"during: before-eleven, {BY_TRIES}, within: 1m"),
        ("By 17:30, which is 5:30 or half past five.", f"{BY_TRIES}, within: 1m"),
        ("By 17.30, on Saturdays until 2 in the morning.", "calendar: shop, within: end of working day"),
        ("From 22:00 to 02:00.", "during: shop, within: 1m"),
        ("Done within 1:20 hours.", "calendar: whole, within: 80m"),
    ],
)
def test_the_hours_of_its_calendars_are_numbers_of_the_rule(promise: str, rule: str) -> None:
    """The times of the shifts by which a standard goes may be said, by a clock of 24 hours or of twelve."""
    assert "other-number" not in warned_of(promise, f"{DONE}, {rule}", HOURS)


@pytest.mark.parametrize(
    ("promise", "rule"),
    [
        ("Ordered by 11, at your door by 18.", "during: before-eleven, within: 1m"),
        ("Ordered by 10:00.", "during: before-eleven, within: 1m"),
        ("By 17:15.", "during: shop, within: 1m"),
        ("Within 24 hours.", "calendar: whole, within: 4h"),  # a day that is open throughout has no times
    ],
)
def test_the_hours_of_other_calendars_are_no_numbers_of_the_rule(promise: str, rule: str) -> None:
    """A time that no shift of the standard begins or ends at is another number."""
    assert "other-number" in warned_of(promise, f"{DONE}, {rule}", HOURS)


def test_a_level_and_a_recurrence_go_by_the_hours_of_their_calendar_too() -> None:
    """Also where a calendar says what is measured, or how often something is to be done."""
    assert warned_of("All is well until 18.", f"{SHARE}: share(tries < 2), calendar: weekdays", HOURS) == []
    assert warned_of("Each day by 18.", "per: site, expect: call.ended, every: 1h, calendar: weekdays", HOURS) == []


def test_a_share_in_a_condition_is_said_in_percent() -> None:
    """`amount * 10%` is ten, as the promise says it; another share is not."""
    rule = "per: site, when: call.ended, must: waited <= held + held * 10%"
    assert warned_of("Never 10 % above.", rule) == []
    assert warned_of("Never 20 % above.", rule) == ["other-number"]


def test_hours_are_no_deadline_of_a_day() -> None:
    """A calendar until 14:00 does not make a day end by 14:00, so a promise of that is not in the rule."""
    desk = "\ncalendars: {desk: {timezone: UTC, hours: {mon-fri: ['08:00-14:00']}}}"
    rule = "per: team, expect: meeting.held, calendar: desk, every"
    assert warned_of("Each day by 14:00.", f"{rule}: day", desk) == ["other-number", "due-at-midnight"]
    assert warned_of("In each shift, by 14:00.", f"{rule}: shift", desk) == []
    assert warned_of("Every two hours until 14:00.", f"{rule}: 2h", desk) == []


@pytest.mark.parametrize(
    ("promise", "warned"),
    [
        ("At least five minutes before.", ["at-most-before"]),
        ("Not later than five minutes before.", ["at-most-before"]),
        ("At least once in the five minutes before.", []),
        ("In the five minutes before.", []),
        ("At least an hour, or five minutes, before.", ["at-most-before"]),
        ("At least some calls in the five minutes before.", []),
        ("At least somebody, in the five minutes before.", []),
    ],
)
def test_so_long_before_at_the_least_is_found(promise: str, warned: list[str]) -> None:
    """`within_last` says how long before at the most; a promise of the opposite is found."""
    rule = "per: site, when: call.ended, expect: call.moved, within_last: 5m"
    assert warned_of(promise, rule) == warned


def test_a_length_of_time_is_no_hour_of_the_calendar() -> None:
    """Open until 17:00 is until five, and no wait of five minutes."""
    desk = "\ncalendars: {desk: {timezone: UTC, hours: {mon-fri: ['09:00-17:00']}}}"
    rule = "per: site, when: call.ended, expect: call.moved, within: 10m, calendar: desk"
    assert warned_of("Within five minutes.", rule, desk) == ["other-number"]
    assert warned_of("Until five, within ten minutes.", rule, desk) == []


@pytest.mark.parametrize("word", ["F\u0130VE", "\u017fix", "f\u0131fty"])
def test_capitals_of_another_alphabet_are_no_numbers(word: str) -> None:
    """A word that is nearly a number in English is a word."""
    rule = "per: site, when: call.ended, expect: call.moved, within: 5m"
    assert warned_of(f"Within {word} minutes.", rule) == []


def test_what_an_event_names_may_be_said() -> None:
    """The time of a deadline that the event brings is no number of the rule, and the sign says it all the same."""
    promise = "Your room is ready by 15:00, or 15 minutes later."
    planned = "\n  call.planned: {site: text, at: time}"
    text = OWN.rstrip() + planned
    rule = f"per: site, when: call.planned, expect: call.ended, due: at, promise: '{promise}'"
    document = f"kept: 1\n{text}\nstandards:\n  it: {{{TELL.replace('promise: We do.', 'aspect: quality')}, {rule}}}\n"
    found = [warning.id for warning in load([Source("a.yaml", document)]).warnings]
    assert [each for each in found if not each.startswith("unused")] == []
