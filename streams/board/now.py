"""Now: what needs a hand, by the time left. One row for each promise that is open and has a clock.

A row is drawn from an `Item` alone, so two equal items need not be drawn twice: that is how changes are told.
Read next: `changes.py`, which tells what changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import msgspec

from alerts.routing.actions import ACKNOWLEDGED, DONE, EXCUSED
from streams.board.markup import Html, el, join
from streams.board.shell import Shell, hidden, page, promise_link, proof
from streams.board.wording import hour_and_minute, how_many, number, state_word, time_left

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import tzinfo

    from alerts.routing.actions import Action
    from standards.judge.standard import Standard
    from streams.storage.rows import Owing

Sort = Literal["warned", "running", "paused"]

MOST: Final = 200
"""How many rows of each sort are on the page; the others are counted."""
TITLES: Final[dict[Sort, str]] = {"warned": "Act now", "running": "On the clock", "paused": "Paused"}
_NOBODY: Final[dict[Sort, str]] = {
    "warned": "Nothing needs a hand right now.", "running": "No other promise is on the clock.", "paused": "",
}  # fmt: skip


class Item(msgspec.Struct, frozen=True):
    """One row: a promise that is open. `due` and `opened` are microseconds UTC; `note` says who has it.

    `takes`: one may still say that one has it; `does`: that it is done.
    """

    id: str
    sort: Sort
    due: int
    opened: int
    subject: str
    standard: str
    aspect: str = ""
    promise: str = ""
    what: str = ""
    how: str = ""
    state: str = ""
    note: str = ""
    taken: bool = False
    takes: bool = False
    does: bool = False


class May(msgspec.Struct, frozen=True):
    """What can be done from here: take promises on, and say of those of some revisions that they are `done`."""

    acknowledges: bool
    done: frozenset[str] = frozenset()


class Picture(msgspec.Struct, frozen=True):
    """All of the page: its rows, and how many there are of each sort, shown or not.

    `undebriefed` counts the broken promises that nobody has talked over.
    """

    items: Mapping[str, Item] = {}
    counts: Mapping[str, int] = {}
    undebriefed: int = 0


def picture(
    owing: Owing, acts: Iterable[Action], standards: Mapping[str, Standard], zone: tzinfo, *, may: May
) -> Picture:
    """Bring together what is owed, what people did about it, and the standards' words (by revision).

    `may` says what can be done from here.
    """
    notes: dict[str, dict[str, str]] = {}
    for act in acts:
        notes.setdefault(act.promise, {})[act.type] = _note(act, zone)
    items = {}
    for row in owing.rows:
        standard = standards.get(row.revision)
        mine = notes.get(row.id, {})
        taken = ACKNOWLEDGED in mine
        paused = row.state.startswith("paused")
        items[row.id] = Item(
            row.id, "paused" if paused else "warned" if row.state == "warned" else "running", row.due, row.opened,
            row.subject, row.standard, row.aspect, standard.promise if standard else "",
            standard.what if standard else "", standard.how if standard else "", state_word(row.state),
            " ".join(mine.values()), taken, may.acknowledges and not taken, row.revision in may.done,
        )  # fmt: skip
    counts = {"warned": owing.warned, "running": owing.running, "paused": owing.paused, "endless": owing.endless}
    return Picture(items, counts)


def _note(act: Action, zone: tzinfo) -> str:
    when = hour_and_minute(act.at, zone)
    if act.type == ACKNOWLEDGED:
        return f"{act.by} has it, since {when}."
    if act.type == DONE:
        return f"{act.by} says it is done, at {when}; it is being judged."
    if act.type == EXCUSED:
        return f"{act.by} asked for an exception at {when}; it is being judged."
    return f"{act.by} talked it over at {when}."


def draw(shell: Shell, shown: Picture, *, acknowledges: bool) -> str:
    """Draw the page. `acknowledges`: one may say here that one has it."""
    content = [_summary(shown)]
    if acknowledges and shell.acts:
        content.append(_taker(shell))
    for sort in TITLES:
        rows = [item for item in shown.items.values() if item.sort == sort]
        content.append(_section(shell, sort, rows, shown.counts.get(sort, 0), acts=shell.acts))
    content.append(el("p", endless(shown.counts), id="endless", class_="quiet apart"))
    return page(shell, "Now", "/", *content, every=0)


def row(item: Item, now: int, *, acts: bool) -> Html:
    """Draw one row."""
    about = el("p", promise_link(item.id, item.subject, item.standard), class_="where")
    todo = el("p", item.what, class_="what") if item.sort == "warned" else None
    note = el("p", item.note, class_="note") if item.note else None
    told = el("p", item.promise, class_="promise")
    how = el("p", item.how, class_="how") if item.sort == "warned" else None
    deeds = el("p", *_deeds(item), class_="deeds") if acts and item.sort == "warned" else None
    return el(
        "li", _left(item, now), el("div", todo, about, told, how, note, deeds, class_="about"),
        id=f"p-{item.id}", class_=f"{item.sort}{' taken' if item.taken else ''}",
        data_due=None if item.sort == "paused" else item.due // 1000, data_opened=item.opened // 1000,
        data_order=item.opened if item.sort == "paused" else item.due,
    )  # fmt: skip


def _deeds(item: Item) -> Iterator[Html]:
    if item.takes:
        said = f"I have it: {item.what} {item.subject}"
        yield el("button", "I have it", name="promise", value=item.id, form="take", aria_label=said)
    if item.does:
        said = f"It is done: {item.what} {item.subject}"
        yield el("button", "It is done", name="promise", value=item.id, form="take", formaction="/acts/done",
                 class_="plain", aria_label=said)  # fmt: skip
    said = f"Excuse {item.standard} for {item.subject}"
    yield el("a", "Excuse", href=f"/promises/{item.id}#excuse", class_="plain", aria_label=said)


def _left(item: Item, now: int) -> Html:
    if item.sort == "paused":
        return el("p", item.state, class_="left")
    spent = el("progress", max=1000, value=_spent(item, now), aria_hidden="true")
    return el("p", el("span", time_left(item.due, now), class_="count"), spent, class_="left")


def _spent(item: Item, now: int) -> int:
    whole = max(1, item.due - item.opened)
    return max(0, min(1000, (item.due - now) * 1000 // whole))


def heading(sort: Sort, count: int) -> str:
    """Say what a part of the page has."""
    return f"{TITLES[sort]} · {number(count)}" if count else TITLES[sort]


def endless(counts: Mapping[str, int]) -> str:
    """Say how many open promises have no deadline of their own, and therefore no row."""
    count = counts.get("endless", 0)
    said = "has no time: it is" if count == 1 else "have no time: they are"
    return f"{how_many(count, 'more promise')} {said} judged by what happens next." if count else ""


def beyond(sort: Sort, count: int, shown: int) -> str:
    """Say what is not on the page, or that nothing is there."""
    if count > shown:
        return f"and {number(count - shown)} more, with more time"
    return "" if count else _NOBODY[sort]


def to_talk_over(count: int) -> str:
    """Say how many broken promises nobody has talked over."""
    return f"{how_many(count, 'broken promise')} to talk over"


def _summary(shown: Picture) -> Html:
    count = shown.undebriefed
    broken = el("a", to_talk_over(count), href="/debriefs", id="broken", hidden=not count)
    words = f"{how_many(sum(shown.counts.values()), 'promise')} open."
    return el("p", el("span", words, id="open"), " ", broken, class_="summary")


def _taker(shell: Shell) -> Html:
    name = el("input", name="name", value=shell.name, required=True, maxlength=80, autocomplete="name")
    label = el("label", el("span", "Your name, for what you do here"), name, class_="field")
    return el("form", proof(shell), hidden("next", "/"), label,
              id="take", method="post", action="/acts/acknowledge", class_="taker")  # fmt: skip


def _section(shell: Shell, sort: Sort, rows: list[Item], count: int, *, acts: bool) -> Html:
    drawn = el("ol", (row(item, shell.now, acts=acts) for item in rows), id=f"list-{sort}", class_=f"rows {sort}")
    more = el("p", beyond(sort, count, len(rows)), id=f"more-{sort}", class_="quiet")
    title = el("h2", heading(sort, count), id=f"title-{sort}")
    return el("section", join(title, drawn, more), aria_labelledby=f"title-{sort}", id=f"part-{sort}",
              hidden=sort == "paused" and not count)  # fmt: skip
