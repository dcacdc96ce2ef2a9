"""The senders' clocks in words: whose is fast, whose events come late, and what that came to.

Read next: `feeds.py`, where this stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from alerts.words.words import several
from standards.calendar.duration import SECOND
from streams.board.markup import Html, el, section
from streams.board.paging import BY_NAME, pager
from streams.runtime.source_clocks import FAST, OTHERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from alerts.words.words import Words
    from standards.judge.case import Effect
    from streams.board.paging import Paged
    from streams.board.shell import Shell
    from streams.runtime.source_clocks import SourceClock

PAGE: Final = "senders"
"""What an address calls the page of this list."""
EFFECTS: Final[dict[Effect, tuple[str, str]]] = {
    "in-place": several("{count} changed nothing that was told", "{count} changed nothing that was told"),
    "added": several("{count} brought what was missing", "{count} brought what was missing"),
    "corrected": several("{count} corrected what was told", "{count} corrected what was told"),
    "came-too-late": several(
        "{count} came too late to be judged, and did what was still possible",
        "{count} came too late to be judged, and did what was still possible",
    ),
    "changed-nothing": several("{count} came too late to change anything", "{count} came too late to change anything"),
    "too-old-to-tell": several(
        "{count} came so late that nobody can tell whether it had come before",
        "{count} came so late that nobody can tell whether they had come before",
    ),
}
"""What late events came to, as the page says it."""


def sources(shell: Shell, clocks: Paged[SourceClock], query: Mapping[str, str]) -> Html | None:
    """Name the senders whose clocks are fast, or whose events come late; None: there are none. The worst come first."""
    if not clocks.rows:
        return None
    words = shell.words
    rows = el("ul", (_source(words, each) for each in clocks.rows), class_="letters")
    pages = pager(shell, clocks, "/feeds", query, name=PAGE, part="#senders", order=BY_NAME)
    return section(words.say("Senders off time, within the last hour"), rows, pages, id="senders")


def _source(words: Words, clock: SourceClock) -> Html:
    name = words.say("All other senders") if clock.source == OTHERS else clock.source
    return el("li", el("p", el("strong", name), class_="where"), el("p", " ".join(_said(words, clock))))


def _said(words: Words, clock: SourceClock) -> Iterator[str]:
    if clock.ahead >= FAST:
        span = _about(words, clock.ahead)
        yield words.say("Its clock is {span} fast; its events count as of when they came.", span=span)
    if clock.refused:
        yield words.how_many(
            clock.refused,
            "{count} event could not be taken, being too far ahead.",
            "{count} events could not be taken, being too far ahead.",
        )
    if not clock.late:
        return
    counts = ", ".join(words.how_many(clock.late[effect], *both) for effect, both in EFFECTS.items()
                       if effect in clock.late)  # fmt: skip
    times = sum(clock.late.values())
    if clock.behind >= SECOND:
        span = _about(words, clock.behind)
        yield words.how_many(times, "Late {count} time, by up to {span}: {effects}.",
                             "Late {count} times, by up to {span}: {effects}.", span=span, effects=counts)  # fmt: skip
    else:
        yield words.how_many(times, "Late {count} time: {effects}.", "Late {count} times: {effects}.", effects=counts)
    if clock.ahead <= -FAST:
        least = words.say(
            "It was never less than {span} late: its clock is slow, or it holds its events back.",
            span=_about(words, -clock.ahead),
        )
        yield least


def _about(words: Words, span: int) -> str:
    """Say a span to the nearest second: an event that was on its way for a moment makes no clock a second less fast."""
    return words.length(round(span, -6))
