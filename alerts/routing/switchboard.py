"""The switchboard: whom to call about trouble at one place, when, and when not.

A pure machine, one case for each place (the field `site`). Theory of operation. What comes in, in order of time, are
lines that the desk found worth telling, what people did about them (`acts.py`), and ticks. Each promise is a matter on
each route that fits it; a matter is silent until one of its own instants comes: the group's wait is over, nobody has
acknowledged, it is to be repeated, all has been well for long enough. Before a fact every earlier instant has its turn,
and at the same instant facts come first: so a message speaks for all that came with it, and what is cured at the very
moment of an escalation is not escalated. Therefore it changes nothing how facts are split over calls of `feed`, how
many ticks there are, or where a case was stored and read back.

Knows: routes, chains, groups, flaps, silences. Must not know: budgets, addresses, stores.
Read next: `matter.py` for the state, `calling.py` for what a turn does, `inbox.py` for what becomes of a call.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

import msgspec

from alerts.policy.policy import People, Policy, Route
from alerts.routing.acts import Act
from alerts.routing.calling import Calling
from alerts.routing.inbox import Call
from alerts.routing.matter import Matter, Switchboard, name_of
from alerts.routing.notice import Reason, Withheld
from standards.judge.events import Tick
from standards.judge.ledger import Line
from standards.judge.promise import NEVER
from standards.judge.standard import DAY

if TYPE_CHECKING:
    from collections.abc import Iterable

Fact = Line | Act | Tick
TROUBLE = ("warned", "broken", "lost")


class SwitchStep(msgspec.Struct, frozen=True):
    """What one call of `feed` did: the case after it (None: nothing to remember), calls, reasons, what was not told.

    `reasons` are (id of the line, why it was told or not), in the order in which they were known. `changed` are the
    promises whose matters changed, or are gone.
    """

    case: Switchboard | None
    calls: list[Call]
    reasons: list[tuple[str, Reason]]
    withheld: list[Withheld]
    wake_at: int
    changed: frozenset[str]


def feed(case: Switchboard, facts: Iterable[Fact], policy: Policy) -> SwitchStep:
    """Take facts of one place in the order of their time; a tick says that nothing from before it is still to come.

    `policy.people` must be there.
    """
    work = _Switching(case, policy)
    for fact in facts:
        if isinstance(fact, Tick):
            work.pass_time(fact.at)
        elif isinstance(fact, Line):
            work.pass_time(fact.known - 1)
            work.hear(fact)
        else:
            work.pass_time(fact.at - 1)
            work.obey(fact)
    calling = work.calling
    kept = case if case.matters or case.causes or case.silences else None
    wake = NEVER if kept is None else work.wake()
    return SwitchStep(kept, calling.calls, calling.reasons, calling.withheld, wake, frozenset(work.changed))


class _Switching:
    """One call of `feed`."""

    def __init__(self, case: Switchboard, policy: Policy) -> None:
        self.case = case
        self.calling = Calling(case, policy)
        self.people: People = self.calling.people
        self.changed: set[str] = set()
        self._turns: list[tuple[int, str, str]] = []  # every matter's next instant; those that it had before are inert
        for promise in case.matters:
            self._note(promise)
        self.changed.clear()

    def _note(self, promise: str) -> None:
        """Note that a promise's matters changed, and when they have their turn now."""
        self.changed.add(promise)
        for name, matter in self.case.matters.get(promise, {}).items():
            heappush(self._turns, (matter.wake, promise, name))

    def wake(self) -> int:
        """Find the next instant that has a turn, or lets something be forgotten."""
        case = self.case
        times = [line.known + DAY for line in case.causes.values()] + [silence.until for silence in case.silences]
        return min([*times, *(turn for turn, _, _ in self._turns[:1])], default=NEVER)

    def pass_time(self, at: int) -> None:
        """Give every instant up to this one its turn, in order."""
        while self._turns and self._turns[0][0] <= at:
            self._turn(self._turns[0][0])
        case = self.case
        case.now = at = max(case.now, at)
        if case.silences or case.causes or case.open:
            case.silences = [silence for silence in case.silences if silence.until > at]
            case.causes = {name: line for name, line in case.causes.items() if line.known + DAY > at}
            case.open = {name: due for name, due in case.open.items() if due > at}

    def _turn(self, at: int) -> None:
        """Give all matters their turn that have it at an instant; what is long over is forgotten."""
        self.case.now = max(self.case.now, at)
        ready: dict[tuple[str, str], Matter] = {}
        while self._turns and self._turns[0][0] == at:
            _, promise, name = heappop(self._turns)
            matter = self.case.matters.get(promise, {}).get(name)
            if matter is not None and matter.wake <= at:
                ready[promise, name] = matter
        self.calling.turn(at, ready.values())
        for (promise, _), matter in ready.items():
            if matter.forget_at <= at:
                self._drop(matter, anyway=True)
            self._note(promise)

    # --- lines -----------------------------------------------------------------------------------------------------

    def hear(self, line: Line) -> None:
        """Take a line of the ledger."""
        at = max(self.case.now, line.known)
        self.case.now = at
        self._hear(line, at)
        self._note(line.promise)

    def _hear(self, line: Line, at: int) -> None:
        if line.kind in TROUBLE:
            if line.kind == "broken" and any(each.cause.fits(line) for each in self.people.inhibitions):
                self.case.causes[line.promise] = line
            routes = list(self.people.routes_of(line))
            for route in routes:
                self._trouble(line, route, at)
            if not routes:
                self.calling.reason(line, "no-route")
                self.calling.withhold(line, ("",), "no-route", at)
            return
        self.case.causes.pop(line.promise, None)
        matters = self.case.matters.get(line.promise, {})
        if not matters:
            self.calling.reason(line, "nobody-waits-for-it")
        for matter in list(matters.values()):
            self._ended(matter, line, at)

    def _trouble(self, line: Line, route: Route, at: int) -> None:
        known = self.case.matters.get(line.promise, {}).get(route.name)
        matter = known or self._begun(line, route)
        if line.kind in matter.before:  # it was told when it came before: the same trouble
            matter.line = line
            matter.climb_at, matter.repeat_at = self._climb_at(matter, route, at), self._repeat_at(route, at)
            self._quiet(matter, line, "flapping", at)
            return
        if known is not None:
            if known.acknowledged and line.kind == "warned":
                self._quiet(known, line, "acknowledged", at)
                return
            if known.trouble_at != NEVER:
                self._supersede(known, known.line, self._audience(known, at), at)
            known.line = line
        group = name_of(route.name, *matter.group)
        due = self.case.open.get(group, -1)
        if due < at:
            due = self.case.open[group] = at + route.group_wait
        matter.trouble_at = min(due, matter.trouble_at)
        if due > at:
            self.calling.reason(line, "grouped")
        else:
            matter.owed = line.id

    def _supersede(self, matter: Matter, line: Line, names: Iterable[str], at: int) -> None:
        """Note that a later line will be told instead of one that waits."""
        self.calling.withhold(line, names, "grouped", at)
        if matter.owed == line.id:
            self.calling.reason(line, "grouped")

    def _quiet(self, matter: Matter, line: Line, reason: Reason, at: int) -> None:
        self.calling.reason(line, reason)
        self.calling.withhold(line, self._audience(matter, at), reason, at)

    def _begun(self, line: Line, route: Route) -> Matter:
        """Begin a matter; where the same came and went a moment ago, what was told of that counts for it too."""
        case = self.case
        matter = Matter(line, route.name, route.group_of(line))
        case.matters.setdefault(line.promise, {})[route.name] = matter
        place = name_of(route.name, line.standard, line.subject)
        before = case.matters.get(case.settling.pop(place, ""), {}).get(route.name)
        if before is not None and before.over is not None and not before.acknowledged:
            self.calling.withhold(before.over, before.told, "flapping", case.now)
            for name in ("told", "began", "rung", "times"):
                setattr(matter, name, getattr(before, name))
            matter.before = list(dict.fromkeys([*before.before, *before.kinds]))
            self._drop(before)
            self.changed.add(before.line.promise)
        return matter

    def _climb_at(self, matter: Matter, route: Route, at: int) -> int:
        if matter.rung >= len(route.chain) or matter.began < 0:
            return NEVER
        return max(at, matter.began + route.chain[matter.rung].after)

    def _repeat_at(self, route: Route, at: int) -> int:
        return at + route.repeat if route.repeat else NEVER

    def _audience(self, matter: Matter, at: int) -> tuple[str, ...]:
        """Give those who were told, or who would be told first."""
        return tuple(matter.told) or self.people.reached(self.people.route(matter.route).chain[0].tell, at)

    # --- ends ------------------------------------------------------------------------------------------------------

    def _ended(self, matter: Matter, line: Line, at: int) -> None:
        """Have a matter end with a line: who heard of the trouble will hear that it is over."""
        if matter.trouble_at != NEVER:
            self.calling.withhold(matter.line, self._audience(matter, at), "cured", at)
            if matter.owed == matter.line.id:
                self.calling.reason(matter.line, "cured")
        if not matter.told:
            self.calling.reason(line, "cured" if matter.trouble_at != NEVER else "nobody-waits-for-it")
            self._drop(matter, anyway=True)
            return
        self._next_is_spared(matter, "cured", at)
        route = self.people.route(matter.route)
        if matter.over_at != NEVER and matter.over is not None:
            self._supersede(matter, matter.over, matter.told, at)
        matter.rest()
        matter.over, matter.over_at = line, at + (0 if line.kind == "corrected" else route.settle)
        if matter.over_at > at:
            self.case.settling[name_of(route.name, line.standard, line.subject)] = line.promise
            self.calling.reason(line, "grouped")
        else:
            matter.owed = line.id

    def _next_is_spared(self, matter: Matter, reason: Reason, at: int) -> None:
        """Note that the next in the chain is not called."""
        chain = self.people.route(matter.route).chain
        if matter.climb_at != NEVER and matter.rung < len(chain):
            spared = self.people.reached(chain[matter.rung].tell, at)
            self.calling.withhold(matter.line, spared, reason, at)

    def _drop(self, matter: Matter, *, anyway: bool = False) -> None:
        """Let a matter go that is over, unless it can still be corrected."""
        self.calling.drop(matter, anyway=anyway)

    # --- acts ------------------------------------------------------------------------------------------------------

    def obey(self, act: Act) -> None:
        """Take what somebody did."""
        case = self.case
        case.now = at = max(case.now, act.at)
        if act.silence is not None:
            others = [each for each in case.silences if each.name != act.silence.name]
            case.silences = [*others, act.silence] if act.silence.until > at else others
            return
        for matter in case.matters.get(act.promise, {}).values():
            if matter.over is None:
                self._acknowledged(matter, act.by, at)
        self._note(act.promise)

    def _acknowledged(self, matter: Matter, by: str, at: int) -> None:
        """Be quiet up to the end of the promise: its verdict, and that all is well, are told nevertheless."""
        matter.acknowledged = matter.acknowledged or by
        self._next_is_spared(matter, "acknowledged", at)
        if matter.trouble_at != NEVER and not (matter.told and matter.line.kind != "warned"):
            self.calling.withhold(matter.line, self._audience(matter, at), "acknowledged", at)
            if matter.owed:
                self.calling.reason(matter.line, "acknowledged")
                matter.owed = ""
            matter.trouble_at = NEVER
        matter.climb_at = matter.repeat_at = NEVER
        if by in self.people.people and by not in matter.told:
            matter.told = [*matter.told, by]
