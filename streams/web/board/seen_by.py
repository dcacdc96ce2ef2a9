"""What of some rows somebody sees: who may act, and on a team's pages its own people, all of it; else nothing of whom.

Read next: `streams/web/api/showing.py`, which takes it out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from alerts.routing.actions import PRAISE
from streams.board.colleagues import colleagues_in, row_without_persons
from streams.runtime.feeds import without_persons
from streams.web.api.showing import act_without, notices_without, suppressed_without
from streams.web.guard import OWN_TEAM, ROLE, SESSION
from streams.web.operation import asked
from streams.web.session import may

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aiohttp import web

    from alerts.routing.actions import Action
    from streams.board.shell import Shell
    from streams.host import Host
    from streams.runtime.feeds import FeedStanding
    from streams.storage.promise_view import PromiseView
    from streams.storage.rows import NoticeRow, PromiseRow, Suppressed


def own_team(request: web.Request) -> str:
    """Give the team whose pages name people to whoever asks, though they do not act; nothing: there is none."""
    session = request.get(SESSION)
    return session.team if session is not None and may(request[ROLE], "frontliner") else ""


def on_page_of(team: str, request: web.Request, shell: Shell) -> Shell:
    """Give the shell for a page of a team, whose own people read names there, and take part."""
    if shell.joins or not team or own_team(request) != team:
        return shell
    request[OWN_TEAM] = True
    return replace(shell, joins=True)


def promises(shell: Shell, rows: Sequence[PromiseRow]) -> Sequence[PromiseRow]:
    """Give promises as they are seen.

    On a team's pages its own people read names; but what is owed for each of them alone is between two.
    """
    if shell.acts:
        return rows
    return [row_without_persons(row, shell.words) if colleagues_in(row) or not shell.joins else row for row in rows]


async def promise(host: Host, shell: Shell, view: PromiseView) -> PromiseView:
    """Give all about one promise as it is seen."""
    if shell.joins:
        return view
    row, told = row_without_persons(view.row, shell.words), await notices(host, shell, view.notices)
    return replace(view, row=row, notices=list(told))


async def notices(host: Host, shell: Shell, rows: Sequence[NoticeRow]) -> Sequence[NoticeRow]:
    """Give notices as they are seen."""
    if shell.joins:
        return rows
    told = [promise for row in rows for promise in row.notice.speaks_for]
    return notices_without(rows, shell.names, await asked(host.read_model.board.named_in, told), shell.words)


async def suppressed(host: Host, shell: Shell, rows: Sequence[Suppressed]) -> Sequence[Suppressed]:
    """Give notices that were not sent as they are seen."""
    if shell.joins:
        return rows
    named = await asked(host.read_model.board.named_in, [each.row.promise for each in rows])
    return suppressed_without(rows, named, shell.words)


def acts(shell: Shell, done: Iterable[Action]) -> list[Action]:
    """Give what people did as it is seen; what says who did something well, by those who may act alone."""
    return list(done) if shell.joins else [act_without(act) for act in done if act.type not in PRAISE]


def feeds(host: Host, shell: Shell, known: Iterable[FeedStanding]) -> list[FeedStanding]:
    """Give how feeds stand as it is seen."""
    return list(known) if shell.acts else without_persons(host.rulebook.feeds, known, shell.words)
