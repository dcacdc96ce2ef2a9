"""The six shapes: how each is compiled from a standard's keys.

Read next: `compiling.py`, which compiles the rest of a standard.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from standards.calendar.duration import describe, parse
from standards.documents.declared import SOME_DAY, Calendar
from standards.expressions.expression import Field, compile_condition, compile_measure, compile_threshold
from standards.judge.shapes import Bounded, Level, Precedence, Recurrence, Response, Shape, Universality
from standards.judge.standard import DAY, OWED_FOR, UTC_ZONE, Clause, Pause, Period

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from standards.calendar.hours import Hours
    from standards.compiler.shape_keys import ShapeName
    from standards.documents.entries import Entry
    from standards.documents.model import ClauseModel, StandardModel

Fields = Mapping[str, Field]

_PERIODS: Mapping[str, Period] = {"day": "day", "week": "week", "month": "month"}
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,6})?)%")
_BEFORE = re.compile(r"(\S+) before")
_EVENTS = re.compile(r"([1-9][0-9]{0,8}) events?")


def percent(text: str) -> Fraction:
    """Read `95%` as 19/20. Raises ValueError."""
    found = _PERCENT.fullmatch(text)
    if not found:
        bare = _PERCENT.fullmatch(f"{text}%")
        meant = "like 95%" if bare is None else f"{float(text) * (1 if float(text) > 1 else 100):.10g}%"
        raise ValueError(f"{text!r} is not a valid share; write it {meant}")
    return Fraction(found[1]) / 100


@dataclass(frozen=True, slots=True)
class Shaper:
    """Compiles the shape of one standard. `fields_of` gives the fields of the `known` event types, else None."""

    entry: Entry
    model: StandardModel
    fields_of: Callable[[str], Fields | None]
    known: list[str]
    calendar: Calendar | None

    def shape(self, name: ShapeName) -> Shape | None:
        """Compile; None where something that the shape needs is missing or has errors, which are reported."""
        compiled: Mapping[ShapeName, Callable[[], Shape | None]] = {
            "response": self._response, "precedence": self._precedence, "universality": self._universality,
            "bounded": self._bounded, "recurrence": self._recurrence, "level": self._level,
        }  # fmt: skip
        return compiled[name]()

    def _response(self) -> Response | None:
        model = self.model
        when = self._clause(model.when, "when")
        expect = self._clause(model.expect, "expect", opening=when)
        unless = self._clause(model.unless, "unless", opening=when)
        pause = self._pause(when)
        within = self._counted(model.within, "within")
        warn = self._warn(within)
        if when is None or expect is None or within is None:
            return None
        rest = self.entry.at("rest").duration(model.rest)
        owed_for = self.entry.at("owed_for").duration(model.owed_for)
        again = model.again or "judged"
        if rest is not None and again != "done":
            found = f"a rest goes with again: done, and here it is {again}"
            self.entry.at("rest").error("misplaced-key", found, "leave rest out, or write again: done", key=True)
        return Response(
            when, expect, within, unless=unless, pause=pause, hours=self._hours(), warn=warn, again=again,
            rest=rest or 0, owed_for=owed_for or OWED_FOR,
        )  # fmt: skip

    def _precedence(self) -> Precedence | None:
        when = self._clause(self.model.when, "when")
        expect = self._clause(self.model.expect, "expect", opening=when)
        within_last = self.entry.at("within_last").duration(self.model.within_last)
        return Precedence(when, expect, within_last) if when and expect and within_last else None

    def _universality(self) -> Universality | None:
        when = self._clause(self.model.when, "when")
        fields = self.fields_of(when.event) if when else None
        if when is None or fields is None or self.model.must is None:
            return None
        must = self.entry.at("must").attempt("bad-expression", partial(compile_condition, self.model.must, fields))
        return Universality(when, must) if must else None

    def _bounded(self) -> Bounded | None:
        model = self.model
        when = self._clause(model.when, "when")
        until = self._clause(model.until, "until", opening=when)
        within = self.entry.at("within").duration(model.within)
        if model.until is not None and model.within is not None:
            self.entry.at("until").error("two-shapes", "within and until both end the count", "keep one", key=True)
        if when is None or model.at_most is None:
            return None
        return Bounded(when, model.at_most, within=within, until=until)

    def _recurrence(self) -> Recurrence | None:
        model = self.model
        expect = self._clause(model.expect, "expect")
        subjects = self._subjects()
        period = _PERIODS.get(model.every or "")
        if period is not None:
            for index in range(len(model.warn or ())):
                fix = "give every as a length of time, such as 7d, or leave warn out"
                self.entry.at("warn", index).error("bad-warning", f"a {period} has no fixed length to warn in", fix)
            return None if expect is None else Recurrence(expect, period, zone=self._zone(), subjects=subjects)
        every = self._counted(model.every, "every")
        warn = self._warn(every)
        if expect is None or every is None:
            return None
        return Recurrence(expect, every, hours=self._hours(), zone=self._zone(), subjects=subjects, warn=warn)

    def _level(self) -> Level | None:
        model, entry = self.model, self.entry
        when = self._clause(model.when, "when")
        bound = None if model.must is None else partial(compile_threshold, model.must)
        must = None if bound is None else entry.at("must").attempt("bad-expression", bound)
        over, count = self._window()
        fields = self.fields_of(when.event) if when else None
        if when is None or fields is None or model.measure is None:
            return None
        measure = entry.at("measure").attempt("bad-expression", partial(compile_measure, model.measure, fields))
        at_least = model.at_least or 1
        if count and over is not None and at_least > over:
            found = f"a window of {over} events never has {at_least} samples, so every one would be void"
            entry.at("at_least").error("wrong-value", found, f"write {over} or fewer")
        if measure is None or must is None or over is None:
            return None
        return Level(when, measure, over, must, count=count, at_least=at_least, zone=self._zone())

    def _clause(self, model: ClauseModel | None, *at: str, opening: Clause | None = None) -> Clause | None:
        if model is None:
            return None
        fields = self.fields_of(model.event)
        if fields is None:
            self.entry.at(*at, "event").unknown("event", model.event, self.known)
            return None
        if model.where is None:
            return Clause(model.event)
        if opening is None and at != ("when",) and self.model.when is not None and "opening." in model.where:
            return None  # what is wrong with the opening is said there
        around = self.fields_of(opening.event) if opening else None
        read = partial(compile_condition, model.where, fields, opening=around)
        return Clause(model.event, self.entry.at(*at, "where").attempt("bad-expression", read))

    def _pause(self, opening: Clause | None) -> Pause | None:
        model = self.model.pause
        if model is None:
            return None
        when = self._clause(model.when, "pause", "when", opening=opening)
        until = self._clause(model.until, "pause", "until", opening=opening)
        return Pause(when, until) if when and until else None

    def _counted(self, text: str | None, key: str) -> int | None:
        """Read a length of time of which, with a calendar, only open hours count, and see that it ends some day."""
        found, hours = self.entry.at(key).duration(text), self._hours()
        if found is not None and hours is not None:
            self.entry.at(key).attempt("bad-duration", partial(hours.add, SOME_DAY, found))
        return found

    def _hours(self) -> Hours | None:
        return self.calendar.hours if self.calendar else None

    def _zone(self) -> ZoneInfo:
        return self.calendar.zone if self.calendar else UTC_ZONE

    def _window(self) -> tuple[int | None, bool]:
        text, entry = self.model.over, self.entry.at("over")
        if text is None:
            return None, False
        if events := _EVENTS.fullmatch(text):
            return int(events[1]), True
        over = entry.duration(text)
        if over is not None and DAY % over and over % DAY:
            fix = "take one that divides a day, such as 30m, or whole days"
            entry.error("bad-duration", f"windows of {text} do not fit into a day", fix)
        return over, False

    def _warn(self, whole: int | None) -> tuple[int, ...]:
        marks = {
            self.entry.at("warn", index).attempt("bad-warning", partial(_mark, text, whole))
            for index, text in enumerate(self.model.warn or ())
        }
        return tuple(sorted(filter(None, marks)))

    def _subjects(self) -> tuple[tuple[str | int, ...], ...]:
        """Read the listed subjects, each in the order of `per`."""
        per = self.model.per or []
        found = []
        for index, given in enumerate(self.model.subjects or ()):
            entry = self.entry.at("subjects", index)
            wrong = [name for name, value in given.items() if type(value) not in {str, int}]
            for name in wrong:
                entry.at(name).error("wrong-type", f"{name} must be text or a whole number", "put it in quotes")
            if given.keys() != set(per):
                names = ", ".join(per) or "no fields: leave subjects out"
                entry.error("subject-field", f"this subject gives {', '.join(given) or 'nothing'}", f"give {names}")
            elif not wrong:
                found.append(tuple(given[name] for name in per))
        return tuple(dict.fromkeys(found))


def _mark_meant(text: str) -> str:
    """Write a warning as it was likely meant: `50 %` as 50%, `15s` and `before 15s` as 15s before."""
    bare = re.sub(r"\bbefore\b|\s", "", text)
    if re.fullmatch(r"[0-9]{1,2}%?", bare):
        return f"{bare.rstrip('%')}%"
    try:
        parse(bare)
    except ValueError:
        return "50%, or 15s before"
    return f"{bare} before"


def _mark(text: str, whole: int | None) -> int | None:
    """Read a warning as microseconds after the opening, or None where the whole is not known."""
    before = _BEFORE.fullmatch(text)
    if not before and not _PERCENT.fullmatch(text):
        raise ValueError(f"{text!r} is not a valid time to warn; write {_mark_meant(text)}")
    if whole is None:
        return None
    mark = whole - parse(before[1]) if before else int(percent(text) * whole)
    if not 0 < mark < whole:
        raise ValueError(f"{text!r} is not between the opening and the deadline; there are {describe(whole)}")
    return mark
