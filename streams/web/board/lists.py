"""The pages of the board that are lists: the shift, debriefs, notices, feeds, what people did, and the handbook.

Read next: `board.py`, which serves them.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final, TypeVar

from msgspec.structs import replace

from alerts.routing.actions import PRAISE, SILENCED, UNLISTED, UNSILENCED
from standards.calendar.duration import HOUR
from standards.practice.practice import Whose
from streams.board import debriefs, devices, feeds, handbook, handover, notices, people, shift
from streams.board.feeds import Page, Standings
from streams.board.handover import Notes
from streams.board.notices import NotTold
from streams.board.offers import TOGETHER
from streams.board.paging import ASKED, Paged, page_from, page_of, paged, skipped
from streams.board.silences import Known, muted
from streams.board.view import NOWHERE, SEARCH_IS_OVER, View
from streams.names.erasing import BLOCKED_FOR
from streams.runtime.source_clocks import off_time
from streams.storage.rows import SuppressedFilter
from streams.web.actions import known_sites
from streams.web.api.reading import may_ask_for
from streams.web.board import seen_by
from streams.web.board.board_looks import SILENCES, Look
from streams.web.board.places import is_known, sites_offered, unknown_site
from streams.web.board.wanted import unsaid_since
from streams.web.guard import NAMES_PEOPLE, see_other
from streams.web.naming import known_in
from streams.web.operation import asked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aiohttp import web

    from alerts.routing.actions import Action
    from streams.board.shell import Shell
    from streams.runtime.feeds import FeedStanding
    from streams.storage.rows import Suppressed
    from streams.web.board.board import Board

T = TypeVar("T")
_PAGES: Final = ("page", "stuck", "suppressed")
"""The lists of Notices, each by what an address calls its page."""


class Lists:
    """Answers them, for the board that they are part of."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._host = board.host

    async def shift(self, request: web.Request) -> web.Response:
        """Show the shift; much that was not kept is grouped, unless one site and standard of it is looked at."""
        board, owed = self._board, self._host.read_model.owed
        shell, view, page = board.shell(request), View.of(request.query), page_of(request.query)
        sites = await sites_offered(self._host, ())
        if not await is_known(self._host, view.site, sites):
            return board.answer(request, unknown_site(shell, view.site, "/shift", sites), HTTPStatus.NOT_FOUND)
        site = "" if view.site == NOWHERE else view.site
        on = shift.on_shift(self._host.people, shell.now)
        since = on.since if on.since >= 0 else board.days(shell.zone)[-1]
        look = Look(self._host, View(site=view.site), "", acts=shell.acts)
        failed = await asked(
            owed.failed_since, since, site, ASKED, standard=view.standard, skipped=skipped(page)
        )  # fmt: skip
        shown = paged(seen_by.promises(shell, failed), page)
        many = not view.standard and (shown.more or page > 1)
        queries, thanks = self._host.read_model.shift, page_of(request.query, shift.THANKS)
        drawn = shift.Shift(
            since, on, await asked(owed.verdicts_since, since, site), shown, await asked(look.counts),
            await asked(look.count, "talk"), view.site, view.standard,
            await asked(owed.failed_groups, since, site) if many else (),
            went=await asked(queries.came_and_went, since, site),
            thanked=await asked(queries.thanks_count, since, site),
            thanks=paged(await asked(queries.thanks, since, site, ASKED, skipped(thanks)), thanks),
            notes=await self._notes(view, site, request.query),
        )  # fmt: skip
        return board.answer(request, shift.draw(shell, drawn))

    async def handbook(self, request: web.Request) -> web.Response:
        """Show what is promised, and what everybody may do; who takes part says that they did it."""
        host, practice, own = self._host, self._host.practice, seen_by.own_team(request)
        teams = practice.teams if practice else {}
        shell = seen_by.on_page_of(own if own in teams else "", request, self._board.shell(request))
        standards = list(host.rulebook.current.values())
        whose = Whose(own, teams[own].site) if not shell.acts and own in teams else Whose()
        owed: dict[str, handbook.Owed] = {}
        for name, each in practice.scenarios.items() if practice and shell.joins else ():
            if each.excuses:
                excusable = host.read_model.practice.excusable
                rows, count = await asked(excusable, each.excuses, shell.now, whose, handbook.OFFERED)
                owed[name] = seen_by.promises(shell, rows), count
        offered = tuple(teams) if shell.acts else (own,)
        return self._board.answer(request, handbook.draw(shell, standards, practice, owed, offered))

    async def debriefs(self, request: web.Request) -> web.Response:
        """Show what waits to be talked over, and what was."""
        board, queries = self._board, self._host.read_model.board
        shell, view = board.shell(request), board.live.view(request)
        if view is None:
            return see_other(SEARCH_IS_OVER)
        look = Look(self._host, view, shell.name, acts=shell.acts)
        waiting = await asked(look.to_talk_over, TOGETHER)
        page = page_of(request.query, "done")
        rows, count = await asked(queries.broken, ASKED, debriefed=True, skipped=skipped(page))
        over = paged(rows, page)
        acts = await asked(queries.actions_on, [row.id for row in over.rows])
        done = debriefs.Done(count, over, acts)
        return board.answer(request, debriefs.draw(shell, waiting, done, self._host.rulebook.standards))

    async def _notes(self, view: View, site: str, query: Mapping[str, str]) -> Notes:
        """Look up the notes from shift to shift: the last ones of each site, and all of them page by page."""
        queries, page = self._host.read_model.shift, page_of(query, handover.PAGE)
        current = await asked(queries.notes_in_force, site, handover.CURRENT)
        before = paged(await asked(queries.notes, site, ASKED, skipped(page)), page)
        given = view.queried | ({handover.PAGE: str(page)} if handover.PAGE in query else {})
        return Notes(current, before, current[0].id if current else "", view.site, given)

    async def notices(self, request: web.Request) -> web.Response:
        """Show what was told, what waits, and what was not told, as far as the address asks for it."""
        board, read_model = self._board, self._host.read_model
        shell, query = board.shell(request), request.query
        find = query.get("find", "")
        words = board.live.words_of(request, find) if find else query.get("to", "")
        if words is None:
            return see_other(SEARCH_IS_OVER)
        first, second, third = (page_of(query, name) for name in _PAGES)
        told = await asked(read_model.notices, "", ASKED, skipped=skipped(first))
        newest = paged(await seen_by.notices(self._host, shell, told), first)
        late = await asked(read_model.board.undelivered, ASKED, skipped(second))
        stuck = paged(await seen_by.notices(self._host, shell, late), second)
        named = {row.notice.promise for row in (*newest.rows, *stuck.rows)}
        owed = await asked(read_model.board.owed_of, named, self._host.rulebook.owed_since(self._host.wall()))
        wanted = await self.suppressed(request, {**query, "to": words})
        given = {name: str(page_of(query, name)) for name in _PAGES if name in query}
        given |= {"reason": wanted.reason, **({"find": find} if find else {"to": wanted.to})}
        shown = notices.Told(newest, stuck, await asked(read_model.board.fates), owed, given)
        rows = await asked(read_model.board.suppressed, wanted, 0, ASKED, skipped=skipped(third))
        not_told = await self._not_told(paged(await seen_by.suppressed(self._host, shell, rows), third), wanted)
        if words.strip() and not wanted.to:
            not_told = replace(not_told, refused=True)
        return board.answer(request, notices.draw(shell, shown, not_told))

    async def suppressed(self, request: web.Request, given: Mapping[str, str]) -> SuppressedFilter:
        """Read which of what was not sent is asked for; whoever reads names finds by them, and nobody else does."""
        reason, to = (given.get(name, "").strip()[:200] for name in ("reason", "to"))
        people = self._host.people
        to = to if may_ask_for(request, to, people) else ""
        to = await known_in(self._host, to) if request[NAMES_PEOPLE] else to
        return SuppressedFilter(to=people.known_as(to) if people else to, reason=reason)

    async def _not_told(self, rows: Paged[Suppressed], wanted: SuppressedFilter) -> NotTold:
        people = self._host.people
        if people is None:
            return NotTold(rows, wanted)
        silences = await self._actions(SILENCES, (SILENCED, UNSILENCED))
        policy = muted((), people, self._host.wall())
        sites = await known_sites(self._board.host)
        return NotTold(rows, wanted, silences, Known(sorted(self._host.rulebook.current), sites, policy))

    async def _actions(self, most: int, types: Sequence[str] = ()) -> list[Action]:
        return [act for _, act in await asked(self._host.read_model.board.actions, 0, most, types=types)]

    async def people(self, request: web.Request) -> web.Response:
        """Show what people did, and which phones ring."""
        shell, rings, page = self._board.shell(request), self._board.rings, page_of(request.query)
        query = {name: str(page_of(request.query, name)) for name in ("page", devices.PAGE) if name in request.query}
        ringing = page_of(request.query, devices.PAGE)
        phones = devices.draw(shell, page_from(rings.phones(request), ringing), query) if rings is not None else None
        unseen = UNLISTED if shell.acts else UNLISTED | PRAISE
        rows = await asked(self._host.read_model.board.actions, 0, ASKED, without=unseen, skipped=skipped(page))
        acts = paged(seen_by.acts(shell, (act for _, act in rows)), page)
        named, read_model = [act.promise for act in acts.rows], self._host.read_model
        found = {row.id: row for row in seen_by.promises(shell, await asked(read_model.owed.named, named))}
        granted = await asked(read_model.board.causes_of, named)
        vain = await asked(read_model.board.without_effect, acts.rows)
        return self._board.answer(request, people.draw(shell, people.Acts(acts, found, granted, vain), query, phones))

    async def feeds(self, request: web.Request) -> web.Response:
        """Show which feeds are silent, and what came in and could not be used."""
        host, shell, query = self._host, self._board.shell(request), request.query
        pages = {name: page_of(query, name) for name in feeds.PAGES}
        queries, clocks = host.read_model.board, await asked(host.read_model.board.sources, host.wall() - HOUR)
        refused = queries.refused
        waiting = await asked(refused, ASKED, dealt_with=False, skipped=skipped(pages["waiting"]))
        dealt = await asked(refused, ASKED, dealt_with=True, skipped=skipped(pages["dealt"]))
        marks = [it.mark for it in dealt[0]]
        unjudged = await asked(host.read_model.owed.unjudged, unsaid_since(host), ASKED, skipped(pages["unsaid"]))
        unused = feeds.Unused(
            _page(waiting, pages["waiting"]), _page(dealt, pages["dealt"]),
            _page(await asked(queries.unused, ASKED, skipped(pages["late"])), pages["late"]),
            {act.promise: act for act in await asked(queries.actions_on, marks)},
            page_from(off_time(clocks), pages["senders"]), _page(unjudged, pages["unsaid"]),
            await asked(host.names.naming_erased, host.wall() - BLOCKED_FOR) if host.names is not None else (),
            {name: str(page) for name, page in pages.items() if name in query},
        )  # fmt: skip
        return self._board.answer(request, feeds.draw(shell, unused, self._standings(shell, pages)))

    def _standings(self, shell: Shell, pages: Mapping[str, int]) -> Standings:
        """Divide the feeds into those that are silent, were never heard there, speak, and are out of hours."""
        rows: dict[str, list[FeedStanding]] = {"silent": [], "unheard": [], "speaking": [], "closed": []}
        for each in seen_by.feeds(self._host, shell, self._host.feeds()):
            if each.out_of_hours:
                rows["closed"].append(each)
            elif each.unheard_there:
                rows["unheard"].append(each)
            else:
                rows["silent" if each.dark(shell.now) else "speaking"].append(each)
        found = [Page(page_from(some, pages[name]), len(some)) for name, some in rows.items()]
        return Standings(*found)


def _page(found: tuple[Sequence[T], int], page: int) -> Page[T]:
    rows, count = found
    return Page(paged(rows, page), count)
