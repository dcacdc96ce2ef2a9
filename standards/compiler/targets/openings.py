"""What the events have in common that open a promise, and which of them lacks a field that is looked at.

Read next: `target_keys.py`, which asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from standards.expressions.expression import ExpressionError, Field, joined_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

Fields = Mapping[str, Field]


def shared_fields(some: Sequence[Fields]) -> Fields:
    """Give the fields that all of several event types have."""
    return {name: field for name, field in joined_fields(some).items() if all(name in fields for fields in some)}


@dataclass(frozen=True, slots=True)
class Openings:
    """The fields of each event that opens a promise or is judged and, `followed`, of each that brings a new value."""

    each: Mapping[str, Fields]
    followed: Mapping[str, Fields]

    @property
    def fields(self) -> Fields:
        """The fields that all events have which open."""
        return shared_fields(list(self.each.values()))

    def lacking(self, name: str, kind: str = "", *, optional: bool = True) -> tuple[str, str] | None:
        """Say which of the opening events lack a field that another one, or one that is followed, has; else None.

        With a `kind`, only a field of that type is meant. `optional`: events may come without it.
        """
        others = [fields[name].type for fields in (*self.each.values(), *self.followed.values()) if name in fields]
        without = self._without(name)
        if not without or not others or (kind and kind not in others):
            return None
        events, have, them = (*without, "has", "it") if len(without) == 1 else (" and ".join(without), "have", "each")
        added = f"{name}: {kind or others[0]}{'?' if optional else ''}"
        return f"{events} {have} no {kind or 'field'} {name!r}", f"add {added} to {them}, under events:"

    def reading(self, read: Callable[[], T]) -> T:
        """Read a text that asks fields of all the events. Raises ExpressionError, which names those that lack one."""
        try:
            return read()
        except ExpressionError as error:
            said = self.lacking(error.unknown) if error.unknown else None
            if said is None:
                raise
            message = f"{error.message} in {' and '.join(self._without(error.unknown))}"
            raise ExpressionError(message, offset=error.offset, length=error.length, fix=said[1]) from None

    def _without(self, name: str) -> list[str]:
        return [event for event, fields in self.each.items() if name not in fields]
