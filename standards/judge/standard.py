"""A standard as the judge sees it: what is promised, to whom, and by which of the shapes it is judged.

Knows: the compiled, immutable form of one standard. Must not know: YAML, pydantic, or any promise.
The names of the shapes are those of the specification patterns of Dwyer, Avrunin and Corbett (1999).
Read next: `rulebook.py`, which joins standards, and `judge.py`, which judges by them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from standards.expressions.expression import Condition
    from standards.judge.shapes import Shape

Aspect = Literal["speed", "quality", "ownership", "courtesy", "follow-through"]
Severity = Literal["page", "ticket", "info"]
Period = Literal["day", "week", "month"]

UTC_ZONE = ZoneInfo("UTC")
DAY = 86_400_000_000
"""Microseconds in 24 hours."""
CORRECTIONS_HORIZON = DAY
"""How long after its verdict late evidence can still correct a promise, in microseconds."""
OWED_FOR = 7 * DAY
"""How long after its deadline a broken promise stays owed, in microseconds."""
FORGET_AFTER = 7 * DAY
"""How long a subject that owes nothing is remembered after its last event, in microseconds."""


class Clause(msgspec.Struct, frozen=True):
    """An event type and, perhaps, a condition on its fields."""

    event: str
    where: Condition | None = None


class Pause(msgspec.Struct, frozen=True):
    """The clock of a promise stops at `when` and goes on at `until`."""

    when: Clause
    until: Clause


class Objective(msgspec.Struct, frozen=True):
    """The share of promises to be kept (0 to 1) over a span in microseconds."""

    kept: float
    over: int


class Standard(msgspec.Struct, frozen=True):
    """One declared rule about service, with the promise in the customer's words.

    `revision` is the hash of its content. `feeds` names the feeds whose silence makes an absence uncertain.
    A live host waits `lateness` microseconds with its verdicts, for what comes late as a rule.
    A `retired` standard judges the promises it opened to their end and opens no new ones.
    """

    id: str
    revision: str
    per: tuple[str, ...]
    shape: Shape
    promise: str = ""
    what: str = ""
    how: str = ""
    why: str = ""
    exceptions: str = ""
    owner: str = ""
    aspect: Aspect = "speed"
    severity: Severity = "ticket"
    objective: Objective | None = None
    carry: tuple[str, ...] = ()
    may_excuse: tuple[str, ...] = ()
    forget_after: int = FORGET_AFTER
    feeds: tuple[str, ...] = ()
    retired: bool = False
    lateness: int = 0


class Feed(msgspec.Struct, frozen=True):
    """A stream of events that is expected to speak: dark when nothing came for `silent_after` microseconds.

    One that is polled reports each `every` microseconds; no verdict depends on that.
    """

    name: str
    events: tuple[str, ...]
    silent_after: int
    per: tuple[str, ...] = ()
    every: int | None = None


def clauses(shape: Shape) -> Mapping[str, Clause]:
    """Give the clauses of a shape by the key they are declared under, in the order they are read."""
    found: dict[str, Clause | None] = {
        name: getattr(shape, name, None) for name in ("when", "expect", "unless", "until", "follow")
    }
    pause = getattr(shape, "pause", None)
    if pause is not None:
        found |= {"pause.when": pause.when, "pause.until": pause.until}
    return {name: clause for name, clause in found.items() if clause is not None}


def awaited(shape: Shape) -> tuple[str, ...]:
    """Name the event types whose absence a verdict of this shape can rest on."""
    return tuple(dict.fromkeys(clause.event for name, clause in clauses(shape).items() if name in shape.awaits))
