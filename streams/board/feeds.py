"""Feeds: which are dark, what came in and could not be used, with the reason, and how far judging has come.

Read next: `shell.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, TypeVar

import msgspec

from standards.calendar.duration import spoken
from streams.board.markup import Child, Html, el, facts, listed, section
from streams.board.paging import BY_NAME, Paged, pager
from streams.board.shell import Shell, acting_as, field, form, hidden, page
from streams.board.sources import PAGE, sources
from streams.board.view import NOWHERE, View
from streams.board.wording import how_many
from streams.explain.unused import WHY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alerts.routing.actions import Action
    from streams.runtime.feeds import FeedStanding
    from streams.runtime.source_clocks import SourceClock
    from streams.storage.rows import DeadLetter, LateEvent, Unjudged

T = TypeVar("T")
PAGES: Final = ("silent", "speaking", "unsaid", PAGE, "waiting", "dealt", "late")
"""The lists, each by what an address calls its page."""
_UNJUDGED: Final = {
    "": "A feed that they rest on was silent when they were to be judged.",
    "evidence-lost": "Events were lost that may have told it.",
    "came-too-late": "What tells it came too late to be judged.",
}
"""Why nobody can say how a promise went, by the reason of its line."""
_TITLES: Final[Mapping[str, tuple[str, str]]] = {
    "waiting": ("Could not be read", "Every event could be read, or was dealt with."),
    "dealt": ("Dealt with", ""),
    "late": ("Came, and changed nothing", "Every event that came could be used."),
}
"""The lists of events, by what an address calls their page: the title, and what is said of an empty one."""
RAW: Final = 2_000
"""How much of an event that could not be read is shown, in bytes, to whoever may not send it again."""


class Page(msgspec.Struct, Generic[T], frozen=True):
    """One page of a list, and how many there are in it altogether."""

    shown: Paged[T] = Paged()
    count: int = 0


class Standings(msgspec.Struct, frozen=True):
    """How the feeds stand: those that are silent, and those that speak, each page by page."""

    dark: Page[FeedStanding] = Page()
    speaking: Page[FeedStanding] = Page()


class Unused(msgspec.Struct, frozen=True):
    """What could not be read, or changed nothing, each page by page; what an address asks of these is the `query`.

    `waiting` are the letters that nobody has dealt with, `dealt` the others: `settled` says who has, by a letter's
    mark. `sources` is how the senders' clocks stood within the last hour, where they were off time; `unjudged`, of what
    within a day nobody can say how it went.
    """

    waiting: Page[DeadLetter] = Page()
    dealt: Page[DeadLetter] = Page()
    late: Page[LateEvent] = Page()
    settled: Mapping[str, Action] = {}
    sources: Paged[SourceClock] = Paged()
    unjudged: Page[Unjudged] = Page()
    query: Mapping[str, str] = {}


def draw(shell: Shell, unused: Unused, feeds: Standings) -> str:
    """Draw the page. `shell.corrects`: dead letters may be sent again from here."""
    query, settled = unused.query, unused.settled
    waiting = [_letter(shell, letter) for letter in unused.waiting.shown.rows]
    done = [_letter(shell, letter, settled.get(letter.mark)) for letter in unused.dealt.shown.rows]
    late = [_late(shell, event) for event in unused.late.shown.rows]
    return page(
        shell, "Feeds", "/feeds", _standing(shell), _feeds(shell, feeds, query),
        _unjudged(shell, unused.unjudged, query), sources(unused.sources, query),
        _section("waiting", unused.waiting, waiting, query),
        _section("dealt", unused.dealt, done, query) if unused.dealt.count else None,
        _section("late", unused.late, late, query),
    )  # fmt: skip


def _standing(shell: Shell) -> Html:
    status = shell.status
    pairs: list[tuple[str, Child]] = [("Events", "are taken" if status.ready else "are not taken now")]
    if status.newest >= 0:
        pairs.append(("Newest event", shell.clock(status.newest)))
    if status.low >= 0:
        pairs += [
            ("Judged up to", shell.clock(status.low)),
            ("Behind the clock", spoken(max(0, shell.now - status.low))),
        ]
    pairs.append(("Waiting to be stored", how_many(status.waiting, "event")))
    return facts(pairs, "facts")


def _feeds(shell: Shell, feeds: Standings, query: Mapping[str, str]) -> Html | None:
    """List the declared feeds, those that are dark first; those that speak are folded away."""
    dark, speaking = feeds.dark, feeds.speaking
    if not (dark.count or speaking.count):
        return None
    rows = [_feed(shell, each) for each in dark.shown.rows]
    listed_dark = listed(rows, "letters", "Every feed that was heard within a week speaks.")
    title = f"Silent · {dark.count:,}" if dark.count else "Feeds"
    pages = pager(dark.shown, "/feeds", query, name="silent", part="#feeds", order=BY_NAME)
    return section(title, listed_dark, pages, _speaking(shell, speaking, query), id="feeds")


def _speaking(shell: Shell, feeds: Page[FeedStanding], query: Mapping[str, str]) -> Html | None:
    """Fold away the feeds that speak, until their list is turned over."""
    if not feeds.count:
        return None
    words = f"{how_many(feeds.count, 'feed')} {'speaks' if feeds.count == 1 else 'speak'}"
    rows = el("ul", (_feed(shell, each) for each in feeds.shown.rows), class_="letters")
    pages = pager(feeds.shown, "/feeds", query, name="speaking", part="#feeds", order=BY_NAME)
    return el("details", el("summary", words), rows, pages, open="speaking" in query or None)


def _unjudged(shell: Shell, found: Page[Unjudged], query: Mapping[str, str]) -> Html | None:
    """Say what nobody can vouch for, and why: what was lost for a while is missed after its feed speaks again."""
    if not found.shown.rows:
        return None
    drawn = el("ul", (_unsaid(shell, row) for row in found.shown.rows), class_="letters")
    pages = pager(found.shown, "/feeds", query, name="unsaid", part="#unsaid")
    return section(f"Nobody can say · {found.count:,}", drawn, pages, id="unsaid")


def _unsaid(shell: Shell, row: Unjudged) -> Html:
    words = how_many(row.count, "promise is unknown", "promises are unknown")
    link = el("a", words, href=View(site=row.site or NOWHERE, standard=row.standard).address(part="unknown"))
    head = el(
        "p", el("strong", row.site or "no site"), " ", el("span", row.standard, class_="standard"), class_="where"
    )
    until = (", the last at ", shell.clock(row.last)) if row.last != row.first else ()
    why = _UNJUDGED.get(row.reason, row.reason.replace("-", " "))
    return el("li", head, el("p", link, ", since ", shell.clock(row.first), *until, "."), el("p", why, class_="quiet"))


def _feed(shell: Shell, feed: FeedStanding) -> Html:
    head = el("p", el("strong", feed.name), f" at {feed.key}" if feed.key else "", class_="where")
    if feed.last < 0:
        return el("li", head, el("p", "It has never been heard. Verdicts that rest on it are unknown."))
    last = el("p", "last heard ", shell.clock(feed.last), class_="quiet")
    if not feed.dark(shell.now):
        return el("li", head, last)
    since, allowed = spoken(shell.now - feed.last), spoken(feed.silent_after)
    words = f"Silent for {since}; it should speak every {allowed}. Verdicts that rest on it are unknown."
    return el("li", head, el("p", words), last)


def _section(name: str, page: Page[T], rows: Sequence[Html], query: Mapping[str, str]) -> Html:
    title, calm = _TITLES[name]
    whole = f"{title} · {page.count:,}" if page.count else title
    pages = pager(page.shown, "/feeds", query, name=name, part=f"#{name}")
    return section(whole, listed(rows, "letters", calm), pages, id=name)


def _letter(shell: Shell, letter: DeadLetter, act: Action | None = None) -> Html:
    head = el("p", el("strong", letter.reason), ", ", shell.clock(letter.received), class_="where")
    raw = letter.raw.decode("utf-8", "replace")
    below: Html | None = None
    if act is not None:
        why = f": {act.data['reason']}" if act.data.get("reason") else ""
        how = f" {act.data.get('how', '')}{why}, "
        below = el("p", el("strong", act.by), how, shell.clock(act.at), class_="quiet")
    elif shell.corrects and letter.mark:
        below = _mend(shell, letter, raw)
    elif raw:
        below = el("details", el("summary", "What was sent"), el("pre", raw[:RAW], tabindex="0"))
    return el("li", head, el("p", letter.message), below)


def _mend(shell: Shell, letter: DeadLetter, raw: str) -> Html:
    """Draw the forms by which a letter is dealt with: sent again, mended or as it was, or set aside."""
    which = hidden("letter", str(letter.seq)), acting_as(shell)
    text = el("textarea", raw, name="raw", rows=6, maxlength=70_000, spellcheck="false", class_="raw")
    event = field("The event", "raw", control=text, hint="mend it first; it is judged by the time that it says")
    reason = field("Why", "reason", required=True, maxlength=500)
    again = form(shell, "/acts/resend", *which, event, el("button", "Send again"))
    aside = form(shell, "/acts/set-aside", *which, reason, el("button", "Set aside", class_="plain"))
    return el("details", el("summary", "Deal with it"), again, aside)


def _late(shell: Shell, event: LateEvent) -> Html:
    head = el("p", el("strong", event.type), " of ", shell.clock(event.at), class_="where")
    why = WHY.get(event.reason, event.reason.replace("-", " "))
    about = el("p", f"{event.id} from {event.source}, received ", shell.clock(event.received), class_="quiet")
    return el("li", head, el("p", why[:1].upper() + why[1:], "."), about)
