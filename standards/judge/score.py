"""The score of a standard: how many promises were kept, how sure that share is, and what both clocks said.

A fold over transitions or ledger lines; order does not matter but for corrections following what they correct.
Unknown and excused promises stand apart: they are in no share. A promise that was withdrawn counts nowhere.
Read next: `streams/board/standards.py`, which shows it.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import msgspec

from standards.judge.promise import VERDICTS

if TYPE_CHECKING:
    from standards.judge.promise import Kind, State

_ENDINGS = frozenset({"late", "ended", "given_up"})
"""The states of broken promises that are counted by themselves as well."""


class Score(msgspec.Struct):
    """Counts of one standard's promises. `open` are those without a verdict.

    Of the broken, `late` were fulfilled late, the need for `ended` went away, and `given_up` were owed to the last.

    `elapsed` and `waited` are sums over the settled promises, in microseconds: open time and the customer's own time.
    Of the kept, `kept_closed` saw no open time, where that is counted: they were kept while all was closed.
    """

    opened: int = 0
    kept: int = 0
    broken: int = 0
    void: int = 0
    excused: int = 0
    unknown: int = 0
    warned: int = 0
    late: int = 0
    ended: int = 0
    given_up: int = 0
    corrected: int = 0
    elapsed: int = 0
    waited: int = 0
    kept_closed: int = 0

    @property
    def settled(self) -> int:
        """How many promises have a verdict."""
        return self.kept + self.broken + self.void + self.excused + self.unknown

    @property
    def open(self) -> int:
        """How many promises have none yet."""
        return self.opened - self.settled

    @property
    def judged(self) -> int:
        """How many promises were kept or broken: those that the kept-rate is a share of."""
        return self.kept + self.broken

    @property
    def kept_rate(self) -> float | None:
        """The share kept of those kept or broken; None while there are none."""
        return self.kept / self.judged if self.judged else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the kept-rate; None while there are no verdicts."""
        return wilson(self.kept, self.judged) if self.judged else None

    def add(self, kind: Kind, before: State, after: State) -> None:
        """Count one transition: its kind, and how the promise stood before and after it."""
        if kind == "opened":
            self.opened += 1
        elif kind == "warned":
            self.warned += 1
        else:
            self.corrected += kind == "corrected"
            if before in VERDICTS:
                self._count(before, -1)
            if after in VERDICTS:
                self._count(after, 1)

    def _count(self, state: State, by: int) -> None:
        verdict = VERDICTS[state]
        if verdict == "withdrawn":
            self.opened -= by
        else:
            setattr(self, verdict, getattr(self, verdict) + by)
        if state in _ENDINGS:
            setattr(self, state, getattr(self, state) + by)

    def time(self, elapsed: int, waited: int) -> None:
        """Add the two clocks of one promise that was settled."""
        self.elapsed += elapsed
        self.waited += waited

    def counts(self) -> dict[str, int]:
        """Give the verdict counts by name, as `kept backtest --json` prints them."""
        names = ("opened", "kept", "broken", "void", "excused", "unknown", "open")
        return {name: getattr(self, name) for name in names}


Z = 1.959964
"""Of a normal distribution, 95 % lies so many standard deviations or fewer from the middle."""


def wilson(successes: int, trials: int, z: float = Z) -> tuple[float, float]:
    """Give the Wilson score interval of a share (Wilson 1927); `z` of 1.96 is 95 %. `trials` is at least one."""
    share = successes / trials
    centre = share + z * z / (2 * trials)
    spread = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)
