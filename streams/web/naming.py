"""Names, on the web side: those that are sent become references, and answers show them to who may see them.

Supervisors read who it was, frontliners on the pages of their team, and whoever a link was sent to. Who looks on reads
"somebody"; authors and admins, who need not know, read references.
Where one token is everybody's, or nobody needs one, whoever has it is the supervisor too.
Read next: `streams/names/showing.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from aiohttp import web
from pydantic import BaseModel

from streams.names.references import is_reference, references_in
from streams.names.showing import Showing
from streams.web.guard import NAMES_PEOPLE, OWN_TEAM, ROLE
from streams.web.operation import asked
from streams.web.session import may

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp.typedefs import Handler, Middleware

    from alerts.words.words import Words
    from streams.host import Host
    from streams.names.names import Names
    from streams.web.access import Access
    from streams.web.session import Session

HTML: Final = "text/html"
SHOWN: Final = frozenset({HTML, "application/json", "application/problem+json"})
"""The answers in which there may be names."""
REFERRED: Final = ("by", "person", "to")
"""The fields of requests that may name a person; those of which `ROLES` says that they name a role do not."""
ROLES: Final = frozenset({"Grant", "DayChange"})
"""The requests in which `by` is a role: rights hang on it."""
AS_STORED: Final = web.RequestKey("as_stored", bool)
"""The key of a request under which it stands that its answer is as it is stored: nobody is named in it."""

M = TypeVar("M", bound=BaseModel)


def naming(names: Names, access: Access, words: Callable[[web.Request], Words]) -> Middleware:
    """Make the middleware that puts names into answers; it comes before the guard, so that refusals pass here too."""

    @web.middleware
    async def name(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        showing = showing_to(request, names, access, words)
        if (
            showing is None
            or AS_STORED in request
            or not isinstance(response, web.Response)
            or not isinstance(response.body, bytes)
        ):
            return response
        if response.content_type in SHOWN and references_in(text := response.body.decode()):
            shown = showing.html(text) if response.content_type == HTML else showing.json(text)
            response.body = shown.encode()
        return response

    return name


def showing_to(
    request: web.Request, names: Names, access: Access, words: Callable[[web.Request], Words]
) -> Showing | None:
    """Say how whoever asks is shown names; None: as references."""
    role = request.get(ROLE, "")
    named = not access.token or request.get(NAMES_PEOPLE, False) or OWN_TEAM in request
    if not named and role in ("author", "admin"):
        return None
    return Showing(names, words(request), named=named)


async def referred(host: Host, name: str) -> str:
    """Give the reference of somebody's name; the name itself where names stand in events."""
    if host.names is None or not name.strip():
        return name
    return (await asked(host.names.persons, [name]))[name]


def own_name(host: Host, session: Session) -> str:
    """Give the name of a session, or nothing where it was erased since: then it is asked for anew."""
    name = session.name
    gone = host.names is not None and is_reference(name, "p") and not host.names.are_known([name])
    return "" if gone else name


def called(host: Host, name: str, role: str) -> str:
    """Give what somebody reads of themselves, on any page.

    Not for who only looks on: whoever types a colleague's number there would learn whose it is.
    """
    if host.names is None or not may(role, "frontliner"):
        return name
    return host.names.shown([name]).get(name, name)


async def known_in(host: Host, subject: str) -> str:
    """Give a subject, or a name, that is asked for with references in the place of the names that are known."""
    if host.names is None or not subject:
        return subject
    return await asked(host.names.in_subject, subject)


async def referred_in(host: Host, given: M) -> M:
    """Give a request with references in the place of names."""
    named = [field for field in REFERRED if isinstance(getattr(given, field, None), str)]
    persons = [field for field in named if field != "by" or type(given).__name__ not in ROLES]
    found = {field: await referred(host, getattr(given, field)) for field in persons}
    if subject := getattr(given, "subject", None):
        found["subject"] = await known_in(host, subject)
    return given.model_copy(update=found)
