"""Whether what opens promises says how things stand, or that something happened, by how often it comes in history.

The author says which it is by `readings`, and what follows from it stands in a standard as `again`. Where neither is
written, history may say something else than the default.
Read next: `standards/judge/shapes/responding/again.py`.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec.structs import replace

from standards.documents.vocabulary import builtin_vocabulary
from standards.judge.events import type_of
from standards.judge.rulebook import Rulebook
from standards.judge.shapes import Response
from streams.backtest.backtest import Backtest, Task
from streams.backtest.report import some

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from standards.compiler.spec import Loaded
    from standards.documents.entries import Entry
    from standards.judge.score import Score
    from standards.judge.standard import Standard

OFTEN: Final = 10
"""What comes more often than so for each promise, and for each subject, is counted rather than happens."""
SELDOM: Final = 2
"""What comes no more often than so for each promise happens rather than is counted."""


class _Opening(NamedTuple):
    """A response whose author leaves to its event's type when the next promise opens, and how many history opened."""

    standard: Standard
    shape: Response
    entry: Entry
    promises: int

    @property
    def event(self) -> str:
        """The first of the event types that open it: where there are several, they are all of one kind."""
        return self.shape.when.event


class _Seen:
    """How often an event came, and for whom."""

    def __init__(self) -> None:
        self.events = 0
        self.subjects: set[tuple[object, ...]] = set()


def reading_or_happening(task: Task, loaded: Loaded, scores: Mapping[str, Score]) -> None:
    """Find defaults of `again` that history speaks against; they join the warnings of the standards.

    `scores` are what the history came to by the standards as they are. Raises OSError, SpecError.
    """
    openings = list(_openings(loaded, scores))
    seen = _seen(task, openings) if openings else {}
    doubtful = []
    for opening in openings:
        event, found = opening.event, seen[opening.standard.id]
        if not loaded.vocabulary[event].reading:
            if found.events > OFTEN * max(opening.promises, len(found.subjects)):
                _likely_reading(opening, found)
        elif event not in builtin_vocabulary() and found.events <= SELDOM * opening.promises:
            doubtful.append(opening)
    if doubtful:
        _likely_happenings(task, loaded, doubtful)


def _openings(loaded: Loaded, scores: Mapping[str, Score]) -> Iterator[_Opening]:
    for standard in loaded.standards:
        entry, shape, promises = loaded.entries[standard.id], standard.shape, scores[standard.id].opened
        left_open = not (entry.has("again") or entry.has("reopen"))
        if (
            isinstance(shape, Response)
            and set(shape.when.events) <= loaded.vocabulary.keys()
            and left_open
            and promises
        ):
            yield _Opening(standard, shape, entry, promises)


def _seen(task: Task, openings: Sequence[_Opening]) -> dict[str, _Seen]:
    seen: defaultdict[str, _Seen] = defaultdict(_Seen)
    by_type: defaultdict[str, list[Standard]] = defaultdict(list)
    for opening in openings:
        for name in opening.shape.when.events:
            by_type[name].append(opening.standard)
    with ExitStack() as stack:
        for batch, _ in Backtest(task).batches(task.paths, stack):
            for event in batch:
                for standard in by_type.get(type_of(event), ()):
                    found = seen[standard.id]
                    found.events += 1
                    found.subjects.add(tuple(getattr(event.data, name) for name in standard.per))
    return seen


def _likely_reading(opening: _Opening, seen: _Seen) -> None:
    event = opening.event
    found = (
        f"{event} came {seen.events:,} times for {some(len(seen.subjects), 'subject')} and "
        f"{some(opening.promises, 'promise')}: it seems to say how things "
        "stand, and is taken for something that happened"
    )
    fix = f"write readings: [{event}] at the top or, if each one is another matter, again: judged here"
    opening.entry.at("when").warning("likely-reading", found, fix)


def _likely_happenings(task: Task, loaded: Loaded, openings: Sequence[_Opening]) -> None:
    """Find readings that hardly come twice, of which some opened nothing as another promise was overdue."""
    judged = [replace(each.standard, shape=replace(each.shape, again="judged", rest=0)) for each in openings]
    by_themselves = Backtest(
        task._replace(rulebook=Rulebook(judged, loaded.feeds, loaded.vocabulary, loaded.rulebook.may_change))
    ).run()
    for opening in openings:
        more = by_themselves.scores[opening.standard.id].opened - opening.promises
        if more > 0:
            event = opening.event
            found = (
                f"{event} hardly comes twice for a promise, so it seems to say that something happened; taken "
                f"for a reading, it opened {some(more, 'promise')} fewer, as one was overdue"
            )
            fix = f"leave {event} out of readings: or, if it is one, write again: done here"
            opening.entry.at("when").warning("likely-happening", found, fix)
