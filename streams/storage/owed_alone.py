"""Which standards owe for each person alone, by all their revisions that a store has: also those not in force any more.

How these went is counted by the month alone (`docs/practice.md`), so nothing else counts them.
Read next: `standards/judge/standard.py`, which says what that is.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from standards.compiler.spec import load
from standards.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from standards.judge.standard import Standard
    from streams.storage.rows import StandardRow

_MOST: Final = 4_096
"""Of how many texts the answer is remembered: it is asked for at each scrape."""


def owed_alone(rows: Iterable[StandardRow], current: Mapping[str, Standard]) -> frozenset[str]:
    """Give the ids of those that owe for each person alone, or did so once.

    `current` are those in force by their ids: their authors may have marked a field of which an older text does not say
    so.
    """
    once = {row.id for row in rows if _is_owed_alone(row.text)}
    return frozenset(once | {name for name, each in current.items() if each.owed_to})


@lru_cache(maxsize=_MOST)
def _is_owed_alone(text: str) -> bool:
    """Tell it of an excerpt. One that cannot be read, as a newer Kept wrote it, is taken for one: nobody can say."""
    try:
        (standard,) = load((), retired=[text]).rulebook.standards.values()
    except SpecError:
        return True
    return bool(standard.owed_to)
