"""Days of a calendar that somebody changed after it was written: closed today, open until noon, open after all.

A change holds from the instant at which it was said, and not before: what has elapsed until then stays. The last one
for a day wins. Read next: `hours.py`, which answers by what was known at the instant from which it is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from standards.calendar.spans import Span


class Change(NamedTuple):
    """Other hours of one day of a calendar, which hold from `at` on (microseconds UTC).

    `day` is a proleptic ordinal. `shifts` are minutes from its midnight, as those of `Shift`; none at all: closed, and
    None: the hours that it has as a rule. `source` and `id` are those of the event that said so.
    """

    at: int
    calendar: str
    day: int
    shifts: tuple[tuple[int, int], ...] | None
    source: str = ""
    id: str = ""


def in_force(versions: Sequence[tuple[int, Sequence[Span]]]) -> list[Span]:
    """Give what the versions of a day's hours left open, each from its instant to that of the next one.

    A shift that is open before a change and after it goes on.
    """
    found: list[Span] = []
    for number, (since, spans) in enumerate(versions):
        until = versions[number + 1][0] if number + 1 < len(versions) else None
        for opens, closes in spans:
            begin, end = max(opens, since), closes if until is None else min(closes, until)
            if begin >= end:
                continue
            before = next((span for span in found if begin == since == span[1]), None)
            if before is not None:
                found.remove(before)
                begin = before[0]
            found.append((begin, end))
    return sorted(found)
