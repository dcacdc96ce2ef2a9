"""Stamps: when records were received, in microseconds UTC.

The leader of a partition stamps what is appended to it, in milliseconds (`LogAppendTime`). A record came within that
millisecond, so its stamp here is the last microsecond of it: then nothing was received before it happened. Records that
say when they were made instead (`CreateTime`), and stamps that are ahead of this machine's clock, say nothing of use:
then the clock tells. That is counted, and told for as long as the last records of a partition are so.
Read next: `arrivals.py`, which stamps events.
"""

from __future__ import annotations

from collections import Counter
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
        names = [(record.timestamp, record.timestamp_type) for record in records]
        useless = {name: _useless(*name, latest=wall + AHEAD) for name in set(names)}  # what came together has one name
        if any(useless.values()):
            for reason, number in Counter(useless[name] for name in names).items():
                if reason:
                    self._count(reason, number)
        if names:
            self._seen[records[-1].partition] = useless[names[-1]]
        return [wall if useless[name] else name[0] * MILLISECOND + MILLISECOND - 1 for name in names]

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


def _useless(timestamp: int, timestamp_type: int, *, latest: int) -> str:
    """Say why a record's stamp (milliseconds, and what kind it is) cannot be used; nothing if it can."""
    if timestamp_type != LOG_APPEND_TIME:
        return CREATE_TIME
    return CLOCK_AHEAD if timestamp * MILLISECOND > latest else ""
