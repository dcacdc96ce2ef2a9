"""Comparing: what a story expects is held against what happened, one to one, section by section.

Read next: `pairing.py` for which goes with which, `timeline.py` for how it is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from alerts.routing.firing import labels
from alerts.stories.machines import ExpectedAlert, alerts_of, comes_to, is_for_people
from alerts.stories.story import ExpectedNotice, ExpectedWithheld, is_digest
from alerts.stories.story_model import NOBODY
from standards.stories.story import Expected
from standards.stories.story_clock import same
from streams.stories.pairing import paired

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from alerts.routing.notice import Notice, Withheld
    from alerts.stories.machines import Alerted
    from alerts.stories.story import Telling
    from standards.judge.ledger import Line
    from standards.stories.story import Story
    from standards.stories.story_clock import StoryClock
    from streams.stories.playing import Played

H = TypeVar("H")
Want = TypeVar("Want", Expected, ExpectedNotice, ExpectedWithheld, ExpectedAlert)


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
    if telling.alertmanager is not None:
        sections["alertmanager"] = comparing.alerts(telling.alertmanager, max(story.until, telling.until))
    if telling.webhook is not None:
        sections["webhook"] = comparing.posted(telling.webhook)
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
        return self._messages(expected, [it for it in self.played.notices if is_for_people(it)])

    def posted(self, expected: Sequence[ExpectedNotice]) -> Iterator[Row]:
        return self._messages(expected, self._told("webhook"), to="webhook")

    def _messages(
        self, expected: Sequence[ExpectedNotice], happened: Sequence[Notice], *, to: str = ""
    ) -> Iterator[Row]:
        def fits(want: ExpectedNotice, notice: Notice) -> bool:
            return want.fits(notice, self.played.names, self._told_at(notice))

        def alike(want: ExpectedNotice, notice: Notice) -> bool:
            return same(want.at, self._told_at(notice)) and want.to in (None, notice.to)

        def shown(notice: Notice, _want: ExpectedNotice | None) -> str:
            return self._notice(notice, to or notice.to)

        found = paired(expected, happened, fits, alike)
        return _rows(found, self._told_at, lambda want: _expected_notice(want, to or want.to or ""), shown)

    def alerts(self, expected: Sequence[ExpectedAlert], until: int) -> Iterator[Row]:
        def fits(want: ExpectedAlert, alerted: Alerted) -> bool:
            return want.fits(alerted, self._name(alerted.notice.promise))

        def alike(want: ExpectedAlert, alerted: Alerted) -> bool:
            return want.is_like(alerted, self._name(alerted.notice.promise))

        def shown(alerted: Alerted, want: ExpectedAlert | None) -> str:
            found = labels(alerted.notice)
            known = {name: found.get(name, "") for name in (want.labels if want is not None else ())}
            return _alert(alerted.kind, self._name(alerted.notice.promise), known)

        told = [(self._told_at(it), it) for it in self._told("alertmanager")]
        happened = alerts_of(sorted(told, key=lambda each: each[0]), until)
        found = paired(expected, happened, fits, alike)
        return _rows(found, lambda each: each.at, lambda want: _alert(want.kind, want.promise, want.labels), shown)

    def _told(self, machine: str) -> list[Notice]:
        return [it for it in self.played.notices if comes_to(machine, it)]

    def _told_at(self, notice: Notice) -> int:
        line = self.by_id.get(notice.id)
        return notice.decided if notice.decided >= 0 else notice.at if line is None else line.known

    def _notice(self, notice: Notice, to: str) -> str:
        whom = f"to {to}: " if to else ""
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


def _alert(kind: str, promise: str, labels: Mapping[str, str]) -> str:
    more = ", ".join(f'{name}="{value}"' for name, value in labels.items())
    return f"alert {kind}: {promise}{f' {{{more}}}' if more else ''}"


def _expected_notice(want: ExpectedNotice, to: str) -> str:
    form = "a digest" if want.digest else " ".join([want.kind or "a message", ", ".join(want.about)]).rstrip()
    count = f", {want.promises} {'promise' if want.promises == 1 else 'promises'}" if want.promises is not None else ""
    says = "".join(f' ... "{words}"' for words in want.says)
    return f"{f'to {to}: ' if to else ''}{form}{count}{says}"


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
