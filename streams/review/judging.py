"""Judging history for a review: a backtest that also keeps the fate of each promise.

Read next: `streams/backtest/backtest.py`; `asked.py`, which checks the input first.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, NamedTuple

from standards.calendar.hours import zone as zone_of
from standards.compiler.spec import Loaded
from standards.judge.shapes import Level, Recurrence, Response
from standards.judge.standard import UTC_ZONE
from standards.review.fate import Fate, Fates
from standards.review.tally import Tally, tally
from streams.backtest.backtest import Backtest, Task
from streams.backtest.inputs import inputs_of
from streams.backtest.processes import side_by_side
from streams.backtest.result import Result
from streams.documents.documents import read_mapping
from streams.runtime.pump import GRACE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from standards.judge.standard import Standard


class History(NamedTuple):
    """The events to judge: files, and what makes events of a table's rows. `latest` is in microseconds UTC.

    `grace` and `until`: as a task has them.
    """

    events: Sequence[str]
    mappings: Sequence[str]
    latest: int
    strict: bool = False
    progress: Callable[[int, int], None] | None = None
    grace: int = GRACE
    until: int = -1


@dataclass(frozen=True)
class Judged:
    """One version of the standards, and what became of the promises under it; `zone` is the table's clock.

    `by_ledger` is where the promises were judged by standards that are not known any more: their deadlines are not.
    `zones` has the zones of standards that are told by another version's clock.
    """

    standards: Mapping[str, Standard]
    result: Result
    fates: Mapping[str, Fate]
    zone: ZoneInfo = UTC_ZONE
    by_ledger: bool = False
    zones: Mapping[str, ZoneInfo] = field(default_factory=dict)

    @cached_property
    def clock(self) -> ZoneInfo:
        """The one clock by which all is told that belongs to no standard."""
        return clock_of(self.standards, self.zone)

    def zone_of(self, standard: str) -> ZoneInfo:
        """Give the zone in which the hours of a standard are told: its own, or else that of the whole."""
        found = self.standards.get(standard)
        return self.zones.get(standard) or (None if found is None else _own_zone(found)) or self.clock

    def within(self, standard: str) -> int | None:
        """Give the deadline of a standard (microseconds of open time), where it has one and it is known."""
        found = None if self.by_ledger else self.standards.get(standard)
        return found.shape.within if found is not None and isinstance(found.shape, Response) else None

    @cached_property
    def tallies(self) -> dict[str, Tally]:
        """The fates counted, by standard."""
        by_standard: dict[str, list[Fate]] = {}
        for fate in self.fates.values():
            by_standard.setdefault(fate.standard, []).append(fate)
        return {
            name: tally(name, fates, self.zone_of(name), self.within(name))
            for name, fates in sorted(by_standard.items())
        }


def clock_of(standards: Mapping[str, Standard], table: ZoneInfo) -> ZoneInfo:
    """Give the clock of the table or, where that is UTC, the only one that the standards have; or else UTC."""
    own = {zone for standard in standards.values() if (zone := _own_zone(standard)) is not None}
    return own.pop() if table == UTC_ZONE and len(own) == 1 else table


def _own_zone(standard: Standard) -> ZoneInfo | None:
    """Give the zone of a standard's calendar; a calendar that is always open has none that is heard of here."""
    shape = standard.shape
    hours = shape.hours if isinstance(shape, Response | Recurrence) else None
    placed = shape.zone if isinstance(shape, Recurrence | Level) else UTC_ZONE
    own = placed if hours is None else zone_of(hours.timezone)
    return None if own == UTC_ZONE else own


def task_of(loaded: Loaded, history: History) -> Task:
    """Give what is to be judged. Raises SpecError for a table without a mapping, and the other way round."""
    mappings = [read_mapping(name, loaded) for name in history.mappings]
    task = Task(
        loaded.rulebook, list(history.events), mappings, history.strict, None, history.progress, history.latest,
        history.grace, history.until,
    )  # fmt: skip
    inputs_of(task.paths, mappings)
    return task


def judge(loaded: Loaded, history: History) -> Judged:
    """Judge all of it by one version. Raises what `task_of` and `Backtest.run` raise."""
    return _judged(loaded, *_run(task_of(loaded, history)))


def judged_twice(older: Loaded | Mapping[str, Fate], loaded: Loaded, history: History) -> tuple[Judged, Judged]:
    """Judge by an older version, or take the fates of its ledger, and by the present one; side by side if that helps.

    Raises what `judge` raises.
    """
    if not isinstance(older, Loaded):
        now = judge(loaded, history)
        return Judged(now.standards, now.result, older, now.zone, by_ledger=True), now
    task = task_of(older, history)._replace(progress=None)
    if (os.cpu_count() or 1) == 1:
        return _judged(older, *_run(task)), judge(loaded, history)
    with side_by_side([partial(_run, task)], processes=1) as found:
        now = judge(loaded, history)
        return _judged(older, *next(found)), now


def by_one_clock(before: Judged, now: Judged, renamed: Mapping[str, str]) -> Judged:
    """Give an older version by the clocks of the present one, so that hours beside each other are the same hours.

    `renamed` has the old name of each standard that is in another's place.
    """
    zones = {name: _own_zone(standard) or now.clock for name, standard in before.standards.items()}
    return replace(before, zones=zones | {renamed.get(name, name): now.zone_of(name) for name in now.standards})


def _run(task: Task) -> tuple[Result, dict[str, Fate]]:
    fates = Fates()
    result = Backtest(task, listen=lambda outcome, _: fates.take(outcome.transitions)).run()
    return result, fates.by_promise


def _judged(loaded: Loaded, result: Result, fates: dict[str, Fate]) -> Judged:
    return Judged(loaded.rulebook.current, result, fates, zone_of(result.zone))
