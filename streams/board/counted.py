"""What is counted once, when its month or quarter is over: how it is told, why it may not be, and when it will be.

Read next: `voices.py` and `thanks.py`, which show it; `standards/practice/cells.py` for what is hidden.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from alerts.words.words import phrase
from standards.judge.events import moment
from standards.judge.score import Score
from standards.practice.cells import LEAST, Cell, Unshown
from streams.board.markup import Html, el

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from standards.practice.closing import Rate
    from streams.board.shell import Shell
    from streams.storage.cell_queries import Span


OWED_TO_PERSONS: Final = phrase(
    "It is owed for each person alone, so it is told by the month, and of no fewer than five people."
)
ON_STANDARDS: Final = phrase("It is owed for each person alone: how it went is told by the month, under Standards.")


class Rates(msgspec.Struct, frozen=True):
    """How standards went, by id, that owe for each person alone, in the last month that was counted, if there is one.

    `uncounted` are the months that are not yet.
    """

    span: Span | None = None
    rates: Mapping[str, Rate | Unshown] = {}
    uncounted: Sequence[Span] = ()


def rate_of(shell: Shell, rates: Rates, standard: str) -> list[Html]:
    """Say how a standard went that owes for each person alone, and when more is told."""
    drawn = [el("p", shell.words.say(OWED_TO_PERSONS), class_="quiet")]
    if rates.span is not None:
        drawn.append(el("p", _rate(shell, rates.span, rates.rates.get(standard))))
    return [*drawn, *waiting(shell, rates.uncounted)]


def _rate(shell: Shell, span: Span, rate: Rate | Unshown | None) -> str:
    say, days = shell.words.say, days_of(shell, span)
    if rate is None:
        return say("From {first} to {last}: no verdict.", **days)
    if isinstance(rate, Unshown):
        return say("From {first} to {last}: {why}", **days, why=why_unshown(shell, rate))
    share, of = shell.share(Score(kept=rate.kept, broken=rate.broken))
    return say("From {first} to {last}: kept {rate} {of}.", **days, rate=share, of=of)


def days_of(shell: Shell, span: Span) -> dict[str, str]:
    """Give the first and the last day of a period, by the house's own calendar, by which it is counted."""
    zone = shell.usual or shell.zone
    local = shell.in_zone(zone)
    return {"first": local.day(span.since), "last": local.day(span.until - 1)}


def waiting(shell: Shell, spans: Sequence[Span]) -> list[Html]:
    """Say when the periods are counted that were not yet: there is no number of them before that."""
    return [el("p", _when(shell, span), class_="quiet") for span in spans]


def _when(shell: Shell, span: Span) -> str:
    zone = shell.usual or shell.zone
    at, now = (moment(each).astimezone(zone) for each in (span.closes, shell.now))
    local = shell.in_zone(zone)
    if at.date() == now.date():
        return shell.words.say("From {first} to {last}: counted today at {time}.", **days_of(shell, span),
                               time=local.hour(span.closes))  # fmt: skip
    return shell.words.say("From {first} to {last}: counted on {day}.", **days_of(shell, span),
                           day=local.day(span.closes))  # fmt: skip


def why_unshown(shell: Shell, cell: Unshown) -> str:
    """Say why something is not told: there are too few, or it would tell of something else that there are."""
    say = shell.words.say
    if cell is Unshown.TELLING:
        return say("Not shown: it would tell how few there were of a team, a site or a group beside it.")
    if cell is Unshown.ALIKE:
        return say("Five or more answered. They agree so much that more would tell what somebody chose.")
    return shell.words.how_many(LEAST, "fewer than {count}", "fewer than {count}")


def size(cell: Cell) -> int:
    """Give how many there are as far as that is told, to put the largest first."""
    return cell if isinstance(cell, int) else 0
