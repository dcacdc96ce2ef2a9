"""What has joined a promise that is owed, in words: more of the same happened since, or it is so still.

Read next: `screen.py`, `streams/board/now.py` and `streams/board/story.py`, which show it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from alerts.words.words import ENGLISH
from standards.judge.shapes import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alerts.words.words import Words
    from standards.judge.events import EventType
    from standards.judge.standard import Standard


class Joined(NamedTuple):
    """How many events joined a promise, and when the last of them did, in microseconds UTC."""

    number: int = 0
    at: int = -1


def stands_on(standard: Standard | None, vocabulary: Mapping[str, EventType]) -> bool:
    """Say whether what joins a promise is how things stand: of that only the last one says something."""
    shape = None if standard is None else standard.shape
    kinds = [vocabulary.get(event) for event in shape.when.events] if isinstance(shape, Response) else []
    return bool(kinds) and all(kind is not None and kind.reading for kind in kinds)


def joined_words(joined: Joined, when: str, *, stands: bool, words: Words = ENGLISH) -> str:
    """Say what came since the promise was made, or nothing. `stands`: it is how things stand, as `stands_on` has it.

    `when` is the time of day at which the last of it came.

    How things stand comes again and again, so of a reading only the last one says something; of what happened, each.
    """
    if not joined.number:
        return ""
    if stands:
        return words.say("It was still so at {time}.", time=when)
    return words.how_many(
        joined.number, "And {count} more since, the last at {time}.", "And {count} more since, the last at {time}.",
        time=when,
    )  # fmt: skip
