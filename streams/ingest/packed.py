"""Files as they lie on a disk: plain, packed (`.gz`), or one in an archive (`.zip`), as `calls.zip/may.csv`.

Read next: `jsonl.py` for what is read of them.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import stat
import sys
import zipfile
import zlib
from contextlib import contextmanager
from lzma import LZMAError
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from standards.errors import EventError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from _typeshed import WriteableBuffer

_ARCHIVE: Final = re.compile(r"\.zip/", re.IGNORECASE)
_DAMAGED: Final = (gzip.BadGzipFile, zipfile.BadZipFile, zlib.error, LZMAError, EOFError, ValueError)
"""What reading raises where bytes are not as they were packed."""


class _Unpacked(io.RawIOBase):
    """A packed stream that says which file is damaged, whoever reads it."""

    def __init__(self, path: str, form: str, unpacked: gzip.GzipFile | IO[bytes]) -> None:
        self._path = path
        self._form = form
        self._unpacked = unpacked

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        with _told(self._path, self._form):
            found = self._unpacked.read(len(view))
        view[: len(found)] = found
        return len(found)


@contextmanager
def _told(path: str, form: str) -> Iterator[None]:
    """Say which file cannot be unpacked. Raises EventError."""
    try:
        yield
    except _DAMAGED as error:
        raise EventError("damaged-file", f"{path}: the {form} file is damaged or cut short: {error}") from None
    except OSError as error:
        if error.errno is not None:
            raise
        raise EventError("damaged-file", f"{path}: the {form} file is damaged: {error}") from None  # bzip2 says it so
    except KeyError:
        raise EventError("damaged-file", f"{path}: the archive has no such file; see to its name") from None
    except NotImplementedError as error:
        words = f"{path}: it is packed in a way that cannot be read ({error}); pack it anew as .zip"
        raise EventError("damaged-file", words) from None
    except RuntimeError:  # which says so of a password alone
        raise EventError("damaged-file", f"{path}: it is locked with a password; unpack it first") from None


@contextmanager
def opened(path: str) -> Iterator[IO[bytes]]:
    """Open a file for reading: plain, `.gz`, in an archive, a pipe, or `-` for standard input.

    What is damaged, or locked with a password, raises EventError, and so does a device, which may never end.
    """
    if path == "-":
        yield sys.stdin.buffer
        return
    archive, member = _in_archive(path)
    if member:
        with _archive(archive) as whole, _told(path, "zip"):
            packed = whole.open(member)
        with packed:
            yield from _unpacked(path, io.BufferedReader(_Unpacked(path, "zip", packed)))
        return
    with Path(path).open("rb") as plain:
        _check_ends(path, plain)
        yield from _unpacked(path, plain)


def _unpacked(path: str, stream: IO[bytes]) -> Iterator[IO[bytes]]:
    if not path.lower().endswith(".gz"):
        yield stream
        return
    with gzip.open(stream) as unpacked:
        yield io.BufferedReader(_Unpacked(path, "gzip", unpacked))


def on_disk(path: str) -> str:
    """Give the file on the disk that a path leads to: the archive, where it is for one in it."""
    return _in_archive(path)[0]


def is_there(path: str) -> bool:
    """Say whether there is a file, or one in an archive."""
    return Path(on_disk(path)).is_file()


def members(archive: str, wanted: Callable[[str], bool]) -> list[str]:
    """Name the files in an archive whose own names are wanted, each as `opened` takes it.

    What a system packed along is left out. Raises EventError for a damaged archive.
    """
    with _archive(archive) as whole:
        names = sorted(each.filename for each in whole.infolist() if not each.is_dir())
    parts = [(name, name.split("/")) for name in names]
    return [
        f"{archive}/{name}"
        for name, steps in parts
        if steps[0] != "__MACOSX" and not any(step.startswith(".") for step in steps) and wanted(steps[-1])
    ]


def is_archive(path: str) -> bool:
    """Say whether a file is an archive, by its name."""
    return path.lower().endswith(".zip")


def _archive(path: str) -> zipfile.ZipFile:
    with _told(path, "zip"):
        return zipfile.ZipFile(path)


def _in_archive(path: str) -> tuple[str, str]:
    """Give an archive and the file in it that a path stands for; of any other path the path alone."""
    for sign in _ARCHIVE.finditer(path):
        archive, member = path[: sign.end() - 1], path[sign.end() :]
        if member and Path(archive).is_file():
            return archive, member
    return path, ""


def _check_ends(path: str, opened_file: IO[bytes]) -> None:
    mode = os.fstat(opened_file.fileno()).st_mode
    device = stat.S_ISBLK(mode) or (stat.S_ISCHR(mode) and not opened_file.isatty())
    if device and path != os.devnull:
        raise EventError("damaged-file", f"{path}: this is a device, and not a file; write the events to a file")
