"""Choices by a field, `{by: priority, urgent: 1h, else: 8h}`: from what an author wrote to what the judge follows.

Read next: `target_keys.py`, which says what can be chosen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from standards.calendar.hours import did_you_mean
from standards.expressions.persons import why
from standards.judge.targets.target import Choice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from standards.documents.entries import Entry
    from standards.expressions.expression import Field
    from standards.judge.targets.target import Looked

    Fields = Mapping[str, Field]
    Lacking = Callable[[str], tuple[str, str] | None]

T = TypeVar("T")

BY: Final = "by"
ELSE: Final = "else"
CHOSEN_BY: Final = ("text", "integer", "boolean")
"""What a field must be to choose by: of a number or an instant, no value comes twice."""


def compiled(
    entry: Entry, given: str | dict[str, Any], fields: Fields, leaf: Callable[[Entry, str], T | None], lacking: Lacking
) -> Choice[T] | T | None:
    """Compile a choice, or what stands in its place; None where something is wrong, which is reported.

    `leaf` compiles what can be chosen; `lacking` says which of the events lacks a field, and what would mend it.
    """
    if isinstance(given, str):
        return leaf(entry, given)
    before = len(entry.findings)
    field = _field(entry, given.get(BY), fields, lacking)
    options: dict[Looked, Choice[T] | T] = {}
    for key in filter(lambda key: key not in (BY, ELSE), given):
        value = key if field is None else _value(entry.at(key), key, fields[field])
        part = compiled(entry.at(key), given[key], fields, leaf, lacking)
        if value in options:
            entry.at(key).error("duplicate-name", f"{key} is the same value as one before", "name it once", key=True)
        if part is not None:
            options[value] = part
    if not given.keys() - {BY, ELSE}:
        entry.error("missing-key", f"this choice by {given.get(BY)} names no value", "add one: urgent: 1h", key=True)
    if ELSE not in given:
        found = (
            f"this choice by {given.get(BY)} has no 'else': it says nothing of a value that is missing or not listed"
        )
        entry.error(
            "missing-key", found, f"add {ELSE}: with what holds then, or {ELSE}: none if nothing is owed", key=True
        )
        return None
    otherwise = compiled(entry.at(ELSE), given[ELSE], fields, leaf, lacking)
    if field is None or otherwise is None or len(entry.findings) > before:
        return None
    return Choice(field, options, otherwise)


def placed_texts(given: str | dict[str, Any] | None) -> Iterator[tuple[tuple[str, ...], str]]:
    """Give everything that can be chosen, as it is written, and the keys on the way to it."""
    if isinstance(given, dict):
        for key, part in given.items():
            if key != BY:
                yield from (((key, *way), text) for way, text in placed_texts(part))
    elif given is not None:
        yield (), given


def chosen_by(given: str | dict[str, Any] | None) -> Iterator[str]:
    """Give the fields that a choice looks at, as they are written."""
    if isinstance(given, dict):
        if isinstance(given.get(BY), str):
            yield given[BY]
        for key, part in given.items():
            if key != BY:
                yield from chosen_by(part)


def _field(entry: Entry, name: object, fields: Fields, lacking: Lacking) -> str | None:
    if not isinstance(name, str) or not name:
        found = f"this choice has no {BY!r}, so it does not say which field decides"
        entry.error("missing-key", found, f"add {BY}: with a field of the event, such as {BY}: priority", key=True)
        return None
    if name not in fields:
        fix = did_you_mean(name, fields) or f"its fields are: {', '.join(sorted(fields)) or 'none'}"
        entry.at(BY).error("unknown-field", *(lacking(name) or (f"there is no field {name!r} to choose by", fix)))
        return None
    if fields[name].sort != "plain":
        fix = "choose by a team, a site or a kind of work that the event brings"
        entry.at(BY).error("names-a-person", why(name, fields[name].sort), fix)
        return None
    if fields[name].type not in CHOSEN_BY:
        found = f"{name} is of the type {fields[name].type}, of which no value comes twice"
        entry.at(BY).error("wrong-type", found, "choose by a text, a whole number, or true and false")
        return None
    return name


def _value(entry: Entry, key: str, field: Field) -> Looked:
    """Read a value as the field has it."""
    match field.type:
        case "integer" if key.removeprefix("-").isdecimal():
            return int(key)
        case "boolean" if key in ("true", "false"):
            return key == "true"
        case "integer" | "boolean":
            kind = "a whole number" if field.type == "integer" else "true or false"
            entry.error("wrong-value", f"{key!r} can never be the value: it is {kind}", f"write {kind}", key=True)
            return key
        case _:
            return key
