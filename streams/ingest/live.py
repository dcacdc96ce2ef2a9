"""What other systems send, a record at a time, made events by a mapping: the same that reads a table of theirs.

A body is one record, an array of them, or one a line. Each record is taken or refused by itself, and a refusal has the
whole record. Read next: `columns.py`, which makes the events of a record; `table.py`, which reads what has an end.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from standards.documents.entries import Entry
from standards.errors import EventError, SpecError
from standards.judge.events import iso, microseconds, type_of
from streams.ingest.columns import bind
from streams.ingest.csv_rows import CsvRows
from streams.ingest.derived import FILE, RECEIVED, TOPIC, columns_read, derived
from streams.ingest.file_forms import Form, form_of
from streams.ingest.keys_of_formats import keys_fit
from streams.ingest.mapping_model import columns_of
from streams.ingest.record_paths import Paths, sound_paths
from streams.ingest.record_rows import documents
from streams.ingest.refusals import NOT_MAPPED
from streams.ingest.same_time import SameTime, Stamp
from streams.ingest.wire import MOST_REFUSED, Refusal

if TYPE_CHECKING:
    from standards.judge.events import Event
    from streams.ingest.derived import Derived
    from streams.ingest.makers import Bound, Maker
    from streams.ingest.mapping import TableMapping

MOST_RECORDS: Final = 10_000
"""How many records a body may have, and how many events may be made of them."""
MOST_FAULTS: Final = 3
"""How many faults of one record are told."""


Naming = Callable[[bytes, int, int], str]
"""Names a record: of its bytes, how many bytes stand before it, and its place, from 1."""
Unfit = Callable[["Event"], EventError | None]


class Sent(NamedTuple):
    """What came at once. `received` is when, in microseconds UTC; `topic` is where it was published, if anywhere.

    `named` gives what the ids of a record's events begin with.
    """

    body: bytes
    received: int
    named: Naming
    topic: str = ""


class TooMuchError(Exception):
    """A body with more in it than is read at once, or of which more cannot be read than is kept."""

    def __init__(self) -> None:
        super().__init__(
            f"this has more than {MOST_RECORDS:,} records or events, or more than {MOST_REFUSED:,} that cannot be read"
        )


class Made(NamedTuple):
    """What became of what was sent: events, the place of each one's record, and how many records became none."""

    events: list[Event]
    places: list[int]
    passed_over: int


_LINE_END: Final = re.compile(rb"\r\n|\n|\r")


class _Item(NamedTuple):
    """One record as it was sent, how many bytes stand before it, and its rows: one, or several within it."""

    raw: bytes
    begin: int
    rows: Iterator[list[str]]


class LiveMapping:
    """Makes events of records that come one by one. Raises SpecError for a mapping that needs a whole table."""

    def __init__(self, mapping: TableMapping, name: str = "records.json") -> None:
        self._mapping, self._name = mapping, name
        self.form: Form = mapping.model.table.format or form_of(name) or "json"
        check_live(mapping, self.form)
        keys_fit(mapping, self.form)
        self._columns = sound_paths(mapping) if self.form == "json" else columns_read(mapping.model)
        self._joined: dict[tuple[str, ...], tuple[Derived, Bound, SameTime]] = {}

    @property
    def head_lines(self) -> int:
        """How many lines at the top of a file say how the others are read."""
        table = self._mapping.model.table
        return 0 if self.form == "json" else table.skip + (not table.header)

    @property
    def asks_when(self) -> bool:
        """Say whether the time of something is when it was received."""
        return RECEIVED in columns_of(self._mapping.model)

    def read(self, sent: Sent, refuse: Callable[[Refusal], None], unfit: Unfit = lambda _event: None) -> Made:
        """Make the events of all records in a body. What cannot be read is refused, each record by itself.

        `unfit` says why an event cannot be taken though it can be read.
        """
        events: list[Event] = []
        places: list[int] = []
        place = passed_over = unread = 0
        try:
            header, items = self._items(sent.body)
            for place, item in enumerate(items, 1):
                name = sent.named(item.raw, item.begin, place)
                made, faults = self._of_item(header, item, sent, name)
                if place > MOST_RECORDS or len(events) + len(made) > MOST_RECORDS:
                    raise TooMuchError
                odd = [(event, unfit(event)) for event in made]
                faults += [f"{type_of(event)}: {_unquoted(error)}" for event, error in odd if error is not None]
                events += [event for event, error in odd if error is None]
                places += [place] * (len(events) - len(places))
                unread += bool(faults)
                if unread > MOST_REFUSED:
                    raise TooMuchError
                if faults:
                    refuse(Refusal(place, NOT_MAPPED, _told(faults), item.raw))
                elif not made:
                    passed_over += 1
        except SpecError as error:
            words = "; ".join(each.found for each in error.findings[:MOST_FAULTS])  # a fix quotes what stands in it
            refuse(Refusal(place + 1, NOT_MAPPED, words, sent.body))
        except EventError as error:
            refuse(Refusal(place + 1, NOT_MAPPED, _unquoted(error), sent.body))
        return Made(events, places, passed_over)

    def _items(self, body: bytes) -> tuple[Sequence[str], Iterator[_Item]]:
        if self.form == "json":
            paths = Paths(self._mapping.model.table.each, self._columns)
            return paths.header, _records(paths, body)
        rows = CsvRows(io.BytesIO(body), self._mapping, self._name)
        return rows.header, _lines(rows, body)

    def _of_item(self, header: Sequence[str], item: _Item, sent: Sent, name: str) -> tuple[list[Event], list[str]]:
        columns, bound, same_time = self._bound(tuple(header))
        own = {FILE: sent.topic or self._name, RECEIVED: iso(sent.received), TOPIC: sent.topic}
        events: list[Event] = []
        faults: list[str] = []
        try:
            for number, row in enumerate(item.rows, 1):
                cells = columns.cells(row, number, own)
                events += _of_row(bound.makers, same_time, cells, f"{name}.{number}" if number > 1 else name, faults)
        except EventError as error:
            faults.append(_unquoted(error))
        return events, faults

    def _bound(self, header: tuple[str, ...]) -> tuple[Derived, Bound, SameTime]:
        """Join the mapping with the names of columns, which are the same for almost all that is sent."""
        found = self._joined.get(header)
        if found is None:
            columns = derived(self._mapping, header, (FILE, RECEIVED, TOPIC))
            bound = bind(self._mapping, columns.header, self._name)
            found = columns, bound, SameTime([(maker.event, maker.moment) for maker in bound.makers])
            self._joined = {header: found}
        return found


def check_live(mapping: TableMapping, form: str) -> None:
    """Raise SpecError for a mapping that needs a whole table."""
    entry = Entry(mapping.document, (), [])
    if form not in ("json", "csv", "tsv"):
        fix = "write format: json, or csv"
        entry.at("table", "format").error("wrong-value", f"a {form} does not come a record at a time", fix)
    for index, event in enumerate(mapping.model.events):
        if event.changed is not None:
            found = "what comes by itself is not held against a row before it"
            fix = "have the sender say what has changed, and leave changed: out"
            entry.at("events", index, "changed").error("wrong-value", found, fix, key=True)
    if entry.findings:
        raise SpecError(entry.findings)


def _of_row(
    makers: Sequence[Maker], same_time: SameTime, cells: list[str], name: str, faults: list[str]
) -> list[Event]:
    """Make the events of one row; those of one time in the order that other records show."""
    made: list[Event] = []
    stamps: list[Stamp] = []
    for position, maker in enumerate(makers):
        try:
            event = _made(maker, cells, name)
        except EventError as error:
            faults.append(f"{maker.event}: {_unquoted(error)}")
            continue
        if event is not None:
            stamps.append(Stamp(event.at, position, len(made)))
            made.append(event)
    return made if len(made) < 2 else [made[stamp.place] for stamp in same_time.in_order(stamps)]  # noqa: PLR2004


def _made(maker: Maker, cells: list[str], name: str) -> Event | None:
    if not maker.clause.holds(cells):
        return None
    time = maker.time(cells)
    if time is None:
        return None
    event = maker.build(cells, name, time)
    event.at = microseconds(time)
    return event


def _records(paths: Paths, body: bytes) -> Iterator[_Item]:
    for raw, document, begin in documents(body):
        records = iter([document]) if isinstance(document, EventError) else paths.records(document)
        yield _Item(raw, begin, map(paths.cells, records))


def _lines(rows: CsvRows, body: bytes) -> Iterator[_Item]:
    """Give a row at a time, with the lines that it stands in."""
    starts = [0, *(each.end() for each in _LINE_END.finditer(body)), len(body)]
    while True:
        try:
            cells = rows.next()
        except EventError as error:
            row = _failing(error)
        else:
            if cells is None:
                return
            row = iter([cells])
        begin, end = starts[min(rows.first - 1, len(starts) - 1)], starts[min(rows.last, len(starts) - 1)]
        yield _Item(body[begin:end].rstrip(b"\r\n"), begin, row)


def _failing(error: EventError) -> Iterator[list[str]]:
    raise error
    yield []


def _unquoted(error: EventError) -> str:
    """Say what is wrong, without the value: it may be anything of a record, somebody's name too."""
    return str(error).replace(error.found, "what is there", 1) if error.found else str(error)


def _told(faults: Sequence[str]) -> str:
    more = len(faults) - MOST_FAULTS
    return "; ".join(faults[:MOST_FAULTS]) + (f"; and {more} more" if more > 0 else "")
