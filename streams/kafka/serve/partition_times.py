"""How far time has come in all partitions together. Read next: `coordinator.py`, which decides by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from streams.kafka.records.facts import Progress

BEHIND: Final = 10_000_000
"""How far behind the others a partition's time may be before it is not waited for any more, in microseconds."""
STEPS: Final = 20
"""How often another partition must have told of its progress meanwhile: two a second when there is little to do."""


class Times:
    """How far time has come in all partitions, by what their workers say in `progress`.

    It is the least of all. A partition whose worker is gone does not hold up the others for long: it is left out while
    it is far behind and others have gone on; what it says afterwards comes late, and is told all the same.
    """

    def __init__(self, partitions: int) -> None:
        self.left_out: tuple[int, ...] = ()
        self._lows = dict.fromkeys(range(partitions), -1)
        self._meanwhile = dict.fromkeys(range(partitions), 0)

    def hear(self, progress: Progress) -> None:
        """Take what a worker says of one partition."""
        number, low = progress.partition, min(progress.lows, default=-1)
        for other in self._meanwhile:
            self._meanwhile[other] += 1
        if low > self._lows.get(number, -1):
            self._lows[number] = low
            self._meanwhile[number] = 0

    def low(self) -> int:
        """Give the instant that has been reached, in microseconds UTC; -1 while that is not known."""
        newest, patience = max(self._lows.values()), STEPS * len(self._lows)
        self.left_out = tuple(
            number
            for number, low in self._lows.items()
            if low < newest - BEHIND and self._meanwhile[number] >= patience
        )
        return min(low for number, low in self._lows.items() if number not in self.left_out)
