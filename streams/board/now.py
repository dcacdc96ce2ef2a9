"""Now: what needs a hand, by the time left. Each promise that is owed and has a clock, alone or with those of its kind.

Up to ten that need a hand are cards, and so are up to ten of each other sort. More are grouped by site and standard:
one line for each group, that opens on a tap.
A block, which is a card or a group, is drawn from its own value alone, so two equal ones need not be drawn twice: that
is how changes are told.
Read next: `blocks.py` for what they look like, `changes.py`, which tells what changed.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import msgspec

from alerts.words.words import phrase
from streams.board.blocks import block
from streams.board.filters import Choices, filter_bar
from streams.board.items import Group, Item
from streams.board.markup import Child, Html, el, join, sentence
from streams.board.shell import Shell, acting_as, excuse_fields, field, form, hidden, page
from streams.board.silences import SPANS, Muted
from streams.board.view import NOWHERE, OVER, PARTS, View
from streams.storage.rows import Sort

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alerts.words.words import Words
    from streams.board.wording import Wording

CALM: Final = phrase("Nothing needs a hand right now.")
"""What is said where nothing is overdue or was warned of, and only there."""
CALM_BUT: Final = phrase("Nothing needs a hand, as far as anybody can say.")
"""The same, where it is not known of all promises how they went."""
CALM_HERE: Final = phrase("Nothing of what you look at needs a hand right now.")
CALM_HERE_BUT: Final = phrase("Nothing of what you look at needs a hand, as far as anybody can say.")
SEARCH_OVER: Final = phrase(
    "That search is over: what is looked for is kept for half an hour, and for nobody else. Look for it once more."
)
_EVENT: Final = """curl http://THIS-ADDRESS/v1/events -H "Content-Type: application/cloudevents+json" -d '{
  "specversion": "1.0", "id": "1", "source": "till-3", "type": "queue.length", "time": "2026-01-31T08:00:00Z",
  "data": {"site": "north", "queue": "q1", "waiting": 5}}'"""


class Part(msgspec.Struct, frozen=True):
    """One sort of what is owed: how many promises, those that are on the page, as blocks, and how many `pages`."""

    count: int = 0
    blocks: tuple[Item | Group, ...] = ()
    pages: int = 1


class Picture(msgspec.Struct, frozen=True):
    """All of the page: its parts, of which those that are not looked at have no blocks.

    `endless` counts the promises without a deadline, `undebriefed` the broken ones that are owed no more and
    that nobody has talked over.
    `muted` is of what nobody is told, `silent` counts the feeds that are. `unheard`: no event has come yet.
    """

    view: View = View()
    parts: Mapping[Sort, Part] = {}
    endless: int = 0
    undebriefed: int = 0
    muted: tuple[Muted, ...] = ()
    unheard: bool = False
    silent: int = 0

    def count(self, sort: Sort) -> int:
        """Say how many promises of a sort are owed."""
        return self.parts[sort].count if sort in self.parts else 0

    @property
    def urgent(self) -> int:
        """Say how many need a hand."""
        return self.count("overdue") + self.count("warned")

    def blocks(self) -> dict[str, tuple[Sort, Item | Group]]:
        """Give all blocks, each with its sort, by the ids of their elements, in their order."""
        return {block_id(sort, it): (sort, it) for sort, part in self.parts.items() for it in part.blocks}


def block_id(sort: Sort, shown: Item | Group) -> str:
    """Give the id of a block's element."""
    if isinstance(shown, Item):
        return f"p-{shown.id}"
    return f"g-{blake2b(msgspec.json.encode([sort, shown.site, shown.standard]), digest_size=6).hexdigest()}"


def draw(shell: Shell, shown: Picture, choices: Choices) -> str:
    """Draw the page."""
    words, say = texts(shown, shell), shell.words.say
    broken = el("a", words["broken"], href=shown.view.address("/debriefs", part=""), id="broken",
                hidden=not shown.undebriefed)  # fmt: skip
    unsaid = el("a", words["unsaid"], href=shown.view.address(part="unknown"), id="unsaid",
                hidden=not shown.count("unknown"))  # fmt: skip
    summary = el("p", el("span", words["open"], id="open"), " ", unsaid, " ", broken, class_="summary")
    feeds = el("a", say("Which"), href="/feeds")
    silent = el("p", el("span", words["silent"], id="silent"), " ", feeds, id="part-silent", class_="muted",
                hidden=not shown.silent)  # fmt: skip
    silences = el("a", say("Why"), href="/notices#silences")
    muted = el("p", el("span", words["muted"], id="muted"), " ", silences, id="part-muted", class_="muted",
               hidden=not shown.muted)  # fmt: skip
    sections = (_section(shell, shown, sort, words) for sort in PARTS)
    endless = el("p", words["endless"], id="endless", class_="quiet apart")
    return page(
        shell, say("Now"), "/", _over(shell, shown.view), summary, _first_steps(shell, shown), silent, muted,
        filter_bar(shell, shown.view, choices),
        _taker(shell, shown.view) if shell.acts else None, sections, endless,
        _excuse_site(shell, shown.view, choices) if shell.acts else None,
        every=0, urgent=shown.urgent,
    )  # fmt: skip


def _over(shell: Shell, view: View) -> Html | None:
    return el("p", shell.words.say(SEARCH_OVER), class_="muted", role="status") if view.find == OVER else None


def texts(shown: Picture, wording: Wording) -> dict[str, str]:
    """Give what the page says beside its blocks, by the ids of the elements that say it."""
    say, how_many = wording.words.say, wording.words.how_many
    muted = "; ".join(each.said(wording) for each in shown.muted)
    found = {
        "open": _summary(shown, wording),
        "endless": how_many(
            shown.endless,
            "{count} more promise has no time: it is judged by what happens next.",
            "{count} more promises have no time: they are judged by what happens next.",
        ) if shown.endless else "",
        "broken": how_many(
            shown.undebriefed, "{count} broken promise to talk over", "{count} broken promises to talk over"
        ),
        "unsaid": how_many(
            shown.count("unknown"),
            "{count} promise that nobody can vouch for",
            "{count} promises that nobody can vouch for",
        ),
        "silent": how_many(
            shown.silent,
            "{count} feed is silent; what rests on it is unknown.",
            "{count} feeds are silent; what rests on them is unknown.",
        ),
        "muted": say("Nobody is told of {what}.", what=muted) if muted else "",
    }  # fmt: skip
    for sort, title in PARTS.items():
        count = shown.count(sort)
        found[f"title-{sort}"] = titled(wording, title, count)
        found[f"more-{sort}"] = "" if count else _none(shown, sort, wording)
    if not shown.urgent and not shown.unheard and not shown.view.part:
        unsaid = shown.silent or shown.count("unknown")
        everywhere, here = (CALM_BUT, CALM_HERE_BUT) if unsaid else (CALM, CALM_HERE)
        found["more-warned"] = say(here if shown.view.narrowed else everywhere)
    return found


def titled(wording: Wording, title: str, count: int) -> str:
    """Give a title with how many there are, if there are any."""
    return f"{wording.words.say(title)} · {wording.number(count)}" if count else wording.words.say(title)


def _none(shown: Picture, sort: Sort, wording: Wording) -> str:
    """Say that there is none of a sort, where that says something."""
    if sort == "running":
        others = phrase("No other promise is on the clock.")
        return wording.words.say(phrase("No other of these is on the clock.") if shown.view.narrowed else others)
    return wording.words.say("There is none now.") if shown.view.part == sort else ""


def hides(shown: Picture, sort: Sort) -> bool:
    """Say whether a part of the page has nothing to say: then its title would only stand in the way."""
    if shown.unheard or shown.view.part:
        return shown.unheard or shown.view.part != sort
    if shown.count(sort) or sort == "running":
        return False
    return sort != "warned" or bool(shown.count("overdue"))


def pager(shown: Picture, sort: Sort, words: Words) -> Html:
    """Draw what leads to the rest of a part: with the whole page, to the part alone; else from page to page."""
    part, view = shown.parts.get(sort, Part()), shown.view
    if part.pages <= 1:
        return join()
    links: list[Child] = []
    if view.part != sort:
        said = words.how_many(part.pages, "All {all}, on {count} page", "All {all}, on {count} pages",
                              all=words.number(part.count))  # fmt: skip
        links.append(el("a", said, href=view.address(part=sort)))
    else:
        if view.page > 1:
            links.append(el("a", words.say("Before"), href=view.address(page=view.page - 1), rel="prev"))
        links.append(
            el(
                "span",
                words.say("Page {page} of {pages}", page=words.number(view.page), pages=words.number(part.pages)),
            )
        )
        if view.page < part.pages:
            links.append(el("a", words.say("Next"), href=view.address(page=view.page + 1), rel="next"))
    return join(*links)


def _summary(shown: Picture, wording: Wording) -> str:
    overdue = shown.count("overdue")
    running = sum(shown.count(sort) for sort in PARTS if sort not in ("overdue", "unknown"))
    words, counted = wording.words, running + shown.endless
    found = words.how_many(counted, "{count} promise open", "{count} promises open")
    if not overdue:
        return words.say("{open}.", open=found)
    late = words.how_many(overdue, "{count} promise overdue", "{count} promises overdue")
    return words.say("{overdue}, {open}.", overdue=late, open=found)


def _first_steps(shell: Shell, shown: Picture) -> Html:
    """Say what to do where nothing has come in yet."""
    say = shell.words.say
    return el(
        "section",
        el("h2", say("No event has come yet")),
        el("p", say("Kept judges what your systems report. Send the first event, with the time as it is now:")),
        el("pre", _EVENT, tabindex="0"),
        el("p", sentence(shell.words, "Where there is a token, add {header}. What cannot be read stands under {feeds}.",
                         header='-H "Authorization: Bearer TOKEN"', feeds=el("a", say("Feeds"), href="/feeds"))),
        id="first", hidden=not shown.unheard,
    )  # fmt: skip


def _taker(shell: Shell, view: View) -> Html:
    """Draw the form that all buttons of the page belong to."""
    back = hidden("next", view.address(page=view.page))
    return form(shell, "/acts/acknowledge", back, acting_as(shell), id="take", class_="taker")


def _excuse_site(shell: Shell, view: View, choices: Choices) -> Html | None:
    """Offer to excuse all that the site owes that is looked at, back to when its trouble began."""
    if not choices.roles or view.site in ("", NOWHERE):
        return None
    say = shell.words.say
    spans = (el("option", say(words), value=span) for span, words in SPANS.items())
    content = form(
        shell, "/acts/excuse", hidden("next", view.address()), hidden("site", view.site), acting_as(shell),
        field(say("What it has owed for the last"), "span", control=el("select", spans, name="span")),
        excuse_fields(shell, choices.roles), el("button", say("Excuse {site}", site=view.site)),
    )  # fmt: skip
    words = say("What was broken in that time is excused too, as far as the standards let this role.")
    title = el("summary", say("Excuse all of {site}", site=view.site))
    return el("details", title, el("p", words, class_="quiet"), content, class_="excuse apart")


def _unsaid(shell: Shell) -> Html:
    words = shell.words.say("Nobody can say how these went: what would tell it did not come. Look yourself, or ask who "
                            "was there.")  # fmt: skip
    return el("p", words, " ", el("a", shell.words.say("What is missing"), href="/feeds"), class_="quiet")


def _section(shell: Shell, shown: Picture, sort: Sort, words: Mapping[str, str]) -> Html:
    part = shown.parts.get(sort, Part())
    blocks = (block(it, block_id(sort, it), shell, acts=shell.acts) for it in part.blocks)
    link = el("a", words[f"title-{sort}"], href=shown.view.address(part=sort), id=f"title-{sort}")
    drawn = el("ol", blocks, id=f"list-{sort}", class_=f"rows {sort}")
    said = _unsaid(shell) if sort == "unknown" else None
    more = el("p", words[f"more-{sort}"], id=f"more-{sort}", class_="quiet")
    pages = el("p", pager(shown, sort, shell.words), id=f"pages-{sort}", class_="pages")
    return el("section", el("h2", link), said, drawn, more, pages, aria_labelledby=f"title-{sort}", id=f"part-{sort}",
              hidden=hides(shown, sort))  # fmt: skip
