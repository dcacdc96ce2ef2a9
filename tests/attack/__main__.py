"""`make attack`: all attacks on all hosts, and a table of what came of them.

    python -m tests.attack [--only run|kafka] [--folder FOLDER]

It exits with 1 if anything acknowledged is missing, or an attack came to what it should not.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from tests.attack import on_kafka, one_machine
from tests.attack.target import Row

HOSTS: Mapping[str, Callable[[Path], Awaitable[list[Row]]]] = {"run": one_machine.attack, "kafka": on_kafka.attack}


def table(rows: list[Row]) -> str:
    """Give a table with a column for each part of a row."""
    cells = [("attack", "host", "tried", "happened", "ok"), *((*row[:4], "yes" if row.ok else "NO") for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(4)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[4]]) for line in cells
    )


async def attack(hosts: list[str], folder: Path) -> list[Row]:
    """Attack one host after another, each in a folder of its own."""
    rows: list[Row] = []
    for name in hosts:
        (folder / name).mkdir(parents=True)
        rows += await HOSTS[name](folder / name)
    return rows


def main() -> int:
    """Read the command line, attack, and print the table."""
    parser = argparse.ArgumentParser(prog="make attack ARGS=...", description="Attacks on real processes of Kept.")
    parser.add_argument("--only", choices=HOSTS, help="one host alone: kept run, or the processes on Kafka")
    parser.add_argument("--folder", type=Path, help="where stores and logs are left")
    given = parser.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="kept-attack-"))
    began = time.monotonic()
    rows = asyncio.run(attack([given.only] if given.only else [*HOSTS], folder))
    good = sum(row.ok for row in rows)
    sys.stdout.write(
        f"{table(rows)}\n\n{good} of {len(rows)} as they should be, in {time.monotonic() - began:.0f} s.\n"
    )
    sys.stdout.write(f"Stores and logs are in {folder}.\n")
    return int(good < len(rows))


if __name__ == "__main__":
    sys.exit(main())
