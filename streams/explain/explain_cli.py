"""Looking into the data folder of an embedded host, without changing anything and whether or not it runs.

Read next: `why.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.errors import Finding, Place, SpecError, StateError
from streams.explain.why import Known, why
from streams.storage.read_model import ReadModel
from streams.storage.sqlite import FILE

if TYPE_CHECKING:
    from pathlib import Path
    from zoneinfo import ZoneInfo


def story(folder: Path, promise: str, zone: ZoneInfo) -> str:
    """Tell why a promise went as it did. Raises StateError for a folder without data, SpecError for no such promise."""
    if not (folder / FILE).is_file():
        raise StateError(f"{folder} holds no data of Kept; name the folder of a host with --data FOLDER, or KEPT_DATA")
    read_model = ReadModel(folder)
    try:
        found = read_model.promise(promise)
        if found is None:
            fix = "copy the id from a message, from the board or from GET /v1/promises"
            raise SpecError([Finding("unknown-promise", Place(promise, 1, 1), f"{folder} knows no such promise", fix)])
        causes = [line.cause for line in found.lines if line.cause is not None]
        known = Known(found, read_model.board.reasons(promise), read_model.board.actions_on([found.row.id], causes))
        return why(known, read_model.event, zone)
    finally:
        read_model.close()
