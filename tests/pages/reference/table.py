"""Tables in Markdown. Knows: what a cell may hold. Must not know: what is in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

PRINTED = "*Printed from the code by `make reference`; a test holds this page to it.*"
"""What stands under the heading of each page that is printed."""


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Give a table, one line a row; an empty cell stays empty."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join("|" + "|".join(f" {cell(text)} " if text else " " for text in line) + "|\n" for line in lines)


def cell(text: str) -> str:
    """Give a text as it can stand in a cell."""
    return " ".join(text.split()).replace("|", "\\|")


def code(text: str) -> str:
    """Give a text as code; nothing for nothing."""
    return f"`{text}`" if text else ""
