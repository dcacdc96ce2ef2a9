"""What waits to be stored: submissions in the order they came, and how much of it there is."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

import msgspec

from standards.errors import StateError
from standards.judge.promise import NEVER
from streams.storage.store_writer import RAW_KEPT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from standards.judge.events import Event
    from streams.ingest.wire import Refusal


class Submission(msgspec.Struct):
    """Events and refusals that are stored together; `done` is set when they are durable: to what was refused of them.

    `received` is when they came, in microseconds UTC.
    """

    received: int
    events: Sequence[Event]
    refusals: Sequence[Refusal]
    done: asyncio.Future[Mapping[int, Refusal]]

    @property
    def size(self) -> int:
        """How much there is to store."""
        return len(self.events) + len(self.refusals)


class Submissions:
    """The queue before the store. `size` counts the events and refusals that are not durable yet."""

    def __init__(self) -> None:
        self._queue: deque[Submission] = deque()
        self.size = 0

    def __len__(self) -> int:
        """How many submissions have not been taken."""
        return len(self._queue)

    @property
    def oldest(self) -> int:
        """When the oldest submission came that was not taken; NEVER: there is none."""
        return self._queue[0].received if self._queue else NEVER

    def add(
        self, received: int, events: Sequence[Event], refusals: Sequence[Refusal]
    ) -> asyncio.Future[Mapping[int, Refusal]]:
        """Take a submission in, and stamp its events. Of what was refused only as much waits as will be kept.

        Gives what is set when they are durable. To be called on an event loop.
        """
        done: asyncio.Future[Mapping[int, Refusal]] = asyncio.get_running_loop().create_future()
        for event in events:
            event.received = received
        cut = [msgspec.structs.replace(refusal, raw=refusal.raw[:RAW_KEPT]) for refusal in refusals]
        submission = Submission(received, events, cut, done)
        self._queue.append(submission)
        self.size += submission.size
        return done

    def stamp_no_later(self, now: int) -> None:
        """Stamp what waits no later than now: the clock went back."""
        for submission in self._queue:
            submission.received = min(submission.received, now)
            for event in submission.events:
                event.received = min(event.received, now)

    def take(self, most: int) -> list[Submission]:
        """Take what goes into the next transaction: at least one submission, if there is any, and none in parts."""
        group: list[Submission] = []
        size = 0
        while self._queue and (not group or size + self._queue[0].size <= most):
            submission = self._queue.popleft()
            size += submission.size
            group.append(submission)
        return group

    def stored(self, group: Iterable[Submission], turned_away: Mapping[int, Refusal]) -> None:
        """Tell whoever waits for submissions that they were stored, and which events were not taken, by their ids."""
        for submission in self._over(group):
            why = {at: turned_away.get(id(event)) for at, event in enumerate(submission.events)} if turned_away else {}
            submission.done.set_result({at: refusal for at, refusal in why.items() if refusal is not None})

    def failed(self, group: Iterable[Submission], fault: str) -> None:
        """Tell whoever waits for submissions for which fault they were turned away."""
        for submission in self._over(group):
            submission.done.set_exception(StateError(fault))

    def _over(self, group: Iterable[Submission]) -> Iterator[Submission]:
        for submission in group:
            self.size -= submission.size
            if not submission.done.done():
                yield submission
