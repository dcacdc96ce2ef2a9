"""The trend of one standard, drawn: the share kept on each of the last days, and the goal.

Read next: `standards.py`, which shows it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.board.markup import Html, el
from streams.board.wording import percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streams.storage.rows import Stretch

WIDTH, HEIGHT = 280, 48
_GAP: Final = 2


def trend(name: str, stretches: Sequence[Stretch], days: Sequence[int], goal: float | None) -> Html:
    """Draw a bar for each day that has a verdict, as high as the share kept; broken ones are the rest of its height."""
    by_day = {stretch.start: stretch for stretch in stretches}
    step = WIDTH // max(1, len(days))
    bars = [_bar(place * step, step - _GAP, by_day[day]) for place, day in enumerate(days) if day in by_day]
    line = None
    if goal is not None:
        y = round((1 - goal) * HEIGHT)
        line = el("line", x1=0, x2=WIDTH, y1=y, y2=y, class_="goal-line")
    said = el("title", _said(name, stretches, len(days)))
    return el("svg", said, *bars, line, viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", class_="trend",
              preserveAspectRatio="none")  # fmt: skip


def _bar(x: int, width: int, stretch: Stretch) -> Iterator[Html]:
    judged = stretch.kept + stretch.broken
    if not judged:
        return
    high = round(HEIGHT * stretch.kept / judged)
    if high < HEIGHT:
        yield el("rect", x=x, y=0, width=width, height=HEIGHT - high, class_="missed")
    yield el("rect", x=x, y=HEIGHT - high, width=width, height=max(high, 1), class_="held")


def _said(name: str, stretches: Sequence[Stretch], days: int) -> str:
    rates = [each.kept / (each.kept + each.broken) for each in stretches if each.kept + each.broken]
    if not rates:
        return f"{name}: no verdict in {days} days"
    least, most, last = percent(min(rates)), percent(max(rates)), percent(rates[-1])
    return f"{name}, day by day in {days} days: between {least} and {most} kept, last {last}"
