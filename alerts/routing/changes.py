"""What becomes of incidents when a line is heard, and what people do of them: the table of their states.

| comes | waiting | told | taken | resolving | closed |
|---|---|---|---|---|---|
| trouble | told after the wait | the same | a verdict, not a warning | told after the wait | told anew |
| trouble that was told before it went away | | flapping | flapping | flapping: as it was | told anew |
| trouble, less than was told | | told after `well_for` | the same | the same | told anew |
| an end | dropped, nobody told | resolving | resolving | the newest counts | resolving |
| taken | taken, nobody told | taken | taken by another | noted | noted |
| handed on | told at once | told at once | told at once | | |
| given back | | | told anew | | |
| talked over | taken | taken | taken | | |

The last four rows are in `taking.py`. Time does the rest: waiting becomes told, taken lapses, resolving is closed. Read
next: `turns.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, assert_never

from alerts.routing.afterwards import tell_who_leads
from alerts.routing.audience import first_step, next_shift
from alerts.routing.early import catch_up, go_on
from alerts.routing.holder import leave
from alerts.routing.incident import WARNED, Incident, is_trouble, look_of, name_of
from standards.judge.promise import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from alerts.policy.policy import Route
    from alerts.routing.incident import AlertRouter, State
    from alerts.routing.notice import Reason
    from alerts.routing.turns import Turns
    from standards.judge.ledger import Line

Beside = Literal["news", "known", "less"]
"""What a line of trouble is beside what was told: news, known from before it went away, or less than that."""
Change = Literal["wait", "suppress", "go on", "after the wait", "anew"]

INHERITED: Final = (
    "told", "kinds", "before", "began", "step", "times", "held_told", "said_at", "acknowledged", "taken_until", "added",
    "holders", "had_since", "giver", "lapsed", "untaken", "anew", "passed_by", "passed_to", "passed_note",
)  # fmt: skip
"""What trouble that comes back has of what it was before."""
TROUBLE: Final[Mapping[tuple[State, Beside], Change]] = {
    ("silent", "news"): "wait", ("waiting", "news"): "wait", ("told", "news"): "wait", ("taken", "news"): "wait",
    ("resolving", "news"): "wait", ("closed", "news"): "anew",
    ("silent", "known"): "go on", ("waiting", "known"): "go on", ("told", "known"): "go on",
    ("taken", "known"): "go on", ("resolving", "known"): "go on", ("closed", "known"): "anew",
    ("silent", "less"): "wait", ("waiting", "less"): "wait", ("told", "less"): "after the wait",
    ("taken", "less"): "after the wait", ("resolving", "less"): "after the wait", ("closed", "less"): "anew",
}  # fmt: skip
"""What a line of trouble does to an incident, by its state and by what was told of it."""


class Changes:
    """The changes of one place's incidents; `note` is told which promises they concern."""

    def __init__(self, case: AlertRouter, turns: Turns, note: Callable[[str], None]) -> None:
        self.case = case
        self.turns = turns
        self.calling = turns.calling
        self.people = turns.people
        self._note = note

    def hear(self, line: Line) -> None:
        """Take a line that somebody has to hear of."""
        self.case.now = at = max(self.case.now, line.known)
        change = self._trouble if is_trouble(line) else self._end
        change(line, at)
        self._note(line.promise)

    def rename(self, line: Line) -> None:
        """Let the incidents of the promise that a line's promise replaces go on with that line."""
        case = self.case
        case.now = at = max(case.now, line.known)
        moved = case.incidents.pop(line.replaces, {})
        if not (mine := {**moved, **case.incidents.get(line.promise, {})}):
            return
        case.incidents[line.promise] = mine
        for incident in mine.values():
            if incident.trouble_at != NEVER:
                self.calling.supersede(incident, incident.line, self._audience(incident, at), at)
            self.turns.count(incident, at)
            incident.go_on_with(line, at)
            self.turns.all_clears.join(incident)
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

    def _trouble(self, line: Line, at: int) -> None:
        if line.replaces:
            self.rename(line)
        if line.verdict == "broken":
            self.case.ending.pop(line.promise, None)
        if line.kind == "broken" and any(each.cause.fits(line) for each in self.people.inhibitions):
            self.case.causes[line.promise] = line
        routes = list(self.people.routes_of(line))
        for route in routes:
            self._on_route(line, route, at)
        self.case.early.pop(line.promise, None)
        if not routes:
            self.calling.reason(line, "no-route")
            self.calling.withhold(line, ("",), "no-route", at)

    def _on_route(self, line: Line, route: Route, at: int) -> None:
        known = self.case.incidents.get(line.promise, {}).get(route.name)
        incident, was = (known, line.promise) if known is not None else self._begun(line, route, at)
        if known is None:
            catch_up(incident, self.case.early.get(line.promise, ()), self.people, at)
        state: State = incident.state if known is not None else "resolving" if incident.kinds else "silent"
        if state == "resolving":
            incident.before = list(dict.fromkeys([*incident.before, *incident.kinds]))
        change = TROUBLE[state, _beside(incident, line)]
        if incident.acknowledged and change == "wait" and look_of(line) == "warned":
            change = "suppress"
        self._not_over(incident, at)
        if incident.told:
            self.calling.back(incident, was, at, line)
        match change:
            case "suppress":
                self._quiet(incident, line, "acknowledged", at)
            case "go on":
                self._go_on(incident, line, route, at)
            case "wait":
                self._wait(incident, line, route, at)
            case "after the wait":
                self._newest(incident, line, at)
                incident.kinds = incident.before = []
                incident.trouble_at = at + self.turns.all_clears.well_after(incident, line)
                self.calling.reason(line, "grouped")
            case "anew":
                incident.kinds, incident.before, incident.added = [], [], {}
                leave(incident, at)
                incident.passed_by = incident.passed_to = ""
                incident.taken_until = incident.anew_at = incident.hand_at = NEVER
                incident.step, incident.began, incident.held_told = 1, -1, 0
                incident.after_all = line.kind == "undone"
                self._wait(incident, line, route, at)
            case _:
                assert_never(change)

    def _begun(self, line: Line, route: Route, at: int) -> tuple[Incident, str]:
        """Begin an incident; where the same came and went a moment ago, what was told of that counts for it too.

        Gives the promise that it goes on with as well, which is its own where there was none.
        """
        case = self.case
        incident = Incident(line, route.name, route.group_of(line), heard=at)
        case.incidents.setdefault(line.promise, {})[route.name] = incident
        self.turns.all_clears.join(incident)
        place = name_of(route.name, line.standard, line.subject)
        before = case.incidents.get(case.settling.pop(place, ""), {}).get(route.name)
        if before is None or before.over is None:
            self.turns.all_clears.returned(incident, at)
            return incident, line.promise
        self.calling.withhold(before.over, before.told, "flapping", case.now)
        for name in INHERITED:
            setattr(incident, name, getattr(before, name))
        self.calling.drop(before)
        self._note(before.line.promise)
        return incident, before.line.promise

    def _not_over(self, incident: Incident, at: int) -> None:
        """Take back that an incident is over: its trouble is here again, and no all-clear follows it."""
        if incident.over is None:
            return
        if incident.over_at != NEVER:
            self.calling.supersede(incident, incident.over, incident.told, at)
            place = name_of(incident.route, incident.line.standard, incident.line.subject)
            if self.case.settling.get(place) == incident.line.promise:
                del self.case.settling[place]
        incident.over, incident.over_at, incident.cleared = None, NEVER, []
        incident.shift_at = next_shift(self.people, incident, at)
        if not incident.anew:
            go_on(incident, self.people, at)

    def _newest(self, incident: Incident, line: Line, at: int) -> None:
        """Take a line for the newest trouble, in place of one that waits to be told."""
        if incident.trouble_at != NEVER and incident.line is not line:
            self.calling.supersede(incident, incident.line, self._audience(incident, at), at)
            incident.trouble_at = NEVER
        self.turns.count(incident, at)
        incident.go_on_with(line, at)
        if line.verdict == "unknown":  # it belongs to all that nobody can know at that place
            incident.group = self.people.route(incident.route).group_of(line)
            self.turns.all_clears.join(incident)

    def _go_on(self, incident: Incident, line: Line, route: Route, at: int) -> None:
        """Go on with trouble that was told when it was here before."""
        self._newest(incident, line, at)
        if incident.anew:
            incident.anew_at = at
        elif not incident.is_held:
            incident.climb_at = self.turns.climb_at(incident, at - 1)
            repeat = route.repeat_of(line)
            again = max(at, incident.said_at + repeat)
            incident.repeat_at = again if repeat and not incident.acknowledged else NEVER
        self._quiet(incident, line, "flapping", at)

    def _wait(self, incident: Incident, line: Line, route: Route, at: int) -> None:
        """Have trouble told when its group's wait is over: a warning cuts that to half of the time that is left."""
        waited = incident.trouble_at
        self._newest(incident, line, at)
        group = name_of(route.name, *incident.group)
        due = self.case.open.get(group, -1)
        if due < at:
            left = (line.due - at) // 2 if line.kind == "warned" and line.due > at else route.group_wait
            due = max(at + min(route.group_wait, left), self.case.dark.get(group, -1))
            self.case.open[group] = due
        incident.trouble_at = min(due, waited)
        if incident.trouble_at > at:
            self.calling.reason(line, "grouped")
        else:
            incident.owed = line.id

    def _quiet(self, incident: Incident, line: Line, reason: Reason, at: int) -> None:
        self.calling.reason(line, reason)
        self.calling.withhold(line, self._audience(incident, at), reason, at)

    def _audience(self, incident: Incident, at: int) -> tuple[str, ...]:
        """Give those who were told, or who would be told first."""
        return tuple(incident.told) or first_step(self.people, incident, at)

    def _end(self, line: Line, at: int) -> None:
        self._cause_ends(line, at)
        incidents = self.case.incidents.get(line.promise, {})
        if not incidents:
            self.calling.reason(line, "nobody-waits-for-it")
        tell_who_leads(line, incidents.values(), self.people, self.calling.policy.scenarios)
        for incident in list(incidents.values()):
            self._ended(incident, line, at)

    def _cause_ends(self, line: Line, at: int) -> None:
        """Let a cause that is well inhibit others until it was well for long enough."""
        if line.promise in self.case.causes:
            wells = [at + route.well_after(line, 0) for route in self.people.routes_of(line)]
            self.case.ending[line.promise] = max(wells, default=at)
            self.look_again(at)

    def look_again(self, at: int) -> None:
        """Let all that is held back look whether it still is."""
        for promise in self.case.look_again(at):
            self._note(promise)

    def _ended(self, incident: Incident, line: Line, at: int) -> None:
        """Have an incident end with a line: who heard of the trouble will hear that it is over."""
        if incident.is_held and not incident.told and not incident.replaced:
            self.calling.came_and_went(incident, line, at)
        self.turns.count(incident, at)
        incident.let_go(at)
        if incident.trouble_at != NEVER:
            self.calling.withhold(incident.line, self._audience(incident, at), "cured", at)
            if incident.owed == incident.line.id:
                self.calling.reason(incident.line, "cured")
        if not incident.told:
            self.calling.reason(line, "cured" if incident.trouble_at != NEVER else "nobody-waits-for-it")
            self.calling.drop(incident)
            return
        self.calling.stands(incident, "over", at)
        self.calling.spare_next(incident, "cured", at)
        if incident.over_at != NEVER and incident.over is not None:
            self.calling.supersede(incident, incident.over, incident.told, at)
        incident.quiet()
        all_clears = self.turns.all_clears
        incident.over, incident.over_at, incident.cleared = line, at + all_clears.well_after(incident, line), []
        self._with_the_rest(incident, at)
        if incident.over_at > at:
            self.case.settling[name_of(incident.route, line.standard, line.subject)] = line.promise
            self.calling.reason(line, "grouped")
        else:
            incident.owed = line.id

    def _with_the_rest(self, incident: Incident, at: int) -> None:
        """Let the all-clears of a group that waited for this one go with it, if they wait for no other one."""
        all_clears = self.turns.all_clears
        rest = all_clears.rest_of_group(incident)
        if all(other.over is not None for other in rest):
            for other in rest:
                if not other.cleared:
                    others = [each for each in (*rest, incident) if each is not other]
                    other.over_at = all_clears.due(other, others, at)
                    self._note(other.line.promise)


def _beside(incident: Incident, line: Line) -> Beside:
    """Say what a line of trouble is beside what was told of it."""
    if line.kind == "corrected" and line.state in WARNED and "broken" in incident.kinds:
        return "less"
    return "known" if look_of(line) in incident.before else "news"
