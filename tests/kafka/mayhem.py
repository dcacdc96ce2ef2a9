"""Mayhem: everything of a Kept on Kafka is killed at random, again and again, and nothing of it may be seen.

    python -m tests.kafka.mayhem --crowd orderly --facts 500000 --kills 24 --seed 7

It starts a broker of its own, two intakes, two workers and later a third, a `kept serve` that posts its notices to a
receiver here, all of them real processes, and lets a crowd produce events. Meanwhile processes and the broker are
killed with SIGKILL and come back after a pause; some workers come back with an empty disk. In the end the ledger must
be the one that it would have been. It exits with 1 on any difference, and leaves all that is needed to look into it in
its folder.
Read next: `killing.py`, which does it; `orderly.py` and `unruly.py`, the crowds.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.kafka.broker import Broker
from tests.kafka.killing import Killing, Plan
from tests.kafka.orderly import Orderly
from tests.kafka.reporting import Report
from tests.kafka.topics import prepared
from tests.kafka.unruly import Unruly


def mayhem(kind: type[Killing], plan: Plan, folder: Path) -> Report:
    """Run it all in a folder, with a broker of its own, and say what came of it."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # that the broker is away is nothing new here
    with ExitStack() as stack:
        broker = stack.enter_context(Broker(folder / "broker"))
        kafka = prepared(broker.servers)
        return asyncio.run(kind(plan, folder, broker, kafka).run())


def main() -> int:
    """Read the command line, run, and print the report."""
    parser = argparse.ArgumentParser(prog="python -m tests.kafka.mayhem", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--crowd", choices=("orderly", "unruly"), default="orderly")
    parser.add_argument("--facts", type=int, default=500_000)
    parser.add_argument("--kills", type=int, default=24)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rate", type=float, default=1_200, help="events a second")
    parser.add_argument("--folder", type=Path, help="where the events, logs and differences are left")
    given = parser.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="kept-mayhem-"))
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    kind = Orderly if given.crowd == "orderly" else Unruly
    report = mayhem(kind, Plan(given.facts, given.kills, given.seed, given.rate), folder)
    sys.stdout.write(f"{report.text()}\n{'folder':44}{folder}\n{'took':44}{time.monotonic() - began:.0f} s\n")
    return 1 if report.differences.found else 0


if __name__ == "__main__":
    sys.exit(main())
