"""Facts that are looked up by a field of an event: one row for each key.

Read next: `target.py`, which looks them up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from standards.judge.standard import Standard


class Table(msgspec.Struct, frozen=True):
    """Rows by the value of the column `key`, which is also the field of the event that they are looked up by.

    A cell that is empty is None. `digest` is the hash of its file; "" where the file is not at hand, as for a rule of
    former times: then nothing is looked up, and what was known stays.
    """

    name: str
    key: str
    columns: tuple[str, ...]
    rows: Mapping[str, Mapping[str, str | None]]
    digest: str

    def value(self, key: object, column: str) -> str | None:
        """Give what a row says, or None where there is no such row, or nothing in it."""
        row = None if key is None else self.rows.get(str(key))
        return None if row is None else row[column]


def tables_of(standards: Iterable[Standard]) -> list[str]:
    """Give the hashes of the tables that standards look facts up in: what was judged by other rows has settled."""
    rules = [rule for standard in standards if (rule := getattr(standard.shape, "target", None)) is not None]
    return sorted({table.digest for rule in rules for table in rule.tables.values()})
