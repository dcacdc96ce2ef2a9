"""Stamps: when records were received, in microseconds UTC.

The leader of a partition stamps what is appended to it, in milliseconds (`LogAppendTime`). A record came within that
millisecond, so its stamp here is the last microsecond of it: then nothing was received before it happened. Records that
say when they were made instead (`CreateTime`), and stamps that are ahead of this machine's clock, say nothing of use:
then the clock tells. That is counted, and told for as long as the last records of a partition are so.
Read next: `arrivals.py`, which stamps events.
"""

from __future__ import annotations

from collections import Counter
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from standards.calendar.duration import SECOND, spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from streams.kafka.clients.log import ConsumerRecord

MILLISECOND: Final = 1_000
AHEAD: Final = SECOND
"""How far ahead of this machine's clock a stamp is still believed, in microseconds."""
LOG_APPEND_TIME: Final = 1
"""Kafka's number for a stamp that the leader has put on a record."""
CREATE_TIME: Final = "create-time"
CLOCK_AHEAD: Final = "clock-ahead"
_TIMESTAMP: Final = attrgetter("timestamp")
_TYPE: Final = attrgetter("timestamp_type")


class Stamps:
    """Gives the stamps of records. `count` is told how many had none that could be used, and why."""

    def __init__(self, clock: Callable[[], int], count: Callable[[str, int], None]) -> None:
        self._clock = clock
        self._count = count
        self._seen: dict[int, str] = {}

    @property
    def believed(self) -> bool:
        """Whether the last records of all partitions that are read here have a stamp that can be used."""
        return bool(self._seen) and not any(self._seen.values())

    def of(self, records: Sequence[ConsumerRecord]) -> list[int]:
        """Give each record's stamp, of one partition's records in their order."""
        wall = self._clock()
        times = list(map(_TIMESTAMP, records))
        if times and max(times) * MILLISECOND <= wall + AHEAD and set(map(_TYPE, records)) == {LOG_APPEND_TIME}:
            self._seen[records[-1].partition] = ""
            return [time * MILLISECOND + MILLISECOND - 1 for time in times]
        return self._doubtful(records, wall)

    def _doubtful(self, records: Sequence[ConsumerRecord], wall: int) -> list[int]:
        """Give the stamps of records some of which cannot be used, and count those."""
        reasons = [_useless(record, wall + AHEAD) for record in records]
        for reason, number in Counter(filter(None, reasons)).items():
            self._count(reason, number)
        if records:
            self._seen[records[-1].partition] = reasons[-1]
        return [
            wall if reason else record.timestamp * MILLISECOND + MILLISECOND - 1
            for record, reason in zip(records, reasons, strict=True)
        ]

    def forget(self) -> None:
        """Forget how it was: partitions change hands."""
        self._seen.clear()

    def problems(self, topic: str) -> list[str]:
        """Say for people what is wrong with the stamps of a topic, with what would mend it."""
        found = set(self._seen.values())
        told = []
        if CREATE_TIME in found:
            told.append(
                f"the records of {topic} do not say when they came, so this machine's clock does; "
                f"kafka-configs.sh --alter --entity-type topics --entity-name {topic} "
                "--add-config message.timestamp.type=LogAppendTime"
            )
        if CLOCK_AHEAD in found:
            told.append(
                f"a broker's clock is more than {spoken(AHEAD)} ahead of this machine's, which is used instead; "
                "keep the clocks of brokers and intakes in step (NTP)"
            )
        return told


def _useless(record: ConsumerRecord, latest: int) -> str:
    """Say why a record's stamp cannot be used; nothing if it can."""
    if record.timestamp_type != LOG_APPEND_TIME:
        return CREATE_TIME
    return CLOCK_AHEAD if record.timestamp * MILLISECOND > latest else ""
