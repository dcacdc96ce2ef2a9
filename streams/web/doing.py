"""Work that somebody says is done: the event that a promise waits for, where everything in it is known already.

A promise can be kept from the board only when the event that it expects asks for nothing beyond its own subject and
what it carries: a register of this line was opened. Where more would have to be made up, whoever knows it sends it.
Read next: `web/board/board_acts.py`, which submits it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.judge.standard import Recurrence, Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from standards.judge.events import EventType
    from standards.judge.ledger import Plain
    from standards.judge.standard import Standard


def awaited(standard: Standard, vocabulary: Mapping[str, EventType]) -> EventType | None:
    """Give the type of the event that keeps its promises, if one can be made of a promise's own fields; else None."""
    shape = standard.shape
    if not isinstance(shape, Response | Recurrence) or shape.expect.where is not None:
        return None
    kind = vocabulary.get(shape.expect.event)
    known = {*standard.per, *standard.carry}
    if kind is None or not all(field.optional or name in known for name, field in kind.fields.items()):
        return None
    return kind


def fields_of(kind: EventType, promise: Mapping[str, Plain]) -> dict[str, Plain]:
    """Give what of a promise's fields belongs into an event of this type."""
    return {name: value for name, value in promise.items() if name in kind.fields and value is not None}
