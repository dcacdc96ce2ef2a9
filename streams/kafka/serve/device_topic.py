"""The devices of all `kept serve`: rows of a compacted topic, which each of them reads and follows.

A device may be switched on at the board of one process, and be told by another one, which delivers the notice. A row is
kept under the device's id, or under the person whose device was dropped last. Rows of devices that take pushes of
another key stay: a process with that key may be there still.
Read next: `streams/storage/devices.py`, which holds what is read.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec
import structlog

from alerts.channels.push import Device
from streams.ingest.wire import UNREADABLE
from streams.kafka.clients.log import KafkaError, Message, Tail, told
from streams.storage.devices import Change, Dropped, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.kafka.clients.log import Consumer, ConsumerRecord
    from streams.kafka.clients.outlet import Outlet
    from streams.storage.devices import DeviceBook

log = structlog.get_logger("kept")

_encode = msgspec.json.encode
_key = msgspec.json.Decoder(tuple[Kind, str]).decode
_device = msgspec.json.Decoder(Device).decode
_dropped = msgspec.json.Decoder(Dropped).decode


class DeviceTopic:
    """Keeps one process's book up to date, and publishes what changes in it."""

    def __init__(self, book: DeviceBook, consumer: Consumer, outlet: Outlet) -> None:
        self._book = book
        self._outlet = outlet
        self._topic = outlet.names.devices
        self._tail = Tail(consumer, self._topic, self._take)
        self._fault = ""
        self._unreadable: dict[bytes, str] = {}

    @property
    def problems(self) -> list[str]:
        """What keeps phones from ringing, for people."""
        places = [f"{place} cannot be read; run the Kept that wrote it" for place in sorted(self._unreadable.values())]
        return [*([self._fault] if self._fault else []), *places]

    async def begin(self) -> None:
        """Read all that there is now. Raises StateError when there is no such topic."""
        await self._tail.begin()
        self._book.store = self._store
        if self._book.silent_count:
            log.warning("devices take pushes of another key, and do not ring", devices=self._book.silent_count)

    async def run(self) -> None:
        """Read what comes, for ever."""
        while True:
            try:
                await self._tail.step()
                self._fault = ""
            except KafkaError as error:
                if not self._fault:
                    log.warning("the devices that ring cannot be read", why=told(error))
                self._fault = f"the devices that ring cannot be read: {told(error)}"
                await asyncio.sleep(1)

    async def _store(self, changes: Sequence[Change]) -> None:
        await self._outlet.publish(
            [
                Message(self._topic, None, None if it.row is None else _encode(it.row), _encode((it.kind, it.name)))
                for it in changes
            ]
        )

    def _take(self, record: ConsumerRecord) -> None:
        place, key = f"the device in {record.topic}/{record.partition}/{record.offset}", record.key or b""
        self._unreadable.pop(key, None)  # it was written anew
        try:
            self._book.take(_change(record))
        except UNREADABLE as error:
            log.error("a device cannot be read", place=place, why=type(error).__name__)  # noqa: TRY400 - of a newer Kept
            self._unreadable[key] = place


def _change(record: ConsumerRecord) -> Change:
    kind, name = _key(record.key or b"")
    if record.value is None:
        return Change(kind, name, None)
    return Change(kind, name, _device(record.value) if kind == "device" else _dropped(record.value))
