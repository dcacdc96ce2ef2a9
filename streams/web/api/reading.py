"""Reading: what can be looked up over HTTP: promises, standards, scores, and what could not be used.

Read next: `grants.py`, the only thing beside events that changes anything.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from standards.judge.events import microseconds
from standards.judge.score import Score
from streams.storage.rows import PromiseFilter, UntoldFilter
from streams.web.api import act_views, showing, views
from streams.web.forms import ActsQuery, NoQuery, NoticesQuery, PromiseQuery, RowsQuery, ScoreQuery, UntoldQuery
from streams.web.operation import Operation, asked, json_answer, read_query
from streams.web.problem import Problem, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aiohttp import web

    from streams.host import Host

_OK = HTTPStatus.OK
_NOT_FOUND = HTTPStatus.NOT_FOUND


class Reading:
    """Answers what can be looked up."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def operations(self) -> list[Operation]:
        """Say what can be looked up."""
        return [
            Operation("GET", "/v1/promises", "List promises, newest first.", self.promises,
                      {_OK: views.PromisePage}, query=PromiseQuery),
            Operation("GET", "/v1/promises/{id}", "Tell everything about one promise.", self.promise,
                      {_OK: views.PromiseDetail}, (_NOT_FOUND,)),
            Operation("GET", "/v1/standards", "List the standards in force.", self.standards,
                      {_OK: views.StandardList}),
            Operation("GET", "/v1/score", "Say how each standard did.", self.score,
                      {_OK: views.ScoreList}, (_NOT_FOUND,), ScoreQuery),
            Operation("GET", "/v1/notices", "List notices, newest first.", self.notices,
                      {_OK: views.NoticePage}, query=NoticesQuery),
            Operation("GET", "/v1/withheld", "List notices that were not sent, newest first, with the reason of each.",
                      self.suppressed, {_OK: act_views.UntoldPage}, query=UntoldQuery),
            Operation("GET", "/v1/acts", "List what people did, newest first.", self.acts,
                      {_OK: act_views.ActPage}, query=ActsQuery),
            Operation("GET", "/v1/dead-letters", "List the events that were refused, oldest first.",
                      self.dead_letters, {_OK: views.DeadLetterPage}, query=RowsQuery),
            Operation("GET", "/v1/late", "List the events that changed nothing, oldest first.", self.late,
                      {_OK: views.LatePage}, query=RowsQuery),
        ]  # fmt: skip

    async def promises(self, request: web.Request) -> web.Response:
        """Answer `GET /v1/promises`."""
        query = read_query(request, PromiseQuery)
        wanted = PromiseFilter(
            standard=query.standard or "",
            owner=query.owner or "",
            subject=query.subject or "",
            verdict=query.verdict or "",
            open=query.open,
            state=query.state or "",
            due_before=-1 if query.due_before is None else max(0, microseconds(query.due_before)),
        )
        try:
            page = await asked(self._host.read_model.promises, wanted, query.after, query.limit)
        except ValueError:
            raise _no_cursor() from None
        items = [showing.promise_item(row) for row in page.items]
        return json_answer(views.PromisePage(items=items, next=page.next or None))

    async def promise(self, request: web.Request) -> web.Response:
        """Answer `GET /v1/promises/{id}`."""
        read_query(request, NoQuery)
        found = await asked(self._host.read_model.promise, request.match_info["id"])
        if found is None:
            words = f"there is no promise {request.match_info['id'][:100]!r}; /v1/promises lists them"
            raise Problem(_NOT_FOUND, words)
        return json_answer(showing.promise_detail(found))

    async def standards(self, request: web.Request) -> web.Response:
        """Answer `GET /v1/standards`."""
        read_query(request, NoQuery)
        texts = {row.revision: row.text for row in await asked(self._host.read_model.standards)}
        current = self._host.rulebook.current
        items = [
            showing.standard_item(current[name], texts.get(current[name].revision, "")) for name in sorted(current)
        ]
        return json_answer(views.StandardList(items=items))

    async def score(self, request: web.Request) -> web.Response:
        """Answer `GET /v1/score`."""
        query = read_query(request, ScoreQuery)
        since = None if query.since is None else microseconds(query.since)
        scores = {name: Score() for name in self._host.rulebook.current}
        scores |= await asked(self._host.read_model.score, since)
        if query.standard is not None:
            if query.standard not in scores:
                raise no_standard(query.standard, scores)
            scores = {query.standard: scores[query.standard]}
        return json_answer(views.ScoreList(items=[showing.score_item(name, scores[name]) for name in sorted(scores)]))

    async def notices(self, request: web.Request) -> web.Response:
        """Answer `GET /v1/notices`."""
        query = read_query(request, NoticesQuery)
        try:
            rows = await asked(self._host.read_model.notices, query.after, query.limit)
        except ValueError:
            raise _no_cursor() from None
        following = rows[-1].notice.id if len(rows) == query.limit else None
        return json_answer(views.NoticePage(items=[showing.notice_item(row) for row in rows], next=following))

    async def suppressed(self, request: web.Request) -> web.Response:
        """Answer `GET /v1/withheld`."""
        query = read_query(request, UntoldQuery)
        wanted = UntoldFilter(query.promise or "", query.to or "", query.reason or "")
        rows = await asked(self._host.read_model.board.suppressed, wanted, query.after, query.limit)
        following = rows[-1].seq if len(rows) == query.limit else None
        return json_answer(act_views.UntoldPage(items=[showing.untold_item(row) for row in rows], next=following))

    async def acts(self, request: web.Request) -> web.Response:
        """Answer `GET /v1/acts`."""
        query = read_query(request, ActsQuery)
        types = [query.type] if query.type else []
        rows = await asked(self._host.read_model.board.actions, query.after, query.limit, types=types)
        following = rows[-1][0] if len(rows) == query.limit else None
        return json_answer(act_views.ActPage(items=[showing.act_item(*row) for row in rows], next=following))

    async def dead_letters(self, request: web.Request) -> web.Response:
        """Answer `GET /v1/dead-letters`."""
        query = read_query(request, RowsQuery)
        rows = await asked(self._host.read_model.dead_letters, query.after, query.limit)
        following = rows[-1].seq if len(rows) == query.limit else None
        return json_answer(views.DeadLetterPage(items=[showing.dead_letter_item(row) for row in rows], next=following))

    async def late(self, request: web.Request) -> web.Response:
        """Answer `GET /v1/late`."""
        query = read_query(request, RowsQuery)
        rows = await asked(self._host.read_model.late, query.after, query.limit)
        following = rows[-1].seq if len(rows) == query.limit else None
        return json_answer(views.LatePage(items=[showing.late_item(row) for row in rows], next=following))


def no_standard(name: str, known: Iterable[str]) -> Problem:
    """Say that there is no such standard."""
    return Problem(_NOT_FOUND, f"there is no standard {name[:100]!r}; {did_you_mean(name, sorted(known))}")


def _no_cursor() -> Problem:
    return Problem(HTTPStatus.BAD_REQUEST, "`after` is not the `next` of any page; leave it out to begin anew")
