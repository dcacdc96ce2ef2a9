"""The backtest: judges history from files by the same core that judges live events.

There is no wall clock. Time follows the events; at the end it has reached the newest one, and what is due later stays
open. Several files are merged by time. Of what a host gave out, time is when it was received there.
Read next: `by_receipt.py`; `shares.py`, which runs several side by side, and `report.py`, which prints the result.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from heapq import merge
from itertools import islice
from typing import IO, TYPE_CHECKING, NamedTuple

import msgspec

from standards.errors import EventError
from standards.judge.ledger import line
from standards.judge.promise import NEVER, VERDICTS
from standards.judge.score import Score
from streams.backtest.by_receipt import ByReceipt, check_alike, too_early
from streams.backtest.inputs import Input, inputs_of, zone_of_all
from streams.backtest.result import BadLines, Result
from streams.ingest import received
from streams.ingest.jsonl import chunks
from streams.ingest.packed import opened
from streams.ingest.wire import Reader, Refusal, in_future
from streams.runtime.batch_result import BatchResult
from streams.runtime.pump import Pump
from streams.runtime.share import WHOLE, Share

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from standards.judge.events import Event
    from standards.judge.promise import Transition
    from standards.judge.rulebook import Rulebook
    from streams.ingest.mapping import TableMapping
    from streams.ingest.rows import BadRow
    from streams.ingest.table import Counts

SHOWN = 10
"""How many kinds of bad lines are shown; all lines are counted."""
BATCH = 4096
"""How many events are judged at once where they do not come in chunks."""


class StrictError(EventError):
    """A bad line was found and the run was told to stop at the first."""


class Task(NamedTuple):
    """What to judge: by which rules, which files, and where the ledger goes, if anywhere.

    `progress` is told the bytes and events read so far; events after `latest` (microseconds UTC) are bad lines.
    Where there is a `grace`, events that say when they were received are judged by that. `until` is how far time goes
    on at the end, -1: no further than the events.
    """

    rulebook: Rulebook
    paths: list[str]
    mappings: Sequence[TableMapping] = ()
    strict: bool = False
    ledger: str | None = None
    progress: Callable[[int, int], None] | None = None
    latest: int = NEVER
    grace: int | None = None
    until: int = -1


Listener = Callable[[BatchResult, int], None]


class Backtest:
    """Judges a share of the subjects. `ledger`, where given, takes every transition as a JSON line.

    `listen` hears what each batch did, and how far time has come by then (microseconds UTC).
    """

    def __init__(
        self, task: Task, *, ledger: IO[bytes] | None = None, share: Share = WHOLE, listen: Listener | None = None
    ) -> None:
        self.task = task
        self.ledger = ledger
        self.listen = listen
        rulebook = task.rulebook
        self.result = Result(scores={name: Score() for name in sorted(rulebook.current)})
        self._inputs = inputs_of(task.paths, task.mappings)
        if (zone := zone_of_all(task.mappings)) is not None:
            self.result.zone = zone.key
        self.pump = Pump(rulebook, share=share)
        self._share, self._first = share, share.first
        self._by_receipt: ByReceipt | None = None
        self._stamps = False
        self._reader = Reader(rulebook.classes, latest=task.latest)

    def run(self) -> Result:
        """Judge the files. Raises StrictError at the first bad line of a strict task, OSError, SpecError."""
        collecting = gc.isenabled()
        gc.disable()  # the core makes no cycles; looking for them among a million objects takes long
        try:
            with ExitStack() as stack:
                for batch, read in self.batches(self.task.paths, stack):
                    if self.result.oldest < 0 and batch:
                        self.result.oldest = min(event.at for event in batch)
                    self._judge(batch)
                    if self._first and self.task.progress is not None:
                        self.task.progress(read, self.result.events)
            self._finish()
        finally:
            if collecting:
                gc.enable()
        self.result.newest = self.pump.newest
        return self.result

    def _judge(self, batch: list[Event]) -> None:
        if self._stamps and batch:
            if self._by_receipt is None and not self.result.events:
                self._begin_by_receipt(self.task.grace or 0)
            check_alike(batch, stamped=self._by_receipt is not None)
        if self._by_receipt is None:
            self._take(self.pump.push(batch), len(batch))
            return
        for outcome in self._by_receipt.push(batch):
            self._take(outcome, 0)
        self.result.events += len(batch)

    def _begin_by_receipt(self, grace: int) -> None:
        self._by_receipt = ByReceipt(self.task.rulebook, self._share, grace)
        self.pump, self.result.by_receipt = self._by_receipt.pump, True

    def _finish(self) -> None:
        until = self.task.until
        if 0 <= until < self.pump.newest and self._by_receipt is None:
            raise too_early(until, self.pump.newest, "happened")
        if self._by_receipt is not None:
            for outcome in self._by_receipt.finish(until):
                self._take(outcome, 0)
            return
        self._take(self.pump.finish(), 0)
        if until >= 0:
            self._take(self.pump.push([], now=until + self.pump.grace), 0)

    def batches(self, paths: Sequence[str], stack: ExitStack) -> Iterator[tuple[list[Event], int]]:
        """Read the files, merged by time: some events, and how many bytes were read by then, where that is known."""
        inputs = [each for each in self._inputs if each.path in paths]
        if len(inputs) == 1 and inputs[0].mapping is None:
            yield from self._chunks(paths[0], stack)
            return
        events = merge(*(self._events(each, stack) for each in inputs), key=lambda event: event.received or event.at)
        while batch := list(islice(events, BATCH)):
            yield batch, 0

    def _chunks(self, path: str, stack: ExitStack) -> Iterator[tuple[list[Event], int]]:
        stream, stamped = stack.enter_context(opened(path)), False
        for chunk in chunks(stream, lambda refusal: self._refuse(path, refusal)):
            lines, number, first, read = chunk
            if self.task.grace is None:
                events = self._reader.lines(lines, partial(self._refuse, path), first=first, count=number)
            else:
                refuse = partial(self._refuse, path)
                events, stamped = received.lines(self._reader, chunk, refuse, stamped=stamped)
                self._stamps = self._stamps or stamped
            self.result.rows += len(events)
            yield events, read

    def _events(self, each: Input, stack: ExitStack) -> Iterator[Event]:
        path, label, mapping = each
        if mapping is not None:
            from streams.ingest.table import Counts, read_table  # noqa: PLC0415 - JSON lines need none of it

            stream = stack.enter_context(opened(path))
            bad, doubt, counts = lambda row: self._bad_row(path, row), self.result.doubts.append, Counts()
            for event in read_table(stream, mapping, bad=bad, doubt=doubt, counts=counts, name=path, label=label):
                early = in_future(event, self._reader.latest, 0)
                if early is None:
                    yield event
                else:
                    counts.in_part += 1
                    self._bad(path, 0, early.reason, f"event {event.id}: {early}")
            self._count(counts)
            return
        for batch, _ in self._chunks(path, stack):
            yield from batch

    def _count(self, counts: Counts) -> None:
        result = self.result
        result.tables = True
        result.rows += counts.rows
        result.unread += counts.unread
        result.in_part += counts.in_part

    def _bad_row(self, path: str, row: BadRow) -> None:
        self._bad(path, row.lines[0], row.reason, row.message, row.found)

    def _refuse(self, path: str, refusal: Refusal) -> None:
        self.result.rows += 1
        self.result.unread += 1
        self._bad(path, refusal.place, refusal.reason, refusal.message)

    def _bad(self, path: str, place: int, reason: str, message: str, found: str = "") -> None:
        if self.task.strict:
            raise StrictError(reason, f"{path}:{place}: {message}")
        self.result.bad[reason] += 1
        self._show(BadLines(path, place, place, 1, message, message.replace(found, "", 1)))

    def _show(self, bad: BadLines) -> None:
        for known in self.result.shown:
            if (known.fault, known.file) == (bad.fault, bad.file):
                known.first, known.last = min(known.first, bad.first), max(known.last, bad.last)
                known.number += 1
                known.differ = known.differ or known.message != bad.message
                return
        if len(self.result.shown) < SHOWN:
            self.result.shown.append(bad)

    def _take(self, outcome: BatchResult, events: int) -> None:
        result = self.result
        result.events += events
        if outcome.transitions:
            count(outcome.transitions, result.scores)
            if self.ledger is not None:
                self.ledger.write(_ENCODER.encode_lines([line(transition) for transition in outcome.transitions]))
        if self.listen is not None:
            self.listen(outcome, self.pump.low)
        result.unused.update(unused.reason for unused in outcome.unused)
        result.unmatched.update(outcome.unmatched)
        result.duplicates += outcome.duplicates


_ENCODER = msgspec.json.Encoder()


def count(transitions: Sequence[Transition[Event]], scores: dict[str, Score]) -> None:
    """Add transitions to the scores of their standards."""
    for transition in transitions:
        score = scores[transition.standard.id]
        was, verdict = VERDICTS.get(transition.before), VERDICTS.get(transition.after)
        score.add(transition.kind, transition.before, transition.after)
        if was is None and verdict is not None and verdict != "withdrawn":
            score.time(transition.elapsed, transition.at - transition.promise.opened)
            score.kept_closed += verdict == "kept" and not transition.elapsed and _saw_no_open_time(transition)


def _saw_no_open_time(transition: Transition[Event]) -> bool:
    """Say whether a promise that a calendar's hours are counted for was kept while all was closed."""
    hours, opened = getattr(transition.standard.shape, "hours", None), transition.promise.opened
    return hours is not None and opened < transition.at and not hours.between(opened, transition.at)
