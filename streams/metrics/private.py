"""What metrics leave unsaid: of which type an event was that is private, as a scrape before and after it would say.

Read next: `standards/vocabulary.yaml`, which says which types these are.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from standards.documents.vocabulary import private_types

if TYPE_CHECKING:
    from collections.abc import Mapping

OTHER: Final = "other"
"""The type under which all that is private is counted."""


def told_as(event_type: str) -> str:
    """Give the type under which an event is counted."""
    return OTHER if event_type in private_types() else event_type


def by_type(counts: Mapping[str, int]) -> Counter[str]:
    """Give how many events there were of each type that is told."""
    found = Counter[str]()
    for name, count in counts.items():
        found[told_as(name)] += count
    return found
