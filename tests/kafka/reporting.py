"""The report of a run of mayhem, and what is kept when it found a difference.

Knows: words and files. Must not know: how anything was compared. Read next: `comparing.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.records.facts import FactsCodec
from streams.settings import StandardsFiles
from tests.kafka.comparing import Differences, Said, Undisturbed, whole


class Report(NamedTuple):
    """What came of it; `rows` are words and numbers of what was compared."""

    facts: int
    kills: Counter[str]
    ended: Counter[str]
    calm: Undisturbed
    rows: dict[str, str]
    received: int
    silence: float
    said: Said
    codes: dict[str, int]
    differences: Differences

    def text(self) -> str:
        """Tell it in lines."""
        kills = ", ".join(f"{count} {kind}" for kind, count in sorted(self.kills.items()))
        ended = ", ".join(f"{name} x{count}" for name, count in sorted(self.ended.items())) or "none"
        rows = {
            "facts": f"{self.facts:,}",
            "kills": f"{self.kills.total()}: {kills}",
            "ended by themselves": f"{self.ended.total()}: {ended}",
            "lines said again": f"{self.said.repeated:,}",
            **self.rows,
            "notices": f"{len(self.said.notices):,}, received {self.received:,} times",
            "longest time without a word of a partition": f"{self.silence:.1f} s",
            "latest line, behind its instant": f"{self.said.slowest:.1f} s",
            "exit codes in the end": ", ".join(f"{name} {code}" for name, code in sorted(self.codes.items())),
        }
        told = [f"{name:44}{value}" for name, value in rows.items()]
        return "\n".join([*told, *(f"DIFFERENCE  {each}" for each in self.differences.lines())])


async def keep(kafka: KafkaSettings, folder: Path, report: Report, standards: Path) -> None:
    """Leave in the folder, as JSON lines, both ledgers, the letters, and all records of `facts` with their places."""
    codec = FactsCodec(StandardsFiles([str(standards)]).load(()).rulebook.classes)
    facts = [
        msgspec.json.encode([it.partition, it.offset, it.timestamp, codec.decode(it.value)])
        for it in await whole(kafka, kafka.names.facts, kafka.partitions)
    ]
    _write(folder / "facts.jsonl", facts)
    _write(folder / "said.jsonl", (next(iter(forms)) for forms in report.said.lines.values()))
    _write(folder / "undisturbed.jsonl", report.calm.lines.values())
    _write(folder / "letters.jsonl", map(msgspec.json.encode, report.said.letters))


def _write(file: Path, lines: Iterable[bytes]) -> None:
    file.write_bytes(b"".join(line + b"\n" for line in lines))
