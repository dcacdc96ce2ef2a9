"""A sheet as plain text, for a terminal or a printer.

Read next: `streams/board/sheet.py`, which says what a sheet is.
"""

from __future__ import annotations

from functools import partial
from textwrap import wrap
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.board.sheet import Entry, Part, Said, Sheet

WIDTH: Final = 100
_LINE: Final = "_" * 40
_wrap: Final = partial(wrap, width=WIDTH, break_on_hyphens=False)


def as_text(sheet: Sheet) -> str:
    """Give a whole sheet."""
    lines = [sheet.title, "=" * len(sheet.title), "", *_wrap(sheet.lead)]
    for part in sheet.parts:
        lines += _part(part)
    for name in sheet.signed:
        lines += ["", "", _LINE, name]
    return "\n".join(lines)


def _part(part: Part) -> Iterator[str]:
    yield from ("", "", part.title, "-" * len(part.title))
    for text in part.said:
        yield from ("", *_wrap(text))
    for entry in part.entries:
        yield from ("", *_entry(entry))
    if part.points:
        yield ""
    for point in part.points:
        yield from _listed(point, "")


def _entry(entry: Entry) -> Iterator[str]:
    name = f" [{entry.name}]" if entry.name and entry.name != entry.title else ""
    yield from _wrap(f"{entry.title}{name}")
    for label, said in entry.facts:
        yield from _said(label, said)


def _said(label: str, said: Said) -> Iterator[str]:
    if isinstance(said, str):
        yield from _wrap(f"{label}: {said}", initial_indent="  ", subsequent_indent="    ")
        return
    yield f"  {label}:"
    for each in said:
        yield from _listed(each, "    ")


def _listed(text: str, indent: str) -> list[str]:
    return _wrap(text, initial_indent=f"{indent}- ", subsequent_indent=f"{indent}  ")
