"""Tables for a spreadsheet (RFC 4180): a row for each event, line or score, with fields of fields as columns.

JSON lines are exact; a table is to be looked at. So instants are RFC 3339 in UTC, spans are seconds, and a text that a
spreadsheet would take for a formula has an apostrophe before it: at its start, or behind a separator of other tables.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

from standards.calendar.duration import SECOND
from standards.judge.events import iso
from standards.judge.ledger import Line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

Cells = dict[str, Any]

EVENT_COLUMNS: Final = ("received", "time", "type", "source", "id")
"""What every event has; its fields follow, as `data.waiting`."""
LINE_COLUMNS: Final = (
    "id", "promise", "standard", "revision", "subject", "kind", "at", "known_at", "opened_at", "due_at", "state",
    "verdict", "was", "elapsed_seconds", "waited_seconds", "owner", "aspect", "severity", "cause_source", "cause_id",
    "reason", "replaces", "replaced_by",
)  # fmt: skip
"""What every line of the ledger has; the fields of its subject follow, as `fields.site`."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_NEXT_CELL: Final = re.compile(r"([;\t\r\n][\s\"]*)(?=[=+\-@])")
"""Where a new cell would begin with a formula in a spreadsheet that separates cells by something else than a comma."""

_line = msgspec.json.Decoder(Line).decode
_any = msgspec.json.Decoder(dict[str, Any]).decode


def event_cells(text: bytes) -> Cells:
    """Give the cells of an event."""
    event = _any(text)
    fields = {f"data.{name}": value for name, value in event.pop("data").items()}
    return {"received": event.pop("keptreceived"), **event, **fields}


def line_cells(text: bytes) -> Cells:
    """Give the cells of a line of the ledger."""
    line = _line(text)
    source, name = line.cause or ("", "")
    own = {column: getattr(line, column) for column in LINE_COLUMNS if column in line.__struct_fields__}
    return own | {
        "at": iso(line.at), "known_at": iso(line.known), "opened_at": iso(line.opened),
        "due_at": iso(line.due) if line.due >= 0 else None,
        "elapsed_seconds": line.elapsed / SECOND, "waited_seconds": (line.at - line.opened) / SECOND,
        "cause_source": source, "cause_id": name,
        **{f"fields.{field}": value for field, value in line.fields.items()},
    }  # fmt: skip


def table(
    rows: Callable[[], Iterable[bytes]], cells: Callable[[bytes], Cells], first: tuple[str, ...]
) -> Iterator[bytes]:
    """Give a table row by row: the `first` columns, and whichever others its `rows` have, by name.

    The rows are gone through twice, so that nothing is held but the names of columns.
    """
    others: dict[str, None] = {}
    for text in rows():
        others.update(dict.fromkeys(cells(text)))
    columns = (*first, *sorted(name for name in others if "." in name))
    yield csv_row(columns)
    for text in rows():
        found = cells(text)
        yield csv_row([found.get(name) for name in columns])


def score_table(scores: Iterable[Mapping[str, Any]], columns: Iterable[str]) -> Iterator[bytes]:
    """Give scores as a table; an interval is two columns."""
    names = [part for name in columns for part in (_ENDS if name == "interval" else (name,))]
    yield csv_row(names)
    for score in scores:
        low, high = score["interval"] or (None, None)
        found = {**score, "interval_low": low, "interval_high": high}
        yield csv_row([found[name] for name in names])


_ENDS: Final = ("interval_low", "interval_high")


def csv_row(values: Iterable[object]) -> bytes:
    """Give a row of a table."""
    stream = io.StringIO()
    csv.writer(stream).writerow([_cell(value) for value in values])
    return stream.getvalue().encode()


def _cell(value: object) -> object:
    if isinstance(value, str):
        value = _NEXT_CELL.sub(r"\1'", value)
        return f"'{value}" if value.startswith(_FORMULA) else value
    return str(value).lower() if isinstance(value, bool) else value
