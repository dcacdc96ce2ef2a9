"""Calendars, feeds and event types: from what an author declared to what the judge uses.

Read next: `compiler/assembly.py`, which asks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from standards.calendar.holiday import by_country, by_dates, by_ics
from standards.calendar.hours import Hours, Shift, Week, did_you_mean, parse_shifts, parse_week, zone
from standards.documents.declared_model import CalendarModel, FeedModel, FieldModel, HoursModel
from standards.expressions.expression import Field
from standards.expressions.persons import why
from standards.judge.events import EventType, name_problem, type_name_problem
from standards.judge.standard import Feed

if TYPE_CHECKING:
    from standards.calendar.holiday import IsHoliday
    from standards.documents.entries import Entry

ReadFile = Callable[[str], str]

SUBJECT_TYPES = ("text", "integer")
"""What a field must be to name a subject."""

_ALWAYS: Week = ((Shift(0, 24 * 60),),) * 7
_ICS_YEARS = (2000, 2100)
"""The years, the last one left out, for which the days of an .ics file are written down."""
SOME_DAY = 1_719_792_000_000_000
"""1 July 2024, to try a calendar with: far from a year's end, so that one year's holidays are enough."""


class Calendar(msgspec.Struct, frozen=True):
    """Business hours (None: every moment counts), and the model, with an .ics file turned into a list of dates.

    One that is `built_in` need not be declared. `may_change` are those who may change its days.
    """

    hours: Hours | None
    zone: ZoneInfo
    model: HoursModel
    built_in: bool = False
    may_change: tuple[str, ...] = ()


def calendar(entry: Entry, model: HoursModel, read: ReadFile | None) -> Calendar | None:
    """Compile a calendar; None where it has errors, which are reported."""
    in_zone = entry.at("timezone").attempt("bad-calendar", partial(zone, model.timezone))
    week = _week(entry.at("hours"), model.hours)
    days_off = _days_off(entry.at("holidays"), model.holidays, read)
    if in_zone is None or week is None or days_off is None:
        return None
    listed, is_holiday = days_off
    model = model.model_copy(update={"holidays": listed})
    may_change = tuple(model.may_change or ()) if isinstance(model, CalendarModel) else ()
    if week == _ALWAYS and listed is None and not may_change:
        return Calendar(None, in_zone, model)
    hours = Hours(model.timezone, week, is_holiday, entry.name)
    if not any(week) or hours.opens_after(SOME_DAY) is None:
        fix = 'give a day hours, such as mon-fri: ["08:00-16:00"], or leave hours out: always open'
        found = f"the calendar {entry.name!r} never opens, so its time would stand still"
        entry.error("never-open", found, fix, key=True)
        return None
    return Calendar(hours, in_zone, model, may_change=may_change)


def _week(entry: Entry, hours: Mapping[str, list[str]] | None) -> Week | None:
    if hours is None:
        return _ALWAYS
    before = len(entry.findings)
    for days, texts in hours.items():
        entry.at(days).attempt("bad-calendar", partial(parse_week, {days: ()}), key=True)
        for index, text in enumerate(texts):
            entry.at(days, index).attempt("bad-calendar", partial(parse_shifts, text))
    return None if len(entry.findings) > before else entry.attempt("bad-calendar", partial(parse_week, hours), key=True)


def _days_off(
    entry: Entry, given: list[str] | None, read: ReadFile | None
) -> tuple[list[str] | None, IsHoliday] | None:
    """Give the holidays as they are written down, and the question whether a day is one."""
    if given is None:
        return None, by_dates(())
    if len(given) == 1 and given[0].endswith(".ics"):
        given = _from_file(entry, given[0], read)
        return None if given is None else (given, by_dates(given))
    if len(given) == 1 and given[0][:1].isalpha():
        is_holiday = entry.attempt("bad-calendar", partial(by_country, given[0]))
        return None if is_holiday is None else (given, is_holiday)
    before = len(entry.findings)
    for index, text in enumerate(given):
        entry.at(index).attempt("bad-calendar", partial(by_dates, [text]))
    return None if len(entry.findings) > before else (given, by_dates(given))


def _from_file(entry: Entry, name: str, read: ReadFile | None) -> list[str] | None:
    path = str(PurePosixPath(entry.document.name).parent / name)
    if read is None:
        entry.error("bad-calendar", f"{path} cannot be read from here", "list the dates instead")
        return None
    try:
        text = read(path)
    except (OSError, ValueError) as error:
        entry.error("bad-calendar", f"{path} cannot be read: {error}", "name an .ics file, relative to this one")
        return None
    is_holiday = entry.attempt("bad-calendar", partial(by_ics, text))
    if is_holiday is None:
        return None
    first, last = (date(year, 1, 1) for year in _ICS_YEARS)
    days = (first + timedelta(days=number) for number in range((last - first).days))
    return [day.isoformat() for day in days if is_holiday(day)]


def feed(entry: Entry, model: FeedModel, vocabulary: Mapping[str, EventType]) -> Feed | None:
    """Compile a feed; None where it has errors, which are reported."""
    before = len(entry.findings)
    if not model.events:
        entry.at("events").error("empty-value", "a feed without events is never heard", "name at least one event type")
    known = {name: vocabulary[name].fields for name in model.events if name in vocabulary}
    for index, name in enumerate(model.events):
        if name not in known:
            entry.at("events", index).unknown("event", name, vocabulary)
    for position, field in enumerate(model.per):
        without = {name: fields for name, fields in known.items() if field not in fields}
        if without:
            no_subject_field(entry.at("per", position), field, without)
        for name in (each for each in known if each not in without):
            subject_field(entry.at("per", position), field, name, known[name])
    silent_after = entry.at("silent_after").duration(model.silent_after)
    every = entry.at("every").duration(model.every)
    if every is not None and silent_after is not None and silent_after <= every:
        found = f"{entry.name} would count as dark between two of its reports, which come each {model.every}"
        entry.at("silent_after").error("wrong-value", found, "write a longer time: three reports, for example")
    if silent_after is None or len(entry.findings) > before:
        return None
    return Feed(entry.name, tuple(model.events), silent_after, tuple(model.per), every)


def event_type(entry: Entry, fields: Mapping[str, FieldModel]) -> EventType | None:
    """Compile an event type of the author's own; None where it has errors, which are reported."""
    before = len(entry.findings)
    if problem := type_name_problem(entry.name):
        fix = f"write {meant}" if (meant := type_name_meant(entry.name)) else "choose another name"
        entry.error("bad-name", f"{entry.name!r}: {problem}", fix, key=True)
    for name in fields:
        if problem := name_problem(name):
            entry.at(name).error("bad-name", f"{name!r}: {problem}", "choose another name", key=True)
    for name, model in fields.items():
        if model.min is not None and model.type not in ("integer", "number"):
            found = f"{name} of {entry.name} is of the type {model.type}, which has no smallest value"
            entry.at(name, "min").error("wrong-value", found, "leave min out; it is for integer and number", key=True)
    return None if len(entry.findings) > before else EventType(entry.name, fields_of(fields))


def type_name_meant(name: str) -> str:
    """Write `Window Cleaned` as an event type, window.cleaned; empty where that cannot be one either."""
    words = re.sub(r"[^a-z0-9_-]+", ".", name.lower()).strip(".")
    meant = words if "." in words else re.sub("[_-]+", ".", words)
    return "" if meant == name or type_name_problem(meant) else meant


def with_own_fields(entry: Entry, builtin: EventType, fields: Mapping[str, FieldModel]) -> EventType:
    """Add an author's own fields to a built-in event type; those that cannot be added are reported and left out.

    Whoever else sends such events knows nothing of them, so they may always be missing.
    """
    there = [name for name in fields if name in builtin.fields]
    if there:
        found = f"{entry.name} is built in, and has {', '.join(there)} already"
        fix = "leave that out" if len(there) == 1 else "leave these out"
        (entry.at(*there) if len(there) == 1 else entry).error(
            "duplicate-name", found, f"{fix}: only fields of your own stand here, such as product: text?", key=True
        )
    own = {name: model for name, model in fields.items() if name not in builtin.fields}
    added = event_type(entry, own)
    for name, model in own.items():
        if not model.optional:
            found = f"{name} of {entry.name} can be missing: it is your own, and {entry.name} is built in"
            entry.at(name).error("wrong-value", found, f"write {name}: {model.type}?")
    return builtin if added is None else msgspec.structs.replace(builtin, fields={**builtin.fields, **added.fields})


def fields_of(fields: Mapping[str, FieldModel]) -> dict[str, Field]:
    """Turn declared fields into those that expressions are checked against."""
    return {name: _field(model) for name, model in fields.items()}


def _field(model: FieldModel) -> Field:
    return Field(
        model.type, optional=model.optional, unit=model.unit or "", meaning=model.meaning or "",
        person=model.person, free=model.free, min=model.min,
    )  # fmt: skip


def subject_field(entry: Entry, name: str, event: str, fields: Mapping[str, Field]) -> Field | None:
    """Find the field of an event that names its subject, or report that it cannot; the entry is the field's mention."""
    found = fields.get(name)
    if found is None:
        no_subject_field(entry, name, {event: fields})
        return None
    if found.type not in SUBJECT_TYPES:
        fix = "name a subject by fields of text or whole numbers"
        entry.error("subject-field", f"{name} of {event} is of the type {found.type}, which names nobody", fix)
        return None
    if found.sort == "free":
        fix = "name a subject by a field that is always written the same"
        entry.error("names-a-person", why(f"{name} of {event}", "free"), fix)
        return None
    return found


def no_subject_field(
    entry: Entry, name: str, events: Mapping[str, Mapping[str, Field]], *, apart: bool = False
) -> None:
    """Report that one or more events, each with its fields, have no field of that name to say whom they are about.

    `apart`: what opens and what keeps the promise have it, so that promises can be told apart by it all the same.
    """
    common = [
        known
        for known, field in next(iter(events.values())).items()
        if field.type in SUBJECT_TYPES and all(known in fields for fields in events.values())
    ]
    parts = [part for part in re.split(r"[\s,;+&]+", name) if part]
    fix = did_you_mean(name, common) or f"its fields are: {', '.join(sorted(common)) or 'none'}"
    if len(events) > 1:
        fix = fix.replace("its fields are", "fields that all of them have")
    if len(parts) > 1 and all(part in common for part in parts):
        fix = f"write [{', '.join(parts)}]"
    if apart:
        fix += (
            f". To owe each {name} for itself: again: each, and where: {name} == opening.{name} under expect; each "
            "such event owes one then"
        )
    have, they = ("has", "it cannot say whom it is") if len(events) == 1 else ("have", "they cannot say whom they are")
    found = f"{' and '.join(events)} {have} no field {name!r}, so {they} about"
    entry.error("subject-field", found, fix)
