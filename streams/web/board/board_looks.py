"""A look at what is owed: everything that Now shows, gathered from the host for one view.

Read next: `streams/board/now.py`, which draws it; `board_live.py`, which keeps it up to date.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

import msgspec

from alerts.routing.actions import ACKNOWLEDGED, SILENCED, UNSILENCED
from alerts.routing.place import called, called_site, called_there
from standards.judge.rulebook import subject_text
from standards.judge.standard import clauses
from standards.natural import natural, same
from streams.board.colleagues import colleagues_in
from streams.board.debriefs import Waiting, kind_of
from streams.board.having import Having, Noted, by_promise, noted, shares
from streams.board.items import ACTED_ON, URGENT, Group, Item
from streams.board.now import Part, Picture
from streams.board.offers import TOGETHER
from streams.board.paging import ASKED, paged, skipped
from streams.board.reasons import reasons
from streams.board.reportable import reports
from streams.board.silences import Muted, muted
from streams.board.view import NOWHERE, PARTS, View
from streams.board.wall import Scene
from streams.board.wall_unknown import ROWS
from streams.live.joined import Joined, stands_on
from streams.storage.readings import kinds
from streams.storage.rows import OwedFilter, OwedGroup
from streams.web.board.places import names_of, zones_of
from streams.web.board.wall_silence import REMEMBERED, numbers, silences
from streams.web.board.wanted import owed_filter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from streams.host import Host
    from streams.storage.readings import Reading
    from streams.storage.rows import PromiseRow, Sort

FEW: Final = 10
"""Up to how many promises that need a hand are shown as cards, and of each other sort; more are grouped."""
ALIKE: Final = 3
"""Up to how many of one standard and site are cards: more can be acted on at once."""
OFFERED: Final = 8
"""To how many people a promise can be handed on at one tap; its page has all of them."""
GROUPS: Final = 40
"""How many groups are on a page, of each sort."""
LINES: Final = 100
"""How many promises of groups are on a page, of each sort; each group shows some of its own."""
SILENCES: Final = 500
"""How many of the newest silences, laid or lifted, are looked at."""


class Look:
    """One look at what is owed, as somebody of a `name` sees a view, who `acts` or only looks on."""

    def __init__(self, host: Host, view: View, name: str, *, acts: bool) -> None:
        self._host, self._view = host, view
        self._queries = host.read_model.owed
        self._owed_since = host.rulebook.owed_since(host.wall())
        self.wanted = owed_filter(host, view, name, acts=acts)
        self._offered = persons(host)[:OFFERED]

    def picture(self) -> Picture:
        """Gather all of the page."""
        host, groups = self._host, self._grouped()
        counts = {sort: sum(group.count for group in found) for sort, found in groups.items()}
        alike = {sort: max((group.count for group in found), default=0) for sort, found in groups.items()}
        crowded = sum(counts[sort] for sort in URGENT) > FEW or any(alike[sort] > ALIKE for sort in URGENT)
        few = {sort: counts[sort] <= FEW and (sort not in ACTED_ON or alike[sort] <= ALIKE) for sort in PARTS}
        parts = {
            sort: self._part(sort, groups[sort], cards=not crowded if sort in URGENT else few[sort]) for sort in PARTS
        }
        undebriefed = self.count("talk")
        return Picture(
            self._view, parts, self._queries.endless(self.wanted), undebriefed, self._muted(),
            unheard=host.now_status().newest < 0 and not any(part.count for part in parts.values()),
            silent=sum(feed.dark(host.wall()) for feed in host.feeds()),
        )  # fmt: skip

    def cards(self, sort: Sort, rows: Sequence[PromiseRow]) -> tuple[Item, ...]:
        """Make items of some promises of a sort, the first due at the front."""
        return self._items(sort, rows, self._done([row.id for row in rows]))

    def scene(self, site: str, today: int, sites: Sequence[str]) -> Scene:
        """Gather what the wall of a site shows; `today` began at that instant, in microseconds UTC."""
        host, count = self._host, self.counts()
        rows = [(sort, self._rows(sort, self.wanted, LINES)) for sort in URGENT]
        done = self._done([row.id for _, found in rows for row in found])
        urgent = [item for sort, found in rows for item in self._items(sort, found, done)]
        readings, quiet = numbers(host, site)
        kept, broken = self._queries.judged_since(today, site)
        many = count["overdue"] + count["warned"] > ROWS
        return Scene(
            site, urgent, self._crowd() if many else (), count["unknown"], count["overdue"], count["warned"],
            count["running"],
            readings, kept, broken, sites, silences(host.rulebook.feeds, host.feeds(), site, host.wall()), quiet,
            host.now_status().newest < 0,
        )  # fmt: skip

    def _crowd(self) -> tuple[Group, ...]:
        """Give what needs a hand by standard and site, as far as the wall looks, the first deadlines first."""
        grouped = self._grouped()
        found = ((sort, sorted(grouped[sort], key=lambda each: each.due)[:GROUPS]) for sort in URGENT)
        return tuple(
            group for sort, groups in found for group in self._groups(sort, groups, LINES // max(1, len(groups)))
        )

    def counts(self) -> dict[Sort, int]:
        """Count what is owed by its sort."""
        return {sort: sum(group.count for group in found) for sort, found in self._grouped().items()}

    def to_talk_over(self, most: int) -> Waiting:
        """Gather what waits to be talked over: its groups or, of one standard and site, its promises page by page.

        At most so many others of the first one's kind are told of.
        """
        view, queries = self._view, self._queries
        found = sorted(
            queries.groups("talk", self._owed_since, self.wanted),
            key=lambda it: (-it.count, natural(it.site), it.standard),
        )
        newest = self._rows("talk", self.wanted, 1)
        first = newest[0] if newest else None
        if first is None:
            return Waiting(view, owed=self.count("overdue"))
        standard, site = kind_of(first)
        kind = msgspec.structs.replace(self.wanted, site=site, standard=standard)
        ids = queries.ids("talk", self._owed_since, kind, limit=most + 1)
        rows = paged(self._rows("talk", self.wanted, ASKED, skipped(view.page)), view.page) if view.alone else None
        count = sum(group.count for group in found)
        alike = tuple(each for each in ids if each != first.id)[:most]
        return Waiting(view, count, first, alike, found, rows, self.count("overdue"))

    def count(self, sort: Sort) -> int:
        """Count what there is of one sort, as far as the view goes."""
        return sum(group.count for group in self._queries.groups(sort, self._owed_since, self.wanted))

    def _grouped(self) -> dict[Sort, list[OwedGroup]]:
        return {sort: self._queries.groups(sort, self._owed_since, self.wanted) for sort in PARTS}

    def _muted(self) -> tuple[Muted, ...]:
        host = self._host
        if host.people is None:
            return ()
        acts = host.read_model.board.actions(0, SILENCES, types=(SILENCED, UNSILENCED))
        return muted([act for _, act in acts], host.people, host.wall())

    def _part(self, sort: Sort, groups: list[OwedGroup], *, cards: bool) -> Part:
        """Show a sort as cards, or grouped; nothing of it where another part is looked at alone."""
        count = sum(group.count for group in groups)
        if not count or self._view.part not in ("", sort):
            return Part(count)
        if cards:
            rows = self._rows(sort, self.wanted, FEW)
            return Part(count, self._items(sort, rows, self._done([row.id for row in rows])))
        if self._view.alone and len(groups) == 1:
            return self._whole(sort, groups[0])
        groups.sort(key=lambda group: (group.due, natural(group.site), group.standard))
        skipped = GROUPS * (self._view.page - 1) if self._view.part else 0
        shown = groups[skipped : skipped + GROUPS]
        lines = max(1, LINES // max(1, len(shown)))
        return Part(count, self._groups(sort, shown, lines), -(-len(groups) // GROUPS))

    def _whole(self, sort: Sort, group: OwedGroup) -> Part:
        """Show one group that the page is about, page by page."""
        skipped = LINES * (self._view.page - 1) if self._view.part else 0
        return Part(group.count, self._groups(sort, [group], LINES, skipped=skipped), -(-group.count // LINES))

    def _groups(self, sort: Sort, groups: Sequence[OwedGroup], limit: int, *, skipped: int = 0) -> tuple[Group, ...]:
        replace = msgspec.structs.replace
        narrowed = [replace(self.wanted, site=each.site, standard=each.standard) for each in groups]
        rows = [self._rows(sort, wanted, limit, skipped) for wanted in narrowed]
        held = [self._held(sort, wanted) for wanted in narrowed]
        done = self._done([*chain.from_iterable(held), *(row.id for each in rows for row in each)])
        drawn = zip(groups, rows, held, strict=True)
        return tuple(
            self._group(sort, each, self._items(sort, mine, done), ids, done) for each, mine, ids in drawn if mine
        )

    def _group(self, sort: Sort, group: OwedGroup, items: tuple[Item, ...], ids: tuple[str, ...], done: Done) -> Group:
        view = msgspec.structs.replace(
            self._view, site=group.site or NOWHERE, standard=group.standard, part=sort, page=1
        )
        had = {each: done.havings[each].holder for each in ids if done.taken(each)}
        return Group(
            group.site, group.standard, group.count, group.due, items, view, ids,
            tuple(each for each in ids if not done.taken(each)), had,
            shares(tuple(had), done.havings, group.count), self._view.alone,
            called_site(group.site, names_of(self._host)),
        )  # fmt: skip

    def _held(self, sort: Sort, wanted: OwedFilter) -> tuple[str, ...]:
        """Give whom the buttons of a group act on."""
        return self._queries.ids(sort, self._owed_since, wanted, limit=TOGETHER) if sort in ACTED_ON else ()

    def _rows(self, sort: Sort, wanted: OwedFilter, limit: int, skipped: int = 0) -> Sequence[PromiseRow]:
        return self._queries.rows(sort, self._owed_since, wanted, limit=limit, skipped=skipped)

    def _done(self, promises: Sequence[str]) -> Done:
        """Look up what people did about some promises."""
        queries = self._host.read_model.board
        acts = queries.actions_on(promises)
        notes: dict[str, dict[str, Noted]] = {}
        for act in acts:
            if (found := noted(act)) is not None:
                notes.setdefault(act.promise, {})[act.type] = found
        return Done(by_promise(acts, queries.holdings(promises)), notes)

    def _items(self, sort: Sort, rows: Sequence[PromiseRow], done: Done) -> tuple[Item, ...]:
        """Make items of rows; those of one deadline by their names."""
        numbers = self._numbers(rows) if sort in URGENT else {}
        items = (self._item(sort, row, done, numbers) for row in rows)
        return tuple(sorted(items, key=lambda item: (_order(item), natural(item.subject))))

    def _numbers(self, rows: Sequence[PromiseRow]) -> dict[str, Reading]:
        """Find what was counted last where some promises are, by their ids: of what its standard itself hears."""
        rulebook, found = self._host.rulebook, {}
        read = self._host.read_model.readings.of(map(_place, rows), self._host.wall() - REMEMBERED)
        last, counted = {(each.site, each.name, each.what): each for each in read}, kinds(rulebook.vocabulary)
        for row in rows:
            standard = rulebook.standards.get(row.revision)
            heard = chain.from_iterable(it.events for it in clauses(standard.shape).values()) if standard else ()
            keys = ((*_place(row), counted[event].what) for event in heard if event in counted)
            if key := next((key for key in keys if key in last), None):
                found[row.id] = last[key]
        return found

    def _item(self, sort: Sort, row: PromiseRow, done: Done, numbers: Mapping[str, Reading]) -> Item:
        rulebook = self._host.rulebook
        standard = rulebook.standards.get(row.revision)
        found, told = done.havings.get(row.id, Having()), reports(standard, rulebook.vocabulary, row.fields)
        site = row.fields.get("site")
        return Item(
            row.id, sort, row.due, row.opened, row.subject, row.standard, "" if site is None else str(site),
            standard.promise if standard else "", standard.what if standard else "", standard.how if standard else "",
            row.state, row.settled, Joined(row.joined, row.joined_at), stands_on(standard, rulebook.vocabulary),
            found, tuple(done.notes.get(row.id, {}).values()), ACKNOWLEDGED in rulebook.classes and found.can_be_taken,
            bool(told) and told[0].at_once, bool(told),
            standard.granting if standard else (), reasons(standard.exceptions if standard else ""),
            tuple(name for name in self._offered if not same(name, found.holder)),
            standard.translations if standard else {}, *self._names(row.subject, "" if site is None else str(site)),
            zones_of(self._host).get(str(site)), colleagues_in(row),
            numbers.get(row.id),
        )  # fmt: skip

    def _names(self, subject: str, site: str) -> tuple[str, str]:
        """Give what people call a subject, and it at its site; nothing where the policy has no name for it."""
        names = names_of(self._host)
        whole = called(subject, names)
        return ("", "") if whole == subject else (whole, called_there(subject, site, names))


class Done(msgspec.Struct, frozen=True):
    """What people did about some promises, by their ids: who has each, and what else is said of it."""

    havings: Mapping[str, Having]
    notes: Mapping[str, Mapping[str, Noted]]

    def taken(self, promise: str) -> bool:
        """Say whether somebody has a promise."""
        return promise in self.havings and self.havings[promise].taken


def persons(host: Host) -> tuple[str, ...]:
    """Name those to whom a promise can be handed on: the people of the policy, without the rooms of teams."""
    people = host.people
    return () if people is None else tuple(sorted(set(people.people) - set(people.teams), key=natural))


def _place(row: PromiseRow) -> tuple[str, str]:
    """Give where a promise is as readings have it: the site, and the rest of its subject."""
    site = str(row.fields.get("site") or "")
    return site, row.subject.removeprefix(f"{subject_text((site,))}/")


def _order(item: Item) -> tuple[bool, int]:
    """Say where an item comes: the one with the least time left first; of paused ones, those that had warned."""
    if item.sort == "unknown":
        return (False, -item.due)
    return (item.state == "paused", item.opened) if item.sort == "paused" else (False, item.due)
