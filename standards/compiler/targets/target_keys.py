"""How long there is, where the event chooses it: lengths and calendars by a field.

Read next: `choices.py` for the form of a choice, `judge/targets/target.py` for what it becomes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from standards.calendar import working_days
from standards.calendar.holiday import by_dates
from standards.calendar.hours import Hours, Shift, did_you_mean
from standards.calendar.working_days import WorkingDays
from standards.compiler.targets.choices import chosen_by, compiled, placed_texts
from standards.compiler.targets.columns import COLUMN, column_fields, tables_named, wrong_key
from standards.compiler.targets.marks import mark, placed
from standards.documents.declared import SOME_DAY, Calendar
from standards.documents.declared_model import CalendarModel
from standards.judge.standard import UTC_ZONE
from standards.judge.targets.target import Length, Nothing, TargetRule, leaves

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from collections.abc import Set as AbstractSet

    from standards.compiler.targets.choices import Fields
    from standards.compiler.targets.openings import Openings
    from standards.documents.entries import Entry
    from standards.documents.model import StandardModel
    from standards.documents.tables import Facts
    from standards.expressions.expression import Field
    from standards.judge.standard import Clause
    from standards.judge.targets.table import Table
    from standards.judge.targets.target import Amount, Choice, Mark, Within

ALWAYS: Final = "always"
"""The calendar that is always open, and need not be declared."""
ALWAYS_OPEN: Final = Calendar(None, UTC_ZONE, CalendarModel(timezone="UTC"), built_in=True)
NONE: Final = "none"
"""What stands in a choice where nothing is owed."""
_SHIFTED: Final = re.compile(r"(?P<name>\w+)\s*(?P<sign>[+-])\s*[0-9].*")
"""A time and how much later or earlier, as if it could be reckoned with: `booked + 10m`."""


def is_chosen(model: StandardModel) -> bool:
    """Say whether how long there is depends on the event that opens a promise."""
    choices = any(isinstance(part, dict) for part in (model.within, model.calendar))
    return choices or model.due is not None or any(_is_working_days(text) for _, text in placed_texts(model.within))


def _is_working_days(text: str) -> bool:
    try:
        return working_days.parse(text) is not None
    except ValueError:  # nearly: it is reported where it is compiled
        return True


def looked_at(model: StandardModel) -> list[str]:
    """Name the fields and columns that a standard's choices look at."""
    return [*chosen_by(model.within), *chosen_by(model.calendar)]


def hours_named(during: str) -> tuple[str, bool]:
    """Give the calendar that `during` names, and whether it is all but its hours that count: `not NAME`."""
    name = during.removeprefix("not ").strip()
    return name, name != during


def calendar_names(model: StandardModel) -> list[str]:
    """Name the calendars that a standard's clock can go by, each once."""
    return list(dict.fromkeys(name for _, name in placed_texts(model.calendar)))


@dataclass(frozen=True, slots=True)
class Targets:
    """Compiles the targets of one response; `calendars` are all it can name."""

    entry: Entry
    model: StandardModel
    openings: Openings
    calendars: Mapping[str, Calendar]
    declared: Mapping[str, Facts | None]

    def rule(self) -> TargetRule | None:
        """Compile; None where something is wrong, which is reported."""
        before = len(self.entry.findings)
        tables = self._tables()
        due = self._due()
        within = self._within()
        calendar = self._calendar()
        warn = () if within is None else self._warn(within)
        unread = any(self.declared.get(name, "") is None for name in tables_named(looked_at(self.model)))
        if unread or len(self.entry.findings) > before or within is None or calendar is None:
            return None
        by_days = any(isinstance(amount, WorkingDays) for amount in leaves(within))
        hours = {name: _hours(found) if by_days else found.hours for name, found in self.calendars.items()}
        return TargetRule(within, calendar, {"": None, **hours}, warn, due, tables)

    def _tables(self) -> dict[str, Table]:
        """Give the tables whose columns are looked at; a row is looked up by a field of the event."""
        tables = {}
        for name in tables_named(looked_at(self.model)):
            facts = self.declared.get(name)
            if facts is None:
                continue
            wrongs = (wrong_key(facts.table, fields, event) for event, fields in self.openings.each.items())
            if wrong := next(filter(None, wrongs), None):
                self.entry.at("within").error(*wrong)
            tables[name] = facts.table
        return tables

    @property
    def _fields(self) -> dict[str, Field]:
        """The fields by which can be chosen: those of the event, and the columns of the tables, which are texts."""
        unread = [name for name in looked_at(self.model) if self.declared.get(name.partition(".")[0], "") is None]
        return {**self.openings.fields, **column_fields(self.declared), **dict.fromkeys(unread, COLUMN)}

    def _due(self) -> str:
        """Read the field that names the deadline; where it may be missing, `within` says what holds then."""
        name, entry = self.model.due, self.entry.at("due")
        if name is None:
            return ""
        fields, optional = self.openings.fields, self.model.within is not None
        found = fields.get(name)
        if found is None or found.type != "time":
            said = self.openings.lacking(name, "time", optional=optional) or _no_time(name, fields)
            entry.error("unknown-field" if found is None else "wrong-type", *said)
        elif found.optional and not optional:
            fix = "add within: with how long there is then"
            entry.error("missing-key", f"{name} may be missing, and nothing says how long there is then", fix)
        if self.model.pause is not None:
            fix = (
                "leave pause out, or due"
                if optional
                else "leave pause out, or write within: with a length of time for due:"
            )
            self.entry.at("pause").error("misplaced-key", "a deadline that is named does not move", fix, key=True)
        return name

    def _within(self) -> Within | None:
        entry, given = self.entry.at("within"), self.model.within
        if given is None:  # a named deadline alone: without one nothing is owed
            return Nothing()
        within: Within | None = compiled(entry, given, self._fields, self._amount, self.openings.lacking)
        if within is not None and all(isinstance(target, Nothing) for target in leaves(within)):
            entry.error("wrong-value", "nothing is ever owed by this choice", "give one of its values a time")
        return within

    def _amount(self, entry: Entry, text: str) -> Amount | None:
        if text == NONE and isinstance(self.model.within, dict):
            return Nothing()
        before = len(entry.findings)
        days = entry.attempt("bad-duration", partial(working_days.parse, text))
        if days is not None:
            return self._working_days(entry, days)
        us = entry.duration(text) if len(entry.findings) == before else None
        if us is None:
            return None
        for calendar in self.calendars.values():
            if calendar.hours is not None:
                entry.attempt("bad-duration", partial(calendar.hours.add, SOME_DAY, us))
        return Length(us)

    def _working_days(self, entry: Entry, days: WorkingDays) -> WorkingDays | None:
        if not self.calendars or ALWAYS_OPEN in self.calendars.values():
            none = f"and {ALWAYS} has none" if self.calendars else "and this standard has none"
            found = f"which days are working days is said by a calendar, {none}"
            entry.error("missing-key", found, self._calendar_meant())
            return None
        for calendar in self.calendars.values():
            entry.attempt("bad-duration", partial(working_days.add, _hours(calendar), SOME_DAY, days))
        return days

    def _calendar_meant(self) -> str:
        """Say which calendar knows what working days are."""
        zones = [calendar.zone.key for calendar in self.calendars.values() if not calendar.built_in]
        if zones:  # all of them, as a time that is chosen does not say which calendar is
            declared = f"declare round-the-clock: {{timezone: {zones[0]}}}"
            return f"under calendars, {declared}, a calendar without hours, and write it instead of {ALWAYS}"
        return f"{'write' if self.calendars else 'add'} calendar: with the name of one that has a time zone"

    def _calendar(self) -> Choice[str] | str | None:
        given = self.model.calendar
        if given is None:
            return ""
        return compiled(self.entry.at("calendar"), given, self._fields, lambda _, name: name, self.openings.lacking)

    def _warn(self, within: Within) -> tuple[Mark, ...]:
        """Read when to warn; a mark has its place in every fixed length that can be chosen."""
        lengths = [target for target in leaves(within) if isinstance(target, Length)]
        marks = []
        for index, text in enumerate(self.model.warn or ()):
            entry = self.entry.at("warn", index)
            found = entry.attempt("bad-warning", partial(mark, text))
            if found is not None:
                fits = [entry.attempt("bad-warning", partial(placed, text, length.us)) for length in lengths]
                marks += [found] if all(fits) else []
        return tuple(marks)


def _no_time(name: str, fields: Fields) -> tuple[str, str]:
    """Say why a text does not name a deadline, and what would."""
    times = [known for known, field in fields.items() if field.type == "time"]
    shifted = _SHIFTED.fullmatch(name)
    if shifted is not None and shifted["name"] in times:
        other = "later" if shifted["sign"] == "+" else "earlier"
        return "due names one time field of the event and nothing else", f"let the event bring the {other} time itself"
    wrong = f"{name} is of the type {fields[name].type}" if name in fields else f"there is no field {name!r}"
    fix = did_you_mean(name, times) or f"its times are: {', '.join(sorted(times)) or 'none'}"
    return f"{wrong} to name a deadline", fix


def check_followed(
    entry: Entry, follow: Clause, looked: AbstractSet[str], fields_of: Callable[[str], Fields | None], opening: Fields
) -> None:
    """See that each event that is followed brings something that is looked at, of the same type as when it opens."""
    if not looked:
        found = "there is nothing to follow: no time and no calendar depends on a field"
        entry.error("misplaced-key", found, "choose within or calendar by a field, or name a field with due", key=True)
        return
    for event in follow.events:
        brought = fields_of(event) or {}
        if not looked & brought.keys():
            found = f"{event} has none of the fields that are looked at: {', '.join(sorted(looked))}"
            entry.error("wrong-value", found, "follow an event that has one of them")
        for name in sorted(looked & brought.keys() & opening.keys()):
            if brought[name].type != opening[name].type:
                found = f"{name} is {brought[name].type} in {event}, and {opening[name].type} where the promise opens"
                entry.error("wrong-type", found, "make the types equal")


def _hours(calendar: Calendar) -> Hours:
    """Give the hours of a calendar, those too of one that is always open: each of its days is a working day."""
    every_day = ((Shift(0, 24 * 60),),) * 7
    return calendar.hours or Hours(calendar.zone.key, every_day, by_dates(()))
