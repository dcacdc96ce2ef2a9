"""Comparing: what a story expects is held against what happened, one to one, section by section.

Where an expectation leaves something open, several could fit the same thing; the pairs are chosen so that as many as
possible fit (augmenting paths: Kuhn 1955), so that no story fails by the order in which it is written.
Read next: `timeline.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from alerts.stories.story import ExpectedNotice, ExpectedWithheld, is_digest
from alerts.stories.story_model import NOBODY
from standards.stories.story import Expected
from standards.stories.story_clock import same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from alerts.routing.notice import Notice, Withheld
    from alerts.stories.story import Telling
    from standards.judge.ledger import Line
    from standards.stories.story import Story
    from standards.stories.story_clock import StoryClock
    from streams.stories.playing import Played

W = TypeVar("W")
H = TypeVar("H")
Want = TypeVar("Want", Expected, ExpectedNotice, ExpectedWithheld)


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
        sections["notices"] = comparing.notices(telling.notices)
    if telling.withheld is not None:
        sections["withheld"] = comparing.withheld(telling.withheld)
    problems = [f"at {story.clock.show(at)} {problem}" for at, problem in played.problems]
    return Compared({name: sorted(rows, key=lambda row: row.at) for name, rows in sections.items()}, problems)


class _Comparing:
    """One story's sections."""

    def __init__(self, clock: StoryClock, played: Played) -> None:
        self.clock = clock
        self.played = played
        self.by_id = {line.id: line for line in played.lines}

    def _name(self, promise: str) -> str:
        return self.played.names.get(promise, promise)

    def lines(self, expected: Sequence[Expected], happened: Sequence[Line]) -> Iterator[Row]:
        def alike(want: Expected, line: Line) -> bool:
            return (want.kind, want.promise) == (line.kind, self._name(line.promise)) and same(want.at, line.at)

        def fits(want: Expected, line: Line) -> bool:
            return (
                alike(want, line)
                and want.verdict in (None, line.verdict)
                and (want.due < 0 or same(want.due, line.due))
                and (want.known < 0 or same(want.known, line.known))
                and want.reason in (None, self.played.reasons.get(line.id))
            )

        found = paired(expected, happened, fits, alike)
        return _rows(found, lambda line: line.at, self._expected, self._line)

    def _expected(self, want: Expected) -> str:
        more = [f"to {want.verdict}"] if want.verdict is not None else []
        more += [f"due {self.clock.show(want.due)}"] if want.due >= 0 else []
        more += [f"known {self.clock.show(want.known)}"] if want.known >= 0 else []
        more += [f"reason {want.reason}"] if want.reason is not None else []
        return ", ".join([f"{want.kind} {want.promise}", *more])

    def _line(self, line: Line, want: Expected | None) -> str:
        more = [f"to {line.verdict or 'open'}"] if line.kind == "corrected" else []
        if want is not None:
            more += [f"due {self.clock.show(line.due)}"] if want.due >= 0 and line.due >= 0 else []
            more += [f"known {self.clock.show(line.known)}"] if want.known >= 0 else []
            more += [f"reason {self.played.reasons.get(line.id, 'none')}"] if want.reason is not None else []
        return ", ".join([f"{line.kind} {self._name(line.promise)}", *more])

    def notices(self, expected: Sequence[ExpectedNotice]) -> Iterator[Row]:
        def told_at(notice: Notice) -> int:
            line = self.by_id.get(notice.id)
            return notice.decided if notice.decided >= 0 else notice.at if line is None else line.known

        def fits(want: ExpectedNotice, notice: Notice) -> bool:
            return want.fits(notice, self.played.names, told_at(notice))

        def alike(want: ExpectedNotice, notice: Notice) -> bool:
            return same(want.at, told_at(notice)) and want.to in (None, notice.to)

        found = paired(expected, self.played.notices, fits, alike)
        return _rows(found, told_at, _expected_notice, self._notice)

    def _notice(self, notice: Notice, _want: ExpectedNotice | None) -> str:
        whom = f"to {notice.to}: " if notice.to else ""
        form = "a digest" if is_digest(notice) else f"{notice.kind} {self._name(notice.promise)}"
        count = f", {len(notice.speaks_for)} promises" if len(notice.speaks_for) > 1 else ""
        return f'{whom}{form}{count}: "{notice.text}"'

    def withheld(self, expected: Sequence[ExpectedWithheld]) -> Iterator[Row]:
        def fits(want: ExpectedWithheld, each: Withheld) -> bool:
            return want.fits(each, self._name(each.promise), self._kind(each))

        def alike(want: ExpectedWithheld, each: Withheld) -> bool:
            return same(want.at, each.at) and want.to in (None, each.to or NOBODY)

        found = paired(expected, self.played.withheld, fits, alike)
        return _rows(found, lambda each: each.at, _expected_withheld, self._withheld)

    def _withheld(self, each: Withheld, _want: ExpectedWithheld | None) -> str:
        return _not_sent(each.to or NOBODY, self._kind(each), self._name(each.promise), each.reason)

    def _kind(self, each: Withheld) -> str:
        line = self.by_id.get(each.line)
        return "" if line is None else line.kind


def _expected_notice(want: ExpectedNotice) -> str:
    form = "a digest" if want.digest else " ".join([want.kind or "a message", ", ".join(want.about)]).rstrip()
    count = f", {want.promises} promises" if want.promises is not None else ""
    says = "".join(f' ... "{words}"' for words in want.says)
    return f"{f'to {want.to}: ' if want.to else ''}{form}{count}{says}"


def _expected_withheld(want: ExpectedWithheld) -> str:
    return _not_sent(want.to or "somebody", want.kind or "", want.about or "", want.reason)


def _not_sent(to: str, kind: str, about: str, reason: str) -> str:
    return " ".join(part for part in (f"not to {to}:", kind, about, f"({reason})") if part)


def _rows(
    found: Iterable[tuple[Want | None, H | None, bool]],
    at: Callable[[H], int],
    expected: Callable[[Want], str],
    happened: Callable[[H, Want | None], str],
) -> Iterator[Row]:
    for want, each, fits in found:
        instant = want.at if want is not None else at(each) if each is not None else 0
        wanted = "" if want is None else expected(want)
        yield Row(instant, wanted, "" if each is None else happened(each, want), fits)


def paired(
    expected: Sequence[W], happened: Sequence[H], fits: Callable[[W, H], bool], alike: Callable[[W, H], bool]
) -> Iterator[tuple[W | None, H | None, bool]]:
    """Pair what is expected with what happened, as much as possible; gives each pair, and whether it fits.

    What did not happen as expected stands beside what happened alike, or None.
    """
    owner = _owners([[at for at, found in enumerate(happened) if fits(want, found)] for want in expected])
    yield from ((expected[want], happened[at], True) for at, want in owner.items())
    met = set(owner.values())
    surprising = [found for at, found in enumerate(happened) if at not in owner]
    for missing in (want for index, want in enumerate(expected) if index not in met):
        near = next((index for index, found in enumerate(surprising) if alike(missing, found)), None)
        yield missing, None if near is None else surprising.pop(near), False
    yield from ((None, found, False) for found in surprising)


def _owners(could: Sequence[Sequence[int]]) -> dict[int, int]:
    """Give, by thing, who has it, where each wants one of several and as many as possible get one."""
    owner: dict[int, int] = {}
    has: dict[int, int] = {}
    for first in range(len(could)):
        free, asked = _free(first, could, owner)
        while free is not None:  # back along the path: each takes what it asked for, and lets go of what it had
            want = owner[free] = asked[free]
            had, has[want] = has.get(want), free
            free = had
    return owner


def _free(first: int, could: Sequence[Sequence[int]], owner: dict[int, int]) -> tuple[int | None, dict[int, int]]:
    """Find something free for one, if others look for something else; and who asked for each thing on the way."""
    asked: dict[int, int] = {}
    asking = [first]
    while asking:
        want = asking.pop()
        for thing in could[want]:
            if thing not in asked:
                asked[thing] = want
                if thing not in owner:
                    return thing, asked
                asking.append(owner[thing])
    return None, asked
