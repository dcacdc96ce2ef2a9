"""What a message counts beside the promises that it speaks for, and the sentences that say so.

* what it explains: trouble that is not told, as this one is its cause;
* what came and went while something held it back: nobody was told of it;
* what of the same group somebody has already.

And it says since when trouble is known, where that is later than it was so.

Read next: `turns.py`, which counts, and `throttle.py`, which puts the parts of a message together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from standards.calendar.duration import MINUTE
from standards.judge.events import moment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from alerts.routing.notice import Notice
    from standards.judge.ledger import Line

LATE: Final = MINUTE
"""How long after it was so trouble becomes known at least, in microseconds, where that is said."""


def counted(made: Notice, parts: Sequence[Notice]) -> Notice:
    """Give the message that was made of some parts, with all that they count, and a sentence of it."""
    explained = sum(part.explained for part in parts)
    went = sum(part.came_and_went for part in parts)
    others: dict[str, int] = {}
    for part in parts:
        others.update(part.others_have)
    if not (explained or went or others):
        return made
    made = msgspec.structs.replace(made, explained=explained, came_and_went=went, others_have=others)
    return msgspec.structs.replace(made, text=f"{made.text} {sentence(made)}")


def sentence(notice: Notice) -> str:
    """Say in words what a message counts; empty where it counts nothing."""
    said = [
        f"{name} has {'another one' if count == 1 else f'{count} others'} of them already."
        for name, count in sorted(notice.others_have.items())
    ]
    if notice.explained:
        one = notice.explained == 1
        said.append(f"It explains {notice.explained} more {'promise' if one else 'promises'} in trouble there.")
    if notice.came_and_went:
        one = notice.came_and_went == 1
        said.append(f"{notice.came_and_went} more came and {'was' if one else 'were'} over meanwhile.")
    return " ".join(said)


def known_since(line: Line, zone: ZoneInfo) -> str:
    """Say since when a broken promise is known, where its opening was heard of late; else nothing."""
    if line.kind != "broken" or line.known - line.at < LATE:
        return ""
    return f"Known since {moment(line.known).astimezone(zone):%H:%M:%S}."
