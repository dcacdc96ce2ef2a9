"""Another secret for the names of a folder that no host has. An edge: it draws one.

Read next: `streams/names/erasing.py`.
"""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING, Final

from standards.errors import StateError
from streams.delivery.channel_settings import secret_of
from streams.names.names import Names
from streams.names.secret import FILE, KEY_FILE, read_secret
from streams.storage.device_file import write_private
from streams.storage.sqlite import FolderLock

if TYPE_CHECKING:
    from streams.settings import Settings

NEXT: Final = f"{KEY_FILE}.next"
"""The new secret, until names are found under it."""


def counted(settings: Settings) -> str:
    """Say how many names there are. Raises StateError."""
    _check(settings)
    with closing(Names(settings.data, read_secret(settings.data, secret_of(settings.person_secret)))) as names:
        count = names.count()
        return f"{_some(count)} kept apart in {settings.data / FILE}."


def rekeyed(settings: Settings) -> str:
    """Have names be found under another secret, and say so. Raises StateError, also while a host has the folder."""
    _check(settings)
    lock = FolderLock(settings.data)
    try:
        given, drawn = secret_of(settings.person_secret), os.urandom(32).hex()
        former = read_secret(settings.data, secret_of(settings.person_secret_old))
        with closing(Names(settings.data, former)) as names:  # refused where it is not the former one
            if not given:
                write_private(settings.data / NEXT, drawn.encode())
            count = names.rekey((given or drawn).encode())
        if not given:
            (settings.data / NEXT).replace(settings.data / KEY_FILE)
    finally:
        lock.release()
    where = "KEPT_PERSON_SECRET" if given else str(settings.data / KEY_FILE)
    return f"{_some(count)} found under the secret in {where} now. References are what they were."


def _some(count: int) -> str:
    return "1 name is" if count == 1 else f"{count} names are"


def _check(settings: Settings) -> None:
    if not (settings.data / FILE).is_file():
        raise StateError(f"{settings.data} has no names; name the folder of a host with --data FOLDER, or KEPT_DATA")
