"""A notice: what someone should get to know, in words, and why they get it.

Knows: how a line of the ledger becomes a sentence that says what to do first. Must not know: whom it goes to, or by
which channel. Read next: `relevance.py`, which decides what is told at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from alerts.routing.incident import WARNED
from standards.calendar.duration import spoken
from standards.judge.events import moment
from standards.judge.ledger import Plain
from standards.judge.promise import Kind, Verdict

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from standards.judge.ledger import Line
    from standards.judge.standard import Standard

Reason = Literal[
    "told",
    "not-actionable",
    "nobody-waits-for-it",
    "overdue",
    "no-route",
    "grouped",
    "repeated",
    "flapping",
    "silenced",
    "muted",
    "inhibited",
    "acknowledged",
    "cured",
    "quiet-hours",
    "budget",
    "joined",
]
"""Why a line of the ledger became a notice, or did not.

* `not-actionable`: nobody has to act on it. `nobody-waits-for-it`: nobody was told of the trouble. `overdue`: it warns
  of a deadline that is over already.
* `no-route`: the policy names nobody for it. `grouped`: it waits for others, or a later message speaks for it too.
* `repeated`: the same person was told the same already. `flapping`: it comes and goes, and that was told.
* `silenced`, `muted`, `inhibited`: by a person, by the time of day, by a graver trouble at the same place.
* `acknowledged`: somebody looks after it. `resolved`: it was over before it would have been told.
* `quiet-hours`, `budget`: it stands in that person's next digest or, if it is a page over their budget, summary.
* `joined`: it goes with others, in a message that tells what is well again, or in a digest that was due.
"""

PLACES = frozenset({"site", "queue", "register", "counter", "room", "shop", "station", "till", "window", "zone"})
"""Fields whose subjects are places: work is to be done *at* them, and *for* anybody or anything else."""


class Notice(msgspec.Struct, frozen=True, omit_defaults=True):
    """One message. Its id is that of the ledger's line it tells of, so a repeat can be told by it.

    `text` stands alone: what to do, where and by when, or which promise is settled. `what`, `how`, `why` and
    `exceptions` are the standard's own words beside it.
    `at` is when what it tells of took effect, `due` the promise's deadline or -1: microseconds UTC.
    Where a policy says whom to tell, `to` is that person or team and `addresses` say where it is reached, by channel;
    without one both are empty. `promises` are all those that it speaks for, where they are more than its own.
    `decided` is when it was to be told, in the time of the ledger, or -1. `still_warned` says of a correction that the
    promise can still be kept, and that it is time to act.
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
    to: str = ""
    addresses: dict[str, str] = {}
    promises: tuple[str, ...] = ()
    decided: int = -1
    owed_until: int = -1
    still_warned: bool = False
    what: str = ""

    @property
    def looks_like(self) -> Kind:
        """The kind that people take it for: a correction after which somebody has to act is trouble like any other."""
        if self.kind == "undone":
            return "broken" if self.verdict == "broken" else "warned"
        if self.kind != "corrected":
            return self.kind
        if self.still_warned:
            return "warned"
        return "broken" if self.verdict == "broken" else "lost" if self.verdict == "unknown" else self.kind

    @property
    def is_trouble(self) -> bool:
        """Whether somebody has to act on it, or to know how bad it is."""
        return self.looks_like in ("warned", "broken", "lost")

    @property
    def speaks_for(self) -> tuple[str, ...]:
        """All promises that it tells of, by their ids."""
        return self.promises or (self.promise,)


class Withheld(msgspec.Struct, frozen=True):
    """A notice that was not sent: the line it would have told of, to whom (empty: nobody was named), when, and why not.

    `at` is when it would have been told, in microseconds UTC. The id is derived, so that a repeat can be told by it.
    """

    id: str
    promise: str
    line: str
    to: str
    reason: Reason
    at: int


def withheld(line: Line, to: str, reason: Reason, at: int) -> Withheld:
    """Note that a line was not told to somebody."""
    return Withheld(f"{line.id}:{to}:{reason}:{at}", line.promise, line.id, to, reason, at)


def printable(text: str) -> str:
    r"""Make visible what a terminal would obey rather than show: the escape character becomes `\x1b`."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def shortened(text: str, longest: int) -> str:
    """Give a text, or its beginning and an ellipsis where it is longer."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def notice(line: Line, standard: Standard, zone: ZoneInfo, *, now: int = -1) -> Notice:
    """Make the notice of a line; `standard` is the revision that judged it, `zone` the one in which times are told.

    `now` is when it is told, in microseconds UTC, where that is later than the line.
    """
    return Notice(
        id=line.id,
        kind=line.kind,
        promise=line.promise,
        standard=line.standard,
        revision=line.revision,
        subject=line.subject,
        at=line.at,
        text=_Words(line, standard, zone, max(now, line.at)).text(),
        due=line.due,
        severity=line.severity,
        owner=line.owner,
        wording=standard.promise,
        what=standard.what.rstrip(" ."),
        how=standard.how,
        why=standard.why,
        exceptions=standard.exceptions,
        verdict=line.verdict,
        fields=line.fields,
        owed_until=owed_until(line, standard),
        still_warned=line.kind == "corrected" and line.state in WARNED,
    )


Over = Literal["kept", "fulfilled_late", "ended", "given_up", "voided", "excused"]


def owed_until(line: Line, standard: Standard) -> int:
    """Give up to when a broken promise is owed, or -1: then there is nothing to wait for."""
    owed_for = getattr(standard.shape, "owed_for", 0)
    return max(line.due, line.opened) + owed_for if line.verdict == "broken" and owed_for else -1


class _Words:
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
