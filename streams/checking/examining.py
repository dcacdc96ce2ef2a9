"""Examining an author's files: they are read, checked one by one and together, and what may sleep is laid aside.

Read next: `standards/lint/__init__.py` for the checks, `standards/documents/snooze.py`, `history.py`.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from alerts.policy.doubted import Doubted
from alerts.policy.doubts import DOUBTS
from alerts.policy.policy_lint import owner_without_route, policy_holidays, renamed_keys
from alerts.words.words import LANGUAGES
from standards.documents.document import Document
from standards.documents.entries import Entry
from standards.errors import Finding, SpecError
from standards.judge.events import microseconds
from standards.lint.lint_input import Terms
from standards.practice.practice_lint import check_practice
from streams.documents.documents import Documents, load_standards, read_documents, read_mapping, read_text, teams_in
from streams.documents.rules import Rules, read_policy, read_practice
from streams.documents.snoozed import awake, sifted
from streams.ingest.file_forms import is_table
from streams.ingest.mapping import TableMapping, load_mapping
from streams.stories.files import read_scripts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from alerts.policy.policy import People
    from standards.compiler.spec import Loaded, Source
    from standards.lint import Need
    from standards.practice.practice import Practice
    from streams.backtest.result import Result
    from streams.checking.former import Comparison


class Request(NamedTuple):
    """What is to be examined, on which day: files and folders, and the history to hold them against, if any.

    `channels` are those that are set up, where that is known. `terms` say how late events may be, in microseconds.
    Events after `latest` (microseconds UTC) are bad lines. `data` is a host's data folder or a file, whose events are
    judged by the former meaning too.
    """

    paths: list[str]
    today: date
    terms: Terms = Terms()
    history: Sequence[str] = ()
    mappings: Sequence[str] = ()
    latest: int = 1 << 62
    data: str | None = None
    channels: frozenset[str] | None = None


class Report(NamedTuple):
    """What was found, what sleeps, how many documents of each sort there are, and what history could not be read.

    `comparison` is what the meaning of now changes over the events of a data folder, where one was named.
    """

    awake: list[Finding]
    asleep: list[Finding]
    counts: dict[str, int]
    reading: Result | None
    comparison: Comparison | None

    @property
    def readings(self) -> list[Result]:
        """Give what was found of each history that was read."""
        both = self.reading, None if self.comparison is None else self.comparison.result
        return [each for each in both if each is not None]


def examine(request: Request, say: Callable[[str], None] = lambda _: None) -> Report:
    """Examine files; `say` is told how far that is, where it takes long.

    Raises SpecError with all errors in the standards or, where these are sound, in the others.
    """
    return examine_documents(read_documents(request.paths), request, say)


def examine_documents(documents: Documents, request: Request, say: Callable[[str], None] = lambda _: None) -> Report:
    """Examine documents that were read already; else as `examine`."""
    terms = request.terms._replace(today=request.today, whole=bool(documents.policies), languages=LANGUAGES)
    try:
        loaded = load_standards(_with_sound_teams(documents), terms=terms)
    except SpecError as error:
        raise SpecError(awake(error.findings, documents, request.today)) from None
    others = _read_others(documents, loaded, request)
    rules, mappings = others.rules, others.mappings
    found = loaded.warnings
    if rules.people is not None:
        found += _of_policy(rules.people, documents, loaded, request)
    if others.practice is not None:
        found += _of_practice(others.practice, documents.practices[0], rules)
    reading = None
    if request.history:
        from streams.checking.history import examine_history  # noqa: PLC0415 - it is slow to load

        whole = rules._replace(practice=others.practice)
        reading, more = examine_history(
            request, _mappings_of(request, mappings, request.history), whole, documents, say=say
        )
        found += more
    comparison = None
    if request.data is not None:
        from streams.checking.former import compare  # noqa: PLC0415 - it is slow to load

        used = () if Path(request.data).is_dir() else _mappings_of(request, mappings, [request.data])
        comparison = compare(request.data, loaded, used, latest=request.latest, say=say)
    looked_at: dict[Need, object] = {
        "history": request.history, "data": request.data, "channels": request.channels is not None,
    }  # fmt: skip
    beside = [need for need, given in looked_at.items() if given]
    shown, asleep = sifted(found, documents, request.today, beside=beside)
    order = {source.name: number for number, source in enumerate(source for sort in documents for source in sort)}
    shown.sort(key=lambda each: (order.get(each.place.file, 0), each.place.line, each.place.column, each.id))
    counts = {
        "standard": len(loaded.standards), "mapping": len(documents.mappings),
        "policy": len(documents.policies), "practice": len(documents.practices), "story": others.stories,
    }  # fmt: skip
    return Report(shown, asleep, counts, reading, comparison)


def _with_sound_teams(documents: Documents) -> Documents:
    """Leave a practice document out whose teams cannot be read: that is told when it is read with the others."""
    try:
        teams_in(documents)
    except SpecError:
        return documents._replace(practices=[])
    return documents


class _Others(NamedTuple):
    """What stands beside the standards: the policy, in the rules, the practice, mappings, and how many stories."""

    rules: Rules
    practice: Practice | None
    mappings: list[TableMapping]
    stories: int


def _read_others(documents: Documents, loaded: Loaded, request: Request) -> _Others:
    """Read the policy, the practice, the mappings, and how many stories there are. Raises SpecError with all errors."""
    errors: list[Finding] = []
    rules, practice, stories = Rules(loaded), None, 0
    mappings: list[TableMapping] = []
    for source in documents.mappings:
        with _collecting(errors):
            mappings.append(load_mapping(source, loaded.rulebook.classes, loaded.vocabulary))
    with _collecting(errors):
        rules = Rules(loaded, read_policy(documents.policies, loaded.standards))
    with _collecting(errors):
        practice = read_practice(documents.practices, loaded.standards)
    with _collecting(errors):
        stories = len(read_scripts(documents))
    known = {source.name for source in documents.mappings}
    for name in request.mappings:
        if name not in known:
            with _collecting(errors):
                mappings.append(read_mapping(name, loaded))
    if errors:
        raise SpecError(list(dict.fromkeys(errors)))
    return _Others(rules, practice, mappings, stories)


@contextmanager
def _collecting(errors: list[Finding]) -> Iterator[None]:
    try:
        yield
    except SpecError as error:
        errors += error.findings


def _mappings_of(request: Request, mappings: Sequence[TableMapping], files: Sequence[str]) -> Sequence[TableMapping]:
    """Give the mappings of some files: those that were named, or those among the documents, if any is needed."""
    if request.mappings:
        return [each for each in mappings if each.document.name in request.mappings]
    return mappings if any(map(is_table, files)) else ()


def _of_policy(people: People, documents: Documents, loaded: Loaded, request: Request) -> list[Finding]:
    """Check standards and policy together; gives what is found in the policy."""
    source = documents.policies[0]
    document = Document(source.name, source.text)
    owner_without_route(people, {standard.id: standard for standard in loaded.standards}, loaded.entries)
    policy_holidays(document, read_text, request.today)
    renamed_keys(document)
    now = microseconds(datetime.combine(request.today, time(), UTC))
    doubted = Doubted(people, loaded.standards, Entry(document, (), document.findings), now, request.channels)
    for doubt in DOUBTS:
        doubt(doubted)
    return document.findings


def _of_practice(practice: Practice, source: Source, rules: Rules) -> list[Finding]:
    """Check standards, policy and practice together; gives what is found in the practice document."""
    document = Document(source.name, source.text)
    teams = None if rules.people is None else rules.people.teams
    check_practice(practice, rules.loaded.standards, Entry(document, (), document.findings), teams)
    return document.findings
