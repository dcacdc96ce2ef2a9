"""Subjects that are not known: new ones, and those that were forgotten.

A worker has no ledger to look an old event up in. A subject is forgotten no earlier than `forget_after` and `settle`
after its last event; what is older than that, of a subject that is not known, may have been judged before. Nobody can
tell, so it may open nothing again.
Read next: `partition.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.judge.case import Case, Snapshot
from standards.judge.events import Event

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from streams.runtime.group_state import GroupState


def settle_strangers(group_states: Iterable[GroupState], lows: Sequence[int], settle: int) -> None:
    """Have subjects that are not known, and of whom something so old came, stand on nothing that may be a repeat.

    `lows` are the instants that the strata had reached before, `settle` is in microseconds.
    """
    for group_state in group_states:
        group, cases = group_state.group, group_state.cases
        oldest = lows[group.level] - group.lateness - max(settle, group.lateness) - group.forget_after
        for key, facts in group_state.pending.items():
            if key not in cases and any(isinstance(fact, Event) and fact.at <= oldest for fact in facts):
                cases[key] = Case(group.name, key, base=Snapshot(oldest), rotated_before=oldest)
