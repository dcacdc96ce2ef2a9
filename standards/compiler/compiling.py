"""One standard: from its model to what the judge judges by, with its revision and its excerpt.

Read next: `spec.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Literal, NamedTuple

from msgspec.structs import replace

from standards.compiler.clauses.clause_models import TAKES_APART, TAKES_FOR, clause_models
from standards.compiler.clauses.clausing import Clauses
from standards.compiler.clauses.elsewhere import declared, stands_elsewhere
from standards.compiler.clauses.scoping import Declared, Scoping
from standards.compiler.editions import edition
from standards.compiler.shape_keys import shape_name
from standards.compiler.shaping import Shaper
from standards.compiler.subjects import check_carried, check_subject, persons_named
from standards.compiler.targets.choices import placed_texts
from standards.compiler.targets.columns import Lookups, asked_by, written_down
from standards.compiler.targets.marks import goal
from standards.compiler.targets.target_keys import ALWAYS, ALWAYS_OPEN, calendar_names, hours_named, looked_at
from standards.compiler.translated import translations, words
from standards.documents.declared import Calendar
from standards.documents.excerpt import Named, excerpt, revision_of, used_fields
from standards.documents.model import written
from standards.expressions.expression import Field, joined_fields
from standards.judge.rulebook import PROMISE_EVENTS, PROMISE_FIELDS
from standards.judge.shapes import Level, Response, Shape
from standards.judge.standard import DAY, FORGET_AFTER, During, Feed, Objective, Standard, awaited, clauses, lasting

if TYPE_CHECKING:
    from standards.compiler.clauses.elsewhere import Elsewhere
    from standards.documents.declared_model import FeedModel
    from standards.documents.entries import Entry
    from standards.documents.model import StandardModel
    from standards.documents.tables import Facts
    from standards.judge.events import EventType

Fields = Mapping[str, Field]

_TELLING_PEOPLE = ("what", "how", "why", "exceptions", "owner")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a standard can refer to, by name; `carried` are the fields that each standard adds to promise.* events.

    A calendar is None where it is declared and has errors, which are reported where it stands. `excerpt`: the standard
    was written down by Kept itself, perhaps by an older one.
    """

    vocabulary: Mapping[str, EventType]
    carried: Mapping[str, Fields]
    calendars: Mapping[str, Calendar | None]
    feeds: Mapping[str, tuple[Feed, FeedModel]]
    states: Declared
    tables: Mapping[str, Facts | None]
    excerpt: bool = False

    @property
    def elsewhere(self) -> Elsewhere:
        """What is declared by names that are those of no event and no field."""
        return declared(self.states, self.calendars)

    def no_calendar(self, at: Entry, name: str, known: Iterable[str]) -> None:
        """Report the name of a calendar that is not there."""
        said = stands_elsewhere(name, "calendar", self.elsewhere)
        at.unknown("calendar", name, known) if said is None else at.error("unknown-calendar", *said)

    def fields_of(self, asker: str, event: str) -> Fields | None:
        """Give the fields of an event type; a promise.* event has those that standards other than the asker add."""
        if event in self.vocabulary:
            return self.vocabulary[event].fields
        if event not in PROMISE_EVENTS:
            return None
        others = [fields for speaker, fields in self.carried.items() if speaker != asker]
        return {**joined_fields(others), **PROMISE_FIELDS}


def compile_standard(
    entry: Entry, model: StandardModel, given: list[str], around: Surroundings
) -> tuple[Standard, str] | None:
    """Compile a standard and write its excerpt; None where it has errors, which are reported.

    `given` are the keys as the author wrote them, those with a slip too.
    """
    before = len(entry.findings)
    _check(entry, model, given, around)
    calendars = _calendars(entry, model, around)
    calendar = calendars.get(model.calendar) if isinstance(model.calendar, str) else None
    old = around.excerpt and model.again is None
    if model.when is not None and model.expect is not None and ("within" in given or "due" in given):
        model = model.model_copy(update=_after_the_verdict(entry, model, around))
    model = model.model_copy(update={"edition": edition(entry, model, calendar, excerpt=around.excerpt)})
    fields_of, name = partial(around.fields_of, entry.name), shape_name(entry, given)
    clauses = Clauses(entry, fields_of, [*around.vocabulary, *PROMISE_EVENTS], Lookups(around.tables), around.elsewhere)
    scoping = Scoping(entry, clauses, around.states, {}, {})
    needed = scoping.test(model.needed, "while")
    during = _during(entry, model, around)
    placed = during and during.calendar
    shaper = Shaper(
        entry, model, fields_of, clauses, scoping, calendar, placed, calendars, around.tables, by_promise=old
    )
    shape = None if name is None else shaper.shape(name)
    _check_places(entry, model, shape)
    forget_after, lateness = _remembering(entry, model)
    objective = _objective(entry, model)
    if shape is None or model.promise is None or model.per is None:
        return None
    feeds, told_by = _relied_on(entry, model, shape, around)
    if any(finding.level == "error" for finding in entry.findings[before:]):
        return None
    states = tuple(state for state in scoping.states.values() if state is not None)
    calendars |= {} if during is None else {during.name: during.calendar}
    tables = written_down([*looked_at(model), *asked_by(shape, states)], around.tables)
    streams = {feed: around.feeds[feed][1] for feed in sorted({*feeds, *chain(*told_by.values())})}
    named = Named(calendars, scoping.named, streams, tables)
    text = excerpt(entry.name, model, named, used_fields(shape, model, named, states=states, fields_of=fields_of))
    excusing = model.may_excuse if model.may_excuse is not None else filter(None, [model.owner])
    standard = Standard(
        id=entry.name, revision=revision_of(text), per=tuple(model.per), shape=shape, translations=translations(model),
        owner=model.owner or "", aspect=model.aspect, severity=model.severity, objective=objective,
        carry=tuple(model.carry), may_excuse=tuple(excusing), feeds=feeds, told_by=told_by,
        persons=persons_named(entry, model, around),
        forget_after=max(forget_after, _looks_back(shape)), lateness=lateness,
        during=None if during is None else during.hours, needed=needed, states=states,
        tables={name: facts.table for name in tables if (facts := around.tables[name]) is not None},
    )  # fmt: skip
    return replace(standard, **words(model)), text


def _check(entry: Entry, model: StandardModel, given: list[str], around: Surroundings) -> None:
    """Check what any standard has, whatever its shape."""
    for key in ("promise", "per"):
        if key not in given:
            entry.error("missing-key", f"{entry.name} has no {key!r}", f"add {key}:", key=True)
    check_subject(entry, model, around)
    check_carried(entry, model, around)
    _warn_of_gaps(entry, given)


def _after_the_verdict(entry: Entry, model: StandardModel, around: Surroundings) -> dict[str, str | None]:
    """Give the keys that say what comes after the verdict of a response, those too that are left out.

    An excerpt without them was written before there were any: then only a rise opened, and a day was looked back.
    """
    again, owed_for = model.again, model.owed_for
    if model.reopen is not None and not around.excerpt:
        old, new = f"reopen: {model.reopen}", f"again: {'each' if model.reopen == 'each' else 'rise'}"
        entry.at("reopen").warning("renamed-key", f"{old} is now {new}", f"write {new}")
    if again is None and (around.excerpt or model.reopen is not None):
        again = "each" if model.reopen == "each" else "rise"
    if again is None:
        again = "each" if model.due is not None else _again_by_default(entry, model, around)
    if owed_for is None:
        owed_for = "24h" if around.excerpt else "7d"
    return {"again": again, "owed_for": owed_for, "reopen": None}


def _again_by_default(entry: Entry, model: StandardModel, around: Surroundings) -> Literal["done", "judged"]:
    """Say when the next promise may open, where the author does not: as the events are readings, or not."""
    events = [name for _, clause in written(model.when) for name in clause.events]
    readings = {name: known.reading for name in events if (known := around.vocabulary.get(name)) is not None}
    if len(set(readings.values())) > 1:
        words = {name: "a reading" if reading else "a happening" for name, reading in readings.items()}
        some = " and ".join(f"{name} ({word})" for name, word in words.items())
        fix = "write again: done (the next one opens when none is owed), or again: judged (when none is on the clock)"
        entry.at("when").error("missing-key", f"{some} differ in when the next promise opens", fix, key=True)
    return "done" if any(readings.values()) else "judged"


def _calendars(entry: Entry, model: StandardModel, around: Surroundings) -> dict[str, Calendar]:
    """Give the calendars that a standard's clock can go by; those that are not there are reported."""
    known: Mapping[str, Calendar | None] = {ALWAYS: ALWAYS_OPEN, **around.calendars}
    for way, name in placed_texts(model.calendar):
        if name not in known:
            around.no_calendar(entry.at("calendar", *way), name, known)
    return {name: found for name in calendar_names(model) if (found := known.get(name)) is not None}


def _remembering(entry: Entry, model: StandardModel) -> tuple[int, int]:
    """Give how long a subject is remembered, and how late its events come as a rule, in microseconds."""
    forget_after = entry.at("forget_after").duration(model.forget_after, least=DAY)
    lateness = entry.at("lateness").duration(model.lateness)
    if lateness and forget_after and lateness > forget_after:
        found = f"a subject is forgotten after {model.forget_after}, before what comes {model.lateness} late"
        entry.at("lateness").error("wrong-value", found, "write a shorter time, or a longer forget_after")
    return forget_after or FORGET_AFTER, lateness or 0


def _looks_back(shape: Shape) -> int:
    """Give for how long something must be remembered, in microseconds.

    It is what can be taken back, what is the same one, and what a window that rolls still holds.
    """
    undo = shape.undo if isinstance(shape, Response) else None
    apart = max(each.apart for clause in clauses(shape).values() for each in clause.all)
    window = shape.over if isinstance(shape, Level) and shape.step else 0
    return max(apart, window, 0 if undo is None else undo.within)


def _check_places(entry: Entry, model: StandardModel, shape: Shape | None) -> None:
    """Report `for` and `apart` where they mean nothing: what lasts is counted once it has lasted, however often."""
    if shape is None:
        return
    for path, clause in clause_models(model).items():
        at = entry.at(*path)
        if clause.lasting is not None and not (isinstance(shape, Response) and path[0] in {"when", "expect", "unless"}):
            at.at("for").error("misplaced-key", "for has no place here", TAKES_FOR, key=True)
        if clause.apart is not None and path[0] != "when":
            at.at("apart").error("misplaced-key", "apart has no place here", TAKES_APART, key=True)
        elif clause.apart is not None and clause.lasting is not None:
            found = "a clause with for has no apart: what lasts is one, however many events say so"
            at.at("apart").error("misplaced-key", found, "leave one of them out", key=True)


class _Named(NamedTuple):
    """The calendar that `during` names, with its hours as they count; None where it is always open."""

    name: str
    calendar: Calendar
    hours: During | None


def _during(entry: Entry, model: StandardModel, around: Surroundings) -> _Named | None:
    if model.during is None:
        return None
    name, outside = hours_named(model.during)
    if name not in around.calendars:
        around.no_calendar(entry.at("during"), name, around.calendars)
        return None
    calendar = around.calendars.get(name)
    if calendar is None:  # it has errors of its own
        return None
    if calendar.hours is None:
        if outside:
            found = f"{name} is always open, so nothing is ever out of its hours"
            entry.at("during").error("wrong-value", found, "name a calendar with hours")
        return _Named(name, calendar, None)
    return _Named(name, calendar, During(calendar.hours, outside=outside))


def _objective(entry: Entry, model: StandardModel) -> Objective | None:
    if model.objective is None:
        return None
    entry = entry.at("objective")
    share = entry.at("kept").attempt("wrong-value", partial(goal, model.objective.kept))
    over = entry.at("over").duration(model.objective.over)
    return Objective(float(share), over) if share and over else None


def _warn_of_gaps(entry: Entry, given: list[str]) -> None:
    gaps = [key for key in _TELLING_PEOPLE if key not in given]
    if gaps:
        found = f"{entry.name} says nothing under {', '.join(gaps)}"
        entry.warning("incomplete", found, "add it: whoever is told of a promise reads this")


def _relied_on(
    entry: Entry, model: StandardModel, shape: Shape, around: Surroundings
) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Name the feeds that its verdicts rest on, and those that tell whether what must last still is so, by event."""
    told_by = {one: _feeds(entry, model, (one,), around) for one in lasting(shape)}
    return _feeds(entry, model, awaited(shape), around), told_by


def _feeds(entry: Entry, model: StandardModel, events: Iterable[str], around: Surroundings) -> tuple[str, ...]:
    """Name the feeds whose silence makes the absence of such events uncertain."""
    awaits, relied = set(events), []
    for name, (feed, _) in around.feeds.items():
        if not awaits.intersection(feed.events):
            continue
        relied.append(name)
        missing = [field for field in feed.per if field not in (model.per or [])]
        if missing:
            which = " and ".join(missing)
            found = f"{entry.name} waits for events of the feed {name!r}, but cannot tell which {which} is dark"
            fix = f"add {', '.join(missing)} to per, or leave it out of the feed's per"
            entry.at("per").error("subject-field", found, fix)
    return tuple(sorted(relied))
