"""The senders' clocks in words: whose is fast, whose events come late, and what that came to.

Read next: `feeds.py`, where this stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from standards.calendar.duration import SECOND, spoken
from streams.board.markup import Html, el, section
from streams.board.paging import BY_NAME, pager
from streams.board.wording import how_many
from streams.runtime.source_clocks import FAST, OTHERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from standards.judge.case import Effect
    from streams.board.paging import Paged
    from streams.runtime.source_clocks import SourceClock

PAGE: Final = "senders"
"""What an address calls the page of this list."""
EFFECTS: Final[dict[Effect, str]] = {
    "in-place": "changed nothing that was told",
    "added": "brought what was missing",
    "corrected": "corrected what was told",
    "came-too-late": "came too late to be judged, and did what was still possible",
    "changed-nothing": "came too late to change anything",
    "too-old-to-tell": "came so late that nobody can tell whether they had come before",
}
"""What late events came to, as the page says it."""


def sources(clocks: Paged[SourceClock], query: Mapping[str, str]) -> Html | None:
    """Name the senders whose clocks are fast, or whose events come late; None: there are none. The worst come first."""
    if not clocks.rows:
        return None
    rows = el("ul", map(_source, clocks.rows), class_="letters")
    pages = pager(clocks, "/feeds", query, name=PAGE, part="#senders", order=BY_NAME)
    return section("Senders off time, within the last hour", rows, pages, id="senders")


def _source(clock: SourceClock) -> Html:
    name = "All other senders" if clock.source == OTHERS else clock.source
    return el("li", el("p", el("strong", name), class_="where"), el("p", " ".join(_said(clock))))


def _said(clock: SourceClock) -> Iterator[str]:
    if clock.ahead >= FAST:
        yield f"Its clock is {_about(clock.ahead)} fast; its events count as of when they came."
    if clock.refused:
        yield f"{how_many(clock.refused, 'event')} could not be taken, being too far ahead."
    if not clock.late:
        return
    counts = [f"{clock.late[effect]:,} {words}" for effect, words in EFFECTS.items() if effect in clock.late]
    by = f", by up to {_about(clock.behind)}" if clock.behind >= SECOND else ""
    yield f"Late {how_many(sum(clock.late.values()), 'time')}{by}: {', '.join(counts)}."
    if clock.ahead <= -FAST:
        yield f"It was never less than {_about(-clock.ahead)} late: its clock is slow, or it holds its events back."


def _about(span: int) -> str:
    """Say a span to the nearest second: an event that was on its way for a moment makes no clock a second less fast."""
    return spoken(round(span, -6))
