"""Standards: each promise in the customer's words, with how often it was kept and how sure that is.

The aspects stand beside each other at the top, so that nobody looks at speed alone.
Read next: `story.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from standards.calendar.duration import spoken
from standards.judge.score import Score
from streams.board.markup import Html, el, section
from streams.board.opening_hours import Opening, opening_section
from streams.board.shell import Shell, page
from streams.board.view import View
from streams.board.wording import ASPECTS, how_many, percent, share

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from standards.judge.standard import Standard
    from streams.storage.rows import Stretch

FEW = 20
"""With fewer promises judged nothing is said of chance: one bad morning would look like a verdict on those at work."""
_WIDTH, _HEIGHT, _GAP = 280, 48, 2
"""The size of a trend, and what is between its bars."""


class Scores(msgspec.Struct, frozen=True):
    """How standards did, by id: today, in seven days, in 28 days; and day by day since `days`' first (microseconds).

    `overdue` is how many of their promises are overdue, and the oldest deadline of these.
    """

    today: Mapping[str, Score]
    week: Mapping[str, Score]
    month: Mapping[str, Score]
    stretches: Mapping[str, Sequence[Stretch]]
    days: Sequence[int]
    overdue: Mapping[str, tuple[int, int]] = {}


def draw(shell: Shell, standards: Mapping[str, Standard], scores: Scores, opening: Opening) -> str:
    """Draw the page. `standards` are those in force, by id."""
    by_aspect = sorted(standards.values(), key=lambda each: (list(ASPECTS).index(each.aspect), each.id))
    cards = el("ul", (_card(each, scores) for each in by_aspect), class_="cards standards")
    return page(shell, "Standards", "/standards", _aspects(by_aspect, scores), cards, opening_section(shell, opening))


def _aspects(standards: Sequence[Standard], scores: Scores) -> Html:
    """Draw each aspect with its kept-rate over 28 days."""
    found = []
    for aspect, word in ASPECTS.items():
        mine = [scores.month.get(each.id, Score()) for each in standards if each.aspect == aspect]
        total = Score(kept=sum(score.kept for score in mine), broken=sum(score.broken for score in mine))
        rate, of = share(total)
        words = (el("p", rate, class_="rate"), of) if mine else (None, "nothing is promised yet")
        found.append(el("li", el("h3", word), words[0], el("p", words[1], class_="quiet")))
    return section("Beside each other, in 28 days", el("ul", found, class_="aspects"))


def _card(standard: Standard, scores: Scores) -> Html:
    month = scores.month.get(standard.id, Score())
    goal = None if standard.objective is None else standard.objective.kept
    spans = (("Today", scores.today), ("7 days", scores.week), ("28 days", scores.month))
    rows = [_row(name, each.get(standard.id, Score())) for name, each in spans]
    head = el("tr", el("td"), (el("th", text, scope="col") for text in ("Kept", "Of how many", "Broken")))
    caption = el("caption", f"How often {standard.id} was kept", class_="unseen")
    table = el("table", caption, el("thead", head), el("tbody", rows))
    aspect = el("span", ASPECTS[standard.aspect], class_="aspect")
    named = el("p", el("span", standard.id, class_="standard"), " ", aspect, class_="where")
    drawn = trend(standard.id, scores.stretches.get(standard.id, ()), scores.days, goal)
    below = None if goal is None else _below(goal, month)
    count, _ = scores.overdue.get(standard.id, (0, 0))
    link = el("a", f"{count:,} overdue now", href=View(standard=standard.id).address(part="overdue"))
    late = el("p", el("strong", link), class_="goal below") if count else None
    if not month.judged:
        open_now = f"; {month.open:,} open now" if month.open else ""
        nothing = el("p", f"No verdict in 28 days{open_now}.", class_="quiet")
        return el("li", el("h3", standard.promise or standard.id), named, late, nothing)
    more = el("p", el("a", "By week, by hour and by site", href=f"/standards/{standard.id}",
                      aria_label=f"{standard.id} by week, by hour and by site"))  # fmt: skip
    return el("li", el("h3", standard.promise or standard.id), named, late, table, drawn, _clocks(month), below, more)


def _row(name: str, score: Score) -> Html:
    rate, of = share(score)
    cells = el("td", rate, class_="rate"), el("td", of), el("td", score.broken or "–")
    return el("tr", el("th", name, scope="row"), cells)


def _below(goal: float, score: Score) -> Html:
    if score.interval is None:
        return el("p", f"The goal is {percent(goal)}.", class_="quiet")
    sure = score.judged >= FEW
    if sure and score.interval[1] < goal:
        return el("p", f"Below the goal of {percent(goal)}, more than chance explains.", class_="goal below")
    so_far = f"so far, of {how_many(score.judged, 'promise')}"
    if (score.kept_rate or 0) < goal:
        return el("p", f"Below the goal of {percent(goal)} {so_far}.", class_="goal unsure")
    if sure and score.interval[0] >= goal:
        return el("p", f"The goal of {percent(goal)} is met.", class_="goal met")
    return el("p", f"The goal of {percent(goal)} is met {so_far}.", class_="goal met")


def _clocks(score: Score) -> Html | None:
    """Say how long it took on average: open time, and what the customer waited."""
    if not score.settled:
        return None
    own, waited = score.elapsed // score.settled, score.waited // score.settled
    apart = [(score.excused, "excused"), (score.unknown, "unknown"), (score.void, "not needed"), (score.open, "open")]
    rest = ", ".join(f"{count:,} {word}" for count, word in apart if count)
    time = f"On average {spoken(own)} to the verdict" if own else "Judged at once"
    time += f", {spoken(waited)} for the customer" if abs(waited - own) > own // 100 else ""
    return el("p", f"{time}." + (f" Beside these: {rest}." if rest else ""), class_="quiet")


def trend(
    name: str, stretches: Sequence[Stretch], days: Sequence[int], goal: float | None, *, unit: str = "day"
) -> Html:
    """Draw a bar for each day that has a verdict, as high as the share kept; broken ones are the rest of its height.

    `days` are the beginnings of what is drawn, of which each is one `unit`.
    """
    by_day = {stretch.start: stretch for stretch in stretches}
    step = _WIDTH // max(1, len(days))
    bars = [_day(place * step, step - _GAP, by_day[day]) for place, day in enumerate(days) if day in by_day]
    line = None
    if goal is not None:
        y = round((1 - goal) * _HEIGHT)
        line = el("line", x1=0, x2=_WIDTH, y1=y, y2=y, class_="goal-line")
    said = el("title", _trend_words(name, stretches, how_many(len(days), unit), unit))
    return el("svg", said, *bars, line, viewBox=f"0 0 {_WIDTH} {_HEIGHT}", role="img", class_="trend",
              preserveAspectRatio="none")  # fmt: skip


def _day(x: int, width: int, stretch: Stretch) -> Iterator[Html]:
    judged = stretch.kept + stretch.broken
    if not judged:
        return
    high = round(_HEIGHT * stretch.kept / judged)
    if high < _HEIGHT:
        yield el("rect", x=x, y=0, width=width, height=_HEIGHT - high, class_="missed")
    yield el("rect", x=x, y=_HEIGHT - high, width=width, height=max(high, 1), class_="held")


def _trend_words(name: str, stretches: Sequence[Stretch], span: str, unit: str) -> str:
    rates = [each.kept / (each.kept + each.broken) for each in stretches if each.kept + each.broken]
    if not rates:
        return f"{name}: no verdict in {span}"
    least, most, last = percent(min(rates)), percent(max(rates)), percent(rates[-1])
    return f"{name}, {unit} by {unit} in {span}: between {least} and {most} kept, last {last}"
