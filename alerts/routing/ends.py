"""How the others of a message ended which says that all is well: each as it did, those that ended alike together.

Read next: `digest.py`, which puts it after the first of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from alerts.routing.deadlines import clock_of
from alerts.words.words import phrase, several

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from alerts.routing.notice import Notice
    from alerts.words.words import Words
    from standards.judge.promise import Kind, Verdict

    Names = Callable[[Sequence[Notice]], str]

ENDED: Final[Mapping[Kind, str]] = {
    "kept": phrase("Kept ({when}): {names}."),
    "fulfilled_late": phrase("Done late ({when}): {names}."),
    "voided": phrase("Not needed any more ({when}): {names}."),
    "excused": phrase("Excused ({when}): {names}."),
    "ended": phrase("Broken, until the need went away ({when}): {names}."),
    "given_up": phrase("Given up ({when}): {names}."),
    "withdrawn": phrase("Taken back ({when}): {names}."),
    "corrected": phrase("Corrected ({when}): {names}."),
}
"""How some promises ended, by the kind of their lines, when, and where."""
CORRECTED: Final[Mapping[Verdict | None, str]] = {
    "kept": phrase("Kept after all ({when}): {names}."),
    "void": phrase("Not needed after all ({when}): {names}."),
    "excused": phrase("Excused after all ({when}): {names}."),
    None: phrase("Still owed after all: {names}."),
}
"""The same of what was told otherwise before, by the verdict."""
SAME: Final = several("The same for {count} more: {names}.", "The same for {count} more: {names}.")
"""What a message says of the others for which the same is so."""
STAND_AGAIN: Final = phrase("More of the same stands there: {names}.")


def ends(first: Notice, others: Sequence[Notice], words: Words, now: int, names: Names) -> Iterator[str]:
    """Say of the others how they ended; of those whose own message would say what the first one's does, that it is so.

    `names` writes where they are. It is read at an instant, in microseconds UTC.
    """
    alike = [part for part in others if _said(part) == _said(first)]
    if alike:
        yield words.how_many(len(alike), *SAME, names=names(alike))
    rest = [part for part in others if part not in alike]
    kinds: dict[tuple[str, Verdict | None, str], list[Notice]] = {}
    for part in rest:
        verdict = part.verdict if part.kind == "corrected" else None
        kinds.setdefault((part.kind, verdict, part.wording), []).append(part)
    for (kind, verdict, _), parts in kinds.items():
        message = CORRECTED.get(verdict) if kind == "corrected" else None
        when = _when(parts, words, now)
        yield words.say(message or ENDED.get(parts[0].kind, ENDED["corrected"]), when=when, names=names(parts))
    again = [part for part in rest if part.stands_again]
    if again:
        yield words.say(STAND_AGAIN, names=names(again))


def _said(part: Notice) -> str:
    """Give what a notice says after its place."""
    return part.text.removeprefix(part.place)


def _when(parts: Sequence[Notice], words: Words, now: int) -> str:
    """Say from when to when some promises ended, by the clocks of their own places."""
    several_zones = len({part.zone for part in parts}) > 1
    early, late = min(parts, key=_at), max(parts, key=_at)
    last = clock_of(late, late.at, words, now, named=several_zones or late.names_zone)
    first = clock_of(early, early.at, words, now, named=several_zones)
    return last if early.at == late.at else words.say("{first} to {last}", first=first, last=last)


def _at(part: Notice) -> int:
    return part.at
