"""The picture that the live view shows, kept up to date line by line.

Memory grows with what is open, not with history. Lines may be added from another thread than the one that looks.
Read next: `screen.py`.
"""

from __future__ import annotations

from collections import deque
from datetime import UTC, tzinfo
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from standards.judge.events import moment
from standards.judge.ledger import stood_before
from standards.judge.promise import NEVER
from standards.judge.score import Score
from streams.live.joined import Joined, joined_words, stands_on
from streams.live.wording import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from standards.judge.events import EventType
    from standards.judge.ledger import Line
    from standards.judge.promise import Kind
    from standards.judge.standard import Standard

REMEMBERED = 60
"""How many verdicts of each sort are remembered for the screen."""
_PLAIN: frozenset[Kind] = frozenset({"kept", "voided"})
"""The verdicts that nobody has to look at."""
_URGENT: Mapping[str, int] = {"broken": 0, "warned": 1}
"""The states of promises that need a hand, the most urgent first."""
_NOT_TOLD: frozenset[Kind] = frozenset({"opened", "warned", "paused", "resumed", "moved"})


class Told(NamedTuple):
    """A line of a verdict, or of a change of one, and its plain words. `plain`: nobody has to look at it."""

    line: Line
    words: str
    plain: bool


class Owed(NamedTuple):
    """An open promise: its last line, its standard (None where that has gone), and what joined it, in words."""

    line: Line
    standard: Standard | None
    joined: str = ""


class Row(NamedTuple):
    """How one standard goes."""

    standard: Standard
    score: Score


class View(NamedTuple):
    """The picture at one moment. Instants are microseconds UTC.

    `now` is the host's wall clock, which runs `speed` times as fast as the real one, and `low` the watermark, -1 before
    the first event. `owed` are the promises that are overdue, or have a deadline and no verdict: the overdue ones
    first, then those that were warned of, then by the time left; `endless` counts the others. `told` are the verdicts,
    newest first. Times are shown in `zone`.
    """

    now: int
    low: int = -1
    speed: float = 1.0
    name: str = "Kept"
    api: str = ""
    zone: tzinfo = UTC
    owed: Sequence[Owed] = ()
    endless: int = 0
    told: Sequence[Told] = ()
    rows: Sequence[Row] = ()


class Folder:
    """Keeps the picture. `standards` are by id; set them anew when they were loaded anew, and the vocabulary too."""

    def __init__(
        self, standards: Mapping[str, Standard], *, name: str = "Kept", api: str = "", zone: tzinfo = UTC
    ) -> None:
        self.standards = standards
        self.vocabulary: Mapping[str, EventType] = {}
        self.name = name
        self.api = api
        self.zone = zone
        self._lock = Lock()
        self._owed: dict[str, Line] = {}
        self._joined: dict[str, Joined] = {}
        self._scores: dict[str, Score] = {}
        self._told: dict[bool, deque[Told]] = {plain: deque(maxlen=REMEMBERED) for plain in (True, False)}

    def resume(self, scores: Mapping[str, Score], owed: Iterable[Line]) -> None:
        """Begin where an earlier run ended: with its scores, and the last line of each promise still owed."""
        with self._lock:
            self._scores = dict(scores)
            self._owed = {line.promise: line for line in owed}

    def add(self, line: Line) -> None:
        """Take a line in. Lines come in the order of the ledger."""
        with self._lock:
            self._scores.setdefault(line.standard, Score()).add(line.kind, stood_before(line), line.state)
            if line.verdict is None or self._is_overdue(line):
                self._owed[line.promise] = line
            else:
                self._owed.pop(line.promise, None)
                self._joined.pop(line.promise, None)
            if line.kind not in _NOT_TOLD:
                standard, plain = self.standards.get(line.standard), line.kind in _PLAIN
                self._told[plain].appendleft(Told(line, words(line, standard) if standard else "", plain))

    def join(self, joined: Mapping[str, tuple[int, int]]) -> None:
        """Take in what joined promises, by id: how many events, and when the last did (microseconds UTC)."""
        with self._lock:
            self._joined |= {promise: Joined(*it) for promise, it in joined.items() if promise in self._owed}

    def _owed_now(self, line: Line) -> Owed:
        standard, joined = self.standards.get(line.standard), self._joined.get(line.promise)
        if joined is None:
            return Owed(line, standard)
        when = f"{moment(joined.at).astimezone(self.zone):%H:%M}"
        return Owed(line, standard, joined_words(joined, when, stands=stands_on(standard, self.vocabulary)))

    def _is_overdue(self, line: Line) -> bool:
        """Say whether a promise is broken and still owed."""
        standard = self.standards.get(line.standard)
        return line.state == "broken" and standard is not None and getattr(standard.shape, "owed_for", 0) > 0

    def view(self, now: int, *, low: int = -1, speed: float = 1.0) -> View:
        """Give the picture at `now` (microseconds UTC)."""
        with self._lock:
            owed = sorted((line for line in self._owed.values() if line.due >= 0), key=_urgency)
            told = sorted([*self._told[True], *self._told[False]], key=lambda told: told.line.at, reverse=True)
            return View(
                now=now, low=low, speed=speed, name=self.name, api=self.api, zone=self.zone,
                owed=[self._owed_now(line) for line in owed],
                endless=len(self._owed) - len(owed), told=told,
                rows=[Row(each, replace(self._scores.get(each.id, Score()))) for each in self.standards.values()],
            )  # fmt: skip


def _urgency(line: Line) -> tuple[int, int, str]:
    due = NEVER if line.state.startswith("paused") else line.due
    return _URGENT.get(line.state, len(_URGENT)), due, line.promise
