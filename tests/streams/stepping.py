"""A machine whose clock somebody sets; and a whole `kept run` on one, whose clock a file says.

The process reads this machine's own clock and adds what stands in the file, in seconds: so a test sets its clock, and
nobody else's. Everything else in it is as ever. Read next: `test_stepped_clock.py`.
"""

import asyncio
import sys
import time
from pathlib import Path

from streams.embedded.embedded import EmbeddedHost
from streams.embedded.options import DEFAULTS, Options
from streams.embedded.running import Plan, run
from streams.embedded.steady_clock import SteadyClock
from streams.settings import StandardsFiles, read_settings
from tests.streams.hosting import SECOND, T0, hosting


class Machine:
    """A machine whose clock says `counted` and what it is `ahead`."""

    def __init__(self) -> None:
        self.counted = 5 * SECOND
        self.ahead = T0
        self.synchronised: bool | None = False

    def system(self) -> int:
        return self.counted + self.ahead

    def clock(self) -> SteadyClock:
        return SteadyClock(self.system, lambda: self.counted, lambda: self.synchronised)


def stepping(
    folder: Path, machine: Machine, *, standards: StandardsFiles | None = None, options: Options = DEFAULTS
) -> EmbeddedHost:
    """Make a host that watches a machine's clock."""
    clock = machine.clock()
    host = hosting(folder, clock.wall, standards=standards, options=options)
    host.watched_clock = clock
    return host


def step(host: EmbeddedHost) -> None:
    """Have a host go over to its machine's clock."""
    assert host.watched_clock is not None
    host.watched_clock.accept()


def main() -> None:
    """Run Kept with the clock that the first argument names, until it is asked to stop."""
    ahead = Path(sys.argv[1])

    def system() -> int:
        return time.time_ns() // 1_000 + int(ahead.read_text(encoding="utf-8")) * SECOND

    asyncio.run(run(Plan(read_settings()), SteadyClock(system, is_right=lambda: False)))


if __name__ == "__main__":
    main()
