"""Messages that are made before it is known who reads them: a reason, an answer.

Read next: `words.py`, which says them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from alerts.words.words import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alerts.words.words import Words


class Later(msgspec.Struct, frozen=True):
    """A message with its values, of which numbers are written, and messages said, in the language of whoever reads.

    With a `count` it is about so many, and has another text for `many`.
    """

    message: str
    values: Mapping[str, object] = {}
    many: str = ""
    count: int = 1

    def said(self, words: Words) -> str:
        """Say it."""
        values = {name: _said(value, words) for name, value in self.values.items()}
        if self.many:
            return words.how_many(self.count, self.message, self.many, **values)
        return words.say(self.message, **values)


class Either(msgspec.Struct, frozen=True):
    """Names of which one is meant."""

    names: Sequence[str]

    def said(self, words: Words) -> str:
        """Say them: a, b or c."""
        return words.either(self.names)


class RefusedError(ValueError):
    """Something that people gave cannot be taken: why not is said in their language, and in logs in English."""

    def __init__(self, why: Later) -> None:
        self.why = why
        super().__init__(why.said(ENGLISH))


def later(message: str, /, **values: object) -> Later:
    """Make a message that is said later."""
    return Later(message, values)


def later_many(count: int, one: str, many: str, /, **values: object) -> Later:
    """Make a message about so many that is said later; `{count}` is how many."""
    return Later(one, values, many, count)


def _said(value: object, words: Words) -> object:
    if isinstance(value, Later | Either):
        return value.said(words)
    return words.number(value) if isinstance(value, int) else value
