"""Ticks that are judged together: each case is taken up once for all of them, where that comes to the same lines.

A backlog has many ticks between two flushes, and taking a case up costs more than an event does. What comes in time may
wait for the ticks after it: each line tells by its own time which of them it is of. What comes late is judged against
what was told before it, and a silence by what was heard before it; such ticks are judged alone.
Read next: `partition.py`, `flushing.py`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from operator import attrgetter, sub
from typing import TYPE_CHECKING

from standards.judge.changed_days import CHANGED
from standards.judge.events import DERIVED_SOURCE
from streams.runtime.batch_result import BatchResult

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from standards.judge.events import Event
    from standards.judge.promise import Transition
    from streams.kafka.worker.flushing import Judged
    from streams.runtime.alert_pipeline import AlertPipeline
    from streams.runtime.pump import Pump

_AT = attrgetter("at")
_RECEIVED = attrgetter("received")


class TickBatch:
    """The ticks of a partition that have not been judged yet. `result` is what they came to so far."""

    def __init__(self, pump: Pump, alerts: AlertPipeline) -> None:
        self.result = BatchResult()
        self._pump = pump
        self._alerts = alerts
        self._lows: list[list[int]] = []
        self._fresh = True  # what was stored may be anything but in time
        self._places = {
            machine.standard.id: (group.level, pump.group_states[name].delay)
            for name, group in pump.rulebook.groups.items()
            for machine in group.machines
        }

    def fits(self, due: Collection[Event], grace: int) -> bool:
        """Say whether what a tick brings may be judged with the ticks after it. `grace` is in microseconds."""
        if self._fresh or self._pump.rulebook.feeds:
            return False
        if not due:
            return True
        punctual = min(map(_AT, due)) > self._pump.low and max(map(sub, map(_RECEIVED, due), map(_AT, due))) < grace
        return punctual and not self._changes_more(due)

    def _changes_more(self, due: Collection[Event]) -> bool:
        """Say whether events are of promises that others hear, or change days: what follows is judged otherwise."""
        rulebook = self._pump.rulebook
        heard = rulebook.heard and any(event.source == DERIVED_SOURCE for event in due)
        return bool(heard or (rulebook.may_change and rulebook.classes[CHANGED] in map(type, due)))

    def add(self, lows: Sequence[int]) -> None:
        """Add a tick, which has brought the strata to these instants; what it brings has been routed."""
        self._lows.append(list(lows))

    def judge(self, judged: Judged) -> None:
        """Judge all of them. Raises StateError, JudgeDefect."""
        if not self._lows:
            return
        result, self.result = self.result, BatchResult()
        self._pump.judge(result)
        judged.count(result)
        for low, transitions in self._divided(result.transitions):
            judged.tell(transitions, self._alerts, low)
        self._lows, self._fresh = [], False

    def _divided(self, transitions: Sequence[Transition[Event]]) -> Iterable[tuple[int, Sequence[Transition[Event]]]]:
        """Divide transitions by the ticks that brought them about, and say how far the lowest stratum was then."""
        if len(self._lows) == 1:
            return [(self._lows[0][0], transitions)] if transitions else []
        last = len(self._lows) - 1
        instants = [list(column) for column in zip(*self._lows, strict=True)]
        found: defaultdict[int, list[Transition[Event]]] = defaultdict(list)
        for each in transitions:
            level, delay = self._places[each.standard.id]
            found[bisect_left(instants[level], each.at + delay, hi=last)].append(each)
        return [(instants[0][tick], found[tick]) for tick in sorted(found)]
