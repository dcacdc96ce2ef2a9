"""The topics: their names, how many partitions each has, and how long each keeps what it holds.

`facts`, `ledger`, `tellings`, `notices` and the tables' changelogs have the same number of partitions: what partition 3
of `facts` holds is judged into partition 3 of `ledger`.
Read next: `streams/kafka/clients/admin.py`, which creates and checks them.
"""

from __future__ import annotations

from typing import Final, NamedTuple

LEDGER: Final = "ledger"
ACTS: Final = "acts"
NOTICES: Final = "notices"
DEAD_LETTERS: Final = "dead-letters"
REVISIONS: Final = "revisions"
PROGRESS: Final = "progress"
DELIVERIES: Final = "deliveries"
DESK: Final = "desk"
DEVICES: Final = "devices"
PERSONS: Final = "names"
TABLE: Final = "cases"
"""The workers' table; its changelog is the topic `APP-cases-changelog`, where APP is `app_id`."""

SEGMENT: Final = 16 << 20
"""How large a part of a compacted topic grows, in bytes, before it can be compacted: all of it is read at a start."""
SEGMENT_MS: Final = 600_000
"""The same in milliseconds of its age."""
_DAY: Final = 86_400_000
ERASED: Final = {
    "min.compaction.lag.ms": str(_DAY // 24), "max.compaction.lag.ms": str(_DAY), "delete.retention.ms": str(7 * _DAY),
}  # fmt: skip
"""After an hour at the earliest, so that who was first is still there when somebody else claims the same; and what says
of a deletion stays for a week, for who was away."""
OVERWRITTEN_WITHIN: Final = (_DAY + _DAY // 24) * 1_000
"""How long after a deletion what there was is on the brokers' disks, in microseconds: a mark comes each half hour."""
_FOREVER: Final = -1


class Topic(NamedTuple):
    """A topic as it should be. `keep` is in milliseconds, -1 for ever; a compacted one keeps each key's last value.

    In one that is `stamped`, each record says when it was appended, by its leader's clock. In one that is `erased`,
    what was deleted or replaced is overwritten within a day.
    """

    name: str
    partitions: int
    keep: int = _FOREVER
    compacted: bool = False
    largest: int = 8 << 20
    stamped: bool = False
    erased: bool = False

    @property
    def config(self) -> dict[str, str]:
        """Give its settings as the broker names them."""
        largest = {"max.message.bytes": str(self.largest)}
        if self.compacted:
            segments = {"segment.bytes": str(SEGMENT), "segment.ms": str(SEGMENT_MS)}
            return {"cleanup.policy": "compact"} | largest | segments | (ERASED if self.erased else {})
        stamps = {"message.timestamp.type": "LogAppendTime"} if self.stamped else {}
        return {"cleanup.policy": "delete", "retention.ms": str(self.keep)} | largest | stamps


class Names:
    """The names of all topics and groups, under one prefix."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.app_id = f"{prefix}worker"
        self.intake_group = f"{prefix}intake"
        self.dispatch_group = f"{prefix}dispatch"
        self.operator_id = f"{prefix}operator"
        self.events = prefix + "events"
        self.facts = prefix + "facts"
        self.ledger = prefix + LEDGER
        self.tellings = prefix + "tellings"
        self.acts = prefix + ACTS
        self.notices = prefix + NOTICES
        self.dead_letters = prefix + DEAD_LETTERS
        self.revisions = prefix + REVISIONS
        self.progress = prefix + PROGRESS
        self.deliveries = prefix + DELIVERIES
        self.desk = prefix + DESK
        self.devices = prefix + DEVICES
        self.persons = prefix + PERSONS
        self.changelog = f"{self.app_id}-{TABLE}-changelog"


def wanted(names: Names, *, partitions: int, events_partitions: int) -> list[Topic]:
    """List all topics as they should be."""
    return [
        Topic(names.events, events_partitions, 7 * _DAY, stamped=True),
        Topic(names.facts, partitions, 2 * _DAY, stamped=True),
        Topic(names.ledger, partitions),
        Topic(names.tellings, partitions, 7 * _DAY),
        Topic(names.acts, 1),
        Topic(names.notices, partitions),
        Topic(names.dead_letters, 1, 35 * _DAY),
        Topic(names.revisions, 1, compacted=True),
        Topic(names.progress, 1, compacted=True),
        Topic(names.deliveries, 1, compacted=True),
        Topic(names.desk, 1, compacted=True),
        Topic(names.devices, 1, compacted=True),
        Topic(names.persons, 1, compacted=True, erased=True),
        Topic(names.changelog, partitions, compacted=True),
    ]
