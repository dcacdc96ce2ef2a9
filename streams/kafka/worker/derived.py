"""Promises' own events, as they come back from `facts`. Read next: `partition.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.judge.events import Tick

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from standards.judge.events import Event
    from streams.runtime.pump import Pump


def route_derived(events: Iterable[Event], pump: Pump, levels: Mapping[str, int]) -> None:
    """Route promises' own events to the standards of higher strata than the one whose promise it is.

    `levels` are the strata by the standards' ids.
    """
    share = pump.share.mine
    for event in events:
        level = levels.get(event.data.standard, 0)
        for route in pump.rulebook.routes.get(type(event), ()):
            key = route.key(event.data)
            if route.group.level <= level or None in key or (share is not None and not share(key)):
                continue
            pending = pump.group_states[route.group.name].pending[key]
            low = pump.lows[route.group.level]
            if event.at <= low:
                pending.append(Tick(low))
            pending.append(event)
