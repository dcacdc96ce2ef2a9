"""The response shape: after `when`, `expect` follows within the time, unless the need goes away first.

Read next: `responding/response_machine.py`, which judges it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec

from standards.judge.shapes.responding.lasting_machine import LastingResponseMachine
from standards.judge.shapes.responding.response_machine import ResponseMachine
from standards.judge.standard import OWED_FOR, clauses

if TYPE_CHECKING:
    from standards.calendar.hours import Hours
    from standards.expressions.states import StateTest
    from standards.judge.shapes.responding.again import Again
    from standards.judge.standard import Clause, Pause, Standard, Undo
    from standards.judge.targets.target import TargetRule


class Response(msgspec.Struct, frozen=True):
    """After `when`, `expect` follows within `within` (microseconds), unless `unless` comes first.

    Where the event chooses how long there is, or by which calendar, `target` says how, and `within`, `hours` and `warn`
    are not used; an event of `follow` can change it. `pause` stops the clock. `hours` counts open time only. `warn` are
    the open-time marks (microseconds since the opening, rising) at which someone is warned. After a promise was kept,
    `rest` microseconds pass before the next one opens. A broken one is given up `owed_for` microseconds after its
    deadline. `undo` takes "done" back.
    """

    awaits: ClassVar[tuple[str, ...]] = ("expect", "unless")
    when: Clause
    expect: Clause
    within: int | None
    unless: Clause | None = None
    pause: Pause | StateTest | None = None
    hours: Hours | None = None
    warn: tuple[int, ...] = ()
    again: Again = "judged"
    rest: int = 0
    owed_for: int = OWED_FOR
    target: TargetRule | None = None
    follow: Clause | None = None
    undo: Undo | None = None

    def machine(self, standard: Standard, siblings: tuple[str, ...]) -> ResponseMachine:
        """Build what judges a standard of this shape."""
        lasts = any(each.lasting for clause in clauses(self).values() for each in clause.all)
        return (LastingResponseMachine if lasts else ResponseMachine)(standard, self, siblings)
