"""What a message counts beside the promises that it speaks for, and the sentences that say so.

* what it explains: trouble that is not told, as this one is its cause;
* what came and went while something held it back: nobody was told of it;
* what of the same group somebody has already, or nobody has and its reader was told of before.

And it says since when trouble is known, where that is later than it was so.

Read next: `turns.py`, which counts, and `throttle.py`, which puts the parts of a message together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from alerts.words.words import ENGLISH, Words, several
from standards.calendar.duration import MINUTE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alerts.routing.notice import Notice
    from alerts.routing.remarks import Remark
    from standards.judge.ledger import Line

LATE: Final = MINUTE
"""How long after it was so trouble becomes known at least, in microseconds, where that is said."""


OTHERS_HAVE: Final = several("{by} already has {count} more of these.", "{by} already has {count} more of these.")
OTHERS_STAND: Final = several(
    "{count} more of these, told before, still stands.", "{count} more of these, told before, still stand."
)
EXPLAINED: Final = several(
    "It explains {count} more promise in trouble there.", "It explains {count} more promises in trouble there."
)
CAME_AND_WENT: Final = several(
    "{count} more came and was over meanwhile.", "{count} more came and were over meanwhile."
)


def counted(made: Notice, parts: Sequence[Notice], *, of_group: bool = False) -> Notice:
    """Give the message that was made of some parts, with all that they count, and a sentence of it.

    What else stands of a group is said where the parts are `of_group`: summaries and digests say how all of it stands.
    """
    explained = sum(part.explained for part in parts)
    went = sum(part.came_and_went for part in parts)
    others: dict[str, int] = {}
    for part in parts:
        others.update(part.others_have)
    standing = max(part.others_stand for part in parts) if of_group else 0
    made = msgspec.structs.replace(
        made, explained=explained, came_and_went=went, others_have=others, others_stand=standing
    )
    if not (explained or went or others or standing):
        return made
    text = _after(made.text, sentence(made, Words(made.language)))
    english = _after(made.english, sentence(made, ENGLISH)) if made.english else ""
    return msgspec.structs.replace(made, text=text, english=english)


def _after(text: str, said: str) -> str:
    """Put a sentence after a text: on a line of its own where that is a list, or it would be of its last line."""
    return f"{text}\n{said}" if "\n" in text else f"{text} {said}"


def sentence(notice: Notice, words: Words) -> str:
    """Say in words what a message counts; empty where it counts nothing."""
    said = [words.how_many(count, *OTHERS_HAVE, by=name) for name, count in sorted(notice.others_have.items())]
    if notice.others_stand:
        said.append(words.how_many(notice.others_stand, *OTHERS_STAND))
    if notice.explained:
        said.append(words.how_many(notice.explained, *EXPLAINED))
    if notice.came_and_went:
        said.append(words.how_many(notice.came_and_went, *CAME_AND_WENT))
    return " ".join(said)


def known_since(line: Line) -> Remark | None:
    """Say since when a broken promise is known, where its opening was heard of late; else nothing."""
    if line.kind != "broken" or line.known - line.at < LATE:
        return None
    return lambda reader: reader.words.say("Known since {at}.", at=reader.clock_beside(line.known, line.known))
