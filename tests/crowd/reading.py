"""What a stopped `kept run` came to, read from its store as anybody can, and held against what was sent.

Knows: tables. Must not know: processes, or what was done to them. Read next: `ideal.py`, which compares the verdicts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import NamedTuple

import msgspec

from standards.judge.events import Event
from standards.judge.ledger import Line
from standards.judge.rulebook import Rulebook
from streams.ingest.wire import Reader
from streams.runtime.position import Position
from streams.runtime.pump import SETTLE
from streams.storage.sqlite import Database
from tests.crowd.ideal import Heard, Identity, ordinal
from tests.kafka.comparing import Differences


class Stored(NamedTuple):
    """What a store holds: what its host came to, the raw dead letters, and its tables of promises and totals."""

    heard: Heard
    letters: list[bytes]
    promises: dict[str, tuple[object, ...]]
    totals: dict[tuple[str, str], int]


def read(file: Path, rulebook: Rulebook) -> Stored:
    """Read a store that nobody has open."""
    database = Database(file, read_only=True)
    try:
        events = [raw for (raw,) in database.all("SELECT body FROM events ORDER BY seq")]
        lines = [msgspec.json.decode(raw, type=Line) for (raw,) in database.all("SELECT body FROM ledger ORDER BY seq")]
        unused = [(source, name) for source, name in database.all("SELECT source, id FROM late")]
        letters = [bytes(raw) for (raw,) in database.all("SELECT raw FROM dead_letters")]
        rows = database.all("SELECT id, ordinal, state, verdict, due FROM promises")
        totals = database.all("SELECT standard, kind, sum(count) FROM totals GROUP BY standard, kind")
        ((position,),) = database.all("SELECT body FROM position")
    finally:
        database.close()
    low = msgspec.json.decode(position, type=Position).low
    heard = Heard(list(_placed(rulebook, events)), lines, unused, low, SETTLE)
    return Stored(
        heard, letters, {name: tuple(rest) for name, *rest in rows}, {(each, kind): n for each, kind, n in totals}
    )


def _placed(rulebook: Rulebook, rows: Iterable[bytes]) -> Iterable[Event]:
    """Give each event the place that its stamp and the time that it claims give it, whatever the host made of it."""
    reader, refused = Reader(rulebook.classes), list[object]()
    for row in rows:
        for event in reader.lines(row.rstrip(b"\n"), refused.append):
            assert event.received > 0, "an event without a stamp was stored"
            event.at = min(event.at, event.received)
            yield event
    assert refused == []


def check_taken(
    stored: Stored, accepted: AbstractSet[Identity], refused: AbstractSet[Identity], differences: Differences
) -> None:
    """Check that what was accepted is stored, and what was refused can be looked up; none is both, or neither."""
    there = {(event.source, event.id) for event in stored.heard.events}
    differences.note("events accepted and lost", (" ".join(name) for name in accepted - there))
    differences.note("events stored that nobody answered for", (" ".join(name) for name in there - accepted))
    letters = b"\n".join(stored.letters)
    gone = (name for name in refused if b'"%s"' % name[1].encode() not in letters)
    differences.note("events refused and lost", (" ".join(name) for name in gone))


def check_tables(stored: Stored, differences: Differences) -> None:
    """Check that the tables that people look at are the ledger, folded."""
    last: dict[str, Line] = {}
    for each in sorted(stored.heard.lines, key=ordinal):
        last[each.promise] = each
    folded = {name: (ordinal(it), it.state, it.verdict, it.due) for name, it in last.items()}
    differences.note("promises shown otherwise", _unlike(folded, stored.promises))
    counted = Counter((it.standard, it.kind) for it in stored.heard.lines)
    shown = {" ".join(key): count for key, count in stored.totals.items()}
    differences.note("totals that are wrong", _unlike({" ".join(key): n for key, n in counted.items()}, shown))


def _unlike(wanted: Mapping[str, object], found: Mapping[str, object]) -> Iterable[str]:
    return (name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
