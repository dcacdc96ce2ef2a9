"""Events: what arrives, as typed values.

Read next: `rulebook.py`, which says whom an event concerns, and `streams/ingest/wire.py`, which turns bytes into the
classes made here.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, cast, final

import msgspec

from standards.expressions.expression import Field, FieldType

if TYPE_CHECKING:
    from collections.abc import Iterable

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")
_TYPE_NAME = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)+\Z")

Identifier = Annotated[str, msgspec.Meta(min_length=1, max_length=512)]
AwareTime = Annotated[datetime, msgspec.Meta(tz=True)]
_PYTHON_TYPES: dict[FieldType, Any] = {
    "text": Annotated[str, msgspec.Meta(max_length=4096)],
    "integer": Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)],  # what every store and every sum can hold
    "number": float,
    "boolean": bool,
    "time": AwareTime,
}

DERIVED_SOURCE = "kept"
"""The `source` of events that Kept itself derives from its ledger. Producers may not use it."""


class Event(
    msgspec.Struct,
    kw_only=True,
    gc=False,
    tag_field="type",
    rename={"at": "$at", "received": "$received", "place": "$p"},
):
    """Something that happened. One subclass per event type; `data` is a struct of that type's fields.

    `at` is `time` in microseconds UTC, the only form of time that the core looks at; `stamp` sets it. `received` is
    when a live host took it in; then `at` is no later, whatever `time` claims. In history it is 0. `place` is where the
    host can read the event again, -1 where it cannot; the core only carries it. Of the type, `fields` are those of its
    data, and `subjects` those by which standards and feeds tell subjects apart.
    """

    fields: ClassVar[Mapping[str, Field]] = {}
    subjects: ClassVar[Collection[str]] = ()

    id: Identifier
    source: Identifier
    time: AwareTime
    data: Any
    specversion: Literal["1.0"] = "1.0"
    at: int = 0
    received: int = 0
    place: int = -1


def is_same(one: Event, other: Event | None) -> bool:
    """Say whether two are one event, read once or twice. A sender that begins to count anew uses its ids again."""
    return other is not None and (one.source, one.id, one.time) == (other.source, other.id, other.time)


@final
class Tick(msgspec.Struct, frozen=True, gc=False):
    """Time has reached `at` (microseconds UTC): every event up to and including that instant has been given."""

    at: int


def microseconds(time: datetime) -> int:
    """Give an aware time as microseconds UTC since 1970-01-01, exactly."""
    return (time - EPOCH) // _MICROSECOND


def moment(at: int) -> datetime:
    """Give microseconds UTC as an aware time: the inverse of `microseconds`."""
    return EPOCH + timedelta(microseconds=at)


def iso(at: int) -> str:
    """Print an instant as RFC 3339 in UTC, with as many digits as it needs."""
    return moment(at).isoformat().replace("+00:00", "Z")


class EventType(msgspec.Struct, frozen=True):
    """One entry of the vocabulary: the name of an event type, its fields by name, and what it means.

    A `reading` says how things stand, and comes again and again; any other event says that something happened.
    What is `private` is between few people, or counted once, when its time is over: no live count tells it apart.
    """

    name: str
    fields: Mapping[str, Field]
    meaning: str = ""
    reading: bool = False
    private: bool = False


def name_problem(name: str) -> str:
    """Say what is wrong with a field's name, or nothing: it must be able to stand in an expression."""
    if not _NAME.match(name):
        return "a field's name is lower case letters, digits and _, and starts with a letter"
    if keyword.iskeyword(name) or name in {"opening", "measure", "true", "false"}:
        return f"{name} is a word of the expression language"
    return ""


def type_name_problem(name: str) -> str:
    """Say what is wrong with an event type's name, or nothing: words joined by dots, as in `queue.length`."""
    if not _TYPE_NAME.match(name):
        return "an event type is lower case words joined by dots, as in queue.length"
    if name.startswith("promise."):
        return "promise.* events are made by Kept itself"
    return ""


def event_class(event_type: EventType, subjects: Collection[str] = ()) -> type[Event]:
    """Make the class that decodes one event type; `data` holds exactly its fields, strictly typed.

    `subjects` are the fields by which subjects are told apart. Whether values can be, `fitting.py` says at the door.
    """
    required = [(n, _PYTHON_TYPES[f.type]) for n, f in event_type.fields.items() if not f.optional]
    optional = [(n, _PYTHON_TYPES[f.type] | None, None) for n, f in event_type.fields.items() if f.optional]
    stem = "".join(part.capitalize() for part in re.split(r"[._-]", event_type.name))
    data = msgspec.defstruct(f"{stem}Data", [*required, *optional], kw_only=True, gc=False)
    own = {"fields": event_type.fields, "subjects": frozenset(subjects)}
    made = msgspec.defstruct(
        stem, [("data", data)], bases=(Event,), tag=event_type.name, kw_only=True, gc=False, namespace=own
    )
    return cast("type[Event]", made)


def union_of(classes: Iterable[type[Event]]) -> Any:  # noqa: ANN401 - a union made at run time has no type of its own
    """Give the type that msgspec decodes to whichever of the classes an event's `type` names; `Event` for none."""
    found = tuple(classes)
    return reduce(or_, found) if found else Event


def type_of(event: Event) -> str:
    """Name the event's type, as in `queue.length`."""
    return str(event.__struct_config__.tag)
