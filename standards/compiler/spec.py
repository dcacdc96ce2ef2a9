"""Loading standards documents: texts in, a rulebook out, or everything that is wrong with them, each at its place.

Files join into one namespace; excerpts of older revisions are taken along.
Read next: `documents/document.py`, `namespace.py`, `assembly.py`, `compiling.py`: the steps, in order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from standards.compiler.assembly import Assembly, assemble, fields_declared
from standards.compiler.namespace import Namespace
from standards.compiler.owed_teams import asks_for_teams, with_teams
from standards.compiler.subjects import marked_of
from standards.compiler.targets.columns import column_fields
from standards.compiler.unused import unused_events
from standards.documents.cut_text import cut_texts
from standards.documents.declared import event_type, fields_of, type_name_meant, with_own_fields
from standards.documents.document import Document
from standards.documents.excerpt import canonical, revision_of
from standards.documents.vocabulary import builtin_vocabulary
from standards.errors import Finding, SpecError
from standards.expressions.expression import Field
from standards.judge.events import EventType
from standards.judge.rulebook import PROMISE_EVENTS, PROMISE_FIELDS, Rulebook
from standards.judge.standard import Feed, Standard
from standards.judge.strata import CycleError
from standards.lint import EACH, TOGETHER
from standards.lint.lint_input import LintInput, OwedTeams, Terms

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from standards.documents.declared import ReadFile
    from standards.documents.document import Value
    from standards.documents.entries import Entry
    from standards.documents.tables import Facts

DEFAULTS = Terms()


class Source(msgspec.Struct, frozen=True):
    """One file: the name that findings call it by, and its text."""

    name: str
    text: str


class Loaded(msgspec.Struct, frozen=True):
    """What documents came to. `standards` are the current ones; `rulebook` has the retired ones too.

    `entries` say where each of the standards stands; what is found there later joins the `warnings`.
    """

    rulebook: Rulebook
    standards: tuple[Standard, ...]
    feeds: tuple[Feed, ...]
    vocabulary: dict[str, EventType]
    warnings: list[Finding]
    excerpts: dict[str, str]
    entries: dict[str, Entry]

    def excerpt(self, standard_id: str) -> str:
        """Return the text that, loaded by itself, gives this standard in this revision. Raises KeyError."""
        return self.excerpts[standard_id]


def load(
    sources: Sequence[Source], *, read: ReadFile | None = None, retired: Sequence[str] = (), terms: Terms = DEFAULTS,
    teams: Collection[str] = (),
) -> Loaded:  # fmt: skip
    """Load documents together. Raises SpecError with all findings.

    `read` gives the text of an .ics or .csv file, by its path relative to where the sources' names start; it may raise
    OSError or ValueError. `retired` are the excerpts of older revisions whose promises are still open. `terms` are what
    the checks are given besides. `teams` are those of the practice document, which `subjects: teams` stands for.
    """
    documents = [Document(source.name, source.text) for source in sources]
    older = [Document(f"retired/{number}", text) for number, text in enumerate(retired, start=1)]
    every = [*documents, *older]
    loading = _Loading([finding for document in every for finding in document.findings], read, terms, teams)
    if all(document.whole for document in every):  # else names would seem missing that were not read
        loading.current([document for document in documents if "excerpt" not in document.data])
        for document in documents:
            loading.findings += cut_texts(document)
            if "excerpt" in document.data:
                loading.excerpt(document, retired=False)
        for document in older:
            loading.excerpt(document, retired=True)
    return loading.finish([document.name for document in every])


class _Loading:
    """One call of `load`: what has been found and compiled so far."""

    def __init__(self, findings: list[Finding], read: ReadFile | None, terms: Terms, teams: Collection[str]) -> None:
        self.findings = findings
        self.read = read
        self.terms = terms
        self.teams = teams
        self.vocabulary = builtin_vocabulary()
        self.declared: Mapping[str, tuple[Entry, Value]] = {}
        self.unsound: set[str] = set()
        self.feeds: dict[str, Feed] = {}
        self.standards: dict[str, Standard] = {}
        self.entries: dict[str, Entry] = {}
        self.excerpts: dict[str, str] = {}
        self.lint: LintInput | None = None
        self.tables: dict[str, Facts] = {}
        self.may_change: dict[str, tuple[str, ...]] = {}

    def current(self, documents: Iterable[Document]) -> None:
        """Compile the documents, which share their names."""
        names = Namespace(self.findings)
        for document in documents:
            names.add(document)
        for entry, data in names.sections["events"].values():
            before = len(self.findings)
            builtin, fields = self.vocabulary.get(entry.name), fields_declared(entry, data)
            if builtin is not None:
                self.vocabulary[entry.name] = with_own_fields(entry, builtin, fields or {})
            elif fields is not None and (found := event_type(entry, fields)) is not None:
                self.vocabulary[entry.name] = found
            if len(self.findings) > before:
                self.unsound |= {entry.name, type_name_meant(entry.name)}
        for name, entry in names.readings.items():
            known = self.vocabulary.get(name)
            if known is None:
                entry.unknown("event", name, self.vocabulary)
            else:
                self.vocabulary[name] = msgspec.structs.replace(known, reading=True)
        written = names.sections["standards"]
        asking = tuple(name for name, (_, data) in written.items() if asks_for_teams(data))
        names.sections["standards"] = with_teams(written, self.teams)
        made = self._take(names, self.vocabulary)
        self.declared = names.sections["events"]
        self.tables = made.tables
        standards = {standard.id: standard for standard in self.standards.values()}
        feeds = {name: (names.sections["feeds"][name][0], found) for name, found in made.feeds.items()}

        columns = column_fields(made.tables)

        def fields_of_event(event: str) -> Mapping[str, Field]:
            own = self.vocabulary[event].fields if event in self.vocabulary else PROMISE_FIELDS
            return {**own, **columns} if columns else own

        owed = OwedTeams(tuple(sorted(self.teams)), asking)
        self.lint = LintInput(standards, self.entries, made.calendars, feeds, fields_of_event, self.terms, owed)
        for check in EACH:
            check(self.lint)

    def excerpt(self, document: Document, *, retired: bool) -> None:
        """Compile a standard that was written down by itself, with the event types as they were then."""
        names = Namespace(self.findings)
        names.add(document)
        vocabulary = dict(self.vocabulary)
        for entry, data in names.sections["events"].values():
            fields = fields_declared(entry, data)
            if fields is not None:
                promised = EventType(entry.name, PROMISE_FIELDS) if entry.name in PROMISE_EVENTS else None
                vocabulary[entry.name] = _joined(entry, vocabulary.get(entry.name, promised), fields_of(fields))
        text = canonical(document.data)
        # What an older Kept let be asked of a name is judged to its end: it is never so.
        asked = {name: _unmarked(known) for name, known in vocabulary.items()}
        self.vocabulary = vocabulary
        self._take(names, asked, then=(revision_of(text), text), retired=retired)

    def _take(
        self,
        names: Namespace,
        vocabulary: Mapping[str, EventType],
        *,
        then: tuple[str, str] | None = None,
        retired: bool = False,
    ) -> Assembly:
        """Compile a namespace and take what it came to; `then` is the revision and excerpt that it had before."""
        known = None if then is None else self.tables
        made = assemble(names, vocabulary, self.read, known=known, unsound=self.unsound)
        self.feeds = {**made.feeds, **self.feeds}
        self.may_change = {**_may_change(made), **self.may_change}
        self.entries = {**made.entries, **self.entries}
        for standard, written in made.standards:
            revision, text = then or (standard.revision, written)
            found = msgspec.structs.replace(standard, revision=revision, retired=retired)
            if then is not None:
                found = msgspec.structs.replace(found, persons=marked_of(found, self.vocabulary))
            if self.standards.setdefault(revision, found) is found and not retired:
                self.excerpts[standard.id] = text
        return made

    def finish(self, files: list[str]) -> Loaded:
        """Make the rulebook. Raises SpecError if anything was wrong."""
        standards = list(self.standards.values())
        rulebook = None if self._wrong() else self._rulebook(standards)
        if rulebook is not None and self.lint is not None:
            if standards:
                unused_events(self.declared, builtin_vocabulary(), standards, self.feeds.values())
            for check in TOGETHER:
                check(self.lint)
        order = {name: position for position, name in reversed(list(enumerate(files)))}
        self.findings.sort(key=lambda f: (order.get(f.place.file, 0), f.place.line, f.place.column, f.id))
        if rulebook is None or self._wrong():
            raise SpecError(self.findings)
        current = tuple(standard for standard in standards if not standard.retired)
        entries = {standard.id: self.entries[standard.id] for standard in current}
        return Loaded(rulebook, current, rulebook.feeds, rulebook.vocabulary, self.findings, self.excerpts, entries)

    def _wrong(self) -> bool:
        return any(finding.level == "error" for finding in self.findings)

    def _rulebook(self, standards: list[Standard]) -> Rulebook | None:
        try:
            return Rulebook(standards, tuple(self.feeds.values()), self.vocabulary, self.may_change)
        except CycleError as error:
            heard = error.ids[1 % len(error.ids)]
            found = f"these standards hear each other's promises in a circle: {error}"
            fix = f'let {error.ids[0]} not hear {heard}: its where must rule {heard} out, as standard != "{heard}" does'
            self.entries[error.ids[0]].error("cycle", found, fix, key=True)
            return None


def _may_change(made: Assembly) -> dict[str, tuple[str, ...]]:
    """Give who may change the days of each calendar that has hours."""
    return {name: found.may_change for name, (_, found) in made.calendars.items() if found.hours is not None}


def _joined(entry: Entry, now: EventType | None, then: Mapping[str, Field]) -> EventType:
    """Add to an event type the fields that it had when an open promise was made; events come without them now."""
    if now is None:
        return EventType(entry.name, then)
    for name, field in then.items():
        if name in now.fields and now.fields[name].type != field.type:
            change = f"was {field.type} and is {now.fields[name].type} now"
            found = f"{name} of {entry.name} {change}, while promises are open"
            entry.at(name).error("changed-type", found, "give the new field a name of its own until they are settled")
            return EventType(entry.name, then)
    gone = {name: msgspec.structs.replace(it, optional=True) for name, it in then.items() if name not in now.fields}
    return msgspec.structs.replace(now, fields={**now.fields, **gone})


def _unmarked(known: EventType) -> EventType:
    """Give an event type of which anything can be asked."""
    fields = {name: msgspec.structs.replace(it, person=False, free=False) for name, it in known.fields.items()}
    return msgspec.structs.replace(known, fields=fields)
