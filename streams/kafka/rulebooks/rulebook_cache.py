"""By which standards a partition is judged: the worker's own files, and whatever revisions its cases still owe.

A revision that cannot be loaded here stops its standard in that partition, and nothing else: what it owes is carried
along as it is, until a worker that can load it has the partition.
Read next: `streams/kafka/worker/worker.py`, `revisions.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from standards.judge.rulebook import Rulebook
from streams.kafka.rulebooks.revisions import load

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from streams.documents.rules import Standards
    from streams.kafka.records.facts import Revision


MOST: Final = 64
"""How many rulebooks are kept for partitions to come; beyond that they are made anew."""


class Judging(NamedTuple):
    """What one partition is judged by, the standards that are stopped there, and why."""

    rulebook: Rulebook
    stopped: frozenset[str] = frozenset()
    problems: tuple[str, ...] = ()


class RulebookCache:
    """Gives each partition its rulebook. `known` are all revisions that were ever published, by their hash."""

    def __init__(
        self, standards: Standards, known: Mapping[str, Revision], refresh: Callable[[], Awaitable[None]]
    ) -> None:
        """Load the worker's own standards; `refresh` brings `known` up to date. Raises SpecError."""
        self.loaded = standards.load(())
        self.refresh = refresh
        self._standards = standards
        self._known = known
        self._made: dict[tuple[frozenset[str], frozenset[str]], Judging] = {}

    def judging(self, owed: Iterable[str]) -> Judging:
        """Give what to judge by where these revisions are owed beside the worker's own."""
        others = frozenset(owed).difference(self.loaded.rulebook.standards)
        wanted = others, others.intersection(self._known)  # somebody may have published what was missing
        if wanted not in self._made:
            if len(self._made) >= MOST:
                self._made.clear()
            self._made[wanted] = self._make(others)
        return self._made[wanted]

    def _make(self, others: frozenset[str]) -> Judging:
        if not others:
            return Judging(self.loaded.rulebook)
        loaded, problems = load(self._standards, [self._known[each] for each in sorted(others & self._known.keys())])
        book = loaded.rulebook
        lost = sorted(others - book.standards.keys())
        problems += [
            f"revision {each} is owed, and nobody has published it; start a worker with the files it came from"
            for each in lost
            if each not in self._known
        ]
        stopped = frozenset(self._known[each].standard for each in lost if each in self._known)
        if stopped:
            rest = [standard for standard in book.standards.values() if standard.id not in stopped]
            book = Rulebook(rest, book.feeds, book.vocabulary)
        return Judging(book, stopped, tuple(problems))
