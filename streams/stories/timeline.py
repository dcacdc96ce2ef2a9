"""The timeline of a story that failed: what was expected beside what happened, for a terminal or a report.

Read next: `running.py`.
"""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from textwrap import wrap
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from alerts.routing.notice import printable
from standards.calendar.duration import SECOND, describe, spoken
from standards.judge.events import moment, type_of
from streams.explain.unused import WHY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from standards.stories.story import Story
    from standards.stories.story_given import FaultKind, Sent
    from streams.stories.comparing import Compared, Row
    from streams.stories.playing import Played

WIDTH = 110
NARROWEST = 24
"""The least width of a column, in characters."""
AROUND = 4
"""So many rows stand around each difference; the others are counted."""
SHOWN = 12
"""So many differences are shown; the others are counted."""
DEEP = 6
"""So many lines of one cell are shown."""
_FAULTS: dict[FaultKind, str] = {
    "restart": "Kept is restarted",
    "crash": "Kept crashes",
    "reload": "Kept reads another policy",
    "clock": "the clock is set forward",
}
_RED, _DIM, _PLAIN = "\x1b[31m", "\x1b[2m", "\x1b[0m"


class _Entry(NamedTuple):
    """A row of the timeline; `given` is set where it is something that was given."""

    at: int
    given: str = ""
    expected: str = ""
    happened: str = ""
    differs: bool = False


class Timeline:
    """One story's timeline. `width` is that of the terminal, in characters."""

    def __init__(self, story: Story, played: Played, compared: Compared, *, width: int = WIDTH) -> None:
        self.story = story
        self.played = played
        self.compared = compared
        self._clock = max([8, *(len(story.clock.show(entry.at)) for entry in self._entries())])
        self._column = max(NARROWEST, (width - self._clock - 18) // 2)

    def lines(self, *, colour: bool = False) -> Iterator[str]:
        """Give the whole, line by line."""
        clock = self.story.clock
        start = moment(clock.start).astimezone(clock.zone)
        yield f"  begins on {start:%A, %Y-%m-%d} at {start:%H:%M:%S}, {clock.zone.key}"
        for problem in self.compared.problems:
            yield f"  {printable(problem)}"
        entries = self._entries()
        if any(entry.differs for entry in entries):
            yield f"    {'':{self._clock}}  {'':10}  {'EXPECTED':{self._column}}  HAPPENED"
            yield from self._rows(entries, colour=colour)
            yield from self._first(next(entry for entry in entries if entry.differs))
        for event, reason, standard in map(attrgetter("event", "reason", "standard"), self.played.unused):
            whom = f" for {standard}" if standard else ""
            yield f"  {type_of(event)} of {clock.show(event.at)} changed nothing{whom} ({reason}): {WHY[reason]}"

    def _entries(self) -> list[_Entry]:
        entry = attrgetter("entry")
        groups = [list(group) for _, group in groupby(sorted(self.story.sent, key=entry), entry)]
        found = [_Entry(sent[0].arrives, given=_told(sent)) for sent in groups]
        found += [_Entry(fault.at, given=_FAULTS[fault.kind]) for fault in self.story.faults]
        for rows in self.compared.sections.values():
            found += [_Entry(row.at, "", row.expected, row.happened, not row.fits) for row in rows]
        return sorted(found, key=attrgetter("at"))

    def _rows(self, entries: Sequence[_Entry], *, colour: bool) -> Iterator[str]:
        """Give the differences with what stands around them."""
        differing = [index for index, entry in enumerate(entries) if entry.differs]
        near = {place for index in differing[:SHOWN] for place in range(index - AROUND, index + AROUND + 1)}
        skipped = 0
        for index, entry in enumerate(entries):
            if index not in near:
                skipped += 1
                continue
            if skipped:
                yield f"    ... {_rows(skipped)}"
                skipped = 0
            mark = ">" if index == differing[0] else "x" if entry.differs else " "
            yield from self._row(entry, mark, colour=colour)
        if skipped:
            more = len(differing) - SHOWN
            yield f"    ... {_rows(skipped)}" + (f", {more} more differences among them" if more > 0 else "")

    def _row(self, entry: _Entry, mark: str, *, colour: bool) -> Iterator[str]:
        since = entry.at - self.story.clock.start
        later = f"+{describe(since)}" if since else ""
        head = f"  {mark} {self.story.clock.show(entry.at):{self._clock}}  {later:10}  "
        if entry.given:
            yield _painted(f"{head}({printable(entry.given)})", _DIM, colour=colour)
            return
        left, right = (self._cell(text) for text in (entry.expected, entry.happened))
        for index in range(max(len(left), len(right))):
            first, second = (side[index] if index < len(side) else "" for side in (left, right))
            row = f"{head if not index else '':{len(head)}}{first:{self._column}}  {second}".rstrip()
            yield _painted(row, _RED, colour=colour and entry.differs)

    def _cell(self, text: str) -> list[str]:
        return wrap(printable(text) or "nothing", self._column, max_lines=DEEP, placeholder=" ...")

    def _first(self, entry: _Entry) -> Iterator[str]:
        """Say in a sentence what the first difference is, and when the same happened instead, or was expected."""
        show = self.story.clock.show
        rows: list[Row] = [row for rows in self.compared.sections.values() for row in rows if not row.fits]
        if entry.expected and entry.happened:
            found = f"at {show(entry.at)}, {entry.expected} was expected; it was {entry.happened}"
            yield f"  the first difference: {printable(found)}"
            return
        if entry.expected:
            other = next((row for row in rows if row.happened == entry.expected), None)
            sentence = f"at {show(entry.at)}, {entry.expected} was expected and did not happen"
            instead = "it happened"
        else:
            other = next((row for row in rows if row.expected == entry.happened), None)
            sentence = f"at {show(entry.at)}, {entry.happened} happened and was not expected"
            instead = "it was expected"
        if other is not None:
            span = other.at - entry.at
            sentence += f"; {instead} at {show(other.at)}, {_apart(span)} {'later' if span > 0 else 'earlier'}"
        yield f"  the first difference: {printable(sentence)}."


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number} rows"


def _apart(span: int) -> str:
    return spoken(abs(span)) if abs(span) >= SECOND else describe(abs(span))


def _told(sent: Sequence[Sent]) -> str:
    """Tell the events of one entry in a line: the type, the fields of the first, how many more."""
    first = sent[0].event
    data = msgspec.structs.asdict(first.data)
    fields = " ".join(f"{name}={value}" for name, value in data.items() if value not in (None, ""))
    about = f" {sent[0].promise.text}" if sent[0].promise is not None else ""
    more = f", and {len(sent) - 1} more like it" if len(sent) > 1 else ""
    late = " (it came late)" if sent[0].arrives > first.at else ""
    return f"{type_of(first)}{about} {fields}".rstrip() + more + late


def _painted(text: str, code: str, *, colour: bool) -> str:
    return f"{code}{text}{_PLAIN}" if colour else text
