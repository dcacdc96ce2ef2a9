"""The week as a picture: a column for each day, a row for each hour, in each cell who is needed and who was there.

Read next: `page.py`, which shows it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.backtest.report import DAYS
from streams.board.markup import Html, el
from streams.staffing.wording import hour_name, kind_of, short_hours

if TYPE_CHECKING:
    from collections.abc import Iterator

    from standards.staffing.plan import Hour, Plan

_LEFT, _TOP, _WIDE, _DEEP, _GAP = 50, 24, 44, 40, 2


def heat(plan: Plan, name: str) -> Html:
    """Draw one line's week: the days and hours in which somebody was there."""
    days = sorted({hour.weekday for hour in plan.hours})
    hours = range(min(hour.hour for hour in plan.hours), max(hour.hour for hour in plan.hours) + 1)
    width, height = _LEFT + _WIDE * len(days), _TOP + _DEEP * len(hours)
    columns = [_text(_LEFT + _WIDE * at + _WIDE // 2, 16, DAYS[day], "middle") for at, day in enumerate(days)]
    rows = [_text(_LEFT - 8, _TOP + _DEEP * at + 24, hour_name(hour), "end") for at, hour in enumerate(hours)]
    cells = [part for hour in plan.hours for part in _cell(hour, plan, days.index(hour.weekday), hour.hour - hours[0])]
    said = (
        f"{name}: needed and there, by day and hour; more are needed in {short_hours(plan)} of {len(plan.hours)} hours"
    )
    return el("svg", el("title", said), *columns, *rows, *cells, viewBox=f"0 0 {width} {height}", width=width,
              height=height, role="img", class_="heat")  # fmt: skip


def _cell(hour: Hour, plan: Plan, column: int, row: int) -> Iterator[Html]:
    x, y = _LEFT + _WIDE * column, _TOP + _DEEP * row
    kind = kind_of(hour, plan)
    yield el("rect", x=x, y=y, width=_WIDE - _GAP, height=_DEEP - _GAP, rx=5, class_=f"cell {kind}")
    needed = "-" if hour.needed is None else str(hour.needed)
    yield _text(x + 21, y + 19, needed, "middle", f"needed {kind}")
    yield _text(x + 21, y + 33, f"was {hour.there:.0f}", "middle", "there")


def _text(x: int, y: int, text: str, anchor: str, kind: str = "axis") -> Html:
    return el("text", text, x=x, y=y, text_anchor=anchor, class_=kind)
