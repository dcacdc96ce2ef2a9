"""Facts that are looked up by a field of an event: one row for each key.

Read next: `target.py`, which looks them up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping


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
