"""What a backtest says to people and to programs: a table of plain text, or JSON.

Read next: `cli.py`, which prints it.
"""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

from standards.calendar.duration import spoken
from standards.calendar.hours import zone as zone_of
from standards.judge.events import iso, moment
from standards.judge.score import Score
from standards.judge.shapes import Bounded, Response
from streams.backtest.table import Row, Table, text_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from standards.judge.standard import Standard
    from streams.backtest.result import BadLines, Result

TOLD = 20
"""Up to how many standards the promises are told in their own words; the table has all of them."""
MANY = 1_000
"""From so many events on, their number a second says something."""
WIDTH = 100
"""Characters of a line of names."""
HEAD = (*Score().counts(), "kept-rate", "95 % interval")
"""What is counted of a standard."""
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def as_json(result: Result) -> dict[str, Any]:
    """Give the result as `kept backtest --json` prints it: the counts, and all that was not judged."""
    return {
        "events": result.events,
        "seconds": round(result.seconds, 3),
        "standards": {name: score.counts() for name, score in result.scores.items()},
        "kept_closed": {name: score.kept_closed for name, score in result.scores.items() if score.kept_closed},
        "rows": result.rows,
        "rows_unread": result.unread,
        "rows_in_part": result.in_part,
        "bad_lines": dict(sorted(result.bad.items())),
        "unused": dict(sorted(result.unused.items())),
        "unconcerned": dict(sorted(result.unmatched.items())),
        "duplicates": result.duplicates,
        "from": iso(result.oldest) if result.oldest >= 0 else None,
        "to": iso(result.newest) if result.newest >= 0 else None,
        "doubts": result.doubts,
        "by_receipt": result.by_receipt,
    }


def as_text(result: Result, standards: Mapping[str, Standard]) -> str:
    """Give the result as a table, with the promises in the customer's words where they are not too many."""
    owed = {name: score for name, score in result.scores.items() if score.opened}
    lines = [head(result), "", *(text_table(score_table(owed, standards)) if owed else ["Nothing was owed."])]
    if owed and len(owed) < len(result.scores):
        never = ", ".join(name for name in result.scores if name not in owed)
        lines += ["", *wrap(f"Never owed: {never}.", WIDTH, break_long_words=False, break_on_hyphens=False)]
    if len(owed) <= TOLD:
        lines += [line for name, score in owed.items() for line in _told(name, score, standards[name])]
    return "\n".join([*lines, *left_out(result)])


def head(result: Result) -> str:
    """Say how much was judged, how fast, and how far."""
    until = f", {stretch(result)}" if result.newest >= 0 else ""
    long = result.seconds >= 1 and result.events >= MANY
    speed = f" ({result.events / result.seconds:,.0f} a second)" if long else ""
    receipt = " Judged by when they were received, as a host does." if result.by_receipt else ""
    judged = f"{some(result.events, 'event')} judged in {_length(result.seconds)}{speed}{until}.{receipt}"
    return f"{unsound(result)}{judged}"


def unsound(result: Result) -> str:
    """Say, before anything else, that so much could not be read that the rest says little; else nothing."""
    if not result.is_unsound:
        return ""
    return f"{_unread(result)}. What follows is of the others alone: mend the input before you go by it.\n\n"


def _unread(result: Result) -> str:
    """Say how many rows could not be read, and how many in part."""
    of, noun = result.rows, ("row" if result.tables else "line")
    nouns = noun if of == 1 else f"{noun}s"
    whole = f"{result.unread:,} of {of:,} {nouns} could not be read"
    part = f"{result.in_part:,} of {of:,} {nouns} could not be read in whole"
    if result.unread and result.in_part:
        return f"{whole}, and {result.in_part:,} more not in whole"
    return whole if result.unread else part


def stretch(result: Result) -> str:
    """Say from when to when the events are, by the clock that wrote them."""
    zone = zone_of(result.zone)
    first, last = (f"{moment(at).astimezone(zone):%Y-%m-%d %H:%M}" for at in (result.oldest, result.newest))
    return f"from {first} to {last} {'UTC' if result.zone == 'UTC' else f'by the clock of {result.zone}'}"


def _length(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{max(seconds, 0.01):.2f} s"


def some(number: int, noun: str) -> str:
    """Give a number and its noun."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def score_table(scores: Mapping[str, Score], standards: Mapping[str, Standard]) -> Table:
    """Give the counts of standards, by name."""
    rows = [Row(name, counted(score, with_rate=can_be_kept(standards[name]))) for name, score in scores.items()]
    return Table(("standard", *HEAD), rows)


def counted(score: Score, *, with_rate: bool = True) -> tuple[str, ...]:
    """Give the counts of a standard, under `HEAD`; a share says nothing of what can be broken alone."""
    return (*(f"{value:,}" for value in score.counts().values()), *(_rate(score) if with_rate else ("-", "-")))


def _rate(score: Score) -> tuple[str, str]:
    if score.kept_rate is None or score.interval is None:
        return ("-", "-")
    low, high = score.interval
    return (f"{score.kept_rate:.1%}", f"{low:.1%} to {high:.1%}")


def _told(name: str, score: Score, standard: Standard) -> list[str]:
    """Tell a promise in its words, and for an answer that was waited for how long it took."""
    lines = ["", f"{name}: {standard.promise}"]
    if score.settled and isinstance(standard.shape, Response):
        waited, elapsed = spoken(score.waited // score.settled), spoken(score.elapsed // score.settled)
        clock = "" if waited == elapsed else f", of it {elapsed} by the promise's own clock"
        were = "was" if score.late == 1 else "were"
        late = f" {score.late:,} of the broken {were} fulfilled late." if score.late else ""
        lines.append(f"  On average {waited} from opening to verdict{clock}.{late}")
    return lines + [f"  {said}" for said in remarks(score, standard)]


def can_be_kept(standard: Standard) -> bool:
    """Say whether a promise of a standard can be kept at all: at_most without an end can be broken alone."""
    return not isinstance(standard.shape, Bounded) or standard.shape.ends


def remarks(score: Score, standard: Standard) -> list[str]:
    """Say what makes a share of kept promises look better or worse than it is."""
    said = []
    if score.kept_closed:
        were = "was" if score.kept_closed == 1 else "were"
        said.append(f"{score.kept_closed:,} of the kept {were} kept while all was closed: no open time had gone by.")
    if not can_be_kept(standard):
        of = "the only one" if score.opened == 1 else f"{score.opened:,}"
        said.append(
            f"It has no end, so it can be broken and never kept: it was broken for {score.broken:,} of {of}. With "
            "`within` or `until` it could be kept."
        )
    return said


def left_out(result: Result) -> list[str]:
    """Say what was not judged and why: nothing is dropped in silence."""
    lines: list[str] = []
    if result.bad:
        total, shown = sum(result.bad.values()), sum(bad.number for bad in result.shown)
        lines += ["", f"{_unread(result)} ({_counts(result.bad)}):", *map(_bad, result.shown)]
        if total > shown:
            lines.append(f"  ... and {total - shown:,} more; --strict stops at the first.")
    if result.unmatched:
        lines += ["", f"No standard concerns itself with these events: {_counts(result.unmatched)}."]
    if result.unused:
        lines += ["", f"Of no use to some standards, counted once for each group of them: {_counts(result.unused)}."]
    if result.duplicates:
        lines += ["", f"{some(result.duplicates, 'event')} came twice; the second time it was passed over."]
    for doubt in result.doubts:
        lines += ["", *wrap(f"Is this right? {doubt}", WIDTH, break_long_words=False, break_on_hyphens=False)]
    return lines


def _bad(bad: BadLines) -> str:
    if not bad.last:
        return f"  {bad.file}: {bad.message}"
    if bad.number == 1:
        return f"  {bad.file}:{bad.first}: {bad.message}"
    several = bad.number == bad.last - bad.first + 1
    lines = f"lines {bad.first} to {bad.last}" if several else f"{bad.number:,} lines from {bad.first} to {bad.last}"
    return f"  {bad.file}, {lines}{', the first' if bad.differ else ''}: {bad.message}"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))
