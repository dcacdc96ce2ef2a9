"""Acts: what people do about trouble, as the switchboard hears of it. They come as events, so a replay has them too.

Knows: which event types are acts, and what each one says. Must not know: what becomes of it.
Read next: `router.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from alerts.policy.policy import Match, Silence
from standards.judge.events import microseconds, type_of

if TYPE_CHECKING:
    from standards.judge.events import Event

Sort = Literal["acknowledged", "debriefed", "silenced", "unsilenced"]

_SORTS: dict[str, Sort] = {
    "alert.acknowledged": "acknowledged",
    "debrief.completed": "debriefed",
    "alert.silenced": "silenced",
    "alert.unsilenced": "unsilenced",
}
_MATCHED = ("standard", "owner", "aspect", "severity", "subject", "site")
"""The fields of `alert.silenced` that narrow what is silent."""


class Act(msgspec.Struct, frozen=True):
    """What somebody did at an instant (microseconds UTC): `promise` or `silence` says about what."""

    id: str
    sort: Sort
    at: int
    by: str
    promise: str = ""
    silence: Silence | None = None


def act_of(event: Event) -> Act | None:
    """Give the act that an event is, or None. That an exception was granted, the judge's own line tells."""
    sort = _SORTS.get(type_of(event))
    if sort is None:
        return None
    data = event.data
    silence = None
    if sort in ("silenced", "unsilenced"):
        terms = [(name, getattr(data, name, None)) for name in _MATCHED]
        until = microseconds(data.until) if sort == "silenced" else -1
        match = Match(tuple((name, (value,)) for name, value in terms if value is not None))
        silence = Silence(data.silence, match, until, data.by, data.reason or "")
    return Act(f"{event.source}/{event.id}", sort, event.at, data.by, getattr(data, "promise", None) or "", silence)
