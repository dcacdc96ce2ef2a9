"""The workloads: CloudEvents as JSON lines, drawn with a fixed seed, so that every contender reads the same bytes.

Nine events of ten report the length of a queue, the tenth opens a register there. The lengths are bounded random walks,
one for each queue, with more than three waiting in about a quarter of the reports. Times never go back.
Knows: how a workload is drawn. Must not know: who reads it. Read next: `reference.py`, which says what is right.

    python -m benchmarks.events --mix sparse --events 1000000 --out sparse.jsonl
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

START = datetime(2026, 6, 1, 8, tzinfo=UTC)
QUEUES = 10
"""How many queues a site has."""
STEPS = (-1, -1, -1, -1, 0, 1, 1, 1)
LONGEST = 8
"""The walk: each step is as likely as the next, and no queue grows longer than this."""
OPENED = 0.1
"""The share of events that open a register."""
STRIDE = 7_368_787
"""A prime: stepping by it through any number of subjects below it visits each of them once a round."""
_WRITTEN_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Workload:
    """What to draw. `rate` is in events a second; `whole_seconds` drops the fractions, so that instants coincide.

    `rounds`: the subjects take turns, in a scattered order, instead of being drawn; each is then met equally often.
    `kinds` is how many pairs of event types there are; subjects are divided among them.
    """

    events: int
    rate: int = 50
    whole_seconds: bool = False
    subjects: int = 200
    rounds: bool = False
    kinds: int = 1
    seed: int = 1
    start: datetime = START


MIXES = {"dense": Workload(0), "sparse": Workload(0, rate=2, whole_seconds=True)}
"""Dense: each queue is heard of every 4 s, nearly nothing breaks. Sparse: every 100 s, most promises of 60 s break."""


def kind_names(kind: int) -> tuple[str, str]:
    """Name the event types of a kind: the report and the opening. The first kind is that of the vocabulary."""
    return (f"queue{kind}.length", f"register{kind}.opened") if kind else ("queue.length", "register.opened")


def lines(work: Workload) -> Iterator[bytes]:
    """Draw the events, each a JSON line."""
    draw = Random(work.seed).random
    subjects = _subjects(work)
    waiting = bytearray(work.subjects)
    second, prefix = -1, ""
    for number in range(work.events):
        instant = number * 1_000_000 // work.rate
        if instant // 1_000_000 != second:
            second = instant // 1_000_000
            prefix = (work.start + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%S")
        time = prefix if work.whole_seconds else f"{prefix}.{instant % 1_000_000:06d}"
        at = number * STRIDE % work.subjects if work.rounds else int(draw() * work.subjects)
        report, opening, fields = subjects[at]
        if draw() < OPENED:
            name, data = opening, fields
        else:
            length = min(max(waiting[at] + STEPS[int(draw() * len(STEPS))], 0), LONGEST)
            waiting[at] = length
            name, data = report, f'{fields},"waiting":{length}'
        yield (
            f'{{"specversion":"1.0","id":"e{number}","source":"floor","type":"{name}","time":"{time}Z",'
            f'"data":{{{data}}}}}\n'
        ).encode()


def _subjects(work: Workload) -> list[tuple[str, str, str]]:
    """Give each subject's two event types, and its fields as they are written."""
    kinds = [kind_names(kind) for kind in range(work.kinds)]
    return [
        (*kinds[number % work.kinds], f'"site":"s{number // QUEUES}","queue":"q{number % QUEUES}"')
        for number in range(work.subjects)
    ]


def write(work: Workload, path: Path) -> None:
    """Write a workload to a file."""
    drawn = lines(work)
    with path.open("wb") as out:
        while block := b"".join(islice(drawn, _WRITTEN_AT_ONCE)):
            out.write(block)


def main() -> None:
    """Write one workload, as the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.events", description=main.__doc__)
    parser.add_argument("--mix", choices=sorted(MIXES), default="dense")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--subjects", type=int, default=200, help="how many queues; ten make a site")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    mix = MIXES[asked.mix]
    work = Workload(asked.events, mix.rate, mix.whole_seconds, asked.subjects, seed=asked.seed)
    write(work, asked.out)


if __name__ == "__main__":
    main()
