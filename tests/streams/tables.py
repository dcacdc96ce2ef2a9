"""What the tests of tables share: mappings and tables as texts, read by the real reader."""

from __future__ import annotations

import io
from pathlib import Path

from standards.compiler.spec import Source
from standards.documents.vocabulary import builtin_vocabulary
from standards.judge.events import Event, event_class
from streams.ingest.mapping import TableMapping, load_mapping
from streams.ingest.table import BadRow, read_table

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
