"""From rows of tables to `rows.py`: what more than one query reads, with the columns that each form needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from alerts.routing.notice import Notice, Withheld
from standards.judge.ledger import Plain
from streams.storage.rows import Delivery, NoticeRow, PromiseRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.storage.sqlite import Database, Row

PROMISE: Final = ", ".join(PromiseRow.__struct_fields__)
"""The columns of `promises` that `promise_row` takes."""
DELIVERY: Final = ", ".join(Delivery.__struct_fields__)
"""The columns of `outbox` that a Delivery takes."""

_fields = msgspec.json.Decoder(dict[str, Plain]).decode
decode_notice = msgspec.json.Decoder(Notice).decode
decode_withheld = msgspec.json.Decoder(Withheld).decode


def promise_row(row: Row) -> PromiseRow:
    """Make a promise of the columns of PROMISE."""
    values = list(row)
    values[7] = _fields(values[7])
    values[15:17] = map(bool, values[15:17])
    return PromiseRow(*values)


def notice_rows(database: Database, bodies: Iterable[Row]) -> list[NoticeRow]:
    """Make notices of the `body` of each, and read how they fare on each channel."""
    found = []
    sql = f"SELECT {DELIVERY} FROM outbox WHERE notice = ? ORDER BY channel"  # noqa: S608 - fixed names
    for (body,) in bodies:
        notice = decode_notice(body)
        found.append(NoticeRow(notice, [Delivery(*row) for row in database.all(sql, [notice.id])]))
    return found
