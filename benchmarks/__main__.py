"""Measures Kept beside others, in one run, and prints one table of ratios: `make bench`, or `python -m benchmarks`.

Every number is a ratio to something measured in the same run: machines differ, and the same one differs by the hour.
Knows: who takes part and what is to be reached. Read next: `contest.py` for the whole commands, `scaling.py` for the
cost of one event, `intake.py` for the host over HTTP.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.contest import Contender, FailedError, MismatchError, Time, call, contest, say
from benchmarks.events import MIXES, write
from benchmarks.rules import NO_WAIT
from benchmarks.table import Row, machine, rendered, replaced

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

KEPT = (str(Path(sys.executable).parent / "kept"), "backtest", str(NO_WAIT), "--json")
PYTHON = (sys.executable, "-m")
OPERATORS = ("stateful_batch", "stateful_flat_map", "ordered")
"""How the rule is written for Bytewax: twice with nothing beside it; `ordered` orders and passes repeats over too."""
QUOTED = (("Esper 9.0, cold JVM", 320_000), ("Flink 2.3, cold JVM", 253_000))
ESPER_WARM = 863_000
"""Events a second, from the design of Kept: measured once, on another day. The JVM engines are not run here."""
SECONDS_A_ROUND = 60
"""How often each subject is heard of, where the rate of events grows with the subjects."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured: lines of the mixes, of the file for two processes, events a size, promises, turns."""

    lines: int = 1_000_000
    long: int = 4_000_000
    events: int = 300_000
    subjects: tuple[int, ...] = (1_000, 10_000, 100_000, 1_000_000)
    standards: tuple[int, ...] = (1, 3, 30, 300)
    promises: int = 200_000
    sent: int = 300_000
    turns: int = 5


QUICK = Sizes(100_000, 200_000, 20_000, (1_000, 10_000), (1, 3, 30), 10_000, 20_000, 1)


def backtests(sizes: Sizes, folder: Path) -> Iterator[Row]:
    """Measure whole commands over the two mixes, and decoding alone."""
    for mix, work in MIXES.items():
        file = folder / f"{mix}.jsonl"
        write(replace(work, events=sizes.lines), file)
        times = contest(_contenders(), file, turns=sizes.turns)
        title = f"backtest, {mix}, {sizes.lines:,} lines"
        yield from _against(title, times, sizes.lines)
        if mix == "dense":
            kept = sizes.lines / times[0].median
            for name, rate in QUOTED:
                yield Row(title, f"{name} (quoted)", f"{rate:,}/s", f"({kept / rate:.2f} x)", "1 x")
        file.unlink()


def _contenders() -> list[Contender]:
    entered = [Contender("kept backtest", (*KEPT, "--events"))]
    if find_spec("bytewax") is not None and find_spec("orjson") is not None:
        peer = (*PYTHON, "benchmarks.peers.bytewax_peer", "--operator")
        entered += [Contender(f"Bytewax, {operator}", (*peer, operator)) for operator in OPERATORS]
    return [*entered, Contender("msgspec decoding alone", (*PYTHON, "benchmarks.decode"), own_clock=True)]


def _against(title: str, times: list[Time], lines: int) -> Iterator[Row]:
    """Set Kept, the first, against each of the others."""
    kept, others = times[0], times[1:]
    yield Row(title, kept.name, f"{lines / kept.median:,.0f}/s", "1")
    if len(others) == 1:
        yield Row(title, "Bytewax", "cannot be run on this Python", "-", "1.5 x")
    for other in others:
        ratio = other.median / kept.median
        peer = other.name.startswith("Bytewax")
        shown = f"{ratio:.2f} x" if peer else f"{ratio:.0%}"
        yield Row(title, other.name, f"{lines / other.median:,.0f}/s", shown, "1.5 x" if peer else "40%")


def two_processes(sizes: Sizes, folder: Path) -> Iterator[Row]:
    """Measure a long file with one process and with two."""
    file = folder / "long.jsonl"
    write(replace(MIXES["dense"], events=sizes.long), file)
    entered = [Contender(f"kept --jobs {jobs}", (*KEPT, "--jobs", str(jobs), "--events")) for jobs in (1, 2)]
    one, two = contest(entered, file, turns=min(sizes.turns, 3))
    file.unlink()
    title = f"backtest, dense, {sizes.long:,} lines"
    yield Row(title, one.name, f"{sizes.long / one.median:,.0f}/s", "1")
    yield Row(title, two.name, f"{sizes.long / two.median:,.0f}/s", f"{one.median / two.median:.2f} x one process")
    rate = sizes.long / two.median
    yield Row(title, "Esper 9.0, warm JVM (quoted)", f"{ESPER_WARM:,}/s", f"({rate / ESPER_WARM:.2f} x)", "1 x")


def scaling(sizes: Sizes) -> Iterator[Row]:
    """Measure the cost of one event as subjects and standards grow."""
    events = ("--events", str(sizes.events))
    few = [(f"{subjects:,} subjects", ("--subjects", str(subjects))) for subjects in sizes.subjects]
    yield from _growing("cost of an event, 50 a second in all", few, events, sizes.turns)
    rates = [str(subjects // SECONDS_A_ROUND) for subjects in sizes.subjects]
    busy = [(name, (*size, "--rate", rate)) for (name, size), rate in zip(few, rates, strict=True)]
    yield from _growing(f"cost of an event, each subject every {SECONDS_A_ROUND} s", busy, events, sizes.turns)
    rules = [(f"{number} standards, 3 concern it", ("--standards", str(number))) for number in sizes.standards[1:]]
    rules = [*rules, ("1 standard, which concerns it", ("--standards", "1"))]
    yield from _growing("cost of an event", rules, events, sizes.turns)


def _growing(
    title: str, sizes: Sequence[tuple[str, tuple[str, ...]]], events: tuple[str, ...], turns: int
) -> Iterator[Row]:
    """Measure the sizes in turns; the first is what the others are set against."""
    found: dict[str, list[float]] = {name: [] for name, _ in sizes}
    for _ in range(min(turns, 3)):
        for name, arguments in sizes:
            printed, _took = call([*PYTHON, "benchmarks.scaling", *events, *arguments])
            found[name].append(printed["seconds"])
            say(f"  {title}: {name}: {printed['seconds'] * 1e6:.2f} µs")
    first = median(next(iter(found.values())))
    for name, seconds in found.items():
        yield Row(title, name, f"{median(seconds) * 1e6:.2f} µs", f"{median(seconds) / first:.2f}", "0.7 to 1.3")


def memory(sizes: Sizes) -> Iterator[Row]:
    """Measure the memory of open promises."""
    printed, _ = call([*PYTHON, "benchmarks.scaling", "--promises", str(sizes.promises)])
    title, held = f"{sizes.promises:,} open promises", f"{printed['bytes']:,.0f} bytes"
    yield Row(title, "memory of one, its subject and its event", held, "-", "1,000 bytes")


def intake(sizes: Sizes) -> Iterator[Row]:
    """Measure the embedded host over HTTP beside SQLite alone, in turns."""
    command = (*PYTHON, "benchmarks.intake", "--events", str(sizes.sent))
    host, alone = list[float](), list[float]()
    for _ in range(min(sizes.turns, 3)):
        host.append(call(command)[0]["seconds"])
        alone.append(call([*command, "--sqlite"])[0]["seconds"])
        say(f"  intake: {host[-1]:.2f} s over HTTP, {alone[-1]:.2f} s by SQLite alone")
    title = "intake, durable before 202, server on one core"
    ratio = median(alone) / median(host)
    yield Row(title, "kept, batches of 100 over HTTP", f"{sizes.sent / median(host):,.0f}/s", "1", "50,000/s")
    yield Row(title, "SQLite alone, 500 rows a transaction", f"{sizes.sent / median(alone):,.0f}/s", f"{ratio:.0%}")


def main() -> None:
    """Measure everything and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=main.__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes and one turn, to see that everything works")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the table between the marks of this document")
    asked = parser.parse_args()
    sizes = QUICK if asked.quick else Sizes()
    about = machine()
    with tempfile.TemporaryDirectory(prefix="kept-bench-") as name:
        folder = Path(name)
        try:
            rows = [*backtests(sizes, folder), *two_processes(sizes, folder)]
            rows += [*scaling(sizes), *memory(sizes), *intake(sizes)]
        except (MismatchError, FailedError) as error:
            sys.exit(f"benchmarks: {error}")
    measured = f"{about}\n{rendered(rows)}"
    print(measured)
    if asked.write is not None:
        asked.write.write_text(replaced(asked.write.read_text(encoding="utf-8"), measured), encoding="utf-8")


if __name__ == "__main__":
    main()
