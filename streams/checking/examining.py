"""Examining an author's files: they are read, checked one by one and together, and what may sleep is laid aside.

Read next: `standards/lint/__init__.py` for the checks, `standards/documents/snooze.py`, `history.py`.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from alerts.policy.policy_lint import owner_without_route, policy_holidays
from standards.documents.document import Document
from standards.errors import Finding, SpecError
from standards.lint.lint_input import Terms
from streams.backtest.backtest import is_table
from streams.documents.documents import Documents, load_standards, read_documents, read_mapping, read_text
from streams.documents.rules import Rules, read_policy
from streams.documents.snoozed import awake, sifted
from streams.ingest.mapping import TableMapping, load_mapping
from streams.stories.files import read_scripts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from standards.compiler.spec import Loaded
    from streams.backtest.backtest import Result


class Request(NamedTuple):
    """What is to be examined, on which day: files and folders, and the history to hold them against, if any.

    `terms` say how late events may be, in microseconds. Events after `latest` (microseconds UTC) are bad lines.
    """

    paths: list[str]
    today: date
    terms: Terms = Terms()
    history: tuple[str, ...] = ()
    mapping: str | None = None
    latest: int = 1 << 62


class Report(NamedTuple):
    """What was found, what sleeps, how many documents of each sort there are, and what history could not be read."""

    awake: list[Finding]
    asleep: list[Finding]
    counts: dict[str, int]
    reading: Result | None


def examine(request: Request, say: Callable[[str], None] = lambda _: None) -> Report:
    """Examine files; `say` is told how far that is, where it takes long.

    Raises SpecError with all errors in the standards or, where these are sound, in the others.
    """
    documents = read_documents(request.paths)
    terms = request.terms._replace(today=request.today, whole=bool(documents.policies))
    try:
        loaded = load_standards(documents.standards, terms=terms)
    except SpecError as error:
        raise SpecError(awake(error.findings, documents, request.today)) from None
    others = _Others(documents, loaded)
    if request.mapping is not None and request.mapping not in {source.name for source in documents.mappings}:
        with others.collecting():
            others.mappings.append(read_mapping(request.mapping, loaded))
    if others.errors:
        raise SpecError(list(dict.fromkeys(others.errors)))
    found = loaded.warnings
    if others.rules.people is not None:
        found += _of_policy(others.rules, documents, request)
    reading = None
    if request.history:
        from streams.checking.history import Past, examine_history  # noqa: PLC0415 - it is slow to load

        mapping = next((each for each in others.mappings if each.document.name == request.mapping), None)
        past = Past(list(request.paths), list(request.history), _the_mapping(mapping, others, request), request.latest)
        reading, more = examine_history(past, others.rules, documents, say)
        found += more
    shown, asleep = sifted(found, documents, request.today, history=bool(request.history))
    order = {source.name: number for number, source in enumerate(source for sort in documents for source in sort)}
    shown.sort(key=lambda each: (order.get(each.place.file, 0), each.place.line, each.place.column, each.id))
    counts = {
        "standard": len(loaded.standards), "mapping": len(documents.mappings),
        "policy": len(documents.policies), "story": others.stories,
    }  # fmt: skip
    return Report(shown, asleep, counts, reading)


class _Others:
    """The mappings, the policy and the stories that come with some standards, and all that is wrong with them."""

    def __init__(self, documents: Documents, loaded: Loaded) -> None:
        self.errors: list[Finding] = []
        self.mappings: list[TableMapping] = []
        self.rules = Rules(loaded)
        self.stories = 0
        for source in documents.mappings:
            with self.collecting():
                self.mappings.append(load_mapping(source, loaded.rulebook.classes, loaded.vocabulary))
        with self.collecting():
            self.rules = Rules(loaded, read_policy(documents.policies, loaded.standards))
        with self.collecting():
            self.stories = len(read_scripts(documents))

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Take down what is wrong, and go on."""
        try:
            yield
        except SpecError as error:
            self.errors += error.findings


def _the_mapping(named: TableMapping | None, others: _Others, request: Request) -> TableMapping | None:
    """Give the mapping of the history: the one that was named, or the only one among the files, where one is needed."""
    if named is not None or request.mapping is not None:
        return named
    return others.mappings[0] if len(others.mappings) == 1 and any(map(is_table, request.history)) else None


def _of_policy(rules: Rules, documents: Documents, request: Request) -> list[Finding]:
    """Check standards and policy together; gives what is found in the policy."""
    people, loaded = rules.people, rules.loaded
    source = documents.policies[0]
    document = Document(source.name, source.text)
    if people is not None:
        owner_without_route(people, {standard.id: standard for standard in loaded.standards}, loaded.entries)
    policy_holidays(document, read_text, request.today)
    return document.findings
