"""What the web side of `kept serve` works with: events are published, and what is shown is what the topics said.

Read next: `serve_host.py`, which puts it together.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from alerts.routing.actions import actions_of
from streams.ingest.agreement import gone
from streams.kafka.clients.event_sink import KafkaEventSink
from streams.runtime.feeds import MOST, dark_by_feed, with_unheard
from streams.storage.status import Committed, Status

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from alerts.channels import Channel
    from alerts.policy.policy import People
    from alerts.routing.actions import Action
    from standards.judge.events import Event
    from streams.ingest.wire import Refusal
    from streams.kafka.serve.projection_consumer import ProjectionConsumer
    from streams.runtime.feeds import FeedStanding
    from streams.storage.devices import DeviceBook
    from streams.storage.read_model import ReadModel


class KafkaHost(KafkaEventSink):
    """An event sink with a read model: what the web side of `kept serve` works with."""

    read_model: ReadModel
    people: People | None = None
    keeps_events: bool = False  # they are in their topic
    watched_clock: None = None  # time here is not this machine's
    devices: DeviceBook | None = None
    channels: Mapping[str, Channel]
    follower: ProjectionConsumer
    notify_problems: Callable[[], list[str]]
    """Gives what keeps this process from deciding whom to notify, for people."""
    is_operator: Callable[[], bool]  # whether this process is the one that decides whom to notify
    note_acts: Callable[[Sequence[Action]], Awaitable[None]]
    """Notes what people did in the read model of this process."""

    def listen(self, listener: Callable[[Committed], None]) -> None:
        """Have a function called, on the event loop, with what each transaction stored, after it is durable."""
        self.follower.listen(listener)
        self._listeners.append(listener)

    async def submit(self, events: Sequence[Event], refusals: Sequence[Refusal] = ()) -> Mapping[int, Refusal]:
        """Take events and refusals in, as an event sink does; what people did is then shown here at once.

        They are published with references in the place of names.
        """
        strangers: list[Refusal] = []
        door, came = self.door(), list(events)
        if door is not None and events:
            events = await asyncio.to_thread(door.let_in, events, strangers)
        against = await super().submit(events, [*refusals, *strangers])
        why = {id(event): refusal for event, refusal in gone(came, events, strangers)}
        why |= {id(events[at]): refusal for at, refusal in against.items()}
        acts = actions_of(event for event in events if id(event) not in why)
        if acts:
            await self.note_acts(acts)
            for listener in self._listeners:
                listener(Committed(events=Counter(act.type for act in acts), acts=len(acts)))
        return {at: why[id(event)] for at, event in enumerate(came) if id(event) in why}

    def feeds(self) -> list[FeedStanding]:
        """Say how the declared feeds stand, as the worker of partition 0 has heard them: those silent longest."""
        told = self.follower.progress.get(0)
        if told is None or self.people is None or len(told.feeds) >= MOST:
            return [] if told is None else told.feeds
        return with_unheard(self.rulebook, told.feeds, self.people.known_sites, self.wall())

    def sites_of_feeds(self) -> set[str]:
        """Name the sites of the feeds and keys that worker tells of."""
        told = self.follower.progress.get(0)
        return {each.site for each in told.feeds if each.site} if told is not None else set()

    def silent_feeds(self) -> dict[str, int]:
        """Count by declared feed for how many of its keys it is silent, as that worker counted all of them.

        Where it is an older one that counts none, those that it tells of are counted.
        """
        told, feeds = self.follower.progress.get(0), self.rulebook.feeds
        if told is not None and told.silent is not None:
            return {feed.name: told.silent.get(feed.name, 0) for feed in feeds}
        counted = dark_by_feed(feeds, told.feeds if told is not None else (), self.wall())
        return {feed.name: counted[feed.name] for feed in feeds}

    def now_status(self) -> Status:
        """Say how the host is: `low` is the instant that every partition's worker has judged up to, by its word."""
        status, follower = super().now_status(), self.follower
        progress = follower.progress
        lows = [each.lows[0] for number, each in progress.items() if number < follower.partitions and each.lows]
        said = [problem for number in sorted(progress) for problem in progress[number].problems]
        return msgspec.structs.replace(
            status,
            ready=status.ready and not follower.fault,
            reason=follower.fault or status.reason,
            low=min(lows) if lows and len(lows) == follower.partitions else -1,
            newest=max((each.newest for each in progress.values()), default=-1),
            problems=[*status.problems, *self.notify_problems(), *dict.fromkeys(said)],
            operator=self.is_operator(),
        )
