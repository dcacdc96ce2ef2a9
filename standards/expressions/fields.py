"""What an expression can name: the fields of events, each with its type, and columns of tables as fields with a dot.

Read next: `typecheck.py`.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import msgspec

FieldType = Literal["text", "integer", "number", "boolean", "time"]


class Field(msgspec.Struct, frozen=True):
    """One field of an event type. A field that is `optional` may be missing, and is None then."""

    type: FieldType
    optional: bool = False
    unit: str = ""
    meaning: str = ""


class Among(NamedTuple):
    """Which of several events a condition is compiled for: its type, and the fields that only the others have."""

    event: str
    others: Mapping[str, Field] = {}
