"""Checks of time: promises too short to be seen, warnings of no use, calendars that stop nothing, holidays run out.

Read next: `lint_input.py` for what it is given.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from standards.calendar.duration import SECOND, describe
from standards.judge.shapes import Recurrence, Response
from standards.judge.standard import clauses
from standards.lint.lint_input import length

if TYPE_CHECKING:
    from collections.abc import Iterator

    from standards.documents.entries import Entry
    from standards.judge.standard import Standard
    from standards.lint.lint_input import Check, LintInput

TO_ACT: Final = 5 * SECOND
"""As little as somebody can need to read a message and do what it says."""


def too_short(house: LintInput) -> None:
    """Find promises that are over before anybody can know how they stand."""
    reach = house.terms.reach
    for entry, standard, key, whole in _timed(house):
        if whole < reach:
            found = f"{standard.id} lasts {describe(whole)}, and an event is waited for up to {describe(reach)}"
            fix = f"write a time well above {describe(reach)}: lateness and grace, as docs/operations.md has them"
            entry.at(key).warning("too-short", found, fix)
            continue
        for event, name, every in _polled(house, standard):
            if whole < every:
                often = describe(every)
                found = f"{standard.id} lasts {describe(whole)}, and {event} comes by the feed {name!r} each {often}"
                fix = f"write a time well above {often}, or let the feed report more often"
                entry.at(key).warning("too-short", found, fix)
                break


def _timed(house: LintInput) -> Iterator[tuple[Entry, Standard, str, int]]:
    for standard in house.standards.values():
        timed = length(standard)
        if timed is not None:
            yield house.entries[standard.id], standard, *timed


def _polled(house: LintInput, standard: Standard) -> Iterator[tuple[str, str, int]]:
    """Give the events that settle a promise and come only by feeds that report now and then, and how often."""
    for key, clause in clauses(standard.shape).items():
        feeds = [feed for _, feed in house.feeds.values() if clause.event in feed.events]
        if key in {"expect", "unless"} and feeds and all(feed.every for feed in feeds):
            soonest = min(feeds, key=lambda feed: feed.every or 0)
            yield clause.event, soonest.name, soonest.every or 0


def no_time_to_act(house: LintInput) -> None:
    """Find warnings that leave nobody the time to act."""
    least = house.terms.reach + TO_ACT
    for entry, standard, _, whole in _timed(house):
        late = [whole - mark for mark in _marks(standard) if whole - mark < least]
        if late and whole >= house.terms.reach:  # else the promise itself is too short
            found = (
                f"the warning {describe(min(late))} before the deadline can be told "
                f"{describe(house.terms.reach)} later: too late to act"
            )
            entry.at("warn").warning("no-time-to-act", found, f"warn {describe(least)} before, or earlier")


def warns_at_once(house: LintInput) -> None:
    """Find warnings that come with the opening, so that each promise is told and none presses more."""
    for entry, standard, _, whole in _timed(house):
        soon = [mark for mark in _marks(standard) if mark <= house.terms.reach]
        if soon and whole >= house.terms.reach:
            found = f"{standard.id} warns {describe(min(soon))} after it opens, before anybody could have acted"
            entry.at("warn").warning("warns-at-once", found, "warn later: at 50%, for example")


def _marks(standard: Standard) -> tuple[int, ...]:
    return standard.shape.warn if isinstance(standard.shape, Response | Recurrence) else ()


def never_closed(house: LintInput) -> None:
    """Find clocks that are to stop out of hours, by a calendar that is always open."""
    for entry, standard, _, _ in _timed(house):
        if entry.has("calendar") and getattr(standard.shape, "hours", None) is None:
            found = f"this calendar is always open, so the clock of {standard.id} never stops"
            entry.at("calendar").warning("never-closed", found, "give the calendar hours, or leave it out here")


def holidays_over(house: LintInput) -> None:
    """Find lists of holidays that have no day left, or none of this year."""
    if house.terms.today is not None:
        for entry, calendar in house.calendars.values():
            overdue_holidays(entry, calendar.model.holidays or [], house.terms.today)


def overdue_holidays(entry: Entry, listed: list[str], today: date) -> None:
    """Report a list of holidays that has run out; a country's are worked out for each year, and do not."""
    days = sorted(map(date.fromisoformat, listed)) if listed and listed[0][:1].isdigit() else []
    if days and today > days[-1]:
        found = f"the last holiday of {entry.name!r} was on {days[-1]}; it is {today}"
        entry.at("holidays").warning("holidays-over", found, "add those to come, or name a country, such as PL")
    elif days and today.year not in {day.year for day in days}:
        found = f"{entry.name!r} has no holiday in {today.year}"
        entry.at("holidays").warning("holidays-over", found, "add those of this year, or name a country, such as PL")


CHECKS: Final[tuple[Check, ...]] = (too_short, no_time_to_act, warns_at_once, never_closed, holidays_over)
