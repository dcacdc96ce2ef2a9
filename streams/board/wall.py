"""The wall: what a team sees from five metres. No forms and no menus: what is owed, who waits where, how today goes.

Read next: `now.py`, for whoever has it in the hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import msgspec

from standards.natural import natural
from streams.board.blocks import URGENT
from streams.board.markup import Html, el
from streams.board.shell import Shell, bare_page
from streams.board.wording import how_many, percent, time_left, time_over

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.board.blocks import Group, Item
    from streams.storage.readings import Reading

ROWS: Final = 4
"""How many promises that need a hand are named."""
NAMED: Final = 3
"""How many of the places for which there is no room are named."""
TILES: Final = 9
"""How many numbers are shown."""


class Scene(msgspec.Struct, frozen=True):
    """What the wall of a site shows; without a site, that of all.

    `urgent` are promises that need a hand, the first of them first, of so many `overdue` and `warned`; `groups` has
    them by standard and site, where they are many. Of `unknown` ones nobody can say how they went; `running` are on the
    clock. `kept` and `broken` count today's verdicts.
    """

    site: str = ""
    urgent: Sequence[Item] = ()
    groups: Sequence[Group] = ()
    unknown: int = 0
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
    running = f"{scene.running:,} on the clock" if scene.running else ""
    if not scene.groups:
        rows = [_row(item, shell.now, item.name if scene.site else item.subject) for item in scene.urgent[:ROWS]]
        return el("section", title, el("ol", rows, class_="wall-rows"), el("p", running, class_="wall-more"))
    places = _places(scene)
    rows = [_place(each, shell.now) for each in places[:ROWS]]
    rest = "; ".join(filter(None, (_others(places[ROWS:]), running)))
    return el("section", title, el("ol", rows, class_="wall-rows"), el("p", rest, class_="wall-more"))


class Place(msgspec.Struct, frozen=True):
    """What needs a hand at one site or, on the wall of a site, of one standard there; `due` is when the first was."""

    name: str
    due: int
    overdue: int
    warned: int
    what: str
    shares: str
    taken: bool


def _places(scene: Scene) -> list[Place]:
    """Bring groups of one place together: what nobody has comes first, then what is overdue longest."""
    together: dict[str, list[Group]] = {}
    for group in scene.groups:
        together.setdefault(group.standard if scene.site else group.site, []).append(group)
    found = [_together(name, groups, named=bool(scene.site)) for name, groups in together.items()]
    return sorted(found, key=lambda each: (each.taken, not each.overdue, each.due, natural(each.name)))


def _together(name: str, groups: Sequence[Group], *, named: bool) -> Place:
    counts = {sort: sum(group.count for group in groups if group.items[0].sort == sort) for sort in URGENT}
    worst = min(groups, key=lambda group: (group.items[0].sort != "overdue", group.due))
    first = worst.items[0]
    shares = " ".join(filter(None, (group.shares for group in groups)))
    place = groups[0].names if named and len(groups) == 1 else name or "no site"
    return Place(
        place, worst.due, counts["overdue"], counts["warned"], first.what or first.promise, shares,
        all(group.taken for group in groups),
    )  # fmt: skip


def _place(place: Place, now: int) -> Html:
    sort = "overdue" if place.overdue else "warned"
    time = time_over(place.due, now) if place.overdue else time_left(place.due, now)
    count = place.overdue + place.warned
    return el(
        "li",
        el("span", time, class_="count"),
        el("b", place.name, " ", el("span", f"×{count:,}", class_="wall-count")),
        el("span", " ".join(filter(None, (place.what, place.shares))), class_="wall-what"),
        class_=f"{sort}{' taken' if place.taken else ''}", data_due=place.due // 1000,
    )  # fmt: skip


def _others(places: Sequence[Place]) -> str:
    """Name the places for which there is no room, or count them."""
    if not places:
        return ""
    count = sum(place.overdue + place.warned for place in places)
    names = ", ".join(place.name for place in places[:NAMED])
    if len(places) <= NAMED:
        return f"and {count:,} more: {names}"
    return f"and {count:,} more, at {names} and {len(places) - NAMED:,} other places"


def _counts(scene: Scene) -> str:
    parts = [
        f"{scene.overdue:,} overdue" if scene.overdue else "",
        f"{scene.warned:,} to act on" if scene.warned else "",
        f"{scene.unknown:,} nobody can vouch for" if scene.unknown else "",
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
