"""What the tests of tables share: mappings and tables as texts, read by the real reader."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from standards.compiler.spec import Source
from standards.documents.vocabulary import builtin_vocabulary
from standards.judge.events import Event, event_class, iso, type_of
from streams.ingest.mapping import TableMapping, load_mapping
from streams.ingest.rows import BadRow
from streams.ingest.table import read_table

ROOT = Path(__file__).resolve().parents[2]
VOCABULARY = builtin_vocabulary()
CLASSES = {name: event_class(event_type) for name, event_type in VOCABULARY.items()}


QUEUES = """\
kept: 1
table: {zone: Europe/Warsaw, source: offices, time: t}
events:
  - event: queue.length
    fields: {site: s, queue: {value: main}, waiting: w, serving: {column: c, missing: [n/a, "-"]}}
"""


def mapping(text: str) -> TableMapping:
    return load_mapping(Source("map.yaml", text), CLASSES, VOCABULARY)


def read(text: str, table: str | bytes, name: str = "table.csv") -> tuple[list[Event], list[BadRow]]:
    bad: list[BadRow] = []
    lines = io.BytesIO(table.encode() if isinstance(table, str) else table)
    return list(read_table(lines, mapping(text), bad=bad.append, name=name)), bad


EVENT = "{event: contact.waiting, fields: {contact: call, queue: {column: line, missing: '-'}}}"
AT = "2026-03-01 10:00"


def told(table: str | bytes, keys: str, *events: str, name: str = "t.csv", top: str = "") -> list[str]:
    """Give the events of a table, each as `time type contact ...` with its other fields."""
    bad: list[BadRow] = []
    text = f"kept: 1\ntable: {{source: calls, zone: UTC, time: at{keys}}}\n{top}events:\n"
    made = mapping(text + "".join(f"  - {event}\n" for event in events or [EVENT]))
    body = table.encode() if isinstance(table, str) else table
    found = [
        " ".join([iso(event.at)[11:19], type_of(event).partition(".")[2], *_values(event.data)])
        for event in read_table(io.BytesIO(body), made, bad=bad.append, name=name)
    ]
    return [*found, *(f"bad: {each.message}" for each in bad)]


def _values(data: object) -> Sequence[str]:
    return [str(value) for value in (getattr(data, name) for name in data.__struct_fields__) if value]  # type: ignore[attr-defined]
