"""Push: a notice on each device that its person has switched on, by the push service of that device's browser.

A service learns a device's address, how urgent a push is and a name that says nothing; what is said is encrypted for
the device. Who has a notice is remembered until all devices have it, so that a repeat goes to the others only; after a
restart it comes a second time, in the place of the first. That nobody can be reached is a miss like any other.

| what a service answers      | then                                                       |
| --------------------------- | ---------------------------------------------------------- |
| 2xx                         | delivered                                                  |
| 404, 410                    | the device is gone: it is dropped, and shown as dropped    |
| 400, 413                    | never again: it would be refused each time                 |
| 429, 5xx, 401, 403, others  | again, as `retrying.py` has it, not before `Retry-After`   |

Read next: `push_message.py`, `sealing.py`, `push_services.py`; `streams/storage/devices.py`, which keeps the devices.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from alerts.channels import TryLaterError
from alerts.channels.posting import TIMEOUT_SECONDS, Came, Connections
from alerts.channels.push_message import TTL_SECONDS, said, urgency
from alerts.channels.retrying import check_answer, shown
from standards.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from alerts.channels.push_services import Services
    from alerts.channels.sealing import Sealer
    from alerts.routing.notice import Notice

MOST_REMEMBERED: Final = 10_000
"""How many notices that some devices have, and others not, are remembered."""
ADVICE: Final = "its push service is at a private address, and pushes go to the public internet alone"
_GONE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_REFUSED: Final = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus(413)})  # its name differs between versions of Python


class Device(msgspec.Struct, frozen=True):
    """One browser that shows pushes: the address that its service gave it, and its keys in URL-safe base64.

    `whose` is the address of its person in the policy, `since` when it was switched on, in microseconds UTC; `key` is
    the public key of the server that it takes pushes from. `id` is made of the address, which is a secret.
    """

    id: str
    whose: str
    endpoint: str
    p256dh: str
    auth: str
    key: str
    since: int = 0


class Devices(Protocol):
    """Where devices are kept."""

    def of(self, whose: str) -> Sequence[Device]:
        """Give the devices of an address in the policy."""

    def silent_of(self, whose: str) -> Sequence[Device]:
        """Give those that take pushes of another key, and so do not ring."""

    async def drop(self, device: Device, reason: str) -> None:
        """Forget a device that cannot be reached any more; people are told that it was."""

    def heard(self, device: Device, trouble: str) -> None:
        """Note how the last push to a device went: with what trouble, or with none."""


class _GoneError(DeliveryError):
    """A service says that the device is gone."""


class Push:
    """Sends each notice to the devices of whom it is for. `clock` gives microseconds UTC."""

    name = "push"

    def __init__(
        self,
        devices: Devices,
        sealer: Sealer,
        services: Services,
        *,
        clock: Callable[[], int],
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self._devices = devices
        self._sealer = sealer
        self._services = services
        self._clock = clock
        self._public = Connections("the device", timeout=timeout, private=False, advice=ADVICE)
        self._local = Connections("the device", timeout=timeout, private=True)
        self._have: dict[str, set[str]] = {}

    async def deliver(self, notice: Notice) -> None:
        """Send one notice to all devices that have not got it. Raises DeliveryError, also where there is none."""
        whose = notice.addresses.get(self.name)
        if whose is None:
            words = f"{notice.to or 'nobody'} has no address for push; give one in the policy: addresses: {{push: ...}}"
            raise DeliveryError(words, again=False)
        have = self._have.pop(notice.id, set())
        devices = [device for device in self._devices.of(whose) if device.id not in have]
        tried = await asyncio.gather(*(self._try(device, notice) for device in devices))
        misses = [miss for miss in tried if miss is not None]
        have |= {device.id for device, miss in zip(devices, tried, strict=True) if miss is None}
        if any(miss.again for miss in misses):
            self._remember(notice.id, have)
            raise _together(misses)
        if not have:
            raise _together(misses) if misses else DeliveryError(self._nobody(whose), again=False)

    async def _try(self, device: Device, notice: Notice) -> DeliveryError | None:
        """Send to one device; gives the miss, if it was one."""
        miss: DeliveryError | None = None
        try:
            await self._send(device, notice)
        except _GoneError as gone:
            await self._devices.drop(device, "gone")
            return gone
        except DeliveryError as error:
            miss = error
        self._devices.heard(device, "" if miss is None else str(miss))
        return miss

    async def _send(self, device: Device, notice: Notice) -> None:
        try:
            self._services.check(device.endpoint)  # the list may be another one than when it was switched on
            body = self._sealer.seal(device, msgspec.json.encode(said(notice, self._sealer.opaque(notice.promise))))
        except ValueError as error:
            raise DeliveryError(str(error), again=False) from None
        now = self._clock()
        headers = {
            "authorization": self._sealer.authorization(device.endpoint, now),
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(TTL_SECONDS),
            "topic": self._sealer.opaque(notice.promise, device.id),
            "urgency": urgency(notice),
        }
        connections = self._local if self._services.is_local(device.endpoint) else self._public
        check_push(await connections.post(device.endpoint, body, headers), shown(device.endpoint, "its service"), now)

    def _remember(self, notice: str, have: set[str]) -> None:
        if have:
            self._have[notice] = have
        while len(self._have) > MOST_REMEMBERED:
            del self._have[next(iter(self._have))]

    def _nobody(self, whose: str) -> str:
        silent = len(self._devices.silent_of(whose))
        why = f" ({silent} switched on for another key than this server has)" if silent else ""
        return f'{whose} has no device that rings{why}; on the board, "Ring this phone" switches one on'

    async def close(self) -> None:
        """Close the connections."""
        await self._public.close()
        await self._local.close()


def check_push(came: Came, where: str, now: int) -> None:
    """Return when a service has taken a push. Raises DeliveryError. `now`: microseconds UTC."""
    if came.status in _GONE:
        raise _GoneError(f"{where} says that the device is gone; it has to be switched on again", again=False)
    try:
        check_answer(came.status, came.headers, now)
    except TryLaterError as error:
        if came.status not in _REFUSED:
            raise TryLaterError(f"{where} {error}", seconds=error.seconds) from None
        raise DeliveryError(f"{where} {error}", again=False) from None
    except DeliveryError as error:
        raise DeliveryError(f"{where} {error}", again=error.again and came.status not in _REFUSED) from None


def _together(misses: Sequence[DeliveryError]) -> DeliveryError:
    """Give the miss for all devices: tried again as long as that can help one of them."""
    words = "; ".join(dict.fromkeys(map(str, misses)))
    later = [miss.seconds for miss in misses if isinstance(miss, TryLaterError)]
    if later:
        return TryLaterError(words, seconds=max(later))
    return DeliveryError(words, again=any(miss.again for miss in misses))
