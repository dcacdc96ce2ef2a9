"""Reading: what can be looked up over HTTP: promises, standards, scores, and what could not be used.

Read next: `grants.py`, the only thing beside events that changes anything.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

from aiohttp import web
from msgspec.structs import asdict

from alerts.routing.actions import PRAISE, UNLISTED
from alerts.words.later import later
from alerts.words.words import ENGLISH
from standards.calendar.duration import HOUR
from standards.judge.events import microseconds
from standards.judge.score import Score
from streams.board.colleagues import row_without_persons
from streams.exports.tables import score_table
from streams.names.references import references_in
from streams.runtime.feeds import MOST, without_persons
from streams.runtime.source_clocks import off_time
from streams.storage.owed_alone import owed_alone
from streams.storage.promise_view import PromiseView
from streams.storage.rows import PromiseFilter, SuppressedFilter
from streams.web.api import act_views, feed_views, showing, views
from streams.web.api.exports import Exports
from streams.web.forms import ActsQuery, NoQuery, NoticesQuery, PromiseQuery, RowsQuery, ScoreQuery, SuppressedQuery
from streams.web.guard import NAMES_PEOPLE, ROLE
from streams.web.naming import known_in
from streams.web.operation import CSV, Operation, asked, form_of, json_answer, read_query
from streams.web.problem import Problem, did_you_mean
from streams.web.session import may

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from alerts.policy.policy import People
    from streams.host import Host
    from streams.storage.rows import NoticeRow

P = ParamSpec("P")
T = TypeVar("T")

SOURCES: Final = 100
"""How many senders are told of in one answer."""
SEES_PERSONS: Final = "supervisor"
"""The role from which on it is seen who of us a promise is about."""
_OK = HTTPStatus.OK
_NOT_FOUND = HTTPStatus.NOT_FOUND


class Reading:
    """Answers what can be looked up."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def operations(self) -> list[Operation]:
        """Say what can be looked up."""
        return [
            Operation("GET", "/v1/promises", "List promises, newest first.", self._promises,
                      {_OK: views.PromisePage}, query=PromiseQuery),
            Operation("GET", "/v1/promises/{id}", "Tell everything about one promise.", self._promise,
                      {_OK: views.PromiseDetail}, (_NOT_FOUND,)),
            Operation("GET", "/v1/standards", "List the standards in force.", self._standards,
                      {_OK: views.StandardList}),
            Operation("GET", "/v1/score", "Say how each standard did that is not owed for each person alone.",
                      self._score, {_OK: views.ScoreList}, (_NOT_FOUND,), ScoreQuery, texts=(CSV,)),
            Operation("GET", "/v1/notices", "List notices, newest first.", self._notices,
                      {_OK: views.NoticePage}, query=NoticesQuery),
            Operation("GET", "/v1/withheld", "List notices that were not sent, newest first, with the reason of each.",
                      self._suppressed, {_OK: act_views.SuppressedPage}, query=SuppressedQuery),
            Operation("GET", "/v1/acts", "List what people did, newest first.", self._acts,
                      {_OK: act_views.ActPage}, query=ActsQuery),
            Operation("GET", "/v1/dead-letters", "List the events that were refused, oldest first.",
                      self._dead_letters, {_OK: views.DeadLetterPage}, query=RowsQuery),
            Operation("GET", "/v1/late", "List the events that changed nothing, oldest first.", self._late,
                      {_OK: views.LatePage}, query=RowsQuery),
            Operation("GET", "/v1/feeds", "Say how the feeds stand, and which senders are off time.", self._feeds,
                      {_OK: feed_views.FeedList}),
            *Exports(self._host).operations(),
        ]  # fmt: skip

    async def _promises(self, request: web.Request) -> web.Response:
        query, seen = read_query(request, PromiseQuery), may(request[ROLE], SEES_PERSONS)
        wanted = PromiseFilter(
            standard=query.standard or "",
            owner=query.owner or "",
            subject=await self._asked_for(request, query.subject or ""),
            verdict=query.verdict or "",
            open=query.open,
            state=query.state or "",
            overdue=query.overdue,
            owed_since=self._host.rulebook.owed_since(self._host.wall()),
            due_before=-1 if query.due_before is None else max(0, microseconds(query.due_before)),
            named=seen,
        )
        page = await _asked_after(self._host.read_model.promises, wanted, query.after, query.limit)
        items = [showing.promise_item(row if seen else row_without_persons(row)) for row in page.items]
        return json_answer(views.PromisePage(items=items, next=page.next or None))

    async def _asked_for(self, request: web.Request, subject: str) -> str:
        """Give a subject, or a person, that somebody asks for: who reads no names is not told by asking."""
        if request[NAMES_PEOPLE]:
            return await known_in(self._host, subject)
        blind = self._host.names is not None and not may(request[ROLE], SEES_PERSONS)
        return "-" if blind and references_in(subject) else subject

    async def _promise(self, request: web.Request) -> web.Response:
        read_query(request, NoQuery)
        found = await known_promise(self._host, request.match_info["id"])
        if not may(request[ROLE], SEES_PERSONS):
            found = showing.without_persons_named(found, self._names(), await self._named(found.notices))
        return json_answer(showing.promise_detail(found))

    async def _named(self, rows: Iterable[NoticeRow]) -> showing.Named:
        told = [promise for row in rows for promise in row.notice.speaks_for]
        return await asked(self._host.read_model.board.named_in, told)

    def _names(self) -> Mapping[str, str]:
        people = self._host.people
        return people.names if people else {}

    async def _standards(self, request: web.Request) -> web.Response:
        read_query(request, NoQuery)
        texts = {row.revision: row.text for row in await asked(self._host.read_model.standards)}
        current = self._host.rulebook.current
        items = [
            showing.standard_item(current[name], texts.get(current[name].revision, "")) for name in sorted(current)
        ]
        return json_answer(views.StandardList(items=items))

    async def _score(self, request: web.Request) -> web.Response:
        query = read_query(request, ScoreQuery)
        if query.opened_from is not None and query.since is not None:
            raise Problem(HTTPStatus.BAD_REQUEST, "`from` and `since` are two names of one time; leave `since` out")
        since, until = query.opened_from or query.since, query.opened_to
        span = [None if time is None else microseconds(time) for time in (since, until)]
        current = self._host.rulebook.current
        scores = {name: Score() for name in current} | await asked(self._host.read_model.score, *span)
        personal = owed_alone(await asked(self._host.read_model.standards), current) & scores.keys()
        scores = {name: score for name, score in scores.items() if name not in personal}
        if query.standard in personal:
            raise Problem(_NOT_FOUND, f"{query.standard} is owed for each person alone: how it went is counted by the "
                                      "month, and stands on /standards")  # fmt: skip
        if query.standard is not None:
            if query.standard not in scores:
                raise no_standard(query.standard, scores)
            scores = {query.standard: scores[query.standard]}
        items = [showing.score_item(name, scores[name]) for name in sorted(scores)]
        if form_of(request, [CSV]) is None:
            return json_answer(views.ScoreList(items=items))
        table = score_table(map(asdict, items), views.ScoreItem.__struct_fields__)
        return web.Response(body=b"".join(table), content_type=CSV, charset="utf-8")

    async def _notices(self, request: web.Request) -> web.Response:
        query = read_query(request, NoticesQuery)
        rows = await _asked_after(self._host.read_model.notices, query.after, query.limit)
        following = str(rows[-1].seq) if len(rows) == query.limit else None
        if not may(request[ROLE], SEES_PERSONS):
            rows = showing.notices_without(rows, self._names(), await self._named(rows))
        return json_answer(views.NoticePage(items=[showing.notice_item(row) for row in rows], next=following))

    async def _suppressed(self, request: web.Request) -> web.Response:
        query = read_query(request, SuppressedQuery)
        to, people = query.to or "", self._host.people
        if to and not may_ask_for(request, to, people):
            raise Problem(HTTPStatus.FORBIDDEN, "you are not told to whom a notice goes, so you cannot ask for one "
                                                "person's: leave `to` out, or name a team's room")  # fmt: skip
        to = await self._asked_for(request, to)
        wanted = SuppressedFilter(query.promise or "", people.known_as(to) if people else to, query.reason or "")
        queries = self._host.read_model.board
        rows = await asked(queries.suppressed, wanted, query.after, query.limit)
        if not may(request[ROLE], SEES_PERSONS):
            rows = showing.suppressed_without(rows, await asked(queries.named_in, [it.row.promise for it in rows]))
        return _numbered(act_views.SuppressedPage, [showing.suppressed_item(row) for row in rows], query.limit)

    async def _acts(self, request: web.Request) -> web.Response:
        query = read_query(request, ActsQuery)
        types, seen = [query.type] if query.type else [], may(request[ROLE], SEES_PERSONS)
        listed, unseen = self._host.read_model.board.actions, UNLISTED if seen else UNLISTED | PRAISE
        rows = await asked(listed, query.after, query.limit, types=types, without=unseen)
        vain = await asked(self._host.read_model.board.without_effect, [act for _, act in rows])
        rows = rows if seen else [(number, showing.act_without(act)) for number, act in rows]
        items = [showing.act_item(number, act, vain.get(act.name, "")) for number, act in rows]
        return _numbered(act_views.ActPage, items, query.limit)

    async def _dead_letters(self, request: web.Request) -> web.Response:
        query = read_query(request, RowsQuery)
        rows = await asked(self._host.read_model.dead_letters, query.after, query.limit)
        return _numbered(views.DeadLetterPage, [showing.dead_letter_item(row) for row in rows], query.limit)

    async def _late(self, request: web.Request) -> web.Response:
        query = read_query(request, RowsQuery)
        rows = await asked(self._host.read_model.late, query.after, query.limit)
        return _numbered(views.LatePage, [showing.late_item(row) for row in rows], query.limit)

    async def _feeds(self, request: web.Request) -> web.Response:
        read_query(request, NoQuery)
        now = self._host.wall()
        found = off_time(await asked(self._host.read_model.board.sources, now - HOUR))
        standings = self._host.feeds()
        if not may(request[ROLE], SEES_PERSONS):
            standings = without_persons(self._host.rulebook.feeds, standings, ENGLISH)
        feeds = [showing.feed_item(feed, now) for feed in standings[:MOST]]
        sources = [showing.source_item(clock) for clock in found[:SOURCES]]
        return json_answer(feed_views.FeedList(items=feeds, sources=sources, more_feeds=len(standings) - len(feeds),
                                             more_sources=len(found) - len(sources)))  # fmt: skip


def may_ask_for(request: web.Request, to: str, people: People | None) -> bool:
    """Say whether whoever asks may have told apart what somebody, or a team's room, was told or not."""
    return may(request[ROLE], SEES_PERSONS) or (people is not None and to in people.teams)


async def known_promise(host: Host, promise: str) -> PromiseView:
    """Give a promise. Raises Problem where there is none such."""
    found = await asked(host.read_model.promise, promise)
    if found is None:
        words = f"there is no promise {promise[:100]!r}; /v1/promises lists them"
        raise Problem(_NOT_FOUND, words, told=later("There is no promise {promise}.", promise=repr(promise[:100])))
    return found


def no_standard(name: str, known: Iterable[str]) -> Problem:
    """Say that there is no such standard."""
    return Problem(_NOT_FOUND, f"there is no standard {name[:100]!r}; {did_you_mean(name, sorted(known))}")


async def _asked_after(call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Ask for a page that begins after the one before. Raises Problem where there was none such."""
    try:
        return await asked(call, *args, **kwargs)
    except ValueError:
        words = "`after` is not the `next` of any page; leave it out to begin anew"
        raise Problem(HTTPStatus.BAD_REQUEST, words) from None


def _numbered(page: Callable[..., views.View], items: Sequence[Any], limit: int) -> web.Response:
    """Answer with a page of items; the next page is asked for by the number of the last of them."""
    return json_answer(page(items=items, next=items[-1].number if len(items) == limit else None))
