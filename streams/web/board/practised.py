"""The pages of a team's practice, looked up: Today, Thanks and Voices.

Read next: `practising.py`, which takes their forms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from alerts.routing.actions import PROPOSED, REWARDED, THANKED
from alerts.routing.afterwards import is_afterwards
from standards.calendar.duration import DAY
from standards.practice.periods import begun
from standards.practice.practice import Whose
from streams.board import thanks, today, voices
from streams.board.paging import ASKED, first, page_of, paged, skipped
from streams.board.rewards import MOMENT
from streams.board.team_bar import Team, team_of
from streams.board.thanks import Votes
from streams.board.today import GoalStanding
from streams.board.view import View
from streams.board.voices import Month, Voices
from streams.storage.rows import OwedFilter
from streams.web.board import seen_by
from streams.web.board.board_looks import Look, persons
from streams.web.board.places import sites_offered
from streams.web.operation import asked

if TYPE_CHECKING:
    from aiohttp import web

    from standards.practice.practice import Goal
    from streams.board.paging import Paged
    from streams.board.shell import Shell
    from streams.storage.practice_queries import Excused
    from streams.web.board.board import Board

MONTH: Final = 28 * DAY
"""For how long back what was kept, shared and given is looked at."""
WEEK: Final = 7 * DAY
EXCUSED: Final = 200
"""How many promises that scenarios excused in a week are looked at, the newest ones."""
QUARTER: Final = 92 * DAY
"""For how long back a reward stands on a team's own list."""
MOMENTS: Final = 100
"""How many moments that nobody has thanked for are on a page, the oldest first."""
MONTHS: Final = 3
"""How many months that were counted Voices shows."""
OFFERED: Final = 30
"""How many kept promises, and moments, are offered to be rewarded."""


class Practised:
    """Answers them, for the board that they are part of."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._host = board.host

    async def team(self, request: web.Request) -> tuple[Shell, Team, Whose]:
        """Read which team is looked at, as whom, and what is theirs."""
        own, sites = seen_by.own_team(request), await sites_offered(self._host, ())
        found = team_of(self._host.practice, request.query, sites, own)
        shell = seen_by.on_page_of(found.name, request, self._board.shell(request))
        return shell.about(found.site), found, Whose(found.name, found.site)

    async def today(self, request: web.Request) -> web.Response:
        """Show what a team still owes, its goals, from deadline to done, and what its lead has promised."""
        shell, team, whose = await self.team(request)
        host, queries, current = self._host, self._host.read_model, self._host.rulebook.current
        midnight, now = begun("day", shell.now, shell.zone), shell.now
        owed_since = host.rulebook.owed_since(host.wall())
        wanted = OwedFilter(whose=whose)
        late = await asked(queries.owed.rows, "overdue", owed_since, wanted, limit=today.SHOWN)
        count = sum(each.count for each in await asked(queries.owed.groups, "overdue", owed_since, wanted))
        look = Look(host, View(), shell.name, acts=shell.acts)
        led = [
            each.id for each in current.values()
            if each.aspect == "follow-through" and (not team.lead or each.owner == team.lead)
        ]  # fmt: skip
        own = first(await asked(queries.practice.open, led, whose, today.SHOWN + 1), today.SHOWN)
        handled = first(await asked(queries.practice.handled, midnight, now, whose, today.SHOWN + 1), today.SHOWN)
        seen = seen_by.promises(shell, [each.row for each in handled.rows])
        steps = [each.of(row, owed=self._board.is_owed(row)) for each, row in zip(handled.rows, seen, strict=True)]
        drawn = today.Today(
            team, current, count, await asked(look.cards, "overdue", late),
            [await self._standing(shell, goal, whose) for goal in self._goals(team)],
            replace(handled, rows=steps), sorted(led), replace(own, rows=seen_by.promises(shell, own.rows)),
            await asked(queries.practice.owing, led, whose),
            await asked(queries.practice.counts, led, now - MONTH, whose),
            await self._excused(shell, whose), host.practice.scenarios if host.practice is not None else {},
            self._board.live.came,
        )  # fmt: skip
        return self._board.answer(request, today.draw(shell, drawn))

    async def _excused(self, shell: Shell, whose: Whose) -> Paged[Excused]:
        """Look up what was excused afterwards in the last seven days."""
        practice = self._host.practice
        scenarios = practice.scenarios if practice is not None else {}
        found = await asked(self._host.read_model.practice.excused, shell.now - WEEK, whose, EXCUSED)
        late = [it for it in found if is_afterwards(it.failed, it.act.at, scenarios.get(it.scenario))]
        seen = seen_by.promises(shell, [each.row for each in late])
        return first([replace(each, row=row) for each, row in zip(late, seen, strict=True)], today.SHOWN)

    async def thanks(self, request: web.Request) -> web.Response:
        """Show moments and thanks, what was rewarded and what can be, and what the team wishes for."""
        shell, team, whose = await self.team(request)
        host, queries, since = self._host, self._host.read_model.practice, shell.now - MONTH
        number = page_of(request.query)
        moments, waiting = await asked(queries.unthanked, since, whose, MOMENTS)
        said = paged(await asked(queries.acts, THANKED, whose, since, ASKED, skipped(number)), number)
        given = first(await asked(queries.acts, REWARDED, whose, since, today.SHOWN + 1), today.SHOWN)
        promises = [act.promise for act in (*given.rows, *said.rows) if act.promise]
        about = {str(act.data.get(MOMENT) or "") for act in (*given.rows, *said.rows)}
        current, practice = host.rulebook.current, host.practice
        told = {each.id: each.in_language(shell.words.language).promise or each.id for each in current.values()}
        rewards = practice.rewards if practice else {}
        fit = {name for reward in rewards.values() for name in reward.standards}
        drawn = thanks.Thanks(
            team, await self._votes(whose), rewards,
            moments, waiting, said, given,
            {row.id: row for row in seen_by.promises(shell, await asked(host.read_model.owed.named, promises))},
            first(await asked(queries.earned, fit & told.keys(), since, whose, OFFERED + 1), OFFERED),
            first(await asked(queries.unrewarded, since, whose, OFFERED + 1), OFFERED), told,
            first(await asked(queries.acts, PROPOSED, whose, shell.now - QUARTER, today.SHOWN + 1), today.SHOWN),
            persons(host),
            {name: form for name, form in practice.forms.items() if form.kind == "review"} if practice else {},
            self._board.own_pages_to(), await asked(queries.told_of, about, whose, since - MONTH),
        )  # fmt: skip
        return self._board.answer(request, thanks.draw(shell, drawn))

    async def _votes(self, whose: Whose) -> Votes:
        """Look up the votes of the last quarter that was counted."""
        cells = self._host.read_model.cells
        counted, uncounted = await asked(cells.closed, "quarter", 1), await asked(cells.waiting, "quarter")
        if not counted:
            return Votes(uncounted=uncounted)
        return Votes(counted[0], await asked(cells.votes, counted[0], whose), uncounted)

    async def voices(self, request: web.Request) -> web.Response:
        """Show what customers complained of, and how they scored us, in the last months that were counted."""
        shell, team, whose = await self.team(request)
        cells = self._host.read_model.cells
        months = [
            Month(span, await asked(cells.topics, span, whose), await asked(cells.scores, span, whose))
            for span in await asked(cells.closed, "month", MONTHS)
        ]
        team = replace(team, sites=()) if team.name else team  # a team is counted as a whole, wherever it works
        return self._board.answer(
            request, voices.draw(shell, Voices(team, months, await asked(cells.waiting, "month")))
        )

    def _goals(self, team: Team) -> list[Goal]:
        practice = self._host.practice
        return [goal for goal in practice.goals.values() if goal.team == team.name] if practice else []

    async def _standing(self, shell: Shell, goal: Goal, whose: Whose) -> GoalStanding:
        names, since = (goal.standard, *goal.beside), begun(goal.over, shell.now, shell.zone)
        return GoalStanding(goal, await asked(self._host.read_model.practice.counts, names, since, whose))
