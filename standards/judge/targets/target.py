"""How long a promise has, where that depends on its event: the rule by which it is chosen, and what one was given.

A choice looks at a field: `{by: priority, urgent: 1h, else: 8h}`. What a promise was given is remembered with it, so it
is judged to its end by that.
Knows: values of fields, lengths, calendars by name. Must not know: events, or promises in flight. Read next:
`shapes/responding/target_clock.py`, which counts by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar, assert_never, cast

import msgspec

from standards.calendar import working_days
from standards.calendar.duration import DAY
from standards.calendar.hours import FARTHEST
from standards.calendar.working_days import WorkingDays
from standards.judge.targets.table import columns_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from fractions import Fraction

    from standards.calendar.hours import Hours
    from standards.judge.targets.table import Columns, Table

Looked = str | int | bool | None
"""The value of a field that is looked at; None where it is missing. An instant is microseconds UTC."""

T = TypeVar("T")


class Length(msgspec.Struct, frozen=True):
    """So many microseconds, of open time where there is a calendar."""

    us: int


class Nothing(msgspec.Struct, frozen=True):
    """No time at all, since nothing is owed."""


class Choice(msgspec.Struct, Generic[T], frozen=True):
    """One of several, by the value of a field; `otherwise` takes what is missing and what is not listed."""

    field: str
    options: Mapping[Looked, Choice[T] | T]
    otherwise: Choice[T] | T


Amount = Length | WorkingDays | Nothing
Within = Choice[Amount] | Amount
"""How long there is."""


class Target(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a promise was given: `whole` microseconds, of the open time of `calendar` where it has one.

    `facts` are the values of the fields that were looked at. `fixed` is its deadline where that is an instant of its
    own, in microseconds UTC, and -1 where it is when the whole has been counted. `tables` are the hashes of those in
    which rows were looked up, by name.
    """

    whole: int
    calendar: str = ""
    facts: dict[str, Looked] = {}
    fixed: int = -1
    tables: dict[str, str] = {}


class Mark(msgspec.Struct, frozen=True):
    """When to warn: after a share of the whole, or so many microseconds before its end."""

    share: Fraction | None = None
    before: int = 0

    def of(self, whole: int) -> int:
        """Give the mark in microseconds after the opening; it can lie before it, where the whole is short."""
        return whole - self.before if self.share is None else int(self.share * whole)


class TargetRule(msgspec.Struct, frozen=True):
    """By what a promise is given its target. `calendars` are those that `calendar` can choose; "" is none of them.

    A choice by a field of one of the `tables` is written `TABLE.COLUMN`.

    `due` is the field by which the event names the deadline itself; `within` is for where it is missing.
    """

    within: Within
    calendar: Choice[str] | str
    calendars: Mapping[str, Hours | None]
    warn: tuple[Mark, ...] = ()
    due: str = ""
    tables: Mapping[str, Table] = {}

    @property
    def fields(self) -> frozenset[str]:
        """The fields of an event that are looked at, those too by which rows are looked up."""
        keys = [table.key for table in self.tables.values()]
        return frozenset(name for name in (*self._looked, *keys) if name and name not in self.columns)

    @property
    def _looked(self) -> tuple[str, ...]:
        return (*_fields(self.within), *_fields(self.calendar), self.due)

    @property
    def columns(self) -> Columns:
        """The columns that are looked at, by how they are written."""
        return columns_of(self.tables, self._looked)

    @property
    def lengths(self) -> tuple[int, ...]:
        """Every fixed length that a promise can be given, in microseconds, the shortest first."""
        return tuple(sorted({target.us for target in leaves(self.within) if isinstance(target, Length)}))

    @property
    def days(self) -> frozenset[float]:
        """Every number of working days that a promise can be given."""
        return frozenset(target.days for target in leaves(self.within) if isinstance(target, WorkingDays))

    @property
    def may_owe_nothing(self) -> bool:
        """Whether some events that would open a promise are owed none."""
        return any(isinstance(target, Nothing) for target in leaves(self.within))

    def resolve(self, facts: dict[str, Looked], opened: int, known: int) -> Target | None:
        """Give what a promise is given by the values of the fields that are looked at; None: nothing is owed.

        `known` is the instant by whose knowledge of the calendars' days it is.
        """
        calendar, named = chosen(self.calendar, facts), facts.get(self.due)
        if isinstance(named, int):
            return self._fixed(max(named, 0), opened, self._hours(calendar, known), Target(0, calendar, facts))
        amount = cast("Amount", chosen(self.within, facts))
        match amount:
            case Nothing():
                return None
            case Length(us=us):
                return Target(us, calendar, facts, tables=self._hashes())
            case WorkingDays():
                hours = self._hours(calendar, known)
                assert hours is not None, "working days are those of a calendar"  # noqa: S101 - compiled so
                due = working_days.due(hours, opened, amount)
                return self._fixed(due, opened, hours, Target(0, calendar, facts))
            case _:
                assert_never(amount)

    def _hours(self, calendar: str, known: int) -> Hours | None:
        hours = self.calendars[calendar]
        return None if hours is None else hours.as_known(known)

    def _fixed(self, due: int, opened: int, hours: Hours | None, target: Target) -> Target:
        """Give a target whose deadline is an instant of its own, which may be past, or farther than anybody counts."""
        whole = max(0, due - opened) if hours is None else hours.between(opened, min(due, opened + FARTHEST * DAY))
        return msgspec.structs.replace(target, whole=whole, fixed=due, tables=self._hashes())

    def _hashes(self) -> dict[str, str]:
        return {name: table.digest for name, table in self.tables.items()}

    def marks(self, whole: int) -> tuple[int, ...]:
        """Give when to warn, in microseconds after the opening, rising; what the whole has no room for is left out."""
        return tuple(sorted({mark for each in self.warn if 0 < (mark := each.of(whole)) < whole}))


def chosen(part: Choice[T] | T, facts: Mapping[str, Looked]) -> T:
    """Follow choices down to what is chosen."""
    while isinstance(part, Choice):
        part = part.options.get(facts.get(part.field), part.otherwise)
    return part


def leaves(part: Choice[T] | T) -> Iterator[T]:
    """Give everything that can be chosen, in the order in which it is written."""
    if isinstance(part, Choice):
        for option in (*part.options.values(), part.otherwise):
            yield from leaves(option)
    else:
        yield part


def _fields(part: Choice[T] | T) -> Iterator[str]:
    if isinstance(part, Choice):
        yield part.field
        for option in (*part.options.values(), part.otherwise):
            yield from _fields(option)
