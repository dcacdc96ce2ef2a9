"""The devices of one machine: a file of the data folder that nobody else may read, written anew with each change.

Read next: `devices.py`.
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Final

import msgspec

from alerts.channels.push import Device
from standards.errors import StateError
from streams.storage.devices import Change, DeviceBook, Dropped

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FILE: Final = "push-devices.json"


class _Kept(msgspec.Struct):
    """What is in the file: devices by their id, and the last one that was dropped of each person."""

    devices: dict[str, Device] = {}
    dropped: dict[str, Dropped] = {}


def stored_in(folder: Path, book: DeviceBook) -> DeviceBook:
    """Have a book hold what is stored in a data folder, and be stored there.

    What was switched on for another key is dropped. Raises StateError for a file that is damaged.
    """
    file, writing = folder / FILE, asyncio.Lock()

    def body() -> bytes:
        return msgspec.json.encode(_Kept(book.devices, book.drops))

    async def store(_: Sequence[Change]) -> None:
        async with writing:
            await asyncio.to_thread(write_private, file, body())

    kept = _read(file)
    for device in kept.devices.values():
        book.take(Change("device", device.id, device))
    for name, dropped in kept.dropped.items():
        book.take(Change("dropped", name, dropped))
    if book.drop_strangers():
        write_private(file, body())
    book.store = store
    return book


def _read(file: Path) -> _Kept:
    try:
        return msgspec.json.decode(file.read_bytes(), type=_Kept)
    except FileNotFoundError:
        return _Kept()
    except (OSError, msgspec.DecodeError):
        words = "move it away, and people switch their phones on again"
        raise StateError(f"{file} cannot be read; {words}") from None


def write_private(file: Path, body: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all. Raises StateError."""
    beside = file.with_name(f"{file.name}.part")
    try:
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(body)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(file)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise StateError(f"{file} cannot be written: {reason}; free some space, or check its rights") from None
