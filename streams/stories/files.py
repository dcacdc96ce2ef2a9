"""From paths to stories that can be played: each document with the standards, and the policy, that it is about.

A document that names no standards is about those that lie beside it and, where there are none, about those on the
command line. What is wrong with any of the files is found before one story is played.
Read next: `streams/documents/documents.py`, `running.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from alerts.stories.story import SECTIONS, Telling, read_telling
from standards.errors import Finding, SpecError
from standards.stories.story import Story, StoryDocument
from streams.documents.documents import YAML, Documents, load_standards, read_documents
from streams.documents.rules import Rules, read_policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from standards.compiler.spec import Source


class Script(NamedTuple):
    """A story, who is to be told in it, and the rules by which it is judged and told, from `documents`."""

    file: str
    line: int
    story: Story
    telling: Telling
    rules: Rules
    documents: Documents

    @property
    def until(self) -> int:
        """How far time goes in it, in microseconds UTC."""
        return max(self.story.until, self.telling.until)

    @property
    def read(self) -> list[str]:
        """The files that it rests on, by name."""
        return [self.file, *(source.name for source in (*self.documents.standards, *self.documents.policies))]


def read_scripts(documents: Documents) -> list[Script]:
    """Read all stories among an author's files. Raises SpecError with everything that is wrong with any of them."""
    reading = _Reading(documents)
    found = [script for source in documents.stories for script in reading.scripts(source)]
    if reading.findings:
        raise SpecError(list(dict.fromkeys(reading.findings)))
    return found


def scripts_of(source: Source, rules: Rules) -> list[Script]:
    """Read the stories of one document under rules that were read already. Raises SpecError."""
    document = StoryDocument(source, SECTIONS)
    found = list(_scripts(document, rules, Documents([], [], [], [])))
    if document.document.findings:
        raise SpecError(document.document.findings)
    return found


_Found = tuple[Rules, Documents]


class _Reading:
    """Some documents, whose standards are each read once."""

    def __init__(self, documents: Documents) -> None:
        self.documents = documents
        self.findings: list[Finding] = []
        self._rules: dict[tuple[str, ...], _Found | None] = {}

    def scripts(self, source: Source) -> Iterator[Script]:
        """Read one document."""
        document = StoryDocument(source, SECTIONS)
        found = self._rules_for(document, source)
        if found is not None:
            yield from _scripts(document, *found)
        by_place = sorted(document.document.findings, key=lambda f: (f.place.line, f.place.column, f.id))
        self.findings += by_place

    def _rules_for(self, document: StoryDocument, source: Source) -> _Found | None:
        """Find the rules of a document; None where they cannot be read, or the document itself cannot."""
        if document.model is None:
            return None
        folder = Path(source.name).parent
        if document.standards is not None:
            paths = _named(document, folder)
            return None if paths is None else self._read(paths)
        beside = sorted(str(path) for path in folder.iterdir() if path.name.endswith(YAML) and path.is_file())
        lying = self._documents(beside)
        if lying is None or lying.standards:
            return None if lying is None else self._loaded((str(folder.resolve()),), lying)
        if self.documents.standards:
            return self._loaded(("",), self.documents)
        fix = "name them: standards: shop.yaml, or give them on the command line"
        document.top.error("no-standards", "there are no standards beside these stories", fix)
        return None

    def _read(self, paths: Sequence[str]) -> _Found | None:
        documents = self._documents(paths)
        return (
            None if documents is None else self._loaded(tuple(str(Path(path).resolve()) for path in paths), documents)
        )

    def _documents(self, paths: Sequence[str]) -> Documents | None:
        try:
            return read_documents(paths)
        except SpecError as error:
            self.findings += error.findings
            return None

    def _loaded(self, key: tuple[str, ...], documents: Documents) -> _Found | None:
        if key not in self._rules:
            self._rules[key] = None
            try:
                loaded = load_standards(documents.standards)
                rules = Rules(loaded, read_policy(documents.policies, loaded.standards))
                self._rules[key] = rules, documents
            except SpecError as error:
                self.findings += error.findings
        return self._rules[key]


def _named(document: StoryDocument, folder: Path) -> list[str] | None:
    """Give the paths that a document names, as seen from here; None, and findings, where one is not there."""
    paths = [(index, folder / name) for index, name in enumerate(document.standards or ())]
    missing = [index for index, path in paths if not path.exists()]
    for index in missing:
        document.top.at("standards", index).error(
            "no-file", f"there is no file or folder {paths[index][1]}", "write the path as seen from this file"
        )
    return None if missing else [_short(path) for _, path in paths]


def _short(path: Path) -> str:
    """Write a path without the `..` in it, as findings name it, if it can be seen from here."""
    whole, here = path.resolve(), Path.cwd()
    return str(whole.relative_to(here)) if whole.is_relative_to(here) else str(path)


def _scripts(document: StoryDocument, rules: Rules, documents: Documents) -> Iterable[Script]:
    stories = document.document.data.get("stories")
    for story in document.stories(rules.loaded):
        data = stories.get(story.name) if isinstance(stories, dict) else None
        telling = read_telling(story, data, rules.loaded, rules.people)
        place = document.document.spot(story.entry.path).key
        if story.expect is None and telling.notices is None and telling.withheld is None:
            fix = "add expect:, notices: or withheld:, or remove it"
            story.entry.error("no-expectation", "nothing is expected in this story", fix, key=True)
        yield Script(document.document.name, place.line, story, telling, rules, documents)
