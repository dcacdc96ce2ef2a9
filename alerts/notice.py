"""A notice: what someone should get to know, in words, and why they get it.

Knows: how a line of the ledger becomes a sentence that says what to do first. Must not know: whom it goes to, or by
which channel. Read next: `desk.py`, which decides what is told at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from standards.duration import spoken
from standards.events import moment
from standards.ledger import Plain
from standards.promise import Kind, Verdict

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from standards.ledger import Line
    from standards.standard import Standard

Reason = Literal["told", "not-actionable", "nobody-waits-for-it", "overdue"]
"""Why a line of the ledger became a notice, or did not.

Nobody has to act on it; nobody was told of the trouble; or it warns of a deadline that is over already.
"""

PLACES = frozenset({"site", "queue", "register", "counter", "room", "shop", "station", "till", "window", "zone"})
"""Fields whose subjects are places: work is to be done *at* them, and *for* anybody or anything else."""


class Notice(msgspec.Struct, frozen=True, omit_defaults=True):
    """One message. Its id is that of the ledger's line it tells of, so a repeat can be told by it.

    `text` stands alone: what to do, where and by when, or which promise is settled. `how`, `why` and `exceptions` are
    the standard's own words beside it.
    `at` is when what it tells of took effect, `due` the promise's deadline or -1: microseconds UTC.
    """

    id: str
    kind: Kind
    promise: str
    standard: str
    revision: str
    subject: str
    at: int
    text: str
    due: int = -1
    severity: str = ""
    owner: str = ""
    wording: str = ""
    how: str = ""
    why: str = ""
    exceptions: str = ""
    verdict: Verdict | None = None
    fields: dict[str, Plain] = {}
    reason: Reason = "told"


def printable(text: str) -> str:
    r"""Make visible what a terminal would obey rather than show: the escape character becomes `\x1b`."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def notice(line: Line, standard: Standard, zone: ZoneInfo) -> Notice:
    """Make the notice of a line; `standard` is the revision that judged it, `zone` the one in which times are told."""
    return Notice(
        id=line.id,
        kind=line.kind,
        promise=line.promise,
        standard=line.standard,
        revision=line.revision,
        subject=line.subject,
        at=line.at,
        text=_Words(line, standard, zone).text(),
        due=line.due,
        severity=line.severity,
        owner=line.owner,
        wording=standard.promise,
        how=standard.how,
        why=standard.why,
        exceptions=standard.exceptions,
        verdict=line.verdict,
        fields=line.fields,
    )


class _Words:
    """The sentences of one notice: what to do comes first, then the promise's clock."""

    def __init__(self, line: Line, standard: Standard, zone: ZoneInfo) -> None:
        self.line = line
        self.standard = standard
        self.zone = zone
        preposition = "at" if any(field in PLACES for field in standard.per) else "for"
        self.where = f" {preposition} {line.subject}" if line.subject else ""

    def text(self) -> str:
        """Put the notice into words."""
        match self.line.kind:
            case "warned":
                return f"{self._to_do()} {self._time_left()}"
            case "broken":
                return f"{self._to_do()} The promise was broken at {self._clock(self.line.at)}{self._after()}."
            case "lost":
                return (
                    f"Look after the feed{self.where}. It was silent, so nobody can say whether {self._promise()}, due "
                    f"{self._clock(self.line.at)}, was kept."
                )
            case "corrected":
                return f"Corrected{self.where}: {self._promise()}, reported {self._was()}, {self._after_all()}."
            case "kept":
                return f"All is well again{self.where}: {self._promise()} was kept at {self._clock(self.line.at)}."
            case "fulfilled_late":
                return (
                    f"All is well again{self.where}. It was done at {self._clock(self.line.at)}, {self._late()} late; "
                    f"{self._promise()} stays broken."
                )
            case "voided" | "excused":
                over = (
                    "was not needed any more" if self.line.kind == "voided" else "was excused by an exception granted"
                )
                return f"Nothing more to do{self.where}: {self._promise()} {over} at {self._clock(self.line.at)}."
            case "opened" | "paused" | "resumed":
                return (
                    f"The promise {self.line.standard} was {self.line.kind}{self.where} at {self._clock(self.line.at)}."
                )

    def _promise(self) -> str:
        return f"the promise {self.line.standard}"

    def _to_do(self) -> str:
        what = self.standard.what.rstrip(" .")
        if what:
            return f"{what}{self.where}."
        return f"{self.standard.id}{self.where}: {self.standard.promise}".rstrip(" :")

    def _time_left(self) -> str:
        line = self.line
        if line.due < 0:
            return "The promise is about to be broken."
        return f"Promise due {self._clock(line.due)}, {spoken(max(0, line.due - line.at))} left."

    def _after(self) -> str:
        waited = self.line.at - self.line.opened
        return f", {spoken(waited)} after it was made" if waited > 0 else ""

    def _was(self) -> str:
        return "unknown" if self.line.was == "unknown" else "broken"

    def _after_all(self) -> str:
        match self.line.verdict:
            case "kept":
                return f"was kept after all, at {self._clock(self.line.at)}"
            case "void":
                return f"was not needed after all: the need had gone away at {self._clock(self.line.at)}"
            case "excused":
                return "is excused: an exception was granted"
            case _:
                return f"is now {self.line.verdict}"

    def _late(self) -> str:
        return spoken(max(0, self.line.at - self.line.due)) if self.line.due >= 0 else "some time"

    def _clock(self, at: int) -> str:
        """Tell an instant as people read it: the time of day, and the day where it is another one than today."""
        told, now = (moment(instant).astimezone(self.zone) for instant in (at, self.line.at))
        day = "" if told.date() == now.date() else f"{told:%Y-%m-%d} "
        return f"{day}{told:%H:%M:%S}{' UTC' if self.zone.key == 'UTC' else ''}"
