"""The backtest: judges history from files by the same core that judges live events.

There is no wall clock. Time follows the events; at the end it has reached the newest one, and what is due later stays
open. Several files are merged by time.
Read next: `shares.py`, which runs several side by side, and `report.py`, which prints the result.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from heapq import merge
from itertools import islice
from operator import attrgetter
from typing import IO, TYPE_CHECKING, NamedTuple

import msgspec

from standards.errors import EventError, Finding, Place, SpecError
from standards.judge.ledger import line
from standards.judge.promise import NEVER, VERDICTS
from standards.judge.score import Score
from streams.ingest.jsonl import chunks, opened
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
    from streams.ingest.table import BadRow

SHOWN = 10
"""How many kinds of bad lines are shown; all lines are counted."""
BATCH = 4096
"""How many events are judged at once where they do not come in chunks."""
TABLES = (".csv", ".tsv", ".tab")
"""How the names of tables end."""
MAPPED = (*TABLES, ".txt")
"""The same where there is a mapping; without one a text file holds JSON lines."""
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods", ".numbers")
"""How the files of spreadsheets themselves end."""


class BadLines(msgspec.Struct):
    """Lines or rows of one file that could not be read for one reason: the first, the last, how many of them, and why.

    A line of 0 is not known. Where lines `differ`, `message` is the first one's: `fault` is what they have in common.
    """

    file: str
    first: int
    last: int
    number: int
    message: str
    fault: str = ""
    differ: bool = False


class Result(msgspec.Struct):
    """What a backtest found. `bad` counts lines that could not be read by reason; the first ten kinds are `shown`.

    `doubts` say what is odd about a table that could be read. `oldest` and `newest` are in microseconds UTC, -1 for no
    event; `zone` is the clock that wrote them, where that is known.
    """

    events: int = 0
    seconds: float = 0.0
    scores: dict[str, Score] = {}
    bad: Counter[str] = msgspec.field(default_factory=Counter)
    shown: list[BadLines] = []
    doubts: list[str] = []
    unused: Counter[str] = msgspec.field(default_factory=Counter)
    unmatched: Counter[str] = msgspec.field(default_factory=Counter)
    duplicates: int = 0
    newest: int = -1
    oldest: int = -1
    zone: str = "UTC"


class StrictError(EventError):
    """A bad line was found and the run was told to stop at the first."""


class Task(NamedTuple):
    """What to judge: by which rules, which files, and where the ledger goes, if anywhere.

    `progress` is told the bytes and events read so far; events after `latest` (microseconds UTC) are bad lines.
    """

    rulebook: Rulebook
    paths: list[str]
    mapping: TableMapping | None = None
    strict: bool = False
    ledger: str | None = None
    progress: Callable[[int, int], None] | None = None
    latest: int = NEVER


def is_table(path: str, endings: tuple[str, ...] = TABLES) -> bool:
    """Say whether a file is a table, by its name."""
    return path.lower().removesuffix(".gz").endswith(endings)


def check_inputs(task: Task) -> None:
    """See that tables have a mapping and the mapping has tables. Raises SpecError."""
    found, fix = "this is a workbook, and what is read is text", "save its sheet as CSV, and give that"
    findings = [Finding("no-table", Place(path, 1, 1), found, fix) for path in task.paths if is_table(path, WORKBOOKS)]
    if findings:
        raise SpecError(findings)
    if task.mapping is None:
        found = "this is a table, and nothing says which events its rows are"
        fix = "give its mapping with --map FILE; docs/mapping.md shows how to write one"
        findings = [Finding("no-mapping", Place(path, 1, 1), found, fix) for path in task.paths if is_table(path)]
    elif not any(is_table(path, MAPPED) for path in task.paths):
        found = f"this mapping has no table to read: {', '.join(task.paths)} would be JSON lines"
        fix = f"give a table with --events ({', '.join(MAPPED)}, .gz too), or leave --map out"
        findings = [Finding("no-table", Place(task.mapping.document.name, 1, 1), found, fix)]
    if findings:
        raise SpecError(findings)


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
        if task.mapping is not None and task.mapping.zone is not None:
            self.result.zone = task.mapping.zone.key
        self.pump = Pump(rulebook, share=share)
        self._first = share.first
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
                    self._take(self.pump.push(batch), len(batch))
                    if self._first and self.task.progress is not None:
                        self.task.progress(read, self.result.events)
            self._take(self.pump.finish(), 0)
        finally:
            if collecting:
                gc.enable()
        self.result.newest = self.pump.newest
        return self.result

    def batches(self, paths: Sequence[str], stack: ExitStack) -> Iterator[tuple[list[Event], int]]:
        """Read the files, merged by time: some events, and how many bytes were read by then, where that is known."""
        if len(paths) == 1 and not self._is_table(paths[0]):
            yield from self._chunks(paths[0], stack)
            return
        events = merge(*(self._events(path, stack) for path in paths), key=attrgetter("at"))
        while batch := list(islice(events, BATCH)):
            yield batch, 0

    def _is_table(self, path: str) -> bool:
        return self.task.mapping is not None and is_table(path, MAPPED)

    def _chunks(self, path: str, stack: ExitStack) -> Iterator[tuple[list[Event], int]]:
        stream = stack.enter_context(opened(path))
        for chunk in chunks(stream, lambda refusal: self._refuse(path, refusal)):
            lines, number, first, read = chunk
            yield self._reader.lines(lines, lambda r: self._refuse(path, r), first=first, count=number), read

    def _events(self, path: str, stack: ExitStack) -> Iterator[Event]:
        if self.task.mapping is not None and self._is_table(path):
            from streams.ingest.table import read_table  # noqa: PLC0415 - JSON lines need none of it

            stream = stack.enter_context(opened(path))
            bad, doubt = lambda row: self._bad_row(path, row), self.result.doubts.append
            for event in read_table(stream, self.task.mapping, bad=bad, doubt=doubt, name=path):
                early = in_future(event, self._reader.latest, 0)
                if early is None:
                    yield event
                else:
                    self._bad(path, 0, early.reason, f"event {event.id}: {early}")
            return
        for batch, _ in self._chunks(path, stack):
            yield from batch

    def _bad_row(self, path: str, row: BadRow) -> None:
        self._bad(path, row.lines[0], row.reason, row.message, row.found)

    def _refuse(self, path: str, refusal: Refusal) -> None:
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
