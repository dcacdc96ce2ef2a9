"""The guard: who may ask at all, and which headers every answer has.

With a token, everything but the probes and the API's description needs `Authorization: Bearer` or, for reading and for
the board's own forms, a session that began with the token. The token for viewing reads and changes nothing. Without one
the server is for this machine only: a request must name it by a loopback name or by the one it listens on, or a web
page anywhere could reach it by pointing its own name at 127.0.0.1 (DNS rebinding). A page of another origin may never
change anything. Every error leaves as a problem, and every answer with strict headers.
Knows: HTTP headers. Must not know: events, promises. Read next: `session.py`, `problem.py`.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

import structlog
from aiohttp import web

from alerts.words.later import later
from standards.errors import StateError
from streams.storage.status import Backlog
from streams.web.guesses import Guesses, too_many
from streams.web.problem import FULL, Problem, retry
from streams.web.session import Session, may

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp.typedefs import Handler, Middleware

    from streams.web.access import Access
    from streams.web.session import Role, Sessions

OPEN: Final = frozenset({"/healthz", "/readyz", "/openapi.json"})
"""What is answered without a token."""
BOARD_OPEN: Final = frozenset({
    "/sign-in", "/sign-out", "/board.css", "/board.js", "/board.svg", "/push.js", "/worker.js", "/kept.webmanifest",
    "/icon-192.png", "/icon-512.png", "/icon-full.png",
})  # fmt: skip
"""What of the board is answered without a token. A browser asks for an app's manifest and icons as nobody."""
LINKED: Final = "/do/"
"""How the paths of links in messages begin: each carries its own proof."""
SIGNED: Final = "/v1/in/"
"""How the paths begin at which other systems send what they sign."""
ACTS: Final = ("/acts/", "/sign-", "/mine", "/find")
"""How the paths of the board's forms begin: what comes there from a session proves that it came from our own page."""
WRITES: Final[tuple[tuple[str, Role], ...]] = (
    ("/sign-", "viewer"), ("/find", "viewer"), ("/acts/share", "frontliner"), ("/acts/thank", "frontliner"),
    ("/acts/propose", "frontliner"), ("/acts/make-exception", "frontliner"), ("/mine", "frontliner"),
    ("/acts/resend", "author"), ("/acts/set-aside", "author"), ("/acts/", "supervisor"),
    ("/do/", "viewer"), ("/v1/exceptions", "supervisor"), ("/v1/calendars/", "supervisor"),
    ("/v1/shift/", "supervisor"), ("/v1/persons/mine", "supervisor"), ("/v1/dead-letters/", "author"),
)  # fmt: skip
"""Which role each kind of write needs, by how its path begins; the first that fits. Everything else is for admins."""
READS: Final[tuple[tuple[str, Role], ...]] = (
    ("/v1/dead-letters", "supervisor"), ("/v1/events", "admin"), ("/v1/ledger", "admin"), ("/mine", "frontliner"),
)  # fmt: skip
"""What not everybody reads who may look: what a sender sent as it was; all that is stored; and their own page."""
PROGRAMS: Final = ("/v1/", "/metrics", "/openapi.json", "/healthz", "/readyz", "/live")
"""How the paths begin that are not for people: who may not ask there is told so, and not led to the sign-in."""
PROBES: Final = frozenset({"/healthz", "/readyz"})
"""What is answered under any host name: probes call a pod by its address."""
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})

TRUSTED: Final = web.RequestKey("trusted", bool)
"""The key of a request under which stands whether it may hear what went wrong: files, lines, errors."""
ROLE: Final = web.RequestKey("role", str)
"""The key of a request under which stands what whoever asks may do: `session.Role`."""
SESSION: Final = web.RequestKey("session", Session)
"""The key of a request under which its session stands, if it has one."""
NAMES_PEOPLE: Final = web.RequestKey("names_people", bool)
"""The key of a request under which stands whether whoever asks reads names."""
OWN_TEAM: Final = web.RequestKey("own_team", bool)
"""The key of a request under which it stands that its page is of the asker's own team, who reads names there."""
STORE_RETRY: Final = 5
"""Seconds after which it is worth asking again when the store has failed."""
_NO_STORE: Final = later("Kept cannot use its store now. Try again in a moment; its log says why.")

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

log = structlog.get_logger("kept")


def guarded(
    access: Access,
    sessions: Sessions | None = None,
    *,
    guesses: Guesses | None = None,
    front: bool = False,
    drawn: Callable[[web.Request, Problem], web.Response] | None = None,
) -> Middleware:
    """Make the middleware that all requests pass through. `front`: the page at / is for everybody.

    `drawn` answers a problem to people: where they look at it, and in their language.
    """
    names = LOOPBACK | {host.strip("[]").lower() for host in access.hosts}
    free = OPEN | ({"/"} if front else BOARD_OPEN)
    guessed = guesses or Guesses(access.proxies)

    async def checked(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not access.token:
            _check_host(request, names)
        check_origin(request)
        role = _role(request, access, sessions)
        request[TRUSTED] = role is not None if access.token else _name(request.host) in names
        if role is None and request.path not in free and not _proves_itself(request):
            if _bearer(request) and guessed.wrong(request):
                raise too_many("too many wrong tokens came from there; wait a minute, then send the right one")
            return _turned_away(request, has_board=sessions is not None)
        _check_may(request, role)
        return await handler(request)

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        response: web.StreamResponse
        try:
            response = await checked(request, handler)
        except Exception as error:  # noqa: BLE001 - it is answered, and what nobody expected is logged
            response = _answer(request, _problem_of(request, error), drawn)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return guard


def _proves_itself(request: web.Request) -> bool:
    """Say whether a request carries its own proof, so that no token is asked for."""
    return request.path.startswith(LINKED) or (request.method == "POST" and request.path.startswith(SIGNED))


def _problem_of(request: web.Request, error: Exception) -> Problem:
    """Say what went wrong; what nobody expected is logged."""
    match error:
        case Problem():
            return error
        case web.HTTPException():
            return _of_http(request, error)
        case Backlog():
            return retry(HTTPStatus.TOO_MANY_REQUESTS, str(error), error.seconds, FULL)
        case StateError():
            log.error("the store failed", why=str(error))  # nobody has to look for a defect
            return retry(HTTPStatus.SERVICE_UNAVAILABLE, str(error), STORE_RETRY, _NO_STORE)
        case _:
            log.error("request failed", method=request.method, path=request.path, exc_info=error)
            return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, later("this is a defect in Kept; its log says more"))


def _answer(
    request: web.Request, problem: Problem, drawn: Callable[[web.Request, Problem], web.Response] | None
) -> web.Response:
    """Answer a problem: to programs in English, and to people as the board does."""
    if drawn is None or "Authorization" in request.headers or request.path.startswith(PROGRAMS):
        return problem.response()
    response = drawn(request, problem)
    response.headers.update(problem.headers)
    return response


def _check_host(request: web.Request, names: frozenset[str]) -> None:
    host = _name(request.host)
    if host not in names and request.path not in PROBES:
        words = later(
            "this server has no token and answers only to {names}, not to {host}; set a token, or name the host it is "
            "reached by",
            names=", ".join(sorted(names)), host=repr(host[:100]),
        )  # fmt: skip
        raise Problem(HTTPStatus.FORBIDDEN, words)


def _name(host: str) -> str:
    """Give the name of a Host header without its port, in lower case."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def check_origin(request: web.Request, *, always: bool = False) -> None:
    """Refuse a page of another origin that would change something; `always`: or that asks at all."""
    origin = request.headers.get("Origin")
    if origin is None or (request.method in SAFE and not always):
        return
    if origin.partition("://")[2].lower() != request.host.lower():
        words = later(
            "a page of another origin ({origin}) may not change anything here; do it on the board's own page",
            origin=origin[:100],
        )
        raise Problem(HTTPStatus.FORBIDDEN, words)


def _role(request: web.Request, access: Access, sessions: Sessions | None) -> Role | None:
    """Find what whoever asks may do, by their token or session; None: nothing that is not free."""
    given = _bearer(request)
    role = access.role(given) if given else None
    session = sessions.read(request) if sessions is not None and role is None else None
    if session is not None:
        request[SESSION] = session
        if request.method in SAFE or request.path.startswith(ACTS):  # no form of ours goes anywhere else
            role = session.role
    if not access.token:
        role = "admin"
    request[ROLE] = role or ""
    request[NAMES_PEOPLE] = access.names_people(role or "")
    return role


def _bearer(request: web.Request) -> str:
    """Give the token that a program sent; "": it sent none."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return given if scheme.lower() == "bearer" else ""


def needed(method: str, path: str) -> Role:
    """Say which role a request needs at least."""
    if method in SAFE:
        return next((role for begins, role in READS if path.startswith(begins)), "viewer")
    return next((role for begins, role in WRITES if path.startswith(begins)), "admin")


def _check_may(request: web.Request, role: Role | None) -> None:
    wanted = needed(request.method, request.path)
    if role is not None and not may(role, wanted):
        words = later(
            "this token is for the role {own}, and this needs {role}; ask whoever runs Kept for another one",
            own=role, role=wanted,
        )  # fmt: skip
        if role == "viewer":
            words = later(
                "this token is for looking on, and this needs {role}; ask whoever runs Kept for another one",
                role=wanted,
            )
        raise Problem(HTTPStatus.FORBIDDEN, words)


def see_other(path: str) -> web.Response:
    """Send a browser to another page."""
    return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": path})


def _turned_away(request: web.Request, *, has_board: bool) -> web.Response:
    """Lead a person to the sign-in, and tell a program what is missing."""
    person = has_board and not request.path.startswith(PROGRAMS) and "Authorization" not in request.headers
    if person and request.method in SAFE:
        return see_other(f"/sign-in?next={quote(request.path_qs)}")
    words, challenge = later("this needs a token; send it as Authorization: Bearer TOKEN"), 'Bearer realm="kept"'
    if person:
        words = later("nobody is signed in here, so nothing was done; sign in, and do it once more")
    elif _bearer(request):
        words, challenge = later("this is not the token of this server"), f'{challenge}, error="invalid_token"'
    raise Problem(HTTPStatus.UNAUTHORIZED, words, headers={"WWW-Authenticate": challenge})


def _of_http(request: web.Request, error: web.HTTPException) -> Problem:
    status, path = HTTPStatus(error.status), request.path[:200]
    if status == HTTPStatus.NOT_FOUND:
        nothing = f"there is nothing at {path}; /openapi.json tells what there is"
        return Problem(status, nothing, told=later("There is nothing at {path}.", path=path))
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = error.headers.get("Allow", "")
        words = later("{method} is not for {path}; use {allowed}", method=request.method[:20], path=path,
                      allowed=allowed)  # fmt: skip
        return Problem(status, words, headers={"Allow": allowed})
    return Problem(status, (error.text or status.phrase).strip())
