"""The dispatcher: brings the notices in the outbox to their channels, and notes how each of them fares.

At least once: a notice is marked as delivered after the channel took it, and comes again, with the same id, when the
process ended in between. What cannot be delivered now is tried again, less and less often, for about a day; then it is
`failed`, and stays to be looked at. Knows: the outbox, waiting times. Must not know: what is told, and why.
Read next: `alerts/channels/__init__.py`.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec
import structlog

from alerts.channels import TryLaterError
from standards.errors import DeliveryError, StateError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from alerts.channels import Channel
    from streams.books import Delivery, NoticeRow
    from streams.lookup import Lookup

AT_ONCE = 8
"""How many deliveries are under way at a time."""
MOST_TRIES = 35
"""After so many tries, about a day, a notice has failed."""
LONGEST_WAIT = 3_600
"""The longest wait between two tries, in seconds; it doubles up to here."""
LOOK_SECONDS = 1.0
"""How often the outbox is looked at, in seconds of real time, when nobody nudges."""
SECOND = 1_000_000

log = structlog.get_logger("kept")


class Dispatcher:
    """Delivers for one host. `note` stores how deliveries fare; `clock` gives microseconds UTC.

    After each try, `listeners` get the channel's name and `delivered`, `retried` or `failed`.
    """

    def __init__(
        self,
        outbox: Lookup,
        channels: Mapping[str, Channel],
        clock: Callable[[], int],
        note: Callable[[Sequence[Delivery]], Awaitable[None]],
        listeners: Sequence[Callable[[str, str], None]] = (),
    ) -> None:
        self._outbox = outbox
        self._channels = channels
        self._clock = clock
        self._note = note
        self._new = asyncio.Event()
        self._listeners = listeners

    def nudge(self) -> None:
        """Say that the outbox has something new."""
        self._new.set()

    async def run(self) -> None:
        """Deliver what is due, for ever. A store that does not answer is asked again."""
        while True:
            try:
                found = await asyncio.to_thread(self._outbox.due_deliveries, self._clock(), AT_ONCE)
                if found:
                    await self._note(await asyncio.gather(*map(self._deliver, found)))
                    continue
            except StateError as error:
                log.warning("the outbox does not answer", reason=str(error))
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._new.wait()
            self._new.clear()

    async def _deliver(self, row: NoticeRow) -> Delivery:
        delivery = msgspec.structs.replace(row.deliveries[0], tries=row.deliveries[0].tries + 1)
        channel = self._channels.get(delivery.channel)
        if channel is None:
            gone = DeliveryError(f"no channel {delivery.channel} is set up any more", again=False)
            return self._missed(delivery, gone)
        try:
            await channel.deliver(row.notice)
        except DeliveryError as error:
            return self._missed(delivery, error)
        except Exception as error:  # a defect in one channel must not stop the others
            log.exception("a channel failed", channel=delivery.channel)
            return self._missed(delivery, DeliveryError(f"a defect in the channel: {error!r}", again=True))
        self._tell(delivery.channel, "delivered")
        return msgspec.structs.replace(delivery, state="delivered", delivered=self._clock(), error="")

    def _missed(self, delivery: Delivery, error: DeliveryError) -> Delivery:
        again = error.again and delivery.tries < MOST_TRIES
        self._tell(delivery.channel, "retried" if again else "failed")
        log.warning("notice not delivered", notice=delivery.notice, channel=delivery.channel, reason=str(error))
        if not again:
            return msgspec.structs.replace(delivery, state="failed", error=str(error))
        wait = error.seconds if isinstance(error, TryLaterError) else pause(delivery.tries)
        return msgspec.structs.replace(delivery, next_try=self._clock() + wait * SECOND, error=str(error))

    def _tell(self, channel: str, result: str) -> None:
        for listener in self._listeners:
            listener(channel, result)


def pause(tries: int) -> int:
    """Say how many seconds to wait after so many tries: 2, 4, 8 ... up to an hour."""
    return LONGEST_WAIT if tries > LONGEST_WAIT.bit_length() else min(LONGEST_WAIT, 2**tries)
