"""The six shapes: how each is compiled from a standard's keys.

Read next: `compiling.py`, which compiles the rest of a standard.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from standards.compiler.clauses.clausing import Clauses
from standards.compiler.editions import PERIODS, is_whole_days
from standards.compiler.targets.marks import before_end, placed
from standards.compiler.targets.openings import Openings, shared_fields
from standards.compiler.targets.target_keys import Targets, check_followed, is_chosen
from standards.compiler.window_keys import longest_of, period, rolling, window
from standards.documents.declared import SOME_DAY, Calendar
from standards.documents.model import written
from standards.expressions.expression import Among, Field, compile_condition, compile_measure, compile_threshold
from standards.judge.shapes import Bounded, Level, Precedence, Recurrence, Response, Shape, Universality
from standards.judge.standard import OWED_FOR, UTC_ZONE, Undo

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from standards.calendar.hours import Hours
    from standards.compiler.clauses.scoping import Scoping
    from standards.compiler.shape_keys import ShapeName
    from standards.documents.entries import Entry
    from standards.documents.model import StandardModel
    from standards.documents.tables import Facts
    from standards.expressions.expression import Measure
    from standards.judge.standard import Clause
    from standards.judge.targets.target import TargetRule

Fields = Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class Shaper:
    """Compiles the shape of one standard. `fields_of` gives the fields of an event type, or None if it is not known.

    `calendars` are those that its clock can go by, `tables` all there are; `calendar` is the one, where there is no
    choice. `by_promise`: each promise looks for itself what stops its clock, as it was before there were states.
    """

    entry: Entry
    model: StandardModel
    fields_of: Callable[[str], Fields | None]
    clauses: Clauses
    scoping: Scoping
    calendar: Calendar | None
    during: Calendar | None
    calendars: Mapping[str, Calendar]
    tables: Mapping[str, Facts | None]
    by_promise: bool

    def shape(self, name: ShapeName) -> Shape | None:
        """Compile; None where something that the shape needs is missing or has errors, which are reported."""
        compiled: Mapping[ShapeName, Callable[[], Shape | None]] = {
            "response": self._response, "precedence": self._precedence, "universality": self._universality,
            "bounded": self._bounded, "recurrence": self._recurrence, "level": self._level,
        }  # fmt: skip
        return compiled[name]()

    def _response(self) -> Response | None:
        model = self.model
        when = self.clauses.clause(model.when, "when")
        expect = self.clauses.clause(model.expect, "expect", opening=when)
        unless = self.clauses.clause(model.unless, "unless", opening=when)
        pause = self.scoping.pause(model.pause, when, by_promise=self.by_promise)
        chosen = is_chosen(model)
        target = self._target_rule(when) if chosen else None
        follow = self._follow(when, target)
        within = None if chosen else self._counted(self._plain("within"), "within")
        warn = () if chosen else self._warn(within)
        if when is None or expect is None or (within is None and target is None):
            return None
        rest = self.entry.at("rest").duration(model.rest)
        owed_for = self.entry.at("owed_for").duration(model.owed_for)
        again = model.again or "judged"
        if rest is not None and again != "done":
            found = f"a rest goes with again: done, and here it is {again}"
            self.entry.at("rest").error("misplaced-key", found, "leave rest out, or write again: done", key=True)
        return Response(
            when, expect, within, unless=unless, pause=pause, hours=self._hours(), warn=warn, again=again,
            rest=rest or 0, owed_for=owed_for or OWED_FOR, target=target, follow=follow,
            undo=self._undo(when),
        )  # fmt: skip

    def _follow(self, when: Clause | None, rule: TargetRule | None) -> Clause | None:
        follow, opening = self.clauses.clause(self.model.follow, "follow", opening=when), self._fields_judged(when)
        if follow is None or opening is None or (rule is None and is_chosen(self.model)):
            return follow
        looked = frozenset() if rule is None else rule.fields
        check_followed(self.entry.at("follow"), follow, looked, self.fields_of, opening)
        return follow

    def _undo(self, opening: Clause | None) -> Undo | None:
        if self.model.undo is None:
            return None
        when = self.clauses.clause(self.model.undo.when, "undo", "when", opening=opening)
        within = self.entry.at("undo", "within").duration(self.model.undo.within)
        return Undo(when, within) if when and within else None

    def _target_rule(self, when: Clause | None) -> TargetRule | None:
        if when is None:
            return None
        following = [event for _, clause in written(self.model.follow) for event in clause.events]
        followed = {event: fields for event in following if (fields := self.fields_of(event)) is not None}
        openings = Openings(self._judged(when), followed)
        return Targets(self.entry, self.model, openings, self.calendars, self.tables).rule()

    def _precedence(self) -> Precedence | None:
        when = self.clauses.clause(self.model.when, "when")
        expect = self.clauses.clause(self.model.expect, "expect", opening=when)
        within_last = self.entry.at("within_last").duration(self.model.within_last)
        return Precedence(when, expect, within_last) if when and expect and within_last else None

    def _universality(self) -> Universality | None:
        when = self.clauses.clause(self.model.when, "when")
        fields = self._fields_judged(when)
        if when is None or fields is None or self.model.must is None:
            return None
        at, lookups = self.entry.at("must"), self.clauses.lookups
        if lookups.is_unread(self.model.must):
            return None
        read = partial(compile_condition, self.model.must, {**fields, **lookups.columns})
        asked = Openings(self._judged(when), {})
        found = at.attempt("bad-expression", partial(asked.reading, read))
        must = found and lookups.condition(at, found, self._judged(when))
        return Universality(when, must) if must else None

    def _bounded(self) -> Bounded | None:
        model = self.model
        when = self.clauses.clause(model.when, "when")
        until = self.clauses.clause(model.until, "until", opening=when)
        within = self.entry.at("within").duration(self._plain("within"))
        if model.until is not None and model.within is not None:
            self.entry.at("until").error("two-shapes", "within and until both end the count", "keep one", key=True)
        if when is None or model.at_most is None:
            return None
        return Bounded(when, model.at_most, within=within, until=until)

    def _recurrence(self) -> Recurrence | None:
        model = self.model
        expect = self.clauses.clause(model.expect, "expect")
        subjects = self._subjects()
        if model.every is not None and model.every in PERIODS:
            named = period(model.every, self.entry.at("every"), self._hours())
            longest = longest_of(model.every, self._hours())
            warn = self._marks(partial(before_end, period=model.every, longest=longest))
            if expect is None or named is None:
                return None
            hours = self._hours() if model.edition else None
            return Recurrence(expect, named, hours=hours, zone=self._zone(), subjects=subjects, warn=warn)
        by_wall = model.edition is not None and is_whole_days(model.every)
        every = self.entry.at("every").duration(model.every) if by_wall else self._counted(model.every, "every")
        warn = self._warn(every)
        if expect is None or every is None:
            return None
        return Recurrence(
            expect, every, hours=self._hours(), zone=self._zone(), subjects=subjects, warn=warn, by_wall=by_wall
        )

    def _level(self) -> Level | None:
        model, entry = self.model, self.entry
        when = self.clauses.clause(model.when, "when")
        bound = None if model.must is None else partial(compile_threshold, model.must)
        must = None if bound is None else entry.at("must").attempt("bad-expression", bound)
        if model.step is not None and model.over is not None:
            span = rolling((model.over, model.step), entry, self._hours())
        else:
            span = window(model.over, entry.at("over"), self._hours())
        fields = self._fields_judged(when)
        if when is None or fields is None or model.measure is None:
            return None
        measure = self._measure(model.measure, when, fields)
        at_least = model.at_least or 1
        if span is not None and span.of_events and at_least > span.over:
            over = span.over
            found = f"a window of {over} events never has {at_least} samples, so every one would be void"
            entry.at("at_least").error("wrong-value", found, f"write {over} or fewer")
        if measure is None or must is None or span is None:
            return None
        return Level(
            when, measure, span.over, must, count=span.of_events, at_least=at_least, zone=self._zone(),
            hours=self._hours() if model.edition else None, period=span.period, step=span.step,
        )  # fmt: skip

    def _measure(self, source: str, when: Clause, fields: Fields) -> Measure | None:
        """Compile a measure; of several types of events, for each by itself, as it can ask which one it is."""
        first, *others = when.events
        at, lookups = self.entry.at("measure"), self.clauses.lookups
        if lookups.is_unread(source):
            return None
        among, own = Among(first) if others else None, {**fields, **lookups.columns}
        read = partial(compile_measure, source, own, among=among)
        found = at.attempt("bad-expression", partial(Openings(self._judged(when), {}).reading, read))
        if found is None or found.of is None:
            return found
        of = {event: compile_measure(source, own, among=Among(event)).of for event in others}
        found = msgspec.structs.replace(found, others={event: each for event, each in of.items() if each is not None})
        return lookups.measure(at, found, self._judged(when))

    def _judged(self, when: Clause) -> dict[str, Fields]:
        """Give the fields of each event type that is judged or measured."""
        return {name: fields for name in when.events if (fields := self.fields_of(name)) is not None}

    def _fields_judged(self, when: Clause | None) -> Fields | None:
        """Give the fields that all events have which are judged or measured."""
        if when is None:
            return None
        return shared_fields(list(self._judged(when).values()))

    def _plain(self, key: str) -> str | None:
        """Give the text under a key where this shape knows no choice."""
        given: str | dict[str, Any] | None = getattr(self.model, key)
        if isinstance(given, dict):
            found = f"{key} is a choice by a field, and only a response (when, expect, within) can choose"
            self.entry.at(key).error("misplaced-key", found, "write one value, or a standard for each")
            return None
        return given

    def _counted(self, text: str | None, key: str) -> int | None:
        """Read a length of time of which, with a calendar, only open hours count, and see that it ends some day."""
        found, hours = self.entry.at(key).duration(text), self._hours()
        if found is not None and hours is not None:
            self.entry.at(key).attempt("bad-duration", partial(hours.add, SOME_DAY, found))
        return found

    def _hours(self) -> Hours | None:
        return self.calendar.hours if self.calendar else None

    def _zone(self) -> ZoneInfo:
        """Give the zone in which days begin: the calendar's or, where there is none, that of `during`."""
        placed_by = self.calendar or self.during
        return UTC_ZONE if placed_by is None else placed_by.zone

    def _warn(self, whole: int | None) -> tuple[int, ...]:
        return self._marks(partial(placed, whole=whole))

    def _marks(self, read: Callable[[str], int | None]) -> tuple[int, ...]:
        marks = {
            self.entry.at("warn", index).attempt("bad-warning", partial(read, text))
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
