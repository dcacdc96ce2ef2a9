"""Feeds: which are dark, what came in and could not be used, with the reason, and how far judging has come.

Read next: `shell.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, TypeVar

import msgspec

from alerts.words.words import phrase, several
from streams.board.faults import FAULTS
from streams.board.markup import Child, Html, el, facts, listed, section, sentence
from streams.board.paging import BY_NAME, Paged, pager
from streams.board.people import HOW
from streams.board.shell import Shell, acting_as, field, form, hidden, page
from streams.board.sources import PAGE, sources
from streams.board.view import NOWHERE, View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alerts.routing.actions import Action
    from streams.runtime.feeds import FeedStanding
    from streams.runtime.source_clocks import SourceClock
    from streams.storage.rows import DeadLetter, LateEvent, Unjudged

T = TypeVar("T")
PAGES: Final = ("silent", "unheard", "speaking", "closed", "unsaid", PAGE, "waiting", "dealt", "late")
"""The lists, each by what an address calls its page."""
_UNJUDGED: Final = {
    "": phrase("A feed that they rest on was silent when they were to be judged."),
    "evidence-lost": phrase("Events were lost that may have told it."),
    "came-too-late": phrase("What tells it came too late to be judged."),
}
"""Why nobody can say how a promise went, by the reason of its line."""
_SILENT: Final = several(
    "The feed {feeds} was silent when they were to be judged.",
    "The feeds {feeds} were silent when they were to be judged.",
)
WHY: Final[Mapping[str, str]] = {
    "late": phrase("It came too late to change anything."),
    "too-old-to-tell": phrase("It is so old that nobody can tell whether it had come before."),
    "not-allowed": phrase("Whoever said so may not."),
    "nothing-to-excuse": phrase("There was nothing to excuse."),
    "scenario-may-not": phrase("Its scenario does not excuse promises of that standard."),
    "no-subject": phrase("It names nobody whom a standard is about."),
    "no-scope": phrase(
        "It would have counted, but nothing says whether there is anything to owe, or it was forgotten."
    ),
    "owed-nothing": phrase("The standard’s own choice is that nothing is owed for it."),
    "no-such-day": phrase("It changes no day of a calendar that there is, or its hours cannot be read."),
    "too-many-changes": phrase("More days are changed than are remembered."),
}
"""Why an event changed nothing, by its reason."""
_TITLES: Final[Mapping[str, tuple[str, str]]] = {
    "waiting": (phrase("Could not be read"), phrase("Every event could be read, or was dealt with.")),
    "dealt": (phrase("Dealt with"), ""),
    "late": (phrase("Came, and changed nothing"), phrase("Every event that came could be used.")),
}
"""The lists of events, by what an address calls their page: the title, and what is said of an empty one."""
RAW: Final = 2_000
"""How much of an event that could not be read is shown, in bytes, to whoever may not send it again."""


class Page(msgspec.Struct, Generic[T], frozen=True):
    """One page of a list, and how many there are in it altogether."""

    shown: Paged[T] = Paged()
    count: int = 0


class Standings(msgspec.Struct, frozen=True):
    """How the feeds stand, each page by page.

    The silent ones, those that one site never had, those that speak, those that nobody waits for now.
    """

    dark: Page[FeedStanding] = Page()
    unheard: Page[FeedStanding] = Page()
    speaking: Page[FeedStanding] = Page()
    closed: Page[FeedStanding] = Page()


class Unused(msgspec.Struct, frozen=True):
    """What could not be read, or changed nothing, each page by page; what an address asks of these is the `query`.

    `waiting` are the letters that nobody has dealt with, `dealt` the others: `settled` says who has, by a letter's
    mark. `sources` is how the senders' clocks stood within the last hour, where they were off time; `unjudged`, of what
    within a day nobody can say how it went. `still_named` are senders of names that were erased: (which, when
    last, how often).
    """

    waiting: Page[DeadLetter] = Page()
    dealt: Page[DeadLetter] = Page()
    late: Page[LateEvent] = Page()
    settled: Mapping[str, Action] = {}
    sources: Paged[SourceClock] = Paged()
    unjudged: Page[Unjudged] = Page()
    still_named: Sequence[tuple[str, int, int]] = ()
    query: Mapping[str, str] = {}


def draw(shell: Shell, unused: Unused, feeds: Standings) -> str:
    """Draw the page. `shell.corrects`: dead letters may be sent again from here."""
    query, settled = unused.query, unused.settled
    waiting = [_letter(shell, letter) for letter in unused.waiting.shown.rows]
    done = [_letter(shell, letter, settled.get(letter.mark)) for letter in unused.dealt.shown.rows]
    late = [_late(shell, event) for event in unused.late.shown.rows]
    dealt = _section(shell, "dealt", unused.dealt, done, query) if unused.dealt.count else None
    return page(
        shell, shell.words.say("Feeds"), "/feeds", _standing(shell), _feeds(shell, feeds, query),
        _unjudged(shell, unused.unjudged, query), sources(shell, unused.sources, query),
        _still_named(shell, unused.still_named),
        _section(shell, "waiting", unused.waiting, waiting, query), dealt,
        _section(shell, "late", unused.late, late, query),
    )  # fmt: skip


def _standing(shell: Shell) -> Html:
    status, say = shell.status, shell.words.say
    taken = say("are taken") if status.ready else say("are not taken now")
    pairs: list[tuple[str, Child]] = [(say("Events"), taken)]
    if status.newest >= 0:
        pairs.append((say("Newest event"), shell.clock(status.newest)))
    if status.low >= 0:
        behind = shell.words.length(max(0, shell.now - status.low))
        pairs += [(say("Judged up to"), shell.clock(status.low)), (say("Behind the clock"), behind)]
    waiting = shell.words.how_many(status.waiting, "{count} event", "{count} events")
    pairs.append((say("Waiting to be stored"), waiting))
    return facts(pairs, "facts")


def _feeds(shell: Shell, feeds: Standings, query: Mapping[str, str]) -> Html | None:
    """List the declared feeds, those that are dark first; the others are folded away."""
    dark, closed, say = feeds.dark, feeds.closed, shell.words.say
    if not any(some.count for some in (dark, feeds.unheard, feeds.speaking, closed)):
        return None
    rows = [_feed(shell, each) for each in dark.shown.rows]
    calm = say("Every feed that was heard within a week speaks.")
    told = listed(rows, "letters", say("No feed is silent that somebody waits for.") if closed.count else calm)
    title = f"{say('Silent')} · {shell.number(dark.count)}" if dark.count else say("Feeds")
    pages = pager(shell, dark.shown, "/feeds", query, name="silent", part="#feeds", order=BY_NAME)
    how_many = shell.words.how_many
    never = how_many(
        feeds.unheard.count, "{count} feed was never heard at a site", "{count} feeds were never heard at a site"
    )
    speak = how_many(feeds.speaking.count, "{count} feed speaks", "{count} feeds speak")
    rest = how_many(closed.count, "{count} feed is out of hours", "{count} feeds are out of hours")
    return section(
        title, told, pages, _folded(shell, "unheard", feeds.unheard, never, query),
        _folded(shell, "speaking", feeds.speaking, speak, query),
        _folded(shell, "closed", closed, rest, query), id="feeds",
    )  # fmt: skip


def _folded(shell: Shell, name: str, feeds: Page[FeedStanding], words: str, query: Mapping[str, str]) -> Html | None:
    """Fold away the feeds that call for nobody, until their list is turned over."""
    if not feeds.count:
        return None
    rows = el("ul", (_feed(shell, each) for each in feeds.shown.rows), class_="letters")
    pages = pager(shell, feeds.shown, "/feeds", query, name=name, part="#feeds", order=BY_NAME)
    return el("details", el("summary", words), rows, pages, open=name in query or None)


def _unjudged(shell: Shell, found: Page[Unjudged], query: Mapping[str, str]) -> Html | None:
    """Say what nobody can vouch for, and why: what was lost for a while is missed after its feed speaks again."""
    if not found.shown.rows:
        return None
    drawn = el("ul", (_unsaid(shell, row) for row in found.shown.rows), class_="letters")
    pages = pager(shell, found.shown, "/feeds", query, name="unsaid", part="#unsaid")
    title = f"{shell.words.say('Nobody can say')} · {shell.number(found.count)}"
    return section(title, drawn, pages, id="unsaid")


def _unsaid(shell: Shell, row: Unjudged) -> Html:
    words = shell.words
    said = words.how_many(row.count, "{count} promise is unknown", "{count} promises are unknown")
    link = el("a", said, href=View(site=row.site or NOWHERE, standard=row.standard).address(part="unknown"))
    place = el("strong", shell.called_site(row.site) or words.say("no site"))
    head = el("p", place, " ", el("span", row.standard, class_="standard"), class_="where")
    first, last = (shell.at(row.site).clock(at) for at in (row.first, row.last))
    if row.last != row.first:
        since = sentence(words, "{promises}, since {time}, the last at {last}.", promises=link, time=first, last=last)
    else:
        since = sentence(words, "{promises}, since {time}.", promises=link, time=first)
    why = words.say(_UNJUDGED[row.reason]) if row.reason in _UNJUDGED else row.reason.replace("-", " ")
    if row.silent:
        why = words.how_many(len(row.silent), *_SILENT, feeds=words.together(row.silent))
    return el("li", head, el("p", since), el("p", why, class_="quiet"))


def _feed(shell: Shell, feed: FeedStanding) -> Html:
    words, name, shell = shell.words, el("strong", feed.name), shell.at(feed.site)
    named = sentence(words, "{feed} at {site}", feed=name, site=shell.called(feed.key)) if feed.key else name
    head = el("p", named, class_="where")
    if feed.out_of_hours:
        closed = el("p", words.say("It is out of hours, so nobody waits for it."))
        return el("li", head, closed, el("p", sentence(words, "last heard {time}", time=shell.clock(feed.last)),
                                         class_="quiet") if feed.last >= 0 else None)  # fmt: skip
    if feed.unheard_there:
        never = words.say(
            "It was never heard there, or not for a week. If it should be, verdicts that rest on it are unknown."
        )
        return el("li", head, el("p", never))
    if feed.last < 0:
        return el(
            "li",
            head,
            el("p", words.say("It was never heard, or not for a week. Verdicts that rest on it are unknown.")),
        )
    last = el("p", sentence(words, "last heard {time}", time=shell.clock(feed.last)), class_="quiet")
    if not feed.dark(shell.now):
        return el("li", head, last)
    said = words.say(
        "Silent for {span}; it should speak every {allowed}. Verdicts that rest on it are unknown.",
        span=words.length(shell.now - feed.last), allowed=words.length(feed.silent_after),
    )  # fmt: skip
    return el("li", head, el("p", said), last)


def _still_named(shell: Shell, senders: Sequence[tuple[str, int, int]]) -> Html | None:
    """Name the senders that still send the names of people who were erased: they are to stop it."""
    if not senders:
        return None
    words = shell.words
    lead = words.say("Take the name out where these events come from. Kept knows it again for 35 days, and no longer.")
    rows = (
        el("li", el("p", el("strong", source), ", ", words.how_many(count, "{count} event", "{count} events")),
           el("p", sentence(words, "last heard {time}", time=shell.clock(last)), class_="quiet"))
        for source, last, count in senders
    )  # fmt: skip
    lists = el("ul", rows, class_="letters")
    return section(words.say("Senders of a name that was erased"), el("p", lead), lists, id="erased")


def _section(shell: Shell, name: str, page: Page[T], rows: Sequence[Html], query: Mapping[str, str]) -> Html:
    title, calm = (shell.words.say(text) if text else "" for text in _TITLES[name])
    whole = f"{title} · {shell.number(page.count)}" if page.count else title
    pages = pager(shell, page.shown, "/feeds", query, name=name, part=f"#{name}")
    return section(whole, listed(rows, "letters", calm), pages, id=name)


def _letter(shell: Shell, letter: DeadLetter, act: Action | None = None) -> Html:
    why = shell.words.say(FAULTS[letter.reason]) if letter.reason in FAULTS else letter.reason
    head = el("p", el("strong", why), ", ", shell.clock(letter.received), class_="where")
    raw = letter.raw.decode("utf-8", "replace")
    below: Html | None = None
    if act is not None:
        below = _settled(shell, act)
    elif shell.corrects and letter.mark:
        below = _mend(shell, letter, raw)
    elif raw and shell.acts:  # who may only look is not shown what a sender sent
        sent = el("summary", shell.words.say("What was sent"))
        below = el("details", sent, el("pre", raw[:RAW], tabindex="0"))
    return el("li", head, el("p", letter.message, lang="en"), below)


def _settled(shell: Shell, act: Action) -> Html:
    """Say who dealt with a letter, how and why."""
    how, reason = (str(act.data.get(key) or "") for key in ("how", "reason"))
    deed = shell.words.say(HOW[how]) if how in HOW else how
    said = {"name": el("strong", act.by), "deed": deed, "time": shell.clock(act.at)}
    if reason:
        return el("p", sentence(shell.words, "{name} {deed}: {reason}, {time}", reason=reason, **said), class_="quiet")
    return el("p", sentence(shell.words, "{name} {deed}, {time}", **said), class_="quiet")


def _mend(shell: Shell, letter: DeadLetter, raw: str) -> Html:
    """Draw the forms by which a letter is dealt with: sent again, mended or as it was, or set aside."""
    say, which = shell.words.say, (hidden("letter", str(letter.seq)), acting_as(shell))
    text = el("textarea", raw, name="raw", rows=6, maxlength=70_000, spellcheck="false", class_="raw")
    hint = say("mend it first; it is judged by the time that it says")
    event = field(say("The event"), "raw", control=text, hint=hint)
    reason = field(say("Why"), "reason", required=True, maxlength=500)
    again = form(shell, "/acts/resend", *which, event, el("button", say("Send again")))
    aside = form(shell, "/acts/set-aside", *which, reason, el("button", say("Set aside"), class_="plain"))
    return el("details", el("summary", say("Deal with it")), again, aside)


def _late(shell: Shell, event: LateEvent) -> Html:
    words = shell.words
    of = sentence(words, "{event} of {time}", event=el("strong", event.type), time=shell.clock(event.at))
    about = sentence(words, "{event} from {source}, received {time}", event=event.id, source=event.source,
                     time=shell.clock(event.received))  # fmt: skip
    why = words.say(WHY[event.reason]) if event.reason in WHY else event.reason.replace("-", " ")
    return el("li", el("p", of, class_="where"), el("p", why), el("p", about, class_="quiet"))
