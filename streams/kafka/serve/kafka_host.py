"""The host that `kept serve` shows: events go to their topic, and what can be looked up comes from the read model.

Read next: `streams/kafka/clients/event_sink.py`, which takes events in; `projection_consumer.py`, which keeps the
read model.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from alerts.routing.actions import actions_of
from streams.kafka.clients.event_sink import KafkaEventSink
from streams.storage.status import Committed, Status

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from alerts.routing.actions import Action
    from standards.judge.events import Event
    from streams.ingest.wire import Refusal
    from streams.kafka.records.facts import Progress
    from streams.kafka.serve.projection_consumer import ProjectionConsumer
    from streams.runtime.feeds import FeedStanding
    from streams.storage.read_model import ReadModel


class KafkaHost(KafkaEventSink):
    """An event sink with a read model: what the web side of `kept serve` works with."""

    read_model: ReadModel
    heeds_silences: bool = False
    follower: ProjectionConsumer
    notify_problems: Callable[[], list[str]]
    """Gives what keeps this process from deciding whom to notify, for people."""
    note_acts: Callable[[Sequence[Action]], Awaitable[None]]
    """Notes what people did in the read model of this process."""

    def listen(self, listener: Callable[[Committed], None]) -> None:
        """Have a function called, on the event loop, with what each transaction stored, after it is durable."""
        self.follower.listen(listener)
        self._listeners.append(listener)

    async def submit(self, events: Sequence[Event], refusals: Sequence[Refusal] = ()) -> None:
        """Take events and refusals in, as an event sink does; what people did is then shown here at once."""
        await super().submit(events, refusals)
        acts = actions_of(events)
        if acts:
            await self.note_acts(acts)
            for listener in self._listeners:
                listener(Committed(events=Counter(act.type for act in acts), acts=len(acts)))

    def feeds(self) -> list[FeedStanding]:
        """Say how the declared feeds stand, as the worker of partition 0 has heard them."""
        told = self.follower.progress.get(0)
        return [] if told is None else told.feeds

    def now_status(self) -> Status:
        """Say how the host is: `low` is the instant that every partition's worker has judged up to, by its word."""
        status, follower = super().now_status(), self.follower
        progress = follower.progress
        return msgspec.structs.replace(
            status,
            ready=status.ready and not follower.fault,
            reason=follower.fault or status.reason,
            low=_low(progress, follower.partitions),
            newest=max((each.newest for each in progress.values()), default=-1),
            problems=[*status.problems, *self.notify_problems(), *_said(progress)],
        )


def _low(progress: Mapping[int, Progress], partitions: int) -> int:
    """Give the instant that all partitions have reached; -1 while one of them has not said anything."""
    lows = [progress[number].lows[0] for number in range(partitions) if number in progress and progress[number].lows]
    return min(lows) if lows and len(lows) == partitions else -1


def _said(progress: Mapping[int, Progress]) -> Iterable[str]:
    """Give the workers' problems, each once."""
    return dict.fromkeys(problem for number in sorted(progress) for problem in progress[number].problems)
