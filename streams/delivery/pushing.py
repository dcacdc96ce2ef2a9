"""Setting push up: this server's key, which is made once where none is given, the devices, and the channel.

The key is never told. Who has it can send to the devices in this server's name; with another one, all devices have to
be switched on again. Where several processes share the devices, they have to share the key too, so none is made.
Read next: `streams/storage/devices.py`, `channels.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from standards.errors import StateError
from streams.storage.device_file import stored_in, write_private
from streams.storage.devices import DeviceBook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from alerts.channels.push import Device, Push
    from alerts.channels.push_services import Services
    from alerts.channels.sealing import Sealer
    from streams.delivery.channel_settings import ChannelSettings

KEY_FILE: Final = "push.key"
NO_KEY: Final = (
    "KEPT_PUSH_CONTACT sets up push, and on Kafka every kept serve has to sign by the same key: give each of them that "
    "key by KEPT_PUSH_KEY_FILE, or KEPT_PUSH_KEY"
)


class Pushing(NamedTuple):
    """What push is made of."""

    devices: DeviceBook
    channel: Push


def pushing(settings: ChannelSettings, folder: Path | None, clock: Callable[[], int]) -> Pushing | None:
    """Set push up with a data folder, if the settings say so. Raises StateError.

    Without a folder the devices are stored by whoever shares them, and the key has to be given.
    """
    if not settings.push_contact:
        return None
    from alerts.channels.push import Push  # noqa: PLC0415 - its libraries are slow to load, and not everybody pushes
    from alerts.channels.push_services import Services  # noqa: PLC0415 - the same

    sealer, services = _sealer(settings, folder), Services(settings.push_services)
    devices = DeviceBook(sealer.public, clock, checking(sealer, services))
    if folder is not None:
        stored_in(folder, devices)
    return Pushing(devices, Push(devices, sealer, services, clock=clock))


def checking(sealer: Sealer, services: Services) -> Callable[[Device], None]:
    """Give what refuses a device that cannot be sent to, with a RefusedError that says why to people."""

    def check(device: Device) -> None:
        services.check(device.endpoint)
        sealer.seal(device, b"tried")

    return check


def _sealer(settings: ChannelSettings, folder: Path | None) -> Sealer:
    from alerts.channels.sealing import Sealer  # noqa: PLC0415 - the same

    given = settings.push_contact
    contact = given if given.startswith("https://") else f"mailto:{given}"
    where, key = _key(settings, folder)
    try:
        return Sealer(key, contact)
    except ValueError as error:
        about = "KEPT_PUSH_CONTACT" if "address" in str(error) else where
        raise StateError(f"{about}: {error}") from None


def _key(settings: ChannelSettings, folder: Path | None) -> tuple[str, str]:
    """Give where the key comes from, and the key itself; one is made where there is none yet. Raises StateError."""
    from alerts.channels.sealing import new_key  # noqa: PLC0415 - the same

    if given := settings.push_key.get_secret_value():
        return "KEPT_PUSH_KEY", given
    file = settings.push_key_file or (folder / KEY_FILE if folder is not None else None)
    if file is None:
        raise StateError(NO_KEY)
    try:
        return str(file), file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        made = new_key()
        write_private(file, f"{made}\n".encode())
        return str(file), made
    except (OSError, UnicodeDecodeError):
        raise StateError(f"{file} cannot be read; it has to hold the key for pushes") from None
