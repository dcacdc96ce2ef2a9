"""What a message says of the others of its group where nobody can say how any of them went: for which reason.

A site's promises may rest on several feeds: what is said of the first of a message is so of those alone that are
unknown for the same reason. Read next: `digest.py`, which puts it after the first of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from alerts.routing.ends import SAME
from alerts.words.words import several

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from alerts.routing.notice import Notice
    from alerts.words.words import Words

    Names = Callable[[Sequence[Notice]], str]

OTHER_REASON: Final = several(
    "Of {count} more nobody can say either, but for another reason:",
    "Of {count} more nobody can say either, but for another reason:",
)


def unsure(first: Notice, others: Sequence[Notice], words: Words, names: Names) -> Iterator[str]:
    """Say of the others of a group where it is the same and, reason by reason, where it is not; each a line."""
    by_reason: dict[tuple[str, ...], list[Notice]] = {}
    for part in others:
        by_reason.setdefault(part.fact, []).append(part)
    alike = by_reason.pop(first.fact, [])
    if alike:
        yield words.how_many(len(alike), *SAME, names=_by_promise(alike, names))
    if by_reason:
        yield words.how_many(len(others) - len(alike), *OTHER_REASON)
    for reason, parts in by_reason.items():
        said = _by_promise(parts, names)
        yield f"- {words.say('{place}: {said}', place=said, said=reason[0]) if reason else said}"


def _by_promise(parts: Sequence[Notice], names: Names) -> str:
    """Name where some promises are, those of one wording together."""
    found: dict[str, list[Notice]] = {}
    for part in parts:
        found.setdefault(part.wording, []).append(part)
    return ", ".join(names(some) for some in found.values())
