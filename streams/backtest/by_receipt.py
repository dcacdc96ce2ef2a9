"""An export judged again as the host judged it: time is that of its clock, as the events' receipts tell it.

What came late is judged where it belongs, as then, and what came out otherwise for it becomes lines. A line is a
function of what was received and when, never of how much was judged at once; so all lines are the same, to the byte.
Read next: `streams/runtime/pump.py`, `docs/decisions/0037-exports.md`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.errors import EventError
from standards.judge.events import iso
from streams.runtime.pump import SETTLE, Pump

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from standards.judge.events import Event
    from standards.judge.rulebook import Rulebook
    from streams.runtime.batch_result import BatchResult
    from streams.runtime.share import Share


class ByReceipt:
    """Judges a share of the subjects; `grace` is that of the host, in microseconds."""

    def __init__(self, rulebook: Rulebook, share: Share, grace: int) -> None:
        self.pump = Pump(rulebook, grace=grace, settle=SETTLE, share=share)
        self._waiting: list[Event] = []

    def push(self, events: Sequence[Event]) -> Iterator[BatchResult]:
        """Judge what was received before the last of them: what was received at one instant is judged together."""
        waiting = [*self._waiting, *events]
        cut = len(waiting)
        while cut and waiting[cut - 1].received == waiting[-1].received:
            cut -= 1
        self._waiting = waiting[cut:]
        yield from self._judge(waiting[:cut])

    def finish(self, until: int) -> Iterator[BatchResult]:
        """Judge the rest; the clock goes on to `until` (microseconds UTC) or, where it is -1, until all is in time.

        Raises EventError where it would go back.
        """
        waiting, self._waiting = self._waiting, []
        yield from self._judge(waiting)
        if 0 <= until < self.pump.clock:
            raise too_early(until, self.pump.clock, "was received")
        yield self.pump.push([], now=self.pump.clock + self.pump.grace if until < 0 else until)

    def _judge(self, events: Sequence[Event]) -> Iterator[BatchResult]:
        if not events:
            return
        if self.pump.started < 0:
            self.pump.begin(events[0].received)
        yield self.pump.push(events, now=events[-1].received)


def too_early(until: int, newest: int, what: str) -> EventError:
    """Give the error for time that is to go on to before the newest event, which then would not be judged."""
    words = f"--until {iso(until)} is before the newest event, which {what} at {iso(newest)}"
    return EventError("too-early", f"{words}; give that time or a later one, or export the events up to there")


def check_alike(events: Sequence[Event], *, stamped: bool) -> None:
    """Refuse a history of which only some events say when they were received. Raises EventError."""
    if any(bool(event.received) != stamped for event in events):
        words = "some of these files say when their events were received, and others do not; judge them apart"
        raise EventError("mixed-history", words)
