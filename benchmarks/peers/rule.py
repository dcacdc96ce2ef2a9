"""The no-wait rule for one event at a time, for peers that keep their state themselves: plain values in and out.

Written for speed: a time is parsed only where a promise opens, since all times here are written alike, to the
microsecond and in UTC, and are in order as text. Knows: the rule. Must not know: engines, Kept.
"""

from __future__ import annotations

from datetime import datetime, timedelta

WITHIN = timedelta(seconds=60)
MANY = 3
LENGTH = 26
"""How much of a written time says when: all but its offset, which is always UTC."""

State = tuple[bool, str | None]
"""Whether a queue's last report was of more than three; and when its promise is due, if it has one."""
NEW: State = (False, None)


def judged(state: State, waiting: int | None, time: str) -> tuple[State, tuple[str, ...]]:
    """Judge one event of a queue: `waiting`, or None where a register opened. Gives the state and what came of it."""
    crowded, due = state
    told: tuple[str, ...] = ()
    if due is not None and due < time[:LENGTH]:
        told, due = ("broken",), None
    if waiting is None:
        return ((crowded, None), (*told, "kept")) if due is not None else ((crowded, due), told)
    if waiting <= MANY:
        return ((False, None), (*told, "voided")) if due is not None else ((False, None), told)
    if due is None and not crowded:
        due = (datetime.fromisoformat(time) + WITHIN).isoformat(timespec="microseconds")[:LENGTH]
        told = (*told, "opened")
    return (True, due), told
