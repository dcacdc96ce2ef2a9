"""The router: whom to notify of trouble at one place, when, and when not.

A pure machine, one case for each place (the field `site`). In order of time it is given relevant lines, what people did
about them (`actions.py`), and ticks. A promise is an incident on each route that fits it, silent until one of its own
instants comes: the group's wait is over, nobody has acknowledged, it is to be repeated, all has been well for long
enough. Before a fact every earlier instant has its turn, and at the same instant facts come first: a message speaks for
all that came with it, and what is resolved at the moment of an escalation is not escalated. So nothing depends on how
facts are split over calls of `feed`, how many ticks there are, or where a case was stored and read back.

Read next: `incident.py` for the state, `calling.py` for what a turn does, `throttle.py` for what becomes of a call.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

import msgspec

from alerts.policy.policy import People, Policy, Route
from alerts.routing.actions import Action
from alerts.routing.calling import Calling
from alerts.routing.incident import AlertRouter, Incident, Renamed, current_promise, is_trouble, name_of
from alerts.routing.notice import Reason, Withheld
from alerts.routing.throttle import Notification
from standards.judge.events import Tick
from standards.judge.ledger import Line
from standards.judge.promise import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterable

Fact = Line | Renamed | Action | Tick


class RouterStep(msgspec.Struct, frozen=True):
    """What one call of `feed` did: the case after it (None: nothing to remember), and what came of it.

    `reasons` are (id of the line, why it was told or not), in the order in which they were known. `changed` are the
    promises whose incidents changed, or are gone.
    """

    case: AlertRouter | None
    calls: list[Notification]
    reasons: list[tuple[str, Reason]]
    withheld: list[Withheld]
    wake_at: int
    changed: frozenset[str]


def feed(case: AlertRouter, facts: Iterable[Fact], policy: Policy) -> RouterStep:
    """Take facts of one place in the order of their time; a tick says that nothing from before it is still to come.

    `policy.people` must be there.
    """
    work = _Routing(case, policy)
    for fact in facts:
        if isinstance(fact, Tick):
            work.pass_time(fact.at)
        elif isinstance(fact, Line):
            work.pass_time(fact.known - 1)
            work.hear(fact)
        elif isinstance(fact, Renamed):
            work.pass_time(fact.line.known - 1)
            work.rename(fact.line)
        else:
            work.pass_time(fact.at - 1)
            work.hear_action(fact)
        if case.is_empty:
            case.open, case.settling = {}, {}  # nobody is left who waits, as in a case that was not stored
    calling = work.calling
    kept = None if case.is_empty else case
    wake = NEVER if kept is None else work.wake()
    return RouterStep(kept, calling.calls, calling.reasons, calling.withheld, wake, frozenset(work.changed))


class _Routing:
    """One call of `feed`."""

    def __init__(self, case: AlertRouter, policy: Policy) -> None:
        self.case = case
        self.calling = Calling(case, policy)
        self.people: People = self.calling.people
        self.changed: set[str] = set()
        self._turns: list[tuple[int, str, str]] = []  # every incident's next instant; earlier ones are inert
        for promise in case.incidents:
            self._note(promise)
        self.changed.clear()

    def _note(self, promise: str) -> None:
        """Note that a promise's incidents changed, and when they have their turn now."""
        self.changed.add(promise)
        for name, incident in self.case.incidents.get(promise, {}).items():
            heappush(self._turns, (incident.wake, promise, name))

    def wake(self) -> int:
        """Find the next instant that has a turn, or lets something be forgotten."""
        case = self.case
        times = [case.inhibits_until(cause) for cause in case.causes.values()]
        times += [silence.until for silence in case.silences]
        return min([*times, *(turn for turn, _, _ in self._turns[:1])], default=NEVER)

    def pass_time(self, at: int) -> None:
        """Give every instant up to this one its turn, in order."""
        while self._turns and self._turns[0][0] <= at:
            self._turn(self._turns[0][0])
        case = self.case
        case.now = at = max(case.now, at)
        if case.silences or case.causes or case.open:
            case.silences = [silence for silence in case.silences if silence.until > at]
            case.causes = {name: line for name, line in case.causes.items() if case.inhibits_until(line) > at}
            case.ending = {name: end for name, end in case.ending.items() if name in case.causes}
            case.open = {name: due for name, due in case.open.items() if due > at}

    def _turn(self, at: int) -> None:
        """Give all incidents their turn that have it at an instant; what is long over is forgotten."""
        self.case.now = max(self.case.now, at)
        ready: dict[tuple[str, str], Incident] = {}
        while self._turns and self._turns[0][0] == at:
            _, promise, name = heappop(self._turns)
            incident = self.case.incidents.get(promise, {}).get(name)
            if incident is not None and incident.wake <= at:
                ready[promise, name] = incident
        self.calling.turn(at, ready.values())
        for (promise, _), incident in ready.items():
            if incident.forget_at <= at:
                self.calling.drop(incident, anyway=True)
            self._note(promise)

    # --- lines -----------------------------------------------------------------------------------------------------

    def hear(self, line: Line) -> None:
        self.case.now = at = max(self.case.now, line.known)
        self._hear(line, at)
        self._note(line.promise)

    def rename(self, line: Line) -> None:
        """Let the incidents of the promise that a line's promise replaces go on with that line."""
        case = self.case
        case.now = at = max(case.now, line.known)
        moved = case.incidents.pop(line.replaces, {})
        mine = {**moved, **case.incidents.get(line.promise, {})}
        if not mine:
            return
        case.incidents[line.promise] = mine
        for incident in mine.values():
            if incident.trouble_at != NEVER:
                self.calling.supersede(incident, incident.line, self._audience(incident, at), at)
            incident.go_on_with(line, at)
        for incident in moved.values():
            incident.replaced = [*incident.replaced, line.replaces]
        case.settling = {place: line.promise if it == line.replaces else it for place, it in case.settling.items()}
        if case.causes.pop(line.replaces, None) is not None:
            case.causes[line.promise] = line
            if line.replaces in case.ending:
                case.ending[line.promise] = case.ending.pop(line.replaces)
        self.changed.add(line.replaces)
        self._note(line.promise)

    def _hear(self, line: Line, at: int) -> None:
        if is_trouble(line):
            if line.replaces:
                self.rename(line)
            if line.verdict == "broken":
                self.case.ending.pop(line.promise, None)
            if line.kind == "broken" and any(each.cause.fits(line) for each in self.people.inhibitions):
                self.case.causes[line.promise] = line
            routes = list(self.people.routes_of(line))
            for route in routes:
                self._trouble(line, route, at)
            if not routes:
                self.calling.reason(line, "no-route")
                self.calling.withhold(line, ("",), "no-route", at)
            return
        self._cause_ends(line, at)
        incidents = self.case.incidents.get(line.promise, {})
        if not incidents:
            self.calling.reason(line, "nobody-waits-for-it")
        for incident in list(incidents.values()):
            self._ended(incident, line, at)

    def _cause_ends(self, line: Line, at: int) -> None:
        """Let a cause that is well inhibit others as long as its own all-clear waits."""
        if line.promise in self.case.causes:
            told = (route.all_clear_at(line, at) for route in self.people.routes_of(line))
            self.case.ending[line.promise] = max(told, default=at)
            self._look_again(at)

    def _look_again(self, at: int) -> None:
        for promise in self.case.look_again(at):
            self._note(promise)

    def _trouble(self, line: Line, route: Route, at: int) -> None:
        known = self.case.incidents.get(line.promise, {}).get(route.name)
        incident = known or self._begun(line, route)
        self.calling.not_over(incident, at)
        if line.kind in incident.before:  # it was told when it came before: the same trouble
            incident.go_on_with(line, at)
            if not incident.is_held:
                incident.climb_at = self.calling.climb_at(incident, at - 1)
                incident.repeat_at = at + route.repeat if route.repeat else NEVER
            self._quiet(incident, line, "flapping", at)
            return
        if known is not None:
            if known.acknowledged and line.kind == "warned":
                self._quiet(known, line, "acknowledged", at)
                return
            if known.trouble_at != NEVER and known.line is not line:
                self.calling.supersede(known, known.line, self._audience(known, at), at)
            known.go_on_with(line, at)
        group = name_of(route.name, *incident.group)
        due = self.case.open.get(group, -1)
        if due < at:
            due = self.case.open[group] = at + route.group_wait
        incident.trouble_at = min(due, incident.trouble_at)
        if due > at:
            self.calling.reason(line, "grouped")
        else:
            incident.owed = line.id

    def _quiet(self, incident: Incident, line: Line, reason: Reason, at: int) -> None:
        self.calling.reason(line, reason)
        self.calling.withhold(line, self._audience(incident, at), reason, at)

    def _begun(self, line: Line, route: Route) -> Incident:
        """Begin an incident; where the same came and went a moment ago, what was told of that counts for it too."""
        case = self.case
        incident = Incident(line, route.name, route.group_of(line))
        case.incidents.setdefault(line.promise, {})[route.name] = incident
        place = name_of(route.name, line.standard, line.subject)
        before = case.incidents.get(case.settling.pop(place, ""), {}).get(route.name)
        if before is not None and before.over is not None and not before.acknowledged:
            self.calling.withhold(before.over, before.told, "flapping", case.now)
            for name in ("told", "began", "step", "times", "held_told"):
                setattr(incident, name, getattr(before, name))
            incident.before = list(dict.fromkeys([*before.before, *before.kinds]))
            self.calling.drop(before)
            self.changed.add(before.line.promise)
        return incident

    def _audience(self, incident: Incident, at: int) -> tuple[str, ...]:
        """Give those who were told, or who would be told first."""
        return tuple(incident.told) or self.people.reached(self.people.route(incident.route).chain[0].tell, at)

    # --- ends ------------------------------------------------------------------------------------------------------

    def _ended(self, incident: Incident, line: Line, at: int) -> None:
        """Have an incident end with a line: who heard of the trouble will hear that it is over."""
        incident.let_go(at)
        if incident.trouble_at != NEVER:
            self.calling.withhold(incident.line, self._audience(incident, at), "cured", at)
            if incident.owed == incident.line.id:
                self.calling.reason(incident.line, "cured")
        if not incident.told:
            self.calling.reason(line, "cured" if incident.trouble_at != NEVER else "nobody-waits-for-it")
            self.calling.drop(incident, anyway=True)
            return
        self.calling.spare_next(incident, "cured", at)
        route = self.people.route(incident.route)
        if incident.over_at != NEVER and incident.over is not None:
            self.calling.supersede(incident, incident.over, incident.told, at)
        incident.trouble_at = incident.climb_at = incident.repeat_at = NEVER
        incident.over, incident.over_at = line, route.all_clear_at(line, at)
        if incident.over_at > at:
            self.case.settling[name_of(route.name, line.standard, line.subject)] = line.promise
            self.calling.reason(line, "grouped")
        else:
            incident.owed = line.id

    # --- actions ---------------------------------------------------------------------------------------------------

    def hear_action(self, action: Action) -> None:
        case = self.case
        case.now = at = max(case.now, action.at)
        if action.silence is not None:
            others = [each for each in case.silences if each.name != action.silence.name]
            case.silences = [*others, action.silence] if action.silence.until > at else others
            self._look_again(at)
            return
        promise = current_promise(case, action.promise)
        for incident in case.incidents.get(promise, {}).values():
            if incident.over is None:
                self._acknowledged(incident, action.by, at)
        self._note(promise)

    def _acknowledged(self, incident: Incident, by: str, at: int) -> None:
        """Be quiet up to the end of the promise: its verdict, and that all is well, are told nevertheless."""
        incident.acknowledged = incident.acknowledged or by
        incident.let_go(at)
        self.calling.spare_next(incident, "acknowledged", at)
        if incident.trouble_at != NEVER and not (incident.told and incident.line.kind != "warned"):
            self.calling.withhold(incident.line, self._audience(incident, at), "acknowledged", at)
            if incident.owed:
                self.calling.reason(incident.line, "acknowledged")
                incident.owed = ""
            incident.trouble_at = NEVER
        incident.climb_at = incident.repeat_at = NEVER
        if by in self.people.people and by not in incident.told:
            incident.told = [*incident.told, by]
