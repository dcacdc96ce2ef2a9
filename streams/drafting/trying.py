"""A draft of a mapping tried on its file: how many rows become which events. Read next: `mapping_draft.py`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from standards.compiler.spec import Source
from standards.documents.vocabulary import builtin_vocabulary
from standards.errors import SpecError
from standards.judge.events import type_of
from standards.judge.rulebook import Rulebook
from streams.ingest.mapping import load_mapping
from streams.ingest.packed import opened
from streams.ingest.rows import BadRow
from streams.ingest.table import Counts, read_table


def tried(path: str, text: str) -> Iterator[str]:
    """Say what the draft makes of the file."""
    rulebook, counts = Rulebook((), (), builtin_vocabulary()), Counts()
    bad: list[BadRow] = []
    doubts: list[str] = []
    try:
        mapping = load_mapping(Source("draft", text), rulebook.classes, rulebook.vocabulary)
        with opened(path) as stream:
            read = read_table(stream, mapping, bad=bad.append, doubt=doubts.append, counts=counts, name=path)
            events = Counter(map(type_of, read))
    except SpecError as error:
        yield f"The draft does not fit the file yet: {error.findings[0].found}; {error.findings[0].fix}"
        return
    made = ", ".join(f"{count:,} {name}" for name, count in events.most_common())
    yield f"{counts.rows:,} rows: {made or 'no events'}."
    if counts.unread + counts.in_part:
        first, count = bad[0], counts.unread + counts.in_part
        yield f"{count:,} rows cannot be read as it stands; the first, line {first.lines[0]}: {first.message}"
    yield from (f"! {doubt}" for doubt in doubts[:3])
