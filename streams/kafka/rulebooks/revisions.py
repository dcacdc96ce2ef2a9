"""Revisions: the texts of all standards that any process judges by, from a compacted topic that everybody follows.

A promise is judged to its end by the revision that opened it, so whoever meets an older or newer revision than its own
can read its text here. One that cannot be loaded here stops its standard in that partition, and nothing else: what it
owes is carried along as it is, until a worker that can load it has the partition.
Read next: `streams/kafka/intake/intake.py`, which routes by all of them; `streams/kafka/worker/worker.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from standards.errors import SpecError
from standards.judge.rulebook import Rulebook
from streams.kafka.records.facts import Revision

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from standards.compiler.spec import Loaded
    from streams.documents.rules import Standards
    from streams.kafka.clients.log import ConsumerRecord, Producer
    from streams.kafka.records.topics import Names

MOST: Final = 64
"""How many rulebooks are kept for partitions to come; beyond that they are made anew."""
_RETIRED: Final = "retired/"


class Revisions:
    """What the topic has held so far. `take` is for `log.Tail`."""

    def __init__(self) -> None:
        self.known: dict[str, Revision] = {}
        self.unreadable: list[str] = []

    def take(self, record: ConsumerRecord) -> None:
        """Take a record of the topic in. One that is none of Kept's is named in `unreadable` and changes nothing."""
        if not record.value:
            return
        try:
            revision = msgspec.json.decode(record.value, type=Revision)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            words = f"{record.topic}/{record.partition}/{record.offset} is not a revision: {error}"
            if words not in self.unreadable:  # the topic is read again whenever Kafka was away
                self.unreadable.append(words)
            return
        self.known.setdefault(revision.revision, revision)

    def missing(self, loaded: Loaded, wall: int) -> list[Revision]:
        """Give the standards in force here that the topic does not hold yet; `wall` in microseconds UTC."""
        return [
            Revision(standard.revision, standard.id, loaded.excerpt(standard.id), wall)
            for standard in loaded.standards
            if standard.revision not in self.known
        ]

    async def publish(self, producer: Producer, names: Names, loaded: Loaded, wall: int) -> None:
        """Publish what is missing, and return when it is safe. Raises KafkaError."""
        for revision in self.missing(loaded, wall):
            raw = msgspec.json.encode(revision)
            await producer.send_and_wait(names.revisions, raw, key=revision.revision.encode(), partition=0)
            self.known.setdefault(revision.revision, revision)


def load(standards: Standards, revisions: Iterable[Revision]) -> tuple[Loaded, list[str]]:
    """Load the standards of this process together with other revisions, as retired ones.

    A revision that cannot be loaded is left out and named in the problems, which are for people. Raises SpecError only
    for what is wrong with this process' own standards.
    """
    own = standards.load(())
    others = {each.revision: each for each in revisions if each.revision not in own.rulebook.standards}
    wanted = sorted(others.values(), key=lambda each: (each.loaded_at, each.revision))
    problems: list[str] = []
    while wanted:
        try:
            return standards.load([each.excerpt for each in wanted]), problems
        except SpecError as error:
            files = {finding.place.file for finding in error.findings if finding.level == "error"}
            bad = {int(file.removeprefix(_RETIRED)) for file in files if file.startswith(_RETIRED)}
            if not bad:
                return _one_by_one(standards, own, wanted, problems)
            problems += [_problem(each, error) for place, each in enumerate(wanted, 1) if place in bad]
            wanted = [each for place, each in enumerate(wanted, 1) if place not in bad]
    return own, problems


def _one_by_one(
    standards: Standards, own: Loaded, wanted: Sequence[Revision], problems: list[str]
) -> tuple[Loaded, list[str]]:
    """Load revisions that are sound each but do not go together, the newest first, as far as they do."""
    loaded, taken = own, list[str]()
    for each in reversed(wanted):
        try:
            loaded = standards.load([each.excerpt, *taken])
        except SpecError as error:
            problems.append(_problem(each, error))
        else:
            taken.insert(0, each.excerpt)
    return loaded, problems


def _problem(revision: Revision, error: SpecError) -> str:
    found = next((finding.found for finding in error.findings if finding.level == "error"), "it cannot be read")
    return f"revision {revision.revision} of {revision.standard} cannot be loaded here: {found}"


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
            book = Rulebook(rest, book.feeds, book.vocabulary, book.may_change)
        return Judging(book, stopped, tuple(problems))
