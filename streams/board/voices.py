"""Voices: what customers complained of, by topic, and how they scored us; after broken promises beside after kept ones.

Only months that are over are shown, and of these no group of fewer than five: so nobody is counted out of them.
Read next: `standards/practice/cells.py` for that; `streams/web/board/practised.py`, which asks.
"""

from __future__ import annotations

from math import sqrt
from statistics import fmean, stdev
from typing import TYPE_CHECKING, Final

import msgspec

from alerts.words.words import phrase
from standards.judge.score import Score, Z, wilson
from standards.practice.cells import LEAST, Cell, Unshown
from streams.board.markup import Html, el, section, sentence
from streams.board.shell import Shell, page
from streams.board.team_bar import VOICES, Team, team_bar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MANY: Final = 200
"""How many topics are shown."""
Interval = tuple[float, float]


class Month(msgspec.Struct, frozen=True):
    """A month that is over, from `since` to `until` (microseconds UTC): complaints by topic, and scores.

    `complaints` counts those of the topics that are shown, of which shares are; 0 where none came at all, None where
    none is shown.
    """

    since: int
    until: int
    topics: Mapping[str, Cell] = {}
    complaints: int | None = 0
    scores: tuple[float, ...] | Unshown = ()


class Voices(msgspec.Struct, frozen=True):
    """All of the page: the last `months` that are over, the newest first; and the scores in them, by what was before.

    `after` is by the verdict of the promise of the same matter; nothing where there is none. It has the scores of those
    months that are shown, so that no other can be worked out from it.
    """

    team: Team
    months: Sequence[Month]
    after: Mapping[str, tuple[float, ...] | Unshown] = {}


def draw(shell: Shell, voices: Voices) -> str:
    """Draw the page."""
    say = shell.words.say
    newest = voices.months[0]
    lead = say("Up to {day}. A month is shown when it is over, and no group of fewer than five.",
               day=shell.day(newest.until - 1))  # fmt: skip
    return page(
        shell, say("Voices"), "", *team_bar(shell, VOICES, voices.team), el("p", lead, class_="lead"),
        _complaints(shell, voices), _scores(shell, voices), _after(shell, voices),
    )  # fmt: skip


def why_unshown(shell: Shell, cell: Unshown) -> str:
    """Say why something is not told: there are too few, or it would tell of something else that there are."""
    if cell is Unshown.TELLING:
        return shell.words.say("Not shown: it would tell how few there were of a team, a site or a group beside it.")
    return shell.words.how_many(LEAST, "fewer than {count}", "fewer than {count}")


def size(cell: Cell) -> int:
    """Give how many there are as far as that is told, to put the largest first."""
    return cell if isinstance(cell, int) else 0


def _complaints(shell: Shell, voices: Voices) -> Html:
    say, month, before = shell.words.say, voices.months[0], voices.months[1]
    if month.complaints == 0:
        none = say("No complaint.received came from {first} to {last}.", **_span(shell, month))
        return section(say("What customers complained of"), el("p", none, class_="quiet"), id="complaints")
    rows = [
        _topic(shell, name, (count, month), before)
        for name, count in sorted(month.topics.items(), key=lambda each: (-size(each[1]), each[0]))[:MANY]
    ]
    span = el("p", say("From {first} to {last}. Shares are of the complaints that are shown.", **_span(shell, month)),
              class_="quiet")  # fmt: skip
    left = len(month.topics) - len(rows)
    more = el("p", shell.words.how_many(left, "and {count} more", "and {count} more"), class_="quiet") if left else None
    cards = el("ul", rows, class_="cards goal-of")
    return section(say("What customers complained of"), span, cards, more, id="complaints")


def _topic(shell: Shell, name: str, counted: tuple[Cell, Month], before: Month) -> Html:
    say, (count, month) = shell.words.say, counted
    head = el("h3", name or say("without a topic"))
    if isinstance(count, Unshown):
        return el("li", head, el("p", why_unshown(shell, count), class_="quiet"))
    how_many = shell.words.how_many(count, "{count} complaint", "{count} complaints")
    shown = el("p", el("span", how_many, class_="rate"))
    if month.complaints is not None:
        share, of = shell.share(Score(kept=count, broken=month.complaints - count))
        shown = el("p", el("span", how_many, class_="rate"), " ", el("span", f"{share} {of}", class_="quiet"))
    return el("li", head, shown, el("p", say(_trend(before, name, count, month)), class_="quiet"))


def _trend(before: Month, name: str, count: int, month: Month) -> str:
    """Say whether it is more than in the month before, as far as chance allows."""
    last = before.topics.get(name, 0)
    if before.complaints == 0:
        return _NOT_KNOWN
    if isinstance(last, Unshown):
        return _TOO_FEW if last is Unshown.FEWER else _UNSHOWN
    days = month.until - month.since
    low, high = wilson(count, count + last)
    even = days / (days + before.until - before.since)
    return _MORE if low > even else _LESS if high < even else _ALIKE


_NOT_KNOWN: Final = phrase("Nothing is known of the month before.")
_TOO_FEW: Final = phrase("In the month before there were fewer than five.")
_UNSHOWN: Final = phrase("In the month before it is not shown how many there were.")
_MORE: Final = phrase("More than in the month before, and more than chance explains.")
_LESS: Final = phrase("Fewer than in the month before, and more so than chance explains.")
_ALIKE: Final = phrase("No change to the month before that chance could not explain.")


def mean_of(scores: Sequence[float]) -> tuple[float, Interval]:
    """Give the mean of at least two scores, and its 95 % interval by the central limit theorem."""
    mean, half = fmean(scores), Z * stdev(scores) / sqrt(len(scores))
    return mean, (mean - half, mean + half)


def _scores(shell: Shell, voices: Voices) -> Html:
    say = shell.words.say
    rows = [_month(shell, each) for each in voices.months]
    return section(say("How customers scored us"), el("ul", rows, class_="handed"), id="scores")


def _month(shell: Shell, month: Month) -> Html:
    say = shell.words.say
    span = say("From {first} to {last}:", **_span(shell, month))
    if month.scores == ():
        return el("li", span, " ", el("span", say("no survey.answered came."), class_="quiet"))
    return el("li", span, " ", *_mean(shell, month.scores))


def _mean(shell: Shell, scores: Sequence[float] | Unshown) -> list[Html]:
    """Say a mean, how sure it is, and of how many it is."""
    if isinstance(scores, Unshown):
        return [el("span", why_unshown(shell, scores), class_="quiet")]
    mean, (low, high) = mean_of(scores)
    values = {"low": _one(shell, low), "high": _one(shell, high), "count": shell.number(len(scores))}
    told = sentence(shell.words, "{mean}, from {count} answers ({low} to {high})", mean=el("b", _one(shell, mean)),
                    **values)  # fmt: skip
    return [told]


def _one(shell: Shell, value: float) -> str:
    return shell.words.number(round(value, 1))


def _after(shell: Shell, voices: Voices) -> Html:
    """Set what was scored after broken promises beside what was scored after kept ones."""
    say, after = shell.words.say, voices.after
    named = (("broken", say("After a promise that was broken")), ("kept", say("After promises that were kept")),
             ("", say("Where no promise of the same matter is known")))  # fmt: skip
    cards = [
        el("li", el("h3", name), el("p", *_mean(shell, after[verdict])))
        for verdict, name in named
        if verdict in after
    ]  # fmt: skip
    none = say("No survey.answered came whose contact is that of a promise.")
    span = say("In the three months together, as far as they are shown above.")
    kept, broken = after.get("kept"), after.get("broken")
    told = _apart(shell, kept, broken) if isinstance(kept, tuple) and isinstance(broken, tuple) else ""
    title = say("After broken promises, and after kept ones")
    if not cards:
        return section(title, el("p", none, class_="quiet"), id="after")
    return section(title, el("p", span, class_="quiet"), el("ul", cards, class_="cards goal-of"),
                   el("p", told) if told else None, id="after")  # fmt: skip


def _apart(shell: Shell, kept: Sequence[float], broken: Sequence[float]) -> str:
    """Say whether the two are further apart than chance explains: where their intervals do not meet."""
    say = shell.words.say
    (_, (least, _)), (_, (_, most)) = mean_of(kept), mean_of(broken)
    if most < least:
        return say("Who had a broken promise scored us lower, more than chance explains.")
    return say("The two are not further apart than chance explains.")


def _span(shell: Shell, month: Month) -> dict[str, str]:
    return {"first": shell.day(month.since), "last": shell.day(month.until - 1)}
