"""Feeds: which are dark, what came in and could not be used, with the reason, and how far judging has come.

Read next: `shell.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from standards.calendar.duration import spoken
from streams.board.markup import Child, Html, el, facts, listed, section
from streams.board.shell import Shell, acting_as, field, form, hidden, older, page
from streams.board.sources import sources
from streams.board.view import NOWHERE, View
from streams.board.wording import how_many
from streams.explain.unused import WHY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alerts.routing.actions import Action
    from streams.runtime.feeds import FeedStanding
    from streams.runtime.source_clocks import SourceClock
    from streams.storage.rows import DeadLetter, LateEvent, Unjudged

MOST: Final = 50
UNJUDGED: Final = 50
"""How many sites and standards are named of which promises are unknown."""
_UNJUDGED: Final = {
    "": "A feed that they rest on was silent when they were to be judged.",
    "evidence-lost": "Events were lost that may have told it.",
    "came-too-late": "What tells it came too late to be judged.",
}
"""Why nobody can say how a promise went, by the reason of its line."""
RAW: Final = 2_000
"""How much of an event that could not be read is shown, in bytes, to whoever may not send it again."""


class Unused(msgspec.Struct, frozen=True):
    """The newest of what could not be read, and of what changed nothing; and how many there are of each.

    `settled` says, by a letter's mark, who has dealt with it; `open` counts the letters that nobody has. `sources` is
    how the senders' clocks stood within the last hour; `unjudged`, of what within a day nobody can say how it went.
    """

    letters: list[DeadLetter]
    letter_count: int
    late: list[LateEvent]
    late_count: int
    open: int = 0
    settled: Mapping[str, Action] = {}
    sources: Sequence[SourceClock] = ()
    unjudged: Sequence[Unjudged] = ()


def draw(shell: Shell, unused: Unused, feeds: Sequence[FeedStanding]) -> str:
    """Draw the page. `shell.corrects`: dead letters may be sent again from here."""
    waiting = [_letter(shell, letter) for letter in unused.letters if letter.mark not in unused.settled]
    done = [_letter(shell, it, unused.settled[it.mark]) for it in unused.letters if it.mark in unused.settled]
    late = [_late(shell, event) for event in unused.late]
    dealt = unused.letter_count - unused.open
    return page(
        shell, "Feeds", "/feeds", _standing(shell), _feeds(shell, feeds), _unjudged(shell, unused.unjudged),
        sources(shell, unused.sources),
        _section(shell, "Could not be read", unused.open, waiting, "Every event could be read, or was dealt with."),
        _section(shell, "Dealt with", dealt, done, "") if dealt else None,
        _section(shell, "Came, and changed nothing", unused.late_count, late, "Every event that came could be used."),
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


def _feeds(shell: Shell, feeds: Sequence[FeedStanding]) -> Html | None:
    """List the declared feeds, those that are dark first; those that speak are folded away."""
    if not feeds:
        return None
    dark = [_feed(shell, each) for each in feeds if each.dark(shell.now)]
    speaking = [_feed(shell, each) for each in feeds if not each.dark(shell.now)]
    words = f"{how_many(len(speaking), 'feed')} {'speaks' if len(speaking) == 1 else 'speak'}"
    rest = el("details", el("summary", words), el("ul", speaking, class_="letters")) if speaking else None
    title = f"Silent · {len(dark):,}" if dark else "Feeds"
    return section(title, listed(dark, "letters", "Every feed that was heard within a week speaks."), rest)


def _unjudged(shell: Shell, rows: Sequence[Unjudged]) -> Html | None:
    """Say what nobody can vouch for, and why: what was lost for a while is missed after its feed speaks again."""
    if not rows:
        return None
    count = sum(row.count for row in rows)
    drawn = el("ul", (_unsaid(shell, row) for row in rows), class_="letters")
    return section(f"Nobody can say · {count:,}", drawn, id="unsaid")


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


def _section(shell: Shell, title: str, count: int, rows: Sequence[Html], calm: str) -> Html:
    whole = f"{title} · {count:,}" if count else title
    return section(whole, listed(rows, "letters", calm), older(shell, count - len(rows)))


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
