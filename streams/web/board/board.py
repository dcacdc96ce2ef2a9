"""The board, served: each page is looked up and drawn when it is asked for, with strict headers of its own.

Pages are drawn on the server and can be read without any script. The script only brings them up
to date: rows of the first page one by one, the others by asking for the page again (`board_live.py`). Acts are plain
forms (`board_acts.py`); whoever comes without a token is led to the sign-in (`sign_in.py`).
Read next: `streams/board/shell.py`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from aiohttp import web

from alerts.words.words import Words, phrase
from standards.calendar.duration import DAY, HOUR
from standards.judge.events import microseconds, moment
from streams.board import now, standards, trends, wall
from streams.board.filters import Choices
from streams.board.markup import Html, el
from streams.board.mine import PATH as MINE
from streams.board.opening_hours import Opening
from streams.board.shell import Shell, page
from streams.board.team_bar import THANKS, TODAY, VOICES
from streams.board.team_forms import asking
from streams.board.view import SEARCH_IS_OVER, View
from streams.storage.rows import is_overdue
from streams.storage.status import Status
from streams.web.api.days import Days
from streams.web.api.grants import still_excusable
from streams.web.board import seen_by
from streams.web.board.board_live import Live, Standing, name_of
from streams.web.board.board_looks import Look
from streams.web.board.counted_rates import counted_rates
from streams.web.board.fields import by_script, no_standard
from streams.web.board.files import Files
from streams.web.board.lists import Lists
from streams.web.board.mine import MinePages
from streams.web.board.one_promise import OnePromise
from streams.web.board.places import is_known, names_of, sites_offered, unknown_site, zone_of_all, zones_of
from streams.web.board.practised import Practised
from streams.web.board.readers import language_of
from streams.web.board.sent_before import SentBefore
from streams.web.guard import ACTS, HEADERS, ROLE, SAFE, SESSION, see_other
from streams.web.naming import called, own_name
from streams.web.operation import asked
from streams.web.problem import Problem
from streams.web.session import may

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from zoneinfo import ZoneInfo

    from aiohttp.typedefs import Handler

    from streams.host import Host
    from streams.storage.rows import PromiseRow
    from streams.web.board.fields import Given
    from streams.web.board.known import Unknown
    from streams.web.board.readers import Usual
    from streams.web.board.ringing import Rings
    from streams.web.session import Sessions

POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; "
    "manifest-src 'self'; worker-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
REFERRER: Final = "same-origin"
"""Without it browsers send our own forms with the origin `null`, as they do those of strangers."""
BACK: Final = phrase("Back to what is open now")
LOOK: Final = phrase("Look at the promise")
SIGN_IN: Final = phrase("Sign in")
"""What stands on the link of a refusal, which leads there."""
DAYS: Final = 28
"""How many days the trend shows."""
WEEKS: Final = 12
"""How many weeks the trends of a standard show, the last four of them by the hour too."""
STANDING: Final = web.RequestKey("standing", Standing)
"""The key of a request under which stands how many promises are overdue."""


class Board:
    """Answers the board's pages. `unguarded`: nobody has to sign in.

    Times are told in the zone of the site that a page is about, else in the usual one.
    """

    def __init__(self, host: Host, live: Live, sessions: Sessions, usual: Usual, *, unguarded: bool) -> None:
        self.host = host
        self._changed_days = Days(host)
        self.sessions = sessions
        self.unguarded = unguarded
        self.live = live
        self.zone = usual.zone
        self._language = usual.language
        self._files = Files()
        self.rings: Rings | None = None
        self.sent = SentBefore()
        self.own_pages_to: Callable[[], Sequence[str]] = tuple

    def routes(self) -> list[web.RouteDef]:
        """Give the pages and their files."""
        lists, practised, mine = Lists(self), Practised(self), MinePages(self)
        pages = {
            "/": self._owed, "/standards": self._standards, "/promises/{id}": OnePromise(self).show,
            "/debriefs": lists.debriefs, "/notices": lists.notices, "/feeds": lists.feeds, "/people": lists.people,
            "/wall": self._wall, "/standards/{id}": self._trends, "/shift": lists.shift,
            "/handbook": lists.handbook, MINE: mine.show, TODAY: practised.today,
            THANKS: practised.thanks, VOICES: practised.voices,
        }  # fmt: skip
        shown = (web.get(path, self.counted(page)) for path, page in pages.items())
        return [*shown, web.post(MINE, mine.take), *self._files.routes()]

    def counted(self, page: Handler) -> Handler:
        """Give what answers with a page after what is overdue was counted, as every page says that."""

        async def count_first(request: web.Request) -> web.StreamResponse:
            request[STANDING] = await self.live.standing()
            return await page(request)

        return count_first

    def shell(self, request: web.Request, version: str = "") -> Shell:
        """Give what every page is drawn with; whoever has no session yet gets one where there is no token.

        Before anything is looked up, so that what comes meanwhile is seen to be newer than the page; but for rows,
        which have their own `version`.
        """
        session = request.get(SESSION)
        if session is None and self.unguarded and request.get(ROLE):  # not who was refused before it was known
            request[SESSION] = session = self.sessions.begin("admin")
        standing = Standing() if session is None else request.get(STANDING, Standing())
        name, practice = own_name(self.host, session) if session else "", self.host.practice
        shell = Shell(
            self.host.wall(), zone_of_all(self.host, self.zone), self.words(request), names_of(self.host),
            status=Status(ready=True) if session is None else self.host.now_status(),
            name=name, self_name=called(self.host, name, request.get(ROLE, "")),
            proof=self.sessions.proof(session) if session else "",
            acts=(acts := session is not None and may(request[ROLE], "supervisor")), joins=acts,
            corrects=session is not None and may(request[ROLE], "author"),
            administers=session is not None and may(request[ROLE], "admin"),
            unguarded=self.unguarded, version=version, changes=self.live.commits, mark=self._files.mark,
            overdue=standing.overdue, urgent=standing.urgent, rings=self.rings is not None,
            zones=zones_of(self.host), usual=self.zone, answers=request.method not in SAFE,
            scenarios={} if practice is None else {name: each.when for name, each in practice.scenarios.items()},
        )  # fmt: skip
        return shell.about(View.of(request.query).site)

    def words(self, request: web.Request) -> Words:
        """Give the words of whoever asks."""
        return Words(language_of(request, self.host.people, self._language))

    def answer(self, request: web.Request, text: str, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
        """Answer with a page, and have the browser keep its session."""
        headers = {**HEADERS, "Content-Security-Policy": POLICY, "Referrer-Policy": REFERRER}
        response = web.Response(text=text, status=status, content_type="text/html", headers=headers)
        session = request.get(SESSION)
        if session is not None and (self.unguarded or request[ROLE]):
            self.sessions.write(request, response, session)
        return response

    def refusal(self, request: web.Request, problem: Problem, back: str = BACK, pressed: str = "") -> web.Response:
        """Answer with a page that says why something could not be done, and leads back: to where it was `pressed`."""
        shell = self.shell(request)
        say = shell.words.say
        content = (
            el("p", problem.said(shell.words), class_="trouble"),
            el("p", _way_back(shell, pressed) if pressed else el("a", say(back), href="/")),
        )
        return self.answer(request, page(shell, say("That could not be done"), "", *content), problem.status)

    def question(self, request: web.Request, asked_about: Unknown, given: Given, pressed: str) -> web.Response:
        """Ask whether a name of a form is right; then the form is sent once more as it was `given`, and says so."""
        shell = self.shell(request)
        form = asking(shell, request.path, given, asked_about.name)
        content = (
            el("p", asked_about.said(shell.words), class_="muted"),
            form,
            el("p", _way_back(shell, pressed or "/")),
        )
        return self.answer(request, page(shell, shell.words.say("Is that right?"), "", *content), asked_about.status)

    def problem(self, request: web.Request, problem: Problem) -> web.Response:
        """Answer with a page what a program is told as JSON. It asks nothing of the store, which may have failed.

        The script of a page is told it in the language of who looks at that.
        """
        accepted = request.headers.get("Accept", "")
        if "text/html" not in accepted:
            ours = by_script(request) and request.path.startswith(ACTS)
            return (problem.to(self.words(request)) if ours else problem).response()
        if problem.status == HTTPStatus.UNAUTHORIZED:
            return self.refusal(request, problem, back=SIGN_IN)
        if problem.status != HTTPStatus.NOT_FOUND:
            return self.refusal(request, problem)
        shell = self.shell(request)
        say = shell.words.say
        content = (
            el("p", say("There is nothing at {path}.", path=request.path[:200]), class_="trouble"),
            el("p", el("a", say(BACK), href="/")),
        )
        return self.answer(request, page(shell, say("There is no such page"), "", *content), problem.status)

    def partly(self, request: web.Request, said: str, back: str, about: str = "") -> web.Response:
        """Answer with a page that says what of an act was done and what not; it leads back, and to what it is about."""
        shell = self.shell(request)
        say = shell.words.say
        look = el("p", el("a", say(LOOK), href=about)) if about and about != back else None
        content = el("p", said, class_="calm"), look, el("p", _way_back(shell, back))
        return self.answer(request, page(shell, say("It is noted"), "", *content))

    async def _owed(self, request: web.Request) -> web.Response:
        """Show what is owed, as far as it is looked at."""
        view = self.live.view(request)
        if view is None:
            return see_other(SEARCH_IS_OVER)
        acts = may(request[ROLE], "supervisor")
        changes = await self.live.fresh(view, name_of(request), acts=acts)
        shell, shown = self.shell(request, changes.version), changes.picture  # nothing comes between them
        rulebook, people = self.host.rulebook, self.host.people
        choices = Choices(
            await sites_offered(self.host, request[STANDING].sites), sorted(rulebook.current),
            sorted({it.owner for it in rulebook.current.values()}),
            sorted(people.teams) if people else (),
            sorted({role for it in rulebook.current.values() for role in it.granting}), whose=bool(shell.name),
        )  # fmt: skip
        return self.answer(request, now.draw(shell, shown, choices))

    async def _wall(self, request: web.Request) -> web.Response:
        shell, view = self.shell(request), View(site=View.of(request.query).site)
        sites = await sites_offered(self.host, request[STANDING].sites)
        if not await is_known(self.host, view.site, sites):
            return self.answer(request, unknown_site(shell, view.site, "/wall", sites), HTTPStatus.NOT_FOUND)
        look = Look(self.host, view, "", acts=shell.acts)
        scene = await asked(look.scene, view.site, self.days(shell.zone)[-1], sites)
        return self.answer(request, wall.draw(shell, scene))

    async def _standards(self, request: web.Request) -> web.Response:
        shell, host = self.shell(request), self.host
        days, score = self.days(shell.zone), host.read_model.score
        scores = standards.Scores(
            await asked(score, days[-1]), await asked(score, days[-7]), await asked(score, days[0]),
            await asked(host.read_model.board.trend, days), days,
            await asked(host.read_model.overdue, host.rulebook.owed_since(host.wall())), await counted_rates(host),
        )  # fmt: skip
        opening = Opening(host.rulebook.may_change, await self._changed_days.changed())
        return self.answer(request, standards.draw(shell, host.rulebook.current, scores, opening))

    async def _trends(self, request: web.Request) -> web.Response:
        shell, wanted = self.shell(request), request.match_info["id"]
        standard, queries = self.host.rulebook.current.get(wanted), self.host.read_model
        if standard is None:
            return self.refusal(request, Problem(HTTPStatus.NOT_FOUND, no_standard(wanted)))
        site, days = View.of(request.query).site, self.days(shell.zone)
        hours = list(range(days[0], self.host.wall(), HOUR))
        weeks = [days[0] - back * 7 * DAY for back in range(WEEKS - DAYS // 7, 0, -1)] + days[::7]
        drawn = trends.Trends(
            standard, weeks, (await asked(queries.board.trend, weeks, wanted)).get(wanted, []),
            (await asked(queries.board.trend, hours, wanted)).get(wanted, []),
            await asked(queries.owed.by_site, wanted, days[0]),
            seen_by.promises(shell, await asked(queries.owed.broken_of, wanted, days[0], site, trends.MOST)), site,
            await counted_rates(self.host),
        )  # fmt: skip
        return self.answer(request, trends.draw(shell, drawn))

    def is_owed(self, row: PromiseRow) -> bool:
        """Say whether a promise can still be taken, and done: it is open, or overdue."""
        return row.verdict is None or self.is_overdue(row)

    def is_overdue(self, row: PromiseRow) -> bool:
        """Say whether a promise is broken and still owed."""
        return is_overdue(row, self.host.rulebook.owed_since(self.host.wall()))

    def excusable(self, row: PromiseRow) -> bool:
        """Say whether an exception can still be granted for a promise."""
        if row.verdict is None:
            return True
        return row.verdict in ("broken", "unknown") and still_excusable(row, self.host.rulebook, self.host.wall())

    def days(self, zone: ZoneInfo) -> list[int]:
        """Give the midnights with which the last days began in a zone."""
        today = moment(self.host.wall()).astimezone(zone).date()
        dates = (today - timedelta(days=back) for back in range(DAYS - 1, -1, -1))
        return [microseconds(datetime(day.year, day.month, day.day, tzinfo=zone)) for day in dates]


def _way_back(shell: Shell, to: str) -> Html:
    return el("a", shell.words.say("Back to where it was pressed"), href=to)
