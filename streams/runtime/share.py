"""The part of the subjects that a pump judges, where they are divided among several. Read next: `pump.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from standards.judge.rulebook import Key


class Share(NamedTuple):
    """The part of the subjects that a pump judges: those whose key is `mine`, all of them where it is None.

    `first`: it also counts what concerns nobody, which each share sees and one must tell.
    """

    mine: Callable[[Key], bool] | None = None
    first: bool = True

    @classmethod
    def hashed(cls, which: int, of: int) -> Share:
        """Give one of several shares within this process and its forks, by the hash of the keys."""
        return cls(lambda key: hash(key) % of == which, which == 0) if of > 1 else WHOLE


WHOLE = Share()
