"""What has joined a promise that is owed, in words: more of the same happened since, or it is so still.

Read next: `now.py`, `story.py`, which show it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.judge.shapes import Response
from streams.board.wording import hour_and_minute

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from standards.judge.events import EventType
    from standards.judge.standard import Standard
    from streams.storage.rows import PromiseRow


def joined_words(
    promise: PromiseRow, standard: Standard | None, vocabulary: Mapping[str, EventType], zone: tzinfo
) -> str:
    """Say what came since the promise was made, or nothing.

    How things stand comes again and again, so of a reading only the last one says something; of what happened, each.
    """
    if not promise.joined:
        return ""
    shape, when = None if standard is None else standard.shape, hour_and_minute(promise.joined_at, zone)
    kind = vocabulary.get(shape.when.event) if isinstance(shape, Response) else None
    if kind is not None and kind.reading:
        return f"It was still so at {when}."
    return f"And {promise.joined:,} more since, the last at {when}."
