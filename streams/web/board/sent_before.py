"""Which forms came before: one that is sent again, as its answer is loaded anew or pressed twice, does nothing more.

A form is known by the page that it was drawn on and by whom it was sent. Nothing of what it said is held.
Read next: `board_acts.py` and `mine.py`, which ask.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import msgspec

from streams.web.board.one_at_a_time import OneAtATime
from streams.web.guard import SESSION

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from aiohttp import web

MOST: Final = 10_000
"""How many are remembered, the last ones of all that came."""
DRAWN: Final = "drawn"
"""The field that says when the page of a form was drawn: another page has another form."""


class SentBefore:
    """Remembers the forms that were done."""

    def __init__(self) -> None:
        self._done: OrderedDict[str, None] = OrderedDict()
        self._alone = OneAtATime()

    def __len__(self) -> int:
        return len(self._done)

    @asynccontextmanager
    async def knowing(self, sender: str, form: Mapping[str, str]) -> AsyncIterator[bool]:
        """Say whether a form was done before, and remember it if what follows succeeds; the same at once waits for it.

        `sender` is `sender_of()` the request. A form that does not say when it was drawn is always new.
        """
        if not form.get(DRAWN):
            yield False
            return
        key = sha256(msgspec.json.encode([sender, *sorted(form.items())])).hexdigest()
        async with self._alone.having([key]):
            yield key in self._done
            self._done[key] = None
            while len(self._done) > MOST:
                self._done.popitem(last=False)


def sender_of(request: web.Request) -> str:
    """Say by whom a form was sent, and where to; a path that is a link is somebody's own."""
    session = request.get(SESSION)
    return f"{session.number if session is not None else ''} {request.path}"
