"""What was filled in on a form of the board: read within bounds, and proven to come from one of our own pages.

Read next: `board_acts.py`, which acts on it.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from alerts.words.later import Later, later, later_many
from alerts.words.words import phrase
from standards.errors import EventError
from streams.board.faults import UNTAKEN, unfit_event
from streams.board.report_form import GIVEN
from streams.board.reportable import BY
from streams.board.shell import LONGEST
from streams.web.actions import action_event
from streams.web.body import check_type, read_body
from streams.web.forms import UNREADABLE
from streams.web.guard import SESSION
from streams.web.naming import referred
from streams.web.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web
    from pydantic import ValidationError

    from standards.judge.events import Event
    from standards.judge.ledger import Plain
    from streams.host import Host
    from streams.web.board.board import Board

    Given = dict[str, str]

NAME: Final = phrase("Say your name; then it can be done.")
WHY: Final = phrase("Say why; then it can be done.")
SOURCE: Final = "kept/board"
"""The `source` of the events made here."""
PERSONS: Final = frozenset({"name", "to"})
"""The fields of every form that name a person."""
FORM: Final = "application/x-www-form-urlencoded"
_BODY: Final = 1 << 18
"""An event that could not be read comes back whole, and may need three characters for one."""
_FIELDS: Final = 80
"""How many fields a form has at most: one of statements has one for each."""
_FITTING: Final = {
    "by": phrase("The name"), "person": phrase("The name"), "reason": phrase("The reason"), "note": phrase("The note"),
    "site": phrase("The site"), "date": phrase("The day"), "open": phrase("What stands under Open"),
    "event": phrase("The event"),
}  # fmt: skip
"""What fields of forms are called, as the beginning of a sentence."""
_LONGER: Final = {"raw": 100_000, "group": 10_000, "grant": 10_000, "hand": 10_000,
                  "note": 20_000}  # fmt: skip
"""What may be longer: an event that could not be read, the ids that a group's button holds, and what is refused when
it is too long, as nobody would know that it was cut."""


async def read_fields(request: web.Request, limit: int = _BODY) -> Given:
    """Read what was filled in, of at most `limit` bytes. Raises Problem."""
    check_type(request, (FORM,))
    body = await read_body(request, limit)
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_FIELDS))
    except ValueError:
        raise Problem(HTTPStatus.BAD_REQUEST, later("This is not a form of this board.")) from None


async def read_form(request: web.Request, board: Board) -> Given:
    """Read a form that came from one of our own pages. Raises Problem."""
    return await of_persons(request, board, bounded(await read_own(request, board)))


async def of_persons(request: web.Request, board: Board, given: Given) -> Given:
    """Give what was filled in with references in the place of names, and by whom; who has none yet is given one."""
    persons = {name: await referred(board.host, given[name]) for name in _naming(board.host) & given.keys()}
    return {**given, **persons, "source": SOURCE, "role": request[SESSION].role}


async def read_own(request: web.Request, board: Board) -> Given:
    """Read what was filled in on one of our own pages, as it was sent. Raises Problem."""
    given = await read_fields(request)
    session = request.get(SESSION)
    if session is None or not board.sessions.proven(session, given.get("proof", "")):
        words = later(
            "This form is from an older page, or from elsewhere. Go back, load the page again, and send it once more."
        )
        raise Problem(HTTPStatus.FORBIDDEN, words)
    return given


def of_own_team(request: web.Request, given: Given) -> Given:
    """Give what was filled in; a frontliner's is of their own team. Raises Problem where it names another one."""
    session = request[SESSION]
    if session.role != "frontliner":
        return given
    if not session.team:
        raise Problem(HTTPStatus.FORBIDDEN, later("Say first which team you are in: sign out, and in again."))
    if given.get("team", session.team) != session.team:
        words = later("You are signed in for the team {team}, and this is of another one.", team=session.team)
        raise Problem(HTTPStatus.FORBIDDEN, words)
    return {**given, "team": session.team}


def _naming(host: Host) -> frozenset[str]:
    """Name the fields of forms that may name a person; `by` is a role, but in an event that is filled in."""
    marked = {name for kind in host.rulebook.vocabulary.values() for name, field in kind.fields.items() if field.person}
    return PERSONS | (marked - {BY}) | {GIVEN + name for name in marked}


def bounded(given: Given) -> Given:
    """Cut what was filled in to what anybody would write."""
    return {name: value.strip()[: _LONGER.get(name, LONGEST)] for name, value in given.items()}


def needed(given: Given, name: str, words: str) -> str:
    """Give what was filled in. Raises Problem, which says it in `words`, where it was not."""
    if not given.get(name):
        raise Problem(HTTPStatus.BAD_REQUEST, Later(words))
    return given[name]


def by_script(request: web.Request) -> bool:
    """Say whether the page's script sends the form, and stays where it is."""
    return request.headers.get("Accept", "") == "application/json"


def unfit(error: ValidationError) -> Later:
    """Say of what was filled in which field does not fit, and what would: the first of those that do not."""
    found = error.errors()[0]
    field = str(found["loc"][0])
    called = Later(_FITTING[field]) if field in _FITTING else repr(field)
    given = found.get("ctx", {})
    match found["type"]:
        case "string_too_long":
            return later_many(
                len(str(found["input"])), "{field} has {count} character, and there is room for {most}; shorten it.",
                "{field} has {count} characters, and there is room for {most}; shorten it.",
                field=called, most=given["max_length"],
            )  # fmt: skip
        case "string_too_short" | "string_pattern_mismatch":
            return later("{field}: {said}.", field=called, said=Later(UNREADABLE))
        case "value_error":
            return later("{field}: {said}.", field=called, said=Later(str(given["error"])))
        case _:
            return later("{field} is not valid here.", field=called)


def no_promise(wanted: str) -> Later:
    """Say that there is no such promise."""
    return later("There is no promise {promise}.", promise=repr(wanted[:100]))


def no_standard(wanted: str) -> Later:
    """Say that there is no such standard."""
    return later("There is no standard {standard}.", standard=repr(wanted[:100]))


def said_event(host: Host, kind: str, data: Mapping[str, Plain], given: Given, *, about: str = "") -> Event:
    """Make the event of what somebody did; what it says, and is `about`, makes its id. Raises Problem."""
    identity = [kind, about, *sorted(data.items())]
    try:
        return action_event(host, kind, data, given["source"], identity=identity)
    except EventError as error:
        raise Problem(HTTPStatus.BAD_REQUEST, str(error), told=unfit_event(error, UNTAKEN)) from None
