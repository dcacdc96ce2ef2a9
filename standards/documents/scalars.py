"""What the texts of a document are: of which type a plain one is, and where, outside of all of them, a comment stands.

PyYAML's events leave comments out. But they say where every text begins and ends, so a `#` at the beginning of a line
or behind a blank begins a comment just where it lies in none of them (YAML 1.1, 4.1.1 and 4.2.3).
Read next: `document.py`, `snooze.py`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Mark = tuple[int, int]
"""A line and a column, both from 0."""
Extent = tuple[Mark, Mark]
"""Where a text begins, and where it has ended."""

HALVES: Final = re.compile("[\ud800-\udfff]")
_HALVES_WRITTEN: Final = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
"""As JSON writes the two halves of a character beyond the first 65,536 (RFC 8259, 7); libyaml reads neither."""
MOST_READ: Final = 100_000
"""How many characters a document may have to be read with those, by a parser that is slow."""
_WHOLE: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})", re.ASCII)
_FRACTION: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,15})\.[0-9]{1,16}", re.ASCII)
_WORDS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None, "~": None, "": None}
_SIGN: Final = re.compile(r"(?:(?<=[ \t])|^)#")


class Comment(NamedTuple):
    """A comment from its sign on: 1-based line and column, its text, and whether the line holds nothing else."""

    line: int
    column: int
    text: str
    alone: bool


def writes_halves(text: str) -> bool:
    """Say whether a document writes characters in two halves, and is short enough to be read with them."""
    return len(text) <= MOST_READ and _HALVES_WRITTEN.search(text) is not None


def joined(text: str) -> str:
    """Give a text with the two halves of each character that is written so as that character, and a sign for others."""
    return HALVES.sub("\N{REPLACEMENT CHARACTER}", _joined(text))


def lone_half(text: str) -> str:
    """Say what is wrong with a half of a character that has no other; nothing where there is none."""
    half = HALVES.search(_joined(text))
    return f"half a character stands here: \\u{ord(half[0]):04x} is one only with its other half" if half else ""


def _joined(text: str) -> str:
    if HALVES.search(text) is None:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def typed(text: str, *, plain: bool) -> str | int | float | bool | None:
    """Give what a scalar stands for; one that is not plain (quoted, or a block) is text."""
    if not plain:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _FRACTION.fullmatch(text) else text


def comments(lines: Sequence[str], extents: Sequence[Extent]) -> Iterator[Comment]:
    """Give the comments of a document; `extents` are those of all its scalars."""
    known = sorted(extents)
    for number, line in enumerate(lines):
        for sign in _SIGN.finditer(line):
            at = sign.start()
            before = bisect_right(known, ((number, at), (len(lines), 0))) - 1
            if before < 0 or known[before][1] <= (number, at):
                yield Comment(number + 1, at + 1, line[at:].rstrip(), not line[:at].strip())
                break
