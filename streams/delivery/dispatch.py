"""The dispatcher: brings the notices in the outbox to their channels, and notes how each of them fares.

At least once: a notice is marked as delivered after the channel took it, and comes again, with the same id, when the
process ended in between. What cannot be delivered now is tried again, less and less often, for about a day; then it is
`failed`, and stays to be looked at. No channel waits for another one, and on each of them no first try waits for the
repeats. Must not know: what is told, and why. Read next: `alerts/channels/__init__.py`.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from traceback import format_tb
from typing import TYPE_CHECKING, Protocol, TypeVar

import msgspec
import structlog

from alerts.channels import TryLaterError
from standards.calendar.duration import SECOND
from standards.errors import DeliveryError, StateError
from streams.delivery.shown_on import shown_on

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from alerts.channels import Channel
    from streams.names.names import Names
    from streams.storage.rows import Delivery, NoticeRow

AT_ONCE = 8
"""How many deliveries are under way at a time on one lane."""
MOST_TRIES = 35
"""After so many tries, a day or more, a notice has failed."""
LONGEST_WAIT = 3_600
"""The longest wait between two tries, in seconds, unless the other side wants a longer one; it doubles up to here."""
LOOK_SECONDS = 1.0
"""How often the outbox is looked at, in seconds of real time, when nobody nudges."""
LONGEST_STORE_WAIT = 30
"""The longest wait, in seconds of real time, before a store that does not answer is asked again."""

T = TypeVar("T")

log = structlog.get_logger("kept")


class Outbox(Protocol):
    """Where the notices wait; asked from other threads. Raises StateError."""

    def due_deliveries(self, channel: str, at: int, limit: int, *, tried: bool) -> list[NoticeRow]:
        """Give notices due on a channel by `at`, each with that one delivery: those `tried` already, or the others."""

    def waiting_channels(self) -> list[str]:
        """Give the names of the channels that a notice waits for, set up or not."""


class Dispatcher:
    """Delivers for one host. `note` stores how deliveries fare; `listeners` get channel and result after each try.

    `names` are put into what goes to people, where they are kept apart.
    """

    def __init__(
        self,
        outbox: Outbox,
        channels: Mapping[str, Channel],
        clock: Callable[[], int],
        note: Callable[[Sequence[Delivery]], Awaitable[None]],
        listeners: Sequence[Callable[[str, str], None]] = (),
    ) -> None:
        self.outbox = outbox
        self.clock = clock
        self.note = note
        self._channels = channels
        self._listeners = listeners
        self.names: Names | None = None
        self._lanes = self._lanes_of(channels)

    def _lanes_of(self, channels: Iterable[str]) -> list[_Lane]:
        return [_Lane(self, channel, tried=tried) for channel in channels for tried in (False, True)]

    def nudge(self) -> None:
        """Say that the outbox has something new."""
        for lane in self._lanes:
            lane.wake.set()

    @property
    def under_way(self) -> int:
        """How many deliveries were begun and are not noted yet; a lane that asks what is due counts as one."""
        return sum(lane.under_way for lane in self._lanes)

    async def run(self) -> None:
        """Deliver what is due, for ever. A store that does not answer is asked again."""
        async with asyncio.TaskGroup() as group:
            for lane in self._lanes:
                group.create_task(lane.run())
            waiting = await _answer(partial(asyncio.to_thread, self.outbox.waiting_channels))
            gone = [name for name in waiting if name not in self._channels]  # an earlier run had them set up
            for lane in self._lanes_of(gone):
                group.create_task(lane.run())

    async def deliver(self, row: NoticeRow) -> Delivery:
        """Try the one delivery of a row, and give how it fares now. Whatever a channel raises counts as a miss."""
        delivery = msgspec.structs.replace(row.deliveries[0], tries=row.deliveries[0].tries + 1)
        channel = self._channels.get(delivery.channel)
        if channel is None:
            gone = DeliveryError(f"no channel {delivery.channel} is set up any more", again=False)
            return self._missed(delivery, gone)
        try:
            await channel.deliver(shown_on(channel.name, row.notice, self.names))
        except DeliveryError as error:
            return self._missed(delivery, error)
        except Exception as error:  # noqa: BLE001 - a defect in one channel must not stop the others
            name = type(error).__name__  # never its text: a channel's address may be a secret
            frames = "".join(format_tb(error.__traceback__))
            log.error("a channel failed", channel=delivery.channel, error=name, frames=frames)  # noqa: TRY400
            return self._missed(delivery, DeliveryError(f"a defect in the channel: {name}", again=True))
        self._tell(delivery.channel, "delivered")
        return msgspec.structs.replace(delivery, state="delivered", delivered=self.clock(), error="")

    def _missed(self, delivery: Delivery, error: DeliveryError) -> Delivery:
        again = error.again and delivery.tries < MOST_TRIES
        self._tell(delivery.channel, "retried" if again else "failed")
        log.warning("notice not delivered", notice=delivery.notice, channel=delivery.channel, why=str(error))
        if not again:
            return msgspec.structs.replace(delivery, state="failed", error=str(error))
        next_try = self.clock() + wait(error, delivery.tries) * SECOND
        return msgspec.structs.replace(delivery, next_try=next_try, error=str(error))

    def _tell(self, channel: str, result: str) -> None:
        for listener in self._listeners:
            try:
                listener(channel, result)
            except Exception:  # whoever looks on must not stop the work
                log.exception("a delivery listener failed", channel=channel)


class _Lane:
    """The first tries of one channel, or its repeats.

    `_open` has what is under way, by the notice's id: None, and then the result until it is noted. Nothing in it is
    fetched anew, so that a store that cannot note does not make a notice go out again.
    """

    def __init__(self, dispatcher: Dispatcher, channel: str, *, tried: bool) -> None:
        self.wake = asyncio.Event()
        self._dispatcher = dispatcher
        self._channel = channel
        self._tried = tried
        self._asking = False
        self._open: dict[str, Delivery | None] = {}

    @property
    def under_way(self) -> int:
        return len(self._open) + self._asking

    async def run(self) -> None:
        """Note what was delivered, begin what is due, and rest; for ever, whatever happens."""
        async with asyncio.TaskGroup() as group:
            while True:
                self.wake.clear()
                for row in await _answer(self._next):
                    group.create_task(self._deliver(row))
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await self.wake.wait()

    async def _next(self) -> list[NoticeRow]:
        """Note what was delivered, and give what is to be begun now."""
        results = [delivery for delivery in self._open.values() if delivery is not None]
        if results:
            await self._dispatcher.note(results)
            for delivery in results:
                del self._open[delivery.notice]
        if len(self._open) >= AT_ONCE:
            return []
        outbox, now = self._dispatcher.outbox, self._dispatcher.clock()
        self._asking = True
        try:
            due = partial(outbox.due_deliveries, self._channel, now, AT_ONCE, tried=self._tried)
            rows = await asyncio.to_thread(due)
        finally:
            self._asking = False
        rows = [row for row in rows if row.notice.id not in self._open][: AT_ONCE - len(self._open)]
        self._open.update(dict.fromkeys(row.notice.id for row in rows))
        return rows

    async def _deliver(self, row: NoticeRow) -> None:
        self._open[row.notice.id] = await self._dispatcher.deliver(row)
        self.wake.set()


async def _answer(ask: Callable[[], Awaitable[T]]) -> T:
    """Ask the store until it answers: whatever a failure is, the other notices must go out."""
    failures = 0
    while True:
        try:
            return await ask()
        except StateError as error:
            log.warning("the outbox does not answer", why=str(error))
        except Exception:  # a lane that ends would be missed too late
            log.exception("a defect in Kept: the dispatcher stumbled")
        failures += 1
        await asyncio.sleep(store_wait(failures))


def wait(error: DeliveryError, tries: int) -> int:
    """Say how many seconds to wait after a miss: the usual pause, or longer where the other side asked for it."""
    return max(pause(tries), error.seconds if isinstance(error, TryLaterError) else 0)


def pause(tries: int) -> int:
    """Say how many seconds to wait after so many tries: 2, 4, 8 ... up to an hour."""
    return LONGEST_WAIT if tries > LONGEST_WAIT.bit_length() else min(LONGEST_WAIT, 2**tries)


def store_wait(failures: int) -> int:
    """Say how many seconds to leave the store alone after so many failures in a row: 1, 2, 4 ... and 30."""
    return min(LONGEST_STORE_WAIT, pause(failures - 1))
