"""The devices that ring: kept in a file of the data folder that nobody else may read, and in memory.

A device's address lets whoever has it send there, so none is in the database, the log or an answer. How many there may
be is bounded. One that is gone is dropped, and that it was stays until its person switches one on again.
Read next: `alerts/channels/push.py`, which sends to them; `streams/web/board/ringing.py`, where people switch them on.
"""

from __future__ import annotations

import asyncio
import os
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import msgspec
import structlog

from alerts.channels.push import Device
from standards.errors import StateError
from standards.natural import name_key, same

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

FILE: Final = "push-devices.json"
MOST: Final = 1_000
"""How many devices there may be in all."""
MOST_OF_ONE: Final = 10
"""How many of one person."""

log = structlog.get_logger("kept")


class Dropped(msgspec.Struct, frozen=True):
    """A device that was dropped: when (microseconds UTC), and why: `gone`, or `other-key`."""

    at: int
    reason: str


class _Kept(msgspec.Struct):
    """What is in the file: devices by their id, and the last one that was dropped of each person."""

    devices: dict[str, Device] = {}
    dropped: dict[str, Dropped] = {}


class FullError(Exception):
    """As many devices ring as are kept."""


class DeviceBook:
    """The devices of one host. `public` is this server's public key for pushes; `clock` gives microseconds UTC.

    `check` refuses a device that cannot be sent to, with a ValueError. `most` is how many there may be in all.
    """

    def __init__(
        self,
        folder: Path,
        public: str,
        clock: Callable[[], int],
        check: Callable[[Device], object] = lambda _: None,
        *,
        most: int = MOST,
    ) -> None:
        """Read the file, and drop what was switched on for another key. Raises StateError for one that is damaged."""
        self.public = public
        self._check = check
        self._most = most
        self._listeners: list[Callable[[str], None]] = []
        self._drops: list[str] = []
        self._file = folder / FILE
        self._clock = clock
        self._writing = asyncio.Lock()
        self._trouble: dict[str, str] = {}
        try:
            body = self._file.read_bytes()
            self._kept = msgspec.json.decode(body, type=_Kept)
        except FileNotFoundError:
            self._kept = _Kept()
        except (OSError, msgspec.DecodeError):
            words = "move it away, and people switch their phones on again"
            raise StateError(f"{self._file} cannot be read; {words}") from None
        for device in [each for each in self._kept.devices.values() if each.key != public]:
            self._forget(device, "other-key")
        if self._drops:
            write_private(self._file, msgspec.json.encode(self._kept))

    def listen(self, listener: Callable[[str], None]) -> None:
        """Have a function called with the reason for which a device was dropped, also for those dropped already."""
        self._listeners.append(listener)
        for reason in self._drops:
            listener(reason)

    def __len__(self) -> int:
        """Say how many devices there are."""
        return len(self._kept.devices)

    def of(self, whose: str) -> list[Device]:
        """Give the devices of an address in the policy."""
        return [device for device in self._kept.devices.values() if same(device.whose, whose)]

    def dropped(self, whose: str) -> Dropped | None:
        """Give the last device of theirs that was dropped, if they have switched none on since."""
        return self._kept.dropped.get(name_key(whose))

    def get(self, device: str) -> Device | None:
        """Give a device by its id."""
        return self._kept.devices.get(device)

    def trouble(self, devices: Sequence[Device] | None = None) -> str:
        """Say what keeps pushes from getting through, of some devices or of any; empty where the last ones did."""
        named = self._trouble if devices is None else [device.id for device in devices]
        return next((self._trouble[name] for name in named if name in self._trouble), "")

    async def add(self, device: Device) -> None:
        """Keep a device, which may have been another's.

        Raises ValueError for one that cannot be sent to, FullError, and StateError: then it was not kept.
        """
        self._check(device)
        others = [each for each in self.of(device.whose) if each.id != device.id]
        if len(others) >= MOST_OF_ONE:
            raise FullError(f"{device.whose} has {MOST_OF_ONE} devices that ring already; switch one off first.")
        if len(self) >= self._most and device.id not in self._kept.devices:
            raise FullError(f"There are {len(self):,} devices that ring already; that is as many as are kept.")
        before = self.get(device.id)
        self._kept.devices[device.id] = device
        self._kept.dropped.pop(name_key(device.whose), None)
        try:
            await self._stored()
        except StateError:
            self._kept.devices.pop(device.id)
            if before is not None:
                self._kept.devices[device.id] = before
            raise
        self._trouble.pop(device.id, None)

    async def remove(self, device: Device) -> None:
        """Forget a device that was switched off. Raises StateError where that cannot be stored."""
        self._kept.devices.pop(device.id, None)
        self._trouble.pop(device.id, None)
        await self._stored()

    async def drop(self, device: Device, reason: str) -> None:
        """Forget a device that cannot be reached any more; people are told that it was."""
        self._forget(device, reason)
        log.warning("a device was dropped", whose=device.whose, reason=reason)
        try:
            await self._stored()
        except StateError as error:  # it is not sent to any more, and will be found gone again after a restart
            log.warning("that a device was dropped cannot be stored", reason=str(error))

    def heard(self, device: Device, trouble: str) -> None:
        """Note how the last push to a device went: with what trouble, or with none."""
        if trouble and self._trouble.get(device.id) != trouble:
            log.warning("a push does not get through", whose=device.whose, reason=trouble)
        if trouble and device.id in self._kept.devices:
            self._trouble[device.id] = trouble
        else:
            self._trouble.pop(device.id, None)

    def _forget(self, device: Device, reason: str) -> None:
        if self._kept.devices.pop(device.id, None) is None:
            return
        self._trouble.pop(device.id, None)
        self._kept.dropped[name_key(device.whose)] = Dropped(self._clock(), reason)
        self._drops.append(reason)
        for listener in self._listeners:
            listener(reason)

    async def _stored(self) -> None:
        async with self._writing:
            await asyncio.to_thread(write_private, self._file, msgspec.json.encode(self._kept))


def device_id(endpoint: str) -> str:
    """Name a device so that its address cannot be told from the name."""
    return sha256(endpoint.encode()).hexdigest()[:32]


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
