"""Whom a standard is about: that its events can say so, and that what it carries along is there.

Read next: `compiling.py`, which asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from standards.calendar.hours import did_you_mean
from standards.compiler.clauses.clause_models import clause_models, opening_events, state_names
from standards.documents.declared import no_subject_field, subject_field
from standards.documents.model import written
from standards.expressions.expression import joined_fields
from standards.expressions.persons import why
from standards.judge.rulebook import PROMISE_FIELDS
from standards.judge.standard import clauses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from standards.compiler.compiling import Surroundings
    from standards.documents.entries import Entry
    from standards.documents.model import ClauseModel, StandardModel
    from standards.expressions.expression import Field
    from standards.judge.events import EventType
    from standards.judge.standard import Standard

MOST_FIELDS: Final = 16
"""How many fields may name a subject: whoever is owed something is known by a few."""


def check_subject(entry: Entry, model: StandardModel, around: Surroundings) -> None:
    """Report fields under `per` that not every event has, and listed subjects that are not of their types."""
    if len(model.per or ()) > MOST_FIELDS:
        found = f"per names {len(model.per or ()):,} fields, and {MOST_FIELDS} is the limit"
        entry.at("per").error("wrong-value", found, "name those that say whom the promise is made to")
        return
    every = [*clause_models(model).values(), *_of_states(model, around)]
    events = list(dict.fromkeys(name for clause in every for name in clause.events))
    persons = persons_named(entry, model, around)
    for index, name in enumerate(model.per or ()):
        at = entry.at("per", index)
        if name in (model.per or [])[:index]:
            at.error("duplicate-name", f"{name} is named twice", "name it once")
        known = {event: fields for event in events if (fields := around.fields_of(entry.name, event)) is not None}
        without = {event: fields for event, fields in known.items() if name not in fields}
        if without:
            no_subject_field(at, name, without, apart=_told_apart(model, known, name))
        types: dict[str, str] = {}
        for event in (each for each in known if each not in without):
            field = subject_field(at, name, event, known[event])
            if field is not None:
                types.setdefault(field.type, event)
        if len(types) > 1:
            found = " and ".join(f"{kind} in {event}" for kind, event in types.items())
            found = f"{name} is {found}, so they cannot be told to be the same"
            at.error("subject-field", found, "make the types equal")
        _check_listed(entry, model, name, next(iter(types), "text"), person=name in persons)
    if model.severity == "page" and (owed := [name for name in model.per or () if name in persons]):
        found = f"{entry.name} wakes somebody for each {owed[0]}, and nobody is woken over one human"
        fix = "write severity: ticket, or owe it to each case, such as per: [contact]"
        entry.at("severity").error("pages-a-person", found, fix)


def persons_named(entry: Entry, model: StandardModel, around: Surroundings) -> frozenset[str]:
    """Give the fields under `per` and `carry` that name a person in one of the standard's events."""
    events = {name for clause in clause_models(model).values() for name in clause.events}
    known = [fields for name in sorted(events) if (fields := around.fields_of(entry.name, name)) is not None]
    return _marked((*(model.per or ()), *model.carry), known)


def marked_of(standard: Standard, vocabulary: Mapping[str, EventType]) -> frozenset[str]:
    """Give the same of a standard that was compiled by event types without marks, by those that have them."""
    events = {name for clause in clauses(standard.shape).values() for name in clause.events}
    known = [vocabulary[name].fields for name in sorted(events) if name in vocabulary]
    return _marked((*standard.per, *standard.carry), known)


def _marked(names: Iterable[str], known: Sequence[Mapping[str, Field]]) -> frozenset[str]:
    fields = joined_fields(known)
    return frozenset(name for name in names if name in fields and fields[name].person)


def _told_apart(model: StandardModel, known: Mapping[str, Mapping[str, Field]], name: str) -> bool:
    """Say whether what opens and what keeps a response have a field, so that each can be owed for itself."""
    both = [clause for part in (model.when, model.expect) for _, clause in written(part)]
    asked = [event for clause in both for event in clause.events]
    return model.within is not None and bool(asked) and all(name in known.get(event, ()) for event in asked)


def _of_states(model: StandardModel, around: Surroundings) -> Iterator[ClauseModel]:
    """Give the clauses of the states that a standard names."""
    for name in state_names(model):
        _, state = around.states.get(name, (None, None))
        if state is not None:
            yield from (clause for part in (state.when, state.until) for _, clause in written(part))


def _check_listed(entry: Entry, model: StandardModel, name: str, kind: str, *, person: bool) -> None:
    listed, subjects = entry.at("subjects"), model.subjects or []
    teams = not listed.has(0)  # the author has not listed them one by one: what is so of the first is so of all
    for index, subject in enumerate(subjects[:1] if teams else subjects):
        value, at = subject.get(name), listed if teams else listed.at(index, name)
        if person and value is not None:
            fix = "leave subjects out: each of them is owed it from the first event on"
            at.error("names-a-person", why(name, "person"), fix)
        elif value is not None and isinstance(value, int) != (kind == "integer") and not isinstance(value, bool):
            found, fix = f"{name} is {kind} in the events", "leave the quotes out"
            if teams:
                found, fix = f"{found}, and the teams have names", "list them under subjects as the events call them"
            elif kind != "integer":
                fix = f'put it in quotes: "{value}"'
            at.error("wrong-type", found, fix)


def check_carried(entry: Entry, model: StandardModel, around: Surroundings) -> None:
    """Report fields to carry along that no opening event has."""
    openings = opening_events(model)
    known = [fields for name in openings if (fields := around.fields_of(entry.name, name)) is not None]
    fields = joined_fields(known) if known else None
    for index, name in enumerate(model.carry):
        at = entry.at("carry", index)
        if name in PROMISE_FIELDS:
            at.error("carried-field", f"every promise has a {name!r} of its own", "leave it out here")
        elif fields is not None and name not in fields:
            fix = did_you_mean(name, fields) or f"its fields are: {', '.join(sorted(fields)) or 'none'}"
            at.error("carried-field", f"{', '.join(openings)} has no field {name!r} to carry along", fix)
        elif fields is not None and fields[name].sort == "free":
            at.error("names-a-person", why(name, "free"), "leave it out here: it can be read where the event is")
