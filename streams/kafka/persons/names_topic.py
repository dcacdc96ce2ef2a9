"""The topic `names`, followed into a process's file: claims and deletions are published, and read back by everybody.

A mark in it says under which secret its keys were made, so that a process with another one is refused. The mark is
published again now and then: what was deleted goes from the brokers' disks only when a segment ends, and that takes a
record that comes later.
Read next: `shared_names.py`, which keeps what is read.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, TypeVar

import structlog

from standards.calendar.duration import DAY
from standards.errors import StateError
from streams.kafka.clients.log import (
    PATIENCE,
    KafkaError,
    Message,
    TopicPartition,
    acknowledged,
    no_topic,
    send,
    told,
)
from streams.kafka.persons.leftover import Leftover
from streams.kafka.persons.name_records import MARK, NameRecords
from streams.kafka.persons.shared_names import Place
from streams.names.erasing import BLOCKED_FOR
from streams.names.rows import Row

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Sequence
    from contextlib import AbstractAsyncContextManager

    from streams.kafka.clients.log import Consumer, ConsumerRecord, Producer
    from streams.kafka.persons.shared_names import SharedNames

T = TypeVar("T")

TOGETHER: Final = 2_000
"""How many records are stored at once."""
LOOK_SECONDS: Final = 1_800.0
"""How often it is noted that all was read, and the mark is published again, in seconds."""
STALE: Final = 3 * 86_400_000_000
"""How long ago all was last read, in microseconds, that a file is made anew: what was deleted meanwhile could have gone
without a trace. The topic says of a deletion for seven days."""
READ_WITHIN: Final = 120.0
"""How long reading all of the topic once more may take, in seconds."""
AGAIN_SECONDS: Final = 1.0
"""How long to wait after a failure, in seconds."""

log = structlog.get_logger("kept")


class NamesTopic:
    """Follows the topic for one process. `publish` returns when the broker has everything; `clock` is the wall's.

    `apart`, where it is set, gives another consumer, for what the brokers still hold of who was erased.
    `fault` says why who people are may not be known; it is empty while all is well.
    """

    apart: Callable[[], AbstractAsyncContextManager[Consumer]] | None = None

    def __init__(
        self,
        names: SharedNames,
        topic: str,
        consumer: Consumer,
        publish: Callable[[Sequence[Message]], Awaitable[object]],
        clock: Callable[[], int],
    ) -> None:
        self.fault = ""
        self._names, self._topic, self._consumer = names, topic, consumer
        self._publish, self._clock = publish, clock
        self._there = TopicPartition(topic, 0)
        self._place = Place()
        self._records = NameRecords(topic)
        self._moved = asyncio.Condition()
        self._ended = False
        self._look_at = 0.0

    @property
    def problems(self) -> list[str]:
        """What keeps people from being called by their names, for people."""
        places = [
            f"{place} cannot be read; run the Kept that wrote it" for place in sorted(self._records.unreadable.values())
        ]
        return [*([self.fault] if self.fault else []), *places]

    async def begin(self) -> None:
        """Read all that there is now, and let threads ask. Raises StateError: no such topic, or another secret."""
        if self._topic not in await self._consumer.topics():
            raise StateError(no_topic(self._topic))
        self._consumer.assign([self._there])
        end = await self._end()
        place = self._names.place()
        if place.following > end or (place.following and self._clock() - place.seen > STALE):
            self._names.begin_anew()
            place = Place()
        self._place = place
        if place.following:  # it was made under this secret
            self._records.marked = self._names.secret_mark
        else:
            await self._find_mark(end)
        self._consumer.seek(self._there, place.following)
        await self._read_to(end)
        if not self._records.marked:
            await self._publish([self._records.mark(self._names.secret_mark)])
            await self._read_to(await self._end())
        await asyncio.to_thread(self._names.finish)
        await self.look(forgets=False)
        self._names.topic = Asked(self, asyncio.get_running_loop())

    async def run(self) -> None:
        """Read what comes, for ever."""
        try:
            while True:
                try:
                    await self._step()
                    if self._names.crowded or asyncio.get_running_loop().time() >= self._look_at:
                        await self.look()
                    self.fault = ""
                except (KafkaError, StateError) as error:
                    if not self.fault:
                        log.warning("names cannot be read", why=told(error))
                    self.fault = f"names cannot be read: {told(error)}"
                    self._consumer.seek(self._there, self._place.following)
                    await asyncio.sleep(AGAIN_SECONDS)
        finally:
            self._ended, self._names.topic = True, None
            async with self._moved:
                self._moved.notify_all()

    async def claim(self, rows: Sequence[Row]) -> None:
        """Publish claims and read back. Raises StateError, KafkaError."""
        await self._publish([self._records.message(row.by, row) for row in rows])
        await self.catch_up()

    async def erase(self, keys: Sequence[bytes], rewritten: Sequence[Row], at: int) -> None:
        """Publish what texts say now, whom nobody finds any more, and read back. Raises StateError, KafkaError."""
        texts = [self._records.message(row.by, row) for row in rewritten]
        blocks = [self._records.block(key, at) for key in keys]
        gone = [each for key in keys for each in (self._records.seen(key, None), self._records.message(key, None))]
        await self._publish([*texts, *blocks, *gone])
        await self.catch_up()

    async def is_held(self, at: int) -> bool:
        """Say whether the broker still has what the erasure of an instant replaced. Raises StateError, KafkaError."""
        if self.apart is None:
            raise StateError("this process does not read again what the brokers hold")
        found, there = Leftover(at), self._there
        async with self.apart() as consumer:
            consumer.assign([there])
            consumer.seek(there, 0)
            end = int((await consumer.end_offsets([there]))[there])
            while await consumer.position(there) < end:
                for records in (await consumer.getmany(there, timeout_ms=1_000, max_records=TOGETHER)).values():
                    found.read(records)
        return found.is_there

    async def catch_up(self) -> None:
        """Return when all is stored that is in the topic now. Raises StateError."""
        try:
            async with asyncio.timeout(PATIENCE):
                end = await self._end()
                async with self._moved:
                    await self._moved.wait_for(lambda: self._ended or self._place.following >= end)
        except (KafkaError, TimeoutError) as error:
            raise StateError(f"Kafka does not say who somebody is: {told(error)}; it is asked again") from None
        if self._place.following < end:
            raise StateError("nobody can say who somebody is any more; this process ends, or begins anew")

    async def _end(self) -> int:
        return int((await self._consumer.end_offsets([self._there]))[self._there])

    async def _read_to(self, end: int) -> None:
        while self._place.following < end:
            await self._step()

    async def _find_mark(self, end: int) -> None:
        """Read under which secret names are found by now, before any is taken in: another one may have been given."""
        self._consumer.seek(self._there, 0)
        following = 0
        while following < end:
            found = await self._consumer.getmany(self._there, timeout_ms=1_000, max_records=TOGETHER)
            for records in found.values():
                self._records.read([record for record in records if record.key == MARK])
                following = records[-1].offset + 1
        self._check_secret()

    def _check_secret(self) -> None:
        if self._records.marked and self._records.marked != self._names.secret_mark:
            raise StateError(
                f"the names in {self._topic} are kept under another secret than this process has; give it the same "
                "KEPT_PERSON_SECRET as the others"
            )

    async def _step(self) -> None:
        found = await self._consumer.getmany(self._there, timeout_ms=1_000, max_records=TOGETHER)
        for records in found.values():
            await self._take(records)

    async def _take(self, records: Sequence[ConsumerRecord]) -> None:
        """Store records, after what was first is published again where another one came later."""
        read, own = self._records.read(records), self._records.mark(self._names.secret_mark)
        again = [self._records.message(row.by, row) for row in await asyncio.to_thread(self._names.rivals, read)]
        self._check_secret()
        if any(record.key == MARK and record.value != own.value for record in records):
            again.append(own)  # somebody with another secret came later, and was refused
        if again:
            await self._publish(again)
        place = Place(records[-1].offset + 1, self._place.seen)
        await asyncio.to_thread(self._names.take, read, place)
        self._place = place
        async with self._moved:
            self._moved.notify_all()

    async def look(self, *, forgets: bool = True) -> None:
        """Note that all was read, if it was, and move the topic on: say who was named, and forget whom nothing names.

        Nobody is forgotten as a process begins, before it has read whom its policy names.
        """
        self._look_at = asyncio.get_running_loop().time() + LOOK_SECONDS
        today, records = self._clock() // DAY, self._records
        await self._publish([records.seen(key, today) for key in await asyncio.to_thread(self._names.unsaid, today)])
        if self._place.following >= await self._end():
            self._place = self._place._replace(seen=self._clock())
            await asyncio.to_thread(self._names.reach, self._place)
            gone = await asyncio.to_thread(self._names.unseen, today) if forgets else []
            await self._publish(
                [each for key in gone for each in (records.message(key, None), records.seen(key, None))]
            )
        old = self._names.blocked_before(self._clock() - BLOCKED_FOR)
        own = self._records.mark(self._names.secret_mark)
        await self._publish([*(self._records.block(key, None) for key in old), own])


class Asked:
    """The topic for threads other than that of its event loop."""

    def __init__(self, topic: NamesTopic, loop: asyncio.AbstractEventLoop) -> None:
        self._topic, self._loop = topic, loop

    def claim(self, rows: Sequence[Row]) -> None:
        """Claim references: what is in the file then is whose they are."""
        self._wait(self._topic.claim(rows))

    def catch_up(self) -> None:
        """Read all that is in the topic now."""
        self._wait(self._topic.catch_up())

    def erase(self, keys: Sequence[bytes], rewritten: Sequence[Row], at: int) -> None:
        """Erase who is found by some keys, for everybody, and have texts say less; `at` in microseconds UTC."""
        self._wait(self._topic.erase(keys, rewritten, at))

    def is_held(self, at: int) -> bool:
        """Say whether the broker still has what the erasure of an instant (microseconds UTC) replaced."""
        return self._wait(self._topic.is_held(at), READ_WITHIN)

    def _wait(self, work: Coroutine[None, None, T], seconds: float = 3 * PATIENCE) -> T:
        answer = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return answer.result(seconds)
        except (KafkaError, TimeoutError) as error:
            answer.cancel()
            raise StateError(f"Kafka does not say who somebody is: {told(error)}; it is asked again") from None


async def published(producer: Producer, messages: Sequence[Message]) -> None:
    """Publish with a producer; returns when the broker has everything. Raises KafkaError."""
    sent = [await send(producer, message) for message in messages]
    await acknowledged(sent, lambda: log.warning("Kafka does not acknowledge who people are"))
