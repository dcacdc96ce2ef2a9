"""Time goes back: a clock was wrong, and what was judged by it alone is judged again, as of the instant that it is.

While time was in a false future, deadlines fell that had not come. Each subject that was judged past the new instant
is taken back to it, or to its last event if that is later, and judged again from its snapshot; what was told otherwise
is corrected. What had settled before, or was forgotten meanwhile, stays as it is. Read next:
`standards/judge/judging_again.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.judge.judge import Back, take_back
from streams.runtime.batch_result import BatchResult

if TYPE_CHECKING:
    from streams.runtime.group_state import GroupState
    from streams.runtime.pump import Pump


def go_back(pump: Pump, now: int) -> BatchResult:
    """Let the time of a live host go back to `now`, in microseconds UTC; gives what is judged otherwise for that.

    It goes back by no more than the clock does: what was judged with a shorter grace was judged rightly.
    """
    outcome = BatchResult()
    pump.low = min(pump.low, max(now - pump.grace, pump.low - (pump.clock - now)))
    pump.clock = min(pump.clock, now)
    pump.feeds.forgotten = min(pump.feeds.forgotten, pump.low - pump.looks_back)
    for level, stratum in enumerate(pump.rulebook.strata):
        judged = len(outcome.transitions)
        for group in stratum:
            _go_back(pump, pump.group_states[group.name], now, outcome)
        if pump.rulebook.heard:
            pump.feed_back(outcome.transitions[judged:], level)
    return outcome


def _go_back(pump: Pump, group_state: GroupState, now: int, outcome: BatchResult) -> None:
    group, until = group_state.group, pump.low - group_state.group.lateness
    for key, case in group_state.cases.items():
        if case.time <= until:
            continue
        back = Back(until, now, pump.feeds.heard(group, key) if group.feeds else None)
        step = take_back(case, back, pump.rulebook, max(pump.settle, group.lateness))
        outcome.touched.append((group.name, key))
        outcome.transitions += step.transitions
        group_state.note(key, step.wake_at)
