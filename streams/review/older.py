"""Where an older version of the standards comes from: a file, a folder, a revision in git, or a ledger.

Read next: `judging.py`.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from standards.calendar.hours import did_you_mean
from standards.compiler.spec import Loaded, Source
from standards.errors import Finding, Place, SpecError
from standards.judge.ledger import Line
from standards.review.fate import Fate, Fates
from streams.documents.documents import MAX_DOCUMENT, YAML, Documents, load_paths, load_standards

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


LEDGERS: Final = (".jsonl", ".ndjson")
PATIENCE: Final = 30
"""How long git may take, in seconds."""
_ELSEWHERE: Final = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"})
"""What git tells those whom it calls, such as a hook, of the repository it is in: it would be taken for ours."""


Older = Loaded | dict[str, Fate]
"""An older version: its standards, or what its ledger says became of its promises."""


def older_version(older: str, paths: Sequence[str]) -> Older:
    """Load a ledger's fates, or the standards of a file, a folder, or at `paths` in a revision. Raises SpecError."""
    if older.endswith(LEDGERS) and Path(older).is_file():
        return read_ledger(older)
    if older and Path(older).exists():
        return load_paths([older])
    return _At(older, paths).load()


def read_ledger(path: str) -> dict[str, Fate]:
    """Read what `--ledger` wrote, and give the fates in it. Raises SpecError for a line that is none of it."""
    fates, decoder = Fates(), msgspec.json.Decoder(Line)
    try:
        with Path(path).open("rb") as stream:
            for number, text in enumerate(stream, start=1):
                try:
                    fates.take_line(decoder.decode(text))
                except (msgspec.DecodeError, UnicodeDecodeError) as error:
                    found = f"this is not a line of a ledger: {error}"
                    place = Place(path, number, 1)
                    raise SpecError([Finding("bad-ledger", place, found, "write it by --ledger")]) from None
    except OSError as error:
        found = f"cannot be read: {(error.strerror or 'failed').lower()}"
        raise SpecError([Finding("unreadable-file", Place(path), found, "see to who may read it")]) from None
    return fates.by_promise


class _At(NamedTuple):
    """Some paths, at a revision in git."""

    revision: str
    paths: Sequence[str]

    def load(self) -> Loaded:
        documents = Documents.none()
        for path in self.paths:
            for name, text in self._files(Path(path)):
                documents.of(text).append(Source(f"{self.revision}:{name}", text))
        if not documents.standards:
            raise _no_older(f"at {self.revision} there were no standards at {', '.join(self.paths)}", "name others")
        return load_standards(documents, read=self._calendar)

    def _files(self, path: Path) -> Iterator[tuple[str, str]]:
        """Give the YAML files at a path as they were, each by its path from the top of the repository."""
        path = path.resolve()  # a link leads into the repository where the file is
        top = self._top(path)
        within = path.relative_to(top).as_posix()
        listed = self._git(top, "ls-tree", "-r", "--name-only", "-z", self._commit(top), "--", within).split("\0")
        for name in filter(None, listed):
            hidden = any(part.startswith(".") for part in Path(name).relative_to(within).parts)
            if name == within or (name.endswith(YAML) and not hidden):
                yield name, self._show(top, name)

    def _calendar(self, name: str) -> str:
        """Give the text of a holiday calendar beside a document. Raises OSError, ValueError."""
        try:
            return self._show(self._top(Path(self.paths[0]).resolve()), name.partition(":")[2])
        except SpecError as error:
            raise ValueError(error.findings[0].found) from None

    def _show(self, top: Path, name: str) -> str:
        text = self._git(top, "show", f"{self._commit(top)}:{name}")
        if len(text) > MAX_DOCUMENT:
            raise _no_older(f"{name} is larger than {MAX_DOCUMENT >> 20} MB there", "is this the right file?")
        return text.removeprefix("\ufeff")

    def _top(self, path: Path) -> Path:
        folder = path if path.is_dir() else path.parent
        otherwise = f"there is no file or folder {self.revision}, and {folder} is in no git repository"
        return Path(self._git(folder, "rev-parse", "--show-toplevel", otherwise=otherwise).strip()).resolve()

    def _commit(self, top: Path) -> str:
        """Give the commit's own name, which begins with no sign that git would take for an option."""
        words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{self.revision}^{{commit}}")
        otherwise = f"there is no file, no folder and no revision {self.revision!r} here"
        return self._git(top, *words, otherwise=otherwise).strip()

    def _git(self, folder: Path, *words: str, otherwise: str = "") -> str:
        """Run git, which reads and changes nothing, and give what it prints.

        Raises SpecError: where git refuses, with what is true `otherwise`, or else with what git says.
        """
        command = ["git", "-C", str(folder), *words]
        try:
            run = subprocess.run(  # noqa: S603 - no shell, and the words are ours but for a path and a revision
                command, capture_output=True, check=True, timeout=PATIENCE, stdin=subprocess.DEVNULL,
                env={name: value for name, value in os.environ.items() if name not in _ELSEWHERE} | {"LC_ALL": "C"},
            )  # fmt: skip
            return run.stdout.decode()
        except FileNotFoundError:
            raise _no_older("git is not installed here") from None
        except subprocess.TimeoutExpired:
            raise _no_older(f"git took longer than {PATIENCE} s") from None
        except UnicodeDecodeError:
            raise _no_older("what git gave is not UTF-8") from None
        except subprocess.CalledProcessError as error:
            said = " ".join(error.stderr.decode(errors="replace").split())
            if otherwise and "dubious ownership" not in said:
                raise _no_older(otherwise, self._near()) from None
            raise _no_older(f"git says: {said}") from None

    def _near(self) -> str:
        """Say which file could be meant or, where none is near, what would do."""
        older = Path(self.revision)
        names = [path.name for path in older.parent.iterdir()] if older.parent.is_dir() else []
        return did_you_mean(older.name, names) or "name the older file or folder, or a revision such as HEAD~1"


def _no_older(found: str, fix: str = "name the older file or folder instead") -> SpecError:
    return SpecError([Finding("no-older-version", Place("--against"), found, fix)])
