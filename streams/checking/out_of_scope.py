"""Events of a history that opened nothing, as it was not known then whether the state of `while` is so.

Where it begins later it was not so before, and nothing was lost. Where it ends first, or is never heard of, something
may have been owed, and nobody was told. Where it had begun, and its subject was forgotten since, something was owed.
Read next: `standards/judge/shapes/scope.py`, which passes over them; `standards/judge/following.py`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from contextlib import ExitStack
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from standards.calendar.duration import describe
from standards.judge.case import Case
from standards.judge.context import JudgeContext
from standards.judge.events import iso, type_of
from standards.judge.following import following
from standards.judge.rulebook import Key, key_getter, subject_text
from standards.judge.shapes import Response
from streams.backtest.backtest import Backtest, Task
from streams.backtest.report import some

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from standards.compiler.spec import Loaded
    from standards.expressions.states import Holds
    from standards.judge.case import Unused
    from standards.judge.events import Event
    from standards.judge.score import Score
    from standards.judge.shapes.machine import Reaction
    from standards.judge.standard import Standard

FEW: Final = 20
"""One event in so many promises is the edge of a history: what began before it is in no file."""


_TURN: Final = (
    "let an event that comes earlier begin the state, or turn it round: a state in which nothing is owed, and "
    "while: not that one, which owes until somebody says otherwise"
)
_REMEMBER: Final = (
    "write forget_after: 520w, or how long a subject can be quiet at most, or let an event begin the state again"
)


class _Event(NamedTuple):
    """An event that opened nothing: when it happened, in microseconds UTC, its type, and whom it is about."""

    at: int
    kind: str
    key: Key


class _PassedOver:
    """The events of one subject that opened nothing, and what history says of its states, from when on."""

    def __init__(self) -> None:
        self.events: list[_Event] = []
        self._case: Case[Event] = Case("", ())
        self._said: list[tuple[int, Holds]] = [(-1, {})]

    def hear(self, follow: Reaction, event: Event) -> None:
        """Take what an event says of the states; nothing is ever forgotten here."""
        follow(self._case, event, JudgeContext(self._case))
        last, holds = self._said[-1]
        if self._case.holds is not holds:
            self._said.append((max(last, event.at), self._case.holds))

    def sort(self, standard: Standard, memory: int) -> tuple[list[_Event], list[_Event]]:
        """Give the events for which something may have been owed, and those for which it was, and was forgotten.

        Before a state is first said to begin or to end, it was not so, or was. `memory` is in microseconds.
        """
        first = {key: so for _, holds in reversed(self._said) for key, (so, _) in holds.items()}
        before = {key: (not so, 0) for key, so in first.items()}
        unknown, forgotten = [], []
        for event in self.events:
            holds = self._said[bisect_right(self._said, event.at, key=itemgetter(0)) - 1][1]
            quiet = event.at - max((since for _, since in holds.values()), default=event.at)
            if standard.owes(holds) and quiet > memory:
                forgotten.append(event)
            elif standard.needed is not None and standard.needed.could_hold({**before, **holds}):
                unknown.append(event)
        return unknown, forgotten


class OutOfScope:
    """Gathers, by standard and subject, what opened nothing while a history is judged; then looks what it means."""

    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded
        self._standards = {it.id: (it, key_getter(it.per)) for it in loaded.standards if it.needed is not None}
        groups = loaded.rulebook.groups.values()
        self._memory = {it.id: group.forget_after for group in groups for it in group.standards}
        self._found: defaultdict[str, defaultdict[Key, _PassedOver]] = defaultdict(lambda: defaultdict(_PassedOver))

    def hear(self, passed_over: Iterable[Unused[Event]]) -> None:
        """Take what changed nothing in one batch."""
        for unused in passed_over:
            if unused.reason == "no-scope":
                event, (_, key_of) = unused.event, self._standards[unused.standard]
                key = key_of(event.data)
                self._found[unused.standard][key].events.append(_Event(event.at, type_of(event), key))

    def report(self, task: Task, scores: Mapping[str, Score]) -> None:
        """Find standards of whose events many opened nothing; they join the warnings. Raises OSError, SpecError."""
        if self._found:
            self._follow(task)
        for name, subjects in self._found.items():
            standard, memory, promises = self._standards[name][0], self._memory[name], scores[name].opened
            sorts = [found.sort(standard, memory) for found in subjects.values()]
            unknown, forgotten = (list(chain.from_iterable(some)) for some in zip(*sorts, strict=True))
            if (len(unknown) + len(forgotten)) * FEW >= promises:
                since = f"the state had begun, and was forgotten after {describe(memory)} without an event"
                self._warn(standard, unknown, "nothing before says whether this is so", _TURN, promises)
                self._warn(standard, forgotten, since, _REMEMBER, promises)

    def _follow(self, task: Task) -> None:
        """Follow the states of the subjects that were found, by all that history says of them."""
        reactions = {name: dict(_following(self._standards[name][0])) for name in self._found}
        with ExitStack() as stack:
            for batch, _ in Backtest(task).batches(task.paths, stack):
                for event in batch:
                    kind = type_of(event)
                    for name, by_type in reactions.items():
                        follow = by_type.get(kind)
                        key_of = self._standards[name][1]
                        found = None if follow is None else self._found[name].get(key_of(event.data))
                        if follow is not None and found is not None:
                            found.hear(follow, event)

    def _warn(self, standard: Standard, events: list[_Event], why: str, fix: str, promises: int) -> None:
        if not events:
            return
        first = min(events, key=itemgetter(0))
        nothing = "opened nothing" if isinstance(standard.shape, Response) else "did not count"
        of = f" of {subject_text(first.key)}" if first.key else ""
        found = (
            f"{some(len(events), 'event')} of this history {nothing}, as {why}: the first "
            f"is {first.kind}{of} at {iso(first.at)}; {some(promises, 'promise')} opened"
        )
        self._loaded.entries[standard.id].at("while").warning("no-scope", found, fix)


def _following(standard: Standard) -> Iterator[tuple[str, Reaction]]:
    keys = standard.needed.keys if standard.needed is not None else ()
    states = [state for state in standard.states if state.key in keys]
    for name in standard.needed_by:
        follow = following(states, name)
        if follow is not None:
            yield name, follow
