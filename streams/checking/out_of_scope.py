"""Events of a history that opened nothing, as nothing before them says whether the state of `while` is so.

Where it begins later it was not so before, and nothing was lost. Where it ends first, or is never heard of, something
may have been owed, and nobody was told.
Read next: `standards/judge/shapes/scope.py`, which passes over them; `standards/judge/following.py`.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import ExitStack
from operator import attrgetter
from typing import TYPE_CHECKING, Final

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
    from standards.judge.case import Unused
    from standards.judge.events import Event
    from standards.judge.score import Score
    from standards.judge.shapes.machine import Reaction
    from standards.judge.standard import Standard

FEW: Final = 20
"""One event in so many promises is the edge of a history: what began before it is in no file."""


class _PassedOver:
    """How many events of one subject opened nothing, the first of them, and what is said of the states then.

    `known` has the states as the first one found them, and `later` what was said first of the others, after it.
    """

    def __init__(self, first: Event) -> None:
        self.first = first
        self.events = 0
        self.known: Case[Event] = Case("", ())
        self.later: Case[Event] = Case("", ())
        self._said: dict[str, bool] = {}

    def note(self) -> None:
        """Take what was said last."""
        for key, (so, _) in self.later.holds.items():
            self._said.setdefault(key, so)

    def may_owe(self, standard: Standard) -> bool:
        """Say whether there may have been something to owe, by all that is known now."""
        before = {key: (not begins, 0) for key, begins in self._said.items()}
        return standard.needed is not None and standard.needed.could_hold({**before, **self.known.holds})


class OutOfScope:
    """Gathers, by standard and subject, what opened nothing while a history is judged; then looks what it means."""

    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded
        self._standards = {it.id: (it, key_getter(it.per)) for it in loaded.standards if it.needed is not None}
        self._found: defaultdict[str, dict[Key, _PassedOver]] = defaultdict(dict)

    def hear(self, passed_over: Iterable[Unused[Event]]) -> None:
        """Take what changed nothing in one batch."""
        for unused in passed_over:
            if unused.reason == "no-scope":
                _, key_of = self._standards[unused.standard]
                of = self._found[unused.standard]
                of.setdefault(key_of(unused.event.data), _PassedOver(unused.event)).events += 1

    def report(self, task: Task, scores: Mapping[str, Score]) -> None:
        """Find standards of whose events many opened nothing; they join the warnings. Raises OSError, SpecError."""
        if self._found:
            self._follow(task)
        for name, subjects in self._found.items():
            standard, _ = self._standards[name]
            doubtful = [found for found in subjects.values() if found.may_owe(standard)]
            events, promises = sum(found.events for found in doubtful), scores[name].opened
            if events and events * FEW >= promises:
                first = min((found.first for found in doubtful), key=attrgetter("at"))
                self._warn(standard, first, events, promises)

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
                            case = found.known if event.at <= found.first.at else found.later
                            follow(case, event, JudgeContext(case))
                            found.note()

    def _warn(self, standard: Standard, first: Event, events: int, promises: int) -> None:
        nothing = "opened nothing" if isinstance(standard.shape, Response) else "did not count"
        whom = subject_text(key_getter(standard.per)(first.data))
        of = f" of {whom}" if whom else ""
        found = (
            f"{some(events, 'event')} of this history {nothing}, as nothing before says whether this is so: the first "
            f"is {type_of(first)}{of} at {iso(first.at)}; {some(promises, 'promise')} opened"
        )
        fix = (
            "let an event that comes earlier begin the state, or turn it round: a state in which nothing is owed, and "
            "while: not that one, which owes until somebody says otherwise"
        )
        self._loaded.entries[standard.id].at("while").warning("no-scope", found, fix)


def _following(standard: Standard) -> Iterator[tuple[str, Reaction]]:
    keys = standard.needed.keys if standard.needed is not None else ()
    states = [state for state in standard.states if state.key in keys]
    for name in standard.needed_by:
        follow = following(states, name)
        if follow is not None:
            yield name, follow
