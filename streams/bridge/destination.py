"""Where a bridge carries things: `POST /v1/in/NAME` of a running Kept. What it has not said 202 to is sent again.

Read next: `streams/web/api/ways_in.py`, which takes it in.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import aiohttp
import msgspec
import structlog

from standards.errors import StateError
from streams.web.api.views import ProblemItem, View
from streams.web.api.way_in_views import WayInAnswer, WayInItem

if TYPE_CHECKING:
    from collections.abc import Mapping

V = TypeVar("V", bound=View)

AT_ONCE: Final = 200_000
"""How many bytes are sent in one request: less than a way in takes, and a dead letter keeps."""
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0
_PATIENCE: Final = 60.0
_PASSES: Final = frozenset({408, 425, 429, 500, 502, 503, 504})

log = structlog.get_logger("kept")


class Place(NamedTuple):
    """A way in of a running Kept: its address, the name, and the token."""

    url: str
    name: str
    token: str = ""


class Destination:
    """Sends to one way in, in order, until it is taken. Raises StateError where sending it again would not help."""

    def __init__(self, place: Place, session: aiohttp.ClientSession) -> None:
        self._place, self._session = place, session
        self._url = f"{place.url.rstrip('/')}/v1/in/{place.name}"
        self._headers = {"Authorization": f"Bearer {place.token}"} if place.token else {}

    async def way(self) -> WayInItem:
        """Ask how the way in reads; waits until Kept answers."""
        return self._read(await self._until_answered("GET", None, {}), WayInItem)

    async def send(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Send something, and return when it is durable."""
        taken = self._read(await self._until_answered("POST", body, headers), WayInAnswer)
        if taken.refused:
            log.warning("records cannot be read and are in the dead letters", count=len(taken.refused),
                        why=taken.refused[0].message)  # fmt: skip

    def _read(self, said: bytes, form: type[V]) -> V:
        try:
            return msgspec.json.decode(said, type=form)
        except msgspec.DecodeError:
            raise StateError(f"{self._url} does not answer as Kept does; name its address with --to") from None

    async def _until_answered(self, method: str, body: bytes | None, headers: Mapping[str, str]) -> bytes:
        wait, told = _FIRST_WAIT, False
        while True:
            try:
                async with self._session.request(method, self._url, data=body,
                                                 headers={**self._headers, **headers}) as answer:  # fmt: skip
                    said = await answer.read()
                    if answer.status in (HTTPStatus.OK, HTTPStatus.ACCEPTED):
                        if told:
                            log.info("Kept takes it again", at=self._url)
                        return said
                    why = f"{answer.status}: {_detail(said)}"
                    after = answer.headers.get("Retry-After", "")
                    if answer.status not in _PASSES:
                        raise StateError(f"{self._url} says {why}")
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                why, after = str(error) or type(error).__name__, ""
            if not told:
                log.warning("Kept does not take it now; it is sent again until it does", at=self._url, why=why)
                told = True
            await asyncio.sleep(min(float(after), _LONGEST_WAIT) if after.isdecimal() else wait)
            wait = min(wait * 2, _LONGEST_WAIT)


def _detail(said: bytes) -> str:
    try:
        return msgspec.json.decode(said, type=ProblemItem).detail
    except msgspec.DecodeError:
        return "not an answer of Kept"


def session() -> aiohttp.ClientSession:
    """Make the connections; an answer is waited for a minute."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_PATIENCE), cookie_jar=aiohttp.DummyCookieJar())
