"""A host that rings phones, and the push service of the tests' own that carries what it sends.

Knows: how both are set up. Must not know: what any test expects. Read next: `tests/alerts/phones.py`, `peopled.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from alerts.channels.push import Push
from alerts.channels.push_services import Services
from streams.delivery.pushing import checking
from streams.storage.device_file import stored_in
from streams.storage.devices import DeviceBook
from tests.alerts.phones import SEALER, PushService, push_service
from tests.board.peopled import ALL
from tests.board.serving import Served, free_port
from tests.streams.asking import Peopled
from tests.streams.hosting import NO_WAIT, Clock, shop

POLICY = """
kept: 1
people:
  ann: {addresses: {push: Ania}}
  bob: {addresses: {push: Bob}}
routes:
  - {match: no-wait, tell: ann, well_for: 0s}
"""


class RingingShop(NamedTuple):
    """A host that rings, its devices, and the push service."""

    served: Served
    devices: DeviceBook
    service: PushService


@contextmanager
def ringing(folder: Path, policy: str = POLICY) -> Iterator[RingingShop]:
    """Serve a host that tells Ania, and run the one push service that it may call."""
    port, clock = free_port(), Clock()
    services = Services((f"http://127.0.0.1:{port}",))
    devices = stored_in(folder, DeviceBook(SEALER.public, clock, checking(SEALER, services)))
    channel = Push(devices, SEALER, services, clock=clock)
    standards = shop(folder, NO_WAIT.replace("aspect: speed", "aspect: speed\n    severity: page"))
    with Served(folder, ALL, Peopled(policy, [channel], devices), standards) as served:
        running = push_service(port=port)
        service = served.do(running.__aenter__())
        try:
            yield RingingShop(served, devices, service)
        finally:
            served.do(running.__aexit__(None, None, None))
