"""Why an event cannot be taken, as people are told it: by the reason's word; what exactly was found stays as it came.

Read next: `streams/ingest/refusals.py`, which has the words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from alerts.words.later import Later, later
from alerts.words.words import phrase

if TYPE_CHECKING:
    from standards.errors import EventError

FAULTS: Final = {
    "not-json": phrase("It is not JSON"),
    "bad-event": phrase("It is not an event"),
    "bad-field": phrase("A field is missing, or does not fit"),
    "unknown-type": phrase("Its type is not known here"),
    "reserved-type": phrase("Its type is one that only Kept makes"),
    "reserved-source": phrase("Its source is Kept’s own"),
    "from-the-future": phrase("Its time is ahead of the clock here"),
    "too-large": phrase("It is too long"),
    "no-event": phrase("There is no event in it"),
    "unknown-reference": phrase("It names somebody by a reference that nobody has"),
    "not-agreed": phrase("The practice document does not have what it names"),
    "private-answer": phrase("It said what somebody answered about their own work"),
    "own-reward": phrase("Nobody rewards themselves"),
    "not-mapped": phrase("Its mapping makes no event of it"),
    "defect": phrase("It could not be judged; that is a defect in Kept"),
}
"""What is said of each reason for which an event that comes in live is refused."""


UNTAKEN: Final = phrase("It cannot be taken in. {why}: {found}")
"""What is said of an act whose event does not fit."""


def unfit_event(error: EventError, message: str) -> Later:
    """Say in a message with `{why}` and `{found}` why an event is not taken, and what exactly was found."""
    why = FAULTS.get(error.reason)
    return later(message, why=error.reason if why is None else Later(why), found=str(error))
