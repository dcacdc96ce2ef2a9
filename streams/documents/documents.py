"""Finding an author's files: paths on the command line become sources, and sources a rulebook.

A folder stands for every YAML file in it and in its sub-folders; what begins with a dot is passed over. A document is
told by its keys: `stories` makes it a story document, `table` a mapping, `forms`, `rewards`, `scenarios`, `goals` or
`consequences` a practice document, `routes`, `people` or `teams` a policy, anything else is a standards document.
Read next: `standards/compiler/spec.py`.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from standards.calendar.hours import did_you_mean
from standards.compiler.spec import DEFAULTS, Source, load
from standards.documents.document import Document
from standards.errors import Finding, Place, SpecError, StateError
from standards.practice.practice_document import teams_named
from streams.documents.whole_file import whole_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from standards.compiler.spec import Loaded
    from standards.documents.declared import ReadFile
    from standards.lint.lint_input import Terms
    from streams.ingest.mapping import TableMapping

YAML = (".yaml", ".yml")
MAX_DOCUMENT = 4 << 20
"""The largest document that is read, in bytes."""
_AT_LIMITS = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO, errno.EINTR, errno.ESTALE})
"""What says nothing about the file: it may be read the next time."""
_STORIES = re.compile(r"^stories\s*:", re.MULTILINE)
_MAPPING = re.compile(r"^table\s*:", re.MULTILINE)
_TABLE = re.compile(r"\bfile:\s*[\"']?([^\s\"',}]+\.csv)\b")
_PRACTICE = re.compile(r"^(?:forms|rewards|scenarios|goals|consequences)\s*:", re.MULTILINE)
_POLICY = re.compile(r"^(?:routes|people|teams)\s*:", re.MULTILINE)


class Documents(NamedTuple):
    """An author's files, by what they are."""

    standards: list[Source]
    mappings: list[Source]
    policies: list[Source]
    practices: list[Source]
    stories: list[Source]

    @classmethod
    def none(cls) -> Documents:
        """Give lists for documents that are still to be found."""
        return cls([], [], [], [], [])

    def of(self, text: str) -> list[Source]:
        """Give the list that a document belongs to, by its text."""
        if _STORIES.search(text):
            return self.stories
        if _MAPPING.search(text):
            return self.mappings
        if _PRACTICE.search(text):  # it has teams too, as a policy has
            return self.practices
        return self.policies if _POLICY.search(text) else self.standards


def read_documents(paths: Iterable[str]) -> Documents:
    """Read files and folders. Raises SpecError for what is not there or cannot be read as text."""
    found = Documents.none()
    for path in _files(paths):
        text = read_text(str(path))
        found.of(text).append(Source(str(path), text))
    return found


def load_standards(
    documents: Documents, *, retired: Sequence[str] = (), terms: Terms = DEFAULTS, read: ReadFile | None = None
) -> Loaded:
    """Load the standards among documents, for the teams of the practice document there. Raises SpecError.

    Their .ics and .csv files are read from beside them, or by `read`.
    """
    teams = teams_in(documents)
    return load(documents.standards, read=read or read_text, retired=retired, terms=terms, teams=teams)


def teams_in(documents: Documents) -> frozenset[str]:
    """Give the teams of the practice document; none where there is none. Raises SpecError."""
    practice = only_one(documents.practices, "practice")
    return frozenset() if practice is None else teams_named(practice)


def load_paths(paths: Iterable[str]) -> Loaded:
    """Load the standards among files and folders. Raises SpecError, also where there are none."""
    documents = read_documents(paths)
    if not documents.standards:
        others = {
            "mapping": documents.mappings, "policy": documents.policies, "practice file": documents.practices,
            "story file": documents.stories,
        }  # fmt: skip
        sort, sources = next((sort, found) for sort, found in others.items() if found)
        raise no_standards(sort, sources[0], "name one; a mapping is given with --map")
    return load_standards(documents)


def only_one(sources: Sequence[Source], sort: str) -> Source | None:
    """Give the one document of a sort, of which a house has one at most. Raises SpecError."""
    if not sources:
        return None
    first, *others = sources
    if others:
        document = Document(others[0].name, others[0].text)
        place, found = document.spot(()).value, f"this is a second {sort} document; the first is {first.name}"
        raise SpecError([document.finding(f"second-{sort}", place, found, fix="write all of it into one file")])
    return first


def no_standards(sort: str, source: Source, fix: str) -> SpecError:
    """Say that a document of another sort is alone."""
    found = f"this is a {sort}, and there is no standards file"
    return SpecError([Finding("no-standards", Place(source.name, 1, 1), found, fix)])


def read_mapping(path: str, loaded: Loaded) -> TableMapping:
    """Read what makes a table's rows events. Raises SpecError."""
    from streams.ingest.mapping import load_mapping  # noqa: PLC0415 - JSON lines need none of it

    return load_mapping(Source(path, read_text(path)), loaded.rulebook.classes, loaded.vocabulary)


def read_text(path: str) -> str:
    """Read a text file.

    Raises SpecError that says what is wrong with it, and StateError where the system is at its limits, and the file can
    be as it should.
    """
    try:
        found = Path(path).stat()
        if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
            raise _unreadable(path, "this is a pipe or a device", "save its content as a file")
        if found.st_size > MAX_DOCUMENT:
            raise _unreadable(path, f"the file is larger than {MAX_DOCUMENT >> 20} MB", "is this the right file?")
        return Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(path, f"byte {error.start} is not UTF-8", "save the file as UTF-8") from None
    except OSError as error:
        why = (error.strerror or "failed").lower()
        if error.errno in _AT_LIMITS:
            raise StateError(f"{path} cannot be read for now: {why}") from None
        raise _unreadable(path, f"cannot be read: {why}", _near(Path(path)) or "check the path") from None


def _near(path: Path) -> str:
    """Say which file beside a path that leads nowhere could be meant."""
    folder = path.parent
    if path.is_symlink():
        return f"it is a link to {path.readlink()}; mend the link, or remove it"
    return did_you_mean(path.name, [each.name for each in folder.iterdir()]) if folder.is_dir() else ""


@lru_cache(maxsize=256)
def tables_named(path: str, changed: int, size: int) -> tuple[str, ...]:  # noqa: ARG001 - read anew when it has changed
    """Name the tables of facts that a file of rules names; other tables beside it may be data of our own."""
    if not path.endswith(YAML) or not 0 <= size <= MAX_DOCUMENT:
        return ()
    try:
        text = Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ()
    return tuple(str(Path(path).parent / found) for found in _TABLE.findall(text))


def write_whole(path: str, body: bytes) -> None:
    """Write a file so that nobody ever reads half of it. Raises OSError, which names the file that was asked for."""
    with whole_file(path) as stream:
        stream.write(body)


def _files(paths: Iterable[str]) -> list[Path]:
    files: list[Path] = []
    for path in map(Path, paths):
        inside = _inside(path) if path.is_dir() else [path]
        if not inside:
            found = "neither the folder nor its sub-folders hold a .yaml file"
            raise _unreadable(str(path), found, "name the file or another folder")
        files += [file for file in inside if file not in files]
    return files


def _inside(folder: Path) -> list[Path]:
    files: list[Path] = []
    for path, folders, names in os.walk(folder, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += [Path(path, name) for name in names if name.endswith(YAML) and not name.startswith(".")]
    return sorted(files)


def _refuse(error: OSError) -> NoReturn:
    raise _unreadable(str(error.filename), f"cannot be read: {(error.strerror or 'failed').lower()}", "check the path")


def _unreadable(path: str, found: str, fix: str) -> SpecError:
    return SpecError([Finding(id="unreadable-file", place=Place(file=path, line=1, column=1), found=found, fix=fix)])
