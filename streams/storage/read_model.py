"""Reading the store: what the board, the API and the metrics ask. One connection of its own, never the writer's.

Read next: `rows.py` for what is given, `board_queries.py` and `owed_queries.py` for what only
the board asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from alerts.channels import Told
from alerts.routing.incident import WARNED
from standards.judge.ledger import Line
from standards.judge.score import Score
from streams.runtime.source_clocks import STRETCH
from streams.storage.board_queries import BoardQueries
from streams.storage.cell_queries import CellQueries
from streams.storage.export_queries import ExportQueries
from streams.storage.owed_queries import OwedQueries
from streams.storage.practice_queries import PracticeQueries
from streams.storage.promise_view import PromiseView
from streams.storage.readings import Readings
from streams.storage.rows import (
    DELIVERY,
    NAMES_ONE_OF_US,
    OWED,
    PROMISE,
    DeadLetter,
    Delivery,
    LateEvent,
    NoticeRow,
    Page,
    StandardRow,
    decode_notice,
    decode_withheld,
    notice_rows,
    promise_row,
)
from streams.storage.shift_queries import ShiftQueries
from streams.storage.sqlite import SharedConnection

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from streams.storage.rows import PromiseFilter
    from streams.storage.sqlite import Row

SCORES = """
SELECT standard, count(*), sum(verdict IS 'kept'), sum(verdict IS 'broken'), sum(verdict IS 'void'),
    sum(verdict IS 'excused'), sum(verdict IS 'unknown'), sum(warned), sum(state = 'late'),
    sum(state = 'ended'), sum(state = 'given_up'), sum(corrected),
    sum(CASE WHEN verdict IS NULL THEN 0 ELSE elapsed END), sum(CASE WHEN verdict IS NULL THEN 0 ELSE waited END)
FROM promises WHERE opened >= ? AND opened < ? AND verdict IS NOT 'withdrawn' GROUP BY standard
"""
_SCORES_OF_ONE = SCORES.replace("GROUP BY", "AND standard = ? GROUP BY")
_NEAREST = """
SELECT standard, min(due) FROM promises WHERE verdict IS NULL AND due >= 0 AND state IN ('open', 'warned')
GROUP BY standard
"""
_TOLD = """
SELECT body FROM notices WHERE promise = ? OR id IN (SELECT notice FROM spoken_for WHERE promise = ?) ORDER BY seq
"""
_NOTICED = "SELECT 1 FROM notices WHERE promise = ? LIMIT 1"
_TROUBLED = (*WARNED, "broken", "unknown")
"""The states of a promise for which an alert stands."""
_LAST = 2**63 - 1
_PAGE = 500
"""How many notices are looked at in one go."""


class _Identity(msgspec.Struct):
    id: str
    source: str


_encode = msgspec.json.encode
_identity = msgspec.json.Decoder(_Identity).decode
_line = msgspec.json.Decoder(Line).decode


class ReadModel:
    """The read side of the store in a folder: for any thread, and always at the last commit. Raises StateError."""

    def __init__(self, folder: Path) -> None:
        self._connection = SharedConnection(folder)
        self._all = self._connection.all
        self.board = BoardQueries(self._connection)
        self.exports = ExportQueries(self._connection)
        self.owed = OwedQueries(self._connection)
        self.readings = Readings(self._connection)
        self.shift = ShiftQueries(self._connection)
        self.practice = PracticeQueries(self._connection)
        self.cells = CellQueries(self._connection)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def promises(self, wanted: PromiseFilter, after: str = "", limit: int = 100) -> Page:
        """Give a page of promises, newest first. Raises ValueError for an `after` that is not a cursor."""
        terms = dict(_terms(wanted))
        if after:
            terms["seq < ?"] = _cursor(after)
        where = " AND ".join(terms) or "1"
        values = [value for value in terms.values() if value is not None]
        sql = f"SELECT seq, {PROMISE} FROM promises WHERE {where} ORDER BY seq DESC LIMIT ?"  # noqa: S608 - fixed terms
        rows = self._all(sql, *values, limit + 1)
        following = str(rows[limit - 1][0]) if len(rows) > limit else ""
        return Page([promise_row(row[1:]) for row in rows[:limit]], following)

    def promise(self, promise_id: str) -> PromiseView | None:
        """Give everything about one promise, or None."""
        with self._connection.reading() as database:
            row = database.one(f"SELECT {PROMISE} FROM promises WHERE id = ?", [promise_id])  # noqa: S608 - fixed names
            if row is None:
                return None
            found = promise_row(row)
            lines = database.all("SELECT body FROM ledger WHERE promise = ? ORDER BY seq", [promise_id])
            notices = notice_rows(database, database.all(_TOLD, [promise_id, promise_id]))
            unsent = database.all("SELECT body FROM withheld WHERE promise = ? ORDER BY seq", [promise_id])
            text = database.one("SELECT excerpt FROM revisions WHERE revision = ?", [found.revision])
        withheld = [decode_withheld(body) for (body,) in unsent]
        return PromiseView(found, [_line(body) for (body,) in lines], notices, text[0] if text else "", withheld)

    def standards(self) -> list[StandardRow]:
        """Give the revisions that were ever loaded, those in force first."""
        sql = """
            SELECT standard, revision, NOT current, excerpt, loaded_at FROM revisions
            ORDER BY NOT current, standard, loaded_at DESC
        """
        return [StandardRow(name, rev, bool(old), text, at) for name, rev, old, text, at in self._all(sql)]

    def score(self, since: int | None = None, until: int | None = None) -> dict[str, Score]:
        """Give each standard's score by its id, over the promises opened at or after `since` and before `until`."""
        span = (-1 if since is None else since, _LAST if until is None else until)
        return {row[0]: Score(*row[1:]) for row in self._all(SCORES, *span)}

    def scores_since(self, since: Mapping[str, int]) -> dict[str, Score]:
        """Give each standard's score by its id, over the promises opened at or after an instant of its own."""
        with self._connection.reading() as database:
            rows = [row for name, at in since.items() for row in database.all(_SCORES_OF_ONE, [at, _LAST, name])]
        return {row[0]: Score(*row[1:]) for row in rows}

    def overdue(self, owed_since: Mapping[str, int]) -> dict[str, tuple[int, int]]:
        """Give how many promises of each standard are overdue, by its id, and the oldest deadline (microseconds UTC).

        `owed_since` says by revision since when promises must have been broken to be owed.
        """
        sql = f"SELECT standard, count(*), min(due) {OWED} GROUP BY standard"
        return {name: (count, due) for name, count, due in self._all(sql, _encode(owed_since).decode())}

    def source_ahead(self, since: int) -> int | None:
        """Give how far the fastest of the senders' clocks has been ahead since an instant; None: nothing is known."""
        ((ahead,),) = self._all("SELECT max(ahead) FROM source_clocks WHERE since > ?", since - STRETCH)
        return None if ahead is None else int(ahead)

    def nearest(self) -> dict[str, int]:
        """Give the next deadline (microseconds UTC) of each standard's promises whose clock runs, by its id."""
        return dict(self._all(_NEAREST))

    def open(self) -> dict[str, int]:
        """Give how many promises of each standard are open, by its id."""
        return dict(self._all("SELECT standard, count(*) FROM promises WHERE verdict IS NULL GROUP BY standard"))

    def dead_letters(self, after: int = 0, limit: int = 100) -> list[DeadLetter]:
        """Give dead letters with a `seq` above `after`, oldest first."""
        sql = "SELECT seq, received, reason, message, raw, mark FROM dead_letters WHERE seq > ? ORDER BY seq LIMIT ?"
        return [DeadLetter(*row) for row in self._all(sql, after, limit)]

    def late(self, after: int = 0, limit: int = 100) -> list[LateEvent]:
        """Give events that changed nothing with a `seq` above `after`, oldest first."""
        sql = "SELECT seq, received, reason, type, source, id, at FROM late WHERE seq > ? ORDER BY seq LIMIT ?"
        return [LateEvent(*row) for row in self._all(sql, after, limit)]

    def notices(self, after: str = "", limit: int = 100, *, skipped: int = 0) -> list[NoticeRow]:
        """Give notices, newest first, from before the one whose `seq` is `after`; so many of those are left out."""
        values = [_cursor(after) if after else _LAST, limit, skipped]  # an id would say to whom it went
        sql = "SELECT body, seq FROM notices WHERE seq < ? ORDER BY seq DESC LIMIT ? OFFSET ?"
        with self._connection.reading() as database:
            return notice_rows(database, database.all(sql, values))

    def event(self, source: str, name: str, at: int) -> bytes | None:
        """Give an event as it came, by its source, id and time in microseconds UTC; None if it is not kept any more."""
        mark = _encode(name)
        for (body,) in self._all("SELECT body FROM events WHERE first <= ? AND last >= ? ORDER BY seq", at, at):
            for raw in bytes(body).splitlines():
                if mark in raw and (found := _identity(raw)).id == name and found.source == source:
                    return raw
        return None

    def totals(self) -> dict[tuple[str, str, str], int]:
        """Give how many lines the ledger has, by standard, owner and kind."""
        return {(*key,): count for *key, count in self._all("SELECT standard, owner, kind, count FROM totals")}

    def lines(self, after: int = 0, limit: int = 1000) -> list[Line]:
        """Give lines of the ledger in their order, from the one with number `after` (from 0) on."""
        rows = self._all("SELECT body FROM ledger WHERE seq > ? ORDER BY seq LIMIT ?", after, limit)
        return [_line(body) for (body,) in rows]

    def place(self, line: str) -> int | None:
        """Say which number a line of the ledger has, by its id; None: there is none."""
        found = self._all("SELECT seq FROM ledger WHERE id = ?", line)
        return int(found[0][0]) if found else None

    def last_place(self) -> int:
        """Say which number the last line of the ledger has; 0: there is none."""
        ((last,),) = self._all("SELECT coalesce(max(seq), 0) FROM ledger")
        return int(last)

    def due_deliveries(
        self, channel: str, at: int, limit: int = 100, *, tried: bool, shards: Collection[int] | None = None
    ) -> list[NoticeRow]:
        """Give notices due on a channel by `at` (microseconds UTC), each with that one delivery, longest due first.

        Either those that were `tried` already, or those that were not; of some `shards` of all notices, or of all.
        """
        of = "" if shards is None else f" AND n.shard IN ({', '.join(map(str, sorted(shards)))})"
        names = ", ".join(f"o.{name}" for name in DELIVERY.split(", "))
        sql = f"""
            SELECT n.body, {names} FROM outbox o JOIN notices n ON n.id = o.notice
            WHERE o.state = 'waiting' AND o.channel = ? AND o.next_try <= ? AND (o.tries > 0) = ?{of}
            ORDER BY o.next_try, n.seq LIMIT ?
        """  # noqa: S608 - fixed names, and numbers
        rows = self._all(sql, channel, at, tried, limit)
        return [NoticeRow(decode_notice(row[0]), [Delivery(*row[1:])]) for row in rows]

    def standing(self, channel: str, since: int, *, shards: Collection[int] | None = None) -> list[Told]:
        """Give the last notice of each promise that came in from `since` on, where the channel has it; newest first.

        What is still on its way to the channel is left out, and so is what was told before it. What was told of a
        promise that was withdrawn since stands for the one that replaced it. `since`: microseconds UTC. It is read in
        pages, so that nobody else has to wait for all of it.
        """
        of = "" if shards is None else f" AND n.shard IN ({', '.join(map(str, sorted(shards)))})"
        sql = f"""
            SELECT n.seq, n.received, n.body, o.delivered,
                o.state IS 'delivered' AND n.seq = (SELECT max(seq) FROM notices WHERE promise = n.promise){of},
                (SELECT state FROM promises WHERE id = n.promise) IS 'withdrawn'
            FROM notices n LEFT JOIN outbox o ON o.notice = n.id AND o.channel = ?
            WHERE n.seq < ? ORDER BY n.seq DESC LIMIT ?
        """  # noqa: S608 - fixed text, and numbers
        found: list[Told] = []
        rows: list[Row] = [(_LAST, since)]
        while rows and rows[-1][1] >= since:
            rows = self._all(sql, channel, rows[-1][0], _PAGE)
            for _, received, body, delivered, last, withdrawn in rows:
                if last and received >= since:
                    told = Told(decode_notice(body), delivered)
                    found += self._replacing(told) if withdrawn else [told]
        return found

    def _replacing(self, told: Told) -> list[Told]:
        """Give what was told of a promise that is withdrawn as what stands of the one that replaced it.

        Nothing, where none did, where that one is well, or where it was told of itself. That it was withdrawn stands.
        """
        if told.notice.kind == "withdrawn":
            return [told]
        promise, line = told.notice.promise, self._last_line(told.notice.promise)
        while line is not None and line.state == "withdrawn":
            promise, line = line.replaced_by, self._last_line(line.replaced_by)
        if line is None or line.state not in _TROUBLED or self._all(_NOTICED, promise):
            return []
        return [Told(msgspec.structs.replace(told.notice, promise=promise), told.at)]

    def _last_line(self, promise: str) -> Line | None:
        rows = self._all("SELECT body FROM ledger WHERE promise = ? ORDER BY seq DESC LIMIT 1", promise)
        return _line(rows[0][0]) if rows else None

    def waiting_channels(self) -> list[str]:
        """Give the names of the channels that a notice waits for, set up or not."""
        return [name for (name,) in self._all("SELECT DISTINCT channel FROM outbox WHERE state = 'waiting'")]


def _terms(wanted: PromiseFilter) -> Iterable[tuple[str, object]]:
    """Give the conditions of a filter, with the value of each that has one."""
    for name in ("standard", "owner", "subject", "verdict", "state"):
        if value := getattr(wanted, name):
            yield f"{name} = ?", value
    if wanted.subject and not wanted.named:
        yield f"NOT {NAMES_ONE_OF_US}", None
    if "withdrawn" not in (wanted.verdict, wanted.state):
        yield "verdict IS NOT 'withdrawn'", None
    if wanted.open is not None:
        yield f"verdict IS {'' if wanted.open else 'NOT '}NULL", None
    if wanted.since >= 0:
        yield "opened >= ?", wanted.since
    if wanted.overdue is not None:
        yield f"id {'' if wanted.overdue else 'NOT '}IN (SELECT id {OWED})", _encode(wanted.owed_since).decode()
    if wanted.due_before >= 0:
        yield "verdict IS NULL AND due >= 0 AND due < ?", wanted.due_before


def _cursor(after: str) -> int:
    if not (after.isascii() and after.isdecimal() and len(after) < len(str(2**63))):
        raise ValueError(f"{after!r} is not a place in this list; use the `next` of the page before")
    return int(after)
