"""The wall: what a team sees from five metres. No forms and no menus: what is owed, who waits where, how today goes.

Read next: `now.py`, for whoever has it in the hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import msgspec

from standards.natural import natural
from streams.board.blocks import Item
from streams.board.markup import Html, el
from streams.board.shell import Shell, bare_page
from streams.board.wording import how_many, percent, time_left, time_over

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.storage.readings import Reading

ROWS: Final = 4
"""How many promises that need a hand are named."""
TILES: Final = 9
"""How many numbers are shown."""


class Scene(msgspec.Struct, frozen=True):
    """What the wall of a site shows; without a site, that of all.

    `urgent` are promises that need a hand, the first of them first, of so many `overdue` and `warned`; `running` are on
    the clock.
    `kept` and `broken` count today's verdicts.
    """

    site: str = ""
    urgent: Sequence[Item] = ()
    overdue: int = 0
    warned: int = 0
    running: int = 0
    readings: Sequence[Reading] = ()
    kept: int = 0
    broken: int = 0
    sites: Sequence[str] = ()


def draw(shell: Shell, scene: Scene) -> str:
    """Draw the page."""
    place = scene.site or "All sites"
    head = el("div", el("h1", place), _today(scene), el("p", shell.clock(shell.now), id="clock"), class_="wall-head")
    others = (el("a", site, href=f"/wall?{urlencode({'site': site})}") for site in scene.sites if site != scene.site)
    links = el("p", el("a", "The board", href="/"), " ", others, class_="wall-links")
    body = el("div", _owed(shell, scene), _numbers(scene), class_="wall")
    return bare_page(shell, f"{place}: wall", head, body, links, urgent=scene.overdue + scene.warned)


def _owed(shell: Shell, scene: Scene) -> Html:
    """Say what needs a hand; and where nothing does, that."""
    title = el("h2", _counts(scene), class_="overdue" if scene.overdue else "warned" if scene.warned else "calm")
    rows = (_row(item, shell.now, item.name if scene.site else item.subject) for item in scene.urgent[:ROWS])
    more = scene.overdue + scene.warned - len(scene.urgent[:ROWS])
    rest = f"and {more:,} more" if more > 0 else f"{scene.running:,} on the clock" if scene.running else ""
    return el("section", title, el("ol", rows, class_="wall-rows"), el("p", rest, class_="wall-more"))


def _counts(scene: Scene) -> str:
    parts = [
        f"{scene.overdue:,} overdue" if scene.overdue else "",
        f"{scene.warned:,} to act on" if scene.warned else "",
    ]
    return ", ".join(filter(None, parts)) or "Nothing needs a hand"


def _row(item: Item, now: int, name: str) -> Html:
    time = time_over(item.due, now) if item.sort == "overdue" else time_left(item.due, now)
    return el(
        "li",
        el("span", time, class_="count"),
        el("b", name or item.standard),
        el("span", item.note or item.what or item.promise, class_="wall-what"),
        class_=f"{item.sort}{' taken' if item.taken else ''}", data_due=item.due // 1000,
    )  # fmt: skip


def _numbers(scene: Scene) -> Html | None:
    """Show who waits where, as it was reported last; in the colour of what is owed there."""
    if not scene.readings:
        return None
    urgent = {item.subject: item.sort for item in reversed(scene.urgent)}
    ordered = sorted(scene.readings, key=lambda each: (natural(each.site), natural(each.name)))
    tiles = (_tile(each, urgent.get(f"{each.site}/{each.name}", ""), named=not scene.site) for each in ordered[:TILES])
    more = len(ordered) - TILES
    return el("section", el("h2", ordered[0].what.replace("_", " ").capitalize()), el("ul", tiles, class_="tiles"),
              el("p", f"and {how_many(more, 'line')} more", class_="wall-more") if more > 0 else None)  # fmt: skip


def _tile(reading: Reading, sort: str, *, named: bool) -> Html:
    name = f"{reading.site} {reading.name}" if named else reading.name
    return el("li", el("span", name), el("b", f"{reading.value:g}"), class_=sort or None)


def _today(scene: Scene) -> Html:
    judged = scene.kept + scene.broken
    if not judged:
        return el("p", "Nothing judged yet today", class_="wall-kept")
    return el("p", el("b", percent(scene.kept / judged)), f" kept of {judged:,} today", class_="wall-kept")
