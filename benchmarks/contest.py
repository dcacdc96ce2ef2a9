"""A contest: whole commands over the same file, in turns, each timed from start to result and its counts checked.

Turns (A B C A B C ...) rather than rows (A A A B B B ...), so that a machine that slows down slows all alike. The
median counts. A contender whose counts differ from the reference ends the run: a fast wrong answer is no answer.
Knows: commands and clocks. Must not know: what the commands are. Read next: `__main__.py`, which has them.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.reference import Counts, judge_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROOT = Path(__file__).resolve().parent.parent


class MismatchError(Exception):
    """A contender counted what the reference did not."""


class FailedError(Exception):
    """A command ended with an error."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A command that reads the file, the last of its arguments, and prints JSON: its counts, or its own `seconds`."""

    name: str
    command: tuple[str, ...]
    own_clock: bool = False


@dataclass(frozen=True, slots=True)
class Time:
    """The seconds that a contender took, one for each turn."""

    name: str
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median of the turns."""
        return median(self.seconds)


def say(message: str) -> None:
    """Tell whoever waits what goes on."""
    print(message, file=sys.stderr, flush=True)


def call(command: Sequence[str]) -> tuple[dict[str, Any], float]:
    """Run a command from the checkout. Gives the JSON object it printed and the seconds from start to end."""
    begun = time.perf_counter()
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - begun
    if ended.returncode:
        raise FailedError(f"{' '.join(command)} ended with code {ended.returncode}:\n{ended.stderr[-2000:]}")
    return json.loads(ended.stdout.strip().rpartition("\n")[2]), seconds


def contest(contenders: Iterable[Contender], file: Path, *, turns: int) -> list[Time]:
    """Let the contenders take turns at a file. Raises MismatchError, FailedError."""
    entered = list(contenders)
    right = judge_file(file)
    say(f"{file.name}: {right}")
    seconds: dict[str, list[float]] = {contender.name: [] for contender in entered}
    for turn in range(turns):
        for contender in entered:
            printed, took = call([*contender.command, str(file)])
            if contender.own_clock:
                took = printed["seconds"]
            else:
                check(contender.name, printed, right)
            seconds[contender.name].append(took)
            say(f"  turn {turn + 1}: {contender.name}: {took:.2f} s")
    return [Time(name, tuple(taken)) for name, taken in seconds.items()]


def check(name: str, printed: dict[str, Any], right: Counts) -> None:
    """Compare the counts that a contender printed with the right ones. Raises MismatchError."""
    found = printed["standards"]["no-wait"] if "standards" in printed else printed["counts"]
    counted = Counts(**{field.name: found.get(field.name, 0) for field in fields(Counts)})
    others = {verdict: number for verdict, number in found.items() if verdict not in asdict(right) and number}
    if counted != right or others:
        raise MismatchError(f"{name} counted {counted} {others or ''}; the reference has {right}")
