"""Reminders: some receivers forget what they were told, so what stands is told to them again.

Alertmanager lets an alert end that is not told again, and forgets all when it restarts; for such a channel what stands
is read from the store, again and again. Read next: `alerts/channels/alertmanager.py`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from alerts.channels import Reminding
from standards.errors import DeliveryError, StateError
from streams.delivery.shown_on import shown_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from alerts.channels import Channel, Told
    from streams.names.names import Names

    Standing = Callable[[str, int], Sequence[Told]]
    """Gives what stands on a channel since an instant, in microseconds UTC. Called in other threads."""

log = structlog.get_logger("kept")


async def remind(
    channels: Iterable[Channel], standing: Standing, clock: Callable[[], int], names: Names | None = None
) -> None:
    """Remind all channels that want it, for ever; return where none does. `clock` gives microseconds UTC.

    They are told of whom `names` know as in the first message.
    """
    async with asyncio.TaskGroup() as group:
        for channel in channels:
            if isinstance(channel, Reminding):
                group.create_task(_remind(channel, standing, clock, names))


async def _remind(channel: Reminding, standing: Standing, clock: Callable[[], int], names: Names | None) -> None:
    failing = False
    while True:
        try:
            told = await asyncio.to_thread(standing, channel.name, clock() - channel.remembers)
            if told:
                await channel.remind(
                    [each._replace(notice=shown_on(channel.name, each.notice, names)) for each in told]
                )
            failing = False
        except (DeliveryError, StateError) as error:
            if not failing:
                log.warning("a channel was not reminded; it is tried again", channel=channel.name, why=str(error))
            failing = True
        except Exception as error:  # noqa: BLE001 - a defect here must not end the process
            log.error("a reminder failed", channel=channel.name, error=type(error).__name__)  # noqa: TRY400 - no secret
        await asyncio.sleep(channel.remind_seconds)
