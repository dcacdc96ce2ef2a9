"""Host and EventSink: what the screens, the intake and the metrics need of a host, whichever host it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from alerts.channels import Channel
    from alerts.policy.policy import People
    from standards.judge.events import Event
    from standards.judge.rulebook import Rulebook
    from standards.practice.practice import Practice
    from streams.ingest.wire import Reader, Refusal
    from streams.names.names import Names
    from streams.runtime.feeds import FeedStanding
    from streams.storage.devices import DeviceBook
    from streams.storage.read_model import ReadModel
    from streams.storage.status import Committed, Status


class ClockStanding(msgspec.Struct, frozen=True):
    """How a host's time stands against its machine's clock; instants are microseconds UTC, or -1 where there is none.

    While both agree `machine` is `time`. Else `since` is when they were seen to part, and `by_itself` when time goes
    over to the machine's clock though nobody has said that it is right. `synchronised`: the system's word, or None.
    """

    time: int
    machine: int
    since: int = -1
    by_itself: int = -1
    synchronised: bool | None = None


class WatchedClock(Protocol):
    """A clock that is held against the machine's, which somebody may have set."""

    @property
    def step(self) -> int:
        """How far the machine's clock is ahead of the time that has gone by, in microseconds; 0: they agree."""

    def standing(self) -> ClockStanding:
        """Say how time stands against the machine's clock."""

    def accept(self) -> None:
        """Go over to the machine's clock now."""


class EventSink(Protocol):
    """What takes events in."""

    @property
    def reader(self) -> Reader:
        """The reader of the vocabulary in force; another one after the standards were reloaded."""

    @property
    def rulebook(self) -> Rulebook:
        """The standards in force; another one after they were reloaded."""

    def room(self) -> bool:
        """Say whether more events are taken now."""

    def wall(self) -> int:
        """Tell the time by the host's clock, in microseconds UTC."""

    def now_status(self) -> Status:
        """Say how the host is."""

    async def submit(self, events: Sequence[Event], refusals: Sequence[Refusal] = ()) -> Mapping[int, Refusal]:
        """Take events and refusals in; returns when they are durable. Raises Backlog: none was kept.

        Gives which of the events were refused all the same, as far as that is known by then, by their places from 0.

        Raises StateError: send all of them again; where some were kept they are not taken twice.
        """


class Host(EventSink, Protocol):
    """A running host."""

    @property
    def watched_clock(self) -> WatchedClock | None:
        """The clock that the host's time is, where it is held against the machine's; else None."""

    @property
    def people(self) -> People | None:
        """Who is told, as the policy says; None where there is none, so that nobody heeds a silence."""

    @property
    def practice(self) -> Practice | None:
        """People's practice, as its document says; None where there is none."""

    @property
    def names(self) -> Names | None:
        """Who people are, where that is kept apart; None where names stand in the events themselves."""

    @property
    def channels(self) -> Mapping[str, Channel]:
        """The channels that this process delivers by, by their names."""

    @property
    def devices(self) -> DeviceBook | None:
        """The devices that ring; None where none can."""

    def feeds(self) -> list[FeedStanding]:
        """Say how the declared feeds stand, as far as it is known here."""

    def sites_of_feeds(self) -> Collection[str]:
        """Name the sites at which declared feeds were heard, as far as it is known here."""

    def silent_feeds(self) -> Mapping[str, int]:
        """Count by declared feed for how many of its keys it is silent; all of them, also those `feeds` leaves out."""

    @property
    def keeps_events(self) -> bool:
        """Say whether the read model has the events that were taken in; else they are in a topic."""

    @property
    def read_model(self) -> ReadModel:
        """What can be looked up."""

    def listen(self, listener: Callable[[Committed], None]) -> None:
        """Have a function called, on the event loop, with what each transaction stored, after it is durable."""
