"""What becomes of incidents when a line, or what somebody did, is heard.

Read next: `calling.py`, which says what is told when their time comes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alerts.routing.incident import Incident, current_promise, is_trouble, name_of
from alerts.routing.notification import Standing
from standards.judge.promise import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable

    from alerts.policy.policy import People, Route
    from alerts.routing.actions import Action
    from alerts.routing.calling import Calling
    from alerts.routing.incident import AlertRouter
    from alerts.routing.notice import Reason
    from standards.judge.ledger import Line


class Changes:
    """The changes of one place's incidents; `note` is told which promises they concern."""

    def __init__(self, case: AlertRouter, calling: Calling, note: Callable[[str], None]) -> None:
        self.case = case
        self.calling = calling
        self.people: People = calling.people
        self._note = note

    def hear(self, line: Line) -> None:
        """Take a line that somebody has to hear of."""
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
            self.calling.back(incident, line.replaces, at, line)
        case.settling = {place: line.promise if it == line.replaces else it for place, it in case.settling.items()}
        if case.causes.pop(line.replaces, None) is not None:
            case.causes[line.promise] = line
            if line.replaces in case.ending:
                case.ending[line.promise] = case.ending.pop(line.replaces)
        self._note(line.replaces)
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
        incident, was = (known, line.promise) if known is not None else self._begun(line, route)
        self.calling.not_over(incident, at)
        if incident.told:
            self.calling.back(incident, was, at, line)
        if line.kind in incident.before:  # it was told when it came before: the same trouble
            incident.go_on_with(line, at)
            if not incident.is_held:
                incident.climb_at = self.calling.climb_at(incident, at - 1)
                repeat = route.repeat_of(line)
                incident.repeat_at = at + repeat if repeat and not incident.acknowledged else NEVER
            self._quiet(incident, line, "flapping", at)
            return
        if incident.acknowledged and line.kind == "warned":
            self._quiet(incident, line, "acknowledged", at)
            return
        if known is not None:
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

    def _begun(self, line: Line, route: Route) -> tuple[Incident, str]:
        """Begin an incident; where the same came and went a moment ago, what was told of that counts for it too.

        Gives the promise that it goes on with as well, which is its own where there was none.
        """
        case = self.case
        incident = Incident(line, route.name, route.group_of(line))
        case.incidents.setdefault(line.promise, {})[route.name] = incident
        place = name_of(route.name, line.standard, line.subject)
        before = case.incidents.get(case.settling.pop(place, ""), {}).get(route.name)
        if before is not None and before.over is not None:
            self.calling.withhold(before.over, before.told, "flapping", case.now)
            for name in ("told", "began", "step", "times", "held_told", "acknowledged"):
                setattr(incident, name, getattr(before, name))
            incident.before = list(dict.fromkeys([*before.before, *before.kinds]))
            self.calling.drop(before)
            self._note(before.line.promise)
            return incident, before.line.promise
        return incident, line.promise

    def _audience(self, incident: Incident, at: int) -> tuple[str, ...]:
        """Give those who were told, or who would be told first."""
        return tuple(incident.told) or self.people.reached(self.people.route(incident.route).chain[0].tell, at)

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
        self.calling.stands(incident, "over", at)
        self.calling.spare_next(incident, "cured", at)
        route = self.people.route(incident.route)
        if incident.over_at != NEVER and incident.over is not None:
            self.calling.supersede(incident, incident.over, incident.told, at)
        incident.trouble_at = incident.climb_at = incident.repeat_at = NEVER
        incident.over, incident.over_at = line, route.all_clear_at(line, at)
        self._with_the_rest(incident, at)
        if incident.over_at > at:
            self.case.settling[name_of(route.name, line.standard, line.subject)] = line.promise
            self.calling.reason(line, "grouped")
        else:
            incident.owed = line.id

    def _with_the_rest(self, incident: Incident, at: int) -> None:
        """Let the all-clears of a group that waited for this one go with it, if they wait for no other one."""
        rest = self.calling.rest_of_group(incident)
        if all(other.over is not None for other in rest):
            for other in rest:
                others = [each for each in (*rest, incident) if each is not other]
                other.over_at = self.calling.all_clear_at(other, others, at)
                self._note(other.line.promise)

    def hear_action(self, action: Action) -> None:
        """Take what somebody did."""
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
        self.calling.stands(incident, "taken", at)
        if by in self.people.people:
            self.calling.calls.append(Standing(by, at, incident.line.promise, "known"))
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
