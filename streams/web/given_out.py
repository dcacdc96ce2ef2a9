"""A line of the log for all that is given out as it is stored: to whom, what, and from when to when.

Whoever gets it can count in it what pages count once, a vote say. Read next: `api/exports.py`, `api/persons.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from streams.names.references import is_reference
from streams.web.guard import SESSION

if TYPE_CHECKING:
    from aiohttp import web

log = structlog.get_logger("kept")


def note(request: web.Request, what: str, **part: str) -> None:
    """Write it; `part` says which part of it, as far as it is not all.

    Whoever has signed in is the reference of their name; of a token alone nobody knows more than where it came from.
    """
    session = request.get(SESSION)
    by = session.name if session is not None and is_reference(session.name, "p") else ""
    told = {name: value for name, value in {**part, "by": by}.items() if value}
    log.info("stored data were given out", what=what, address=request.remote or "", **told)
