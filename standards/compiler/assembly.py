"""One namespace, compiled: its event types, calendars, feeds and standards, in the order in which they need each other.

Read next: `spec.py`.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from standards.compiler.clauses.clause_models import clause_models, opening_events
from standards.compiler.compiling import Surroundings, compile_standard
from standards.compiler.unused import report_unused
from standards.documents.declared import Calendar, calendar, feed
from standards.documents.declared_model import CalendarModel, FeedModel, FieldModel, TableModel
from standards.documents.entries import without_empty
from standards.documents.meant import word_meant
from standards.documents.model import StandardModel, StateModel, keys_of
from standards.documents.tables import Facts, kept, table
from standards.expressions.expression import Field, joined_fields
from standards.judge.rulebook import PROMISE_FIELDS
from standards.judge.standard import Feed, Standard

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from standards.compiler.namespace import Namespace
    from standards.documents.declared import ReadFile
    from standards.documents.document import Value
    from standards.documents.entries import Entry
    from standards.judge.events import EventType

_KEYS = keys_of(StandardModel)


class Assembly(NamedTuple):
    """What a namespace came to: its feeds, its standards with their excerpts, and where each standard stands.

    The calendars are those without errors, with where each stands.
    """

    feeds: dict[str, Feed]
    calendars: dict[str, tuple[Entry, Calendar]]
    standards: list[tuple[Standard, str]]
    entries: dict[str, Entry]
    tables: dict[str, Facts]


def assemble(
    names: Namespace, vocabulary: Mapping[str, EventType], read: ReadFile | None, *,
    known: Mapping[str, Facts] | None = None, unsound: Collection[str] = (),
) -> Assembly:  # fmt: skip
    """Compile calendars, feeds and standards. Those with errors, which are reported, are left out.

    With `known`, the tables of today, they were written down by Kept itself. What is about an `unsound` event type,
    whose declaration has errors, is left out too: whatever were said of it would be said a second time.
    """
    calendars = {
        name: calendar(entry, open_time, read) if (open_time := entry.read(CalendarModel, data)) else None
        for name, (entry, data) in names.sections["calendars"].items()
    }
    feeds = {
        name: (compiled, stream)
        for name, (entry, data) in names.sections["feeds"].items()
        if (stream := entry.read(FeedModel, data))
        and not set(stream.events) & set(unsound)
        and (compiled := feed(entry, stream, vocabulary))
    }
    models = {
        name: (entry, model, _given(data))
        for name, (entry, data) in names.sections["standards"].items()
        if (model := entry.read(StandardModel, data))
        and not {name for clause in clause_models(model).values() for name in clause.events} & set(unsound)
    }
    states = {name: (entry, entry.read(StateModel, data)) for name, (entry, data) in names.sections["states"].items()}
    carried = _carried(((entry, model) for entry, model, _ in models.values()), vocabulary)
    tables = {
        name: None if found is None else table(entry, found, read) if known is None else kept(entry, found, known)
        for name, (entry, data) in names.sections["tables"].items()
        for found in (entry.read(TableModel, data),)
    }
    around = Surroundings(vocabulary, carried, calendars, feeds, states, tables, known is not None)
    made = [compile_standard(entry, model, given, around) for entry, model, given in models.values()]
    standards = [pair for pair in made if pair is not None]
    report_unused(names, [model for _, model, _ in models.values()], [standard for standard, _ in standards])
    return Assembly(
        feeds={name: found for name, (found, _) in feeds.items()},
        calendars={
            name: (entry, found)
            for name, (entry, _) in names.sections["calendars"].items()
            if (found := calendars[name]) is not None
        },
        standards=standards,
        entries={name: entry for name, (entry, _, _) in models.items()},
        tables={name: found for name, found in tables.items() if found is not None},
    )


def fields_declared(entry: Entry, data: Value) -> dict[str, FieldModel] | None:
    """Read the fields of a declared event type; those with a slip are reported and left out."""
    if isinstance(data, dict) and data and not any(value is not None for value in data.values()):
        fields = ", ".join(f"{name}: text" for name in data)
        fix = f"write {{{fields}}}, each with its type"
        entry.error("empty-value", f"the fields of {entry.name} have no types", fix)
        return None
    kept = without_empty(entry, data)
    if not isinstance(kept, dict):
        entry.error("wrong-type", f"{entry.name} must be a mapping of fields", "write {site: text, waiting: integer}")
        return None
    nested = kept.get("fields")
    if isinstance(nested, dict) and "type" not in nested:  # as they stand in a mapping
        fix = "leave fields: out, and write them under the event's name"
        entry.at("fields").error("misplaced-key", f"the fields of {entry.name} have no key of their own", fix, key=True)
        return fields_declared(entry.at("fields"), nested)
    found = {name: entry.at(name).read(FieldModel, value) for name, value in kept.items()}
    return {name: model for name, model in found.items() if model is not None}


def _given(data: Value) -> list[str]:
    """Name the keys as given, and those that a misspelt one was meant to be, so that these are not missed too."""
    keys = list(data) if isinstance(data, dict) else []
    unknown = [key for key in keys if key not in _KEYS]
    meant = [word_meant(key, _KEYS) or next(iter(get_close_matches(key, _KEYS, n=1)), "") for key in unknown]
    return [*keys, *(key for key in meant if key and key not in keys)]


def _carried(
    standards: Iterable[tuple[Entry, StandardModel]], vocabulary: Mapping[str, EventType]
) -> dict[str, dict[str, Field]]:
    """Find the fields that each standard adds to the promise.* events; report those that two give different types."""
    carried: dict[str, dict[str, Field]] = {}
    types: dict[str, tuple[str, str]] = {}
    for entry, model in standards:
        known = joined_fields([vocabulary[name].fields for name in opening_events(model) if name in vocabulary])
        fields = carried[entry.name] = {}
        for name in (*(model.per or ()), *model.carry):
            if name not in known or name in PROMISE_FIELDS:
                continue
            it = known[name]
            fields[name] = Field(it.type, optional=True, person=it.person, free=it.free)
            kind, speaker = types.setdefault(name, (fields[name].type, entry.name))
            if kind != fields[name].type:
                found = f"{name} is {fields[name].type} here and {kind} in {speaker}; promise.* events carry both"
                where = "carry" if name in model.carry else "per"
                entry.at(where).error("carried-field", found, "give the field one type, or another name")
    return carried
