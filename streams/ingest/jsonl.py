"""JSON lines from a file, a gzip file or standard input, in chunks of whole lines; memory does not grow with the file.

A line longer than an event may be is refused while it is read: it is never held whole.
Read next: `wire.py`, which reads the lines.
"""

from __future__ import annotations

import gzip
import io
import os
import stat
import sys
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from standards.errors import EventError
from streams.ingest.wire import MAX_EVENT, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from _typeshed import WriteableBuffer

_SYSTEM = ("__MACOSX/", ".")
"""How the names of files begin that a system packed along."""
CHUNK = 1 << 19
"""How many bytes are read at once."""


class Chunk(NamedTuple):
    """Whole lines, how many (`number`), which line the first is, and how many bytes of the input they end at."""

    lines: bytes
    number: int
    first: int
    read: int


class _Unpacked(io.RawIOBase):
    """A gzip stream that says which file is damaged, whoever reads it."""

    def __init__(self, path: str, unpacked: gzip.GzipFile) -> None:
        self._path = path
        self._unpacked = unpacked

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        try:
            found = self._unpacked.read(len(view))
        except (gzip.BadGzipFile, zlib.error, EOFError) as error:
            message = f"{self._path}: the gzip file is damaged or cut short: {error}"
            raise EventError("damaged-file", message) from None
        view[: len(found)] = found
        return len(found)


@contextmanager
def opened(path: str) -> Iterator[IO[bytes]]:
    """Open a file for reading: plain, `.gz`, a pipe, or `-` for standard input.

    Reading a damaged gzip raises EventError, and so does a device, which may never end.
    """
    if path == "-":
        yield sys.stdin.buffer
        return
    archive, member = _in_archive(path)
    if member:
        with _archive(archive) as whole, whole.open(member) as packed:
            yield packed
        return
    with Path(path).open("rb") as plain:
        _check_ends(path, plain)
        if path.endswith(".gz"):
            with gzip.open(plain) as unpacked:
                yield io.BufferedReader(_Unpacked(path, unpacked))
        else:
            yield plain


def is_there(path: str) -> bool:
    """Say whether there is a file, or one in an archive."""
    archive, member = _in_archive(path)
    return Path(archive).is_file() if member else Path(path).is_file()


def members(archive: str) -> list[str]:
    """Name the files in an archive, each as `opened` takes it. Raises EventError for a damaged one."""
    with _archive(archive) as whole:
        names = [each.filename for each in whole.infolist() if not each.is_dir()]
    return [f"{archive}/{name}" for name in sorted(names) if not name.startswith(_SYSTEM)]


def _archive(path: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise EventError("damaged-file", f"{path}: the zip file is damaged or cut short: {error}") from None


def _in_archive(path: str) -> tuple[str, str]:
    """Give an archive and the file in it that a path stands for; of any other path the path alone."""
    before, sign, member = path.partition(".zip/")
    return (f"{before}.zip", member) if sign and Path(f"{before}.zip").is_file() else (path, "")


def _check_ends(path: str, opened_file: IO[bytes]) -> None:
    mode = os.fstat(opened_file.fileno()).st_mode
    device = stat.S_ISBLK(mode) or (stat.S_ISCHR(mode) and not opened_file.isatty())
    if device and path != os.devnull:
        raise EventError("damaged-file", f"{path}: this is a device, and not a file; write the events to a file")


def chunks(stream: IO[bytes], refuse: Callable[[Refusal], None]) -> Iterator[Chunk]:
    """Give the stream's lines in chunks."""
    line, rest, total, skipping = 1, b"", 0, False
    while block := stream.read(CHUNK):
        total += len(block)
        end = block.find(b"\n")
        if skipping and end < 0:
            continue
        if not skipping and len(rest) + end > MAX_EVENT and end >= 0:
            refuse(_too_long(line, rest))
            skipping = True
        if skipping:
            block, rest, skipping = block[end + 1 :], b"", False
            line += 1
        whole = rest + block
        cut = whole.rfind(b"\n") + 1
        lines, rest = whole[:cut], whole[cut:]
        if lines:
            count = lines.count(b"\n")
            yield Chunk(lines, count, line, total)
            line += count
        if len(rest) > MAX_EVENT:
            refuse(_too_long(line, rest))
            rest, skipping = b"", True
    if rest:
        yield Chunk(rest, 1, line, total)


def _too_long(line: int, begin: bytes) -> Refusal:
    return Refusal(line, "too-large", f"a line of more than {MAX_EVENT} bytes; an event is shorter", begin[:200])
