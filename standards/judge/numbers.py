"""The numbers by which a promise stands as it does: how many wait, how many of how many were in time.

They are for whoever is told of it: the ledger has none of them, so a verdict reads the same with and without.
Knows: the data of events. Must not know: what is said of them. Read next: `promise.py`, which carries them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from standards.judge.standard import Clause

Number = int | float


class Numbers(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was known at an instant (microseconds UTC).

    `asked` are, by field, the numbers that a promise's opening is asked about, as its newest event gave them. Of a
    level, `value` is the measure over so many `samples`. Of a verdict that is unknown, `silent` gives when each of the
    feeds that were silent was heard last, or -1.
    """

    at: int
    asked: dict[str, Number] = {}
    value: float | None = None
    samples: int = 0
    silent: dict[str, int] = {}


def asked_of(clause: Clause | None) -> tuple[str, ...]:
    """Name the fields of an event that the conditions of a clause ask about."""
    wheres = [] if clause is None else [each.where for each in clause.all if each.where is not None]
    return tuple(sorted({name for where in wheres for name in where.fields}))


def given(data: object, names: tuple[str, ...]) -> dict[str, Number]:
    """Give those fields of an event's data that are numbers. It runs for each event that joins a promise."""
    found: dict[str, Number] = {}
    for name in names:
        value = getattr(data, name, None)
        if type(value) is int or type(value) is float:
            found[name] = value
    return found
