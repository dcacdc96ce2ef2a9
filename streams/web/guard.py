"""The guard: who may ask at all, and how every answer leaves the house.

With a token, everything but the page, the probes and the API's description needs `Authorization: Bearer`. Without one
the server is for this machine only: a request must name it by a loopback name or by the one it listens on, or a web
page anywhere could reach it by pointing its own name at 127.0.0.1 (DNS rebinding). A page of another origin may never
change anything. Every error leaves as a problem, and every answer with strict headers.
Knows: HTTP headers. Must not know: events, promises. Read next: `problem.py`.
"""

from __future__ import annotations

from hmac import compare_digest
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import msgspec
import structlog
from aiohttp import web

from standards.errors import StateError
from streams.books import Backlog
from streams.web.problem import Problem, retry

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler, Middleware

OPEN: Final = frozenset({"/", "/healthz", "/readyz", "/openapi.json"})
"""What is answered without a token."""
PROBES: Final = frozenset({"/healthz", "/readyz"})
"""What is answered under any host name: probes call a pod by its address."""
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})

TRUSTED: Final = web.RequestKey("trusted", bool)
"""The key of a request under which stands whether it may hear what went wrong: files, lines, errors."""
STORE_RETRY: Final = 5
"""Seconds after which it is worth asking again when the store has failed."""

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

log = structlog.get_logger("kept")


class Access(msgspec.Struct, frozen=True):
    """Who may ask: whoever has the token or, where it is empty, whoever calls this machine by one of its names.

    `hosts` are names beside the loopback ones, without port.
    """

    token: str = ""
    hosts: tuple[str, ...] = ()


def guarded(access: Access) -> Middleware:
    """Make the middleware that all requests pass through."""
    names = LOOPBACK | {host.strip("[]").lower() for host in access.hosts}
    token = access.token.encode()

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            _check_host(request, None if token else names)
            _check_origin(request)
            _check_token(request, token)
            request[TRUSTED] = _given(request, token) if token else _name(request.host) in names
            response = await handler(request)
        except web.HTTPException as error:
            response = _of_http(request, error).response()
        except Problem as problem:
            response = problem.response()
        except Backlog as error:
            response = retry(HTTPStatus.TOO_MANY_REQUESTS, str(error), error.seconds).response()
        except StateError as error:
            log.exception("the store failed")
            response = retry(HTTPStatus.SERVICE_UNAVAILABLE, str(error), STORE_RETRY).response()
        except Exception:
            log.exception("request failed", method=request.method, path=request.path)
            words = "this is a defect in Kept; its log says more"
            response = Problem(HTTPStatus.INTERNAL_SERVER_ERROR, words).response()
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return guard


def _check_host(request: web.Request, names: frozenset[str] | None) -> None:
    if names is None or request.path in PROBES:
        return
    host = _name(request.host)
    if host not in names:
        words = f"this server has no token and answers only to {', '.join(sorted(names))}, not to {host[:100]!r}"
        raise Problem(HTTPStatus.FORBIDDEN, f"{words}; set a token, or name the host it is reached by")


def _name(host: str) -> str:
    """Give the name of a Host header without its port, in lower case."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _check_origin(request: web.Request) -> None:
    origin = request.headers.get("Origin")
    if origin is None or request.method in SAFE:
        return
    if origin.partition("://")[2].lower() != request.host.lower():
        raise Problem(HTTPStatus.FORBIDDEN, "a page of another origin may not change anything here")


def _check_token(request: web.Request, token: bytes) -> None:
    if not token or request.path in OPEN:
        return
    if request.headers.get("Authorization", "").partition(" ")[0].lower() != "bearer":
        challenge = {"WWW-Authenticate": 'Bearer realm="kept"'}
        words = "this needs a token; send it as Authorization: Bearer TOKEN"
        raise Problem(HTTPStatus.UNAUTHORIZED, words, headers=challenge)
    if not _given(request, token):
        challenge = {"WWW-Authenticate": 'Bearer realm="kept", error="invalid_token"'}
        raise Problem(HTTPStatus.UNAUTHORIZED, "this is not the token of this server", headers=challenge)


def _given(request: web.Request, token: bytes) -> bool:
    """Say whether the request carries the token; takes the same time for every wrong one."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return compare_digest(given.strip().encode("utf-8", "surrogateescape"), token) and scheme.lower() == "bearer"


def _of_http(request: web.Request, error: web.HTTPException) -> Problem:
    status = HTTPStatus(error.status)
    match status:
        case HTTPStatus.NOT_FOUND:
            return Problem(status, f"there is nothing at {request.path[:200]}; /openapi.json tells what there is")
        case HTTPStatus.METHOD_NOT_ALLOWED:
            allowed = error.headers.get("Allow", "")
            words = f"{request.method[:20]} is not for {request.path[:200]}; use {allowed}"
            return Problem(status, words, headers={"Allow": allowed})
        case _:
            return Problem(status, (error.text or status.phrase).strip())
