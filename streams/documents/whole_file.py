"""A file that takes its place once it is whole: what was there before stays until then. Read next: `documents.py`."""

from __future__ import annotations

import io
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import ReadableBuffer


@contextmanager
def whole_file(path: str) -> Iterator[IO[bytes]]:
    """Open a file to be written as a whole. Raises OSError, which names the file that was asked for."""
    place = Path(path).resolve()
    replaced = place.is_file() or not place.exists()  # a pipe or a device is written to as it is
    written = Path(f"{place}.part") if replaced else place
    try:
        with io.BufferedWriter(_Written(written, path)) as stream:
            yield stream
        if replaced:
            written.replace(place)
    finally:
        if replaced:
            written.unlink(missing_ok=True)


class _Written(io.FileIO):
    """A file that says the name it was asked for by where it cannot be written."""

    def __init__(self, place: Path | str, path: str) -> None:
        self._path = path
        try:
            super().__init__(place, "wb")
        except OSError as error:
            raise OSError(error.errno, error.strerror, path) from None

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            raise OSError(error.errno, error.strerror, self._path) from None
