"""Events of a history that stand behind newer ones: they came too late to be judged where they belong.

A history has no stamps of receipt, so its order is that in which things came. Tables are put in order when they are
read, and several files are merged; lines of one file stand as they are.
Read next: `streams/runtime/pump.py`, which says what is late; `docs/semantics.md`.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from standards.calendar.duration import describe
from standards.judge.events import iso, type_of
from standards.judge.standard import event_types
from streams.backtest.backtest import Backtest, Task
from streams.runtime.pump import LATENESS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from standards.compiler.spec import Loaded
    from standards.judge.case import Late
    from standards.judge.events import Event

HABIT: Final = 100
"""One in so many events comes late as a rule, and not by chance."""


class _Behind:
    """How many events a standard looks at, how many of them came too late, the first, and how far behind they were."""

    def __init__(self) -> None:
        self.every = 0
        self.late = 0
        self.farthest = 0
        self.first: Event | None = None

    def note(self, event: Event, behind: int) -> None:
        """Take an event that came too late by so many microseconds."""
        self.late, self.farthest = self.late + 1, max(self.farthest, behind)
        self.first = self.first or event


class ComingLate:
    """Gathers what came too late while a history is judged; then looks how far behind it was, and who looks at it."""

    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded
        self._late: set[tuple[str, str]] = set()

    def hear(self, late: Iterable[Late[Event]]) -> None:
        """Take what came too late in one batch."""
        self._late.update((it.event.source, it.event.id) for it in late)

    def report(self, task: Task) -> None:
        """Find standards of whose events many came too late; they join the warnings. Raises OSError, SpecError."""
        if not self._late:
            return
        for name, behind in self._looked_at(task).items():
            if behind.first is not None and behind.late * HABIT >= behind.every:
                found = (
                    f"{behind.late:,} of {behind.every:,} events that {name} looks at came too late in this history: "
                    f"they stand behind newer ones, by up to {describe(behind.farthest)}; the first is "
                    f"{type_of(behind.first)} at {iso(behind.first.at)}"
                )
                fix = (
                    "sort the file by time, if it has not the order in which things came; if it has, write a lateness "
                    "for this standard, so that its verdicts wait"
                )
                self._loaded.entries[name].warning("too-late", found, fix)

    def _looked_at(self, task: Task) -> dict[str, _Behind]:
        found = {standard.id: _Behind() for standard in self._loaded.standards}
        by_type: dict[str, list[tuple[_Behind, int]]] = {}
        for standard in self._loaded.standards:
            for kind in event_types(standard):
                by_type.setdefault(kind, []).append((found[standard.id], LATENESS + standard.lateness))
        for event, behind in _in_order(task):
            for counted, most in by_type.get(type_of(event), ()):
                counted.every += 1
                if behind > most and (event.source, event.id) in self._late:
                    counted.note(event, behind)
        return found


def _in_order(task: Task) -> Iterator[tuple[Event, int]]:
    """Give the events of a history, each with how far behind the newest one before it is, in microseconds."""
    newest = -1
    with ExitStack() as stack:
        for batch, _ in Backtest(task).batches(task.paths, stack):
            for event in batch:
                yield event, newest - event.at
                newest = max(newest, event.at)
