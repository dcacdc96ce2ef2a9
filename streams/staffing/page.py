"""The plan as one page: pictures of the week, and tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from streams.backtest.report import DAYS
from streams.board.markup import Html, el, join
from streams.board.standalone import html_table, legend, paragraphs, standalone
from streams.staffing import wording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from standards.staffing.plan import Hour, Plan
    from streams.staffing.asking import Answer, Staffed

OPEN: Final = 3
"""How many lines of a standard are unfolded."""
_HEAD: Final = (
    "Hour", "Arrivals", "Minutes each", "There", "Needed", "Kept, seen", "Kept, expected", "Broken by the gap",
)  # fmt: skip
_LINES: Final = ("Line", "Broken by the gap", "Hours short", "There at most", "Needed at most", "Model off by", "Days")
_LEFT, _TOP, _WIDE, _DEEP, _GAP = 50, 24, 44, 40, 2
"""Of the picture of a week: where its cells begin, how wide and deep they are, and how far apart."""


def page(answer: Answer) -> str:
    """Draw the whole page."""
    content = (_how_to_read(), *map(_standard, answer.staffed), _unfit(answer))
    return standalone("Staffing", content, style=Path(__file__).with_name("page.css"))


def _how_to_read() -> Html:
    words = (
        "How many people keep a promise at its goal, hour by hour of the week, and who was there. The large number "
        "is who is needed; “was” is who was there on average. Intervals are 95 %."
    )
    short = ("short", "more are needed, and history shows it")
    keys = legend(("enough", "enough people"), ("maybe", "the model would have more"), short)
    return join(el("p", words, class_="lead"), keys)


def _standard(staffed: Staffed) -> Html:
    standard = staffed.target.standard
    lines = staffed.plans
    about = f"goal: {wording.goal(staffed.target)} · history: {wording.days_of(staffed)}, {staffed.zone.key}"
    return el(
        "section",
        el("h2", standard.promise or standard.id),
        el("p", f"{standard.id} · {about}", class_="quiet"),
        el("p", wording.verdict(staffed), class_="come gap" if staffed.sentence else "come"),
        paragraphs(wording.cost(staffed), wording.worth(lines)),
        _left_out(staffed),
        html_table(f"Lines of {standard.id}", wording.line_table(_LINES, lines)) if len(lines) > 1 else None,
        (_line(plan, unfolded=at < OPEN) for at, plan in enumerate(lines)) if len(lines) > 1 else _week(lines[0]),
    )


def _left_out(staffed: Staffed) -> Html | None:
    if not staffed.left_out:
        return None
    left_out = [
        f"{' / '.join(key) or 'everybody'}: {'; '.join(lacks)}" for key, lacks in sorted(staffed.left_out.items())
    ]
    summary = el("summary", f"{len(left_out)} left out: too little is known")
    return el("details", summary, el("ul", (el("li", each) for each in left_out)))


def _line(plan: Plan, *, unfolded: bool) -> Html:
    name = f"{wording.line_name(plan)}: {wording.with_range(plan.cost, plan.cost_span)} {wording.unit(plan.target)}"
    return el(
        "details", el("summary", name), paragraphs(wording.worth([plan])), _week(plan), class_="line", open=unfolded
    )


def _week(plan: Plan) -> Html:
    if not plan.hours:
        return el("p", "Nobody was ever there for as much as an hour.", class_="quiet")
    table = html_table(f"Hours of {wording.line_name(plan)}", wording.hour_table(_HEAD, plan))
    return el("div", _heat(plan), table, class_="week")


def _unfit(answer: Answer) -> Html | None:
    if not answer.unfit:
        return None
    rows = (el("li", f"{one.standard}: {one.why}.") for one in answer.unfit)
    return el("section", el("h2", "Not a matter of how many people are there"), el("ul", rows))


def _heat(plan: Plan) -> Html:
    """Draw a line's week: a column for each day, a row for each hour, in each cell who is needed and who was there."""
    days = sorted({hour.weekday for hour in plan.hours})
    hours = range(min(hour.hour for hour in plan.hours), max(hour.hour for hour in plan.hours) + 1)
    width, height = _LEFT + _WIDE * len(days), _TOP + _DEEP * len(hours)
    columns = [_text(_LEFT + _WIDE * at + _WIDE // 2, 16, DAYS[day], "middle") for at, day in enumerate(days)]
    rows = [_text(_LEFT - 8, _TOP + _DEEP * at + 24, wording.hour_name(hour), "end") for at, hour in enumerate(hours)]
    cells = [part for hour in plan.hours for part in _cell(hour, plan, days.index(hour.weekday), hour.hour - hours[0])]
    short = f"more are needed in {wording.short_hours(plan)} of {len(plan.hours)} hours"
    said = f"{wording.line_name(plan)}: needed and there, by day and hour; {short}"
    return el("svg", el("title", said), *columns, *rows, *cells, viewBox=f"0 0 {width} {height}", width=width,
              height=height, role="img", class_="heat")  # fmt: skip


def _cell(hour: Hour, plan: Plan, column: int, row: int) -> Iterator[Html]:
    x, y = _LEFT + _WIDE * column, _TOP + _DEEP * row
    kind = wording.kind_of(hour, plan)
    yield el("rect", x=x, y=y, width=_WIDE - _GAP, height=_DEEP - _GAP, rx=5, class_=f"cell {kind}")
    needed = "-" if hour.needed is None else str(hour.needed)
    yield _text(x + 21, y + 19, needed, "middle", f"needed {kind}")
    yield _text(x + 21, y + 33, f"was {hour.there:.0f}", "middle", "there")


def _text(x: int, y: int, text: str, anchor: str, kind: str = "axis") -> Html:
    return el("text", text, x=x, y=y, text_anchor=anchor, class_=kind)
