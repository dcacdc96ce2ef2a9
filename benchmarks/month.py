"""A month of a chain of shops as JSON lines: a million events of 200 queues over 31 days, busier at noon and at five.

    python -m benchmarks.month > month.jsonl

Drawn from a seed: every run writes the same. Knows: events. Must not know: what is measured with them.
"""

from __future__ import annotations

import json
import random
import sys
from datetime import UTC, datetime, timedelta

EVENTS, QUEUES, DAYS = 1_000_000, 200, 31
START = datetime(2026, 10, 1, tzinfo=UTC)
BUSY = (11, 12, 17)


def main() -> None:
    """Write the month to stdout."""
    draw = random.Random(1)
    waiting = [0] * QUEUES
    step = DAYS * 86_400 / EVENTS
    for number in range(EVENTS):
        at = START + timedelta(seconds=step * number)
        queue = draw.randrange(QUEUES)
        data: dict[str, object] = {"site": f"s{queue // 10}", "queue": f"q{queue}"}
        opens = waiting[queue] > 3 and draw.random() < 0.5
        if opens:
            waiting[queue] = max(0, waiting[queue] - 3)
        else:
            steps = (-2, -1, 1, 1) if at.hour in BUSY else (-2, -1, -1, 1, 1)
            waiting[queue] = max(0, min(12, waiting[queue] + draw.choice(steps)))
            data["waiting"] = waiting[queue]
        event = {"specversion": "1.0", "id": str(number), "source": "counters", "time": at.isoformat(),
                 "type": "register.opened" if opens else "queue.length", "data": data}  # fmt: skip
        sys.stdout.write(json.dumps(event) + "\n")


if __name__ == "__main__":
    main()
