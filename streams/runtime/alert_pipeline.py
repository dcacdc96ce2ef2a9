"""Lines of the ledger, those among them that somebody has to hear of, and what is told: the same in every host.

Read next: `alerts/routing/relevance.py`, `router_runtime.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from alerts.policy.policy import MACHINES, Person
from alerts.policy.reader import reader_of
from alerts.routing.actions import ROUTED, Action
from alerts.routing.incident import Renamed, renames
from alerts.routing.notice import Notice, for_machines, kept_from_machines, notice
from alerts.routing.relevance import last_warned, relevance
from standards.judge.ledger import with_numbers
from standards.judge.promise import NEVER
from streams.runtime.router_runtime import AlertResult, RouterRuntime

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from alerts.policy.policy import Policy
    from alerts.routing.notice import Reason
    from alerts.routing.stalls import Stall
    from standards.judge.events import Event
    from standards.judge.ledger import Line
    from standards.judge.promise import State, Transition
    from streams.runtime.router_runtime import CaseName, Stored


class AlertPipeline:
    """The relevance filter, and behind it the router of a policy's people; without people all is told to everybody.

    `cases` are those of the router, as they were stored. Of `channels`, those that lead to machines are told every
    promise by itself, unless a route of the policy tells them.
    """

    def __init__(
        self, policy: Policy, cases: Mapping[CaseName, Stored] | None = None, *, channels: Collection[str] = ()
    ) -> None:
        self.policy = policy
        self._machines = () if policy.people is None else [it for it in policy.people.machines if it in channels]
        self._kept_from = self._machines if policy.people else [it for it in MACHINES if it in channels]
        self._whom = None if policy.people is None else Person(MACHINES[0])
        self.router = None
        if policy.people is not None:
            people = msgspec.structs.replace(policy.people, channels=frozenset(channels))
            self.router = RouterRuntime(msgspec.structs.replace(policy, people=people), people, cases or {})

    @property
    def wake(self) -> int:
        """When time alone changes something next, in microseconds UTC, or earlier."""
        return NEVER if self.router is None else self.router.wake

    def go_back(self, now: int, by: int) -> None:
        """Let time go back to `now`, in microseconds UTC, by `by`: before what is judged otherwise for that."""
        if self.router is not None:
            self.router.go_back(now, by)

    def push(
        self,
        transitions: Iterable[Transition[Event]],
        *,
        lines: Sequence[Line],
        low: int,
        actions: Iterable[Action] = (),
        stall: Stall | None = None,
    ) -> AlertResult:
        """Decide on transitions, whose lines are `lines`, and on what people did.

        `low` is how far time has come, in microseconds UTC; a `stall` is the time before in which nobody ran. Each
        promise is marked with when people were last warned of it, so its case is to be stored after this.
        """
        transitions = list(transitions)
        twins = _twins(transitions)
        reasons = {
            line.id: _filter(transition, line, low, twins.get(line.promise))
            for transition, line in zip(transitions, lines, strict=True)
        }
        policy, notices = self.policy, list[Notice]()
        told = [
            with_numbers(line, transition)
            for line, transition in zip(lines, transitions, strict=True)
            if reasons[line.id] == "told" or renames(line)
        ]
        if self.router is None or self._machines:
            relevant = [line for line in told if reasons[line.id] == "told" or self._machines]
            notices = [notice(it, policy.standards[it.revision], reader_of(policy, it, self._whom)) for it in relevant]
        known = {line.id: line.known for line in lines}
        kept = [it for each in notices for it in kept_from_machines(each, self._kept_from, known[each.id])]
        if self.router is None:
            return AlertResult(notices, reasons, kept)
        heard = [line if reasons[line.id] == "told" else Renamed(line) for line in told]
        result = self.router.push(heard, [action for action in actions if action.type in ROUTED], low, stall=stall)
        result.reasons = {**reasons, **result.reasons}
        for_all = [each for each in notices if not each.names_one_of_us]
        result.notices += [for_machines(each, self._machines, known[each.id]) for each in for_all]
        result.withheld += kept
        return result


def _twins(transitions: Iterable[Transition[Event]]) -> dict[str, State]:
    """Give, by a promise's id, how the one stood that it replaces, or how the one stands that replaces it."""
    found: dict[str, State] = {}
    for each in transitions:
        if each.replaced_by:
            found[each.replaced_by] = each.before
        elif each.replaces:
            found[each.replaces] = each.after
    return found


def _filter(transition: Transition[Event], line: Line, low: int, twin: State | None) -> Reason:
    promise, before = transition.promise, transition.before
    reason = relevance(line, before=before, warned=promise.warned, low=low, twin=twin)
    promise.warned = last_warned(line, reason, before=before, warned=promise.warned)
    return reason
