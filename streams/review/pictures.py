"""The pictures of a review: day by day, hour by hour of the week, how long it took, and what each value would keep.

Each has a title that says in words what it shows.
Read next: `scales.py`; `page.py`, which puts a table beside each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from standards.calendar.duration import spoken
from standards.review.tally import BINS, PER_DEADLINE
from streams.backtest.report import DAYS
from streams.board.markup import Html, el
from streams.review.scales import days_of, shade, split

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from standards.review.tally import Tally
    from streams.review.scales import Scale
    from streams.review.sweeping import Sweep

WIDE: Final = 480
_DEEP, _LEFT, _FOOT = 150, 60, 30
_RIGHT: Final = WIDE - 24
"""Where the bars end: the label of the last one is as wide as this leaves room for."""
_LABELS: Final = 8
"""How many values of a sweep fit below a picture on a narrow screen; of more, every other one is left out there."""
_LETTER, _LARGE_LETTER, _BETWEEN = 7, 10, 8
"""How wide a letter of a label is, and on a narrow screen, where it is larger; and how far labels are apart."""
_KINDS: Final = ("kept", "broken", "other")
_CELL_WIDE, _CELL_DEEP = 59, 38
_CLEAR: Final = 0.65
"""From which share on an objective has room for its number above the scale of messages."""
_CUT: Final = 2
"""From how many times the next bar on the last one, which has all that took longer, is cut short."""


def timeline(tally: Tally, name: str, scale: Scale) -> Html:
    """Draw how many promises were kept and broken, day by day."""
    bars = days_of(tally, scale)
    step = (_RIGHT - _LEFT) / len(bars)
    parts: list[Html] = list(_lines(scale.top))
    every = -(-len(bars) // _fitting(bars[0][0], _LETTER))
    crowded = -(-len(bars) // every) > _fitting(bars[0][0], _LARGE_LETTER)
    for at, (label, counts) in enumerate(bars):
        x, y = _LEFT + at * step, float(_DEEP)
        for kind, count in zip(_KINDS, counts, strict=True):
            tall = count / scale.top * (_DEEP - 12)
            y -= tall
            if count:
                parts.append(_rect(x + step * 0.1, y, step * 0.8, tall, kind))
        if at % every == 0:
            parts.append(_text(x + step / 2, _DEEP + 18, label, "middle", _thinned(at // every if crowded else 0)))
    kept, broken, _ = split(tally.ends)
    return _svg(f"{name}, day by day: {kept:,} kept, {broken:,} broken", _DEEP + _FOOT, parts)


def _fitting(label: str, letter: int) -> int:
    """Give how many such labels fit below a picture, of letters so wide."""
    return (_RIGHT - _LEFT) // (len(label) * letter + _BETWEEN)


def week(tally: Tally, name: str, scale: Scale) -> Html:
    """Draw in each hour of the week how many promises were broken, of how many that were kept or broken.

    The colour is the deeper the more were broken: a share alone would be as deep for one of one.
    """
    parts = [
        _text(_LEFT + day * _CELL_WIDE + _CELL_WIDE / 2 - 1, 15, label, "middle") for day, label in enumerate(DAYS)
    ]
    for row, hour in enumerate(scale.hours):
        y = 24 + row * _CELL_DEEP
        parts.append(_text(_LEFT - 8, y + 23, f"{hour:02}-{(hour + 1) % 24:02}", "end"))
        for day in range(7):
            if (day, hour) in tally.week:
                parts += _cell(split(tally.week[day, hour]), _LEFT + day * _CELL_WIDE, y, most=scale.most)
            else:
                parts.append(_rect(_LEFT + day * _CELL_WIDE, y, _CELL_WIDE - 2, _CELL_DEEP - 2, "hour none"))
    said = f"{name}, by weekday and hour: how many were broken, and of how many"
    return _svg(said, 28 + len(scale.hours) * _CELL_DEEP, parts, kind="picture week")


def _cell(counts: tuple[int, int, int], x: int, y: int, *, most: int) -> Iterator[Html]:
    kept, broken, _ = counts
    kind = shade(broken, most)
    yield _rect(x, y, _CELL_WIDE - 2, _CELL_DEEP - 2, f"hour {kind}")
    middle = x + _CELL_WIDE / 2 - 1
    if kept + broken:
        yield _text(middle, y + 16, _short(broken), "middle", f"count {kind}")
        yield _text(middle, y + 31, f"of {_shorter(kept + broken)}", "middle", f"count of {kind}")


def waits(tally: Tally, within: int, name: str) -> Html:
    """Draw how long it took until a promise was fulfilled, in tenths of the deadline, which is drawn in."""
    *others, longest = tally.took
    cut = longest > _CUT * max(others) > 0
    top = max(*others, 1) if cut else max(*tally.took, 1)
    step = (_RIGHT - _LEFT) / (BINS + 1)
    parts = list(_lines(top))
    for at, count in enumerate(tally.took):
        tall = min(1.0, count / top) * (_DEEP - 12)
        if count:
            kind = "late" if at >= PER_DEADLINE else "kept"
            parts.append(_rect(_LEFT + at * step + 1, _DEEP - tall, step - 2, tall, kind))
    if cut:
        parts.append(_text(_RIGHT - step - 4, 38, f"{longest:,}, cut short", "end", "cut"))
    at_deadline = _LEFT + PER_DEADLINE * step
    parts.append(el("line", x1=_n(at_deadline), x2=_n(at_deadline), y1=4, y2=_DEEP, class_="deadline"))
    parts.append(_text(at_deadline + 5, 17, f"deadline, {spoken(within)}", "start", "deadline"))
    for times, kind in ((0, "axis"), (1, "axis"), (2, "axis thin")):
        label = "0" if not times else spoken(within * times)
        parts.append(_text(_LEFT + times * PER_DEADLINE * step, _DEEP + 18, label, "middle", kind))
    parts.append(_text(WIDE, _DEEP + 18, f"from {spoken(within * 3)} on", "end"))
    done, late = sum(tally.took), sum(tally.took[PER_DEADLINE:])
    return _svg(
        f"{name}: how long it took; {done:,} were done, {late:,} of them after the deadline", _DEEP + _FOOT, parts
    )


def kept_rates(sweep: Sweep) -> Html:
    """Draw the share kept for each value as points with their intervals, the objective as a line, messages as bars."""
    fit = [each for each in sweep.tried if each.score is not None]
    most = max([each.messages for each in fit], default=0) or 1
    right = WIDE - _LEFT
    step = (right - _LEFT) / max(1, len(fit))
    parts = [_text(_LEFT - 8, _y(share) + 4, f"{share:.0%}", "end") for share in (0, 0.5, 1)]
    parts += [_text(right + 8, _y(share / 2) + 4, _short(most * share), "start") for share in (0, 1)]
    parts += [_across(right, share, "grid") for share in (0, 0.5, 1)]
    if sweep.goal is not None:
        parts.append(_across(right, sweep.goal, "goal"))
        if sweep.goal > _CLEAR:
            parts.append(_text(right + 8, _y(sweep.goal) + 4, f"{100 * sweep.goal:.4g}%", "start", "deadline"))
    for at, each in enumerate(fit):
        x = _LEFT + (at + 0.5) * step
        tall = each.messages / most * (_DEEP - 12) * 0.5
        parts.append(_rect(x - step * 0.3, _DEEP - tall, step * 0.6, tall, "messages"))
        score = each.score
        if score is not None and score.interval is not None and score.kept_rate is not None:
            low, high = score.interval
            parts.append(el("line", x1=_n(x), x2=_n(x), y1=_n(_y(low)), y2=_n(_y(high)), class_="interval"))
            kind = "point fine" if sweep.goal is None or low >= sweep.goal else "point"
            parts.append(el("circle", cx=_n(x), cy=_n(_y(score.kept_rate)), r=5, class_=kind))
        now = " (now)" if sweep.is_now(each.value) else ""
        kind = "axis now" if now else _thinned(at if len(fit) <= _LABELS else at % 2)
        if now or at % max(1, -(-len(fit) // (2 * _LABELS))) == 0:
            parts.append(_text(x, _DEEP + (33 if now else 18), f"{each.value}{now}", "middle", kind))
    return _svg(f"{sweep.standard}: the share kept for each value of {sweep.knob}", _DEEP + _FOOT + 12, parts)


def _thinned(at: int) -> str:
    """Give the kind of a label by its place: every other one has no place on a narrow screen."""
    return "axis thin" if at % 2 else "axis"


def _short(number: float) -> str:
    """Write a number so that it fits beside a picture."""
    return f"{number:,.0f}" if number < 10_000 else f"{number / 1000:,.0f}k"  # noqa: PLR2004 - five digits and a comma


def _shorter(number: int) -> str:
    """Write a number so that it fits into an hour of the week, after a word."""
    return f"{number / 1000:.1f}k" if 1000 <= number < 10_000 else _short(number)  # noqa: PLR2004 - the digits that fit


def _y(share: float) -> float:
    return _DEEP - share * (_DEEP - 12)


def _lines(highest: int) -> Iterator[Html]:
    """Draw the lines of nothing, half and all."""
    for share in (0, 0.5, 1):
        value = highest * share
        if value == int(value):
            yield _text(_LEFT - 8, _y(share) + 4, _short(value), "end")
        yield _across(WIDE, share, "grid")


def _across(right: int, share: float, kind: str) -> Html:
    """Draw a line from the scale to the right."""
    return el("line", x1=_LEFT, x2=right, y1=_n(_y(share)), y2=_n(_y(share)), class_=kind)


def _svg(said: str, deep: int, parts: Sequence[Html], *, kind: str = "picture") -> Html:
    return el("svg", el("title", said), *parts, viewBox=f"0 0 {WIDE} {deep}", width=WIDE, height=deep, role="img",
              class_=kind)  # fmt: skip


def _rect(x: float, y: float, wide: float, tall: float, kind: str) -> Html:
    return el("rect", x=_n(x), y=_n(y), width=_n(wide), height=_n(tall), class_=kind)


def _text(x: float, y: float, text: str, anchor: str, kind: str = "axis") -> Html:
    return el("text", text, x=_n(x), y=_n(y), text_anchor=anchor, class_=kind)


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
