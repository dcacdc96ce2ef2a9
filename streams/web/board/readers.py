"""In which language somebody reads the board: their own, their browser's, that of the place, or the host's.

Read next: `board.py`, which asks at each request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import msgspec

from alerts.words.words import LANGUAGES, SOURCE
from standards.natural import same
from streams.board.view import View
from streams.web.guard import SESSION

if TYPE_CHECKING:
    from aiohttp import web

    from alerts.policy.policy import People

_UTC: Final = ZoneInfo("UTC")
_LONGEST: Final = 200
"""How much of what a browser says of its languages is heard."""


class Usual(msgspec.Struct, frozen=True):
    """The host's own zone, in which the board tells times, and its language, for who has none of their own."""

    zone: ZoneInfo = _UTC
    language: str = SOURCE


def language_of(request: web.Request, people: People | None, usual: str) -> str:
    """Say in which language whoever asks is answered; `usual` is the host's, for who says none."""
    session = request.get(SESSION)
    own = _own(people, session.name) if session is not None and people is not None else ""
    return own or _accepted(request.headers.get("Accept-Language", "")) or _of_site(request, people) or usual


def _own(people: People, name: str) -> str:
    """Give the language of somebody of the policy; nothing where they have none of their own."""
    return next((it.language for it in people.people.values() if same(it.name, name)), "") if name else ""


def _of_site(request: web.Request, people: People | None) -> str:
    """Give the language that is spoken at the site that is looked at."""
    site = None if people is None else people.sites.get(View.of(request.query).site)
    return site.language if site is not None else ""


def _accepted(header: str) -> str:
    """Give the first of our languages that a browser asks for (RFC 9110); nothing where it asks for none of them."""
    wanted = [_weighed(part) for part in header[:_LONGEST].split(",")]
    tags = [tag for tag, weight in sorted(wanted, key=lambda each: -each[1]) if weight > 0]
    found = (tag.partition("-")[0] for tag in tags)
    return next((language for language in found if language in LANGUAGES), "")


def _weighed(part: str) -> tuple[str, float]:
    tag, _, weight = part.strip().lower().partition(";")
    try:
        return tag.strip(), float(weight.strip().removeprefix("q=")) if weight else 1.0
    except ValueError:
        return tag.strip(), 0.0
