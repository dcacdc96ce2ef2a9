"""Voices: what customers complained of, by topic, and how they scored us; after broken promises beside after kept ones.

It shows what was counted once, when a month was over, and no group of fewer than five: so nobody is counted out of it.
Read next: `counted.py`; `streams/web/board/practised.py`, which asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from alerts.words.words import phrase
from standards.judge.score import Score, wilson
from standards.practice.cells import LEAST, Unshown
from standards.practice.closing import Mean, Scores, Tally
from streams.board.counted import days_of, size, waiting, why_unshown
from streams.board.markup import Html, el, section, sentence
from streams.board.shell import Shell, page
from streams.board.team_bar import VOICES, Team, team_bar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.storage.cell_queries import Span


class Month(msgspec.Struct, frozen=True):
    """A month that was counted: complaints by topic, and scores."""

    span: Span
    topics: Tally
    scores: Scores


class Voices(msgspec.Struct, frozen=True):
    """All of the page: the last `months` that were counted, the newest first, and those that are still `uncounted`."""

    team: Team
    months: Sequence[Month]
    uncounted: Sequence[Span] = ()


def draw(shell: Shell, voices: Voices) -> str:
    """Draw the page."""
    say = shell.words.say
    lead = el("p", say("Each month is counted once, a day after its end, and stays as it was then. No group of fewer "
                       "than five is shown."), class_="lead")  # fmt: skip
    ahead = waiting(shell, voices.uncounted)
    parts = (_complaints(shell, voices), _scores(shell, voices), _after(shell, voices)) if voices.months else (
        el("p", say("No month is counted yet."), class_="quiet"),)  # fmt: skip
    return page(shell, say("Voices"), "", *team_bar(shell, VOICES, voices.team), lead, *ahead, *parts)


def _complaints(shell: Shell, voices: Voices) -> Html:
    say, month = shell.words.say, voices.months[0]
    title = say("What customers complained of")
    if not month.topics.counts:
        none = say("No complaint.received came from {first} to {last}.", **days_of(shell, month.span))
        return section(title, el("p", none, class_="quiet"), id="complaints")
    before = voices.months[1] if voices.months[1:] and voices.months[1].span.until == month.span.since else None
    told = {name: count for name, count in month.topics.counts.items() if not isinstance(count, Unshown)}
    rows = [_topic(shell, name, (count, month), before) for name, count in sorted(told.items(), key=_largest_first)]
    if len(told) < len(month.topics.counts):
        few = say(_OTHERS, count=shell.number(LEAST))
        rows.append(el("li", el("h3", say("Other topics")), el("p", few, class_="quiet")))
    span = say("From {first} to {last}. Shares are of the complaints that are shown.", **days_of(shell, month.span))
    cards = el("ul", rows, class_="cards goal-of")
    return section(title, el("p", span, class_="quiet"), cards, id="complaints")


_OTHERS: Final = phrase("Not named: fewer than {count} each, or one that would tell of these. A topic may be a name.")


def _largest_first(topic: tuple[str, int]) -> tuple[int, str]:
    return -topic[1], topic[0]


def _topic(shell: Shell, name: str, counted: tuple[int, Month], before: Month | None) -> Html:
    say, (count, month) = shell.words.say, counted
    head = el("h3", name or say("without a topic"))
    how_many = shell.words.how_many(count, "{count} complaint", "{count} complaints")
    share, of = shell.share(Score(kept=count, broken=sum(map(size, month.topics.counts.values())) - count))
    shown = el("p", el("span", how_many, class_="rate"), " ", el("span", f"{share} {of}", class_="quiet"))
    return el("li", head, shown, el("p", say(_trend(before, name, count, month)), class_="quiet"))


def _trend(before: Month | None, name: str, count: int, month: Month) -> str:
    """Say whether it is more than in the month before, as far as chance allows."""
    if before is None or not before.topics.counts:
        return _NOT_KNOWN
    last = before.topics.counts.get(name, 0)
    if isinstance(last, Unshown):
        return _TOO_FEW if last is Unshown.FEWER else _UNSHOWN
    days = month.span.until - month.span.since
    low, high = wilson(count, count + last)
    even = days / (days + before.span.until - before.span.since)
    return _MORE if low > even else _LESS if high < even else _ALIKE


_NOT_KNOWN: Final = phrase("Nothing is known of the month before.")
_TOO_FEW: Final = phrase("In the month before there were fewer than five.")
_UNSHOWN: Final = phrase("In the month before it is not shown how many there were.")
_MORE: Final = phrase("More than in the month before, and more than chance explains.")
_LESS: Final = phrase("Fewer than in the month before, and more so than chance explains.")
_ALIKE: Final = phrase("No change to the month before that chance could not explain.")


def _scores(shell: Shell, voices: Voices) -> Html:
    say = shell.words.say
    rows = [_month(shell, each) for each in voices.months]
    return section(say("How customers scored us"), el("ul", rows, class_="handed"), id="scores")


def _month(shell: Shell, month: Month) -> Html:
    say, scores = shell.words.say, month.scores
    span = say("From {first} to {last}:", **days_of(shell, month.span))
    told = el("span", say("no survey.answered came."), class_="quiet") if scores.told is None else _mean(
        shell, scores.told)  # fmt: skip
    return el("li", span, " ", told, _asked(shell, scores))


def _asked(shell: Shell, scores: Scores) -> Html | None:
    """Say how many of those who were asked answered, where both are shown."""
    if not isinstance(scores.asked, int) or not scores.asked or isinstance(scores.told, Unshown):
        return None
    say, asked, answered = shell.words.say, scores.asked, scores.told.count if scores.told else 0
    said = say("{count} were asked.", count=shell.number(asked))
    if 0 < answered <= asked:
        share = shell.percent(answered / asked)
        said = say("{answered} of {count} who were asked answered ({share}).", answered=shell.number(answered),
                   count=shell.number(asked), share=share)  # fmt: skip
    return el("span", " ", said, class_="quiet")


def _mean(shell: Shell, scores: Mean | Unshown) -> Html:
    """Say a mean, how sure it is, and of how many it is."""
    if isinstance(scores, Unshown):
        return el("span", why_unshown(shell, scores), class_="quiet")
    mean, (low, high) = scores.told()
    values = {"low": _one(shell, low), "high": _one(shell, high), "count": shell.number(scores.count)}
    return sentence(shell.words, "{mean}, from {count} answers ({low} to {high})", mean=el("b", _one(shell, mean)),
                    **values)  # fmt: skip


def _one(shell: Shell, value: float) -> str:
    return shell.words.number(round(value, 1))


def _after(shell: Shell, voices: Voices) -> Html:
    """Set what was scored after broken promises beside what was scored after kept ones, in the months that tell it."""
    say = shell.words.say
    told = [month.scores.after for month in voices.months if not isinstance(month.scores.after, Unshown)]
    after: dict[str, Mean] = {}
    for verdict, mean in (each for split in told for each in split.items()):
        after[verdict] = after.get(verdict, Mean()) + mean
    named = (("broken", say("After a promise that was broken")), ("kept", say("After promises that were kept")),
             ("", say("Where no promise of the same matter is known")))  # fmt: skip
    cards = [
        el("li", el("h3", name), el("p", _mean(shell, after[verdict]))) for verdict, name in named if verdict in after
    ]
    title = say("After broken promises, and after kept ones")
    if not cards:
        none = _UNSPLIT if len(told) < len(voices.months) else _UNSCORED
        return section(title, el("p", say(none), class_="quiet"), id="after")
    span = say("In the months above of which each of these has five scores or more, or none.")
    apart = _apart(shell, after["kept"], after["broken"]) if {"kept", "broken"} <= after.keys() else ""
    return section(title, el("p", span, class_="quiet"), el("ul", cards, class_="cards goal-of"),
                   el("p", apart) if apart else None, id="after")  # fmt: skip


_UNSCORED: Final = phrase("No survey.answered came whose contact is that of a promise.")
_UNSPLIT: Final = phrase("Not shown: of one or the other there were fewer than five in each month.")


def _apart(shell: Shell, kept: Mean, broken: Mean) -> str:
    """Say whether the two are further apart than chance explains: where their intervals do not meet."""
    say = shell.words.say
    (_, (least, _)), (_, (_, most)) = kept.told(), broken.told()
    if most < least:
        return say("Who had a broken promise scored us lower, more than chance explains.")
    return say("The two are not further apart than chance explains.")
