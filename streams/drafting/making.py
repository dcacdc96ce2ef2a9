"""What `kept new` writes: a standard, the stories that hold for it, and what an editor completes by.

All of it is tried before the first byte is written.
Read next: `standards/stories/draft.py`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, get_args

from standards.compiler.spec import Source
from standards.errors import Finding, SpecError
from standards.stories.draft import Cut, Words, draft, stories_of, story_head
from streams.documents.documents import YAML, Documents, load_standards, read_documents, write_whole
from streams.documents.forms import Form, schema_for
from streams.documents.rules import Rules
from streams.stories.comparing import compare
from streams.stories.files import scripts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from standards.compiler.spec import Loaded

PACKS: Final = Path(__file__).resolve().parents[2] / "standards" / "packs"
SCHEMAS: Final = ".kept"
"""The folder, beside the new files, for what editors complete by."""


class Pack(NamedTuple):
    """A pack, and its stories."""

    name: str
    standards: Cut
    stories: Cut

    def promises(self) -> dict[str, str]:
        """Give the promise of each of its standards."""
        return {name: self.words(name).promise for name in self.standards.names("standards")}

    def words(self, wanted: str) -> Words:
        """Give what it says of one of its standards."""
        return Words(**{key: str(self.standards.at("standards", wanted, key)) for key in Words.__struct_fields__})


def packs() -> Iterator[Pack]:
    """Read the packs that come with Kept."""
    for path in sorted(PACKS.glob("*.yaml")):
        both = path, path.parent / "stories" / path.name
        yield Pack(path.stem, *(Cut(Source(str(each), each.read_text(encoding="utf-8"))) for each in both))


class Draft(NamedTuple):
    """A standard begun from a pack, under a name of its own, to be written `beside` other standards."""

    pack: Pack
    wanted: str
    name: str
    beside: Documents

    @property
    def namesake(self) -> str:
        """The file beside it that has a standard of that name; empty where none has."""
        return names_in(self.beside.standards, "standards").get(self.name, "")

    def write(self, words: Words, file: Path, stories: Path) -> tuple[list[Path], list[Finding]]:
        """Write it all, in an author's words, or nothing; give the files, and what `kept check` would say of them.

        Raises SpecError where it does not load.
        """
        source = Source(str(file), self._text(words))
        loaded = load_standards(with_standards(self.beside, source))
        bodies = {file: source.text}
        told = self._stories(stories, loaded)
        if told:
            bodies[stories] = told
        write_all(bodies, file.parent / SCHEMAS)
        written = [file, stories] if told else [file]
        return written, [each for each in loaded.warnings if each.place.file == str(file)]

    def _text(self, words: Words) -> str:
        head = f"# yaml-language-server: $schema={SCHEMAS}/standards.json\n"
        head += f"# Begun from {self.wanted} of the {self.pack.name} pack. All of it is yours to change.\n"
        there = names_in(self.beside.standards, "calendars")
        return head + draft(self.pack.standards, self.wanted, self.name, words, there=there)

    def _stories(self, stories: Path, loaded: Loaded) -> str:
        """Give the stories that go with it and hold; a story may need other standards of the pack."""
        head = f"# yaml-language-server: $schema={SCHEMAS}/stories.json\n" + story_head(self.pack.stories)
        kept = [
            text
            for title, text in stories_of(self.pack.stories, self.wanted, self.name)
            if holds(str(stories), f"{head}\n{text}", loaded)
        ]
        return "\n".join([head, *kept]) if kept else ""


def write_all(bodies: Mapping[Path, str], folder: Path) -> None:
    """Write files, and what editors complete by into a `folder`; where one cannot be, none is left. Raises OSError."""
    schemas = {folder / f"{form}.json": json.dumps(schema_for(form), indent=2) + "\n" for form in get_args(Form)}
    bodies = {**bodies, **schemas}
    new = [path for path in (*bodies, folder) if not path.exists()]
    try:
        folder.mkdir(exist_ok=True)
        for path, body in bodies.items():
            write_whole(str(path), body.encode())
    except OSError:
        for path in new:
            if path.is_dir():
                path.rmdir()
            elif path.exists():
                path.unlink()
        raise


def holds(name: str, text: str, loaded: Loaded) -> bool:
    """Say whether all stories of a document hold."""
    rules = Rules(loaded)
    try:
        scripts = scripts_of(Source(name, text), rules)
    except SpecError:
        return False
    return all(compare(it.story, it.telling, it.play()).passed for it in scripts)


def documents_in(folder: Path) -> Documents:
    """Give what lies in the folder itself. Raises SpecError where the standards there do not load."""
    files = sorted(str(path) for path in folder.iterdir() if path.suffix in YAML and path.is_file())
    found = read_documents(files)
    if found.standards:
        load_standards(found)
    return found


def with_standards(beside: Documents, source: Source) -> Documents:
    """Give documents with one more standards document."""
    return beside._replace(standards=[*beside.standards, source])


def names_in(sources: Sequence[Source], section: str) -> dict[str, str]:
    """Give the names in a section of some documents, each with its file."""
    return {name: source.name for source in sources for name in Cut(source).names(section)}
