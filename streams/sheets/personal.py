"""What some standards learn of people, by the marks of the event types: which fields, and what for.

A field that names a human being is marked `person: true`, one into which somebody writes what they like `free: true`.
Knows: standards and event types. Must not know: how any of it is worded. Read next: `privacy.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from standards.judge.shapes import Level, Universality
from standards.judge.standard import clauses, event_types
from standards.lint.lint_input import openings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from standards.expressions.fields import Field
    from standards.judge.events import EventType
    from standards.judge.standard import Clause, Standard

Use = Literal["each", "carried", "looked-at"]
"""A promise is owed for each value; it stands on the promise; it is compared, or counted."""


def marked(event: EventType) -> dict[str, Field]:
    """Give the fields of an event type that are marked, by name."""
    return {name: field for name, field in event.fields.items() if field.person or field.free}


def owed_to(standard: Standard, vocabulary: Mapping[str, EventType]) -> tuple[str, ...]:
    """Name the fields of people for each of whom a standard owes a promise."""
    return tuple(name for name in standard.per if _names_people(standard, name, vocabulary))


def on_promises(standard: Standard, vocabulary: Mapping[str, EventType]) -> tuple[str, ...]:
    """Name the fields of people that stand on a standard's promises, and so in the ledger."""
    fields = dict.fromkeys((*standard.per, *standard.carry))
    return tuple(name for name in fields if _names_people(standard, name, vocabulary))


def uses(standard: Standard, event: str, field: str) -> Iterator[Use]:
    """Say what a standard does with a field of an event that it hears."""
    if event not in event_types(standard):
        return
    if field in standard.per:
        yield "each"
    if field in standard.carry and event in openings(standard):
        yield "carried"
    if field in _looked_at(standard, event):
        yield "looked-at"


def heard(standards: Sequence[Standard], vocabulary: Mapping[str, EventType]) -> list[EventType]:
    """Give the event types with marked fields that some standard hears, in the order of their names."""
    names = sorted({name for standard in standards for name in event_types(standard)} & vocabulary.keys())
    return [vocabulary[name] for name in names if marked(vocabulary[name])]


def _names_people(standard: Standard, field: str, vocabulary: Mapping[str, EventType]) -> bool:
    types = (vocabulary[name] for name in event_types(standard) if name in vocabulary)
    return any(field in each.fields and each.fields[field].person for each in types)


def _looked_at(standard: Standard, event: str) -> frozenset[str]:
    wheres = [(clause.event, clause.where) for clause in _clauses(standard) if clause.where is not None]
    fields = frozenset[str]().union(*(where.fields for name, where in wheres if name == event))
    if event not in openings(standard):
        return fields
    fields = fields.union(
        (table.key for table in standard.tables.values()), *(each.opening_fields for _, each in wheres)
    )
    match standard.shape:
        case Universality(must=must):
            return fields | must.fields
        case Level(measure=measure):
            return fields | measure.fields
        case _:
            return fields


def _clauses(standard: Standard) -> Iterator[Clause]:
    for clause in (*clauses(standard.shape).values(), *(each for state in standard.states for each in state.clauses)):
        yield from clause.all
