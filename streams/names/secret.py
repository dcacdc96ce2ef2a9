"""The secret under which names are found: the one that was set, or a data folder's own. An edge: it makes one.

Read next: `names.py`.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from standards.errors import StateError

if TYPE_CHECKING:
    from pathlib import Path

FILE: Final = "names.sqlite"
KEY_FILE: Final = "names.key"


def read_secret(folder: Path, given: str = "") -> bytes:
    """Give the secret under which names are found: the one that was set, or a folder's own.

    It is made where there are no names yet. Raises StateError where the file cannot be made or read, or is missed.
    """
    if given:
        return given.encode()
    file = folder / KEY_FILE
    try:
        if not file.exists():
            if (folder / FILE).exists():
                raise StateError(f"{file} is missing; put it back, or set KEPT_PERSON_SECRET, as it was")
            _make_secret(file)
        secret = file.read_bytes().strip()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise StateError(f"{file} cannot be used: {reason}; check the rights of the file and its folder") from None
    if not secret:
        raise StateError(f"{file} is empty; put it back from a backup, beside {FILE} of the same day")
    return secret


def _make_secret(file: Path) -> None:
    """Make a file with a new secret, whole or not at all; one that is there meanwhile stays."""
    beside = file.with_name(f"{file.name}.{os.urandom(8).hex()}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as made:
            made.write(os.urandom(32).hex().encode())
            made.flush()
            os.fsync(made.fileno())
        with suppress(FileExistsError):
            os.link(beside, file)
    finally:
        beside.unlink()
    folder = os.open(file.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
