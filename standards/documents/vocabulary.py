"""The vocabulary: the event types that Kept knows from the start.

Read next: `vocabulary.yaml` itself.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from standards.documents.document import Document
from standards.errors import StateError
from standards.expressions.expression import Field
from standards.judge.events import EventType


@cache
def _builtin() -> dict[str, EventType]:
    text = files("standards").joinpath("vocabulary.yaml").read_text(encoding="utf-8")
    document = Document("vocabulary.yaml", text)
    if document.findings:
        raise StateError(f"the built-in vocabulary cannot be read; install Kept anew: {document.findings[0].render()}")
    declared: Any = document.data["events"]
    return {
        name: EventType(
            name,
            {field: Field(**given) for field, given in entry["fields"].items()},
            entry["meaning"],
            reading=entry.get("reading", False),
            private=entry.get("private", False),
        )
        for name, entry in declared.items()
    }


@cache
def private_types() -> frozenset[str]:
    """Return the names of the built-in event types of which no live count tells anything."""
    return frozenset(name for name, each in _builtin().items() if each.private)


def builtin_vocabulary() -> dict[str, EventType]:
    """Return the built-in event types by name, a new dict each time. Read once; raises StateError if it is damaged."""
    return dict(_builtin())
