"""The fate of a promise: all that a reviewer wants to know of its life, from its transitions.

Read next: `tally.py`, `difference.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from standards.judge.promise import VERDICTS, Verdict
from standards.judge.rulebook import subject_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from standards.judge.events import Event
    from standards.judge.ledger import Line
    from standards.judge.promise import Transition

End = Verdict | Literal["open"]
"""How a promise stands in the end."""


class Fate(msgspec.Struct, gc=False):
    """What became of one promise. Instants are microseconds UTC, spans microseconds; -1 is: it never was.

    `at` is when its verdict fell. `took` is the open time until it was fulfilled, in time or late. `warned` are the
    instants of its warnings.
    """

    standard: str
    subject: str
    opened: int
    end: End = "open"
    at: int = -1
    took: int = -1
    warned: tuple[int, ...] = ()

    @property
    def told(self) -> tuple[int, ...]:
        """When somebody was told: each warning, and the breach."""
        return (*self.warned, self.at) if self.end == "broken" else self.warned


class Fates:
    """The fates of all promises, by their ids. One that was withdrawn has none."""

    def __init__(self) -> None:
        self.by_promise: dict[str, Fate] = {}

    def take(self, transitions: Iterable[Transition[Event]]) -> None:
        """Take transitions, in their order."""
        for each in transitions:
            name = each.promise.identify(each.standard.id, each.key)
            if each.kind == "withdrawn":
                self.by_promise.pop(name, None)
                continue
            fate = self.by_promise.get(name)
            if fate is None:
                fate = Fate(each.standard.id, subject_text(each.key), each.promise.opened)
                self.by_promise[name] = fate
            _live(fate, each, VERDICTS.get(each.after))

    def take_line(self, line: Line) -> None:
        """Take a line of a ledger, after those that came before it."""
        if line.kind == "withdrawn":
            self.by_promise.pop(line.promise, None)
            return
        fate = self.by_promise.setdefault(line.promise, Fate(line.standard, line.subject, line.opened))
        _live(fate, line, line.verdict)


def _live(fate: Fate, each: Transition[Event] | Line, verdict: Verdict | None) -> None:
    match each.kind:
        case "warned":
            fate.warned = (*fate.warned, each.at)
        case "fulfilled_late":
            fate.took = each.elapsed
        case "undone":
            fate.took = -1
            if verdict is None:
                fate.end, fate.at = "open", -1
        case "opened" | "paused" | "resumed" | "moved" | "ended" | "given_up" | "withdrawn":
            pass
        case "kept" | "broken" | "voided" | "excused" | "lost" | "corrected":
            fate.end, fate.at = (verdict, each.at) if verdict is not None else ("open", -1)
            fate.took = each.elapsed if verdict == "kept" else -1
