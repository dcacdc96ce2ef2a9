"""What an expression can name: the fields of events, each with its type, and columns of tables as fields with a dot.

Read next: `typecheck.py`.
"""

from collections.abc import Mapping, Sequence
from typing import Final, Literal, NamedTuple

import msgspec

SECONDS: Final[Mapping[str, float]] = {
    "ms": 0.001, "millisecond": 0.001, "milliseconds": 0.001, "s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1,
    "m": 60, "min": 60, "mins": 60, "minute": 60, "minutes": 60, "h": 3600, "hour": 3600, "hours": 3600, "d": 86_400,
    "day": 86_400, "days": 86_400, "w": 604_800, "week": 604_800, "weeks": 604_800,
}  # fmt: skip
"""The names of units of time, and how many seconds one is."""

FieldType = Literal["text", "integer", "number", "boolean", "time"]
Sort = Literal["plain", "person", "free"]
"""What may be asked of a field: anything, or only what names nobody."""


class Field(msgspec.Struct, frozen=True):
    """One field of an event type. A field that is `optional` may be missing, and is None then.

    `person`: it names a human being; `free`: somebody writes into it what they like, names among it. `min` is the
    smallest value that a number can have, where there is one.
    """

    type: FieldType
    optional: bool = False
    unit: str = ""
    meaning: str = ""
    person: bool = False
    free: bool = False
    min: float | None = None

    @property
    def sort(self) -> Sort:
        """What may be asked of it. In a note that names somebody, others may be named too."""
        return "free" if self.free else "person" if self.person else "plain"

    @property
    def seconds(self) -> float:
        """How many seconds one of it is; 0 where it is in no unit of time."""
        return SECONDS.get(self.unit.lower(), 0)


def joined_fields(some: Sequence[Mapping[str, Field]]) -> Mapping[str, Field]:
    """Join the fields of several event types. What not all of them have, or not always, may be missing.

    What is marked in one of them is marked.
    """
    if len(some) == 1:
        return some[0]
    found: dict[str, Field] = {}
    for name in dict.fromkeys(name for fields in some for name in fields):
        each = [fields[name] for fields in some if name in fields]
        found[name] = msgspec.structs.replace(
            each[-1], optional=len(each) < len(some) or any(field.optional for field in each),
            person=any(field.person for field in each), free=any(field.free for field in each),
        )  # fmt: skip
    return found


class Among(NamedTuple):
    """Which of several events a condition is compiled for: its type, and the fields that only the others have."""

    event: str
    others: Mapping[str, Field] = {}
