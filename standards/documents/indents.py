"""Lines that begin in another column than their neighbours: which one it is, by those around it.

Read next: `slips.py`, which asks.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_AROUND: Final = 4
"""So many lines before and after are looked at."""
_FARTHEST: Final = 12
"""So many lines are looked through for them: blank ones and comments are passed over."""


def misaligned(number: int, line_of: Callable[[int], str]) -> tuple[int, int, int] | None:
    """Find the line that is out of its column at, or right before, the line where a parser stopped.

    Gives the line, how many spaces it should begin with, and a line that does; None where none stands out.
    """
    here = _indent(line_of(number))
    before = _content(number, line_of, step=-1)
    after = _content(number, line_of, step=1)
    if here is None:
        return None
    beside = [line for line in (before[:1], after[:1]) if line]
    if beside and all(_indent(line_of(line)) != here for (line,) in beside):
        usual = _usual([*before, *after], line_of, number, near=here)
        if usual is not None and usual[0] != here:
            return number, *usual
    if before:
        last = before[0]
        usual = _usual([*before[1:], number, *after], line_of, last, near=_indent(line_of(last)) or 0)
        if usual is not None and usual[0] != _indent(line_of(last)):
            return last, *usual
    return None


def usual_indent(number: int, line_of: Callable[[int], str]) -> int:
    """Give how many spaces the lines around one begin with, as a rule; 0 where nothing is known."""
    found = _usual([*_content(number, line_of, step=-1), *_content(number, line_of, step=1)], line_of, number, near=0)
    return 0 if found is None else found[0]


def _usual(lines: list[int], line_of: Callable[[int], str], at: int, *, near: int) -> tuple[int, int] | None:
    """Give the indent that most of some lines have, of equally many the one nearest to `near`.

    With it comes the line that has it and is nearest to the line `at`.
    """
    indents = {line: indent for line in lines if (indent := _indent(line_of(line))) is not None}
    counts = Counter(indents.values())
    if not counts:
        return None
    best = max(counts, key=lambda indent: (counts[indent], -abs(indent - near)))
    return best, min((line for line, indent in indents.items() if indent == best), key=lambda line: abs(line - at))


def _content(number: int, line_of: Callable[[int], str], *, step: int) -> list[int]:
    """Number the next lines in one direction that hold something, the nearest first."""
    near = (number + step * distance for distance in range(1, _FARTHEST))
    return [line for line in near if _indent(line_of(line)) is not None][:_AROUND]


def _indent(line: str) -> int | None:
    """Count the spaces in front of a line; None for a blank one, a comment, and one that begins with a tab."""
    text = line.lstrip(" ")
    return None if not text.strip() or text[0] in "#\t" else len(line) - len(text)
