"""Whether somebody can say on the board that what a promise waits for is done.

Only where the event that it expects asks for nothing beyond the promise's own subject and what it carries: a register
of this line was opened. Where more would have to be made up, whoever knows it sends the event.
Read next: `streams/web/board/board_acts.py`, which submits it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.judge.shapes import Recurrence, Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from standards.judge.events import EventType
    from standards.judge.standard import Standard


def awaited(standard: Standard, vocabulary: Mapping[str, EventType]) -> EventType | None:
    """Give the type of the event that keeps its promises, if one can be made of a promise's own fields; else None."""
    shape = standard.shape
    if not isinstance(shape, Response | Recurrence) or shape.expect.where is not None or shape.expect.others:
        return None
    kind = vocabulary.get(shape.expect.event)
    known = {*standard.per, *standard.carry}
    if kind is None or not all(field.optional or name in known for name, field in kind.fields.items()):
        return None
    return kind
