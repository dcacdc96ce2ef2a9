"""Standards: each promise in the customer's words, with how often it was kept and how sure that is.

The aspects stand beside each other at the top, so that nobody looks at speed alone.
Read next: `story.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from alerts.words.words import several
from standards.judge.score import Score
from streams.board.counted import Rates, rate_of
from streams.board.markup import Html, el, section
from streams.board.opening_hours import Opening, opening_section
from streams.board.shell import Shell, page
from streams.board.view import View
from streams.board.wording import ASPECTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from alerts.words.words import Words
    from standards.judge.standard import Standard
    from streams.storage.rows import Stretch

FEW = 20
"""With fewer promises judged nothing is said of chance: one bad morning would look like a verdict on those at work."""
_WIDTH, _HEIGHT, _GAP = 280, 48, 2
"""The size of a trend, and what is between its bars."""


class Scores(msgspec.Struct, frozen=True):
    """How standards did, by id: today, in seven days, in 28 days; and day by day since `days`' first (microseconds).

    `overdue` is how many of their promises are overdue, and the oldest deadline of these. What is owed for each person
    alone is in `counted`, and else only there.
    """

    today: Mapping[str, Score]
    week: Mapping[str, Score]
    month: Mapping[str, Score]
    stretches: Mapping[str, Sequence[Stretch]]
    days: Sequence[int]
    overdue: Mapping[str, tuple[int, int]] = {}
    counted: Rates = Rates()


class Trend(NamedTuple):
    """What a trend says to who cannot see it, of so many days or weeks: that there is `nothing`, or the `rates`."""

    nothing: tuple[str, str] = several("{name}: no verdict in {count} day", "{name}: no verdict in {count} days")
    rates: tuple[str, str] = several(
        "{name}, day by day in {count} day: between {least} and {most} kept, last {last}",
        "{name}, day by day in {count} days: between {least} and {most} kept, last {last}",
    )


DAILY = Trend()
WEEKLY = Trend(
    several("{name}: no verdict in {count} week", "{name}: no verdict in {count} weeks"),
    several(
        "{name}, week by week in {count} week: between {least} and {most} kept, last {last}",
        "{name}, week by week in {count} weeks: between {least} and {most} kept, last {last}",
    ),
)


def draw(shell: Shell, standards: Mapping[str, Standard], scores: Scores, opening: Opening) -> str:
    """Draw the page. `standards` are those in force, by id."""
    by_aspect = sorted(standards.values(), key=lambda each: (list(ASPECTS).index(each.aspect), each.id))
    cards = el("ul", (_card(shell, each, scores) for each in by_aspect), class_="cards standards")
    beside, title = _aspects(shell, by_aspect, scores), shell.words.say("Standards")
    return page(shell, title, "/standards", beside, cards, opening_section(shell, opening))


def _aspects(shell: Shell, standards: Sequence[Standard], scores: Scores) -> Html:
    """Draw each aspect with its kept-rate over 28 days."""
    say, found = shell.words.say, []
    for aspect, word in ASPECTS.items():
        mine = [scores.month.get(each.id, Score()) for each in standards
                if each.aspect == aspect and not each.owed_to]  # fmt: skip
        total = Score(kept=sum(score.kept for score in mine), broken=sum(score.broken for score in mine))
        rate, of = shell.share(total)
        words = (el("p", rate, class_="rate"), of) if mine else (None, say("nothing is promised yet"))
        found.append(el("li", el("h3", say(word)), words[0], el("p", words[1], class_="quiet")))
    return section(say("Beside each other, in 28 days"), el("ul", found, class_="aspects"))


def _card(shell: Shell, standard: Standard, scores: Scores) -> Html:
    standard = standard.in_language(shell.words.language)
    month = scores.month.get(standard.id, Score())
    goal = None if standard.objective is None else standard.objective.kept
    say, how_many = shell.words.say, shell.words.how_many
    spans = ((say("Today"), scores.today), (say("7 days"), scores.week), (say("28 days"), scores.month))
    rows = [_row(shell, name, each.get(standard.id, Score())) for name, each in spans]
    head = el(
        "tr", el("td"), (el("th", text, scope="col") for text in (say("Kept"), say("Of how many"), say("Broken")))
    )
    caption = el("caption", say("How often {standard} was kept", standard=standard.id), class_="unseen")
    table = el("table", caption, el("thead", head), el("tbody", rows))
    aspect = el("span", shell.aspect(standard.aspect), class_="aspect")
    named = el("p", el("span", standard.id, class_="standard"), " ", aspect, class_="where")
    drawn = trend(shell, standard.id, scores.stretches.get(standard.id, ()), scores.days, goal)
    below = None if goal is None else _below(shell, goal, month)
    count, _ = scores.overdue.get(standard.id, (0, 0))
    late_now = how_many(count, "{count} overdue now", "{count} overdue now")
    link = el("a", late_now, href=View(standard=standard.id).address(part="overdue"))
    late = el("p", el("strong", link), class_="goal below") if count else None
    if standard.owed_to:
        told = rate_of(shell, scores.counted, standard.id)
        return el("li", el("h3", standard.promise or standard.id), named, late, *told)
    if not month.judged:
        none = how_many(
            month.open, "No verdict in 28 days; {count} open now.", "No verdict in 28 days; {count} open now."
        )
        nothing = el("p", none if month.open else say("No verdict in 28 days."), class_="quiet")
        return el("li", el("h3", standard.promise or standard.id), named, late, nothing)
    by, label = (
        say("By week, by hour and by site"),
        say("{label}: {said}", label=standard.id, said=say("By week, by hour and by site")),
    )
    more = el("p", el("a", by, href=f"/standards/{standard.id}", aria_label=label))
    return el(
        "li", el("h3", standard.promise or standard.id), named, late, table, drawn, _clocks(shell, month), below, more
    )


def _row(shell: Shell, name: str, score: Score) -> Html:
    rate, of = shell.share(score)
    cells = el("td", rate, class_="rate"), el("td", of), el("td", shell.number(score.broken) if score.broken else "–")
    return el("tr", el("th", name, scope="row"), cells)


def _below(shell: Shell, goal: float, score: Score) -> Html:
    said, kind = goal_words(shell, score.interval, goal, score)
    return el("p", said, class_=kind)


def goal_words(shell: Shell, interval: tuple[float, float] | None, goal: float, score: Score) -> tuple[str, str]:
    """Say how it stands with a goal, and give the class for that."""
    say, how_many, aim = shell.words.say, shell.words.how_many, shell.percent(goal)
    if interval is None:
        return say("The goal is {goal}.", goal=aim), "quiet"
    sure = score.judged >= FEW
    if sure and interval[1] < goal:
        return say("Below the goal of {goal}, more than chance explains.", goal=aim), "goal below"
    if (score.kept_rate or 0) < goal:
        below = several("Below the goal of {goal} so far, of {count} promise.",
                        "Below the goal of {goal} so far, of {count} promises.")  # fmt: skip
        return how_many(score.judged, *below, goal=aim), "goal unsure"
    if sure and interval[0] >= goal:
        return say("The goal of {goal} is met.", goal=aim), "goal met"
    met = several("The goal of {goal} is met so far, of {count} promise.",
                  "The goal of {goal} is met so far, of {count} promises.")  # fmt: skip
    return how_many(score.judged, *met, goal=aim), "goal met"


def _clocks(shell: Shell, score: Score) -> Html | None:
    """Say how long it took on average: open time, and what the customer waited."""
    if not score.settled:
        return None
    words = shell.words
    own, waited = score.elapsed // score.settled, score.waited // score.settled
    apart = (
        (score.excused, several("{count} excused", "{count} excused")),
        (score.unknown, several("{count} unknown", "{count} unknown")),
        (score.void, several("{count} not needed", "{count} not needed")),
        (score.open, several("{count} open", "{count} open")),
    )
    rest = ", ".join(words.how_many(count, *both) for count, both in apart if count)
    beside = words.say("Beside these: {counts}.", counts=rest) if rest else None
    return el("p", " ".join(filter(None, (_average(words, own, waited), beside))), class_="quiet")


def _average(words: Words, own: int, waited: int) -> str:
    values = {"own": words.length(own), "waited": words.length(waited)}
    if abs(waited - own) <= own // 100:
        return words.say("On average {own} to the verdict.", **values) if own else words.say("Judged at once.")
    if own:
        return words.say("On average {own} to the verdict, {waited} for the customer.", **values)
    return words.say("Judged at once, {waited} for the customer.", **values)


def trend(  # noqa: PLR0913, PLR0917 - one picture
    shell: Shell,
    name: str,
    stretches: Sequence[Stretch],
    days: Sequence[int],
    goal: float | None,
    said: Trend = DAILY,
) -> Html:
    """Draw a bar for each day that has a verdict, as high as the share kept; broken ones are the rest of its height.

    `days` are the beginnings of what is drawn, which `said` calls by their name.
    """
    by_day = {stretch.start: stretch for stretch in stretches}
    step = _WIDTH // max(1, len(days))
    bars = [_day(place * step, step - _GAP, by_day[day]) for place, day in enumerate(days) if day in by_day]
    line = None
    if goal is not None:
        y = round((1 - goal) * _HEIGHT)
        line = el("line", x1=0, x2=_WIDTH, y1=y, y2=y, class_="goal-line")
    title = el("title", _trend_words(shell, name, stretches, len(days), said))
    return el("svg", title, *bars, line, viewBox=f"0 0 {_WIDTH} {_HEIGHT}", role="img", class_="trend",
              preserveAspectRatio="none")  # fmt: skip


def _day(x: int, width: int, stretch: Stretch) -> Iterator[Html]:
    judged = stretch.kept + stretch.broken
    if not judged:
        return
    high = round(_HEIGHT * stretch.kept / judged)
    if high < _HEIGHT:
        yield el("rect", x=x, y=0, width=width, height=_HEIGHT - high, class_="missed")
    yield el("rect", x=x, y=_HEIGHT - high, width=width, height=max(high, 1), class_="held")


def _trend_words(shell: Shell, name: str, stretches: Sequence[Stretch], count: int, said: Trend) -> str:
    rates = [each.kept / (each.kept + each.broken) for each in stretches if each.kept + each.broken]
    if not rates:
        return shell.words.how_many(count, *said.nothing, name=name)
    least, most, last = (shell.percent(rate) for rate in (min(rates), max(rates), rates[-1]))
    return shell.words.how_many(count, *said.rates, name=name, least=least, most=most, last=last)
