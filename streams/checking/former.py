"""What the defaults of now change for an author's rules: the events that a host has stored, judged by both meanings.

Before there was `again`, a promise opened at a rise only, and a broken one was looked back on for 24 hours. Standards
that say nothing of it mean more now. Levels and periods of days did not keep to a calendar's hours then. Both meanings
are judged as history, in the order in which things happened.
Read next: `streams/storage/event_log.py`, `streams/backtest/backtest.py`.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import wrap
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec.structs import replace

from standards.calendar.duration import DAY, HOUR
from standards.errors import Finding, Place, SpecError
from standards.judge.rulebook import Rulebook
from standards.judge.score import Score
from standards.judge.shapes import Level, Recurrence, Response
from streams.backtest.backtest import Backtest, Task
from streams.backtest.report import WIDTH, some, stretch, unsound
from streams.backtest.result import Result
from streams.backtest.table import Row, Table, text_table
from streams.storage.event_log import events_in_order
from streams.storage.sqlite import FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from standards.compiler.spec import Loaded
    from standards.documents.entries import Entry
    from standards.judge.shapes import Shape
    from standards.judge.standard import Standard
    from streams.ingest.mapping import TableMapping

HEAD: Final = ("standard", "again", *Score().counts(), "done late", "ended", "given up")
SAYS_WHEN: Final = ("again", "reopen")
"""The keys by which an author says when the next promise opens: where one of them stands, nothing has changed."""


class Change(NamedTuple):
    """One standard whose promises come out otherwise: what `again` meant and means, and its counts by both meanings.

    Both are empty where the standard is not a response.
    """

    standard: str
    formerly: str
    again: str
    before: Score
    now: Score


class Comparison(NamedTuple):
    """Events judged by both meanings, and where they are from; `same` are the standards that come out alike."""

    data: str
    result: Result
    changes: list[Change]
    same: list[str]


def compare(
    data: str, loaded: Loaded, mappings: Sequence[TableMapping], *, latest: int, say: Callable[[str], None]
) -> Comparison:
    """Judge the events of a data folder, or of a file, by the former meaning of standards and by that of now.

    What changes joins the findings of the standards. Raises SpecError where there are no events, StateError where a
    folder cannot be read or is a newer Kept's, OSError.
    """
    with ExitStack() as stack:
        task = Task(loaded.rulebook, [_history(data, stack)], mappings, latest=latest, progress=_progress("now", say))
        former = task._replace(rulebook=_former(loaded), progress=_progress("before", say))
        before, now = Backtest(former).run(), Backtest(task).run()
    changes = list(_changes(loaded, before, now))
    changed = {change.standard for change in changes}
    return Comparison(data, now, changes, [it.id for it in loaded.standards if it.id not in changed])


def _history(data: str, stack: ExitStack) -> str:
    """Give a file of the events: the one that was named, or one of a folder's, for as long as it is needed."""
    if Path(data).is_file():
        return data
    if not (Path(data) / FILE).is_file():
        fix = "name the folder of a host, its --data or KEPT_DATA, or a file of events"
        raise _no_events(data, f"this folder has no data of Kept: {FILE} is missing", fix)
    history = Path(stack.enter_context(TemporaryDirectory(prefix="kept-check-"))) / "events.jsonl"
    with history.open("wb") as stream:
        stream.writelines(raw + b"\n" for raw in events_in_order(Path(data)))
    if not history.stat().st_size:
        fix = "name the folder of a kept run; on Kafka events stay in their topic: write them to a file, and name that"
        raise _no_events(data, "it holds no events", fix)
    return str(history)


def _no_events(data: str, found: str, fix: str) -> SpecError:
    return SpecError([Finding("no-file", Place(data), found, fix)])


def _progress(name: str, say: Callable[[str], None]) -> Callable[[int, int], None]:
    return lambda _, events: say(f"judging by the meaning of {name}: {events:,} events")


def _former(loaded: Loaded) -> Rulebook:
    standards = [_as_before(standard, loaded.entries[standard.id]) for standard in loaded.standards]
    return Rulebook(standards, loaded.feeds, loaded.vocabulary, loaded.rulebook.may_change)


def _as_before(standard: Standard, entry: Entry) -> Standard:
    """Give a standard as the same keys were meant before there was `again`, and before windows kept to hours."""
    shape = standard.shape
    if not isinstance(shape, Response):
        return replace(standard, shape=_out_of_hours(shape))
    if not _says_when(entry):
        shape = replace(shape, again="rise", rest=0)
    if not entry.has("owed_for"):
        shape = replace(shape, owed_for=DAY)
    return replace(standard, shape=shape)


def _out_of_hours(shape: Shape) -> Shape:
    """Give a level or a recurrence as it was when it did not keep to a calendar's hours, or days were open time."""
    match shape:
        case Level(period=None, step=0) | Recurrence(every="day" | "week" | "month"):
            return replace(shape, hours=None)
        case Recurrence(every=int()):
            return replace(shape, by_wall=False)
        case _:
            return shape


def _says_when(entry: Entry) -> bool:
    return any(map(entry.has, SAYS_WHEN))


def _changes(loaded: Loaded, before: Result, now: Result) -> Iterator[Change]:
    for standard in loaded.standards:
        was, is_now = before.scores[standard.id], now.scores[standard.id]
        if _shown(was) == _shown(is_now):
            continue
        again = standard.shape.again if isinstance(standard.shape, Response) else ""
        entry = loaded.entries[standard.id]
        said = _says_when(entry)
        if again and not said and was.counts() != is_now.counts():
            fix = f"write again: {again} if that is meant, or again: rise and owed_for: 24h to keep the former meaning"
            _warn(entry.at("when"), was, is_now, fix)
        elif _out_of_hours(standard.shape) != standard.shape and was.counts() != is_now.counts():
            _warn(entry.at("calendar"), was, is_now, _former_hours(standard.shape))
        yield Change(standard.id, again if said or not again else "rise", again, was, is_now)


def _shown(score: Score) -> tuple[int, ...]:
    """Give the counts by which two meanings are held against each other: all those that the table shows."""
    return (*score.counts().values(), score.late, score.ended, score.given_up)


def _warn(entry: Entry, was: Score, is_now: Score, fix: str) -> None:
    found = (
        f"by its former meaning these events open {some(was.opened, 'promise')} ({was.kept:,} kept, {was.broken:,} "
        f"broken), and by that of now {is_now.opened:,} ({is_now.kept:,} kept, {is_now.broken:,} broken)"
    )
    entry.warning("new-meaning", found, fix)


def _former_hours(shape: Shape) -> str:
    """Say what keeps the former meaning of a level or a recurrence with a calendar."""
    if isinstance(shape, Recurrence) and isinstance(shape.every, int):
        return f"days are the wall's now; to count open time as before write every: {shape.every // HOUR}h"
    return "only the hours of the calendar count now; one that has a timezone alone keeps the former meaning"


def told(comparison: Comparison) -> str:
    """Tell a comparison: the counts of the standards that differ, and what keeps the former meaning."""
    result, changes = comparison.result, comparison.changes
    lines = [f"{unsound(result)}{some(result.events, 'event')} of {comparison.data}, {stretch(result)}.", ""]
    if not changes:
        return "\n".join([*lines, "Every promise comes out as it did before there was `again`."])
    lines += [*text_table(Table(HEAD, [row for change in changes for row in _rows(change)])), ""]
    said = (
        "Where a standard says nothing of `again`, its promises opened at a rise before; where it says nothing of "
        "`owed_for`, what was broken was closed after 24 hours. To keep that, write again: rise and owed_for: 24h "
        "in it. Levels and recurrences with a calendar keep to its hours now, and days are those of the wall."
    )
    if comparison.same:
        said += f" Nothing changes for {', '.join(comparison.same)}."
    return "\n".join([*lines, *wrap(said, WIDTH, break_long_words=False, break_on_hyphens=False)])


def _rows(change: Change) -> Iterator[Row]:
    meant = (f"before: {change.formerly}", f"now: {change.again}") if change.again else ("before", "now")
    for meaning, score in zip(meant, (change.before, change.now), strict=True):
        yield Row(change.standard, (meaning, *(f"{count:,}" for count in _shown(score))))
