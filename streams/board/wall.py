"""The wall: what a team sees from five metres. No forms and no menus: what is owed, who waits where, how today goes.

Read next: `wall_unknown.py`, what it does not know; `now.py`, for whoever has it in the hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import msgspec

from alerts.routing.place import called_there
from alerts.words.words import several
from standards.judge.rulebook import subject_text
from standards.judge.subjects import subject_parts
from standards.natural import natural
from streams.board.having import shares_words
from streams.board.items import URGENT
from streams.board.markup import Html, el, sentence
from streams.board.shell import Shell, bare_page
from streams.board.wall_unknown import ROWS, Quiet, Silence, unknown
from streams.board.wording import FIELDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.board.items import Group, Item
    from streams.storage.readings import Reading

NAMED: Final = 3
"""How many of the places for which there is no room are named."""
LONG: Final = 8
LONGER: Final = 11
"""From how many letters in one word on a name is written in smaller type, and in the smallest."""
TILES: Final = 9
"""How many numbers are shown."""


class Scene(msgspec.Struct, frozen=True):
    """What the wall of a site shows; without a site, that of all.

    `urgent` are promises that need a hand, the first of them first, of so many `overdue` and `warned`; `groups` has
    them by standard and site, where they are many. Of `unknown` ones nobody can say how they went; `running` are on the
    clock. `kept` and `broken` count today's verdicts. `silent` and `quiet` are what is not known; `unheard`: no event
    has ever come.
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
    silent: Sequence[Silence] = ()
    quiet: Quiet = Quiet()
    unheard: bool = False

    @property
    def doubtful(self) -> bool:
        """Say whether more may need a hand than is known."""
        return bool(self.unheard or self.silent or self.quiet.since or self.quiet.never)


def draw(shell: Shell, scene: Scene) -> str:
    """Draw the page."""
    say, scene = shell.words.say, _told(shell, scene)
    place = shell.called_site(scene.site) or say("All sites")
    head = el(
        "div", el("h1", place), _today(shell, scene), el("p", shell.clock(shell.now), id="clock"), class_="wall-head"
    )
    others = (
        el("a", shell.called_site(site), href=f"/wall?{urlencode({'site': site})}")
        for site in scene.sites
        if site != scene.site
    )
    links = el("p", el("a", say("The board"), href="/"), " ", others, class_="wall-links")
    body = el(
        "div",
        _owed(shell, scene),
        el("div", _numbers(shell, scene), unknown(shell, scene.site, scene.silent, scene.quiet, unheard=scene.unheard)),
        class_="wall",
    )
    return bare_page(shell, say("{place}: wall", place=place), head, body, links, urgent=scene.overdue + scene.warned)


def _told(shell: Shell, scene: Scene) -> Scene:
    """Give it as it is told to who looks at it."""
    urgent = [each.told(shell, acts=shell.acts) for each in scene.urgent]
    groups = [each.told(shell, acts=shell.acts) for each in scene.groups]
    return msgspec.structs.replace(scene, urgent=urgent, groups=groups)


def _owed(shell: Shell, scene: Scene) -> Html:
    """Say what needs a hand; and where nothing does, that."""
    words = shell.words
    calm = "doubtful" if scene.doubtful else "calm"
    title = el("h2", _counts(shell, scene), class_="overdue" if scene.overdue else "warned" if scene.warned else calm)
    running = words.how_many(scene.running, "{count} on the clock", "{count} on the clock") if scene.running else ""
    if not scene.groups:
        named = [
            (item, item.name(words) if scene.site else item.called or item.subject) for item in scene.urgent[:ROWS]
        ]
        rows = [_row(shell, item, name) for item, name in named]
        return el("section", title, el("ol", rows, class_="wall-rows"), el("p", running, class_="wall-more"))
    places = _places(shell, scene)
    rows = [_place(shell, each) for each in places[:ROWS]]
    rest = "; ".join(filter(None, (_others(shell, places[ROWS:]), running)))
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


def _places(shell: Shell, scene: Scene) -> list[Place]:
    """Bring groups of one place together: what nobody has comes first, then what is overdue longest."""
    together: dict[str, list[Group]] = {}
    for group in scene.groups:
        together.setdefault(group.standard if scene.site else group.site, []).append(group)
    found = [_together(shell, name, groups, named=bool(scene.site)) for name, groups in together.items()]
    return sorted(found, key=lambda each: (each.taken, not each.overdue, each.due, natural(each.name)))


def _together(shell: Shell, name: str, groups: Sequence[Group], *, named: bool) -> Place:
    counts = {sort: sum(group.count for group in groups if group.items[0].sort == sort) for sort in URGENT}
    worst = min(groups, key=lambda group: (group.items[0].sort != "overdue", group.due))
    first = worst.items[0]
    shares = " ".join(filter(None, (shares_words(group.shares, shell.in_zone(group.zone)) for group in groups)))
    words = shell.words
    place = _all_of(worst, groups).names(words) if named else shell.called_site(name) or words.say("no site")
    return Place(
        place, worst.due, counts["overdue"], counts["warned"], first.what or first.promise, shares,
        all(group.taken for group in groups),
    )  # fmt: skip


def _all_of(worst: Group, groups: Sequence[Group]) -> Group:
    """Make one group of those of a standard, the worst one's promises first."""
    others = [group for group in groups if group is not worst]
    items = (*worst.items, *(item for group in others for item in group.items))
    return msgspec.structs.replace(worst, items=items, count=sum(group.count for group in groups))


def _place(shell: Shell, place: Place) -> Html:
    sort = "overdue" if place.overdue else "warned"
    time = shell.time_over(place.due) if place.overdue else shell.time_left(place.due)
    count = place.overdue + place.warned
    return el(
        "li",
        el("span", time, class_="count"),
        el("b", place.name, " ", el("span", f"×{shell.number(count)}", class_="wall-count")),
        el("span", " ".join(filter(None, (place.what, place.shares))), class_="wall-what"),
        class_=f"{sort}{' taken' if place.taken else ''}", data_due=place.due // 1000,
    )  # fmt: skip


def _others(shell: Shell, places: Sequence[Place]) -> str:
    """Name the places for which there is no room, or count them."""
    if not places:
        return ""
    count = sum(place.overdue + place.warned for place in places)
    how_many, names = shell.words.how_many, ", ".join(place.name for place in places[:NAMED])
    if len(places) <= NAMED:
        return how_many(count, "and {count} more: {names}", "and {count} more: {names}", names=names)
    return how_many(
        len(places) - NAMED,
        "and {more} more, at {names} and {count} other place",
        "and {more} more, at {names} and {count} other places",
        more=shell.number(count), names=names,
    )  # fmt: skip


def _counts(shell: Shell, scene: Scene) -> str:
    counted = (
        (scene.overdue, several("{count} overdue", "{count} overdue")),
        (scene.warned, several("{count} to act on", "{count} to act on")),
        (scene.unknown, several("{count} nobody can vouch for", "{count} nobody can vouch for")),
    )
    parts = [shell.words.how_many(count, *both) for count, both in counted if count]
    if parts:
        return ", ".join(parts)
    if scene.unheard:
        return shell.words.say("No event has come yet")
    if scene.doubtful:
        return shell.words.say("Nothing needs a hand, as far as is known")
    return shell.words.say("Nothing needs a hand")


def _row(shell: Shell, item: Item, name: str) -> Html:
    shell = shell.in_zone(item.zone)
    time = shell.time_over(item.due) if item.sort == "overdue" else shell.time_left(item.due)
    return el(
        "li",
        el("span", time, class_="count"),
        el("b", name or item.standard),
        el("span", item.note(shell) or item.what or item.promise, class_="wall-what"),
        class_=f"{item.sort}{' taken' if item.taken else ''}", data_due=item.due // 1000,
    )  # fmt: skip


def _numbers(shell: Shell, scene: Scene) -> Html | None:
    """Show who waits where, as it was reported last; in the colour of what is owed there."""
    if not scene.readings:
        return None
    owed = [*scene.urgent, *(item for group in scene.groups for item in group.items)]
    urgent = {item.subject: item.sort for item in reversed(owed)}
    places = {_whole(each): each for each in scene.readings}
    first = sorted(places, key=lambda place: (place not in urgent, natural(place)))[:TILES]
    tiles = (
        _tile(shell, places[place], urgent.get(place, ""), named=not scene.site) for place in sorted(first, key=natural)
    )
    left = len(places) - TILES
    more = shell.words.how_many(left, "and {count} more", "and {count} more")
    return el("section", el("h2", _measured(shell, scene.readings[0].what)), el("ul", tiles, class_="tiles"),
              el("p", more, class_="wall-more") if left > 0 else None)  # fmt: skip


def _measured(shell: Shell, name: str) -> str:
    """Say what the numbers count: a field of Kept's own in the reader's words, another one by its name."""
    return shell.words.say(FIELDS[name]).capitalize() if name in FIELDS else name.replace("_", " ").capitalize()


def _whole(reading: Reading) -> str:
    """Give the subject that a number is about."""
    return f"{subject_text((reading.site,))}/{reading.name}"


def _tile(shell: Shell, reading: Reading, sort: str, *, named: bool) -> Html:
    whole = _whole(reading)
    name, parts = shell.called(whole), subject_parts(whole)
    name = " ".join(parts) if name == "/".join(parts) else name
    name = name if named else called_there(whole, reading.site, shell.names)
    longest = max(map(len, name.split()), default=0)
    size = "longer" if longest > LONGER else "long" if longest > LONG else None
    return el("li", el("span", name, class_=size), el("b", shell.words.number(reading.value)), class_=sort or None)


def _today(shell: Shell, scene: Scene) -> Html:
    judged = scene.kept + scene.broken
    if not judged:
        return el("p", shell.words.say("Nothing judged yet today"), class_="wall-kept")
    share = el("b", shell.percent(scene.kept / judged))
    said = sentence(shell.words, "{share} kept of {count} today", share=share, count=shell.number(judged))
    return el("p", said, class_="wall-kept")
