"""What a data folder gives out: its events, its ledger or its scores, whether or not a host runs on it.

Nothing is changed, and memory does not grow with what is given. Read next: `streams/exports/giving.py`.
"""

from __future__ import annotations

import sys
from contextlib import closing, contextmanager
from typing import IO, TYPE_CHECKING, NamedTuple

import msgspec

from standards.calendar.hours import did_you_mean
from standards.documents.vocabulary import builtin_vocabulary
from standards.errors import StateError
from standards.judge.events import iso
from standards.judge.score import Score
from streams.documents.whole_file import whole_file
from streams.exports import giving
from streams.exports.tables import score_table
from streams.storage.owed_alone import owed_alone
from streams.storage.read_model import ReadModel
from streams.storage.sqlite import FILE
from streams.web.api.showing import score_item
from streams.web.api.views import ScoreItem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from streams.embedded.cli import What
    from streams.storage.export_queries import Asked


class Wanted(NamedTuple):
    """What to give, in which form, and where: `out` is a file, or None for stdout."""

    what: What
    asked: Asked
    table: bool
    out: str | None


def give_out(folder: Path, wanted: Wanted) -> str:
    """Write what is wanted, and say what it was. Raises StateError, OSError."""
    if not (folder / FILE).is_file():
        raise StateError(f"{folder} lacks {FILE}; name the folder of a host with --data FOLDER, or KEPT_DATA")
    with closing(ReadModel(folder)) as read_model, _written(wanted.out) as stream:
        match wanted.what:
            case "events":
                return _events(read_model, wanted, stream)
            case "ledger":
                return _ledger(read_model, wanted, stream)
            case "score":
                return _score(read_model, wanted, stream)


@contextmanager
def _written(out: str | None) -> Iterator[IO[bytes]]:
    if out is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    else:
        with whole_file(out) as stream:
            yield stream


def _events(read_model: ReadModel, wanted: Wanted, stream: IO[bytes]) -> str:
    queries = read_model.exports
    extent = queries.extent()
    rows = giving.events(queries, wanted.asked, "table" if wanted.table else "lines", last=extent.last)
    count = _write(rows, stream) - wanted.table
    said = _some(count, "event") + ("" if count else _none_of(wanted.asked.type))
    if extent.since is None:
        return f"{said}: none was taken in yet, or they are in their topic of Kafka (docs/kafka.md)."
    found = f"{said}. None is missing since {iso(extent.since)}; judged until {iso(extent.until)}."
    if 0 <= wanted.asked.since < extent.since:
        found += " What was received before that is not kept any more (KEPT_KEEP), or there was nothing yet."
    return found


def _none_of(kind: str) -> str:
    """Say of which type there is none, and which one may be meant."""
    if not kind:
        return ""
    known = builtin_vocabulary()
    near = "" if kind in known else did_you_mean(kind, known)
    return f" of the type {kind!r}" + (f" ({near})" if near else "")


def _ledger(read_model: ReadModel, wanted: Wanted, stream: IO[bytes]) -> str:
    queries = read_model.exports
    rows = giving.ledger(queries, wanted.asked, "table" if wanted.table else "lines", last=queries.last_line())
    return f"{_some(_write(rows, stream) - wanted.table, 'line')} of the ledger."


def _score(read_model: ReadModel, wanted: Wanted, stream: IO[bytes]) -> str:
    """Write the counts of standards, but for those that are owed for each person alone: `docs/practice.md` says why."""
    standards = read_model.standards()
    personal = owed_alone(standards, {})
    found = {row.id: Score() for row in standards if not row.retired}
    found |= read_model.score(wanted.asked.since, wanted.asked.until)
    items = [score_item(name, score) for name, score in sorted(found.items()) if name not in personal]
    if wanted.table:
        _write(score_table(map(msgspec.structs.asdict, items), ScoreItem.__struct_fields__), stream)
    else:
        _write((msgspec.json.encode(item) + b"\n" for item in items), stream)
    without = f", without {_some(len(personal), 'standard')} owed for each person alone" if personal else ""
    return f"{_some(len(items), 'standard')}{without}."


def _write(rows: Iterator[bytes], stream: IO[bytes]) -> int:
    count = 0
    for row in rows:
        stream.write(row)
        count += 1
    return count


def _some(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
