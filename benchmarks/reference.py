"""What is right: the no-wait rule, written down as plainly as possible, to check every contender's counts.

When more than three wait where three or fewer did before, a register has to open within 60 s, unless three or fewer
wait again. What happens exactly at the deadline is in time. One promise at a time for each queue; a rise that comes
while one is open is used up. In the end time has reached the newest event: what is due later is still open.
Knows: the rule and the form of the events. Must not know: any contender.

    python -m benchmarks.reference sparse.jsonl
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

WITHIN = timedelta(seconds=60)
MANY = 3
"""More than so many waiting opens a promise."""


@dataclass(slots=True)
class Counts:
    """How many promises were opened, and what became of them."""

    opened: int = 0
    kept: int = 0
    broken: int = 0
    void: int = 0
    open: int = 0


@dataclass(slots=True)
class Queue:
    """One queue: whether its last report was of more than three, and when its promise is due, if it has one."""

    crowded: bool = False
    due: datetime | None = None


def judge(lines: Iterable[bytes]) -> Counts:
    """Count what became of the promises of these events, which must be in the order of their times."""
    counts, queues, newest = Counts(), dict[tuple[str, str], Queue](), datetime.min.replace(tzinfo=UTC)
    for line in lines:
        event = json.loads(line)
        newest = datetime.fromisoformat(event["time"])
        queue = queues.setdefault((event["data"]["site"], event["data"]["queue"]), Queue())
        _meet(queue, event, newest, counts)
    for queue in queues.values():
        if queue.due is not None and queue.due <= newest:
            counts.broken += 1
        elif queue.due is not None:
            counts.open += 1
    return counts


def _meet(queue: Queue, event: dict[str, Any], time: datetime, counts: Counts) -> None:
    """Judge one event of a queue."""
    if queue.due is not None and queue.due < time:
        counts.broken += 1
        queue.due = None
    if event["type"] == "register.opened":
        if queue.due is not None:
            counts.kept += 1
            queue.due = None
        return
    crowded = event["data"]["waiting"] > MANY
    if queue.due is not None and not crowded:
        counts.void += 1
        queue.due = None
    if queue.due is None and crowded and not queue.crowded:
        counts.opened += 1
        queue.due = time + WITHIN
    queue.crowded = crowded


def judge_file(path: Path) -> Counts:
    """Count what became of the promises of a file's events."""
    with path.open("rb") as stream:
        return judge(stream)


if __name__ == "__main__":
    print(judge_file(Path(sys.argv[1])))
