"""Whether the values of an event can be: a count is not negative, and what names somebody or something is a name.

Asked where events come in, and nowhere else: what is stored was taken in by the rules of its time. Where a value cannot
be, the whole event is refused, as guessing what was meant would judge a promise by a guess.
Read next: `streams/ingest/wire.py`, which asks.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from standards.errors import EventError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from standards.expressions.expression import Field
    from standards.judge.events import Event

NAMING: Final = frozenset({"site", "promise"})
"""The fields that name a place or a promise, whatever the standards are."""
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""The control characters of Unicode (category Cc)."""


_Get = Callable[[Any], Any]


class _Checks(NamedTuple):
    """What is asked of the `fields` of one event type.

    `names` are those without control characters, each with whether it must not be empty; `filled` read those that must
    not. `least` has how a value is read, its smallest and its name.
    """

    fields: Mapping[str, Field]
    filled: tuple[_Get, ...]
    least: tuple[tuple[_Get, float, str], ...]
    names: Mapping[str, bool]

    def hold(self, some: Sequence[object]) -> bool:
        """Say whether none of the data of some events has an empty name, or a number below its smallest."""
        for get in self.filled:
            if "" in map(get, some):
                return False
        for get, smallest, _ in self.least:
            there = filter(None, map(get, some)) if smallest <= 0 else (it for it in map(get, some) if it is not None)
            if min(there, default=smallest) < smallest:
                return False
        return True


class Fitting:
    """Checks events of the types in `classes`."""

    def __init__(self, classes: Iterable[type[Event]]) -> None:
        self._checks = {cls: _checks(cls) for cls in classes}

    def all_fit(self, events: Sequence[Event], *, plain: bool) -> bool:
        """Say whether all values can be; `plain` says that no text has a control character, which spares the looking.

        In the hot path, and therefore field by field over all events of a type, without a call of ours for each.
        """
        found: dict[type[Event], list[Any]] = {cls: [] for cls in set(map(type, events))}
        for event in events:
            found[type(event)].append(event.data)
        fit = all(self._checks[cls].hold(some) for cls, some in found.items())
        return fit and (plain or self._are_plain(events))

    def _are_plain(self, events: Iterable[Event]) -> bool:
        names = {cls: tuple(checks.names) for cls, checks in self._checks.items()}
        return all(
            _is_plain(event.id) and _is_plain(event.source)
            and all(_is_plain(getattr(event.data, name)) for name in names[type(event)])
            for event in events
        )  # fmt: skip

    def checked(self, event: Event) -> Event:
        """Give an event all of whose values can be.

        Raises EventError for the first that cannot: which field, what was found, and what would mend it.
        """
        fields, _, least, names = self._checks[type(event)]
        for value_of, smallest, name in least:
            value = value_of(event.data)
            if value is not None and value < smallest:
                raise _too_small(name, fields[name], value, smallest)
        for name, value in (("id", event.id), ("source", event.source)):
            if not _is_plain(value):
                raise _with_control(name, value)
        for name, must_be_filled in names.items():
            value = getattr(event.data, name)
            if value == "" and must_be_filled:
                raise _empty(name, fields[name])
            if not _is_plain(value):
                raise _with_control(f"data.{name}", value)
        return event


def _checks(cls: type[Event]) -> _Checks:
    """Say what is asked of an event type. A person who may be missing can be empty: senders write nobody so."""
    fields = cls.fields
    sure = NAMING.union(cls.subjects)
    naming = {name: it for name, it in fields.items() if it.type == "text" and (name in sure or it.person)}
    names = {name: name in sure or not field.optional for name, field in naming.items()}
    filled = tuple(attrgetter(name) for name, must_be_filled in names.items() if must_be_filled)
    least = tuple((attrgetter(name), field.min, name) for name, field in fields.items() if field.min is not None)
    return _Checks(fields, filled, least, names)


def _is_plain(value: object) -> bool:
    return not isinstance(value, str) or value.isprintable() or not CONTROL.search(value)


def _or_left_out(field: Field) -> str:
    return ", or leave it out" if field.optional else ""


def _too_small(name: str, field: Field, value: float, smallest: float) -> EventError:
    found = f"{value}"
    mend = f"send {smallest:g} or more{_or_left_out(field)}"
    return EventError("bad-field", f"data.{name} is {found}, and cannot be less than {smallest:g}; {mend}", found=found)


def _empty(name: str, field: Field) -> EventError:
    return EventError("bad-field", f"data.{name} is empty, so it names nothing; send the name{_or_left_out(field)}")


def _with_control(name: str, value: str) -> EventError:
    first = CONTROL.search(value)
    found = f"U+{ord(first[0]):04X}" if first else ""
    message = f"{name} has the control character {found}, as a line break is; take it out of the name"
    return EventError("bad-field", message, found=found)
