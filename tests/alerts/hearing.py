"""Lines without a judge: what a promise would carry of them, so that they can be filtered as in earnest."""

from collections.abc import Sequence

import msgspec

from alerts.policy.policy import Policy
from alerts.policy.reader import reader_of
from alerts.routing.notice import notice
from alerts.routing.relevance import Warned, last_warned, relevance
from standards.judge.ledger import Line
from standards.judge.promise import State
from streams.runtime.router_runtime import AlertResult


class Hearing:
    """Decides which lines somebody has to hear of. A promise of which there was no line yet is open."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._states: dict[str, State] = {}
        self._warned: dict[str, Warned] = {}

    def push(self, lines: Sequence[Line], low: int = -1) -> AlertResult:
        """Filter lines, and word those that are told."""
        found = AlertResult()
        twins = {line.replaced_by: self._states.get(line.promise, "open") for line in lines if line.replaced_by}
        twins |= {line.replaces: line.state for line in lines if line.replaces}
        for line in lines:
            before = self._states.get(line.promise, "open")
            warned = self._warned.get(line.promise, msgspec.UNSET)
            twin = twins.get(line.promise)
            found.reasons[line.id] = reason = relevance(line, before=before, warned=warned, low=low, twin=twin)
            self._warned[line.promise] = last_warned(line, reason, before=before, warned=warned)
            self._states[line.promise] = line.state
            if reason == "told":
                found.notices.append(notice(line, self.policy.standards[line.revision], reader_of(self.policy, line)))
        return found
