"""What a push says, and how it is to be carried: the words are for the device alone, the rest its service sees.

Knows: notices. Must not know: devices, keys. Read next: `push.py`, which sends it; `streams/board/worker.js`, which
shows it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import quote

import msgspec

from alerts.routing.notice import printable, shortened
from alerts.routing.notification import sort_of
from standards.calendar.duration import SECOND

if TYPE_CHECKING:
    from alerts.routing.notice import Notice

Urgency = Literal["high", "normal", "low"]

TTL_SECONDS: Final = 4 * 3_600
"""How long a service keeps a push for a device that is off, in seconds; then it is for the board to say."""
LONGEST_TITLE: Final = 120
LONGEST_BODY: Final = 400
"""How many characters are sent: with those of the longest sort, the whole is well under the 4,096 bytes of a push."""
LONGEST_PATH: Final = 600
_SENTENCE: Final = re.compile(r"(?<=.{14}[.!?])\s+")
"""Where a first sentence ends; a full stop in the midst of a name comes sooner."""


class Said(msgspec.Struct, frozen=True):
    """What a device shows. `path` is of the page that a tap opens; a newer one with a `tag` takes an older one's place.

    `at` is when what it tells of took effect, in milliseconds UTC. `rings`: it makes a sound and stays until seen.
    """

    title: str
    body: str
    path: str
    tag: str
    at: int
    rings: bool


def said(notice: Notice, tag: str) -> Said:
    """Give what a device shows of a notice: first where it is and what to do."""
    text = "\n".join(" ".join(printable(line).split()) for line in notice.text.strip().splitlines())
    first, *lines = text.split("\n")
    title, *rest = _SENTENCE.split(first, maxsplit=1)
    how = [printable(" ".join(notice.how.split()))] if notice.how and notice.is_trouble else []
    body = "\n".join([*rest, *lines, *how])
    return Said(
        shortened(title, LONGEST_TITLE), shortened(body, LONGEST_BODY), path_of(notice), tag,
        max(notice.at, notice.decided) // (SECOND // 1000), rings(notice),
    )  # fmt: skip


def path_of(notice: Notice) -> str:
    """Give the page that a tap opens: the promise's own, or what is due now where there are several."""
    path = f"/promises/{quote(notice.promise, safe='')}"
    return path if len(notice.speaks_for) == 1 and len(path) <= LONGEST_PATH else "/"


def rings(notice: Notice) -> bool:
    """Say whether a push makes a sound: only pages wake people."""
    return sort_of(notice) == "page"


def urgency(notice: Notice) -> Urgency:
    """Say how a service is to weigh it against the device's battery."""
    return "high" if rings(notice) else "normal" if notice.is_trouble else "low"
