"""Problems: what is answered when a request cannot be done, as RFC 9457 `application/problem+json`.

`detail` is plain English: what was found, and what would fix it.
Read next: `guard.py`, which turns every error into one of these.
"""

from __future__ import annotations

from difflib import get_close_matches
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import msgspec
from aiohttp import web

from alerts.words.later import Later, later
from alerts.words.words import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from alerts.words.words import Words

CONTENT_TYPE = "application/problem+json"
FULL: Final = later("more events wait than can be judged; send this request again in a moment")
"""What is told where there is no room."""
_ENDS: Final = (".", "?", "!", "…")


class Problem(Exception):  # noqa: N818 - the name that RFC 9457 gives it
    """A request that cannot be done. `members` are more members of the answer, beside those of RFC 9457.

    `detail` is told to people in their language where it is a message that is said later; to programs in English. Where
    people are to be told something else, `told` is that.
    """

    def __init__(
        self,
        status: HTTPStatus,
        detail: str | Later,
        *,
        members: Mapping[str, Any] = {},
        headers: Mapping[str, str] = {},
        told: Later | None = None,
    ) -> None:
        self.status = status
        self.later = told or (detail if isinstance(detail, Later) else None)
        self.detail = detail.said(ENGLISH) if isinstance(detail, Later) else detail
        self.members = members
        self.headers = headers
        super().__init__(self.detail)

    def said(self, words: Words) -> str:
        """Say to people what could not be done, as whole sentences."""
        said = self.detail if self.later is None else self.later.said(words)
        return f"{said[:1].upper()}{said[1:]}{'' if said.endswith(_ENDS) else '.'}"

    def to(self, words: Words) -> Problem:
        """Give the problem as it is told to somebody by a script."""
        return Problem(self.status, self.said(words), members=self.members, headers=self.headers)

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


def retry(status: HTTPStatus, detail: str | Later, seconds: int, told: Later | None = None) -> Problem:
    """Make a problem that may be over in so many seconds."""
    return Problem(status, detail, headers={"Retry-After": str(seconds)}, told=told)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Name the closest of what is known, as the end of a sentence, or list it all where nothing is close."""
    names = list(known)
    close = get_close_matches(name, names, 1)
    if close:
        return f"did you mean {close[0]}?"
    return f"there is {', '.join(names)}" if names else "there is none"
