"""Kept itself, asked the same questions as the oracle: a document and a history in, the ledger's lines out.

Knows: how to load and pump. Must not know: what the answer should be.
"""

import json
from collections.abc import Iterable
from typing import Any

from standards.compiler.spec import Source, load
from standards.judge.events import Event, iso
from standards.judge.promise import VERDICTS, Transition
from standards.judge.rulebook import Rulebook
from streams.ingest.wire import Reader
from streams.runtime.pump import Pump
from tests.oracle.evaluate import Line
from tests.oracle.tables import files


def rulebook_of(document: dict[str, Any]) -> Rulebook:
    """Load a document as an author would write it, with its tables beside it; JSON is YAML."""
    text, tables = files(document)
    return load([Source("random.yaml", json.dumps(text))], read=tables.__getitem__).rulebook


def read(rulebook: Rulebook, history: list[dict[str, Any]]) -> list[Event]:
    """Read a history from CloudEvents JSON lines."""
    lines = [json.dumps({**event, "specversion": "1.0", "time": iso(event["time"])}) for event in history]
    refused: list[Any] = []
    events = Reader(rulebook.classes).lines("\n".join(lines).encode(), refused.append)
    assert refused == []
    return events


def lines_of(transitions: Iterable[Transition[Event]]) -> list[Line]:
    """Give transitions as the oracle's lines, in its order."""
    return sorted(
        (
            (one.standard.id, one.key, one.kind, one.at, one.promise.opened, VERDICTS.get(one.after, "open"), one.id)
            for one in transitions
        ),
        key=repr,
    )


def ledger(document: dict[str, Any], history: list[dict[str, Any]]) -> list[Line]:
    """Judge a history in one batch, to its newest event."""
    rulebook = rulebook_of(document)
    pump = Pump(rulebook)
    transitions = pump.push(read(rulebook, history)).transitions + pump.finish().transitions
    return lines_of(transitions)
