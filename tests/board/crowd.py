"""Four stores where twelve tills each have warned: more than fits on cards, so they stand in groups.

Must not know: what any test expects. Read next: `serving.py`.
"""

from __future__ import annotations

from typing import Any

from tests.board.serving import Served
from tests.streams.asking import cloud

STORES, TILLS = 4, 12


def warn(served: Served) -> None:
    events = [
        line(f"{store}-{till}", served.now, f"store-{store}", f"till {till}")
        for store in range(1, STORES + 1)
        for till in range(1, TILLS + 1)
    ]
    served.send(*events)
    served.go(45)


def line(name: str, at: int, site: str, till: str) -> dict[str, Any]:
    return cloud("queue.length", name, at, site=site, queue=till, waiting=4)
