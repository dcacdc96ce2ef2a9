"""Lines of the ledger and notices, written into the tables that everybody reads.

Both have derived ids, so what comes again changes nothing. The embedded host writes what it has just judged, `kept
serve` what the workers judged. Read next: `store_writer.py`, `streams/kafka/serve/projection.py`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeVar

import msgspec

from alerts.policy.policy import ADDRESSED, MACHINES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alerts.routing.notice import Notice, Reason
    from standards.judge.ledger import Line
    from streams.storage.sqlite import Database, Row

    Booked = TypeVar("Booked", Line, Notice)

_LINE = "INSERT OR IGNORE INTO ledger (id, promise, standard, owner, kind, at, told, body) VALUES (?,?,?,?,?,?,?,?)"
_PROMISE = """
INSERT INTO promises (id, ordinal, standard, revision, subject, owner, aspect, severity, fields, state, verdict,
    opened, due, settled, elapsed, waited, warned, corrected)
VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
ON CONFLICT (id) DO UPDATE SET ordinal = excluded.ordinal, state = excluded.state, verdict = excluded.verdict,
    due = excluded.due,
    settled = CASE WHEN settled >= 0 AND NOT excluded.corrected AND excluded.settled >= 0 THEN settled
        ELSE excluded.settled END,
    elapsed = CASE WHEN settled >= 0 AND NOT excluded.corrected AND excluded.settled >= 0 THEN elapsed
        ELSE excluded.elapsed END,
    waited = CASE WHEN settled >= 0 AND NOT excluded.corrected AND excluded.settled >= 0 THEN waited
        ELSE excluded.waited END,
    warned = max(warned, excluded.warned), corrected = max(corrected, excluded.corrected)
WHERE excluded.ordinal > promises.ordinal
"""
_ABOUT = "SELECT standard, subject FROM promises WHERE id = ?"
_TOTAL = "INSERT INTO totals VALUES (?,?,?,?) ON CONFLICT DO UPDATE SET count = count + excluded.count"
_SITE = """
INSERT INTO sites VALUES (?,?) ON CONFLICT DO UPDATE SET opened = excluded.opened WHERE excluded.opened > opened
"""
_NOTICE = "INSERT OR IGNORE INTO notices (id, promise, received, shard, body) VALUES (?,?,?,?,?)"

_encode = msgspec.json.encode


def about(database: Database, promise: str) -> tuple[str, str] | None:
    """Give the standard and the subject of a promise by its id; None where there is none."""
    found = database.one(_ABOUT, [promise])
    return None if found is None else (str(found[0]), str(found[1]))


def book_lines(database: Database, lines: Sequence[Line], told: Mapping[str, Reason]) -> list[Line]:
    """Write, inside a transaction, lines with each one's reason by its id; gives those that were not there before."""
    rows = [
        (it.id, it.promise, it.standard, it.owner, it.kind, it.at, told.get(it.id, ""), _encode(it)) for it in lines
    ]
    new = _put_new(database, _LINE, rows, table="ledger", given=lines)
    counts = Counter((it.standard, it.owner, it.kind) for it in new)
    database.put(_TOTAL, [(*key, count) for key, count in counts.items()])
    database.put(_PROMISE, [_folded(line) for line in new])
    sites = {(str(site), it.opened) for it in new if (site := it.fields.get("site")) not in (None, "")}
    database.put(_SITE, sorted(sites))
    return new


def book_notices(
    database: Database, notices: Sequence[Notice], channels: Sequence[str], *, received: int, shard: int = 0
) -> list[Notice]:
    """Write, inside a transaction, notices and that they wait for channels; gives those that were not there before.

    `received` is when they were decided, in microseconds UTC, and `shard` the part of all notices that they are of. A
    notice waits for the channels that `_channels_of` gives.
    """
    rows = [(it.id, it.promise, received, shard, _encode(it)) for it in notices]
    new = _put_new(database, _NOTICE, rows, table="notices", given=notices)
    outbox = [(it.id, each) for it in notices for each in _channels_of(it, channels)]
    database.put("INSERT OR IGNORE INTO outbox (notice, channel) VALUES (?,?)", outbox)
    others = [(promise, it.id) for it in notices for promise in it.promises if promise != it.promise]
    database.put("INSERT OR IGNORE INTO spoken_for (promise, notice) VALUES (?,?)", others)
    return new


def _channels_of(notice: Notice, channels: Sequence[str]) -> Sequence[str]:
    """Give the channels of a notice: those of its addresses; where none of them is set up, all that lead to people.

    One that is to nobody goes to machines, if it has addresses, and by every channel without. Where the one channel
    there is reaches only who has an address there, it is tried, so that it is seen that nobody was told. What names one
    of us goes to no machine, whoever it is to.
    """
    if notice.names_one_of_us:
        channels = [name for name in channels if name not in MACHINES]
    own = [name for name in channels if name in notice.addresses]
    if own or (notice.addresses and not notice.to):
        return own
    open_to_all = [name for name in channels if name not in ADDRESSED]
    if not notice.to:
        return open_to_all or channels
    people = [name for name in open_to_all if name not in MACHINES]
    return people or [name for name in channels if name == "webhook"] or [it for it in channels if it in ADDRESSED]


def _put_new(database: Database, sql: str, rows: Sequence[Row], *, table: str, given: Sequence[Booked]) -> list[Booked]:
    """Write the row of each of the given, and give those that were not there before, each once."""
    ((last,),) = database.all(f"SELECT coalesce(max(seq), 0) FROM {table}")  # noqa: S608 - fixed names
    if database.put(sql, rows) == len(given):
        return list(given)
    written = {name for (name,) in database.all(f"SELECT id FROM {table} WHERE seq > ?", [last])}  # noqa: S608 - fixed names
    return list({it.id: it for it in given if it.id in written}.values())


def _folded(line: Line) -> tuple[object, ...]:
    """Give the row that a line makes of its promise; the statement decides what of it replaces what is there."""
    return (
        line.promise, int(line.id.rpartition(".")[2]), line.standard, line.revision, line.subject, line.owner,
        line.aspect, line.severity, _encode(line.fields), line.state, line.verdict, line.opened, line.due,
        line.at if line.verdict is not None else -1, line.elapsed, line.at - line.opened,
        line.kind == "warned", line.kind == "corrected",
    )  # fmt: skip
