"""From paths to stories that can be played: each document with the standards, and the policy, that it is about.

A document that names no standards is about those that lie beside it and, where there are none, about those on the
command line. What is wrong with any of the files is found before one story is played.
Read next: `streams/documents/documents.py`, `running.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from alerts.stories.story import SECTIONS, Telling, read_telling
from standards.compiler.spec import Source
from standards.errors import Finding, SpecError
from standards.stories.story import Story, StoryDocument
from streams.documents.documents import YAML, Documents, load_standards, read_documents, read_text
from streams.documents.rules import Rules, read_policy
from streams.stories.playing import Playing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from alerts.policy.policy import People
    from streams.stories.playing import Played


class Script(NamedTuple):
    """A story, who is to be told in it, and the rules by which it is judged and told, from `documents`.

    `policies` are those that Kept goes over to on the way, as the story names them, from files in `later`.
    """

    file: str
    line: int
    story: Story
    telling: Telling
    rules: Rules
    documents: Documents
    policies: Mapping[str, People]
    later: Sequence[str]

    @property
    def until(self) -> int:
        """How far time goes in it, in microseconds UTC."""
        return max(self.story.until, self.telling.until)

    def play(self) -> Played:
        """Play it in memory."""
        playing = Playing(self.story, self.rules, policies=self.policies, channels=self.telling.channels)
        return playing.play(self.until)

    @property
    def read(self) -> list[str]:
        """The files that it rests on, by name."""
        sources = (*self.documents.standards, *self.documents.policies, *self.documents.practices)
        return [self.file, *(source.name for source in sources), *self.later]


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
    found = list(_scripts(document, rules, Documents.none()))
    if document.document.findings:
        raise SpecError(document.document.findings)
    return found


class _Reading:
    """Some documents, whose standards are each read once."""

    def __init__(self, documents: Documents) -> None:
        self.documents = documents
        self.findings: list[Finding] = []
        self._rules: dict[tuple[str, ...], Rules] = {}

    def scripts(self, source: Source) -> list[Script]:
        document = StoryDocument(source, SECTIONS)
        found: list[Script] = []
        try:
            rests_on = self._rests_on(document, Path(source.name).parent)
            if rests_on is not None:
                found += _scripts(document, self._rules_of(rests_on), rests_on)
        except SpecError as error:
            self.findings += error.findings
        self.findings += sorted(document.document.findings, key=lambda f: (f.place.line, f.place.column, f.id))
        return found

    def _rests_on(self, document: StoryDocument, folder: Path) -> Documents | None:
        """Find the standards and the policy of a document; None where there are none, or it cannot be read itself."""
        if document.model is None:
            return None
        if document.standards is not None:
            paths = _named(document, folder)
            return None if paths is None else read_documents(paths)
        beside = read_documents(
            sorted(str(path) for path in folder.iterdir() if path.name.endswith(YAML) and path.is_file())
        )
        if beside.standards:
            return beside
        if self.documents.standards:
            return self.documents
        fix = "name them: standards: shop.yaml, or give them on the command line"
        document.top.error("no-standards", "there are no standards beside these stories", fix)
        return None

    def _rules_of(self, documents: Documents) -> Rules:
        key = tuple(source.name for source in (*documents.standards, *documents.policies, *documents.practices))
        if key not in self._rules:
            loaded = load_standards(documents)
            self._rules[key] = Rules(loaded, read_policy(documents.policies, loaded.standards))
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


def _scripts(document: StoryDocument, rules: Rules, documents: Documents) -> Iterator[Script]:
    sound = 0
    for story in document.stories(rules.loaded):
        later = dict(_later(document, story))
        policies = {name: people for name, path in later.items() if (people := _policy(path, rules)) is not None}
        first = [] if rules.people is None else [rules.people]
        telling = read_telling(story, rules.loaded, [*first, *policies.values()])
        place = document.document.spot(story.entry.path).key
        nothing = story.expect is None and telling == Telling()
        if nothing and len(document.document.findings) == sound:  # else a misspelt key may be what is expected
            fix = f"add expect:, {', '.join(f'{key}:' for key in SECTIONS[:-1])} or {SECTIONS[-1]}:, or remove it"
            story.entry.error("no-expectation", "nothing is expected in this story", fix, key=True)
        sound = len(document.document.findings)
        yield Script(
            document.document.name, place.line, story, telling, rules, documents, policies, list(later.values())
        )


def _later(document: StoryDocument, story: Story) -> Iterator[tuple[str, str]]:
    """Give the policies that a story names, and their paths as seen from here; one that is not there is a finding."""
    folder = Path(document.document.name).parent
    for fault in story.faults:
        path = folder / fault.policy
        if fault.policy and _is_file(path):
            yield fault.policy, _short(path)
        elif fault.policy:
            place = story.entry.at("given", fault.entry, "reload")
            place.error("no-file", f"the file {path} cannot be found", "write the path as seen from this file")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that no file can have
        return False


def _policy(path: str, rules: Rules) -> People | None:
    """Read a policy. Raises SpecError."""
    return read_policy([Source(path, read_text(path))], rules.loaded.standards)
