"""A file that grows, such as a log, followed through its rotations; where it was read to is kept beside.

Read next: `destination.py`.
"""

from __future__ import annotations

import asyncio
import gzip
import os
import re
import zlib
from hashlib import blake2b
from io import SEEK_END
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, NamedTuple, cast

import msgspec
import structlog

from standards.errors import StateError
from streams.bridge.destination import AT_ONCE
from streams.documents.documents import write_whole
from streams.ingest.carried_records import POSITION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.bridge.destination import Destination

LOOK_SECONDS: Final = 0.5
"""How often the file is looked at, in seconds."""
_FORMER: Final = re.compile(r"[.\-_]\d[\w.\-]*")
_LINE_END: Final = re.compile(rb"\n")
_DAMAGED: Final = (gzip.BadGzipFile, EOFError, zlib.error)
LONGEST_LINE: Final = 1 << 20
"""How much of a line is looked at to know a file again, in bytes."""
MOST_LINES: Final = 1_000
"""How many lines are sent in one request: no more than a way in keeps of what it cannot read."""

log = structlog.get_logger("kept")


class Position(msgspec.Struct):
    """Where a file was read to: its `mark`, by which it is known under any name, and how many bytes.

    Under its own name it is another file where its `inode` is another: two logs may begin alike.
    """

    mark: str
    offset: int
    inode: int = 0


class _Part(NamedTuple):
    """Whole lines of a file, and how many of its bytes are read with them."""

    lines: bytes
    read: int


class Following:
    """Follows one file. `kept_in` is the file that has the position; `head_lines` at its top belong to each part."""

    def __init__(self, path: Path, kept_in: Path, head_lines: int) -> None:
        self._path, self._kept_in, self._head_lines = path, kept_in, head_lines
        self._position = _read_position(kept_in)
        self._said = ""

    async def run(self, destination: Destination) -> None:
        """Carry what the file has, and what is added to it, for ever."""
        while True:
            files = await asyncio.to_thread(self._files)
            for file in files:
                try:
                    await self._carry(file, destination, is_last=file == files[-1])
                except FileNotFoundError:
                    break  # it is being rotated
                except _DAMAGED as error:
                    log.warning("a file that was rotated cannot be read on", file=str(file), why=str(error))
                except OSError as error:
                    self._say_unread(file, error)
                    break
            await asyncio.sleep(LOOK_SECONDS)

    def _say_unread(self, file: Path, error: OSError) -> None:
        """Say once that a file cannot be read for now; it is tried again until it can."""
        why = f"{file}: {error.strerror}"
        if why != self._said:
            log.warning("a file cannot be read now; it is tried again until it can", file=str(file), why=error.strerror)
            self._said = why

    async def _carry(self, file: Path, destination: Destination, *, is_last: bool) -> None:
        """Carry what a file has from the position on; of the last one no line that is still being written."""
        with _opened(file) as stream:
            head, mark = _known_by(stream, self._head_lines)
            if not mark:
                return
            position, inode = self._position, os.fstat(stream.fileno()).st_ino
            known = position is not None and self._is(file, position)
            offset = position.offset if known and position is not None else len(head)
            stream.seek(offset)
            for part in _parts(stream, whole_lines=is_last):
                where = f"{mark} {offset - len(head)}"
                await destination.send(head + part.lines, {POSITION: where, "Content-Type": "text/plain"})
                offset += part.read
                self._keep(Position(mark, offset, inode))
            self._keep(Position(mark, offset, inode))

    def _files(self) -> list[Path]:
        """Give the files that are to be read: from the one that was read last, by its new name, to the newest."""
        position = self._position
        if position is None or self._is(self._path, position):
            return [self._path]
        others = sorted(filter(self._is_rotated, self._path.parent.glob(f"{self._path.name}?*")), key=_changed)
        found = next((place for place, each in enumerate(others) if self._is(each, position)), None)
        if found is None:
            if self._has_rows():
                log.warning("the file that was read last is gone, and what it had since then with it; read from the"
                            " beginning of the one there is", file=str(self._path))  # fmt: skip
            return [self._path]
        return [*others[found:], *([self._path] if self._has_rows() else [])]

    def _is_rotated(self, file: Path) -> bool:
        """Say whether a file is a former one, by its name: queue_log.1, queue_log-20260302, queue_log.2.gz."""
        return bool(_FORMER.fullmatch(file.name.removeprefix(self._path.name)))

    def _has_rows(self) -> bool:
        """Say whether the file has a first row already, so that nothing more is written to the one before it."""
        try:
            with _opened(self._path) as stream:
                return bool(_known_by(stream, self._head_lines)[1])
        except OSError:
            return False

    def _is(self, file: Path, position: Position) -> bool:
        try:
            with _opened(file) as stream:
                _, mark = _known_by(stream, self._head_lines)
                same = file != self._path or file.stat().st_ino == position.inode
                return same and mark == position.mark and stream.seek(0, SEEK_END) >= position.offset
        except (OSError, *_DAMAGED):
            return False

    def _keep(self, position: Position) -> None:
        if position != self._position:
            write_whole(str(self._kept_in), msgspec.json.encode(position))
            self._position, self._said = position, ""


def _opened(file: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(file)) if file.suffix == ".gz" else file.open("rb")


def _known_by(stream: IO[bytes], head_lines: int) -> tuple[bytes, str]:
    """Give the lines at the top, and a mark of them and the first row; no mark while that is not whole."""
    lines = [stream.readline(LONGEST_LINE) for _ in range(head_lines + 1)]
    if not lines[-1].endswith(b"\n") and len(lines[-1]) < LONGEST_LINE:
        return b"", ""
    return b"".join(lines[:-1]), blake2b(b"".join(lines), digest_size=8).hexdigest()


def _parts(stream: IO[bytes], *, whole_lines: bool) -> Iterator[_Part]:
    """Read whole lines, as many as go at once; the end of a file that is finished is one without its line break."""
    rest = b""
    while read := stream.read(AT_ONCE - len(rest)):
        rest += read
        if end := rest.rfind(b"\n") + 1:
            yield from _some_lines(rest[:end])
            rest = rest[end:]
        elif len(rest) >= AT_ONCE:
            more = sum(map(len, _to_the_end_of_the_line(stream)))
            log.warning("a line is longer than can be sent; its beginning is sent", bytes=len(rest) + more)
            yield _Part(rest, len(rest) + more)
            rest = b""
    if rest and not whole_lines:
        yield _Part(rest, len(rest))


def _some_lines(lines: bytes) -> Iterator[_Part]:
    """Divide whole lines into parts of no more than may be sent at once."""
    begin = 0
    for number, each in enumerate(_LINE_END.finditer(lines), 1):
        if number % MOST_LINES == 0 or each.end() == len(lines):
            yield _Part(lines[begin : each.end()], each.end() - begin)
            begin = each.end()


def _to_the_end_of_the_line(stream: IO[bytes]) -> Iterator[bytes]:
    while piece := stream.readline(AT_ONCE):
        yield piece
        if piece.endswith(b"\n"):
            return


def _read_position(kept_in: Path) -> Position | None:
    try:
        return msgspec.json.decode(kept_in.read_bytes(), type=Position)
    except FileNotFoundError:
        return None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise StateError(f"{kept_in} does not say where the file was read to; delete it to read all again") from None


def _changed(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0
