"""What has joined a promise that is owed, in words: more of the same happened since, or it is so still.

Read next: `screen.py`, `streams/board/now.py` and `streams/board/story.py`, which show it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from standards.judge.events import moment
from standards.judge.shapes import Response

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from standards.judge.events import EventType
    from standards.judge.standard import Standard


class Joined(NamedTuple):
    """How many events joined a promise, and when the last of them did, in microseconds UTC."""

    number: int
    at: int


def joined_words(joined: Joined, standard: Standard | None, vocabulary: Mapping[str, EventType], zone: tzinfo) -> str:
    """Say what came since the promise was made, or nothing.

    How things stand comes again and again, so of a reading only the last one says something; of what happened, each.
    """
    if not joined.number:
        return ""
    shape, when = None if standard is None else standard.shape, f"{moment(joined.at).astimezone(zone):%H:%M}"
    kinds = [vocabulary.get(event) for event in shape.when.events] if isinstance(shape, Response) else []
    if kinds and all(kind is not None and kind.reading for kind in kinds):
        return f"It was still so at {when}."
    return f"And {joined.number:,} more since, the last at {when}."
