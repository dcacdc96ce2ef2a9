"""A table of what was found, made once and written wherever it is shown: here as text and as Markdown.

Read next: `streams/board/standalone.py`, which writes it as HTML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


class Row(NamedTuple):
    """One row: what it is about, its other cells as they are read, and what kind of row it is (a class in HTML)."""

    name: str
    cells: Sequence[str]
    kind: str = ""


class Table(NamedTuple):
    """Headings, as many as each row has cells with its name, and the rows."""

    head: Sequence[str]
    rows: Sequence[Row]


def text_table(table: Table, marks: Mapping[str, str] = {}) -> list[str]:
    """Give the lines of a table: names begin at the left, other cells end at the right.

    `marks` are what stands behind the rows of a kind.
    """
    cells = list(_cells(table))
    wide = [max(map(len, column)) for column in zip(*cells, strict=True)]
    behind = ["", *(marks.get(row.kind, "") for row in table.rows)]
    lines = []
    for (name, *others), mark in zip(cells, behind, strict=True):
        aligned = (text.rjust(width) for text, width in zip(others, wide[1:], strict=True))
        lines.append("  ".join((name.ljust(wide[0]), *aligned, mark)).rstrip())
    return lines


def markdown_table(table: Table) -> list[str]:
    """Give the lines of a table in Markdown."""
    head, *rows = ("| " + " | ".join(map(plain, row)) + " |" for row in _cells(table))
    return [head, "|" + "---|" * len(table.head), *rows]


def plain(text: str) -> str:
    """Keep a text from meaning anything in Markdown."""
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>|#~&" else sign for sign in " ".join(text.split()))


def _cells(table: Table) -> Iterator[Sequence[str]]:
    yield table.head
    yield from ((row.name, *row.cells) for row in table.rows)
