"""The crowd against a host in memory: random standards, truths and senders, batches, crashes and restarts.

    nice python -m tests.crowd.simulate --cases 100000 --seed 7

The host is the pump, with its cases in a real database: they are stored after each batch as the embedded host does, and
read back at restarts. A crash loses what was judged and not stored yet; its senders send it again. Each case must come
to what `ideal.py` says. The arrivals of one in four are then judged once more, one by one and without a restart: the
same lines must come. It exits with 1 on any difference, and prints the seed of each case that has one; `--only SEED`
runs that case alone.
Knows: how a live host batches and stores. Must not know: any verdict. Read next: `mayhem.py`, for a real host.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from heapq import heapify, heappop, heappush
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

import msgspec

from standards.judge.events import Event
from standards.judge.ledger import Line, line
from standards.judge.rulebook import Rulebook
from streams.ingest.wire import Reader
from streams.runtime.batch_result import BatchResult
from streams.runtime.position import Position
from streams.runtime.pump import Pump
from streams.storage.cases.case_store import CaseStore
from streams.storage.sqlite import FILE, Database
from tests.crowd.ideal import Heard, Identity, came_too_late, compare, firsts
from tests.crowd.senders import Request, habit, requests
from tests.crowd.standards import drawn
from tests.crowd.truths import SECOND, Scene, truths
from tests.history import rulebook
from tests.kafka.comparing import Differences

START: Final = 1_772_438_400 * SECOND
HOUR: Final = 3_600 * SECOND
SOURCES: Final = ("s1", "s2", "s3")
DOCUMENTS: Final = 400
"""So many different documents are kept loaded, and meet different crowds."""
PLAIN: Final = 0.25
"""The share of cases whose arrivals are judged once more, one by one."""
TABLES: Final = ("cases", "identities", "held", "past")


class Case(NamedTuple):
    """One case: the standards, what arrives, how the host is set, in microseconds, and what draws the rest."""

    rulebook: Rulebook
    requests: list[Request]
    settle: int
    grace: int
    draw: Random


class Done(NamedTuple):
    """What came of a case."""

    heard: Heard
    differences: Differences
    late: int
    restarts: int


@lru_cache(DOCUMENTS)
def _rulebook(text: str) -> Rulebook:
    return rulebook(text)


def case(draw: Random, document: str = "") -> Case:
    """Draw a case, by a document or by one of its own."""
    length = draw.choice((10, 10, 20, 20, 60, 60, 2_400)) * SECOND
    guests = draw.randint(1, 4)
    scene = Scene(START, length, draw.randint(1, 30) * guests, guests, draw.randint(1, 2), SOURCES)
    settle = draw.choice((5 * SECOND, 20 * SECOND, 60 * SECOND, 600 * SECOND, 600 * SECOND))
    most = draw.choice((settle // 2, settle // 2, settle, HOUR))
    late, retry = draw.choice((settle // 2, most)), draw.choice((SECOND, settle // 2, most))
    happened = truths(draw, scene)
    found: list[Request] = []
    for source in SOURCES:
        own = habit(draw, source, span=(START, START + length), late=late, retry=retry)
        found += requests(draw, [truth for truth in happened if truth.source == source], own)
    grace = draw.choice((0, SECOND // 2, 2 * SECOND))
    return Case(_rulebook(document or drawn(draw)), found, settle, grace, draw)


class Host:
    """A live host in memory, and its store. `begin` empties both."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(folder / FILE, derived=True)

    def begin(self, about: Case) -> None:
        """Begin anew, for a case."""
        self.about = about
        with self.database.writing():
            for table in TABLES:
                self.database.put(f"DELETE FROM {table}", [()])
        self.position = b""
        self.events: list[Event] = []
        self.lines: list[Line] = []
        self.unused: list[Identity] = []
        self.restart()

    def restart(self) -> None:
        """Forget all that is not stored, and read back what is."""
        about = self.about
        position = msgspec.json.decode(self.position, type=Position) if self.position else None
        self.pump = Pump(about.rulebook, grace=about.grace, settle=about.settle, position=position)
        self.store = CaseStore(self.database, about.rulebook)
        self.pump.adopt(self.store.read())

    def push(self, events: Sequence[Event], now: int) -> BatchResult:
        """Judge a batch, and store nothing."""
        return self.pump.push(events, now=now)

    def keep(self, events: Sequence[Event], outcome: BatchResult) -> None:
        """Store what a batch came to; its lines are made before, as they give promises their ids."""
        self.lines += map(line, outcome.transitions)
        cases = {key: self.pump.case(*key) for key in outcome.touched}
        with self.database.writing():
            self.store.write(cases, self.pump.low, {each.key for each in outcome.transitions})
        self.position = msgspec.json.encode(self.pump.position())
        self.events += events
        self.unused += [(each.event.source, each.event.id) for each in outcome.unused]

    def heard(self) -> Heard:
        """Say what it came to."""
        return Heard(self.events, self.lines, self.unused, self.pump.low, self.about.settle)


def run(host: Host, about: Case) -> Done:
    """Let a case's requests arrive, in batches of any size, with crashes and restarts; compare what came of it."""
    host.begin(about)
    restarts = _arrive(host, about)
    heard = host.heard()
    differences = compare(about.rulebook, heard)
    if about.draw.random() < PLAIN:
        _compare_plain(about, heard, differences)
    late = came_too_late(about.rulebook, heard)
    return Done(heard, differences, sum(map(len, late.values())), restarts)


def _arrive(host: Host, about: Case) -> int:
    draw, reader = about.draw, Reader(about.rulebook.classes)
    waiting = [(request.at, number, request) for number, request in enumerate(about.requests)]
    heapify(waiting)
    restarts, crashes, last = 0, draw.choice((0, 0, 3)), 0
    while waiting:
        taken = _apart(last, _taken(about, waiting))
        last = taken[-1][0]
        now = _between(draw, last, waiting[0][0] if waiting else last + HOUR)
        events = [event for at, _, request in taken for event in received(reader, request, at)]
        outcome = host.push(events, now)
        if crashes and draw.random() < 0.2:
            crashes, restarts = crashes - 1, restarts + 1
            host.restart()
            for at, number, request in taken:
                heappush(waiting, (max(at, now) + draw.choice((0, SECOND, 60 * SECOND)), number, request))
            continue
        host.keep(events, outcome)
        if draw.random() < 0.05:
            restarts += 1
            host.restart()
    host.keep([], host.push([], last + draw.choice((0, SECOND, 10 * SECOND, 60 * SECOND)) + about.grace))
    return restarts


def _taken(about: Case, waiting: list[tuple[int, int, Request]]) -> list[tuple[int, int, Request]]:
    """Take what goes into the next batch, however long the host stood still."""
    most = about.draw.choice((1, 1, 2, 8))
    return [heappop(waiting) for _ in range(most) if waiting]


def _apart(last: int, taken: Iterable[tuple[int, int, Request]]) -> list[tuple[int, int, Request]]:
    """Let no two requests have one stamp: each is read after the one before."""
    found = []
    for at, number, request in taken:
        last = max(at, last + 1)
        found.append((last, number, request))
    return found


def _between(draw: Random, last: int, coming: int) -> int:
    """Give the instant to which time comes with a batch: no later than what is received next."""
    return draw.choice((last, max(last, min(coming, last + SECOND)), max(last, coming)))


def received(reader: Reader, request: Request, at: int) -> list[Event]:
    """Take a request in at an instant: each event gets its stamp, and happened no later than that."""
    refused: list[object] = []
    events = reader.batch(request.body, refused.append)
    assert refused == []
    for event in events:
        event.received, event.at = at, min(event.at, at)
    return events


def _compare_plain(about: Case, heard: Heard, differences: Differences) -> None:
    """Judge the same arrivals one by one: batches, restarts and crashes may not be seen in any line."""
    pump = Pump(about.rulebook, grace=about.grace, settle=about.settle)
    lines: list[Line] = []
    events = [msgspec.structs.replace(event) for event in heard.events]
    for at, some in _by_stamp(events):
        lines += map(line, pump.push(some, now=at).transitions)
    lines += map(line, pump.push([], now=heard.low + about.grace).transitions)
    ours, plain = ({each.id: each for each in some} for some in (heard.lines, lines))
    differences.note(
        "lines that depend on batches", (name for name in ours | plain if ours.get(name) != plain.get(name))
    )


def _by_stamp(events: Iterable[Event]) -> Iterable[tuple[int, list[Event]]]:
    found: dict[int, list[Event]] = {}
    for event in events:
        found.setdefault(event.received, []).append(event)
    return found.items()


def simulate(seeds: Iterable[int], folder: Path) -> tuple[Counter[str], dict[int, list[str]]]:
    """Run a case for each seed; give counts of what they had, and the differences by seed."""
    counts: Counter[str] = Counter()
    wrong: dict[int, list[str]] = {}
    host = Host(folder)
    for seed in seeds:
        document = drawn(Random(seed % DOCUMENTS))
        done = run(host, case(Random(seed), document))
        counts.update(
            cases=1, events=len(done.heard.events), promises=len({each.promise for each in done.heard.lines}),
            lines=len(done.heard.lines), repeats=len(done.heard.events) - len(firsts(done.heard.events)),
            late=done.late, restarts=done.restarts,
            corrected=sum(each.kind == "corrected" for each in done.heard.lines),
            withdrawn=sum(each.kind == "withdrawn" for each in done.heard.lines),
        )  # fmt: skip
        if done.differences.found:
            wrong[seed] = done.differences.lines()
    return counts, wrong


def main() -> int:
    """Read the command line, run, and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.crowd.simulate", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", type=int, help="the seed of one case")
    given = parser.parse_args()
    began = time.monotonic()
    first = given.seed * 1_000_000
    seeds = range(first, first + given.cases) if given.only is None else [given.only]
    with tempfile.TemporaryDirectory(prefix="kept-crowd-") as folder:
        counts, wrong = simulate(seeds, Path(folder))
    rows = [f"{name:20}{count:>12,}" for name, count in counts.items()]
    rows += [f"{'cases that differ':20}{len(wrong):>12,}", f"{'took':20}{time.monotonic() - began:>10.0f} s"]
    rows += [f"DIFFERENCE  {seed}: {'; '.join(lines)}" for seed, lines in list(wrong.items())[:20]]
    sys.stdout.write("\n".join(rows) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
