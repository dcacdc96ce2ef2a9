"""A mapping of tables to events: loaded, and checked as far as it can be before a table is there.

All findings at once, each at its place in the document.
Read next: `mapping_model.py` for the document's keys; `columns.py`, which joins a mapping with the header of a table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from alerts.words.catalogues import months
from standards.calendar.hours import did_you_mean, zone
from standards.compiler.spec import Source
from standards.documents.document import Document
from standards.documents.entries import Entry
from standards.errors import EventError, SpecError
from standards.expressions.expression import Field
from standards.expressions.syntax import parse
from standards.judge.events import DERIVED_SOURCE, Event, EventType, name_problem
from streams.ingest.cells import constant
from streams.ingest.cutting import check_cut, groups_of
from streams.ingest.keys_of_formats import check_keys
from streams.ingest.mapping_model import (
    EventModel,
    MappingModel,
    TimeModel,
    ValueModel,
    read_model,
    template,
)
from streams.ingest.times import Clock, check_pattern

MAX_SOURCE = 512
"""Characters of the longest source that an event can have."""


@dataclass(frozen=True, slots=True)
class TableMapping:
    """A mapping that is sound in itself; `document` places what turns out to be wrong with it and a table together."""

    document: Document
    model: MappingModel
    classes: Mapping[str, type[Event]]
    vocabulary: Mapping[str, EventType]
    zone: ZoneInfo | None


def load_mapping(
    source: Source, classes: Mapping[str, type[Event]], vocabulary: Mapping[str, EventType]
) -> TableMapping:
    """Read and check a mapping document; `classes` and `vocabulary` are by event type. Raises SpecError."""
    document = Document(source.name, source.text)
    model = read_model(document)
    entry = Entry(document, (), document.findings)
    table, name = model.table, model.table.zone
    local = entry.at("table", "zone").attempt("unknown-zone", lambda: zone(name)) if name else None
    _check_table(entry.at("table"), model)
    _check_paths(entry, model)
    _check_columns(entry.at("columns"), model)
    for index, event in enumerate(model.events):
        _check_event(entry.at("events", index), event, has_time=event.time is not None or table.time is not None)
        _check_fields(entry.at("events", index), event, vocabulary, Clock(local))
    if document.findings:
        raise SpecError(list(document.findings))
    return TableMapping(document, model, classes, vocabulary, local)


def _check_table(entry: Entry, model: MappingModel) -> None:
    table = model.table
    try:
        b"a".decode(table.encoding)
    except UnicodeError:
        pass  # utf-16 and its like: one byte is not a letter
    except (LookupError, ValueError):
        found = f"{table.encoding!r} is not a known text encoding"
        entry.at("encoding").error("unknown-encoding", found, "write utf-8, utf-16 or cp1250, for example")
    if table.source == DERIVED_SOURCE:
        found = f"{DERIVED_SOURCE} is the source of the events that it makes itself"
        entry.at("source").error("wrong-value", found, "name where the table comes from")
    if len(table.source) > MAX_SOURCE:
        found = f"the source is longer than {MAX_SOURCE} characters"
        entry.at("source").error("wrong-value", found, "write a shorter one")
    if table.format is not None:
        check_keys(entry, table, table.format)
    if table.time is not None:
        _check_time(entry.at("time"), table.time)
    if (language := table.language) is not None:
        entry.at("language").attempt("wrong-value", lambda: months(language))
    if table.separator is not None and (len(table.separator) != 1 or table.separator in '"\r\n'):
        found = f"{table.separator!r} is not one character that can stand between cells"
        entry.at("separator").error("wrong-value", found, 'write the one between two cells, such as "|" or "\\t"')


def _check_paths(entry: Entry, model: MappingModel) -> None:
    """Report paths that are none; where no format is named, columns are known to be paths with the file alone."""
    if model.table.each is not None or model.table.format == "json":
        from streams.ingest.record_paths import check_each, check_paths  # noqa: PLC0415 - tables of cells need none

        if model.table.format == "json":
            check_paths(entry, model)
        else:
            check_each(entry.at("table"), model)


def _check_columns(entry: Entry, model: MappingModel) -> None:
    headers: dict[str, str] = {}
    groups: dict[str, str] = {}
    for header, column in model.columns.items():
        if (pattern := column.pattern) is not None:
            entry.at(header, "pattern").attempt("bad-pattern", partial(check_cut, pattern))
            for group in groups_of(pattern):
                if groups.setdefault(group, header) != header:
                    found = f"the pattern of {groups[group]!r} has a group {group!r} too"
                    entry.at(header, "pattern").error("bad-name", found, "give each group a name of its own")
        if column.name is None:
            continue
        problem, first = name_problem(column.name), headers.setdefault(column.name, header)
        if problem:
            entry.at(header, "as").error("bad-name", problem, "write a name such as waiting")
        if first != header:
            found = f"the column {first!r} is called {column.name} too"
            entry.at(header, "as").error("bad-name", found, "give each column a name of its own")


def _check_event(entry: Entry, event: EventModel, *, has_time: bool) -> None:
    if event.time is not None:
        _check_time(entry.at("time"), event.time)
    if not has_time:
        entry.error("missing-key", f"{event.event} has no time", "add time: here, or under table: for all events")
    if (when := event.when) is not None:
        entry.at("when").attempt("bad-condition", lambda: parse(when))
    if (own_id := event.id) is not None:
        entry.at("id").attempt("bad-template", lambda: template(own_id))


def _check_time(entry: Entry, time: TimeModel) -> None:
    for pattern in time.format:
        entry.at("format").attempt("bad-time-format", partial(check_pattern, pattern))


def _check_fields(entry: Entry, event: EventModel, vocabulary: Mapping[str, EventType], clock: Clock) -> None:
    known = {name: kind for name, kind in vocabulary.items() if not name.startswith("promise.")}
    event_type = known.get(event.event)
    if event_type is None:
        fix = did_you_mean(event.event, known) or "declare it under events: in a standards file loaded along"
        entry.at("event").error("unknown-event", f"there is no event type {event.event!r} that a table could make", fix)
        return
    for name, field in event_type.fields.items():
        if not field.optional and name not in event.fields:
            found = f"{event.event} needs the field {name!r}"
            entry.at("event").error("missing-field", found, f"add {name}: and its column under fields:")
    for name, value in event.fields.items():
        part, declared = entry.at("fields", name), event_type.fields.get(name)
        if declared is None:
            fix = did_you_mean(name, event_type.fields) or f"its fields are: {', '.join(event_type.fields)}"
            part.error("unknown-field", f"{event.event} has no field {name!r}", fix, key=True)
        else:
            _check_value(part, value, declared, clock)


def _check_value(entry: Entry, value: ValueModel, field: Field, clock: Clock) -> None:
    given = [key for key in ("column", "value", "text") if getattr(value, key) is not None]
    if len(given) != 1 or (value.missing and given != ["column"]):
        found = f"{entry.name} is given by {' and '.join(given) or 'nothing'}"
        fix = "write the column's header, or one of {column:, missing:}, {value:} and {text:}"
        entry.error("wrong-value", found if len(given) != 1 else f"{found}, which is never missing", fix)
    elif (text := value.text) is not None:
        entry.at("text").attempt("bad-template", lambda: template(text))
    elif value.value is not None:
        try:
            constant(value.value, field.type, clock)
        except EventError as error:
            found, _, fix = str(error).partition("; ")
            entry.at("value").error("wrong-type", f"{entry.name}: {found}", fix)
