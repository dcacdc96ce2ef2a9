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

from streams.board.blocks import Group, Item, block
from streams.board.filters import Choices, filter_bar
from streams.board.markup import Child, Html, el, join
from streams.board.shell import Shell, acting_as, excuse_fields, field, form, hidden, page
from streams.board.silences import SPANS
from streams.board.view import NOWHERE, PARTS, View
from streams.board.wording import how_many
from streams.storage.rows import Sort

if TYPE_CHECKING:
    from collections.abc import Mapping

CALM: Final = "Nothing needs a hand right now."
"""What is said where nothing is overdue or was warned of, and only there."""
CALM_BUT: Final = "Nothing needs a hand, as far as anybody can say."
"""The same, where it is not known of all promises how they went."""
CALM_HERE: Final = "Nothing of what you look at needs a hand right now."
_NOBODY: Final[dict[Sort, str]] = {
    "overdue": "", "warned": "", "unknown": "", "running": "No other promise is on the clock.", "paused": "",
}  # fmt: skip
_UNSAID: Final = "Nobody can say how these went: what would tell it did not come. Look yourself, or ask who was there. "
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
    `muted` says of what nobody is told, `silent` counts the feeds that are. `unheard`: no event has come yet.
    """

    view: View = View()
    parts: Mapping[Sort, Part] = {}
    endless: int = 0
    undebriefed: int = 0
    muted: tuple[str, ...] = ()
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
    words = texts(shown)
    broken = el("a", words["broken"], href=shown.view.address("/debriefs", part=""), id="broken",
                hidden=not shown.undebriefed)  # fmt: skip
    unsaid = el("a", words["unsaid"], href=shown.view.address(part="unknown"), id="unsaid",
                hidden=not shown.count("unknown"))  # fmt: skip
    summary = el("p", el("span", words["open"], id="open"), " ", unsaid, " ", broken, class_="summary")
    silent = el("p", el("span", words["silent"], id="silent"), " ", el("a", "Which", href="/feeds"), id="part-silent",
                class_="muted", hidden=not shown.silent)  # fmt: skip
    silences = el("a", "Why", href="/notices#silences")
    muted = el("p", el("span", words["muted"], id="muted"), " ", silences, id="part-muted", class_="muted",
               hidden=not shown.muted)  # fmt: skip
    sections = (_section(shell, shown, sort, words) for sort in PARTS)
    endless = el("p", words["endless"], id="endless", class_="quiet apart")
    return page(
        shell, "Now", "/", summary, _first_steps(shown), silent, muted, filter_bar(shown.view, choices),
        _taker(shell, shown.view) if shell.acts else None, sections, endless,
        _excuse_site(shell, shown.view, choices) if shell.acts else None,
        every=0, urgent=shown.urgent,
    )  # fmt: skip


def texts(shown: Picture) -> dict[str, str]:
    """Give what the page says beside its blocks, by the ids of the elements that say it."""
    endless = shown.endless
    said = "has no time: it is" if endless == 1 else "have no time: they are"
    found = {
        "open": _summary(shown),
        "endless": f"{how_many(endless, 'more promise')} {said} judged by what happens next." if endless else "",
        "broken": how_many(shown.undebriefed, "broken promise to talk over", "broken promises to talk over"),
        "unsaid": how_many(
            shown.count("unknown"), "promise that nobody can vouch for", "promises that nobody can vouch for"
        ),
        "silent": how_many(
            shown.silent,
            "feed is silent; what rests on it is unknown.",
            "feeds are silent; what rests on them is unknown.",
        ),
        "muted": f"Nobody is told of {'; '.join(shown.muted)}." if shown.muted else "",
    }
    for sort, title in PARTS.items():
        count = shown.count(sort)
        found[f"title-{sort}"] = f"{title} · {count:,}" if count else title
        alone = "There is none now." if shown.view.part == sort else ""
        found[f"more-{sort}"] = "" if count else _NOBODY[sort] or alone
    if not shown.urgent and not shown.unheard and not shown.view.part:
        unsaid = shown.silent or shown.count("unknown")
        found["more-warned"] = CALM_BUT if unsaid else CALM_HERE if shown.view.narrowed else CALM
    return found


def hides(shown: Picture, sort: Sort) -> bool:
    """Say whether a part of the page has nothing to say: then its title would only stand in the way."""
    if shown.unheard or shown.view.part:
        return shown.unheard or shown.view.part != sort
    if shown.count(sort) or sort == "running":
        return False
    return sort != "warned" or bool(shown.count("overdue"))


def pager(shown: Picture, sort: Sort) -> Html:
    """Draw what leads to the rest of a part: with the whole page, to the part alone; else from page to page."""
    part, view = shown.parts.get(sort, Part()), shown.view
    if part.pages <= 1:
        return join()
    links: list[Child] = []
    if view.part != sort:
        words = f"All {part.count:,}, on {part.pages:,} pages"
        links.append(el("a", words, href=view.address(part=sort)))
    else:
        if view.page > 1:
            links.append(el("a", "Before", href=view.address(page=view.page - 1), rel="prev"))
        links.append(el("span", f"Page {view.page:,} of {part.pages:,}"))
        if view.page < part.pages:
            links.append(el("a", "Next", href=view.address(page=view.page + 1), rel="next"))
    return join(*links)


def _summary(shown: Picture) -> str:
    overdue = shown.count("overdue")
    running = sum(shown.count(sort) for sort in PARTS if sort not in ("overdue", "unknown"))
    found = f"{how_many(running + shown.endless, 'promise')} open."
    return f"{how_many(overdue, 'promise')} overdue, {found}" if overdue else found


def _first_steps(shown: Picture) -> Html:
    """Say what to do where nothing has come in yet."""
    return el(
        "section",
        el("h2", "No event has come yet"),
        el("p", "Kept judges what your systems report. Send the first event, with the time as it is now:"),
        el("pre", _EVENT, tabindex="0"),
        el("p", 'Where there is a token, add -H "Authorization: Bearer TOKEN". What cannot be read stands under ',
           el("a", "Feeds", href="/feeds"), "."),
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
    spans = (el("option", words, value=span) for span, words in SPANS.items())
    content = form(
        shell, "/acts/excuse", hidden("next", view.address()), hidden("site", view.site), acting_as(shell),
        field("What it has owed for the last", "span", control=el("select", spans, name="span")),
        excuse_fields(choices.roles), el("button", f"Excuse {view.site}"),
    )  # fmt: skip
    words = "What was broken in that time is excused too, as far as the standards let this role."
    return el("details", el("summary", f"Excuse all of {view.site}"), el("p", words, class_="quiet"), content,
              class_="excuse apart")  # fmt: skip


def _section(shell: Shell, shown: Picture, sort: Sort, words: Mapping[str, str]) -> Html:
    part = shown.parts.get(sort, Part())
    blocks = (block(it, block_id(sort, it), shell.now, acts=shell.acts) for it in part.blocks)
    link = el("a", words[f"title-{sort}"], href=shown.view.address(part=sort), id=f"title-{sort}")
    drawn = el("ol", blocks, id=f"list-{sort}", class_=f"rows {sort}")
    said = el("p", _UNSAID, el("a", "What is missing", href="/feeds"), class_="quiet") if sort == "unknown" else None
    more = el("p", words[f"more-{sort}"], id=f"more-{sort}", class_="quiet")
    pages = el("p", pager(shown, sort), id=f"pages-{sort}", class_="pages")
    return el("section", el("h2", link), said, drawn, more, pages, aria_labelledby=f"title-{sort}", id=f"part-{sort}",
              hidden=hides(shown, sort))  # fmt: skip
