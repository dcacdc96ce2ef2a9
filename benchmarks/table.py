"""The table: what was measured, as Markdown, and the place in a document where it goes.

Knows: rows and text. Must not know: how anything is measured. Read next: `__main__.py`.
"""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
HEAD = ("workload", "contender", "measured", "ratio", "to reach")


@dataclass(frozen=True, slots=True)
class Row:
    """One line: the workload, who or which size, what was measured with its unit, the ratio, and what to reach."""

    workload: str
    contender: str
    measured: str
    ratio: str = "-"
    goal: str = "-"


def rendered(rows: Iterable[Row]) -> str:
    """Write the rows as a Markdown table."""
    lines = [HEAD, ("---", "---", "---:", "---:", "---")]
    lines += [(row.workload, row.contender, row.measured, row.ratio, row.goal) for row in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def machine() -> str:
    """Say when and on what was measured."""
    day = datetime.now(UTC).strftime("%Y-%m-%d")
    return (
        f"Measured {day} in one run on {os.cpu_count()} cores of {_cpu()}, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}; load at the start {os.getloadavg()[0]:.1f}.\n"
    )


def _cpu() -> str:
    """Give the processor's own name, where the system tells it."""
    known = Path("/proc/cpuinfo")
    told = known.read_text(encoding="utf-8").splitlines() if known.exists() else []
    names = [line.partition(":")[2].strip() for line in told if line.startswith("model name")]
    return names[0] if names else platform.processor() or "an unnamed processor"


def replaced(document: str, measured: str, *, marks: tuple[str, str] = (BEGIN, END)) -> str:
    """Put what was measured between the marks of a document. Raises ValueError where it has none."""
    before, begin, rest = document.partition(marks[0])
    _, end, after = rest.partition(marks[1])
    if not begin or not end:
        raise ValueError(f"the document has no lines {marks[0]} and {marks[1]}; add them where the table goes")
    return f"{before}{begin}\n\n{measured}\n{end}{after}"
