"""Comparing: what a story expects is held against what happened, one to one, section by section.

Where an expectation leaves something open, several could fit the same thing; the pairs are chosen so that as many as
possible fit (augmenting paths: Kuhn 1955), so that no story fails by the order in which it is written.
Read next: `timeline.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from alerts.stories.story import is_digest
from alerts.stories.story_model import NOBODY
from standards.stories.story_clock import same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from alerts.routing.notice import Notice, Withheld
    from alerts.stories.story import ExpectedNotice, ExpectedWithheld, Telling
    from standards.judge.ledger import Line
    from standards.stories.story import Expected, Story
    from standards.stories.story_clock import StoryClock
    from streams.stories.playing import Played

W = TypeVar("W")
H = TypeVar("H")


class Row(NamedTuple):
    """One thing at an instant, in words: as it was expected, as it happened; empty where it was not.

    Where both are there and it does not fit, they differ in what the story says of it.
    """

    at: int
    expected: str
    happened: str
    fits: bool


class Compared(NamedTuple):
    """All rows of one story by section, and what else went wrong, in sentences."""

    sections: dict[str, list[Row]]
    problems: list[str]

    @property
    def passed(self) -> bool:
        """Say whether all happened as expected."""
        return not self.problems and all(row.fits for rows in self.sections.values() for row in rows)


def compare(story: Story, telling: Telling, played: Played) -> Compared:
    """Hold what a story expects against what came of it."""
    comparing = _Comparing(story.clock, played)
    sections = {}
    if story.expect is not None:
        looked_at = [line for line in played.lines if story.looks_at(line.standard, line.kind)]
        sections["expect"] = comparing.lines(story.expect, looked_at)
    if telling.notices is not None:
        sections["notices"] = comparing.notices(telling.notices, played.notices)
    if telling.withheld is not None:
        sections["withheld"] = comparing.withheld(telling.withheld, played.withheld)
    problems = [f"at {story.clock.show(at)} {problem}" for at, problem in played.problems]
    return Compared({name: sorted(rows, key=lambda row: row.at) for name, rows in sections.items()}, problems)


class _Comparing:
    """One story's sections."""

    def __init__(self, clock: StoryClock, played: Played) -> None:
        self.clock = clock
        self.played = played
        self.kinds = {line.id: line.kind for line in played.lines}

    def _name(self, promise: str) -> str:
        return self.played.names.get(promise, promise)

    def lines(self, expected: Sequence[Expected], happened: Sequence[Line]) -> list[Row]:
        """Compare lines of the ledger."""

        def fits(want: Expected, line: Line) -> bool:
            return (
                same(want.at, line.at)
                and want.kind == line.kind
                and want.promise == self._name(line.promise)
                and want.verdict in (None, line.verdict)
                and (want.due < 0 or same(want.due, line.due))
                and (want.known < 0 or same(want.known, line.known))
                and want.reason in (None, self.played.reasons.get(line.id))
            )

        def alike(want: Expected, line: Line) -> bool:
            return (want.kind, want.promise) == (line.kind, self._name(line.promise)) and same(want.at, line.at)

        rows = []
        paired = pairs(expected, happened, fits)
        for want, line, fit in beside(paired, alike):
            at = want.at if want is not None else line.at if line is not None else 0
            found = "" if line is None else self._line(line, want)
            rows.append(Row(at, "" if want is None else self._expected(want), found, fit))
        return rows

    def _expected(self, want: Expected) -> str:
        more = [f"to {want.verdict}"] if want.verdict is not None else []
        more += [f"due {self.clock.show(want.due)}"] if want.due >= 0 else []
        more += [f"known {self.clock.show(want.known)}"] if want.known >= 0 else []
        more += [f"reason {want.reason}"] if want.reason is not None else []
        return ", ".join([f"{want.kind} {want.promise}", *more])

    def _line(self, line: Line, want: Expected | None) -> str:
        more = [f"to {line.verdict}"] if line.kind == "corrected" else []
        if want is not None:
            more += [f"due {self.clock.show(line.due)}"] if want.due >= 0 and line.due >= 0 else []
            more += [f"known {self.clock.show(line.known)}"] if want.known >= 0 else []
            more += [f"reason {self.played.reasons.get(line.id, 'none')}"] if want.reason is not None else []
        return ", ".join([f"{line.kind} {self._name(line.promise)}", *more])

    def notices(self, expected: Sequence[ExpectedNotice], happened: Sequence[Notice]) -> list[Row]:
        """Compare messages."""
        known = {line.id: line.known for line in self.played.lines}

        def told_at(notice: Notice) -> int:
            return notice.decided if notice.decided >= 0 else known.get(notice.id, notice.at)

        def alike(want: ExpectedNotice, notice: Notice) -> bool:
            return same(want.at, told_at(notice)) and want.to in (None, notice.to)

        rows = []
        paired = pairs(expected, happened, lambda want, it: want.fits(it, self.played.names, told_at(it)))
        for want, notice, fit in beside(paired, alike):
            at = want.at if want is not None else told_at(notice) if notice is not None else 0
            rows.append(Row(at, _wanted(want), "" if notice is None else self._notice(notice), fit))
        return rows

    def _notice(self, notice: Notice) -> str:
        whom = f"to {notice.to}: " if notice.to else ""
        form = "a digest" if is_digest(notice) else f"{notice.kind} {self._name(notice.promise)}"
        count = f", {len(notice.speaks_for)} promises" if len(notice.speaks_for) > 1 else ""
        return f'{whom}{form}{count}: "{notice.text}"'

    def withheld(self, expected: Sequence[ExpectedWithheld], happened: Sequence[Withheld]) -> list[Row]:
        """Compare messages that were not sent."""

        def fits(want: ExpectedWithheld, each: Withheld) -> bool:
            return want.fits(each, self._name(each.promise), self.kinds.get(each.line, ""))

        def alike(want: ExpectedWithheld, each: Withheld) -> bool:
            return same(want.at, each.at) and want.to in (None, each.to or NOBODY)

        rows = []
        paired = pairs(expected, happened, fits)
        for want, each, fit in beside(paired, alike):
            at = want.at if want is not None else each.at if each is not None else 0
            found = "" if each is None else self._held_back(each)
            rows.append(Row(at, _unwanted(want), found, fit))
        return rows

    def _held_back(self, each: Withheld) -> str:
        return _held_back(each.to or NOBODY, self.kinds.get(each.line, ""), self._name(each.promise), each.reason)


def _held_back(to: str, kind: str, about: str, reason: str) -> str:
    return " ".join(part for part in (f"not to {to}:", kind, about, f"({reason})") if part)


def _unwanted(want: ExpectedWithheld | None) -> str:
    """Tell a message that is expected not to be sent."""
    return "" if want is None else _held_back(want.to or "somebody", want.kind or "", want.about or "", want.reason)


def _wanted(want: ExpectedNotice | None) -> str:
    """Tell a message that is expected."""
    if want is None:
        return ""
    form = "a digest" if want.digest else " ".join([want.kind or "a message", ", ".join(want.about)]).rstrip()
    count = f", {want.promises} promises" if want.promises is not None else ""
    says = "".join(f' ... "{words}"' for words in want.says)
    return f"{f'to {want.to}: ' if want.to else ''}{form}{count}{says}"


def pairs(
    expected: Sequence[W], happened: Sequence[H], fits: Callable[[W, H], bool]
) -> list[tuple[W | None, H | None]]:
    """Pair what is expected with what happened, as many as possible; what is left has None beside it."""
    could = [[at for at, found in enumerate(happened) if fits(want, found)] for want in expected]
    owner: dict[int, int] = {}

    def place(want: int) -> bool:
        """Give an expectation something that fits it; whoever had that looks for something else."""
        before: dict[int, int] = {}
        queue, seen = [want], set[int]()
        while queue:
            asking = queue.pop()
            for at in could[asking]:
                if at in seen:
                    continue
                seen.add(at)
                before[at] = asking
                if at not in owner:
                    _hand_over(at, before, owner, want)
                    return True
                queue.append(owner[at])
        return False

    left = [want for want in range(len(expected)) if not place(want)]
    paired: list[tuple[W | None, H | None]] = [(expected[want], happened[at]) for at, want in owner.items()]
    paired += [(expected[want], None) for want in left]
    return paired + [(None, found) for at, found in enumerate(happened) if at not in owner]


def beside(
    paired: Iterable[tuple[W | None, H | None]], alike: Callable[[W, H], bool]
) -> Iterator[tuple[W | None, H | None, bool]]:
    """Put what did not happen as expected beside what is alike and happened; gives each pair, and whether it fits."""
    missing, surprising = [], []
    for want, found in paired:
        if want is not None and found is not None:
            yield want, found, True
        elif want is not None:
            missing.append(want)
        elif found is not None:
            surprising.append(found)
    for want in missing:
        near = next((index for index, found in enumerate(surprising) if alike(want, found)), None)
        yield want, None if near is None else surprising.pop(near), False
    yield from ((None, found, False) for found in surprising)


def _hand_over(at: int, before: dict[int, int], owner: dict[int, int], first: int) -> None:
    """Go back along the path by which something free was found, and have each take what it asked for."""
    had = {want: place for place, want in owner.items()}
    while True:
        owner[at] = asking = before[at]
        if asking == first:
            return
        at = had[asking]
