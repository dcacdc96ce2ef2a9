"""The router: whom to notify of trouble at one place, when, and when not.

A pure machine, one case for each place (the field `site`). In order of time it is given relevant lines, what people did
about them (`actions.py`), and ticks. A promise is an incident on each route that fits it, silent until one of its own
instants comes: the group's wait is over, nobody has acknowledged, it is to be repeated, all has been well for long
enough. Before a fact every earlier instant has its turn, and at the same instant facts come first: a message speaks for
all that came with it, and what is resolved at the moment of an escalation is not escalated. So nothing depends on how
facts are split over calls of `feed`, how many ticks there are, or where a case was stored and read back. Only a stall
(`stalls.py`), which is a fact as well, lets instants pass: what they had to say is said once, when it is over.

Read next: `incident.py` for the state, `changes.py` for what changes it, `turns.py` for what it says,
`throttle.py` for what becomes of a call.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

import msgspec

from alerts.policy.policy import Policy
from alerts.routing.actions import Action
from alerts.routing.changes import Changes
from alerts.routing.incident import REMEMBERED_FOR, AlertRouter, Incident, Renamed
from alerts.routing.notice import Reason, Withheld
from alerts.routing.notification import Notification, Standing
from alerts.routing.reloading import Reloaded, Reloading
from alerts.routing.stalls import Lull, Stall
from alerts.routing.taking import Taking
from alerts.routing.turns import Turns
from standards.judge.events import Tick
from standards.judge.ledger import Line
from standards.judge.promise import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterable

Fact = Line | Renamed | Action | Tick | Stall | Reloaded


class RouterStep(msgspec.Struct, frozen=True):
    """What one call of `feed` did: the case after it (None: nothing to remember), and what came of it.

    `reasons` are (id of the line, why it was told or not), in the order in which they were known. `changed` are the
    promises whose incidents changed, or are gone.
    """

    case: AlertRouter | None
    calls: list[Notification | Standing]
    reasons: list[tuple[str, Reason]]
    withheld: list[Withheld]
    wake_at: int
    changed: frozenset[str]


def feed(case: AlertRouter, facts: Iterable[Fact], policy: Policy) -> RouterStep:
    """Take facts of one place in the order of their time; a tick says that nothing from before it is still to come.

    A stall comes first, and a tick follows it that is no earlier than its end. `policy.people` must be there.
    """
    work = _Routing(case, policy)
    for fact in facts:
        if isinstance(fact, Tick):
            work.pass_time(fact.at)
        elif isinstance(fact, Stall):
            work.lull = Lull(case, work.turns, fact)
        elif isinstance(fact, Reloaded):
            Reloading(case, work.turns, fact).go_over()
            work.note_all()
        elif isinstance(fact, Line):
            work.pass_time(fact.known - 1)
            work.changes.hear(fact)
        elif isinstance(fact, Renamed):
            work.pass_time(fact.line.known - 1)
            work.changes.rename(fact.line)
        else:
            work.pass_time(fact.at - 1)
            work.taking.hear(fact)
        if case.is_empty:
            # nobody is left who waits, as in a case that was not stored
            case.open, case.settling, case.dark = {}, {}, {}
    calling = work.calling
    kept = None if case.is_empty else case
    wake = NEVER if kept is None else work.wake()
    return RouterStep(kept, calling.calls, calling.reasons, calling.withheld, wake, frozenset(work.changed))


class _Routing:
    """One call of `feed`."""

    def __init__(self, case: AlertRouter, policy: Policy) -> None:
        self.case = case
        self.turns = Turns(case, policy)
        self.calling = self.turns.calling
        self.changed: set[str] = set()
        self.lull: Lull | None = None
        self._turns: list[tuple[int, str, str]] = []  # every incident's next instant; earlier ones are inert
        for promise in case.incidents:
            self._note(promise)
        self.changed.clear()
        self.changes = Changes(case, self.turns, self._note)
        self.taking = Taking(case, self.turns, self._note, self.changes.look_again)

    def _note(self, promise: str) -> None:
        """Note that a promise's incidents changed, and when they have their turn now."""
        self.changed.add(promise)
        for name, incident in self.case.incidents.get(promise, {}).items():
            heappush(self._turns, (incident.wake, promise, name))

    def note_all(self) -> None:
        """Note that all incidents may have changed."""
        for promise in self.case.incidents:
            self._note(promise)

    def wake(self) -> int:
        """Find the next instant that has a turn, or lets something be forgotten."""
        case = self.case
        times = [case.inhibits_until(cause) for cause in case.causes.values()]
        times += [went.until for went in case.went.values()]
        times += [acts[-1].at + REMEMBERED_FOR for acts in case.early.values()]
        times += [silence.until for silence in case.silences] + [swing.until for swing in case.swings.values()]
        return min([*times, *(turn for turn, _, _ in self._turns[:1])], default=NEVER)

    def pass_time(self, at: int) -> None:
        """Give every instant up to this one its turn, in order; none before a stall is over."""
        if self.lull is not None:
            if at < self.lull.stall.at:
                return
            self.lull.end()
            self.lull = None
            self.note_all()
        while self._turns and self._turns[0][0] <= at:
            self._turn(self._turns[0][0])
        case = self.case
        case.now = at = max(case.now, at)
        if case.early:
            case.early = {name: acts for name, acts in case.early.items() if acts[-1].at + REMEMBERED_FOR > at}
        if case.silences or case.causes or case.open or case.swings or case.went or case.dark:
            case.swings = {name: swing for name, swing in case.swings.items() if swing.until > at}
            case.silences = [silence for silence in case.silences if silence.until > at]
            case.causes = {name: line for name, line in case.causes.items() if case.inhibits_until(line) > at}
            case.ending = {name: end for name, end in case.ending.items() if name in case.causes}
            case.open = {name: due for name, due in case.open.items() if due > at}
            case.went = {name: went for name, went in case.went.items() if went.until > at}
            case.dark = {name: until for name, until in case.dark.items() if until > at}

    def _turn(self, at: int) -> None:
        """Give all incidents their turn that have it at an instant; what is long over is forgotten."""
        self.case.now = max(self.case.now, at)
        ready: dict[tuple[str, str], Incident] = {}
        while self._turns and self._turns[0][0] == at:
            _, promise, name = heappop(self._turns)
            incident = self.case.incidents.get(promise, {}).get(name)
            if incident is not None and incident.wake <= at:
                ready[promise, name] = incident
        self.turns.take(at, ready.values())
        for (promise, _), incident in ready.items():
            if incident.forget_at <= at:
                self.calling.drop(incident)
            self._note(promise)
