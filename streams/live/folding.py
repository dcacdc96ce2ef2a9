"""Folding the ledger's lines into the picture that the live view shows.

Memory grows with what is open, not with history. Lines may be added from another thread than the one that looks.
Read next: `screen.py`.
"""

from __future__ import annotations

from collections import deque
from datetime import UTC, tzinfo
from threading import Lock
from typing import TYPE_CHECKING

import msgspec

from standards.judge.promise import NEVER
from standards.judge.score import Score
from streams.live.wording import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from standards.judge.ledger import Line
    from standards.judge.promise import Kind
    from standards.judge.standard import Standard

REMEMBERED = 60
"""How many verdicts of each sort are remembered for the screen."""
_PLAIN: frozenset[Kind] = frozenset({"kept", "voided"})
"""The verdicts that nobody has to look at."""
_NOT_TOLD: frozenset[Kind] = frozenset({"opened", "warned", "paused", "resumed"})


class Told(msgspec.Struct, frozen=True):
    """One verdict, or a change of one, in plain words. `at` is in microseconds UTC."""

    at: int
    kind: Kind
    standard: str
    subject: str
    words: str

    @property
    def plain(self) -> bool:
        """Whether nobody has to look at it."""
        return self.kind in _PLAIN


class Owed(msgspec.Struct, frozen=True):
    """An open promise: its last line, what is to be done, and how it is done."""

    line: Line
    what: str = ""
    how: str = ""


class Row(msgspec.Struct, frozen=True):
    """How one standard goes. `goal` is the share that is to be kept (0 to 1), if one was declared."""

    standard: str
    aspect: str
    promise: str
    score: Score
    goal: float | None = None


class View(msgspec.Struct, frozen=True):
    """The picture at one moment. Instants are microseconds UTC.

    `now` is the host's wall clock, which runs `speed` times as fast as the real one, and `low` the watermark, -1 before
    the first event. `owed` are the promises that have a deadline and no verdict: the warned ones first, then by
    the time left; `endless` counts the others. `told` are the verdicts, newest first. Times are shown in `zone`.
    """

    now: int
    low: int = -1
    speed: float = 1.0
    name: str = "Kept"
    api: str = ""
    zone: tzinfo = UTC
    owed: tuple[Owed, ...] = ()
    endless: int = 0
    told: tuple[Told, ...] = ()
    rows: tuple[Row, ...] = ()


class Folder:
    """Folds lines, one at a time. `standards` are by id; set the attribute anew when they were loaded anew."""

    def __init__(
        self, standards: Mapping[str, Standard], *, name: str = "Kept", api: str = "", zone: tzinfo = UTC
    ) -> None:
        self.standards = standards
        self.name = name
        self.api = api
        self.zone = zone
        self._lock = Lock()
        self._owed: dict[str, Line] = {}
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
            self._scores.setdefault(line.standard, Score()).add(line.kind, line.verdict, line.was)
            if line.verdict is None:
                self._owed[line.promise] = line
            else:
                self._owed.pop(line.promise, None)
            if line.kind not in _NOT_TOLD:
                standard = self.standards.get(line.standard)
                said = "" if standard is None else words(line, standard)
                told = Told(line.at, line.kind, line.standard, line.subject, said)
                self._told[told.plain].appendleft(told)

    def view(self, now: int, *, low: int = -1, speed: float = 1.0) -> View:
        """Give the picture at `now` (microseconds UTC)."""
        with self._lock:
            owed = sorted((line for line in self._owed.values() if line.due >= 0), key=_urgency)
            told = sorted([*self._told[True], *self._told[False]], key=lambda told: told.at, reverse=True)
            return View(
                now=now, low=low, speed=speed, name=self.name, api=self.api, zone=self.zone,
                owed=tuple(self._todo(line) for line in owed), endless=len(self._owed) - len(owed),
                told=tuple(told), rows=tuple(self._row(standard) for standard in self.standards.values()),
            )  # fmt: skip

    def _todo(self, line: Line) -> Owed:
        standard = self.standards.get(line.standard)
        return Owed(line) if standard is None else Owed(line, standard.what, standard.how)

    def _row(self, standard: Standard) -> Row:
        goal = None if standard.objective is None else standard.objective.kept
        score = msgspec.structs.replace(self._scores.get(standard.id, Score()))
        return Row(standard.id, standard.aspect, standard.promise, score, goal)


def _urgency(line: Line) -> tuple[bool, int, str]:
    paused = line.state.startswith("paused")
    return (line.state != "warned", NEVER if paused else line.due, line.promise)
