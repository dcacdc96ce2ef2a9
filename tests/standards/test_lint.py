"""The checks of time, of feeds and of standards beside each other: what is found, case by case, and what is not."""

from __future__ import annotations

from datetime import date

import pytest

from standards.calendar.duration import parse
from standards.compiler.spec import Source, load
from standards.lint.lint_input import Terms
from tests.standards.samples import TELL, TODAY

COURTESY = "aspect: courtesy, per: site, when: survey.answered, at_most: 3"
LINE = "when: {event: queue.length, where: waiting > 3}, expect: register.opened, again: judged"
TALKED = "per: promise, aspect: follow-through, expect: debrief.completed, within: 24h"


def found_in(*standards: str, more: str = "", terms: Terms = Terms(TODAY)) -> list[str]:  # noqa: B008 - a value
    """Give the ids of what is warned of in standards, each given by its keys, which are called a, b and so on."""
    lines = [f"  {name}: {{{TELL}, {keys}}}" for name, keys in zip("abcdef", standards, strict=False)]
    text = "\n".join(["kept: 1", more, "standards:", *lines, ""])
    return [warning.id for warning in load([Source("a.yaml", text)], terms=terms).warnings]


def line(where: str, within: str) -> str:
    return f"when: {{event: queue.length, where: {where}}}, expect: register.opened, again: judged, within: {within}"


def polled(*every: str) -> str:
    feeds = [
        f"  f{n}: {{events: [register.opened], silent_after: 1h{f', every: {each}' if each else ''}}}"
        for n, each in enumerate(every)
    ]
    return "\n".join(["feeds:", *feeds])


@pytest.mark.parametrize(
    ("rule", "more", "warned"),
    [
        (f"{LINE}, within: 60s", "", []),
        (f"{LINE}, within: 3s", "", []),  # as long as an event can be late
        (f"{LINE}, within: 2s", "", ["too-short"]),
        ("expect: meeting.held, every: 2s", "", ["too-short"]),
        ("expect: meeting.held, every: 7d", "", []),
        (f"{LINE}, within: 60s", polled("60s"), []),
        (f"{LINE}, within: 60s", polled("61s"), ["too-short"]),
        (f"{LINE}, within: 60s", polled("5m", "30s"), []),  # the quicker one says it in time
        (f"{LINE}, within: 60s", polled("5m", ""), []),  # how often the other one speaks is not known
        (f"{LINE}, unless: register.opened, within: 60s", polled("5m"), ["never-void", "too-short"]),
        ("when: register.opened, expect: feed.heartbeat, within: 60s", polled("5m"), []),  # it opens late, and is kept
    ],
)
def test_a_promise_can_be_too_short_to_be_seen(rule: str, more: str, warned: list[str]) -> None:
    """Shorter than lateness and grace, or than the polls of every feed that could settle it, is too short."""
    assert found_in(f"per: site, {rule}", more=more) == warned


def test_how_late_events_are_is_told() -> None:
    """Where events are waited for longer, longer promises are too short, and later warnings no use."""
    terms = Terms(TODAY, grace=parse("90s"))
    assert found_in(f"per: site, {LINE}, within: 60s", terms=terms) == ["too-short"]
    assert found_in(f"per: site, {LINE}, within: 10m, warn: 95s before", terms=terms) == ["no-time-to-act"]
    assert found_in(f"per: site, {LINE}, within: 10m, warn: 15%", terms=terms) == ["warns-at-once"]


def test_a_standard_that_waits_for_late_events_warns_no_sooner() -> None:
    """By its own `lateness` all is said later: a warning shortly before the deadline reaches nobody in time."""
    assert found_in(f"per: site, {LINE}, within: 40s, lateness: 20s, warn: 15s before") == ["no-time-to-act"]
    assert found_in(f"per: site, {LINE}, within: 60s, lateness: 2m") == ["too-short"]
    assert found_in(f"per: site, {LINE}, within: 1d, lateness: 20m, warn: 4h before") == []


@pytest.mark.parametrize(
    ("warn", "warned"),
    [
        ("50%", []),
        ("8s before", []),
        ("7s before", ["no-time-to-act"]),
        ("[50%, 1s before]", ["no-time-to-act"]),
        ("5%", ["warns-at-once"]),
        ("6%", []),
        ("[1%, 99%]", ["no-time-to-act", "warns-at-once"]),
    ],
)
def test_a_warning_leaves_time_to_act(warn: str, warned: list[str]) -> None:
    """A warning comes later than the opening, and early enough that somebody can read it and do something."""
    assert found_in(f"per: site, {LINE}, within: 60s, warn: {warn}") == warned


@pytest.mark.parametrize(
    ("calendar", "rule", "warned"),
    [
        ("timezone: UTC", f"{LINE}, within: 60s", ["never-closed"]),
        ("timezone: UTC, hours: {daily: ['00:00-24:00']}", f"{LINE}, within: 60s", ["never-closed"]),
        ("timezone: UTC, hours: {mon: ['08:00-16:00']}", f"{LINE}, within: 60s", []),
        ("timezone: UTC, holidays: ['2026-12-25']", f"{LINE}, within: 60s", []),  # closed on that day
        ("timezone: UTC", "expect: meeting.held, every: 7d", ["never-closed"]),
        ("timezone: Europe/Warsaw", "expect: meeting.held, every: 7d", []),  # it says by whose clock a day goes
        ("timezone: UTC", "expect: meeting.held, every: week", []),  # it says when a week begins
        ("timezone: UTC", "when: queue.length, measure: mean(waiting), over: 30m, must: <= 3", []),
    ],
)
def test_a_calendar_stops_a_clock(calendar: str, rule: str, warned: list[str]) -> None:
    """A calendar that is always open is found where it was to stop a clock, and not where it places days and weeks."""
    more = f"calendars:\n  c: {{{calendar}}}"
    assert found_in(f"per: site, calendar: c, {rule}", more=more) == warned


@pytest.mark.parametrize(
    ("today", "days", "warned"),
    [
        (date(2026, 12, 25), "['2026-12-25']", []),
        (date(2026, 12, 26), "['2026-12-25']", ["holidays-over"]),
        (date(2026, 5, 4), "['2025-12-25', '2027-01-01']", ["holidays-over"]),
        (date(2026, 5, 4), "['2025-12-25', '2026-01-01', '2027-01-01']", []),
        (date(2040, 5, 4), "PL", []),
        (None, "['2001-12-25']", []),
    ],
)
def test_holidays_run_out(today: date | None, days: str, warned: list[str]) -> None:
    """A list whose last day is over, or without one in this year, is found, by the date that the check is told."""
    more = f"calendars:\n  c: {{timezone: UTC, hours: {{mon-sat: ['08:00-16:00']}}, holidays: {days}}}"
    assert found_in(f"per: site, calendar: c, {LINE}, within: 60s", more=more, terms=Terms(today)) == warned


@pytest.mark.parametrize(
    ("rule", "warned"), [("", ["holidays-over"]), ("RRULE:FREQ=YEARLY\n", []), ("RRULE:FREQ=YEARLY;COUNT=2\n", [])]
)
def test_holidays_of_a_file_run_out_too(rule: str, warned: list[str]) -> None:
    """An .ics file whose last event is over is found; one that goes on each year is not."""
    event = f"BEGIN:VEVENT\nDTSTART;VALUE=DATE:20251225\n{rule}END:VEVENT\n"
    text = (
        "kept: 1\ncalendars:\n  c: {timezone: UTC, hours: {mon: ['08:00-16:00']}, holidays: days.ics}\nstandards:\n"
        f"  a: {{{TELL}, per: site, calendar: c, {LINE}, within: 60s}}\n"
    )
    found = load([Source("a.yaml", text)], read=lambda _: event, terms=Terms(TODAY)).warnings
    assert [warning.id for warning in found] == warned


@pytest.mark.parametrize(
    ("events", "rule", "warned"),
    [
        ("queue.length", f"{LINE}, within: 60s", ["no-feed"]),
        ("[queue.length, register.opened]", f"{LINE}, within: 60s", []),
        ("queue.length", "when: queue.length, at_most: 3", []),  # nothing is waited for
        ("queue.length", "when: transfer.completed, expect: transfer.briefed, within_last: 60s", ["no-feed"]),
        ("queue.length", "expect: meeting.held, every: 7d", ["no-feed"]),
        ("queue.length", "expect: {event: feed.heartbeat, where: feed == 'f'}, every: 10m", []),
    ],
)
def test_what_is_waited_for_comes_by_a_feed(events: str, rule: str, warned: list[str]) -> None:
    """Where feeds are declared, an event that is waited for is one of theirs, or made by people on the board."""
    per = "team" if "meeting" in rule else "contact" if "transfer" in rule else "site"
    more = f"feeds:\n  f: {{events: {events}, silent_after: 5m}}"
    assert found_in(f"per: {per}, {rule}", more=more) == warned


def test_a_heartbeat_is_of_a_feed_that_there_is() -> None:
    """A condition on a heartbeat of an unknown feed is an error that says which feeds there are."""
    keys = 'per: site, expect: {event: feed.heartbeat, where: \'feed in ("cameras", "tils")\'}, every: 10m'
    feeds = "".join(f"  {name}: {{events: queue.length, silent_after: 5m}}\n" for name in ("cameras", "tills"))
    text = f"kept: 1\nfeeds:\n{feeds}standards:\n  a: {{{TELL}, {keys}}}\n"
    with pytest.raises(Exception, match="there is no feed 'tils'") as caught:
        load([Source("a.yaml", text)])
    assert "did you mean 'tills'?" in str(caught.value)


@pytest.mark.parametrize(
    ("standards", "warned"),
    [
        (["per: site, AT"], []),
        (["per: site, AT", "per: [site, queue], AT"], ["speed-alone"]),
        (["per: site, AT", "per: [site, queue], AT", COURTESY], []),
        (["per: site, AT", "per: [site, queue], AT", "aspect: courtesy, per: ticket, when: ticket.moved, at_most: 1"],
         ["speed-alone"]),
        (["per: site, AT", "per: scenario, when: exception.made, at_most: 3"], []),  # one of speed for each work
        (["per: site, AT", "per: [site, queue], AT",
          "aspect: quality, per: standard, HEARD, at_most: 2"], []),
    ],
)  # fmt: skip
def test_speed_is_not_asked_for_alone(standards: list[str], warned: list[str]) -> None:
    """Several standards of speed on one work want one beside them that says how it is done."""
    at = "when: {event: queue.length, where: waiting > 3}, at_most: 3"
    heard = "when: {event: promise.broken, where: 'aspect == \"speed\"'}"
    rules = [each.replace("AT", at).replace("HEARD", heard) for each in standards]
    own = [warning for warning in found_in(*rules) if warning != "two-promises"]
    assert own == warned


OTHER = ", aspect: quality"


@pytest.mark.parametrize(
    ("first", "second", "warned"),
    [
        (f"{LINE}, within: 60s", f"{LINE}, within: 60s", False),
        (f"{LINE}, within: 60s", f"{LINE}, within: 90s", True),
        (line("waiting > 3", "60s"), line("waiting <= 3", "90s"), False),
        (line("waiting > 3", "60s"), line("waiting > 6", "30s"), False),  # a special case
        (line("waiting > 3", "60s"), line("waiting > 6", "90s"), True),
        ("when: queue.length, expect: register.opened, within: 60s", line("waiting > 6", "30s"), False),
        (line("waiting > 3", "60s"), line("serving > 3", "30s"), True),  # both at once
        (f"{LINE}, within: 60s", f"{LINE.replace('opened', 'closed')}, within: 30s", False),
        (line("waiting > serving", "60s"), line("waiting > 6", "90s"), False),  # not known
        ("when: register.opened, at_most: 3, within: 1d", "when: register.opened, at_most: 9, within: 7d", False),
        ("when: register.opened, at_most: 3, within: 1d", "when: register.opened, at_most: 9, within: 1d", True),
        ("when: queue.length, measure: mean(waiting), over: 30m, must: <= 3",
         "when: queue.length, measure: mean(waiting), over: 30m, must: <= 4", True),
        ("when: queue.length, measure: mean(waiting), over: 30m, must: <= 3",
         "when: queue.length, measure: mean(waiting), over: 1h, must: <= 2", False),
        ("expect: register.opened, every: 7d", "expect: register.opened, every: 14d", True),
    ],
)  # fmt: skip
def test_one_moment_has_one_promise(first: str, second: str, warned: bool) -> None:
    """What one event can open twice, for other times, is found; a special case that promises more is not."""
    assert found_in(f"per: site, {first}", f"per: site, {second}{OTHER}") == ["two-promises"] * warned
    assert found_in(f"per: site, {second}", f"per: site, {first}{OTHER}") == ["two-promises"] * warned


@pytest.mark.parametrize(
    ("debrief", "whole", "warned"),
    [
        (None, False, []),  # it may stand in another file
        (None, True, ["no-debrief"]),
        ('severity == "ticket"', False, ["no-debrief"]),
        ('severity != "info"', True, []),
        ('site == "s1"', True, []),  # whom it is about is not known beforehand
    ],
)
def test_who_wakes_somebody_is_talked_over(debrief: str | None, whole: bool, warned: list[str]) -> None:
    """A page that no debrief covers is found; where there is none at all, only if the house's policy is there too."""
    where = f"'aspect != \"follow-through\" and {debrief}'"
    standards = [f"per: site, severity: page, {LINE}, within: 60s"]
    if debrief is not None:
        after_all = f"unless: {{event: [promise.corrected, promise.withdrawn], where: {where}}}"
        standards.append(f"when: {{event: promise.broken, where: {where}}}, {TALKED}, {after_all}")
    assert found_in(*standards, terms=Terms(TODAY, whole=whole)) == warned


def test_how_often_a_feed_reports_changes_no_revision() -> None:
    """`every:` of a feed helps to check; promises that are open keep the revision that they were made under."""
    keys = f"per: site, {LINE}, within: 10m"
    texts = [f"kept: 1\n{polled(each)}\nstandards:\n  a: {{{TELL}, {keys}}}\n" for each in ("", "60s")]
    one, other = (load([Source("a.yaml", text)]) for text in texts)
    assert [standard.revision for standard in one.standards] == [standard.revision for standard in other.standards]
    assert [feed.every for feed in (*one.feeds, *other.feeds)] == [None, parse("60s")]


def test_a_feed_is_not_dark_between_its_reports() -> None:
    """A feed that would count as silent before its next report is refused."""
    text = "kept: 1\nfeeds:\n  f: {events: [queue.length], every: 5m, silent_after: 5m}\nstandards: {}\n"
    with pytest.raises(Exception, match="would count as dark between two of its reports"):
        load([Source("a.yaml", text)])


PLACE = "per: [site, queue], when: {event: queue.length, where: waiting > 3}, expect: register.opened, within: 60s"


def test_a_need_that_ends_with_its_scope_says_so() -> None:
    """What is broken ends with `while` too, so the finding does not say that the deed alone ends it."""
    rule = f"{PLACE}, while: {{when: register.opened, until: register.closed}}"
    text = f"kept: 1\nstandards:\n  a: {{{TELL}, {rule}}}\n"
    warnings = load([Source("a.yaml", text)], terms=Terms(TODAY)).warnings
    found = next(warning.found for warning in warnings if warning.id == "never-ends")
    assert found.startswith("only register.opened or the end of while ends what is broken here;")


@pytest.mark.parametrize(
    ("rule", "warned"),
    [
        (PLACE, ["never-ends"]),
        (f"{PLACE}, again: done, owed_for: 1h", ["never-ends"]),
        (f"{PLACE}, unless: {{event: queue.length, where: waiting <= 3}}", []),
        (f"{PLACE}, again: judged", []),  # the next one is owed by itself
        (PLACE.replace("register.opened", "{event: queue.length, where: waiting <= 3}"), []),  # the deed is the end
        (PLACE.replace("where: waiting > 3", "where: 'queue == \"main\"'"), []),  # it selects only
        ("per: ticket, when: {event: ticket.queued, where: 'team != \"\"'}, expect: ticket.accepted, within: 1m", []),
        ("per: [site], when: {event: survey.answered, where: score < 2}, expect: followup.completed, within: 1h",
         []),  # it happened
    ],
)  # fmt: skip
def test_a_need_ends_by_itself_or_is_found(rule: str, warned: list[str]) -> None:
    """Where a broken promise holds back the next one, something besides the deed says that the need is over."""
    assert [each for each in found_in(rule) if each != "one-for-many"] == warned
