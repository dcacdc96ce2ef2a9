"""Checks of time: what is too short to be seen, a time or a warning of no use, calendars that stop nothing or run out.

Read next: `lint_input.py` for what it is given.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from standards.calendar.duration import DAY, SECOND, describe
from standards.judge.shapes import Recurrence, Response
from standards.judge.standard import clauses
from standards.lint.lint_input import length, openings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from standards.documents.entries import Entry
    from standards.judge.standard import Standard
    from standards.lint.lint_input import LintInput

TO_ACT: Final = 5 * SECOND
"""As little as somebody can need to read a message and do what it says."""


def too_short(lint: LintInput) -> None:
    """Find promises that are over before anybody can know how they stand."""
    for entry, standard, key, whole in _timed(lint):
        reach = lint.terms.reach(standard)
        if whole < reach:
            found = f"{standard.id} lasts {describe(whole)}, and an event is waited for up to {describe(reach)}"
            fix = f"write a time well above {describe(reach)}: grace and lateness, as docs/operations.md has them"
            entry.at(key).warning("too-short", found, fix)
            continue
        for event, name, every in _polled(lint, standard):
            if whole < every:
                often = describe(every)
                found = f"{standard.id} lasts {describe(whole)}, and {event} comes by the feed {name!r} each {often}"
                fix = f"write a time well above {often}, or let the feed report more often"
                entry.at(key).warning("too-short", found, fix)
                break


def never_needed(lint: LintInput) -> None:
    """Find a `within` for events without a deadline of their own, where each of them names one."""
    for standard in lint.standards.values():
        rule = standard.shape.target if isinstance(standard.shape, Response) else None
        entry = lint.entries[standard.id]
        if rule is None or not rule.due or not entry.has("within") or lint.opening_fields(standard)[rule.due].optional:
            continue
        events = " and every ".join(openings(standard))
        found = f"within says how long there is where {rule.due} is missing, and every {events} has it"
        fix = f"leave within out, or declare that it may be missing: {rule.due}: time?"
        entry.at("within").warning("never-needed", found, fix)


def given_up(lint: LintInput) -> None:
    """Find promises of more time than what is late is waited for, where nobody says how long that is."""
    for standard in lint.standards.values():
        shape, entry = standard.shape, lint.entries[standard.id]
        if not isinstance(shape, Response) or entry.has("owed_for"):
            continue
        whole = _longest(shape)
        if whole > shape.owed_for:
            given = describe(shape.owed_for)
            found = (
                f"there is {describe(whole)} for it, and what is more than {given} late is given up: "
                "should it be done then, that is not seen"
            )
            fix = f"say how long it is waited for, such as owed_for: {describe(4 * whole)}"
            entry.at("within").warning("given-up", found, fix)


def _longest(shape: Response) -> int:
    """Give the most time that there can be, in microseconds; a working day is taken for a day."""
    if shape.target is None:
        return shape.within or 0
    days = [int(days * DAY) for days in shape.target.days]
    return max([*days, *shape.target.lengths], default=0)


def _timed(lint: LintInput) -> Iterator[tuple[Entry, Standard, str, int]]:
    for standard in lint.standards.values():
        timed = length(standard)
        if timed is not None:
            yield lint.entries[standard.id], standard, *timed


def _polled(lint: LintInput, standard: Standard) -> Iterator[tuple[str, str, int]]:
    """Give the events that settle a promise and come only by feeds that report now and then, and how often."""
    for key, clause in clauses(standard.shape).items():
        for event in clause.events if key in {"expect", "unless"} else ():
            feeds = [feed for _, feed in lint.feeds.values() if event in feed.events]
            if feeds and all(feed.every for feed in feeds):
                soonest = min(feeds, key=lambda feed: feed.every or 0)
                yield event, soonest.name, soonest.every or 0


def no_time_to_act(lint: LintInput) -> None:
    """Find warnings that leave nobody the time to act."""
    for entry, standard, _, whole in _timed(lint):
        reach = lint.terms.reach(standard)
        least = reach + TO_ACT
        late = [whole - mark for mark in _marks(standard, whole) if whole - mark < least]
        if late and whole >= reach:  # else the promise itself is too short
            found = (
                f"the warning {describe(min(late))} before the deadline can be told "
                f"{describe(reach)} later: too late to act"
            )
            entry.at("warn").warning("no-time-to-act", found, f"warn {describe(least)} before, or earlier")


def warns_at_once(lint: LintInput) -> None:
    """Find warnings that come with the opening, so that each promise is told and none presses more."""
    for entry, standard, _, whole in _timed(lint):
        reach = lint.terms.reach(standard)
        soon = [mark for mark in _marks(standard, whole) if mark <= reach]
        if soon and whole >= reach:
            found = f"{standard.id} warns {describe(min(soon))} after it opens, before anybody could have acted"
            entry.at("warn").warning("warns-at-once", found, "warn later: at 50%, for example")


def _marks(standard: Standard, whole: int) -> tuple[int, ...]:
    shape = standard.shape
    if isinstance(shape, Response) and shape.target is not None:
        return shape.target.marks(whole)
    return shape.warn if isinstance(shape, Response | Recurrence) else ()


def never_closed(lint: LintInput) -> None:
    """Find clocks that are to stop out of hours, by a calendar that is always open."""
    for entry, standard, _, _ in _timed(lint):
        chosen = getattr(standard.shape, "target", None) is not None or _by_wall(standard)
        if entry.has("calendar") and not chosen and getattr(standard.shape, "hours", None) is None:
            found = f"this calendar is always open, so the clock of {standard.id} never stops"
            entry.at("calendar").warning("never-closed", found, "give the calendar hours, or leave it out here")


def _by_wall(standard: Standard) -> bool:
    """Say whether a period is days by the clock on the wall, which a calendar's zone places."""
    return isinstance(standard.shape, Recurrence) and standard.shape.by_wall


def holidays_over(lint: LintInput) -> None:
    """Find lists of holidays that have no day left, or none of this year."""
    if lint.terms.today is not None:
        for entry, calendar in lint.calendars.values():
            overdue_holidays(entry, calendar.model.holidays or [], lint.terms.today)


def overdue_holidays(entry: Entry, listed: list[str], today: date) -> None:
    """Report a list of holidays that has run out; a country's are worked out for each year, and do not."""
    days = sorted(map(date.fromisoformat, listed)) if listed and listed[0][:1].isdigit() else []
    if days and today > days[-1]:
        found = f"the last holiday of {entry.name!r} was on {days[-1]}; it is {today}"
        entry.at("holidays").warning("holidays-over", found, "add those to come, or name a country, such as PL")
    elif days and today.year not in {day.year for day in days}:
        found = f"{entry.name!r} has no holiday in {today.year}"
        entry.at("holidays").warning("holidays-over", found, "add those of this year, or name a country, such as PL")
