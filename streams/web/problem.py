"""Problems: what is answered when a request cannot be done, as RFC 9457 `application/problem+json`.

`detail` is plain English: what was found, and what would fix it.
Read next: `guard.py`, which turns every error into one of these.
"""

from __future__ import annotations

from difflib import get_close_matches
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CONTENT_TYPE = "application/problem+json"


class Problem(Exception):  # noqa: N818 - the name that RFC 9457 gives it
    """A request that cannot be done. `members` are more members of the answer, beside those of RFC 9457."""

    def __init__(
        self, status: HTTPStatus, detail: str, *, members: Mapping[str, Any] = {}, headers: Mapping[str, str] = {}
    ) -> None:
        self.status = status
        self.detail = detail
        self.members = members
        self.headers = headers
        super().__init__(detail)

    def response(self) -> web.Response:
        """Give the answer."""
        body = {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": self.status.value,
            "detail": self.detail,
            **self.members,
        }
        raw = msgspec.json.encode(body)
        return web.Response(status=self.status, body=raw, content_type=CONTENT_TYPE, headers=self.headers)


def retry(status: HTTPStatus, detail: str, seconds: int) -> Problem:
    """Make a problem that may be over in so many seconds."""
    return Problem(status, detail, headers={"Retry-After": str(seconds)})


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Name the closest of what is known, as the end of a sentence, or list it all where nothing is close."""
    names = list(known)
    close = get_close_matches(name, names, 1)
    if close:
        return f"did you mean {close[0]}?"
    return f"there is {', '.join(names)}" if names else "there is none"
