"""What a backtest says to people and to programs: a table of plain text, or JSON.

Knows: results. Must not know: files or the judge. Read next: `cli.py`, which prints it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from standards.duration import spoken
from standards.events import iso

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from standards.score import Score
    from standards.standard import Standard
    from streams.backtest import Result

COLUMNS = ("opened", "kept", "broken", "void", "excused", "unknown", "open")


def as_json(result: Result) -> dict[str, Any]:
    """Give the result as `kept backtest --json` prints it: the counts, and all that was not judged."""
    return {
        "events": result.events,
        "seconds": round(result.seconds, 3),
        "standards": {name: score.counts() for name, score in result.scores.items()},
        "bad_lines": dict(sorted(result.bad.items())),
        "unused": dict(sorted(result.unused.items())),
        "unconcerned": dict(sorted(result.unconcerned.items())),
        "duplicates": result.duplicates,
    }


def as_text(result: Result, standards: Mapping[str, Standard]) -> str:
    """Give the result as a table, with the promises in the customer's words."""
    lines = [_head(result), ""]
    lines += _table(result)
    for name, score in result.scores.items():
        lines += ["", f"{name}: {standards[name].promise}", f"  {_told(score)}"]
    return "\n".join([*lines, *left_out(result)])


def _head(result: Result) -> str:
    until = f", up to {iso(result.newest)}" if result.newest >= 0 else ""
    speed = f" ({result.events / result.seconds:,.0f} a second)" if result.seconds >= 1 else ""
    return f"{result.events:,} events judged in {result.seconds:.1f} s{speed}{until}."


def _table(result: Result) -> list[str]:
    rows = [["standard", *COLUMNS, "kept-rate", "95 % interval"]]
    for name, score in result.scores.items():
        rows.append([name, *(f"{value:,}" for value in score.counts().values()), *_rate(score)])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(_cell(text, width, at) for at, (text, width) in enumerate(zip(row, widths, strict=True))).rstrip()
        for row in rows
    ]


def _cell(text: str, width: int, column: int) -> str:
    return text.ljust(width) if column == 0 else text.rjust(width)


def _rate(score: Score) -> Sequence[str]:
    if score.kept_rate is None or score.interval is None:
        return ("-", "-")
    low, high = score.interval
    return (f"{score.kept_rate:.1%}", f"{low:.1%} to {high:.1%}")


def _told(score: Score) -> str:
    if not score.settled:
        return "No verdict yet." if score.opened else "It was never owed."
    waited, elapsed = spoken(score.waited // score.settled), spoken(score.elapsed // score.settled)
    both = f"On average {waited} from opening to verdict"
    both += "" if waited == elapsed else f", of it {elapsed} by the promise's own clock"
    were = "was" if score.late == 1 else "were"
    late = f" {score.late:,} of the broken {were} fulfilled late." if score.late else ""
    return f"{both}.{late}"


def left_out(result: Result) -> list[str]:
    """Say what was not judged and why: nothing is dropped in silence."""
    lines: list[str] = []
    if result.bad:
        total = sum(result.bad.values())
        lines += ["", f"{total:,} bad line{'s' if total > 1 else ''}, not judged ({_counts(result.bad)}):"]
        lines += [f"  {bad.file}:{bad.line}: {bad.message}" for bad in result.shown]
        if total > len(result.shown):
            lines.append(f"  ... and {total - len(result.shown):,} more; --strict stops at the first.")
    if result.unconcerned:
        lines += ["", f"No standard concerns itself with these events: {_counts(result.unconcerned)}."]
    if result.unused:
        lines += ["", f"Of no use to the subjects they came to: {_counts(result.unused)}."]
    if result.duplicates:
        lines += ["", f"{result.duplicates:,} events came twice; the second ones were passed over."]
    return lines


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))
