"""Sessions: who looks at the board, in a cookie that only this server can have written.

A session has a name, a role and a secret number, of which the proof is made that a form came from its own page. The
cookie holds everything, sealed with a key made of the tokens, so sessions outlive a restart and end when a token is
changed; only those that were ended are remembered here. Without a token the key is known to all: a session then gives
no right that a stranger on this machine has not, and its number is still secret to others.
An edge: a clock is read and chance is drawn; a session's age is real time, in a demo at speed 60 too.
Read next: `guard.py`, which asks for one.
"""

from __future__ import annotations

import hmac
import os
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import scrypt
from typing import TYPE_CHECKING, Final, Literal, get_args

import msgspec

from streams.web.ended_sessions import EndedSessions

if TYPE_CHECKING:
    from aiohttp import web

Role = Literal["viewer", "frontliner", "supervisor", "author", "admin"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
"""All roles; each may do what those before it may, and more."""

LASTS: Final = 12 * 3600
"""How long a session lasts, in seconds: a shift, and some time to talk it over."""
LONGEST_NAME: Final = 80
_SEAL: Final = "sha256"
_LONGEST: Final = 2_000


def may(role: str, needed: Role) -> bool:
    """Say whether somebody with a role may do what needs another one."""
    return role in ROLES and ROLES.index(role) >= ROLES.index(needed)


class Session(msgspec.Struct, frozen=True, array_like=True):
    """Who somebody is. `since` is in seconds since 1970; `number` is secret; on pages of `team` they read names."""

    number: str
    role: Role
    since: int
    name: str = ""
    team: str = ""


_encode = msgspec.json.encode
_decode = msgspec.json.Decoder(Session).decode


class Sessions:
    """Makes and reads sessions."""

    def __init__(self, secret: str = "", ended: EndedSessions | None = None) -> None:
        """Make the key. A slow hash, so that whoever may only look cannot guess a weak token from a cookie."""
        self._ended = ended or EndedSessions()
        salt = b"kept session"
        self._key = scrypt(secret.encode(), salt=salt, n=1 << 14, r=8, p=1, dklen=32) if secret else salt

    def begin(self, role: Role, name: str = "") -> Session:
        """Make a new session."""
        return Session(os.urandom(16).hex(), role, int(time.time()), name.strip()[:LONGEST_NAME])

    def named(self, session: Session, name: str) -> Session:
        """Give the session under another name."""
        return msgspec.structs.replace(session, name=name.strip()[:LONGEST_NAME])

    def of_team(self, session: Session, team: str) -> Session:
        """Give the session of somebody of a team."""
        return msgspec.structs.replace(session, team=team)

    def proof(self, session: Session) -> str:
        """Give what a form has to carry, so that only our own pages can send it."""
        return self._sealed(f"form {session.number}".encode())

    def proven(self, session: Session, given: str) -> bool:
        """Say whether a form carries the session's proof."""
        return hmac.compare_digest(self.proof(session).encode(), given.encode("utf-8", "surrogateescape"))

    def read(self, request: web.Request) -> Session | None:
        """Give the session of a request, if it has one that is ours and not over."""
        body, _, seal = request.cookies.get(_cookie(request), "")[:_LONGEST].partition(".")
        expected = self._sealed(body.encode("utf-8", "surrogateescape"))
        if not hmac.compare_digest(expected.encode(), seal.encode("utf-8", "surrogateescape")):
            return None
        try:
            session = _decode(urlsafe_b64decode(body))
        except (msgspec.DecodeError, ValueError):
            return None
        is_over = not 0 <= time.time() - session.since < LASTS or self._ended.has(session.number)
        return None if is_over else session

    def write(self, request: web.Request, response: web.StreamResponse, session: Session) -> None:
        """Have the browser keep a session."""
        body = urlsafe_b64encode(_encode(session)).decode()
        secure = request.secure or request.headers.get("X-Forwarded-Proto", "").lower() == "https"
        value = f"{body}.{self._sealed(body.encode())}"
        response.set_cookie(
            _cookie(request), value, max_age=LASTS, path="/", secure=secure, httponly=True, samesite="Strict"
        )

    def end(self, request: web.Request, response: web.StreamResponse) -> None:
        """Have the browser forget its session, and hear no more of it, whoever has its cookie."""
        if (session := self.read(request)) is not None:
            self._ended.add(session.number, session.since + LASTS, time.time())
        response.del_cookie(_cookie(request), path="/", httponly=True, samesite="Strict")

    def _sealed(self, body: bytes) -> str:
        return hmac.new(self._key, body, _SEAL).hexdigest()


def _cookie(request: web.Request) -> str:
    """Name the cookie: browsers share cookies between the ports of a machine, and Kept may listen on several."""
    port = request.host.rpartition(":")[2]
    return f"kept-{port}" if port.isascii() and port.isdecimal() else "kept"
