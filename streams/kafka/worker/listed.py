"""Subjects that standards list: they are owed something without an event. Read next: `partition.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.judge.events import Tick
from standards.judge.judge import Start

if TYPE_CHECKING:
    from collections.abc import Sequence

    from standards.judge.rulebook import Rulebook
    from streams.runtime.pump import Pump


def listing(rulebook: Rulebook) -> list[str]:
    """Name the revisions in force that list the subjects to whom they are owed."""
    machines = (machine for group in rulebook.groups.values() for machine in group.machines)
    return sorted(machine.standard.revision for machine in machines if machine.listed)


def begin(pump: Pump, lows: Sequence[int], wall: int) -> list[str]:
    """Begin to owe the subjects that standards list, as of `wall`; gives the revisions that list them.

    `lows` are the instants that the strata have reached.
    """
    pump.started = wall
    mine = pump.share.mine
    for group_state in pump.group_states.values():
        low = lows[group_state.group.level]
        for key in group_state.group.listed:
            if mine is None or mine(key):
                group_state.pending[key] += [Tick(low), Start(wall)]
    return listing(pump.rulebook)
