"""Forgetting again, at each start, whom the store says was erased: a file of names that was put back knows them.

Read next: `streams/web/api/persons.py`, where it is said first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from alerts.routing.actions import ERASED
from streams.names.erasing import SOURCE

if TYPE_CHECKING:
    from streams.names.names import Names
    from streams.storage.sqlite import Database

_ERASED: Final = "SELECT at, CAST(body AS TEXT) ->> 'agent' FROM acts WHERE type = ? AND source = ? ORDER BY seq"

log = structlog.get_logger("kept")


def forget_again(database: Database, names: Names) -> None:
    """Forget whoever was erased, and is known all the same, and end what of an erasure was not. Raises StateError."""
    names.finish()
    erased = {str(reference): int(at) for at, reference in database.all(_ERASED, [ERASED, SOURCE])}
    known = names.are_known(erased)
    for reference in known:
        names.erase(reference, erased[reference])
    if known:
        log.warning("the file of names knew who was erased; they are forgotten again", count=len(known))
