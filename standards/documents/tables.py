"""Tables of facts: from a file of values with commas, semicolons or tabs between them to rows by key.

Read next: `standards/judge/targets/table.py` for what they become.
"""

from __future__ import annotations

import csv
from hashlib import blake2b
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final, NamedTuple

from standards.calendar.hours import did_you_mean
from standards.errors import Finding, Place
from standards.judge.targets.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from standards.documents.declared import ReadFile
    from standards.documents.declared_model import TableModel
    from standards.documents.entries import Entry

SHOWN: Final = 5
"""So many bad rows of a table are shown; the others are counted."""
LONGEST: Final = 100_000
"""How many characters a line has at most: the reader of cells takes no longer ones."""
_BETWEEN: Final = (",", ";", "\t")


class Facts(NamedTuple):
    """A table, and how it is declared."""

    table: Table
    model: TableModel


def kept(entry: Entry, model: TableModel, known: Mapping[str, Facts]) -> Facts:
    """Compile a table of a standard that Kept wrote down: its rows are those that the same table has now, if any."""
    columns, now = tuple(model.columns or ()), known.get(entry.name)
    if now is not None and now.table.key == model.key and set(columns) <= set(now.table.columns):
        return Facts(now.table, model)
    return Facts(Table(entry.name, model.key, columns, {}, ""), model)


def table(entry: Entry, model: TableModel, read: ReadFile | None) -> Facts | None:
    """Compile a table; None where it has errors, which are reported."""
    if model.columns is not None:
        fix = "leave it out: the first line of the file names the columns"
        entry.at("columns").error("misplaced-key", "columns has no place here", fix, key=True)
    path = str(PurePosixPath(entry.document.name).parent / model.file)
    if read is None:
        entry.at("file").error("bad-table", f"{path} cannot be read from here", "load it from where the file is")
        return None
    try:
        text = read(path)
    except (OSError, ValueError) as error:
        entry.at("file").error("bad-table", f"{path} cannot be read: {error}", "name a .csv file, relative to this one")
        return None
    return _Reader(entry, model, path).read(text)


class _Reader:
    """Reads one file, and reports what is wrong with it by its lines."""

    def __init__(self, entry: Entry, model: TableModel, path: str) -> None:
        self.entry = entry
        self.model = model
        self.path = path
        self.bad = 0

    def read(self, text: str) -> Facts | None:
        lines = text.splitlines()
        head = lines[0] if lines else ""
        if (longest := next((place for place, line in enumerate(lines, 1) if len(line) > LONGEST), 0)) > 0:
            self._report(longest, "", f"this line has more than {LONGEST:,} characters", "is it a table?")
            return None
        cells = csv.reader(lines, delimiter=max(_BETWEEN, key=head.count))
        columns = [name.strip() for name in next(cells, [])]
        if not self._is_head(columns, head):
            return None
        rows: dict[str, dict[str, str | None]] = {}
        begun: dict[str, int] = {}
        for values in cells:
            row = dict(zip(columns, (value.strip() or None for value in values), strict=False))
            key, line = row.get(self.model.key), cells.line_num
            if len(values) == len(columns) and key is not None and key not in rows:
                rows[key], begun[key] = row, line
            elif any(value.strip() for value in values):
                self._bad_row(line, lines[line - 1], _why(values, columns, key, begun))
        if self.bad > SHOWN:
            self._report(1, "", f"there are {self.bad - SHOWN:,} more rows like these", "mend them all in one go")
        digest = blake2b(text.encode(), digest_size=6).hexdigest()
        return (
            None
            if self.bad
            else Facts(Table(self.entry.name, self.model.key, tuple(columns), rows, digest), self.model)
        )

    def _is_head(self, columns: list[str], head: str) -> bool:
        again = next((name for name in columns if columns.count(name) > 1 or not name), None)
        if self.model.key not in columns:
            fix = did_you_mean(self.model.key, columns) or "let its first line name the columns, the key among them"
            self._report(1, head, f"there is no column {self.model.key!r}, by which rows are looked up", fix)
        elif again is not None:
            found = f"the column {again!r} is there more than once" if again else "a column has no name"
            self._report(1, head, found, "give each column a name of its own")
        return self.model.key in columns and again is None

    def _bad_row(self, line: int, shown: str, why: tuple[str, str]) -> None:
        self.bad += 1
        if self.bad <= SHOWN:
            self._report(line, shown, *why)

    def _report(self, line: int, shown: str, found: str, fix: str) -> None:
        self.entry.findings.append(Finding("bad-table", Place(self.path, line, 1), found, fix, "error", shown))


def _why(values: list[str], columns: list[str], key: str | None, begun: dict[str, int]) -> tuple[str, str]:
    if len(values) != len(columns):
        return f"this row has {len(values)} values, and there are {len(columns)} columns", "give it one for each column"
    if key is None:
        return "this row has no key, so nobody can look it up", "give it one, or remove the row"
    return f"{key} has a row already, in line {begun[key]}", "keep one of the two"
