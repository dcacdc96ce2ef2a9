"""What came of the ticks since the last flush, and what a flush publishes and remembers of it.

What is worth telling is decided tick by tick, with the time that each of them has reached, so that it does not depend
on how many of them one flush holds.
Read next: `partition.py`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from alerts.policy.reader import Reader
from alerts.routing.incident import renames
from alerts.routing.notice import notice
from standards.judge.events import Event
from standards.judge.ledger import derived, line, with_numbers
from streams.kafka.records.facts import Facts, Late, Progress, Telling, lines, partition_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from alerts.routing.notice import Notice, Reason
    from standards.judge.case import Effect
    from standards.judge.ledger import Line
    from standards.judge.promise import Transition
    from standards.judge.rulebook import Rulebook
    from streams.kafka.records.facts import FactsCodec
    from streams.kafka.records.rows import Write
    from streams.runtime.alert_pipeline import AlertPipeline
    from streams.runtime.batch_result import BatchResult
    from streams.storage.cases.case_parts import CaseKey


class Flush(msgspec.Struct, frozen=True):
    """What a flush has to publish, and then to remember: `writes`, in this order.

    `offset` is the last record that may be acknowledged then. `derived` are records for other partitions of `facts`, by
    their number; empty bytes stand for none. `counted` are the lines that metrics count: none of what is owed for each
    person alone. `effects` counts what late events came to, once for each subject.
    """

    offset: int
    ledger: bytes
    told: bytes
    letters: bytes
    derived: Mapping[int, bytes]
    progress: Progress
    writes: Sequence[Write]
    lines: Sequence[Line] = ()
    counted: Sequence[Line] = ()
    unused: Sequence[Late] = ()
    duplicates: int = 0
    settled_early: int = 0
    effects: Mapping[Effect, int] = {}


class Judged:
    """What came of some ticks. `touched` are the cases that changed, in the order in which they are to be written."""

    def __init__(self, touched: Iterable[CaseKey] = ()) -> None:
        self.touched = dict.fromkeys(touched)
        self.lines: list[Line] = []
        self.unused: list[Late] = []
        self.duplicates = self.settled_early = 0
        self.effects: Counter[Effect] = Counter()
        self._transitions: list[Transition[Event]] = []
        self._notices: list[Notice] = []
        self._reasons: dict[str, Reason] = {}

    def count(self, result: BatchResult) -> None:
        """Add what came of some ticks, but for what became of promises."""
        self.touched.update(dict.fromkeys(result.touched))
        self.unused += [Late.of(it.event, it.reason, it.event.received) for it in result.unused]
        self.duplicates += result.duplicates
        self.settled_early += result.settled_early
        self.effects.update(late.effect for late in result.late)

    def tell(self, transitions: Sequence[Transition[Event]], alerts: AlertPipeline, low: int) -> None:
        """Add what became of promises with one tick, by which time has come to `low`, in microseconds UTC."""
        made = [line(transition) for transition in transitions]
        found = alerts.push(transitions, lines=made, low=low)
        self.lines += made
        self._transitions += transitions
        self._notices += found.notices
        self._reasons |= found.reasons

    def telling(self) -> Telling:
        """Give what is worth telling, with the lines that it tells of, and why the others are not."""
        worth = {notice.id for notice in self._notices}
        found = list(zip(self.lines, self._transitions, strict=True))
        told = [with_numbers(each, made) for each, made in found if each.id in worth]
        again = [(with_numbers(each, made), made) for each, made in found if each.id not in worth and renames(each)]
        machines = [notice(each, made.standard, Reader()) for each, made in again]
        return Telling(self._notices, self._reasons, told, [each for each, _ in again], machines)

    def flush(self, offset: int, progress: Progress, writes: Sequence[Write], derived: Mapping[int, bytes]) -> Flush:
        """Give the flush that says all of this, and remembers it by these rows."""
        return Flush(
            offset=offset,
            ledger=lines(self.lines),
            told=msgspec.json.encode(self.telling()) if self.lines else b"",
            letters=msgspec.json.encode(self.unused) if self.unused else b"",
            derived=derived,
            progress=progress,
            writes=writes,
            lines=self.lines,
            counted=[
                line for line, made in zip(self.lines, self._transitions, strict=True) if not made.standard.owed_to
            ],
            unused=self.unused,
            duplicates=self.duplicates,
            settled_early=self.settled_early,
            effects=self.effects,
        )

    def derived(
        self, rulebook: Rulebook, levels: Mapping[str, int], codec: FactsCodec, partitions: int
    ) -> dict[int, bytes]:
        """Give the promises' own events for each partition that has standards of higher strata that hear them.

        `levels` are the strata by the standards' ids.
        """
        found: dict[int, Facts[Event]] = {}
        for transition in self._transitions if rulebook.heard else ():
            event = derived(transition, rulebook.heard)
            if event is None:
                continue
            level = levels[transition.standard.id]
            routes = [route for route in rulebook.routes[type(event)] if route.group.level > level]
            keys = [key for key in (route.key(event.data) for route in routes) if None not in key]
            for number in {partition_of(key, partitions) for key in keys}:
                found.setdefault(number, Facts[Event]()).events.append(event)
        return {number: codec.encode(facts) for number, facts in found.items()}
