"""The devices that ring, as a host knows them; where they are stored is up to it.

A device's address lets whoever has it send there, so none is in the database, the log or an answer. How many there may
be is bounded. One that is gone is dropped, and that it was stays until its person switches one on again.
Read next: `device_file.py`, where `kept run` stores them; `streams/kafka/serve/device_topic.py`, where all `kept serve`
do; `alerts/channels/push.py`, which sends to them; `streams/web/board/ringing.py`, where people switch them on.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

import msgspec
import structlog

from alerts.channels.push import Device
from alerts.words.later import RefusedError, later_many
from standards.errors import StateError
from standards.natural import name_key, same

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Sequence

Kind = Literal["device", "dropped"]

MOST: Final = 1_000
"""How many devices there may be in all."""
MOST_OF_ONE: Final = 10
"""How many of one person."""

log = structlog.get_logger("kept")


class Dropped(msgspec.Struct, frozen=True):
    """A device that was dropped: when (microseconds UTC), and why: `gone`, or `other-key`."""

    at: int
    reason: str


class Change(NamedTuple):
    """What is to be stored: a device by its id, or the last one that was dropped of a person; None: it is no more."""

    kind: Kind
    name: str
    row: Device | Dropped | None


class FullError(RefusedError):
    """As many devices ring as are kept."""


Store: TypeAlias = "Callable[[Sequence[Change]], Awaitable[None]]"
"""Stores what has changed. Raises StateError."""


class DeviceBook:
    """The devices of one host. `public` is this server's public key for pushes; `clock` gives microseconds UTC.

    `check` refuses a device that cannot be sent to, with a RefusedError. `most` is how many there may be in all. What
    is stored comes by `take`; `store` is set before anything changes.
    """

    store: Store

    def __init__(
        self,
        public: str,
        clock: Callable[[], int],
        check: Callable[[Device], object] = lambda _: None,
        *,
        most: int = MOST,
    ) -> None:
        self.public = public
        self.devices: dict[str, Device] = {}
        self.drops: dict[str, Dropped] = {}
        self._strangers: dict[str, Device] = {}
        self._check = check
        self._most = most
        self._listeners: list[Callable[[str], None]] = []
        self._counted: list[str] = []
        self._clock = clock
        self._trouble: dict[str, str] = {}

    def take(self, change: Change) -> None:
        """Take what is stored, or what another process has changed. Devices of another key are apart: none rings."""
        for known in (self.devices, self._strangers) if change.kind == "device" else ():
            known.pop(change.name, None)
        if isinstance(change.row, Device):
            own = change.row.key == self.public
            (self.devices if own else self._strangers)[change.name] = change.row
        elif isinstance(change.row, Dropped):
            self.drops[change.name] = change.row
        elif change.kind == "dropped":
            self.drops.pop(change.name, None)
        if change.name not in self.devices:
            self._trouble.pop(change.name, None)

    def drop_strangers(self) -> bool:
        """Drop the devices that take pushes of another key; says whether there were any."""
        strangers, self._strangers = self._strangers, {}
        for device in strangers.values():
            self._note_drop(device, "other-key")
        return bool(strangers)

    def listen(self, listener: Callable[[str], None]) -> None:
        """Have a function called with the reason for which a device was dropped, also for those dropped already."""
        self._listeners.append(listener)
        for reason in self._counted:
            listener(reason)

    def __len__(self) -> int:
        """Say how many devices there are."""
        return len(self.devices)

    def of(self, whose: str) -> list[Device]:
        """Give the devices of an address in the policy."""
        return [device for device in self.devices.values() if same(device.whose, whose)]

    def dropped(self, whose: str) -> Dropped | None:
        """Give the last device of theirs that was dropped, if they have switched none on since."""
        return self.drops.get(name_key(whose))

    def get(self, device: str) -> Device | None:
        """Give a device by its id."""
        return self.devices.get(device)

    def silent(self, device: str) -> Device | None:
        """Give a device that takes pushes of another key, by its id: it is switched on, and does not ring."""
        return self._strangers.get(device)

    def silent_of(self, whose: str) -> list[Device]:
        """Give those of an address in the policy."""
        return [device for device in self._strangers.values() if same(device.whose, whose)]

    @property
    def silent_count(self) -> int:
        """How many there are of all people."""
        return len(self._strangers)

    def trouble(self, devices: Sequence[Device] | None = None) -> str:
        """Say what keeps pushes from getting through, of some devices or of any; empty where the last ones did."""
        named = self._trouble if devices is None else [device.id for device in devices]
        return next((self._trouble[name] for name in named if name in self._trouble), "")

    async def add(self, device: Device, *, instead: str = "") -> None:
        """Keep a device, which may have been another's, `instead` of what it was before, by that id.

        Raises RefusedError for one that cannot be sent to, FullError, and StateError: then it was not kept.
        """
        self._check(device)
        others = [each for each in self.of(device.whose) if each.id not in {device.id, instead}]
        if len(others) >= MOST_OF_ONE:
            words = later_many(
                MOST_OF_ONE, "{name} has {count} device that rings already; switch it off first.",
                "{name} has {count} devices that ring already; switch one off first.", name=device.whose,
            )  # fmt: skip
            raise FullError(words)
        if len(self) >= self._most and self.devices.keys().isdisjoint((device.id, instead)):
            words = later_many(
                len(self), "There is {count} device that rings already; that is as many as are kept.",
                "There are {count} devices that ring already; that is as many as are kept.",
            )  # fmt: skip
            raise FullError(words)
        name = name_key(device.whose)
        changes = [Change("device", device.id, device)]
        if name in self.drops:
            changes.append(Change("dropped", name, None))
        if instead != device.id and (instead in self.devices or instead in self._strangers):
            changes.append(Change("device", instead, None))
        await self._change(changes)
        self._trouble.pop(device.id, None)

    async def remove(self, device: Device) -> None:
        """Forget a device that was switched off. Raises StateError where that cannot be stored: then it is still on."""
        await self._change([Change("device", device.id, None)])

    async def forget(self, names: Collection[str], others: Collection[str]) -> int:
        """Forget the devices of somebody, by their names; those stay that ring for `others`, by their addresses.

        Says how many there were. Raises StateError where that cannot be stored: then they are still on.
        """
        theirs = {name_key(name) for name in names} - {name_key(each) for each in others}

        def goes(whose: str) -> bool:
            return name_key(whose) in theirs

        going = [it for it in (*self.devices.values(), *self._strangers.values()) if goes(it.whose)]
        changes = [Change("device", it.id, None) for it in going]
        changes += [Change("dropped", whose, None) for whose in self.drops if goes(whose)]
        if changes:
            await self._change(changes)
        return len(going)

    async def drop(self, device: Device, reason: str) -> None:
        """Forget a device that cannot be reached any more; people are told that it was."""
        if device.id not in self.devices:
            return
        gone = Change("device", device.id, None)
        self.take(gone)
        noted = self._note_drop(device, reason)
        log.warning("a device was dropped", device=device.id, reason=reason)
        try:
            await self.store([gone, noted])
        except StateError as error:  # it is not sent to any more, and will be found gone again after a restart
            log.warning("that a device was dropped cannot be stored", why=str(error))

    def heard(self, device: Device, trouble: str) -> None:
        """Note how the last push to a device went: with what trouble, or with none."""
        if trouble and self._trouble.get(device.id) != trouble:
            log.warning("a push does not get through", device=device.id, why=trouble)
        if trouble and device.id in self.devices:
            self._trouble[device.id] = trouble
        else:
            self._trouble.pop(device.id, None)

    async def _change(self, changes: Sequence[Change]) -> None:
        """Change something, or nothing where it cannot be stored. Raises StateError."""
        before = [Change(it.kind, it.name, self._row(it)) for it in changes]
        for change in changes:
            self.take(change)
        try:
            await self.store(changes)
        except StateError:
            for change in before:
                self.take(change)
            raise

    def _row(self, change: Change) -> Device | Dropped | None:
        if change.kind == "dropped":
            return self.drops.get(change.name)
        return self.devices.get(change.name) or self._strangers.get(change.name)

    def _note_drop(self, device: Device, reason: str) -> Change:
        noted = Change("dropped", name_key(device.whose), Dropped(self._clock(), reason))
        self.take(noted)
        self._counted.append(reason)
        for listener in self._listeners:
            listener(reason)
        return noted


def device_id(endpoint: str) -> str:
    """Name a device so that its address cannot be told from the name."""
    return sha256(endpoint.encode()).hexdigest()[:32]
