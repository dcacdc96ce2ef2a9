"""A file that takes its place once it is whole: what was there before stays until then. Read next: `documents.py`."""

from __future__ import annotations

import io
import os
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import ReadableBuffer


@contextmanager
def whole_file(path: str) -> Iterator[IO[bytes]]:
    """Open a file to be written as a whole. Raises OSError, which names the file that was asked for."""
    place = Path(path).resolve()
    if place.exists() and not place.is_file():  # a pipe or a device is written to as it is
        with io.BufferedWriter(_Written(place, path, "wb")) as stream:
            yield stream
        return
    beside, written = _beside(place, path)
    try:
        with io.BufferedWriter(written) as stream:
            yield stream
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)


def _beside(place: Path, path: str) -> tuple[Path, _Written]:
    """Open a file in the same folder, of a name that nobody has."""
    for number in count():
        beside = place.with_name(f".{os.getpid()}-{number}.part")
        try:
            return beside, _Written(beside, path, "xb")
        except FileExistsError:
            continue
    raise AssertionError("there is always one more number")


class _Written(io.FileIO):
    """A file that says the name it was asked for by where it cannot be written."""

    def __init__(self, place: Path, path: str, mode: Literal["xb", "wb"]) -> None:
        self._path = path
        try:
            super().__init__(place, mode)
        except OSError as error:
            raise OSError(error.errno, error.strerror, path) from None

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            raise OSError(error.errno, error.strerror, self._path) from None
