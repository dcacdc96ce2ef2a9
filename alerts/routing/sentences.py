"""The sentences of a notice: what to do comes first, then the promise's clock.

Must not know: whom it goes to. Read next: `notice.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from alerts.routing.incident import WARNED
from standards.calendar.duration import spoken
from standards.judge.events import moment

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from standards.judge.ledger import Line
    from standards.judge.standard import Standard

PLACES = frozenset({"site", "queue", "register", "counter", "room", "shop", "station", "till", "window", "zone"})
"""Fields whose subjects are places: work is to be done *at* them, and *for* anybody or anything else."""
Over = Literal["kept", "fulfilled_late", "ended", "given_up", "voided", "excused"]


class Sentences:
    """The sentences of one notice: what to do comes first, then the promise's clock."""

    def __init__(self, line: Line, standard: Standard, zone: ZoneInfo, now: int) -> None:
        self.line = line
        self.now = now
        self.standard = standard
        self.zone = zone
        preposition = "at" if any(field in PLACES for field in standard.per) else "for"
        self.promise = f"the promise {line.standard}"
        self.where = f" {preposition} {line.subject}" if line.subject else ""

    def text(self) -> str:
        """Give them as one text."""
        at = self._clock(self.line.at)
        match self.line.kind:
            case "warned":
                return f"{self._to_do()} {self._time_left()}"
            case "broken":
                return f"{self._to_do()} The promise was broken at {at}{self._after()}."
            case "lost":
                return self._unsure(at)
            case "withdrawn":
                never, wrong = f"{self.promise} was never owed", f"what was told of {self.promise} was wrong"
                return (
                    f"Taken back{self.where}: {wrong if self.line.replaced_by else never}, as was learned afterwards."
                )
            case "corrected":
                return self._corrected(at)
            case "kept" | "fulfilled_late" | "ended" | "given_up" | "voided" | "excused":
                return self._over(self.line.kind, at)
            case "undone":
                again = "is overdue again" if self.line.verdict == "broken" else "is owed again"
                left = "" if self.line.verdict == "broken" else f" {self._time_left()}"
                return f"{self._to_do()} It was not done after all, as came out at {at}: {self.promise} {again}.{left}"
            case "opened" | "paused" | "resumed" | "moved":
                to = f" to {self._clock(self.line.due)}" if self.line.kind == "moved" else ""
                return f"The promise {self.line.standard} was {self.line.kind}{self.where}{to} at {at}."

    def _corrected(self, at: str) -> str:
        was = self.line.was if self.line.was in (None, "unknown", "withdrawn") else "broken"
        learned = f"{self._to_do()} As was learned afterwards,"
        if self.line.verdict == "broken":
            return f"{learned} the promise was broken at {at}{self._after()}."
        if self.line.state in WARNED:
            reported = ", reported broken," if was == "broken" else ""
            return f"{learned} {self.promise}{reported} can still be kept. {self._time_left()}"
        return f"Corrected{self.where}: {self.promise}, reported {was or 'due'}, {self._after_all()}."

    def _unsure(self, at: str) -> str:
        if self.line.reason == "came-too-late":
            return f"Look into it{self.where}: {self.promise}, due {at}, was heard of too late to say if it was kept."
        unsure = f"so nobody can say whether {self.promise}, due {at}, was kept."
        if self.line.reason == "evidence-lost":
            return f"Ask how it went{self.where}. Events were lost, {unsure}"
        return f"Look after the feed{self.where}. It was silent, {unsure}"

    def _over(self, kind: Over, at: str) -> str:
        match kind:
            case "kept":
                return f"All is well again{self.where}: {self.promise} was kept at {at}."
            case "fulfilled_late":
                done = f"it was done at {at}, {self._late()} late"
                return f"All is well again{self.where}: {done}. The promise {self.line.standard} counts as late."
            case "voided" | "excused":
                over = "not needed any more" if kind == "voided" else "excused by an exception granted"
                return f"Nothing more to do{self.where}: {self.promise} was {over} at {at}."
            case "ended":
                gone = f"Nothing more to do{self.where}: the need went away at {at}."
                return f"{gone} The promise {self.line.standard} counts as broken."
            case "given_up":
                due = self._clock(self.line.due)
                return f"Given up{self.where}: {self.promise}, due {due}, was never done; nobody waits for it any more."

    def _to_do(self) -> str:
        what = self.standard.what.rstrip(" .")
        if what:
            return f"{what}{self.where}."
        return f"{self.standard.id}{self.where}: {self.standard.promise}".rstrip(" :")

    def _time_left(self) -> str:
        line = self.line
        if line.due < 0:
            return "The promise is about to be broken."
        if line.state.startswith("paused"):
            return "Its clock stands still for now."
        return f"Promise due {self._clock(line.due)}, {spoken(max(0, line.due - self.now))} left."

    def _after(self) -> str:
        waited = self.line.at - self.line.opened
        return f", {spoken(waited)} after it was made" if waited > 0 else ""

    def _after_all(self) -> str:
        match self.line.verdict:
            case "kept":
                return f"was kept after all, at {self._clock(self.line.at)}"
            case "void":
                return f"was not needed after all: the need had gone away at {self._clock(self.line.at)}"
            case "excused":
                return "is excused: an exception was granted"
            case None:
                due = f", due {self._clock(self.line.due)}" if self.line.due >= 0 else ""
                return f"is still owed{due}"
            case _:
                return f"is now {self.line.verdict}"

    def _late(self) -> str:
        return spoken(max(0, self.line.at - self.line.due)) if self.line.due >= 0 else "some time"

    def _clock(self, at: int) -> str:
        """Tell an instant as people read it: the time of day, and the day where it is another one than today."""
        told, now = (moment(instant).astimezone(self.zone) for instant in (at, self.now))
        day = "" if told.date() == now.date() else f"{told:%Y-%m-%d} "
        return f"{day}{told:%H:%M:%S}{' UTC' if self.zone.key == 'UTC' else ''}"
